"""What incoming messages do to the register: contacts, complaints, messages, media.

`Intake` works on a batch: it reads what the batch needs in a few questions and writes it at the end, because one
question costs as much as ten rows of an answer.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb

from .book import Book
from .clock import now as clock_now
from .db import insert, rows
from .desk import Desk
from .people import People
from .rules.case import Case
from .rules.errors import RuleBroken
from .rules.texts import Letter
from .rules.workflow import REOPEN_DAYS, REPORTER, Actor, Role, State

SUMMARY_LENGTH = 300
# Not the fault of what is being taken in: the disk is full, memory is short. It is tried again, nothing is set aside.
REGISTER_TROUBLE = (duckdb.OperationalError, OSError, MemoryError)


class Said(NamedTuple):
    """When a person was last written to, and why."""

    created_at: datetime
    purpose: str


@dataclass(frozen=True)
class Arrived:
    """One incoming message in the register's words; `identities` are (kind, value) pairs.

    Times are naive UTC: `sent_at` by the citizen's phone, `received_at` when the listener had it safe. The clock starts
    at the latter, however long the register was away.
    """

    wamid: str
    kind: str
    text: str | None
    identities: tuple[tuple[str, str], ...]
    name: str | None
    sent_at: datetime
    received_at: datetime
    reply_to: str | None
    refers_to: str | None
    latitude: float | None
    longitude: float | None
    media_id: str | None
    media_mime: str | None
    media_filename: str | None
    new_identities: tuple[tuple[str, str], ...]
    inbox_id: int
    raw: dict


class Intake:
    """A batch of incoming messages inside one transaction."""

    def __init__(self, desk: Desk, cursor, batch: list[Arrived], now: datetime):
        self.desk = desk
        self.cursor = cursor
        self.now = now
        self.book = Book(cursor, now)
        self._messages: list[dict] = []
        self._media: list[dict] = []
        self.people = People(cursor, self.book, batch, now)
        self._load(batch)

    def _load(self, batch: list[Arrived]) -> None:
        cursor = self.cursor
        wamids = [a.wamid for a in batch]
        self.known = {
            wamid
            for (wamid,) in cursor.execute(
                "select wamid from message_in where wamid in (select unnest(?::varchar[]))", [wamids]
            ).fetchall()
        }
        contacts = self.people.known
        self._cases: dict[int, list[int]] = {}
        if contacts:
            # Counted from when the listener had the message: the register may have been away for days.
            first = min(a.received_at for a in batch)
            for case in self.book.load(
                "where contact_id in (select unnest(?::bigint[])) and (ended_at is null or ended_at > ?)",
                [contacts, first - timedelta(days=REOPEN_DAYS)],
            ):
                self._cases.setdefault(case.contact_id, []).append(case.id)
        self._load_targets(batch)
        self._load_last_out(contacts)

    def _load_targets(self, batch: list[Arrived]) -> None:
        targets = sorted({t for a in batch for t in (a.reply_to, a.refers_to) if t})
        self.targets: dict[str, tuple[int, int]] = {}
        if not targets:
            return
        found = self.cursor.execute(
            """
            select wamid, complaint_id, contact_id from message_in
            where wamid in (select unnest($targets::varchar[])) and complaint_id is not null
            union all
            select wamid, complaint_id, contact_id from message_out
            where wamid in (select unnest($targets::varchar[])) and complaint_id is not null
            """,
            {"targets": targets},
        ).fetchall()
        self.targets = {wamid: (complaint, contact) for wamid, complaint, contact in found}
        missing = {complaint for complaint, _ in self.targets.values()} - set(self.book.cases)
        if missing:
            self.book.load("where id in (select unnest(?::bigint[]))", [sorted(missing)])

    def _load_last_out(self, contacts: list[int]) -> None:
        self.last_out: dict[int, Said] = {}
        if contacts:
            found = self.cursor.execute(
                """
                select contact_id, max(created_at), arg_max(purpose, id) from message_out
                where contact_id in (select unnest(?::bigint[])) and created_at > ? group by contact_id
                """,
                [contacts, self.now - timedelta(days=1)],
            ).fetchall()
            self.last_out = {contact: Said(created_at, purpose) for contact, created_at, purpose in found}

    def contact(self, arrived: Arrived) -> int:
        """The one contact of this person; made where there is none, joined where two turn out to be one."""
        contact_id, others = self.people.find(arrived)
        for other in others:
            self._merge(other, contact_id)
        return contact_id

    def cases_of(self, contact_id: int) -> list[Case]:
        """This person's complaints that are open or ended lately, oldest first."""
        return [self.book.cases[complaint_id] for complaint_id in self._cases.get(contact_id, [])]

    def target(self, arrived: Arrived, contact_id: int) -> Case | None:
        """The case of the message this one answers or refers to, if it is this person's."""
        for wamid in (arrived.refers_to, arrived.reply_to):
            complaint_id, owner = self.targets.get(wamid or "", (None, None))
            case = self.book.cases.get(complaint_id) if complaint_id else None
            if case and contact_id in (owner, case.contact_id):
                return case
        return None

    def open_complaint(self, arrived: Arrived, contact_id: int) -> Case:
        """A new complaint with number and clock, from a person's first message."""
        case = self.book.open_case(
            "WA",
            contact_id,
            REPORTER,
            arrived.received_at,
            kind="complaint",
            summary="",
            **self.desk.limits(arrived.received_at),
        )
        self._cases.setdefault(contact_id, []).append(case.id)
        return self.join(arrived, contact_id, case)

    def join(self, arrived: Arrived, contact_id: int, case: Case, thanks: bool = False) -> Case:
        """Add a message to a complaint; mere thanks make nobody look at it again."""
        data: dict = {"message": arrived.wamid, "media": bool(arrived.media_id)}
        if thanks:
            data["thanks"] = True
        # A card names people, and a summary is shown to those who may not know who reported.
        if arrived.text and arrived.kind not in ("reaction", "edit", "button_reply", "list_reply", "contacts"):
            data["summary"] = arrived.text[:SUMMARY_LENGTH]
        if arrived.latitude is not None and case.latitude is None:
            data |= {"latitude": arrived.latitude, "longitude": arrived.longitude}
        self.keep(arrived, contact_id, case)
        return self.book.record(case, "message", REPORTER, happened_at=arrived.received_at, **data)

    def confirm(self, case: Case, happened_at: datetime) -> Case:
        return self.book.record(case, "confirm", REPORTER, Role.REPORTER, State.CLOSED, happened_at)

    def reopen(self, case: Case, reason: str, happened_at: datetime) -> Case:
        """A new two days, because the reporter says it is not done."""
        limits = self.desk.limits(happened_at)
        return self.book.record(
            case, "reopen", REPORTER, Role.REPORTER, State.REOPENED, happened_at, note=reason, **limits
        )

    def keep(self, arrived: Arrived, contact_id: int, case: Case | None) -> None:
        """Keep the message itself; its media is fetched later."""
        message_id = self.book.new_id("message_in_id")
        if case:
            self.targets[arrived.wamid] = (case.id, contact_id)
        self._messages.append(
            {
                "id": message_id,
                "wamid": arrived.wamid,
                "contact_id": contact_id,
                "complaint_id": case.id if case else None,
                "kind": arrived.kind,
                "text": arrived.text,
                "reply_to": arrived.reply_to,
                "refers_to": arrived.refers_to,
                "latitude": arrived.latitude,
                "longitude": arrived.longitude,
                "sent_at": arrived.sent_at,
                "received_at": arrived.received_at,
                "inbox_id": arrived.inbox_id,
                "raw": json.dumps(arrived.raw, ensure_ascii=False),
            }
        )
        if arrived.media_id:
            self._media.append(
                {
                    "id": self.book.new_id("media_id"),
                    "message_id": message_id,
                    "complaint_id": case.id if case else None,
                    "contact_id": contact_id,
                    "source": "reporter",
                    "whatsapp_id": arrived.media_id,
                    "mime": arrived.media_mime,
                    "filename": arrived.media_filename,
                    "state": "waiting",
                    "next_at": self.now,
                    "created_at": self.now,
                }
            )

    def send(self, letter: Letter, contact_id: int, case: Case | None, cause: str) -> None:
        self.last_out[contact_id] = Said(self.now, letter.purpose)
        self.book.send(letter, contact_id, case, "bot", cause)

    def problem(self, inbox_id: int, reason: str, raw: str) -> None:
        """Keep what could not be understood where the administrator sees it."""
        note_problem(self.cursor, inbox_id, reason, raw, self.now)

    def write(self) -> None:
        self.people.write()
        self.book.write()
        insert(self.cursor, "message_in", self._messages)
        insert(self.cursor, "media", self._media)

    def _merge(self, loser: int, winner: int) -> None:
        """Two contacts turn out to be one person: what this batch holds of the younger goes to the elder too."""
        for waiting in (*self._messages, *self._media):
            if waiting["contact_id"] == loser:
                waiting["contact_id"] = winner
        moved = self._cases.pop(loser, [])
        self._cases[winner] = sorted({*self._cases.get(winner, []), *moved})
        self.book.change_contact(loser, winner)
        said = [self.last_out[person] for person in (loser, winner) if person in self.last_out]
        if said:
            self.last_out[winner] = max(said)


