"""Likely duplicates: complaints that agree in place, in time and in words. Suggested with reasons; people merge."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ..clock import now as clock_now
from ..db import Register, rows
from ..rules.errors import NotFound
from ..rules.workflow import CITY_ROLES, Actor
from . import keywords
from .wording import read, stem, without_identity

WINDOW = timedelta(days=30)
ENDED_LATELY = timedelta(days=14)
NEAR_METRES = 250
# Two shared locations this far apart are two places, though they lie in one kelurahan.
FAR_METRES = 600
LEAST_WORDS = 0.45
LEAST_SCORE = 0.5
COMPARED = 200
# Rare words are often only polite ones, so what no category is known by weighs less.
_ANY_WORD = 0.4
_FEW_WORDS = 3
# A street runs through several kelurahan, and many a name is borne by several places.
_PLACE_WEIGHT = {"near": 1.0, "neighbourhood": 1.0, "address": 0.8, "kelurahan": 0.5, "elsewhere": 0.4}
_METRES_A_DEGREE = 111_320


@dataclass(frozen=True)
class Likely:
    """A complaint that may be about the same; `score` from 0 to 1, `reasons` in Indonesian, the place first."""

    number: str
    score: float
    state: str
    received_at: datetime
    kelurahan: str | None
    summary: str
    reasons: list[str]


class _Areas:
    """The kelurahan: how they are called, and how people write them."""

    def __init__(self, cursor):
        found = cursor.execute(
            "select code, name, lower(name) from kelurahan union all select kelurahan, null, alias from kelurahan_alias"
        ).fetchall()
        self.names = {code: name for code, name, _ in found if name}
        self._said = {said: code for code, _, said in found}
        self.stems = {stem(word) for said in self._said for word in said.split()}

    def named_in(self, texts: list[str]) -> frozenset[str]:
        """The codes of those that are named in texts; where the writer lives counts where nothing else is named."""
        return self._named([without_identity(text) for text in texts]) or self._named(texts)

    def _named(self, texts: list[str]) -> frozenset[str]:
        plain = f" {' '.join(' '.join(texts).lower().translate(_MARKS).split())} "
        return frozenset(code for said, code in self._said.items() if f" {said} " in plain)


_MARKS = str.maketrans(dict.fromkeys(".,;:!?()/\"'", " "))


class _Known(NamedTuple):
    """A complaint as it is compared: the row, and what its reporter wrote, read."""

    row: dict
    about: dict[str, str]
    places: frozenset[str]
    neighbourhoods: frozenset[str]
    areas: frozenset[str]

    @property
    def has_place(self) -> bool:
        return bool(self.areas or self.places or self.row["latitude"] is not None)


def likely(register: Register, viewer: Actor, number: str, limit: int = 5, now: datetime | None = None) -> list[Likely]:
    """Complaints of the 30 days around this one that may be about the same, the likeliest first.

    Only for the city team and the official; for others, and for a complaint about an official, there are none. What was
    merged already is told as its parent.

    :raises NotFound: no such case
    """
    if not viewer.has(*CITY_ROLES):
        return []
    now = now or clock_now()
    with register.snapshot() as cursor:
        found = rows(cursor.execute(_ONE, [number]))
        if not found:
            raise NotFound(number)
        own = found[0]
        if own["kind"] == "official" or own["category"] == "official":
            return []
        areas = _Areas(cursor)
        (mine,) = _read_all(cursor, found, areas)
        if not mine.has_place:
            return []
        others = _read_all(cursor, rows(cursor.execute(_NEAR, _near_params(mine, now))), areas)
        scored = sorted(_scored(mine, others, areas.names), key=lambda pair: (-pair[1].score, pair[1].number))
        return _as_parents(cursor, own, scored, areas.names)[:limit]


_COLUMNS = (
    "id, number, kind, state, category, kelurahan, address, latitude, longitude, received_at, summary, parent_id "
)
_ONE = "select " + _COLUMNS + "from complaint where number = ?"
_COMPARABLE = "kind <> 'official' and category is distinct from 'official' and state not in ('rejected', 'withdrawn') "
# Places are compared before words: whatever lies elsewhere is left out here, and what has no place yet is read.
_NEAR = (
    "select "
    + _COLUMNS
    + """
    from complaint where """
    + _COMPARABLE
    + """
        and id <> $id and received_at between $since and $until
        and (ended_at is null or ended_at >= $ended)
        and (
            kelurahan is null or list_contains($areas::varchar[], kelurahan)
            or (latitude between $south and $north and longitude between $west and $east)
            or len(list_filter($places::varchar[], lambda p: contains(lower(concat(address, ' ', summary)), p))) > 0
        )
    order by abs(epoch(received_at - $received::timestamp)), id limit $limit
    """
)


def _near_params(mine: _Known, now: datetime) -> dict:
    row = mine.row
    north_south = NEAR_METRES / _METRES_A_DEGREE
    latitude, longitude = row["latitude"], row["longitude"]
    if latitude is None or longitude is None:
        box = dict.fromkeys(("south", "north", "west", "east"))
    else:
        east_west = north_south / math.cos(math.radians(latitude))
        box = {
            "south": latitude - north_south,
            "north": latitude + north_south,
            "west": longitude - east_west,
            "east": longitude + east_west,
        }
    return box | {
        "id": row["id"],
        "received": row["received_at"],
        "since": row["received_at"] - WINDOW,
        "until": row["received_at"] + WINDOW,
        "ended": now - ENDED_LATELY,
        "areas": sorted(mine.areas),
        "places": sorted(mine.places),
        "limit": COMPARED,
    }


def _texts(cursor, found: list[dict]) -> dict[int, list[str]]:
    """What reporters wrote in these complaints, message by message."""
    texts: dict[int, list[str]] = {}
    if not found:
        return texts
    # With the time, because the messages of a month lie together and those of one complaint do not.
    answer = cursor.execute(
        """
        select complaint_id, text from message_in
        where received_at >= $since and complaint_id in (select unnest($ids::bigint[])) and text is not null
            and kind not in ('contacts', 'reaction', 'edit', 'revoke', 'button_reply', 'list_reply', 'system')
        order by id
        """,
        {"since": min(row["received_at"] for row in found), "ids": [row["id"] for row in found]},
    )
    for complaint_id, text in answer.fetchall():
        texts.setdefault(complaint_id, []).append(text)
    return texts


def _read_all(cursor, found: list[dict], areas: _Areas) -> list[_Known]:
    texts = _texts(cursor, found)
    return [_known(row, texts.get(row["id"]) or [row["summary"]], areas) for row in found]


def _known(row: dict, texts: list[str], areas: _Areas) -> _Known:
    """What a complaint says of itself; staff's own note of the kelurahan is believed before the reporter's words."""
    address = row["address"] or ""
    readings = [read(text) for text in texts]
    about: dict[str, str] = {}
    for word in (word for reading in readings for word in reading.about):
        about.setdefault(stem(word), word)
    readings.append(read(address))
    places = frozenset(place for reading in readings for place in reading.places)
    return _Known(
        row,
        {key: word for key, word in about.items() if key not in areas.stems and word not in places},
        frozenset(place for place in places if stem(place) not in areas.stems),
        frozenset(reading.neighbourhood for reading in readings if reading.neighbourhood),
        frozenset([row["kelurahan"]]) if row["kelurahan"] else areas.named_in([*texts, address]),
    )


def _scored(mine: _Known, others: list[_Known], names: dict[str, str]) -> Iterator[tuple[_Known, Likely]]:
    weights = _weights([mine, *others])
    for other in others:
        place = _place(mine, other, names)
        shared = [word for word in mine.about if word in other.about]
        words = _alike(mine.about, other.about, shared, weights)
        if place is None or words < LEAST_WORDS:
            continue
        gap = abs(other.row["received_at"] - mine.row["received_at"])
        weight, where = place
        score = 0.35 * weight + 0.45 * words + 0.2 * (1 - gap / WINDOW)
        if score < LEAST_SCORE:
            continue
        telling = sorted(shared, key=lambda word: -weights[word])[:4]
        same = ", ".join(mine.about[word] for word in mine.about if word in telling)
        reasons = [where, _when(mine.row["received_at"], other.row["received_at"]), f"kata yang sama: {same}"]
        yield other, _shown(other.row, score, reasons, names)


def _weights(all_known: list[_Known]) -> dict[str, float]:
    """How much a word tells: the fewer of these complaints use it, the more, and most if a category is known by it."""
    counts = Counter(word for known in all_known for word in known.about)
    return {
        word: (1 + math.log(len(all_known) / count)) * (1 if keywords.tells(word) else _ANY_WORD)
        for word, count in counts.items()
    }


def _alike(mine: dict, other: dict, shared: list[str], weights: dict[str, float]) -> float:
    """The weight of the shared words as a part of the texts' own, from 0 to 1."""
    # One word is enough only between two texts that have hardly more.
    if len(shared) < (2 if max(len(mine), len(other)) > 2 else 1):
        return 0.0
    if len(shared) < _FEW_WORDS and not any(map(keywords.tells, shared)):
        return 0.0
    shorter = min(sum(weights[word] for word in words) for words in (mine, other))
    longer = max(sum(weights[word] for word in words) for words in (mine, other))
    both = sum(weights[word] for word in shared)
    # Half by the shorter, half by both: a long text holds many a short one's words by chance.
    return 0.5 * both / shorter + 0.5 * both / math.sqrt(shorter * longer)


