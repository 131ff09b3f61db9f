"""What needs this person now: one list over all their roles, the oldest promise first, each row with its reasons.

- city team: triage, results to review, reporters to call, new words, what was not accepted in time, and all that has
  reached its limit anywhere
- official: what was escalated to the official, and what is at 150 % or more
- department's administrator: parts to accept or to hand to the team; at work those that are late or nobody's
- department's team: its parts at work, one's own first
- leaders: what is at 300 % or more
- nobody else: nothing
"""

from datetime import datetime, timedelta

from .. import access
from ..db import Register, rows
from ..handover import SERVES
from ..reminders import LEADER_LEVEL, OFFICIAL_LEVEL
from ..rules.case import QUIET
from ..rules.deadline import from_jakarta, to_jakarta
from ..rules.workflow import AT_WORK, TRIAGE, Actor, Role, State
from .lists import _NEW_WORDS, PAGE, VISIBLE, rows_of

# Why a case is on a list, what to do first before what only says how it stands.
REASONS = (
    "escalated", "triage", "in_review", "accept", "hand_out", "unassigned", "work", "call", "unread", "not_accepted",
    "late",
)  # fmt: skip


def _any_of(states) -> str:
    return "(" + ", ".join(f"'{state}'" for state in sorted(states)) + ")"


_TEAM = "c.escalated is null and c.ended_at is null"
_LATE = "c.due_at <= $now"
# By role: reason → condition over a complaint.
_OF_COMPLAINTS = {
    Role.CITY: {
        "triage": f"{_TEAM} and c.state in {_any_of(TRIAGE)}",
        "in_review": f"{_TEAM} and c.state = '{State.IN_REVIEW}'",
        "call": "c.call_reporter",
        "unread": f"{_NEW_WORDS} and c.state not in {_any_of(TRIAGE)}",
        "not_accepted": "c.accept_due_at <= $now and c.ended_at is null and c.stopped_at is null",
        "late": _LATE,
    },
    Role.OFFICIAL: {
        "escalated": "c.escalated is not null and c.ended_at is null and c.state in "
        + _any_of(TRIAGE | {State.IN_REVIEW}),
        "late": f"{_LATE} and c.reminded >= {OFFICIAL_LEVEL}",
    },
    Role.LEADER: {"late": f"{_LATE} and c.reminded >= {LEADER_LEVEL}"},
}
_AT_WORK = f"a.state in {_any_of(AT_WORK)}"
_NOBODYS = f"{_AT_WORK} and (a.handler is null or not {SERVES})"
# The limit that the part has to keep next.
_PART_LIMIT = f"""case a.state when '{State.FORWARDED}' then least(a.accept_due_at, c.due_at, c.promise_due_at)
    when '{State.SCHEDULED}' then a.promised_at else coalesce(c.due_at, c.promise_due_at) end"""
_LATE_PART = f"{_AT_WORK} and c.paused_at is null and {_PART_LIMIT} <= $now"
# By role in a department: reason → condition over its part `a` of a complaint.
_OF_PARTS = {
    Role.OPD_ADMIN: {
        "accept": f"a.state = '{State.FORWARDED}'",
        "hand_out": f"a.state = '{State.ACCEPTED}'",
        "unassigned": _NOBODYS,
        "late": _LATE_PART,
    },
    Role.OPD_TEAM: {"work": _AT_WORK, "unassigned": _NOBODYS, "late": _LATE_PART},
}
_FROM_COMPLAINTS = (
    """
    select c.id, coalesce(c.due_at, c.promise_due_at) as limit_at, c.due_at is not null as running, false as mine,
        null as part_state, null as part_department, null as handler, null as part_accept_due_at, {reasons} as reasons
    from complaint c where ({any_reason}) and """
    + VISIBLE
)
_FROM_PARTS = f"""
    select c.id, {_PART_LIMIT} as limit_at, c.paused_at is null as running, coalesce(a.handler = $me, false) as mine,
        a.state as part_state, a.department as part_department, a.handler, a.accept_due_at as part_accept_due_at,
        {{reasons}} as reasons
    from assignment a join complaint c on c.id = a.complaint_id and c.ended_at is null and c.stopped_at is null
    where list_contains(${{departments}}::varchar[], a.department) and ({{any_reason}})
"""
_PICKED = """
    select id, min(limit_at) as limit_at, bool_or(running) as running, bool_or(mine) as mine,
        max(part_state) as part_state, max(part_department) as part_department, max(handler) as handler,
        max(part_accept_due_at) as part_accept_due_at, flatten(list(reasons)) as reasons
    from ({}) group by id
"""


