"""From the result to its end (step 6 to 7), and what the city team does beside the moves: messages, notes, reveals."""

from datetime import datetime

from .. import evidence
from ..book import Book
from ..desk import Desk
from ..rules import replies, texts
from ..rules.case import Case, may_reopen
from ..rules.errors import RuleBroken
from ..rules.workflow import Role, State
from .press import Press, carry_out, officer_text, plainly, tell, tell_children, window_open
from .triage import follow

# How a reporter may be told without WhatsApp.
TOLD_HOW = ("telephone", "in_person", "email", "web", "social_media", "letter", "sms", "unreachable")


def approve(desk: Desk, press: Press, *, text: str, now: datetime | None = None) -> Case:
    """The city team approves the result, which then goes to the reporter and to those of its duplicates."""

    def decide(book: Book, case: Case, role: Role) -> None:
        def letters(number: str) -> list[texts.Letter]:
            return texts.result(number, officer_text(text))

        ids = tell(book, case, letters, press)
        given = {"text": text.strip(), "message_id": ids[0] if ids else None}
        case = book.record(case, "approve", press.actor, role, State.AWAITING_CONFIRMATION, **given)
        follow(book, case, text, tell_children(book, case, letters, press))

    return carry_out(desk, press, "approve", {"text": text}, decide, now)


def send_back(
    desk: Desk, press: Press, *, note: str, departments: list[str] | tuple[str, ...] = (), now: datetime | None = None
) -> Case:
    """The city team wants the result completed before it goes out.

    :param departments: whose part is to be completed; empty means all
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        if not set(departments) <= {part.department for part in case.active}:
            raise RuleBroken("unknown_department")
        book.record(
            case, "send_back", press.actor, role, State.IN_PROGRESS, note=note.strip(), departments=sorted(departments)
        )

    return carry_out(desk, press, "send_back", {"note": note}, decide, now)


def close(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """An officer closes the case; counted apart from a reporter's confirmation."""

    def decide(book: Book, case: Case, role: Role) -> None:
        if case.call_reporter:
            raise RuleBroken("not_delivered", move="close")
        case = book.record(case, "close", press.actor, role, State.CLOSED, note=note.strip())
        tell(book, case, lambda number: [texts.closed(number)], press)

    return carry_out(desk, press, "close", {"note": note}, decide, now)


def reopen(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """A new two days, because the reporter says by telephone or at the counter that it is not done.

    :raises RuleBroken: `not_reopened`, more than ten days after the end or for the third time
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        if not may_reopen(case, book.now):
            raise RuleBroken("not_reopened", move="reopen")
        limits = desk.limits(book.now, case.category)
        case = book.record(case, "reopen", press.actor, role, State.REOPENED, note=note.strip(), **limits)
        tell(book, case, lambda number: [texts.taken_up(number)], press)

    return carry_out(desk, press, "reopen", {"note": note}, decide, now)


def told(
    desk: Desk, press: Press, *, note: str, how: str, told_at: datetime | None = None, now: datetime | None = None
) -> Case:
    """The reporter was told another way: how, when and by whom is on record.

    :param how: one of `TOLD_HOW`
    :param told_at: naive UTC; now where it is not given
    :raises RuleBroken: `missing_how`, `told_in_future`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        if how not in TOLD_HOW:
            raise RuleBroken("missing_how", move="told")
        if told_at and told_at > book.now:
            raise RuleBroken("told_in_future", move="told")
        given = {"how": how, "told_at": told_at or book.now}
        book.record(case, "told", press.actor, role, note=note.strip(), **given)

    return carry_out(desk, press, "told", {"note": note, "how": how}, decide, now)


def reply(
    desk: Desk,
    press: Press,
    *,
    text: str = "",
    files: list[evidence.File] | tuple = (),
    ask_location: bool = False,
    now: datetime | None = None,
) -> Case:
    """Write to the reporter without moving the case: a text, photos and documents, a request for the place, or several
    of these, in that order.

    :param files: already kept by `evidence.keep`
    :raises RuleBroken: `no_whatsapp`; `window_closed`: files go only within 24 hours of the reporter's last word
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        def letters(number: str) -> list[texts.Letter]:
            if files and not window_open(desk, book, case):
                raise RuleBroken("window_closed", move="reply")
            ids = evidence.attach(book, case, files, press.actor, source="sent")
            enclosed = [(media_id, file.mime) for media_id, file in zip(ids, files, strict=True)]
            return replies.letters(number, officer_text(text), desk.service, enclosed, ask_location)

        ids = tell(book, case, letters, press)
        if not ids:
            raise RuleBroken("no_whatsapp", move="reply")
        more: dict = {"files": len(files)} if files else {}
        more |= {"asked_location": True} if ask_location else {}
        book.record(case, "reply", press.actor, role, text=text.strip(), message_id=ids[0], **more)

    given = {"text": text if text.strip() or not (files or ask_location) else "+"}
    return carry_out(desk, press, "reply", given, decide, now)


def seen(desk: Desk, press: Press, *, now: datetime | None = None) -> Case:
    """The city team has read what the reporter wrote; nothing else changes."""
    return carry_out(desk, press, "seen", {}, plainly(press, "seen", None), now, stale_is_fine=True)


def note(desk: Desk, press: Press, *, text: str, files: list[evidence.File] = (), now: datetime | None = None) -> Case:
    """An internal note, which never goes out; with photos or documents if there are any."""

    def decide(book: Book, case: Case, role: Role) -> None:
        evidence.attach(book, case, files, press.actor)
        book.record(case, "note", press.actor, role, note=text.strip())

    return carry_out(desk, press, "note", {"note": text}, decide, now, stale_is_fine=True)


def reveal(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """Show this person who reported a confidential complaint, for a quarter of an hour; the reason is on record.

    :raises RuleBroken: `not_confidential`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        if not case.confidential:
            raise RuleBroken("not_confidential", move="reveal")
        book.record(case, "reveal", press.actor, role, note=note.strip())

    return carry_out(desk, press, "reveal", {"note": note}, decide, now, stale_is_fine=True)
