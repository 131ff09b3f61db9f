"""The charts of Analitik. Each takes a frame whose rows have `href`: a press on a mark opens its cases."""

from collections.abc import Iterable
from textwrap import wrap

import altair as alt
import pandas as pd

from store.figures.analysis import BANDS, NONE, Free
from store.rules.indonesian import FULL_DAYS

from . import words
from .charts import BLUE, LOCALE, ORANGE, from_nought, ink
from .tiles import placed

# Low to high for people who see no red or green, and in greys too.
SCHEME = "cividis"
STATUSES = {"overdue": "! Lewat tenggat", "running": "– Masih dalam tenggat", "waiting": "‖ Jam berhenti"}
_STATUS_COLOURS = ("#D55E00", "#56B4E9", "#999999")
# So many letters of a name stand on a line; and where names of one long word are parted.
_LINE = 36
_PARTED = {"Noyontaansari": 9, "Pasirkratonkramat": 11}
_FREE_COLOUR = "#8a9a9c"


def band_name(place: int) -> str:
    first, last = BANDS[place]
    return f"{first}–{last} hari" if last is not None else f"lebih dari {first - 1} hari"


def volume(frame: pd.DataFrame, free: list[Free], unit: str) -> alt.LayerChart:
    """Received as bars, ended as a line, over the days on which the office is closed.

    :param frame: `start`, `end` (not included), `label`, `received`, `ended`, `working`, `names`, `href` of what was
        received, `ended_href` of what ended
    """
    tips = [
        alt.Tooltip("label:N", title={"day": "Hari", "week": "Minggu", "month": "Bulan"}[unit]),
        alt.Tooltip("received:Q", title="Diterima", format=",d"),
        alt.Tooltip("ended:Q", title="Berakhir", format=",d"),
        alt.Tooltip("working:Q", title="Hari kerja", format=",d"),
        alt.Tooltip("names:N", title="Libur"),
    ]
    base, highest = alt.Chart(frame), frame[["received", "ended"]].max().max()
    bars = base.mark_rect(color=BLUE, opacity=0.85, cursor="pointer").encode(
        x=_time(starts=list(frame["start"]) if unit == "week" else None), x2="right:T",
        y=_count("received", "aduan", highest=highest), y2=alt.datum(0), tooltip=tips, href="href:N",
    ).transform_calculate(right=_inset())  # fmt: skip
    line = base.mark_line(color=ORANGE, strokeWidth=2.5).encode(x="middle:T", y="ended:Q", tooltip=tips)
    dots = base.mark_circle(color=ORANGE, size=30, opacity=1, cursor="pointer").encode(
        x="middle:T", y="ended:Q", tooltip=tips, href="ended_href:N"
    )
    return (_closed(free, unit) + bars + line + dots).properties(height=260)


def backlog(frame: pd.DataFrame, free: list[Free], unit: str) -> alt.LayerChart:
    """How many were open at the end of each day: `day`, `open`, `href`."""
    tips = [
        alt.Tooltip("day:T", title="Akhir hari", format="%A, %e %B %Y"),
        alt.Tooltip("open:Q", title="Belum berakhir", format=",d"),
    ]
    base = alt.Chart(frame).encode(x=_time("day"), tooltip=tips)
    area = base.mark_area(color=BLUE, opacity=0.2, line={"color": BLUE, "strokeWidth": 2}).encode(
        y=_count("open", "belum berakhir", highest=frame["open"].max())
    )
    marks = base.mark_circle(color=BLUE, size=40, opacity=0.01 if len(frame) > 70 else 0.9, cursor="pointer").encode(
        y="open:Q", href="href:N"
    )
    return (_closed(free, unit) + area + marks).properties(height=240)


