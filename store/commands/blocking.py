"""A sender who abuses the service: proposed by one person, on the record of the complaint where it happened."""

from datetime import datetime, timedelta

from ..book import Book
from ..desk import Desk
from ..rules.case import Case
from ..rules.errors import RuleBroken
from ..rules.workflow import Role
from .press import Press, carry_out

# So long a block lasts unless whoever approves it says otherwise.
BLOCK_DAYS = 30


def block(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """Propose that this sender is no longer answered; a second person decides (`store/blocking.py`).

    :raises RuleBroken: `no_whatsapp`, `block_there` where one is proposed or runs already
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        reachable = "select 1 from contact_identity where contact_id = ? limit 1"
        if not book.cursor.execute(reachable, [case.contact_id]).fetchone():
            raise RuleBroken("no_whatsapp", move="block")
        if book.cursor.execute(
            "select 1 from sender_block where contact_id = ? and ended_at is null and until > ? "
            "and coalesce(approved, true)",
            [case.contact_id, book.now],
        ).fetchone():
            raise RuleBroken("block_there", move="block")
        book.cursor.execute(
            """
            insert into sender_block (id, contact_id, reason, proposed_by, proposed_at, until)
            values (nextval('sender_block_id'), ?, ?, ?, ?, ?)
            """,
            [case.contact_id, note.strip(), press.actor.username, book.now, book.now + timedelta(days=BLOCK_DAYS)],
        )
        book.record(case, "block", press.actor, role, note=note.strip())

    return carry_out(desk, press, "block", {"note": note}, decide, now, stale_is_fine=True)
