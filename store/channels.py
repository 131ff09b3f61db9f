"""Complaints that come another way than by WhatsApp: an officer writes them down."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from . import commands, evidence
from .book import Book
from .clock import now as clock_now
from .commands import Press, checked_facts
from .db import insert, rows
from .desk import Desk
from .intake import SUMMARY_LENGTH
from .rules import completeness, reading, texts, workflow
from .rules.case import Case
from .rules.errors import RuleBroken
from .rules.said import normal_phone
from .rules.workflow import CHANNELS, CITY_ROLES, COUNTER, KINDS, REPORTER, Actor, Role

TEXT_LIMIT = 5000
# WhatsApp brings its own complaints in; an officer writes down the rest.
WRITTEN_DOWN = tuple(channel for channel in CHANNELS if channel != "WA")
# What may follow at the counter in the same press: triage later, an answer on the spot, or the official.
AT_COUNTER = ("triage", "answer", "escalate")
_DIGITS = re.compile(r"\+?\d[\d\s().-]{3,}")


@dataclass(frozen=True)
class Report:
    """What an officer wrote down. `phone` is any contact; `by_whatsapp`: the answer goes there by WhatsApp.

    `happened` says when, in the reporter's own words; `landmark` is joined to the address.
    """

    channel: str
    kind: str
    name: str
    phone: str
    by_whatsapp: bool
    text: str
    files: tuple[evidence.File, ...] = ()
    happened: str = ""
    landmark: str = ""

    @property
    def said(self) -> str:
        """The reporter's words as the case shows them, with when it happened as a line of its own."""
        text, happened = self.text.strip(), self.happened.strip()
        return f"{text}\n\nWaktu kejadian: {happened}" if happened else text


def record(desk: Desk, actor: Actor, op_id: str, report: Report, now: datetime | None = None, **facts) -> Case:
    """Write a complaint down; it gets its number and its clock at once.

    :param facts: `category`, `kelurahan`, `address`, `latitude` and `longitude`, `confidential`, as far as known
    :raises RuleBroken: `not_allowed`, `unknown_channel`, `unknown_kind`, `missing_name`, `missing_text`,
        `text_too_long`, `not_a_phone`, `not_a_point`
    """
    _check(actor, report)
    now = now or clock_now()
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        done = cursor.execute("select complaint_id from operation where op_id = ?", [op_id]).fetchone()
        if done:
            return book.load("where id = ?", [done[0]])[0]
        contact_id = _contact(book, report)
        place = _place(facts.get("address"), report.landmark)
        given = checked_facts(cursor, {**facts, "address": place, "kind": report.kind})
        said = _understood(desk, report, given)
        given["elements"] = completeness.shown(said, media=bool(report.files), place="latitude" in given, named=True)
        case = book.open_case(
            report.channel, contact_id, actor, now, summary=report.text.strip()[:SUMMARY_LENGTH],
            **given, **desk.limits(now, given.get("category")),
        )  # fmt: skip
        case = _first_message(book, case, report, said)
        evidence.attach(book, case, report.files, actor)
        book.operation(op_id, case)
        book.write()
    return case


def at_counter(
    desk: Desk,
    actor: Actor,
    op_id: str,
    report: Report,
    way: str,
    text: str = "",
    now: datetime | None = None,
    **facts,
) -> Case:
    """Write down what somebody says at the counter and, in the same press, answer it or give it to the official.

    Two steps, each carried out once however often the press is repeated: after a crash between them the complaint is
    there with its number, and the same press again makes the second.

    :param way: one of `AT_COUNTER`
    :param text: the answer that was given, or the note for the official
    :raises RuleBroken: as `record` and the second step do, before anything is written; `only_counter`, `unknown_way`,
        `missing_answer`, `missing_note`
    """
    if way not in AT_COUNTER:
        raise RuleBroken("unknown_way")
    if way != "triage" and report.channel != COUNTER:
        raise RuleBroken("only_counter")
    if way == "answer" and not text.strip():
        raise RuleBroken("missing_answer")
    if way != "triage":
        workflow.check(way, workflow.State.RECEIVED, None, actor, {"text": text, "note": text})
        _not_longer(text.strip(), texts.OFFICER_TEXT_LIMIT)
    case = record(desk, actor, op_id, report, now, **facts)
    if way == "triage":
        return case
    digest = hashlib.sha256(text.strip().encode()).hexdigest()[:16]
    press = Press(actor, case.number, case.version, f"{op_id}:{way}:{digest}")
    if way == "answer":
        return commands.answer(desk, press, text=text, now=now)
    return commands.escalate(desk, press, note=text, now=now)


def recorded(desk: Desk, actor: Actor, op_id: str) -> Case | None:
    """The complaint that this press has already become; asked after a crash, by those who take complaints down."""
    if not op_id or not actor.has(*CITY_ROLES):
        return None
    with desk.register.cursor() as cursor:
        found = cursor.execute("select complaint_id from operation where op_id = ?", [op_id]).fetchone()
        return Book(cursor, clock_now()).load("where id = ?", [found[0]])[0] if found else None


def may_escalate(actor: Actor) -> bool:
    """Whether there is an official above this person to whom a complaint can go."""
    return actor.has(Role.CITY)


