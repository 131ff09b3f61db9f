"""How one press becomes one change: read, ask the workflow, decide, write, in one transaction."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .. import clocks
from ..access import may_see, may_see_identity
from ..book import Book, read_cases
from ..clock import now as clock_now
from ..desk import Desk
from ..rules import reading, texts, window, workflow
from ..rules.case import QUIET, Case, own_part
from ..rules.completeness import ELEMENTS
from ..rules.errors import Conflict, NotFound, RuleBroken
from ..rules.workflow import INSPECTORATE, Actor, Role, State

Decide = Callable[[Book, Case, Role], None]
Letters = Callable[[str], list[texts.Letter]]


@dataclass(frozen=True)
class Press:
    """One press of a button: who, on which case as shown, and the id that makes a repeat harmless.

    `department` says which part is meant, for a person with roles in more than one of its departments.
    """

    actor: Actor
    number: str
    version: int
    op_id: str
    department: str = ""


def carry_out(
    desk: Desk,
    press: Press,
    name: str,
    given: dict,
    decide: Decide,
    now: datetime | None,
    stale_is_fine: bool = False,
) -> Case:
    """Read → ask the table → decide → write, in one transaction.

    :raises NotFound: no such case, or not for this person's eyes
    :raises Conflict: somebody else was faster
    :raises RuleBroken: the workflow does not allow it
    """
    with desk.register.atomic() as cursor:
        book = Book(cursor, now or clock_now())
        found = book.load("where number = ?", [press.number])
        if not found or not may_see(press.actor, found[0]):
            raise NotFound(press.number)
        case = found[0]
        if cursor.execute("select 1 from operation where op_id = ?", [press.op_id]).fetchone():
            return case
        if case.version != press.version and not stale_is_fine and _concerns(cursor, case, press, name):
            raise _conflict(cursor, case)
        role = _ask_the_table(case, press, name, given)
        for text in given.values():
            officer_text(text)
        decide(book, case, role)
        book.operation(press.op_id, case)
        book.write()
        return book.cases[case.id]


# What a department does with its own part, and the city team's going on without another.
_OF_A_PART = ("accept", "return", "start", "assign", "schedule", "submit_result", "proceed", "adopt", "part")


def _concerns(cursor, case: Case, press: Press, name: str) -> bool:
    """Whether what happened since the page was drawn makes this press stale.

    Departments work on their parts side by side: what another one did with its own does not.
    """
    part = own_part(case, press.actor, press.department)
    if part is None or press.version > case.version or not workflow.of_department(workflow.BY_NAME[name]):
        return True
    missed = cursor.execute(
        "select kind, data from event where complaint_id = ? and not list_contains(?, kind) order by id desc limit ?",
        [case.id, list(QUIET), case.version - press.version],
    ).fetchall()
    return any(
        kind not in _OF_A_PART or json.loads(data).get("department", "") == part.department for kind, data in missed
    )


def _ask_the_table(case: Case, press: Press, name: str, given: dict) -> Role:
    part = own_part(case, press.actor, press.department)
    place = part.department if part else None
    if workflow.of_department(workflow.BY_NAME[name]):
        state = State(part.state if part and case.with_departments else case.state)
        return workflow.check(name, state, place, press.actor, given)[1]
    return workflow.check(name, State(case.state), place, press.actor, given, case.escalated is not None)[1]


def plainly(press: Press, name: str, target: State | None, **data: str) -> Decide:
    """The decision of a move that brings nothing but its note."""
    data = {key: value.strip() for key, value in data.items()}

    def decide(book: Book, case: Case, role: Role) -> None:
        book.record(case, name, press.actor, role, target, **data)

    return decide


# Who asked that their data be used no more than necessary gets answers and results, but no news in between.
NEWS = frozenset(("forwarded", "started", "merged"))


def tell(book: Book, case: Case, letters: Letters, press: Press) -> list[int]:
    """Put messages to the reporter into the outbox; none where the reporter cannot be reached by WhatsApp.

    :param letters: what to say about a complaint of this number
    """
    reachable, limited = book.cursor.execute(
        """
        select exists (from contact_identity where contact_id = $contact),
            exists (from contact where id = $contact and limited_at is not null)
        """,
        {"contact": case.contact_id},
    ).fetchone()
    if not reachable:
        return []
    return [
        book.send(letter, case.contact_id, case, press.actor.username, f"{press.op_id}:{case.id}:{position}")
        for position, letter in enumerate(letters(case.number))
        if not (limited and letter.purpose in NEWS)
    ]


def tell_children(book: Book, parent: Case, letters: Letters, press: Press) -> dict[int, list[int]]:
    """The same to the reporters of its duplicates, each about their own number: message ids by complaint."""
    if not parent.child_count:
        return {}
    # Who was made anonymous is nobody any more to whom anything could be told.
    children = book.load("where parent_id = ? and state = 'duplicate' and anonymised_at is null", [parent.id])
    return {child.id: tell(book, child, letters, press) for child in children}


def tell_all(book: Book, case: Case, letter: Callable[[str], texts.Letter], press: Press) -> list[int]:
    """One piece of news to the reporter and to those of its duplicates; the ids of the reporter's own."""

    def letters(number: str) -> list[texts.Letter]:
        return [letter(number)]

    tell_children(book, case, letters, press)
    return tell(book, case, letters, press)


def window_open(desk: Desk, book: Book, case: Case) -> bool:
    """Whether the reporter may be sent anything but a template when what is pressed now goes out."""
    (last,) = book.cursor.execute("select last_inbound_at from contact where id = ?", [case.contact_id]).fetchone()
    return window.is_open(last, desk.goes_at(book.now), desk.config["sending"]["window_hours"])


