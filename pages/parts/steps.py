"""Sign-ins under way: what each browser has shown so far, and the hashing of passwords, which is slow on purpose."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import anyio
from starlette.requests import Request, cookie_parser

from store import second_factor, users
from store.clock import now as clock_now
from store.desk import Desk
from store.rules.errors import RuleBroken

STEP_COOKIE = "wadul_langkah"
STEPS_LAST = timedelta(minutes=10)
MOST_STARTED = 1000
# Hashing takes 50 ms and 47 MB on purpose: two at once, and nobody waits behind more than these.
_HASHING = 2
_MOST_WAITING = 60
_hashing: list = []


@dataclass
class Started:
    """A sign-in under way: who has shown a password, what is still to do, where to go then.

    `password_at` is when the account's password was set: with another one since, what was shown is worth nothing.
    """

    username: str
    target: str
    how: str
    left: list[str]
    until: datetime
    password_at: datetime | None = None
    secret: str = field(default_factory=second_factor.new_secret)


class Steps:
    """The sign-ins under way, by what their browsers hold; a restart forgets them, and people begin again."""

    def __init__(self):
        self._lock = threading.Lock()
        self._started: dict[str, Started] = {}

    def begin(self, started: Started) -> str:
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = clock_now()
            self._started = {k: s for k, s in self._started.items() if s.until > now}
            while len(self._started) >= MOST_STARTED:
                self._started.pop(next(iter(self._started)))
            self._started[key] = started
        return key

    def of(self, request: Request, step: str) -> Started | None:
        """The sign-in of this browser, if this is its next step."""
        started = self._started.get(self._key(request))
        return started if started and started.until > clock_now() and started.left[:1] == [step] else None

    def own(self, key: str, username: str) -> Started:
        """For somebody signed in who sets up a second factor: the same secret when the page is loaded anew."""
        found = self._started.get(key)
        if found and found.until > clock_now():
            return found
        # Nothing is left to do in it, so no browser signs in with its key.
        started = Started(username, "/akun", "", [], clock_now() + STEPS_LAST)
        with self._lock:
            self._started[key] = started
        return started

    def finish(self, request: Request) -> None:
        with self._lock:
            self._started.pop(self._key(request), None)

    @staticmethod
    def _key(request: Request) -> str:
        return cookie_parser(request.headers.get("cookie", "")).get(STEP_COOKIE, "")


class Busy(Exception):
    """Too many passwords are being checked at once."""


async def hashing(do, *arguments):
    """Run what hashes a password in a thread, two at a time.

    :raises Busy: so many wait already that this one would wait for seconds
    """
    if not _hashing:
        _hashing.append(anyio.CapacityLimiter(_HASHING))
    if _hashing[0].statistics().tasks_waiting >= _MOST_WAITING:
        raise Busy
    return await anyio.to_thread.run_sync(do, *arguments, limiter=_hashing[0])


def still_holds(desk: Desk, started: Started) -> bool:
    """Whether nobody has set the account aside or given it another password since."""
    set_at = users.password_changed_at(desk.register, started.username)
    return users.actor(desk.register, started.username) is not None and set_at == started.password_at


def unless_unknown_code(use):
    """A wrong code counts as a wrong guess; what else is refused (a password too short) is said as it is."""

    def tried(register, username) -> bool:
        try:
            return use(register, username)
        except RuleBroken as refused:
            if refused.code == "one_time_code":
                return False
            raise

    return tried
