"""Cases that wait for the reporter's word close by themselves after ten calendar days; unless it never arrived."""

from datetime import datetime, timedelta

from .book import Book
from .clock import now as clock_now
from .delivery import AWAITED
from .desk import Desk
from .rules.workflow import SYSTEM, Role, State

# An answer or result that has not reached the reporter's phone by then is told by telephone.
UNDELIVERED = timedelta(days=2)


def lapse(desk: Desk, now: datetime | None = None) -> int:
    """Close what has waited long enough; how many came back. A result that did not arrive keeps its case open.

    The days count from when the reporter was told (by message or by telephone) or wrote last, whichever is later.
    """
    now = now or clock_now()
    before = now - timedelta(days=desk.settings.config["clock"]["silence_days"])
    with desk.register.cursor() as cursor:
        if not cursor.execute("select 1 from complaint " + _SILENT + " limit 1", {"before": before}).fetchone():
            return 0
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        waiting = book.load(_SILENT, {"before": before})
        for case in waiting:
            book.record(case, "lapse", SYSTEM, Role.SYSTEM, State.CLOSED)
        book.write()
    return len(waiting)


def call_unreached(desk: Desk, now: datetime | None = None) -> int:
    """Put cases whose answer or result has not arrived in two days on "Telepon pelapor"; how many came back.

    Meta may keep a message for a month, and may lose what it has to say of it: neither shows as a failure.
    """
    now = now or clock_now()
    asked = {"before": now - UNDELIVERED, "purposes": list(AWAITED)}
    with desk.register.cursor() as cursor:
        if not cursor.execute(_UNREACHED, asked).fetchone():
            return 0
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        found = cursor.execute(_UNREACHED, asked).fetchall()
        for complaint_id, message_id in found:
            (case,) = book.load("where id = ?", [complaint_id])
            book.record(case, "delivery_failed", SYSTEM, message_id=message_id)
        book.write()
    return len(found)


_SILENT = """
    where state = 'awaiting_confirmation' and not call_reporter
        and state_since <= $before and (last_message_at is null or last_message_at <= $before)
        and not exists (
            select 1 from event e
            where e.complaint_id = complaint.id and e.kind in ('delivered', 'told') and e.happened_at > $before
        )
"""
# Whoever was called already, or is to be, need not be found again.
_UNREACHED = """
    select c.id, max(m.id) from complaint c join message_out m on m.complaint_id = c.id
    where c.ended_at is null and not c.call_reporter and c.state in ('answered', 'awaiting_confirmation')
        and list_contains($purposes, m.purpose) and m.created_at >= c.state_since and m.created_at <= $before
        and m.state not in ('delivered', 'read', 'failed')
        and not exists (
            select 1 from event e
            where e.complaint_id = c.id and e.kind in ('told', 'delivery_failed') and e.happened_at > m.created_at
        )
    group by c.id
"""
