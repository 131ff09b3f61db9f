"""The automatic messages in the administrator's own words."""

from ..db import Register, rows
from ..desk import Desk
from ..rules.autotexts import AUTO, EXAMPLES, fill, places
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from . import log
from .log import require_admin
from .table import required_text

SUBJECT = "auto_text"
# What is filled in may be longer than in the example; so much of the limit stays free for it.
ROOM = 200


def room(code: str) -> int:
    """How long a message may be with its places filled as in the examples."""
    return AUTO[code].limit - ROOM


def listed(register: Register, actor: Actor) -> list[dict]:
    """Every automatic message: `code`, `title`, `body` as it is sent now, `own` whether somebody has reworded it.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        own = {row["purpose"]: row["body"] for row in rows(cursor.execute("select purpose, body from auto_text"))}
    return [
        {"code": code, "title": text.title, "body": own.get(code, text.body), "own": code in own}
        for code, text in AUTO.items()
    ]


def change(desk: Desk, actor: Actor | None, code: str, seen: dict, body: str) -> None:
    """Word a message anew.

    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`, `nothing_changed`, `empty_field`, `text_too_long`,
        `unknown_placeholder`, `place_missing`
    """
    require_admin(actor)
    body = checked(code, body)
    with desk.register.atomic() as cursor:
        present = _present(cursor, code)
        log.refuse_stale(cursor, SUBJECT, code, seen, {"body": present})
        if body == present:
            raise RuleBroken("nothing_changed")
        _write(cursor, code, body)
        log.record(cursor, actor, SUBJECT, code, {"body": present}, {"body": body})


def restore(desk: Desk, actor: Actor | None, code: str) -> None:
    """Back to the built-in words.

    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`
    """
    require_admin(actor)
    if code not in AUTO:
        raise RuleBroken("gone")
    with desk.register.atomic() as cursor:
        present = _present(cursor, code)
        if present == AUTO[code].body:
            raise RuleBroken("nothing_changed")
        cursor.execute("delete from auto_text where purpose = ?", [code])
        log.record(cursor, actor, SUBJECT, code, {"body": present}, {"body": AUTO[code].body})


def checked(code: str, body: str) -> str:
    """The words, if they may be sent: their places are known, none that is needed is missing, and they fit.

    :raises RuleBroken: `gone`, `empty_field`, `text_too_long`, `unknown_placeholder`, `place_missing`
    """
    text = AUTO.get(code)
    if text is None:
        raise RuleBroken("gone")
    # Line breaks are part of it.
    required_text(body, text.limit, "Isi pesan")
    body = body.replace("\r\n", "\n").strip()
    named = places(body)
    unknown = [name for name in named if name not in text.places]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in text.places) or "tidak ada"
        raise RuleBroken("unknown_placeholder", name=f"{{{unknown[0]}}}", known=known)
    missing = [name for name in text.needs if name not in named]
    if missing:
        raise RuleBroken("place_missing", name=missing[0])
    length = len(fill(body, EXAMPLES))
    if length > room(code):
        raise RuleBroken("text_too_long", length=length, limit=room(code))
    return body


def _present(cursor, code: str) -> str:
    found = cursor.execute("select body from auto_text where purpose = ?", [code]).fetchone()
    return found[0] if found else AUTO[code].body


def _write(cursor, code: str, body: str) -> None:
    if body == AUTO[code].body:
        cursor.execute("delete from auto_text where purpose = ?", [code])
        return
    cursor.execute(
        "insert into auto_text values ($code, $body) on conflict (purpose) do update set body = $body",
        {"code": code, "body": body},
    )
