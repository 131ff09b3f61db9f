"""What incoming messages do to the register: contacts, complaints, messages, media.

`Intake` works on a batch: it reads what the batch needs in a few questions and writes it at the end, because one
question costs as much as ten rows of an answer.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb

from . import clocks, flow, inbox_log
from .arrived import Arrived, Said, bring_along, from_json, to_json
from .book import Book
from .commands.triage import set_free, waits_where
from .db import insert, rows
from .desk import Desk
from .people import People
from .reported import take_away
from .rules import completeness, reading
from .rules.case import Case
from .rules.texts import CUT, Letter
from .rules.workflow import REOPEN_DAYS, REPORTER, REVIVE_DAYS, Role, State

SUMMARY_LENGTH = 300
# In which the bot's answers to one person are counted.
_LATELY = timedelta(minutes=10)
# Nobody who answers a shortened message after so long still waits for the whole.
_STILL_WAITED_FOR = timedelta(days=30)
# What is in them are not the reporter's words about the matter.
_NOT_WORDS = ("reaction", "edit", "button_reply", "list_reply", "contacts")
# Not the fault of what is being taken in: the disk is full, memory is short. It is tried again, nothing is set aside.
REGISTER_TROUBLE = (duckdb.OperationalError, OSError, MemoryError)


class Intake:
    """A batch of incoming messages inside one transaction."""

    def __init__(self, desk: Desk, cursor, batch: list[Arrived], now: datetime, contacts: Sequence[int] = ()):
        """
        :param contacts: people whom the batch is about though no message of it says so
        """
        self.desk = desk
        self.cursor = cursor
        self.now = now
        self.book = Book(cursor, now)
        self.places = desk.places
        self._messages: list[dict] = []
        self._media: list[dict] = []
        self._kept: dict[str, tuple[int, int]] = {}
        self.people = People(cursor, self.book, batch, now, contacts)
        self._load(batch)

    def _load(self, batch: list[Arrived]) -> None:
        cursor = self.cursor
        wamids = [a.wamid for a in batch]
        self.known = {
            wamid
            for (wamid,) in cursor.execute(
                """
                select wamid from message_in where wamid in (select unnest($wamids::varchar[]))
                union all select wamid from message_waiting where wamid in (select unnest($wamids::varchar[]))
                """,
                {"wamids": wamids},
            ).fetchall()
        }
        contacts = self.people.known
        self._load_conversation(contacts)
        self._cases: dict[int, list[int]] = {}
        if contacts:
            # Counted from when the listener had the message: the register may have been away for days.
            first = min((a.received_at for a in batch), default=self.now)
            lately = first - timedelta(days=REOPEN_DAYS)
            for case in self.book.load(
                """
                where contact_id in (select unnest(?::bigint[])) and (
                    ended_at is null or ended_at > ? or (state = 'archived' and ended_at > ?)
                    or (state = 'duplicate' and (stopped_at is null or stopped_at > ?))
                )
                """,
                [contacts, lately, first - timedelta(days=REVIVE_DAYS), lately],
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

    def _load_conversation(self, contacts: list[int]) -> None:
        """Whose messages wait for a choice, and who is not answered."""
        asked = {"contacts": contacts, "now": self.now}
        waiting = self.cursor.execute(
            """
            select contact_id, arrived from message_waiting
            where contact_id in (select unnest($contacts::bigint[])) order by asked_at, wamid
            """,
            {"contacts": contacts},
        ).fetchall()
        self._waiting: dict[int, list[Arrived]] = {}
        for contact_id, arrived in waiting:
            self._waiting.setdefault(contact_id, []).append(from_json(arrived))
        blocked = self.cursor.execute(
            """
            select contact_id from sender_block where contact_id in (select unnest($contacts::bigint[]))
                and approved and ended_at is null and until > $now
            """,
            asked,
        ).fetchall()
        self.blocked = {contact_id for (contact_id,) in blocked}
        self._names: dict[str, str] | None = None
        cut = rows(
            self.cursor.execute(
                """
                select m.* from message_out m
                where contact_id in (select unnest($contacts::bigint[])) and form = 'template' and created_at > $since
                    and state in ('accepted', 'sent', 'delivered', 'read') and ends_with(template_params, $cut)
                    and not exists (select 1 from message_out f where f.cause = 'in:full:' || m.id)
                order by id
                """,
                {"contacts": contacts, "since": self.now - _STILL_WAITED_FOR, "cut": json.dumps([CUT])[2:]},
            )
        )
        self._cut: dict[int, list[dict]] = {}
        for row in cut:
            self._cut.setdefault(row["contact_id"], []).append(row)

    def _load_last_out(self, contacts: list[int]) -> None:
        self.last_out: dict[int, Said] = {}
        self._answers: dict[int, int] = {}
        if contacts:
            found = self.cursor.execute(
                """
                select contact_id, max(created_at), arg_max(purpose, id), arg_max_null(complaint_id, id),
                    count(*) filter (created_by = 'bot' and created_at > $lately)
                from message_out
                where contact_id in (select unnest($contacts::bigint[])) and created_at > $since group by contact_id
                """,
                {"contacts": contacts, "since": self.now - timedelta(days=1), "lately": self.now - _LATELY},
            ).fetchall()
            self.last_out = {contact: Said(*said) for contact, *said, _ in found}
            self._answers = {contact: count for contact, *_, count in found}

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

    def own_case(self, contact_id: int, number: str) -> Case | None:
        """This person's complaint with this number, however long ago it ended."""
        found = self.book.load("where number = ? and contact_id = ?", [number, contact_id])
        return found[0] if found else None

    def result_waits(self, case: Case, contact_id: int) -> bool:
        """Whether this person's result of the complaint has yet to go out, as it has at night."""
        return bool(
            self.cursor.execute(
                """
                select 1 from message_out
                where complaint_id = ? and contact_id = ? and purpose = 'result' and state = 'queued' limit 1
                """,
                [case.id, contact_id],
            ).fetchone()
        )

    @property
    def names(self) -> dict[str, str]:
        """Departments' names by code."""
        if self._names is None:
            self._names = dict(self.cursor.execute("select code, name from department").fetchall())
        return self._names

    def answered_much(self, contact_id: int) -> bool:
        """Whether this person was answered by the bot so often lately that it only listens now."""
        return self._answers.get(contact_id, 0) >= self.desk.config["conversation"]["answers_in_ten_minutes"]

    def waiting(self, contact_id: int) -> list[Arrived]:
        """This person's messages that wait for a choice, in their order."""
        return self._waiting.get(contact_id, [])

    def wait(self, arrived: Arrived, contact_id: int) -> None:
        """Keep a message until its reporter has said which complaint it is about."""
        self._waiting.setdefault(contact_id, []).append(arrived)
        self.cursor.execute(
            "insert into message_waiting values (?, ?, ?, ?)",
            [arrived.wamid, contact_id, arrived.received_at, to_json(arrived)],
        )

    def no_longer_waiting(self, contact_id: int) -> list[Arrived]:
        """Take out what waited, to go where it belongs."""
        self.cursor.execute("delete from message_waiting where contact_id = ?", [contact_id])
        return self._waiting.pop(contact_id, [])

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
        if arrived.kind == "form":
            return self._join_form(arrived, contact_id, case)
        data: dict = {"message": arrived.wamid, "media": bool(arrived.media_id)}
        shown = None if arrived.kind in _NOT_WORDS else arrived.text
        last = self.last_out.get(contact_id)
        asked = completeness.asked(case, last.purpose if last else None)
        said = reading.read(arrived.text, kind=arrived.kind, asked=asked, places=self.places).said
        # What the words say is counted where they are kept, beside what staff corrected of them.
        there = completeness.shown({}, media=bool(arrived.media_id), place=arrived.latitude is not None)
        if there:
            data["elements"] = there
        if said:
            data["said"] = said
        if thanks:
            data["thanks"] = True
        # A card names people, and a summary is shown to those who may not know who reported.
        if shown:
            data["summary"] = arrived.text[:SUMMARY_LENGTH]
        if arrived.latitude is not None and case.latitude is None:
            data |= {"latitude": arrived.latitude, "longitude": arrived.longitude}
        self.keep(arrived, contact_id, case)
        return self.book.record(case, "message", REPORTER, happened_at=arrived.received_at, **data)

    def _join_form(self, arrived: Arrived, contact_id: int, case: Case) -> Case:
        """A finished form: all of it as text, and what the case does not know yet as facts."""
        known = flow.reference(self.cursor)
        arrived = replace(arrived, text=flow.as_text(arrived.raw, known))
        data = {"message": arrived.wamid, "media": False} | flow.new_facts(case, arrived.raw, known)
        if "category" in data:
            data |= clocks.limits_after_category(self.desk, self.cursor, case, data["category"])
        self.keep(arrived, contact_id, case)
        case = self.book.record(case, "message", REPORTER, happened_at=arrived.received_at, **data)
        take_away(self.book, case)
        return self.book.cases[case.id]

    def goes_on(self, case: Case, arrived: Arrived) -> Case:
        """What was waited for has come, or an archived complaint is completed after all: its clock goes on."""
        kind = "revive" if case.state == State.ARCHIVED else "supply"
        limits = clocks.limits(self.desk, self.cursor, case, arrived.received_at)
        # A card names people; it is read in the conversation, by those who may.
        note = "" if arrived.kind == "contacts" else (arrived.text or "").strip()[:SUMMARY_LENGTH]
        where = waits_where(case)
        return self.book.record(case, kind, REPORTER, Role.REPORTER, where, arrived.received_at, note=note, **limits)

    def parent_of(self, case: Case) -> Case | None:
        """The complaint that a duplicate follows."""
        found = self.book.load("where id = ?", [case.parent_id]) if case.parent_id else []
        return found[0] if found else None

    def confirm(self, case: Case, happened_at: datetime) -> Case:
        return self.book.record(case, "confirm", REPORTER, Role.REPORTER, State.CLOSED, happened_at)

    def reopen(self, case: Case, reason: str, happened_at: datetime) -> Case:
        """A new two days, because the reporter says it is not done."""
        limits = self.desk.limits(happened_at, case.category)
        return self.book.record(
            case, "reopen", REPORTER, Role.REPORTER, State.REOPENED, happened_at, note=reason, **limits
        )

    def cancel(self, case: Case, happened_at: datetime) -> Case:
        """The reporter takes the complaint back; the reporters of its duplicates still wait for an answer."""
        note = "Dicabut pelapor lewat WhatsApp."
        case = self.book.record(
            case, "withdraw", REPORTER, Role.REPORTER, State.WITHDRAWN, happened_at, note=note, message_id=None
        )
        set_free(self.book, case)
        return self.book.cases[case.id]

    def rate(self, case: Case, rating: int, words: str, happened_at: datetime) -> Case:
        """
        :param rating: 1 to 5
        :param words: what was said with it, empty where nothing was
        """
        given = {"rating": rating} | ({"words": words[:SUMMARY_LENGTH]} if words else {})
        return self.book.record(case, "rate", REPORTER, Role.REPORTER, None, happened_at, **given)

    def keep(self, arrived: Arrived, contact_id: int, case: Case | None) -> None:
        """Keep the message itself; its media is fetched later."""
        message_id = self.book.new_id("message_in_id")
        if case:
            self.targets[arrived.wamid] = (case.id, contact_id)
            self._kept[arrived.wamid] = (case.id, contact_id)
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
        self.last_out[contact_id] = Said(self.now, letter.purpose, case.id if case else None)
        self._answers[contact_id] = self._answers.get(contact_id, 0) + 1
        self.book.send(letter, contact_id, case, "bot", cause)

    def tell_rest(self, contact_id: int) -> bool:
        """Send in full what went as a template that had no room for it, once; whether there was anything."""
        cut = self._cut.pop(contact_id, [])
        for row in cut:
            self._answers[contact_id] = self._answers.get(contact_id, 0) + 1
            self.last_out[contact_id] = Said(self.now, "full", row["complaint_id"])
            self.book.send_again(row | {"purpose": "full"}, contact_id, "bot", f"in:full:{row['id']}")
        return bool(cut)

    def problem(self, inbox_id: int, reason: str, raw: str) -> None:
        """Keep what could not be understood where the administrator sees it."""
        inbox_log.note_problem(self.cursor, inbox_id, reason, raw, self.now)

    def write(self) -> None:
        self.people.write()
        self.book.write()
        insert(self.cursor, "message_in", self._messages)
        insert(self.cursor, "media", self._media)
        bring_along(self.cursor, self._kept)

    def _merge(self, loser: int, winner: int) -> None:
        """Two contacts turn out to be one person: what this batch holds of the younger goes to the elder too."""
        for waiting in (*self._messages, *self._media):
            if waiting["contact_id"] == loser:
                waiting["contact_id"] = winner
        waiting = self._waiting.pop(loser, [])
        if waiting:
            self._waiting.setdefault(winner, []).extend(waiting)
        self._answers[winner] = self._answers.get(winner, 0) + self._answers.pop(loser, 0)
        if loser in self.blocked:
            self.blocked.add(winner)
        self._kept = {
            wamid: (case_id, winner if owner == loser else owner) for wamid, (case_id, owner) in self._kept.items()
        }
        moved = self._cases.pop(loser, [])
        self._cases[winner] = sorted({*self._cases.get(winner, []), *moved})
        self.book.change_contact(loser, winner)
        if loser in self._cut:
            self._cut.setdefault(winner, []).extend(self._cut.pop(loser))
        said = [self.last_out[person] for person in (loser, winner) if person in self.last_out]
        if said:
            self.last_out[winner] = max(said, key=lambda each: each.created_at)
