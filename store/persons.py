"""What one person may ask of us (UU 27/2022): everything held on them, correction, limiting, erasing.

Every opening of a person and every change is in the audit log, by the contact's number here, never by name.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import audit, erasing
from .clock import now as clock_now
from .db import rows
from .desk import Desk
from .masking import masked
from .retention import YEAR
from .rules.errors import NotFound, RuleBroken
from .rules.personal import tells_of
from .rules.said import normal_number, normal_phone
from .rules.workflow import Actor, Role

FOUND = 20
LEAST = 3
OPEN_FOR = timedelta(minutes=30)
NAME_LENGTH, REASON_LENGTH = 80, 300


@dataclass(frozen=True)
class Person:
    """One contact as the page shows it.

    `complaints` are `id`, `number`, `state`, `received_at`, `ended_at`, `confidential`, `anonymised_at` and `due_at`,
    when its time to be kept is over.
    """

    id: int
    name: str | None
    phone: str | None
    addresses: list[str]
    limited_at: datetime | None
    limited_reason: str | None
    erase_asked_at: datetime | None
    anonymised_at: datetime | None
    complaints: list[dict]


def find(desk: Desk, actor: Actor, typed: str) -> list[dict]:
    """Whom a number, a name or a complaint's number may mean: `id`, `shown` (masked), `complaints`, `last_inbound_at`.

    A confidential complaint's number finds nobody: who reported it is revealed on its own page. That somebody looked
    is on record, without what they typed.

    :raises RuleBroken: `not_allowed`, `search_too_short`
    """
    _check(actor)
    text = typed.strip()
    if len(text) < LEAST:
        raise RuleBroken("search_too_short", limit=LEAST)
    with desk.register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select p.id, p.name, coalesce(p.phone, p.bsuid) as contact, p.last_inbound_at, p.anonymised_at,
                    (select count(*) from complaint c where c.contact_id = p.id) as complaints
                from contact p
                where p.merged_into is null and (
                    contains(lower(p.name), lower($text)) or p.phone = $phone or lower(p.phone) = lower($text)
                    or p.id in (select contact_id from contact_identity where value in ($text, $phone))
                    or p.id in (select contact_id from complaint where number = $number and not confidential)
                )
                order by p.last_inbound_at desc nulls last, p.id desc limit $limit
                """,
                {
                    "text": text,
                    "phone": normal_phone(text) or text,
                    "number": normal_number(text) or text.upper(),
                    "limit": FOUND,
                },
            )
        )
    audit.record(desk.register, actor.username, "person_searched", found=len(found))
    return [row | {"shown": masked(row.pop("name"), row.pop("contact")) or "tanpa nama"} for row in found]


def open_person(desk: Desk, actor: Actor, contact_id: int, reason: str) -> None:
    """Let this officer read a person's data for half an hour, on record with the reason.

    :raises RuleBroken: `not_allowed`, `missing_note`, `reason_names_person`
    :raises NotFound: no such person
    """
    _check(actor)
    reason = _reason(reason, _person(desk, contact_id))
    audit.record(desk.register, actor.username, "person_viewed", subject(contact_id), reason=reason)


def person(desk: Desk, actor: Actor, contact_id: int) -> Person | None:
    """The person in full; None for an officer who has not said why they look, or more than half an hour ago.

    :raises RuleBroken: `not_allowed`
    :raises NotFound: no such person
    """
    _check(actor)
    found = _person(desk, contact_id)
    with desk.register.cursor() as cursor:
        opened = cursor.execute(
            """
            select 1 from audit where happened_at > ? and kind = 'person_viewed' and actor = ? and subject = ? limit 1
            """,
            [clock_now() - OPEN_FOR, actor.username, subject(contact_id)],
        ).fetchone()
    return found if opened else None


def subject(contact_id: int) -> str:
    """What a person is called in the audit log."""
    return f"kontak {contact_id}"


