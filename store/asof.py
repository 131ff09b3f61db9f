"""The register as it was when one event had been the last: what any question over complaints gets answered then.

Complaints without a later event are what they are now; those that came later are left out; the few that were there and
went on are folded again from their events up to that one. Questions need no change: on this cursor the names
`complaint`, `assignment`, `earlier_end` and `event` mean the register of that moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from .book import case_row, part_rows
from .check import add_up
from .db import Register, insert, rows

_SHADOWS = (
    """
    create temp table later as select distinct complaint_id as id from $event where id > getvariable('last_event')
    """,
    "create temp table complaint_then as select * from $complaint limit 0",
    "create temp table assignment_then as select * from $assignment limit 0",
    "create temp table earlier_end_then as select * from $earlier_end limit 0",
)
_VIEWS = (
    """
    create temp view complaint as
        select * from $complaint where id not in (select id from later) union all by name select * from complaint_then
    """,
    """
    create temp view assignment as
        select * from $assignment where complaint_id not in (select id from later)
        union all by name select * from assignment_then
    """,
    """
    create temp view earlier_end as
        select * from $earlier_end where complaint_id not in (select id from later)
        union all by name select * from earlier_end_then
    """,
    "create temp view event as select * from $event where id <= getvariable('last_event')",
)
_OF_BOTH_TIMES = """
    select complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data from $event
    where id <= getvariable('last_event') and complaint_id in (select id from later) order by id
"""


class RegisterThen:
    """Stands in for a `Register` where only questions are asked, by one thread, inside one transaction."""

    def __init__(self, cursor, version: int):
        self._cursor = cursor
        self.version = version

    @contextmanager
    def cursor(self) -> Iterator:
        yield self._cursor

    snapshot = cursor

    def frame(self, query: str, params: list | dict | None = None) -> pd.DataFrame:
        return self._cursor.execute(query, params or []).df()


def last_event(register: Register) -> int:
    """The id of the newest event, 0 where there is none."""
    with register.cursor() as cursor:
        return cursor.execute("select coalesce(max(id), 0) from event").fetchone()[0]


@contextmanager
def as_of(register: Register, last_event_id: int) -> Iterator[RegisterThen]:
    """The register after this event and before the next; what happens meanwhile is not seen."""
    with register.cursor() as cursor:
        cursor.execute("begin transaction")
        try:
            cursor.execute("set variable last_event = ?::bigint", [last_event_id])
            # A table of ours by its full name, because the short one will mean the view.
            (catalog,) = cursor.execute("select current_database()").fetchone()
            for statement in _SHADOWS:
                cursor.execute(_full(statement, catalog))
            then = add_up(rows(cursor.execute(_full(_OF_BOTH_TIMES, catalog))))
            if then.broken:
                raise ValueError(
                    f"the events of {len(then.broken)} complaints do not add up: {sorted(then.broken)[:3]}"
                )
            insert(cursor, "complaint_then", [case_row(case) for case in then.cases.values()])
            insert(cursor, "assignment_then", part_rows(then.cases.values()))
            insert(cursor, "earlier_end_then", [row for ended in then.ends.values() for row in ended])
            for statement in _VIEWS:
                cursor.execute(_full(statement, catalog))
            yield RegisterThen(cursor, register.version)
        finally:
            cursor.execute("rollback")


def _full(statement: str, catalog: str) -> str:
    name = '"' + catalog.replace('"', '""') + '".main.'
    for table in ("complaint", "assignment", "earlier_end", "event"):
        statement = statement.replace("$" + table, name + table)
    return statement
