"""Questions about cases, each for one person's eyes: rows and identities are limited here, not on the page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from . import access
from .book import read_cases
from .clock import now as clock_now
from .db import Register, rows
from .rules.case import Case
from .rules.deadline import from_jakarta, to_jakarta
from .rules.errors import NotFound
from .rules.said import normal_number, normal_phone
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
    """One of `open`, `overdue`, `today` (due today and still in time), `call_reporter`, or nothing."""


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
    by_whatsapp: bool
    conversation: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    media: list[dict] = field(default_factory=list)


# Rows are chosen first, by narrow columns, and then fetched by id, which goes by the index as long as the ids are bound
# one by one; a join with all contacts, or the wide columns of all cases, would cost ten times as much.
_ROWS = """
    select c.id, c.number, c.state, c.channel, c.kind, c.summary, c.category, c.kelurahan, c.department, c.received_at,
        c.state_since, c.promise_due_at, c.outer_due_at, c.accept_due_at, c.stopped_at, c.ended_at, c.closing,
        c.call_reporter, c.unread, c.message_count, c.media_count, c.returned_count, c.reopened_count, c.confidential,
        c.latitude, c.last_message_at, k.name as kelurahan_name, g.name as category_name, c.contact_id as reporter,
        $identities or (not c.confidential and list_contains($own::varchar[], c.department)) as shown
    from complaint c
    left join kelurahan k on k.code = c.kelurahan
    left join category g on g.code = c.category
    where c.id in
"""
_VISIBLE = " ($visible::varchar[] is null or list_contains($visible::varchar[], c.department)) "


def waiting_for_triage(register: Register, viewer: Actor, limit: int = PAGE) -> list[dict]:
    """What the city team must decide, the oldest promise first."""
    return _list(register, viewer, _IN_STATES, limit, sorted(TRIAGE))


def for_department(register: Register, viewer: Actor, states: tuple[str, ...], limit: int = 200) -> list[dict]:
    """A department's cases in these states, the oldest promise first."""
    return _list(register, viewer, _IN_STATES, limit, list(states))