def checked_facts(cursor, facts: dict) -> dict:
    """What was given of the case's facts, checked against the tables; a complaint about an official is confidential."""
    known = {"kind", "category", "kelurahan", "address", "confidential", "elements", "latitude", "longitude"}
    unknown = set(facts) - known
    if unknown:
        raise TypeError(f"no such fact: {', '.join(sorted(unknown))}")
    given: dict = {
        name: officer_text(value) or None
        for name, value in facts.items()
        if value is not None and name in ("kind", "category", "kelurahan", "address")
    }
    given |= {name: facts[name] for name in ("confidential", "elements") if facts.get(name) is not None}
    given |= _point(facts)
    if "kind" in given and given["kind"] not in workflow.KINDS:
        raise RuleBroken("unknown_kind")
    if not set(given.get("elements", ())) <= set(ELEMENTS):
        raise RuleBroken("unknown_element")
    for name, query in _TABLES.items():
        if given.get(name) and not cursor.execute(query, [given[name]]).fetchone():
            raise RuleBroken(f"unknown_{name}")
    if given.get("category") == "official":
        given["kind"] = "official"
    if given.get("kind") == "official":
        given["confidential"] = True
    return given


def checked_said(book: Book, case: Case, actor: Actor, given: dict[str, str]) -> dict[str, str]:
    """What an officer corrects of what the reporter said, checked; an empty value says that it is not clear.

    :raises RuleBroken: `unknown_element`, `text_too_long`, `unknown_kelurahan`; `identity_hidden`, where who reported
        is hidden from this person
    """
    known = json.loads(case.said)
    checked = {name: " ".join(str(value or "").split()) for name, value in given.items()}
    if not set(checked) <= set(reading.FIELDS):
        raise RuleBroken("unknown_element")
    for name, value in checked.items():
        if len(value) > reading.LIMITS[name]:
            raise RuleBroken("text_too_long", length=len(value), limit=reading.LIMITS[name])
    code = checked.get("kelurahan")
    if code and not book.cursor.execute(_TABLES["kelurahan"], [code]).fetchone():
        raise RuleBroken("unknown_kelurahan")
    if set(checked) & set(reading.IDENTITY) and not may_see_identity(
        actor, case, _revealed_at(book, case, actor), book.now
    ):
        raise RuleBroken("identity_hidden")
    return {name: value for name, value in checked.items() if known.get(name, "") != value}


def _revealed_at(book: Book, case: Case, actor: Actor) -> datetime | None:
    """When this person last asked who reported."""
    return book.cursor.execute(
        "select max(happened_at) from event where complaint_id = ? and kind = 'reveal' and actor = ?",
        [case.id, actor.username],
    ).fetchone()[0]


_TABLES = {
    "category": "select 1 from category where code = ? and active",
    "kelurahan": "select 1 from kelurahan where code = ? and active",
}


def _point(facts: dict) -> dict:
    """A point on the map, both numbers or none.

    :raises RuleBroken: `not_a_point`
    """
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if latitude is None and longitude is None:
        return {}
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise RuleBroken("not_a_point")
    return {"latitude": float(latitude), "longitude": float(longitude)}


def facts_of(book: Book, case: Case, facts: dict) -> dict:
    """What was given of the case's facts, checked; what is about an official stays so and stays confidential."""
    given = checked_facts(book.cursor, facts)
    if given.get("category", case.category) == "official" and given.get("kind", case.kind) != "official":
        given["kind"] = "official"
    if given.get("kind", case.kind) == "official" and not given.get("confidential", case.confidential):
        given["confidential"] = True
    book.describe(case, given)
    return given


def with_limits(desk: Desk, book: Book, case: Case, given: dict) -> dict:
    """The facts with new due times where they change the category to one with limits of its own."""
    if "category" not in given or given["category"] == case.category or case.stopped_at:
        return given
    return given | clocks.limits_after_category(desk, book.cursor, case, given["category"])


def only_inspectorate(case: Case, facts: dict, departments: list[str]) -> None:
    """A complaint about an official goes to the inspectorate and nowhere else.

    :raises RuleBroken: `only_inspectorate`
    """
    if facts.get("kind", case.kind) == "official" and any(code != INSPECTORATE for code in departments):
        raise RuleBroken("only_inspectorate")


def department_name(cursor, code: str | None) -> str:
    found = cursor.execute("select name from department where code = ? and active", [code]).fetchone()
    if not found:
        raise RuleBroken("unknown_department")
    return found[0]


def officer_text(text: str) -> str:
    text = text.strip()
    if len(text) > texts.OFFICER_TEXT_LIMIT:
        raise RuleBroken("text_too_long", length=len(text), limit=texts.OFFICER_TEXT_LIMIT)
    return text


def case_of(desk: Desk, number: str, actor: Actor) -> Case:
    """The case with this number, if this person may see it.

    :raises NotFound: otherwise; whether it exists is not told
    """
    with desk.register.cursor() as cursor:
        found = read_cases(cursor, "where number = ?", [number])
    if not found or not may_see(actor, found[0]):
        raise NotFound(number)
    return found[0]


def _conflict(cursor, case: Case) -> Conflict:
    who, what, when = cursor.execute(
        """
        select coalesce(u.name, e.actor), e.kind, e.happened_at
        from event e left join user_account u on u.username = e.actor
        where e.complaint_id = ? and not list_contains(?, e.kind)
        order by e.id desc limit 1
        """,
        [case.id, list(QUIET)],
    ).fetchone()
    return Conflict(case.number, _NO_ACCOUNT.get(who, who), what, when)


_NO_ACCOUNT = {actor.username: actor.name for actor in (workflow.REPORTER, workflow.SYSTEM)}
