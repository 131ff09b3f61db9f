"""What an export holds: one row a case, as a stream, for one person's eyes.

Who reported, where they live and what anybody wrote stand only in an export that was asked for with a reason, and never
those of a confidential case or of a person whose data are limited: a file goes where no page of ours can hide anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from .. import access, figures
from ..desk import Desk
from ..queries.lists import identity_params
from ..queries.search import Filters, filter_params, found_in
from ..rules.errors import RuleBroken
from ..rules.workflow import DEPARTMENT_ROLES, Actor, Role

ROWS_AT_ONCE = 5_000
REASON_LENGTH = (10, 300)
_EXPORTS = (*access.SEES_ALL, *DEPARTMENT_ROLES)
# Name of the column, and what it is made of.
COLUMNS = {
    "number": "c.number",
    "channel": "c.channel",
    "kind": "c.kind",
    "confidential": "c.confidential",
    "state": "c.state",
    "category": "g.name",
    "department": "c.department",
    "departments": "replace(trim(c.departments, '|'), '|', ', ')",
    "kelurahan": "k.name",
    "kecamatan": "k.kecamatan",
    "received_at": "c.received_at",
    "promise_due_at": "c.promise_due_at",
    "outer_due_at": "c.outer_due_at",
    "due_at": "c.due_at",
    "promised_at": "c.promised_at",
    "first_answer_at": "c.first_answer_at",
    "forwarded_at": "c.forwarded_at",
    "accepted_at": "c.accepted_at",
    "result_at": "c.result_at",
    "stopped_at": "c.stopped_at",
    "ended_at": "c.ended_at",
    "closing": "c.closing",
    "returned_count": "c.returned_count",
    "reopened_count": "c.reopened_count",
    "message_count": "c.message_count",
    "media_count": "c.media_count",
    "rating": "c.rating",
}
PERSONAL = {
    "reporter_name": "if(told, p.name, null)",
    "reporter_contact": "if(told, coalesce(p.phone, p.bsuid), null)",
    "address": "if(told, c.address, null)",
    "latitude": "if(told, c.latitude, null)",
    "longitude": "if(told, c.longitude, null)",
    "summary": "if(told, c.summary, null)",
    "full_text": "if(told, coalesce(t.full_text, c.summary), null)",
    "result_text": "if(told, c.result_text, null)",
    "rating_words": "if(told, c.rating_words, null)",
}
# Not of a confidential case, not of somebody whose data may not be used for now.
_TOLD = "not c.confidential and p.limited_at is null and ($identities or regexp_matches(c.departments, $own))"
_FROM = """
    from found f
    join complaint c on c.id = f.id
    left join category g on g.code = c.category
    left join kelurahan k on k.code = c.kelurahan
"""
_FROM_PEOPLE = """
    left join contact p on p.id = c.contact_id
    left join (
        select complaint_id, string_agg(concat_ws(chr(10), text, transcript), chr(10) order by id) as full_text
        from message_in
        where (text is not null or transcript is not null) and kind not in ('reaction', 'edit', 'revoke')
            and (kind <> 'contacts' or $identities)
            and complaint_id in (select id from found)
        group by complaint_id
    ) t on t.complaint_id = c.id
"""


def may_export(viewer: Actor) -> bool:
    """Whoever sees cases may have those cases as a file."""
    return viewer.has(*_EXPORTS, Role.SYSTEM)


def may_export_identities(viewer: Actor) -> bool:
    """Who sees who reported, in all cases or in those of their departments."""
    return access.sees_identities(viewer) or viewer.has(*DEPARTMENT_ROLES)


def check(viewer: Actor, personal: bool, reason: str) -> None:
    """
    :raises RuleBroken: `not_allowed`, `export_identities`, `export_reason`
    """
    if not may_export(viewer):
        raise RuleBroken("not_allowed")
    if personal and not may_export_identities(viewer):
        raise RuleBroken("export_identities")
    least, most = REASON_LENGTH
    if personal and not least <= len(" ".join(reason.split())) <= most:
        raise RuleBroken("export_reason", least=least, limit=most)


def count(desk: Desk, viewer: Actor, filters: Filters) -> int:
    """How many rows an export would have now."""
    with desk.register.cursor() as cursor:
        return _count(cursor, filter_params(desk.register, viewer, filters, desk.calendar), filters)


@contextmanager
def stream(
    desk: Desk, viewer: Actor, filters: Filters, personal: bool = False
) -> Iterator[tuple[int, Iterator[pa.RecordBatch]]]:
    """How many rows there are, and the rows, oldest first, some thousands at a time and all of one moment."""
    columns = COLUMNS | PERSONAL if personal else COLUMNS
    params = filter_params(desk.register, viewer, filters, desk.calendar) | identity_params(viewer)
    asked = ", ".join(f"{made.replace('told', _TOLD)} as {name}" for name, made in columns.items())
    query = (
        found_in(filters)
        + " select "
        + asked
        + _FROM
        + (_FROM_PEOPLE if personal else "")
        + " order by c.received_at, c.id"
    )
    with desk.register.snapshot() as cursor:
        total = _count(cursor, params, filters)
        cursor.execute(query, figures.used(query, params))
        yield total, cursor.to_arrow_reader(ROWS_AT_ONCE)


def _count(cursor, params: dict, filters: Filters) -> int:
    query = found_in(filters) + " select count(*) from found"
    return cursor.execute(query, figures.used(query, params)).fetchone()[0]
