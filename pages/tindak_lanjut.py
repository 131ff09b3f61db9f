"""Tindak lanjut: the team's work, the oldest promise first; works with one thumb."""

import streamlit as st

from pages.parts import house
from pages.parts.case_list import live_list
from pages.parts.case_page import find_case, show_case
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

STATES = ("in_progress", "scheduled")

actor = require_role(Role.OPD_ADMIN, Role.OPD_TEAM)
register = house.desk().register

st.title("Tindak lanjut", anchor=False)
flash()


def ask() -> list[dict]:
    return queries.for_department(register, actor, STATES)


numbers = [row["number"] for row in ask()]
chosen = st.query_params.get("no") or (numbers[0] if numbers else None)
left, right = st.columns([1, 2], gap="medium")
with left, st.container(height=760, border=False):
    live_list("tindak", ask, "Tidak ada pekerjaan yang menunggu. Aduan yang diserahkan ke tim tampil di sini.", chosen)
with right:
    view = find_case(actor, chosen) if chosen else None
    if view is None:
        st.caption("Pilih satu pekerjaan.")
    else:
        show_case(view, actor, "tindak-")
