"""OPD: what is new for the department, then what it has accepted; and how much each of its people has."""

import streamlit as st

from pages.parts import house, words
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.clock import now as clock_now
from store.rules.workflow import Role

actor = require_role(Role.OPD_ADMIN)
register = house.desk().register


def ask() -> list[dict]:
    """New ones first, then those accepted and not yet with the team."""
    cases = queries.for_department(register, actor, ("forwarded", "accepted"))
    return sorted(cases, key=lambda row: row["part_state"] != "forwarded")


def about(row: dict) -> list[str]:
    several = [row["part_department"]] if len(actor.departments) > 1 else []
    if row["part_state"] != "forwarded" or row["accept_due_at"] is None:
        return several
    late = "! " if row["accept_due_at"] < clock_now() else ""
    return [*several, f"{late}terima paling lambat {words.moment(row['accept_due_at'])}"]


def load(department: str) -> str:
    """How much each person of a department has, in one line."""
    people = queries.people_of(register, actor, department)
    return " · ".join(f"{person['name']} {words.number(person['open'])}" for person in people)


st.title(f"OPD {', '.join(sorted(actor.departments))}", anchor=False)
for department in sorted(actor.departments):
    said = words.safe(f"Pekerjaan per petugas {department}: {load(department)}")
    st.html(f"<div class='w-about'>{said}</div>")
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "opd",
    actor,
    ask,
    "Tidak ada aduan baru untuk OPD ini. Aduan yang diteruskan Tim Kota tampil di sini.",
    chosen,
    about=about,
)
