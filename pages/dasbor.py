"""Dasbor: the numbers of the desk, live; each one opens its cases."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from pages.parts import charts, house, words
from pages.parts.session import require_role
from store import access, figures
from store.clock import now as clock_now
from store.clock import today
from store.rules.workflow import Actor, Role

LIVE_SECONDS = 2.0
PERIODS = {"7": "7 hari", "30": "30 hari", "90": "90 hari", "365": "1 tahun"}

actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)

st.title("Dasbor", anchor=False)
chosen = st.query_params.get("masa", "30")
period = st.segmented_control(
    "Masa",
    list(PERIODS),
    default=chosen if chosen in PERIODS else "30",
    format_func=PERIODS.get,
    required=True,
    label_visibility="collapsed",
)
st.query_params["masa"] = period


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)
def answers(version: int, scope: tuple[str, ...] | None, days: int, minute: str, _viewer: Actor) -> dict:
    """All figures at one version of the register, for all who may see the same rows."""
    register, until, now = house.desk().register, today(), clock_now()
    period = (register, _viewer, until - timedelta(days=days - 1), until)
    return {
        "as_of": now,
        "headline": figures.headline(*period, now),
        "by_day": figures.by_day(*period),
        "by_department": figures.by_department(*period, now),
        "by_category": figures.by_category(*period),
        "by_kelurahan": figures.by_kelurahan(*period),
        "by_closing": figures.by_closing(*period),
    }


def figure(value: str, title: str, below: str, query: str, why: str) -> str:
    """One number that opens its cases."""
    return (
        f"<a class='w-figure' href='/daftar{query}' target='_self' title='{words.safe(why)}'>"
        f"<b>{value}</b><span>{title}</span><small>{words.safe(below)}</small></a>"
    )


def show_headline(found: dict, days: int) -> None:
    h, now = found["headline"], found["as_of"]
    since = (today() - timedelta(days=days - 1)).isoformat()
    why = figures.DEFINITIONS
    promise = house.desk().settings.config["service"]["promise"]
    st.html(
        "<div class='w-figures'>"
        + figure(
            words.number(h["overdue"]), "! Lewat tenggat", "perlu tindakan sekarang", "?hanya=overdue", why["overdue"]
        )
        + figure(
            words.number(h["due_today"]),
            "◔ Jatuh tempo hari ini",
            "masih dapat ditepati",
            "?hanya=today",
            why["due_today"],
        )
        + figure(words.number(h["open"]), "Belum berakhir", "dari semua waktu", "?hanya=open", why["open"])
        + figure(words.number(h["received"]), "Diterima", f"dalam {days} hari", f"?dari={since}", why["received"])
        + figure(
            words.percent(h["within_promise"]),
            f"Dijawab dalam {promise}",
            f"{words.number(h['kept'])} dari {words.number(h['decided'])} aduan; sasaran 70 %",
            f"?dari={since}",
            why["within_promise"],
        )
        + figure(
            words.number(h["median_days"], 1),
            "Hari sampai hasil",
            "nilai tengah, hari kalender",
            f"?dari={since}",
            why["median_days"],
        )
        + figure(
            words.number(h["call_reporter"]),
            "☎ Telepon pelapor",
            "pesan tidak sampai",
            "?hanya=call_reporter",
            "Aduan belum berakhir yang pesannya tidak dapat disampaikan.",
        )
        + "</div>"
    )
    st.html(f"<div class='w-asof'>per {words.moment(now)} WIB · tekan angka untuk melihat aduannya</div>")


def show_charts(found: dict, days: int) -> None:
    st.subheader("Diterima (batang) dan berakhir (garis) per hari", anchor=False)
    st.altair_chart(charts.by_day(found["by_day"]), key="by-day")
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Per kategori", anchor=False)
        _ranking(found["by_category"], "received", "Kategori", days)
    with right:
        st.subheader("Per kelurahan", anchor=False)
        _ranking(found["by_kelurahan"], "received", "Kelurahan", days)
    st.subheader("Per OPD", anchor=False)
    _departments(found["by_department"], days)
    st.subheader(f"Cara berakhir, {days} hari", anchor=False)
    closing = found["by_closing"]
    shown = {**words.CLOSINGS, "answered": "dijawab langsung"}
    cells = "".join(
        f"<div class='w-figure'><b>{words.number(closing.get(code, 0))}</b><span>{name}</span></div>"
        for code, name in shown.items()
    )
    st.html(f"<div class='w-figures'>{cells}</div>")


def _ranking(frame: pd.DataFrame, column: str, title: str, days: int) -> None:
    if frame.empty:
        st.info(f"Belum ada aduan dalam {days} hari ini. Aduan baru tampil di sini dalam beberapa detik.")
    else:
        st.altair_chart(charts.ranking(frame, column, title), key=f"by-{title}")


def _departments(frame: pd.DataFrame, days: int) -> None:
    if frame.empty:
        st.info("Belum ada aduan yang diteruskan ke OPD.")
        return
    since = (today() - timedelta(days=days - 1)).isoformat()
    lines = "".join(
        f"<tr><td><a href='/daftar?opd={words.safe(r.code)}&dari={since}' target='_self'>{words.safe(r.name)}</a></td>"
        f"<td class='n'>{words.number(r.open)}</td>"
        f"<td class='n'>{'! ' if r.overdue else ''}{words.number(r.overdue)}</td>"
        f"<td class='n'>{words.number(r.received)}</td>"
        f"<td class='n'>{words.percent(r.kept / r.decided if r.decided else None)}"
        f" <small>({words.number(r.kept)}/{words.number(r.decided)})</small></td></tr>"
        for r in frame.rename_axis(None).itertuples(index=False)
    )
    st.html(
        "<div class='w-scroll'><table class='w-table'><thead><tr><th>OPD</th><th class='n'>Belum berakhir</th>"
        f"<th class='n'>Lewat tenggat</th><th class='n'>Diterima {days} hari</th><th class='n'>Dijawab tepat janji</th>"
        f"</tr></thead><tbody>{lines}</tbody></table></div>"
    )


@st.fragment(run_every=LIVE_SECONDS)
def live(days: int) -> None:
    """Polls the version; the figures themselves are asked once a version and scope, however many are watching."""
    seen = access.departments_seen(actor)
    scope = tuple(seen) if seen is not None else None
    found = answers(house.desk().register.version, scope, days, f"{clock_now():%Y%m%d%H%M}", actor)
    show_headline(found, days)
    show_charts(found, days)


live(int(period))
