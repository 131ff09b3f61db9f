"""Answers that many watch at once: asked once for all who may see the same, however many they are.

In the app a worker asks anew whatever is being watched, so no viewer waits for it; elsewhere, and for who looks first,
the look itself asks.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from store.clock import now as clock_now

from . import house

log = logging.getLogger(__name__)
# How often a page looks; how long an answer stands although the register has changed meanwhile; and how old it may be
# for those who come while one of them asks anew. Each of the last two and the first are together below the three
# seconds in which a change must show.
LIVE_SECONDS = 2.0
HOLD_SECONDS = 0.7
STALE_SECONDS = 0.95
# So long after the last look an answer is still kept new.
WATCHED_SECONDS = 3 * LIVE_SECONDS
_PAUSE = 0.05
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
    """`current` says that the answer has been kept new since it began to be watched."""

    register: object
    asking: threading.Lock
    ask: Callable[[datetime], object]
    known: _Known | None = None
    looked: float = float("-inf")
    current: bool = False

    def watched(self) -> bool:
        return time.monotonic() - self.looked < WATCHED_SECONDS

    def asked(self) -> Answer:
        """By who holds the lock: the answer that another has brought meanwhile, or a new one."""
        of, asked, now = _of(self.register), time.monotonic(), clock_now()
        if self.known is None or not self.known.stands(of):
            answer = Answer(next(_serial), now, self.ask(now))
            self.known = _Known(answer, of, asked, time.monotonic())
        self.current = True
        return self.known.answer


_places: dict[Hashable, _Place] = {}
_guard = threading.Lock()
# Registers that a worker keeps the answers of new.
_kept_new: set[int] = set()


def shared(key: Hashable, ask: Callable[[datetime], object]) -> Answer:
    """The answer under this key, asked anew when the register has changed or another minute has begun, and at most once
    in `HOLD_SECONDS`. One asks; who comes meanwhile takes the present answer, and waits only where that is too old.

    :param key: all that the answer depends on but the register and the time; above all, whose eyes it is for
    """
    register = house.desk().register
    place = _place((id(register), key), register, ask)
    known = place.known
    stands = known is not None and known.stands(_of(register))
    if not place.watched() or id(register) not in _kept_new:
        place.current = stands
    place.looked = time.monotonic()
    if stands or (known and place.current):
        return known.answer
    # Counted from when it was asked, as whatever came later is not in it.
    waits = known is None or time.monotonic() - known.asked >= STALE_SECONDS
    if not place.asking.acquire(blocking=waits):
        return known.answer
    try:
        return place.asked()
    finally:
        place.asking.release()


def run(register, stop: threading.Event) -> None:
    """Keep the answers that are being watched new, until told to stop."""
    _kept_new.add(id(register))
    try:
        while not stop.wait(_PAUSE):
            with _guard:
                places = [place for place in _places.values() if place.register is register and place.watched()]
            for place in places:
                if place.known and not place.known.stands(_of(register)):
                    _keep_new(place)
    finally:
        _kept_new.discard(id(register))


def _keep_new(place: _Place) -> None:
    with place.asking:
        try:
            place.asked()
        except Exception:
            # The next who looks asks, and is told what is wrong.
            place.known = None
            log.exception("what is being watched could not be asked")


def _of(register) -> tuple:
    return register.version, clock_now().replace(second=0, microsecond=0)


def _place(key: Hashable, register, ask: Callable[[datetime], object]) -> _Place:
    with _guard:
        place = _places.pop(key, None) or _Place(register, threading.Lock(), ask)
        place.ask = ask
        # Put last, so that the first is the one that nobody has asked for longest.
        _places[key] = place
        while len(_places) > _KEPT:
            _places.pop(next(iter(_places)))
        return place
