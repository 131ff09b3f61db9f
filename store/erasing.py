"""Makes complaints and their reporters anonymous: what is personal goes, what is counted stays, the chain fits."""

from datetime import datetime

from . import audit, check
from .book import COLUMNS, case_row, part_rows
from .db import incoming, insert, rows
from .rules.errors import RuleBroken
from .rules.personal import ERASED, coarse, open_text, tail_of

_SET = ", ".join(f"{name} = incoming.{name}" for name in COLUMNS if name not in ("id", "number"))
# A duplicate waits for the answer to its parent.
_OPEN = """
    select c.ended_at is null
        or (c.state = 'duplicate' and c.stopped_at is null and p.id is not null and p.ended_at is null), c.number
    from complaint c left join complaint p on p.id = c.parent_id where c.id = ?
"""
# A message that is still on its way would go out with what was to be erased.
_ON_ITS_WAY = ("queued", "sending", "unknown")


def anonymise_complaint(cursor, complaint_id: int, actor: str, now: datetime) -> None:
    """Everything of one ended complaint, inside a transaction of `Register.atomic`.

    :raises RuleBroken: `still_open`, `message_waiting`
    """
    is_open, number = cursor.execute(_OPEN, [complaint_id]).fetchone()
    if is_open:
        raise RuleBroken("still_open", number=number)
    waiting = "select 1 from message_out where complaint_id = ? and list_contains(?, state)"
    if cursor.execute(waiting, [complaint_id, list(_ON_ITS_WAY)]).fetchone():
        raise RuleBroken("message_waiting", number=number)
    _erase_events(cursor, complaint_id)
    _fold_again(cursor, complaint_id, now)
    _erase_messages(cursor, "complaint_id", [complaint_id])
    erase_media(cursor, "complaint_id", [complaint_id], now)
    cursor.execute("delete from draft where contains(name, $number) or contains(body, $number)", {"number": number})
    audit.write(cursor, actor, "anonymised", number)


def anonymise_contact(cursor, contact_id: int, actor: str, now: datetime) -> None:
    """A person all of whose complaints are anonymous, with all addresses and what belongs to no complaint.

    :raises RuleBroken: `still_open`, `choice_waiting`, `message_waiting_person`
    """
    found = cursor.execute(
        "select number from complaint where contact_id = ? and anonymised_at is null order by id limit 1", [contact_id]
    ).fetchone()
    if found:
        raise RuleBroken("still_open", number=found[0])
    people = _same_person(cursor, contact_id)
    # Erased now it would be a complaint that nobody ever read.
    if cursor.execute("select 1 from message_waiting where list_contains(?, contact_id)", [people]).fetchone():
        raise RuleBroken("choice_waiting")
    waiting = "select 1 from message_out where list_contains(?, contact_id) and list_contains(?, state)"
    if cursor.execute(waiting, [people, list(_ON_ITS_WAY)]).fetchone():
        raise RuleBroken("message_waiting_person")
    for value in _addresses(cursor, people):
        _ask_to_erase(cursor, "body", value, now)
        cursor.execute("update inbox_problem set raw = ? where contains(raw, ?)", [ERASED, value])
        cursor.execute(
            """
            delete from draft where contains(body, $value)
                or ($tail <> '' and contains(regexp_replace(body, '[^0-9]', '', 'g'), $tail))
            """,
            {"value": value, "tail": tail_of(value)},
        )
    _erase_messages(cursor, "contact_id", people)
    erase_media(cursor, "contact_id", people, now)
    cursor.execute("delete from contact_identity where list_contains(?, contact_id)", [people])
    cursor.execute("update sender_block set reason = ? where list_contains(?, contact_id)", [ERASED, people])
    cursor.execute(
        """
        update contact set name = null, phone = null, bsuid = null, limited_reason = null, anonymised_at = $now
        where list_contains($people, id)
        """,
        {"now": now, "people": people},
    )
    audit.write(cursor, actor, "anonymised", f"kontak {contact_id}")


