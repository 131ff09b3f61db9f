"""Eskalasi: what belongs to the Kominfo official and waits for a decision, with the reason why it came here."""

import streamlit as st

from pages.parts import house, words
from pages.parts.case_page import next_case, work_page
from pages.parts.moves import flash
from pages.parts.session import require_role
from store import queries
from store.rules.workflow import Role

actor = require_role(Role.OFFICIAL)
register = house.desk().register
WHY = {"assignment": "menunggu penetapan OPD", "end": "diserahkan Tim Kota"}


def ask() -> list[dict]:
    return queries.with_official(register, actor)


def about(row: dict) -> list[str]:
    said = words.STATES[row["state"]] if row["state"] in ("in_review", "awaiting_confirmation") else ""
    return [WHY[row["escalated"]], said]


st.title("Eskalasi", anchor=False)
st.caption("Yang diserahkan Tim Kota, dan yang dua kali dikembalikan OPD sebagai bukan kewenangan.")
flash()
chosen = next_case([row["number"] for row in ask()])
work_page(
    "eskalasi",
    actor,
    ask,
    "Tidak ada aduan yang menunggu keputusan Pejabat Dinkominfo.",
    chosen,
    shown_department=True,
    about=about,
)
