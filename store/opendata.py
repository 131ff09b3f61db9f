"""Counts for everybody, quarter by quarter: the same figures as inside, and nobody can be found behind them.

A quarter is counted once, when it is first published after its end (`open_quarters` keeps it); this counts it.

A count below `LEAST` is not told, and neither are so many others of its list that it cannot be worked out from the sum.
Quarters do not overlap, so that no two lists can be taken from one another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import figures
from .desk import Desk
from .figures.scope import ROWS
from .rules.deadline import to_jakarta
from .rules.workflow import CHANNELS, SYSTEM

LEAST = 5
QUARTERS = 8
# Under this many complaints a share would tell of single ones.
LEAST_FOR_SHARES = 30
SHARES = ("first_within_day", "within_promise", "within_outer")
_GROUPS = {"category": "category", "kelurahan": "kelurahan", "channel": "channel"}


@dataclass(frozen=True)
class Quarter:
    """One finished quarter, as of a moment (naive UTC).

    `lists` has by `month`, `category`, `kelurahan` and `channel` the pairs (code, count); a count that is not told is
    None, and so is `received`. `shares` are between 0 and 1 by their codes.
    """

    first: date
    received: int | None
    shares: dict[str, float | None]
    lists: dict[str, list[tuple[str, int | None]]]
    as_of: datetime | None = None
    edition: int = 1

    @property
    def name(self) -> str:
        return f"{self.first.year}-T{(self.first.month + 2) // 3}"


def is_published(desk: Desk) -> bool:
    """Whether an administrator has switched it on."""
    return bool(desk.config["open_data"]["published"])


def finished(desk: Desk, now: datetime) -> list[date]:
    """The first days of the last finished quarters, the newest first, none before the first complaint."""
    with desk.register.cursor() as cursor:
        (since,) = cursor.execute("select min(received_at) from complaint").fetchone()
    if since is None:
        return []
    begun, found = to_jakarta(since).date(), []
    first = _before(_first_of_quarter(to_jakarta(now).date()))
    while len(found) < QUARTERS and _next(first) > begun:
        found.append(first)
        first = _before(first)
    return found


def names(desk: Desk) -> dict[str, dict[str, str]]:
    """What the codes of `category` and `kelurahan` are called, also of those that are no longer in use."""
    with desk.register.snapshot() as cursor:
        return {
            table: dict(cursor.execute("select code, name from " + table).fetchall())
            for table in ("category", "kelurahan")
        }


def counted(desk: Desk, first: date, now: datetime, before: Quarter | None = None) -> Quarter:
    """A quarter as of a moment.

    :param before: an earlier edition; what it did not tell stays untold, or it could be worked out from both
    """
    hidden = {}
    if before:
        hidden = {name: {code for code, count in pairs if count is None} for name, pairs in before.lists.items()}
    scope = figures.Scope(SYSTEM, first, _next(first) - timedelta(days=1))
    found = figures.period(desk, scope, now)
    received = found["received"]
    given = figures.params(desk, scope, now)
    with desk.register.snapshot() as cursor:
        known = {
            "category": _codes(cursor, "select code from category where active"),
            "kelurahan": _codes(cursor, "select code from kelurahan where active"),
            "channel": list(CHANNELS),
        }
        lists = {name: _counts(cursor, column, given, known[name]) for name, column in _GROUPS.items()}
        lists["month"] = _months(cursor, first, given)
    told = received >= LEAST or received == 0
    shares_told = received >= LEAST_FOR_SHARES and not (before and before.received is None)
    return Quarter(
        first,
        received if told else None,
        {code: found[code] if shares_told else None for code in SHARES},
        {name: suppressed(counts, told, hidden.get(name, ())) for name, counts in lists.items()},
    )


def suppressed(
    counts: dict[str, int], sum_is_told: bool = True, hidden_before: Collection[str] = ()
) -> list[tuple[str, int | None]]:
    """A list without its small counts, in its own order; what was left out before is left out again.

    What is left out is at least two counts that are together at least twice `LEAST`, so that nothing follows from the
    sum of all; where there are not so many, all is left out. Nought stays: nobody is behind it.
    """
    if not sum_is_told:
        return [(code, None) for code in counts]
    hidden = set(hidden_before) & set(counts)
    smallest = sorted((count, code) for code, count in counts.items() if count and code not in hidden)
    total = sum(counts[code] for code in hidden)
    for count, code in smallest:
        enough = len(hidden) >= 2 and total >= 2 * LEAST
        if count >= LEAST and (not hidden or enough):
            break
        hidden.add(code)
        total += count
    return [(code, None if code in hidden else count) for code, count in counts.items()]


def _counts(cursor, column: str, given: dict, known: list[str]) -> dict[str, int]:
    """Received by every value that there is, with 0 where nothing came; without one under an empty code."""
    query = (
        f"select coalesce(c.{column}, ''), {figures.expression('received')} from complaint c where "
        + figures.belongs("received_at")
        + " and "
        + ROWS
        + " group by 1 order by 1"
    )
    found = dict(cursor.execute(query, figures.used(query, given)).fetchall())
    return {code: found.get(code, 0) for code in sorted({*known, *found}, key=lambda code: (code == "", code))}


def _months(cursor, first: date, given: dict) -> dict[str, int]:
    query = (
        "select strftime(c.received_at + interval 7 hours, '%Y-%m'), "
        + figures.expression("received")
        + " from complaint c where "
        + figures.belongs("received_at")
        + " and "
        + ROWS
        + " group by 1"
    )
    found = dict(cursor.execute(query, figures.used(query, given)).fetchall())
    months = [f"{first.year}-{first.month + place:02d}" for place in range(3)]
    return {month: found.get(month, 0) for month in months}


def _codes(cursor, query: str) -> list[str]:
    return [code for (code,) in cursor.execute(query).fetchall()]


def _first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _before(first: date) -> date:
    return _first_of_quarter(first - timedelta(days=1))


def _next(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == 10 else date(first.year, first.month + 3, 1)
