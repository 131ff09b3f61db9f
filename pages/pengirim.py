"""Pengirim diblokir: proposals to decide, blocks that run, and what those senders have sent meanwhile."""

from datetime import datetime, timedelta

import streamlit as st

from pages.parts import admin, attached, house, words
from pages.parts.case_parts import case_link
from pages.parts.session import require_role
from store import blocking
from store.clock import today
from store.commands.blocking import BLOCK_DAYS
from store.rules.deadline import to_jakarta
from store.rules.workflow import Actor, Role

actor = require_role(Role.CITY, Role.OFFICIAL)
desk = house.desk()
STATES = {"proposed": "menunggu persetujuan", "running": "diblokir", "refused": "ditolak", "over": "berakhir"}


def approve(block_id: int, day_key: str) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        blocking.decide(desk, actor, block_id, True, st.session_state.get(day_key))
        return "Pengirim diblokir. Pesannya tetap disimpan dan tidak dijawab."

    return do


def refuse(block_id: int) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        blocking.decide(desk, actor, block_id, False)
        return "Usul blokir ditolak."

    return do


def end(block_id: int) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        blocking.end(desk, actor, block_id)
        return "Blokir diakhiri. Pengirim dijawab lagi mulai sekarang."

    return do


def show(row: dict) -> None:
    with st.container(border=True):
        last = to_jakarta(row["until"] - timedelta(seconds=1)).date()
        until = f" sampai {words.day_name(last)} {words.day(last)}" if row["state"] in ("running", "proposed") else ""
        about = f"{case_link(row['number']) if row['number'] else 'tanpa aduan'} · {STATES[row['state']]}{until}"
        decided = _by("Diputuskan", row["decided_name"], row["decided_at"])
        decided += _by("Diakhiri", row["ended_name"], row["ended_at"])
        st.html(
            f"<b>{about}</b><br>Alasan: {words.safe(row['reason'])}<br>"
            f"<span class='when'>Diusulkan {words.safe(row['proposed_name'])} · {words.moment(row['proposed_at'])}"
            f"{decided}</span>"
        )
        if row["state"] == "proposed":
            decision(row)
        if row["kept"]:
            with st.expander(f"{words.number(row['kept'])} pesan selama diblokir (disimpan, tidak dijawab)"):
                sent(row["id"])
        if row["state"] == "running":
            admin.action("Akhiri blokir", f"end-{row['id']}", end(row["id"]))


def _by(what: str, name: str | None, moment: datetime | None) -> str:
    return f"<br>{what} {words.safe(name)} · {words.moment(moment)}" if name else ""


def decision(row: dict) -> None:
    """By another than who proposed it."""
    if row["proposed_by"] == actor.username:
        st.caption("Usul Anda: rekan lain di Tim Pengaduan Kota atau Pejabat Dinkominfo yang menyetujuinya.")
        admin.action("Tarik usul", f"refuse-{row['id']}", refuse(row["id"]))
        return
    key = f"until-{row['id']}"
    st.date_input(
        "Diblokir sampai dengan", value=today() + timedelta(days=BLOCK_DAYS), min_value=today(), format="DD/MM/YYYY",
        max_value=today() + blocking.LONGEST, key=key,
    )  # fmt: skip
    with st.container(horizontal=True):
        admin.action("Setujui blokir", f"approve-{row['id']}", approve(row["id"], key), type="primary")
        admin.action("Tolak usul", f"refuse-{row['id']}", refuse(row["id"]))


def sent(block_id: int) -> None:
    bubbles = ""
    for message in blocking.messages(desk, actor, block_id):
        kind = words.MESSAGE_KINDS.get(message["kind"], "(tanpa teks)")
        said = words.safe(message["text"]).strip() or ("" if message["files"] else f"<i>{kind}</i>")
        files = "".join(attached.shown(file) for file in message["files"])
        when = words.moment(message["received_at"])
        bubbles += f"<div class='w-bubble in'>{files}{said}<span class='meta'>{when}</span></div>"
    st.html(f"<div class='w-chat'>{bubbles}</div>")


st.title("Pengirim diblokir", anchor=False)
st.caption(
    "Pesan dari pengirim yang diblokir tetap disimpan, tetapi tidak membuka aduan dan tidak dijawab. Usulkan dari "
    "halaman aduannya: Langkah lain, Usulkan blokir pengirim. Orang kedua yang menyetujui."
)
admin.said()
rows = blocking.listed(desk, actor)
if not rows:
    st.info("Tidak ada pengirim yang diblokir.")
for row in rows:
    show(row)
