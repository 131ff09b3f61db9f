"""Who talks to the reporter, what they said aloud, and what is sent once more."""

from datetime import datetime

from ..book import Book
from ..db import rows
from ..delivery import MISSED
from ..desk import Desk
from ..rules import reading, remedies
from ..rules.case import Case, is_taken
from ..rules.errors import RuleBroken
from ..rules.workflow import Role
from .press import Press, carry_out, officer_text, plainly, window_open

SUMMARY_LENGTH = 300


def take_over(desk: Desk, press: Press, *, now: datetime | None = None) -> Case:
    """The bot is silent towards this reporter until given back, or a day after this person's last word.

    :raises RuleBroken: `taken_already` by somebody else
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        if is_taken(case, book.now) and case.taken_by != press.actor.username:
            raise RuleBroken("taken_already", move="take_over", by=_name(book.cursor, case.taken_by))
        book.record(case, "take_over", press.actor, role)

    return carry_out(desk, press, "take_over", {}, decide, now, stale_is_fine=True)


def give_back(desk: Desk, press: Press, *, now: datetime | None = None) -> Case:
    """The bot answers this reporter again."""
    return carry_out(desk, press, "give_back", {}, plainly(press, "give_back", None), now, stale_is_fine=True)


def _name(cursor, username: str) -> str:
    found = cursor.execute("select name from user_account where username = ?", [username]).fetchone()
    return found[0] if found else username


def transcribe(desk: Desk, press: Press, *, message_id: int, text: str, now: datetime | None = None) -> Case:
    """Write down what was heard in the reporter's recording, or correct it; it can be searched for.

    :raises RuleBroken: `no_voice`, `nothing_changed`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        found = book.cursor.execute(
            "select transcript from message_in where id = ? and complaint_id = ? and kind in ('audio', 'video')",
            [message_id, case.id],
        ).fetchone()
        if not found:
            raise RuleBroken("no_voice", move="transcribe")
        heard, before = officer_text(text), found[0] or ""
        if heard == before:
            raise RuleBroken("nothing_changed", move="transcribe")
        book.cursor.execute("update message_in set transcript = ? where id = ?", [heard, message_id])
        data: dict = {"message": message_id, "text": heard}
        # Who only spoke is listed by what was heard.
        if case.summary == before[:SUMMARY_LENGTH]:
            data["summary"] = heard[:SUMMARY_LENGTH]
        said = reading.read(heard, places=desk.places).said
        if said:
            data["said"] = said
        book.record(case, "transcribe", press.actor, role, **data)

    return carry_out(desk, press, "transcribe", {"text": text}, decide, now, stale_is_fine=True)


def send_again(desk: Desk, press: Press, *, message_id: int, now: datetime | None = None) -> Case:
    """Send a message once more that failed for a reason which may have passed; each failure once.

    :raises RuleBroken: `not_failed`, `again_already`, `again_in_vain`, `window_closed`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        cursor = book.cursor
        found = rows(
            cursor.execute("select * from message_out where id = ? and complaint_id = ?", [message_id, case.id])
        )
        if not found or found[0]["state"] != "failed":
            raise RuleBroken("not_failed", move="reply")
        failed = found[0]
        if cursor.execute("select 1 from message_out where cause = ?", [again(message_id)]).fetchone():
            raise RuleBroken("again_already", move="reply")
        remedy = remedies.remedy(failed["error_code"], failed["error_text"])
        if not remedies.may_send_again(remedy):
            raise RuleBroken("again_in_vain", move="reply")
        # Where no template can go in its place, or none went.
        needs_window = not failed["template_params"] or remedy == remedies.WRITE_FIRST
        if needs_window and not window_open(desk, book, case):
            raise RuleBroken("window_closed", move="reply")
        new = book.send_again(failed, case.contact_id, press.actor.username, again(message_id))
        settles = case.call_reporter and not _others_failed(cursor, case, message_id)
        data = {"text": failed["text"], "message_id": new, "again": message_id}
        book.record(case, "reply", press.actor, role, **data, **({"settles": True} if settles else {}))

    return carry_out(desk, press, "reply", {"text": "+"}, decide, now, stale_is_fine=True)


def again(message_id: int) -> str:
    """The cause of a message that goes because this one failed."""
    return f"again:{message_id}"


def _others_failed(cursor, case: Case, message_id: int) -> bool:
    """Whether the reporter misses another message too, of which they have not been told."""
    found = cursor.execute(
        """
        select 1 from message_out m
        where m.complaint_id = $case and m.id <> $id and m.state = 'failed' and list_contains($missed, m.purpose)
            and not exists (select 1 from message_out a where a.cause = 'again:' || m.id)
            and m.failed_at > coalesce(
                (select max(happened_at) from event where complaint_id = $case and kind = 'told'), '1970-01-01'
            )
        limit 1
        """,
        {"case": case.id, "id": message_id, "missed": list(MISSED)},
    ).fetchone()
    return found is not None
