"""Applies new inbox rows to the register, each exactly once: the position is written in the same transaction."""

import json
import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta

from store import delivery, flow, health, inbox_log, intake, standard, templates
from store.arrived import Arrived, waiting_since
from store.clock import now as clock_now
from store.desk import Desk
from store.intake import Intake
from store.rules import completeness, reading, texts
from store.rules.case import Case, is_taken, may_reopen
from store.rules.progress import progress
from store.rules.texts import Letter
from store.rules.workflow import BY_NAME, State

from . import conversation
from .conversation import ATTACHED, JOINED_QUIET, Decision, Heard
from .events import Exploded, Inbound, explode
from .inbox import InboxReader, InboxRow

log = logging.getLogger(__name__)
BATCH = 200
IDLE_SECONDS = 0.15


def drain_once(desk: Desk, reader: InboxReader, limit: int = BATCH) -> int:
    """Apply the next inbox rows; how many they were comes back.

    A batch that fails is applied row by row, and the one row at fault is set aside for the administrator.
    """
    with desk.register.cursor() as cursor:
        done = inbox_log.position(cursor)
    waiting = reader.after(done, limit)
    if not waiting:
        return 0 if reader.last_id() >= done else _start_over(desk, done)
    try:
        _apply(desk, waiting)
    except intake.REGISTER_TROUBLE:
        raise
    except Exception as error:
        if len(waiting) > 1:
            log.error(
                "%d inbox rows failed together; they are applied one by one: %s", len(waiting), type(error).__name__
            )
        for row in waiting:
            _apply_or_set_aside(desk, row)
    return len(waiting)


def _start_over(desk: Desk, done: int) -> int:
    """The inbox is younger than the position in it: apply all of it, for what is known already does nothing again."""
    log.critical("the inbox ends before row %d: it was replaced, and is applied from its beginning", done)
    with desk.register.atomic() as cursor:
        inbox_log.advance(cursor, 0)
    return 0


def run(desk: Desk, reader: InboxReader, stop: threading.Event) -> None:
    """Drain until told to stop; a failure is logged and tried again, never the end."""
    while not stop.is_set():
        try:
            applied = drain_once(desk, reader)
        except Exception as error:
            log.error("draining the inbox failed; it is tried again: %s", health.trace(error))
            applied = 0
            stop.wait(2)
        if not applied:
            stop.wait(IDLE_SECONDS)


def _apply_or_set_aside(desk: Desk, row: InboxRow) -> None:
    """Apply one row; of one that fails each message by itself, so that one at fault takes no other with it."""
    try:
        _apply(desk, [row])
        return
    except intake.REGISTER_TROUBLE:
        raise
    except Exception as error:
        log.error("inbox row %d could not be applied: %s", row.id, health.trace(error))
        failed = error
    aside = []
    pieces = _pieces(explode(row.body))
    for piece in pieces if len(pieces) > 1 else ():
        try:
            _apply_parts(desk, [(row, piece)])
        except intake.REGISTER_TROUBLE:
            raise
        except Exception as error:
            aside.append((error, [each.raw for each in (*piece.messages, *piece.statuses)]))
    if not aside and len(pieces) < 2:
        aside.append((failed, row.body.decode("utf-8", "replace")))
    with desk.register.atomic() as cursor:
        for error, raw in aside:
            text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
            reason = f"tidak dapat diterapkan: {type(error).__name__}"
            inbox_log.note_problem(cursor, row.id, reason, text, clock_now())
        inbox_log.advance(cursor, row.id)


def _pieces(parts: Exploded) -> list[Exploded]:
    """Each message and each status by itself, in their order; then what is neither."""
    rest = [replace(parts, messages=[], statuses=[])] if parts.others or parts.error else []
    messages = [Exploded(messages=[message]) for message in parts.messages]
    return [*messages, *(Exploded(statuses=[status]) for status in parts.statuses), *rest]


def _apply(desk: Desk, waiting: list[InboxRow]) -> None:
    _apply_parts(desk, [(row, explode(row.body)) for row in waiting], waiting[-1].id)


