"""A message as the reader sees it: its words, what parts them, and what each word may mean."""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from . import reading_words as lists
from .reading_words import word_set

LIMIT = 4096
# What stands before a word, the stronger the higher: a comma ends a clause, a stop ends a sentence.
GLUED, SPACE, COMMA, COLON, STOP, LINE = range(6)

_BITS = [
    "NAME",
    "MAYBE",
    "THING",
    "TROUBLE",
    "MATTER",
    "NEGATION",
    "WISH",
    "KIND",
    "NEAR",
    "PREPOSITION",
    "AREA",
    "STREET",
    "GANG",
    "PART",
    "KNOWN",
    "GREETING",
    "SMALL",
    "PERSON",
    "TITLE",
]
(
    NAME, MAYBE, THING, TROUBLE, MATTER, NEGATION, WISH, KIND, NEAR, PREPOSITION, AREA, STREET, GANG, PART, KNOWN,
    GREETING, SMALL, PERSON, TITLE,
) = (1 << place for place in range(len(_BITS)))  # fmt: skip
# Whatever else a word may be, it is no ordinary one.
PROPER = NAME | MAYBE | KNOWN | PART

_LISTS = {
    NAME: lists.NAMES - lists.NAMES_THAT_ARE_WORDS,
    MAYBE: lists.NAMES_THAT_ARE_WORDS,
    THING: lists.THINGS,
    TROUBLE: lists.TROUBLES,
    MATTER: lists.MATTERS,
    NEGATION: lists.NEGATIONS,
    WISH: lists.WISHES,
    KIND: lists.KINDS,
    NEAR: lists.NEAR,
    PREPOSITION: lists.PREPOSITIONS,
    AREA: lists.AREAS,
    STREET: lists.STREETS,
    GANG: lists.GANGS,
    PART: lists.NAME_PARTS,
    KNOWN: lists.KNOWN_PLACES,
    GREETING: lists.GREETINGS,
    SMALL: lists.SMALL,
    PERSON: lists.PEOPLE,
    TITLE: lists.TITLES,
}
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_DRAWN_OUT = re.compile(r"([a-z])\1+")
_ENDING = re.compile(r"(?:(?<=...)(?:nya|lah|kah|ne)|(?<=....)(?:ku|mu|e|an))$")
_SHORTENED = word_set("""
jl jln no nmr rt rw gg kel kec h hj bpk dr drs ds dk tgl st moh muh muhamad ach a an sdr yth kh prof s m ust pak bu
""")
# Nobody's words: addresses of the net.
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]{1,60}@[\w-]+\.\S+", re.IGNORECASE)
_BLANK = frozenset("*_~\"“”'’`")


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for bit, words in _LISTS.items():
        for word in words:
            table[word] = table.get(word, 0) | bit
    return table


_KNOWN_WORDS = _table()


def slips(word: str) -> set[str]:
    """What a hasty thumb makes of a word: one letter left out inside, or two changed about."""
    found = {word[:at] + word[at + 1 :] for at in range(1, len(word))}
    return found | {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}


def _slipped() -> dict[str, int]:
    table: dict[str, int] = {}
    for word in lists.THINGS | lists.TROUBLES | lists.MATTERS:
        if len(word) > 4:
            for slip in slips(word):
                if slip not in _KNOWN_WORDS:
                    table[slip] = table.get(slip, 0) | _KNOWN_WORDS[word] & (THING | TROUBLE | MATTER)
    return table


_SLIPPED = _slipped()


@lru_cache(maxsize=20_000)
def meaning(word: str) -> int:
    """What a word in small letters may be, as bits; 0 means nothing that is known."""
    if word in _KNOWN_WORDS:
        return _KNOWN_WORDS[word]
    single = _DRAWN_OUT.sub(r"\1", word)
    bare = _ENDING.sub("", word)
    for form in (single, bare, _ENDING.sub("", single)):
        if form != word and form in _KNOWN_WORDS:
            # "Jalane" is the road; but "Anie" is not sure to be Ani.
            return _KNOWN_WORDS[form] & ~PROPER or SMALL * bool(form != single)
    return _SLIPPED.get(word) or _SLIPPED.get(bare, 0)


