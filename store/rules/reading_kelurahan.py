"""The kelurahan by the names people call them by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from .reading_text import Text, slips


@dataclass(frozen=True)
class Places:
    """The kelurahan by every name they are called by, in small letters, with their codes."""

    codes: dict[tuple[str, ...], str] = field(default_factory=dict)
    longest: int = 0
    first: frozenset[str] = frozenset()

    def at(self, text: Text, place: int) -> tuple[str, int]:
        """The kelurahan whose name stands here, and how many words it takes; none: ("", 0)."""
        if text.words[place] not in self.first:
            return "", 0
        for count in range(min(self.longest, len(text) - place), 0, -1):
            name = tuple(text.words[place : place + count])
            if name in self.codes and all(text.near(at) for at in range(place + 1, place + count)):
                return self.codes[name], count
        return "", 0

    def slipped(self, word: str) -> str:
        """The one kelurahan that a hasty thumb can have meant by this word, or nothing."""
        near = {code for name, code in self.codes.items() if len(name) == 1 and _is_slip(word, name[0])}
        return near.pop() if len(near) == 1 else ""


def _is_slip(word: str, name: str) -> bool:
    return len(name) > 5 and abs(len(word) - len(name)) < 2 and (word in slips(name) or name in slips(word))


NOWHERE = Places()


@dataclass
class Phrase:
    """Where one place stands in a text; `codes` are the kelurahan it surely lies in."""

    start: int
    end: int
    codes: set[str] = field(default_factory=set)


def places(names: Iterable[tuple[str, str]]) -> Places:
    """The kelurahan as the reader knows them.

    :param names: pairs of a name in any letters and a code; a name of two codes means neither
    """
    return _places(tuple(sorted(names)))


@lru_cache(maxsize=8)
def _places(names: tuple[tuple[str, str], ...]) -> Places:
    codes: dict[tuple[str, ...], str] = {}
    doubtful = set()
    for name, code in names:
        key = tuple(Text(name).words)
        if key and codes.setdefault(key, code) != code:
            doubtful.add(key)
    kept = {key: code for key, code in codes.items() if key not in doubtful}
    return Places(kept, max(map(len, kept), default=0), frozenset(key[0] for key in kept))
