"""What is kept how long, and what happens after it: every night, or tried out first (`python -m store retention`).

Statistics stay: of a complaint only what is personal goes (docs/decisions/0011). Files and the inbox are erased after
the register, from the list `to_erase`, and again until they are gone.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day

from . import erasing, evidence
from .clock import now as clock_now
from .db import rows
from .desk import Desk
from .inbox_log import position
from .rules.deadline import to_jakarta
from .rules.errors import RuleBroken
from .rules.workflow import Actor, Role

SYSTEM_NAME = "sistem"
NIGHT = time_of_day(1, 0)
PIECE = 50
YEAR = 365
RUNS = 30
# Seconds in which a file may have been kept once more, by somebody who has not noted it yet.
FRESH = 600


@dataclass(frozen=True)
class Due:
    """What is past its time: ids, and from when on raw bodies stay."""

    complaints: list[int]
    contacts: list[int]
    media: list[int]
    raw_before: datetime
    raw_messages: int
    problems: int

    @property
    def counts(self) -> dict[str, int]:
        return {
            "complaints": len(self.complaints),
            "contacts": len(self.contacts),
            "media": len(self.media),
            "raw_messages": self.raw_messages,
            "problems": self.problems,
        }


def due(desk: Desk, now: datetime | None = None) -> Due:
    """What a run at this moment would erase; nothing is changed."""
    now = now or clock_now()
    kept = desk.config["retention"]
    raw_before = now - timedelta(days=kept["raw_days"])
    asked = {
        "complaints": now - timedelta(days=kept["complaint_years"] * YEAR),
        "media": now - timedelta(days=kept["media_years"] * YEAR),
        "raw": raw_before,
    }
    with desk.register.snapshot() as cursor:
        complaints = _ids(cursor, _COMPLAINTS, {"complaints": asked["complaints"]})
        contacts = _ids(cursor, _CONTACTS, {"complaints": asked["complaints"], "going": complaints})
        media = _ids(cursor, _MEDIA, {"media": asked["media"], "going": complaints})
        (raw,) = cursor.execute(
            "select count(*) from message_in where received_at < ? and raw <> '{}'", [raw_before]
        ).fetchone()
        (problems,) = cursor.execute(_PROBLEMS, [raw_before]).fetchone()
    return Due(complaints, contacts, media, raw_before, raw, problems)


# A duplicate goes no sooner than its parent, so that whoever looks at one sees the other.
_COMPLAINTS = """
    select c.id from complaint c left join complaint p on p.id = c.parent_id
    where c.anonymised_at is null and c.ended_at < $complaints
        and coalesce(p.ended_at < $complaints, p.id is null)
        and not exists (
            select 1 from message_out m
            where m.complaint_id = c.id and m.state in ('queued', 'sending', 'unknown')
        )
    order by c.id
"""
_CONTACTS = """
    select p.id from contact p
    where p.anonymised_at is null and p.merged_into is null
        and (p.erase_asked_at is not null or coalesce(p.last_inbound_at, p.created_at) < $complaints)
        and not exists (
            select 1 from complaint c
            where c.contact_id = p.id and c.anonymised_at is null
                and c.id not in (select unnest($going::bigint[]))
        )
    order by p.id
"""
_MEDIA = """
    select m.id from media m left join complaint c on c.id = m.complaint_id
    where m.state <> 'erased' and coalesce(m.complaint_id, 0) not in (select unnest($going::bigint[]))
        and if(c.id is null, m.created_at, c.ended_at) < $media
    order by m.id
