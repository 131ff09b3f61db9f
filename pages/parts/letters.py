"""What a press sends to the reporter, shown before it goes out as the reporter will read it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from store import commands, queries
from store.rules import indonesian, replies, texts
from store.rules.case import own_part
from store.rules.errors import NotFound
from store.rules.said import normal_number
from store.rules.texts import Letter
from store.rules.workflow import State
from store.wording import Wording

from . import canned, case_parts, house, window, words
from .fields import Sheet
from .markdown import plain

# Without WhatsApp the press leaves the reporter to be told by a person.
TOLD_BY_HAND = "Pelapor ini tidak memakai WhatsApp: sampaikan sendiri (Telepon pelapor), lalu catat."
# Steps after which nobody need be telephoned.
_SILENT = ("forward", "start", "schedule", "close", "reopen")


def preview(sheet: Sheet, given: dict) -> None:
    """The messages as the citizen will read them, as a template where the 24-hour window is closed."""
    make = _LETTERS.get(sheet.move)
    if make is None:
        return
    if not sheet.view.by_whatsapp:
        st.caption(TOLD_BY_HAND if sheet.move not in _SILENT else "Pelapor tidak dikabari.")
        return
    found = _worded(sheet, given, make(sheet, given))
    if not found:
        st.caption("Pratinjau pesan ke pelapor tampil di sini setelah isinya ada.")
        return
    if window.is_open(sheet.view):
        case_parts.bubble(found)
    else:
        _as_templates(found)
    if any(canned.unfilled(letter.text) for letter in found):
        st.warning("Masih ada “…” yang belum diisi. Lengkapi teksnya sebelum dikirim.")


def _as_templates(found: list[Letter]) -> None:
    """What the reporter reads while the window is closed, and how much of a text has room in it."""
    case_parts.bubble([replace(x, text=texts.template_body(x.template_params), kind="text", buttons=()) for x in found])
    longest, limit = max(len(x.template_params[1]) for x in found), texts.TEMPLATE_PARAMETER_LIMIT
    if any(x.template_params[1].endswith(texts.CUT) for x in found):
        st.error(
            f"Teks ini lebih panjang dari {words.number(limit)} huruf: yang terkirim sekarang hanya sampai tanda “…”. "
            "Selebihnya terkirim sendiri begitu pelapor membalas. Bila mendesak, persingkat dahulu.",
            icon="⚠️",
        )
    else:
        st.caption(f"Dikirim sebagai templat: {words.number(longest)} dari {words.number(limit)} huruf.")


def _worded(sheet: Sheet, given: dict, letters: list[Letter]) -> list[Letter]:
    """In the administrator's words, with what the complaint is about as the form has it now."""
    told = {name: given[name] for name in ("category", "kelurahan") if given.get(name)}
    case = replace(sheet.view.case, **told)
    with house.desk().register.cursor() as cursor:
        wording = Wording(cursor)
        return [wording.final(letter, case) for letter in letters]


def goes_out(move: str) -> bool:
    """Whether this move may send something to the reporter."""
    return move in _LETTERS


def _forward(sheet: Sheet, given: dict) -> list[Letter]:
    there = {part.department for part in sheet.view.case.active}
    chosen = [code for code in (given["department"], *(given["others"] or ())) if code and code not in there]
    names = [_name(code) for code in dict.fromkeys(chosen)]
    return [texts.forwarded(sheet.view.case.number, names)] if names else []


def _name(code: str) -> str:
    return queries.reference(house.desk().register)["departments"].get(code, {}).get("name", code)


def _own_name(sheet: Sheet) -> str:
    part = own_part(sheet.view.case, sheet.actor, sheet.department)
    return _name(part.department) if part else ""


def _ask(sheet: Sheet, given: dict) -> list[Letter]:
    wanted = [name for name in texts.ASKED if name in (given["missing"] or ())]
    days = house.desk().config["clock"]["silence_days"]
    return [texts.asked(sheet.view.case.number, wanted, days, given["text"])] if wanted else []


def _refer(sheet: Sheet, given: dict) -> list[Letter]:
    filled = given["body"].strip() and given["text"].strip()
    number = sheet.view.case.number
    return [texts.referred(number, given["body"], given["reference"], given["text"])] if filled else []


def _merge(sheet: Sheet, given: dict) -> list[Letter]:
    """What is answered already is told at once; else that it is being worked on."""
    number, typed = sheet.view.case.number, given["parent"].strip()
    if not typed:
        return []
    try:
        parent = commands.case_of(house.desk(), normal_number(typed) or typed.upper(), sheet.actor)
    except NotFound:
        st.warning(plain(f"Tidak ada aduan bernomor “{typed}” yang dapat Anda lihat."))
        return []
    case_parts.parent_line(parent)
    if not parent.result_text:
        return [texts.merged(number)]
    if parent.state in (State.AWAITING_CONFIRMATION, State.CLOSED):
        return texts.result(number, parent.result_text)
    if parent.state in (State.ANSWERED, State.REFERRED):
        return texts.answer(number, parent.result_text, house.desk().service)
    return [texts.merged(number)]


def _schedule(sheet: Sheet, given: dict) -> list[Letter]:
    day = given["promised_on"]
    if not day or not given["note"].strip():
        return []
    said = indonesian.in_full(commands.promised_day(house.desk(), day))
    return [texts.scheduled(sheet.view.case.number, _own_name(sheet), said, given["note"])]


def _reply(sheet: Sheet, given: dict) -> list[Letter]:
    files = [(None, file.type or "") for file in given["enclosed"] or ()]
    if files and not window.is_open(sheet.view):
        st.error("Sudah lebih dari 24 jam: foto dan dokumen tidak dapat dikirim. Hapus berkasnya; teks tetap dikirim.")
        files = []
    number, service = sheet.view.case.number, house.desk().service
    return replies.letters(number, given["text"], service, files, bool(given["ask_location"]))


def _written(field: str, write: Callable[[str, str], list[Letter]]) -> Callable[[Sheet, dict], list[Letter]]:
    def letters(sheet: Sheet, given: dict) -> list[Letter]:
        return write(sheet.view.case.number, given[field]) if given[field].strip() else []

    return letters


_LETTERS: dict[str, Callable[[Sheet, dict], list[Letter]]] = {
    "forward": _forward,
    "answer": _written("text", lambda number, text: texts.answer(number, text, house.desk().service)),
    "reply": _reply,
    "approve": _written("result", texts.result),
    "ask": _ask,
    "refer": _refer,
    "merge": _merge,
    "schedule": _schedule,
    "start": lambda sheet, given: [texts.started(sheet.view.case.number, _own_name(sheet))],
    "withdraw": lambda sheet, given: [texts.withdrawn(sheet.view.case.number)],
    "close": lambda sheet, given: [texts.closed(sheet.view.case.number)],
    "reopen": lambda sheet, given: [texts.taken_up(sheet.view.case.number)],
}
