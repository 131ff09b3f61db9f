"""The figures of the dashboard, each defined here and nowhere else. Days are Jakarta's."""

from datetime import date, datetime, timedelta

import pandas as pd

from . import access
from .db import Register
from .rules.deadline import from_jakarta, to_jakarta
from .rules.workflow import Actor

# One line a figure: exactly how it is counted, for the "?" beside it.
DEFINITIONS = {
    "received": "Aduan yang diterima dalam masa ini, dari semua saluran.",
    "open": "Aduan yang belum berakhir sekarang, kapan pun diterima.",
    "overdue": "Aduan belum berakhir yang jamnya masih berjalan dan sudah melewati janji pelayanan.",
    "due_today": "Aduan belum berakhir yang jamnya masih berjalan dan jatuh tempo hari ini.",
    "within_promise": (
        "Dari aduan yang diterima dalam masa ini dan sudah dijawab atau sudah lewat tenggat: "
        "bagian yang dijawab paling lambat pada tenggatnya."
    ),
    "median_days": "Nilai tengah hari kalender dari penerimaan sampai jawaban atau hasil, untuk aduan masa ini.",
}

# Microseconds: whole numbers are grouped by day much faster than times to which an interval is added.
_DAY = 86_400_000_000
_JAKARTA = 7 * 3_600_000_000


def headline(register: Register, viewer: Actor, since: date, until: date, now: datetime) -> dict:
    """The six numbers of the first screen.

    What is open and what the period brought are asked apart, because either alone is a small part of the register.

    :param since, until: the period, both days included
    """
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select p.received, o.open, o.overdue, o.due_today, o.call_reporter, p.decided, p.kept, p.median_days
            from (
                select
                    count(*) as open,
                    count(*) filter (stopped_at is null and promise_due_at < $now) as overdue,
                    count(*) filter (
                        stopped_at is null and promise_due_at >= $now and promise_due_at < $midnight
                    ) as due_today,
                    count(*) filter (call_reporter) as call_reporter
                from complaint
                where ended_at is null
                    and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            ) o, (
                select
                    count(*) as received,
                    count(*) filter (stopped_at is not null or promise_due_at < $now) as decided,
                    count(*) filter (stopped_at <= promise_due_at) as kept,
                    median(epoch_us(stopped_at) - epoch_us(received_at)) / 86400000000 as median_days
                from complaint
                where received_at >= $since and received_at < $until
                    and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            ) p
            """,
            _period(viewer, since, until) | {"now": now, "midnight": _midnight(now)},
        )
        names = [column[0] for column in found.description]
        figures = dict(zip(names, found.fetchone(), strict=True))
    figures["within_promise"] = figures["kept"] / figures["decided"] if figures["decided"] else None
    return figures


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
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
        ), ended as (
            select (epoch_us(ended_at) + $jakarta) // $day as day, count(*) as count from complaint
            where ended_at >= $since and ended_at < $until
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
        )
        select d.day, coalesce(r.count, 0) as received, coalesce(e.count, 0) as ended
        from days d left join received r on r.day = d.number left join ended e on e.day = d.number order by d.day
        """,
        _period(viewer, since, until) | {"first": since, "last": until, "jakarta": _JAKARTA, "day": _DAY},
    )


def by_department(register: Register, viewer: Actor, since: date, until: date, now: datetime) -> pd.DataFrame:
    """Departments and the cases with them: `code`, `name`, `received`, `open`, `overdue`, `kept`, `decided`."""
    return register.frame(
        """
        select d.code, d.name, sum(s.received)::bigint as received, sum(s.open)::bigint as open,
            sum(s.overdue)::bigint as overdue, sum(s.kept)::bigint as kept, sum(s.decided)::bigint as decided
        from (
            select department, 0 as received, count(*) as open,
                count(*) filter (stopped_at is null and promise_due_at < $now) as overdue, 0 as kept, 0 as decided
            from complaint
            where ended_at is null and department is not null
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
            union all
            select department, count(*), 0, 0, count(*) filter (stopped_at <= promise_due_at),
                count(*) filter (stopped_at is not null or promise_due_at < $now)
            from complaint
            where received_at >= $since and received_at < $until and department is not null
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
        ) s join department d on d.code = s.department
        group by d.code, d.name
        order by open desc, received desc, d.name
        """,
        _period(viewer, since, until) | {"now": now},
    )


def by_category(register: Register, viewer: Actor, since: date, until: date) -> pd.DataFrame:
    """Received by category: `code`, `name`, `received`; those without one stand under "Belum ditentukan"."""
    return register.frame(
        """
        select s.code, coalesce(g.name, 'Belum ditentukan') as name, s.received
        from (
            select category as code, count(*) as received from complaint
            where received_at >= $since and received_at < $until
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
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
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
        ) s left join kelurahan k on k.code = s.code
        order by s.received desc, name
        """,
        _period(viewer, since, until),
    )


def by_closing(register: Register, viewer: Actor, since: date, until: date) -> dict[str, int]:
    """How the cases of the period ended, always side by side: confirmed, by the officer, by silence; and answered."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select coalesce(closing, state), count(*) from complaint
            where ended_at >= $since and ended_at < $until
                and ($visible::varchar[] is null or list_contains($visible::varchar[], department))
            group by 1
            """,
            _period(viewer, since, until),
        ).fetchall()
    return dict(found)


def _period(viewer: Actor, since: date, until: date) -> dict:
    return {
        "visible": access.departments_seen(viewer),
        "since": _start(since),
        "until": _start(until + timedelta(days=1)),
    }


def _start(day: date) -> datetime:
    return from_jakarta(datetime(day.year, day.month, day.day))


def _midnight(now: datetime) -> datetime:
    return _start(to_jakarta(now).date() + timedelta(days=1))
