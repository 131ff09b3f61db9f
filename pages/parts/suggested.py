"""What is suggested for one case as a page shows it: category, department, likely duplicates."""

from store import queries
from store.queries import CaseView
from store.rules.errors import NotFound
from store.rules.workflow import Actor
from store.suggest import Likely, Suggestion, likely

from . import house, suggestions
from .outcome import outcome

# What was done to a message or pressed, not what the reporter wrote.
_NO_WORDS = ("contacts", "reaction", "edit", "revoke", "button_reply", "list_reply", "system")


def _text(view: CaseView) -> str:
    written = [m["text"] for m in view.conversation if m["direction"] == "in" and m["kind"] not in _NO_WORDS]
    return "\n".join(text for text in written if text) or view.case.summary


def category(view: CaseView) -> Suggestion | None:
    return suggestions.category_hint(_text(view))


def department(view: CaseView, chosen: str | None) -> Suggestion | None:
    """The likeliest department.

    :param chosen: the category that was chosen, if any
    """
    return suggestions.department_hint(_text(view), chosen)


def show(found: Suggestion | None, table: str) -> None:
    """The suggestion in words under its field."""
    known = queries.reference(house.desk().register)[table].get(found.code) if found else None
    if known:
        suggestions.show_hint(found, known["name"])


def duplicates(view: CaseView, actor: Actor) -> list[Likely]:
    """Complaints that may be about the same; asked once a version of the register."""
    register, box, key = house.desk().register, outcome(), f"likely-{view.case.number}"
    kept = box.get(key)
    if kept is None or kept[0] != register.version:
        try:
            kept = box[key] = (register.version, likely(register, actor, view.case.number))
        except NotFound:
            return []
    return kept[1]
