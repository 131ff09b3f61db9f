"""Answers that many watch at once: asked once for all who may see the same, however many they are."""

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from store.clock import now as clock_now

from . import house

# How often a page looks; how long an answer stands although the register has changed meanwhile; and how old it may be
# for those who come while one of them asks anew. Each of the last two and the first are together below the three
# seconds in which a change must show.
LIVE_SECONDS = 2.0
HOLD_SECONDS = 0.7
STALE_SECONDS = 0.95
_KEPT = 128
_serial = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """`mark` is new with every answer, so that what is drawn of it can be kept by it; `as_of` is when it was asked."""

    mark: int
    as_of: datetime
    found: object


@dataclass(frozen=True)
class _Known:
    """An answer, what it was asked of, and when it was asked and had, by a clock that only goes forward."""

    answer: Answer
    of: tuple
    asked: float
    had: float

    def stands(self, of: tuple) -> bool:
        # What took long stands longer, so that a slow machine does something else, too.
        return self.of == of or time.monotonic() - self.asked < max(HOLD_SECONDS, 2 * (self.had - self.asked))


@dataclass
class _Place:
    asking: threading.Lock
    known: _Known | None = None


_places: dict[Hashable, _Place] = {}
_guard = threading.Lock()


def shared(key: Hashable, ask: Callable[[datetime], object]) -> Answer:
    """The answer under this key, asked anew when the register has changed or another minute has begun, and at most once
    in `HOLD_SECONDS`. One asks; who comes meanwhile takes the present answer, and waits only where that is too old.

    :param key: all that the answer depends on but the register and the time; above all, whose eyes it is for
    """
    register = house.desk().register
    place = _place((id(register), key))
    known = place.known
    if known and known.stands(_of(register)):
        return known.answer
    # Counted from when it was asked, as whatever came later is not in it.
    waits = known is None or time.monotonic() - known.asked >= STALE_SECONDS
    if not place.asking.acquire(blocking=waits):
        return known.answer
    try:
        return _asked(place, register, ask)
    finally:
        place.asking.release()


def _asked(place: _Place, register, ask: Callable[[datetime], object]) -> Answer:
    """By who holds the place's lock: the answer that another has brought meanwhile, or a new one."""
    of, asked, now = _of(register), time.monotonic(), clock_now()
    if place.known is None or not place.known.stands(of):
        answer = Answer(next(_serial), now, ask(now))
        place.known = _Known(answer, of, asked, time.monotonic())
    return place.known.answer


def _of(register) -> tuple:
    return register.version, clock_now().replace(second=0, microsecond=0)


def _place(key: Hashable) -> _Place:
    with _guard:
        place = _places.pop(key, None) or _Place(threading.Lock())
        # Put last, so that the first is the one that nobody has asked for longest.
        _places[key] = place
        while len(_places) > _KEPT:
            _places.pop(next(iter(_places)))
        return place
