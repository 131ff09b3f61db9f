"""Writes the stories into the register: ids in the order of time, all rows in one transaction."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from .. import ledger
from ..book import case_row, end_row, offered, part_rows
from ..db import Register, insert, next_ids
from ..rules.deadline import to_jakarta
from ..rules.fold import apply, undone_end
from ..rules.texts import NEWS_TEMPLATE
from .people import Person
from .story import In, Medium, Out, Step, Story, failure

# A voice note that Meta no longer gave out: what a failed fetch leaves behind.
_MISSING = "HTTPStatusError"
_ATTEMPTS = 6


def write(register: Register, stories: list[Story], people: list[Person], until: datetime) -> None:
    """Everything or nothing. `stories` are in the order in which they arrived."""
    heard = _in_order((m.received_at, s, m) for s in stories for m in s.heard)
    told = _in_order((m.created_at, s, m) for s in stories for m in s.told)
    media = _in_order((m.created_at, s, m) for s in stories for m in s.media)
    steps = _in_order((e.happened_at, s, e) for s in stories for e in s.steps)
    with register.atomic() as cursor:
        _number(cursor, "contact_id", people)
        _number(cursor, "message_in_id", [message for _, message in heard])
        _number(cursor, "message_out_id", [message for _, message in told])
        complaint_ids = next_ids(cursor, "complaint_id", len(stories))
        ids = {id(story): complaint_id for story, complaint_id in zip(stories, complaint_ids, strict=True)}
        event_ids = next_ids(cursor, "event_id", len(steps))
        media_ids = next_ids(cursor, "media_id", len(media))
        insert(cursor, "contact", [_contact(person) for person in people])
        insert(cursor, "contact_identity", [row for person in people for row in _identities(person)])
        insert(cursor, "number_counter", _counters(stories))
        insert(cursor, "complaint", [_complaint(story, ids) for story in stories])
        insert(cursor, "assignment", part_rows(replace(story.case, id=ids[id(story)]) for story in stories))
        insert(cursor, "earlier_end", [row for story in stories for row in _ends(story, ids[id(story)])])
        ledger.append(cursor, [_event(i, s, e, ids) for i, (s, e) in zip(event_ids, steps, strict=True)])
        insert(cursor, "message_in", [_heard(ids[id(story)], story, message) for story, message in heard])
        insert(cursor, "message_out", [_told(ids[id(story)], story, out, until) for story, out in told])
        insert(cursor, "send_attempt", [row for _, out in told for row in _attempts(out, until)])
        insert(cursor, "media", [_medium(i, ids[id(s)], s, m) for i, (s, m) in zip(media_ids, media, strict=True)])


def _in_order(found: Iterable[tuple[datetime, Story, Any]]) -> list[tuple[Story, Any]]:
    # Sorting is stable: what one story did at one moment stays in its order.
    return [(story, thing) for _, story, thing in sorted(found, key=lambda entry: entry[0])]


def _number(cursor, sequence: str, things: list) -> None:
    for thing, new in zip(things, next_ids(cursor, sequence, len(things)), strict=True):
        thing.id = new


def _contact(person: Person) -> dict:
    return {
        "id": person.id,
        "name": person.profile,
        "phone": person.phone,
        "bsuid": person.bsuid,
        "created_at": person.created_at,
        "last_inbound_at": person.last_in,
    }


def _identities(person: Person) -> list[dict]:
    return [
        {"kind": kind, "value": value, "contact_id": person.id, "seen_at": person.created_at}
        for kind, value in person.identities
    ]


def _counters(stories: list[Story]) -> list[dict]:
    last: dict[tuple[str, int], int] = {}
    for story in stories:
        key = (story.channel, to_jakarta(story.case.received_at).year)
        last[key] = max(last.get(key, 0), int(story.case.number.rpartition("-")[2]))
    return [{"channel": channel, "year": year, "last": count} for (channel, year), count in last.items()]


def _complaint(story: Story, ids: dict[int, int]) -> dict:
    parent = story.case.parent_id
    known = {"parent_id": ids[id(parent)]} if parent else {}
    return case_row(replace(story.case, id=ids[id(story)], contact_id=story.person.id, **known))


def _ends(story: Story, complaint_id: int) -> list[dict]:
    """The ends that did not last."""
    found, case = [], None
    for step in story.steps:
        before, case = case, apply(case, step.event)
        if undone := undone_end(before, case):
            found.append(end_row(replace(case, id=complaint_id), undone, step.event.happened_at))
    return found


def _event(event_id: int, story: Story, step: Step, ids: dict[int, int]) -> dict:
    event = step.event
    data = {name: value.id if isinstance(value, Person | Out) else value for name, value in event.data.items()}
    data |= {name: ids[id(value)] for name, value in data.items() if isinstance(value, Story)}
    return {
        "id": event_id,
        "complaint_id": ids[id(story)],
        "happened_at": event.happened_at,
        "kind": event.kind,
        "actor": event.actor,
        "actor_role": event.actor_role,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "data": json.dumps(data, ensure_ascii=False, default=str),
    }


def _heard(complaint_id: int, story: Story, message: In) -> dict:
    return {
        "id": message.id,
        "wamid": message.wamid,
        "contact_id": story.person.id,
        "complaint_id": complaint_id,
        "kind": message.kind,
        "text": message.text,
        "reply_to": message.reply_to,
        "refers_to": None,
        "latitude": message.latitude,
        "longitude": message.longitude,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        # No inbox row brought it.
        "inbox_id": 0,
        "raw": "{}",
    }


def _told(complaint_id: int, story: Story, out: Out, until: datetime) -> dict:
    letter = out.letter
    reached, read, failed = (t if t and t <= until else None for t in (out.reached, out.read, out.failed))
    state = "failed" if failed else "read" if read else "delivered" if reached else "sent"
    code, text = failure() if failed else (None, None)
    return {
        "id": out.id,
        "cause": out.cause,
        "contact_id": story.person.id,
        "complaint_id": complaint_id,
        "purpose": letter.purpose,
        "kind": letter.kind,
        "text": letter.text,
        "extra": offered(letter),
        "template": NEWS_TEMPLATE if letter.template_params else None,
        "template_params": json.dumps(letter.template_params) if letter.template_params else None,
        "created_at": out.created_at,
        "created_by": out.by,
        "state": state,
        "form": out.form,
        "wamid": out.wamid,
        "attempts": 1,
        "next_at": out.created_at,
        "sent_at": min(out.sent_at, until),
        "delivered_at": reached,
        "read_at": read,
        "failed_at": failed,
        "error_code": code,
        "error_text": text,
    }


def _attempts(out: Out, until: datetime) -> list[dict]:
    base = {"message_id": out.id, "attempt": 1, "form": out.form}
    sent = min(out.sent_at, until)
    tried = [base | {"started_at": sent, "ended_at": sent, "outcome": "accepted", "detail": None}]
    if out.failed and out.failed <= until:
        times = {"started_at": out.failed, "ended_at": out.failed}
        tried.append(base | times | {"outcome": "failed", "detail": failure()[1]})
    return tried


def _medium(media_id: int, complaint_id: int, story: Story, medium: Medium) -> dict:
    file, message = medium.file, medium.message
    return {
        "id": media_id,
        "message_id": message.id if message else None,
        "complaint_id": complaint_id,
        "contact_id": story.person.id if message else None,
        "source": "reporter" if message else "staff",
        "whatsapp_id": medium.whatsapp_id,
        "mime": medium.mime,
        "filename": None,
        "sha256": file.sha256 if file else None,
        "size": file.size if file else None,
        "state": "stored" if file else "missing",
        "problem": None if file else _MISSING,
        "attempts": (1 if file else _ATTEMPTS) if message else 0,
        "created_at": medium.created_at,
        "created_by": medium.by,
        "stage": medium.stage,
    }