def _place(mine: _Known, other: _Known, names: dict[str, str]) -> tuple[float, str] | None:
    """How surely two complaints are about one place, and the words for it."""
    metres = _metres(mine.row, other.row)
    if metres is not None and metres <= NEAR_METRES:
        return _PLACE_WEIGHT["near"], f"{round(metres / 10) * 10:.0f} m dari sini" if metres >= 5 else "titik yang sama"
    area = next(iter(sorted(mine.areas & other.areas)), None)
    if metres is not None and metres > FAR_METRES:
        return None
    apart = bool(mine.areas and other.areas) and area is None
    hood = mine.neighbourhoods & other.neighbourhoods
    if area and hood:
        return _PLACE_WEIGHT["neighbourhood"], f"tempat sama: {sorted(hood)[0]} {names[area]}"
    address = sorted(mine.places & other.places)
    if address:
        where = "alamat sama: " + ", ".join(place.capitalize() for place in address[:3])
        if apart:
            return _PLACE_WEIGHT["elsewhere"], f"{where} (kelurahan berbeda)"
        return _PLACE_WEIGHT["address"], where + (f" ({names[area]})" if area else "")
    if area:
        return _PLACE_WEIGHT["kelurahan"], f"tempat sama: {names[area]}"
    return None


def _metres(one: dict, other: dict) -> float | None:
    """The distance of two shared locations, good enough for a city."""
    if None in (one["latitude"], one["longitude"], other["latitude"], other["longitude"]):
        return None
    north = (one["latitude"] - other["latitude"]) * _METRES_A_DEGREE
    east = (one["longitude"] - other["longitude"]) * _METRES_A_DEGREE * math.cos(math.radians(one["latitude"]))
    return math.hypot(north, east)


