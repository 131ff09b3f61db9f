"""The charts of a report as vectors: sober, with their numbers beside them, told apart without colour vision."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from ..rules.indonesian import number
from . import words

TEXT, BOLD = "Vera", "Vera-Bold"
INK, FAINT, RULE = HexColor("#1c2527"), HexColor("#5b6b6f"), HexColor("#d5dddd")
BAR, LINE = HexColor("#0072B2"), HexColor("#B35900")


def course(rows: list[dict], width: float, height: float = 150) -> Drawing:
    """Received as bars, ended as a line with dots."""
    drawing = Drawing(width, height)
    left, bottom, top = 30, 30, height - 18
    highest = _ceiling(max((max(row["received"], row["ended"]) for row in rows), default=0))
    scale = (top - bottom) / highest
    for part in range(5):
        value = highest * part / 4
        y = bottom + value * scale
        drawing.add(Line(left, y, width, y, strokeColor=RULE, strokeWidth=0.5))
        drawing.add(_text(left - 4, y - 2.5, number(value), anchor="end"))
    slot = (width - left) / max(len(rows), 1)
    points: list[float] = []
    for place, row in enumerate(rows):
        x = left + slot * place
        drawing.add(_bar(x + slot * 0.15, bottom, slot * 0.7, row["received"] * scale))
        points += [x + slot / 2, bottom + row["ended"] * scale]
        if len(rows) <= 12 or place == 0 or (place + 1) % 5 == 0:
            drawing.add(_text(x + slot / 2, bottom - 11, words.step_name(row["step"])))
    drawing.add(PolyLine(points, strokeColor=LINE, strokeWidth=1.4))
    for x, y in zip(points[::2], points[1::2], strict=True):
        drawing.add(Circle(x, y, 1.6, fillColor=LINE, strokeColor=None))
    drawing.add(_bar(left, height - 9, 9, 7))
    drawing.add(_text(left + 13, height - 8.5, "diterima (batang)", anchor="start", color=INK))
    drawing.add(Line(left + 100, height - 5.5, left + 114, height - 5.5, strokeColor=LINE, strokeWidth=1.4))
    drawing.add(Circle(left + 107, height - 5.5, 1.6, fillColor=LINE, strokeColor=None))
    drawing.add(_text(left + 118, height - 8.5, "berakhir (garis)", anchor="start", color=INK))
    return drawing


def ranking(rows: Sequence[tuple[str, int]], width: float, label: float = 165) -> Drawing:
    """The largest first, each with its number."""
    step = 13
    drawing = Drawing(width, step * len(rows) + 2)
    highest = max((count for _, count in rows), default=0) or 1
    for place, (name, count) in enumerate(rows):
        y = drawing.height - step * (place + 1)
        drawing.add(_text(label - 6, y + 3, _cut(name, 32), anchor="end", color=INK))
        length = (width - label - 40) * count / highest
        drawing.add(_bar(label, y + 1, max(length, 0.5), step - 4))
        drawing.add(_text(label + length + 4, y + 3, number(count), anchor="start", color=INK))
    return drawing


def _bar(x: float, y: float, width: float, height: float) -> Rect:
    return Rect(x, y, width, height, fillColor=BAR, strokeColor=None)


def _text(x: float, y: float, text: str, anchor: str = "middle", color: Color = FAINT) -> String:
    return String(x, y, text, fontName=TEXT, fontSize=7, fillColor=color, textAnchor=anchor)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _ceiling(value: float) -> float:
    """A round number at or above, divisible into four whole parts."""
    step = 4
    while step < value:
        for factor in (2, 5, 10):
            if step * factor >= value or factor == 10:
                step *= factor
                break
    return step
