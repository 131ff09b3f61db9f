"""Likely duplicates: found by place, time and words, told with their reasons, and only to those who merge."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from store import commands
from store.clock import now as clock_now
from store.rules.case import Case
from store.rules.errors import NotFound
from store.suggest import Likely, duplicates, likely

from .cases import add_message, approved, confirm, new_desk, press, take_in, who
from .postbox import change

LAMP = "Lampu jalan mati total, gelap sekali kalau malam"
AGAIN = "min lampu jln padam sdh 3 hari, tolong"
MEDONO, TIRTO = "33.75.01.1002", "33.75.01.1009"
# In Medono; a thousandth of a degree is about 110 m.
LATITUDE, LONGITUDE = -6.9035, 109.6625


@pytest.fixture(scope="module")
def the_desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("duplicates")) as desk:
        yield desk


@pytest.fixture
def desk(the_desk):
    change(the_desk, "delete from message_in")
    change(the_desk, "delete from assignment")
    change(the_desk, "delete from complaint")
    return the_desk


def told(desk, text: str = LAMP, ago: timedelta = timedelta(), kelurahan: str | None = None, **more) -> Case:
    """A complaint by WhatsApp; a kelurahan or an address as staff note it."""
    address = more.pop("address", None)
    case = take_in(desk, text, now=clock_now() - ago, **more)
    facts = {name: value for name, value in (("kelurahan", kelurahan), ("address", address)) if value}
    return commands.classify(desk, press(desk, case, "kota"), **facts) if facts else case


def at(north: float = 0.0, east: float = 0.0) -> dict:
    """A shared location so many metres from the usual one."""
    return {"latitude": LATITUDE + north / 111_320, "longitude": LONGITUDE + east / 110_510}


def found(desk, case: Case, username: str = "kota", **more) -> list:
    return likely(desk.register, who(desk, username), case.number, **more)


def numbers(desk, case: Case, **more) -> list[str]:
    return [one.number for one in found(desk, case, **more)]


def test_the_same_thing_at_the_same_place_is_found_with_its_reasons(desk):
    first = told(desk, LAMP, timedelta(hours=2, minutes=10), MEDONO)
    second = told(desk, AGAIN, kelurahan=MEDONO)
    (one,) = found(desk, second)
    assert (one.number, one.state, one.kelurahan, one.summary) == (first.number, "received", "Medono", LAMP)
    assert one.received_at == first.received_at
    assert one.reasons == ["tempat sama: Medono", "2 jam sebelumnya", "kata yang sama: lampu, jalan, mati"]
    assert 0.5 <= one.score <= 1
    (other,) = found(desk, first)
    assert other.reasons[:2] == ["tempat sama: Medono", "2 jam sesudahnya"]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=50), "pada waktu yang sama"),
        (timedelta(minutes=35, seconds=5), "35 menit sebelumnya"),
        (timedelta(hours=47, minutes=1), "47 jam sebelumnya"),
        (timedelta(days=5, hours=3), "5 hari sebelumnya"),
    ],
)
def test_how_far_apart_in_time_is_told(desk, ago, said):
    told(desk, LAMP, ago, MEDONO)
    (one,) = found(desk, told(desk, AGAIN, kelurahan=MEDONO))
    assert one.reasons[1] == said


@pytest.mark.parametrize(
    ("metres", "reason"), [(0, "titik yang sama"), (180, "180 m dari sini"), (244, "240 m dari sini"), (270, None)]
)
def test_shared_locations_within_250_metres_are_one_place(desk, metres, reason):
    told(desk, LAMP, timedelta(hours=1), **at(north=metres))
    case = told(desk, AGAIN, **at())
    assert [one.reasons[0] for one in found(desk, case)] == ([reason] if reason else [])


def test_shared_locations_are_compared_in_both_directions_of_the_map(desk):
    told(desk, LAMP, timedelta(hours=1), **at(north=-150, east=150))
    told(desk, LAMP, timedelta(hours=1), **at(north=0, east=290))
    case = told(desk, AGAIN, **at())
    assert [one.reasons[0] for one in found(desk, case)] == ["210 m dari sini"]


def test_two_far_points_in_one_kelurahan_are_two_places(desk):
    told(desk, LAMP, timedelta(hours=1), MEDONO, **at(north=700))
    assert numbers(desk, told(desk, AGAIN, kelurahan=MEDONO, **at())) == []


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ({"address": "Jl. Sriwijaya, depan toko"}, {"text": f"{AGAIN} di jl sriwijaya"}, "alamat sama: Sriwijaya"),
        ({"text": f"{LAMP} di Jl. Kurinci gang 3"}, {"text": f"{AGAIN} jl. kurinci"}, "alamat sama: Kurinci"),
        ({"text": f"{LAMP} dekat Masjid Al-Fairus"}, {"text": f"{AGAIN} dpn masjid fairus"}, "alamat sama: Fairus"),
        ({"text": f"{LAMP} di medono"}, {"kelurahan": MEDONO}, "tempat sama: Medono"),
        ({"text": f"{LAMP} di panjang wetan"}, {"text": f"{AGAIN} panjangwetan"}, "tempat sama: Panjang Wetan"),
        (
            {"text": f"{LAMP} RT 05 RW 02 Medono"},
            {"text": f"{AGAIN} rt 5/2", "kelurahan": MEDONO},
            "tempat sama: RT 5 RW 2 Medono",
        ),
    ],
)
def test_a_place_is_known_by_what_is_written_too(desk, before, now, reason):
    first = told(desk, **({"text": LAMP, "ago": timedelta(hours=1)} | before))
    (one,) = found(desk, told(desk, **({"text": AGAIN} | now)))
    assert (one.number, one.reasons[0]) == (first.number, reason)


def test_a_street_of_several_kelurahan_weighs_less_and_says_so(desk):
    there = told(desk, LAMP, timedelta(hours=1), TIRTO, address="Jl. Kurinci")
    here = told(desk, LAMP, timedelta(hours=1), MEDONO, address="Jl. Kurinci")
    first, second = found(desk, told(desk, AGAIN, kelurahan=MEDONO, address="Jl. Kurinci 4"))
    assert (first.number, first.reasons[0]) == (here.number, "alamat sama: Kurinci (Medono)")
    assert (second.number, second.reasons[0]) == (there.number, "alamat sama: Kurinci (kelurahan berbeda)")


def test_where_people_live_is_not_where_it_happened(desk):
    told(desk, f"{LAMP} di Tirto\nNama: Siti\nAlamat: Jl. Kurinci, Medono", timedelta(hours=1))
    assert numbers(desk, told(desk, f"{AGAIN} di Podosugih\nnama Budi jl kurinci\nalamat: jl. Kurinci Medono")) == []


def test_where_people_live_counts_where_nothing_else_is_said(desk):
    first = told(desk, f"{LAMP}\nNama: Siti\nAlamat: Jl. Kurinci, Medono", timedelta(hours=1))
    assert numbers(desk, told(desk, AGAIN, kelurahan=MEDONO)) == [first.number]


def test_two_things_at_one_point_are_no_duplicates_for_a_word_or_two(desk):
    many = "Truk parkir menutup jalan, lampu merah di perempatan macet, juru parkir pungut karcis, kendaraan ngebut"
    told(desk, many, timedelta(hours=1), **at())
    assert numbers(desk, told(desk, LAMP, **at())) == []


@pytest.mark.parametrize(
    ("words", "alike"), [("gapura kethoprak", 0), ("gapura kethoprak panggung", 1), ("lampu mati", 1)]
)
def test_words_that_no_category_is_known_by_must_be_three(desk, words, alike):
    told(desk, words, timedelta(hours=1), **at())
    assert len(found(desk, told(desk, words, **at()))) == alike


@pytest.mark.parametrize(
    "other",
    [
        {"kelurahan": TIRTO},
        {"kelurahan": None},
        {"ago": timedelta(days=31)},
        {"text": "Sampah menumpuk tidak diangkut"},
        {"text": "Jalan rusak"},
        {"text": "Assalamualaikum, selamat malam, mohon bantuannya"},
    ],
    ids=["another place", "no place", "long ago", "other words", "one common word", "only greetings"],
)
def test_what_differs_in_place_time_or_words_is_no_duplicate(desk, other):
    told(desk, **({"text": LAMP, "ago": timedelta(hours=1), "kelurahan": MEDONO} | other))
    assert found(desk, told(desk, AGAIN, kelurahan=MEDONO)) == []


def test_a_case_without_any_place_has_no_duplicates(desk):
    told(desk, LAMP, timedelta(hours=1))
    assert found(desk, told(desk, LAMP)) == []


def test_later_messages_count_as_well(desk):
    first = take_in(desk, "Assalamualaikum", now=clock_now() - timedelta(hours=1))
    add_message(desk, first, f"{LAMP} di Medono", now=clock_now() - timedelta(minutes=59))
    (one,) = found(desk, told(desk, AGAIN, kelurahan=MEDONO))
    assert one.number == first.number


def test_the_likeliest_comes_first_and_no_more_than_asked_for(desk):
    far = told(desk, "Lampu jalan mati", timedelta(days=20), MEDONO)
    near = told(desk, LAMP, timedelta(hours=1), MEDONO, **at(north=30))
    middle = told(desk, LAMP, timedelta(hours=1), MEDONO)
    case = told(desk, LAMP, kelurahan=MEDONO, **at())
    assert numbers(desk, case) == [near.number, middle.number, far.number]
    assert numbers(desk, case, limit=2) == [near.number, middle.number]
    scores = [one.score for one in found(desk, case)]
    assert scores == sorted(scores, reverse=True)


def test_what_ended_lately_is_still_found_and_what_ended_long_ago_is_not(desk):
    ended = confirm(desk, approved(desk, told(desk, LAMP, timedelta(days=3), MEDONO)))
    case = told(desk, AGAIN, kelurahan=MEDONO)
    (one,) = found(desk, case)
    assert (one.number, one.state) == (ended.number, "closed")
    assert numbers(desk, case, now=clock_now() + timedelta(days=13, hours=23)) == [ended.number]
    assert numbers(desk, case, now=clock_now() + timedelta(days=14, hours=1)) == []


def test_spam_and_what_was_withdrawn_are_not_found(desk):
    spam, taken_back, kept = (told(desk, LAMP, timedelta(hours=1), MEDONO) for _ in range(3))
    commands.reject(desk, press(desk, spam, "kota"), note="Iseng")
    commands.withdraw(desk, press(desk, taken_back, "kota"), note="Diminta pelapor")
    assert numbers(desk, told(desk, AGAIN, kelurahan=MEDONO)) == [kept.number]


def test_what_was_merged_is_told_as_its_parent_once(desk):
    parent = told(desk, LAMP, timedelta(hours=30), MEDONO)
    for hours in (1, 20):
        child = told(desk, AGAIN, timedelta(hours=hours), MEDONO)
        commands.merge(desk, press(desk, child, "kota"), parent=parent.number)
        if hours == 1:
            nearest = child.number
    (one,) = found(desk, told(desk, AGAIN, kelurahan=MEDONO))
    assert (one.number, one.state, one.summary) == (parent.number, "received", LAMP)
    assert (one.reasons[1], one.reasons[-1]) == ("1 jam sebelumnya", f"lewat duplikatnya {nearest}")


def test_a_parent_that_would_not_be_found_itself_is_found_by_its_child(desk):
    parent = told(desk, "PJU dekat masjid", timedelta(days=40), TIRTO)
    child = told(desk, LAMP, timedelta(hours=2), MEDONO)
    commands.merge(desk, press(desk, child, "kota"), parent=parent.number)
    (one,) = found(desk, told(desk, AGAIN, kelurahan=MEDONO))
    assert (one.number, one.summary) == (parent.number, "PJU dekat masjid")


@pytest.mark.parametrize("changed", ["state = 'withdrawn'", "kind = 'official'"])
def test_a_parent_that_may_not_be_compared_is_not_found_by_its_child_either(desk, changed):
    parent = told(desk, LAMP, timedelta(hours=3), MEDONO)
    child = told(desk, AGAIN, timedelta(hours=2), MEDONO)
    commands.merge(desk, press(desk, child, "kota"), parent=parent.number)
    case = told(desk, AGAIN, kelurahan=MEDONO)
    assert numbers(desk, case) == [parent.number]
    change(desk, f"update complaint set {changed} where id = ?", parent.id)
    assert numbers(desk, case) == []


def test_a_family_is_not_suggested_to_itself(desk):
    parent = told(desk, LAMP, timedelta(hours=3), MEDONO)
    children = [told(desk, AGAIN, timedelta(hours=2), MEDONO) for _ in range(2)]
    for child in children:
        commands.merge(desk, press(desk, child, "kota"), parent=parent.number)
    for case in (parent, *children):
        assert found(desk, case) == []


@pytest.mark.parametrize("username", ["kota", "pejabat"])
def test_those_who_merge_see_them(desk, username):
    told(desk, LAMP, timedelta(hours=1), MEDONO)
    assert len(found(desk, told(desk, AGAIN, kelurahan=MEDONO), username)) == 1


@pytest.mark.parametrize("username", ["opd.dishub", "tim.dishub", "opd.dlh", "pimpinan", "admin"])
def test_others_see_none_even_of_cases_they_see(desk, username):
    first = told(desk, LAMP, timedelta(hours=1), MEDONO)
    case = told(desk, AGAIN, kelurahan=MEDONO)
    for one in (first, case):
        commands.forward(desk, press(desk, one, "kota"), department="DISHUB", note="Mohon dicek")
    assert found(desk, case, username) == []


@pytest.mark.parametrize("fact", [{"kind": "official"}, {"category": "official"}])
def test_a_complaint_about_an_official_is_never_compared(desk, fact):
    secret = told(desk, LAMP, timedelta(hours=1), MEDONO)
    commands.classify(desk, press(desk, secret, "kota"), **fact)
    case = told(desk, AGAIN, kelurahan=MEDONO)
    assert found(desk, case) == []
    assert found(desk, secret) == []


def test_a_number_that_is_not_there_is_told_apart_from_no_duplicates(desk):
    with pytest.raises(NotFound):
        likely(desk.register, who(desk, "kota"), "WA-2026-99999")


@pytest.mark.parametrize("text", ["", "%_%", "\x00", "rt " * 900, "." * 4000, "🙏" * 500, "0" * 4000, "a" * 4000])
def test_a_text_that_says_nothing_has_no_duplicates(desk, text):
    told(desk, LAMP, timedelta(hours=1), MEDONO)
    assert found(desk, told(desk, text, kelurahan=MEDONO)) == []


def test_a_text_is_never_taken_for_a_question_to_the_register(desk):
    quoted = "Jl. Kurinci'); drop table complaint; -- lampu jalan mati"
    told(desk, quoted, timedelta(hours=1), address=quoted)
    (one,) = found(desk, told(desk, quoted, address=quoted))
    assert one.reasons[0] == "alamat sama: Kurinci"


def test_the_same_words_and_the_same_place_are_as_sure_as_it_gets(desk):
    told(desk, LAMP, timedelta(seconds=1), MEDONO, **at())
    (one,) = found(desk, told(desk, LAMP, kelurahan=MEDONO, **at()))
    assert one.score == pytest.approx(1, abs=0.001)


def test_no_more_are_compared_than_is_soon_done(desk, monkeypatch):
    monkeypatch.setattr(duplicates, "COMPARED", 2)
    _old, *new = [told(desk, LAMP, timedelta(hours=hours), MEDONO) for hours in (9, 2, 1)]
    assert set(numbers(desk, told(desk, LAMP, kelurahan=MEDONO))) == {case.number for case in new}


def drawn(*rows: Likely) -> list[str]:
    """The markup that the page shows for these."""

    def page(rows):
        from pages.parts.suggestions import show_duplicates

        show_duplicates(rows)

    at = AppTest.from_function(page, kwargs={"rows": list(rows)}, default_timeout=60).run()
    assert [e.message for e in at.exception] == []
    return [element.proto.body for element in at.main.children.values()]


def test_the_page_lists_them_with_number_reasons_and_a_link():
    reasons = ["180 m dari sini", "2 jam sebelumnya", "kata yang sama: lampu, jalan"]
    one = Likely("WA-2026-00042", 0.8, "in_progress", datetime(2026, 11, 23, 7, 32), "Medono", LAMP, reasons)
    (body,) = drawn(one, one)
    assert body.count("<a href='/aduan?no=WA-2026-00042'") == 2
    for said in (
        "Ditindaklanjuti",
        "Sen 23 Nov",
        "14.32",
        "Medono",
        LAMP,
        "Alasan: " + " · ".join(reasons),
        "hanya saran",
    ):
        assert said in body


def test_the_page_shows_what_people_write_as_text():
    evil = "<img src=x onerror=alert(1)> **tebal**"
    (body,) = drawn(Likely("WA-2026-00042", 0.8, "received", clock_now(), evil, evil * 20, [evil]))
    assert "<img" not in body
    assert "&lt;img src=x onerror=alert(1)&gt; **tebal**" in body


def test_the_page_shows_nothing_where_there_are_none():
    assert drawn() == []
