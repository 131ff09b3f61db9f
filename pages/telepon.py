"""Telepon pelapor: a message could not be delivered, so somebody must call."""

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
    return queries.to_call(register, actor)


st.title("Telepon pelapor", anchor=False)
st.caption(
    "Pesannya tidak sampai, atau pelapor tidak memakai WhatsApp. Hubungi pelapor, lalu catat “Sudah diberi tahu”."
)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "telepon",
    actor,
    ask,
    "Tidak ada yang perlu ditelepon. Aduan yang pelapornya belum diberi tahu tampil di sini.",
    chosen,
)
