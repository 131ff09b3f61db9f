"""Questions about cases, each for one person's eyes: rows and identities are limited here, not on the page."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from . import access
from .book import read_cases
from .clock import now as clock_now
from .db import Register, rows
from .rules.case import Case
from .rules.deadline import from_jakarta
from .rules.errors import NotFound
from .rules.workflow import TRIAGE, Actor

PAGE = 50
HIDDEN = "disembunyikan"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything. Days are Jakarta's, both included."""

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
    """One of `open`, `overdue`, `call_reporter`, or nothing."""


@dataclass(frozen=True)
class CaseView:
    """Everything the page of one case shows."""

    case: Case
    reporter: str
    phone: str | None
    category: str | None
    kelurahan: str | None
    kecamatan: str | None
    department: str | None
    last_inbound_at: datetime | None
    conversation: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    media: list[dict] = field(default_factory=list)


_LIST = """
    select c.id, c.number, c.state, c.channel, c.kind, c.summary, c.category, c.kelurahan, c.department, c.received_at,
        c.state_since, c.promise_due_at, c.outer_due_at, c.accept_due_at, c.stopped_at, c.ended_at, c.closing,
        c.call_reporter, c.unread, c.message_count, c.media_count, c.returned_count, c.reopened_count, c.confidential,
        c.latitude, c.last_message_at, k.name as kelurahan_name, g.name as category_name,
        case when $identities or (not c.confidential and list_contains($own::varchar[], c.department))
            then coalesce(p.name, p.phone, p.bsuid, '') else '' end as reporter
    from complaint c
    left join contact p on p.id = c.contact_id
    left join kelurahan k on k.code = c.kelurahan
    left join category g on g.code = c.category
"""
_VISIBLE = " ($visible::varchar[] is null or list_contains($visible::varchar[], c.department)) "


def waiting_for_triage(register: Register, viewer: Actor, limit: int = PAGE) -> list[dict]:
    """What the city team must decide, the oldest promise first."""
    where = "where c.ended_at is null and list_contains($states::varchar[], c.state) and" + _VISIBLE
    return _list(register, viewer, where + "order by c.promise_due_at, c.id limit $limit", limit, sorted(TRIAGE))


def for_department(register: Register, viewer: Actor, states: tuple[str, ...], limit: int = 200) -> list[dict]:
    """A department's cases in these states, the oldest promise first."""
    where = "where c.ended_at is null and list_contains($states::varchar[], c.state) and" + _VISIBLE
    return _list(register, viewer, where + "order by c.promise_due_at, c.id limit $limit", limit, list(states))


def to_call(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """Cases whose message could not be delivered: somebody must telephone."""
    where = "where c.call_reporter and c.ended_at is null and" + _VISIBLE + "order by c.state_since limit $limit"
    return _list(register, viewer, where, limit, [])


def counts(register: Register, viewer: Actor) -> dict[str, int]:
    """How many cases wait where, for the navigation."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select c.state, c.call_reporter, count(*) from complaint c
            where c.ended_at is null and ($visible::varchar[] is null or list_contains($visible::varchar[], c.department))
            group by all
            """,
            {"visible": access.departments_seen(viewer)},
        ).fetchall()
    by_state: dict[str, int] = {}
    for state, call, count in found:
        by_state[state] = by_state.get(state, 0) + count
        if call:
            by_state["call_reporter"] = by_state.get("call_reporter", 0) + count
    return by_state | {"triage": sum(by_state.get(state, 0) for state in TRIAGE)}


def search(register: Register, viewer: Actor, filters: Filters, page: int = 1) -> tuple[list[dict], int]:
    """One page of the filtered list, newest first, and how many cases there are in all."""
    params = _filter_params(register, viewer, filters)
    with register.snapshot() as cursor:
        total = cursor.execute("select count(*) from complaint c " + _FILTERED, params).fetchone()[0]
        ids = cursor.execute(
            "select c.id from complaint c "
            + _FILTERED
            + " order by c.received_at desc, c.id desc limit $n offset $skip",
            params | {"n": PAGE, "skip": (max(page, 1) - 1) * PAGE},
        ).fetchall()
        identities = _identity_params(viewer)
        found = rows(
            cursor.execute(
                _LIST + "where list_contains($ids::bigint[], c.id) order by c.received_at desc, c.id desc",
                identities | {"ids": [i for (i,) in ids]},
            )
        )
    return found, total


