"""What somebody has begun to write on a case: kept as they leave the field, so that a reload loses nothing."""

from typing import TYPE_CHECKING

import streamlit as st

from store import drafts

from . import house
from .session import current_actor

if TYPE_CHECKING:
    from .fields import Sheet

# Long texts; the rest of a form is filled in again in a moment.
TEXTS = ("text", "note", "result")
_NAME = "aduan:"


def restore(sheet: "Sheet", names: tuple[str, ...]) -> None:
    """Put what was begun into fields that this session has not drawn yet."""
    wanted = [name for name in TEXTS if name in names]
    looked = f"half-{sheet.base}-{sheet.tried}"
    if not wanted or looked in st.session_state:
        return
    st.session_state[looked] = True
    found = drafts.load(house.desk().register, sheet.actor, _NAME + sheet.base)
    for name, text in (found.body if found else {}).items():
        if name in wanted and text:
            sheet.prefill(name, text)


def keep(sheet: "Sheet") -> None:
    """The callback of a text field: whoever was signed out meanwhile keeps it on the screen only."""
    owner = current_actor()
    if owner is None or owner.username != sheet.actor.username:
        return
    body = {name: sheet.typed(name) for name in TEXTS if sheet.typed(name)}
    if body:
        drafts.keep(house.desk().register, owner, _NAME + sheet.base, body)
    else:
        forget(sheet)


def forget(sheet: "Sheet") -> None:
    """The form was sent."""
    drafts.forget(house.desk().register, sheet.actor, _NAME + sheet.base)
