"""What the city team decides of a new complaint (steps 2 to 4)."""

from dataclasses import replace
from datetime import datetime

from .. import clocks
from ..book import Book
from ..desk import Desk
from ..reported import take_away
from ..rules import texts, workflow
from ..rules.case import Case
from ..rules.completeness import ELEMENTS
from ..rules.errors import RuleBroken
from ..rules.workflow import Role, State
from .press import (
    Press,
    carry_out,
    checked_said,
    department_name,
    facts_of,
    officer_text,
    only_inspectorate,
    plainly,
    tell,
    tell_all,
    tell_children,
    with_limits,
)


def forward(
    desk: Desk,
    press: Press,
    *,
    department: str,
    note: str,
    others: tuple[str, ...] | list[str] = (),
    now: datetime | None = None,
    **facts: str | None,
) -> Case:
    """Hand a technical complaint to a department, or to several of which `department` leads (step 4).

    :param others: the further departments, each with its own state and limit of acceptance
    :param facts: what triage found out: `category`, `kelurahan`, `address`, `kind`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        given = with_limits(desk, book, case, facts_of(book, case, facts))
        there = {part.department for part in case.active}
        # The lead may be one that has its part already; it keeps its state, and only leads from now on.
        added = [code for code in dict.fromkeys((department, *others)) if code not in there]
        if not added:
            raise RuleBroken("already_there", move="forward")
        names = [department_name(book.cursor, code) for code in added]
        only_inspectorate(case, given, [department, *others, *there])
        given |= {
            "department": department,
            "departments": added,
            "note": note.strip(),
            "accept_due_at": desk.acceptance_limit(book.now),
            "binding": role == Role.OFFICIAL and case.escalated is not None,
        }
        target = workflow.overall([part.state for part in case.active] + [State.FORWARDED])
        case = book.record(case, "forward", press.actor, role, target, **given)
        tell_all(book, case, lambda number: texts.forwarded(number, names), press)

    return carry_out(desk, press, "forward", {"department": department, "note": note}, decide, now)


def proceed(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """Go on with the departments that have their part, without those that returned theirs."""

    def decide(book: Book, case: Case, role: Role) -> None:
        if not case.active:
            raise RuleBroken("nobody_left", move="proceed")
        target = workflow.overall([part.state for part in case.active])
        gone = [part.department for part in case.assignments if not part.active]
        book.record(case, "proceed", press.actor, role, target, note=note.strip(), departments=gone)

    return carry_out(desk, press, "proceed", {"note": note}, decide, now)


def answer(desk: Desk, press: Press, *, text: str, now: datetime | None = None, **facts: str | None) -> Case:
    """Answer a general complaint directly (step 4 → 7); its duplicates are answered with it."""

    def decide(book: Book, case: Case, role: Role) -> None:
        def letters(number: str) -> list[texts.Letter]:
            return texts.answer(number, officer_text(text), desk.service)

        # First, so that the message says what the complaint is about now.
        given = with_limits(desk, book, case, facts_of(book, case, facts))
        ids = tell(book, case, letters, press)
        given |= {"text": text.strip(), "message_id": ids[0] if ids else None}
        case = book.record(case, "answer", press.actor, role, State.ANSWERED, **given)
        follow(book, case, text, tell_children(book, case, letters, press))

    return carry_out(desk, press, "answer", {"text": text}, decide, now)


def follow(book: Book, parent: Case, text: str, sent: dict[int, list[int]]) -> None:
    """Note with its duplicates that a complaint was answered.

    :param sent: the messages that went to the duplicates' reporters, by complaint
    """
    for complaint_id, ids in sent.items():
        message_id = ids[0] if ids else None
        book.record(
            book.cases[complaint_id], "follow", workflow.SYSTEM, parent=parent.number, text=text, message_id=message_id
        )


def ask(
    desk: Desk, press: Press, *, missing: list[str] | tuple[str, ...], text: str = "", now: datetime | None = None
) -> Case:
    """Ask the reporter for what is missing; the clock stands still until they write (step 5, incomplete).

    :param missing: names of elements
    :param text: a question in the officer's own words, if there is one
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        wanted = [name for name in ELEMENTS if name in missing]
        if not wanted:
            raise RuleBroken("missing_missing", move="ask")
        days = desk.config["clock"]["silence_days"]
        ids = tell(book, case, lambda number: [texts.asked(number, wanted, days, text)], press)
        given = {"missing": wanted, "note": text.strip(), "message_id": ids[0] if ids else None}
        book.record(case, "ask", press.actor, role, State.AWAITING_REPORTER, **given)

    return carry_out(desk, press, "ask", {"missing": ",".join(missing), "text": text}, decide, now)


def supply(desk: Desk, press: Press, *, note: str, now: datetime | None = None, **facts) -> Case:
    """Write down what the reporter added another way, on the telephone for instance; the clock goes on."""
    return _goes_on(desk, press, "supply", note, facts, now)


