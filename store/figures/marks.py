"""What one mark of a chart stands for, where no filter says it: "jam:1-14", "alih:rf", "petak:-3445_54838" …

So that every mark of Analitik opens its cases by the same words that counted it.
"""

import re
from datetime import date, timedelta

from ..rules.point import LATITUDES, LONGITUDES
from ..rules.workflow import LETTERS
from .analysis import CELL, hour, weekday
from .analysis_words import HAS_WORD, TITLES
from .scope import start_of

_DEPARTMENT = r"[A-Z0-9-]{2,20}"
_STATES = {letter: state.value for state, letter in LETTERS.items()}
CONDITIONS = {
    # Arrived on a weekday (1 is Monday) in an hour.
    "jam": f"{weekday('c.received_at')} = $weekday and {hour('c.received_at')} = $hour",
    # Went from one state to another, once or oftener.
    "alih": "contains(c.way, $step)",
    # Shared a place within a cell of the map.
    "petak": "round(c.latitude / $cell)::integer = $y and round(c.longitude / $cell)::integer = $x"
    " and c.latitude between $south and $north and c.longitude between $west and $east and not c.confidential",
    # Was open at the end of a day.
    "terbuka": "c.received_at < $end and (c.ended_at is null or c.ended_at >= $end) and c.id not in ("
    "select complaint_id from earlier_end where ended_at < $end and undone_at >= $end)",
    # Ended in the days of the list.
    "berakhir": "c.ended_at >= $ended_since and c.ended_at < $ended_until",
    # Is open, and how its clock stands.
    "jalan": "c.ended_at is null and c.due_at >= $now",
    "henti": "c.ended_at is null and c.due_at is null",
    # Was returned by a department.
    "kembali": "contains(c.returned_by, $returner)",
    # Is a department's as the lead.
    "utama": "c.department = $lead",
    # Was accepted by a department that has a part of it; got its result after it was forwarded there.
    "terima": "c.id in (select complaint_id from assignment where department = $holder and state <> 'returned'"
    " and accepted_at is not null)",
    "hasil": "c.id in (select a.complaint_id from assignment a join complaint h on h.id = a.complaint_id"
    " where a.department = $holder and a.state <> 'returned' and h.result_at >= a.forwarded_at)",
    # Has a rating, whenever it was given.
    "nilai": "c.rating is not null",
    # Its opening words have a word, and it is not older than the first that was read for it.
    "kata": HAS_WORD,
}


def parsed(mark: str) -> tuple[str, dict] | None:
    """The kind of a mark and what its condition binds besides `$now`; None for what cannot be read."""
    kind, _, value = mark.partition(":")
    found = _PARSERS[kind](value) if kind in _PARSERS else None
    return (kind, found) if found is not None else None


def condition(mark: str) -> str:
    """Which rows `c` a mark stands for; all rows for one that cannot be read."""
    found = parsed(mark)
    return f"({CONDITIONS[found[0]]})" if found else "(true)"


def params(mark: str) -> dict:
    """What the condition of a mark binds."""
    found = parsed(mark)
    return found[1] if found else {}


def steps(mark: str) -> tuple[str, str] | None:
    """The two states of an "alih", for words."""
    found = parsed(mark)
    return tuple(_STATES[letter] for letter in found[1]["step"]) if found and found[0] == "alih" else None


def _hour(value: str) -> dict | None:
    found = re.fullmatch(r"([1-7])-(\d{1,2})", value)
    return {"weekday": int(found[1]), "hour": int(found[2])} if found and int(found[2]) < 24 else None


def _step(value: str) -> dict | None:
    return {"step": value} if len(value) == 2 and set(value) <= set(_STATES) else None


def _cell(value: str) -> dict | None:
    found = re.fullmatch(r"(-?\d{1,6})_(-?\d{1,6})", value)
    if not found:
        return None
    box = {"south": LATITUDES[0], "north": LATITUDES[1], "west": LONGITUDES[0], "east": LONGITUDES[1]}
    return {"y": int(found[1]), "x": int(found[2]), "cell": CELL} | box


def _end(value: str) -> dict | None:
    day = _day(value)
    return {"end": start_of(day + timedelta(days=1))} if day else None


def _ended(value: str) -> dict | None:
    first, _, last = value.partition("_")
    since, until = _day(first), _day(last)
    if not since or not until:
        return None
    return {"ended_since": start_of(since), "ended_until": start_of(until + timedelta(days=1))}


def _returner(value: str) -> dict | None:
    return {"returner": f"|{value}|"} if re.fullmatch(_DEPARTMENT, value) else None


def _lead(value: str) -> dict | None:
    return {"lead": value} if re.fullmatch(_DEPARTMENT, value) else None


def _holder(value: str) -> dict | None:
    return {"holder": value} if re.fullmatch(_DEPARTMENT, value) else None


def _word(value: str) -> dict | None:
    found = re.fullmatch(r"([a-z]{4,24})_(\d{1,15})", value)
    return {"word": found[1], "first_read": int(found[2]), "titles": list(TITLES)} if found else None


def _now(value: str) -> dict | None:
    return {} if value == "kini" else None


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


_PARSERS = {
    "jam": _hour, "alih": _step, "petak": _cell, "terbuka": _end, "berakhir": _ended, "jalan": _now, "henti": _now,
    "kembali": _returner, "utama": _lead, "terima": _holder, "hasil": _holder, "nilai": _now, "kata": _word,
}  # fmt: skip
