"""Templat WhatsApp: what Meta says of the templates and the form, and creating what is missing with one press."""

import streamlit as st

from pages.parts import admin, flow_part, house, meta_words, words
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store import meta, templates
from store.clock import now as clock_now
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
LIVE_SECONDS = 2.0


def create(actor: Actor | None, given: dict, seen: dict) -> str:
    meta.ask(desk, actor, meta.CREATE)
    return "Permintaan dikirim ke Meta. Hasilnya tampil di halaman ini."


def read(actor: Actor | None, given: dict, seen: dict) -> str:
    meta.ask(desk, actor, meta.READ)
    return "Daftar templat sedang dibaca dari Meta."


def needed(row: dict, asked_at) -> None:
    """One template that the service needs: how it stands, and what its reader reads."""
    wanted = row["needed"]
    with st.container(border=True):
        st.html(
            f"<div class='w-row'><b>{words.safe(meta_words.USES[row['name']])}</b> "
            f"<span class='about'>{words.safe(row['name'])}</span><br>"
            f"<b>{words.safe(meta_words.status(row, asked_at is not None))}</b><br>"
            f"<span class='about'>{words.safe(meta_words.details(row))}</span></div>"
        )
        if row["status"] not in templates.USABLE:
            st.caption(plain(meta_words.advice(row["name"], row["status"])))
        for line in meta_words.warnings(row):
            st.warning(line, icon="⚠️")
        example = wanted.body.replace("{{1}}", wanted.examples[0]).replace("{{2}}", wanted.examples[1])
        st.html(f"<div class='w-chat'><div class='w-bubble out'>{words.safe(example)}</div></div>")


def others(found: list[dict], asked_at) -> None:
    if not found:
        return
    with st.expander(f"Templat lain di akun Meta ini · {len(found)} (tidak dipakai layanan ini)"):
        lines = "".join(
            f"<tr><td>{words.safe(row['name'])}</td><td>{words.safe(row['language'])}</td>"
            f"<td>{words.safe(meta_words.status(row, asked_at is not None))}</td>"
            f"<td>{words.safe(meta_words.details(row))}</td></tr>"
            for row in found
        )
        heads = "".join(f"<th>{title}</th>" for title in ("Nama", "Bahasa", "Keadaan", "Keterangan"))
        st.html(
            f"<div class='w-scroll'><table class='w-table'><thead><tr>{heads}</tr></thead>"
            f"<tbody>{lines}</tbody></table></div>"
        )


def requests() -> None:
    found = meta.recent(desk.register, actor)
    if not found:
        return
    st.subheader("Permintaan terakhir", anchor=False)
    items = "".join(
        f"<li><b>{meta_words.ASKED[row['kind']]}</b>: {meta_words.REQUEST_STATES[row['state']]}<br>"
        + "".join(f"<span class='w-note'>{words.safe(line)}</span><br>" for line in meta_words.outcome(row))
        + f"<span class='when'>{words.moment(row['asked_at'])} · {words.safe(row['name'])}</span></li>"
        for row in found
    )
    st.html(f"<ul class='w-line'>{items}</ul>")


@st.fragment(run_every=LIVE_SECONDS)
def live(busy: bool) -> None:
    """How things stand now; when what was asked for is done, the whole page is drawn anew."""
    if busy != meta.under_way(desk.register):
        st.rerun()
    asked_at = templates.read_at(desk.register)
    found = templates.listed(desk.register, actor)
    if busy:
        st.info("Sedang bertanya ke Meta …", icon="⏳")
    elif asked_at:
        st.caption(f"Daftar dari Meta dibaca {words.moment(asked_at)} ({words.span(clock_now() - asked_at)} lalu).")
    else:
        st.caption("Daftar dari Meta belum pernah terbaca.")
    for row in found:
        if row["needed"]:
            needed(row, asked_at)
    others([row for row in found if not row["needed"]], asked_at)
    requests()


st.title("Templat WhatsApp", anchor=False)
admin.said()
st.caption(
    "Sesudah 24 jam sejak pesan terakhir seseorang, WhatsApp hanya mengantar templat yang disetujui Meta. "
    "Tanpa templat, kabar itu gagal dan aduannya muncul di Telepon pelapor."
)
if not desk.settings.business_id:
    st.error(
        "Akun WhatsApp Business belum diisi. Tulis nomornya (Meta Business, bagian akun WhatsApp) di berkas .env "
        "sebagai WHATSAPP_BUSINESS_ID, lalu jalankan ulang aplikasi.",
        icon="⚠️",
    )
else:
    under_way, missing = meta.under_way(desk.register), templates.missing(desk.register)
    with st.container(horizontal=True):
        admin.action(
            f"Buat yang belum ada ({len(missing)})" if missing else "Semua sudah ada", "create", create,
            type="primary", icon="➕", disabled=under_way or not missing,
        )  # fmt: skip
        admin.action("Perbarui dari Meta", "read", read, icon="🔄", disabled=under_way)
live(meta.under_way(desk.register))
flow_part.show(desk, actor)
admin.history(actor, (flow_part.SUBJECT,), flow_part.LABELS, lambda row: "Formulir")
