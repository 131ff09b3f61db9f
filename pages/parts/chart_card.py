"""One chart with all that belongs to it: what it counts, its numbers with their cases, and both as files."""

import csv
import io
from dataclasses import dataclass, field

import altair as alt
import pandas as pd
import streamlit as st

from store.export.files import harmless
from store.figures.analysis_definitions import CHARTS

from . import words
from .analysis_charts import finished
from .charts import LOCALE

# So many lines of the table are drawn; the file has all.
SHOWN = 200


@dataclass(frozen=True)
class Card:
    """`code` names the definition; `table` has people's headings, `links` an address of Daftar for each row of it.

    `cells` are addresses by heading, for the numbers that count other cases than the row's. `formats` are by heading:
    decimals, or "%"; what has none and is a number is whole.
    """

    code: str
    title: str
    table: pd.DataFrame
    links: list[str]
    cells: dict[str, list[str]] = field(default_factory=dict)
    chart: alt.Chart | alt.LayerChart | None = None
    formats: dict[str, int | str] = field(default_factory=dict)
    note: str = ""
    empty: str = "Belum ada aduan dalam masa dan saringan ini. Perpanjang masanya, atau longgarkan saringannya."
    open_table: bool = False


def show(card: Card, filters: str, as_of: str) -> None:
    """Draw it.

    :param filters: the period and the filters in words
    :param as_of: "per Sen 23 Nov 14.32 WIB"
    """
    st.subheader(card.title, anchor=False, help=CHARTS[card.code].replace("$", "\\$"))
    if card.table.empty:
        st.info(card.empty)
        return
    if card.chart is not None:
        st.altair_chart(finished(card.chart, dark=st.context.theme.type == "dark"), key=f"chart-{card.code}")
    if card.note:
        st.caption(card.note)
    bar = st.container(horizontal=True, vertical_alignment="top")
    name = f"{card.code}-{filters.split(' · ')[0]}".replace(" ", "-")
    if card.chart is not None:
        bar.download_button(
            "Gambar PNG",
            data=lambda: png(card, filters, as_of),
            file_name=f"analitik-{name}.png",
            mime="image/png",
            on_click="ignore",
            key=f"png-{card.code}",
        )
    bar.download_button(
        "Angka CSV",
        data=lambda: as_csv(card, filters, as_of),
        file_name=f"analitik-{name}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"csv-{card.code}",
    )
    if card.open_table:
        st.html(table(card))
    else:
        with st.expander(f"Angka dan aduannya: {card.title}"):
            st.html(table(card))


def table(card: Card) -> str:
    """The numbers as a table; the first cell of each row opens its cases, another one those that it counts."""
    columns = list(card.table.columns)
    heads = "".join(f"<th scope='col'{_n(card.table[name])}>{words.safe(name)}</th>" for name in columns)
    lines = []
    for place, values in enumerate(card.table.head(SHOWN).itertuples(index=False)):
        first, *rest = (_shown(card, name, value) for name, value in zip(columns, values, strict=True))
        cells = "".join(
            f"<td{_n(card.table[name])}>{_opening(text, card.cells[name][place] if name in card.cells else '')}</td>"
            for name, text in zip(columns[1:], rest, strict=True)
        )
        lines.append(f"<tr><th scope='row'>{_opening(first, card.links[place])}</th>{cells}</tr>")
    more = len(card.table) - SHOWN
    rest = f"<p class='w-asof'>{words.number(more)} baris lagi ada di berkas CSV.</p>" if more > 0 else ""
    pressed = "tekan angka yang bergaris bawah" if card.cells else "tekan isi kolom pertama"
    said = f"{words.safe(card.title)}: {pressed} untuk membuka aduannya"
    return (
        f"<div class='w-scroll'><table class='w-table' style='min-width:{5.5 * len(columns):g}rem'>"
        f"<caption class='w-asof'>{said}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>{rest}"
    )


def _opening(text: str, link: str) -> str:
    """What stands in a cell, as a link where there is something to open."""
    return f"<a href='{words.safe(link)}' target='_self'>{text}</a>" if link and text not in ("0", "–") else text


def _n(column: pd.Series) -> str:
    return " class='n'" if pd.api.types.is_numeric_dtype(column) else ""


def _shown(card: Card, name: str, value: object) -> str:
    if isinstance(value, str):
        # How many it is over stands below, so that the values stand under one another.
        return words.safe(value).replace(" (n=", "<br><small>(n=") + ("</small>" if " (n=" in value else "")
    form = card.formats.get(name, 0)
    return words.percent(value) if form == "%" else words.number(value, form)


def as_csv(card: Card, filters: str, as_of: str) -> bytes:
    """Title, filters and definition, then the numbers; safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for line in (card.title, filters, as_of, CHARTS[card.code]):
        writer.writerow([harmless(line)])
    writer.writerow([])
    writer.writerow([harmless(name) for name in card.table.columns])
    for row in card.table.itertuples(index=False):
        writer.writerow(["" if value != value or value is None else harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def png(card: Card, filters: str, as_of: str) -> bytes:
    """The chart as a picture that explains itself: with title, filters and the moment it was made."""
    # Loaded on the first picture only: it brings an engine of its own.
    import vl_convert

    title = alt.TitleParams(card.title, subtitle=[filters, as_of], anchor="start", fontSize=18, subtitleFontSize=12)
    spec = (
        finished(card.chart.properties(title=title, width=900, background="white"))
        .configure_axis(labelFontSize=12, titleFontSize=12)
        .to_dict()
    )
    locale = LOCALE.to_dict()
    return vl_convert.vegalite_to_png(
        spec, scale=2, format_locale=locale["number"], time_format_locale=locale["time"], allowed_base_urls=[]
    )
