"""What a department does with its part of a complaint (steps 5 and 6)."""

from datetime import date, datetime

from .. import evidence
from ..book import Book
from ..desk import Desk
from ..rules import indonesian, texts, workflow
from ..rules.case import Assignment, Case, own_part
from ..rules.deadline import from_jakarta, to_jakarta
from ..rules.errors import RuleBroken
from ..rules.workflow import DEPARTMENT_ROLES, Role, State
from .press import Decide, Press, carry_out, department_name, officer_text, tell_all


def accept(desk: Desk, press: Press, *, now: datetime | None = None) -> Case:
    """The department takes its part on (step 5, complete)."""
    return carry_out(desk, press, "accept", {}, _step(press, "accept", State.ACCEPTED), now)


def return_to_city(desk: Desk, press: Press, *, reason: str, note: str, now: datetime | None = None) -> Case:
    """The department gives its part back with a coded reason (step 5, incomplete).

    What the official assigned may not be returned as somebody else's: `RuleBroken("binding")`.
    """
    given = {"reason": reason, "note": note}
    step = _step(press, "return", State.RETURNED, reason=reason, note=note.strip())

    def decide(book: Book, case: Case, role: Role) -> None:
        if reason == "not_ours" and _own(case, press).binding:
            raise RuleBroken("binding", move="return")
        step(book, case, role)

    return carry_out(desk, press, "return", given, decide, now)


def start(desk: Desk, press: Press, *, note: str = "", handler: str = "", now: datetime | None = None) -> Case:
    """The department's administrator hands its part to the team, or to one person of it (step 6)."""

    def decide(book: Book, case: Case, role: Role) -> None:
        part = _own(case, press)
        if handler:
            _check_handler(book.cursor, handler, part.department)
        _step(press, "start", State.IN_PROGRESS, note=note.strip(), handler=handler or None)(book, case, role)
        name = department_name(book.cursor, part.department)
        tell_all(book, book.cases[case.id], lambda number: texts.started(number, name), press)

    return carry_out(desk, press, "start", {"note": note}, decide, now)


def assign(desk: Desk, press: Press, *, handler: str, now: datetime | None = None) -> Case:
    """Hand the department's part to another person of it."""

    def decide(book: Book, case: Case, role: Role) -> None:
        part = _own(case, press)
        _check_handler(book.cursor, handler, part.department)
        book.record(case, "assign", press.actor, role, department=part.department, handler=handler)

    return carry_out(desk, press, "assign", {"handler": handler}, decide, now)


def work(
    desk: Desk,
    press: Press,
    *,
    note: str,
    before: list[evidence.File] = (),
    after: list[evidence.File] = (),
    now: datetime | None = None,
) -> Case:
    """The work log: what was done, with photos from before and after; never sent to the reporter."""

    def decide(book: Book, case: Case, role: Role) -> None:
        evidence.attach(book, case, before, press.actor, "before")
        evidence.attach(book, case, after, press.actor, "after")
        book.record(case, "work", press.actor, role, department=_own(case, press).department, note=note.strip())

    return carry_out(desk, press, "work", {"note": note}, decide, now, stale_is_fine=True)


def schedule(desk: Desk, press: Press, *, promised_on: date | None, note: str, now: datetime | None = None) -> Case:
    """Promise a later day, with the reason, which the reporter reads too; the promise lasts to its office hours' end.

    :raises RuleBroken: `promise_in_past`, `promise_too_far` (over a year)
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        today = to_jakarta(book.now).date()
        if promised_on < today:
            raise RuleBroken("promise_in_past", move="schedule")
        if (promised_on - today).days > 366:
            raise RuleBroken("promise_too_far", move="schedule")
        part = _own(case, press)
        kept_on = promised_day(desk, promised_on)
        promised_at = desk.calendar.closing(kept_on)
        if promised_at <= book.now:
            # Today, after office hours.
            raise RuleBroken("promise_in_past", move="schedule")
        _step(press, "schedule", State.SCHEDULED, note=note.strip(), promised_at=promised_at)(book, case, role)
        name = department_name(book.cursor, part.department)
        day = indonesian.in_full(kept_on)
        tell_all(book, book.cases[case.id], lambda number: texts.scheduled(number, name, day, note), press)

    given = {"promised_on": promised_on.isoformat() if promised_on else "", "note": note}
    return carry_out(desk, press, "schedule", given, decide, now)


def promised_day(desk: Desk, day: date) -> date:
    """The day that a promise is kept on: a free day is promised as the working day after it, and so it is read."""
    return to_jakarta(desk.calendar.next_opening(from_jakarta(datetime(day.year, day.month, day.day)))).date()


def submit_result(
    desk: Desk,
    press: Press,
    *,
    text: str,
    files: list[evidence.File] = (),
    before: list[evidence.File] = (),
    now: datetime | None = None,
) -> Case:
    """The team enters the result (step 6); where the category is physical, with a photo.

    :param files: photos and documents from after the work, already kept by `evidence.keep`; `before`: from before it
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        # Where the reporter has had the case reopened, the photo of the first result shows nothing of the second.
        since = _own(case, press).forwarded_at
        photo = any(file.mime.startswith("image/") for file in files) or evidence.of_staff(book.cursor, case.id, since)
        if _is_physical(book.cursor, case.category) and not photo:
            raise RuleBroken("missing_photo", move="submit_result")
        evidence.attach(book, case, before, press.actor, "before")
        evidence.attach(book, case, files, press.actor, "after")
        _step(press, "submit_result", State.IN_REVIEW, text=officer_text(text))(book, case, role)

    return carry_out(desk, press, "submit_result", {"text": text}, decide, now)


def _own(case: Case, press: Press) -> Assignment:
    return own_part(case, press.actor, press.department)


def _step(press: Press, name: str, state: State, **data) -> Decide:
    """A department's own step, and what it makes of the whole complaint's state."""

    def decide(book: Book, case: Case, role: Role) -> None:
        part = _own(case, press)
        states = [p.state if p is not part else state.value for p in case.assignments]
        # While the city team waits for the reporter, another department's step moves only its own part.
        moves = case.state in workflow.WITH_DEPARTMENT | {State.RETURNED}
        target = workflow.overall(states) if moves else None
        book.record(case, name, press.actor, role, target, department=part.department, **data)

    return decide


def _check_handler(cursor, username: str, department: str) -> None:
    found = cursor.execute(
        """
        select 1 from user_role r join user_account u on u.username = r.username and u.active
        where r.username = ? and r.department = ? and list_contains(?, r.role)
        """,
        [username, department, sorted(DEPARTMENT_ROLES)],
    ).fetchone()
    if not found:
        raise RuleBroken("unknown_handler")


def _is_physical(cursor, category: str | None) -> bool:
    found = cursor.execute("select physical from category where code = ?", [category]).fetchone()
    return bool(found and found[0])
