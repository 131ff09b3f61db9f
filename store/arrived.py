"""Incoming messages in the register's words, and those that wait for their reporter's choice."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple


class Said(NamedTuple):
    """When a person was last written to, why, and about which complaint."""

    created_at: datetime
    purpose: str
    complaint_id: int | None = None


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


def waiting_since(cursor, before: datetime) -> list[int]:
    """The contacts of whom a message has waited for a choice since before this moment, the longest first."""
    found = cursor.execute(
        """
        select contact_id from message_waiting group by contact_id having min(asked_at) < ?
        order by min(asked_at), contact_id
        """,
        [before],
    ).fetchall()
    return [contact_id for (contact_id,) in found]


def bring_along(cursor, kept: dict[str, tuple[int, int]]) -> None:
    """What was said of a message before it had a complaint (an edit while it waited for a choice, or one that was
    faster) comes to that complaint with it.

    :param kept: complaint and person by the message's id
    """
    if not kept:
        return
    found = cursor.execute(
        """
        select id, refers_to, contact_id from message_in
        where complaint_id is null and refers_to in (select unnest($wamids::varchar[]))
        """,
        {"wamids": list(kept)},
    ).fetchall()
    for message_id, refers_to, contact_id in found:
        complaint_id, owner = kept[refers_to]
        if contact_id == owner:
            cursor.execute("update message_in set complaint_id = ? where id = ?", [complaint_id, message_id])
            cursor.execute("update media set complaint_id = ? where message_id = ?", [complaint_id, message_id])


def to_json(arrived: Arrived) -> str:
    return json.dumps(asdict(arrived), ensure_ascii=False, default=str)


def from_json(text: str) -> Arrived:
    given = json.loads(text)
    given |= {name: datetime.fromisoformat(given[name]) for name in ("sent_at", "received_at")}
    pairs = {name: tuple(tuple(pair) for pair in given[name]) for name in ("identities", "new_identities")}
    return Arrived(**(given | pairs))