def export(register: Register, viewer: Actor, filters: Filters) -> pd.DataFrame:
    """The filtered list for a file, one row a case; identities only for those who may see them."""
    params = _filter_params(register, viewer, filters) | _identity_params(viewer)
    return register.frame(
        """
        select c.number, c.channel, c.kind, c.state, c.received_at, c.promise_due_at, c.outer_due_at,
            c.first_answer_at, c.forwarded_at, c.accepted_at, c.result_at, c.stopped_at, c.ended_at, c.closing,
            c.category, c.department, k.name as kelurahan, k.kecamatan, c.address, c.latitude, c.longitude,
            case when $identities or (not c.confidential and list_contains($own::varchar[], c.department))
                then coalesce(p.name, '') else '' end as reporter_name,
            case when $identities or (not c.confidential and list_contains($own::varchar[], c.department))
                then coalesce(p.phone, p.bsuid, '') else '' end as reporter_contact,
            c.message_count, c.media_count, c.returned_count, c.reopened_count, c.summary,
            coalesce(t.full_text, c.summary) as full_text, c.result_text
        from complaint c
        left join contact p on p.id = c.contact_id
        left join kelurahan k on k.code = c.kelurahan
        left join (
            select complaint_id, string_agg(text, chr(10) order by id) as full_text from message_in
            where text is not null and kind not in ('reaction', 'edit', 'revoke') group by complaint_id
        ) t on t.complaint_id = c.id
        """
        + _FILTERED
        + " order by c.received_at, c.id",
        params,
    )


def case_view(register: Register, viewer: Actor, number: str) -> CaseView:
    """One case with its conversation, timeline and media.

    :raises NotFound: no such case, or not for this person's eyes; which of the two is not told
    """
    with register.snapshot() as cursor:
        found = read_cases(cursor, "where number = ?", [number])
        if not found or not access.may_see(viewer, found[0]):
            raise NotFound(number)
        case = found[0]
        names = _names(cursor, case)
        identity = access.may_see_identity(viewer, case)
        return CaseView(
            case=case,
            reporter=(names["reporter"] or names["phone"] or "Tanpa nama") if identity else HIDDEN,
            phone=(names["phone"] or None) if identity else None,
            category=names["category"],
            kelurahan=names["kelurahan"],
            kecamatan=names["kecamatan"],
            department=names["department"],
            last_inbound_at=names["last_inbound_at"],
            conversation=_conversation(cursor, case, identity),
            timeline=_timeline(cursor, case),
            media=_media(cursor, case),
        )


def version_of(register: Register, number: str) -> int | None:
    """The case's version, for a page that watches whether somebody else was faster."""
    with register.cursor() as cursor:
        found = cursor.execute("select version from complaint where number = ?", [number]).fetchone()
    return found[0] if found else None


def file_for(register: Register, viewer: Actor, media_id: int) -> dict:
    """A kept file, if the viewer may see the case it belongs to.

    :raises NotFound: otherwise
    """
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                "select id, complaint_id, mime, filename, sha256, state, source from media where id = ?", [media_id]
            )
        )
        cases = read_cases(cursor, "where id = ?", [found[0]["complaint_id"]]) if found else []
    if not cases or not access.may_see(viewer, cases[0]) or found[0]["state"] != "stored":
        raise NotFound(str(media_id))
    return found[0] | {"number": cases[0].number}


def reference(register: Register) -> dict[str, dict[str, dict]]:
    """Departments, categories and kelurahan by code, in the order people read them."""
    with register.snapshot() as cursor:
        return {
            "departments": _by_code(cursor.execute("select * from department where active order by name")),
            "categories": _by_code(cursor.execute("select * from category where active order by position")),
            "kelurahan": _by_code(cursor.execute("select * from kelurahan where active order by kecamatan, name")),
        }


def _by_code(cursor) -> dict[str, dict]:
    return {row["code"]: row for row in rows(cursor)}


def _list(register: Register, viewer: Actor, where: str, limit: int, states: list[str]) -> list[dict]:
    params = _identity_params(viewer) | {"visible": access.departments_seen(viewer), "limit": limit}
    if "$states" in where:
        params["states"] = [str(state) for state in states]
    with register.cursor() as cursor:
        return rows(cursor.execute(_LIST + where, params))


def _identity_params(viewer: Actor) -> dict:
    return {"identities": access.sees_identities(viewer), "own": sorted(viewer.departments)}


_FILTERED = """
    where ($visible::varchar[] is null or list_contains($visible::varchar[], c.department))
        and (len($states::varchar[]) = 0 or list_contains($states::varchar[], c.state))
        and (len($departments::varchar[]) = 0 or list_contains($departments::varchar[], c.department))
        and (len($categories::varchar[]) = 0 or list_contains($categories::varchar[], c.category))
        and (len($kelurahan::varchar[]) = 0 or list_contains($kelurahan::varchar[], c.kelurahan))
        and (len($channels::varchar[]) = 0 or list_contains($channels::varchar[], c.channel))
        and ($since::timestamp is null or c.received_at >= $since::timestamp)
        and ($until::timestamp is null or c.received_at < $until::timestamp)
        and ($only::varchar = '' or c.ended_at is null)
        and ($only::varchar <> 'overdue' or (c.stopped_at is null and c.promise_due_at < $now::timestamp))
        and ($only::varchar <> 'call_reporter' or c.call_reporter)
        and ($matching::bigint[] is null or list_contains($matching::bigint[], c.id))
    """


