"""People who work in the register: accounts, roles, passwords, sessions."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from .clock import now as clock_now
from .db import Register
from .rules.errors import RuleBroken
from .rules.workflow import DEPARTMENT_ROLES, Actor, Grant, Role

MIN_PASSWORD = 10
USERNAME_LIMIT = 100
_USERNAME = re.compile(rf"[a-z0-9._-]{{1,{USERNAME_LIMIT}}}")
# The smallest of the parameters that RFC 9106 recommends for interactive use; about 50 ms here.
_hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
# Checked when there is no such user, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")
# What the start and the sign-in page show; each department has its own two besides.
DEMO_SHOWN = (
    ("kota", "Tim Pengaduan Kota"),
    ("pejabat", "Pejabat Dinkominfo"),
    ("pimpinan", "Pimpinan"),
    ("admin", "Administrator"),
    ("opd.dpupr", "Admin OPD (DPUPR)"),
    ("tim.dpupr", "Tim OPD (DPUPR)"),
    ("opd.dlh", "Admin OPD (DLH)"),
    ("tim.dlh", "Tim OPD (DLH)"),
)
DEMO_PASSWORD = "pekalongan-demo"  # noqa: S105 – demonstration accounts only, and only in a demo register


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `id` is a secret; times are naive UTC."""

    id: str
    username: str
    created_at: datetime
    seen_at: datetime


def add(register: Register, username: str, name: str, password: str, grants: list[Grant], demo: bool = False) -> str:
    """Make an account; the user name as it is kept (small letters, as sign-in reads it) comes back.

    :raises RuleBroken: `username_form`, `username_taken`, `password_too_short`, `role_needs_department`,
        `unknown_department`
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise RuleBroken("username_form", limit=USERNAME_LIMIT)
    if len(password) < MIN_PASSWORD:
        raise RuleBroken("password_too_short", limit=MIN_PASSWORD)
    hashed = _hasher.hash(password)
    with register.atomic() as cursor:
        if cursor.execute("select 1 from user_account where username = ?", [username]).fetchone():
            raise RuleBroken("username_taken", username=username)
        for grant in grants:
            _check_grant(cursor, grant)
            cursor.execute("insert into user_role values (?, ?, ?)", [username, grant.role, grant.department])
        cursor.execute(
            "insert into user_account (username, name, password_hash, demo, created_at) values (?, ?, ?, ?, ?)",
            [username, name, hashed, demo, clock_now()],
        )
    return username


def actor(register: Register, username: str) -> Actor | None:
    """The person behind an active account, with all roles; None when there is none."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select u.name, r.role, r.department
            from user_account u left join user_role r on r.username = u.username
            where u.username = ? and u.active
            """,
            [username],
        ).fetchall()
    if not found:
        return None
    grants = frozenset(Grant(Role(role), department) for _, role, department in found if role)
    return Actor(username, found[0][0], grants)


def password_fits(register: Register, username: str, password: str) -> bool:
    """Whether this is the password of an active account; takes as long when there is none."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select password_hash from user_account where username = ? and active", [username]
        ).fetchone()
    try:
        return _hasher.verify(found[0] if found else _NOBODY, password) and found is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def start_session(register: Register, username: str) -> Session:
    """A new session with an id nobody can guess."""
    now = clock_now()
    session = Session(secrets.token_urlsafe(32), username, now, now)
    with register.atomic(news=False) as cursor:
        cursor.execute(
            "insert into session (id, username, created_at, seen_at) values (?, ?, ?, ?)",
            [session.id, username, now, now],
        )
    return session


def open_sessions(register: Register, now: datetime, absolute: timedelta) -> list[Session]:
    """The sessions that a restart must still know."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select s.id, s.username, s.created_at, s.seen_at
            from session s join user_account u on u.username = s.username and u.active
            where s.ended_at is null and s.created_at > ?
            """,
            [now - absolute],
        ).fetchall()
    return [Session(*row) for row in found]


def touch_session(register: Register, session_id: str, now: datetime) -> None:
    with register.atomic(news=False) as cursor:
        cursor.execute("update session set seen_at = ? where id = ?", [now, session_id])


def end_session(register: Register, session_id: str) -> None:
    with register.atomic(news=False) as cursor:
        cursor.execute("update session set ended_at = ? where id = ? and ended_at is null", [clock_now(), session_id])


def make_demo_accounts(register: Register) -> None:
    """The accounts of a demonstration: one a role, and two for each department."""
    with register.cursor() as cursor:
        if cursor.execute("select 1 from user_account limit 1").fetchone():
            return
        departments = cursor.execute("select code, name from department order by code").fetchall()
    people = [
        ("kota", "Rina Wulandari", Grant(Role.CITY)),
        ("kota2", "Bagus Setiawan", Grant(Role.CITY)),
        ("pejabat", "Hendra Kusuma", Grant(Role.OFFICIAL)),
        ("pimpinan", "Wali Kota (demo)", Grant(Role.LEADER)),
        ("admin", "Administrator (demo)", Grant(Role.ADMIN)),
    ]
    for code, _ in departments:
        people.append((f"opd.{code.lower()}", f"Admin {code}", Grant(Role.OPD_ADMIN, code)))
        people.append((f"tim.{code.lower()}", f"Tim {code}", Grant(Role.OPD_TEAM, code)))
    hashed = _hasher.hash(DEMO_PASSWORD)
    now = clock_now()
    with register.atomic() as cursor:
        for position, (username, name, grant) in enumerate(people):
            cursor.execute("insert into user_role values (?, ?, ?)", [username, grant.role, grant.department])
            cursor.execute(
                "insert into user_account (username, name, password_hash, demo, created_at) values (?, ?, ?, true, ?)",
                [username, name, hashed, now + timedelta(microseconds=position)],
            )


def _check_grant(cursor, grant: Grant) -> None:
    if grant.role in DEPARTMENT_ROLES and not grant.department:
        raise RuleBroken("role_needs_department", role=grant.role)
    if (
        grant.department
        and not cursor.execute("select 1 from department where code = ?", [grant.department]).fetchone()
    ):
        raise RuleBroken("unknown_department", department=grant.department)
