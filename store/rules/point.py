"""A point on the map as people bring it: two numbers, degrees and minutes, or a link that a map application gave them.

Links are only read, never opened. Numbers are degrees (WGS 84), south and west negative.
"""

import math
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from .errors import RuleBroken

# The box around Kota Pekalongan, a little wider than its borders.
LATITUDES = (-6.95, -6.82)
LONGITUDES = (109.63, 109.75)
_CENTRE = (sum(LATITUDES) / 2, sum(LONGITUDES) / 2)
_KM_A_DEGREE = 111.2

_N = r"([+-]?\d{1,3}(?:\.\d+)?)"
_BETWEEN = r"\s*[,;\s]\s*"
_LINK = re.compile(r"https?://|^geo:|\bwww\.|\bgoo\.gl/|google\.[a-z.]+/|openstreetmap\.org|\bosm\.org", re.I)
# These say where they lead only to who opens them.
_SHORT = re.compile(r"\b(maps\.app\.goo\.gl|goo\.gl|osm\.org/go|openstreetmap\.org/go|bit\.ly|s\.id|g\.co)\b", re.I)
# The marked place goes before the part of the map that happened to be shown.
_IN_LINKS = (
    re.compile(rf"!3d{_N}!4d{_N}"),
    re.compile(rf"!2d(?P<lon>{_N})!3d(?P<lat>{_N})"),
    re.compile(rf"[?&]mlat=(?P<lat>{_N}).*?&mlon=(?P<lon>{_N})"),
    re.compile(rf"[?&]mlon=(?P<lon>{_N}).*?&mlat=(?P<lat>{_N})"),
    re.compile(rf"[?&](?:q|query|ll|destination|daddr|viewpoint|center)=(?:loc:|geo:)?\s*{_N}{_BETWEEN}{_N}", re.I),
    re.compile(rf"/(?:place|search|dir)/(?:[^/@]*/)?{_N}{_BETWEEN}{_N}"),
    re.compile(rf"@{_N},{_N}"),
    re.compile(rf"[?&]lat=(?P<lat>{_N}).*?&(?:lon|lng)=(?P<lon>{_N})", re.I),
    re.compile(rf"#map=[\d.]+/{_N}/{_N}"),
    re.compile(rf"geo:{_N},{_N}", re.I),
)
_WORDS = re.compile(r"\b(lat(itude)?|lintang|lon(gitude)?|lng|bujur|koordinat|titik)\b\s*[:=]?|[()]", re.I)
_PLAIN = re.compile(rf"([+-]?\d{{1,3}}\.\d+){_BETWEEN}([+-]?\d{{1,3}}\.\d+)")
_COMMAS = re.compile(rf"([+-]?\d{{1,3}},\d+){_BETWEEN}([+-]?\d{{1,3}},\d+)")
_SIDE = r"\s*(LS|LU|BT|BB|[NSEWUTB])\b"
_ANGLE = (
    r"(\d{1,3}(?:[.,]\d+)?)\s*[°º]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|''))?"
)
_SIDES = re.compile(rf"{_ANGLE}{_SIDE}[,;\s]*{_ANGLE}{_SIDE}", re.I)
_NORTH_SOUTH = {"N": 1, "U": 1, "LU": 1, "S": -1, "LS": -1}
_EAST_WEST = {"E": 1, "T": 1, "BT": 1, "W": -1, "B": -1, "BB": -1}


@dataclass(frozen=True)
class Point:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float

    @property
    def in_city(self) -> bool:
        """Whether it lies in the city or close to its borders."""
        return LATITUDES[0] <= self.latitude <= LATITUDES[1] and LONGITUDES[0] <= self.longitude <= LONGITUDES[1]

    @property
    def distance(self) -> float:
        """How far from the middle of the city, in kilometres; good enough to say that it is too far."""
        one, other = math.radians(self.latitude), math.radians(_CENTRE[0])
        turn = math.radians(self.longitude - _CENTRE[1])
        angle = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(turn)
        return math.degrees(math.acos(min(1.0, max(-1.0, angle)))) * _KM_A_DEGREE


def read(text: str) -> Point | None:
    """The point that somebody typed or pasted; None for nothing.

    Numbers that make sense only the other way round are turned; a missing minus is added where the place is then in the
    city.

    :raises RuleBroken: `not_a_point`, `short_link`
    """
    text = re.sub(r"[−–—]", "-", text).strip()
    if not text:
        return None
    found = _in_link(text) if _LINK.search(text) or _SHORT.search(text) else _in_words(text)
    if found is None:
        raise RuleBroken("not_a_point")
    point = _likely(*found)
    if not (-90 <= point.latitude <= 90 and -180 <= point.longitude <= 180):
        raise RuleBroken("not_a_point")
    return point


def _in_link(text: str) -> tuple[float, float] | None:
    text = unquote_plus(text)
    for pattern in _IN_LINKS:
        found = list(pattern.finditer(text))
        if found:
            named = found[-1].groupdict()
            latitude, longitude = (named["lat"], named["lon"]) if named else found[-1].groups()[:2]
            return float(latitude), float(longitude)
    if _SHORT.search(text):
        raise RuleBroken("short_link")
    return None


def _in_words(text: str) -> tuple[float, float] | None:
    sides = _SIDES.fullmatch(text.strip("() "))
    if sides:
        return _by_sides(sides.groups())
    text = _WORDS.sub(" ", text).strip()
    found = _PLAIN.fullmatch(text) or _COMMAS.fullmatch(text)
    if not found:
        return None
    latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
    return latitude, longitude


def _by_sides(parts: tuple) -> tuple[float, float] | None:
    """Degrees, minutes and seconds with the side of the equator and of Greenwich, in either order."""
    read_parts = []
    for degrees, minutes, seconds, side in (parts[:4], parts[4:]):
        value = sum(
            float((part or "0").replace(",", ".")) / share
            for part, share in ((degrees, 1), (minutes, 60), (seconds, 3600))
        )
        read_parts.append((value, side.upper()))
    (one, one_side), (other, other_side) = read_parts
    if one_side in _NORTH_SOUTH and other_side in _EAST_WEST:
        return one * _NORTH_SOUTH[one_side], other * _EAST_WEST[other_side]
    if one_side in _EAST_WEST and other_side in _NORTH_SOUTH:
        return other * _NORTH_SOUTH[other_side], one * _EAST_WEST[one_side]
    return None


def _likely(latitude: float, longitude: float) -> Point:
    if abs(latitude) > 90 >= abs(longitude):
        latitude, longitude = longitude, latitude
    # Six decimals are ten centimetres.
    latitude, longitude = round(latitude, 6), round(longitude, 6)
    south = Point(-abs(latitude), longitude)
    return south if south.in_city else Point(latitude, longitude)
