"""Duplicates: one complaint is the parent, its children follow it, and one answer goes to all their reporters."""

import json
from datetime import datetime

from ..access import may_see
from ..book import Book
from ..desk import Desk
from ..rules import texts, workflow
from ..rules.case import Case
from ..rules.errors import RuleBroken
from ..rules.said import normal_number
from ..rules.workflow import Actor, Role, State
from .press import Press, carry_out, tell
from .triage import follow

_NO_PARENT = (State.REJECTED, State.WITHDRAWN, State.ARCHIVED)
_ANSWERED = (State.ANSWERED, State.AWAITING_CONFIRMATION, State.CLOSED, State.REFERRED)


def merge(desk: Desk, press: Press, *, parent: str, note: str = "", now: datetime | None = None) -> Case:
    """Make the complaint a duplicate of another; its reporter keeps their own number and gets the same answer.

    :param parent: the other's number; where that is a duplicate itself, its parent is meant
    :raises RuleBroken: `no_parent` (unknown, ended without an answer, or itself), `official_alone`
    """

    def decide(book: Book, case: Case, role: Role) -> None:
        found = _parent(book, press.actor, parent)
        if found is None or found.id == case.id or found.state in _NO_PARENT:
            raise RuleBroken("no_parent", move="merge")
        if "official" in (case.kind, found.kind):
            raise RuleBroken("official_alone", move="merge")
        given = {"parent_id": found.id, "parent": found.number, "note": note.strip()}
        children = book.load("where parent_id = ? and state = 'duplicate'", [case.id]) if case.child_count else []
        case = book.record(case, "merge", press.actor, role, State.DUPLICATE, **given)
        adopt(book, found, case, press.actor, role)
        for child in children:
            # They follow the one that is answered now.
            book.record(child, "merge", press.actor, role, parent_id=found.id, parent=found.number)
            book.record(book.cases[case.id], "part", press.actor, role, child=child.number)
            adopt(book, book.cases[found.id], child, press.actor, role)
        _tell_merged(desk, book, book.cases[found.id], [case, *children], press)

    return carry_out(desk, press, "merge", {"parent": parent, "note": note}, decide, now)


def unmerge(desk: Desk, press: Press, *, note: str, now: datetime | None = None) -> Case:
    """It was no duplicate: the complaint goes back to triage; its clock has run all the time."""

    def decide(book: Book, case: Case, role: Role) -> None:
        parents = book.load("where id = ?", [case.parent_id])
        tell(book, case, lambda number: [texts.unmerged(number)], press)
        book.record(case, "unmerge", press.actor, role, State.RECEIVED, note=note.strip())
        for parent in parents:
            book.record(parent, "part", press.actor, role, child=case.number)

    return carry_out(desk, press, "unmerge", {"note": note}, decide, now)


def adopt(book: Book, parent: Case, child: Case, actor: Actor, role: Role) -> None:
    """Note with the parent that it has this duplicate."""
    book.record(parent, "adopt", actor, role, child=child.number)


def _parent(book: Book, actor: Actor, number: str) -> Case | None:
    number = normal_number(number) or number.strip().upper()
    found = [case for case in book.load("where number = ?", [number]) if may_see(actor, case)]
    if found and found[0].state == State.DUPLICATE:
        found = book.load("where id = ?", [found[0].parent_id])
    return found[0] if found else None


def _tell_merged(desk: Desk, book: Book, parent: Case, new: list[Case], press: Press) -> None:
    """What is answered already is told at once, to all that are new; else that it is being worked on."""
    text = parent.result_text
    if parent.state not in _ANSWERED or not text:
        # Those that it brought along have heard so before.
        tell(book, new[0], lambda number: [texts.merged(number)], press)
        return

    referral = _referral(book, parent)

    def letters(number: str) -> list[texts.Letter]:
        if parent.state in (State.AWAITING_CONFIRMATION, State.CLOSED):
            return texts.result(number, text)
        if referral.get("body"):
            return [texts.referred(number, referral["body"], referral.get("reference", ""), text)]
        return texts.answer(number, text, desk.service)

    follow(book, parent, text, {child.id: tell(book, child, letters, press) for child in new})


def _referral(book: Book, parent: Case) -> dict:
    """To which body a complaint was referred, and under what number there; empty where it was not."""
    if parent.state != State.REFERRED:
        return {}
    query = "select data from event where complaint_id = ? and kind = 'refer' order by id desc limit 1"
    found = book.cursor.execute(query, [parent.id]).fetchone()
    return json.loads(found[0]) if found else {}


assert set(_NO_PARENT) < workflow.ENDED  # noqa: S101 – an open complaint can always be a parent
