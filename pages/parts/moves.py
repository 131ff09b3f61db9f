"""The moves a person may make on a case now, each in one form. One press is one command.

A press is carried out before the page is drawn anew, with the version the person had before their eyes: if somebody was
faster, the command says so, and what was typed stays.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from store import commands, evidence, queries
from store.clock import now as clock_now
from store.commands import Press
from store.queries import CaseView
from store.rules import texts, workflow
from store.rules.case import may_reopen
from store.rules.errors import StoreError
from store.rules.workflow import Actor

from . import case_parts, house, words
from .outcome import outcome, sent, tries


@dataclass(frozen=True)
class Form:
    """How one move is drawn: the word on its choice and button, its fields, and the command it calls."""

    title: str
    button: str
    done: str
    fields: tuple[str, ...]
    carry_out: Callable
    outward: bool = False


FILE_HINT = "Foto atau dokumen (JPG, PNG, WEBP, PDF; paling besar 16 MB)"
FILE_TYPES = ["jpg", "jpeg", "png", "webp", "pdf"]


def kept_files(uploaded: list | None) -> list[evidence.File]:
    """Check and keep what was uploaded.

    :raises RuleBroken: a file is empty, broken, too large or of a type that is not kept
    """
    settings = house.desk().settings
    limit = settings.config["media"]["max_bytes"]
    return [
        evidence.keep(settings.media, file.getvalue(), file.type or "", limit, file.name) for file in uploaded or []
    ]


def _facts(given: dict) -> dict:
    return {name: given[name] for name in ("category", "kelurahan", "address", "kind") if given.get(name)}


FORMS = {
    "forward": Form(
        "Teruskan ke OPD", "Teruskan", "diteruskan ke {department}",
        ("department", "category", "kelurahan", "address", "note"),
        lambda d, p, g: commands.forward(d, p, department=g["department"] or "", note=g["note"], **_facts(g)),
    ),
    "answer": Form(
        "Jawab langsung", "Kirim jawaban", "dijawab; jawabannya dikirim ke pelapor",
        ("category", "kelurahan", "text"),
        lambda d, p, g: commands.answer(d, p, text=g["text"], **_facts(g)),
        outward=True,
    ),
    "accept": Form("Terima", "Terima aduan", "diterima OPD", (), lambda d, p, g: commands.accept(d, p)),
    "return": Form(
        "Kembalikan", "Kembalikan ke Tim Kota", "dikembalikan ke Tim Kota", ("reason", "note"),
        lambda d, p, g: commands.return_to_city(d, p, reason=g["reason"] or "", note=g["note"]),
    ),
    "start": Form(
        "Serahkan ke tim", "Serahkan ke tim OPD", "diserahkan ke tim; pelapor diberi tahu", ("hint",),
        lambda d, p, g: commands.start(d, p, note=g["hint"]),
    ),
    "submit_result": Form(
        "Ajukan hasil", "Ajukan hasil", "diajukan ke Tim Kota untuk diverifikasi", ("text", "files"),
        lambda d, p, g: commands.submit_result(d, p, text=g["text"], files=kept_files(g["files"])),
    ),
    "approve": Form(
        "Setujui & kirim", "Setujui dan kirim ke pelapor", "disetujui; hasilnya dikirim ke pelapor", ("result",),
        lambda d, p, g: commands.approve(d, p, text=g["result"]),
        outward=True,
    ),
    "send_back": Form(
        "Kembalikan ke tim OPD", "Kembalikan ke tim OPD", "dikembalikan ke tim OPD", ("note",),
        lambda d, p, g: commands.send_back(d, p, note=g["note"]),
    ),
    "close": Form(
        "Tutup aduan", "Tutup aduan", "ditutup", ("note",), lambda d, p, g: commands.close(d, p, note=g["note"])
    ),
    "told": Form(
        "Sudah diberi tahu", "Catat sudah diberi tahu", "dicatat: pelapor sudah diberi tahu", ("note",),
        lambda d, p, g: commands.told(d, p, note=g["note"]),
    ),
    "classify": Form(
        "Perbaiki keterangan", "Simpan keterangan", "keterangannya disimpan",
        ("kind", "category", "kelurahan", "address"),
        lambda d, p, g: commands.classify(d, p, **_facts(g)),
    ),
    "reply": Form(
        "Kirim pesan", "Kirim pesan ke pelapor", "pesannya dikirim ke pelapor", ("text",),
        lambda d, p, g: commands.reply(d, p, text=g["text"]),
        outward=True,
    ),
    "reopen": Form(
        "Buka kembali", "Buka kembali", "dibuka kembali; tenggat baru berjalan", ("note",),
        lambda d, p, g: commands.reopen(d, p, note=g["note"]),
    ),
    "seen": Form(
        "Sudah dibaca", "Tandai sudah dibaca", "ditandai sudah dibaca", (), lambda d, p, g: commands.seen(d, p)
    ),
    "note": Form(
        "Catatan internal", "Simpan catatan internal", "catatannya disimpan", ("note", "files"),
        lambda d, p, g: commands.note(d, p, text=g["note"], files=kept_files(g["files"])),
    ),
}  # fmt: skip


def move_forms(view: CaseView, actor: Actor, prefix: str = "") -> None:
    """Choice of the moves that are allowed now, and the form of the chosen one."""
    case = view.case
    moves = _offered(view, actor)
    if not moves:
        st.info("Tidak ada langkah untuk peran Anda pada aduan ini sekarang.")
        return
    name = st.segmented_control(
        "Langkah",
        moves,
        default=moves[0],
        format_func=lambda m: FORMS[m].title,
        key=f"{prefix}move-{case.number}-{case.state}",
        label_visibility="collapsed",
    )
    if name:
        _form(view, name, prefix)


def _offered(view: CaseView, actor: Actor) -> list[str]:
    """The moves that are allowed and make sense now, the likeliest first."""
    case = view.case
    moves = [m.name for m in workflow.allowed(case.state, case.department, actor) if m.name in FORMS]
    senseless = {
        "told": not case.call_reporter,
        "close": case.call_reporter,
        "reopen": not may_reopen(case, clock_now()),
        "seen": not case.unread or case.state in workflow.TRIAGE,
    }
    moves = [name for name in moves if not senseless.get(name)]
    first = [name for name in ("told", "seen") if name in moves]
    return first + [name for name in moves if name not in first]


def _form(view: CaseView, name: str, prefix: str) -> None:
    case, form = view.case, FORMS[name]
    base = f"{prefix}{name}-{case.number}"
    tried = tries(base)
    keys = {field: f"{base}-{field}-{tried}" for field in form.fields}
    with st.form(f"{base}-form-{tried}", border=True):
        for pair in _in_rows(form.fields):
            for place, field in zip(st.columns(len(pair)), pair, strict=True):
                with place:
                    _FIELDS[field](view, keys[field])
        if form.outward:
            st.caption(
                "Teks ini dikirim ke pelapor lewat WhatsApp. Lihat pratinjaunya dahulu."
                if view.by_whatsapp
                else "Pelapor ini tidak memakai WhatsApp: sampaikan sendiri (Telepon pelapor), lalu catat."
            )
        elif name == "note":
            st.caption("Hanya untuk petugas; tidak pernah dikirim ke pelapor.")
        with st.container(horizontal=True):
            st.form_submit_button(
                f"{form.button} · {case.number}",
                type="primary",
                on_click=_carry_out,
                args=(name, base, case.number, case.version, uuid.uuid4().hex, keys, view.by_whatsapp),
            )
            preview = form.outward and st.form_submit_button("Lihat pratinjau")
    if preview:
        text = st.session_state.get(keys.get("text") or keys.get("result")) or ""
        if text.strip():
            _preview(view, _letters(name, case.number, text))
        else:
            st.warning("Isi teksnya terlebih dahulu.")


def _in_rows(fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Short fields two in a row, long ones alone, so that a form fits on a small laptop."""
    rows: list[tuple[str, ...]] = []
    for field in fields:
        if field in _SHORT and rows and len(rows[-1]) == 1 and rows[-1][0] in _SHORT:
            rows[-1] += (field,)
        else:
            rows.append((field,))
    return rows


