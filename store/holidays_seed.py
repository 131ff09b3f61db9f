"""National holidays and cuti bersama, to seed the table that staff edit."""

from collections.abc import Iterable
from datetime import date

import holidays

NATIONAL = "libur_nasional"
JOINT_LEAVE = "cuti_bersama"


def national_holidays(years: Iterable[int]) -> list[tuple[date, str, str]]:
    """Indonesia's holidays of these years as (date, Indonesian name, kind), by date, one row a date.

    Kind is `libur_nasional` or `cuti_bersama`. Names of holidays that share a date are joined by "; ". Cuti bersama is
    decreed year by year: a year whose decree the library does not know has none, and its movable feasts are estimates
    (named "(perkiraan)"), so staff complete the table when the decree is out.

    Source: PyPI `holidays`, categories `public` and `government`; the latter is off there by default.
    """
    wanted = sorted(set(years))
    found = {day: (name, JOINT_LEAVE) for day, name in _category("government", wanted)}
    found |= {day: (name, NATIONAL) for day, name in _category("public", wanted)}
    return [(day, name, kind) for day, (name, kind) in sorted(found.items())]


def _category(category: str, years: list[int]) -> Iterable[tuple[date, str]]:
    return holidays.country_holidays("ID", years=years, categories=(category,), language="id").items()
