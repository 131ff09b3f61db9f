"""How long the questions of Analitik take with different filters, beside the same as plain DuckDB SQL.

`python -m bench.analysis [COMPLAINTS] [--runs N] [--register FILE]`: a register of a million complaints if none is
named; `--register` takes one that is there already, and leaves it as it is. Cold is the first call after the register
was opened anew, some times over: of each section, as one who opens it asks, and of everything on the page together.
Writes bench/out/analysis.json.
"""

import argparse
import contextlib
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from store.clock import now, today
from store.desk import Desk, open_desk
from store.figures import Scope, analysis, analysis_departments, analysis_words
from store.rules.workflow import SYSTEM

from . import measure, registers

AIM = 400  # milliseconds, cold: for an opened section, and for all of them together
OPENINGS = 5  # of which the median counts
TOGETHER = "together"
# What each section of the page asks when it is opened (pages/analitik.py).
SECTIONS = {
    "Arus & tunggakan": ("volume", "backlog", "ageing"),
    "Kategori & wilayah": ("category", "kelurahan", "points"),
    "OPD": ("department",),
    "Saluran & waktu": ("channel", "hour"),
    "Jalan aduan": ("ways",),
    "Kata yang naik": ("words",),
}
DAY = "cast((received_at + interval 7 hour) as date)"
# The same by somebody who knows the answer's shape and needs neither rights nor definitions; `{rows}` are the filters.
PLAIN = {
    "volume": f"select {DAY}, count(*), count(ended_at) from complaint where {{rows}} group by 1",
    "backlog": f"""
        select day, sum(sum(n)) over (order by day) from (
            select {DAY} as day, count(*) as n from complaint where {{all}} group by 1
            union all
            select cast((ended_at + interval 7 hour) as date), -count(*) from complaint
            where {{all}} and ended_at is not null group by 1
        ) group by day order by day
    """,
    "ageing": f"select {DAY}, count(*) from complaint where {{all}} and ended_at is null group by 1",
    "category": f"select category, date_trunc('month', {DAY}), count(*) from complaint where {{rows}} group by 1, 2",
    "kelurahan": "select kelurahan, count(*) from complaint where {rows} group by 1",
    "points": "select round(latitude, 3), round(longitude, 3), count(*) from complaint where {rows} group by 1, 2",
    "channel": "select channel, count(*), median(first_answer_at - received_at) from complaint where {rows} group by 1",
    "hour": """
        select isodow(received_at + interval 7 hour), hour(received_at + interval 7 hour), count(*)
        from complaint where {rows} group by 1, 2
    """,
    "department": """
        select department, count(*), median(accepted_at - forwarded_at), median(result_at - forwarded_at),
            count(*) filter (stopped_at <= promise_due_at), sum(returned_count), avg(rating)
        from complaint where {rows} and department is not null group by 1
    """,
    "ways": """
        select from_state, to_state, count(*) from event
        where from_state <> to_state and complaint_id in (select id from complaint where {rows}) group by 1, 2
    """,
    "words": """
        select word, count(*), count(distinct contact_id) from (
            select contact_id, unnest(string_split(lower(summary), ' ')) as word from (
                select contact_id, summary from complaint where {rows} order by id desc limit 10000
            )
        ) group by 1 having count(*) > 5
    """,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("complaints", nargs="?", type=int, default=max(registers.SIZES))
    parser.add_argument("--runs", type=int, default=10, help="warm runs of each question")
    parser.add_argument("--register", type=Path, help="a register that is there already")
    options = parser.parse_args()
    compare(options.complaints, options.runs, options.register)


def compare(complaints: int, runs: int, register: Path | None = None) -> None:
    """Ask everything with each filter, print a table and write the JSON file."""
    results = []
    print(f"{'filter':16} {'asked':18}" + "".join(f" {head:>10}" for head in HEADS))
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        settings = registers.settings_for(Path(folder))
        settings.make_data_folder()
        shutil.copyfile(register or registers.made(complaints), settings.register)
        for name, (scope, rows) in filters().items():
            results += _filtered(settings, name, scope, rows, runs)
    measure.write("analysis", {"complaints": complaints, "rows": results})


def _filtered(settings, name: str, scope: Scope, rows: str, runs: int) -> Iterator[dict]:
    """One filter: each question warm, each section and all together cold and warm."""
    with opened(settings) as desk:
        ours, plain = questions(desk, scope), plainly(desk, scope, rows)
        warm, bare = ({q: measure.times(asked[q], runs) for q in asked} for asked in (ours, plain))
    for question in ours:
        yield _row(name, question, warm[question], bare[question])
    for section, asked in (SECTIONS | {TOGETHER: tuple(ours)}).items():
        cold = _cold(settings, asked, lambda desk: questions(desk, scope))
        bare_cold = _cold(settings, asked, lambda desk: plainly(desk, scope, rows))
        yield _row(name, section, _sum(warm, asked), _sum(bare, asked), cold, bare_cold)


def _cold(settings, asked: tuple[str, ...], every: Callable[[Desk], dict]) -> dict:
    """These questions one after the other, each time of a register that was opened anew."""
    taken = []
    for _ in range(OPENINGS):
        with opened(settings) as desk:
            ask = every(desk)
            taken.append(measure.spent(lambda run, ask=ask: [ask[question](run) for question in asked], 0))
    walls = [wall for wall, _ in taken]
    return {"p50_ms": statistics.median(walls), "min_ms": min(walls), "cpu_ms": min(cpu for _, cpu in taken)}


def _sum(found: dict[str, dict], asked: tuple[str, ...]) -> dict:
    return {key: sum(found[question][key] for question in asked) for key in ("min_ms", "p50_ms", "cpu_ms")}


@contextlib.contextmanager
def opened(settings) -> Iterator[Desk]:
    desk = open_desk(settings)
    # As the app does before the first person comes: the first statement of a process loads what all need.
    desk.register.frame("select 1")
    try:
        yield desk
    finally:
        desk.register.close()


def filters() -> dict[str, tuple[Scope, str]]:
    """Scopes by what they filter, and the filters as plain SQL."""
    whole = Scope(SYSTEM, today() - timedelta(days=729), today())
    return {
        "two years": (whole, "true"),
        "one year": (replace(whole, since=today() - timedelta(days=364)), "true"),
        "one department": (replace(whole, departments=("DLH",)), "contains(departments, '|DLH|')"),
        "many filters": (
            replace(
                whole, categories=("waste", "road", "lighting"), channels=("WA", "TLP"), without_confidential=True,
                kelurahan=("33.75.01.1002", "33.75.02.1004", "33.75.03.1002"),
            ),
            "category in ('waste', 'road', 'lighting') and channel in ('WA', 'TLP') and not confidential and "
            "kelurahan in ('33.75.01.1002', '33.75.02.1004', '33.75.03.1002')",
        ),
    }  # fmt: skip


def questions(desk: Desk, scope: Scope) -> dict[str, Callable[[int], object]]:
    """Everything that Analitik asks, over all its parts."""
    register, moment, day = desk.register, now(), today()
    return {
        "volume": lambda run: analysis.volume(register, scope),
        "backlog": lambda run: analysis.backlog(register, scope, day),
        "ageing": lambda run: analysis.ageing(register, scope, moment),
        "category": lambda run: analysis.by_category_and_month(register, scope),
        "kelurahan": lambda run: analysis.by_kelurahan(register, scope),
        "points": lambda run: analysis.points(register, scope),
        "channel": lambda run: analysis.by_channel(register, scope, moment),
        "hour": lambda run: analysis.by_hour(register, scope),
        "department": lambda run: analysis_departments.by_department(register, scope, moment),
        "ways": lambda run: analysis_departments.ways(register, scope),
        "words": lambda run: analysis_words.rising(register, scope),
    }


def plainly(desk: Desk, scope: Scope, rows: str) -> dict[str, Callable[[int], object]]:
    since, until = scope.params["since"], scope.params["until"]
    period = f"received_at >= timestamp '{since}' and received_at < timestamp '{until}' and {rows}"

    def asking(query: str) -> Callable[[int], object]:
        text = query.replace("{rows}", period).replace("{all}", rows)
        return lambda run: desk.register.frame(text)

    return {name: asking(query) for name, query in PLAIN.items()}


HEADS = ("cold", "least", "CPU", "plain cold", "plain CPU", "p50", "CPU", "plain p50", "plain CPU", "ratio")


def _row(
    name: str, asked: str, warm: dict, bare: dict, cold: dict | None = None, bare_cold: dict | None = None
) -> dict:
    ratio = warm["p50_ms"] / bare["p50_ms"]
    values = [cold[key] for key in ("p50_ms", "min_ms", "cpu_ms")] if cold else [None] * 3
    values += [bare_cold[key] for key in ("p50_ms", "cpu_ms")] if bare_cold else [None] * 2
    values += [warm["p50_ms"], warm["cpu_ms"], bare["p50_ms"], bare["cpu_ms"], ratio]
    missed = " MISSED" if cold and cold["p50_ms"] > AIM else ""
    shown = "".join(f" {'' if value is None else f'{value:.1f}':>10}" for value in values)
    print(f"{name:16} {asked:18}{shown}{missed}", flush=True)
    return {
        "filter": name, "asked": asked, "warm": warm, "plain": bare, "cold": cold, "plain_cold": bare_cold,
        "ratio": round(ratio, 2), "aim_ms": AIM if cold else None,
    }  # fmt: skip


if __name__ == "__main__":
    main()