@lru_cache(maxsize=20_000)
def single(word: str) -> str:
    """A word without drawn-out letters."""
    return _DRAWN_OUT.sub(r"\1", word)


def stem(word: str) -> str:
    """A word without `-nya`, `-ne`, `-ku` and the like."""
    return _ENDING.sub("", word)


class Text:
    """One message: for each word its letters, where it stands, what stands before it, and what it may mean.

    `taken` marks words that are understood already; `shape` says whether capitals tell anything here.
    """

    def __init__(self, raw: str):
        self.raw = raw[:LIMIT]
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.gaps: list[int] = []
        before = 0
        for found in _TOKEN.finditer(self.raw):
            word = found.group().lower()
            gap = _gap(self.raw[before : found.start()], self.words[-1] if self.words else "", word)
            self.gaps.append(gap if self.words else LINE)
            self.words.append(word)
            self.starts.append(found.start())
            self.ends.append(found.end())
            before = found.end()
        self.means = [meaning(word) for word in self.words]
        self.taken = bytearray(len(self.words))
        self.asks = "?" in self.raw
        for found in _LINK.finditer(self.raw):
            start, end = self.spans(found.start(), found.end())
            self.take(start, end)
            self.means[start:end] = [SMALL] * (end - start)
        self._capitals()

    def __len__(self) -> int:
        return len(self.words)

    def _capitals(self) -> None:
        """Capitals tell names only where ordinary words have none."""
        first = [self.raw[start].isupper() for start in self.starts]
        ordinary = [
            capital
            for capital, means, gap, word in zip(first, self.means, self.gaps, self.words, strict=True)
            if means & (SMALL | TROUBLE | THING | PREPOSITION) and gap < STOP and len(word) > 1
        ]
        self.telling = bool(ordinary) and sum(ordinary) * 3 <= len(ordinary)
        self.capital = first

    def cut(self, start: int, end: int) -> str:
        """The words from `start` to below `end` as they were written, with single spaces."""
        return " ".join(self.raw[self.starts[start] : self.ends[end - 1]].split())

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = b"\1" * (end - start)

    def near(self, place: int, gap: int = SPACE) -> bool:
        """Whether there is a word here, and nothing stronger than `gap` before it."""
        return place < len(self.words) and self.gaps[place] <= gap

    def proper(self, place: int) -> bool:
        """Whether a word is written as a name, and is none of the ordinary words."""
        return self.telling and self.capital[place] and not self.means[place] & ~PROPER

    def unknown(self, place: int) -> bool:
        return self.means[place] == 0 and self.words[place].isalpha() and len(self.words[place]) > 1

    def spans(self, start: int, end: int) -> tuple[int, int]:
        """The words that lie within these characters, as (start, below)."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))


def _gap(between: str, last: str, following: str) -> int:
    if not between:
        return GLUED
    if between == " ":
        return SPACE
    if "\n" in between or "\r" in between:
        return LINE
    signs = [sign for sign in between if not sign.isspace() and sign not in _BLANK]
    spaced = between != between.strip() or any(sign.isspace() for sign in between)
    if not signs:
        return SPACE if spaced else GLUED
    if "," in signs:
        return COMMA
    if signs == ["."] and (last in _SHORTENED or (len(last) == 1 and last.isalpha())):
        return SPACE
    if signs == ["."] and not spaced and last.isdigit() and following.isdigit():
        return GLUED
    if any(sign in ".!?;…" for sign in signs):
        return STOP
    if ":" in signs or "=" in signs:
        return COLON if not (last.isdigit() and following.isdigit()) else GLUED
    if all(sign in "-–/&+" for sign in signs):
        return COMMA if spaced and "/" not in signs else GLUED
    return COMMA
