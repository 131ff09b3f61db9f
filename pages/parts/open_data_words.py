"""What the open data and their differences are called, for everybody and for the administrator."""

from store import figures, opendata
from store.desk import Desk
from store.open_quarters import Difference

from . import words
from .names import told_apart

LISTS = {"month": "Bulan", "channel": "Saluran", "category": "Kategori", "kelurahan": "Kelurahan"}
_UNKNOWN = {"category": "Belum ditentukan", "kelurahan": "Belum diketahui", "channel": "Belum diketahui"}


def names_of(desk: Desk) -> dict[str, dict[str, str]]:
    """What the codes are called now; two of one name each with its code."""
    found = {
        table: dict(zip(by, told_apart(by, by.values()), strict=True)) for table, by in opendata.names(desk).items()
    }
    return found | {"channel": words.CHANNELS}


def name_of(names: dict, part: str, code: str) -> str:
    if part == "month":
        return f"{words.MONTHS[int(code[5:]) - 1]} {code[:4]}"
    return names[part].get(code, code) if code else _UNKNOWN[part]


def place_of(names: dict, part: str, code: str) -> tuple[bool, str]:
    """Where a line stands in its list: months in their order, all else by name, what is not known last."""
    return (False, code) if part == "month" else (not code, name_of(names, part, code))


def quarter_said(quarter: opendata.Quarter) -> str:
    return f"Triwulan {quarter.name[-1]} tahun {quarter.first.year}"


def difference_name(names: dict, difference: Difference) -> str:
    """What a number that is another now is called."""
    if not difference.part:
        return "Diterima"
    if difference.part == "shares":
        return figures.FIGURES[difference.code].name
    return f"{LISTS[difference.part]}: {name_of(names, difference.part, difference.code)}"


def value_said(difference: Difference, value: float | int | None) -> str:
    """So that two values that differ are not said alike; "–" is what is not told."""
    return words.percent(value, 1) if difference.part == "shares" else words.number(value)
