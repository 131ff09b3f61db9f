"""What stands below the first screen of Dasbor: by day, category, kelurahan and department, each with its cases."""

from datetime import date

import pandas as pd

from store.figures.analysis import NONE

from . import address, words
from .charts import RANKED
from .names import told_apart

ABOUT_DEPARTMENTS = (
    "Setiap aduan dihitung sekali, pada OPD utamanya. Tekan angka untuk membuka aduannya. “Dalam janji” membuka yang "
    "sudah dapat dinilai."
)


def days(frame: pd.DataFrame) -> pd.DataFrame:
    """With `href` of what was received on the day and `ended_href` of what ended on it."""
    told = [pd.Timestamp(day).date() for day in frame["day"]]
    return frame.assign(
        href=[address.cases(dari=day, sampai=day) for day in told],
        ended_href=[address.cases(tanda=f"berakhir:{day}_{day}") for day in told],
    )


def categories(found: dict) -> pd.DataFrame:
    return _ranked(found, "by_category", "kategori")


def kelurahan(found: dict) -> pd.DataFrame:
    return _ranked(found, "by_kelurahan", "kel")


def _ranked(found: dict, name: str, key: str) -> pd.DataFrame:
    """With `href`, and with names of which none is like another."""
    frame = found[name]
    codes = [code if isinstance(code, str) else NONE for code in frame["code"]]
    period = {"dari": found["since"], "sampai": found["until"]}
    return frame.assign(
        name=told_apart(codes, frame["name"]), href=[address.cases(**{key: code}, **period) for code in codes]
    )


def rest(count: int, found: dict) -> str:
    """That a ranking has not room for all of so many, and where all of them are."""
    address = f"/analitik?bagian=wilayah&amp;dari={found['since']}&amp;sampai={found['until']}"
    return (
        f"<div class='w-asof'>{RANKED} terbanyak dari {words.number(count)}; "
        f"<a href='{address}' target='_self'>semuanya ada di Analitik</a>.</div>"
    )


def departments(found: dict) -> str:
    """The departments as a table, every number with its cases; "" where there are none."""
    frame = found["by_department"]
    if frame.empty:
        return ""
    period = {"dari": found["since"], "sampai": found["until"]}
    lines = []
    names = told_apart(frame["code"], frame["name"])
    for name, row in zip(names, frame.rename_axis(None).itertuples(index=False), strict=True):
        lead = {"tanda": f"utama:{row.code}"}
        share = words.percent(row.kept / row.decided if row.decided else None)
        told = f"{share} <small>({words.number(row.kept)}/{words.number(row.decided)})</small>"
        cells = (
            _number(row.open, hanya="open", **lead),
            ("! " if row.overdue else "") + _number(row.overdue, hanya="overdue", **lead),
            _number(row.received, **lead, **period),
            _link(told, hanya="promise_decided", **lead, **period) if row.decided else told,
        )
        shown = "".join(f"<td class='n'>{cell}</td>" for cell in cells)
        lines.append(f"<tr><th scope='row'>{words.safe(name)}</th>{shown}</tr>")
    heads = ("Belum berakhir", "Lewat tenggat", f"Diterima {len(found['by_day'])} hari", "Selesai dalam janji")
    head = "".join(f"<th scope='col' class='n'>{text}</th>" for text in heads)
    return (
        f"<div class='w-scroll'><table class='w-table w-fit'><thead><tr><th scope='col'>OPD</th>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _number(count: int, **query: str | date) -> str:
    return _link(words.number(count), **query) if count else words.number(count)


def _link(inside: str, **query: str | date) -> str:
    return f"<a href='{words.safe(address.cases(**query))}' target='_self'>{inside}</a>"
