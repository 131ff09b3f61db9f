"""What a reporter's words say of the five elements: who reports, what happened, who is involved, where, when.

Only what is certain is understood, in the reporter's own words; the rest stays unclear and people decide. The same
words are always understood alike: there is no model and no guess here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from . import reading_labels, reading_matter
from .reading_involved import involved
from .reading_kelurahan import NOWHERE, Phrase, Places, places
from .reading_names import name_at
from .reading_people import Identity
from .reading_places import Finder
from .reading_text import LINE, NAME, TITLE, Text
from .reading_times import times

__all__ = [
    "CORRECTED",
    "FIELDS",
    "IDENTITY",
    "LIMITS",
    "NOWHERE",
    "Places",
    "Understood",
    "clipped",
    "corrected",
    "elements",
    "merged",
    "places",
    "read",
]

# How long what is kept of each may be, in characters.
LIMITS = {"name": 80, "address": 200, "what": 300, "who": 100, "where": 200, "kelurahan": 20, "when": 100}
FIELDS = tuple(LIMITS)
# What tells who reported; hidden wherever the reporter is.
IDENTITY = ("name", "address")
# The key under which it is kept which of them staff have corrected.
CORRECTED = "corrected"
# What is in them are not the reporter's own words about the matter.
_NOT_WORDS = frozenset(
    ("reaction", "edit", "revoke", "button_reply", "list_reply", "system", "sticker", "order", "unsupported")
)
# Longer than this a message is more than a name and an address.
_BARE_WORDS = 40
_CAPTIONS = frozenset(("image", "video", "document"))
_ADVERT = re.compile(
    r"\b(slot\s+gacor|maxwin|jackpot|deposit|pinjaman\s+(?:cepat|dana|uang|online\s+cepat)|cepat\s+cair|tanpa\s+jaminan|"
    r"cek\s+katalog|minat\s+(?:chat|japri|wa|hub)|endorse|ready\s+stock?|open\s+order|promo\b.{0,40}\b(?:diskon|gratis|harga|grosir|hari)|"
    r"klik\s+(?:link|tautan)|mendapat(?:kan)?\s+hadiah|pemenang|sebarkan\s+ke|teruskan\s+(?:pesan|ke)|terbukti\s+(?:ampuh|\d)|"
    r"gaji\s+\d+\s+juta|obat\s+(?:herbal|kuat)|jual\s+(?:kuota|pulsa|motor|mobil|tanah|rumah)|dijual|disewakan|tukar\s+tambah|"
    r"pesan\s+\d+\s+(?:porsi|kotak|box)|paket\s+anda|kode\s+otp|transfer\s+ke\s+rekening|harga\s+\d+\s*(?:rb|ribu|k)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Understood:
    """What is certain, each as the reporter wrote it; what is not, is empty.

    `name` and `address` are the reporter's own; `where` are the words for the place; `kelurahan` is a code.
    """

    name: str = ""
    address: str = ""
    what: str = ""
    who: str = ""
    where: str = ""
    kelurahan: str = ""
    when: str = ""

    @property
    def said(self) -> dict[str, str]:
        """What is certain, as a dictionary without what is not."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


def read(text: str | None, *, kind: str = "text", asked: Iterable[str] = (), places: Places = NOWHERE) -> Understood:
    """Understand one message of a reporter.

    :param kind: the kind of message; of a contact card only a name is understood, and only where it was asked for
    :param asked: the elements that were asked for just before, so that bare words can be their answer
    :param places: the kelurahan by name
    """
    if not text or not text.strip() or kind in _NOT_WORDS:
        return Understood()
    wanted = frozenset(asked)
    if kind == "location":
        return _shared_place(text, places)
    if kind == "contacts":
        return _card(text) if "identity" in wanted else Understood()
    if _ADVERT.search(text):
        return Understood()
    return _Reader(Text(text), kind, wanted, places).read()


