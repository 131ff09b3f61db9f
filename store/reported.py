"""A complaint about an official leaves every department but the inspectorate: the reported one has no access to it."""

from .book import Book
from .rules import workflow
from .rules.case import Case
from .rules.workflow import INSPECTORATE, Role, State


def take_away(book: Book, case: Case) -> None:
    """Take a complaint about an official from the departments that have it, in the transaction that found out."""
    gone = {part.department for part in case.active if part.department != INSPECTORATE}
    if "official" not in (case.kind, case.category) or not gone:
        return
    # The first release told one from the other.
    facts = {} if case.kind == "official" else {"kind": "official", "confidential": True}
    target = None
    if case.state in workflow.WITH_DEPARTMENT | {State.RETURNED}:
        target = workflow.overall([part.state for part in case.active if part.department not in gone])
    book.record(case, "release", workflow.SYSTEM, Role.SYSTEM, target, departments=sorted(gone), **facts)
