"""When people complain: by season, weekday and hour, with a slow rise and some days of flood."""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from ..rules.deadline import Calendar, due, from_jakarta, to_jakarta

YEARS = 2
CHANNELS = {"WA": 750, "TLP": 55, "EML": 25, "WEB": 50, "TWT": 25, "IGR": 45, "HPP": 20, "LOK": 30}
# Channels on which an officer talks with the person: they come in office hours by themselves.
SPOKEN = ("TLP", "HPP", "LOK")
_WEEKDAYS = (1.15, 1.05, 1.0, 1.0, 1.0, 0.8, 0.75)
_MONTHS = (1.3, 1.25, 1.05, 0.95, 0.95, 0.95, 0.9, 0.9, 0.9, 1.0, 1.15, 1.3)
_HOURS = (8, 4, 3, 3, 6, 18, 42, 62, 70, 72, 68, 60, 55, 52, 48, 50, 55, 50, 52, 66, 72, 58, 34, 18)
_RISE = 0.45
_FLOOD_MONTHS = (1, 2, 11, 12)


@dataclass(frozen=True)
class Arrival:
    """One complaint to come: when (naive UTC), by which channel, and whether on a day of flood."""

    happened_at: datetime
    channel: str
    flood: bool


def arrivals(rng: random.Random, count: int, until: datetime, calendar: Calendar) -> list[Arrival]:
    """The arrivals of two years, in order."""
    first = to_jakarta(until).date() - timedelta(days=365 * YEARS)
    days = [first + timedelta(days=n) for n in range(365 * YEARS + 1)]
    floods = {day for day in days if day.month in _FLOOD_MONTHS and rng.random() < 0.05}
    weights = list(accumulate(_weight(day, nth / len(days), day in floods) for nth, day in enumerate(days)))
    channels, shares = list(CHANNELS), list(CHANNELS.values())
    found = []
    while len(found) < count:
        day = days[bisect(weights, rng.random() * weights[-1])]
        channel = rng.choices(channels, shares)[0]
        moment = _moment(rng, day, channel, calendar)
        if moment and moment <= until:
            found.append(Arrival(moment, channel, day in floods))
    return sorted(found, key=lambda arrival: arrival.happened_at)


def _weight(day: date, age: float, flood: bool) -> float:
    return _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] * (1 + _RISE * age) * (2.4 if flood else 1)


def _moment(rng: random.Random, day: date, channel: str, calendar: Calendar) -> datetime | None:
    if channel in SPOKEN:
        if not calendar.is_working_day(day):
            return None
        opening, closing = calendar.opening(day), calendar.closing(day)
        return opening + timedelta(seconds=int(rng.random() * ((closing - opening).total_seconds() - 900)))
    hour = rng.choices(range(24), _HOURS)[0]
    written = from_jakarta(datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60)))
    if channel == "WA":
        return written
    # Letters and posts wait until an officer enters them.
    return due(written, round(rng.uniform(0.01, 0.4), 3), calendar)
