"""The choice of a canned text: it fills the field that it is for, and is edited there."""

from typing import TYPE_CHECKING

import streamlit as st

from store import queries
from store.admin import canned

from . import house
from .outcome import outcome

if TYPE_CHECKING:
    from .fields import Sheet

# The purpose of the texts for a move, and the field that they fill.
_FILLS = {
    "answer": ("answer", "text"),
    "ask": ("ask", "text"),
    "reply": ("reply", "text"),
    "submit_result": ("result", "text"),
    "forward": ("note", "note"),
    "start": ("note", "note"),
    "note": ("note", "note"),
}


def field(sheet: "Sheet") -> None:
    """Draw the choice, if there is anything to choose from."""
    purpose, _ = _FILLS[sheet.move]
    category = sheet.typed("category") or sheet.view.case.category
    found = {row["code"]: row for row in canned.for_purpose(house.desk().register, purpose, category)}
    key = sheet.key("canned")
    if st.session_state.get(key) not in (*found, None):
        st.session_state[key] = None
    if found:
        st.selectbox(
            "Teks siap pakai",
            list(found),
            index=None,
            format_func=lambda code: found[code]["title"],
            placeholder="Pilih untuk mengisi teks",
            key=key,
            on_change=_fill,
            args=(sheet, {code: row["body"] for code, row in found.items()}),
        )


def _fill(sheet: "Sheet", bodies: dict[str, str]) -> None:
    """Put the text into its field; what somebody typed there stays, above it."""
    box, chosen = outcome(), sheet.typed("canned")
    if not chosen:
        return
    key = sheet.key(_FILLS[sheet.move][1])
    present, before = st.session_state.get(key) or "", box.get(f"canned-{key}", "")
    text = canned.filled(bodies[chosen], _values(sheet))
    own = "" if present == before else present.strip()
    st.session_state[key] = f"{own}\n\n{text}" if own else text
    box[f"canned-{key}"] = st.session_state[key] if not own else ""


def _values(sheet: "Sheet") -> dict[str, str | None]:
    view, service = sheet.view, house.desk().service
    category = sheet.typed("category")
    known = queries.reference(house.desk().register)["categories"].get(category or "", {})
    named = view.reporter not in (queries.HIDDEN, "Tanpa nama")
    return {
        "nomor": view.case.number,
        "nama": view.reporter if named else None,
        "layanan": service.name,
        "kota": service.city,
        "opd": view.department,
        "kategori": known.get("name") or view.category,
    }


def unfilled(text: str) -> bool:
    """Whether a place of a canned text was left open."""
    return canned.MISSING in text
