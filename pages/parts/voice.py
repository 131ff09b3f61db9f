"""The choice of a recording whose words are written down."""

from typing import TYPE_CHECKING

import streamlit as st

from store.queries import CaseView

from . import words

if TYPE_CHECKING:
    from .fields import Sheet

# What people speak into.
SPOKEN = ("audio", "video")


def recordings(view: CaseView) -> dict[int, dict]:
    """The reporter's recordings, by id, the oldest first."""
    return {m["id"]: m for m in view.conversation if m["direction"] == "in" and m["kind"] in SPOKEN}


def field(sheet: "Sheet") -> None:
    """Draw the choice; what was written of it before is filled in, to be corrected."""
    found, key = recordings(sheet.view), sheet.key("voice")
    if st.session_state.get(key) not in found:
        open_ones = [message_id for message_id, m in found.items() if not m["transcript"]]
        st.session_state[key] = (open_ones or list(found))[0] if found else None
        sheet.prefill("text", _heard(found, st.session_state[key]))
    st.selectbox(
        "Rekaman", list(found), format_func=lambda message_id: _title(found[message_id]), key=key,
        on_change=_fill, args=(sheet, {message_id: m["transcript"] or "" for message_id, m in found.items()}),
        persist_state="session",
    )  # fmt: skip


def _fill(sheet: "Sheet", heard: dict[int, str]) -> None:
    st.session_state[sheet.key("text")] = heard.get(sheet.typed("voice"), "")


def _heard(found: dict[int, dict], message_id: int | None) -> str:
    return (found.get(message_id) or {}).get("transcript") or ""


def _title(m: dict) -> str:
    written = "sudah ditulis" if m["transcript"] else "belum ditulis"
    return f"{words.MESSAGE_KINDS[m['kind']]} {words.moment(m['happened_at'])} · {written}"
