"""Senders who are heard and not answered: a second person approves, and every block has its last day."""

from datetime import date, datetime, time, timedelta

from . import audit
from .clock import now as clock_now
from .db import rows
from .desk import Desk
from .rules.deadline import from_jakarta, to_jakarta
from .rules.errors import RuleBroken
from .rules.workflow import CITY_ROLES, Actor

LONGEST = timedelta(days=366)


def listed(desk: Desk, actor: Actor, now: datetime | None = None) -> list[dict]:
    """Proposed and running blocks, those to be decided first, then ended ones of the last year.

    Each has `id`, `number` (of the newest complaint), `reason`, `proposed_by`, `proposed_name`, `proposed_at`,
    `decided_name`, `decided_at`, `until`, `ended_name`, `ended_at` (if somebody ended it early), `state` (`proposed`,
    `running`, `refused`, `over`) and `kept`, the messages since it runs.

    :raises RuleBroken: `not_allowed`
    """
    _city_only(actor)
    now = now or clock_now()
    with desk.register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select b.id, b.reason, b.proposed_by, coalesce(p.name, b.proposed_by) as proposed_name, b.proposed_at,
                    coalesce(d.name, b.decided_by) as decided_name, b.decided_at, b.until,
                    coalesce(e.name, b.ended_by) as ended_name, b.ended_at,
                    case
                        when b.approved is null and b.ended_at is null and b.until > $now then 'proposed'
                        when b.approved and b.ended_at is null and b.until > $now then 'running'
                        when not b.approved then 'refused' else 'over'
                    end as state,
                    (select max(number) from complaint c where c.contact_id = b.contact_id) as number,
                    (
                        select count(*) from message_in m
                        where b.approved and m.contact_id = b.contact_id and m.received_at >= b.decided_at
                            and m.received_at < coalesce(b.ended_at, b.until)
                    ) as kept
                from sender_block b
                left join user_account p on p.username = b.proposed_by
                left join user_account d on d.username = b.decided_by
                left join user_account e on e.username = b.ended_by
                where b.proposed_at > $now - interval 1 year
                order by state <> 'proposed', state <> 'running', b.id desc
                """,
                {"now": now},
            )
        )
    return found


def proposed(cursor, now: datetime) -> int:
    """How many blocks wait for a second person."""
    (count,) = cursor.execute(
        "select count(*) from sender_block where approved is null and ended_at is null and until > ?", [now]
    ).fetchone()
    return count


def messages(desk: Desk, actor: Actor, block_id: int) -> list[dict]:
    """What a blocked sender has sent meanwhile, the newest first: `received_at`, `kind`, `text` and `files`, as the
    register has them (`id`, `mime`, `filename`, `size`, `state`, `problem`).

    :raises RuleBroken: `not_allowed`
    """
    _city_only(actor)
    with desk.register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select m.id, m.received_at, m.kind, m.text
                from message_in m join sender_block b on b.contact_id = m.contact_id
                where b.id = ? and b.approved and m.received_at >= b.decided_at
                    and m.received_at < coalesce(b.ended_at, b.until)
                order by m.id desc limit 100
                """,
                [block_id],
            )
        )
        files = rows(
            cursor.execute(
                """
                select id, message_id, mime, filename, size, state, problem from media
                where source = 'reporter' and message_id in (select unnest(?::bigint[])) order by id
                """,
                [[m["id"] for m in found]],
            )
        )
    return [m | {"files": [file for file in files if file["message_id"] == m["id"]]} for m in found]


def until(cursor, contact_id: int, now: datetime) -> datetime | None:
    """Until when this sender is blocked, or None."""
    found = cursor.execute(
        "select max(until) from sender_block where contact_id = ? and approved and ended_at is null and until > ?",
        [contact_id, now],
    ).fetchone()
    return found[0]


def is_of_blocked(cursor, media_id: int) -> bool:
    """Whether a file came from a sender while they were blocked."""
    found = cursor.execute(
        """
        select 1 from media f join message_in m on m.id = f.message_id
        join sender_block b on b.contact_id = m.contact_id
        where f.id = ? and f.source = 'reporter' and b.approved and m.received_at >= b.decided_at
            and m.received_at < coalesce(b.ended_at, b.until)
        limit 1
        """,
        [media_id],
    ).fetchone()
    return found is not None


def decide(
    desk: Desk, actor: Actor, block_id: int, approved: bool, until: date | None = None, now: datetime | None = None
) -> None:
    """Approve a proposed block until a day, or refuse it.

    :param until: its last day in Jakarta
    :raises RuleBroken: `not_allowed`, `block_decided`, `block_own` (whoever proposed it may not), `block_day`
    """
    _city_only(actor)
    now = now or clock_now()
    with desk.register.atomic() as cursor:
        found = rows(
            cursor.execute(
                "select * from sender_block where id = ? and approved is null and ended_at is null", [block_id]
            )
        )
        if not found:
            raise RuleBroken("block_decided")
        if approved and found[0]["proposed_by"] == actor.username:
            raise RuleBroken("block_own")
        end = _end(until, now) if approved and until else found[0]["until"]
        cursor.execute(
            "update sender_block set approved = ?, decided_by = ?, decided_at = ?, until = ? where id = ?",
            [approved, actor.username, now, end, block_id],
        )
        more = {"until": until.isoformat()} if approved and until else {}
        _note(cursor, actor, found[0]["contact_id"], "approved" if approved else "refused", **more)


def end(desk: Desk, actor: Actor, block_id: int, now: datetime | None = None) -> None:
    """End a running block before its day.

    :raises RuleBroken: `not_allowed`, `block_decided`
    """
    _city_only(actor)
    with desk.register.atomic() as cursor:
        ended = cursor.execute(
            "update sender_block set ended_by = ?, ended_at = ? where id = ? and approved and ended_at is null "
            "returning contact_id",
            [actor.username, now or clock_now(), block_id],
        ).fetchall()
        if not ended:
            raise RuleBroken("block_decided")
        _note(cursor, actor, ended[0][0], "ended")


def _note(cursor, actor: Actor, contact_id: int, did: str, **more: str) -> None:
    """In the audit log, which is a chain; that a block was proposed is an event of the case."""
    audit.write(cursor, actor.username, "sender_block", f"kontak {contact_id}", did=did, **more)


def _end(day: date, now: datetime) -> datetime:
    today = to_jakarta(now).date()
    if not today <= day <= today + LONGEST:
        raise RuleBroken("block_day")
    return from_jakarta(datetime.combine(day, time()) + timedelta(days=1))


def _city_only(actor: Actor | None) -> None:
    if actor is None or not actor.has(*CITY_ROLES):
        raise RuleBroken("not_allowed")
