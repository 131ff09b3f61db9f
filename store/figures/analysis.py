"""The questions of Analitik that look at one complaint a row: when, what, where, by which channel, how old.

A code of `NONE` stands for what is not known. Days, weeks and hours are Jakarta's.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from ..db import Register
from ..desk import Desk
from ..rules.deadline import to_jakarta
from ..rules.indonesian import FULL_DAYS
from ..rules.point import LATITUDES, LONGITUDES
from .period import expression, used
from .scope import ROWS, Scope

NONE = "-"
# Cells of the map of points, in degrees: 220 metres, so that no circle stands on one home.
CELL = 0.002
# How old an open complaint is, in days: the first and the last of each band.
BANDS = ((0, 2), (3, 7), (8, 14), (15, 30), (31, 90), (91, None))

# Microseconds: whole numbers are grouped much faster than times to which an interval is added.
_DAY = 86_400_000_000
_JAKARTA = 7 * 3_600_000_000
_EPOCH = date(1970, 1, 1)
RECEIVED = "c.received_at >= $since and c.received_at < $until and " + ROWS


def local_day(column: str) -> str:
    """SQL for the number of a time's day in Jakarta, from 1970 on; the column's name is ours."""
    return f"(epoch_us({column}) + {_JAKARTA}) // {_DAY}"


def weekday(column: str) -> str:
    """SQL for a time's weekday in Jakarta: 1 is Monday."""
    return _weekday(_local_hour(column))


def hour(column: str) -> str:
    """SQL for a time's hour in Jakarta."""
    return _hour(_local_hour(column))


def _local_hour(column: str) -> str:
    """SQL for the number of a time's hour in Jakarta, from 1970 on."""
    return f"(epoch_us({column}) + {_JAKARTA}) // 3600000000"


def _weekday(number: str) -> str:
    # 1 January 1970 was a Thursday.
    return f"(({number}) // 24 + 3) % 7 + 1"


def _hour(number: str) -> str:
    return f"({number}) % 24"


_DAYS = """
    select cast(day as date) as day, epoch_us(day) // 86400000000 as number
    from generate_series(cast($first as timestamp), cast($last as timestamp), interval 1 day) t(day)
"""


def volume(register: Register, scope: Scope) -> pd.DataFrame:
    """Received and ended a day: `day`, `received`, `ended`; days without either are there with 0."""
    return register.frame(
        "with days as ("
        + _DAYS
        + "), counted as (select "
        + local_day("c.received_at")
        + " as day, count(*) as received, 0 as ended from complaint c where "
        + RECEIVED
        + " group by 1 union all select "
        + local_day("c.ended_at")
        + ", 0, count(*) from complaint c where c.ended_at >= $since and c.ended_at < $until and "
        + ROWS
        + """ group by 1)
        select d.day, coalesce(sum(n.received), 0)::bigint as received, coalesce(sum(n.ended), 0)::bigint as ended
        from days d left join counted n on n.day = d.number group by d.day order by d.day
        """,
        scope.params | {"first": scope.since, "last": scope.until},
    )


def backlog(register: Register, scope: Scope, today: date) -> pd.DataFrame:
    """How many were open at the end of each day up to today: `day`, `open`; the same as replaying the events.

    Received until then, less the ends until then; an end that did not last counts again from when it was undone.
    """
    scope = replace(scope, until=min(scope.until, today))
    if scope.until < scope.since:
        return pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), "open": pd.Series(dtype="int64")})
    parts = (
        ("c.received_at", "count(*)", "complaint c"),
        ("c.ended_at", "-count(*)", "complaint c"),
        ("e.ended_at", "-count(*)", "earlier_end e join complaint c on c.id = e.complaint_id"),
        ("e.undone_at", "count(*)", "earlier_end e join complaint c on c.id = e.complaint_id"),
    )
    # What happened before the first day counts at its end.
    changes = " union all ".join(
        f"select greatest({local_day(column)}, $number) as day, {count} as n from {table} where {column} < $until and "
        + ROWS
        + " group by 1"
        for column, count, table in parts
    )
    query = (
        "with days as ("
        + _DAYS
        + "), change as ("
        + changes
        + """), total as (select day, sum(n) as n from change group by 1)
        select d.day, (sum(coalesce(t.n, 0)) over (order by d.number))::bigint as open
        from days d left join total t on t.day = d.number order by d.day
        """
    )
    given = {"first": scope.since, "last": scope.until, "number": (scope.since - _EPOCH).days}
    return register.frame(query, used(query, scope.params | given))


