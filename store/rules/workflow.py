"""The workflow: states, roles and one literal table of moves, the only place that knows who may do what when.

Source: service standard SK 060/040/III 2022, steps 1–7.
"""

from dataclasses import dataclass
from enum import StrEnum

from .errors import RuleBroken


class State(StrEnum):
    """Where a complaint stands; stored as these words."""

    RECEIVED = "received"
    AWAITING_REPORTER = "awaiting_reporter"
    ANSWERED = "answered"
    FORWARDED = "forwarded"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    SCHEDULED = "scheduled"
    IN_REVIEW = "in_review"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CLOSED = "closed"
    REOPENED = "reopened"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Role(StrEnum):
    """What a person may be; `reporter` and `system` act without an account."""

    ADMIN = "admin"
    CITY = "city"
    OFFICIAL = "official"
    OPD_ADMIN = "opd_admin"
    OPD_TEAM = "opd_team"
    LEADER = "leader"
    REPORTER = "reporter"
    SYSTEM = "system"


DEPARTMENT_ROLES = frozenset({Role.OPD_ADMIN, Role.OPD_TEAM})
CITY_ROLES = frozenset({Role.CITY, Role.OFFICIAL})
RETURN_REASONS = ("incomplete", "not_ours", "duplicate", "wrong_category")
CLOSINGS = ("confirmed", "by_officer", "silence")
# A second time "not ours" goes to the official, whose assignment binds.
NOT_OURS_LIMIT = 2
# Until when a case belongs to the official: until the binding assignment, or (from the counter) to its end.
ESCALATIONS = ("assignment", "end")
# Only this department sees complaints about officials, and no other may be given one.
INSPECTORATE = "INSPEKTORAT"
CHANNELS = ("WA", "TLP", "EML", "WEB", "TWT", "IGR", "HPP", "LOK")
COUNTER = "LOK"
KINDS = ("complaint", "wish", "information", "official", "service")
MAX_REOPENINGS = 2
REOPEN_DAYS = 10
# So long an archived complaint comes back with its reporter's next message; later only with an answer to one of ours.
REVIVE_DAYS = 90

# Waiting for the city team: nobody else will move these on.
TRIAGE = frozenset({State.RECEIVED, State.RETURNED, State.REOPENED})
# With a department, between forwarding and the result, in the order of its way; also the states of one assignment.
DEPARTMENT_WAY = (State.FORWARDED, State.ACCEPTED, State.IN_PROGRESS, State.SCHEDULED, State.IN_REVIEW)
WITH_DEPARTMENT = frozenset(DEPARTMENT_WAY)
AT_WORK = frozenset({State.IN_PROGRESS, State.SCHEDULED})
# Ended by the move itself; `answered` ends when the answer was delivered.
ENDED = frozenset({State.CLOSED, State.REJECTED, State.DUPLICATE, State.REFERRED, State.WITHDRAWN, State.ARCHIVED})
# Ended, and yet the reporter is to hear of it: a message that failed is made good by telephone.
ENDED_WITH_NEWS = frozenset({State.DUPLICATE, State.REFERRED, State.WITHDRAWN})

# Each state as one letter of a complaint's way; stored, so never changed.
LETTERS = {
    State.RECEIVED: "r",
    State.AWAITING_REPORTER: "w",
    State.ANSWERED: "a",
    State.FORWARDED: "f",
    State.RETURNED: "b",
    State.ACCEPTED: "t",
    State.IN_PROGRESS: "p",
    State.SCHEDULED: "s",
    State.IN_REVIEW: "v",
    State.AWAITING_CONFIRMATION: "k",
    State.CLOSED: "c",
    State.REOPENED: "o",
    State.REJECTED: "x",
    State.DUPLICATE: "d",
    State.REFERRED: "l",
    State.WITHDRAWN: "q",
    State.ARCHIVED: "z",
}
assert len(set(LETTERS.values())) == len(State)  # noqa: S101 – two states of one letter could not be told apart


