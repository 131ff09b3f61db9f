"""How long the questions behind the pages and one command take, beside the same as plain DuckDB SQL.

`python -m bench.questions [COMPLAINTS …] [--runs N] [--only TEXT]`: registers of 10,000, 100,000 and 1,000,000
complaints if none is named. Ours and plain take turns in one process. Writes bench/out/questions.json.
"""

import argparse
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from store import commands, figures, queries, users
from store.clock import now, today
from store.commands import Press
from store.desk import Desk
from store.figures import Scope
from store.queries import Filters

from . import measure, registers

# What Dasbor holds against earlier months, and what it shows of this one (pages/parts/scoreboard.py).
BESIDE = (
    *("within_promise", "within_outer", "first_within_day", "first_answer_median", "first_answer_p90"),
    *("result_median", "result_p90", "answered", "rating_mean", "reopened_share", "received", *figures.CLOSINGS),
)
SHOWN = (*BESIDE, "closed", "confirmed_share", "ratings", "ratings_low")
TRIAGE = "('received', 'returned', 'reopened')"


@dataclass(frozen=True)
class Question:
    """One thing asked of the register; the aim is in milliseconds at a million complaints."""

    name: str
    ours: Callable[[int], object]
    plain: Callable[[int], object]
    aim: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("complaints", nargs="*", type=int, default=list(registers.SIZES))
    parser.add_argument("--runs", type=int, default=40, help="warm runs of each question")
    parser.add_argument("--only", default="", help="only questions with this in their name; nothing is written")
    options = parser.parse_args()
    compare(options.complaints, options.runs, options.only)


def compare(sizes: list[int], runs: int, only: str = "") -> None:
    """Ask everything at every size, print a table and write the JSON file."""
    results = []
    print(
        f"{'question':34} {'complaints':>10} {'first':>7} {'least':>7} {'p50':>7} {'p99':>7} "
        f"{'plain':>7} {'ratio':>6} {'aim':>5}"
    )
    for complaints in sizes:
        with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
            desk = registers.copy_of(complaints, Path(folder))
            try:
                for question in questions(desk):
                    if only in question.name:
                        results.append(_asked(question, complaints, runs))
                if not only:
                    results.append(_commanded(desk, complaints, runs))
            finally:
                desk.register.close()
    if not only:
        measure.write("questions", results)


