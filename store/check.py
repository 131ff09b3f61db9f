"""Rebuilds every complaint from its events and compares: `python -m store check`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields

from .db import Register, rows
from .rules.case import Case, Event, apply

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


def _of_chunk(register: Register, start: int, end: int) -> Iterator[Difference]:
    with register.snapshot() as cursor:
        stored = rows(cursor.execute("select * from complaint where id >= ? and id < ? order by id", [start, end]))
        events = rows(
            cursor.execute(
                """
                select complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data from event
                where complaint_id >= ? and complaint_id < ? order by id
                """,
                [start, end],
            )
        )
    rebuilt: dict[int, Case] = {}
    broken: dict[int, str] = {}
    for row in events:
        complaint_id = row["complaint_id"]
        try:
            event = Event(**(row | {"data": json.loads(row["data"])}))
            rebuilt[complaint_id] = apply(rebuilt.get(complaint_id), event)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # An event that was lost or written past the commands: said, so that all others are still compared.
            broken.setdefault(complaint_id, f"`{row['kind']}` cannot be applied ({type(error).__name__}: {error})")
    for row in stored:
        if row["id"] in broken:
            yield Difference(row["number"], "events", "there", broken[row["id"]])
            continue
        case = rebuilt.get(row["id"])
        if case is None:
            yield Difference(row["number"], "row", "there", None)
            continue
        for column in fields(Case):
            if row[column.name] != getattr(case, column.name):
                yield Difference(row["number"], column.name, row[column.name], getattr(case, column.name))


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
