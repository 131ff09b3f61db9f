"""What waits for whom: the lists of the work pages and their counts, each for one person's eyes."""

from collections.abc import Iterable

from .. import access, blocking
from ..clock import now
from ..db import Register, rows
from ..masking import masked
from ..rules.workflow import CITY_ROLES, TRIAGE, Actor, Role, State

PAGE = 50

# Rows are chosen first, by narrow columns, and then fetched by id, which goes by the index as long as the ids are bound
# one by one; a join with all contacts, or the wide columns of all cases, would cost ten times as much.
_ROWS = """
    select c.id, c.number, c.state, c.channel, c.kind, c.summary, c.category, c.kelurahan, c.department, c.received_at,
        c.state_since, c.promise_due_at, c.outer_due_at, c.accept_due_at, c.stopped_at, c.ended_at, c.closing,
        c.call_reporter, c.unread, c.message_count, c.media_count, c.returned_count, c.reopened_count, c.confidential,
        c.latitude, c.last_message_at, k.name as kelurahan_name, g.name as category_name, c.contact_id as reporter,
        c.departments, c.due_at, c.escalated, c.elements, c.child_count, c.parent_id, c.sent_back_count, c.promised_at,
        c.reminded, c.paused_at, not c.confidential and ($identities or regexp_matches(c.departments, $own)) as shown
    from complaint c
    left join kelurahan k on k.code = c.kelurahan
    left join category g on g.code = c.category
    where c.id in
"""
VISIBLE = " ($visible::varchar is null or regexp_matches(c.departments, $visible::varchar)) "
_OPEN_PARTS = """
    select a.complaint_id, a.state, a.handler, a.accept_due_at, a.promised_at, a.department from assignment a
    semi join (select id from complaint where ended_at is null and stopped_at is null) c on c.id = a.complaint_id
    where list_contains($own_departments::varchar[], a.department) and a.state <> 'returned'
"""
_NEW_WORDS = "c.unread and (c.ended_at is null or c.last_message_at > c.ended_at)"
# What belongs to the official waits on a page of its own, and only there.
_TEAM = "c.escalated is null and "
_IN_STATES = (
    "select list(c.id order by c.due_at nulls last, c.id)[:$limit] from complaint c where c.ended_at is null and "
)
_TO_CALL = "select list(c.id order by c.state_since)[:$limit] from complaint c where c.call_reporter and " + VISIBLE
_UNREAD = "select list(c.id order by c.last_message_at)[:$limit] from complaint c where " + _NEW_WORDS + " and "
_WITH_OFFICIAL = (State.RECEIVED, State.RETURNED, State.REOPENED, State.IN_REVIEW, State.AWAITING_CONFIRMATION)


def waiting_for_triage(register: Register, viewer: Actor, limit: int = PAGE) -> list[dict]:
    """What the city team must decide, the oldest promise first."""
    return _list(register, viewer, _IN_STATES + _TEAM + "c.state in $states and" + VISIBLE, limit, sorted(TRIAGE))


def in_state(register: Register, viewer: Actor, state: str, limit: int = 200) -> list[dict]:
    """The city team's cases in one state, the oldest promise first."""
    return _list(register, viewer, _IN_STATES + _TEAM + "c.state in $states and" + VISIBLE, limit, [state])