def _person(desk: Desk, contact_id: int) -> Person:
    kept = timedelta(days=desk.config["retention"]["complaint_years"] * YEAR)
    with desk.register.snapshot() as cursor:
        found = rows(
            cursor.execute(
                """
                select id, name, phone, limited_at, limited_reason, erase_asked_at, anonymised_at from contact
                where id = ? and merged_into is null
                """,
                [contact_id],
            )
        )
        if not found:
            raise NotFound(str(contact_id))
        addresses = cursor.execute(
            "select value from contact_identity where contact_id = ? order by seen_at, value", [contact_id]
        ).fetchall()
        complaints = rows(
            cursor.execute(
                """
                select id, number, state, received_at, ended_at, confidential, anonymised_at from complaint
                where contact_id = ? order by id
                """,
                [contact_id],
            )
        )
    for row in complaints:
        row["due_at"] = row["ended_at"] + kept if row["ended_at"] else None
    return Person(addresses=[value for (value,) in addresses], complaints=complaints, **found[0])


def held(desk: Desk, actor: Actor, contact_id: int) -> dict:
    """Everything held on a person, for the person: tables by name, each a list of rows. On record as an export.

    :raises RuleBroken: `not_allowed`, `not_opened`
    :raises NotFound: no such person
    """
    if person(desk, actor, contact_id) is None:
        raise RuleBroken("not_opened")
    with desk.register.snapshot() as cursor:
        found = {
            name: [_readable(row) for row in rows(cursor.execute(query, {"contact": contact_id}))]
            for name, query in _HELD.items()
        }
    count = sum(len(table) for table in found.values())
    audit.record(desk.register, actor.username, "exported", subject(contact_id), rows=count)
    return found


# Of staff only the role: whoever dealt with it is another person with rights of their own.
_HELD = {
    "contact": """
        select name, phone, bsuid as whatsapp_id, created_at, last_inbound_at, limited_at, erase_asked_at
        from contact where id = $contact
    """,
    "addresses": "select kind, value, seen_at from contact_identity where contact_id = $contact order by seen_at",
    "complaints": """
        select number, channel, kind, state, received_at, ended_at, summary, category, kelurahan, address, latitude,
            longitude, departments, confidential, first_answer_at, result_at, result_text, closing, said, rating,
            rating_words from complaint where contact_id = $contact order by id
    """,
    "messages_received": """
        select c.number, m.kind, m.text, m.transcript, m.latitude, m.longitude, m.sent_at, m.received_at, m.raw
        from message_in m left join complaint c on c.id = m.complaint_id where m.contact_id = $contact order by m.id
    """,
    "messages_sent": """
        select c.number, m.purpose, m.kind, m.text, m.created_at, m.state, m.sent_at, m.delivered_at, m.read_at
        from message_out m left join complaint c on c.id = m.complaint_id where m.contact_id = $contact order by m.id
    """,
    "files": """
        select c.number, m.source, m.mime, m.filename, m.size, m.state, m.latitude, m.longitude, m.created_at
        from media m left join complaint c on c.id = m.complaint_id
        where m.contact_id = $contact or c.contact_id = $contact order by m.id
    """,
    "history": """
        select c.number, e.happened_at, e.kind, e.actor_role, e.from_state, e.to_state, e.data
        from event e join complaint c on c.id = e.complaint_id where c.contact_id = $contact order by e.id
    """,
}


def _readable(row: dict) -> dict:
    """JSON inside JSON unfolded."""
    for name in ("data", "said", "raw"):
        if row.get(name):
            row[name] = json.loads(row[name])
    return row


def correct(desk: Desk, actor: Actor, contact_id: int, name: str, phone: str, reason: str) -> list[str]:
    """Correct name or telephone number; what was changed comes back, as `name` and `phone`.

    :raises RuleBroken: `not_allowed`, `missing_note`, `text_too_long`, `empty_field`, `not_a_phone`, `number_taken`,
        `nothing_changed`, `anonymous`
    """
    _check(actor)
    person = _open_to_change(desk, contact_id)
    name = " ".join(name.split())
    if len(name) > NAME_LENGTH:
        raise RuleBroken("text_too_long", length=len(name), limit=NAME_LENGTH)
    number = phone.strip()
    if number != (person.phone or ""):
        number = normal_phone(number)
        if number is None:
            raise RuleBroken("not_a_phone")
    fields = (("name", name, person.name), ("phone", number, person.phone))
    changed = [field for field, new, old in fields if new != (old or "")]
    if "name" in changed and not name:
        raise RuleBroken("empty_field", field="Nama")
    if not changed:
        raise RuleBroken("nothing_changed")
    given = {"reason": _reason(reason, person, name, number), "fields": changed}
    with desk.register.atomic() as cursor:
        if "phone" in changed:
            _move_number(cursor, contact_id, person.phone, number)
        if "name" in changed:
            cursor.execute("update contact set name = ?, name_fixed = true where id = ?", [name, contact_id])
        audit.write(cursor, actor.username, "person_changed", subject(contact_id), **given)
    return changed


