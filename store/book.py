"""What one transaction changes: cases, their events and the messages they cause, written together at the end."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime

import pyarrow as pa

from . import ledger
from .db import incoming, insert, next_ids, rows
from .rules.case import Assignment, Case, Event
from .rules.deadline import to_jakarta
from .rules.fold import apply, undone_end
from .rules.texts import Letter
from .rules.workflow import SYSTEM, Actor, Role
from .wording import Wording

COLUMNS = [field.name for field in fields(Case) if field.name != "assignments"]
_PARTS = ", ".join(field.name for field in fields(Assignment))
_CHANGING = [name for name in COLUMNS if name not in ("id", "number", "channel", "received_at", "version")]
_SELECT = "select " + ", ".join(COLUMNS) + " from complaint "
_UPDATE = (
    "update complaint set version = incoming.version, "
    + ", ".join(f"{name} = incoming.{name}" for name in _CHANGING)
    + " from incoming where complaint.id = incoming.id and complaint.version = incoming.old_version"
)


def read_cases(cursor, where: str, params: list) -> list[Case]:
    """The cases for a condition of ours with bound parameters, oldest first."""
    found = [Case(**row) for row in rows(cursor.execute(_SELECT + where + " order by id", params))]
    shared = [case.id for case in found if case.forwarded_at]
    if not shared:
        return found
    marks = ", ".join("?" * len(shared))
    parts = _parts(cursor, "where complaint_id in (" + marks + ")", shared)
    return [replace(case, assignments=tuple(parts.get(case.id, ()))) for case in found]


def parts_of(cursor, start: int, end: int) -> dict[int, list[Assignment]]:
    """The departments' parts of the complaints from id `start` to below `end`, in their order."""
    return _parts(cursor, "where complaint_id >= ? and complaint_id < ?", [start, end])


def _parts(cursor, where: str, params: list) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = {}
    for row in rows(
        cursor.execute("select complaint_id, " + _PARTS + " from assignment " + where + " order by position", params)
    ):
        found.setdefault(row.pop("complaint_id"), []).append(Assignment(**row))
    return found


def case_row(case: Case) -> dict:
    """A case as its row in `complaint`."""
    return {name: getattr(case, name) for name in COLUMNS}


def part_rows(cases: Iterable[Case]) -> list[dict]:
    """The parts of these cases as rows of `assignment`."""
    return [
        {"complaint_id": case.id, "position": position} | vars(part)
        for case in cases
        for position, part in enumerate(case.assignments)
    ]


def end_row(case: Case, ended_at: datetime, undone_at: datetime) -> dict:
    """An end that did not last, as a row of `earlier_end`; one that was dated later than its undoing never was."""
    return {"complaint_id": case.id, "ended_at": ended_at, "undone_at": max(ended_at, undone_at)}