def _when(mine: datetime, other: datetime) -> str:
    minutes = int(abs((other - mine).total_seconds()) // 60)
    if minutes < 2:
        return "pada waktu yang sama"
    span = (
        f"{minutes} menit" if minutes < 60 else f"{minutes // 60} jam" if minutes < 2880 else f"{minutes // 1440} hari"
    )
    return f"{span} {'sebelumnya' if other < mine else 'sesudahnya'}"


def _shown(row: dict, score: float, reasons: list[str], names: dict[str, str]) -> Likely:
    area = names.get(row["kelurahan"])
    return Likely(row["number"], round(score, 3), row["state"], row["received_at"], area, row["summary"], reasons)


def _as_parents(cursor, own: dict, scored: list[tuple[_Known, Likely]], names: dict[str, str]) -> list[Likely]:
    """Each family once, by its parent's number; nothing of the own family."""
    family = own["parent_id"] or own["id"]
    wanted = sorted({known.row["parent_id"] for known, _ in scored if known.row["parent_id"]})
    marks = ", ".join("?" * len(wanted)) or "null"
    found = cursor.execute(
        "select " + _COLUMNS + "from complaint where " + _COMPARABLE + " and id in (" + marks + ")", wanted
    )
    parents = {row["id"]: row for row in rows(found)}
    shown: dict[int, Likely] = {}
    for known, likely_one in scored:
        parent_id = known.row["parent_id"] or known.row["id"]
        row, reasons = known.row, likely_one.reasons
        if known.row["parent_id"]:
            row, reasons = parents.get(parent_id), [*reasons, f"lewat duplikatnya {row['number']}"]
        if row is not None and parent_id != family and parent_id not in shown:
            shown[parent_id] = _shown(row, likely_one.score, reasons, names)
    return list(shown.values())
