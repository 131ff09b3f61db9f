"""The register of breaches: the countdown of 3 x 24 hours, and that none is closed before who must know does."""

from datetime import timedelta

import pytest

from pages.parts import breach_part
from store import breaches
from store.clock import now as clock_now
from store.rules.errors import RuleBroken

from .cases import ask, who


@pytest.fixture
def official(desk):
    return who(desk, "pejabat")


def noted(desk, official, ago: timedelta = timedelta(0)) -> dict:
    breaches.note(desk, official, clock_now() - ago, "Berkas CSV terkirim ke alamat lain", "nama, nomor telepon", None)
    return breaches.listed(desk, official)[0]


def test_from_found_to_closed(desk, official):
    row = noted(desk, official)
    assert row["due_at"] == row["found_at"] + timedelta(hours=72)
    with pytest.raises(RuleBroken, match="not_told"):
        breaches.close(desk, official, row["id"], row["version"])
    breaches.handle(desk, official, row["id"], row["version"], "Berkas ditarik kembali", 12)
    for whom in ("people", "authority"):
        (row,) = breaches.listed(desk, official)
        breaches.tell(desk, official, row["id"], row["version"], whom)
    (row,) = breaches.listed(desk, official)
    breaches.close(desk, official, row["id"], row["version"])
    (row,) = breaches.listed(desk, official)
    assert row["closed_at"]
    assert (row["people"], row["handling"]) == (12, "Berkas ditarik kembali")
    steps = [data for (data,) in ask_all(desk)]
    assert steps == ["noted", "handled", "told_people", "told_authority", "closed"]


def ask_all(desk) -> list[tuple]:
    return ask(desk, "select data->>'step' from audit where kind = 'breach' order by id")


def test_two_at_once_and_the_slower_is_told(desk, official):
    row = noted(desk, official)
    breaches.tell(desk, official, row["id"], row["version"], "people")
    with pytest.raises(RuleBroken, match="breach_changed"):
        breaches.tell(desk, official, row["id"], row["version"], "authority")
    assert breaches.listed(desk, official)[0]["authority_told_at"] is None
    assert len(ask_all(desk)) == 2


@pytest.mark.parametrize(
    ("what", "kinds", "later", "code"),
    [
        ("", "nama", 0, "empty_field"),
        ("x", " ", 0, "empty_field"),
        ("x" * 501, "nama", 0, "text_too_long"),
        ("x", "nama", 2, "in_the_future"),
    ],
)
def test_what_is_not_said_or_cannot_be_is_refused(desk, official, what, kinds, later, code):
    with pytest.raises(RuleBroken, match=code):
        breaches.note(desk, official, clock_now() + timedelta(hours=later), what, kinds, None)
    assert breaches.listed(desk, official) == []


def test_how_much_time_is_left_is_said_with_a_sign(desk, official):
    now = clock_now()
    row = noted(desk, official, timedelta(hours=71))
    assert breach_part.standing(row, now)[0] == "◔"
    assert "1 jam" in breach_part.standing(row, row["found_at"] + timedelta(hours=71))[1]
    assert breach_part.standing(row, now + timedelta(hours=2))[0] == "!"
    assert breach_part.standing(row | {"people_told_at": now, "authority_told_at": now}, now)[0] == "‖"
    assert breach_part.standing(row | {"closed_at": now}, now)[0] == "✓"


@pytest.mark.parametrize("username", ["kota", "opd.dlh", "pimpinan"])
def test_others_may_not(desk, username):
    with pytest.raises(RuleBroken, match="not_allowed"):
        breaches.listed(desk, who(desk, username))
    with pytest.raises(RuleBroken, match="not_allowed"):
        breaches.note(desk, who(desk, username), clock_now(), "x", "y", None)
