"""The moves a person may make on a case now, each in one form. One press is one command.

A press is carried out before the page is drawn anew, with the version the person had before their eyes: if somebody was
faster, the command says so, and what was typed stays. The fields stand outside `st.form`, so that each arrives when it
is left: what was typed is still there when another move was looked at, and the preview shows it.
"""

import uuid

import streamlit as st

from store.clock import now as clock_now
from store.commands import Press
from store.queries import CaseView
from store.rules import texts, workflow
from store.rules.case import Case, is_taken, may_reopen, moves_for, own_part
from store.rules.errors import RuleBroken, StoreError
from store.rules.workflow import Actor

from . import fields, half, house, letters, voice, window, words
from .fields import FILE_HINT, FILE_TYPES, Sheet, kept_files, pick
from .flash import flash, refuse, remember, said, why_refused
from .forms import FORMS, Form
from .outcome import outcome, sent
from .session import current_actor

__all__ = ["FILE_HINT", "FILE_TYPES", "FORMS", "choose", "flash", "kept_files", "move_forms", "offered", "pick"]
_WRITTEN = {"text", "result"}
_TEXTS = ("text", "note", "result", "body", "reference", "parent", "address")


def move_forms(view: CaseView, actor: Actor, prefix: str = "") -> None:
    """Choice of the moves that are allowed now, and the form of the chosen one."""
    department = _part(view, actor, prefix)
    moves = offered(view, actor, department)
    if not moves:
        st.info("Tidak ada langkah untuk peran Anda pada aduan ini sekarang.")
        return
    name = _choice(view, moves, prefix, actor.username)
    if name:
        _form(Sheet(view, actor, name, department))


def offered(view: CaseView, actor: Actor, department: str = "") -> list[str]:
    """The moves that are allowed and make sense now, the likeliest first."""
    case = view.case
    moves = [move.name for move in moves_for(case, actor, department) if move.name in FORMS]
    part = own_part(case, actor, department)
    senseless = {
        "told": not case.call_reporter,
        "close": case.call_reporter,
        "reopen": not may_reopen(case, clock_now()),
        "seen": not case.unread or case.state in workflow.TRIAGE,
        "proceed": not case.active,
        "escalate": case.escalated is not None,
        "withdraw": case.ended_at is not None,
        "merge": case.kind == "official",
        "reply": not view.by_whatsapp,
        "take_over": not view.by_whatsapp or is_taken(case, clock_now()),
        "give_back": not is_taken(case, clock_now()),
        "transcribe": not voice.recordings(view),
        "reveal": not case.confidential or view.revealed,
        # Before that it is handed to somebody, not to another.
        "assign": part is None or part.state not in workflow.AT_WORK,
    }
    moves = [name for name in moves if not senseless.get(name)]
    first = [name for name in ("told", "seen") if name in moves]
    return first + [name for name in moves if name not in first]


def choose(view: CaseView, move: str, prefix: str, **given: str | int) -> None:
    """Open the form of a move with some of its fields filled in; for a button's callback."""
    main, other = _choice_keys(view, prefix)
    actor = current_actor()
    rare = _is_rare(view, move, actor.username if actor else "")
    st.session_state[other if rare else main] = move
    st.session_state[main if rare else other] = None
    sheet = Sheet(view, actor, move)
    for name, value in given.items():
        st.session_state[sheet.key(name)] = value


def _part(view: CaseView, actor: Actor, prefix: str) -> str:
    """Which part is meant, for a person with roles in more than one of the case's departments."""
    mine = [part.department for part in view.case.active if part.department in actor.departments]
    if len(mine) < 2:
        return ""
    names = {part["department"]: part["name"] for part in view.parts}
    chosen = st.segmented_control(
        "Sebagai OPD", mine, default=mine[0], format_func=names.get, key=f"{prefix}part-{view.case.number}",
        required=True, wrap=True,
    )  # fmt: skip
    return chosen or mine[0]


