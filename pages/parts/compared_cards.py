"""Cards that hold departments and channels against one another: medians and shares, each with how many it is over."""

import math
from collections.abc import Callable

import pandas as pd

from store.figures import analysis_departments

from . import analysis_charts as charts
from . import words
from .chart_card import Card
from .names import told_apart
from .scope_bar import View


def departments(frame: pd.DataFrame, view: View) -> Card:
    few = analysis_departments.FEW
    table = pd.DataFrame(
        {
            "OPD": told_apart(frame["code"], frame["name"]),
            "Beban": frame["received"],
            "Belum berakhir": frame["open"],
            "! Lewat tenggat": frame["overdue"],
            "Sampai diterima": _times(frame["accept_hours"], frame["accepted"], few),
            "Sampai hasil": _times(frame["result_hours"], frame["done"], few),
            "Dalam janji": [_share(k, n, few) for k, n in zip(frame["kept"], frame["decided"], strict=True)],
            "Dikembalikan": [
                _returned(times, cases) for times, cases in zip(frame["returned"], frame["returned_cases"], strict=True)
            ],
            "Dibuka kembali": frame["reopened"],
            "Nilai": [_mean(r, n, few) for r, n in zip(frame["rating"], frame["rated"], strict=True)],
        }
    )
    links = [view.cases(opd=code) for code in frame["code"]]
    cells = {"Beban": links} | {
        heading: [view.cases(**opened(code)) for code in frame["code"]] for heading, opened in _OF_DEPARTMENT.items()
    }
    return Card(
        "department", "OPD berdampingan", table, links, cells, open_table=True,
        note=f"Nilai tengah dengan banyaknya aduan (n), yang terbuka bila ditekan. “Sedikit”: n kurang dari {few}, "
        "jangan dibandingkan.",
        empty="Belum ada aduan yang diteruskan ke OPD dalam masa dan saringan ini.",
    )  # fmt: skip


# What each number of a department opens: for a median or a share, the cases that it is over.
_OF_DEPARTMENT: dict[str, Callable[[str], dict]] = {
    "Belum berakhir": lambda code: {"opd": code, "hanya": "open"},
    "! Lewat tenggat": lambda code: {"opd": code, "hanya": "overdue"},
    "Sampai diterima": lambda code: {"opd": code, "tanda": f"terima:{code}"},
    "Sampai hasil": lambda code: {"opd": code, "tanda": f"hasil:{code}"},
    "Dalam janji": lambda code: {"opd": code, "hanya": "promise_decided"},
    # Also those that are now with another department.
    "Dikembalikan": lambda code: {"opd": None, "tanda": f"kembali:{code}"},
    "Dibuka kembali": lambda code: {"opd": code, "hanya": "ever_reopened"},
    "Nilai": lambda code: {"opd": code, "tanda": "nilai:kini"},
}


def promise(frame: pd.DataFrame, view: View) -> Card:
    enough = frame[frame["decided"] >= analysis_departments.FEW]
    ranges = [wilson(int(k), int(n)) for k, n in zip(enough["kept"], enough["decided"], strict=True)]
    data = enough.assign(
        share=enough["kept"] / enough["decided"],
        low=[low for low, _ in ranges],
        high=[high for _, high in ranges],
        href=[view.cases(opd=code, hanya="promise_late") for code in enough["code"]],
        late=enough["decided"] - enough["kept"],
        name=told_apart(enough["code"], enough["name"]),
    ).sort_values(["share", "name"], ascending=[False, True])
    table = data[["name", "share", "low", "high", "decided", "late"]].set_axis(
        ["OPD", "Dalam janji", "Rentang dari", "sampai", "Dapat dinilai", "Tidak ditepati"], axis=1
    )
    hrefs = data["href"].tolist()
    decided = [view.cases(opd=code, hanya="promise_decided") for code in data["code"]]
    cells = {"Dapat dinilai": decided, "Tidak ditepati": hrefs}
    return Card(
        "promise", "Janji ditepati, dengan rentang kebetulan", table, hrefs, cells, charts.promise(data),
        formats={"Dalam janji": "%", "Rentang dari": "%", "sampai": "%"},
        note="Garis putus jingga: sasaran 70 %. Tekan titiknya untuk membuka aduan yang janjinya tidak ditepati.",
        empty=f"Belum ada OPD dengan sedikitnya {analysis_departments.FEW} aduan yang dapat dinilai.",
    )  # fmt: skip


def channels(frame: pd.DataFrame, view: View) -> Card:
    few = analysis_departments.FEW
    data = frame.assign(
        name=[words.CHANNELS.get(code, code) for code in frame["code"]],
        href=[view.cases(saluran=code) for code in frame["code"]],
    )
    table = pd.DataFrame(
        {
            "Saluran": data["name"],
            "Diterima": data["received"],
            "Sampai jawaban pertama": _times(data["hours"], data["answered"], few),
            "Dalam janji": [_share(k, n, few) for k, n in zip(data["kept"], data["decided"], strict=True)],
        }
    )
    hrefs = data["href"].tolist()
    cells = {
        "Diterima": hrefs,
        "Sampai jawaban pertama": [view.cases(saluran=code, hanya="first_answered") for code in data["code"]],
        "Dalam janji": [view.cases(saluran=code, hanya="promise_decided") for code in data["code"]],
    }
    return Card("channel", "Saluran", table, hrefs, cells, charts.channels(data))


def wilson(kept: int, decided: int, z: float = 1.96) -> tuple[float, float]:
    """The range in which a share may lie by chance alone, 95 of 100 times."""
    share, square = kept / decided, z * z
    middle = (share + square / (2 * decided)) / (1 + square / decided)
    half = z * math.sqrt(share * (1 - share) / decided + square / (4 * decided**2)) / (1 + square / decided)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _few(n: int, few: int) -> str:
    return " sedikit" if n < few else ""


def _times(hours: pd.Series, counts: pd.Series, few: int) -> list[str]:
    return [_time(h, n, few) for h, n in zip(hours, counts, strict=True)]


def _time(hours: float, n: int, few: int) -> str:
    if not n or hours != hours:
        return "–"
    said = f"{words.number(hours, 1)} jam" if hours < 48 else f"{words.number(hours / 24, 1)} hari"
    return f"{said} (n={words.number(n)}{_few(n, few)})"


def _share(kept: int, n: int, few: int) -> str:
    return f"{words.percent(kept / n)} (n={words.number(n)}{_few(n, few)})" if n else "–"


def _returned(times: int, cases: int) -> str:
    """How many cases, and how often if that is more: "2 aduan (3 kali)"."""
    if not times:
        return "–"
    return f"{words.number(cases)} aduan" + (f" ({words.number(times)} kali)" if times != cases else "")


def _mean(rating: float, n: int, few: int) -> str:
    return f"{words.number(rating, 1)} (n={words.number(n)}{_few(n, few)})" if n else "–"
