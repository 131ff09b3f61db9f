"""The raw event log as a file: everything that every figure is counted from."""

import csv
from typing import TextIO

from .db import Register
from .rules.personal import open_text

COLUMNS = ("id", "complaint_id", "happened_at", "kind", "actor", "actor_role", "from_state", "to_state", "data")
_AT_A_TIME = 10_000


def write_events(register: Register, file: TextIO, in_full: bool = False) -> int:
    """One row an event in the order in which they were written, as CSV; how many there are.

    Moments are UTC with microseconds; `data` is the event's JSON without what is personal.

    :param file: opened with `newline=""`
    :param in_full: as it is stored
    """
    writer, count = csv.writer(file), 0
    writer.writerow(COLUMNS)
    with register.snapshot() as cursor:
        cursor.execute(
            """
            select id, complaint_id, strftime(happened_at, '%Y-%m-%dT%H:%M:%S.%fZ'), kind, actor, actor_role,
                from_state, to_state, data
            from event order by id
            """
        )
        while rows := cursor.fetchmany(_AT_A_TIME):
            writer.writerows(rows if in_full else [(*row[:-1], open_text(row[-1])) for row in rows])
            count += len(rows)
    return count
