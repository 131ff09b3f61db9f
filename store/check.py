"""Rebuilds every complaint from its events and compares: `python -m store check`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from .book import COLUMNS, end_row, parts_of
from .db import Register, rows
from .rules.case import Case, Event
from .rules.fold import apply, undone_end

CHUNK = 20_000


@dataclass(frozen=True)
class Difference:
    """A complaint whose row is not what its events add up to."""

    number: str
    column: str
    stored: object
    rebuilt: object

    def __str__(self) -> str:
        return f"{self.number}: {self.column} is {self.stored!r}, the events say {self.rebuilt!r}"


def differences(register: Register) -> Iterator[Difference]:
    """Every difference, complaint by complaint; none means that all agree."""
    with register.cursor() as cursor:
        last = cursor.execute("select coalesce(max(id), 0) from complaint").fetchone()[0]
        orphans = cursor.execute(
            "select distinct complaint_id from event where complaint_id not in (select id from complaint)"
        ).fetchall()
    for (complaint_id,) in orphans:
        yield Difference(f"#{complaint_id}", "row", None, "there are events of it")
    for start in range(0, last + 1, CHUNK):
        yield from _of_chunk(register, start, start + CHUNK)
    yield from _numbers(register)


def count(register: Register) -> tuple[int, int]:
    """How many complaints and events there are."""
    with register.cursor() as cursor:
        return cursor.execute("select (select count(*) from complaint), (select count(*) from event)").fetchone()


@dataclass(frozen=True)
class Folded:
    """What events add up to: cases by id, why some add up to nothing, and the rows of `earlier_end`."""

    cases: dict[int, Case]
    broken: dict[int, str]
    ends: dict[int, list[dict]]


def folded(cursor, start: int, end: int) -> Folded:
    """What the events of the complaints from `start` to below `end` add up to."""
    events = rows(
        cursor.execute(
            """
            select complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data from event
            where complaint_id >= ? and complaint_id < ? order by id
            """,
            [start, end],
        )
    )
    return add_up(events)


def add_up(events: list[dict]) -> Folded:
    """What rows of `event`, in their order, add up to."""
    rebuilt: dict[int, Case] = {}
    broken: dict[int, str] = {}
    ends: dict[int, list[dict]] = {}
    for row in events:
        complaint_id = row["complaint_id"]
        try:
            event = Event(**(row | {"data": json.loads(row["data"])}))
            before = rebuilt.get(complaint_id)
            case = rebuilt[complaint_id] = apply(before, event)
            if undone := undone_end(before, case):
                ends.setdefault(complaint_id, []).append(end_row(case, undone, event.happened_at))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # An event that was lost or written past the commands: said, so that all others are still compared.
            broken.setdefault(complaint_id, f"`{row['kind']}` cannot be applied ({type(error).__name__}: {error})")
    return Folded(rebuilt, broken, ends)


def ends_of(cursor, start: int, end: int) -> dict[int, list[dict]]:
    """The stored ends that did not last, of the complaints from `start` to below `end`."""
    query = "select * from earlier_end where complaint_id >= ? and complaint_id < ? order by all"
    found: dict[int, list[dict]] = {}
    for row in rows(cursor.execute(query, [start, end])):
        found.setdefault(row["complaint_id"], []).append(row)
    return found


def _of_chunk(register: Register, start: int, end: int) -> Iterator[Difference]:
    with register.snapshot() as cursor:
        stored = rows(cursor.execute("select * from complaint where id >= ? and id < ? order by id", [start, end]))
        parts = parts_of(cursor, start, end)
        ends = ends_of(cursor, start, end)
        found = folded(cursor, start, end)
    for row in stored:
        if row["id"] in found.broken:
            yield Difference(row["number"], "events", "there", found.broken[row["id"]])
            continue
        case = found.cases.get(row["id"])
        if case is None:
            yield Difference(row["number"], "row", "there", None)
            continue
        for column in COLUMNS:
            if row[column] != getattr(case, column):
                yield Difference(row["number"], column, row[column], getattr(case, column))
        if tuple(parts.get(case.id, ())) != case.assignments:
            yield Difference(row["number"], "assignments", parts.get(case.id, []), list(case.assignments))
        kept, right = ends.pop(case.id, []), sorted(found.ends.get(case.id, []), key=lambda r: tuple(r.values()))
        if kept != right:
            yield Difference(row["number"], "earlier_end", kept, right)
    for complaint_id in set(ends) - {row["id"] for row in stored}:
        yield Difference(f"#{complaint_id}", "earlier_end", ends[complaint_id], [])


def _numbers(register: Register) -> Iterator[Difference]:
    """Running numbers have no gap and agree with their counter."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            with used as (
                select channel, try_cast(split_part(number, '-', 2) as integer) as year,
                    count(*) as used, max(try_cast(split_part(number, '-', 3) as bigint)) as highest
                from complaint group by all
            )
            select u.channel, u.year, u.used, u.highest, n.last
            from used u left join number_counter n on n.channel = u.channel and n.year = u.year
            where u.used is distinct from u.highest or n.last is distinct from u.highest
            """
        ).fetchall()
    for channel, year, used, highest, last in found:
        yield Difference(f"{channel}-{year}", "numbers", f"{used} used, counter {last}", f"highest {highest}")
