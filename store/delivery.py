"""The outbox: messages to citizens, their leases, tries and states.

States: `queued` → `sending` (leased) → `accepted` (Meta has it) → `sent` → `delivered` → `read`; or `unknown` (the
request went out, no answer came), or `failed`. A message's rank never falls, except that a message which may only go as
a template is queued again.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from .book import Book
from .db import rows
from .rules.workflow import SYSTEM

RANK = {"queued": 0, "sending": 1, "unknown": 2, "accepted": 3, "sent": 4, "delivered": 5, "read": 6}
REENGAGEMENT = 131047
# Messages whose delivery the case waits for.
AWAITED = ("answer", "result")
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
    buttons: tuple[tuple[str, str], ...]
    template: str | None
    template_params: tuple[str, ...]
    form: str | None
    attempts: int
    last_inbound_at: datetime | None
    purpose: str


def lease(register, who: str, now: datetime, until: datetime, limit: int, busy: set[int]) -> list[Outgoing]:
    """Take the next messages to send, the oldest of each person, and mark them as being sent.

    :param who: this sender's name; a lease of another name that is still marked after a restart is of unknown outcome
    :param busy: contacts that may not be written to now (Meta's limit per person)
    """
    with register.atomic() as cursor:
        found = rows(
            cursor.execute(
                """
                with first as (
                    select m.contact_id, min(m.id) as id from message_out m
                    where m.state in ('queued', 'sending', 'unknown') group by m.contact_id
                )
                select m.*, c.phone, c.bsuid, c.last_inbound_at
                from first f join message_out m on m.id = f.id join contact c on c.id = m.contact_id
                where m.state = 'queued' and m.next_at <= $now and not list_contains($busy::bigint[], m.contact_id)
                order by m.id limit $limit
                """,
                {"now": now, "limit": limit, "busy": sorted(busy)},
            )
        )
        for row in found:
            cursor.execute(
                "update message_out set state = 'sending', lease_by = ?, lease_until = ?, attempts = attempts + 1 where id = ?",
                [who, until, row["id"]],
            )
            cursor.execute(
                "insert into send_attempt (message_id, attempt, started_at, outcome) values (?, ?, ?, 'started')",
                [row["id"], row["attempts"] + 1, now],
            )
    return [_outgoing(row) for row in found]


def anything_queued(register, now: datetime) -> bool:
    """Whether something may be sent now; asked often, so without a transaction."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select 1 from message_out where state = 'queued' and next_at <= ? limit 1", [now]
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
        buttons=tuple(tuple(b) for b in json.loads(row["extra"] or "{}").get("buttons", ())),
        template=row["template"],
        template_params=tuple(json.loads(row["template_params"] or "[]")),
        form=row["form"],
        attempts=row["attempts"] + 1,
        last_inbound_at=row["last_inbound_at"],
        purpose=row["purpose"],
    )


def accepted(cursor, message_id: int, wamid: str, form: str, now: datetime) -> None:
    """Meta took the message. A status may already have come: its higher rank stays."""
    cursor.execute(
        """
        update message_out set wamid = ?, form = ?, lease_by = null, lease_until = null,
            state = case when state in ('sending', 'unknown') then 'accepted' else state end
        where id = ?
        """,
        [wamid, form, message_id],
    )
    _note_attempt(cursor, message_id, "accepted", form, now)


def retry(cursor, message_id: int, form: str | None, code: int | None, text: str, next_at: datetime, now) -> None:
    """Meta refused it for now; it goes out again at `next_at`."""
    cursor.execute(
        """
        update message_out set state = 'queued', form = ?, next_at = ?, error_code = ?, error_text = ?,
            lease_by = null, lease_until = null where id = ? and state = 'sending'
        """,
        [form, next_at, code, text, message_id],
    )
    _note_attempt(cursor, message_id, "refused", form, now, text)


def unknown(cursor, message_id: int, form: str | None, wait_until: datetime, now: datetime, detail: str) -> None:
    """The request went out and no answer came: wait for the status webhook before anything else."""
    cursor.execute(
        "update message_out set state = 'unknown', form = coalesce(?, form), next_at = ?, lease_by = null where id = ? and state = 'sending'",
        [form, wait_until, message_id],
    )
    _note_attempt(cursor, message_id, "unknown", form, now, detail)


def failed(cursor, message_id: int, code: int | None, text: str, now: datetime, form: str | None = None) -> None:
    """It cannot be delivered; the case, if it waits for it, goes to "Telepon pelapor"."""
    cursor.execute(
        """
        update message_out set state = 'failed', failed_at = ?, error_code = ?, error_text = ?,
            lease_by = null, lease_until = null where id = ? and state not in ('failed', 'delivered', 'read')
        """,
        [now, code, text, message_id],
    )
    _note_attempt(cursor, message_id, "failed", form, now, text)
    _tell_case(cursor, [message_id], "delivery_failed", now)