def _preview(view: CaseView, letters: list[texts.Letter]) -> None:
    """The message as the citizen will read it: as a template where the 24-hour window is closed."""
    hours = house.desk().settings.config["sending"]["window_hours"]
    if case_parts.window_ends(view, hours) > clock_now():
        case_parts.bubble(letters)
        return
    shown = [replace(x, text=texts.template_body(x.template_params), buttons=()) for x in letters]
    case_parts.bubble(shown)
    st.warning("Sudah lebih dari 24 jam: pesan dikirim sebagai templat singkat, tanpa tombol.")
    if any(x.template_params[1].endswith(texts.CUT) for x in letters):
        st.error("Teks ini terlalu panjang untuk templat: sisanya TIDAK terkirim. Persingkat dahulu.", icon="⚠️")


def _letters(name: str, number: str, text: str) -> list[texts.Letter]:
    service = house.desk().service
    if name == "approve":
        return texts.result(number, text)
    return texts.answer(number, text, service) if name == "answer" else texts.reply(number, text, service)


def _carry_out(
    name: str, base: str, number: str, version: int, op_id: str, keys: dict[str, str], by_whatsapp: bool
) -> None:
    """One press, carried out before the page is drawn anew."""
    from .session import current_actor

    box, desk, form, actor = outcome(), house.desk(), FORMS[name], current_actor()
    given = {field: st.session_state.get(key) for field, key in keys.items()}
    given = {field: ("" if value is None else value) for field, value in given.items()}
    try:
        form.carry_out(desk, Press(actor, number, version, op_id), given)
    except StoreError as refused:
        typed = "\n".join(v for f, v in given.items() if f in ("text", "note", "result", "hint") and v)
        box["flash"] = ("error", words.refusal(refused), typed)
        return
    done = form.done.format(department=given.get("department", ""))
    if form.outward and not by_whatsapp and name != "reply":
        done = "dicatat; pelapor belum diberi tahu, sampaikan lewat telepon atau langsung"
    box["flash"] = ("success", f"{number} {done}.", "")
    box["last_done"] = number
    sent(box, base)


