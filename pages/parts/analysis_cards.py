"""From the answers of `store/figures/analysis*.py` to cards: frames with people's words, and where each mark leads."""

from datetime import date, timedelta

import pandas as pd

from store.figures import analysis_words
from store.figures.analysis import BANDS, NONE, Free
from store.rules.indonesian import FULL_DAYS, MONTHS
from store.rules.workflow import LETTERS, State

from . import analysis_charts as charts
from . import sankey, words
from .chart_card import Card
from .names import told_apart
from .scope_bar import View

# Spans up to so many days are drawn by day, then by week, then by month.
BY_DAY, BY_WEEK = 62, 400
# What opens the open cases by how their clock stands; those overdue are a figure.
_CLOCKS = {"running": "jalan:kini", "waiting": "henti:kini"}


def unit_of(view: View) -> str:
    days = (view.scope.until - view.scope.since).days + 1
    return "day" if days <= BY_DAY else "week" if days <= BY_WEEK else "month"


def volume(frame: pd.DataFrame, free: list[Free], view: View) -> Card:
    unit = unit_of(view)
    data = _buckets(frame, free, unit)
    data["href"] = [
        view.cases(dari=first, sampai=last) for first, last in zip(data["first"], data["last"], strict=True)
    ]
    data["ended_href"] = [
        view.cases(dari=None, sampai=None, tanda=f"berakhir:{first}_{last}")
        for first, last in zip(data["first"], data["last"], strict=True)
    ]
    table = data[["label", "received", "ended", "working", "names"]].set_axis(
        [{"day": "Hari", "week": "Minggu", "month": "Bulan"}[unit], "Diterima", "Berakhir", "Hari kerja", "Libur"],
        axis=1,
    )
    shaded = {
        "day": "Diarsir: hari kantor tutup; arahkan ke arsirannya untuk namanya.",
        "week": "Diarsir: hari libur dan cuti bersama (bukan akhir pekan); arahkan untuk namanya.",
        "month": "Hari kerja dan hari libur setiap bulan ada di keterangan batang dan di tabel.",
    }[unit]
    note = f"Batang biru: diterima. Garis jingga: berakhir. {shaded} Tekan batang atau titik untuk membuka aduannya."
    title = {"day": "per hari", "week": "per minggu", "month": "per bulan"}[unit]
    chart = charts.volume(data.drop(columns=["first", "last"]), free, unit)
    hrefs, ended = data["href"].tolist(), data["ended_href"].tolist()
    cells = {"Diterima": hrefs, "Berakhir": ended}
    return Card("volume", f"Aduan diterima dan berakhir {title}", table, hrefs, cells, chart, note=note)


def backlog(frame: pd.DataFrame, free: list[Free], view: View) -> Card:
    unit = unit_of(view)
    days = [pd.Timestamp(day).date() for day in frame["day"]]
    hrefs = [_open_on(view, day) for day in days]
    chart = charts.backlog(frame.assign(day=pd.to_datetime(frame["day"]), href=hrefs), free, unit)
    ends = [n for n, day in enumerate(days) if n == len(days) - 1 or _first(days[n + 1], unit) != _first(day, unit)]
    table = pd.DataFrame(
        {
            "Akhir hari": [_day_said(days[n]) for n in ends],
            "Belum berakhir": [int(frame["open"].iloc[n]) for n in ends],
        }
    )
    return Card(
        "backlog", "Tunggakan: belum berakhir pada akhir setiap hari", table, [hrefs[n] for n in ends], chart=chart,
        note="Dihitung dari peristiwa. Tekan garisnya untuk membuka aduan yang belum berakhir pada hari itu.",
        empty="Masa ini belum mulai. Pilih masa yang lebih awal.",
    )  # fmt: skip


def ageing(frame: pd.DataFrame, view: View, now: date) -> Card:
    names, links, rows = [], [], []
    cells: dict[str, list[str]] = {"Belum berakhir": links} | {name: [] for name in charts.STATUSES.values()}
    for place, (first, last) in enumerate(BANDS):
        days = {"dari": now - timedelta(days=last) if last is not None else None, "sampai": now - timedelta(days=first)}
        names.append(charts.band_name(place))
        links.append(view.cases(hanya="open", **days))
        for status, name in charts.STATUSES.items():
            opened = {"hanya": "overdue"} if status == "overdue" else {"tanda": _CLOCKS[status]}
            cells[name].append(view.cases(**opened, **days))
            rows.append(
                {
                    "name": names[-1], "status": name, "count": int(frame[status].iloc[place]),
                    "place": list(charts.STATUSES).index(status), "href": cells[name][-1],
                }
            )  # fmt: skip
    table = pd.DataFrame({"Umur": names, "Belum berakhir": frame["received"]})
    table = table.assign(**{name: frame[status] for status, name in charts.STATUSES.items()})
    if not frame["received"].sum():
        table = table.head(0)
    return Card(
        "ageing", "Umur aduan yang belum berakhir, sekarang", table, links, cells, charts.ageing(pd.DataFrame(rows)),
        empty="Tidak ada aduan yang belum berakhir.",
    )  # fmt: skip