def todo(register: Register, viewer: Actor, now: datetime, limit: int = PAGE) -> list[dict]:
    """What needs this person now, one's own work first, then the oldest promise.

    Beside what every list has, each row says: `reasons` (of `REASONS`, in their order), `limit_at` (the limit this
    person has to keep next), `running` (whether it runs), `mine`, and of an own part `part_state`, `part_department`,
    `handler`, `handler_name`, `part_accept_due_at`.
    """
    picked, params = _picked(viewer, now)
    if not picked:
        return []
    with register.snapshot() as cursor:
        query = "select * from (" + picked + ") order by mine desc, limit_at nulls last, id limit $limit"
        found = {row["id"]: row for row in rows(cursor.execute(query, params | {"limit": limit}))}
        listed = rows_of(cursor, viewer, list(found))
        names = dict(cursor.execute("select username, name from user_account").fetchall())
    for row in listed:
        more = found[row["id"]]
        row |= more | {
            "reasons": [reason for reason in REASONS if reason in more["reasons"]],
            "handler_name": names.get(more["handler"], more["handler"]),
        }
    return listed


def todo_counts(register: Register, viewer: Actor, now: datetime) -> dict[str, int]:
    """How much that is: `todo` in all, of it `late` (past its limit) and `today` (to be kept until tonight)."""
    picked, params = _picked(viewer, now)
    if not picked:
        return {"todo": 0, "late": 0, "today": 0}
    midnight = from_jakarta(datetime.combine(to_jakarta(now).date() + timedelta(days=1), datetime.min.time()))
    with register.cursor() as cursor:
        found = cursor.execute(
            "select count(*) as todo, count(*) filter (running and limit_at <= $now) as late, "
            "count(*) filter (running and limit_at > $now and limit_at < $midnight) as today from (" + picked + ")",
            params | {"midnight": midnight},
        )
        return rows(found)[0]


def todo_ids(register: Register, viewer: Actor, now: datetime) -> set[int]:
    """The ids of all that needs this person now."""
    picked, params = _picked(viewer, now)
    if not picked:
        return set()
    with register.cursor() as cursor:
        return {i for (i,) in cursor.execute("select id from (" + picked + ")", params).fetchall()}


def happened_since(
    register: Register, viewer: Actor, since: datetime, now: datetime, limit: int = 12
) -> tuple[list[dict], int]:
    """What others did lately to this person's cases: the newest first, and how much it was in all.

    One's cases are those of one's departments and those that one has had a hand in within a month. Each row has
    `number`, `kind`, `actor` (a name), `actor_role`, `happened_at`.
    """
    params = {
        "visible": access.visible(viewer), "own": access.own(viewer), "me": viewer.username, "since": since,
        "month": now - timedelta(days=30), "untold": list(_UNTOLD),
    }  # fmt: skip
    with register.cursor() as cursor:
        found = rows(cursor.execute(_SINCE, params | {"limit": limit}))
    return [{name: row[name] for name in _TOLD} for row in found], found[0]["total"] if found else 0


# What need not be told: what nobody did, and what stands on another's list as an event of its own.
_UNTOLD = (set(QUIET) - {"message", "note", "work", "delivery_failed"}) | {
    "received", "adopt", "part", "follow", "classify",
}  # fmt: skip
_TOLD = ("number", "kind", "actor", "actor_role", "happened_at")
_SINCE = (
    """
    select c.number, e.kind, coalesce(u.name, e.actor) as actor, e.actor_role, e.happened_at, count(*) over () as total
    from event e join complaint c on c.id = e.complaint_id left join user_account u on u.username = e.actor
    where e.happened_at > $since and e.actor <> $me and not list_contains($untold, e.kind) and """
    + VISIBLE
    + """and (
        regexp_matches(c.departments, $own)
        or e.complaint_id in (select complaint_id from event where actor = $me and happened_at > $month)
    )
    order by e.id desc limit $limit
    """
)


def _picked(viewer: Actor, now: datetime) -> tuple[str, dict]:
    """A question for the cases of all roles this person has, one row a case; empty where no role has any."""
    branches, params = [], {"now": now}
    for role, reasons in _OF_COMPLAINTS.items():
        if viewer.has(role):
            branches.append(_FROM_COMPLAINTS.format(**_said(reasons)))
            params["visible"] = access.visible(viewer)
    for role, reasons in _OF_PARTS.items():
        departments = sorted(g.department for g in viewer.grants if g.role == role and g.department)
        if departments:
            branches.append(_FROM_PARTS.format(departments=role.value, **_said(reasons)))
            params |= {role.value: departments, "me": viewer.username}
    return (_PICKED.format(" union all ".join(branches)), params) if branches else ("", {})


def _said(reasons: dict[str, str]) -> dict[str, str]:
    """The conditions as one list of the reasons that hold, and as one condition."""
    held = ", ".join(f"case when {condition} then '{reason}' end" for reason, condition in reasons.items())
    return {"reasons": f"[{held}]", "any_reason": " or ".join(f"({c})" for c in reasons.values())}
