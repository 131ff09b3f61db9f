"""What of an event is personal, and what stays of it when that is erased.

Everything is personal that is not known to be otherwise, so that a new field is never kept by oversight.
"""

import json
import re

ERASED = "[dihapus]"
# Codes, times, numbers of ours: they say what was done, not who reported or what was written.
OPEN = frozenset(
    (
        *("number", "channel", "contact_id", "kind", "category", "kelurahan", "confidential", "elements", "missing"),
        *("department", "departments", "binding", "handler", "to", "level", "until", "how", "reason", "media"),
        *("promise_due_at", "outer_due_at", "accept_due_at", "promised_at", "told_at", "message_id", "thanks"),
        *("parent_id", "parent", "child", "rating", "settles", "corrected"),
    )
)
# Digits that tell a number, and letters that tell a name.
_TAIL, _SHORTEST = 9, 3
# About a kilometre: enough for a map of the city, too little for a house.
PLACES = 2


def opened(data: dict) -> dict:
    """The data of an event without what is personal; of what is so already, the same.

    A text leaves a mark, so that what was there is still counted as there.
    """
    return {name: value if name in OPEN else _left(name, value) for name, value in data.items()}


def open_text(text: str) -> str:
    """The same for data as it is stored; what is no JSON object stays as it is."""
    try:
        data = json.loads(text)
    except ValueError:
        return text
    return json.dumps(opened(data), ensure_ascii=False, default=str) if isinstance(data, dict) else text


def coarse(degrees: float | None) -> float | None:
    """A latitude or longitude that shows the neighbourhood and no house."""
    return None if degrees is None else round(float(degrees), PLACES)


def tail_of(number: str) -> str:
    """What all ways to write a telephone number have in common: its last nine digits; nothing of what is none."""
    digits = re.sub(r"\D", "", number)
    return digits[-_TAIL:] if len(digits) >= _TAIL and re.fullmatch(r"[\d\s()+./-]+", number) else ""


def tells_of(text: str, name: str | None, *addresses: str | None) -> bool:
    """Whether a text names a person: a part of the name as a word, a number in any spelling, or an address."""
    words = set(re.findall(r"\w+", text.casefold()))
    if words & {part for part in re.findall(r"\w+", (name or "").casefold()) if len(part) >= _SHORTEST}:
        return True
    digits = re.sub(r"\D", "", text)
    given = [address for address in addresses if address]
    return any((tail := tail_of(each)) and tail in digits for each in given) or any(
        len(each) > _SHORTEST and each.casefold() in text.casefold() for each in given
    )


def _left(name: str, value: object) -> object:
    if isinstance(value, dict):
        return opened(value)
    if isinstance(value, list | tuple):
        return [_left(name, each) for each in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return coarse(value) if name in ("latitude", "longitude") else value
    return ERASED if value else value
