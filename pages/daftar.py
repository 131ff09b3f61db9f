"""Daftar: search and filters over all cases, 50 a page, and the same as CSV."""

import math

import streamlit as st

from pages.parts import house, tables
from pages.parts.filters import filter_bar
from pages.parts.session import require_role
from pages.parts.words import number
from store import queries
from store.clock import now as clock_now
from store.queries import PAGE
from store.rules.workflow import Role

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)
register = house.desk().register

st.title("Daftar aduan", anchor=False)
filters = filter_bar()

# Another question starts at its first page: its pages have a key of their own.
page_key = f"page-{hash(filters)}"
page = st.session_state.get(page_key, 1)
cases, total = queries.search(register, actor, filters, page)
if not total:
    st.info("Tidak ada aduan yang cocok. Longgarkan saringan di atas, atau hapus semuanya.")
    st.stop()

categories = queries.reference(register)["categories"]
pages = math.ceil(total / PAGE)
bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
bar.markdown(f"**{number(total)}** aduan · halaman {number(page)} dari {number(pages)}")
bar.download_button(
    "Unduh CSV",
    data=lambda: tables.csv(queries.export(register, actor, filters), categories),
    file_name="aduan.csv",
    mime="text/csv",
    on_click="ignore",
)
opened = tables.case_table(cases, clock_now(), key=f"table-{hash(filters)}-{page}")
if opened:
    st.switch_page("aduan.py", query_params={"no": opened})
st.pagination(pages, key=page_key)
