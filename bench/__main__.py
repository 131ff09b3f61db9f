"""Runs every benchmark, one after the other: `python -m bench`. A quarter of an hour, with the registers made."""

import time

from . import analysis, door, drain, intake, pages, questions, registers, report, report_monthly, suggestions, viewers


def main() -> None:
    started = time.monotonic()
    for name, run in (
        ("Registers", lambda: [print(registers.made(complaints).name) for complaints in registers.SIZES]),
        ("Intake", lambda: intake.compare(seconds=2.0)),
        ("Questions", lambda: questions.compare(list(registers.SIZES), runs=40)),
        ("Analysis", lambda: analysis.compare(max(registers.SIZES), runs=10)),
        ("Monthly report", lambda: report_monthly.compare(max(registers.SIZES))),
        ("Drain", lambda: drain.compare([0, max(registers.SIZES)], messages=2_000)),
        ("Suggestions", suggestions.compare),
        ("Door", lambda: door.compare(runs=2_000)),
        ("Pages", lambda: pages.compare(10_000, runs=40, seconds=3.0)),
        ("Viewers", lambda: viewers.compare(20, rate=20.0, seconds=20.0)),
    ):
        print(f"\n# {name} ({time.monotonic() - started:.0f} s)", flush=True)
        run()
    report.main()
    print(f"\n{time.monotonic() - started:.0f} s in all", flush=True)


if __name__ == "__main__":
    main()
