"""What a complaint is: the case, its departments' parts, its events; and which moves are open on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .workflow import MAX_REOPENINGS, REOPEN_DAYS, WITH_DEPARTMENT, Actor, Move, State, allowed, of_department

# As long as a complaint stands so, departments go on with their parts.
OPEN_TO_DEPARTMENTS = WITH_DEPARTMENT | {State.RETURNED, State.AWAITING_REPORTER}


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
class Assignment:
    """One department's part of a complaint, with its own state and clock; each field is a column of `assignment`.

    `returned` stays until the city team has decided what follows from it.
    """

    department: str
    state: str
    state_since: datetime
    lead: bool
    binding: bool
    forwarded_at: datetime
    accept_due_at: datetime | None = None
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    handler: str | None = None
    result_text: str | None = None

    @property
    def active(self) -> bool:
        return self.state != State.RETURNED


@dataclass(frozen=True)
class Case:
    """The present state of one complaint; each field but `assignments` is a column of `complaint`. Times are naive UTC.

    `department` is the lead's; `departments` names all that have it, as `|DLH|DPUPR|`; `due_at` is the limit that runs
    now, None while none does; `elements` are those of the five that are there, comma-separated; `said` is what the
    reporter said of them, as JSON; `taken_by` is who talks to the reporter in the bot's place; `rating` is 1 to 5;
    `way` are the states it has been in, a letter each (`workflow.LETTERS`); `returned_by` names the departments that
    returned it, as `departments` does.
    """

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
    departments: str = ""
    due_at: datetime | None = None
    clock_started_at: datetime | None = None
    paused_at: datetime | None = None
    promised_at: datetime | None = None
    escalated: str | None = None
    not_ours_count: int = 0
    sent_back_count: int = 0
    parent_id: int | None = None
    child_count: int = 0
    elements: str = ""
    reminded: int = 0
    said: str = "{}"
    taken_by: str | None = None
    taken_at: datetime | None = None
    rating: int | None = None
    rating_words: str | None = None
    rated_at: datetime | None = None
    way: str = ""
    returned_by: str = ""
    assignments: tuple[Assignment, ...] = ()

    @property
    def active(self) -> tuple[Assignment, ...]:
        """The departments that have their part of it."""
        return tuple(part for part in self.assignments if part.active)

    @property
    def with_departments(self) -> bool:
        """Whether departments go on with their parts: not once the result went out, nor after the end."""
        return self.state in OPEN_TO_DEPARTMENTS


# Events that change nothing an officer decides by.
QUIET = (
    *("message", "note", "work", "seen", "reveal", "remind", "delivered", "delivery_failed", "contact_joined"),
    *("take_over", "give_back", "rate", "transcribe", "block"),
)
# So long after the last word of whoever took a conversation over, the bot answers again.
TAKEN_FOR = timedelta(hours=24)


def moves_for(case: Case, actor: Actor, department: str = "") -> list[Move]:
    """The moves this person may make on the case now, the likeliest first.

    :param department: which part is meant, where the person has a role in more than one of its departments
    """
    part = own_part(case, actor, department)
    escalated = case.escalated is not None
    at_work = part is not None and case.with_departments
    found = [] if not at_work else [m for m in allowed(part.state, part.department, actor) if of_department(m)]
    own = part.department if part else None
    return found + [m for m in allowed(State(case.state), own, actor, escalated) if not of_department(m)]


def own_part(case: Case, actor: Actor, department: str = "") -> Assignment | None:
    """The part of the case that lies with this person's department."""
    mine = [part for part in case.active if part.department in actor.departments]
    return next((part for part in mine if not department or part.department == department), None)


def is_taken(case: Case, now: datetime) -> bool:
    """Whether a person talks to the reporter, so that the bot is silent."""
    return case.taken_by is not None and case.ended_at is None and now - case.taken_at < TAKEN_FOR


def may_reopen(case: Case, now: datetime) -> bool:
    """Within ten days of the end, twice at most; as long as the reporter is still being asked, it is not too late."""
    in_time = case.ended_at is None or now - case.ended_at <= timedelta(days=REOPEN_DAYS)
    return case.reopened_count < MAX_REOPENINGS and in_time
