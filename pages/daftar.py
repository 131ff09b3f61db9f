"""Daftar: search and filters over all cases, 50 a page."""

import math

import streamlit as st

from pages.parts import house, tables
from pages.parts.filters import filter_bar, to_query, unknown
from pages.parts.mark_words import said
from pages.parts.names import names_of
from pages.parts.session import require_role
from pages.parts.words import number
from store import figures, queries
from store.clock import now as clock_now
from store.queries import PAGE
from store.rules.workflow import Role

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)
register = house.desk().register

st.title("Daftar aduan", anchor=False)
filters = filter_bar()
if filters.only:
    shown = figures.FIGURES[filters.only]
    st.caption(f"{shown.name}: {shown.definition}")
if filters.mark:
    departments = names_of(queries.known(register)["departments"])
    st.caption(f"{said(filters.mark, departments)}. “Hapus saringan” menampilkan semuanya lagi.")

# Another question starts at its first page: its pages have a key of their own.
page_key = f"page-{hash(filters)}"
page = st.session_state.get(page_key, 1)
cases, total = queries.search(register, actor, filters, page, house.desk().calendar)
if not total:
    st.info(unknown(filters) or "Tidak ada aduan yang cocok. Longgarkan saringan di atas, atau hapus semuanya.")
    st.stop()

pages = math.ceil(total / PAGE)
bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
bar.markdown(f"**{number(total)}** aduan · halaman {number(page)} dari {number(pages)}")
if bar.button("Unduh daftar ini", icon="💾"):
    st.switch_page("ekspor.py", query_params=to_query(filters))
opened = tables.case_table(cases, clock_now(), key=f"table-{hash(filters)}-{page}")
if opened:
    st.switch_page("aduan.py", query_params={"no": opened})
st.pagination(pages, key=page_key)
