"""The line that says what the last press did, and the way back where there is one."""

import uuid
from datetime import timedelta

import streamlit as st

from store import commands
from store.clock import now as clock_now
from store.commands import Press
from store.rules.case import Case
from store.rules.errors import StoreError

from . import house, words
from .markdown import plain
from .outcome import outcome
from .session import current_actor

# So long the way back stands on the page; later it is found on the case itself.
UNDO = timedelta(minutes=10)
_BACK = {
    "restore": ("ditolak", "dipulihkan", commands.restore),
    "unmerge": ("digabung", "dipisahkan lagi", commands.unmerge),
}


def said(box: dict, kind: str, text: str, typed: str = "") -> None:
    """Note what a press did; `typed` is what its owner may still need where the form is gone."""
    box["flash"] = (kind, text, typed)


def refuse(box: dict, base: str, text: str) -> None:
    """Note that a press was refused, to be said in the form of this name, which is still there."""
    said(box, "refused", text)
    box["refused"] = (base, text)


def why_refused(base: str) -> None:
    """Say in a form why its last press was refused."""
    box = outcome()
    name, text = box.get("refused") or ("", "")
    if name == base:
        st.error(plain(text), icon="⚠️")
        box.pop("refused", None)


def remember(box: dict, move: str, undo: str, case: Case) -> None:
    """Note which case was moved, and the way back if there is one."""
    box["last_done"] = case.number
    box["undo_move"] = (undo, case.number, case.version, clock_now()) if undo else None


def flash() -> None:
    """The one line that says what the last press did."""
    box = outcome()
    kind, text, typed = box.get("flash", (None, "", ""))
    # Names of people are in it.
    text = plain(text)
    if kind == "success":
        st.success(text, icon="✅")
        # The line above may be out of sight on a long page; the next case must not be taken for the last one.
        st.toast(text, icon="✅")
    elif kind == "error":
        st.error(text, icon="⚠️")
        st.toast(text, icon="⚠️")
        if typed:
            st.caption("Yang Anda tulis (dapat disalin):")
            st.code(typed, language=None, wrap_lines=True)
    elif kind == "refused":
        # The form, still there with what was typed, says it at its button.
        st.toast(text, icon="⚠️")
    _way_back(box)
    # Only now: a run that is ended while it draws must leave the line to the next one.
    box.pop("flash", None)


def _way_back(box: dict) -> None:
    undo, number, version, done_at = box.get("undo_move") or ("", "", 0, clock_now())
    if undo and clock_now() - done_at < UNDO:
        st.button(
            f"Urungkan: {number} {_BACK[undo][0]}", key=f"undo-{number}-{version}", icon="↩️",
            on_click=_undo, args=(undo, number, version, uuid.uuid4().hex),
        )  # fmt: skip


def _undo(undo: str, number: str, version: int, op_id: str) -> None:
    box, actor = outcome(), current_actor()
    box["undo_move"] = None
    if actor is None:
        return
    try:
        _BACK[undo][2](house.desk(), Press(actor, number, version, op_id), note="Diurungkan")
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
        return
    said(box, "success", f"{number} {_BACK[undo][1]}.")
    box["last_done"] = None
    st.query_params["no"] = number
