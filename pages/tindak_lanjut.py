"""Tindak lanjut: the team's work, the oldest promise first; works with one thumb."""

import streamlit as st

from pages.parts import house
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.OPD_ADMIN, Role.OPD_TEAM)
register = house.desk().register


def ask() -> list[dict]:
    return queries.for_department(register, actor, ("in_progress", "scheduled"))


st.title("Tindak lanjut", anchor=False)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "tindak_lanjut",
    actor,
    ask,
    "Tidak ada pekerjaan yang menunggu. Aduan yang diserahkan ke tim tampil di sini.",
    chosen,
)
