"""Signed-in browsers: kept by the hash of what the browser holds, listed to their owner, ended by them or for them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import audit
from .clock import now as clock_now
from .db import Register, rows
from .rules.errors import NotFound, RuleBroken
from .rules.workflow import Actor, Role

# Who may sign in, as a condition on `user_account u`: demonstration accounts open nothing in a register of real cases.
MAY_SIGN_IN = """
    u.active and (not u.demo or exists (select 1 from setting where name = 'mode' and value = 'demo'))
"""
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `id` is the hash of its secret, `number` what people name it by; times are naive UTC."""

    id: str
    number: int
    username: str
    created_at: datetime
    seen_at: datetime


def id_of(secret: str) -> str:
    """Under what a session is kept whose browser holds this."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def start(register: Register, username: str, address: str = "", browser: str = "", how: str = "password"):
    """A new session, on record; the secret for the browser and the session come back.

    :param browser: what the browser calls itself
    :param how: `password`, `code`, `oidc` …
    :raises NotFound: the account was set aside while its owner signed in
    """
    now, secret = clock_now(), secrets.token_urlsafe(32)
    with register.atomic(news=False) as cursor:
        query = "select 1 from user_account u where u.username = ? and " + MAY_SIGN_IN
        if cursor.execute(query, [username]).fetchone() is None:
            raise NotFound(username)
        (number,) = cursor.execute("select nextval('session_number')").fetchone()
        session = Session(id_of(secret), number, username, now, now)
        cursor.execute(
            """
            insert into session (id, number, username, created_at, seen_at, address, browser)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            [session.id, number, username, now, now, address[:64], said_browser(browser)],
        )
        audit.write(cursor, username, "signed_in", address[:64], session=number, how=how)
    return secret, session


def runs(register: Register, session_id: str) -> bool:
    """Whether nobody has ended it in the register."""
    with register.cursor() as cursor:
        query = "select 1 from session where id = ? and ended_at is null"
        return cursor.execute(query, [session_id]).fetchone() is not None


def open_sessions(register: Register, now: datetime, absolute: timedelta) -> list[Session]:
    """The sessions that a restart must still know."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select s.id, s.number, s.username, s.created_at, s.seen_at
            from session s join user_account u on u.username = s.username and """
            + MAY_SIGN_IN
            + "where s.ended_at is null and s.created_at > ?",
            [now - absolute],
        ).fetchall()
    return [Session(*row) for row in found]


def touch(register: Register, session_id: str, now: datetime) -> None:
    with register.atomic(news=False) as cursor:
        cursor.execute("update session set seen_at = ? where id = ?", [now, session_id])


def end(register: Register, session: Session, kind: str = "session_ended", why: str = "limit") -> None:
    """End one session, on record; one that has ended already stays as it is.

    :param kind: `signed_out`, or `session_ended` where nobody pressed anything
    """
    with register.atomic(news=False) as cursor:
        found = cursor.execute(
            "update session set ended_at = ? where id = ? and ended_at is null returning id", [clock_now(), session.id]
        ).fetchall()
        if found:
            audit.write(cursor, session.username, kind, session.username, session=session.number, why=why)


def end_all(cursor, username: str, actor: str, why: str, but: str | None = None) -> list[str]:
    """End all sessions of a person inside a transaction of the caller's; the ids of those that were open come back.

    :param but: the id of one that goes on
    """
    found = cursor.execute(
        """
        update session set ended_at = ? where username = ? and ended_at is null and id is distinct from ?
        returning id, number
        """,
        [clock_now(), username, but],
    ).fetchall()
    for _, number in found:
        audit.write(cursor, actor, "session_ended", username, session=number, why=why)
    return [session_id for session_id, _ in found]


def listed(register: Register, actor: Actor, username: str, limits: tuple[timedelta, timedelta]) -> list[dict]:
    """The running sessions of a person, the last used first: `number`, `created_at`, `seen_at`, `address`, `browser`.

    :param limits: how long a session lives without use, and at most
    :raises RuleBroken: `admin_only`, for another person's
    """
    _require_owner_or_admin(actor, username)
    idle, absolute = limits
    now = clock_now()
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                """
                select number, created_at, seen_at, address, browser from session
                where username = ? and ended_at is null and seen_at >= ? and created_at >= ?
                order by seen_at desc, number desc
                """,
                [username, now - idle, now - absolute],
            )
        )


def end_chosen(register: Register, actor: Actor, username: str, numbers: list[int]) -> list[str]:
    """End these sessions of a person; the ids of those that were open come back.

    :raises RuleBroken: `admin_only`, for another person's; `session_gone` when none of them runs
    """
    _require_owner_or_admin(actor, username)
    with register.atomic(news=False) as cursor:
        found = cursor.execute(
            """
            update session set ended_at = ?
            where username = ? and ended_at is null and list_contains(?::bigint[], number) returning id, number
            """,
            [clock_now(), username, numbers],
        ).fetchall()
        if not found:
            raise RuleBroken("session_gone")
        for _, number in found:
            audit.write(cursor, actor.username, "session_ended", username, session=number, why="chosen")
    return [session_id for session_id, _ in found]


def said_browser(agent: str) -> str:
    """What a browser calls itself, in words: `Chrome, Android`."""
    names = [next((name for sign, name in known if sign in agent), None)
             for known in (_BROWSERS, _SYSTEMS)]  # fmt: skip
    return ", ".join(name for name in names if name)


def _require_owner_or_admin(actor: Actor | None, username: str) -> None:
    if actor is None:
        raise RuleBroken("admin_only")
    if actor.username != username and not actor.has(Role.ADMIN):
        raise RuleBroken("admin_only")
