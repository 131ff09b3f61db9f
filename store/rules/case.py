"""A case is the sum of its events: `apply` folds one event into it.

The commands write what `apply` returns, and `python -m store check` folds all events again and compares, so the two
can never differ unless somebody wrote past the commands.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .workflow import BY_NAME, CITY_ROLES, COUNTER, ENDED, MAX_REOPENINGS, REOPEN_DAYS, State


@dataclass(frozen=True)
class Event:
    """One row of the event log. `data` holds what the move brought and what was decided with it (due times)."""

    complaint_id: int
    happened_at: datetime
    kind: str
    actor: str
    actor_role: str
    from_state: str | None
    to_state: str | None
    data: dict


@dataclass(frozen=True)
class Case:
    """The present state of one complaint; each field is a column of `complaint`. Times are naive UTC."""

    id: int
    number: str
    channel: str
    kind: str
    state: str
    contact_id: int
    received_at: datetime
    state_since: datetime
    summary: str
    category: str | None = None
    kelurahan: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    department: str | None = None
    confidential: bool = False
    promise_due_at: datetime | None = None
    outer_due_at: datetime | None = None
    accept_due_at: datetime | None = None
    first_answer_at: datetime | None = None
    forwarded_at: datetime | None = None
    accepted_at: datetime | None = None
    result_at: datetime | None = None
    result_text: str | None = None
    stopped_at: datetime | None = None
    ended_at: datetime | None = None
    closing: str | None = None
    call_reporter: bool = False
    unread: bool = True
    message_count: int = 0
    media_count: int = 0
    returned_count: int = 0
    reopened_count: int = 0
    last_message_at: datetime | None = None
    version: int = 1


# Events that change nothing an officer decides by.
QUIET = ("message", "note", "seen", "delivered", "delivery_failed", "contact_joined")
# What a reader of the case may correct, and where it is kept.
FACTS = ("kind", "category", "kelurahan", "address", "confidential", "latitude", "longitude")


def received(event: Event) -> Case:
    """The case as its first event makes it."""
    data = event.data
    return Case(
        id=event.complaint_id,
        number=data["number"],
        channel=data["channel"],
        kind=data.get("kind", "complaint"),
        state=State.RECEIVED.value,
        contact_id=data["contact_id"],
        received_at=event.happened_at,
        state_since=event.happened_at,
        summary=data.get("summary", ""),
        promise_due_at=_time(data.get("promise_due_at")),
        outer_due_at=_time(data.get("outer_due_at")),
        **{name: data[name] for name in FACTS if name in data and name != "kind"},
    )


def apply(case: Case | None, event: Event) -> Case:
    """The case after this event.

    :raises ValueError: the first event is not `received`
    """
    if case is None:
        if event.kind != "received":
            raise ValueError("a case starts with `received`")
        return received(event)
    happened, data = event.happened_at, event.data
    changes: dict = {name: data[name] for name in FACTS if name in data}
    if event.to_state and event.to_state != case.state:
        changes |= {"state": event.to_state, "state_since": happened}
        if event.to_state in ENDED:
            changes |= {"ended_at": happened, "stopped_at": case.stopped_at or happened}
    if event.actor_role in CITY_ROLES:
        changes["unread"] = False
        if event.kind in ("answer", "reply") and case.first_answer_at is None:
            changes["first_answer_at"] = happened
    effect = _EFFECTS.get(event.kind)
    if effect:
        changes |= effect(case, event)
    # A note or a message of the reporter does not make somebody else's half-made decision stale.
    step = 0 if event.kind in QUIET else 1
    return replace(case, version=case.version + step, **changes)


def may_reopen(case: Case, now: datetime) -> bool:
    """Within ten days of the end, twice at most; as long as the reporter is still being asked, it is not too late."""
    in_time = case.ended_at is None or now - case.ended_at <= timedelta(days=REOPEN_DAYS)
    return case.reopened_count < MAX_REOPENINGS and in_time


def fold(events: list[Event]) -> Case:
    """The case that these events, in order, add up to."""
    case = None
    for event in events:
        case = apply(case, event)
    return case


def _answer(case, event):
    changes = {"result_at": event.happened_at, "result_text": event.data.get("text")}
    if event.data.get("message_id"):
        return changes
    if case.channel == COUNTER:
        # Whoever stands at the counter has heard the answer.
        return changes | {"stopped_at": event.happened_at, "ended_at": event.happened_at}
    return changes | {"call_reporter": True}


def _forward(case, event):
    return {
        "department": event.data["department"],
        "forwarded_at": event.happened_at,
        "accept_due_at": _time(event.data.get("accept_due_at")),
        "accepted_at": None,
    }


def _accept(case, event):
    return {"accepted_at": event.happened_at}


def _return(case, event):
    return {"returned_count": case.returned_count + 1, "department": None, "accept_due_at": None}


def _submit_result(case, event):
    return {"result_text": event.data.get("text")}


def _approve(case, event):
    changes = {
        "result_at": event.happened_at,
        "result_text": event.data.get("text"),
        "stopped_at": event.happened_at,
        # Without a message somebody must tell the reporter.
        "call_reporter": not event.data.get("message_id"),
    }
    if case.first_answer_at is None:
        changes["first_answer_at"] = event.happened_at
    return changes


def _closing(word):
    def effect(case, event):
        return {"closing": word, "call_reporter": False, "unread": False}

    return effect


def _reopen(case, event):
    return {
        "reopened_count": case.reopened_count + 1,
        "department": None,
        "accept_due_at": None,
        "ended_at": None,
        "stopped_at": None,
        "result_at": None,
        "closing": None,
        "call_reporter": False,
        "unread": True,
        "promise_due_at": _time(event.data.get("promise_due_at")),
        "outer_due_at": _time(event.data.get("outer_due_at")),
    }


def _message(case, event):
    return {
        # Thanks need nobody's eyes.
        "unread": case.unread if event.data.get("thanks") else True,
        "last_message_at": event.happened_at,
        "message_count": case.message_count + 1,
        "media_count": case.media_count + (1 if event.data.get("media") else 0),
        "summary": case.summary or event.data.get("summary", ""),
    }


def _delivered(case, event):
    if case.state != State.ANSWERED or case.ended_at:
        return {"call_reporter": False}
    return {"stopped_at": event.happened_at, "ended_at": event.happened_at, "call_reporter": False}


def _delivery_failed(case, event):
    return {"call_reporter": True}


def _contact_joined(case, event):
    return {"contact_id": event.data["contact_id"]}


def _told(case, event):
    changes = {"call_reporter": False}
    if case.state == State.ANSWERED and not case.ended_at:
        changes |= {"stopped_at": event.happened_at, "ended_at": event.happened_at}
    return changes


_EFFECTS = {
    "answer": _answer,
    "forward": _forward,
    "accept": _accept,
    "return": _return,
    "submit_result": _submit_result,
    "approve": _approve,
    "confirm": _closing("confirmed"),
    "close": _closing("by_officer"),
    "lapse": _closing("silence"),
    "reopen": _reopen,
    "message": _message,
    "delivered": _delivered,
    "delivery_failed": _delivery_failed,
    "told": _told,
    "contact_joined": _contact_joined,
}


def _time(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


assert set(_EFFECTS) <= set(BY_NAME)  # noqa: S101 – a typing slip here would drop an effect in silence