def known_reporter(desk: Desk, actor: Actor, phone: str) -> dict | None:
    """The person behind a telephone number, an e-mail address or an account, from complaints that are not confidential.

    `name`; `by_whatsapp`, whether answers can go there; `complaints`, how many; `last`, the newest of them or None, and
    `open`, those not ended (each `number`, `state`, `received_at`, `summary`). Only for those who take complaints down;
    for anybody else nobody is known.
    """
    if not actor.has(*CITY_ROLES):
        return None
    with desk.register.snapshot() as cursor:
        people = _people(cursor, phone)
        known = [person for person in people if not person["secret"]]
        if not known:
            return None
        marks = ", ".join("?" * len(people))
        cases = rows(
            cursor.execute(
                "select number, state, received_at, summary, contact_id, ended_at is null as is_open from complaint "
                "where not confidential and contact_id in (" + marks + ") order by received_at desc, id desc",
                [person["id"] for person in people],
            )
        )
    names = {person["id"]: person["name"] for person in known}
    seen = [{name: case[name] for name in _SHOWN} for case in cases]
    return {
        "name": (names.get(cases[0]["contact_id"]) if cases else None) or known[0]["name"],
        "by_whatsapp": any(person["by_whatsapp"] for person in known),
        "complaints": len(cases),
        "last": seen[0] if seen else None,
        "open": [shown for shown, case in zip(seen, cases, strict=True) if case["is_open"]],
    }


_SHOWN = ("number", "state", "received_at", "summary")


def _check(actor: Actor, report: Report) -> None:
    if not actor.has(*CITY_ROLES):
        raise RuleBroken("not_allowed")
    if report.channel not in WRITTEN_DOWN:
        raise RuleBroken("unknown_channel")
    if report.kind not in KINDS:
        raise RuleBroken("unknown_kind")
    if not report.name.strip():
        raise RuleBroken("missing_name")
    if not report.text.strip():
        raise RuleBroken("missing_text")
    _not_longer(report.said, TEXT_LIMIT)
    if report.by_whatsapp and normal_phone(report.phone) is None:
        raise RuleBroken("not_a_phone")


def _not_longer(text: str, limit: int) -> None:
    if len(text) > limit:
        raise RuleBroken("text_too_long", length=len(text), limit=limit)


def _place(address: str | None, landmark: str) -> str | None:
    """One line that says where, as the department will read it."""
    address, landmark = (address or "").strip(), landmark.strip()
    if not landmark:
        return address or None
    return f"{address} (patokan: {landmark})" if address else f"Patokan: {landmark}"


def _understood(desk: Desk, report: Report, given: dict) -> dict:
    """What the reporter said: in the fields that the officer filled in, else in the words."""
    filled = {"name": report.name, "when": report.happened, "where": given.get("address") or ""}
    filled |= {"kelurahan": given.get("kelurahan") or ""}
    return reading.merged(reading.clipped(filled), reading.read(report.text, places=desk.places))


def _contact(book: Book, report: Report) -> int:
    """Who reports: the person of that number and name.

    One number may be two people's. Who is answered by WhatsApp is the number's owner there, whose name becomes the one
    written down; otherwise another name is another person, and a contact that WhatsApp would reach is not used for who
    wants no WhatsApp.
    """
    number, name = normal_phone(report.phone), report.name.strip()
    people = _people(book.cursor, report.phone)
    owner = next((person for person in people if person["by_whatsapp"]), None)
    if report.by_whatsapp and owner:
        if not same_name(owner["name"], name):
            book.cursor.execute("update contact set name = ? where id = ?", [name, owner["id"]])
        return owner["id"]
    same = [person for person in people if same_name(person["name"], name) and not person["by_whatsapp"]]
    contact_id = same[0]["id"] if same else book.new_id("contact_id")
    if not same:
        contact = {"id": contact_id, "name": name, "phone": number or report.phone.strip() or None}
        insert(book.cursor, "contact", [contact | {"created_at": book.now}])
    if report.by_whatsapp:
        book.cursor.execute("insert into contact_identity values ('phone', ?, ?, ?)", [number, contact_id, book.now])
    return contact_id


def mistyped(contact: str) -> bool:
    """Whether this is meant as a telephone number and can be none: digits are missing, or some are there twice."""
    return bool(_DIGITS.fullmatch(contact.strip())) and normal_phone(contact) is None


def same_name(one: str | None, other: str) -> bool:
    """Whether two names are one, however they are spaced and in whatever letters."""
    return " ".join((one or "").split()).casefold() == " ".join(other.split()).casefold()


def _people(cursor, contact: str) -> list[dict]:
    """The people with this telephone number, e-mail address or account, the newest first: `id`, `name`, `by_whatsapp`,
    and `secret`, that all they ever reported is confidential."""
    number = normal_phone(contact)
    key = number or (contact.strip().lower() if "@" in contact else None)
    if key is None:
        return []
    return rows(
        cursor.execute(
            """
            select p.id, p.name, exists (from contact_identity i where i.contact_id = p.id) as by_whatsapp,
                coalesce((select bool_and(c.confidential) from complaint c where c.contact_id = p.id), false) as secret
            from contact p
            where p.merged_into is null and (
                lower(p.phone) = $key
                or p.id in (select contact_id from contact_identity where kind = 'phone' and value = $key)
            )
            order by p.id desc
            """,
            {"key": key},
        )
    )


def _first_message(book: Book, case: Case, report: Report, said: dict) -> Case:
    """What was said, as the first message of the conversation."""
    wamid = f"staff:{case.number}"
    insert(
        book.cursor,
        "message_in",
        [
            {
                "id": book.new_id("message_in_id"),
                "wamid": wamid,
                "contact_id": case.contact_id,
                "complaint_id": case.id,
                "kind": "text",
                "text": report.said,
                "sent_at": book.now,
                "received_at": book.now,
                "inbox_id": 0,
                "raw": "{}",
            }
        ],
    )
    return book.record(case, "message", REPORTER, message=wamid, media=False, said=said)
