"""The charts of the dashboard: one look, Indonesian dates and numbers, colours that hold without colour vision.

They are drawn anew every second, so what is the same each time is made and checked by Altair once: only data change.
"""

import copy
import hashlib
from functools import lru_cache

import altair as alt
import pandas as pd

from store.rules.indonesian import DAYS, FULL_DAYS, FULL_MONTHS, MONTHS

# Okabe and Ito's colours: told apart by people who see no red or green. Never used for states.
BLUE, ORANGE = "#0072B2", "#E69F00"
# So many stand in a ranking.
RANKED = 15

LOCALE = alt.Locale(
    number={"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]},
    time={
        "dateTime": "%A, %e %B %Y %H.%M",
        "date": "%d/%m/%Y",
        "time": "%H.%M",
        "periods": ["", ""],
        "days": [FULL_DAYS[-1], *FULL_DAYS[:-1]],  # weeks of D3 begin on Sunday
        "shortDays": [DAYS[-1], *DAYS[:-1]],
        "months": list(FULL_MONTHS),
        "shortMonths": list(MONTHS),
    },
)  # fmt: skip


def by_day(frame: pd.DataFrame, dark: bool = False) -> dict:
    """Received as bars and ended as a line, day by day: a Vega-Lite specification with its data.

    A press opens the cases of `href` and `ended_href`.
    """
    data = frame.assign(day=pd.to_datetime(frame["day"]))[["day", "received", "ended", "href", "ended_href"]]
    last = f"{data['day'].max():%Y-%m-%d}" if len(data) else "1970-01-01"
    return _with(_by_day(last, bool(data[["received", "ended"]].any(axis=None)), dark), data)


def ranking(frame: pd.DataFrame, column: str, title: str, dark: bool = False) -> dict:
    """The largest first, each with its number beside it: a Vega-Lite specification with its data.

    A press opens the cases of `href`.
    """
    data = frame.head(RANKED)[["name", column, "href"]]
    return _with(_ranking(max(len(data), 1), column, title, dark), data)


@lru_cache(maxsize=32)
def _by_day(last: str, filled: bool, dark: bool) -> dict:
    """:param last: the last day of the data; filled: whether there is anything but noughts"""
    source = _chart("day", "received", "ended", "href", "ended_href")
    # A bar is as wide as its day, so the axis ends with a day that has not come.
    said = f"datum.value > toDate('{last}T00:00:00') ? '' : datum.label"
    axis = alt.Axis(format="%e %b", labelOverlap=True, grid=False, labelExpr=said)
    bars, base = (
        source.encode(x=alt.X("yearmonthdate(day):T", title=None, axis=axis, bandPosition=place))
        for place in (alt.Undefined, 0.5)
    )
    tips = [
        alt.Tooltip("day:T", title="Hari", format="%A, %e %B %Y"),
        alt.Tooltip("received:Q", title="Diterima", format=",d"),
        alt.Tooltip("ended:Q", title="Berakhir", format=",d"),
    ]
    bars = bars.mark_bar(color=BLUE, opacity=0.85, cursor="pointer").encode(
        y=alt.Y("received:Q", title="aduan", scale=from_nought(filled), axis=alt.Axis(format=",d", tickMinStep=1)),
        tooltip=tips,
        href="href:N",
    )
    line = base.mark_line(color=ORANGE, strokeWidth=2.5).encode(y="ended:Q", tooltip=tips)
    dots = base.mark_circle(color=ORANGE, size=30, opacity=1, cursor="pointer").encode(
        y="ended:Q", tooltip=tips, href="ended_href:N"
    )
    return _finish((bars + line + dots).properties(height=220), dark)


@lru_cache(maxsize=128)
def _ranking(rows: int, column: str, title: str, dark: bool) -> dict:
    base = _chart("name", column, "href").encode(
        href="href:N",
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False)),
        x=alt.X(f"{column}:Q", title=None, axis=None),
        tooltip=[alt.Tooltip("name:N", title=title), alt.Tooltip(f"{column}:Q", title="Aduan", format=",d")],
    )
    bars = base.mark_bar(color=BLUE, opacity=0.85, cursor="pointer")
    labels = base.mark_text(align="left", dx=4, fontSize=12, cursor="pointer").encode(
        text=alt.Text(f"{column}:Q", format=",d")
    )
    return _finish((bars + labels).properties(height=26 * rows + 10), dark)


def from_nought(highest: float) -> alt.Scale:
    """A scale on which nought stands at the bottom, also where there is nothing else."""
    return alt.Scale(domain=[0, 1]) if not highest or highest != highest else alt.Scale(zero=True)


def ink(dark: bool) -> str:
    """What words within a chart are written in, readable on a dark or a light page."""
    return "#e8eeee" if dark else "#1b2426"


def _chart(*columns: str) -> alt.Chart:
    return alt.Chart(pd.DataFrame(columns=list(columns)))


def _finish(chart, dark: bool) -> dict:
    spec = chart.configure(locale=LOCALE).configure_text(color=ink(dark)).to_dict()
    # Without the sizes that Altair's own theme sets.
    return spec | {"config": spec["config"] | {"view": {"strokeWidth": 0}}}


def _with(spec: dict, data: pd.DataFrame) -> dict:
    """The specification over these data, named by what they hold, as Streamlit names those of an Altair chart."""
    name = hashlib.md5(data.to_csv(index=False).encode(), usedforsecurity=False).hexdigest()
    return copy.deepcopy(spec) | {"data": {"name": name}, "datasets": {name: data}}
