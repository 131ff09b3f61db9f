"""What was understood stands beside the element, is corrected by a press, and tells nobody who reported."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import house, words
from store import commands, queries
from store.check import differences
from store.commands import Press
from store.queries import Filters
from store.rules.case import Case
from store.rules.errors import RuleBroken

from .cases import add_message, ask, forwarded, new_desk, press, read_case, take_in, who
from .test_pages import errors, page

MEDONO, PODOSUGIH = "33.75.01.1002", "33.75.01.1003"
ALL = "Nama: Zulaikha Hanum\nAlamat: Jl. Rahasia 77\nAduan: lampu jalan mati di depan masjid Medono sejak Senin"
MARKUP = "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png)"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("understood")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


@pytest.fixture(autouse=True)
def the_register_is_what_its_events_add_up_to(desk):
    yield
    assert list(differences(desk.register)) == []


def said(case: Case) -> dict:
    return json.loads(case.said)


def correct(desk, case: Case, person: str = "kota", **given: str) -> Case:
    return commands.classify(desk, press(desk, case, person), said=given)


def shown(at: AppTest) -> str:
    """The elements with the words beside them."""
    (found,) = [h.value for h in at.html if words.ELEMENTS["where_when"] in h.value and "<dl" in h.value]
    return found


def choose(at: AppTest, name: str) -> AppTest:
    (pills,) = [w for w in at.pills if w.label == "Perbaiki yang dipahami"]
    return pills.set_value(name).run()


def press_button(at: AppTest, label: str) -> AppTest:
    (found,) = [b for b in at.button if b.label == label]
    return found.click().run()


def done(at: AppTest) -> str:
    assert [e.message for e in at.exception] == []
    return " ".join(line.value for line in at.success).replace("\\", "")


def test_a_message_is_understood_as_it_comes_in_and_more_fill_what_is_empty(desk):
    case = take_in(desk, "Lampu jalan mati")
    assert said(case) == {"what": "Lampu jalan mati"}
    assert case.elements == "what"
    case = add_message(desk, case, "di Medono, saya Siti", latitude=None)
    assert said(case) == {"what": "Lampu jalan mati", "name": "Siti"}
    case = add_message(desk, case, "Saluran mampet di Podosugih sejak Senin")
    assert said(case) == {
        "what": "Lampu jalan mati", "name": "Siti", "where": "Podosugih", "kelurahan": PODOSUGIH, "when": "sejak Senin",
    }  # fmt: skip
    assert case.elements == "what,where_when"


def test_where_and_when_count_together_though_they_come_apart(desk):
    case = take_in(desk, "Lampu mati di Medono")
    assert case.elements == "what"
    case = add_message(desk, case, "Lampu mati sejak Senin")
    assert case.elements == "what,where_when"


def test_bare_words_are_an_answer_where_they_were_asked_for_and_else_are_not(desk):
    asked = commands.ask(desk, press(desk, case := take_in(desk, "Lampu mati"), "kota"), missing=["identity"])
    answered = add_message(desk, asked, "Siti Aminah, Jl Melati 5")
    assert said(answered) == said(case) | {"name": "Siti Aminah", "address": "Jl Melati 5"}
    assert "identity" in answered.elements
    quiet = add_message(desk, take_in(desk, "Lampu mati", phone="6285600000777"), "Senin")
    assert "when" not in said(quiet)


def test_what_staff_correct_stays_and_what_they_empty_stays_empty(desk):
    case = take_in(desk, "Lampu mati di Medono sejak Senin")
    case = correct(desk, case, where="dekat pasar", when="")
    assert said(case)["where"] == "dekat pasar"
    assert "when" not in said(case)
    assert case.elements == "what"
    case = add_message(desk, case, "Lampu mati di Podosugih sejak Selasa, saya Siti")
    assert said(case)["where"] == "dekat pasar"
    assert "when" not in said(case)
    assert said(case)["name"] == "Siti"
    assert case.elements == "what"
    case = correct(desk, case, when="Selasa")
    assert case.elements == "what,where_when"


def test_an_element_that_staff_took_away_does_not_come_back_with_any_message(desk):
    case = take_in(desk, "Lampu mati di Medono sejak Senin")
    case = commands.classify(desk, press(desk, case, "kota"), elements=["what"])
    case = add_message(desk, case, "tolong ya pak")
    assert case.elements == "what"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"colour": "biru"}, "unknown_element"),
        ({"corrected": "name"}, "unknown_element"),
        ({"name": "x" * 81}, "text_too_long"),
        ({"kelurahan": "33.75.99.9999"}, "unknown_kelurahan"),
        ({"what": "Lampu mati"}, "nothing_changed"),
        ({"who": "  "}, "nothing_changed"),
    ],
)
def test_a_correction_is_checked(desk, given, code):
    case = take_in(desk, "Lampu mati")
    with pytest.raises(RuleBroken) as refused:
        correct(desk, case, **given)
    assert refused.value.code == code
    assert read_case(desk, case.id) == case
    assert words.refusal(refused.value) != words.refusal(RuleBroken("no such code"))


@pytest.mark.parametrize("person", ["opd.dlh", "tim.dlh", "pimpinan", "admin"])
def test_only_the_city_corrects(desk, person):
    case = forwarded(desk, take_in(desk, "Lampu mati"), "DLH")
    with pytest.raises((RuleBroken, queries.case.NotFound)):
        correct(desk, case, person, who="warga")
    assert read_case(desk, case.id) == case


def test_the_page_shows_each_element_with_its_words_and_what_is_not_clear(desk):
    case = take_in(desk, "saya Siti dari Medono, lampu jalan depan masjid mati sejak senin")
    text = shown(page("triase", "kota", no=case.number))
    for words_of in ("Nama: “Siti”", "“Medono”", "“lampu jalan depan masjid mati”", "“depan masjid”", "“sejak senin”"):
        assert words_of in text
    assert text.count("belum jelas") == 2
    assert "<dt>Bukti</dt><dd>belum ada</dd>" in text
    assert "<dt>Siapa yang terlibat</dt><dd><span class='open'>belum jelas</span></dd>" in text


def test_a_word_is_corrected_by_a_press_and_the_timeline_says_so(desk):
    case = take_in(desk, "Lampu mati di Medono sejak Senin")
    at = choose(page("triase", "kota", no=case.number), "where")
    (field,) = [w for w in at.text_input if w.label == "Tempat"]
    assert field.value == "Medono"
    field.set_value("depan balai desa").run()
    at = press_button(at, "Simpan perbaikan")
    assert f"{case.number}: tempat diperbaiki." in done(at)
    assert said(read_case(desk, case.id))["where"] == "depan balai desa"
    assert "“depan balai desa” (diperbaiki petugas)" in shown(at)
    assert any("tempat menurut pelapor: depan balai desa" in h.value for h in at.html)
    at = press_button(choose(at, "where"), "Kosongkan")
    assert "tempat dikosongkan" in done(at)
    assert "where" not in said(read_case(desk, case.id))
    assert any("tempat menurut pelapor: dikosongkan" in h.value for h in at.html)


def test_a_kelurahan_is_chosen_from_the_table(desk):
    case = take_in(desk, "Lampu mati")
    at = choose(page("triase", "kota", no=case.number), "kelurahan")
    (field,) = [w for w in at.selectbox if "understood" in (w.key or "")]
    at = press_button(field.set_value(PODOSUGIH).run(), "Simpan perbaikan")
    assert said(read_case(desk, case.id))["kelurahan"] == PODOSUGIH
    assert "Kelurahan: “Podosugih” (diperbaiki petugas)" in shown(at)


def test_one_press_takes_the_understood_place_into_the_facts(desk):
    case = take_in(desk, "Lampu mati di depan masjid Medono")
    at = press_button(page("triase", "kota", no=case.number), "Pakai tempat ini pada Keterangan")
    assert "dipakai pada Keterangan" in done(at)
    case = read_case(desk, case.id)
    assert (case.kelurahan, case.address) == (MEDONO, "depan masjid Medono")
    assert "Pakai tempat ini pada Keterangan" not in [b.label for b in at.button]


def test_what_is_on_record_of_the_place_is_not_written_over(desk):
    case = take_in(desk, "Lampu mati di depan masjid Medono")
    case = commands.classify(desk, press(desk, case, "kota"), address="Jl. Toba 3")
    press_button(page("triase", "kota", no=case.number), "Pakai tempat ini pada Keterangan")
    case = read_case(desk, case.id)
    assert (case.kelurahan, case.address) == (MEDONO, "Jl. Toba 3")


def test_a_slower_colleague_is_told_and_changes_nothing(desk):
    case = take_in(desk, "Lampu mati di Medono")
    at = choose(page("triase", "kota", no=case.number), "where")
    correct(desk, case, "kota2", where="Klego")
    (field,) = [w for w in at.text_input if w.label == "Tempat"]
    field.set_value("Poncol")
    at = press_button(at, "Simpan perbaikan")
    assert said(read_case(desk, case.id))["where"] == "Klego"
    assert any("lebih dahulu mengubah" in line for line in errors(at))


def test_after_triage_it_is_unfolded_by_all_and_corrected_by_the_city_alone(desk):
    case = forwarded(desk, take_in(desk, "saya Siti dari Medono, lampu mati sejak senin"), "DLH")
    for person, may in (("kota", True), ("opd.dlh", False), ("tim.dlh", False), ("pimpinan", False)):
        at = page("aduan", person, no=case.number)
        assert "Yang dipahami dari kata-kata pelapor" in [e.label for e in at.expander]
        assert [w.label for w in at.pills if w.label == "Perbaiki yang dipahami"] == ["Perbaiki yang dipahami"] * may
        assert ("“Siti”" in shown(at)) == (person != "pimpinan")
        assert "“lampu mati”" in shown(at)


def test_text_that_tries_to_be_more_than_text_stays_text(desk):
    case = take_in(desk, f"Lokasi: {MARKUP}\nAduan: lampu jalan mati {MARKUP}")
    at = page("triase", "kota", no=case.number)
    assert [e.message for e in at.exception] == []
    text = shown(at)
    assert "<img" not in text
    assert "&lt;img" in text
    for element in (*at.button, *at.pills, *at.expander):
        assert "evil.example" not in f"{element.label} {getattr(element, 'options', '')}"


def secret(desk) -> Case:
    case = take_in(desk, ALL, name="Zulaikha Hanum", phone="6289912345678")
    assert said(case)["name"] == "Zulaikha Hanum"
    return commands.classify(desk, press(desk, case, "kota"), confidential=True)


def made_of_it(view) -> str:
    """What a page is given of a case besides the reporter's own messages, which are not hidden."""
    data = [{name: value for name, value in row["data"].items() if name != "summary"} for row in view.timeline]
    return repr((view.case.said, view.reporter, view.phone, data))


