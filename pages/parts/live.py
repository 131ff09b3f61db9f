"""Answers that many watch at once: asked once for all who may see the same, however many they are."""

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from store.clock import now as clock_now

from . import house

# How often a page looks, and how long an answer stands although the register has changed meanwhile: together below the
# three seconds in which a change must show.
LIVE_SECONDS = 2.0
HOLD_SECONDS = 0.7
_KEPT = 128
_serial = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """`mark` is new with every answer, so that what is drawn of it can be kept by it; `as_of` is when it was asked."""

    mark: int
    as_of: datetime
    found: object


@dataclass
class _Place:
    lock: threading.Lock
    known: tuple | None = None
    asked: float = 0.0
    answer: Answer | None = None


_places: dict[Hashable, _Place] = {}
_guard = threading.Lock()


def shared(key: Hashable, ask: Callable[[datetime], object]) -> Answer:
    """The answer under this key, asked anew when the register has changed or another minute has begun, and at most once
    in `HOLD_SECONDS`.

    :param key: all that the answer depends on but the register and the time; above all, whose eyes it is for
    """
    register = house.desk().register
    place = _place((id(register), key))
    with place.lock:
        now = clock_now()
        known = (register.version, now.replace(second=0, microsecond=0))
        fresh = time.monotonic() - place.asked < HOLD_SECONDS
        if place.answer is None or (place.known != known and not fresh):
            place.answer = Answer(next(_serial), now, ask(now))
            place.known, place.asked = known, time.monotonic()
        return place.answer


def _place(key: Hashable) -> _Place:
    with _guard:
        place = _places.pop(key, None) or _Place(threading.Lock())
        # Put last, so that the first is the one that nobody has asked for longest.
        _places[key] = place
        while len(_places) > _KEPT:
            _places.pop(next(iter(_places)))
        return place