def _waiting(view: CaseView) -> str:
    """Why there is no usual move, for whoever has rare ones."""
    if view.case.ended_at:
        who = "Aduan ini sudah berakhir."
    elif view.case.escalated:
        who = "Aduan ini pada Pejabat Dinkominfo, yang memutuskan langkah berikutnya."
    else:
        who = "Aduan ini menunggu pihak lain."
    return f"{who} Catatan dan lainnya ada di “Langkah lain”."


def _choice_keys(view: CaseView, prefix: str) -> tuple[str, str]:
    stem = f"{view.case.number}-{view.case.state}"
    return f"{prefix}move-{stem}", f"{prefix}other-{stem}"


def _is_rare(view: CaseView, move: str, username: str) -> bool:
    """Whether a move stands behind “Langkah lain” now."""
    # Who is to call the reporter of a confidential case must first be shown who that is.
    if move == "reveal" and view.case.confidential and view.case.call_reporter:
        return False
    if move in ("reply", "give_back") and view.case.taken_by == username and is_taken(view.case, clock_now()):
        return False
    return FORMS[move].rare


def _choice(view: CaseView, moves: list[str], prefix: str, username: str) -> str | None:
    """The usual moves in one row, the rare ones in a menu behind it."""
    usual = [name for name in moves if not _is_rare(view, name, username)]
    rare = [name for name in moves if name not in usual]
    main, other = _choice_keys(view, prefix)
    for key, options, start in ((main, usual, usual[0] if usual else None), (other, rare, None)):
        if key not in st.session_state or st.session_state[key] not in (*options, None):
            st.session_state[key] = start
    with st.container(horizontal=True, vertical_alignment="center"):
        if usual:
            titles = {move: _title(view, move) for move in usual}
            st.segmented_control(
                "Langkah", usual, format_func=titles.get, key=main, label_visibility="collapsed", wrap=True,
                on_change=_turn, args=(main, other),
            )  # fmt: skip
        if rare:
            st.menu_button(
                "Langkah lain", rare, format_func=lambda move: FORMS[move].title, key=f"menu-{main}",
                on_click=_choose_rare, args=(f"menu-{main}", main, other),
            )  # fmt: skip
    if st.session_state[main]:
        st.session_state[f"last-{main}"] = st.session_state[main]
    name = st.session_state[other] or st.session_state[main]
    if not name and not usual:
        st.caption(_waiting(view))
    return name


def _choose_rare(menu: str, main: str, other: str) -> None:
    st.session_state[other] = st.session_state[menu]
    st.session_state[main] = None


def _turn(main: str, other: str) -> None:
    """Another move; a second press on the open one does not close it, or its form would be gone."""
    if st.session_state[main] is None:
        st.session_state[main] = st.session_state.get(f"last-{main}")
    st.session_state[other] = None


def _title(view: CaseView, move: str) -> str:
    return _binding(view, move, "Tetapkan OPD (mengikat)") or FORMS[move].title


def _binding(view: CaseView, move: str, word: str) -> str:
    """What forwarding is called where it is the official who assigns."""
    return word if move == "forward" and view.case.escalated else ""


def _form(sheet: Sheet) -> None:
    case, form = sheet.view.case, FORMS[sheet.move]
    with st.container(border=True, key=f"form-{sheet.base}"):
        if form.rare:
            st.markdown(f"**{form.title}**")
        if letters.goes_out(sheet.move) and _WRITTEN & set(form.fields):
            window.warn(sheet.view)
        half.restore(sheet, form.fields)
        fields.draw(sheet, form.fields)
        given = _given({name: sheet.key(name) for name in form.fields})
        hint = _hint(sheet, form, given)
        if hint:
            st.caption(hint)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{_binding(sheet.view, sheet.move, 'Tetapkan') or form.button} · {case.number}",
                type="primary",
                key=f"press-{sheet.base}-{sheet.tried}",
                disabled="sure" in form.fields and not given["sure"],
                on_click=_carry_out,
                args=(sheet, uuid.uuid4().hex),
            )
            if letters.goes_out(sheet.move) and sheet.view.by_whatsapp and _WRITTEN & set(form.fields):
                # A press elsewhere is what brings a text here; this one does nothing more.
                st.button("Lihat pratinjau", key=f"look-{sheet.base}")
        why_refused(sheet.base)
        letters.preview(sheet, given)