def _filter_params(register: Register, viewer: Actor, filters: Filters) -> dict:
    kelurahan = list(filters.kelurahan)
    if filters.kecamatan and not kelurahan:
        with register.cursor() as cursor:
            found = cursor.execute("select code from kelurahan where kecamatan = ?", [filters.kecamatan]).fetchall()
        kelurahan = [code for (code,) in found] or ["-"]
    return {
        "visible": access.departments_seen(viewer),
        "states": list(filters.states),
        "departments": list(filters.departments),
        "categories": list(filters.categories),
        "kelurahan": kelurahan,
        "channels": list(filters.channels),
        "since": _start_of(filters.since),
        "until": _start_of(filters.until + timedelta(days=1)) if filters.until else None,
        "only": filters.only,
        "now": clock_now(),
        "matching": _matching(register, viewer, filters.text),
    }


def _matching(register: Register, viewer: Actor, text: str) -> list[int] | None:
    """The cases in which a searched text stands; names and telephones count only for those who may see them."""
    text = text.strip()
    if not text:
        return None
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with register.cursor() as cursor:
        found = cursor.execute(
            r"""
            select id from complaint where number ilike $like escape '\' or summary ilike $like escape '\'
                or address ilike $like escape '\'
            union
            select complaint_id from message_in where text ilike $like escape '\' and complaint_id is not null
            union
            select c.id from complaint c join contact p on p.id = c.contact_id
            where $identities and (p.name ilike $like escape '\' or p.phone ilike $like escape '\')
            """,
            {"like": like, "identities": access.sees_identities(viewer)},
        ).fetchall()
    return [found_id for (found_id,) in found]


def _start_of(day: date | None) -> datetime | None:
    return from_jakarta(datetime(day.year, day.month, day.day)) if day else None


def _names(cursor, case: Case) -> dict:
    (found,) = rows(
        cursor.execute(
            """
            select p.name as reporter, coalesce(p.phone, p.bsuid) as phone, p.last_inbound_at,
                (select name from category where code = $category) as category,
                (select name from kelurahan where code = $kelurahan) as kelurahan,
                (select kecamatan from kelurahan where code = $kelurahan) as kecamatan,
                (select name from department where code = $department) as department
            from contact p where p.id = $contact
            """,
            {
                "category": case.category,
                "kelurahan": case.kelurahan,
                "department": case.department,
                "contact": case.contact_id,
            },
        )
    )
    return found


def _conversation(cursor, case: Case, identity: bool) -> list[dict]:
    """All messages of a case in both directions, in their order."""
    incoming = rows(
        cursor.execute(
            """
            select id, 'in' as direction, wamid, kind, text, reply_to, refers_to, latitude, longitude, received_at as happened_at,
                null as state, null as purpose, null as form, null as error_code, null as error_text, null as created_by
            from message_in where complaint_id = ? order by id
            """,
            [case.id],
        )
    )
    outgoing = rows(
        cursor.execute(
            """
            select m.id, 'out' as direction, m.wamid, m.kind, m.text, null as reply_to, null as refers_to, null as latitude,
                null as longitude, m.created_at as happened_at, m.state, m.purpose, m.form, m.error_code, m.error_text,
                coalesce(u.name, m.created_by) as created_by, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.extra,
                m.attempts, m.template_params
            from message_out m left join user_account u on u.username = m.created_by
            where m.complaint_id = ? order by m.id
            """,
            [case.id],
        )
    )
    if not identity:
        # Contact cards and places name people and homes even where the text does not.
        incoming = [m | ({"text": HIDDEN} if m["kind"] == "contacts" else {}) for m in incoming]
    return sorted(incoming + outgoing, key=lambda m: (m["happened_at"], m["direction"], m["id"]))


def _timeline(cursor, case: Case) -> list[dict]:
    found = rows(
        cursor.execute(
            """
            select e.id, e.happened_at, e.kind, coalesce(u.name, e.actor) as actor, e.actor_role, e.from_state,
                e.to_state, e.data
            from event e left join user_account u on u.username = e.actor
            where e.complaint_id = ? order by e.id
            """,
            [case.id],
        )
    )
    return [row | {"data": json.loads(row["data"])} for row in found]


def _media(cursor, case: Case) -> list[dict]:
    return rows(
        cursor.execute(
            """
            select id, message_id, source, mime, filename, sha256, size, state, problem, created_at, created_by
            from media where complaint_id = ? order by id
            """,
            [case.id],
        )
    )