def ageing(frame: pd.DataFrame) -> alt.LayerChart:
    """Open cases by age and by how their clock stands: `name`, `status`, `count`, `href`."""
    order = [band_name(place) for place in range(len(BANDS))]
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelOverlap=False))
    bars = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer")
        .encode(
            y=y, x=alt.X("count:Q", axis=None), href="href:N", order="place:Q",
            color=alt.Color(
                "status:N", title=None, sort=list(STATUSES.values()), legend=alt.Legend(orient="top", columns=1),
                scale=alt.Scale(domain=list(STATUSES.values()), range=list(_STATUS_COLOURS)),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Umur"), alt.Tooltip("status:N", title="Jam"),
                alt.Tooltip("count:Q", title="Aduan", format=",d"),
            ],
        )
    )  # fmt: skip
    totals = (
        alt.Chart(frame.groupby("name", as_index=False, sort=False)["count"].sum())
        .mark_text(align="left", dx=4)
        .encode(y=y, x="count:Q", text=alt.Text("count:Q", format=",d"))
    )
    return (bars + totals).properties(height=250)


def category_month(frame: pd.DataFrame) -> alt.LayerChart:
    """Received by category and month: `name`, `month`, `label`, `received`, `href`."""
    totals = frame.groupby("name")["received"].sum().sort_values(ascending=False)
    months = frame.drop_duplicates("month").sort_values("month")["label"].tolist()
    return _heat(
        frame,
        alt.X("label:N", sort=months, title=None, axis=alt.Axis(labelAngle=-45 if len(months) > 6 else 0)),
        alt.Y("name:N", sort=totals.index.tolist(), title=None, axis=alt.Axis(labelLimit=170, labelFlush=False)),
        [("name:N", "Kategori"), ("label:N", "Bulan")],
        columns=len(months),
    ).properties(height=24 * max(len(totals), 1) + 40)


def hours(frame: pd.DataFrame) -> alt.LayerChart:
    """When complaints arrive: `day`, `hour`, `received`, `href`."""
    return _heat(
        frame,
        alt.X("hour:O", title="jam (WIB)", axis=alt.Axis(labelAngle=0, labelOverlap=True), scale=_all(range(24))),
        alt.Y("day:N", title=None, scale=_all(FULL_DAYS), axis=alt.Axis(labelFlush=False)),
        [("day:N", "Hari"), ("span:N", "Pukul")],
        columns=24,
    ).properties(height=240)


def kelurahan(frame: pd.DataFrame) -> alt.LayerChart:
    """The tile map: `code`, `name`, `kecamatan`, `received`, `open`, `href`."""
    known = frame[frame["code"] != NONE]
    places = placed(known["code"].tolist())
    data = known.assign(
        column=[places[code][0] for code in known["code"]],
        row=[places[code][1] for code in known["code"]],
        said=[_short(name) for name in known["name"]],
        sign=[f"{place.split()[-1]}" for place in known["kecamatan"]],
    )
    base = alt.Chart(data).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(padding=0.04)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.04)),
        href="href:N",
        tooltip=[
            alt.Tooltip("name:N", title="Kelurahan"),
            alt.Tooltip("kecamatan:N", title="Kecamatan"),
            alt.Tooltip("received:Q", title="Diterima", format=",d"),
            alt.Tooltip("open:Q", title="Belum berakhir", format=",d"),
        ],
    )
    tiles = base.mark_rect(cornerRadius=5, cursor="pointer").encode(color=_colour("received", data["received"]))
    colour = _ink("received", data["received"].max() if len(data) else 0)
    names = base.mark_text(fontSize=10, dy=-20, lineBreak="\n", cursor="pointer").encode(text="said:N", color=colour)
    counts = base.mark_text(fontSize=15, fontWeight="bold", dy=8, cursor="pointer").encode(
        text=alt.Text("received:Q", format=",d"), color=colour
    )
    signs = base.mark_text(fontSize=9, dy=23, fontStyle="italic").encode(text="sign:N", color=colour)
    return (tiles + names + counts + signs).properties(height=68 * (int(data["row"].max()) + 1) if len(data) else 80)


def points(frame: pd.DataFrame) -> alt.Chart:
    """Where places were shared, a circle a cell: `latitude`, `longitude`, `received`, `href`."""
    return (
        alt.Chart(frame)
        .mark_circle(color="#3A9BDC", opacity=0.75, cursor="pointer")
        .encode(
            x=alt.X(
                "longitude:Q", title="bujur", scale=alt.Scale(zero=False), axis=alt.Axis(format=".2f", tickMinStep=0.01)
            ),
            y=alt.Y(
                "latitude:Q",
                title="lintang",
                scale=alt.Scale(zero=False),
                axis=alt.Axis(format=".2f", tickMinStep=0.01),
            ),
            size=alt.Size("received:Q", title="Aduan", scale=alt.Scale(range=[15, 420]), legend=None),
            href="href:N",
            tooltip=[alt.Tooltip("where:N", title="Petak"), alt.Tooltip("received:Q", title="Aduan", format=",d")],
        )
        .properties(height=430)
    )