def _apply_parts(desk: Desk, exploded: list[tuple[InboxRow, Exploded]], done: int | None = None) -> None:
    """Apply in one transaction.

    :param done: the inbox row that this ends
    """
    now = clock_now()
    batch = [_arrived(inbound, row, place) for row, parts in exploded for place, inbound in enumerate(parts.messages)]
    replies = {id(a): inbound.reply_id for a, inbound in zip(batch, _inbounds(exploded), strict=True)}
    with desk.register.atomic() as cursor:
        book = Intake(desk, cursor, batch, now)
        for arrived in batch:
            _take_in(desk, book, arrived, replies[id(arrived)], now)
        book.write()
        delivery.apply_statuses(cursor, _statuses(exploded), now, desk.settings.config["sending"]["max_attempts"])
        for row, parts in exploded:
            _keep_the_rest(cursor, row, parts, now)
        if done is not None:
            inbox_log.advance(cursor, done)


def _take_in(desk: Desk, book: Intake, arrived: Arrived, reply_id: str | None, now: datetime) -> None:
    if arrived.wamid in book.known:
        return
    book.known.add(arrived.wamid)
    if not arrived.identities:
        book.problem(arrived.inbox_id, "pesan tanpa pengirim", json.dumps(arrived.raw, ensure_ascii=False))
        return
    contact_id = book.contact(arrived)
    cases = book.cases_of(contact_id)
    if contact_id in book.blocked:
        # Stored with what is open, so that whoever has it may read it; it wakes nobody and is not answered.
        book.keep(arrived, contact_id, next((case for case in reversed(cases) if conversation.is_live(case)), None))
        return
    last = book.last_out.get(contact_id)
    heard = _heard(desk, arrived, reply_id)
    target, waits = book.target(arrived, contact_id), book.waiting(contact_id)
    decision = conversation.decide(heard, target, cases, arrived.received_at, last, bool(waits))
    decision = _as_possible(book, decision, contact_id, typed=reply_id is None)
    silent = any(is_taken(case, now) for case in cases)
    decision, case = _carry_out(book, decision, arrived, contact_id)
    if decision.action == "open":
        letters = [first_answer(desk, case)]
    elif silent or book.answered_much(contact_id):
        letters = []
    else:
        letters = _answers(desk, book, decision, case, last, now)
    if arrived.kind not in ATTACHED and all(letter.purpose in _NO_NEWS for letter in letters):
        # A template had no room for all of it, and asked for an answer to tell the rest.
        letters = [] if book.tell_rest(contact_id) else letters
    for number, letter in enumerate(letters):
        book.send(letter, contact_id, case, f"in:{arrived.wamid}:{number}")


# They say no more than that a message arrived.
_NO_NEWS = ("joined", "joined_ended")


def _heard(desk: Desk, arrived: Arrived, reply_id: str | None) -> Heard:
    said = reading.read(arrived.text, kind=arrived.kind, places=desk.places)
    new_matter = bool(said.what and (said.where or said.kelurahan))
    return Heard(arrived.kind, arrived.text, reply_id, arrived.latitude is not None, new_matter)


def first_answer(desk: Desk, case: Case) -> Letter:
    """The one automatic answer to a new complaint."""
    offered = flow.offer(desk)
    form = offered.letter_part(case.number) if offered else None
    there, said = case.elements.split(","), json.loads(case.said)
    return texts.acknowledgement(case.number, desk.service, there, case.latitude is not None, form, said)


def _answers(desk: Desk, book: Intake, decision: Decision, case: Case | None, last, now: datetime) -> list[Letter]:
    if decision.action not in _LETTERS:
        return conversation.replies(decision, case, last, now, desk.is_night(now))
    repeated = last and last.purpose == "info" == decision.action and now - last.created_at < JOINED_QUIET
    return [] if repeated else _LETTERS[decision.action](desk, book, decision, now)


def _status(desk: Desk, book: Intake, decision: Decision, now: datetime) -> list[Letter]:
    shown = decision.cases[: texts.LIST_ROWS]
    told = [(each.number, progress(each, book.names, now), "" if each.confidential else each.summary) for each in shown]
    return [texts.status(*told[0][:2]) if len(told) == 1 else texts.statuses(told)]


# What is told from the settings and the register rather than from the message.
_LETTERS = {
    "info": lambda desk, book, decision, now: [texts.standard(standard.as_message(desk.config))],
    "officer": lambda desk, book, decision, now: [texts.officer(standard.hours(desk.config))],
    "status": _status,
}


