"""Aduan: one case in full, reached by `/aduan?no=WA-2026-00042`."""

import streamlit as st

from pages.parts.case_page import find_case, show_case
from pages.parts.moves import flash
from pages.parts.session import require_role
from store.rules.workflow import Role

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)

number = st.query_params.get("no", "")
st.title("Aduan", anchor=False)
flash()
typed = st.text_input("Nomor aduan", value=number, placeholder="misalnya WA-2026-00042", max_chars=40)
if typed.strip().upper() != number.strip().upper():
    st.query_params["no"] = number = typed.strip().upper()
if not number:
    st.info("Tulis nomor aduan di atas, atau buka satu aduan dari Daftar.")
    st.stop()
view = find_case(actor, number)
if view is not None:
    show_case(view, actor, "aduan-")