def merged(said: Mapping[str, object], understood: Understood | Mapping[str, str]) -> dict:
    """What is known after one more message: certain words fill what is empty.

    What is there stays, and what staff corrected or emptied is never filled again.
    """
    new = understood.said if isinstance(understood, Understood) else understood
    closed = said.get(CORRECTED, ())
    fill = {name: value for name, value in clipped(new).items() if not said.get(name) and name not in closed}
    return {**said, **fill}


def clipped(given: Mapping[str, str]) -> dict[str, str]:
    """Values that may be kept: of known names, not empty, with single spaces and no longer than their limits."""
    plain = {name: " ".join(given[name].split()) for name in FIELDS if given.get(name)}
    return {name: _short(value, name) for name, value in plain.items() if value}


def corrected(said: Mapping[str, object], given: Mapping[str, str]) -> dict:
    """What is known after a correction by staff; an empty value empties a field."""
    marked = {*said.get(CORRECTED, ()), *given}
    kept = {**said, **given, CORRECTED: [name for name in FIELDS if name in marked]}
    return {name: kept[name] for name in (*FIELDS, CORRECTED) if kept.get(name)}


def elements(said: Mapping[str, object] | Understood) -> list[str]:
    """Which of the five elements are there by these words; evidence never is."""
    known = said.said if isinstance(said, Understood) else said
    there = {
        "identity": known.get("name") and known.get("address"),
        "what": known.get("what"),
        "who": known.get("who"),
        "where_when": (known.get("where") or known.get("kelurahan")) and known.get("when"),
    }
    return [name for name, value in there.items() if value]


def _shared_place(text: str, known: Places) -> Understood:
    """The name that a shared location bears."""
    place = Text(text)
    codes = {code for phrase in Finder(place, known, free=True).find() for code in phrase.codes}
    return Understood(where=_short(" ".join(text.split()), "where"), kelurahan=codes.pop() if len(codes) == 1 else "")


def _card(text: str) -> Understood:
    """The name on the one card that was sent; of several, or with a title before it, it may be anybody's."""
    lines = [line for line in text.splitlines() if line.strip()]
    card = Text(lines[0].partition(":")[0]) if len(lines) == 1 else Text("")
    if not len(card) or card.means[0] & TITLE:
        return Understood()
    found = name_at(card, 0, sure=False)
    if not found or found[1] != len(card) or not card.means[found[0]] & NAME:
        return Understood()
    return Understood(name=_short(card.cut(*found), "name"))


