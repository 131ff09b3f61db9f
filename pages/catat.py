"""Catat aduan: a complaint by telephone, e-mail, web, social media or over the counter, in under a minute."""

import uuid

import streamlit as st

from pages.parts import house, words
from pages.parts.moves import FILE_HINT, FILE_TYPES, kept_files, pick
from pages.parts.outcome import outcome, sent, tries
from pages.parts.session import current_actor, require_role
from store import channels
from store.channels import Report
from store.rules.errors import StoreError
from store.rules.workflow import KINDS, Role

actor = require_role(Role.CITY, Role.OFFICIAL)
desk = house.desk()
tried = tries("catat")
FIELDS = ("channel", "kind", "name", "phone", "by_whatsapp", "text", "category", "kelurahan", "address", "files")
keys = {field: f"catat-{field}-{tried}" for field in FIELDS}


def save(op_id: str) -> None:
    """One press, carried out before the page is drawn anew; what was typed stays if it is refused."""
    box, officer = outcome(), current_actor()
    given = {field: st.session_state.get(key) for field, key in keys.items()}
    facts = {name: given[name] for name in ("category", "kelurahan", "address") if given[name]}
    try:
        files = tuple(kept_files(given["files"]))
        report = Report(
            given["channel"], given["kind"], given["name"], given["phone"], bool(given["by_whatsapp"]),
            given["text"], files,
        )  # fmt: skip
        case = channels.record(desk, officer, op_id, report, **facts)
    except StoreError as refused:
        box["catat"] = ("refused", words.refusal(refused))
    else:
        box["catat"] = ("done", case.number)
        box["catat-channel"] = given["channel"]
        sent(box, "catat")


st.title("Catat aduan", anchor=False)
kind, said = outcome().get("catat", (None, ""))
if kind == "done":
    st.html(f"<div class='w-told'>Nomor aduan, bacakan kepada pelapor:<b>{words.safe(said)}</b></div>")
    st.page_link("triase.py", label=f"Buka {said} di Triase", query_params={"no": said})
elif kind == "refused":
    st.error(said, icon="⚠️")

last = outcome().get("catat-channel", channels.WRITTEN_DOWN[0])
st.segmented_control(
    "Saluran",
    channels.WRITTEN_DOWN,
    default=last,
    format_func=words.CHANNELS.get,
    key=keys["channel"],
    required=True,
)
left, right = st.columns(2)
phone = left.text_input("Telepon atau kontak lain untuk jawaban", key=keys["phone"], max_chars=100)
known = channels.known_reporter(desk, actor, phone or "")
if known:
    said = f"Pelapor dikenal: {known['name'] or 'tanpa nama'}, {known['complaints']} aduan"
    left.caption(said + (f", terakhir {known['last_number']}." if known["last_number"] else "."))
right.text_input("Nama lengkap pelapor", value=(known or {}).get("name") or "", key=keys["name"], max_chars=120)
with st.form(f"catat-form-{tried}", border=True):
    st.checkbox("Nomor ini memakai WhatsApp: kirim jawaban ke sana", key=keys["by_whatsapp"])
    st.text_area(
        "Apa yang terjadi, di mana, kapan, siapa yang terlibat",
        key=keys["text"],
        height=150,
    )
    first, second = st.columns(2)
    with first:
        st.selectbox("Jenis", KINDS, format_func=words.KINDS.get, key=keys["kind"])
        pick("kelurahan", None, keys["kelurahan"])
    with second:
        pick("categories", None, keys["category"])
        st.text_input("Alamat atau patokan", key=keys["address"], max_chars=300)
    st.file_uploader(FILE_HINT, type=FILE_TYPES, accept_multiple_files=True, key=keys["files"])
    st.form_submit_button(
        "Simpan dan beri nomor", type="primary", on_click=save, args=(uuid.uuid4().hex,), shortcut="Ctrl+Enter"
    )
