"""Who else has a part in what happened."""

from .reading_kelurahan import Phrase
from .reading_text import AREA, COMMA, KIND, MATTER, NEAR, PERSON, TITLE, Text
from .reading_words import PEOPLE_MORE, word_set

Span = tuple[int, int]
_US = word_set("saya sy aku kulo kula inyong nyong ak sya kami kita sebagai")
_ASKED_OF = word_set("""
mohon tolong tulung minta agar supaya semoga kapan harap nyuwun mugi biar ditunggu hubungi tlg mhn kepada yth
""")
_OFFICES = word_set("lurah camat kades petugas pegawai dokter")
_MANY = word_set("banyak para beberapa oknum semua seluruh sejumlah ada")


def involved(text: Text, places: list[Phrase]) -> Span | None:
    """The first people who are said to have a part in it; not those who are only asked for help, nor the writer."""
    inside = {at for phrase in places for at in range(phrase.start, phrase.end)}
    for place, means in enumerate(text.means):
        if not means & PERSON or text.taken[place] or place in inside:
            continue
        if means & TITLE and not (text.near(place + 1) and text.words[place + 1] in PEOPLE_MORE):
            continue
        if _only_called(text, place):
            continue
        return _people(text, place, inside)
    return None


def _only_called(text: Text, place: int) -> bool:
    """Whether they are spoken to, asked for, or are the writer: "saya warga", "mohon petugas"."""
    word = text.words[place]
    before = place
    if word in _OFFICES and any(
        at >= 0 and text.words[at] in ("ke", "lapor", "sama", "wadul") for at in range(place - 3, place)
    ):
        return True
    while before and text.gaps[before] < COMMA and place - before < 4:
        before -= 1
        if text.words[before] in _ASKED_OF or text.words[before] in _US:
            return True
    if (
        place
        and text.near(place)
        and text.means[place - 1] & (NEAR | KIND | AREA)
        and not text.means[place - 1] & MATTER
    ):
        return True
    return word in ("anak", "orang", "wong", "tukang", "juru", "bos") and not (
        (text.near(place + 1) and (text.words[place + 1] in PEOPLE_MORE or text.words[place + 1] in {"anak", *_US}))
        or (place and text.near(place) and text.words[place - 1] in _MANY)
    )


def _people(text: Text, place: int, inside: set[int]) -> Span:
    start, end = place, place + 1
    if place and text.near(place) and text.words[place - 1] in ("oknum", "para", "banyak", "beberapa", "sejumlah"):
        start -= 1
    while text.near(end) and end not in inside and not text.taken[end] and end - place < 4:
        word = text.words[end]
        twice = word == text.words[end - 1]
        shouted = text.raw[text.starts[end] : text.ends[end]].isupper() and text.telling and len(word) > 1
        if not (twice or word in PEOPLE_MORE or shouted or (text.means[end] & PERSON and not text.means[end] & TITLE)):
            break
        end += 1
    return start, end
