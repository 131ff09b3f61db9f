"""OPD: what is new for the department, then what it has accepted."""

import streamlit as st

from pages.parts import house
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.OPD_ADMIN)
register = house.desk().register


def ask() -> list[dict]:
    """New ones first, then those accepted and not yet with the team."""
    cases = queries.for_department(register, actor, ("forwarded", "accepted"))
    return sorted(cases, key=lambda row: row["state"] != "forwarded")


st.title(f"OPD {', '.join(sorted(actor.departments))}", anchor=False)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "opd", actor, ask, "Tidak ada aduan baru untuk OPD ini. Aduan yang diteruskan Tim Kota tampil di sini.", chosen
)
