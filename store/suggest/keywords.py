"""Rules for the category while there is little history: what people call things, in Indonesian and everyday Javanese.

Every spelling goes through `wording` first, so a rule names a thing once, in its usual spelling. The rules themselves
stand in `rules.toml`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from .wording import is_small, read, stem, words

FLOOR = 0.45
# So much weight is missing before a rule would be certain: one sure phrase alone gives two thirds.
_DOUBT = 1.5
_SHORTEST_SLIP, _LONGEST_SLIP = 6, 20
_WEIGHTS = {"sure": 3, "likely": 2, "hint": 1}
RULES = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
_NO_SLIPS = frozenset(RULES.pop("slips")["none"].split())


@dataclass(frozen=True)
class Hit:
    """A category that a text speaks of, how surely (0 to 1), and by which words, the weightiest first."""

    code: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Rule:
    stems: tuple[str, ...]
    weight: int
    code: str
    phrase: str


def ranked(text: str) -> list[Hit]:
    """The categories that a text speaks of, the likeliest first."""
    stems = [_known(stem(word)) for word in read(text).about]
    weights: dict[str, int] = {}
    said: dict[str, list[str]] = {}
    taken: set[int] = set()
    for place, size, rules in _found(stems):
        if taken & set(place):
            continue
        # The words of a phrase are its own: "lampu merah" is no street light. One word may be a hint for several.
        taken |= set(place) if size > 1 or rules[0].weight == 3 else set()
        for rule in rules:
            if rule.phrase not in said.setdefault(rule.code, []):
                said[rule.code].append(rule.phrase)
                weights[rule.code] = weights.get(rule.code, 0) + rule.weight
    order = sorted(weights, key=lambda code: -weights[code])
    return [Hit(code, _confidence(weights, code), tuple(said[code])) for code in order]


def tells(stemmed: str) -> bool:
    """Whether a word, without prefix and ending, is one that categories are known by."""
    return stemmed in _vocabulary()


def _confidence(weights: dict[str, int], code: str) -> float:
    rival = max((weight for other, weight in weights.items() if other != code), default=0)
    return weights[code] / (weights[code] + rival + _DOUBT)


def _found(stems: list[str]) -> list[tuple[tuple[int, ...], int, list[_Rule]]]:
    """Where the rules' phrases stand, the longest and weightiest first; rules of one phrase together."""
    found = []
    for start, first in enumerate(stems):
        for phrase, rules in _by_first().get(first, {}).items():
            place = _place(stems, start, phrase)
            if place:
                found.append((place, len(phrase), rules))
    return sorted(found, key=lambda hit: (-hit[1], -hit[2][0].weight, hit[0]))


def _place(stems: list[str], start: int, phrase: tuple[str, ...]) -> tuple[int, ...]:
    """Where the words of a phrase stand from here on, with at most one other word between two of them."""
    place = [start]
    for wanted in phrase[1:]:
        near = stems[place[-1] + 1 : place[-1] + 3]
        if wanted not in near:
            return ()
        place.append(place[-1] + 1 + near.index(wanted))
    return tuple(place)


@cache
def _by_first() -> dict[str, dict[tuple[str, ...], list[_Rule]]]:
    """All rules by the first word of their phrase."""
    index: dict[str, dict[tuple[str, ...], list[_Rule]]] = {}
    for code, tiers in RULES.items():
        for tier, phrases in tiers.items():
            for phrase in phrases.split(","):
                stems = tuple(stem(word) for word in words(phrase) if not is_small(word))
                same = index.setdefault(stems[0], {}).setdefault(stems, [])
                if code not in {rule.code for rule in same}:
                    same.append(_Rule(stems, _WEIGHTS[tier], code, " ".join(phrase.split())))
    for phrases in index.values():
        for rules in phrases.values():
            rules.sort(key=lambda rule: -rule.weight)
    return index


@lru_cache(maxsize=20_000)
def _known(word: str) -> str:
    """The rules' word that this one is a slip of the thumb away from, or the word as it is."""
    if word in _vocabulary() or word in _NO_SLIPS or not _SHORTEST_SLIP - 1 <= len(word) <= _LONGEST_SLIP:
        return word
    near = {known for cut in _cuts(word) for known in _slips().get(cut, ())}
    fitting = [known for known in near if known[0] == word[0] and _one_slip(known, word)]
    return fitting[0] if len(fitting) == 1 else word


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for phrases in _by_first().values() for stems in phrases for word in stems)


@cache
def _slips() -> dict[str, tuple[str, ...]]:
    """The long words of the rules by what is left of them without one letter."""
    index: dict[str, tuple[str, ...]] = {}
    for word in sorted(_vocabulary()):
        if len(word) >= _SHORTEST_SLIP - 1:
            for cut in _cuts(word):
                index[cut] = (*index.get(cut, ()), word)
    return index


def _cuts(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_slip(known: str, word: str) -> bool:
    """One letter too many, too few or another, in long words; two neighbours changed over, in any."""
    if len(known) == len(word):
        differing = [place for place, (a, b) in enumerate(zip(known, word, strict=True)) if a != b]
        if len(differing) == 2 and differing[1] == differing[0] + 1:
            return known[differing[0]] == word[differing[1]] and known[differing[1]] == word[differing[0]]
        return len(differing) == 1 and len(known) >= _SHORTEST_SLIP
    return len(known) >= _SHORTEST_SLIP and abs(len(known) - len(word)) == 1
