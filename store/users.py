"""People who work in the register: accounts, roles, passwords, sessions."""

import re
from datetime import datetime, timedelta

from . import audit, passwords, sessions
from .clock import now as clock_now
from .db import Register
from .rules.errors import RuleBroken
from .rules.workflow import DEPARTMENT_ROLES, Actor, Grant, Role
from .sessions import MAY_SIGN_IN

USERNAME_LIMIT = 100
_USERNAME = re.compile(rf"[a-z0-9._-]{{1,{USERNAME_LIMIT}}}")
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


def add(
    register: Register, username: str, name: str, password: str, grants: list[Grant], must_change: bool = False
) -> str:
    """Make an account; the user name as it is kept (small letters, as sign-in reads it) comes back.

    :param must_change: whether the first sign-in sets another password
    :raises RuleBroken: `username_form`, `username_taken`, `role_needs_department`, `unknown_department`, and what
        `passwords.hash_of` refuses
    """
    username = kept_username(username)
    hashed = passwords.hash_of(password, username, name)
    with register.atomic() as cursor:
        insert(cursor, username, name, hashed, grants, must_change)
    return username


def kept_username(username: str) -> str:
    """A user name as it is kept: small letters, as sign-in reads it.

    :raises RuleBroken: `username_form`
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise RuleBroken("username_form", limit=USERNAME_LIMIT)
    return username


def insert(cursor, username: str, name: str, hashed: str, grants: list[Grant], must_change: bool = False) -> None:
    """Write a new account, inside a transaction of the caller's.

    :raises RuleBroken: `username_taken`, `role_needs_department`, `unknown_department`
    """
    if cursor.execute("select 1 from user_account where username = ?", [username]).fetchone():
        raise RuleBroken("username_taken", username=username)
    for grant in grants:
        check_grant(cursor, grant)
        cursor.execute("insert into user_role values (?, ?, ?)", [username, grant.role, grant.department])
    cursor.execute(
        "insert into user_account (username, name, password_hash, must_change, created_at) values (?, ?, ?, ?, ?)",
        [username, name, hashed, must_change, clock_now()],
    )


def actor(register: Register, username: str) -> Actor | None:
    """The person behind an active account, with all roles; None when there is none."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select u.name, r.role, r.department
            from user_account u left join user_role r on r.username = u.username
            where u.username = ? and """
            + MAY_SIGN_IN,
            [username],
        ).fetchall()
    if not found:
        return None
    grants = frozenset(Grant(Role(role), department) for _, role, department in found if role)
    return Actor(username, found[0][0], grants)


def password_fits(register: Register, username: str, password: str) -> bool:
    """Whether this is the password of somebody who may sign in; takes as long when there is nobody."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select u.password_hash from user_account u where u.username = ? and " + MAY_SIGN_IN, [username]
        ).fetchone()
    return passwords.fits(found[0] if found else None, password)


def must_change(register: Register, username: str) -> bool:
    """Whether somebody else chose the password, so that its owner must set their own."""
    with register.cursor() as cursor:
        found = cursor.execute("select must_change from user_account where username = ?", [username]).fetchone()
    return bool(found and found[0])


def password_changed_at(register: Register, username: str) -> datetime | None:
    """When the present password was set; None where it is the account's first."""
    with register.cursor() as cursor:
        found = cursor.execute("select password_changed_at from user_account where username = ?", [username]).fetchone()
    return found[0] if found else None


def set_own_password(register: Register, username: str, password: str, *known: str) -> list[str]:
    """One's own new password; all sessions of the account end, and their ids come back.

    :param known: what anybody knows of the account besides its user name
    :raises RuleBroken: `password_same`, and what `passwords.hash_of` refuses
    """
    if password_fits(register, username, password):
        raise RuleBroken("password_same")
    hashed = passwords.hash_of(password, username, *known)
    with register.atomic() as cursor:
        write_password(cursor, username, hashed, must_change=False)
        audit.write(cursor, username, "password_changed", username)
        return sessions.end_all(cursor, username, username, "password")


def write_password(cursor, username: str, hashed: str, must_change: bool) -> None:
    """Inside a transaction of the caller's."""
    cursor.execute(
        "update user_account set password_hash = ?, must_change = ?, password_changed_at = ? where username = ?",
        [hashed, must_change, clock_now(), username],
    )


def make_demo_accounts(register: Register) -> None:
    """The accounts of a demonstration: one a role, and two for each department.

    :raises RuleBroken: `register_not_demo`, the register holds real cases
    """
    with register.cursor() as cursor:
        if not cursor.execute("select 1 from setting where name = 'mode' and value = 'demo'").fetchone():
            raise RuleBroken("register_not_demo")
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
    hashed = passwords.unchecked_hash(DEMO_PASSWORD)
    now = clock_now()
    with register.atomic() as cursor:
        for position, (username, name, grant) in enumerate(people):
            cursor.execute("insert into user_role values (?, ?, ?)", [username, grant.role, grant.department])
            cursor.execute(
                "insert into user_account (username, name, password_hash, demo, created_at) values (?, ?, ?, true, ?)",
                [username, name, hashed, now + timedelta(microseconds=position)],
            )


def check_grant(cursor, grant: Grant) -> None:
    """
    :raises RuleBroken: `role_needs_department`, `unknown_department` (none such, or set aside)
    """
    if grant.role in DEPARTMENT_ROLES and not grant.department:
        raise RuleBroken("role_needs_department", role=grant.role)
    if (
        grant.department
        and not cursor.execute("select 1 from department where code = ? and active", [grant.department]).fetchone()
    ):
        raise RuleBroken("unknown_department", department=grant.department)