def erase_media(cursor, column: str, ids: list[int], now: datetime) -> int:
    """Forget the files of these complaints, contacts or media rows; how many rows had one or still waited for it.

    :param column: `complaint_id`, `contact_id` or `id`
    """
    found = cursor.execute(
        "select id, sha256 from media where list_contains(?, " + column + ") and state <> 'erased'", [ids]
    ).fetchall()
    if not found:
        return 0
    cursor.execute(
        """
        update media set state = 'erased', sha256 = null, filename = null, whatsapp_id = null, problem = null,
            next_at = null, latitude = null, longitude = null
        where list_contains(?, id)
        """,
        [[media_id for media_id, _ in found]],
    )
    for sha256 in {sha256 for _, sha256 in found if sha256}:
        _ask_to_erase(cursor, "file", sha256, now)
    return len(found)


def _erase_events(cursor, complaint_id: int) -> None:
    """The one change of events there is: what their hash does not cover openly goes, and the salt of its seal."""
    found = rows(
        cursor.execute("select id, data from event where complaint_id = ? and salt is not null", [complaint_id])
    )
    if found:
        new = [{"id": row["id"], "data": open_text(row["data"])} for row in found]
        with incoming(cursor, "event", new):
            cursor.execute(
                "update event set data = incoming.data, salt = null from incoming where event.id = incoming.id"
            )


def _fold_again(cursor, complaint_id: int, now: datetime) -> None:
    """The complaint as its events now add up to it: `check` agrees by the same way."""
    found = check.folded(cursor, complaint_id, complaint_id + 1)
    if found.broken:
        raise RuleBroken("events_broken", reason=found.broken[complaint_id])
    case = found.cases[complaint_id]
    with incoming(cursor, "complaint", [case_row(case)]):
        cursor.execute("update complaint set " + _SET + " from incoming where complaint.id = incoming.id")
    cursor.execute("update complaint set anonymised_at = ? where id = ?", [now, complaint_id])
    cursor.execute("delete from assignment where complaint_id = ?", [complaint_id])
    insert(cursor, "assignment", part_rows([case]))


def _erase_messages(cursor, column: str, ids: list[int]) -> None:
    """WhatsApp's ids go, too: they hold the number of the person."""
    where = " where list_contains($ids, " + column + ")"
    found = rows(cursor.execute("select id, latitude, longitude from message_in" + where, {"ids": ids}))
    if found:
        new = [
            {"id": row["id"], "latitude": coarse(row["latitude"]), "longitude": coarse(row["longitude"])}
            for row in found
        ]
        with incoming(cursor, "message_in", new):
            cursor.execute(
                """
                update message_in set wamid = 'erased:' || message_in.id, text = if(text is null, null, $mark),
                    transcript = if(transcript is null, null, $mark), reply_to = null, refers_to = null, raw = '{}',
                    latitude = incoming.latitude, longitude = incoming.longitude
                from incoming where message_in.id = incoming.id
                """,
                {"mark": ERASED},
            )
    sent = "select id from message_out" + where
    cursor.execute("update send_attempt set detail = null where message_id in (" + sent + ")", {"ids": ids})
    cursor.execute(
        """
        update message_out set cause = 'erased:' || id, text = $mark, extra = null, template_params = null,
            wamid = null, error_text = null, media_id = null
        """
        + where,
        {"ids": ids, "mark": ERASED},
    )


def _same_person(cursor, contact_id: int) -> list[int]:
    """The contact with those that were joined to it."""
    found = cursor.execute(
        """
        with recursive same(id) as (
            select $contact::bigint union select c.id from contact c join same on c.merged_into = same.id
        )
        select id from same
        """,
        {"contact": contact_id},
    ).fetchall()
    return [each for (each,) in found]


def _addresses(cursor, people: list[int]) -> list[str]:
    found = cursor.execute(
        """
        select value from contact_identity where list_contains($people, contact_id)
        union select phone from contact where list_contains($people, id) and phone is not null
        union select bsuid from contact where list_contains($people, id) and bsuid is not null
        """,
        {"people": people},
    ).fetchall()
    return [value for (value,) in found if value]


def _ask_to_erase(cursor, kind: str, value: str, now: datetime) -> None:
    cursor.execute("insert into to_erase values (?, ?, ?)", [kind, value, now])
