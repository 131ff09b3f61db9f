"""Codes that set a password once: after a reset by an administrator, and for the first administrator of all."""

from datetime import datetime, timedelta

from . import audit, lockout, passwords, sessions, users
from .clock import now as clock_now
from .db import Register
from .rules.errors import RuleBroken
from .rules.workflow import Grant, Role
from .second_factor import hash_of_code, readable_code

RESET_LASTS = timedelta(hours=24)
FIRST_LASTS = timedelta(days=7)
# Under which the first administrator's code stands: nobody can be called so.
FIRST = lockout.NOBODY_YET


def make(cursor, username: str, made_by: str, lasts: timedelta = RESET_LASTS) -> str:
    """A code for this account, inside a transaction of the caller's; earlier ones are worth nothing any more."""
    code = readable_code(4)
    cursor.execute("delete from one_time_code where username = ?", [username])
    cursor.execute(
        "insert into one_time_code values (?, ?, ?, ?)", [hash_of_code(code), username, made_by, clock_now() + lasts]
    )
    return code


def reset(cursor, username: str, actor: str) -> tuple[str, list[str]]:
    """Take an account's password away: a code, and the ids of the sessions that this ended.

    Inside a transaction of the caller's, who has made sure that the account is there.
    """
    users.write_password(cursor, username, passwords.NONE, must_change=True)
    lockout.lift(cursor, username)
    audit.write(cursor, actor, "password_reset", username)
    return make(cursor, username, actor), sessions.end_all(cursor, username, actor, "reset")


def set_password(register: Register, username: str, code: str, password: str, *known: str) -> list[str]:
    """Set a password with a code; the code is used up, and the ids of the sessions that this ended come back.

    :raises RuleBroken: `one_time_code`, not of this account, used or too old; and what `passwords.hash_of` refuses
    """
    now = clock_now()
    with register.cursor() as cursor:
        _require(cursor, username, code, now)
    # Before the code is used up: a password that is refused must not cost it.
    hashed = passwords.hash_of(password, username, *known)
    with register.atomic() as cursor:
        _use(cursor, username, code, now)
        users.write_password(cursor, username, hashed, must_change=False)
        audit.write(cursor, username, "password_changed", username, by="code")
        return sessions.end_all(cursor, username, username, "password")


def first_is_missing(register: Register) -> bool:
    """Whether nobody can administer yet, as at the first start of a register of real cases."""
    with register.cursor() as cursor:
        return _no_admin(cursor)


def offer_first(register: Register) -> str | None:
    """A code for the first administrator, anew at each start until there is one; None afterwards."""
    with register.atomic(news=False) as cursor:
        if not _no_admin(cursor):
            cursor.execute("delete from one_time_code where username = ?", [FIRST])
            return None
        return make(cursor, FIRST, "system", FIRST_LASTS)


def make_first(register: Register, code: str, username: str, name: str, password: str, *known: str) -> str:
    """Make the first administrator with the code of the console; the user name as it is kept comes back.

    :raises RuleBroken: `one_time_code`; `first_is_there`; `username_form`, `username_taken`, `empty_field`, and what
        `passwords.hash_of` refuses
    """
    now = clock_now()
    with register.cursor() as cursor:
        _require(cursor, FIRST, code, now)
    username, name = users.kept_username(username), " ".join(name.split())[:100]
    if not name:
        raise RuleBroken("empty_field", field="Nama lengkap")
    hashed = passwords.hash_of(password, username, name, *known)
    with register.atomic() as cursor:
        if not _no_admin(cursor):
            raise RuleBroken("first_is_there")
        _use(cursor, FIRST, code, now)
        users.insert(cursor, username, name, hashed, [Grant(Role.ADMIN)])
        audit.write(cursor, username, "password_changed", username, by="first")
    return username


def _no_admin(cursor) -> bool:
    found = cursor.execute(
        """
        select 1 from user_role r join user_account u using (username)
        where r.role = ? and """
        + sessions.MAY_SIGN_IN
        + "limit 1",
        [Role.ADMIN],
    ).fetchone()
    return found is None


def _require(cursor, username: str, code: str, now: datetime) -> None:
    found = cursor.execute(
        """
        select 1 from one_time_code c left join user_account u using (username)
        where c.hash = ? and c.username = ? and c.expires_at > ? and (c.username = ? or """
        + sessions.MAY_SIGN_IN
        + ")",
        [hash_of_code(code), username, now, FIRST],
    ).fetchone()
    if found is None:
        raise RuleBroken("one_time_code")


def _use(cursor, username: str, code: str, now: datetime) -> None:
    _require(cursor, username, code, now)
    cursor.execute("delete from one_time_code where username = ?", [username])