def category_month(frame: pd.DataFrame, view: View) -> Card:
    data = frame.assign(
        month=[pd.Timestamp(day).date() for day in frame["month"]], name=told_apart(frame["code"], frame["name"])
    )
    data["label"] = [f"{MONTHS[day.month - 1]} {day.year}" for day in data["month"]]
    data["href"] = [
        view.cases(kategori=code, **_clipped(view, month, _last_of_month(month)))
        for code, month in zip(data["code"], data["month"], strict=True)
    ]
    wide = data.pivot_table(index=["code", "name"], columns="month", values="received", aggfunc="sum", fill_value=0)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index] if len(wide) else wide
    links = [view.cases(kategori=code) for code, _ in wide.index]
    labels = {month: f"{MONTHS[month.month - 1]} {month.year}" for month in wide.columns}
    cells = {"Jumlah": links} | {
        label: [view.cases(kategori=code, **_clipped(view, month, _last_of_month(month))) for code, _ in wide.index]
        for month, label in labels.items()
    }
    table = wide.set_axis(list(labels.values()), axis=1)
    table.insert(0, "Jumlah", table.sum(axis=1))
    table.insert(0, "Kategori", [name for _, name in wide.index])
    chart = charts.category_month(data.assign(month=pd.to_datetime(data["month"]))) if len(data) else None
    return Card("category", "Kategori setiap bulan", table.reset_index(drop=True), links, cells, chart)


def kelurahan(frame: pd.DataFrame, view: View) -> Card:
    if not frame["received"].sum():
        return Card("kelurahan", "Kelurahan", frame.head(0), [])
    data = frame.assign(href=[view.cases(kec="", kel=code) for code in frame["code"]])
    order = data.sort_values(["received", "name"], ascending=[False, True])
    table = order[["name", "kecamatan", "received", "open"]].set_axis(
        ["Kelurahan", "Kecamatan", "Diterima", "Belum berakhir"], axis=1
    )
    unknown = int(data.loc[data["code"] == NONE, "received"].sum())
    note = "Utara dan laut di atas, barat di kiri; letak ubin hanya kira-kira. Tulisan miring: kecamatannya."
    if unknown:
        note += f" {words.number(unknown)} aduan belum diketahui kelurahannya."
    hrefs = order["href"].tolist()
    still_open = [view.cases(kec="", kel=code, hanya="open") for code in order["code"]]
    cells = {"Diterima": hrefs, "Belum berakhir": still_open}
    return Card("kelurahan", "Kelurahan", table, hrefs, cells, charts.kelurahan(data), note=note)


def points(frame: pd.DataFrame, view: View) -> Card:
    where = [
        f"{words.number(-y, 3)} LS, {words.number(x, 3)} BT"
        for y, x in zip(frame["latitude"], frame["longitude"], strict=True)
    ]
    data = frame.assign(where=where, href=[view.cases(tanda=f"petak:{cell}") for cell in frame["cell"]])
    data = data.sort_values("received", ascending=False)
    table = data[["where", "received"]].set_axis(["Petak (tengahnya)", "Aduan"], axis=1)
    total = words.number(int(frame["received"].sum()))
    return Card(
        "points", "Tempat yang dibagikan pelapor", table, data["href"].tolist(), chart=charts.points(data),
        note=f"{total} aduan dengan lokasi, dikumpulkan per petak 220 meter. Utara di atas.",
        empty="Belum ada lokasi yang dibagikan dalam masa dan saringan ini.",
    )  # fmt: skip


def hours(frame: pd.DataFrame, view: View) -> Card:
    data = frame.assign(
        day=[FULL_DAYS[n - 1] for n in frame["weekday"]],
        span=[f"{h:02d}.00–{h:02d}.59" for h in frame["hour"]],
        href=[view.cases(tanda=f"jam:{d}-{h}") for d, h in zip(frame["weekday"], frame["hour"], strict=True)],
    )
    order = data.sort_values("received", ascending=False)
    table = order[["day", "span", "received"]].set_axis(["Hari", "Pukul (WIB)", "Diterima"], axis=1)
    return Card("hour", "Hari dan jam kedatangan", table, order["href"].tolist(), chart=charts.hours(data))


