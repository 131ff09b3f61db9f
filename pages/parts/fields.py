"""The fields of the forms on a case: what is known is filled in, and what was typed stays until it has been sent."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import streamlit as st

from store import evidence, queries
from store.clock import now as clock_now
from store.commands import TOLD_HOW
from store.queries import CaseView
from store.rules import workflow
from store.rules.case import own_part
from store.rules.completeness import ELEMENTS, missing
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.workflow import Actor
from store.suggest import Suggestion

from . import canned, half, house, suggested, voice, words
from .outcome import outcome, tries

FILE_HINT = "Foto atau dokumen (JPG, PNG, WEBP, PDF; paling besar 16 MB)"
PHOTO_TYPES = ["jpg", "jpeg", "png", "webp"]
FILE_TYPES = [*PHOTO_TYPES, "pdf"]
POINT_HINT = "-6,88860, 109,67530 atau tautan peta"
JUST_NOW, EARLIER = "Baru saja", "Waktu lain"
# What was typed is there again when its form is: after another move was looked at, another case, another page.
KEPT = {"persist_state": "session"}


@dataclass(frozen=True)
class Sheet:
    """One form on one case: who makes which move, and the keys of its fields.

    `department` says which part is meant, for a person with roles in more than one of its departments.
    """

    view: CaseView
    actor: Actor
    move: str
    department: str = ""
    tried: int = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "tried", tries(self.base))

    @property
    def base(self) -> str:
        """The same as long as what was typed still fits: a move that leads on is typed anew in each state."""
        since = ""
        if workflow.BY_NAME[self.move].target is not None:
            part = own_part(self.view.case, self.actor, self.department)
            moved = part.state_since if part and workflow.of_department(workflow.BY_NAME[self.move]) else None
            since = f"-{moved or self.view.case.state_since:%m%d%H%M%S%f}"
        return f"{self.move}-{self.view.case.number}-{self.department}{since}"

    def key(self, name: str) -> str:
        """A field's key; where it shows what is on record, it changes with that."""
        known = _KNOWN.get(name)
        stamp = f"-{zlib.crc32(repr(known(self.view)).encode()):08x}" if known else ""
        return f"{self.base}-{name}-{self.tried}{stamp}"

    def typed(self, name: str):
        """What stands in a field now."""
        return st.session_state.get(self.key(name))

    def prefill(self, name: str, value) -> None:
        """Fill a field in that nobody has touched yet."""
        st.session_state.setdefault(self.key(name), value)

    @property
    def official(self) -> bool:
        """Whether the complaint is about an official, on record or by what is chosen here."""
        chosen = (self.typed("kind"), self.typed("category"))
        return "official" in (self.view.case.kind, self.view.case.category, *chosen)


def kept_files(uploaded: list | None) -> list[evidence.File]:
    """Check and keep what was uploaded.

    :raises RuleBroken: a file is empty, broken, too large or of a type that is not kept
    """
    settings = house.desk().settings
    limit = settings.config["media"]["max_bytes"]
    return [
        evidence.keep(settings.media, file.getvalue(), file.type or "", limit, file.name) for file in uploaded or []
    ]


def draw(sheet: Sheet, names: tuple[str, ...]) -> None:
    """Draw the fields: short ones two in a row, long ones alone, so that a form fits on a small laptop."""
    rows: list[list[str]] = []
    for name in names:
        if name in _SHORT and rows and len(rows[-1]) == 1 and rows[-1][0] in _SHORT:
            rows[-1].append(name)
        else:
            rows.append([name])
    for row in rows:
        for place, name in zip(st.columns(len(row)), row, strict=True):
            with place:
                _FIELDS[name](sheet)


_TABLES = {
    "departments": ("OPD yang dituju", "Pilih OPD", lambda row: f"{row['name']} ({row['code']})"),
    "categories": ("Kategori", "Pilih kategori", lambda row: row["name"]),
    "kelurahan": ("Kelurahan", "Pilih kelurahan", lambda row: f"{row['name']} – {row['kecamatan']}"),
}


def pick(table: str, present: str | None, key: str, only: tuple[str, ...] = (), **more) -> str | None:
    """A choice from one of the reference tables, with what is known filled in.

    :param only: the codes that may be chosen; empty means all
    """
    label, placeholder, show = _TABLES[table]
    options = queries.reference(house.desk().register)[table]
    codes = [code for code in options if not only or code in only]
    if key not in st.session_state or st.session_state[key] not in (*codes, None):
        st.session_state[key] = present if present in codes else None
    return st.selectbox(
        label,
        codes,
        index=None,
        format_func=lambda code: show(options[code]),
        placeholder=placeholder,
        key=key,
        **more,
    )


