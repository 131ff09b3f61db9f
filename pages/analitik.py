"""Analitik: how complaints come, wait, go and end; every mark opens its cases, every chart is a picture and a file."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.parts import analysis_cards as cards
from pages.parts import compared_cards as compared
from pages.parts import house, words
from pages.parts.chart_card import Card, show
from pages.parts.scope_bar import View, scope_bar
from pages.parts.session import require_role
from store import access
from store.clock import now as clock_now
from store.clock import today
from store.figures import Scope, analysis, analysis_departments, analysis_words
from store.rules.workflow import Role

SECTIONS = {
    "arus": "Arus & tunggakan",
    "wilayah": "Kategori & wilayah",
    "opd": "OPD",
    "waktu": "Saluran & waktu",
    "jalan": "Jalan aduan",
    "kata": "Kata yang naik",
}
DEFAULT = "arus"

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)

_ASKED: dict[str, Callable] = {
    "volume": lambda register, scope, now: analysis.volume(register, scope),
    "backlog": lambda register, scope, now: analysis.backlog(register, scope, today()),
    "ageing": analysis.ageing,
    "category": lambda register, scope, now: analysis.by_category_and_month(register, scope),
    "kelurahan": lambda register, scope, now: analysis.by_kelurahan(register, scope),
    "points": lambda register, scope, now: analysis.points(register, scope),
    "department": analysis_departments.by_department,
    "channel": analysis.by_channel,
    "hour": lambda register, scope, now: analysis.by_hour(register, scope),
    "ways": lambda register, scope, now: analysis_departments.ways(register, scope),
    "words": lambda register, scope, now: analysis_words.rising(register, scope),
}


@st.cache_data(max_entries=256, ttl=300, show_spinner="Menghitung…")
def answer(question: str, version: int, minute: str, eyes: tuple, _scope: Scope) -> tuple[pd.DataFrame, str]:
    """One question's answer, asked once for all who see the same rows, and the moment it was asked."""
    now = clock_now()
    return _ASKED[question](house.desk().register, _scope, now), f"per {words.moment(now)} WIB"


def asked(question: str, view: View) -> tuple[pd.DataFrame, str]:
    scope = view.scope
    filters = (scope.since, scope.until, scope.departments, scope.categories, scope.kelurahan, scope.channels)
    eyes = (access.visible(actor), *filters, scope.without_confidential)
    minute = f"{clock_now():%Y%m%d%H%M}"
    return answer(question, house.desk().register.version, minute, eyes, scope)


def draw(view: View, question: str, build: Callable[[pd.DataFrame], Card]) -> None:
    frame, as_of = asked(question, view)
    show(build(frame), view.words, as_of)


def flow(view: View) -> None:
    free = analysis.free_days(house.desk(), view.scope.since, view.scope.until)
    draw(view, "volume", lambda frame: cards.volume(frame, free, view))
    draw(view, "backlog", lambda frame: cards.backlog(frame, free, view))
    draw(view, "ageing", lambda frame: cards.ageing(frame, view, today()))


def kinds(view: View) -> None:
    draw(view, "category", lambda frame: cards.category_month(frame, view))
    left, right = st.columns(2, gap="large")
    with left:
        draw(view, "kelurahan", lambda frame: cards.kelurahan(frame, view))
    with right:
        draw(view, "points", lambda frame: cards.points(frame, view))


def departments(view: View) -> None:
    draw(view, "department", lambda frame: compared.departments(frame, view))
    draw(view, "department", lambda frame: compared.promise(frame, view))


def arrival(view: View) -> None:
    draw(view, "channel", lambda frame: compared.channels(frame, view))
    draw(view, "hour", lambda frame: cards.hours(frame, view))


def section() -> str:
    """The part that is looked at; it stands in the address, too."""
    present = st.query_params.get("bagian", DEFAULT)
    present = present if present in SECTIONS else DEFAULT
    chosen = st.segmented_control(
        "Bagian", list(SECTIONS), default=present, format_func=SECTIONS.get, required=True, label_visibility="collapsed"
    )
    if chosen != st.query_params.get("bagian", DEFAULT):
        st.query_params["bagian"] = chosen
    return chosen


st.title("Analitik", anchor=False)
shown = scope_bar(actor)
parts: dict[str, Callable[[View], None]] = {
    "arus": flow,
    "wilayah": kinds,
    "opd": departments,
    "waktu": arrival,
    "jalan": lambda view: draw(view, "ways", lambda frame: cards.ways(frame, view)),
    "kata": lambda view: draw(view, "words", lambda frame: cards.rising(frame, view)),
}
parts[section()](shown)
st.caption(
    "Alamat halaman ini memuat masa, saringan, dan bagiannya: salin untuk mengirim tampilan yang sama. “?” di samping "
    "judul menjelaskan cara menghitungnya."
)
