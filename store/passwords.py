"""Passwords: how they are kept, and which are refused because they are the first that somebody would try."""

import re
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from .rules.errors import RuleBroken

MIN_LENGTH = 12
MAX_LENGTH = 200
# Kept where an account has no password until its owner sets one.
NONE = "-"
_FEWEST_SIGNS = 6
# The smallest of the parameters that RFC 9106 recommends for interactive use; about 50 ms here.
_hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
# Checked when there is no such user, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")
_LOOKALIKES = str.maketrans("013457@$!|", "oleastasil")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def hash_of(password: str, *known: str) -> str:
    """What is kept of a password; takes about 50 ms, so not inside a transaction.

    :param known: what anybody knows of the account (its user name, the service's name): no password is made of these
    :raises RuleBroken: `password_too_short`, `password_too_long`, `password_common`
    """
    if len(password) < MIN_LENGTH:
        raise RuleBroken("password_too_short", limit=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise RuleBroken("password_too_long", limit=MAX_LENGTH)
    if is_common(password, *known):
        raise RuleBroken("password_common")
    return _hasher.hash(password)


def unchecked_hash(password: str) -> str:
    """For the demonstration's own accounts, whose password everybody knows."""
    return _hasher.hash(password)


def fits(hashed: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is no such account (None) or no password (`NONE`)."""
    known = hashed not in (None, NONE)
    try:
        return _hasher.verify(hashed if known else _NOBODY, password) and known
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_common(password: str, *known: str) -> bool:
    """Whether a password is a common one, with or without digits and signs about it, or hardly one at all."""
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_SIGNS or _is_row(re.sub(r"[\W_]", "", plain)):
        return True
    own = {_letters(name) for name in known if len(_letters(name)) >= 3}
    bare = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)
    forms = {plain, bare, _letters(plain), _letters(bare), _letters(plain.translate(_LOOKALIKES)),
             _letters(bare.translate(_LOOKALIKES))}  # fmt: skip
    return any(_unit(form) in own or _unit(form) in _words() for form in forms if form)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())


def _unit(text: str) -> str:
    """The part of which a text is the repetition: `sayangsayang` is `sayang`."""
    again = (text + text).find(text, 1)
    return text[:again]


def _is_row(text: str) -> bool:
    """Signs in the order of the alphabet or the keyboard, once or again and again, forwards or backwards."""
    unit = _unit(text)
    return any(unit in row * 2 or unit in (row * 2)[::-1] for row in _ROWS)


@cache
def _words() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    own = {word for line in lines if not line.startswith("#") for word in line.split()}
    return frozenset(own | set(FREQUENCY_LISTS["passwords"]))
