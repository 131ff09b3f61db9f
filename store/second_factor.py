"""The second factor: codes of an authenticator (TOTP, RFC 6238), each used once; recovery codes for a lost phone."""

import hashlib
import re
import secrets
from datetime import datetime

import pyotp

from . import audit
from .clock import now as clock_now
from .db import Register
from .rules.errors import RuleBroken

STEP_SECONDS = 30
# A phone's clock may be half a minute off.
TOLERANCE = 1
RECOVERY_CODES = 10
# Without letters and digits that are taken for one another when they are read out.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def readable_code(groups: int) -> str:
    """Something that can be read out and typed: groups of four signs, about 20 bits each."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def hash_of_code(code: str) -> str:
    """How a made code is kept: it is random and long enough for a plain hash."""
    return hashlib.sha256(re.sub(r"[^a-z0-9]", "", code.casefold()).encode()).hexdigest()


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, username: str, service: str) -> str:
    """What the QR code for the authenticator says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=service)


def state(register: Register, username: str) -> dict | None:
    """`since` and how many recovery codes are left as `codes`; None for whoever has no second factor."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select f.since, (select count(*) from recovery_code r where r.username = f.username)
            from second_factor f where f.username = ?
            """,
            [username],
        ).fetchone()
    return {"since": found[0], "codes": found[1]} if found else None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, now or one beside it; None where there is none."""
    code = re.sub(r"\s", "", code)
    present = int(_epoch(now)) // STEP_SECONDS
    made = pyotp.TOTP(secret)
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if secrets.compare_digest(made.generate_otp(step).encode(), code.encode("utf-8", "surrogatepass")):
            return step
    return None


def _epoch(moment: datetime) -> float:
    """Naive times here are UTC."""
    return (moment - datetime(1970, 1, 1)).total_seconds()


def set_up(register: Register, username: str, secret: str, code: str) -> list[str]:
    """Begin to ask for codes; the recovery codes come back, which are shown once and never again.

    :raises RuleBroken: `code_wrong`, the code is not of this secret; `second_factor_there`
    """
    now = clock_now()
    step = step_of(secret, code, now)
    if step is None:
        raise RuleBroken("code_wrong")
    codes = [readable_code(3) for _ in range(RECOVERY_CODES)]
    with register.atomic(news=False) as cursor:
        if cursor.execute("select 1 from second_factor where username = ?", [username]).fetchone():
            raise RuleBroken("second_factor_there")
        cursor.execute("insert into second_factor values (?, ?, ?, ?)", [username, secret, now, step])
        cursor.execute("delete from recovery_code where username = ?", [username])
        for each in codes:
            cursor.execute("insert into recovery_code values (?, ?)", [username, hash_of_code(each)])
        audit.write(cursor, username, "second_factor", username, did="on")
    return codes


def fits(register: Register, username: str, code: str) -> bool:
    """Whether this is a code of the authenticator's or a recovery code; either is used up by it."""
    with register.atomic(news=False) as cursor:
        found = cursor.execute("select secret, last_step from second_factor where username = ?", [username]).fetchone()
        if found is None:
            return False
        step = step_of(found[0], code, clock_now())
        if step is not None and step > found[1]:
            cursor.execute("update second_factor set last_step = ? where username = ?", [step, username])
            return True
        used = cursor.execute(
            "delete from recovery_code where username = ? and hash = ? returning hash", [username, hash_of_code(code)]
        ).fetchall()
        if used:
            audit.write(cursor, username, "second_factor", username, did="recovery_code")
        return bool(used)


def remove(cursor, username: str, actor: str) -> bool:
    """Ask for no codes any more, inside a transaction of the caller's; whether it was asked for."""
    found = cursor.execute("delete from second_factor where username = ? returning username", [username]).fetchall()
    cursor.execute("delete from recovery_code where username = ?", [username])
    if found:
        audit.write(cursor, actor, "second_factor", username, did="off")
    return bool(found)


def turn_off(register: Register, username: str) -> None:
    """One's own second factor, after the password was asked for again."""
    with register.atomic(news=False) as cursor:
        if not remove(cursor, username, username):
            raise RuleBroken("nothing_changed")
