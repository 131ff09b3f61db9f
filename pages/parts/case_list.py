"""A list of cases that keeps itself up to date and never moves what somebody is typing beside it."""

from collections.abc import Callable

import streamlit as st

from store.clock import now as clock_now
from store.queries import PAGE
from store.rules.workflow import TRIAGE

from . import house, words

LIVE_SECONDS = 2.0
# What a page says of a row besides, as words one after another.
About = Callable[[dict], list[str]]
# Said beside the number where a list holds more than one state.
_TURNS = {"returned": "dikembalikan", "reopened": "dibuka lagi", "forwarded": "baru", "accepted": "diterima"}


def live_list(
    name: str,
    ask: Callable[[], list[dict]],
    empty: str,
    chosen: str | None,
    shown_department=False,
    about: About | None = None,
) -> None:
    """Draw the cases that `ask` returns, newly asked whenever the register has changed.

    A press selects a case: its number goes into the address, so that it can be sent to a colleague.

    :param about: what a row says besides
    """

    @st.fragment(run_every=LIVE_SECONDS)
    def draw() -> None:
        cases = _asked(name, ask)
        if not cases:
            st.info(empty)
            return
        now = clock_now()
        if len(cases) == PAGE:
            st.caption(f"{PAGE} aduan dengan tenggat terdekat ditampilkan; sisanya menyusul.")
        for row in cases:
            _row(name, row, now, row["number"] == chosen, shown_department, about(row) if about else [])

    draw()


def _asked(name: str, ask: Callable[[], list[dict]]) -> list[dict]:
    """Poll the register's version, not its data; the session keeps the answer that belongs to a version."""
    version = house.desk().register.version
    key = f"list-{name}"
    kept = st.session_state.get(key)
    if kept is None or kept[0] != version:
        kept = (version, ask())
        st.session_state[key] = kept
    return kept[1]


def _row(name: str, row: dict, now, is_chosen: bool, shown_department: bool, more: list[str]) -> None:
    sign, due = words.due(row, now)
    pressed = st.button(
        f"{row['number']} · {sign} {due.split(' · ')[0].split(':')[0]}".replace("!", "\\!"),
        key=f"{name}-{row['number']}",
        type="primary" if is_chosen else "secondary",
        width="stretch",
    )
    signs = [f"📷 {row['media_count']}"] if row["media_count"] else []
    if row["latitude"] is not None:
        signs.append("📍")
    if row["returned_count"]:
        signs.append(f"↩ {row['returned_count']}×")
    if row["call_reporter"]:
        signs.append("☎ belum diberi tahu")
    if row["child_count"]:
        signs.append(f"{row['child_count']} duplikat")
    turn = _TURNS.get(row.get("part_state") or row["state"], "")
    about = [turn, *more, row["reporter"], row["kelurahan_name"] or "", row["category_name"] or "", *signs]
    if shown_department and row["departments"]:
        about.append(", ".join(row["departments"].strip("|").split("|")))
    unread = " unread" if row["unread"] else ""
    new = "● baru · " if row["unread"] else ""
    dots = _dots(row) if row["state"] in TRIAGE and "part_state" not in row else ""
    st.html(
        f"<div class='w-row{unread}'><div class='about'>{dots}{new}{words.safe(' · '.join(filter(None, about)))}</div>"
        f"<div class='words'>{words.safe(row['summary'] or '(tanpa teks)')}</div></div>"
    )
    if pressed:
        st.query_params["no"] = row["number"]
        st.rerun()


def _dots(row: dict) -> str:
    """Completeness as dots; who listens to the page hears it in words."""
    dots, said = words.dots(row["elements"])
    return f"<span class='dots' role='img' aria-label='{words.safe(said)}' title='{words.safe(said)}'>{dots}</span> "
