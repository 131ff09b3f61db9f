"""The open data as they were published: a quarter is counted once and then stays, a correction is another edition.

What complaints become after that shows inside at once; outside it shows when an administrator publishes a correction.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from . import audit, opendata
from .admin.log import require_admin
from .asof import as_of, last_event
from .clock import now as clock_now
from .desk import Desk
from .opendata import Quarter
from .rules.errors import NotFound, RuleBroken
from .rules.workflow import SYSTEM, Actor


@dataclass(frozen=True)
class Difference:
    """One number of a quarter that is another now: `part` is "" for its sum, "shares", or one of its lists.

    None is a count that is not told.
    """

    part: str
    code: str
    then: float | int | None
    now: float | int | None


def publish_due(desk: Desk, now: datetime | None = None) -> int:
    """While published: count and keep every finished quarter that was not published before; how many there were."""
    if not opendata.is_published(desk):
        return 0
    now = now or clock_now()
    known = {quarter.first for quarter in kept(desk)}
    due = [first for first in opendata.finished(desk, now) if first not in known]
    for first in reversed(due):
        _keep(desk, first, SYSTEM, now)
    return len(due)


def published(desk: Desk, now: datetime | None = None) -> list[Quarter]:
    """The last quarters as everybody gets them, each in its newest edition, the newest quarter first."""
    publish_due(desk, now)
    return kept(desk)[: opendata.QUARTERS]


def kept(desk: Desk) -> list[Quarter]:
    """All that were ever published, each in its newest edition, the newest quarter first."""
    with desk.register.cursor() as cursor:
        found = cursor.execute(
            """
            select first, edition, as_of, told from open_quarter
            qualify row_number() over (partition by first order by edition desc) = 1 order by first desc
            """
        ).fetchall()
    return [_read(*row) for row in found]


def before(desk: Desk, quarter: Quarter) -> Quarter:
    """The edition that a correction took the place of.

    :raises NotFound: there is none
    """
    with desk.register.cursor() as cursor:
        found = cursor.execute(
            "select first, edition, as_of, told from open_quarter where first = ? and edition = ?",
            [quarter.first, quarter.edition - 1],
        ).fetchone()
    if not found:
        raise NotFound(quarter.name)
    return _read(*found)


def differences(desk: Desk, quarter: Quarter) -> list[Difference]:
    """What would be published otherwise if it were counted now."""
    return between(quarter, _counted(desk, quarter.first, clock_now(), last_event(desk.register), quarter))


def between(then: Quarter, now: Quarter) -> list[Difference]:
    """The numbers of two editions that are not the same."""
    old, new = _numbers(then), _numbers(now)
    return [
        Difference(*place, old.get(place), new.get(place))
        for place in dict.fromkeys([*old, *new])
        if old.get(place) != new.get(place) and (old.get(place) or new.get(place))
    ]


def correct(desk: Desk, actor: Actor, first: date, seen: int) -> None:
    """Publish a quarter anew, as it is counted now; everybody is told what is different.

    :param seen: the edition that was looked at
    :raises RuleBroken: `admin_only`, `open_data_changed`, `nothing_changed`
    :raises NotFound: it was never published
    """
    require_admin(actor)
    present = next((quarter for quarter in kept(desk) if quarter.first == first), None)
    if present is None:
        raise NotFound(str(first))
    if present.edition != seen:
        raise RuleBroken("open_data_changed")
    if not differences(desk, present):
        raise RuleBroken("nothing_changed")
    _keep(desk, first, actor, clock_now(), present)


def _keep(desk: Desk, first: date, actor: Actor, now: datetime, earlier: Quarter | None = None) -> None:
    number, last = earlier.edition + 1 if earlier else 1, last_event(desk.register)
    told = _told(_counted(desk, first, now, last, earlier))
    with desk.register.atomic() as cursor:
        # The clock, a visitor or another administrator may have been faster.
        if cursor.execute("select 1 from open_quarter where first = ? and edition = ?", [first, number]).fetchone():
            return
        cursor.execute(
            "insert into open_quarter values (?, ?, ?, ?, ?, ?)", [first, number, now, last, actor.username, told]
        )
        audit.write(cursor, actor.username, "open_data_published", f"{first}-{number}", last_event_id=last)


def _counted(desk: Desk, first: date, now: datetime, last_event_id: int, earlier: Quarter | None) -> Quarter:
    with as_of(desk.register, last_event_id) as register:
        return opendata.counted(replace(desk, register=register), first, now, earlier)


def _told(quarter: Quarter) -> str:
    """What everybody gets, as it is kept: the same numbers are the same text."""
    return json.dumps({"received": quarter.received, "shares": quarter.shares, "lists": quarter.lists}, sort_keys=True)


def _read(first: date, number: int, moment: datetime, told: str) -> Quarter:
    found = json.loads(told)
    lists = {name: [(code, count) for code, count in pairs] for name, pairs in found["lists"].items()}
    return Quarter(first, found["received"], found["shares"], lists, moment, number)


def _numbers(quarter: Quarter) -> dict[tuple[str, str], float | int | None]:
    numbers: dict[tuple[str, str], float | int | None] = {("", ""): quarter.received}
    numbers |= {("shares", code): share for code, share in quarter.shares.items()}
    return numbers | {(name, code): count for name, pairs in quarter.lists.items() for code, count in pairs}
