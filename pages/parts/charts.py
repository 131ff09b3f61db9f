"""The charts of the dashboard: one look, Indonesian dates and numbers, colours that hold without colour vision.

They are drawn anew every second, so what is the same each time is made and checked by Altair once: only data change.
"""

import copy
import hashlib
from functools import cache

import altair as alt
import pandas as pd

from store.rules.indonesian import DAYS, FULL_DAYS, FULL_MONTHS, MONTHS

# Okabe and Ito's colours: told apart by people who see no red or green. Never used for states.
BLUE, ORANGE = "#0072B2", "#E69F00"

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


def by_day(frame: pd.DataFrame) -> dict:
    """Received as bars and ended as a line, day by day: a Vega-Lite specification with its data."""
    return _with(_by_day(), frame.assign(day=pd.to_datetime(frame["day"]))[["day", "received", "ended"]])


def ranking(frame: pd.DataFrame, column: str, title: str) -> dict:
    """The largest first, each with its number beside it: a Vega-Lite specification with its data."""
    data = frame.head(15)[["name", column]]
    return _with(_ranking(max(len(data), 1), column, title), data)


@cache
def _by_day() -> dict:
    base = _chart("day", "received", "ended").encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(format="%e %b", labelOverlap=True, grid=False))
    )
    tips = [
        alt.Tooltip("day:T", title="Hari", format="%A, %e %B %Y"),
        alt.Tooltip("received:Q", title="Diterima", format=",d"),
        alt.Tooltip("ended:Q", title="Berakhir", format=",d"),
    ]
    bars = base.mark_bar(color=BLUE, opacity=0.85).encode(
        y=alt.Y("received:Q", title="aduan", axis=alt.Axis(format=",d", tickMinStep=1)), tooltip=tips
    )
    line = base.mark_line(color=ORANGE, strokeWidth=2.5, point=alt.OverlayMarkDef(color=ORANGE, size=22)).encode(
        y="ended:Q", tooltip=tips
    )
    return _finish((bars + line).properties(height=220))


@cache
def _ranking(rows: int, column: str, title: str) -> dict:
    base = _chart("name", column).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False)),
        x=alt.X(f"{column}:Q", title=None, axis=None),
        tooltip=[alt.Tooltip("name:N", title=title), alt.Tooltip(f"{column}:Q", title="Aduan", format=",d")],
    )
    bars = base.mark_bar(color=BLUE, opacity=0.85)
    labels = base.mark_text(align="left", dx=4, fontSize=12).encode(
        text=alt.Text(f"{column}:Q", format=",d"), color=alt.value("gray")
    )
    return _finish((bars + labels).properties(height=26 * rows + 10))


def _chart(*columns: str) -> alt.Chart:
    return alt.Chart(pd.DataFrame(columns=list(columns)))


def _finish(chart) -> dict:
    spec = chart.configure(locale=LOCALE).to_dict()
    # Without the sizes that Altair's own theme sets.
    return spec | {"config": spec["config"] | {"view": {"strokeWidth": 0}}}


def _with(spec: dict, data: pd.DataFrame) -> dict:
    """The specification over these data, named by what they hold, as Streamlit names those of an Altair chart."""
    name = hashlib.md5(data.to_csv(index=False).encode(), usedforsecurity=False).hexdigest()
    return copy.deepcopy(spec) | {"data": {"name": name}, "datasets": {name: data}}
