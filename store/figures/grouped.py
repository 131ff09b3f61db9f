"""What stands below the first screen of Dasbor: the same figures by day, department, category and kelurahan."""

from datetime import date, datetime, timedelta

import pandas as pd

from .. import access
from ..db import Register
from ..rules.workflow import Actor
from .period import belongs, expression, moments, used
from .scope import start_of

# Microseconds: whole numbers are grouped by day much faster than times to which an interval is added.
_DAY = 86_400_000_000
_JAKARTA = 7 * 3_600_000_000


def by_day(register: Register, viewer: Actor, since: date, until: date) -> pd.DataFrame:
    """Received and ended a day: columns `day` (date), `received`, `ended`; days without either are there with 0."""
    return register.frame(
        """
        with days as (
            select cast(day as date) as day, epoch_us(day) // $day as number
            from generate_series(cast($first as timestamp), cast($last as timestamp), interval 1 day) t(day)
        ), received as (
            select (epoch_us(received_at) + $jakarta) // $day as day, count(*) as count from complaint
            where received_at >= $since and received_at < $until
                and ($visible::varchar is null or regexp_matches(departments, $visible::varchar))
            group by 1
        ), ended as (
            select (epoch_us(ended_at) + $jakarta) // $day as day, count(*) as count from complaint
            where ended_at >= $since and ended_at < $until
                and ($visible::varchar is null or regexp_matches(departments, $visible::varchar))
            group by 1
        )
        select d.day, coalesce(r.count, 0) as received, coalesce(e.count, 0) as ended
        from days d left join received r on r.day = d.number left join ended e on e.day = d.number order by d.day
        """,
        _period(viewer, since, until) | {"first": since, "last": until, "jakarta": _JAKARTA, "day": _DAY},
    )


def by_department(register: Register, viewer: Actor, since: date, until: date, now: datetime) -> pd.DataFrame:
    """Departments and the cases with them, each with its lead: `code`, `name`, `received`, `open`, `overdue`, and of
    the promise `kept` and `decided`."""
    return register.frame(_BY_DEPARTMENT, used(_BY_DEPARTMENT, _period(viewer, since, until) | moments(now)))


_BY_DEPARTMENT = f"""
    select d.code, d.name, sum(s.received)::bigint as received, sum(s.open)::bigint as open,
        sum(s.overdue)::bigint as overdue, sum(s.kept)::bigint as kept, sum(s.decided)::bigint as decided
    from (
        select c.department, 0 as received, {expression("open")} as open, {expression("overdue")} as overdue, 0 as kept,
            0 as decided
        from complaint c
        where c.ended_at is null and c.department is not null
            and ($visible::varchar is null or regexp_matches(c.departments, $visible::varchar))
        group by 1
        union all
        select c.department, count(*), 0, 0, {expression("promise_kept")}, {expression("promise_decided")}
        from complaint c
        where {belongs("received_at")} and c.department is not null
            and ($visible::varchar is null or regexp_matches(c.departments, $visible::varchar))
        group by 1
    ) s join department d on d.code = s.department
    group by d.code, d.name
    order by open desc, received desc, d.name
"""


def by_category(register: Register, viewer: Actor, since: date, until: date) -> pd.DataFrame:
    """Received by category: `code`, `name`, `received`; those without one stand under "Belum ditentukan"."""
    return register.frame(
        """
        select s.code, coalesce(g.name, 'Belum ditentukan') as name, s.received
        from (
            select category as code, count(*) as received from complaint
            where received_at >= $since and received_at < $until
                and ($visible::varchar is null or regexp_matches(departments, $visible::varchar))
            group by 1
        ) s left join category g on g.code = s.code
        order by s.received desc, name
        """,
        _period(viewer, since, until),
    )


def by_kelurahan(register: Register, viewer: Actor, since: date, until: date) -> pd.DataFrame:
    """Received by kelurahan: `code`, `name`, `kecamatan`, `received`."""
    return register.frame(
        """
        select s.code, coalesce(k.name, 'Belum diketahui') as name, coalesce(k.kecamatan, '–') as kecamatan, s.received
        from (
            select kelurahan as code, count(*) as received from complaint
            where received_at >= $since and received_at < $until
                and ($visible::varchar is null or regexp_matches(departments, $visible::varchar))
            group by 1
        ) s left join kelurahan k on k.code = s.code
        order by s.received desc, name
        """,
        _period(viewer, since, until),
    )


def _period(viewer: Actor, since: date, until: date) -> dict:
    return {
        "visible": access.visible(viewer),
        "since": start_of(since),
        "until": start_of(until + timedelta(days=1)),
    }