"""
_PROBLEMS = "select count(*) from inbox_problem where settled_at < ?"


def _ids(cursor, query: str, params: dict) -> list[int]:
    return [found for (found,) in cursor.execute(query, params).fetchall()]


def run(desk: Desk, now: datetime | None = None, by: str = SYSTEM_NAME) -> dict[str, int]:
    """Erase what is past its time, piece by piece, and write down how much it was.

    What cannot be erased (events that cannot be read) is counted as `refused` and stays.
    """
    now = now or clock_now()
    found = due(desk, now)
    counts = found.counts | {"refused": 0}
    for complaint_id in found.complaints:
        try:
            with desk.register.atomic() as cursor:
                erasing.anonymise_complaint(cursor, complaint_id, by, now)
        except RuleBroken:
            counts["refused"] += 1
            counts["complaints"] -= 1
    for contact_id in found.contacts:
        try:
            with desk.register.atomic() as cursor:
                erasing.anonymise_contact(cursor, contact_id, by, now)
        except RuleBroken:
            counts["refused"] += 1
            counts["contacts"] -= 1
    for start in range(0, len(found.media), PIECE):
        with desk.register.atomic() as cursor:
            erasing.erase_media(cursor, "id", found.media[start : start + PIECE], now)
    with desk.register.atomic() as cursor:
        cursor.execute("update message_in set raw = '{}' where received_at < ? and raw <> '{}'", [found.raw_before])
        cursor.execute("delete from inbox_problem where settled_at < ?", [found.raw_before])
        cursor.execute("insert into retention_run values (?, ?, ?)", [now, by, json.dumps(counts)])
    return counts


def nightly(desk: Desk, forget: Callable[[datetime, int], int], now: datetime | None = None) -> dict[str, int] | None:
    """Once a night, in the first look at the clock after one; None where it is not time.

    :param forget: takes applied bodies older than a moment out of the inbox; how many they were
    """
    now = now or clock_now()
    today = to_jakarta(now).date()
    if to_jakarta(now).time() < NIGHT or _last_run(desk) == today:
        return None
    counts = run(desk, now)
    before = now - timedelta(days=desk.config["retention"]["raw_days"])
    counts["bodies"] = forget(before, _position(desk))
    with desk.register.atomic(news=False) as cursor:
        cursor.execute(
            "update retention_run set counts = ? where happened_at = ? and run_by = ?",
            [json.dumps(counts), now, SYSTEM_NAME],
        )
    return counts


def sweep(desk: Desk, forget: Callable[[list[str], int], int] | None = None) -> int:
    """Take what was erased from the register off the disk as well, and (with `forget`) out of the inbox.

    :param forget: takes applied bodies that hold one of these values out of the inbox
    """
    with desk.register.cursor() as cursor:
        found = cursor.execute("select kind, value from to_erase").fetchall()
    bodies = sorted({value for kind, value in found if kind == "body"}) if forget else []
    files = []
    for sha256 in sorted({value for kind, value in found if kind == "file"}):
        path = evidence.path_of(desk.settings.media, sha256)
        with desk.register.cursor() as cursor:
            used = cursor.execute("select 1 from media where sha256 = ? limit 1", [sha256]).fetchone()
        if not used and path.exists():
            if path.stat().st_mtime > time.time() - FRESH:
                continue
            path.unlink(missing_ok=True)
        files.append(sha256)
    if bodies:
        forget(bodies, _position(desk))
    if bodies or files:
        with desk.register.atomic(news=False) as cursor:
            cursor.execute(
                """
                delete from to_erase
                where (kind = 'body' and list_contains($bodies::varchar[], value))
                    or (kind = 'file' and list_contains($files::varchar[], value))
                """,
                {"bodies": bodies, "files": files},
            )
    return len(bodies) + len(files)


def runs(desk: Desk, actor: Actor) -> list[dict]:
    """The newest runs with what they erased: `happened_at`, `run_by`, `counts`.

    :raises RuleBroken: `not_allowed`
    """
    if not actor.has(Role.ADMIN, Role.OFFICIAL):
        raise RuleBroken("not_allowed")
    with desk.register.cursor() as cursor:
        query = "select happened_at, run_by, counts from retention_run order by happened_at desc limit ?"
        found = rows(cursor.execute(query, [RUNS]))
    return [row | {"counts": json.loads(row["counts"])} for row in found]


def _last_run(desk: Desk):
    with desk.register.cursor() as cursor:
        (last,) = cursor.execute(
            "select max(happened_at) from retention_run where run_by = ?", [SYSTEM_NAME]
        ).fetchone()
    return to_jakarta(last).date() if last else None


def _position(desk: Desk) -> int:

    with desk.register.cursor() as cursor:
        return position(cursor)