def _asked(question: Question, complaints: int, runs: int) -> dict:
    few = max(5, runs // 4) if "text" in question.name else runs
    ours, plain = measure.times(question.ours, few), measure.times(question.plain, few)
    return _row(question.name, complaints, ours, plain, question.aim)


def _row(name: str, complaints: int, ours: dict, plain: dict, aim: float | None) -> dict:
    aim = aim if complaints == max(registers.SIZES) else None
    ratio = ours["p50_ms"] / plain["p50_ms"]
    print(
        f"{name:34} {complaints:10} {ours['first_ms']:7.1f} {ours['min_ms']:7.1f} {ours['p50_ms']:7.1f} "
        f"{ours['p99_ms']:7.1f} "
        f"{plain['p50_ms']:7.1f} {ratio:6.1f} {aim or '':>5}{' MISSED' if aim and ours['p50_ms'] > aim else ''}",
        flush=True,
    )
    return {"question": name, "complaints": complaints, **ours, "plain": plain, "ratio": round(ratio, 2), "aim_ms": aim}


def questions(desk: Desk) -> list[Question]:
    """What Triase, Aduan, Daftar and Dasbor ask, as the city team sees it."""
    register = desk.register
    city = users.actor(register, "kota")
    with register.cursor() as cursor:
        total = cursor.execute("select count(*) from complaint").fetchone()[0]
        found = cursor.execute("select number from complaint where id % greatest(? // 40, 1) = 0", [total]).fetchall()
        open_ones = cursor.execute("select number from complaint where ended_at is null limit 40").fetchall()
    any_case, open_case = [n for (n,) in found], [n for (n,) in open_ones]
    plain = Plain(register)
    deep = total // queries.PAGE // 2

    def triage(run: int) -> None:
        queries.waiting_for_triage(register, city)
        queries.counts(register, city)

    def search(page: int, **filters) -> Callable[[int], object]:
        return lambda run: queries.search(register, city, Filters(**filters), page)

    def dashboard(days: int) -> Callable[[int], object]:
        def ask(run: int) -> None:
            moment = now()
            period = (register, city, today() - timedelta(days=days - 1), today())
            figures.by_day(*period)
            figures.by_department(*period, moment)
            figures.by_category(*period)
            figures.by_kelurahan(*period)

        return ask

    def first_screen(run: int) -> None:
        moment = now()
        month = figures.this_month(Scope(city, today(), today()), moment)
        figures.present(desk, month, moment)
        figures.compared(desk, month, moment, SHOWN, BESIDE)

    def case(numbers: list[str]) -> Callable[[int], object]:
        return lambda run: queries.case_view(register, city, numbers[run % len(numbers)])

    def plain_case(numbers: list[str]) -> Callable[[int], object]:
        return lambda run: plain.case(numbers[run % len(numbers)])

    return [
        Question("Triase: list and counts", triage, lambda run: plain.triage(), 25),
        Question("Aduan: an open case", case(open_case), plain_case(open_case), 5),
        Question("Aduan: any case", case(any_case), plain_case(any_case), 5),
        Question("Daftar: first page", search(1), lambda run: plain.page(0)),
        Question("Daftar: page in the middle", search(deep), lambda run: plain.page(deep * queries.PAGE)),
        Question("Daftar: overdue only", search(1, only="overdue"), lambda run: plain.overdue()),
        Question("Daftar: text, rare", search(1, text=registers.RARE), lambda run: plain.text(registers.RARE)),
        Question("Daftar: text, common", search(1, text="berlubang"), lambda run: plain.text("berlubang")),
        Question("Dasbor: first screen", first_screen, lambda run: plain.first_screen(), 150),
        Question("Dasbor: below, 30 days", dashboard(30), lambda run: plain.dashboard(30), 250),
        Question("Dasbor: below, 365 days", dashboard(365), lambda run: plain.dashboard(365), 250),
    ]


class Plain:
    """The same questions as somebody would type them, with nothing but what the page shows."""

    def __init__(self, register):
        self.register = register

    def _ask(self, *asked: tuple) -> None:
        with self.register.cursor() as cursor:
            for query, *params in asked:
                cursor.execute(query, params).fetchall()

    def triage(self) -> None:
        self._ask(
            (
                f"""
                select c.number, c.state, c.promise_due_at, c.summary, c.media_count, c.latitude, c.returned_count,
                    c.call_reporter, c.unread, k.name, g.name, p.name
                from complaint c join contact p on p.id = c.contact_id left join kelurahan k on k.code = c.kelurahan
                left join category g on g.code = c.category
                where c.ended_at is null and c.state in {TRIAGE} order by c.promise_due_at, c.id limit 50
                """,
            ),
            ("select state, count(*) from complaint where ended_at is null group by state",),
        )

    def case(self, number: str) -> None:
        self._ask(
            (
                "select c.*, p.name, p.phone from complaint c join contact p on p.id = c.contact_id where number = ?",
                number,
            ),
            (
                """
                select received_at, kind, text from message_in
                where complaint_id = (select id from complaint where number = ?) order by id
                """,
                number,
            ),
            (
                """
                select created_at, kind, text, state from message_out
                where complaint_id = (select id from complaint where number = ?) order by id
                """,
                number,
            ),
            (
                """
                select happened_at, kind, actor, data from event
                where complaint_id = (select id from complaint where number = ?) order by id
                """,
                number,
            ),
        )

    _SHOWN = "number, state, summary, category, kelurahan, department, received_at, channel, promise_due_at"

    def page(self, offset: int) -> None:
        self._ask(
            ("select count(*) from complaint",),
            (f"select {self._SHOWN} from complaint order by received_at desc, id desc limit 50 offset ?", offset),
        )

    def overdue(self) -> None:
        where = "where ended_at is null and stopped_at is null and promise_due_at < ?"
        self._ask(
            (f"select count(*) from complaint {where}", now()),
            (f"select {self._SHOWN} from complaint {where} order by received_at desc, id desc limit 50", now()),
        )

    def text(self, text: str) -> None:
        where = """where summary ilike ? or id in (select complaint_id from message_in where text ilike ?)
            or contact_id in (select id from contact where name ilike ?)"""
        like = [f"%{text}%"] * 3
        self._ask(
            (f"select count(*) from complaint {where}", *like),
            (f"select {self._SHOWN} from complaint {where} order by received_at desc, id desc limit 50", *like),
        )

    def first_screen(self) -> None:
        """The figures that the screen shows, of now and of three months."""
        moment, first = now(), figures.start_of(today().replace(day=1))
        self._ask(
            (
                """
                select count(*), count(*) filter (due_at < $1), count(*) filter (due_at >= $1 and due_at < $2),
                    count(*) filter (state = 'awaiting_reporter'), count(*) filter (call_reporter),
                    count(*) filter (state = 'scheduled'), count(*) filter (state = 'scheduled' and due_at < $1)
                from complaint where ended_at is null
                """,
                moment,
                figures.start_of(today() + timedelta(days=1)),
            ),
            ("select count(*) from complaint where received_at >= ?", figures.start_of(today())),
            ("select count(*) from complaint where ended_at >= ?", figures.start_of(today())),
        )
        for back in (0, 30, 365):
            span = [first - timedelta(days=back), moment - timedelta(days=back)]
            self._ask(
                (
                    """
                    select count(*), count(*) filter (stopped_at is not null or promise_due_at < $2),
                        count(*) filter (stopped_at <= promise_due_at), count(*) filter (stopped_at <= outer_due_at),
                        count(*) filter (stopped_at is not null or outer_due_at < $2),
                        count(*) filter (first_answer_at <= received_at + interval 1 day),
                        median(first_answer_at - received_at), median(result_at - received_at),
                        quantile_cont(epoch_us(first_answer_at) - epoch_us(received_at), 0.9),
                        quantile_cont(epoch_us(result_at) - epoch_us(received_at), 0.9),
                        count(*) filter (reopened_count > 0), count(*) filter (returned_count > 0)
                    from complaint where received_at >= $1 and received_at < $2
                    """,
                    *span,
                ),
                (
                    """
                    select coalesce(closing, state), count(*) from complaint where ended_at >= $1 and ended_at < $2
                    group by 1
                    """,
                    *span,
                ),
                ("select count(rating), avg(rating) from complaint where rated_at >= $1 and rated_at < $2", *span),
            )

    def dashboard(self, days: int) -> None:
        since, moment = now() - timedelta(days=days), now()
        self._ask(
            ("select cast(received_at as date), count(*) from complaint where received_at >= ? group by 1", since),
            ("select cast(ended_at as date), count(*) from complaint where ended_at >= ? group by 1", since),
            (
                """
                select department, count(*) filter (received_at >= $1), count(*) filter (ended_at is null),
                    count(*) filter (ended_at is null and stopped_at is null and promise_due_at < $2),
                    count(*) filter (received_at >= $1 and stopped_at <= promise_due_at)
                from complaint group by 1
                """,
                since,
                moment,
            ),
            ("select category, count(*) from complaint where received_at >= ? group by 1", since),
            ("select kelurahan, count(*) from complaint where received_at >= ? group by 1", since),
        )


def _commanded(desk: Desk, complaints: int, runs: int) -> dict:
    """One command, `forward`, each time on another case; beside the bare writes of the same rows in one transaction."""
    city = users.actor(desk.register, "kota")
    with desk.register.cursor() as cursor:
        waiting = cursor.execute(
            "select id, number, version from complaint where state = 'received' order by id desc limit ?",
            [2 * runs + 2],
        ).fetchall()
    half = len(waiting) // 2
    mine, theirs = iter(waiting[:half]), iter(waiting[half:])

    def forward(run: int) -> None:
        _, number, version = next(mine)
        press = Press(city, number, version, uuid.uuid4().hex)
        commands.forward(desk, press, department="DPUPR", note="Mohon ditangani", category="road")

    def write(run: int) -> None:
        complaint_id, number, _ = next(theirs)
        with desk.register.cursor() as cursor:
            cursor.execute("begin transaction")
            cursor.execute(
                """
                update complaint set state = 'forwarded', department = 'DPUPR', version = version + 1, state_since = ?
                where id = ?
                """,
                [now(), complaint_id],
            )
            cursor.execute(
                """
                insert into event (id, complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data)
                select nextval('event_id'), ?, ?, 'forward', 'kota', 'city', 'received', 'forwarded', '{}'
                """,
                [complaint_id, now()],
            )
            cursor.execute(
                """
                insert into message_out (id, cause, contact_id, complaint_id, purpose, kind, text, created_at,
                    created_by, state, next_at)
                select nextval('message_out_id'), ?, contact_id, id, 'forwarded', 'text', ?, ?, 'kota', 'read', ?
                from complaint where id = ?
                """,
                [uuid.uuid4().hex, number, now(), now(), complaint_id],
            )
            cursor.execute("insert into operation values (?, ?, ?)", [uuid.uuid4().hex, complaint_id, now()])
            cursor.execute("commit")

    counted = half - 1
    ours, plain = (
        {"first_ms": measure.once(work, 0)} | measure.spread([measure.once(work, run) for run in range(counted)])
        for work in (forward, write)
    )
    return _row("Command: forward", complaints, ours, plain, None)


if __name__ == "__main__":
    main()
