"""Teks: the canned texts that officers start from, with places for what belongs to the case."""

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.case_parts import bubble
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store import queries
from store.admin import canned
from store.clock import today
from store.rules import texts
from store.rules.errors import RuleBroken
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
PURPOSES = {
    "answer": "Jawaban langsung",
    "ask": "Permintaan kelengkapan",
    "result": "Hasil tindak lanjut",
    "reply": "Pesan ke pelapor",
    "note": "Catatan untuk petugas",
}
LABELS = {"title": "Judul", "purpose": "Kegunaan", "category": "Kategori", "body": "Isi", "active": "Aktif"}
reference = queries.reference(desk.register)
categories = {code: row["name"] for code, row in reference["categories"].items()}
SHOWN = {
    "purpose": lambda purpose: PURPOSES.get(purpose, str(purpose)),
    "category": lambda code: categories.get(code, code) if code else "semua kategori",
}


def values(given: dict) -> tuple:
    return given["purpose"] or "", given["title"], given["body"], given["category"]


def add(actor: Actor | None, given: dict, seen: dict) -> str:
    canned.add(desk, actor, *values(given))
    return f"Teks “{given['title'].strip()}” ditambahkan."


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    canned.change(desk, actor, seen["code"], seen, *values(given))
    return f"Teks “{given['title'].strip()}” disimpan."


def form(row: dict | None) -> None:
    sheet = admin.Sheet(f"canned-{row['code'] if row else admin.NEW}", row)
    given = row or {}
    st.subheader(plain(row["title"]) if row else "Teks baru", anchor=False)
    with sheet.form():
        first, second = st.columns(2)
        first.selectbox(
            "Kegunaan", list(PURPOSES), index=list(PURPOSES).index(given.get("purpose", "answer")),
            format_func=PURPOSES.get, key=sheet.key("purpose"),
        )  # fmt: skip
        with second:
            category(given.get("category"), sheet.key("category"))
        st.text_input("Judul (dibaca petugas)", value=given.get("title", ""), key=sheet.key("title"), max_chars=80)
        st.text_area("Isi teks", value=given.get("body", ""), height=180, key=sheet.key("body"))
        st.caption(
            "Isian yang diganti otomatis: "
            + ", ".join(f"{{{name}}}" for name in canned.PLACEHOLDERS)
            + ". Yang belum diketahui tampil sebagai “…” dan harus dilengkapi petugas."
        )
        with st.container(horizontal=True):
            sheet.submit("Simpan" if row else "Tambah teks", change if row else add)
            st.form_submit_button("Lihat pratinjau")
    preview(str(sheet.typed("purpose") or "answer"), str(sheet.typed("body") or ""))
    if row:
        admin.active_button(
            row["active"],
            row["code"],
            lambda who, active: canned.set_active(desk, who, row["code"], active),
            f"Teks “{row['title']}”",
        )


def category(present: str | None, key: str) -> None:
    codes = list(categories) + ([present] if present and present not in categories else [])
    st.selectbox(
        "Hanya untuk kategori (boleh kosong)", codes, index=codes.index(present) if present else None,
        format_func=lambda code: categories.get(code, f"{code} (nonaktif)"), placeholder="Semua kategori", key=key,
    )  # fmt: skip


def preview(purpose: str, body: str) -> None:
    """The text as the citizen will see it, with an example's values."""
    if not body.strip():
        return
    try:
        checked = canned.check_body(body)
    except RuleBroken as refused:
        st.warning(plain(words.refusal(refused)), icon="⚠️")
        return
    service, number = desk.service, f"WA-{today().year}-00123"
    opd = next(iter(reference["departments"].values()), {"name": ""})["name"]
    example = {
        "nomor": number, "nama": "Ibu Siti", "layanan": service.name, "kota": service.city, "opd": opd,
        "kategori": next(iter(categories.values()), ""),
    }  # fmt: skip
    text = canned.filled(checked, example)
    st.caption("Pratinjau dengan contoh isian:")
    if purpose == "note":
        st.html(f"<div class='w-chat'><div class='w-bubble event'>Catatan internal: {words.safe(text)}</div></div>")
    elif purpose == "result":
        bubble(texts.result(number, text))
    else:
        bubble((texts.answer if purpose == "answer" else texts.reply)(number, text, service))


st.title("Teks", anchor=False)
admin.said()
left, right = st.columns([2, 3], gap="medium")
found = canned.listed(desk.register, actor)
titles = {row["code"]: row["title"] for row in found}
with left:
    rows = [
        (
            row["code"],
            row["title"],
            f"{PURPOSES[row['purpose']]} · {SHOWN['category'](row['category'])}",
            row["active"],
        )
        for row in found
    ]
    admin.entries("Teks baru", rows, "Belum ada teks.")
with right:
    row = next((r for r in found if r["code"] == admin.chosen()), None)
    if row or admin.chosen() == admin.NEW:
        form(row)
    else:
        st.info("Pilih teks dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    admin.history(
        actor, (canned.SUBJECT,), LABELS, lambda r: titles.get(r["code"], r["code"]), SHOWN, row and row["code"]
    )
