"""What is different today in a report that was issued: so many as there is room for, and all of it as a file."""

from datetime import datetime

import pandas as pd
import streamlit as st

from store import figures, reports
from store.reports import words as report_words

from . import words
from .tables import plain_csv

MOST = 200


def show(report: reports.Report, changed: list[reports.Difference], now: datetime) -> None:
    """:param changed: all differences, at least one"""
    count, shown = words.number(len(changed)), changed[:MOST]
    part = (
        "" if len(changed) <= MOST else f" Ditampilkan {words.number(MOST)} yang pertama; semuanya ada di berkas CSV."
    )
    st.html(f"<b>{count}</b> angka berbeda bila dihitung dengan keadaan sekarang.{part}")
    name = report_words.name_of(report.period).replace(" ", "-")
    st.download_button(
        f"Semua perbedaan, CSV ({count})",
        data=lambda: as_csv(report, changed, now),
        file_name=f"perbedaan-laporan-{name}-edisi-{report.edition}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    lines = "".join(
        f"<tr><td>{words.safe(place(report, d))}</td><td>{words.safe(figures.FIGURES[d.figure].name)}</td>"
        f"<td class='n'>{figures.shown(d.figure, d.then)}</td><td class='n'>{figures.shown(d.figure, d.now)}</td></tr>"
        for d in shown
    )
    st.html(
        "<div class='w-scroll'><table class='w-table'><thead><tr><th>Bagian</th><th>Angka</th>"
        f"<th class='n'>Laporan</th><th class='n'>Sekarang</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )


def as_csv(report: reports.Report, changed: list[reports.Difference], now: datetime) -> bytes:
    """One row a difference, with plain numbers: shares between 0 and 1, times in hours."""
    then, today = words.moment(report.as_of), words.moment(now)
    head = ("bagian", "kode", "angka", f"laporan ({then} WIB)", f"sekarang ({today} WIB)", "satuan")
    rows = []
    for each in changed:
        figure = figures.FIGURES[each.figure]
        unit = "bagian" if figure.kind == "share" else figure.unit
        rows.append((place(report, each), each.code, figure.name, _plain(each.then), _plain(each.now), unit))
    return plain_csv(pd.DataFrame(rows, columns=list(head)))


def place(report: reports.Report, difference: reports.Difference) -> str:
    """Where in the report a number stands."""
    part = report_words.PARTS[difference.part]
    if difference.part == "now":
        return part
    if difference.part == "course":
        return f"{part} {difference.code}"
    return f"{part}: {report_words.group_name(difference.part, difference.code, report.basis)}"


def _plain(value: float | int | None) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
