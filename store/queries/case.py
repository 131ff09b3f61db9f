"""One case with all that its page shows, for one person's eyes."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .. import access, blocking, flow
from ..book import read_cases
from ..clock import now as clock_now
from ..db import Register, rows
from ..rules import reading
from ..rules.case import Assignment, Case
from ..rules.errors import NotFound
from ..rules.workflow import CITY_ROLES, Actor, Role

HIDDEN = "disembunyikan"


@dataclass(frozen=True)
class CaseView:
    """Everything the page of one case shows.

    `parts` are its departments' parts (`department`, `name`, `state`, `lead`, `binding`, `handler` as a name, times);
    `parent` and `children` are numbers; `revealed` says that an identity is shown because this person asked for it;
    `blocked_until` is told to those who decide on blocks.
    """

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
    parts: list[dict] = field(default_factory=list)
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    revealed: bool = False
    limited_at: datetime | None = None
    """Since when the reporter wants their data used no more than necessary."""
    blocked_until: datetime | None = None


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
        timeline = _timeline(cursor, case, names)
        identity = access.may_see_identity(viewer, case, _revealed_at(timeline, viewer), clock_now())
        if not identity:
            case = replace(case, said=json.dumps(_unnamed(json.loads(case.said)), ensure_ascii=False))
            timeline = [row | {"data": _without_identity(row["data"])} for row in timeline]
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
            timeline=timeline,
            media=_media(cursor, case, viewer),
            parts=[_part(part, names) for part in case.assignments],
            parent=_number_of(cursor, case.parent_id),
            children=_children(cursor, case),
            revealed=identity and case.confidential,
            limited_at=names.get(("limited", ""), (None, None, None))[2],
            blocked_until=blocking.until(cursor, case.contact_id, clock_now()) if viewer.has(*CITY_ROLES) else None,
        )


def _unnamed(said: dict) -> dict:
    """What was understood, without who reported and where they live."""
    return {name: HIDDEN if name in reading.IDENTITY else value for name, value in said.items()}


def _without_identity(data: dict) -> dict:
    return data | {"said": _unnamed(data["said"])} if data.get("said") else data


def _revealed_at(timeline: list[dict], viewer: Actor) -> datetime | None:
    """When this person last asked who reported."""
    asked = [e["happened_at"] for e in timeline if e["kind"] == "reveal" and e["username"] == viewer.username]
    return asked[-1] if asked else None


def _part(part: Assignment, names: dict) -> dict:
    handler = _person(names, part.handler) if part.handler else None
    return vars(part) | {"name": names["department", part.department][0], "handler": handler}


def _number_of(cursor, complaint_id: int | None) -> str | None:
    if complaint_id is None:
        return None
    return cursor.execute("select number from complaint where id = ?", [complaint_id]).fetchone()[0]


def _children(cursor, case: Case) -> list[str]:
    if not case.child_count:
        return []
    found = cursor.execute(
        "select number from complaint where parent_id = ? and state = 'duplicate' order by id", [case.id]
    )
    return [number for (number,) in found.fetchall()]


def file_for(register: Register, viewer: Actor, media_id: int) -> dict:
    """A kept file, if the viewer may see the case it belongs to, or it is of a blocked sender and the viewer decides.

    :raises NotFound: otherwise
    """
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                "select id, complaint_id, mime, filename, sha256, state, source from media where id = ?", [media_id]
            )
        )
        cases = read_cases(cursor, "where id = ?", [found[0]["complaint_id"]]) if found else []
        # What a blocked sender sent belongs to no case, and only those who decide on blocks look at it.
        loose = bool(found) and not cases and viewer.has(*CITY_ROLES) and blocking.is_of_blocked(cursor, media_id)
    if not (loose or (cases and access.may_see(viewer, cases[0]))) or found[0]["state"] != "stored":
        raise NotFound(str(media_id))
    about = {"number": "pesan", "confidential": False} if loose else vars(cases[0])
    return found[0] | {name: about[name] for name in ("number", "confidential")}


# Plain questions, put together and sorted here: at a handful of rows, planning a join costs more than the answer.
def _names(cursor, case: Case) -> dict[tuple[str, str], tuple]:
    """The names behind a case's codes and of all users, by (kind, code), and the contact; each (name, more, moment).

    More is a kelurahan's kecamatan and a contact's telephone or id, the moment that of a contact's last message.
    """
    found = cursor.execute(
        """
        select 'contact', '', name, coalesce(phone, bsuid), last_inbound_at from contact where id = $contact
        union all select 'limited', '', null, null, limited_at from contact where id = $contact
        union all select 'category', code, name, null, null from category where code = $category
        union all select 'kelurahan', code, name, kecamatan, null from kelurahan where code = $kelurahan
        union all select 'department', code, name, null, null from department
        union all select 'user', username, name, null, null from user_account
        """,
        {
            "contact": case.contact_id,
            "category": case.category,
            "kelurahan": case.kelurahan,
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
    """All messages of a case in both directions, in the order in which they were written."""
    incoming = _of_case(
        cursor,
        case,
        """
        select id, 'in' as direction, wamid, kind, text, transcript, reply_to, refers_to, latitude, longitude, sent_at,
            received_at as happened_at, null as media_id, null as again, null as state, null as purpose,
            null as form, null as error_code, null as error_text, null as created_by
        from message_in
        """,
    )
    outgoing = _of_case(
        cursor,
        case,
        """
        select id, 'out' as direction, wamid, kind, text, null as transcript, null as reply_to, null as refers_to,
            null as latitude, null as longitude, created_at as happened_at, state, purpose, form, error_code,
            error_text, created_by, sent_at, delivered_at, read_at, failed_at, extra, attempts, template_params,
            media_id, try_cast(regexp_extract(cause, '^again:([0-9]+)$', 1) as bigint) as instead_of
        from message_out
        """,
    )
    replaced = {m["instead_of"]: m["happened_at"] for m in outgoing}
    outgoing = [m | {"created_by": _person(names, m["created_by"]), "again": replaced.get(m["id"])} for m in outgoing]
    if not identity:
        # A card that the reporter sent names people.
        incoming = [m | ({"text": HIDDEN} if m["kind"] == "contacts" else {}) for m in incoming]
        incoming = [m | ({"text": flow.without_identity(m["text"])} if m["kind"] == "form" else {}) for m in incoming]
    # Of what was written in one second the telephones know the order; ours answers what came at the same moment.
    incoming = sorted((m | {"written_at": _written_at(m)} for m in incoming), key=lambda m: (m["sent_at"], m["id"]))
    outgoing = [m | {"written_at": m["happened_at"]} for m in outgoing]
    return sorted(incoming + outgoing, key=lambda m: (m["written_at"], m["direction"]))


# Meta tells in whole seconds when something was sent, and tries for seven days to deliver it.
_WITHIN, _DELIVERED = timedelta(milliseconds=999), timedelta(days=7)


def _written_at(m: dict) -> datetime:
    """When a message was written, however late or out of order it came; a clock that cannot be right is not believed.

    Not before the second was over: what it answers was written in the same second.
    """
    believed = timedelta() <= m["happened_at"] - m["sent_at"] <= _DELIVERED
    return min(m["sent_at"] + _WITHIN, m["happened_at"]) if believed else m["happened_at"]


def _timeline(cursor, case: Case, names: dict) -> list[dict]:
    query = "select id, happened_at, kind, actor, actor_role, from_state, to_state, data from event"
    return [
        row | {"username": row["actor"], "actor": _person(names, row["actor"]), "data": _said(row["data"], names)}
        for row in _of_case(cursor, case, query)
    ]


def _said(data: str, names: dict) -> dict:
    """What an event brought, with the handler's name in the place of the account's."""
    given = json.loads(data)
    return given | ({"handler": _person(names, given["handler"])} if given.get("handler") else {})


def _media(cursor, case: Case, viewer: Actor) -> list[dict]:
    columns = "id, message_id, source, mime, filename, sha256, size, state, problem, stage, created_at, created_by"
    found = _of_case(cursor, case, "select " + columns + ", latitude, longitude from media")
    # Where a photo was taken may be where its reporter lives; only who decides on the place is told.
    told = viewer.has(Role.CITY, Role.OFFICIAL)
    return found if told else [file | {"latitude": None, "longitude": None} for file in found]
