"""Verifikasi hasil: the city team reads a department's result before it goes to the reporter."""

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

st.title("Verifikasi hasil", anchor=False)
flash()


def ask() -> list[dict]:
    return queries.for_department(register, actor, ("in_review",))


numbers = [row["number"] for row in ask()]
chosen = st.query_params.get("no") or (numbers[0] if numbers else None)
left, right = st.columns([1, 2], gap="medium")
with left, st.container(height=760, border=False):
    live_list("verifikasi", ask, "Tidak ada hasil yang menunggu. Hasil yang diajukan OPD tampil di sini.", chosen, True)
with right:
    view = find_case(actor, chosen) if chosen else None
    if view is None:
        st.caption("Pilih satu hasil di sebelah kiri.")
    else:
        show_case(view, actor, "verifikasi-")