def recover(register, who: str, now: datetime, wait: timedelta) -> int:
    """After a restart: what an earlier sender had leased may or may not have gone out."""
    with register.atomic() as cursor:
        found = cursor.execute(
            "select id from message_out where state = 'sending' and (lease_by is distinct from ? or lease_until < ?)",
            [who, now],
        ).fetchall()
        for (message_id,) in found:
            unknown(cursor, message_id, None, now + wait, now, "the sender ended before the answer came")
    return len(found)


def give_up_waiting(register, now: datetime) -> int:
    """Messages of unknown outcome for which no status came in time are sent again; that is on record."""
    with register.cursor() as cursor:
        if not cursor.execute(
            "select 1 from message_out where state = 'unknown' and next_at <= ? limit 1", [now]
        ).fetchone():
            return 0
    with register.atomic() as cursor:
        found = cursor.execute("select id from message_out where state = 'unknown' and next_at <= ?", [now]).fetchall()
        for (message_id,) in found:
            cursor.execute("update message_out set state = 'queued', next_at = ? where id = ?", [now, message_id])
            _note_attempt(cursor, message_id, "sent_again", None, now, "no status came for a send of unknown outcome")
    return len(found)


def apply_statuses(cursor, reported: list[Reported], now: datetime) -> None:
    """Take status webhooks back into their messages; rank never falls, order does not matter."""
    if not reported:
        return
    known = _messages_of(cursor, reported)
    for status in reported:
        row = known.get(status.tracker or "") or known.get(status.wamid or "")
        if row is None:
            continue
        if status.status == "failed":
            _report_failed(cursor, row, status, now)
        elif status.status in REPORTED:
            _report_reached(cursor, row, status, now)


def _messages_of(cursor, reported: list[Reported]) -> dict[str, dict]:
    trackers = sorted({int(s.tracker) for s in reported if s.tracker and s.tracker.isdigit() and len(s.tracker) < 19})
    wamids = sorted({s.wamid for s in reported if s.wamid and not (s.tracker or "").isdigit()})
    found = rows(
        cursor.execute(
            """
            select id, wamid, state, form, template, complaint_id, purpose, sent_at, delivered_at
            from message_out where id in (select unnest($trackers::bigint[]))
            union all
            select id, wamid, state, form, template, complaint_id, purpose, sent_at, delivered_at
            from message_out where len($wamids::varchar[]) > 0 and wamid in (select unnest($wamids::varchar[]))
            """,
            {"trackers": trackers, "wamids": wamids},
        )
    )
    return {str(row["id"]): row for row in found} | {row["wamid"]: row for row in found if row["wamid"]}


def _report_reached(cursor, row: dict, status: Reported, now: datetime) -> None:
    state = REPORTED[status.status]
    rank = RANK.get(row["state"])
    # `failed` ends; and what is not higher than what is known tells nothing new.
    if rank is None or RANK[state] <= rank:
        return
    happened = status.happened_at or now
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
    row["state"] = state


def _report_failed(cursor, row: dict, status: Reported, now: datetime) -> None:
    if row["state"] in ("failed", "delivered", "read"):
        return
    if status.error_code == REENGAGEMENT and row["template"] and row["form"] != "template":
        # The 24-hour window had closed: the same news goes again as a template.
        cursor.execute(
            "update message_out set state = 'queued', form = 'template', wamid = null, next_at = ?, error_code = ?, error_text = ? where id = ?",
            [now, status.error_code, status.error_text, row["id"]],
        )
        _note_attempt(cursor, row["id"], "window_closed", "template", now, status.error_text)
        row |= {"state": "queued", "form": "template"}
        return
    # A late failure of an earlier try says nothing of the template that is on its way.
    if row["state"] == "queued" or (row["wamid"] and status.wamid and row["wamid"] != status.wamid):
        return
    failed(cursor, row["id"], status.error_code, status.error_text or "", now)
    row["state"] = "failed"


def _tell_case(cursor, message_ids: list[int], kind: str, now: datetime) -> None:
    """Put a delivery that the case waits for on its record."""
    for message_id in message_ids:
        found = cursor.execute(
            "select complaint_id from message_out where id = ? and complaint_id is not null and list_contains(?, purpose)",
            [message_id, list(AWAITED)],
        ).fetchone()
        if not found:
            continue
        book = Book(cursor, now)
        (case,) = book.load("where id = ?", [found[0]])
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
