"""A report as XLSX: typed tables with filters, counts only; the same report is the same bytes."""

import io
from datetime import UTC

import xlsxwriter

from .. import figures
from . import tables, words
from .keeping import Report

_FORMATS = {
    "text": {},
    "count": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "hours": {"num_format": "#,##0.0"},
    "mean": {"num_format": "0.0"},
}
_KIND = {"cases": "count", "share": "share", "median": "hours", "p90": "hours", "mean": "mean"}


def book(report: Report) -> bytes:
    """The whole file."""
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": words.title(report.period), "created": report.as_of.replace(tzinfo=UTC)})
    looks = {name: workbook.add_format(look) for name, look in _FORMATS.items()}
    looks |= {"title": workbook.add_format({"bold": True, "font_size": 14}), "wrap": workbook.add_format()}
    looks["wrap"].set_text_wrap()
    looks["wrap"].set_align("top")
    _summary(workbook, looks, report)
    _sheet(workbook, looks, tables.course(report))
    for part in ("departments", "categories", "kelurahan", "channels"):
        _sheet(workbook, looks, tables.group(report, part))
    _definitions(workbook, looks)
    workbook.close()
    return made.getvalue()


def _summary(workbook, looks: dict, report: Report) -> None:
    sheet = workbook.add_worksheet("Ringkasan")
    state = f"Edisi {report.edition}" if report.issued else "KONSEP, belum diterbitkan"
    sheet.write_string(0, 0, words.title(report.period), looks["title"])
    sheet.write_string(1, 0, f"{state} · angka per {tables.asof(report)}")
    columns = tables.periods(report)
    headings = ["Angka", "Satuan", *columns.values(), "Sasaran"]
    codes = (*tables.SUMMARY, *figures.CLOSINGS, *tables.OTHER_ENDS)
    sheet.add_table(3, 0, 3 + len(codes), len(headings) - 1, _table("Ringkasan", headings))
    for row, code in enumerate(codes, 4):
        figure = figures.FIGURES[code]
        look = looks[_KIND[figure.kind]]
        sheet.write_string(row, 0, figure.name)
        sheet.write_string(row, 1, figure.unit)
        for place, name in enumerate(columns, 2):
            _write(sheet, row, place, report.figures[name][code], look)
        sheet.write_string(row, len(headings) - 1, tables.aim(code))
    row = 6 + len(codes)
    headings = ["Keadaan saat dihitung", "Aduan"]
    sheet.add_table(row, 0, row + len(tables.PRESENT), 1, _table("Keadaan", headings))
    for place, code in enumerate(tables.PRESENT, row + 1):
        sheet.write_string(place, 0, figures.FIGURES[code].name)
        _write(sheet, place, 1, report.figures["present"][code], looks["count"])
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 5, 18)


def _sheet(workbook, looks: dict, table: tables.Table) -> None:
    sheet = workbook.add_worksheet(table.title)
    last = max(len(table.rows), 1)
    headings = [column.heading for column in table.columns]
    sheet.add_table(0, 0, last, len(headings) - 1, _table(table.title, headings))
    for row, values in enumerate(table.rows, 1):
        for place, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            _write(sheet, row, place, value, looks[column.kind])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(headings) - 1, 16)
    sheet.freeze_panes(1, 1)


def _definitions(workbook, looks: dict) -> None:
    sheet = workbook.add_worksheet("Cara menghitung")
    found = tables.definitions()
    sheet.add_table(0, 0, len(found), 1, _table("Definisi", ["Angka", "Cara menghitung"]))
    for row, (name, definition) in enumerate(found, 1):
        sheet.write_string(row, 0, name, looks["wrap"])
        sheet.write_string(row, 1, definition, looks["wrap"])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 110)


def _table(name: str, headings: list[str]) -> dict:
    columns = [{"header": heading} for heading in headings]
    return {"name": name, "columns": columns, "style": "Table Style Light 1", "autofilter": True}


def _write(sheet, row: int, place: int, value: str | float | None, look) -> None:
    if isinstance(value, str):
        sheet.write_string(row, place, value, look)
    elif value is None:
        sheet.write_blank(row, place, None, look)
    else:
        sheet.write_number(row, place, value, look)