def channels(frame: pd.DataFrame) -> alt.LayerChart:
    """Received by channel: `name`, `received`, `href`."""
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False)),
        x=alt.X("received:Q", axis=None),
        href="href:N",
        tooltip=[alt.Tooltip("name:N", title="Saluran"), alt.Tooltip("received:Q", title="Diterima", format=",d")],
    )
    bars = base.mark_bar(color=BLUE, opacity=0.85, cursor="pointer")
    labels = base.mark_text(align="left", dx=4).encode(text=alt.Text("received:Q", format=",d"))
    return (bars + labels).properties(height=28 * max(len(frame), 1) + 10)


def promise(frame: pd.DataFrame) -> alt.LayerChart:
    """Departments side by side: the share within the promise, with the range in which chance alone may move it."""
    # Names of departments are long: on two lines, whole.
    frame = frame.assign(lines=["\n".join(wrap(name, _LINE)) for name in frame["name"]])
    frame = frame.assign(**{f"{name}_said": frame[name].map(words.percent) for name in ("share", "low", "high")})
    named = alt.Axis(
        labelLimit=230,
        ticks=False,
        domain=False,
        labelFlush=False,
        labelOverlap=False,
        labelExpr="split(datum.label, '\\n')",
    )
    y = alt.Y("lines:N", sort=None, title=None, axis=named)
    axis = alt.Axis(labelExpr="format(datum.value * 100, '.0f') + ' %'", labelFlush=False, title="selesai dalam janji")
    tips = [
        alt.Tooltip("name:N", title="OPD"),
        alt.Tooltip("share_said:N", title="Dalam janji"),
        alt.Tooltip("low_said:N", title="Rentang dari"),
        alt.Tooltip("high_said:N", title="sampai"),
        alt.Tooltip("decided:Q", title="Dapat dinilai", format=",d"),
        alt.Tooltip("late:Q", title="Tidak ditepati", format=",d"),
    ]
    base = alt.Chart(frame).encode(y=y, tooltip=tips)
    rules = base.mark_rule(color=BLUE, strokeWidth=3, opacity=0.5).encode(
        x=alt.X("low:Q", axis=axis, scale=alt.Scale(domain=[0, 1])), x2="high:Q"
    )
    dots = base.mark_point(filled=True, color=BLUE, size=80, opacity=1, cursor="pointer").encode(
        x="share:Q", href="href:N"
    )
    aim = (
        alt.Chart(pd.DataFrame({"aim": [0.7], "said": ["sasaran 70 %"]}))
        .mark_rule(color=ORANGE, strokeDash=[4, 3], strokeWidth=2)
        .encode(x="aim:Q", tooltip=alt.Tooltip("said:N", title="Garis"))
    )
    return (aim + rules + dots).properties(height=34 * max(len(frame), 1) + 40)


def rising(frame: pd.DataFrame) -> alt.LayerChart:
    """Words that rose: `word`, `complaints`, `expected`, `reporters`, `href`."""
    base = alt.Chart(frame).encode(
        y=alt.Y("word:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        tooltip=[
            alt.Tooltip("word:N", title="Kata"),
            alt.Tooltip("complaints:Q", title="Aduan 30 hari", format=",d"),
            alt.Tooltip("expected:Q", title="Biasanya", format=",.1f"),
            alt.Tooltip("reporters:Q", title="Pelapor berbeda", format=",d"),
        ],
        href="href:N",
    )
    bars = base.mark_bar(color=BLUE, opacity=0.85, cursor="pointer").encode(x=_count("complaints", "aduan", "x"))
    usual = base.mark_tick(color=ORANGE, thickness=3, size=18).encode(x="expected:Q")
    return (bars + usual).properties(height=24 * max(len(frame), 1) + 30)