def _given(keys: dict[str, str]) -> dict:
    """What stands in the fields; nothing typed is an empty text."""
    given = {name: st.session_state.get(key) for name, key in keys.items()}
    return {name: "" if value is None else value for name, value in given.items()}


# In which no department has work to do any more.
_OVER = workflow.ENDED | {workflow.State.ANSWERED}


def _hint(sheet: Sheet, form: Form, given: dict) -> str:
    if sheet.move == "forward" and sheet.view.case.escalated:
        return "Penetapan ini mengikat: OPD tidak dapat mengembalikannya sebagai bukan kewenangan."
    if sheet.move == "forward" and sheet.view.case.active:
        kept = texts.listed([part.department for part in sheet.view.case.active])
        return f"{kept} tetap menangani bagiannya; OPD yang dituju menjadi OPD utama."
    if sheet.move == "classify" and given.get("kind") == "official":
        return "Pengaduan aparatur selalu rahasia dan hanya ditangani Inspektorat; OPD lain tidak lagi melihatnya."
    ends = ""
    if workflow.BY_NAME[sheet.move].target in _OVER and sheet.view.case.active:
        kept = texts.listed([part.department for part in sheet.view.case.active])
        ends = f"Pekerjaan {kept} pada aduan ini ikut berakhir. "
    return ends + form.hint.format(
        days=house.desk().config["clock"]["silence_days"],
        remaining=texts.listed([part.department for part in sheet.view.case.active] or ["OPD lain"]),
    )


def _carry_out(sheet: Sheet, op_id: str) -> None:
    """One press, carried out before the page is drawn anew."""
    case, form = sheet.view.case, FORMS[sheet.move]
    box, desk, actor = outcome(), house.desk(), current_actor()
    given = _given({name: sheet.key(name) for name in form.fields})
    press = Press(actor, case.number, case.version, op_id, sheet.department)
    try:
        if actor is None:
            raise RuleBroken("not_allowed")
        changed = form.carry_out(desk, press, given)
    except StoreError as refused:
        if isinstance(refused, RuleBroken) and refused.code not in ("wrong_state", "with_official", "not_allowed"):
            refuse(box, sheet.base, words.refusal(refused))
            return
        typed = "\n".join(given[name] for name in _TEXTS if name in given and given[name].strip())
        said(box, "error", words.refusal(refused), typed)
        return
    said(box, "success", f"{case.number} {_done(sheet, form, given)}." + _more(sheet, case, changed))
    remember(box, sheet.move, form.undo, changed)
    half.forget(sheet)
    sent(box, sheet.base)


def _done(sheet: Sheet, form: Form, given: dict) -> str:
    departments = list(dict.fromkeys([given.get("department") or "", *(given.get("others") or ())]))
    return form.done.format(
        departments=texts.listed(departments),
        parent=str(given.get("parent") or "").strip().upper(),
        body=str(given.get("body") or "").strip(),
        remaining=texts.listed([part.department for part in sheet.view.case.active] or ["OPD lain"]),
    )


def _more(sheet: Sheet, before: Case, changed: Case) -> str:
    """To whom the case has gone besides, and whether the reporter knows."""
    if changed.escalated and not before.escalated and sheet.move == "return":
        return " Karena dua kali dinyatakan bukan kewenangan, aduan ini sekarang pada Pejabat Dinkominfo."
    if not letters.goes_out(sheet.move):
        return ""
    if sheet.view.by_whatsapp:
        return " Pesannya dikirim ke pelapor."
    if changed.call_reporter:
        return " Pelapor belum diberi tahu: sampaikan lewat telepon atau langsung, lalu catat di Telepon pelapor."
    return ""
