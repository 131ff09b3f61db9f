"""The way of cases between states as bands: Altair has no Sankey, so this makes one of areas and bars.

States stand in columns in the order of the service standard. Only steps forward are bands; steps back (returned, sent
back, reopened) would cross everything, so they are told beside it.
"""

from collections import defaultdict

import altair as alt
import pandas as pd

from store.rules.workflow import State

from . import words

# Columns from left to right; what stands in one column is drawn in this order, from above.
COLUMNS = (
    (State.RECEIVED,),
    (State.ANSWERED, State.AWAITING_REPORTER, State.FORWARDED),
    (State.RETURNED, State.ACCEPTED),
    (State.IN_PROGRESS,),
    (State.SCHEDULED, State.IN_REVIEW),
    (State.AWAITING_CONFIRMATION,),
    (State.CLOSED, State.REFERRED, State.DUPLICATE, State.REJECTED, State.WITHDRAWN, State.ARCHIVED),
)
_COLUMN = {state.value: place for place, column in enumerate(COLUMNS) for state in column} | {
    # Comes back to the beginning: always a step back.
    State.REOPENED.value: -1
}
# Between two columns there is no room for more.
_SHORT = words.STATES | {"returned": "Dikembalikan", "awaiting_confirmation": "Tanggapan pelapor"}
_WIDTH, _STEPS, _GAP = 0.05, 24, 0.035
# The least place that a state takes, for its name.
_SLOT = 0.06
COLOURS = ("#0072B2", "#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#999999")


def is_forward(before: str, after: str) -> bool:
    """Whether a step is drawn as a band: to a later column, or down within one."""
    if _COLUMN[after] == _COLUMN[before] and after in (State.IN_REVIEW, State.FORWARDED):
        return False
    return _COLUMN[after] > _COLUMN[before] >= 0


def layout(ways: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The nodes (`state`, `name`, `count`, `x`, `x2`, `y`, `y2`) and the bands' outlines (`link`, `x`, `y`, `y2` …)."""
    links = [row for row in ways.itertuples(index=False) if is_forward(row.before, row.after)]
    into, out = defaultdict(int), defaultdict(int)
    for row in links:
        out[row.before] += row.count
        into[row.after] += row.count
    size = {state: max(into[state], out[state]) for state in {*into, *out}}
    whole = max((sum(size.get(s.value, 0) for s in column) for column in COLUMNS), default=0) or 1
    nodes, top = {}, {}
    for place, column in enumerate(COLUMNS):
        y = 0.0
        for state in column:
            height = size.get(state.value, 0) / whole
            if height:
                nodes[state.value] = (place, y, y + height)
                y += max(height, _SLOT) + _GAP
    for state, (_, y, _) in nodes.items():
        top[state, "out"] = top[state, "in"] = y
    outlines = []
    order = {state: node[:2] for state, node in nodes.items()}
    for row in sorted(links, key=lambda r: (order[r.before], order[r.after])):
        height = row.count / whole
        start, end = top[row.before, "out"], top[row.after, "in"]
        top[row.before, "out"] += height
        top[row.after, "in"] += height
        outlines += _outline(row, nodes, start, end, height)
    shown = [
        {
            "state": state, "name": words.STATES[state], "count": size[state], "x": place, "x2": place + _WIDTH,
            "y": -y, "y2": -y2,
            "lines": f"{_SHORT[state]}{chr(10) if y2 - y > _SLOT else ' · '}{words.number(size[state])}",
        }
        for state, (place, y, y2) in nodes.items()
    ]  # fmt: skip
    return pd.DataFrame(shown), pd.DataFrame(outlines)


def _outline(row, nodes: dict, start: float, end: float, height: float) -> list[dict]:
    first, last = nodes[row.before][0] + _WIDTH, nodes[row.after][0]
    told = {
        "link": f"{words.STATES[row.before]} → {words.STATES[row.after]}", "count": row.count, "cases": row.cases,
        "href": row.href, "column": nodes[row.before][0],
    }  # fmt: skip
    points = []
    for step in range(_STEPS + 1):
        share = step / _STEPS
        bent = share * share * (3 - 2 * share)
        y = start + (end - start) * bent
        points.append(told | {"x": first + (last - first) * share, "y": -y, "y2": -(y + height)})
    return points


def chart(ways: pd.DataFrame) -> alt.LayerChart:
    """The bands and the states; `ways` has `before`, `after`, `count`, `cases`, `href`."""
    nodes, outlines = layout(ways)
    scale = alt.Scale(domain=[-0.02, len(COLUMNS) - 0.1], nice=False)
    x = alt.X("x:Q", axis=None, scale=scale)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False))
    bands = (
        alt.Chart(outlines)
        .mark_area(opacity=0.45, cursor="pointer")
        .encode(
            x=x, y=y, y2="y2:Q", detail="link:N", href="href:N",
            color=alt.Color(
                "column:O", scale=alt.Scale(domain=list(range(len(COLUMNS))), range=list(COLOURS)), legend=None
            ),
            tooltip=[
                alt.Tooltip("link:N", title="Peralihan"), alt.Tooltip("cases:Q", title="Aduan", format=",d"),
                alt.Tooltip("count:Q", title="Kali", format=",d"),
            ],
        )
    )  # fmt: skip
    base = alt.Chart(nodes)
    bars = base.mark_rect(color="#5b6b6d").encode(
        x=x, x2="x2:Q", y=y, y2="y2:Q",
        tooltip=[alt.Tooltip("name:N", title="Status"), alt.Tooltip("count:Q", title="Kali", format=",d")],
    )  # fmt: skip
    wide = _labels(base, y, opacity=alt.expr("width > 640 ? 1 : 0"))
    # On a phone seven columns leave no room between them: the large ones are written downwards, the last beside itself.
    narrow = alt.expr("width > 640 ? 0 : 1")
    last = len(COLUMNS) - 1
    down = _labels(
        base.transform_filter(f"datum.y - datum.y2 > 0.4 && datum.x < {last}"), y, opacity=narrow, angle=90,
        baseline="bottom", dx=6, dy=-3,
    )  # fmt: skip
    beside = _labels(base.transform_filter(f"datum.x == {last}"), y, opacity=narrow)
    return (bands + bars + wide + down + beside).properties(height=380)


def _labels(base: alt.Chart, y: alt.Y, **how) -> alt.Chart:
    look = {"align": "left", "baseline": "top", "dx": 2, "dy": 1, "fontSize": 11, "lineBreak": "\n", "limit": 170}
    return base.mark_text(**(look | how)).encode(x=alt.X("x2:Q"), y=y, text="lines:N")
