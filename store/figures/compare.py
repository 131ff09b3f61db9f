"""What a period is held against: the same stretch of the month before, and of the same month a year before."""

import calendar
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from ..desk import Desk
from ..rules.deadline import from_jakarta, to_jakarta
from .period import period
from .scope import Scope

# By name, so many months back.
BACK = {"last_month": 1, "last_year": 12}


def this_month(scope: Scope, now: datetime) -> Scope:
    """The same question of the month that runs, from its first day to today."""
    today = to_jakarta(now).date()
    return replace(scope, since=today.replace(day=1), until=today)


def earlier(scope: Scope, now: datetime, months: int) -> tuple[Scope, datetime]:
    """The same stretch so many months before, and the moment as of which it is counted: just as long after its start.

    So the first 12 days of a month are held against the first 12 of another as they were known on the 12th. Of a
    whole month the whole other month is taken, and a day that the other month lacks is its last.
    """
    until = _back(scope.until, months)
    if scope.until == _last_day(scope.until):
        until = _last_day(until)
    local = to_jakarta(now)
    moment = from_jakarta(datetime.combine(_back(local.date(), months), local.time()))
    return replace(scope, since=_back(scope.since, months), until=until), moment


def compared(
    desk: Desk, scope: Scope, now: datetime, codes: Iterable[str] | None = None, before: Iterable[str] | None = None
) -> dict[str, dict]:
    """The period's figures as `now`, and those of `BACK` by their names.

    :param codes: which figures, and what they are shares of; all if not given
    :param before: which of the earlier periods; the same if not given
    """
    found = {"now": period(desk, scope, now, codes)}
    for name, months in BACK.items():
        found[name] = period(desk, *earlier(scope, now, months), before or codes)
    return found


def _back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_day(day: date) -> date:
    return day.replace(day=1) + timedelta(days=calendar.monthrange(day.year, day.month)[1] - 1)
