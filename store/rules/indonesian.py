"""Dates, numbers and channels as people in Pekalongan write them. All times come in naive UTC and are read in WIB."""

from datetime import UTC, date, datetime

from .deadline import to_jakarta

DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
FULL_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
FULL_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
# Pages and reports name a channel alike.
CHANNELS = {
    "WA": "WhatsApp",
    "TLP": "Telepon",
    "EML": "Surel",
    "WEB": "Situs web",
    "TWT": "Twitter/X",
    "IGR": "Instagram",
    "HPP": "HP petugas pengaduan",
    "LOK": "Loket",
}


def moment(value: datetime | None, today: date | None = None) -> str:
    """A stored time as people in Pekalongan read it: "Sen 23 Nov 14.32", with the year when it is not this one."""
    if value is None or value != value:
        return "–"
    local = to_jakarta(value)
    year = "" if local.year == (today or _today()).year else f" {local.year}"
    return f"{day_name(local.date())} {local.day} {MONTHS[local.month - 1]}{year} {local:%H.%M}"


def clock(value: datetime) -> str:
    """Only the time: "14.32"."""
    return f"{to_jakarta(value):%H.%M}"


def day(value: date, with_year: bool = True) -> str:
    """A day: "23 Nov 2026"."""
    return f"{value.day} {MONTHS[value.month - 1]}" + (f" {value.year}" if with_year else "")


def day_name(value: date) -> str:
    return DAYS[value.weekday()]


def in_full(value: date) -> str:
    """A day as messages to citizens say it, without abbreviations: "Senin 23 November 2026"."""
    return f"{FULL_DAYS[value.weekday()]} {value.day} {FULL_MONTHS[value.month - 1]} {value.year}"


def number(value: float | int | None, decimals: int = 0) -> str:
    """A number with Indonesian signs: 1.234 and 12,5."""
    if value is None or value != value:
        return "–"
    return f"{value:,.{decimals}f}".replace(",", "\x00").replace(".", ",").replace("\x00", ".")


def percent(value: float | None, decimals: int = 0) -> str:
    """A share of one as "12,5 %"."""
    return "–" if value is None or value != value else f"{number(value * 100, decimals)} %"


def _today() -> date:
    return to_jakarta(datetime.now(UTC).replace(tzinfo=None)).date()
