"""A case is the sum of its events: `apply` folds one event into it.

The commands write what `apply` returns, and `python -m store check` folds all events again and compares, so the two
can never differ unless somebody wrote past the commands.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from . import reading
from .case import QUIET, Assignment, Case, Event
from .completeness import joined
from .workflow import BY_NAME, CITY_ROLES, COUNTER, ENDED, LETTERS, NOT_OURS_LIMIT, State

# What a reader of the case may correct, and where it is kept.
FACTS = ("kind", "category", "kelurahan", "address", "confidential", "latitude", "longitude")
LIMITS = ("promise_due_at", "outer_due_at")
# Moves after which no department has a part of the complaint any more.
_TAKES_ALL = ("answer", "refer", "reject", "merge", "reopen")


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
        clock_started_at=event.happened_at,
        elements=joined(data.get("elements", ())),
        way=LETTERS[State.RECEIVED],
        **{name: _time(data.get(name)) for name in LIMITS},
        **{name: data[name] for name in FACTS if name in data and name != "kind"},
    )


def apply(case: Case | None, event: Event) -> Case:
    """The case after this event.

    :raises ValueError: the first event is not `received`
    """
    if case is None:
        if event.kind != "received":
            raise ValueError("a case starts with `received`")
        return _derived(received(event))
    happened, data = event.happened_at, event.data
    changes: dict = {name: data[name] for name in FACTS if name in data}
    changes |= {name: _time(data[name]) for name in LIMITS if name in data}
    if event.to_state and event.to_state != case.state:
        changes |= {"state": event.to_state, "state_since": happened, "way": case.way + LETTERS[event.to_state]}
        if event.to_state in ENDED:
            changes["ended_at"] = happened
            # A duplicate follows its parent: its clock stops when that is answered.
            if event.to_state != State.DUPLICATE:
                changes["stopped_at"] = case.stopped_at or happened
    if event.actor_role in CITY_ROLES:
        changes["unread"] = False
        if event.kind in ("answer", "reply") and case.first_answer_at is None:
            changes["first_answer_at"] = happened
    if event.kind in _TAKES_ALL:
        changes["assignments"] = ()
    effect = _EFFECTS.get(event.kind)
    if effect:
        changes |= effect(case, event)
    # A note or a message of the reporter does not make somebody else's half-made decision stale.
    step = 0 if event.kind in QUIET else 1
    return _derived(replace(case, version=case.version + step, **changes))


def _derived(case: Case) -> Case:
    """The case with what follows from its other fields."""
    active = case.active
    # Of several promised days the last; what is in review already keeps none.
    promised = max((p.promised_at for p in active if p.state == State.SCHEDULED and p.promised_at), default=None)
    if case.ended_at or case.stopped_at or case.paused_at:
        due = None
    else:
        due = promised if case.state == State.SCHEDULED else case.promise_due_at
    return replace(
        case,
        department=next((part.department for part in active if part.lead), None),
        departments="|" + "|".join(part.department for part in active) + "|" if active else "",
        accept_due_at=min((p.accept_due_at for p in active if _waits(p)), default=None),
        due_at=due,
        promised_at=promised or case.promised_at,
    )


def _waits(part: Assignment) -> bool:
    return part.state == State.FORWARDED and part.accept_due_at is not None


def fold(events: list[Event]) -> Case:
    """The case that these events, in order, add up to."""
    case = None
    for event in events:
        case = apply(case, event)
    return case


def undone_end(before: Case | None, after: Case) -> datetime | None:
    """The end that an event took back, or put later; None if it left the end alone."""
    end = before.ended_at if before else None
    return None if end == after.ended_at else end


def _answer(case, event):
    changes = {"result_at": event.happened_at, "result_text": event.data.get("text")}
    if event.data.get("message_id"):
        return changes
    if case.channel == COUNTER:
        # Whoever stands at the counter has heard the answer.
        return changes | {"stopped_at": event.happened_at, "ended_at": event.happened_at}
    return changes | {"call_reporter": True}


def _ask(case, event):
    return {"paused_at": event.happened_at, "call_reporter": not event.data.get("message_id")}


def _supply(case, event):
    return {"paused_at": None, "call_reporter": False}


def _ended_quietly(case, event):
    return {"paused_at": None, "call_reporter": False, "unread": False}


def _back_in_triage(case, event):
    """What had ended goes on: spam that was none, a duplicate that was none, an archived case that was completed."""
    none = dict.fromkeys(("ended_at", "stopped_at", "paused_at", "closing", "parent_id", "result_at", "result_text"))
    return none | {"call_reporter": False, "unread": True}


def _withdraw(case, event):
    return _ended_quietly(case, event) | {"call_reporter": not event.data.get("message_id")}


def _refer(case, event):
    changes = {"result_at": event.happened_at, "result_text": event.data.get("text")}
    changes |= {"first_answer_at": case.first_answer_at or event.happened_at}
    return changes | {"call_reporter": not event.data.get("message_id") and case.channel != COUNTER}


def _escalate(case, event):
    return {"escalated": event.data.get("until", "end")}


def _merge(case, event):
    return {"parent_id": event.data["parent_id"]}


def _children(step):
    def effect(case, event):
        return {"child_count": case.child_count + step}

    return effect


def _follow(case, event):
    """The parent was answered, and with it this one."""
    return {
        "result_at": event.happened_at,
        "result_text": event.data.get("text"),
        "stopped_at": case.stopped_at or event.happened_at,
        "first_answer_at": case.first_answer_at or event.happened_at,
        "call_reporter": not event.data.get("message_id"),
    }


def _forward(case, event):
    data = event.data
    lead, added = data["department"], data.get("departments") or [data["department"]]
    kept = [part for part in case.active if part.department not in added]
    new = [
        Assignment(
            department=code,
            state=State.FORWARDED.value,
            state_since=event.happened_at,
            lead=False,
            binding=bool(data.get("binding")),
            forwarded_at=event.happened_at,
            accept_due_at=_time(data.get("accept_due_at")),
        )
        for code in added
    ]
    parts = tuple(replace(part, lead=part.department == lead) for part in (*kept, *new))
    changes = {"assignments": parts, "forwarded_at": event.happened_at, "accepted_at": None}
    return changes | ({"escalated": None} if case.escalated == "assignment" else {})


def _moved(case: Case, event: Event, state: str | None, **changes) -> dict:
    """The parts after a department's own step; events of the first release name no department: it was the lead's."""
    department = event.data.get("department") or case.department
    if state:
        changes |= {"state": state, "state_since": event.happened_at}
    return {
        "assignments": tuple(
            replace(part, **changes) if part.department == department and part.active else part
            for part in case.assignments
        )
    }


def _accept(case, event):
    return _moved(case, event, State.ACCEPTED.value, accepted_at=event.happened_at) | {"accepted_at": event.happened_at}


def _return(case, event):
    moved = _moved(case, event, State.RETURNED.value, lead=False, handler=None)
    changes = {"assignments": _with_lead(moved["assignments"]), "returned_count": case.returned_count + 1}
    changes |= {"returned_by": f"{case.returned_by or '|'}{event.data.get('department') or case.department}|"}
    if event.data.get("reason") != "not_ours":
        return changes
    count = case.not_ours_count + 1
    escalated = case.escalated or ("assignment" if count >= NOT_OURS_LIMIT else None)
    return changes | {"not_ours_count": count, "escalated": escalated}


def _with_lead(parts: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """The parts with a lead among the active ones."""
    parts = tuple(parts)
    if any(part.lead and part.active for part in parts):
        return parts
    first = next((part for part in parts if part.active), None)
    return tuple(replace(part, lead=part is first) for part in parts)


def _release(case, event):
    """Departments that may not see this complaint any more, or returned theirs, no longer have a part of it."""
    gone = event.data.get("departments")
    kept = [p for p in case.active if gone is None or p.department not in gone]
    return {"assignments": _with_lead(kept)}


def _start(case, event):
    return _moved(case, event, State.IN_PROGRESS.value, handler=event.data.get("handler"))


def _assign(case, event):
    return _moved(case, event, None, handler=event.data["handler"])


def _schedule(case, event):
    promised = _time(event.data.get("promised_at"))
    return _moved(case, event, State.SCHEDULED.value, promised_at=promised)


def _submit_result(case, event):
    changes = _moved(case, event, State.IN_REVIEW.value, result_text=event.data.get("text"))
    results = [(part.department, part.result_text) for part in changes["assignments"] if part.result_text]
    if len(results) < 2:
        return changes | {"result_text": event.data.get("text")}
    return changes | {"result_text": "\n\n".join(f"{department}: {text}" for department, text in results)}


def _send_back(case, event):
    named = event.data.get("departments") or [part.department for part in case.active]
    parts = tuple(
        replace(part, state=State.IN_PROGRESS.value, state_since=event.happened_at)
        if part.active and part.department in named
        else part
        for part in case.assignments
    )
    return {"assignments": parts, "sent_back_count": case.sent_back_count + 1}


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
    none = dict.fromkeys(("ended_at", "stopped_at", "paused_at", "result_at", "closing", "promised_at"))
    return none | {
        "reopened_count": case.reopened_count + 1,
        "clock_started_at": event.happened_at,
        "call_reporter": False,
        "unread": True,
        "reminded": 0,
    }


def _classify(case, event):
    changes = {}
    if "said" in event.data:
        changes = _with_said(case, reading.corrected(json.loads(case.said), event.data["said"]))
    return changes | ({"elements": joined(event.data["elements"])} if "elements" in event.data else {})


def _with_said(case: Case, said: dict, more: Iterable[str] = ()) -> dict:
    """What the reporter said, as it is now known, and the elements that came or went with it.

    What staff say of an element stands until the words behind it change.

    :param more: elements that are there besides
    """
    before, after = set(reading.elements(json.loads(case.said))), set(reading.elements(said))
    lost = before - after - ({"where_when"} if case.latitude is not None else set())
    there = (set(case.elements.split(",")) | (after - before) | set(more)) - lost
    return {"said": json.dumps(said, ensure_ascii=False), "elements": joined(there)}


def _remind(case, event):
    return {"reminded": event.data["level"]}


def _message(case, event):
    return {
        # Thanks need nobody's eyes.
        "unread": case.unread if event.data.get("thanks") else True,
        "last_message_at": event.happened_at,
        "message_count": case.message_count + 1,
        "media_count": case.media_count + (1 if event.data.get("media") else 0),
        "summary": case.summary or event.data.get("summary", ""),
        **_understood(case, event),
    }


def _understood(case, event):
    """Certain words fill what is not known yet."""
    said = reading.merged(json.loads(case.said), event.data.get("said", {}))
    return _with_said(case, said, event.data.get("elements", ()))


def _take_over(case, event):
    return {"taken_by": event.actor, "taken_at": event.happened_at}


def _give_back(case, event):
    return {"taken_by": None, "taken_at": None}


def _reply(case, event):
    """Who has taken the conversation over and writes in it, keeps it; what goes again has not failed any more."""
    kept = {"taken_at": event.happened_at} if case.taken_by == event.actor else {}
    return kept | ({"call_reporter": False} if event.data.get("settles") else {})


def _transcribe(case, event):
    """What was heard counts as what was written."""
    return {
        "summary": event.data.get("summary", case.summary),
        **_understood(case, event),
    }


def _rate(case, event):
    words = event.data.get("words") or case.rating_words
    return {"rating": event.data["rating"], "rating_words": words, "rated_at": event.happened_at}


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
    "ask": _ask,
    "supply": _supply,
    "archive": _ended_quietly,
    "revive": _back_in_triage,
    "restore": _back_in_triage,
    "unmerge": _back_in_triage,
    "reject": _ended_quietly,
    "withdraw": _withdraw,
    "refer": _refer,
    "escalate": _escalate,
    "merge": _merge,
    "adopt": _children(1),
    "part": _children(-1),
    "follow": _follow,
    "forward": _forward,
    "proceed": _release,
    "release": _release,
    "accept": _accept,
    "return": _return,
    "start": _start,
    "assign": _assign,
    "schedule": _schedule,
    "submit_result": _submit_result,
    "send_back": _send_back,
    "approve": _approve,
    "confirm": _closing("confirmed"),
    "close": _closing("by_officer"),
    "lapse": _closing("silence"),
    "reopen": _reopen,
    "classify": _classify,
    "reply": _reply,
    "take_over": _take_over,
    "give_back": _give_back,
    "rate": _rate,
    "transcribe": _transcribe,
    "remind": _remind,
    "message": _message,
    "delivered": _delivered,
    "delivery_failed": _delivery_failed,
    "told": _told,
    "contact_joined": _contact_joined,
}


def _time(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


assert set(_EFFECTS) <= set(BY_NAME)  # noqa: S101 – a typing slip here would drop an effect in silence