_OF_A_RESULT = ("confirm", "reopen", "reopen_parent")


def _as_possible(book: Intake, decision: Decision, contact_id: int, typed: bool) -> Decision:
    """The decision, once the register was asked what it could not know."""
    if decision.action == "unknown_number":
        older = book.own_case(contact_id, decision.note)
        return Decision("status", older, cases=(older,)) if older else decision
    if decision.action == "choose" and not book.waiting(contact_id):
        # The time to choose was over, and the message went its way.
        return Decision("join", decision.case) if decision.case else Decision("new_asked")
    if typed and decision.action in _OF_A_RESULT and book.result_waits(decision.case, contact_id):
        # Nobody agrees to what they have not read: a "sudah" at night is about something else.
        return Decision("join", decision.case)
    return decision


def _carry_out(book: Intake, decision: Decision, arrived: Arrived, contact_id: int) -> tuple[Decision, Case | None]:
    """What the message does; the decision as it was carried out, and the complaint it concerns."""
    case = decision.case
    if decision.action == "open":
        return decision, book.open_complaint(arrived, contact_id)
    if decision.action == "wait":
        book.wait(arrived, contact_id)
        return decision, None
    if decision.action == "choose":
        return _choose(book, decision, arrived, contact_id)
    if decision.action in conversation.ONLY_SAID or (decision.action == "attach" and case is None):
        book.keep(arrived, contact_id, case)
        return decision, case
    thanks = arrived.kind == "text" and conversation.only_thanks(arrived.text or "x")
    # A pressed row or a typed "5" is no news; words beside it are.
    unheard = thanks and not conversation.may_answer(arrived.text, case, book.last_out.get(contact_id))
    quiet = unheard or (decision.action == "rate" and not decision.note) or decision.action == "cancel"
    lacked = _lacks(case)
    case = book.join(arrived, contact_id, case, quiet)
    if decision.action == "join" and not decision.note:
        note = {"form": "form", "button_reply": "pressed"}.get(arrived.kind, "")
        decision = replace(decision, note=note or ("complete" if lacked and not _lacks(case) else ""))
    return _follow_up(book, decision, case, arrived, thanks)


def _lacks(case: Case) -> bool:
    return bool(conversation.NEEDED & set(completeness.missing(case.elements)))


def _choose(book: Intake, decision: Decision, arrived: Arrived, contact_id: int) -> tuple[Decision, Case]:
    """What waited goes to the complaint that was chosen, or opens a new one."""
    case = decision.case
    action = "choose" if case else "open"
    done = Decision(action, case)
    for earlier in book.no_longer_waiting(contact_id):
        case = book.join(earlier, contact_id, case) if case else book.open_complaint(earlier, contact_id)
        said = conversation.says_of_result(earlier.text, case, earlier.received_at)
        then, case = _follow_up(book, said or Decision("join", case), case, earlier, False)
        done = then if said else done
    book.keep(arrived, contact_id, case)
    return replace(done, case=case), case


def settle_waiting(desk: Desk, now: datetime | None = None) -> int:
    """Put messages whose reporter has not chosen in time to the complaint they last wrote of; how many they were."""
    now = now or clock_now()
    before = now - timedelta(minutes=desk.config["conversation"]["choose_minutes"])
    with desk.register.cursor() as cursor:
        if not waiting_since(cursor, before):
            return 0
    with desk.register.atomic() as cursor:
        # By whom they are kept for: the number in the message may be somebody else's by now.
        contacts, count = waiting_since(cursor, before), 0
        book = Intake(desk, cursor, [], now, contacts)
        for contact_id in contacts:
            count += len(book.waiting(contact_id))
            cases = [case for case in book.cases_of(contact_id) if conversation.is_live(case)]
            case = max(cases, key=lambda each: each.last_message_at or each.received_at, default=None)
            for arrived in book.no_longer_waiting(contact_id):
                if case is None:
                    case = book.open_complaint(arrived, contact_id)
                    if contact_id not in book.blocked:
                        book.send(first_answer(desk, case), contact_id, case, f"in:{arrived.wamid}:0")
                else:
                    case = book.join(arrived, contact_id, case)
                    _, case = _follow_up(book, Decision("join", case), case, arrived, False)
        book.write()
    return count


