"""How people in Pekalongan write, brought to one form: abbreviations, everyday Javanese, endings, drawn-out letters.

The words themselves stand in `wording.toml`.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TOKEN = re.compile(r"[A-Za-z0-9]+")
_DRAWN_OUT = re.compile(r"([a-z])\1+")
# "anak2" is "anak-anak"; for what is being looked for here, one of them is enough.
_TWICE = re.compile(r"([a-z]{3,})2$")


_GIVEN = tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))
_SAME = {short: long for *others, long in map(str.split, _GIVEN["same"].strip().splitlines()) for short in others}
_SMALL, _NEAR, _KINDS, _ROAD, _COMMON = (
    frozenset(_GIVEN[name].split()) for name in ("small", "near", "kinds", "road", "common")
)
_NEIGHBOURHOOD = re.compile(r"\brt\W*0*(\d{1,3})\W*(?:rw\W*)?0*(\d{1,3})\b", re.IGNORECASE)
# Who writes and where they live is no part of what happened.
_IDENTITY = re.compile(r"(?im)^[^\w\n]*(?:nama|alamat|a\.?n\.?|atas nama)\b.*$|\bnama saya [^.,\n]*")


@dataclass(frozen=True)
class Reading:
    """What a text is about, and the names of places in it, in the order of the text; `neighbourhood` is "RT 5 RW 4"."""

    about: tuple[str, ...]
    places: frozenset[str]
    neighbourhood: str | None


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Tell what happened from where: no greetings, no numbers, no small words, no names of places or of the writer."""
    text = without_identity(text)
    found = _NEIGHBOURHOOD.search(text)
    about: list[str] = []
    places: set[str] = set()
    shouted, after = text.isupper(), ""
    for token in _TOKEN.findall(_plain(text)):
        word, proper = _spelt(token.lower()), token[0].isupper() and not shouted
        if word in _NEAR or word == "jalan":
            # "Jl" is written before a street's name; "jalan" is the road itself, unless a name follows.
            after = "street" if token.lower() == "jl" else word
            if word == "jalan" and after != "street":
                about.append(word)
        elif _goes_on(word, after):
            continue
        elif len(word) < 2 or not word.isalpha() or (is_small(word) and not (proper and after == "street")):
            after = ""
        elif _is_name(word, proper, after):
            places |= {word} - _COMMON
            if not proper and after in _NEAR:
                about.append(word)
            after = "name"
        else:
            about += ["jalan", word] if after == "street" else [word]
            after = ""
    return Reading(tuple(about), frozenset(places), f"RT {found[1]} RW {found[2]}" if found else None)


def _goes_on(word: str, after: str) -> bool:
    """Whether a place's name is still to come: its kind, an initial, or the number in a street's name."""
    if not word.isalpha():
        return after in ("street", "name")
    return (after in _NEAR and word in _KINDS) or (bool(after) and len(word) < 3)


def _is_name(word: str, proper: bool, after: str) -> bool:
    """Whether a word is (part of) a place's name, by what stands before it."""
    if after in ("jalan", "name"):
        return proper and word not in _ROAD
    return after in _NEAR or (after == "street" and word not in _ROAD)


def without_identity(text: str) -> str:
    """A text without the lines in which its writer says who they are and where they live."""
    return _IDENTITY.sub(" ", text)


def words(text: str) -> list[str]:
    """All words of a text, each in its usual spelling."""
    return [_spelt(token) for token in _TOKEN.findall(_plain(text).lower())]


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return plain if plain.isascii() else "".join(c for c in plain if not unicodedata.combining(c))


_PREFIX = re.compile(r"^(?:meng|meny|mem|men|peng|pem|pen|ber|ter|di)(?=[a-z]{4})")
_SUFFIX = re.compile(r"(?<=[a-z]{4})(?:nya|lah|kah|pun|kan|ne|an|e|i)$")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its prefix and ending, so that "berlubang" and "lubangnya" are the same; no word of any tongue."""
    bare = _SUFFIX.sub("", word)
    bare = _PREFIX.sub("", bare)
    return _DRAWN_OUT.sub(r"\1", _SAME.get(bare, bare))


@lru_cache(maxsize=20_000)
def _spelt(token: str) -> str:
    for form in (token, _TWICE.sub(r"\1", token), _DRAWN_OUT.sub(r"\1", token), _SUFFIX.sub("", token)):
        if form in _SAME:
            return _SAME[form]
    return _TWICE.sub(r"\1", token)


@lru_cache(maxsize=20_000)
def is_small(word: str) -> bool:
    return word in _SMALL or _DRAWN_OUT.sub(r"\1", word) in _SMALL