def to_call(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """Cases whose message could not be delivered: somebody must telephone."""
    return _list(register, viewer, _TO_CALL, limit)


def unread(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """Cases outside triage to which the reporter has written and nobody of the city team has looked since."""
    return _list(register, viewer, _UNREAD, limit, sorted(TRIAGE))


def counts(register: Register, viewer: Actor) -> dict[str, int]:
    """How many cases wait where, for the navigation."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select c.state, c.call_reporter, c.ended_at is null, """
            + _NEW_WORDS
            + """, count(*) from complaint c
            where (c.ended_at is null or c.unread) and
            """
            + _VISIBLE
            + "group by all",
            {"visible": access.departments_seen(viewer)},
        ).fetchall()
    by_state: dict[str, int] = {}
    for state, call, is_open, new_words, count in found:
        if new_words and state not in TRIAGE:
            by_state["unread"] = by_state.get("unread", 0) + count
        if not is_open:
            continue
        by_state[state] = by_state.get(state, 0) + count
        if call:
            by_state["call_reporter"] = by_state.get("call_reporter", 0) + count
    return by_state | {"triage": sum(by_state.get(state, 0) for state in TRIAGE)}


def search(register: Register, viewer: Actor, filters: Filters, page: int = 1) -> tuple[list[dict], int]:
    """One page of the filtered list, newest first, and how many cases there are in all."""
    params = _filter_params(register, viewer, filters) | {"n": PAGE, "skip": (max(page, 1) - 1) * PAGE}
    with register.snapshot() as cursor:
        total, ids = cursor.execute(_found(filters) + _PAGE_OF_FOUND, params).fetchone()
        return _rows(cursor, viewer, ids or []), total


def export(register: Register, viewer: Actor, filters: Filters) -> pd.DataFrame:
    """The filtered list for a file, one row a case; identities only for those who may see them."""
    params = _filter_params(register, viewer, filters) | _identity_params(viewer)
    return register.frame(
        _found(filters)
        + """
        select c.number, c.channel, c.kind, c.state, c.received_at, c.promise_due_at, c.outer_due_at,
            c.first_answer_at, c.forwarded_at, c.accepted_at, c.result_at, c.stopped_at, c.ended_at, c.closing,
            c.category, c.department, k.name as kelurahan, k.kecamatan, c.address, c.latitude, c.longitude,
            if(shown, coalesce(p.name, ''), '') as reporter_name,
            if(shown, coalesce(p.phone, p.bsuid, ''), '') as reporter_contact,
            c.message_count, c.media_count, c.returned_count, c.reopened_count, c.summary,
            coalesce(t.full_text, c.summary) as full_text, c.result_text
        from found f
        join (
            select *, $identities or (not confidential and list_contains($own::varchar[], department)) as shown
            from complaint
        ) c on c.id = f.id
        left join contact p on p.id = c.contact_id
        left join kelurahan k on k.code = c.kelurahan
        left join (
            select complaint_id, string_agg(text, chr(10) order by id) as full_text from message_in
            where text is not null and kind not in ('reaction', 'edit', 'revoke')
                and ($identities or kind <> 'contacts')
                and complaint_id in (select id from found)
            group by complaint_id
        ) t on t.complaint_id = c.id
        order by c.received_at, c.id
        """,
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
        reporter, contact, last_inbound_at = names["contact", ""]
        identity = access.may_see_identity(viewer, case)
        category, kelurahan, department = (
            names.get((kind, getattr(case, kind)), (None, None)) for kind in ("category", "kelurahan", "department")
        )
        return CaseView(
            case=case,
            reporter=(reporter or contact or "Tanpa nama") if identity else HIDDEN,
            phone=(contact or None) if identity else None,
            category=category[0],
            kelurahan=kelurahan[0],
            kecamatan=kelurahan[1],
            department=department[0],
            last_inbound_at=last_inbound_at,
            by_whatsapp=_by_whatsapp(cursor, case),
            conversation=_conversation(cursor, case, identity, names),
            timeline=_timeline(cursor, case, names),
            media=_media(cursor, case),
        )


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


_IN_STATES = (
    "select list(c.id order by c.promise_due_at, c.id)[:$limit] from complaint c "
    "where c.ended_at is null and c.state in $states and" + _VISIBLE
)
_TO_CALL = (
    "select list(c.id order by c.state_since)[:$limit] from complaint c "
    "where c.call_reporter and c.ended_at is null and" + _VISIBLE
)


_NEW_WORDS = "c.unread and (c.ended_at is null or c.last_message_at > c.ended_at)"
_UNREAD = (
    "select list(c.id order by c.last_message_at)[:$limit] from complaint c where "
    + _NEW_WORDS
    + " and c.state not in $states and"
    + _VISIBLE
)


def _list(register: Register, viewer: Actor, choice: str, limit: int, states: list[str] | None = None) -> list[dict]:
    params = {"visible": access.departments_seen(viewer), "limit": limit}
    if states is not None:
        # Bound one by one, because DuckDB asks a block of rows for a list of values sooner than for what a list holds.
        marks, marked = _marked(str(state) for state in states)
        choice, params = choice.replace("$states", marks), params | marked
    with register.snapshot() as cursor:
        (ids,) = cursor.execute(choice, params).fetchone()
        return _rows(cursor, viewer, ids or [])


def _rows(cursor, viewer: Actor, ids: list[int]) -> list[dict]:
    """The cases of these ids, in their order; who reported is asked only where the viewer may see it."""
    if not ids:
        return []
    marks, params = _marked(ids)
    found = {row["id"]: row for row in rows(cursor.execute(_ROWS + marks, params | _identity_params(viewer)))}
    marks, params = _marked({row["reporter"] for row in found.values() if row["shown"]} or {-1})
    query = "select id, coalesce(name, phone, bsuid, '') from contact where id in " + marks
    names = dict(cursor.execute(query, params).fetchall())
    for row in found.values():
        row["reporter"] = names.get(row["reporter"], "") if row.pop("shown") else ""
    return [found[complaint_id] for complaint_id in ids]


def _marked(values: Iterable[int | str]) -> tuple[str, dict]:
    params = {f"mark{place}": value for place, value in enumerate(values)}
    return "(" + ", ".join(f"${name}" for name in params) + ")", params


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
        and ($only::varchar <> 'today' or (
            c.stopped_at is null and c.promise_due_at >= $now::timestamp and c.promise_due_at < $midnight::timestamp
        ))
        and ($only::varchar <> 'call_reporter' or c.call_reporter)
    """
# The cases in which a searched text stands; names and telephones count only for those who may see them.
_MATCHING = """
        and c.id in (
            select id from complaint
            where contains(lower(number), lower($text)) or contains(lower(summary), lower($text))
                or contains(lower(address), lower($text))
            union all
            select complaint_id from message_in
            where contains(lower(text), lower($text)) and complaint_id is not null
                and ($identities or kind <> 'contacts')
            union all
            select id from complaint where $identities and contact_id in (
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


def _found(filters: Filters) -> str:
    """The head of a question over the filtered cases, which it may name `found`."""
    # A searched text is looked for once and the finds kept; what is only filtered is sooner filtered twice.
    if filters.text.strip():
        return "with found as materialized (select c.id, c.received_at from complaint c " + _FILTERED + _MATCHING + ")"
    return "with found as not materialized (select c.id, c.received_at from complaint c " + _FILTERED + ")"


def _filter_params(register: Register, viewer: Actor, filters: Filters) -> dict:
    kelurahan = list(filters.kelurahan)
    if filters.kecamatan and not kelurahan:
        with register.cursor() as cursor:
            found = cursor.execute("select code from kelurahan where kecamatan = ?", [filters.kecamatan]).fetchall()
        kelurahan = [code for (code,) in found] or ["-"]
    text, now = filters.text.strip(), clock_now()
    text = normal_number(text) or text
    params = {
        "visible": access.departments_seen(viewer),
        "states": list(filters.states),
        "departments": list(filters.departments),
        "categories": list(filters.categories),
        "kelurahan": kelurahan,
        "channels": list(filters.channels),
        "since": _start_of(filters.since),
        "until": _start_of(filters.until + timedelta(days=1)) if filters.until else None,
        "only": filters.only,
        "midnight": _start_of(to_jakarta(now).date() + timedelta(days=1)),
        "now": now,
    }
    return params | (
        {"text": text, "phone": normal_phone(text) or text, "identities": access.sees_identities(viewer)}
        if text
        else {}
    )


def _start_of(day: date | None) -> datetime | None:
    return from_jakarta(datetime(day.year, day.month, day.day)) if day else None


# Plain questions, put together and sorted here: at a handful of rows, planning a join costs more than the answer.
def _names(cursor, case: Case) -> dict[tuple[str, str], tuple]:
    """The names behind a case's codes and of all users, by (kind, code), and the contact; each (name, more, moment).

    More is a kelurahan's kecamatan and a contact's telephone or id, the moment that of a contact's last message.
    """
    found = cursor.execute(
        """
        select 'contact', '', name, coalesce(phone, bsuid), last_inbound_at from contact where id = $contact
        union all select 'category', code, name, null, null from category where code = $category
        union all select 'kelurahan', code, name, kecamatan, null from kelurahan where code = $kelurahan
        union all select 'department', code, name, null, null from department where code = $department
        union all select 'user', username, name, null, null from user_account
        """,
        {
            "contact": case.contact_id,
            "category": case.category,
            "kelurahan": case.kelurahan,
            "department": case.department,
        },
    ).fetchall()
    return {(kind, code): rest for kind, code, *rest in found}


def _person(names: dict, username: str) -> str:
    return names.get(("user", username), (username,))[0]


def _of_case(cursor, case: Case, query: str) -> list[dict]:
    """What a query finds of one case, in the order of its ids."""
    return sorted(rows(cursor.execute(query + " where complaint_id = ?", [case.id])), key=lambda row: row["id"])


def _by_whatsapp(cursor, case: Case) -> bool:
    """Whether the reporter can be written to."""
    found = cursor.execute("select 1 from contact_identity where contact_id = ? limit 1", [case.contact_id]).fetchone()
    return found is not None


def _conversation(cursor, case: Case, identity: bool, names: dict) -> list[dict]:
    """All messages of a case in both directions, in their order."""
    incoming = _of_case(
        cursor,
        case,
        """
        select id, 'in' as direction, wamid, kind, text, reply_to, refers_to, latitude, longitude,
            received_at as happened_at, null as state, null as purpose, null as form, null as error_code,
            null as error_text, null as created_by
        from message_in
        """,
    )
    outgoing = _of_case(
        cursor,
        case,
        """
        select id, 'out' as direction, wamid, kind, text, null as reply_to, null as refers_to, null as latitude,
            null as longitude, created_at as happened_at, state, purpose, form, error_code, error_text, created_by,
            sent_at, delivered_at, read_at, failed_at, extra, attempts, template_params
        from message_out
        """,
    )
    outgoing = [m | {"created_by": _person(names, m["created_by"])} for m in outgoing]
    if not identity:
        # A card that the reporter sent names people.
        incoming = [m | ({"text": HIDDEN} if m["kind"] == "contacts" else {}) for m in incoming]
    return sorted(incoming + outgoing, key=lambda m: (m["happened_at"], m["direction"], m["id"]))


def _timeline(cursor, case: Case, names: dict) -> list[dict]:
    query = "select id, happened_at, kind, actor, actor_role, from_state, to_state, data from event"
    return [
        row | {"actor": _person(names, row["actor"]), "data": json.loads(row["data"])}
        for row in _of_case(cursor, case, query)
    ]


def _media(cursor, case: Case) -> list[dict]:
    columns = "id, message_id, source, mime, filename, sha256, size, state, problem, created_at, created_by"
    return _of_case(cursor, case, "select " + columns + " from media")