class _Reader:
    """One message, read once: labels first, then who reports, then the matter."""

    def __init__(self, text: Text, kind: str, asked: frozenset[str], known: Places):
        self.text = text
        self.known = known
        self.asked = asked
        self.caption = kind in _CAPTIONS
        self.values: dict[str, str] = {}
        self.phrases: list[Phrase] = []
        self.codes: set[str] = set()
        # Behind its label the matter says where and when as well.
        self.told: list[tuple[int, int]] = []
        self.home_codes: set[str] = set()

    def read(self) -> Understood:
        if not len(self.text):
            return Understood()
        self._labelled()
        self._identity()
        self._matter()
        if "kelurahan" not in self.values and len(self.codes) == 1 and "" not in self.codes:
            self.values["kelurahan"] = next(iter(self.codes))
        return Understood(**{name: _short(value, name) for name, value in self.values.items() if value})

    def _labelled(self) -> None:
        """What stands behind "Nama:", "Alamat:" and the like."""
        for label, start, end in reading_labels.find(self.text):
            value = self._behind(label, start, end)
            if value and label not in self.values:
                self.values[label] = value
            self.text.take(start, end)
            if label == "what":
                self.told.append((start, end))

    def _behind(self, label: str, start: int, end: int) -> str:
        text = self.text
        while end > start and reading_labels.is_polite(text, end - 1):
            end -= 1
        if start >= end or reading_labels.says_nothing(text, start, end):
            return ""
        if label == "name":
            found = name_at(text, start, sure=True)
            return text.cut(*found) if found else ""
        if label == "kelurahan":
            code, count = self.known.at(text, start)
            return code or (self.known.slipped(text.words[start]) if not count else "")
        if label in ("address", "where"):
            finder = Finder(text, self.known, free=True)
            found = finder.find(start, end)
            if label == "where":
                self.codes |= {code for phrase in found for code in phrase.codes}
            return text.cut(start, end) if found or reading_labels.names_something(text, start, end) else ""
        if label == "when":
            return text.cut(start, end) if any(start <= at < end for at, _ in times(text, free=True)) else ""
        if label == "what":
            return text.cut(start, end) if reading_labels.tells(text, start, end) else ""
        return text.cut(start, end)

    def _identity(self) -> None:
        found = Identity(self.text, self.known)
        if "name" in self.values:
            found.name = (0, 0)
        if "address" in self.values:
            found.address = (0, 0)
        found.find()
        if len(self.text) <= _BARE_WORDS and not reading_matter.find(self.text, ()):
            self._bare(found)
        if found.name not in (None, (0, 0)):
            self.values["name"] = self.text.cut(*found.name)
        if found.address not in (None, (0, 0)):
            self.values["address"] = self.text.cut(*found.address)
            self.home_codes = found.codes

    def _bare(self, found: Identity) -> None:
        """What is nothing but a name or an address."""
        if found.name is None:
            found.bare() if "identity" in self.asked else self._two_lines(found)
        if found.address is None and "identity" in self.asked and "where_when" not in self.asked:
            found.bare_address()

    def _two_lines(self, found: Identity) -> None:
        """A known name alone on the first line and an address on the next need no question before them."""
        text = self.text
        if text.means[0] & NAME and LINE in text.gaps[1:]:
            found.bare()
            if found.address is None and found.name:
                text.taken[found.name[0] : found.name[1]] = bytes(found.name[1] - found.name[0])
                found.name = None

    def _matter(self) -> None:
        text, asked = self.text, "where_when" in self.asked
        for start, end in self.told:
            text.taken[start:end] = bytes(end - start)
        whens = times(text)
        for start, end in whens:
            text.take(start, end)
        wheres = Finder(text, self.known).find()
        what = reading_matter.find(text, [(phrase.start, phrase.end) for phrase in wheres])
        answers = what is not None or bool({"what", "where"} & set(self.values))
        if asked and not answers:
            wheres = Finder(text, self.known, free=True).find() or wheres
            if not whens:
                whens = times(text, free=True)
        # Without a matter, and where nobody asked, a place and a time may belong to anything.
        if answers or asked or self.caption or reading_labels.announces_place(text):
            self._where_when(wheres, whens)
        if what and "what" not in self.values:
            self.values["what"] = text.cut(*what)
        if (what or "who" in self.asked) and "who" not in self.values:
            who = involved(text, wheres)
            if who:
                self.values["who"] = text.cut(*who)

    def _where_when(self, wheres: list[Phrase], whens: list[tuple[int, int]]) -> None:
        if wheres and "where" not in self.values:
            self.values["where"] = self.text.cut(wheres[0].start, wheres[0].end)
        self.codes |= {code for phrase in wheres for code in phrase.codes}
        if whens and "when" not in self.values:
            self.values["when"] = self.text.cut(*whens[0])
        both = {"identity", "where_when"} <= self.asked
        if both and whens and "where" not in self.values and self.values.get("address"):
            # Asked where they live and where it happened, they named one place, and since when.
            self.values["where"] = self.values["address"]
            self.codes |= self.home_codes


def _short(value: str, name: str) -> str:
    """A value that may be kept: whole words up to its limit."""
    limit = LIMITS[name]
    return value if len(value) <= limit else value[: limit + 1].rpartition(" ")[0] or value[:limit]
