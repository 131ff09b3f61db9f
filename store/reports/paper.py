"""A report as PDF: A4, the words first, then figures, charts and tables; the same report is the same bytes."""

import io
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from .. import figures
from ..rules.deadline import to_jakarta
from ..rules.indonesian import number, percent
from . import drawings, tables, words
from .drawings import BOLD, FAINT, INK, RULE, TEXT
from .keeping import Report

ACCENT = HexColor("#0b6b72")
_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_BODY = ParagraphStyle("body", fontName=TEXT, fontSize=9.5, leading=14, textColor=INK, spaceAfter=7)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7.5, leading=10.5, spaceAfter=4, textColor=FAINT)
_CELL = ParagraphStyle("cell", _BODY, fontSize=7.5, leading=9.5, spaceAfter=0)
_NUMBER = ParagraphStyle("number", _CELL, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", _CELL, fontName=BOLD, fontSize=6.8, leading=8.4)
_HEAD_NUMBER = ParagraphStyle("head-number", _HEAD, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=19, leading=24, textColor=ACCENT, spaceAfter=4)
_PART = ParagraphStyle("part", fontName=BOLD, fontSize=12, leading=15, textColor=ACCENT, spaceBefore=10, spaceAfter=5)
_LARGE = ParagraphStyle("large", fontName=BOLD, fontSize=17, leading=20, textColor=INK, alignment=TA_CENTER)
_BELOW = ParagraphStyle("below", _SMALL, alignment=TA_CENTER, spaceAfter=0, textColor=INK)
_LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
)


