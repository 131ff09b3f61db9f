"""The filtered list of all cases, page by page or as a file, each for one person's eyes."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from .. import access, figures, flow
from ..clock import now as clock_now
from ..clock import today
from ..db import Register
from ..figures import marks
from ..masking import masked_contact, masked_name
from ..rules.deadline import Calendar
from ..rules.said import normal_number, normal_phone
from ..rules.workflow import Actor
from .lists import PAGE, identity_params, rows_of


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything. Days are Jakarta's, both included.

    `only` is the code of a figure that counts cases (`store/figures/definitions.py`): those it counts. `since` and
    `until` are then the period of that figure, otherwise the days of receipt.
    """

    text: str = ""
    states: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    kecamatan: str = ""
    channels: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    only: str = ""
    mark: str = ""
    """What one mark of a chart stands for (`store/figures/marks.py`)."""
    without_confidential: bool = False


def search(
    register: Register, viewer: Actor, filters: Filters, page: int = 1, calendar: Calendar | None = None
) -> tuple[list[dict], int]:
    """One page of the filtered list, newest first, and how many cases there are in all.

    :param calendar: needed by figures that count working time
    """
    params = filter_params(register, viewer, filters, calendar) | {"n": PAGE, "skip": (max(page, 1) - 1) * PAGE}
    query = found_in(filters) + _PAGE_OF_FOUND
    with register.snapshot() as cursor:
        total, ids = cursor.execute(query, figures.used(query, params)).fetchone()
        return rows_of(cursor, viewer, ids or []), total


def export(
    register: Register, viewer: Actor, filters: Filters, calendar: Calendar | None = None, in_full: bool = False
) -> pd.DataFrame:
    """The filtered list for a file, one row a case; identities only for those who may see them, and masked.

    :param in_full: not masked
    """
    params = filter_params(register, viewer, filters, calendar) | identity_params(viewer)
    params |= {"in_full": in_full, "hidden": flow.HIDDEN}
    query = (
        found_in(filters)
        + """
        select c.number, c.channel, c.kind, c.state, c.received_at, c.promise_due_at, c.outer_due_at,
            c.first_answer_at, c.forwarded_at, c.accepted_at, c.result_at, c.stopped_at, c.ended_at, c.closing,
            c.category, c.department, c.departments,
            c.promised_at, c.due_at, k.name as kelurahan, k.kecamatan, c.address, c.latitude, c.longitude,
            if(shown, coalesce(p.name, ''), '') as reporter_name,
            if(shown, coalesce(p.phone, p.bsuid, ''), '') as reporter_contact,
            c.message_count, c.media_count, c.returned_count, c.reopened_count, c.summary,
            coalesce(t.full_text, c.summary) as full_text, c.result_text
        from found f
        join (
            select *, not confidential and ($identities or regexp_matches(departments, $own)) as shown from complaint
        ) c on c.id = f.id
        left join contact p on p.id = c.contact_id
        left join kelurahan k on k.code = c.kelurahan
        left join (
            select complaint_id, string_agg(concat_ws(chr(10), if(
                kind <> 'form' or ($in_full and $identities and complaint_id in (
                    select id from complaint where not confidential
                )), text, regexp_replace(text, $named, '\\1: ' || $hidden, 'g')
            ), transcript), chr(10) order by id) as full_text
            from message_in
            where (text is not null or transcript is not null) and kind not in ('reaction', 'edit', 'revoke')
                and (kind <> 'contacts' or complaint_id in (
                    select id from complaint where $identities and not confidential
                ))
                and complaint_id in (select id from found)
            group by complaint_id
        ) t on t.complaint_id = c.id
        order by c.received_at, c.id
        """
    )
    frame = register.frame(query, figures.used(query, params))
    if not in_full:
        frame["reporter_name"] = frame["reporter_name"].map(masked_name)
        frame["reporter_contact"] = frame["reporter_contact"].map(masked_contact)
    return frame


