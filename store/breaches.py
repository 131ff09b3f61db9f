"""Failures to protect personal data: whom to tell what, within 3 x 24 hours (UU 27/2022, article 46)."""

from datetime import datetime, timedelta

from . import audit
from .clock import now as clock_now
from .db import rows
from .desk import Desk
from .rules.errors import RuleBroken
from .rules.workflow import Actor, Role

WITHIN = timedelta(hours=72)
# What is told to whom, and the column that says when it was.
TOLD = {"people": "people_told_at", "authority": "authority_told_at", "public": "public_told_at"}
LIMITS = {"what": 500, "data_kinds": 300, "handling": 1000}
_TELL = {
    "people": "update breach set people_told_at = ?, version = version + 1 where id = ? and version = ?",
    "authority": "update breach set authority_told_at = ?, version = version + 1 where id = ? and version = ?",
    "public": "update breach set public_told_at = ?, version = version + 1 where id = ? and version = ?",
}


def listed(desk: Desk, actor: Actor) -> list[dict]:
    """All breaches, open ones first, with `due_at`; the newest first.

    :raises RuleBroken: `not_allowed`
    """
    _check(actor)
    with desk.register.cursor() as cursor:
        found = rows(cursor.execute("select * from breach order by closed_at is not null, found_at desc, id desc"))
    return [row | {"due_at": row["found_at"] + WITHIN} for row in found]


def note(desk: Desk, actor: Actor, found_at: datetime, what: str, data_kinds: str, people: int | None) -> int:
    """Begin the countdown; its number comes back.

    :param found_at: when it became known, naive UTC
    :param people: how many may be concerned; None while that is not known
    :raises RuleBroken: `not_allowed`, `empty_field`, `text_too_long`, `in_the_future`
    """
    _check(actor)
    now = clock_now()
    if found_at > now + timedelta(minutes=1):
        raise RuleBroken("in_the_future")
    what, data_kinds = _text(what, "what", "Apa yang terjadi"), _text(data_kinds, "data_kinds", "Data yang terungkap")
    with desk.register.atomic() as cursor:
        (breach_id,) = cursor.execute("select nextval('breach_id')").fetchone()
        cursor.execute(
            """
            insert into breach (id, found_at, noted_by, noted_at, what, data_kinds, people) values (?, ?, ?, ?, ?, ?, ?)
            """,
            [breach_id, found_at, actor.username, now, what, data_kinds, people],
        )
        audit.write(cursor, actor.username, "breach", f"insiden {breach_id}", step="noted")
    return breach_id


def handle(desk: Desk, actor: Actor, breach_id: int, version: int, handling: str, people: int | None) -> None:
    """What was done about it, and how many it concerns.

    :raises RuleBroken: `breach_changed`: somebody else was faster
    """
    _check(actor)
    text = _text(handling, "handling", "Penanganan dan pemulihan")
    _write(
        desk, actor, breach_id, "handled",
        "update breach set handling = ?, people = ?, version = version + 1 where id = ? and version = ?",
        [text, people, breach_id, version],
    )  # fmt: skip


def tell(desk: Desk, actor: Actor, breach_id: int, version: int, whom: str) -> None:
    """Note that the `people`, the `authority` or the `public` has been told, now.

    :raises RuleBroken: `breach_changed`: somebody else was faster
    """
    _check(actor)
    _write(desk, actor, breach_id, f"told_{whom}", _TELL[whom], [clock_now(), breach_id, version])


def close(desk: Desk, actor: Actor, breach_id: int, version: int) -> None:
    """
    :raises RuleBroken: `not_told`: people and authority must have been told first
    :raises RuleBroken: `breach_changed`: somebody else was faster
    """
    _check(actor)
    (row,) = [row for row in listed(desk, actor) if row["id"] == breach_id]
    if not row["people_told_at"] or not row["authority_told_at"]:
        raise RuleBroken("not_told")
    query = "update breach set closed_at = ?, version = version + 1 where id = ? and version = ?"
    _write(desk, actor, breach_id, "closed", query, [clock_now(), breach_id, version])


def _write(desk: Desk, actor: Actor, breach_id: int, step: str, statement: str, params: list) -> None:
    with desk.register.atomic() as cursor:
        if cursor.execute(statement, params).fetchone()[0] != 1:
            raise RuleBroken("breach_changed")
        audit.write(cursor, actor.username, "breach", f"insiden {breach_id}", step=step)


def _text(text: str, name: str, field: str) -> str:
    kept = text.strip()
    if not kept:
        raise RuleBroken("empty_field", field=field)
    if len(kept) > LIMITS[name]:
        raise RuleBroken("text_too_long", length=len(kept), limit=LIMITS[name])
    return kept


def _check(actor: Actor) -> None:
    if not actor.has(Role.ADMIN, Role.OFFICIAL):
        raise RuleBroken("not_allowed")
