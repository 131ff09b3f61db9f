"""The reader on written examples of what people send, and what must hold of whatever they send."""

import csv
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.rules import completeness, reading
from store.rules.reading import CORRECTED, FIELDS, LIMITS, Understood
from store.rules.reading_text import slips

from .stack import ROOT

EXAMPLES = tomllib.loads((Path(__file__).parent / "reading_examples.toml").read_text(encoding="utf-8"))["example"]


def _kelurahan() -> dict[str, str]:
    with (ROOT / "store" / "seed" / "kelurahan.csv").open(encoding="utf-8", newline="") as file:
        return {row["kelurahan"]: row["kode"] for row in csv.DictReader(file)}


CODES = _kelurahan()
checked = settings(deadline=None)
PLACES = reading.places(
    [(name.lower(), code) for name, code in CODES.items()]
    + [(name.lower().replace(" ", ""), code) for name, code in CODES.items() if " " in name]
)
KINDS = ("text", "image", "contacts", "location", "button_reply", "reaction", "form", "unknown", "")
ASKED = st.lists(st.sampled_from(completeness.ELEMENTS), unique=True)


def expected(example: dict) -> dict:
    found = {name: example[name] for name in FIELDS if name in example}
    return found | ({"kelurahan": CODES[found["kelurahan"]]} if "kelurahan" in found else {})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['text'][:40]!r}{e.get('asked', '')}")
def test_each_example_is_understood_exactly(example):
    said = reading.read(
        example["text"], kind=example.get("kind", "text"), asked=example.get("asked", ()), places=PLACES
    ).said
    assert said == expected(example)


def test_there_are_enough_examples_and_enough_that_tempt():
    assert len(EXAMPLES) >= 220
    tempting = [example for example in EXAMPLES if example.get("tempting")]
    assert len(tempting) >= 60
    for example in tempting:
        assert not set(example["tempting"]) & set(expected(example)), example["text"]
    known = {"text", "asked", "kind", "tempting", *FIELDS}
    assert {key for example in EXAMPLES for key in example} <= known
    seen = [(e["text"], e.get("kind"), tuple(e.get("asked", ()))) for e in EXAMPLES]
    assert len(set(seen)) == len(seen)


# Texts put together of what people write, and of anything at all.
_PIECES = [piece for example in EXAMPLES for piece in example["text"].split() if piece]
MESSAGES = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=8)), max_size=60).map(" ".join),
    st.lists(st.sampled_from([e["text"] for e in EXAMPLES]), max_size=6).map("\n".join),
    # The same again and again, to the longest message there is.
    st.tuples(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3), st.sampled_from((" ", ", ", "\n", ": "))).map(
        lambda parts: ((parts[1].join(parts[0]) + parts[1]) * 2000)[:4096]
    ),
    st.text(alphabet="Nama: siti,.\n/0123jlrtw", max_size=200),
)


def _plain(text: str) -> str:
    return " ".join(text.split())


@checked
@given(MESSAGES, st.sampled_from(KINDS), ASKED)
def test_whatever_is_written_is_read_and_nothing_is_put_in(text, kind, asked):
    understood = reading.read(text, kind=kind, asked=asked, places=PLACES)
    for name, value in understood.said.items():
        assert len(value) <= LIMITS[name]
        if name == "kelurahan":
            assert value in CODES.values()
        else:
            assert value
            assert value in _plain(text)
    assert reading.read(text, kind=kind, asked=asked, places=PLACES) == understood


@checked
@given(MESSAGES, ASKED, st.booleans(), st.booleans())
def test_the_elements_and_the_words_never_disagree(text, asked, media, place):
    said = reading.read(text, asked=asked, places=PLACES).said
    there = completeness.found(text, asked=asked, places=PLACES, media=media, place=place)
    assert there == completeness.shown(said, media=media, place=place)
    assert ("what" in there) == ("what" in said)
    assert ("identity" in there) == ({"name", "address"} <= set(said))
    assert ("evidence" in there) == media
    assert ("where_when" in there) == (place or ("when" in said and bool({"where", "kelurahan"} & set(said))))


VALUES = st.dictionaries(st.sampled_from(FIELDS), st.text(alphabet="abc ", min_size=1, max_size=12))


@checked
@given(VALUES, VALUES)
def test_more_words_fill_what_is_empty_and_change_nothing_else(first, second):
    known = reading.merged({}, first)
    after = reading.merged(known, second)
    assert reading.merged(after, second) == after
    assert all(after[name] == value for name, value in known.items())
    assert set(after) == {name for given in (first, second) for name, value in given.items() if value.strip()}
    # In whatever order they come, the same is known; which words it is, the first say.
    assert set(reading.merged(reading.merged({}, second), first)) == set(after)


@checked
@given(VALUES, st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["", "baru"]), min_size=1), VALUES)
def test_what_staff_correct_or_empty_stays_whatever_is_written_later(first, correction, later):
    known = reading.corrected(reading.merged({}, first), correction)
    after = reading.merged(known, later)
    for name, value in correction.items():
        assert after.get(name, "") == value
        assert name in after[CORRECTED]
    assert json.loads(json.dumps(after)) == after
    assert reading.corrected(known, correction) == known


def test_a_message_is_read_to_its_end():
    long = "Mohon perhatiannya. " * 190 + "Lampu jalan di Medono mati sejak Senin"
    assert 3800 < len(long) <= 4096
    assert reading.read(long, places=PLACES).said == {
        "what": "Lampu jalan di Medono mati",
        "where": "Medono",
        "kelurahan": CODES["Medono"],
        "when": "sejak Senin",
    }


def test_values_are_cut_at_a_word():
    street = "Jl. Melati " + "panjang " * 60
    understood = reading.read(f"Nama: Siti\nLokasi: {street}", places=PLACES)
    assert understood.name == "Siti"
    assert 150 < len(understood.where) <= LIMITS["where"]
    assert understood.where.endswith("panjang")


def test_spread_over_messages_all_is_known_in_the_end():
    said: dict = {}
    for text, asked in (
        ("Lampu jalan mati pak", []),
        ("depan masjid medono", ["identity", "where_when"]),
        ("sejak senin", ["identity", "where_when"]),
        ("saya siti", ["identity"]),
        ("Jl Melati 5", ["identity"]),
    ):
        said = reading.merged(said, reading.read(text, asked=asked, places=PLACES))
    assert said == {
        "what": "Lampu jalan mati", "where": "depan masjid medono", "kelurahan": CODES["Medono"],
        "when": "sejak senin", "name": "siti", "address": "Jl Melati 5",
    }  # fmt: skip
    assert reading.elements(said) == ["identity", "what", "where_when"]


def test_names_of_kelurahan_come_from_the_table():
    places = reading.places([("sungai pinang", "1"), ("lor", "2"), ("Lor", "3")])
    assert reading.read("Lampu mati di Sungai Pinang", places=places).kelurahan == "1"
    assert reading.read("Lampu mati di kelurahan Lor", places=places).kelurahan == ""
    assert reading.read("Lampu mati di Medono", places=places).kelurahan == ""
    assert reading.read("Lampu mati di Medono").where == "Medono"


def test_nothing_is_understood_of_nothing():
    assert reading.read(None) == Understood()
    assert Understood().said == {}
    assert completeness.found(None) == []


def test_slips_are_near():
    assert slips("nama") == {"nma", "naa", "nam", "anma", "nmaa", "naam"}
