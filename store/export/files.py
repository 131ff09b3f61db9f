"""The three kinds of file, each written batch by batch into an open file: nothing grows with the number of rows.

Text that a spreadsheet would run as a formula is defused: with an apostrophe in CSV, and in XLSX as a cell of plain
text that stays one when it is edited.
"""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

# A cell that starts like this would run in a spreadsheet; some programs take the full-width signs, too.
FORMULA = r"^[\x09\x0a\x0d=+\-@＝＋－＠]"
# Where lists are written with semicolons, as in Indonesia, Excel opens a file with commas as one column and knows no
# quotes after the first: what follows a semicolon or the end of a line within a text begins a cell of its own there.
_WITHIN = r"([;\x09\x0a\x0d][\s\"]*)([=+\-@＝＋－＠])"
XLSX_ROWS = 1_048_575
# A cell holds 32,767 units of UTF-16, of which some signs take two.
XLSX_TEXT = 16_300
_ZONE = "Asia/Jakarta"
_EXCEL_DAY_ZERO = pa.scalar(datetime(1899, 12, 30), pa.timestamp("us"))


class TooLong(Exception):
    """More rows than this kind of file can hold."""


class _Csv:
    """In people's words, in UTF-8 with the mark that Excel wants; what is absent is an empty cell."""

    def __init__(self, file: BinaryIO, folder: Path, total: int):
        self._file, self._writer = file, None
        file.write(b"\xef\xbb\xbf")

    def write(self, table: pa.Table) -> None:
        columns = {name: self._column(table[name]) for name in table.column_names}
        ready = pa.table(columns)
        if self._writer is None:
            options = pyarrow.csv.WriteOptions(quoting_style="all_valid", eol="\r\n", batch_size=len(ready) or 1)
            self._writer = pyarrow.csv.CSVWriter(self._file, ready.schema, write_options=options)
        self._writer.write_table(ready)

    def close(self) -> None:
        self._writer.close()

    @staticmethod
    def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
        if pa.types.is_timestamp(column.type):
            return pc.strftime(pc.cast(column, pa.timestamp("s", _ZONE), safe=False), "%Y-%m-%d %H:%M")
        return defused(column) if pa.types.is_string(column.type) else column


class _Parquet:
    """Typed: times with their zone, numbers as numbers."""

    def __init__(self, file: BinaryIO, folder: Path, total: int):
        self._file, self._writer = file, None

    def write(self, table: pa.Table) -> None:
        if self._writer is None:
            self._writer = pyarrow.parquet.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class _Xlsx:
    """One sheet with a fixed heading and filters; times are Excel's, in WIB.

    XlsxWriter makes the book with its heading, and the rows are put into its sheet here, a column at a time:
    cell by cell 100,000 rows took five times as long.
    """

    def __init__(self, file: BinaryIO, folder: Path, total: int):
        if total > XLSX_ROWS:
            raise TooLong(total)
        self._file, self._total, self._row = file, total, 2
        self._book = self._sheet = None
        self._tail = b""

    def write(self, table: pa.Table) -> None:
        if self._book is None:
            self._open(table.schema)
        numbers = pc.cast(pa.array(range(self._row, self._row + len(table))), pa.string())
        parts = [pc.binary_join_element_wise('<row r="', numbers, '">', "")]
        parts += [self._cells(table[name], numbers, place) for place, name in enumerate(table.column_names)]
        rows = pc.binary_join_element_wise(*parts, "</row>", "")
        self._sheet.write("".join(rows.to_pylist()).encode())
        self._row += len(table)

    def close(self) -> None:
        self._sheet.write(self._tail)
        self._sheet.close()
        self._book.close()

    def _open(self, schema: pa.Schema) -> None:
        """Everything but the rows: the other parts of the book, and of the sheet what stands before its rows."""
        with zipfile.ZipFile(_empty_book(schema, self._total)) as made:
            self._book = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
            for part in made.infolist():
                if part.filename != _SHEET:
                    self._book.writestr(part, made.read(part))
            head, end, tail = made.read(_SHEET).partition(b"</sheetData>")
        self._tail = end + tail
        self._sheet = self._book.open(_SHEET, "w", force_zip64=True)
        self._sheet.write(head)

    @staticmethod
    def _cells(column: pa.ChunkedArray, numbers: pa.Array, place: int) -> pa.Array:
        """One column as cells, each with its address; an empty one is none."""
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        name = xl_col_to_name(place)
        if pa.types.is_string(column.type):
            # Style 3 tells a spreadsheet that this is text, whatever it looks like and even when it is edited.
            style = pc.if_else(pc.match_substring_regex(column, FORMULA), f' s="{_PLAIN}"', "")
            opened = pc.binary_join_element_wise(f'<c r="{name}', numbers, '"', style, ' t="inlineStr"><is>', "")
            text = '<t xml:space="preserve">'
            cells = pc.binary_join_element_wise(opened, text, _escaped(column), "</t></is></c>", "")
        else:
            style = ""
            if pa.types.is_timestamp(column.type):
                since = pc.cast(pc.subtract(pc.local_timestamp(column), _EXCEL_DAY_ZERO), pa.int64())
                column, style = pc.divide(since, _DAY), f' s="{_MOMENT}"'
            value = pc.cast(column, pa.string())
            cells = pc.binary_join_element_wise(f'<c r="{name}', numbers, f'"{style}><v>', value, "</v></c>", "")
        return pc.fill_null(cells, "")


