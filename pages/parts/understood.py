"""What was understood of the reporter's words, by element; a press corrects it, another takes it into the facts."""

import json
import uuid
import zlib

import streamlit as st

from store import commands, queries
from store.commands import Press
from store.queries import CaseView
from store.queries.case import HIDDEN
from store.rules import completeness, texts
from store.rules.completeness import ELEMENTS
from store.rules.errors import RuleBroken, StoreError
from store.rules.reading import CORRECTED, FIELDS, IDENTITY, LIMITS
from store.rules.workflow import CITY_ROLES, ENDED, TRIAGE, Actor, State

from . import fields, house, moves, words
from .flash import refuse, said, why_refused
from .outcome import outcome, sent, tries
from .session import current_actor

_OPEN = "<span class='open'>belum jelas</span>"
# Which words say an element; of where and when it is three.
_OF = {
    "identity": ("name", "address"),
    "what": ("what",),
    "who": ("who",),
    "where_when": ("where", "kelurahan", "when"),
}


def show(view: CaseView, actor: Actor, prefix: str) -> None:
    """The five elements with the words that say them: open while they are being completed, else to be unfolded."""
    known, may = json.loads(view.case.said), actor.has(*CITY_ROLES)
    if may and view.case.state in {*TRIAGE, State.AWAITING_REPORTER}:
        _completeness(view)
        _ask_for_the_rest(view, actor, prefix)
        _words(view, known)
        _corrections(view, known, prefix)
    elif any(known.get(name) for name in FIELDS):
        with st.expander("Yang dipahami dari kata-kata pelapor"):
            _words(view, known)
            if may and view.case.state not in ENDED:
                _corrections(view, known, prefix)


def _completeness(view: CaseView) -> None:
    """The five elements; a press corrects one, another press takes that back."""
    case, name = view.case, f"elements-{view.case.number}"
    there = [element for element in ELEMENTS if element in case.elements.split(",")]
    key = f"{name}-{case.elements}-{tries(name)}"
    st.session_state.setdefault(key, there)
    st.pills(
        f"Kelengkapan {len(there)} dari {len(ELEMENTS)} (tekan untuk memperbaiki)",
        ELEMENTS,
        selection_mode="multi",
        format_func=lambda element: f"{'✓' if element in there else '○'} {words.ELEMENTS[element]}",
        key=key,
        wrap=True,
        on_change=_correct_elements,
        args=(case.number, case.version, key, name, uuid.uuid4().hex),
    )


def _correct_elements(number: str, version: int, key: str, name: str, op_id: str) -> None:
    box, chosen = outcome(), st.session_state[key]
    try:
        elements = [element for element in ELEMENTS if element in chosen]
        commands.classify(house.desk(), _press(number, version, op_id), elements=elements)
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
    # Drawn anew from what is on record now.
    sent(box, name)


def _ask_for_the_rest(view: CaseView, actor: Actor, prefix: str) -> None:
    """One press asks the reporter for all that is missing; for less there is the form of the step."""
    missing = completeness.missing(view.case.elements)
    if not missing or not view.by_whatsapp or "ask" not in moves.offered(view, actor):
        return
    named = texts.listed([words.ELEMENTS[element].lower() for element in missing])
    st.button(
        f"Minta {named} ke pelapor",
        key=f"{prefix}ask-{view.case.number}-{tries(f'ask-{view.case.number}')}",
        icon="💬",
        help="Pelapor ditanya lewat WhatsApp, dan jam berhenti sampai ada balasan. Kata-kata sendiri: langkah “Minta "
        "kelengkapan” di bawah.",
        on_click=_ask,
        args=(view.case.number, view.case.version, missing, uuid.uuid4().hex),
    )


def _ask(number: str, version: int, missing: list[str], op_id: str) -> None:
    box = outcome()
    try:
        commands.ask(house.desk(), _press(number, version, op_id), missing=missing)
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
        return
    said(box, "success", f"{number} menunggu kelengkapan; jamnya berhenti. Pesannya dikirim ke pelapor.")
    box["last_done"] = number
    sent(box, f"ask-{number}")