def revive(desk: Desk, press: Press, *, note: str, now: datetime | None = None, **facts) -> Case:
    """An archived complaint goes on, because its reporter completed it after all."""
    return _goes_on(desk, press, "revive", note, facts, now)


def _goes_on(desk: Desk, press: Press, name: str, note: str, facts: dict, now: datetime | None) -> Case:
    def decide(book: Book, case: Case, role: Role) -> None:
        given = facts_of(book, case, facts)
        known = replace(case, category=given.get("category", case.category))
        given |= clocks.limits(desk, book.cursor, known, book.now)
        case = book.record(case, name, press.actor, role, waits_where(case), note=note.strip(), **given)
        take_away(book, case)

    return carry_out(desk, press, name, {"note": note}, decide, now)


def waits_where(case: Case) -> State:
    """Where a complaint goes on after the reporter was asked: with its departments, if it has any, else in triage."""
    return workflow.overall([part.state for part in case.assignments]) if case.assignments else State.RECEIVED


def escalate(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """What the counter cannot solve goes to the Kominfo official, who owns it to its end."""

    def decide(book: Book, case: Case, role: Role) -> None:
        if case.escalated:
            raise RuleBroken("with_official", move="escalate")
        book.record(case, "escalate", press.actor, role, note=note.strip(), until="end")

    return carry_out(desk, press, "escalate", {"note": note}, decide, now)


def refer(desk: Desk, press: Press, *, body: str, text: str, reference: str = "", now: datetime | None = None) -> Case:
    """The matter belongs to another body than the city; the reporter is told which, and under what number there."""

    def decide(book: Book, case: Case, role: Role) -> None:
        def letter(number: str) -> texts.Letter:
            return texts.referred(number, body, reference, officer_text(text))

        ids = tell(book, case, lambda number: [letter(number)], press)
        given = {"body": body.strip(), "reference": reference.strip(), "text": text.strip()}
        case = book.record(
            case, "refer", press.actor, role, State.REFERRED, message_id=ids[0] if ids else None, **given
        )
        follow(book, case, text, tell_children(book, case, lambda number: [letter(number)], press))

    return carry_out(desk, press, "refer", {"body": body, "text": text, "reference": reference}, decide, now)


def reject(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """Spam: nobody is told, and it can be taken back."""

    def decide(book: Book, case: Case, role: Role) -> None:
        case = book.record(case, "reject", press.actor, role, State.REJECTED, note=note.strip())
        set_free(book, case)

    return carry_out(desk, press, "reject", {"note": note}, decide, now)


def restore(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """What was taken for spam was none; its clock has run all the time."""
    return carry_out(desk, press, "restore", {"note": note}, plainly(press, "restore", State.RECEIVED, note=note), now)


def withdraw(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """The reporter takes the complaint back; not one that has ended with its answer, which stays counted as that."""

    def decide(book: Book, case: Case, role: Role) -> None:
        if case.ended_at is not None:
            raise RuleBroken("wrong_state", move="withdraw", state=case.state)
        ids = tell(book, case, lambda number: [texts.withdrawn(number)], press)
        given = {"note": note.strip(), "message_id": ids[0] if ids else None}
        case = book.record(case, "withdraw", press.actor, role, State.WITHDRAWN, **given)
        set_free(book, case)

    return carry_out(desk, press, "withdraw", {"note": note}, decide, now)


def set_free(book: Book, parent: Case) -> None:
    """A complaint ended without an answer: its duplicates, whose reporters still wait for one, go back to triage."""
    if not parent.child_count:
        return
    for child in book.load("where parent_id = ? and state = 'duplicate' and stopped_at is null", [parent.id]):
        note = f"Aduan induk {parent.number} berakhir tanpa jawaban."
        book.record(child, "unmerge", workflow.SYSTEM, Role.SYSTEM, State.RECEIVED, note=note)
        book.record(book.cases[parent.id], "part", workflow.SYSTEM, child=child.number)


def classify(
    desk: Desk, press: Press, *, said: dict[str, str] | None = None, now: datetime | None = None, **facts
) -> Case:
    """Correct what the case is about and where: `kind`, `category`, `kelurahan`, `address`, `confidential`,
    `elements` (a list), `latitude` and `longitude`.

    :param said: what was understood of the reporter's words, by the names of `reading.FIELDS`, an empty value where it
        is not clear; what is corrected stays so, whatever the reporter writes later
    :raises RuleBroken: `nothing_changed`, and as `checked_facts` and `checked_said` do
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        given = {
            name: value
            for name, value in facts_of(book, case, facts).items()
            if (getattr(case, name).split(",") if name == "elements" else getattr(case, name)) != value
        }
        heard = checked_said(book, case, press.actor, said or {})
        if heard:
            given["said"] = heard
        if not given:
            raise RuleBroken("nothing_changed", move="classify")
        case = book.record(case, "classify", press.actor, role, **with_limits(desk, book, case, given))
        take_away(book, case)

    return carry_out(desk, press, "classify", {}, decide, now)
