"""Commands: what people do to a case. Each reads, asks the workflow, and writes event, case and messages at once.

Every command takes the case's `version` as the page showed it and an `op_id` made when the button was drawn: a stale
version raises `Conflict`, a repeated `op_id` does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from . import evidence
from .access import may_see
from .book import Book, read_cases
from .clock import now as clock_now
from .desk import Desk
from .rules import texts, workflow
from .rules.case import QUIET, Case
from .rules.errors import Conflict, NotFound, RuleBroken
from .rules.workflow import Actor, Role, State


@dataclass(frozen=True)
class Press:
    """One press of a button: who, on which case as shown, and the id that makes a repeat harmless."""

    actor: Actor
    number: str
    version: int
    op_id: str


def forward(
    desk: Desk, press: Press, *, department: str, note: str, now: datetime | None = None, **facts: str | None
) -> Case:
    """Hand a technical complaint to a department (step 4).

    :param facts: what triage found out: `category`, `kelurahan`, `address`, `kind`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        name = _department_name(book.cursor, department)
        limit = desk.acceptance_limit(book.now)
        given = checked_facts(book.cursor, facts) | {
            "department": department,
            "note": note.strip(),
            "accept_due_at": limit,
        }
        case = book.record(case, "forward", press.actor, role, State.FORWARDED, **given)
        _tell(book, case, [texts.forwarded(case.number, name)], press)

    return _carry_out(desk, press, "forward", {"department": department, "note": note}, decide, now)


def answer(desk: Desk, press: Press, *, text: str, now: datetime | None = None, **facts: str | None) -> Case:
    """Answer a general complaint directly (step 4 → 7)."""

    def decide(book: Book, case: Case, role: Role) -> None:
        letters = texts.answer(case.number, _officer_text(text), desk.service)
        ids = _tell(book, case, letters, press)
        given = checked_facts(book.cursor, facts) | {"text": text.strip(), "message_id": ids[0] if ids else None}
        book.record(case, "answer", press.actor, role, State.ANSWERED, **given)

    return _carry_out(desk, press, "answer", {"text": text}, decide, now)


def accept(desk: Desk, press: Press, *, now: datetime | None = None) -> Case:
    """The department takes the complaint on (step 5, complete)."""
    return _carry_out(desk, press, "accept", {}, _plainly(press, "accept", State.ACCEPTED), now)


def return_to_city(desk: Desk, press: Press, *, reason: str, note: str, now: datetime | None = None) -> Case:
    """The department gives the complaint back with a coded reason (step 5, incomplete)."""
    given = {"reason": reason, "note": note}
    return _carry_out(desk, press, "return", given, _plainly(press, "return", State.RETURNED, **given), now)


def start(desk: Desk, press: Press, *, note: str = "", now: datetime | None = None) -> Case:
    """The department's administrator hands the complaint to the team (step 6)."""

    def decide(book: Book, case: Case, role: Role) -> None:
        case = book.record(case, "start", press.actor, role, State.IN_PROGRESS, note=note.strip())
        _tell(book, case, [texts.started(case.number, _department_name(book.cursor, case.department))], press)

    return _carry_out(desk, press, "start", {"note": note}, decide, now)


def submit_result(
    desk: Desk, press: Press, *, text: str, files: list[evidence.File] = (), now: datetime | None = None
) -> Case:
    """The team enters the result (step 6); where the category is physical, with a photo.

    :param files: photos and documents already kept by `evidence.keep`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        photo = any(file.mime.startswith("image/") for file in files)
        if not photo and _is_physical(book.cursor, case.category) and not evidence.of_staff(book.cursor, case.id):
            raise RuleBroken("missing_photo", move="submit_result")
        evidence.attach(book, case, files, press.actor)
        book.record(case, "submit_result", press.actor, role, State.IN_REVIEW, text=_officer_text(text))

    return _carry_out(desk, press, "submit_result", {"text": text}, decide, now)


def approve(desk: Desk, press: Press, *, text: str, now: datetime | None = None) -> Case:
    """The city team approves the result, which then goes to the reporter (step 6 → 7)."""

    def decide(book: Book, case: Case, role: Role) -> None:
        letters = texts.result(case.number, _officer_text(text))
        ids = _tell(book, case, letters, press)
        given = {"text": text.strip(), "message_id": ids[0] if ids else None}
        book.record(case, "approve", press.actor, role, State.AWAITING_CONFIRMATION, **given)

    return _carry_out(desk, press, "approve", {"text": text}, decide, now)


def send_back(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """The city team wants the result completed before it goes out."""
    decide = _plainly(press, "send_back", State.IN_PROGRESS, note=note)
    return _carry_out(desk, press, "send_back", {"note": note}, decide, now)


def close(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """An officer closes the case; counted apart from a reporter's confirmation."""

    def decide(book: Book, case: Case, role: Role) -> None:
        if case.call_reporter:
            raise RuleBroken("not_delivered", move="close")
        book.record(case, "close", press.actor, role, State.CLOSED, note=note.strip())

    return _carry_out(desk, press, "close", {"note": note}, decide, now)


