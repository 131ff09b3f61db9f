"""Runs every benchmark, one after the other: `python -m bench`. Seven minutes, with the registers already made."""

import time

from . import door, drain, intake, pages, questions, registers, report, suggestions


def main() -> None:
    started = time.monotonic()
    for name, run in (
        ("Registers", lambda: [print(registers.made(complaints).name) for complaints in registers.SIZES]),
        ("Intake", lambda: intake.compare(seconds=2.0)),
        ("Questions", lambda: questions.compare(list(registers.SIZES), runs=40)),
        ("Drain", lambda: drain.compare([0, max(registers.SIZES)], messages=2_000)),
        ("Suggestions", suggestions.compare),
        ("Door", lambda: door.compare(runs=2_000)),
        ("Pages", lambda: pages.compare(10_000, runs=40, seconds=3.0)),
    ):
        print(f"\n# {name} ({time.monotonic() - started:.0f} s)", flush=True)
        run()
    report.main()
    print(f"\n{time.monotonic() - started:.0f} s in all", flush=True)


if __name__ == "__main__":
    main()
