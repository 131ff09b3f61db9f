"""How long the monthly report takes: counted, as PDF and XLSX, and counted again as of an earlier event.

Beside it the same numbers of one month as plain DuckDB SQL: what was received and ended, kept and late, by department,
category, place, channel and day, without rights, without the months before, without the events.

`python -m bench.report_monthly [--complaints N]`. Writes bench/out/report_monthly.json.
"""

import argparse
import tempfile
from pathlib import Path

from store import reports, users
from store.asof import last_event
from store.clock import now as clock_now
from store.clock import today
from store.figures.scope import start_of
from store.reports import book, contents, paper, recount

from . import measure, registers

AIM_MS = 10_000
RUNS = 3
_NUMBERS = """
    count(*) filter (received_at >= $since and received_at < $until),
    count(*) filter (ended_at >= $since and ended_at < $until),
    count(*) filter (received_at >= $since and received_at < $until and stopped_at <= promise_due_at),
    count(*) filter (received_at >= $since and received_at < $until and stopped_at <= outer_due_at),
    median(epoch_us(result_at) - epoch_us(received_at)) filter (received_at >= $since and received_at < $until)
"""
_OF_THE_MONTH = """
    from complaint where (received_at >= $since and received_at < $until) or (ended_at >= $since and ended_at < $until)
"""
PLAIN = (
    "select " + _NUMBERS + _OF_THE_MONTH,
    "select count(*), count(*) filter (due_at < now()::timestamp) from complaint where ended_at is null",
    *(
        f"select {column}, " + _NUMBERS + _OF_THE_MONTH + " group by 1"
        for column in ("department", "category", "kelurahan", "channel", "received_at::date")
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--complaints", type=int, default=1_000_000)
    compare(parser.parse_args().complaints)


def compare(complaints: int) -> None:
    """Make the report of the last month; print a table and write the JSON file."""
    registers.OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        desk = registers.copy_of(complaints, Path(folder))
        kota = users.actor(desk.register, "kota")
        period = reports.finished_periods("monthly", today(), 1)[0]
        basis, now, last = contents.basis(desk, period), clock_now(), last_event(desk.register)
        spans = {"since": start_of(period.first), "until": start_of(today().replace(day=1))}

        def plain(run: int) -> None:
            with desk.register.cursor() as cursor:
                for query in PLAIN:
                    given = spans if "$since" in query else {}
                    cursor.execute(query, given).fetchall()

        report = reports.report(desk, kota, reports.draft(desk, kota, period))
        steps = {
            "counted": lambda run: recount.count(desk, period, basis, now, last),
            "counted as of 1 % of all events ago": lambda run: recount.count(
                desk, period, basis, now, last - last // 100
            ),
            "PDF": lambda run: paper.paper(report),
            "XLSX": lambda run: book.book(report),
        }
        floor = measure.times(plain, RUNS)
        results = [{"what": "plain SQL", **floor}]
        for what, step in steps.items():
            took = measure.times(step, RUNS)
            results.append({"what": what, **took, "ratio": round(took["p50_ms"] / floor["p50_ms"], 1)})
        desk.register.close()
    parts = [result for result in results if result["what"] in ("counted", "PDF", "XLSX")]
    whole = {key: sum(part[key] for part in parts) for key in ("min_ms", "p50_ms", "cpu_ms")}
    results.append({"what": "the whole report", **whole, "aim_ms": AIM_MS})
    for result in results:
        beside = f"ratio {result.get('ratio', '–'):>6}, {result['cpu_ms']:8.0f} ms of the processors"
        print(f"{result['what']:38} {result['p50_ms']:9.1f} ms  {beside}")
    measure.write("report_monthly", {"complaints": complaints, "steps": results})


if __name__ == "__main__":
    main()
