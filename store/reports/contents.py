"""What a report counts: the figures of its period, of the periods before, and by department, category, place, channel.

Each number is one of `store/figures`, counted by its own expression. All numbers stand by codes; what the codes are
called, and the calendar that was counted with, are the report's basis and are frozen with it.
"""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from .. import figures
from ..desk import Desk
from ..figures.scope import ROWS
from ..rules.deadline import Calendar, to_jakarta
from ..rules.workflow import SYSTEM

KINDS = ("monthly", "yearly")
# Of each group, by the day of receipt and by the day of the end.
GROUPED = {
    "received_at": (
        *("received", "first_decided", "first_kept", "promise_decided", "promise_kept", "outer_decided", "outer_kept"),
        *("with_result", "result_median", "returned", "ever_reopened"),
    ),
    "ended_at": ("ended", "confirmed", "by_officer", "silence"),
    "rated_at": ("ratings", "rating_mean"),
}
GROUPS = {"departments": "department", "categories": "category", "kelurahan": "kelurahan", "channels": "channel"}
_JAKARTA = 7 * 3_600_000_000
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Period:
    """A whole month or year; `first` is its first day."""

    kind: str
    first: date

    @property
    def last(self) -> date:
        if self.kind == "yearly":
            return date(self.first.year, 12, 31)
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])


def finished_periods(kind: str, today: date, count: int = 24) -> list[Period]:
    """The last whole months or years before this day, the newest first."""
    if kind == "yearly":
        return [Period(kind, date(today.year - back, 1, 1)) for back in range(1, 1 + min(count, 5))]
    found, first = [], today.replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(Period(kind, first))
    return found


def counted(desk: Desk, period: Period, now: datetime) -> dict:
    """All numbers of a report, as JSON holds them."""
    scope = figures.Scope(SYSTEM, period.first, period.last)
    if period.kind == "monthly":
        found = figures.compared(desk, scope, now)
    else:
        found = {
            "now": figures.period(desk, scope, now),
            "last_year": figures.period(desk, *figures.earlier(scope, now, 12)),
        }
    found["present"] = figures.present(desk, scope, now)
    given = figures.params(desk, scope, now)
    with desk.register.snapshot() as cursor:
        for name, column in GROUPS.items():
            found[name] = _grouped(cursor, column, given)
        found["course"] = _course(cursor, period, given)
    return found


def _grouped(cursor, column: str, given: dict) -> dict[str, dict]:
    """The figures of each value of a column, by its code; cases without one stand under an empty code."""
    groups: dict[str, dict] = {}
    for by, codes in GROUPED.items():
        chosen = ", ".join(f"{figures.expression(code)} as {code}" for code in codes)
        query = (
            f"select coalesce(c.{column}, '') as code, {chosen} from complaint c where {figures.belongs(by)} and "
            + ROWS
            + " group by 1 order by 1"
        )
        for code, *values in cursor.execute(query, figures.used(query, given)).fetchall():
            groups.setdefault(code, {}).update(zip(codes, values, strict=True))
    query = f"select coalesce(c.{column}, ''), count(*) from complaint c where c.ended_at is null and " + ROWS + _BY
    for code, count in cursor.execute(query, figures.used(query, given)).fetchall():
        groups.setdefault(code, {})["open"] = count
    counts = [code for codes in GROUPED.values() for code in codes if figures.FIGURES[code].kind == "cases"]
    for group in groups.values():
        for code in ("open", *counts):
            group.setdefault(code, 0)
    return {code: groups[code] for code in sorted(groups)}


_BY = " group by 1 order by 1"


def _course(cursor, period: Period, given: dict) -> list[dict]:
    """Received and ended, day by day of a month or month by month of a year; what brought nothing is there with 0."""
    by_month = period.kind == "yearly"
    days = (period.last - period.first).days + 1
    found: dict[str, dict] = {}
    for number in range(days):
        day = period.first + timedelta(days=number)
        found.setdefault(_step(day, by_month), {"received": 0, "ended": 0})
    for code, column in (("received", "received_at"), ("ended", "ended_at")):
        query = (
            f"select (epoch_us(c.{column}) + {_JAKARTA}) // {_DAY} as day, {figures.expression(code)} from complaint c "
            f"where {figures.belongs(column)} and " + ROWS + _BY
        )
        for day, count in cursor.execute(query, figures.used(query, given)).fetchall():
            found[_step(date(1970, 1, 1) + timedelta(days=day), by_month)][code] += count
    return [{"step": step, **counts} for step, counts in found.items()]


def _step(day: date, by_month: bool) -> str:
    return day.isoformat()[: 7 if by_month else 10]


def basis(desk: Desk, period: Period) -> dict:
    """What the numbers were counted and are read with: office hours, holidays, names, and the service's own words."""
    service = desk.config["service"]
    since, until = _replace_year(period.first), period.last + timedelta(days=400)
    with desk.register.snapshot() as cursor:
        names = {
            "departments": dict(cursor.execute("select code, name from department order by code").fetchall()),
            "categories": dict(cursor.execute("select code, name from category order by code").fetchall()),
            "kelurahan": dict(cursor.execute("select code, name from kelurahan order by code").fetchall()),
        }
    days = sorted((day.isoformat(), name) for day, name in desk.calendar.holidays.items() if since <= day <= until)
    hours = {str(day): [f"{opening}", f"{closing}"] for day, (opening, closing) in sorted(desk.calendar.hours.items())}
    return {
        "hours": hours,
        "holidays": dict(days),
        "names": names,
        "service": {name: service[name] for name in ("name", "city", "office", "promise")},
    }


def _replace_year(first: date) -> date:
    return first.replace(year=first.year - 1, day=1) - timedelta(days=7)


def desk_then(desk: Desk, register, frozen: dict) -> Desk:
    """The desk with another register and the calendar of a basis."""
    hours = {
        int(day): (time.fromisoformat(opening), time.fromisoformat(closing))
        for day, (opening, closing) in frozen["hours"].items()
    }
    days = {date.fromisoformat(day): name for day, name in frozen["holidays"].items()}
    return replace(desk, register=register, _calendar=Calendar(hours, days))


def first_working_moment(desk: Desk, now: datetime) -> datetime:
    """When the office opens on the first working day of the month that runs."""
    day = to_jakarta(now).date().replace(day=1)
    while not desk.calendar.is_working_day(day):
        day += timedelta(days=1)
    return desk.calendar.opening(day)
