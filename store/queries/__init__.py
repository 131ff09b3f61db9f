"""Questions about cases, each for one person's eyes: rows and identities are limited here, not on the page."""

from .case import HIDDEN, CaseView, case_view, file_for
from .lists import PAGE, counts, for_department, in_state, to_call, unread, waiting_for_triage, with_official
from .reference import known, people_of, reference, to_filter_by
from .search import Filters, export, search
from .todo import REASONS, happened_since, todo, todo_counts, todo_ids

__all__ = [
    "HIDDEN",
    "PAGE",
    "REASONS",
    "CaseView",
    "Filters",
    "case_view",
    "counts",
    "export",
    "file_for",
    "for_department",
    "happened_since",
    "in_state",
    "known",
    "people_of",
    "reference",
    "search",
    "to_call",
    "to_filter_by",
    "todo",
    "todo_counts",
    "todo_ids",
    "unread",
    "waiting_for_triage",
    "with_official",
]