def flash() -> None:
    """The one line that says what the last press did."""
    box = outcome()
    kind, text, typed = box.get("flash", (None, "", ""))
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
    # Only now: a run that is ended while it draws must leave the line to the next one.
    box.pop("flash", None)


_TABLES = {
    "departments": ("OPD yang dituju", "Pilih OPD", lambda row: f"{row['name']} ({row['code']})"),
    "categories": ("Kategori", "Pilih kategori", lambda row: row["name"]),
    "kelurahan": ("Kelurahan", "Pilih kelurahan", lambda row: f"{row['name']} – {row['kecamatan']}"),
}


def pick(table: str, present: str | None, key: str) -> None:
    """A choice from one of the reference tables, with what is known filled in."""
    label, missing, show = _TABLES[table]
    options = queries.reference(house.desk().register)[table]
    codes = list(options)
    st.selectbox(
        label,
        codes,
        index=codes.index(present) if present in options else None,
        format_func=lambda code: show(options[code]),
        placeholder=missing,
        key=key,
    )


def _department(view: CaseView, key: str) -> None:
    """The department of the case's category is filled in, never pressed."""
    categories = queries.reference(house.desk().register)["categories"]
    pick("departments", categories.get(view.case.category or "", {}).get("department"), key)


def _kind(view: CaseView, key: str) -> None:
    kinds = list(workflow.KINDS)
    st.selectbox("Jenis", kinds, index=kinds.index(view.case.kind), format_func=words.KINDS.get, key=key)


def _text(view: CaseView, key: str) -> None:
    label = "Hasil tindak lanjut (wajib)" if view.case.state == "in_progress" else "Teks untuk pelapor (wajib)"
    st.text_area(label, key=key, height=140, placeholder="Tulis di sini")


def _result(view: CaseView, key: str) -> None:
    st.text_area(
        "Hasil tindak lanjut (dapat disunting sebelum dikirim)",
        value=view.case.result_text or "",
        key=key,
        height=160,
    )


_SHORT = ("department", "category", "kelurahan", "address", "kind")
_FIELDS = {
    "department": _department,
    "category": lambda v, k: pick("categories", v.case.category, k),
    "kelurahan": lambda v, k: pick("kelurahan", v.case.kelurahan, k),
    "kind": _kind,
    "address": lambda v, k: st.text_input("Alamat atau patokan", value=v.case.address or "", key=k, max_chars=300),
    "note": lambda v, k: st.text_area("Catatan untuk petugas (wajib, tidak dikirim ke pelapor)", key=k, height=100),
    "hint": lambda v, k: st.text_area("Petunjuk untuk tim (boleh kosong)", key=k, height=80),
    "reason": lambda v, k: st.selectbox(
        "Alasan", workflow.RETURN_REASONS, index=None, format_func=words.REASONS.get, key=k, placeholder="Pilih alasan"
    ),
    "text": _text,
    "result": _result,
    "files": lambda v, k: st.file_uploader(FILE_HINT, type=FILE_TYPES, accept_multiple_files=True, key=k),
}
