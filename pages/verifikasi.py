"""Verifikasi hasil: the city team reads a department's result before it goes to the reporter."""

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
    return queries.in_state(register, actor, "in_review")


st.title("Verifikasi hasil", anchor=False)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "verifikasi",
    actor,
    ask,
    "Tidak ada hasil yang menunggu. Hasil yang diajukan OPD tampil di sini.",
    chosen,
    shown_department=True,
)
