"""Names of people: how they are told from other words."""

from .reading_text import (
    AREA,
    COLON,
    COMMA,
    GANG,
    GREETING,
    KNOWN,
    MAYBE,
    NAME,
    PART,
    PREPOSITION,
    SMALL,
    SPACE,
    STREET,
    THING,
    TITLE,
    TROUBLE,
    Text,
)
from .reading_words import NAME_ENDINGS, word_set

Span = tuple[int, int]
# After a name these say where its owner lives.
FROM = word_set("""
dari saking soko seko saka sko asal warga wargi alamat alamatnya alamate almt beralamat tinggal domisili bertempat
orang asli penduduk
""")
_GOES_ON = word_set("""
mau ingin pengin pengen hendak akan badhe arep lapor melapor melaporkan mohon tolong dengan di rt rw
""")
_VERB_LIKE = ("ng", "ny", "men", "mem", "meng", "meny", "ber", "ter", "di", "per", "pe", "se", "ke")
_LONGEST = 6


def name_at(text: Text, place: int, sure: bool) -> Span | None:
    """The name that begins here.

    :param sure: something says that a name follows; otherwise it must be known as one, or written as one, or be
        followed by where its owner lives
    """
    start = place
    while place < len(text) and text.near(place, COLON if sure else SPACE) and text.means[place] & TITLE:
        place += 1
    first, certain = place, False
    while place - first < _LONGEST and place < len(text) and (place == first or text.near(place)):
        if text.taken[place] or not (place == start or text.near(place)):
            break
        step = _name_word(text, place, sure, certain)
        if step == 0:
            break
        certain = certain or step == 2
        place += 1
    if place == first or (place - first == 1 and len(text.words[first]) < 3):
        return None
    if not sure and certain and not _known(text, first, place) and not _ends_name(text, place):
        return None
    return (start, place) if certain or sure or _lives_follows(text, place) else None


def _known(text: Text, start: int, end: int) -> bool:
    """Whether one of these words is a name in any letters."""
    return any(text.means[at] & NAME or text.words[at].endswith(NAME_ENDINGS) for at in range(start, end))


def _ends_name(text: Text, place: int) -> bool:
    """Whether what follows a word in capitals lets it be a name: "saya Zulaikha dari", not "saya Sumber informasi"."""
    return (
        not text.near(place)
        or text.words[place] in FROM
        or text.words[place] in _GOES_ON
        or _lives_follows(text, place)
    )


def _name_word(text: Text, place: int, sure: bool, certain: bool) -> int:
    """2: surely of a name, 1: of one if something else says so, 0: of none."""
    word, means = text.words[place], text.means[place]
    if not word.isalpha():
        return 0
    if len(word) == 1:
        return int(certain or text.capital[place])
    if means & NAME:
        return 2
    ending = len(word) > 5 and means & ~PART == 0 and word.endswith(NAME_ENDINGS)
    if ending or (text.proper(place) and not means & KNOWN and not _shouted(text, place)):
        return 2
    if means & MAYBE and not means & (TROUBLE | THING):
        return 2 if certain or (text.telling and text.capital[place]) else 1
    if means & PART and not means & SMALL and certain and word in ("al", "an", "el", "as", "ar"):
        return 1
    if means == 0:
        if sure:
            return 1
        boundary = not text.near(place + 1) or text.means[place + 1] & (SMALL | GREETING | STREET | AREA)
        return int(not word.startswith(_VERB_LIKE) and len(word) > 3 and (bool(boundary)))
    return 0


def _shouted(text: Text, place: int) -> bool:
    """Whether a word is an abbreviation: "saya PNS"."""
    return text.raw[text.starts[place] : text.ends[place]].isupper() and len(text.words[place]) > 1


def _lives_follows(text: Text, place: int) -> bool:
    if not text.near(place, COMMA):
        return False
    word = text.words[place]
    if word in FROM and text.near(place + 1):
        return bool(text.means[place + 1] & (STREET | AREA | KNOWN | PREPOSITION | GANG)) or text.words[place + 1] in (
            "rt",
            "rw",
        )
    return word in ("rt", "rw", "jl", "jln", "gang", "gg") and text.near(place + 1)
