"""Pesan otomatis: what the service itself writes to reporters, in the administrator's words."""

from dataclasses import replace

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.case_parts import bubble
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store.admin import auto
from store.clock import today
from store.rules import texts
from store.rules.autotexts import AUTO, EXAMPLES, fill
from store.rules.errors import RuleBroken
from store.rules.texts import Letter
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    auto.change(desk, actor, seen["code"], seen, given["body"] or "")
    return f"“{AUTO[seen['code']].title}” disimpan. Berlaku untuk pesan berikutnya."


def form(row: dict) -> None:
    sheet = admin.Sheet(f"auto-{row['code']}", row)
    text = AUTO[row["code"]]
    st.subheader(plain(row["title"]), anchor=False)
    with sheet.form():
        st.text_area("Isi pesan", value=row["body"], height=220, key=sheet.key("body"))
        named = ", ".join(f"{{{name}}}{' (wajib)' if name in text.needs else ''}" for name in text.places)
        st.caption(
            f"Isian yang diganti otomatis: {named}." if named else "Pesan ini tidak memakai isian.",
        )
        with st.container(horizontal=True):
            sheet.submit("Simpan", change)
            st.form_submit_button("Lihat pratinjau")
    preview(row["code"], str(sheet.typed("body") or ""))
    if row["own"]:
        with st.expander("Teks bawaan"):
            st.text(text.body)
        admin.action("Kembalikan ke teks bawaan", f"restore-{row['code']}", restore(row["code"]))


def restore(code: str) -> admin.Change:
    def back(actor: Actor | None, given: dict, seen: dict) -> str:
        auto.restore(desk, actor, code)
        return f"“{AUTO[code].title}” kembali ke teks bawaan."

    return back


def preview(code: str, body: str) -> None:
    """The message as the citizen reads it, with an example's values, and how long it is."""
    try:
        checked = auto.checked(code, body)
    except RuleBroken as refused:
        st.warning(plain(words.refusal(refused)), icon="⚠️")
        return
    service = desk.service
    values = EXAMPLES | {
        "nomor": f"WA-{today().year}-00123", "layanan": service.name, "kota": service.city, "janji": service.promise,
    }  # fmt: skip
    text = fill(checked, values)
    length, limit = words.number(len(fill(checked, EXAMPLES))), words.number(auto.room(code))
    st.caption(f"Pratinjau dengan contoh isian: {length} dari paling banyak {limit} huruf.")
    sample = samples().get(code, Letter(code, ""))
    bubble([replace(sample, text=text + sample.tail)])


def samples() -> dict[str, Letter]:
    """The messages with which something is offered to press, or a question follows the administrator's words."""
    number, about = EXAMPLES["nomor"], [(EXAMPLES["nomor"], EXAMPLES["isi"])]
    found = (
        texts.acknowledgement(number, desk.service), texts.asked(number, ["where_when"], 10),
        *texts.result(number, EXAMPLES["isi"]), texts.confirmed(number), texts.cancel_asked(number),
        texts.cancel_which(about), texts.which(about),
    )  # fmt: skip
    return {letter.purpose: letter for letter in found}


st.title("Pesan otomatis", anchor=False)
st.caption("Yang dikirim layanan ini sendiri kepada pelapor. Teks untuk petugas ada di halaman Teks.")
admin.said()
left, right = st.columns([2, 3], gap="medium")
found = auto.listed(desk.register, actor)
present = next((r for r in found if r["code"] == admin.chosen()), found[0])
titles = {row["code"]: row["title"] for row in found}
with left, st.container(key="w-list", gap="xsmall"):
    for row in found:
        st.button(
            plain(row["title"] + (" · diubah" if row["own"] else "")),
            key=f"row-{row['code']}",
            type="primary" if row["code"] == present["code"] else "secondary",
            width="stretch",
            on_click=admin.choose,
            args=(row["code"],),
        )
with right:
    form(present)
    admin.history(
        actor, (auto.SUBJECT,), {"body": "Isi"}, lambda r: titles.get(r["code"], r["code"]), None, present["code"]
    )