def note_problem(cursor, inbox_id: int, reason: str, raw: str, now: datetime) -> None:
    cursor.execute(
        "insert into inbox_problem (inbox_id, happened_at, reason, raw) values (?, ?, ?, ?)",
        [inbox_id, now, reason, raw],
    )


def position(cursor) -> int:
    """The last inbox row whose effects are in the register."""
    found = cursor.execute("select last_id from inbox_position where name = 'inbox'").fetchone()
    return found[0] if found else 0


def advance(cursor, last_id: int) -> None:
    """Note how far the inbox has been applied, in the transaction of what it caused."""
    cursor.execute(
        "insert into inbox_position values ('inbox', ?) on conflict (name) do update set last_id = excluded.last_id",
        [last_id],
    )


def problems(register) -> list[dict]:
    """What could not be understood and nobody has settled yet, newest first."""
    with register.cursor() as cursor:
        return rows(
            cursor.execute("select * from inbox_problem where settled_at is null order by inbox_id desc limit 200")
        )


def settle(register, actor: Actor, inbox_id: int) -> None:
    """Note that somebody has looked at a body that could not be understood.

    :raises RuleBroken: `not_allowed`
    """
    if not actor.has(Role.ADMIN, Role.OFFICIAL):
        raise RuleBroken("not_allowed")
    with register.atomic() as cursor:
        cursor.execute(
            "update inbox_problem set settled_at = ?, settled_by = ? where inbox_id = ? and settled_at is null",
            [clock_now(), actor.username, inbox_id],
        )
