"""The form (WhatsApp Flow) on the page of the templates: what it asks, publishing it, and switching it on."""

import streamlit as st

from store import flow, meta
from store.desk import Desk
from store.rules.workflow import Actor

from . import admin, house, words

SUBJECT = flow.SUBJECT
LABELS = {"offered": "Ditawarkan kepada pelapor"}


def publish(actor: Actor | None, given: dict, seen: dict) -> str:
    meta.ask(house.desk(), actor, meta.PUBLISH)
    return "Permintaan menerbitkan formulir dikirim ke Meta. Hasilnya tampil di halaman ini."


def switch_on(actor: Actor | None, given: dict, seen: dict) -> str:
    flow.set_offered(house.desk(), actor, True)
    return "Formulir ditawarkan bersama jawaban pertama mulai sekarang."


def switch_off(actor: Actor | None, given: dict, seen: dict) -> str:
    flow.set_offered(house.desk(), actor, False)
    return "Formulir tidak ditawarkan lagi. Yang sudah diterima pelapor masih dapat diisi."


def show(desk: Desk, actor: Actor) -> None:
    """The form's part of the page."""
    st.subheader("Formulir aduan (boleh tidak dipakai)", anchor=False)
    st.caption(
        "Ditawarkan sebagai tombol “Isi formulir”, tidak pernah diwajibkan. Pilihannya dari Kategori dan Wilayah; "
        "bila itu berubah, terbitkan lagi."
    )
    made, published = flow.design(desk), flow.published(desk.register)
    current, offered = flow.is_current(desk), flow.is_offered(desk.register)
    said = "Belum diterbitkan."
    if published:
        said = f"Diterbitkan {words.moment(published['published_at'])}. "
        said += "Isinya sesuai pengaturan sekarang." if current else "Pengaturan sudah berubah sejak itu."
        said += " Sedang ditawarkan." if offered else " Belum ditawarkan."
    st.html(f"<div class='w-row'><b>{words.safe(said)}</b></div>")
    with st.expander("Isi formulir"):
        st.html(f"<dl class='w-facts'>{''.join(_asked(child) for child in _fields(made))}</dl>")
    with st.container(horizontal=True):
        if desk.settings.business_id:
            admin.action(
                "Terbitkan lagi" if published else "Terbitkan formulir", "publish", publish, icon="📨",
                disabled=current or meta.under_way(desk.register),
            )  # fmt: skip
        if published and not offered:
            admin.action("Tawarkan kepada pelapor", "offer", switch_on, icon="✅")
        elif offered:
            admin.action("Berhenti menawarkan", "stop-offer", switch_off, icon="⏹️")


def _fields(made: flow.Design) -> list[dict]:
    return [child for child in made.body["screens"][0]["layout"]["children"] if "name" in child]


def _asked(child: dict) -> str:
    how = {"TextInput": "tulisan", "TextArea": "tulisan panjang", "DatePicker": "tanggal"}.get(child["type"], "")
    if child["type"] == "Dropdown":
        how = f"pilihan, {words.number(len(child['data-source']))} isi"
    must = ", wajib" if child.get("required") else ""
    return f"<dt>{words.safe(child['label'])}</dt><dd>{how}{must}</dd>"