def paper(report: Report) -> bytes:
    """The whole file."""
    _fonts()
    made = io.BytesIO()
    title = words.title(report.period)
    document = BaseDocTemplate(
        made, pagesize=A4, title=title, author=report.basis["service"]["office"], 
        subject=f"Angka per {tables.asof(report)}", invariant=1,
    )  # fmt: skip
    # Without a frame's own padding, so that headings and tables begin at one line.
    frame = Frame(_MARGIN, 20 * mm, _WIDTH, A4[1] - 44 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    story = [
        *_first_page(report),
        PageBreak(),
        *_summary(report),
        *_endings(report),
        *_course(report),
        *_departments(report),
        *_groups(report),
        *_definitions(),
    ]
    document.build(story, canvasmaker=lambda *given, **more: _Numbered(report, *given, **more))
    return made.getvalue()


class _Numbered(Canvas):
    """Writes head and foot when the number of pages is known."""

    def __init__(self, report: Report, *given, **more):
        super().__init__(*given, **more)
        self._report, self._pages = report, []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for place, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._around(place, len(self._pages))
            super().showPage()
        super().save()

    def _around(self, place: int, count: int) -> None:
        report, service = self._report, self._report.basis["service"]
        width, height = A4
        self.setFont(BOLD, 8)
        self.setFillColor(ACCENT)
        self.drawString(_MARGIN, height - 14 * mm, f"{service['name']} · {service['city']}")
        self.setFont(TEXT, 8)
        self.setFillColor(FAINT)
        self.drawRightString(width - _MARGIN, height - 14 * mm, words.title(report.period))
        self.setStrokeColor(ACCENT)
        self.setLineWidth(0.8)
        self.line(_MARGIN, height - 16.5 * mm, width - _MARGIN, height - 16.5 * mm)
        self.setFont(TEXT, 7)
        state = f"Edisi {report.edition}" if report.issued else "KONSEP – belum diterbitkan"
        self.drawString(_MARGIN, 11 * mm, f"{state} · angka per {tables.asof(report)}")
        self.drawRightString(width - _MARGIN, 11 * mm, f"Halaman {place} dari {count}")
        if not report.issued:
            self.saveState()
            self.translate(width / 2, height / 2)
            self.rotate(52)
            self.setFont(BOLD, 90)
            self.setFillColor(HexColor("#0b6b72"), alpha=0.07)
            self.drawCentredString(0, -30, "KONSEP")
            self.restoreState()


def _first_page(report: Report) -> list:
    service = report.basis["service"]
    told = f"{service['office']} · angka per {tables.asof(report)}"
    found = [Paragraph(escape(words.title(report.period)), _TITLE), Paragraph(escape(told), _SMALL), Spacer(1, 8)]
    for block in report.words.split("\n\n"):
        if block.strip():
            found.append(Paragraph(escape(block.strip()).replace("\n", "<br/>"), _BODY))
    if report.issued:
        local = to_jakarta(report.issued_at)
        issued = f"Diterbitkan {local.day} {words.month_name(local.date())} oleh {report.issuer or report.issued_by}."
        found += [Spacer(1, 10), Paragraph(escape(issued), _SMALL)]
    return found


def _summary(report: Report) -> list:
    columns = tables.periods(report)
    rows = [["Angka", *columns.values(), "Sasaran"]]
    for code in tables.SUMMARY:
        values = [figures.shown(code, report.figures[name][code]) for name in columns]
        rows.append([figures.FIGURES[code].name, *values, tables.aim(code) or "–"])
    widths = [_WIDTH - 28 * mm * (len(columns)) - 18 * mm] + [28 * mm] * len(columns) + [18 * mm]
    return [Paragraph("Ringkasan", _PART), _table(rows, widths)]


def _endings(report: Report) -> list:
    now = report.figures["now"]
    large = [Paragraph(figures.shown(code, now[code]), _LARGE) for code in figures.CLOSINGS]
    below = [Paragraph(escape(figures.FIGURES[code].name), _BELOW) for code in figures.CLOSINGS]
    box = Table([large, below], colWidths=[_WIDTH / 4] * 4)
    box.setStyle(TableStyle([("BOX", (place, 0), (place, 1), 0.6, RULE) for place in range(4)]))
    others = "; ".join(f"{figures.FIGURES[code].name}: {figures.shown(code, now[code])}" for code in tables.OTHER_ENDS)
    present = "; ".join(
        f"{figures.FIGURES[code].name}: {number(report.figures['present'][code])}" for code in tables.PRESENT
    )
    return [
        KeepTogether(
            [
                Paragraph("Cara berakhir", _PART),
                box,
                Spacer(1, 4),
                Paragraph(escape(f"Lainnya – {others}. Terjadwal belum selesai."), _SMALL),
            ]
        ),
        KeepTogether(
            [
                Paragraph(escape(f"Keadaan per {tables.asof(report)}"), _PART),
                Paragraph(escape(present + "."), _BODY),
            ]
        ),
    ]


def _course(report: Report) -> list:
    by = "bulan" if report.kind == "yearly" else "hari"
    chart = drawings.course(report.figures["course"], _WIDTH)
    return [KeepTogether([Paragraph(f"Diterima dan berakhir per {by}", _PART), chart])]


def _departments(report: Report) -> list:
    rows = [
        ["OPD", "Diterima", "Dalam janji", "Hasil, nilai tengah", "Dikembalikan", "Dibuka kembali", "Penilaian",
         "Belum berakhir"]
    ]  # fmt: skip
    found = sorted(report.figures["departments"].items(), key=lambda item: (-item[1]["received"], item[0]))
    for code, n in found:
        rows.append(
            [
                words.group_name("departments", code, report.basis),
                number(n["received"]),
                _share(n["promise_kept"], n["promise_decided"]),
                _few(figures.shown("result_median", n.get("result_median")), n["with_result"]),
                number(n["returned"]),
                number(n["ever_reopened"]),
                _few(figures.shown("rating_mean", n.get("rating_mean")), n["ratings"]) + f" ({number(n['ratings'])})",
                number(n["open"]),
            ]
        )
    widths = [_WIDTH - 128 * mm, 15 * mm, 25 * mm, 19 * mm, 21 * mm, 15 * mm, 17 * mm, 16 * mm]
    note = f"* kurang dari {tables.FEW} aduan: angka ini mudah berubah. Dalam janji: bagian, dan berapa dari berapa."
    if not found:
        return [Paragraph("OPD", _PART), Paragraph("Tidak ada aduan dalam masa ini.", _BODY)]
    return [Paragraph("OPD", _PART), _table(rows, widths), Spacer(1, 3), Paragraph(escape(note), _SMALL)]


def _groups(report: Report) -> list:
    found = []
    for part, title in (("categories", "Kategori"), ("kelurahan", "Kelurahan"), ("channels", "Saluran")):
        groups = sorted(report.figures[part].items(), key=lambda item: (-item[1]["received"], item[0]))
        rows = [(words.group_name(part, code, report.basis), n["received"]) for code, n in groups if n["received"]]
        heading = Paragraph(f"Diterima menurut {title.lower()}", _PART)
        if not rows:
            found.append(KeepTogether([heading, Paragraph("Tidak ada aduan dalam masa ini.", _BODY)]))
            continue
        # In pieces that fit a page, the first with its heading.
        found.append(KeepTogether([heading, drawings.ranking(rows[:30], _WIDTH)]))
        found += [drawings.ranking(rows[at : at + 30], _WIDTH) for at in range(30, len(rows), 30)]
    return found


def _definitions() -> list:
    rows = [["Angka", "Cara menghitung"], *([name, told] for name, told in tables.definitions())]
    return [PageBreak(), Paragraph("Cara menghitung", _PART), _table(rows, [45 * mm, _WIDTH - 45 * mm], text=2)]


def _table(rows: list[list[str]], widths: list[float], text: int = 1) -> Table:
    """A table with a heading on every page; the first `text` columns are words, the others numbers."""

    def cell(value: str, row: int, place: int) -> Paragraph:
        if row == 0:
            return Paragraph(escape(value), _HEAD if place < text else _HEAD_NUMBER)
        return Paragraph(escape(value), _CELL if place < text else _NUMBER)

    cells = [[cell(value, row, place) for place, value in enumerate(values)] for row, values in enumerate(rows)]
    made = Table(cells, colWidths=widths, repeatRows=1)
    made.setStyle(_LINES)
    return made


def _share(part: int, base: int) -> str:
    if not base:
        return "–"
    return _few(percent(part / base), base) + f" ({number(part)}/{number(base)})"


def _few(shown: str, count: int) -> str:
    return f"{shown}*" if 0 < count < tables.FEW else shown


@cache
def _fonts() -> None:
    """Fonts that reportlab brings along, so that the page looks the same on every machine and printer."""
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(TEXT, folder / "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, folder / "VeraBd.ttf"))