def ageing(register: Register, scope: Scope, now: datetime) -> pd.DataFrame:
    """What is open now, whenever received: `band` (its place in `BANDS`), `received`, and of these `overdue`, `running`
    and `waiting` (no limit runs)."""
    query = (
        "select list_count(list_filter($lasts::bigint[], lambda last: last < age)) as band,"
        + """ sum(n)::bigint as received, sum(overdue)::bigint as overdue, sum(running)::bigint as running,
            sum(waiting)::bigint as waiting from (
            select $today - """
        + local_day("c.received_at")
        + """ as age, count(*) as n, count(*) filter (c.due_at < $now) as overdue,
                count(*) filter (c.due_at >= $now) as running, count(*) filter (c.due_at is null) as waiting
            from complaint c where c.ended_at is null and """
        + ROWS
        + " group by 1) group by 1 order by 1"
    )
    given = {"now": now, "today": (to_jakarta(now).date() - _EPOCH).days, "lasts": [last for _, last in BANDS[:-1]]}
    frame = register.frame(query, used(query, scope.params | given))
    every = pd.DataFrame({"band": range(len(BANDS))})
    return every.merge(frame, how="left", on="band").fillna(0).astype("int64")


def by_category_and_month(register: Register, scope: Scope) -> pd.DataFrame:
    """Received: `code`, `name`, `month` (its first day), `received`; only pairs that occur."""
    return register.frame(
        "with counted as (select c.category as code, "
        + local_day("c.received_at")
        + " as day, count(*) as n from complaint c where "
        + RECEIVED
        + """ group by all)
        select coalesce(n.code, '-') as code, coalesce(any_value(g.name), 'Belum ditentukan') as name,
            cast(date_trunc('month', date '1970-01-01' + n.day::integer) as date) as month, sum(n.n)::bigint as received
        from counted n left join category g on g.code = n.code group by 1, 3 order by 3, 1
        """,
        scope.params,
    )


def by_kelurahan(register: Register, scope: Scope) -> pd.DataFrame:
    """Received and still open by kelurahan: `code`, `name`, `kecamatan`, `received`, `open`.

    All that are in use, and of the others those that received.
    """
    return register.frame(
        """
        select coalesce(k.code, s.code, '-') as code, coalesce(k.name, 'Belum diketahui') as name,
            coalesce(k.kecamatan, '–') as kecamatan, coalesce(s.received, 0)::bigint as received,
            coalesce(s.open, 0)::bigint as open
        from kelurahan k full join (
            select c.kelurahan as code, count(*) as received,
                count(*) filter (c.ended_at is null) as open
            from complaint c where """
        + RECEIVED
        + """ group by 1
        ) s on s.code = k.code where s.received > 0 or k.active order by k.kecamatan nulls last, name
        """,
        scope.params,
    )


def points(register: Register, scope: Scope) -> pd.DataFrame:
    """Where places were shared, by cells of 220 metres: `cell`, `latitude`, `longitude` (of its middle), `received`.

    Confidential complaints are never on it, nor what lies outside the city's box.
    """
    found = register.frame(
        """
        select round(c.latitude / $cell)::integer as y, round(c.longitude / $cell)::integer as x, count(*) as received
        from complaint c
        where c.latitude between $south and $north and c.longitude between $west and $east
            and not c.confidential and """
        + RECEIVED
        + " group by all order by all",
        scope.params
        | {"cell": CELL, "south": LATITUDES[0], "north": LATITUDES[1], "west": LONGITUDES[0], "east": LONGITUDES[1]},
    )
    cells = [f"{y}_{x}" for y, x in zip(found["y"], found["x"], strict=True)]
    return pd.DataFrame(
        {
            "cell": cells,
            "latitude": (found["y"] * CELL).round(3),
            "longitude": (found["x"] * CELL).round(3),
            "received": found["received"],
        }
    )


def by_channel(register: Register, scope: Scope, now: datetime) -> pd.DataFrame:
    """`code`, `received`, `answered` (by a person at least once), `hours` (median to that), `decided`, `kept`."""
    query = (
        "select c.channel as code, count(*) as received, "
        + ", ".join(
            f"{expression(code)} as {name}"
            for name, code in (
                ("answered", "first_answered"), ("hours", "first_answer_median"), ("decided", "promise_decided"),
                ("kept", "promise_kept"),
            )
        )
        + " from complaint c where "
        + RECEIVED
        + " group by 1 order by received desc, code"
    )  # fmt: skip
    return register.frame(query, used(query, scope.params | {"now": now}))


def by_hour(register: Register, scope: Scope) -> pd.DataFrame:
    """When complaints arrive: `weekday` (1 is Monday), `hour`, `received`; only pairs that occur."""
    # By the hour of the two years first: one division a row.
    return register.frame(
        f"select {_weekday('number')} as weekday, {_hour('number')} as hour, sum(n)::bigint as received"
        f" from (select {_local_hour('c.received_at')} as number, count(*) as n from complaint c where "
        + RECEIVED
        + " group by 1) group by 1, 2 order by 1, 2",
        scope.params,
    )


@dataclass(frozen=True)
class Free:
    """Days on which the office is closed, by day: a weekend's name or the holiday's own."""

    day: date
    name: str


def free_days(desk: Desk, since: date, until: date) -> list[Free]:
    """The days of a period without office hours: Saturdays, Sundays, holidays and cuti bersama by name."""
    calendar = desk.calendar
    found = []
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        if not calendar.is_working_day(day):
            found.append(Free(day, calendar.holidays.get(day) or FULL_DAYS[day.weekday()]))
    return found