_SHEET = "xl/worksheets/sheet1.xml"
# Numbers of the styles in the order in which the book below makes them.
_HEADING, _MOMENT, _PLAIN = 1, 2, 3
_DAY = 86_400_000_000.0


def _empty_book(schema: pa.Schema, total: int) -> io.BytesIO:
    """A book with a heading and nothing below it."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("Aduan")
    heading = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    plain = book.add_format({"quote_prefix": True})
    for place, field in enumerate(schema):
        sheet.write_string(0, place, field.name, heading)
        sheet.set_column(place, place, 17 if pa.types.is_timestamp(field.type) else max(12, len(field.name) + 3))
    # A style must be in use to be in the book; these two cells are in no row of ours.
    sheet.write_blank(0, len(schema), "", moment)
    sheet.write_blank(0, len(schema) + 1, "", plain)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, total, len(schema) - 1)
    book.close()
    return made


def _escaped(column: pa.Array) -> pa.Array:
    """Text as XML holds it: without what XML cannot hold, and with nothing that a spreadsheet would read as a code."""
    long = pc.binary_join_element_wise(pc.utf8_slice_codeunits(column, 0, XLSX_TEXT), " … (dipotong)", "")
    text = pc.if_else(pc.greater(pc.utf8_length(column), XLSX_TEXT), long, column)
    for pattern, instead in _XML:
        text = pc.replace_substring_regex(text, pattern, instead)
    return text


_XML = (
    (r"\r\n?", "\n"),
    (r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", ""),
    (r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1"),
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
)
FORMATS: dict[str, Callable] = {"csv": _Csv, "xlsx": _Xlsx, "parquet": _Parquet}


def defused(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text that would run as a formula gets an apostrophe in front, which spreadsheets take for "this is text"."""
    begins = pc.match_substring_regex(column, FORMULA)
    column = pc.replace_substring_regex(column, _WITHIN, r"\1'\2")
    return pc.if_else(begins, pc.binary_join_element_wise("'", column, ""), column)


def harmless(value: object) -> object:
    """The same for one cell of a CSV; numbers, also negative ones, stay numbers."""
    if not isinstance(value, str):
        return value
    return ("'" if re.match(FORMULA, value) else "") + re.sub(_WITHIN, r"\1'\2", value)


def in_words(batch: pa.RecordBatch, headings: dict[str, str], words: dict[str, dict]) -> pa.Table:
    """A batch with people's headings, stored codes as people's words, and times with their zone.

    :param words: for each such column what a stored value is called; one that is not known stays
    """
    columns = {}
    for name in batch.schema.names:
        column = batch.column(name)
        if name in words:
            coded = column.dictionary_encode()
            known = [words[name].get(value, value) for value in coded.dictionary.to_pylist()]
            column = pa.DictionaryArray.from_arrays(coded.indices, pa.array(known, pa.string())).cast(pa.string())
        elif pa.types.is_timestamp(column.type):
            column = pc.assume_timezone(column.cast(pa.timestamp("us")), "UTC").cast(pa.timestamp("us", _ZONE))
        columns[headings.get(name, name)] = column
    return pa.table(columns)
