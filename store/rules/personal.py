"""What of an event is personal, and what stays of it when that is erased.

Everything is personal that is not known to be otherwise, so that a new field is never kept by oversight.
"""

import json

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
