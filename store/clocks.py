"""A complaint's two limits with its pauses, always computed from the event log."""

from datetime import datetime

from .desk import Desk
from .rules.case import Case

Pause = tuple[datetime, datetime]
_STARTS = ("received", "reopen")
_ENDS = ("supply", "revive", "archive")


def pauses(cursor, case: Case, until: datetime | None = None) -> list[Pause]:
    """When the clock stood still since it last started: from each question to the reporter to what ended the wait.

    An archived complaint that is revived waited all the time.

    :param until: the end of a pause that still runs; without it such a pause is left out
    """
    found = cursor.execute(
        "select kind, happened_at from event where complaint_id = ? and list_contains(?, kind) order by id",
        [case.id, ["ask", *_STARTS, *_ENDS]],
    ).fetchall()
    spans: list[Pause] = []
    since = None
    for kind, happened_at in found:
        if kind in _STARTS:
            spans, since = [], None
        elif kind == "ask":
            since = since or happened_at
        elif kind != "archive" and since:
            spans.append((since, happened_at))
            since = None
    return [*spans, (since, until)] if since and until and until > since else spans


def limits(desk: Desk, cursor, case: Case, until: datetime) -> dict[str, datetime]:
    """Both due times when a pause ends at `until`."""
    return desk.limits(case.clock_started_at, case.category, pauses(cursor, case, until))


def limits_after_category(desk: Desk, cursor, case: Case, category: str | None) -> dict[str, datetime]:
    """New due times where either category has limits of its own; nothing where both go by the service's."""
    if desk.days(case.category) == desk.days(category):
        return {}
    # A pause that still runs is counted when it ends.
    return desk.limits(case.clock_started_at, category, pauses(cursor, case))
