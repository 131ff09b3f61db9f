"""Asking for the figures: what a period brought, what is so now, and both."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from ..desk import Desk
from ..rules.deadline import Calendar, to_jakarta
from .conditions import FIRST_DUE, OWED, STOPPED, WORKING_DAY, first_due
from .definitions import FIGURES, PERIOD, PRESENT
from .figure import Figure
from .scope import Scope, start_of

_HOUR = 3_600_000_000
_EPOCH = date(1970, 1, 1)


def period(
    desk: Desk, scope: Scope, now: datetime, codes: Iterable[str] | None = None
) -> dict[str, float | int | None]:
    """What the period of the scope brought, as of `now`: every figure of `definitions.PERIOD` by its code.

    Counts are whole numbers, shares between 0 and 1, times in hours, means as they are; None where there is nothing to
    count from. With an earlier `now` what happened later is left out, as far as a complaint's present row tells: so
    this month up to today is compared with last month up to the same day.

    :param codes: only these and what they are shares of
    """
    if codes is None:
        return _asked(desk, scope, now, PERIOD)
    wanted = {code for name in codes for code in (name, FIGURES[name].part, FIGURES[name].base)}
    return _asked(desk, scope, now, [figure for figure in PERIOD if figure.code in wanted])


def present(desk: Desk, scope: Scope, now: datetime) -> dict[str, int]:
    """What is so now, whatever the period: every figure of `definitions.PRESENT` by its code."""
    return _asked(desk, scope, now, PRESENT)


def all_figures(desk: Desk, scope: Scope, now: datetime) -> dict[str, float | int | None]:
    """Both, by code."""
    return present(desk, scope, now) | period(desk, scope, now)


def _asked(desk: Desk, scope: Scope, now: datetime, figures: Iterable[Figure]) -> dict:
    """One question for each column or condition that narrows the rows: each skips the blocks of rows by its own."""
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.kind != "share":
            groups.setdefault(belongs(figure.by) if figure.by else figure.among, []).append(figure)
    given, found = params(desk, scope, now), {}
    with desk.register.snapshot() as cursor:
        for where, group in groups.items():
            query = _question(where + " and " + scope.rows, group)
            answer = cursor.execute(query, used(query, given)).fetchone()
            found |= dict(zip((figure.code for figure in group), answer, strict=True))
    return with_shares(found, figures)


# What many figures of one question ask of each row is computed once for it.
_ONCE = {FIRST_DUE: first_due("c.working_day"), f"({OWED})": OWED, f"({STOPPED})": STOPPED}


def _question(where: str, group: list[Figure]) -> str:
    """All figures over the same rows."""
    pairs = {kind: {(f.measure, f.condition) for f in group if f.kind == kind} for kind in _PLACES}
    both = pairs["median"] & pairs["p90"]
    chosen = ", ".join(
        f"{expression(figure.code, (figure.measure, figure.condition) in both)} as {figure.code}" for figure in group
    )
    working_day = f", {WORKING_DAY} as working_day" if FIRST_DUE in chosen else ""
    once = ""
    for place, (text, computed) in enumerate(_ONCE.items()):
        if text in chosen:
            chosen, once = chosen.replace(text, f"c.once{place}"), once + f", {computed} as once{place}"
    rows = f"select c.*{working_day} from complaint c where {where}"
    if not once:
        return f"select {chosen} from complaint c where {where}"
    return f"select {chosen} from (select c.*{once} from ({rows}) c) c"


def with_shares(found: Mapping, figures: Iterable[Figure] = PERIOD) -> dict:
    """The counts with the shares that follow from them, in the order of the definitions."""
    every = dict(found)
    for figure in figures:
        if figure.kind == "share":
            base = every[figure.base]
            every[figure.code] = every[figure.part] / base if base else None
    return {figure.code: every[figure.code] for figure in figures}


def belongs(column: str) -> str:
    """The condition that a case belongs to the period by this column; a name of ours, never input."""
    return f"c.{column} >= $since and c.{column} < $until and c.{column} <= $now"


_PLACES = {"median": 0.5, "p90": 0.9}


def expression(code: str, paired: bool = False) -> str:
    """What counts a figure (not a share) over rows `c` that already belong to the period, for use in a select of any
    grouping.

    :param paired: median and p90 of the same measure are both asked: they share their sorting
    """
    figure = FIGURES[code]
    rows = f"filter (where {figure.condition})"
    if figure.kind == "cases":
        return f"count(*) {rows}"
    if figure.kind == "mean":
        return f"avg({figure.measure}) {rows}"
    if paired:
        place = list(_PLACES).index(figure.kind) + 1
        return f"(quantile_cont({figure.measure}, {list(_PLACES.values())}) {rows})[{place}] / {_HOUR}"
    return f"quantile_cont({figure.measure}, {_PLACES[figure.kind]}) {rows} / {_HOUR}"


def condition(code: str) -> str:
    """Which rows `c` a counting figure counts, its period included: what a list of its cases asks."""
    figure = FIGURES[code]
    return f"({belongs(figure.by)} and {figure.condition})" if figure.by else f"({figure.condition})"


def params(desk: Desk, scope: Scope, now: datetime) -> dict:
    """All that figures may bind; `used` picks what a question names."""
    return scope.params | moments(now) | first_day_params(desk.calendar, scope.since, scope.until)


def moments(now: datetime) -> dict[str, datetime]:
    """Now, and where today begins and ends."""
    today = to_jakarta(now).date()
    return {"now": now, "today": start_of(today), "midnight": start_of(today + timedelta(days=1))}


def first_day_params(calendar: Calendar, since: date, until: date) -> dict:
    """Office hours day by day, for `conditions.FIRST_DUE`: when a day opens, in microseconds after its midnight (None
    where it does not count), and for how many seconds; and when the next working day opens, in microseconds since
    1970, and for how many seconds."""
    following = until + timedelta(days=1)
    while not calendar.is_working_day(following):
        following += timedelta(days=1)
    working = []
    for back in range((until - since).days + 1):
        day = until - timedelta(days=back)
        hours: dict[str, int | None] = {"opening": None, "seconds": None}
        hours |= {"next_opening": _since_1970(calendar.opening(following)), "next_seconds": _open(calendar, following)}
        if calendar.is_working_day(day):
            opening = _since_1970(calendar.opening(day)) - _since_1970(start_of(day))
            hours |= {"opening": opening, "seconds": _open(calendar, day)}
            following = day
        working.append(hours)
    return {"first_day": (since - _EPOCH).days, "working": working[::-1]}


def _open(calendar: Calendar, day: date) -> int:
    return (calendar.closing(day) - calendar.opening(day)) // timedelta(seconds=1)


def _since_1970(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def used(query: str, given: Mapping) -> dict:
    """Of what is given, what the question names: DuckDB refuses more."""
    return {name: given[name] for name in set(re.findall(r"\$(\w+)", query)) & set(given)}
