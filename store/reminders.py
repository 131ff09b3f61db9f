"""Reminders at 50, 75 and 100 % of a limit, and the ladder of escalation at 100, 150 and 300 %: an event each, once.

Source: workflow, "Clocks". Levels count on the limit that the reporter was given: 100 % is `complaint.due_at`, and the
others follow from the working time between the clock's start and it, without pauses.

A promised day counts in units of the service's promise, backwards and onwards from the promised closing: with a promise
of two days, 50 % is a working day before it, 150 % a working day after it, 300 % four. Levels only rise until the
complaint is reopened: who promises a later day when a level has been reached is not reminded of that level again, and
stands where they stood once that day has passed.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import clocks, handover
from .book import Book, read_cases
from .clock import now as clock_now
from .clocks import Pause
from .db import incoming
from .desk import Desk
from .rules import deadline
from .rules.case import Assignment, Case
from .rules.workflow import AT_WORK, DEPARTMENT_ROLES, SYSTEM, TRIAGE, Actor, Role, State

LEVELS = (50, 75, 100, 150, 300)
OFFICIAL_LEVEL, LEADER_LEVEL = 150, 300
# So many at a time, because everybody else who writes waits meanwhile.
CHUNK = 200
# Shares are quotients of whole ticks: this forgives their rounding, a few milliseconds of a limit.
_HAIR = 1e-7
_FOR_THE_CITY = TRIAGE | {State.IN_REVIEW}
_BEFORE_WORK = (State.FORWARDED, State.ACCEPTED)


@dataclass(frozen=True)
class Look:
    """What one look at a case found: its level, and when it may reach the next (None after the last)."""

    case: Case
    level: int
    next_at: datetime | None


def run(desk: Desk, now: datetime | None = None) -> int:
    """Write an event for each case that has reached a higher level since; how many. Only inside office hours.

    Several levels passed at once make one event, of the highest. Only cases whose time has come are looked at.
    """
    now = now or clock_now()
    if not desk.calendar.is_open(now):
        return 0
    mark = _mark(desk)
    with desk.register.cursor() as cursor:
        ids = [i for (i,) in cursor.execute(_TO_LOOK_AT, {"now": now, "mark": mark, "last": LEVELS[-1]}).fetchall()]
    return sum(_remind(desk, ids[start : start + CHUNK], mark, now) for start in range(0, len(ids), CHUNK))


# An ended or paused complaint has no `due_at`; one that was answered keeps its clock until the answer has arrived.
_TO_LOOK_AT = """
    select c.id from complaint c left join reminder r on r.complaint_id = c.id
    where c.ended_at is null and c.due_at is not null and c.clock_started_at is not null and c.reminded < $last
        and (r.next_at is null or r.next_at <= $now or r.calendar <> $mark
            or r.due_at <> c.due_at or r.clock_started_at <> c.clock_started_at)
    order by c.due_at, c.id
"""


def level_at(share: float) -> int:
    """The highest level that a share has reached (1.0 is the whole limit), or 0."""
    return max((level for level in LEVELS if share + _HAIR >= level / 100), default=0)


def share_used(desk: Desk, case: Case, now: datetime, pauses: list[Pause]) -> float:
    """How much of the limit that runs is used: 1.0 exactly at `due_at`. Below 0 where a promised day is far away.

    :param case: one whose clock runs (`due_at` is not None)
    """
    calendar, unit = desk.calendar, desk.config["clock"]["unit"]
    late = now >= case.due_at
    if case.state == State.SCHEDULED:
        days = desk.days(case.category)[0]
        from_, to = (case.due_at, now) if late else (now, case.due_at)
        apart = deadline.share_used(from_, to, days, calendar, (), unit)
        return 1 + apart if late else 1 - max(apart, 2 * _HAIR)
    used = deadline.share_used(case.clock_started_at, now, 1, calendar, pauses, unit)
    share = used / _given_days(desk, case, pauses)
    return max(share, 1.0) if late else min(share, 1 - 2 * _HAIR)


def _given_days(desk: Desk, case: Case, pauses: list[Pause]) -> float:
    """How long a limit the reporter was given, by today's calendar: it may have been another when it was given."""
    calendar, unit = desk.calendar, desk.config["clock"]["unit"]
    given = deadline.share_used(case.clock_started_at, case.due_at, 1, calendar, pauses, unit)
    # All its days may have become holidays.
    return given or desk.days(case.category)[0]


def reached_at(desk: Desk, case: Case, level: int, pauses: list[Pause]) -> datetime:
    """When a level is reached if nothing changes, give or take a second."""
    calendar, unit = desk.calendar, desk.config["clock"]["unit"]
    if level == 100:
        return case.due_at
    if case.state != State.SCHEDULED:
        days = _given_days(desk, case, pauses) * level / 100
        return deadline.due(case.clock_started_at, days, calendar, pauses, unit)
    days = (level / 100 - 1) * desk.days(case.category)[0]
    if level > 100:
        return deadline.due(case.due_at, days, calendar, (), unit)
    # There is no counting backwards: from a start that is early enough, count what is left without these days.
    start, whole = case.due_at, 0.0
    while whole < -days:
        start -= timedelta(days=1)
        whole = deadline.share_used(start, case.due_at, 1, calendar, (), unit)
    return deadline.due(start, whole + days, calendar, (), unit)


