"""Triase: each new complaint goes to a department, is answered, or waits for its turn."""

import streamlit as st

from pages.parts import house
from pages.parts.case_list import live_list
from pages.parts.case_page import find_case, show_case
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import TRIAGE, Role

actor = require_role(Role.CITY, Role.OFFICIAL)
register = house.desk().register

st.title("Triase", anchor=False)
flash()
waiting = queries.waiting_for_triage(register, actor)
numbers = [row["number"] for row in waiting]
chosen = st.query_params.get("no")
if chosen is None or (chosen == st.session_state.pop("last_done", None) and chosen not in numbers):
    # The next case opens by itself.
    chosen = numbers[0] if numbers else None

left, right = st.columns([1, 2], gap="medium")
with left, st.container(height=760, border=False):
    live_list(
        "triase",
        lambda: queries.waiting_for_triage(register, actor),
        "Tidak ada aduan yang menunggu. Aduan baru tampil di sini dalam beberapa detik.",
        chosen,
    )
with right:
    view = find_case(actor, chosen) if chosen else None
    if view is None:
        st.caption("Pilih satu aduan di sebelah kiri.")
    else:
        if view.case.state not in TRIAGE:
            st.info("Aduan ini tidak lagi menunggu triase.")
        show_case(view, actor, "triase-")
