"""Pesan baru: a reporter has written to a case that is not in triage; somebody must read it."""

import streamlit as st

from pages.parts import house
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.CITY, Role.OFFICIAL)
register = house.desk().register


def ask() -> list[dict]:
    return queries.unread(register, actor)


st.title("Pesan baru", anchor=False)
st.caption("Pelapor menulis pada aduan yang sedang dikerjakan, menunggu tanggapan, atau sudah berakhir.")
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "pesan",
    actor,
    ask,
    "Tidak ada pesan baru. Pesan pelapor pada aduan di luar Triase tampil di sini.",
    chosen,
)
