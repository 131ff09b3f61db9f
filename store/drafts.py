"""Forms half filled in: kept for the person who types, so that a reload, a sign-out or a restart loses nothing.

They hold personal data of reporters: nobody but their owner reads them, and after a week they are gone.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import now as clock_now
from .db import Register
from .rules.errors import RuleBroken
from .rules.workflow import Actor, Role

KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Draft:
    """What one person has typed into one form; `saved_at` is naive UTC."""

    body: dict
    saved_at: datetime


def load(register: Register, owner: Actor, name: str, now: datetime | None = None) -> Draft | None:
    """The person's own draft of this form; there is no way to ask for somebody else's.

    :raises RuleBroken: `not_allowed`
    """
    _check(owner)
    with register.cursor() as cursor:
        found = cursor.execute(
            "select body, saved_at from draft where username = ? and name = ? and saved_at > ?",
            [owner.username, name, (now or clock_now()) - KEPT],
        ).fetchone()
    return Draft(json.loads(found[0]), found[1]) if found else None


def keep(register: Register, owner: Actor, name: str, body: dict, now: datetime | None = None) -> None:
    """Keep what the person has typed in place of what was kept before.

    :param body: anything JSON holds
    :raises RuleBroken: `not_allowed`
    """
    _check(owner)
    with register.atomic(news=False) as cursor:
        cursor.execute(
            """
            insert into draft values (?, ?, ?, ?)
            on conflict (username, name) do update set body = excluded.body, saved_at = excluded.saved_at
            """,
            [owner.username, name, json.dumps(body, ensure_ascii=False), now or clock_now()],
        )


def forget(register: Register, owner: Actor, name: str) -> None:
    """The form was sent, or its owner wants it empty.

    :raises RuleBroken: `not_allowed`
    """
    _check(owner)
    with register.atomic(news=False) as cursor:
        cursor.execute("delete from draft where username = ? and name = ?", [owner.username, name])


def forget_old(register: Register, now: datetime | None = None) -> int:
    """Delete the drafts that nobody has touched for a week; how many there were."""
    limit = (now or clock_now()) - KEPT
    with register.cursor() as cursor:
        if not cursor.execute("select 1 from draft where saved_at <= ? limit 1", [limit]).fetchone():
            return 0
    with register.atomic(news=False) as cursor:
        return len(cursor.execute("delete from draft where saved_at <= ? returning username", [limit]).fetchall())


def _check(owner: Actor) -> None:
    """Drafts are people's."""
    if not owner.username or owner.has(Role.REPORTER, Role.SYSTEM):
        raise RuleBroken("not_allowed")