def _follow_up(book: Intake, decision: Decision, case: Case, arrived: Arrived, thanks: bool) -> tuple[Decision, Case]:
    """What a message that belongs to a complaint does to it; and the decision as it could be carried out."""
    if decision.action == "confirm":
        return decision, book.confirm(case, arrived.received_at)
    if decision.action == "cancel":
        return decision, book.cancel(case, arrived.received_at)
    if decision.action == "rate":
        words = (arrived.text or "").strip() if decision.note else ""
        return decision, book.rate(case, decision.rating, words, arrived.received_at)
    if decision.action == "reopen":
        words = " ".join((arrived.text or "").split())[: intake.SUMMARY_LENGTH]
        said = f"Pelapor menulis “{words}”." if arrived.kind == "text" else "Pelapor menekan “Belum selesai”."
        return decision, book.reopen(case, said, arrived.received_at)
    if decision.action == "reopen_parent":
        parent = book.parent_of(case)
        may = parent is not None and parent.state in BY_NAME["reopen"].sources
        if not may or not may_reopen(parent, arrived.received_at):
            return Decision("join", case, "not_reopened"), case
        words = " ".join((arrived.text or "").split())[: intake.SUMMARY_LENGTH]
        said = f"menulis “{words}”." if arrived.kind == "text" else "menekan “Belum selesai”."
        book.reopen(parent, f"Pelapor aduan {case.number} {said}", arrived.received_at)
    if case.state in (State.AWAITING_REPORTER, State.ARCHIVED) and not thanks and arrived.kind not in ATTACHED:
        if case.state == State.AWAITING_REPORTER and decision.note != "form":
            decision = replace(decision, note="supplied")
        case = book.goes_on(case, arrived)
    if thanks and decision.action == "join":
        decision = replace(decision, note="thanks")
    return decision, case


def _arrived(inbound: Inbound, row: InboxRow, place: int) -> Arrived:
    location, media = inbound.location, inbound.media
    return Arrived(
        # A message without an id cannot be sent twice by its id; the place it came from stands in.
        wamid=inbound.wamid or f"inbox:{row.id}:{place}",
        kind=inbound.kind,
        text=inbound.text,
        identities=_identities(inbound.wa_id, inbound.bsuid),
        new_identities=_identities(inbound.new_wa_id, inbound.new_bsuid),
        name=inbound.name,
        # A clock of the phone's or Meta's that runs ahead must not open the 24-hour window longer.
        sent_at=min(inbound.sent_at or row.received_at, row.received_at),
        received_at=row.received_at,
        reply_to=inbound.reply_to,
        refers_to=inbound.refers_to,
        latitude=location.latitude if location else None,
        longitude=location.longitude if location else None,
        media_id=media.id if media else None,
        media_mime=media.mime if media else None,
        media_filename=media.filename if media else None,
        inbox_id=row.id,
        raw=inbound.raw,
    )


def _identities(wa_id: str | None, bsuid: str | None) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in (("phone", wa_id), ("bsuid", bsuid)) if pair[1])


def _inbounds(exploded: list[tuple[InboxRow, Exploded]]) -> list[Inbound]:
    return [inbound for _, parts in exploded for inbound in parts.messages]


def _statuses(exploded: list[tuple[InboxRow, Exploded]]) -> list[delivery.Reported]:
    return [
        delivery.Reported(s.wamid, s.status, s.tracker, s.happened_at, s.error_code, s.error_text)
        for _, parts in exploded
        for s in parts.statuses
    ]


def _keep_the_rest(cursor, row: InboxRow, parts: Exploded, now: datetime) -> None:
    if parts.error:
        inbox_log.note_problem(cursor, row.id, parts.error, row.body.decode("utf-8", "replace"), now)
    for other in parts.others:
        if other.field in templates.NEWS:
            templates.apply_news(cursor, other.field, other.value, other.happened_at, now)
        # News about the account or a template is no message; it stays in the inbox for who wants to look.
        if other.field in ("", "messages") or (isinstance(other.value, dict) and "messages" in other.value):
            inbox_log.note_problem(cursor, row.id, other.reason, json.dumps(other.value, ensure_ascii=False), now)
