"""Tindak lanjut: my own work first, then what nobody has taken, the oldest promise first; works with one thumb."""

import streamlit as st

from pages.parts import house
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.OPD_ADMIN, Role.OPD_TEAM)
register = house.desk().register
people = {
    person["username"]: person["name"]
    for department in sorted(actor.departments)
    for person in queries.people_of(register, actor, department)
}


def ask() -> list[dict]:
    cases = queries.for_department(register, actor, ("in_progress", "scheduled"))
    return sorted(cases, key=lambda row: (row["handler"] != actor.username, row["handler"] in people))


def about(row: dict) -> list[str]:
    if row["handler"] == actor.username:
        return ["untuk Anda"]
    if row["handler"] is None:
        return ["belum dibagi"]
    return [people.get(row["handler"], "petugasnya tidak bertugas lagi di sini: alihkan")]


st.title("Tindak lanjut", anchor=False)
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "tindak_lanjut",
    actor,
    ask,
    "Tidak ada pekerjaan yang menunggu. Aduan yang diserahkan ke tim tampil di sini.",
    chosen,
    about=about,
)