@pytest.mark.parametrize("person", ["kota", "pejabat", "pimpinan"])
def test_who_reported_in_confidence_is_not_told_by_what_was_understood(desk, person):
    case = secret(desk)
    case = add_message(desk, case, "saya Zulaikha Hanum dari Jl. Rahasia 77, masih mati")
    view = queries.case_view(desk.register, who(desk, person), case.number)
    assert said(view.case)["name"] == said(view.case)["address"] == queries.case.HIDDEN
    assert said(view.case)["where"] == "depan masjid Medono"
    assert "Hanum" not in made_of_it(view)
    assert "Rahasia 77" not in made_of_it(view)
    at = page("aduan", person, no=case.number)
    assert "Hanum" not in shown(at)
    assert "Rahasia 77" not in shown(at)
    assert "disembunyikan" in shown(at)


def test_a_hidden_identity_is_corrected_only_by_who_asked_to_see_it(desk):
    case = secret(desk)
    at = page("aduan", "kota", no=case.number)
    (pills,) = [w for w in at.pills if w.label == "Perbaiki yang dipahami"]
    assert "Nama" not in pills.options
    assert "Alamat pelapor" not in pills.options
    assert "Waktu" in pills.options
    with pytest.raises(RuleBroken) as refused:
        correct(desk, case, name="Orang Lain")
    assert refused.value.code == "identity_hidden"
    case = commands.reveal(desk, press(desk, case, "kota"), note="Menelepon")
    with pytest.raises(RuleBroken):
        correct(desk, case, "kota2", name="Orang Lain")
    case = correct(desk, case, name="Zulaikha H.")
    assert said(case)["name"] == "Zulaikha H."
    view = queries.case_view(desk.register, who(desk, "pejabat"), case.number)
    assert "Zulaikha H." not in made_of_it(view)
    shown_there = shown(page("aduan", "pejabat", no=case.number))
    assert "Zulaikha" not in shown_there
    at = page("aduan", "kota", no=case.number)
    assert "“Zulaikha H.” (diperbaiki petugas)" in shown(at)


