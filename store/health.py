"""What the installation knows of its own state: sending stopped, workers alive."""

import json
import traceback
from datetime import datetime, timedelta

import duckdb

from .db import Register, rows

STOPPED = "sending_stopped"
# Meta tells of a message within seconds; after this long without a word, its webhooks do not come.
# Failures older than this are history; each stays on its case.
SHOWN = timedelta(days=14)
UNCONFIRMED = timedelta(hours=1)


def stop_sending(register: Register, code: int, text: str, now: datetime) -> None:
    """Stop all sending, because Meta refuses this account; the administrator sees why."""
    with register.atomic() as cursor:
        note_stopped(cursor, code, text, now)


def note_stopped(cursor, code: int, text: str, now: datetime) -> None:
    """The same inside a transaction."""
    cursor.execute(
        "insert into setting values (?, ?) on conflict (name) do update set value = excluded.value",
        [STOPPED, json.dumps({"code": code, "text": text, "since": now.isoformat()})],
    )


def sending_stopped(register: Register) -> dict | None:
    """Why sending is stopped (`code`, `text`, `since`), or None."""
    with register.cursor() as cursor:
        found = cursor.execute("select value from setting where name = ?", [STOPPED]).fetchone()
    return json.loads(found[0]) if found else None


def resume_sending(register: Register) -> None:
    with register.atomic() as cursor:
        cursor.execute("delete from setting where name = ?", [STOPPED])


def answers(register: Register) -> bool:
    """Whether the register answers a question."""
    try:
        with register.cursor() as cursor:
            return cursor.execute("select 1").fetchone() == (1,)
    except duckdb.Error:
        return False


def overview(register: Register, now: datetime) -> dict:
    """Counts for the health page: the outbox by state, media that wait or are missing, bodies set aside.

    `unconfirmed` are messages that Meta took and never told of again.
    """
    with register.snapshot() as cursor:
        outbox = dict(cursor.execute("select state, count(*) from message_out group by state").fetchall())
        media = dict(cursor.execute("select state, count(*) from media group by state").fetchall())
        aside = cursor.execute("select count(*) from inbox_problem where settled_at is null").fetchone()[0]
        oldest = cursor.execute(
            "select min(created_at) from message_out where state = 'queued' and next_at <= ?", [now]
        ).fetchone()[0]
        unconfirmed = cursor.execute(
            "select count(*) from message_out where state = 'accepted' and created_at < ?", [now - UNCONFIRMED]
        ).fetchone()[0]
        failed = rows(
            cursor.execute(
                """
                select m.id, m.created_at, m.purpose, m.state, m.error_code, m.error_text, m.attempts, c.number
                from message_out m left join complaint c on c.id = m.complaint_id
                where m.state in ('failed', 'unknown') and m.created_at > ? order by m.id desc limit 100
                """,
                [now - SHOWN],
            )
        )
    return {
        "outbox": outbox,
        "media": media,
        "aside": aside,
        "oldest_queued": oldest,
        "unconfirmed": unconfirmed,
        "failed": failed,
    }


def trace(error: BaseException) -> str:
    """What went wrong and where, for the log: without the error's own words, which may quote what people wrote."""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{places}"
