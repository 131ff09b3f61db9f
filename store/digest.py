"""The digest: what waits for an officer, by WhatsApp, in numbers only; instead of a message for every reminder.

Each officer with a number on file gets one in the first half of a working day's office hours, if anything waits, and
in the second half at most one more, if something came to 100 % (or was escalated to them) since. Both go through the
outbox like every message, by a template of their own, and never outside office hours.
"""

import json
from datetime import date, datetime

from . import queries, users
from .book import Book
from .clock import now as clock_now
from .db import Register, insert, rows
from .desk import Desk
from .reminders import addresses
from .rules import indonesian, texts
from .rules.deadline import to_jakarta
from .rules.workflow import Actor

MORNING, LATER = "morning", "later"
NEWS_LEVEL = 100


def run(desk: Desk, now: datetime | None = None) -> int:
    """Put the digests that are due into the outbox; how many. Each person and occasion once, whatever dies when."""
    now = now or clock_now()
    _drop_stale(desk, now)
    if not desk.calendar.is_open(now):
        return 0
    day = to_jakarta(now).date()
    opening, closing = desk.calendar.opening(day), desk.calendar.closing(day)
    occasion = MORNING if now < opening + (closing - opening) / 2 else LATER
    due = _due(desk.register, day, occasion)
    risen = _risen(desk.register, opening) if due and occasion == LATER else []
    sent = 0
    for row in due:
        actor = users.actor(desk.register, row["username"])
        if occasion == MORNING:
            letter = _letter(desk.register, actor, now)
        else:
            new = _news(desk.register, actor, risen, row["morning_at"] or opening, now)
            if not new:
                # Not settled: something may still come until the office closes.
                continue
            letter = _letter(desk.register, actor, now, new)
        _settle(desk.register, row, day, occasion, letter, now)
        sent += letter is not None
    return sent


def _due(register: Register, day: date, occasion: str) -> list[dict]:
    """The officers with a number for whom this occasion is not settled: `username`, `whatsapp`, `morning_at`."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select u.username, u.whatsapp, m.happened_at as morning_at from user_account u
            left join digest m on m.username = u.username and m.day = $day and m.occasion = $morning
            where u.active and u.whatsapp <> '' and u.username not in (
                select username from digest where day = $day and occasion = $occasion
            )
            order by u.username
            """,
            {"day": day, "occasion": occasion, "morning": MORNING},
        )
        return rows(found)


def _letter(register: Register, actor: Actor, now: datetime, new: int = 0) -> texts.Letter | None:
    counted = queries.todo_counts(register, actor, now)
    if not counted["todo"]:
        return None
    others = counted["todo"] - counted["late"] - counted["today"]
    return texts.digest(indonesian.moment(now), counted["late"], counted["today"], others, new)


def _risen(register: Register, since: datetime) -> list[tuple[int, datetime, frozenset[str]]]:
    """The cases of which people were reminded at 100 % or more: id, when, and who was meant."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select complaint_id, happened_at, data from event where happened_at >= ? and kind = 'remind'", [since]
        ).fetchall()
    read = ((complaint_id, happened_at, json.loads(data)) for complaint_id, happened_at, data in found)
    return [(i, happened_at, frozenset(data["to"])) for i, happened_at, data in read if data["level"] >= NEWS_LEVEL]


def _news(register: Register, actor: Actor, risen: list, since: datetime, now: datetime) -> int:
    """Of how many cases this person was reminded since, that still wait for them."""
    mine = addresses(actor)
    ids = {complaint_id for complaint_id, happened_at, to in risen if happened_at > since and to & mine}
    return len(ids & queries.todo_ids(register, actor, now)) if ids else 0


def _settle(register: Register, row: dict, day: date, occasion: str, letter: texts.Letter | None, now) -> None:
    """Note the occasion and put its message into the outbox, both or neither."""
    with register.atomic(news=False) as cursor:
        cursor.execute("insert into digest values (?, ?, ?, ?)", [row["username"], day, occasion, now])
        if letter is None:
            return
        book = Book(cursor, now)
        contact_id = _contact(book, row["whatsapp"])
        book.send(letter, contact_id, None, "system", f"digest:{row['username']}:{day}:{occasion}")
        book.write()


def _contact(book: Book, number: str) -> int:
    """The contact that is reached by this number now; made where there is none.

    An officer may also be a reporter, and what they write is taken in as anybody's. The owner of an identity is not
    asked: it may be somebody who has left the number behind, whose messages go to another.
    """
    found = book.cursor.execute(
        """
        select c.id from contact c left join contact_identity i
            on i.contact_id = c.id and i.kind = 'phone' and i.value = $number
        where c.phone = $number and c.merged_into is null order by i.contact_id is null, c.id limit 1
        """,
        {"number": number},
    ).fetchone()
    if found:
        return found[0]
    contact_id = book.new_id("contact_id")
    insert(book.cursor, "contact", [{"id": contact_id, "phone": number, "created_at": book.now}])
    book.cursor.execute(
        "insert into contact_identity values ('phone', ?, ?, ?) on conflict do nothing", [number, contact_id, book.now]
    )
    return contact_id


def _drop_stale(desk: Desk, now: datetime) -> None:
    """What could not go out while the office was open is not sent at night or days later."""
    day = to_jakarta(now).date()
    opening = desk.calendar.opening(day) if desk.calendar.is_open(now) else now
    stale = "from message_out where state = 'queued' and purpose = 'digest' and created_at < ?"
    with desk.register.cursor() as cursor:
        if not cursor.execute("select 1 " + stale + " limit 1", [opening]).fetchone():
            return
    with desk.register.atomic(news=False) as cursor:
        found = cursor.execute("select id " + stale, [opening]).fetchall()
        for (message_id,) in found:
            cursor.execute(
                "update message_out set state = 'failed', failed_at = ?, error_text = ? where id = ?",
                [now, "jam kerja sudah lewat, ringkasan tidak dikirim", message_id],
            )