_FILTERED = """
    where ($visible::varchar is null or regexp_matches(c.departments, $visible::varchar))
        and (len($states::varchar[]) = 0 or list_contains($states::varchar[], c.state))
        and (len($departments::varchar[]) = 0 or regexp_matches(c.departments, $departments_named))
        and (len($categories::varchar[]) = 0 or list_contains($categories::varchar[], coalesce(c.category, '-')))
        and (len($kelurahan::varchar[]) = 0 or list_contains($kelurahan::varchar[], coalesce(c.kelurahan, '-')))
        and (len($channels::varchar[]) = 0 or list_contains($channels::varchar[], c.channel))
    """
_RECEIVED = """
        and ($since::timestamp is null or c.received_at >= $since::timestamp)
        and ($until::timestamp is null or c.received_at < $until::timestamp)
    """
# The cases in which a searched text stands; names and telephones count only for those who may see them.
_MATCHING = """
        and c.id in (
            select id from complaint
            where contains(lower(number), lower($text)) or contains(lower(summary), lower($text))
                or contains(lower(address), lower($text))
            union all
            select complaint_id from message_in
            where (contains(lower(if(kind = 'form', regexp_replace(text, $named, '', 'g'), text)), lower($text))
                    or contains(lower(transcript), lower($text)))
                and complaint_id is not null
                and (kind <> 'contacts' or complaint_id in (
                    select id from complaint where $identities and not confidential
                ))
            union all
            select complaint_id from message_in
            where $identities and kind = 'form' and contains(lower(text), lower($text))
                and complaint_id in (select id from complaint where not confidential)
            union all
            select id from complaint where $identities and not confidential and contact_id in (
                select id from contact where contains(lower(name), lower($text)) or contains(phone, $phone)
            )
        )
    """
_PAGE_OF_FOUND = """
    select (select count(*) from found), (
        select list(id order by received_at desc, id desc)
        from (select id, received_at from found order by received_at desc, id desc limit $n offset $skip)
    )
"""


def found_in(filters: Filters) -> str:
    """The head of a question over the filtered cases, which it may name `found`; of `filter_params` it binds
    what it names."""
    narrowed = "select c.id, c.received_at from complaint c " + _FILTERED
    if not _by_period(filters):
        narrowed += _RECEIVED
    if filters.only:
        narrowed += " and " + figures.condition(filters.only)
    if filters.mark:
        narrowed += " and " + marks.condition(filters.mark)
    if filters.without_confidential:
        narrowed += " and not c.confidential"
    # A searched text is looked for once and the finds kept; what is only filtered is sooner filtered twice.
    if filters.text.strip():
        return "with found as materialized (" + narrowed + _MATCHING + ")"
    return "with found as not materialized (" + narrowed + ")"


def _by_period(filters: Filters) -> bool:
    """Whether the days are those of a figure, which says by itself what must lie in them."""
    return bool(filters.only) and figures.FIGURES[filters.only].by is not None


def filter_params(register: Register, viewer: Actor, filters: Filters, calendar: Calendar | None) -> dict:
    kelurahan = list(filters.kelurahan)
    if filters.kecamatan and not kelurahan:
        with register.cursor() as cursor:
            found = cursor.execute("select code from kelurahan where kecamatan = ?", [filters.kecamatan]).fetchall()
        # "-" would be those without one.
        kelurahan = [code for (code,) in found] or [""]
    text, now = filters.text.strip(), clock_now()
    text = normal_number(text) or text
    since, until = filters.since, filters.until
    if _by_period(filters):
        since, until = since or _LONG_AGO, until or today()
    params = {
        "visible": access.visible(viewer),
        "states": list(filters.states),
        "departments": list(filters.departments),
        "departments_named": access.named(filters.departments),
        "categories": list(filters.categories),
        "kelurahan": kelurahan,
        "channels": list(filters.channels),
        "since": figures.start_of(since) if since else None,
        "until": figures.start_of(until + timedelta(days=1)) if until else None,
        "text": text,
        "phone": normal_phone(text) or text,
        "identities": access.sees_identities(viewer),
        "named": flow.NAMED,
    }
    if filters.only and "$first_day" in figures.condition(filters.only):
        params |= figures.first_day_params(calendar, since, until)
    return params | figures.moments(now) | marks.params(filters.mark)


_LONG_AGO = date(2000, 1, 1)
