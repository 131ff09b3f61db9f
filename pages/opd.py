"""OPD: what is new for the department, then what it has accepted."""

import streamlit as st

from pages.parts import house
from pages.parts.case_list import live_list
from pages.parts.case_page import find_case, show_case
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

STATES = ("forwarded", "accepted")

actor = require_role(Role.OPD_ADMIN)
register = house.desk().register

st.title(f"OPD {', '.join(sorted(actor.departments))}", anchor=False)
flash()


def ask() -> list[dict]:
    """New ones first, then those accepted and not yet with the team."""
    cases = queries.for_department(register, actor, STATES)
    return sorted(cases, key=lambda row: row["state"] != "forwarded")


numbers = [row["number"] for row in ask()]
chosen = st.query_params.get("no") or (numbers[0] if numbers else None)
left, right = st.columns([1, 2], gap="medium")
with left, st.container(height=760, border=False):
    live_list("opd", ask, "Tidak ada aduan baru untuk OPD ini. Aduan yang diteruskan Tim Kota tampil di sini.", chosen)
with right:
    view = find_case(actor, chosen) if chosen else None
    if view is None:
        st.caption("Pilih satu aduan di sebelah kiri.")
    else:
        show_case(view, actor, "opd-")