def _words(view: CaseView, known: dict) -> None:
    """Each element with the reporter's words beside it."""
    rows = [(words.ELEMENTS[element], _said_of(element, known)) for element in _OF]
    count = view.case.media_count
    rows.append((words.ELEMENTS["evidence"], f"{words.number(count)} berkas" if count else "belum ada"))
    st.html("<dl class='w-facts'>" + "".join(f"<dt>{title}</dt><dd>{value}</dd>" for title, value in rows) + "</dl>")


def _said_of(element: str, known: dict) -> str:
    if len(_OF[element]) == 1:
        return _value(_OF[element][0], known)
    return " · ".join(f"{words.UNDERSTOOD[name]}: {_value(name, known)}" for name in _OF[element])


def _value(name: str, known: dict) -> str:
    value = known.get(name, "")
    shown = f"“{words.safe(_shown(name, value))}”" if value and value != HIDDEN else value or _OPEN
    return f"{shown} (diperbaiki petugas)" if name in known.get(CORRECTED, ()) else shown


def _shown(name: str, value: str) -> str:
    """A kelurahan by its name."""
    if name != "kelurahan":
        return value
    return queries.reference(house.desk().register)["kelurahan"].get(value, {}).get("name", value)


def _corrections(view: CaseView, known: dict, prefix: str) -> None:
    """Which words to correct, the field for it, and the press that takes the place into the facts."""
    case, base = view.case, f"{prefix}understood-{view.case.number}"
    hidden = view.reporter == HIDDEN
    names = [name for name in FIELDS if not (hidden and name in IDENTITY)]
    place = _place(view, known)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(
            "Perbaiki yang dipahami",
            names,
            format_func=words.UNDERSTOOD.get,
            key=f"{base}-which-{tries(base)}",
            wrap=True,
        )
        if place:
            st.button(
                "Pakai tempat ini pada Keterangan", key=f"{base}-use-{case.version}", on_click=_use,
                args=(case.number, case.version, place, uuid.uuid4().hex),
            )  # fmt: skip
    if chosen:
        _field(view, chosen, known.get(chosen, ""), base)
    why_refused(base)


def _place(view: CaseView, known: dict) -> dict[str, str]:
    """What was understood of the place and the facts do not say yet."""
    case = view.case
    found = {"kelurahan": known.get("kelurahan"), "address": known.get("where")}
    return {name: value for name, value in found.items() if value and not getattr(case, name)}


def _field(view: CaseView, name: str, value: str, base: str) -> None:
    """One field with what was understood in it, to be saved or emptied."""
    case = view.case
    key = f"{base}-{name}-{tries(base)}-{zlib.crc32(value.encode()):08x}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if name == "kelurahan":
            fields.pick("kelurahan", value or None, key)
        else:
            st.session_state.setdefault(key, value)
            st.text_input(words.UNDERSTOOD[name], key=key, max_chars=LIMITS[name])
        given = (case.number, case.version, base, name, key)
        st.button(
            "Simpan perbaikan", key=f"{key}-save", type="primary", on_click=_correct, args=(*given, uuid.uuid4().hex)
        )
        if value:
            st.button("Kosongkan", key=f"{key}-empty", on_click=_correct, args=(*given, uuid.uuid4().hex, True))


def _correct(number: str, version: int, base: str, name: str, key: str, op_id: str, empty: bool = False) -> None:
    box = outcome()
    value = "" if empty else st.session_state.get(key) or ""
    try:
        commands.classify(house.desk(), _press(number, version, op_id), said={name: value})
    except StoreError as refused:
        refuse(box, base, words.refusal(refused))
        return
    done = "dikosongkan" if not value else "diperbaiki"
    said(box, "success", f"{number}: {words.UNDERSTOOD[name].lower()} {done}.")
    sent(box, base)


def _use(number: str, version: int, place: dict[str, str], op_id: str) -> None:
    """Take the understood place into the facts that departments read."""
    box = outcome()
    try:
        commands.classify(house.desk(), _press(number, version, op_id), **place)
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
        return
    said(box, "success", f"{number}: tempat dari kata-kata pelapor dipakai pada Keterangan.")


def _press(number: str, version: int, op_id: str) -> Press:
    actor = current_actor()
    if actor is None:
        raise RuleBroken("not_allowed")
    return Press(actor, number, version, op_id)
