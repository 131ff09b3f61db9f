"""When a person last looked at their list, so that it can say what happened since."""

from datetime import datetime, timedelta

from .db import Register
from .rules.workflow import Actor

# Whoever comes back sooner is still on the same visit, and is shown the same news.
VISIT = timedelta(minutes=15)
_NOTED_EVERY = timedelta(minutes=1)


def look(register: Register, viewer: Actor, now: datetime) -> datetime:
    """Note that this person looks now; when they had looked before this visit comes back (the first time: now)."""
    with register.cursor() as cursor:
        query = "select looked_at, since from last_look where username = ?"
        looked_at, since = cursor.execute(query, [viewer.username]).fetchone() or (None, now)
    if looked_at is not None:
        if now - looked_at < _NOTED_EVERY:
            return since
        since = since if now - looked_at < VISIT else looked_at
    with register.atomic(news=False) as cursor:
        cursor.execute(
            """
            insert into last_look values ($username, $now, $since)
            on conflict (username) do update set looked_at = $now, since = $since
            """,
            {"username": viewer.username, "now": now, "since": since},
        )
    return since