def audiences(
    case: Case, level: int, now: datetime, before: int = 0, left: frozenset[tuple[str, str]] = frozenset()
) -> frozenset[str]:
    """Whom it concerns that a case has come from one level to another: the addresses of every step in between.

    50, 75 and 100 %: whoever must act now; 100 % also the administrators of the departments whose parts are late, and
    the city team; 150 % the official; 300 % the leaders. An address is `city`, `official`, `leader`, `opd_admin:DLH`,
    `opd_team:DLH` or, for one person, `@tim.dlh`.

    :param left: of `handover.left`; their work is nobody's
    """
    steps = [step for step in LEVELS if before < step <= level]
    meant: set[str] = set()
    if any(step <= 100 for step in steps):
        meant |= _acting(case, now, left)
    if 100 in steps:
        meant |= {f"{Role.OPD_ADMIN}:{part.department}" for part in _late_parts(case, now)} | {str(Role.CITY)}
    if OFFICIAL_LEVEL in steps:
        meant.add(str(Role.OFFICIAL))
    if LEADER_LEVEL in steps:
        meant.add(str(Role.LEADER))
    return frozenset(meant)


def addresses(actor: Actor) -> frozenset[str]:
    """The addresses under which this person is meant."""
    held = {f"{g.role}:{g.department}" if g.role in DEPARTMENT_ROLES else str(g.role) for g in actor.grants}
    return frozenset(held | {f"@{actor.username}"})


def _acting(case: Case, now: datetime, left: frozenset[tuple[str, str]]) -> set[str]:
    """Who must do the next step; a part that nobody has taken on is everybody's of its department."""
    meant = set()
    if case.state in _FOR_THE_CITY:
        meant.add(str(Role.OFFICIAL if case.escalated else Role.CITY))
    for part in _late_parts(case, now):
        admin, team = f"{Role.OPD_ADMIN}:{part.department}", f"{Role.OPD_TEAM}:{part.department}"
        if part.state in _BEFORE_WORK:
            meant.add(admin)
        else:
            here = part.handler and (part.handler, part.department) not in left
            meant |= {f"@{part.handler}"} if here else {admin, team}
    return meant


def _late_parts(case: Case, now: datetime) -> Iterator[Assignment]:
    """The parts for which the case waits; one with a promised day of its own only from that day on."""
    for part in case.active:
        waits = part.state in _BEFORE_WORK or part.state in AT_WORK
        promised = part.state == State.SCHEDULED and case.state != State.SCHEDULED and part.promised_at > now
        if waits and not promised:
            yield part


def _remind(desk: Desk, ids: list[int], mark: int, now: datetime) -> int:
    """Look at these cases outside any transaction, then write what was found of those that did not change meanwhile."""
    with desk.register.snapshot() as cursor:
        looks = [_look(desk, case, now, pauses) for case, pauses in _with_pauses(cursor, ids)]
    risen = [look.case.id for look in looks if look.level > look.case.reminded]
    with desk.register.atomic(news=bool(risen)) as cursor:
        book = Book(cursor, now)
        present = {case.id: case for case in book.load(*_these(risen))} if risen else {}
        left = handover.left(cursor) if risen else frozenset()
        # What has changed in between is looked at again next time.
        looks = [look for look in looks if present.get(look.case.id, look.case) == look.case]
        for look in looks:
            if look.level > look.case.reminded:
                to = sorted(audiences(look.case, look.level, now, look.case.reminded, left))
                book.record(look.case, "remind", SYSTEM, Role.SYSTEM, level=look.level, to=to)
        book.write()
        _note(cursor, [look for look in looks if look.next_at], mark)
    return sum(look.level > look.case.reminded for look in looks)


def _look(desk: Desk, case: Case, now: datetime, pauses: list[Pause]) -> Look:
    level = level_at(share_used(desk, case, now, pauses))
    following = next((each for each in LEVELS if each > level), None)
    return Look(case, level, following and reached_at(desk, case, following, pauses))


def _with_pauses(cursor, ids: list[int]) -> list[tuple[Case, list[Pause]]]:
    """The cases and when their clocks stood still; most never did, so that is asked for all of them at once."""
    where, params = _these(ids)
    asked = "select distinct complaint_id from event where kind = 'ask' and complaint_id in " + _marks(ids)
    waited = {complaint_id for (complaint_id,) in cursor.execute(asked, params).fetchall()}
    running = [case for case in read_cases(cursor, where, params) if case.due_at]
    return [(case, clocks.pauses(cursor, case) if case.id in waited else []) for case in running]


def _these(ids: list[int]) -> tuple[str, list[int]]:
    """A condition for these ids, bound one by one, so that it goes by the index."""
    return "where id in " + _marks(ids), ids


def _marks(ids: list[int]) -> str:
    return "(" + ", ".join("?" * len(ids)) + ")"


def _note(cursor, looks: list[Look], mark: int) -> None:
    """Remember when to look again; what has ended meanwhile is forgotten."""
    new = [
        {
            "complaint_id": look.case.id,
            "next_at": look.next_at,
            "due_at": look.case.due_at,
            "clock_started_at": look.case.clock_started_at,
            "calendar": mark,
        }
        for look in looks
    ]
    cursor.execute("delete from reminder where complaint_id in (select id from complaint where ended_at is not null)")
    if new:
        with incoming(cursor, "reminder", new):
            cursor.execute("insert or replace into reminder by name select * from incoming")


def _mark(desk: Desk) -> int:
    """Changes with whatever a level is computed from beside the case: calendar, limits, unit."""
    calendar = desk.calendar
    with desk.register.cursor() as cursor:
        own = cursor.execute("select code, promise_days from category where promise_days > 0 order by 1").fetchall()
    clock = {name: desk.config["clock"][name] for name in ("unit", "promise_days")}
    return zlib.crc32(repr((sorted(calendar.hours.items()), sorted(calendar.holidays), clock, own)).encode())