@dataclass(frozen=True)
class Grant:
    """One role a person holds, in one department where the role belongs to one."""

    role: Role
    department: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: a user with grants, the reporter or the system itself."""

    username: str
    name: str
    grants: frozenset[Grant]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    @property
    def departments(self) -> frozenset[str]:
        """The departments whose cases this person may see because of a role there."""
        return frozenset(g.department for g in self.grants if g.role in DEPARTMENT_ROLES and g.department)


REPORTER = Actor("reporter", "Pelapor", frozenset({Grant(Role.REPORTER)}))
SYSTEM = Actor("system", "Sistem", frozenset({Grant(Role.SYSTEM)}))


@dataclass(frozen=True)
class Move:
    """One allowed step.

    `target` None leaves the state as it is; `needs` names what the command must bring, non-empty.
    """

    name: str
    sources: frozenset[State]
    target: State | None
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()


def _move(name, sources, target, roles, *needs) -> Move:
    return Move(name, frozenset(sources), target, frozenset(roles), needs)


S, R = State, Role
ANY = frozenset(State)

# The likeliest move of a state first: pages draw them in this order. Moves of a department alone start from the state
# of its own assignment, all others from the state of the complaint.
MOVES: tuple[Move, ...] = (
    _move("forward", TRIAGE, S.FORWARDED, CITY_ROLES, "department", "note"),
    _move("answer", TRIAGE, S.ANSWERED, CITY_ROLES, "text"),
    _move("ask", TRIAGE, S.AWAITING_REPORTER, CITY_ROLES, "missing"),
    _move("proceed", {S.RETURNED}, S.FORWARDED, CITY_ROLES, "note"),
    _move("escalate", TRIAGE, None, {R.CITY}, "note"),
    _move("merge", TRIAGE, S.DUPLICATE, CITY_ROLES, "parent"),
    _move("refer", TRIAGE, S.REFERRED, CITY_ROLES, "body", "text"),
    _move("reject", TRIAGE, S.REJECTED, CITY_ROLES, "note"),
    _move("supply", {S.AWAITING_REPORTER}, S.RECEIVED, CITY_ROLES | {R.REPORTER}, "note"),
    _move("archive", {S.AWAITING_REPORTER}, S.ARCHIVED, {R.SYSTEM}),
    _move("revive", {S.ARCHIVED}, S.RECEIVED, CITY_ROLES | {R.REPORTER}, "note"),
    _move("restore", {S.REJECTED}, S.RECEIVED, CITY_ROLES, "note"),
    _move("unmerge", {S.DUPLICATE}, S.RECEIVED, CITY_ROLES | {R.SYSTEM}, "note"),
    _move("accept", {S.FORWARDED}, S.ACCEPTED, {R.OPD_ADMIN}),
    _move("return", {S.FORWARDED}, S.RETURNED, {R.OPD_ADMIN}, "reason", "note"),
    _move("start", {S.ACCEPTED}, S.IN_PROGRESS, {R.OPD_ADMIN}),
    _move("submit_result", AT_WORK, S.IN_REVIEW, DEPARTMENT_ROLES, "text"),
    _move("work", AT_WORK, None, DEPARTMENT_ROLES, "note"),
    _move("schedule", AT_WORK, S.SCHEDULED, DEPARTMENT_ROLES, "promised_on", "note"),
    _move("assign", WITH_DEPARTMENT - {S.FORWARDED}, None, {R.OPD_ADMIN, R.ADMIN}, "handler"),
    _move("approve", {S.IN_REVIEW}, S.AWAITING_CONFIRMATION, CITY_ROLES, "text"),
    _move("send_back", {S.IN_REVIEW}, S.IN_PROGRESS, CITY_ROLES, "note"),
    _move("confirm", {S.AWAITING_CONFIRMATION}, S.CLOSED, {R.REPORTER}),
    _move("close", {S.AWAITING_CONFIRMATION}, S.CLOSED, CITY_ROLES, "note"),
    _move("lapse", {S.AWAITING_CONFIRMATION}, S.CLOSED, {R.SYSTEM}),
    _move("reopen", {S.AWAITING_CONFIRMATION, S.CLOSED, S.ANSWERED}, S.REOPENED, CITY_ROLES | {R.REPORTER}, "note"),
    _move("withdraw", ANY - ENDED, S.WITHDRAWN, CITY_ROLES | {R.REPORTER}, "note"),
    # A complaint that turns out to be about an official is taken from the departments that had it.
    _move("release", ANY, S.RETURNED, {R.SYSTEM}),
    # These leave the state as it is.
    _move("told", ANY - ENDED | ENDED_WITH_NEWS, None, CITY_ROLES, "how", "note"),
    _move("classify", ANY - ENDED, None, CITY_ROLES),
    _move("reply", ANY, None, CITY_ROLES, "text"),
    _move("seen", ANY, None, CITY_ROLES),
    _move("take_over", ANY - ENDED, None, CITY_ROLES),
    _move("give_back", ANY, None, CITY_ROLES),
    _move("block", ANY, None, CITY_ROLES, "note"),
    _move("rate", {S.CLOSED, S.ANSWERED}, None, {R.REPORTER}, "rating"),
    _move("note", ANY, None, CITY_ROLES | DEPARTMENT_ROLES, "note"),
    _move("transcribe", ANY, None, CITY_ROLES | DEPARTMENT_ROLES, "text"),
    _move("reveal", ANY, None, CITY_ROLES, "note"),
    _move("adopt", ANY, None, CITY_ROLES),
    _move("part", ANY, None, CITY_ROLES | {R.SYSTEM}),
    _move("follow", {S.DUPLICATE}, None, {R.SYSTEM}),
    _move("remind", ANY - ENDED, None, {R.SYSTEM}),
    _move("message", ANY, None, {R.REPORTER}),
    _move("delivered", ANY, None, {R.SYSTEM}),
    _move("delivery_failed", ANY, None, {R.SYSTEM}),
    _move("contact_joined", ANY, None, {R.SYSTEM}),
)
BY_NAME = {move.name: move for move in MOVES}


def of_department(move: Move) -> bool:
    """Whether only departments make this move, so that it starts from the state of their own assignment."""
    return Role.OPD_ADMIN in move.roles and not move.roles & CITY_ROLES


def acting_role(move: Move, actor: Actor, department: str | None, escalated: bool = False) -> Role | None:
    """The role by which this actor may make the move on a case that lies with `department`, or None.

    :param escalated: the case belongs to the official, so that the city team may not move it
    """
    for grant in sorted(actor.grants, key=lambda grant: grant.role):
        if grant.role not in move.roles:
            continue
        if grant.role in DEPARTMENT_ROLES and (department is None or grant.department != department):
            continue
        if escalated and grant.role == Role.CITY and move.target is not None:
            continue
        return grant.role
    return None


def allowed(state: State, department: str | None, actor: Actor, escalated: bool = False) -> list[Move]:
    """The moves this actor may make now, the likeliest first."""
    return [
        move for move in MOVES if state in move.sources and acting_role(move, actor, department, escalated) is not None
    ]


def check(
    name: str, state: State, department: str | None, actor: Actor, given: dict, escalated: bool = False
) -> tuple[Move, Role]:
    """The move and the acting role, if the table allows it.

    :param given: what the command brings, by the names in `Move.needs`
    :raises RuleBroken: `not_allowed` (role), `with_official`, `wrong_state` or `missing_<need>`
    """
    move = BY_NAME[name]
    role = acting_role(move, actor, department, escalated)
    if role is None:
        if escalated and acting_role(move, actor, department) is not None:
            raise RuleBroken("with_official", move=name)
        raise RuleBroken("not_allowed", move=name)
    if state not in move.sources:
        raise RuleBroken("wrong_state", move=name, state=state)
    for need in move.needs:
        if not str(given.get(need) or "").strip():
            raise RuleBroken(f"missing_{need}", move=name)
    if name == "return" and given["reason"] not in RETURN_REASONS:
        raise RuleBroken("missing_reason", move=name)
    return move, role


def overall(states: list[str]) -> State:
    """The state of a complaint whose departments are in these: what was returned needs the city team first, then the
    one that is least far decides."""
    if not states or State.RETURNED in states:
        return State.RETURNED
    return min((State(state) for state in states), key=DEPARTMENT_WAY.index)
