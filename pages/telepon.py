"""Telepon pelapor: a message could not be delivered, so somebody must call."""

import streamlit as st

from pages.parts import house
from pages.parts.case_list import live_list
from pages.parts.case_page import find_case, show_case
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.CITY, Role.OFFICIAL)
register = house.desk().register

st.title("Telepon pelapor", anchor=False)
st.caption("Pesan ke pelapor ini tidak dapat disampaikan. Hubungi pelapor, lalu catat “Sudah diberi tahu”.")
flash()


def ask() -> list[dict]:
    return queries.to_call(register, actor)


numbers = [row["number"] for row in ask()]
chosen = st.query_params.get("no") or (numbers[0] if numbers else None)
left, right = st.columns([1, 2], gap="medium")
with left, st.container(height=760, border=False):
    live_list("telepon", ask, "Semua pesan sampai. Yang gagal tampil di sini.", chosen)
with right:
    view = find_case(actor, chosen) if chosen else None
    if view is None:
        st.caption("Tidak ada yang perlu ditelepon.")
    else:
        show_case(view, actor, "telepon-")
