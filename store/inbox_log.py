"""How far the inbox has been applied, and what of it could not be understood."""

from datetime import datetime

from .clock import now as clock_now
from .db import rows
from .rules.errors import RuleBroken
from .rules.workflow import Actor, Role


def note_problem(cursor, inbox_id: int, reason: str, raw: str, now: datetime) -> None:
    cursor.execute(
        "insert into inbox_problem (inbox_id, happened_at, reason, raw) values (?, ?, ?, ?)",
        [inbox_id, now, reason, raw],
    )


def position(cursor) -> int:
    """The last inbox row whose effects are in the register."""
    found = cursor.execute("select last_id from inbox_position where name = 'inbox'").fetchone()
    return found[0] if found else 0


def advance(cursor, last_id: int) -> None:
    """Note how far the inbox has been applied, in the transaction of what it caused."""
    cursor.execute(
        "insert into inbox_position values ('inbox', ?) on conflict (name) do update set last_id = excluded.last_id",
        [last_id],
    )


def problems(register) -> list[dict]:
    """What could not be understood and nobody has settled yet, newest first."""
    with register.cursor() as cursor:
        return rows(
            cursor.execute("select * from inbox_problem where settled_at is null order by inbox_id desc limit 200")
        )


def settle(register, actor: Actor, inbox_id: int) -> None:
    """Note that somebody has looked at a body that could not be understood.

    :raises RuleBroken: `not_allowed`
    """
    if not actor.has(Role.ADMIN, Role.OFFICIAL):
        raise RuleBroken("not_allowed")
    with register.atomic() as cursor:
        cursor.execute(
            "update inbox_problem set settled_at = ?, settled_by = ? where inbox_id = ? and settled_at is null",
            [clock_now(), actor.username, inbox_id],
        )
