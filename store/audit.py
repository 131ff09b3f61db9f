"""What is no change of a case and yet must be on record: who signed in or failed to, who exported or looked at what."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import chain
from .chain import link
from .clock import now as clock_now
from .db import Register, rows
from .rules.deadline import from_jakarta, to_jakarta
from .rules.errors import RuleBroken
from .rules.workflow import Actor, Role

# What may be recorded; `data` holds codes, numbers and counts, never what citizens wrote or who they are.
KINDS = (
    "chain_begun",
    "signed_in",
    "sign_in_failed",
    "locked_out",
    "signed_out",
    "session_ended",
    "password_changed",
    "password_reset",
    "second_factor",
    "exported",
    "confidential_viewed",
    "person_searched",
    "person_viewed",
    "person_changed",
    "anonymised",
    "sender_block",
    "breach",
    "report_issued",
    "report_discarded",
    "open_data_published",
    "setting_changed",
)


def record(register: Register, actor: str, kind: str, subject: str = "", **data) -> None:
    """Write one entry in a transaction of its own.

    :param actor: the username, or what was typed as one
    :param subject: what it was about: a complaint's number, a username, a file's name
    """
    with register.atomic(news=False) as cursor:
        write(cursor, actor, kind, subject, **data)


def write(cursor, actor: str, kind: str, subject: str = "", **data) -> None:
    """Write one entry inside a transaction of the caller's, which is of `Register.atomic`: writers take turns there.

    :raises ValueError: a kind that is not known
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of audit entry")
    end = chain.head(cursor, "audit")
    (entry_id,) = cursor.execute("select nextval('audit_id')").fetchone()
    values = [entry_id, clock_now(), actor, kind, subject, json.dumps(data, ensure_ascii=False, sort_keys=True)]
    hashed = link(end.hash, values)
    cursor.execute("insert into audit values (?, ?, ?, ?, ?, ?, ?)", [*values, hashed])
    chain.advance(cursor, "audit", chain.Head(entry_id, end.rows + 1, hashed))


def once_a_day(register: Register, actor: str, kind: str, subject: str) -> None:
    """Write an entry unless there is one of today (Jakarta's), whatever the number of times a page is drawn."""
    now = clock_now()
    today = to_jakarta(now).replace(hour=0, minute=0, second=0, microsecond=0)
    query = "select 1 from audit where happened_at >= ? and kind = ? and actor = ? and subject = ? limit 1"
    with register.cursor() as cursor:
        if cursor.execute(query, [from_jakarta(today), kind, actor, subject]).fetchone():
            return
    # Again with the writer's turn: two pages drawn at once make one entry.
    with register.atomic(news=False) as cursor:
        if not cursor.execute(query, [from_jakarta(today), kind, actor, subject]).fetchone():
            write(cursor, actor, kind, subject)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything. Days are Jakarta's, both included."""

    who: str = ""
    kinds: tuple[str, ...] = ()
    subject: str = ""
    since: date | None = None
    until: date | None = None


# Reveals are events of their case, and changes of settings have a table of their own: one list of all three.
_ALL = """
    from (
        select happened_at, actor, kind, subject, data, 1 as source, id from audit
        where kind <> 'setting_changed' or not contains(data, '"seal"')
        union all
        select e.happened_at, e.actor, 'revealed', c.number, e.data, 2, e.id
        from event e join complaint c on c.id = e.complaint_id where e.kind = 'reveal'
        union all
        select happened_at, actor, 'setting_changed', subject || ' ' || code,
            json_object('before', before::json, 'after', after::json)::varchar, 3, id
        from change_log
    ) l left join user_account u on u.username = l.actor
    where ($who = '' or lower(l.actor) = lower($who) or contains(lower(coalesce(u.name, '')), lower($who)))
        and (len($kinds::varchar[]) = 0 or list_contains($kinds::varchar[], l.kind))
        and ($subject = '' or contains(lower(l.subject), lower($subject)))
        and ($since::timestamp is null or l.happened_at >= $since::timestamp)
        and ($until::timestamp is null or l.happened_at < $until::timestamp)
"""
LISTED = (*(kind for kind in KINDS if kind != "setting_changed"), "revealed", "setting_changed")
PAGE = 50


def listed(register: Register, viewer: Actor, filters: Filters, page: int = 1) -> tuple[list[dict], int]:
    """One page, the newest first, and how many entries there are in all.

    :raises RuleBroken: `not_allowed`
    """
    params = _params(viewer, filters)
    with register.snapshot() as cursor:
        (total,) = cursor.execute("select count(*) " + _ALL, params).fetchone()
        paged = params | {"n": PAGE, "skip": (max(page, 1) - 1) * PAGE}
        return _entries(cursor.execute(_SELECT + _ALL + _ORDER + " limit $n offset $skip", paged)), total


def exported(register: Register, viewer: Actor, filters: Filters) -> list[dict]:
    """All of it, for a file; that it was taken is in the log, too.

    :raises RuleBroken: `not_allowed`
    """
    params = _params(viewer, filters)
    with register.snapshot() as cursor:
        found = _entries(cursor.execute(_SELECT + _ALL + _ORDER, params))
    record(register, viewer.username, "exported", "audit.csv", rows=len(found))
    return found


_SELECT = "select l.happened_at, l.actor, coalesce(u.name, l.actor) as name, l.kind, l.subject, l.data "
_ORDER = " order by l.happened_at desc, l.source, l.id desc"


def _params(viewer: Actor, filters: Filters) -> dict:
    if not viewer.has(Role.ADMIN):
        raise RuleBroken("not_allowed")
    return {
        "who": filters.who.strip(),
        "kinds": list(filters.kinds),
        "subject": filters.subject.strip(),
        "since": _start_of(filters.since) if filters.since else None,
        "until": _start_of(filters.until + timedelta(days=1)) if filters.until else None,
    }


def _entries(cursor) -> list[dict]:
    return [row | {"data": json.loads(row["data"])} for row in rows(cursor)]


def _start_of(day: date) -> datetime:
    return from_jakarta(datetime(day.year, day.month, day.day))