def test_neither_lists_nor_files_nor_the_search_know_what_was_understood(desk):
    case = commands.classify(
        desk, press(desk, take_in(desk, "Lampu mati"), "kota"), said={"name": "Xaverius", "address": "Jl. Ypsilon"}
    )
    kota = who(desk, "kota")
    assert queries.search(desk.register, kota, Filters(text="Xaverius")) == ([], 0)
    assert queries.search(desk.register, kota, Filters(text="Ypsilon")) == ([], 0)
    listed = repr(queries.waiting_for_triage(desk.register, kota))
    assert case.number in listed
    assert "Xaverius" not in listed
    for person in ("kota", "pimpinan"):
        exported = queries.export(desk.register, who(desk, person), Filters()).to_csv()
        assert case.number in exported
        assert "Xaverius" not in exported
        assert "Ypsilon" not in exported


def test_a_correction_is_an_event_and_a_repeated_press_makes_no_second_one(desk):
    case = take_in(desk, "Lampu mati")
    by = Press(who(desk, "kota"), case.number, case.version, "one-press")
    for _ in range(2):
        commands.classify(desk, by, said={"who": "warga  RT 3 "})
    events = ask(desk, "select data, actor from event where complaint_id = ? and kind = 'classify'", case.id)
    assert [(json.loads(data), actor) for data, actor in events] == [({"said": {"who": "warga RT 3"}}, "kota")]


def test_a_new_name_of_a_kelurahan_is_known_at_once(desk):
    with desk.register.atomic() as cursor:
        cursor.execute("insert into kelurahan_alias values ('tegal mlati', ?)", [MEDONO])
    case = take_in(desk, "Lampu mati di Tegal Mlati")
    assert said(case)["kelurahan"] == MEDONO
