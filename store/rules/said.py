"""Telephone and complaint numbers as people say and write them."""

import re

_NUMBER = re.compile(r"([a-z]{2,3})\W*(20\d\d)\W*(\d{1,9})", re.IGNORECASE)


def normal_phone(text: str) -> str | None:
    """An Indonesian telephone number the way WhatsApp writes it (`0812…` and `+62 812…` become `62812…`), or None."""
    digits = re.sub(r"[\s().+-]", "", text.strip())
    if not digits.isdigit() or not 7 <= len(digits) <= 15:
        return None
    return "62" + digits[1:] if digits.startswith("0") else digits


def normal_number(text: str) -> str | None:
    """A complaint's number as it is stored (`wa 2026 42` becomes `WA-2026-00042`), or None."""
    found = _NUMBER.fullmatch(text.strip())
    return f"{found[1].upper()}-{found[2]}-{int(found[3]):05d}" if found else None
