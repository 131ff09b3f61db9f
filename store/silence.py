"""Cases that wait for the reporter's word close by themselves after ten calendar days."""

from datetime import datetime, timedelta

from .book import Book
from .clock import now as clock_now
from .desk import Desk
from .rules.workflow import SYSTEM, Role, State


def lapse(desk: Desk, now: datetime | None = None) -> int:
    """Close what has waited long enough; how many came back. A result that did not arrive keeps its case open."""
    now = now or clock_now()
    before = now - timedelta(days=desk.settings.config["clock"]["silence_days"])
    where = "where state = 'awaiting_confirmation' and state_since <= ? and not call_reporter"
    with desk.register.cursor() as cursor:
        if not cursor.execute("select 1 from complaint " + where + " limit 1", [before]).fetchone():
            return 0
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        waiting = book.load(where, [before])
        for case in waiting:
            book.record(case, "lapse", SYSTEM, Role.SYSTEM, State.CLOSED)
        book.write()
    return len(waiting)
