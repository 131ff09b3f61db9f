"""A report's numbers once more: as of its own moment, when they must be the same, and as of now, for what changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..asof import as_of, last_event
from ..clock import now as clock_now
from ..desk import Desk
from .contents import Period, counted, desk_then

# What is so at a moment changes by itself; only what the period brought is held against today.
_OF_THE_PERIOD = ("now", "departments", "categories", "kelurahan", "channels", "course")


@dataclass(frozen=True)
class Difference:
    """One number that is not what it was: `part` of the report, `code` of the group or day, `figure`."""

    part: str
    code: str
    figure: str
    then: float | int | None
    now: float | int | None


def frozen(numbers: dict) -> str:
    """Numbers as they are kept: the same numbers are the same text."""
    return json.dumps(numbers, ensure_ascii=False, sort_keys=True)


def count(desk: Desk, period: Period, basis: dict, now: datetime, last_event_id: int) -> dict:
    """A report's numbers as of a moment and the event that was the last then."""
    with as_of(desk.register, last_event_id) as register:
        return counted(desk_then(desk, register, basis), period, now)


def same_as_then(desk: Desk, report) -> bool:
    """Whether the events up to the report's own moment still give its numbers, to the byte."""
    again = count(desk, report.period, report.basis, report.as_of, report.last_event_id)
    return frozen(again) == frozen(report.figures)


def count_today(desk: Desk, report) -> dict:
    """The numbers of a report's period as they are now, by its own calendar."""
    return count(desk, report.period, report.basis, clock_now(), last_event(desk.register))


def differences(then: dict, now: dict) -> list[Difference]:
    """Every number of the period that is another now."""
    old, new = dict(_numbers(then)), dict(_numbers(now))
    return [
        Difference(*place, old.get(place), new.get(place))
        for place in dict.fromkeys([*old, *new])
        if old.get(place) != new.get(place) and (old.get(place) or new.get(place))
    ]


def _numbers(found: dict) -> Iterator[tuple[tuple[str, str, str], float | int | None]]:
    for part in _OF_THE_PERIOD:
        if part == "now":
            groups = {"": found[part]}
        elif part == "course":
            groups = {row["step"]: {k: v for k, v in row.items() if k != "step"} for row in found[part]}
        else:
            groups = found[part]
        for code, numbers in groups.items():
            for figure, value in numbers.items():
                # How many are open is of the moment, too.
                if not (figure == "open" and part != "now"):
                    yield (part, code, figure), value
