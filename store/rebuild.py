"""Fills columns that a migration added, from the events that complaints of an earlier release already have."""

from . import ledger
from .book import COLUMNS, Book, case_row, part_rows
from .check import CHUNK, folded
from .clock import now
from .db import Register, incoming, insert
from .reported import take_away

_SET = ", ".join(f"{name} = incoming.{name}" for name in COLUMNS if name not in ("id", "number"))


def fill_new_columns(register: Register) -> int:
    """Rebuild the complaints of an earlier release, once; how many there were. What cannot be folded stays as it is
    (`python -m store check` names it). Their events are chained first, because what follows writes more."""
    ledger.chain_old(register)
    with register.cursor() as cursor:
        first, last = cursor.execute(
            "select coalesce(min(id), 0), coalesce(max(id), -1) from complaint where way = ''"
        ).fetchone()
    count = 0
    for start in range(first, last + 1, CHUNK):
        with register.atomic(news=False) as cursor:
            count += _fill(cursor, start, min(start + CHUNK, last + 1))
    return count


def _fill(cursor, start: int, end: int) -> int:
    between = "where id >= ? and id < ? and "
    # Every complaint that was folded by this release has a way.
    query = "select id from complaint " + between + "way = ''"
    unfilled = {complaint_id for (complaint_id,) in cursor.execute(query, [start, end]).fetchall()}
    found = folded(cursor, start, end)
    cases = [case for case in found.cases.values() if case.id in unfilled and case.id not in found.broken]
    if not cases:
        return 0
    ids = [case.id for case in cases]
    for table in ("assignment", "earlier_end"):
        cursor.execute("delete from " + table + " where complaint_id in (select unnest(?))", [ids])
    with incoming(cursor, "complaint", [case_row(case) for case in cases]):
        cursor.execute("update complaint set " + _SET + " from incoming where complaint.id = incoming.id")
    insert(cursor, "assignment", part_rows(cases))
    insert(cursor, "earlier_end", [row for case_id in ids for row in found.ends.get(case_id, [])])
    book = Book(cursor, now())
    # The first release let other departments than the inspectorate have complaints about officials.
    for case in book.load(between + "departments <> '' and 'official' in (kind, category)", [start, end]):
        take_away(book, case)
    book.write()
    return len(cases)