def told(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """The reporter was told another way, because the message could not be delivered."""
    return _carry_out(desk, press, "told", {"note": note}, _plainly(press, "told", None, note=note), now)


def reply(desk: Desk, press: Press, *, text: str, now: datetime | None = None) -> Case:
    """Write to the reporter without moving the case."""

    def decide(book: Book, case: Case, role: Role) -> None:
        ids = _tell(book, case, texts.reply(case.number, _officer_text(text), desk.service), press)
        if not ids:
            raise RuleBroken("no_whatsapp", move="reply")
        book.record(case, "reply", press.actor, role, text=text.strip(), message_id=ids[0])

    return _carry_out(desk, press, "reply", {"text": text}, decide, now)


def note(desk: Desk, press: Press, *, text: str, files: list[evidence.File] = (), now: datetime | None = None) -> Case:
    """An internal note, which never goes out; with photos or documents if there are any."""

    def decide(book: Book, case: Case, role: Role) -> None:
        evidence.attach(book, case, files, press.actor)
        book.record(case, "note", press.actor, role, note=text.strip())

    return _carry_out(desk, press, "note", {"note": text}, decide, now, stale_is_fine=True)


def classify(desk: Desk, press: Press, *, now: datetime | None = None, **facts: str | None) -> Case:
    """Correct what the case is about and where: `kind`, `category`, `kelurahan`, `address`."""

    def decide(book: Book, case: Case, role: Role) -> None:
        given = {
            name: value for name, value in checked_facts(book.cursor, facts).items() if getattr(case, name) != value
        }
        if not given:
            raise RuleBroken("nothing_changed", move="classify")
        book.record(case, "classify", press.actor, role, **given)

    return _carry_out(desk, press, "classify", {}, decide, now)


def _carry_out(
    desk: Desk,
    press: Press,
    name: str,
    given: dict,
    decide: Callable[[Book, Case, Role], None],
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
        if case.version != press.version and not stale_is_fine:
            raise _conflict(cursor, case)
        _, role = workflow.check(name, case.state, case.department, press.actor, given)
        for text in given.values():
            _officer_text(text)
        decide(book, case, role)
        book.operation(press.op_id, case)
        book.write()
        return book.cases[case.id]


def _plainly(press: Press, name: str, target: State | None, **data: str):
    """The decision of a move that brings nothing but its note."""
    data = {key: value.strip() for key, value in data.items()}

    def decide(book: Book, case: Case, role: Role) -> None:
        book.record(case, name, press.actor, role, target, **data)

    return decide


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


def _tell(book: Book, case: Case, letters: list[texts.Letter], press: Press) -> list[int]:
    """Put messages to the reporter into the outbox; none where the reporter cannot be reached by WhatsApp."""
    reachable = book.cursor.execute(
        "select 1 from contact_identity where contact_id = ? limit 1", [case.contact_id]
    ).fetchone()
    if not reachable:
        return []
    return [
        book.send(letter, case.contact_id, case, press.actor.username, f"{press.op_id}:{position}")
        for position, letter in enumerate(letters)
    ]


def checked_facts(cursor, facts: dict) -> dict:
    """What was given of the case's facts, checked against the tables; a complaint about an official is confidential."""
    known = {"kind", "category", "kelurahan", "address"}
    unknown = set(facts) - known
    if unknown:
        raise TypeError(f"no such fact: {', '.join(sorted(unknown))}")
    given = {name: _officer_text(value) or None for name, value in facts.items() if value is not None}
    if "kind" in given and given["kind"] not in workflow.KINDS:
        raise RuleBroken("unknown_kind")
    for name, query in _TABLES.items():
        if given.get(name) and not cursor.execute(query, [given[name]]).fetchone():
            raise RuleBroken(f"unknown_{name}")
    if given.get("kind") == "official" or given.get("category") == "official":
        given["confidential"] = True
    return given


_TABLES = {
    "category": "select 1 from category where code = ? and active",
    "kelurahan": "select 1 from kelurahan where code = ? and active",
}


def _department_name(cursor, code: str | None) -> str:
    found = cursor.execute("select name from department where code = ? and active", [code]).fetchone()
    if not found:
        raise RuleBroken("unknown_department")
    return found[0]


def _is_physical(cursor, category: str | None) -> bool:
    found = cursor.execute("select physical from category where code = ?", [category]).fetchone()
    return bool(found and found[0])


def _officer_text(text: str) -> str:
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