def ways(frame: pd.DataFrame, view: View) -> Card:
    data = frame.assign(
        href=[
            view.cases(tanda=f"alih:{LETTERS[State(a)]}{LETTERS[State(b)]}")
            for a, b in zip(frame["before"], frame["after"], strict=True)
        ]
    )
    forward = [sankey.is_forward(a, b) for a, b in zip(data["before"], data["after"], strict=True)]
    ahead = data.loc[[n for n, is_ahead in enumerate(forward) if is_ahead]]
    table = pd.DataFrame(
        {
            "Dari": [words.STATES[state] for state in data["before"]],
            "Ke": [words.STATES[state] for state in data["after"]],
            "Aduan": data["cases"],
            "Kali": data["count"],
            "Arah": ["maju" if is_ahead else "↩ mundur" for is_ahead in forward],
        }
    )
    back = int(data["count"].sum() - ahead["count"].sum())
    return Card(
        "ways", "Jalan aduan dari status ke status", table, data["href"].tolist(), {"Aduan": data["href"].tolist()},
        sankey.chart(ahead) if len(ahead) else None,
        note=f"Tekan pita untuk membuka aduannya. Langkah mundur: {words.number(back)} kali; lihat daftarnya.",
        empty="Belum ada aduan yang beralih status dalam masa dan saringan ini.",
    )  # fmt: skip


def rising(frame: pd.DataFrame, view: View) -> Card:
    since = analysis_words.since(view.scope)
    data = frame.assign(
        href=[
            view.cases(dari=since, tanda=f"kata:{word}_{first}")
            for word, first in zip(frame["word"], frame["first_read"], strict=True)
        ]
    )
    table = data[["word", "complaints", "expected", "reporters"]].set_axis(
        ["Kata", "Aduan 30 hari", "Biasanya", "Pelapor berbeda"], axis=1
    )
    return Card(
        "words", f"Kata yang naik, {words.day(since)}–{words.day(view.scope.until)}", table, data["href"].tolist(),
        chart=charts.rising(data), formats={"Biasanya": 1},
        note="Batang: aduan 30 hari terakhir. Garis jingga: biasanya. Tekan batang untuk membuka aduannya.",
        empty="Tidak ada kata yang naik: belum ada kata yang ditulis lima pelapor berbeda lebih sering dari biasanya.",
    )  # fmt: skip


def _buckets(frame: pd.DataFrame, free: list[Free], unit: str) -> pd.DataFrame:
    """Days put together to weeks or months, with their working days and the names of what was free."""
    closed = {f.day: f.name for f in free}
    found: dict[date, dict] = {}
    for day, received, ended in frame.itertuples(index=False):
        day = pd.Timestamp(day).date()
        row = found.setdefault(_first(day, unit), {"first": day, "received": 0, "ended": 0, "working": 0, "free": []})
        row["last"] = day
        row["received"] += int(received)
        row["ended"] += int(ended)
        row["working"] += day not in closed
        if closed.get(day, FULL_DAYS[5]) not in FULL_DAYS[5:] or (unit == "day" and day in closed):
            row["free"].append(closed[day])
    rows = [
        {
            "first": row["first"], "last": row["last"],
            "start": pd.Timestamp(row["first"]), "end": pd.Timestamp(row["last"]) + pd.Timedelta(days=1),
            "middle": pd.Timestamp(row["first"]) + (row["last"] - row["first"] + timedelta(days=1)) / 2,
            "label": _label(row["first"], row["last"], unit), "received": row["received"], "ended": row["ended"],
            "working": row["working"], "names": ", ".join(dict.fromkeys(row["free"])) or "–",
        }
        for row in found.values()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _first(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day if unit == "day" else day.replace(day=1)


def _label(first: date, last: date, unit: str) -> str:
    if unit == "day":
        return _day_said(first)
    if unit == "month":
        return f"{MONTHS[first.month - 1]} {first.year}"
    return f"{words.day(first, with_year=first.year != last.year)}–{words.day(last)}"


def _day_said(day: date) -> str:
    return f"{words.day_name(day)} {words.day(day)}"


def _open_on(view: View, day: date) -> str:
    return view.cases(dari=None, sampai=None, tanda=f"terbuka:{day.isoformat()}")


def _clipped(view: View, first: date, last: date) -> dict[str, date]:
    return {"dari": max(first, view.scope.since), "sampai": min(last, view.scope.until)}


def _last_of_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
