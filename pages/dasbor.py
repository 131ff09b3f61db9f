"""Dasbor: the numbers of the desk, live; each one opens its cases. `?layar=dinding` is for a screen on a wall."""

from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from pages.parts import breakdown, charts, house, live, wall, why, words
from pages.parts.scoreboard import BESIDE, EXPLAINED, SHOWN, Scoreboard
from pages.parts.session import require_role
from store import access, figures
from store.clock import today
from store.figures import Scope
from store.rules.workflow import Role

PERIODS = {"7": "7 hari", "30": "30 hari", "90": "90 hari", "365": "1 tahun"}

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)
on_wall = st.query_params.get("layar") == "dinding"


def first_screen(now: datetime) -> dict:
    """What the first screen asks of the register."""
    desk, scope = house.desk(), month(now)
    return {"present": figures.present(desk, scope, now), **figures.compared(desk, scope, now, SHOWN, BESIDE)}


def month(now: datetime) -> Scope:
    return figures.this_month(Scope(actor, today(), today()), now)


def further(now: datetime, days: int) -> dict:
    """What stands below the first screen."""
    register, until = house.desk().register, today()
    period = (register, actor, until - timedelta(days=days - 1), until)
    return {
        "since": period[2],
        "until": until,
        "by_day": figures.by_day(*period),
        "by_department": figures.by_department(*period, now),
        "by_category": figures.by_category(*period),
        "by_kelurahan": figures.by_kelurahan(*period),
    }


# What is drawn is kept by the answer's mark, which only those get who may see the same.
@st.cache_data(max_entries=128, ttl=300, show_spinner=False)
def draw_first(mark: int, wall: bool, promise: str, name: str, _answer: live.Answer) -> None:
    board = Scoreboard(_answer.found, month(_answer.as_of), _answer.as_of, promise, wall)
    as_of = f"per {words.moment(_answer.as_of)} WIB"
    if wall:
        st.html(f"<div class='w-wallhead'><div>{words.safe(name)}</div><span>{as_of}</span></div>{board.wall()}")
    else:
        st.html(f"<div class='w-asof'>{as_of} · tekan angka untuk melihat aduannya, ? untuk cara menghitungnya</div>")
        st.html(board.today())
        st.html(
            f"<div class='w-board'><section><h3>Janji pelayanan, {board.span}</h3>{board.promise()}</section>"
            f"<section><h3>Cara selesai, {board.span}</h3>{board.closings()}"
            f"<h3>Suara pelapor dan jumlah, {board.span}</h3>{board.voices()}</section></div>"
        )


@st.cache_data(max_entries=128, ttl=300, show_spinner=False)
def draw_further(mark: int, days: int, dark: bool, _found: dict) -> None:
    st.subheader("Diterima (batang) dan berakhir (garis) per hari", anchor=False)
    st.vega_lite_chart(spec=charts.by_day(breakdown.days(_found["by_day"]), dark))
    left, right = st.columns(2, gap="large")
    with left:
        _ranking(breakdown.categories(_found), "Kategori", _found, dark)
    with right:
        _ranking(breakdown.kelurahan(_found), "Kelurahan", _found, dark)
    st.subheader("Per OPD", anchor=False)
    departments = breakdown.departments(_found)
    if departments:
        st.html(departments)
        st.caption(breakdown.ABOUT_DEPARTMENTS)
    else:
        st.info("Belum ada aduan yang diteruskan ke OPD.")


def _ranking(frame: pd.DataFrame, title: str, found: dict, dark: bool) -> None:
    st.subheader(f"Per {title.lower()}", anchor=False)
    if frame.empty:
        st.info(
            f"Belum ada aduan dalam {len(found['by_day'])} hari ini. Aduan baru tampil di sini dalam beberapa detik."
        )
        return
    st.vega_lite_chart(spec=charts.ranking(frame, "received", title, dark))
    if len(frame) > charts.RANKED:
        st.html(breakdown.rest(len(frame), found))


@st.fragment(run_every=live.LIVE_SECONDS)
def first() -> None:
    """Looks for news; the figures are asked once for all who may see the same, however many are watching."""
    service, eyes = house.desk().config["service"], access.visible(actor)
    answer = live.shared(("dasbor", eyes), first_screen)
    draw_first(answer.mark, on_wall, service["promise"], f"{service['name']} · {service['city']}", answer)


@st.fragment(run_every=live.LIVE_SECONDS)
def below(days: int) -> None:
    answer = live.shared(("dasbor", access.visible(actor), days), lambda now: further(now, days))
    draw_further(answer.mark, days, st.context.theme.type == "dark", answer.found)


wall.style(on_wall)
if on_wall:
    first()
    st.stop()

st.title("Dasbor", anchor=False)
first()
why.explain(EXPLAINED)
st.html("<a class='w-asof' href='/dasbor?layar=dinding' target='_self'>Tampilan layar dinding</a>")

chosen = st.query_params.get("masa", "30")
days = st.segmented_control(
    "Rincian",
    list(PERIODS),
    default=chosen if chosen in PERIODS else "30",
    format_func=PERIODS.get,
    required=True,
)
st.query_params["masa"] = days
below(int(days))