class Book:
    """The cases one transaction works on. Nothing is written before `write`."""

    def __init__(self, cursor, now: datetime):
        self.cursor = cursor
        self.now = now
        self.cases: dict[int, Case] = {}
        self._was: dict[int, Case] = {}
        self._events: list[dict] = []
        self._ends: list[dict] = []
        self._letters: list[dict] = []
        self._operations: list[dict] = []
        self._numbers: dict[tuple[str, int], int] = {}
        self._ids: dict[str, list[int]] = {}
        self._taken: dict[str, int] = {}
        self._wording = Wording(cursor)
        self._described: dict[int, Case] = {}

    def load(self, where: str, params: list) -> list[Case]:
        """Read cases into the book; those already changed here stay as they are in it."""
        found = read_cases(self.cursor, where, params)
        for case in found:
            self.cases.setdefault(case.id, case)
            self._was.setdefault(case.id, case)
        return [self.cases[case.id] for case in found]

    def open_case(self, channel: str, contact_id: int, actor: Actor, happened_at: datetime, **data) -> Case:
        """A new complaint with its number."""
        complaint_id = self.new_id("complaint_id")
        data |= {"number": self._next_number(channel, happened_at), "channel": channel, "contact_id": contact_id}
        event = Event(complaint_id, happened_at, "received", actor.username, _only_role(actor), None, "received", data)
        self._add(None, event)
        return self.cases[complaint_id]

    def record(
        self,
        case: Case,
        kind: str,
        actor: Actor,
        /,
        role: Role | None = None,
        target: str | None = None,
        happened_at: datetime | None = None,
        **data,
    ) -> Case:
        """One event of a case, with what follows from it."""
        event = Event(
            complaint_id=case.id,
            happened_at=happened_at or self.now,
            kind=kind,
            actor=actor.username,
            actor_role=role or _only_role(actor),
            from_state=self.cases[case.id].state,
            to_state=target or self.cases[case.id].state,
            data=data,
        )
        return self._add(self.cases[case.id], event)

    def describe(self, case: Case, facts: dict) -> None:
        """What this transaction is about to find out about a case, so that its messages say so already."""
        told = {name: facts[name] for name in ("category", "kelurahan", "confidential") if name in facts}
        self._described[case.id] = replace(case, **told)

    def send(self, letter: Letter, contact_id: int, case: Case | None, by: str, cause: str) -> int:
        """Put a message into the outbox; `cause` makes a second one for the same reason impossible."""
        letter = self._wording.final(letter, self._described.get(case.id, case) if case else None)
        message_id = self.new_id("message_out_id")
        self._letters.append(
            {
                "id": message_id,
                "cause": cause,
                "contact_id": contact_id,
                "complaint_id": case.id if case else None,
                "purpose": letter.purpose,
                "kind": letter.kind,
                "text": letter.text,
                "extra": offered(letter),
                "template": letter.template if letter.template_params else None,
                "template_params": json.dumps(letter.template_params) if letter.template_params else None,
                "media_id": letter.media_id,
                "created_at": self.now,
                "created_by": by,
                "state": "queued",
                "next_at": self.now,
            }
        )
        return message_id

    def send_again(self, sent: dict, contact_id: int, by: str, cause: str) -> int:
        """Put a message into the outbox once more.

        :param sent: its row
        """
        message_id = self.new_id("message_out_id")
        same = ("complaint_id", "purpose", "kind", "text", "extra", "template", "template_params", "media_id")
        self._letters.append(
            {name: sent[name] for name in same}
            | {"id": message_id, "cause": cause, "contact_id": contact_id, "created_by": by, "state": "queued"}
            | {"created_at": self.now, "next_at": self.now}
        )
        return message_id

    def change_contact(self, loser: int, winner: int) -> None:
        """Two contacts were one person: their cases now belong to the elder contact, on record as an event each."""
        self.load("where contact_id = ?", [loser])
        for case in list(self.cases.values()):
            if case.contact_id == loser:
                self.record(case, "contact_joined", SYSTEM, contact_id=winner)
        for letter in self._letters:
            if letter["contact_id"] == loser:
                letter["contact_id"] = winner

    def new_id(self, sequence: str) -> int:
        """A new id; fetched some at a time in a long batch, because each question costs more than the id."""
        pool = self._ids.setdefault(sequence, [])
        if not pool:
            self._taken[sequence] = self._taken.get(sequence, 0) * 4 or 1
            pool.extend(reversed(next_ids(self.cursor, sequence, min(self._taken[sequence], 256))))
        return pool.pop()

    def operation(self, op_id: str, case: Case) -> None:
        """Remember that this button press has been carried out."""
        self._operations.append({"op_id": op_id, "complaint_id": case.id, "happened_at": self.now})

    def write(self) -> None:
        """Write everything; the caller's transaction makes it whole."""
        cursor = self.cursor
        for (channel, year), last in self._numbers.items():
            cursor.execute(
                """
                insert into number_counter values (?, ?, ?)
                on conflict (channel, year) do update set last = excluded.last
                """,
                [channel, year, last],
            )
        insert(cursor, "complaint", [case_row(c) for c in self.cases.values() if c.id not in self._was])
        changed = [c for c in self.cases.values() if c.id in self._was and c != self._was[c.id]]
        if changed:
            self._update(changed)
        ledger.append(cursor, self._events)
        insert(cursor, "earlier_end", self._ends)
        insert(cursor, "message_out", self._letters)
        insert(cursor, "operation", self._operations)

    def _update(self, changed: list[Case]) -> None:
        self._write_parts([case for case in changed if case.assignments != self._was[case.id].assignments])
        new = [case_row(case) | {"old_version": self._was[case.id].version} for case in changed]
        with incoming(self.cursor, "complaint", new, pa.field("old_version", pa.int32())):
            (count,) = self.cursor.execute(_UPDATE).fetchone()
        if count != len(changed):
            raise RuntimeError("a case changed under an open transaction")

    def _write_parts(self, cases: list[Case]) -> None:
        if cases:
            marks = ", ".join("?" * len(cases))
            self.cursor.execute("delete from assignment where complaint_id in (" + marks + ")", [c.id for c in cases])
            insert(self.cursor, "assignment", part_rows(cases))

    def _add(self, case: Case | None, event: Event) -> Case:
        new = apply(case, event)
        self.cases[new.id] = new
        if undone := undone_end(case, new):
            self._ends.append(end_row(new, undone, event.happened_at))
        event_id = self.new_id("event_id")
        row = vars(event) | {"id": event_id, "data": json.dumps(event.data, ensure_ascii=False, default=str)}
        self._events.append(row)
        return new

    def _next_number(self, channel: str, happened_at: datetime) -> str:
        key = (channel, to_jakarta(happened_at).year)
        if key not in self._numbers:
            found = self.cursor.execute(
                "select last from number_counter where channel = ? and year = ?", list(key)
            ).fetchone()
            self._numbers[key] = found[0] if found else 0
        self._numbers[key] += 1
        return f"{channel}-{key[1]}-{self._numbers[key]:05d}"


def offered(letter: Letter) -> str | None:
    """What a message offers to press, as JSON."""
    everything = {"buttons": letter.buttons, "rows": letter.rows, "button": letter.button, "flow": letter.flow}
    given = {name: value for name, value in everything.items() if value}
    return json.dumps(given, ensure_ascii=False) if given else None


def _only_role(actor: Actor) -> str:
    return next(iter(actor.roles))
