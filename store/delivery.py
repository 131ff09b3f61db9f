"""The outbox: messages to citizens, their leases, tries and states.

States: `queued` → `sending` (leased) → `accepted` (Meta has it) → `sent` → `delivered` → `read`; or `unknown` (the
request went out, no answer came), or `failed`. A message's rank never falls, except that a message which may only go as
a template is queued again.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import health
from .book import Book
from .db import rows
from .evidence import File
from .rules.workflow import SYSTEM, State

RANK = {"queued": 0, "sending": 1, "unknown": 2, "accepted": 3, "sent": 4, "delivered": 5, "read": 6}
# Meta's codes, whether the answer to a request or in a failed status. 131047: the 24-hour window has closed.
REENGAGEMENT = 131047
# Wait and try again.
RETRY = frozenset({1, 2, 4, 429, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004})
# Stop everything and call the administrator; 200 to 299 are missing permissions.
STOP = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 133010, *range(200, 300)})
LONGEST_GAP = 900
MAX_ATTEMPTS = 8
DETAIL_LENGTH = 300
# The states of a case that still waits for such a message to arrive; a duplicate waits for its parent's.
WAITS_FOR = {
    "answer": (State.ANSWERED, State.DUPLICATE),
    "result": (State.AWAITING_CONFIRMATION, State.DUPLICATE),
    "asked": (State.AWAITING_REPORTER,),
    "referred": (State.REFERRED, State.DUPLICATE),
}
AWAITED = tuple(WAITS_FOR)
# Messages without which the reporter misses something: when one fails, somebody telephones.
MISSED = (*AWAITED, "question", "reply", "acknowledgement")
REPORTED = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read"}


@dataclass(frozen=True)
class Reported:
    """One status webhook about a message of ours. `tracker` is our outbox id as text."""

    wamid: str | None
    status: str
    tracker: str | None
    happened_at: datetime | None
    error_code: int | None
    error_text: str | None


@dataclass(frozen=True)
class Outgoing:
    """One leased message with what the sender must know of its recipient."""

    id: int
    contact_id: int
    phone: str | None
    bsuid: str | None
    kind: str
    text: str
    extra: dict
    template: str | None
    template_params: tuple[str, ...]
    form: str | None
    attempts: int
    last_inbound_at: datetime | None
    purpose: str
    file: File | None = None


def lease(
    register, who: str, now: datetime, until: datetime, limit: int, busy: set[int], night: bool = False
) -> list[Outgoing]:
    """Take the next messages to send, the oldest of each person, and mark them as being sent.

    :param who: this sender's name; a lease of another name that is still marked after a restart is of unknown outcome
    :param busy: contacts that may not be written to now (Meta's limit per person)
    :param night: quiet hours: only answers to what a person has just sent go out, past what waits for the morning
    """
    asked = {"now": now, "limit": limit, "busy": sorted(busy), "night": night}
    # A change of nothing would still tell every page to look again: first see whether anything may go.
    with register.cursor() as cursor:
        if not cursor.execute(_NEXT, asked).fetchone():
            return []
    with register.atomic() as cursor:
        found = rows(cursor.execute(_NEXT, asked))
        for row in found:
            cursor.execute(
                "update message_out set state = 'sending', lease_by = ?, lease_until = ?, attempts = attempts + 1, "
                "error_code = null, error_text = null where id = ?",
                [who, until, row["id"]],
            )
            cursor.execute(
                "insert into send_attempt (message_id, attempt, started_at, outcome) values (?, ?, ?, 'started')",
                [row["id"], row["attempts"] + 1, now],
            )
    return [_outgoing(row) for row in found]


_NEXT = """
    with first as (
        select m.contact_id, min(m.id) as id from message_out m
        where m.state in ('sending', 'unknown') or (m.state = 'queued' and (not $night or m.cause like 'in:%'))
        group by m.contact_id
    )
    select m.*, c.phone, c.bsuid, c.last_inbound_at,
        d.sha256 as file_sha256, d.mime as file_mime, d.size as file_size, d.filename as file_name
    from first f join message_out m on m.id = f.id join contact c on c.id = m.contact_id
    left join media d on d.id = m.media_id
    where m.state = 'queued' and m.next_at <= $now and not list_contains($busy::bigint[], m.contact_id)
    order by m.id limit $limit
"""


def anything_queued(register, now: datetime, night: bool = False) -> bool:
    """Whether something may be sent now; asked often, so without a transaction."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select 1 from message_out where state = 'queued' and next_at <= ? and (not ? or cause like 'in:%') limit 1
            """,
            [now, night],
        ).fetchone()
    return found is not None


def _outgoing(row: dict) -> Outgoing:
    return Outgoing(
        id=row["id"],
        contact_id=row["contact_id"],
        phone=row["phone"],
        bsuid=row["bsuid"],
        kind=row["kind"],
        text=row["text"],
        extra=json.loads(row["extra"] or "{}"),
        template=row["template"],
        template_params=tuple(json.loads(row["template_params"] or "[]")),
        form=row["form"],
        attempts=row["attempts"] + 1,
        last_inbound_at=row["last_inbound_at"],
        purpose=row["purpose"],
        file=_file(row) if row["media_id"] else None,
    )


def _file(row: dict) -> File:
    return File(row["file_sha256"], row["file_mime"], row["file_size"], row["file_name"])


def accepted(cursor, message_id: int, wamid: str, form: str, now: datetime) -> None:
    """Meta took the message. A status may already have come: what it said stays."""
    cursor.execute(
        """
        update message_out set wamid = $wamid, form = $form, lease_by = null, lease_until = null,
            state = case when state in ('sending', 'unknown', 'queued') then 'accepted' else state end
        -- Queued by a failed status that was faster than this answer: the next try must stay as that decided.
        where id = $id and not (state = 'queued' and error_code is not null)
        """,
        {"wamid": wamid, "form": form, "id": message_id},
    )
    _note_attempt(cursor, message_id, "accepted", form, now)


def gap(attempts: int) -> timedelta:
    """How long a message waits after so many tries: it doubles, up to a quarter of an hour."""
    return timedelta(seconds=min(2 ** min(attempts, 10), LONGEST_GAP))


def refusals(cursor, message_id: int) -> int:
    """How often Meta itself refused this message for now; being cut off or stopped does not count."""
    return cursor.execute(
        "select count(*) from send_attempt where message_id = ? and outcome = 'refused'", [message_id]
    ).fetchone()[0]


def retry(
    cursor, message_id: int, form: str | None, code: int | None, text: str, next_at: datetime, now, outcome="refused"
) -> None:
    """It was not taken for now and goes out again at `next_at`.

    :param outcome: `refused`, or `not_connected` or `stopped`, which do not count against the message
    """
    text = text[:DETAIL_LENGTH]
    cursor.execute(
        """
        update message_out set state = 'queued', form = ?, next_at = ?, error_code = ?, error_text = ?,
            lease_by = null, lease_until = null where id = ? and state = 'sending'
        """,
        [form, next_at, code, text, message_id],
    )
    _note_attempt(cursor, message_id, outcome, form, now, text)


def unknown(cursor, message_id: int, form: str | None, wait_until: datetime, now: datetime, detail: str) -> None:
    """The request went out and no answer came: wait for the status webhook before anything else."""
    cursor.execute(
        """
        update message_out set state = 'unknown', form = coalesce(?, form), next_at = ?, lease_by = null
        where id = ? and state = 'sending'
        """,
        [form, wait_until, message_id],
    )
    _note_attempt(cursor, message_id, "unknown", form, now, detail)


def failed(cursor, message_id: int, code: int | None, text: str, now: datetime, form: str | None = None) -> None:
    """The try under way was the last, unless a status knows better; a case that waits goes to "Telepon pelapor"."""
    _fail(cursor, message_id, ("sending",), code, text, now, form)


def _fail(cursor, message_id: int, states: tuple[str, ...], code, text: str, now: datetime, form=None) -> None:
    text = text[:DETAIL_LENGTH]
    (count,) = cursor.execute(
        """
        update message_out set state = 'failed', failed_at = ?, error_code = ?, error_text = ?,
            lease_by = null, lease_until = null where id = ? and list_contains(?, state)
        """,
        [now, code, text, message_id, list(states)],
    ).fetchone()
    _note_attempt(cursor, message_id, "failed", form, now, text)
    if count:
        _tell_case(cursor, [message_id], "delivery_failed", now)


def recover(register, who: str, now: datetime, wait: timedelta) -> int:
    """What an earlier sender had leased, or this one lost hold of, may or may not have gone out."""
    lost = "from message_out where state = 'sending' and (lease_by is distinct from ? or lease_until < ?)"
    with register.cursor() as cursor:
        if not cursor.execute("select 1 " + lost + " limit 1", [who, now]).fetchone():
            return 0
    with register.atomic() as cursor:
        found = cursor.execute("select id " + lost, [who, now]).fetchall()
        for (message_id,) in found:
            unknown(cursor, message_id, None, now + wait, now, "the sender ended before the answer came")
    return len(found)


def give_up_waiting(register, now: datetime, max_attempts: int = MAX_ATTEMPTS) -> int:
    """Messages of unknown outcome for which no status came in time are sent again; that is on record.

    Not for ever: it holds up the person's later messages, so after so many tries it has failed.
    """
    waiting = "from message_out where state = 'unknown' and next_at <= ?"
    with register.cursor() as cursor:
        if not cursor.execute("select 1 " + waiting + " limit 1", [now]).fetchone():
            return 0
    with register.atomic() as cursor:
        found = cursor.execute("select id, attempts " + waiting, [now]).fetchall()
        for message_id, attempts in found:
            if attempts >= max_attempts:
                _fail(cursor, message_id, ("unknown",), None, "hasil pengiriman tidak pernah diketahui", now)
                continue
            cursor.execute("update message_out set state = 'queued', next_at = ? where id = ?", [now, message_id])
            _note_attempt(cursor, message_id, "sent_again", None, now, "no status came for a send of unknown outcome")
    return len(found)


def apply_statuses(cursor, reported: list[Reported], now: datetime, max_attempts: int = MAX_ATTEMPTS) -> None:
    """Take status webhooks back into their messages; rank never falls, order does not matter."""
    if not reported:
        return
    known = _messages_of(cursor, reported)
    for status in reported:
        row = known.get(status.tracker or "") or known.get(status.wamid or "")
        if row is None or not _is_about(status, row):
            continue
        if status.status == "failed":
            _report_failed(cursor, row, status, now, max_attempts)
        elif status.status in REPORTED:
            _report_reached(cursor, row, status, now)


def _messages_of(cursor, reported: list[Reported]) -> dict[str, dict]:
    trackers = sorted({int(s.tracker) for s in reported if _is_ours(s.tracker)})
    wamids = sorted({s.wamid for s in reported if s.wamid and not _is_ours(s.tracker)})
    found = rows(
        cursor.execute(
            """
            select id, wamid, state, form, template, attempts, created_at, error_code
            from message_out where id in (select unnest($trackers::bigint[]))
            union
            select id, wamid, state, form, template, attempts, created_at, error_code
            from message_out where len($wamids::varchar[]) > 0 and wamid in (select unnest($wamids::varchar[]))
            """,
            {"trackers": trackers, "wamids": wamids},
        )
    )
    return {str(row["id"]): row for row in found} | {row["wamid"]: row for row in found if row["wamid"]}


def _is_ours(tracker: str | None) -> bool:
    """Whether a tracker can be one of our ids: digits (not all that Python takes for such), within 64 bits."""
    return bool(tracker) and tracker.isascii() and tracker.isdigit() and len(tracker) < 19


def _is_about(status: Reported, row: dict) -> bool:
    """Whether a status can be about a send of ours, not of an earlier register or of another program."""
    if row["attempts"] == 0:
        return False
    return row["attempts"] > 1 or not (row["wamid"] and status.wamid) or row["wamid"] == status.wamid


def _report_reached(cursor, row: dict, status: Reported, now: datetime) -> None:
    state = REPORTED[status.status]
    rank = RANK.get(row["state"])
    # `failed` ends; and what is not higher than what is known tells nothing new.
    if rank is None or RANK[state] <= rank:
        return
    # The window's closing was told before this older news of the same try: the template must still go.
    if state == "sent" and row["state"] == "queued" and row["error_code"] == REENGAGEMENT:
        return
    # Meta's clock and ours differ; nothing is delivered before it was written, or after now.
    happened = min(max(status.happened_at or now, row["created_at"]), now)
    reached = RANK[state]
    cursor.execute(
        """
        update message_out set state = $state, wamid = coalesce(wamid, $wamid), lease_by = null, lease_until = null,
            sent_at = coalesce(sent_at, $happened),
            delivered_at = case when $reached >= 5 then coalesce(delivered_at, $happened) else delivered_at end,
            read_at = case when $reached >= 6 then coalesce(read_at, $happened) else read_at end,
            error_code = null, error_text = null
        where id = $id
        """,
        {"state": state, "wamid": status.wamid, "happened": happened, "reached": reached, "id": row["id"]},
    )
    if rank <= RANK["unknown"]:
        _note_attempt(cursor, row["id"], "found_by_status", None, now, status.status)
    if reached >= RANK["delivered"] > rank:
        _tell_case(cursor, [row["id"]], "delivered", happened)
    row |= {"state": state, "wamid": row["wamid"] or status.wamid}


def _report_failed(cursor, row: dict, status: Reported, now: datetime, max_attempts: int) -> None:
    if row["state"] in ("failed", "delivered", "read"):
        return
    # A late failure of an earlier try says nothing of the one that is on its way.
    if row["state"] == "queued" or (row["wamid"] and status.wamid and row["wamid"] != status.wamid):
        return
    code = status.error_code
    if code == REENGAGEMENT and row["template"] and row["form"] != "template":
        # The 24-hour window had closed: the same news goes again as a template.
        _queue_again(cursor, row, "template", "window_closed", status, now, now)
    elif code in STOP:
        health.note_stopped(cursor, code, status.error_text or "", now)
        _queue_again(cursor, row, row["form"], "stopped", status, now, now)
    elif code in RETRY and refusals(cursor, row["id"]) + 1 < max_attempts:
        _queue_again(cursor, row, row["form"], "refused", status, now + gap(row["attempts"]), now)
    else:
        _fail(cursor, row["id"], ("sending", "unknown", "accepted", "sent"), code, status.error_text or "", now)
        row["state"] = "failed"


def _queue_again(cursor, row: dict, form: str | None, outcome: str, status: Reported, next_at: datetime, now) -> None:
    """Meta took it and could not deliver it; it goes out again."""
    form = form if form == "template" else None
    cursor.execute(
        """
        update message_out set state = 'queued', form = ?, wamid = null, next_at = ?, error_code = ?, error_text = ?,
            lease_by = null, lease_until = null where id = ?
        """,
        [form, next_at, status.error_code, (status.error_text or "")[:DETAIL_LENGTH], row["id"]],
    )
    _note_attempt(cursor, row["id"], outcome, form, now, status.error_text)
    row |= {"state": "queued", "form": form, "error_code": status.error_code, "wamid": None}


def _tell_case(cursor, message_ids: list[int], kind: str, now: datetime) -> None:
    """Put a delivery that the case waits for on its record."""
    for message_id in message_ids:
        found = cursor.execute(
            """
            select complaint_id, purpose from message_out
            where id = ? and complaint_id is not null and list_contains(?, purpose)
            """,
            [message_id, list(AWAITED if kind == "delivered" else MISSED)],
        ).fetchone()
        if not found:
            continue
        book = Book(cursor, now)
        (case,) = book.load("where id = ?", [found[0]])
        waited_for = case.state in WAITS_FOR.get(found[1], ())
        if kind == "delivery_failed" and not waited_for and (found[1] in AWAITED or case.ended_at):
            continue  # Reopened since, for instance: nobody waits for that message any more.
        if kind == "delivered" and not waited_for and (case.state == State.ANSWERED or case.call_reporter):
            continue  # An older question arrived late; the answer has not, and what failed is still to be told.
        book.record(case, kind, SYSTEM, message_id=message_id)
        book.write()


def _note_attempt(cursor, message_id: int, outcome: str, form: str | None, now: datetime, detail: str | None = None):
    cursor.execute(
        """
        insert into send_attempt
        select id, attempts, ?, ?, ?, ?, ? from message_out where id = ?
        """,
        [now, now, outcome, form, detail, message_id],
    )


def sent_again(register) -> list[dict]:
    """Messages that may have reached their reader twice, with when they were sent again."""
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                "select message_id, started_at from send_attempt where outcome = 'sent_again' order by started_at desc"
            )
        )