def finished(chart: alt.Chart | alt.LayerChart, dark: bool = False) -> alt.Chart | alt.LayerChart:
    """A chart with the city's numbers and dates, its words readable on a light or a dark page."""
    room = {"left": 2, "top": 8, "right": 8, "bottom": 2}
    return chart.configure(locale=LOCALE, padding=room).configure_view(strokeWidth=0).configure_text(color=ink(dark))


def _heat(frame: pd.DataFrame, x: alt.X, y: alt.Y, names: list[tuple[str, str]], columns: int):
    """:param columns: how many stand side by side: where they have no room for their numbers, these stay away"""
    tips = [alt.Tooltip(field, title=title) for field, title in names]
    base = alt.Chart(frame).encode(
        x=x, y=y, href="href:N", tooltip=[*tips, alt.Tooltip("received:Q", title="Diterima", format=",d")]
    )
    cells = base.mark_rect(cursor="pointer").encode(color=_colour("received", frame["received"]))
    highest = frame["received"].max() if len(frame) else 0
    colour, room = _ink("received", highest), 6 * len(words.number(highest)) + 3
    shown = alt.expr(f"width / {max(columns, 1)} >= {room} ? 1 : 0")
    return cells + base.mark_text(fontSize=10, cursor="pointer", opacity=shown).encode(
        text=alt.Text("received:Q", format=",d"), color=colour
    )


def _all(values: Iterable) -> alt.Scale:
    """A scale with every value in its place, also those that nothing is drawn for."""
    return alt.Scale(domain=list(values))


def _colour(column: str, counts: pd.Series) -> alt.Color:
    highest = max(int(counts.max()), 1) if len(counts) else 1
    return alt.Color(f"{column}:Q", scale=alt.Scale(scheme=SCHEME, domain=[0, highest]), legend=None)


def _ink(column: str, highest: float):
    """Black on light, white on dark; cividis turns light a little above the middle."""
    return alt.condition(alt.datum[column] > float(highest) * 0.5, alt.value("#101010"), alt.value("#ffffff"))


def _closed(free: list[Free], unit: str) -> alt.Chart:
    """The days on which the office is closed, as grey stripes; of long spans only the holidays."""
    weekend = {FULL_DAYS[5], FULL_DAYS[6]}
    shown = [f for f in free if unit == "day" or (unit == "week" and f.name not in weekend)]
    data = pd.DataFrame(
        {
            "start": pd.to_datetime([f.day for f in shown]),
            "end": pd.to_datetime([f.day for f in shown]) + pd.Timedelta(days=1),
            "name": [f.name for f in shown],
            "said": [f"{words.day_name(f.day)} {words.day(f.day)}" for f in shown],
        }
    )
    return (
        alt.Chart(data)
        .mark_rect(color=_FREE_COLOUR, opacity=0.28)
        .encode(
            x="start:T", x2="end:T",
            tooltip=[alt.Tooltip("said:N", title="Kantor tutup"), alt.Tooltip("name:N", title="Karena")],
        )
    )  # fmt: skip


def _time(column: str = "start", starts: list[pd.Timestamp] | None = None) -> alt.X:
    """An axis of days.

    :param starts: the only days that are written, as many of them as have room; Vega's own stand at round distances,
        which are no week's first day
    """
    axis = alt.Axis(format="%e %b %y", labelOverlap=True, grid=False)
    if starts:
        axis.values = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in starts]
        axis.labelSeparation = 14
    return alt.X(f"{column}:T", title=None, axis=axis)


def _inset() -> str:
    """The right edge of a bar, so that neighbours do not touch."""
    return "toDate(datum.start) + (toDate(datum.end) - toDate(datum.start)) * 0.88"


def _count(column: str, title: str, channel: str = "y", highest: float = 1):
    kind, axis = alt.Y if channel == "y" else alt.X, alt.Axis(format=",d", tickMinStep=1, tickCount=6)
    return kind(f"{column}:Q", title=title, axis=axis, scale=from_nought(highest))


def _short(name: str) -> str:
    """A name on two lines where it is long."""
    if " " in name:
        return name.replace(" ", "\n", 1)
    half = _PARTED.get(name, len(name) // 2 + 1)
    return name if len(name) <= 12 else f"{name[:half]}-\n{name[half:]}"