def with_official(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """What belongs to the official and waits for the official now, the oldest promise first."""
    if not viewer.has(Role.OFFICIAL, Role.SYSTEM):
        return []
    choice = _IN_STATES + "c.escalated is not null and c.state in $states and" + VISIBLE
    return _list(register, viewer, choice, limit, [str(state) for state in _WITH_OFFICIAL])


def for_department(register: Register, viewer: Actor, states: tuple[str, ...], limit: int = 200) -> list[dict]:
    """The cases of which this person's departments have a part in these states, the oldest promise first.

    Each row says of that part: `part_state`, `part_department`, `handler`, `accept_due_at`, `promised_at`.
    """
    with register.snapshot() as cursor:
        found = rows(
            cursor.execute(
                "select * from (" + _OPEN_PARTS + ") where list_contains($states, state) order by complaint_id",
                {"own_departments": sorted(viewer.departments), "states": list(states)},
            )
        )
        parts = {part["complaint_id"]: part for part in found}
        listed = rows_of(cursor, viewer, list(parts))
    for row in listed:
        part = parts[row["id"]]
        row |= {"part_state": part["state"], "part_department": part["department"], "handler": part["handler"]}
        row |= {name: part[name] for name in ("accept_due_at", "promised_at")}
    return sorted(listed, key=_by_due)[:limit]


def _by_due(row: dict) -> tuple:
    due = row["promised_at"] if row["part_state"] == State.SCHEDULED else row["due_at"]
    return (due is None, due or row["received_at"], row["id"])


def to_call(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """Cases whose reporter must be told by telephone, because no message reached them."""
    return _list(register, viewer, _TO_CALL, limit)


def unread(register: Register, viewer: Actor, limit: int = 200) -> list[dict]:
    """Cases outside triage to which the reporter has written and nobody of the city team has looked since."""
    return _list(register, viewer, _UNREAD + "c.state not in $states and" + VISIBLE, limit, sorted(TRIAGE))


def counts(register: Register, viewer: Actor) -> dict[str, int]:
    """How many cases wait where, for the navigation: states of the city team's cases by name, `triage`, `official`,
    `unread`, `call_reporter`, `blocks` to decide, and of the viewer's departments `own_<state of their part>`."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select c.state, c.call_reporter, c.ended_at is null, c.escalated is not null, "
            + _NEW_WORDS
            + ", count(*) from complaint c where (c.ended_at is null or c.unread or c.call_reporter) and "
            + VISIBLE
            + " group by all",
            {"visible": access.visible(viewer)},
        ).fetchall()
        own = []
        if viewer.departments:
            query = "select state, count(*) from (" + _OPEN_PARTS + ") group by state"
            own = cursor.execute(query, {"own_departments": sorted(viewer.departments)}).fetchall()
        blocks = blocking.proposed(cursor, now()) if viewer.has(*CITY_ROLES) else 0
    counted: dict[str, int] = {f"own_{state}": count for state, count in own}
    if blocks:
        counted["blocks"] = blocks

    def add(name: str, count: int) -> None:
        counted[name] = counted.get(name, 0) + count

    for state, call, is_open, escalated, new_words, count in found:
        if new_words and state not in TRIAGE:
            add("unread", count)
        if call:
            add("call_reporter", count)
        if is_open and not escalated:
            add(state, count)
        elif is_open and state in _WITH_OFFICIAL:
            add("official", count)
    return counted | {"triage": sum(counted.get(state, 0) for state in TRIAGE)}


def _list(register: Register, viewer: Actor, choice: str, limit: int, states: list[str] | None = None) -> list[dict]:
    params = {"visible": access.visible(viewer), "limit": limit}
    if states is not None:
        # Bound one by one, because DuckDB asks a block of rows for a list of values sooner than for what a list holds.
        marks, marked = _marked(str(state) for state in states)
        choice, params = choice.replace("$states", marks), params | marked
    with register.snapshot() as cursor:
        (ids,) = cursor.execute(choice, params).fetchone()
        return rows_of(cursor, viewer, ids or [])


def rows_of(cursor, viewer: Actor, ids: list[int]) -> list[dict]:
    """The cases of these ids, in their order; who reported is masked, and asked only where the viewer may see it."""
    if not ids:
        return []
    marks, params = _marked(ids)
    found = {row["id"]: row for row in rows(cursor.execute(_ROWS + marks, params | identity_params(viewer)))}
    marks, params = _marked({row["reporter"] for row in found.values() if row["shown"]} or {-1})
    query = "select id, name, coalesce(phone, bsuid) from contact where id in " + marks
    names = {person: masked(name, contact) for person, name, contact in cursor.execute(query, params).fetchall()}
    for row in found.values():
        row["reporter"] = names.get(row["reporter"], "") if row.pop("shown") else ""
    return [found[complaint_id] for complaint_id in ids]


def _marked(values: Iterable[int | str]) -> tuple[str, dict]:
    params = {f"mark{place}": value for place, value in enumerate(values)}
    return "(" + ", ".join(f"${name}" for name in params) + ")", params


def identity_params(viewer: Actor) -> dict:
    return {"identities": access.sees_identities(viewer), "own": access.own(viewer)}