def _category(sheet: Sheet) -> None:
    found = None if sheet.view.case.category else suggested.category(sheet.view)
    present = sheet.view.case.category or (found.code if found else None)
    follow = {"on_change": _follow_category, "args": (sheet,)} if sheet.move == "forward" else {}
    pick("categories", present, sheet.key("category"), **follow, **KEPT)
    suggested.show(found, "categories")


def _department(sheet: Sheet) -> None:
    """The likeliest department is filled in, never pressed."""
    if sheet.official:
        pick("departments", workflow.INSPECTORATE, sheet.key("department"), (workflow.INSPECTORATE,), **KEPT)
        st.caption("Pengaduan aparatur hanya ditangani Inspektorat; OPD lain tidak melihatnya.")
        return
    found = _suggested_department(sheet)
    outcome()[f"suggested-{sheet.key('department')}"] = found.code if found else None
    pick("departments", found.code if found else None, sheet.key("department"), **KEPT)
    suggested.show(found, "departments")


def _suggested_department(sheet: Sheet) -> Suggestion | None:
    """The likeliest one, unless it has its part already or has given it back."""
    found, view = suggested.department(sheet.view, sheet.typed("category")), sheet.view
    there = {part.department for part in view.case.active}
    there |= {row["data"].get("department") for row in view.timeline if row["kind"] == "return"}
    return None if found and found.code in there else found


def _follow_category(sheet: Sheet) -> None:
    """Another category was chosen: a department that was only suggested goes with it, a chosen one stays."""
    key, box = sheet.key("department"), outcome()
    if st.session_state.get(key) in (None, box.get(f"suggested-{key}")):
        found = _suggested_department(sheet)
        st.session_state[key] = found.code if found else None


def _others(sheet: Sheet) -> None:
    if sheet.official:
        return
    options = queries.reference(house.desk().register)["departments"]
    st.multiselect(
        "OPD lain yang ikut menangani",
        list(options),
        format_func=lambda code: f"{options[code]['name']} ({code})",
        placeholder="Tidak ada",
        select_all=False,
        key=sheet.key("others"),
        **KEPT,
    )


def _kind(sheet: Sheet) -> None:
    sheet.prefill("kind", sheet.view.case.kind)
    st.selectbox("Jenis", workflow.KINDS, format_func=words.KINDS.get, key=sheet.key("kind"), **KEPT)


def _pills(sheet: Sheet, name: str, label: str, chosen: list[str]) -> None:
    sheet.prefill(name, chosen)
    st.pills(
        label,
        ELEMENTS,
        selection_mode="multi",
        format_func=words.ELEMENTS.get,
        key=sheet.key(name),
        wrap=True,
        **KEPT,
    )


def _note(sheet: Sheet) -> None:
    label = NOTES.get(sheet.move, "Catatan untuk petugas (wajib, tidak dikirim ke pelapor)")
    height = 80 if "boleh kosong" in label else 100
    st.text_area(label, key=sheet.key("note"), height=height, **_half(sheet), **KEPT)


# What a note is called where it is not simply one for colleagues.
NOTES = {
    "start": "Petunjuk untuk tim (boleh kosong)",
    "merge": "Catatan untuk petugas (boleh kosong)",
    "supply": "Yang disampaikan pelapor (wajib)",
    "revive": "Yang disampaikan pelapor (wajib)",
    "restore": "Mengapa bukan spam (wajib, tidak dikirim ke pelapor)",
    "unmerge": "Mengapa bukan duplikat (wajib, tidak dikirim ke pelapor)",
    "reject": "Alasan ditolak (wajib, tidak dikirim ke pelapor)",
    "withdraw": "Bagaimana pelapor mencabutnya (wajib, tidak dikirim ke pelapor)",
    "escalate": "Mengapa diserahkan (wajib, tidak dikirim ke pelapor)",
    "work": "Yang dikerjakan (wajib, tidak dikirim ke pelapor)",
    "schedule": "Alasan dijadwalkan (wajib, dibaca pelapor)",
    "reopen": "Yang belum selesai menurut pelapor (wajib)",
    "reveal": "Alasan melihat identitas (wajib, tercatat)",
    "note": "Catatan internal (wajib, tidak pernah dikirim ke pelapor)",
}
_TEXTS = {
    "ask": "Pertanyaan sendiri (boleh kosong)",
    "submit_result": "Hasil tindak lanjut (wajib)",
    "reply": "Teks untuk pelapor (boleh kosong bila ada foto, dokumen, atau permintaan lokasi)",
    "transcribe": "Yang terdengar (wajib, tidak dikirim ke pelapor)",
}