def _move_number(cursor, contact_id: int, old: str | None, new: str) -> None:
    owner = cursor.execute(
        "select contact_id from contact_identity where kind = 'phone' and value = ?", [new]
    ).fetchone()
    if owner and owner[0] != contact_id:
        raise RuleBroken("number_taken")
    cursor.execute("update contact set phone = ? where id = ?", [new, contact_id])
    if old and not owner:
        # Only where WhatsApp reaches them; a number told on the phone is no address of WhatsApp's.
        cursor.execute(
            "update contact_identity set value = ? where kind = 'phone' and value = ? and contact_id = ?",
            [new, old, contact_id],
        )


def limit(desk: Desk, actor: Actor, contact_id: int, limited: bool, reason: str) -> None:
    """Limit what is done with a person's data, or end that: shown on their complaints, and no news but the necessary.

    :raises RuleBroken: `not_allowed`, `missing_note`, `nothing_changed`, `anonymous`
    """
    _check(actor)
    person = _open_to_change(desk, contact_id)
    if limited == (person.limited_at is not None):
        raise RuleBroken("nothing_changed")
    reason = _reason(reason, person)
    values = [clock_now(), actor.username, reason] if limited else [None, None, None]
    with desk.register.atomic() as cursor:
        cursor.execute(
            "update contact set limited_at = ?, limited_by = ?, limited_reason = ? where id = ?", [*values, contact_id]
        )
        audit.write(cursor, actor.username, "person_changed", subject(contact_id), limited=limited)


def erase(desk: Desk, actor: Actor, contact_id: int, reason: str, early: bool = False) -> datetime | None:
    """Make a person anonymous: what is past its time at once, the rest when its time comes.

    :param early: all of it at once, which only the official decides
    :return: when the last of it will be past its time; None where everything is erased now
    :raises RuleBroken: `not_allowed`, `missing_note`, `still_open`, `message_waiting`, `anonymous`
    """
    _check(actor)
    if early and not actor.has(Role.OFFICIAL):
        raise RuleBroken("not_allowed")
    person = _open_to_change(desk, contact_id)
    now, reason = clock_now(), _reason(reason, person)
    running = next((row["number"] for row in person.complaints if row["ended_at"] is None), None)
    if running:
        raise RuleBroken("still_open", number=running)
    waits = [row["due_at"] for row in person.complaints if not row["anonymised_at"] and row["due_at"] > now]
    later = None if early else max(waits, default=None)
    with desk.register.atomic() as cursor:
        cursor.execute(
            "update contact set erase_asked_at = coalesce(erase_asked_at, ?), erase_asked_by = ? where id = ?",
            [now, actor.username, contact_id],
        )
        audit.write(
            cursor, actor.username, "person_changed", subject(contact_id), reason=reason, erase=True, early=early
        )
        for row in person.complaints:
            if not row["anonymised_at"] and (early or row["due_at"] <= now):
                erasing.anonymise_complaint(cursor, row["id"], actor.username, now)
        if later is None:
            erasing.anonymise_contact(cursor, contact_id, actor.username, now)
    return later


def _open_to_change(desk: Desk, contact_id: int) -> Person:
    person = _person(desk, contact_id)
    if person.anonymised_at:
        raise RuleBroken("anonymous")
    return person


def _reason(reason: str, person: Person, name: str = "", number: str = "") -> str:
    """The reason is about the request (a letter's number), and is in the audit log for good: nobody is named in it.

    :param name: what the person is to be called from now on, with the number that they are to have
    """
    kept = " ".join(reason.split())
    if not kept:
        raise RuleBroken("missing_note")
    if len(kept) > REASON_LENGTH:
        raise RuleBroken("text_too_long", length=len(kept), limit=REASON_LENGTH)
    if tells_of(kept, person.name, person.phone, *person.addresses) or tells_of(kept, name, number):
        raise RuleBroken("reason_names_person")
    return kept


def _check(actor: Actor) -> None:
    if not actor.has(Role.ADMIN, Role.OFFICIAL):
        raise RuleBroken("not_allowed")
