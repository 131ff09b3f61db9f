"""Slower and slower for whoever guesses: failed sign-ins counted by account and by address, kept over a restart.

What is typed as a user name counts whether such an account exists or not, so that the answer tells nothing. Where its
owner has been signed in lately counts by itself, so that strangers elsewhere cannot keep them out.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from . import audit
from .db import Register

# Failures that cost nothing; from there on each one doubles the wait. Many people sit behind one address.
FREE = {"account": 5, "address": 25}
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
# Where an account has been signed in so long ago or less is one of its own places.
AT_HOME = timedelta(days=60)
# For whom the code of the first administrator is typed: there is no account yet.
NOBODY_YET = ""
# In the audit log: whoever is no user of ours.
UNKNOWN = "?"


def attempt(register: Register, username: str, address: str, now: datetime) -> timedelta:
    """Count one attempt before it is made, so that many at once are not free; how long to wait instead comes back.

    :return: zero when the attempt may be made; then `right` or `failed` must follow
    """
    with register.atomic(news=False) as cursor:
        cursor.execute("delete from sign_in_failure where last_at < ?", [now - FORGOTTEN_AFTER])
        keys = _keys(cursor, username, address, now)
        found = {kind: _row(cursor, kind, name) for kind, name in keys.items()}
        waits = [locked_until - now for _, locked_until in found.values() if locked_until and locked_until > now]
        if waits:
            return max(waits)
        for kind, name in keys.items():
            failures = found[kind][0] + 1
            wait = wait_after(kind, failures)
            cursor.execute(
                """
                insert into sign_in_failure values ($kind, $name, $failures, $now, $until)
                on conflict (kind, name) do update set failures = $failures, last_at = $now, locked_until = $until
                """,
                {"kind": kind, "name": name, "failures": failures, "now": now, "until": now + wait if wait else None},
            )
    return timedelta()


def failed(register: Register, username: str, address: str, what: str, now: datetime) -> None:
    """The attempt was a wrong one: on record, with the lock that follows from it.

    :param what: `password`, `code` …
    """
    with register.atomic(news=False) as cursor:
        # What is no user name of ours may be a password typed into the wrong field.
        actor = username if _is_known(cursor, username) else UNKNOWN
        audit.write(cursor, actor, "sign_in_failed", network(address), what=what)
        for kind, name in _keys(cursor, username, address, now).items():
            failures, locked_until = _row(cursor, kind, name)
            if locked_until:
                audit.write(cursor, actor, "locked_out", network(address), by=kind, failures=failures)


def right(register: Register, username: str, address: str, now: datetime) -> None:
    """The attempt was a right one: it alone is taken back. Wrong ones stay until all steps of sign-in are done, or
    whoever knows the password could guess at the second factor for ever.
    """
    with register.atomic(news=False) as cursor:
        for kind, name in _keys(cursor, username, address, now).items():
            cursor.execute(
                """
                update sign_in_failure set failures = greatest(failures - 1, 0), locked_until = null
                where kind = ? and name = ?
                """,
                [kind, name],
            )


def succeeded(register: Register, username: str) -> None:
    """Somebody is in: the account starts anew. The address does not, or one account of one's own would be enough."""
    with register.atomic(news=False) as cursor:
        lift(cursor, username)


def lift(cursor, username: str) -> None:
    """An administrator has reset the account: its owner need not wait."""
    cursor.execute(
        "delete from sign_in_failure where kind = 'account' and (name = $name or starts_with(name, $name || ' '))",
        {"name": username},
    )


def _keys(cursor, username: str, address: str, now: datetime) -> dict[str, str]:
    """Under what an attempt is counted."""
    if username == NOBODY_YET:
        # The code of the console cannot be guessed, and whoever is to type it must not be kept from it.
        return {"address": network(address)}
    return {"account": _account(cursor, username, address, now), "address": network(address)}


def _account(cursor, username: str, address: str, now: datetime) -> str:
    """An account's name, with the address where it is at home; of what is no account only a hash."""
    if not _is_known(cursor, username):
        return "#" + hashlib.sha256(username.encode("utf-8", "surrogatepass")).hexdigest()
    places = cursor.execute(
        "select distinct address from session where username = ? and created_at > ?", [username, now - AT_HOME]
    ).fetchall()
    at_home = network(address) in {network(place) for (place,) in places if place}
    return f"{username} {network(address)}" if at_home else username


def _is_known(cursor, username: str) -> bool:
    return bool(cursor.execute("select 1 from user_account where username = ?", [username]).fetchone())


def _row(cursor, kind: str, name: str) -> tuple[int, datetime | None]:
    query = "select failures, locked_until from sign_in_failure where kind = ? and name = ?"
    return cursor.execute(query, [kind, name]).fetchone() or (0, None)


def wait_after(kind: str, failures: int) -> timedelta:
    """How long to wait after so many failures."""
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta()
    return min(FIRST_WAIT * 2 ** min(beyond, 20), LONGEST_WAIT)


def network(address: str) -> str:
    """Who counts as one: an IPv4 address, or the /64 that a provider gives to one customer."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
