"""What helps to decide on a complaint in triage: the reporter's other complaints, and what may be the same."""

import streamlit as st

from store import channels
from store.queries import CaseView
from store.rules.workflow import TRIAGE, Actor, Role, State

from . import house, moves, suggested, suggestions, words
from .case_parts import case_link
from .markdown import plain


def show(view: CaseView, actor: Actor, prefix: str) -> None:
    """Draw what is fitting for this case and this person; nothing for a department."""
    if not actor.has(Role.CITY, Role.OFFICIAL) or view.case.state not in {*TRIAGE, State.AWAITING_REPORTER}:
        return
    _earlier(view, actor)
    if view.case.state in TRIAGE and "merge" in moves.offered(view, actor):
        _duplicates(view, actor, prefix)


def _earlier(view: CaseView, actor: Actor) -> None:
    """What else this reporter has with us, as far as the same number shows it."""
    known = channels.known_reporter(house.desk(), actor, view.phone or "")
    if known is None or known["complaints"] < 2:
        return
    listed = [row for row in known["open"] if row["number"] != view.case.number][:4]
    if known["last"] and known["last"]["number"] not in (view.case.number, *(row["number"] for row in listed)):
        listed.append(known["last"])
    shown = ", ".join(f"{case_link(row['number'])} ({words.STATES[row['state']]})" for row in listed)
    more = f": {shown}" if shown else ", semuanya sudah berakhir"
    st.html(f"<div class='w-about'>Aduan lain dari pelapor ini: {words.number(known['complaints'] - 1)}{more}</div>")


def _duplicates(view: CaseView, actor: Actor, prefix: str) -> None:
    found = suggested.duplicates(view, actor)
    if not found:
        return
    best = found[0]
    # Words of reporters are in the reasons.
    reasons = plain(" · ".join(best.reasons[:2]))
    with st.expander(f"Mungkin aduan yang sama · {len(found)} · {best.number}: {reasons}"):
        suggestions.show_duplicates(found)
        with st.container(horizontal=True):
            for row in found:
                st.button(
                    f"Gabungkan ke {row.number} …",
                    key=f"{prefix}join-{view.case.number}-{row.number}",
                    on_click=_join,
                    args=(view, prefix, row.number),
                )


def _join(view: CaseView, prefix: str, parent: str) -> None:
    moves.choose(view, "merge", prefix, parent=parent)
