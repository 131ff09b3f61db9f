"""Triase: each new complaint goes to a department, is answered, or waits for its turn."""

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
    return queries.waiting_for_triage(register, actor)


st.title("Triase", anchor=False)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "triase",
    actor,
    ask,
    "Tidak ada aduan yang menunggu. Aduan baru tampil di sini dalam beberapa detik.",
    chosen,
)
