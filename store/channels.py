"""Complaints that come another way than by WhatsApp: an officer writes them down."""

from dataclasses import dataclass
from datetime import datetime

from . import evidence
from .book import Book
from .clock import now as clock_now
from .commands import checked_facts
from .db import insert, rows
from .desk import Desk
from .intake import SUMMARY_LENGTH
from .rules.case import Case
from .rules.errors import RuleBroken
from .rules.said import normal_phone
from .rules.workflow import CHANNELS, CITY_ROLES, KINDS, REPORTER, Actor

TEXT_LIMIT = 5000
# WhatsApp brings its own complaints in; an officer writes down the rest.
WRITTEN_DOWN = tuple(channel for channel in CHANNELS if channel != "WA")


@dataclass(frozen=True)
class Report:
    """What an officer wrote down. `phone` is any contact; `by_whatsapp`: the answer goes there by WhatsApp."""

    channel: str
    kind: str
    name: str
    phone: str
    by_whatsapp: bool
    text: str
    files: tuple[evidence.File, ...] = ()


def record(desk: Desk, actor: Actor, op_id: str, report: Report, now: datetime | None = None, **facts: str) -> Case:
    """Write a complaint down; it gets its number and its clock at once.

    :param facts: `category`, `kelurahan`, `address`, as far as known
    :raises RuleBroken: `not_allowed`, `unknown_channel`, `missing_name`, `missing_text`, `text_too_long`, `not_a_phone`
    """
    _check(actor, report)
    now = now or clock_now()
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        done = cursor.execute("select complaint_id from operation where op_id = ?", [op_id]).fetchone()
        if done:
            return book.load("where id = ?", [done[0]])[0]
        contact_id = _contact(book, report)
        given = checked_facts(cursor, {**facts, "kind": report.kind})
        case = book.open_case(
            report.channel, contact_id, actor, now, summary=report.text.strip()[:SUMMARY_LENGTH],
            **given, **desk.limits(now),
        )  # fmt: skip
        case = _first_message(book, case, report)
        evidence.attach(book, case, report.files, actor)
        book.operation(op_id, case)
        book.write()
    return case


def known_reporter(desk: Desk, actor: Actor, phone: str) -> dict | None:
    """The person behind a telephone number, with how many complaints so far: `name`, `complaints`, `last_number`.

    Only for those who take complaints down; for anybody else nobody is known.
    """
    number = normal_phone(phone)
    if not number or not actor.has(*CITY_ROLES):
        return None
    with desk.register.cursor() as cursor:
        contact_id = _find(cursor, number)
        if contact_id is None:
            return None
        return rows(
            cursor.execute(
                """
                select any_value(p.name) as name, count(c.id) as complaints,
                    max_by(c.number, c.received_at) as last_number
                from contact p left join complaint c on c.contact_id = p.id where p.id = ?
                """,
                [contact_id],
            )
        )[0]


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
    if len(report.text) > TEXT_LIMIT:
        raise RuleBroken("text_too_long", length=len(report.text), limit=TEXT_LIMIT)
    if report.by_whatsapp and normal_phone(report.phone) is None:
        raise RuleBroken("not_a_phone")


def _contact(book: Book, report: Report) -> int:
    number = normal_phone(report.phone)
    found = _find(book.cursor, number) if number else None
    if found is None:
        found = book.new_id("contact_id")
        contact = {"id": found, "name": report.name.strip(), "phone": number or report.phone.strip() or None}
        insert(book.cursor, "contact", [contact | {"created_at": book.now}])
    if (
        report.by_whatsapp
        and not book.cursor.execute(
            "select 1 from contact_identity where kind = 'phone' and value = ?", [number]
        ).fetchone()
    ):
        book.cursor.execute("insert into contact_identity values ('phone', ?, ?, ?)", [number, found, book.now])
    return found


def _find(cursor, number: str) -> int | None:
    found = cursor.execute(
        """
        select contact_id from contact_identity where kind = 'phone' and value = $number
        union all
        select id from contact where phone = $number and merged_into is null
        limit 1
        """,
        {"number": number},
    ).fetchone()
    return found[0] if found else None


def _first_message(book: Book, case: Case, report: Report) -> Case:
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
                "text": report.text.strip(),
                "sent_at": book.now,
                "received_at": book.now,
                "inbox_id": 0,
                "raw": "{}",
            }
        ],
    )
    return book.record(case, "message", REPORTER, message=wamid, media=False)
