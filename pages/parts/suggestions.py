"""Suggestions as pages show them: filled in or listed with what they go by, never pressed."""

import streamlit as st

from store.suggest import Likely, Suggestion, Suggestions

from . import house, words
from .words import safe

_suggestions: Suggestions | None = None


def open_suggestions(suggestions: Suggestions | None) -> None:
    """Set once by the launcher, which lets them learn."""
    global _suggestions
    _suggestions = suggestions


def suggestions() -> Suggestions:
    """The suggestions of the running app; where none were set, those that go by the rules alone."""
    return Suggestions(house.desk().register) if _suggestions is None else _suggestions


def category_hint(text: str) -> Suggestion | None:
    """The category that what the reporter wrote suggests."""
    return suggestions().category(text)


def department_hint(text: str, category: str | None = None) -> Suggestion | None:
    """The department that what the reporter wrote suggests, within a category that was chosen."""
    return suggestions().department(text, category)


def show_hint(found: Suggestion | None, name: str) -> None:
    """One line about what is suggested, how surely and why; nothing where nothing is.

    :param name: what people call the code
    """
    if found is not None:
        sure = words.percent(min(found.confidence, 0.99))
        st.html(f"<div class='w-about'>Saran: <b>{safe(name)}</b> · keyakinan {sure} · {safe(found.why)}</div>")


def show_duplicates(rows: list[Likely]) -> None:
    """Complaints that may be about the same, each with its reasons; nothing where there are none."""
    if rows:
        items = "".join(f"<li>{_duplicate(row)}</li>" for row in rows)
        head = "Mungkin aduan yang sama. Ini hanya saran; periksa dahulu."
        st.html(f"<div class='w-about'>{head}</div><ul class='w-line'>{items}</ul>")


def _duplicate(row: Likely) -> str:
    number = safe(row.number)
    about = [words.STATES.get(row.state, row.state), words.moment(row.received_at), row.kelurahan]
    said = " ".join(row.summary.split())
    said = said if len(said) <= 160 else said[:159].rstrip() + "…"
    return (
        f"<a href='/aduan?no={number}' target='_blank'><b>{number}</b></a> · "
        + " · ".join(safe(part) for part in about if part)
        + (f"<br>“{safe(said)}”" if said else "")
        + f"<br><span class='when'>Alasan: {safe(' · '.join(row.reasons))}</span>"
    )
