"""Cases that wait for the reporter's word end by themselves after ten calendar days; unless ours never arrived."""

from collections.abc import Callable
from datetime import datetime, timedelta

from . import clocks
from .book import Book
from .clock import now as clock_now
from .commands.triage import set_free
from .delivery import WAITS_FOR
from .desk import Desk
from .rules import texts
from .rules.case import Case
from .rules.workflow import SYSTEM, Role, State

# An answer or result that has not reached the reporter's phone by then is told by telephone.
UNDELIVERED = timedelta(days=2)


def lapse(desk: Desk, now: datetime | None = None) -> int:
    """Close what has waited long enough, and say so; how many came back. Whose result did not arrive stays open.

    The days count from when the reporter was told (by message or by telephone) or wrote last, whichever is later.
    """

    days = silence_days(desk)

    def end(book: Book, case: Case) -> None:
        case = book.record(case, "lapse", SYSTEM, Role.SYSTEM, State.CLOSED)
        _tell(book, case, texts.lapsed(case.number, days), "lapse")

    return _after_silence(desk, State.AWAITING_CONFIRMATION, end, now or clock_now())


def archive(desk: Desk, now: datetime | None = None) -> int:
    """Archive what its reporter did not complete, and say so to them; how many there were. Counted as in `lapse`."""
    days = silence_days(desk)

    def end(book: Book, case: Case) -> None:
        limits = clocks.limits(desk, book.cursor, case, book.now)
        case = book.record(case, "archive", SYSTEM, Role.SYSTEM, State.ARCHIVED, **limits)
        _tell(book, case, texts.archived(case.number, days), "archive")
        set_free(book, case)

    return _after_silence(desk, State.AWAITING_REPORTER, end, now or clock_now())


def _tell(book: Book, case: Case, letter: texts.Letter, why: str) -> None:
    """Say to the reporter that the case has ended, where WhatsApp reaches them."""
    reachable = "select 1 from contact_identity where contact_id = ? limit 1"
    if book.cursor.execute(reachable, [case.contact_id]).fetchone():
        book.send(letter, case.contact_id, case, "bot", f"{why}:{case.id}:{case.version}")


def silence_days(desk: Desk) -> int:
    """Calendar days without a word after which a case ends by itself."""
    return desk.config["clock"]["silence_days"]


def _after_silence(desk: Desk, state: State, end: Callable[[Book, Case], None], now: datetime) -> int:
    asked = {"state": state.value, "before": now - timedelta(days=silence_days(desk))}
    with desk.register.cursor() as cursor:
        if not cursor.execute("select 1 from complaint " + _SILENT + " limit 1", asked).fetchone():
            return 0
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        waiting = book.load(_SILENT, asked)
        for case in waiting:
            end(book, case)
        book.write()
    return len(waiting)


def call_unreached(desk: Desk, now: datetime | None = None) -> int:
    """Put cases whose answer or result has not arrived in two days on "Telepon pelapor"; how many came back.

    Meta may keep a message for a month, and may lose what it has to say of it: neither shows as a failure.
    """
    now = now or clock_now()
    pairs = [f"{purpose}:{state}" for purpose, states in WAITS_FOR.items() for state in states]
    asked = {"before": now - UNDELIVERED, "pairs": pairs}
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
    where state = $state and not call_reporter
        and state_since <= $before and (last_message_at is null or last_message_at <= $before)
        and not exists (
            select 1 from event e
            where e.complaint_id = complaint.id and e.kind in ('delivered', 'told') and e.happened_at > $before
        )
"""
# Whoever was called already, or is to be, need not be found again.
_UNREACHED = """
    select c.id, max(m.id) from complaint c join message_out m on m.complaint_id = c.id
    where not c.call_reporter and (c.state <> 'answered' or c.ended_at is null)
        and list_contains($pairs, m.purpose || ':' || c.state)
        and m.created_at >= c.state_since and m.created_at <= $before
        and m.state not in ('delivered', 'read', 'failed')
        and not exists (
            select 1 from event e
            where e.complaint_id = c.id and e.kind in ('told', 'delivery_failed') and e.happened_at > m.created_at
        )
    group by c.id
"""