def _text(sheet: Sheet) -> None:
    label = _TEXTS.get(sheet.move, "Teks untuk pelapor (wajib)")
    height = 80 if sheet.move == "ask" else 140
    st.text_area(label, key=sheet.key("text"), height=height, placeholder="Tulis di sini", **_half(sheet), **KEPT)


def _half(sheet: Sheet) -> dict:
    """What keeps a text as its writer leaves the field."""
    return {"on_change": half.keep, "args": (sheet,)}


def _result_text(view: CaseView) -> str:
    """The departments' results as the reporter is to read them: by name, not by code."""
    text = view.case.result_text or ""
    for part in view.parts if len(view.parts) > 1 else ():
        text = re.sub(rf"(?m)^{re.escape(part['department'])}: ", f"{part['name']}: ", text)
    return text


def _result(sheet: Sheet) -> None:
    sheet.prefill("result", _result_text(sheet.view))
    st.text_area(
        "Hasil tindak lanjut (dapat disunting sebelum dikirim)",
        key=sheet.key("result"),
        height=160,
        **_half(sheet),
        **KEPT,
    )


def _line(name: str, label: str, known: Callable[[CaseView], str | None] | None = None, **more):
    def draw_line(sheet: Sheet) -> None:
        sheet.prefill(name, (known(sheet.view) if known else None) or "")
        st.text_input(label, key=sheet.key(name), **{"max_chars": 300} | more, **KEPT)

    return draw_line


def _departments(sheet: Sheet) -> None:
    """Whose part goes back; nothing to choose where there is only one."""
    active = [part.department for part in sheet.view.case.active]
    if len(active) < 2:
        return
    names = {part["department"]: part["name"] for part in sheet.view.parts}
    st.multiselect(
        "OPD yang harus melengkapi",
        active,
        format_func=lambda code: f"{names[code]} ({code})",
        placeholder="Semua OPD",
        key=sheet.key("departments"),
        **KEPT,
    )


def _handler(sheet: Sheet) -> None:
    part = own_part(sheet.view.case, sheet.actor, sheet.department)
    people = queries.people_of(house.desk().register, sheet.actor, part.department) if part else []
    shown = {row["username"]: f"{row['name']} · {words.number(row['open'])} pekerjaan" for row in people}
    now_with = part.handler if part else None
    st.selectbox(
        "Petugas yang menangani" + (" (boleh kosong)" if sheet.move == "start" else ""),
        [name for name in shown if sheet.move == "start" or name != now_with],
        index=None,
        format_func=shown.get,
        placeholder="Seluruh tim" if sheet.move == "start" else "Pilih petugas",
        key=sheet.key("handler"),
        **KEPT,
    )


def _reason(sheet: Sheet) -> None:
    part = own_part(sheet.view.case, sheet.actor, sheet.department)
    binding = part is not None and part.binding
    reasons = [name for name in workflow.RETURN_REASONS if not (binding and name == "not_ours")]
    st.selectbox(
        "Alasan", reasons, index=None, format_func=words.REASONS.get, key=sheet.key("reason"),
        placeholder="Pilih alasan", **KEPT,
    )  # fmt: skip
    if binding:
        st.caption("Penetapan Pejabat Dinkominfo mengikat: “bukan kewenangan” tidak dapat dipilih.")


def _how(sheet: Sheet) -> None:
    sheet.prefill("how", TOLD_HOW[0])
    st.selectbox("Diberi tahu lewat", TOLD_HOW, format_func=words.TOLD_HOW.get, key=sheet.key("how"), **KEPT)


def _when(sheet: Sheet) -> None:
    sheet.prefill("when", JUST_NOW)
    st.segmented_control("Kapan", (JUST_NOW, EARLIER), key=sheet.key("when"), required=True, **KEPT)


