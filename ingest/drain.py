"""Applies new inbox rows to the register, each exactly once: the position is written in the same transaction."""

import json
import logging
import threading
from datetime import datetime

from store import delivery, health, intake
from store.clock import now as clock_now
from store.desk import Desk
from store.intake import Arrived, Intake

from . import conversation
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
        done = intake.position(cursor)
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
        intake.advance(cursor, 0)
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
    try:
        _apply(desk, [row])
    except intake.REGISTER_TROUBLE:
        raise
    except Exception as error:
        log.error("inbox row %d could not be applied: %s", row.id, health.trace(error))
        with desk.register.atomic() as cursor:
            reason = f"tidak dapat diterapkan: {type(error).__name__}"
            intake.note_problem(cursor, row.id, reason, row.body.decode("utf-8", "replace"), clock_now())
            intake.advance(cursor, row.id)


def _apply(desk: Desk, waiting: list[InboxRow]) -> None:
    now = clock_now()
    exploded = [(row, explode(row.body)) for row in waiting]
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
        intake.advance(cursor, waiting[-1].id)


def _take_in(desk: Desk, book: Intake, arrived: Arrived, reply_id: str | None, now: datetime) -> None:
    if arrived.wamid in book.known:
        return
    book.known.add(arrived.wamid)
    if not arrived.identities:
        book.problem(arrived.inbox_id, "pesan tanpa pengirim", json.dumps(arrived.raw, ensure_ascii=False))
        return
    contact_id = book.contact(arrived)
    last_out = book.last_out.get(contact_id)
    target = book.target(arrived, contact_id)
    cases = book.cases_of(contact_id)
    decision = conversation.decide(arrived.kind, arrived.text, reply_id, target, cases, arrived.received_at)
    case = decision.case
    if decision.action == "open":
        case = book.open_complaint(arrived, contact_id)
    elif decision.action == "attach" and case is None:
        book.keep(arrived, contact_id, None)
        return
    else:
        thanks = arrived.kind == "text" and conversation.only_thanks(arrived.text or "x")
        case = book.join(arrived, contact_id, case, thanks)
        if decision.action == "confirm":
            case = book.confirm(case, arrived.received_at)
        elif decision.action == "reopen":
            case = book.reopen(case, "Pelapor menekan “Belum selesai”.", arrived.received_at)
    for number, letter in enumerate(conversation.replies(decision, case, arrived.kind, last_out, now, desk.service)):
        book.send(letter, contact_id, case, f"in:{arrived.wamid}:{number}")


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
        intake.note_problem(cursor, row.id, parts.error, row.body.decode("utf-8", "replace"), now)
    for other in parts.others:
        # News about the account or a template is no message; it stays in the inbox for who wants to look.
        if other.field in ("", "messages") or (isinstance(other.value, dict) and "messages" in other.value):
            intake.note_problem(cursor, row.id, other.reason, json.dumps(other.value, ensure_ascii=False), now)