def _told_at(sheet: Sheet) -> None:
    """A time of Jakarta's, where it was not just now."""
    if sheet.typed("when") == EARLIER:
        sheet.prefill("told_at", to_jakarta(clock_now()).replace(second=0, microsecond=0, tzinfo=None))
        st.datetime_input(
            "Tanggal dan jam (WIB)", value=None, key=sheet.key("told_at"), format="DD/MM/YYYY",
            step=timedelta(minutes=1), **KEPT,
        )  # fmt: skip


def _promised_on(sheet: Sheet) -> None:
    st.date_input(
        "Dijanjikan selesai paling lambat", value=None, format="DD/MM/YYYY", key=sheet.key("promised_on"), **KEPT
    )


def _files(name: str, label: str, types: list[str]):
    def draw_files(sheet: Sheet) -> None:
        st.file_uploader(label, type=types, accept_multiple_files=True, key=sheet.key(name))

    return draw_files


def _confidential(sheet: Sheet) -> None:
    sheet.prefill("confidential", sheet.view.case.confidential)
    st.checkbox("Rahasia: identitas pelapor disembunyikan", key=sheet.key("confidential"), **KEPT)


def _sure(sheet: Sheet) -> None:
    st.checkbox("Ya, akhiri aduan ini; langkah ini tidak dapat diurungkan", key=sheet.key("sure"))


def told_at(given: dict) -> datetime | None:
    """When the reporter was told, in naive UTC; None for just now."""
    if given["when"] != EARLIER or not given["told_at"]:
        return None
    return from_jakarta(given["told_at"])


# The fields that show what is on record, so that a change by somebody else is seen and not overwritten.
_KNOWN: dict[str, Callable[[CaseView], object]] = {
    "category": lambda v: v.case.category,
    "kelurahan": lambda v: v.case.kelurahan,
    "address": lambda v: v.case.address,
    "kind": lambda v: v.case.kind,
    "confidential": lambda v: v.case.confidential,
    "elements": lambda v: v.case.elements,
    "missing": lambda v: v.case.elements,
    "result": lambda v: _result_text(v),
}
_SHORT = (
    "department", "category", "kelurahan", "address", "kind", "others", "canned", "body", "reference", "how", "when",
    "handler", "point", "promised_on", "before", "after", "files",
)  # fmt: skip
_FIELDS: dict[str, Callable[[Sheet], None]] = {
    "category": _category,
    "department": _department,
    "others": _others,
    "kelurahan": lambda s: pick("kelurahan", s.view.case.kelurahan, s.key("kelurahan"), **KEPT) and None,
    "address": _line("address", "Alamat atau patokan", lambda v: v.case.address),
    "kind": _kind,
    "confidential": _confidential,
    "elements": lambda s: _pills(s, "elements", "Kelengkapan yang ada", _there(s.view)),
    "missing": lambda s: _pills(s, "missing", "Yang diminta dari pelapor", missing(s.view.case.elements)),
    "point": _line("point", "Titik peta (kosong: tidak diubah)", placeholder=POINT_HINT, max_chars=300),
    "canned": canned.field,
    "note": _note,
    "text": _text,
    "result": _result,
    "parent": _line("parent", "Nomor aduan induk", placeholder="misalnya WA-2026-00042", max_chars=40),
    "body": _line("body", "Lembaga yang dituju", placeholder="misalnya PLN UP3 Pekalongan", max_chars=120),
    "reference": _line("reference", "Nomor rujukan di sana (boleh kosong)", max_chars=60),
    "departments": _departments,
    "handler": _handler,
    "reason": _reason,
    "how": _how,
    "when": _when,
    "told_at": _told_at,
    "promised_on": _promised_on,
    "files": _files("files", "Foto atau berkas sesudah pekerjaan", FILE_TYPES),
    "attachments": _files("attachments", FILE_HINT, FILE_TYPES),
    "before": _files("before", "Foto sebelum pekerjaan", PHOTO_TYPES),
    "after": _files("after", "Foto sesudah pekerjaan", PHOTO_TYPES),
    "sure": _sure,
    "voice": voice.field,
    "enclosed": _files("enclosed", "Foto atau dokumen untuk pelapor (paling besar 16 MB)", FILE_TYPES),
    "ask_location": lambda s: st.checkbox("Minta lokasi kejadian", key=s.key("ask_location"), **KEPT) and None,
}


def _there(view: CaseView) -> list[str]:
    return [name for name in ELEMENTS if name in view.case.elements.split(",")]
