"""What is typed into a search, and whose account is open, stand in no address; a key of them does."""

import pytest

from pages.door import Sessions
from pages.parts import address, house
from pages.parts.filters import FORGOTTEN, to_query
from store import audit
from store.queries import Filters

from .cases import new_desk, take_in
from .test_pages import page

NAME = "Zulaikha Prameswari"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("address")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        take_in(desk, "Lampu mati.", name=NAME, phone="628990001")
        take_in(desk, "Jalan berlubang.", name="Darto", phone="628990002")
        audit.record(desk.register, "kota", "exported", "daftar.csv", rows=2)
        audit.record(desk.register, "pejabat", "exported", "daftar.csv", rows=3)
        yield desk
        house.open_house(None)


def press(at, label: str):
    next(button for button in at.button if button.label == label).click()
    at.run()
    assert not at.exception
    return at


def typed(at, label: str, text: str):
    next(field for field in at.text_input if field.label == label).input(text)
    return press(at, "Tampilkan")


def addressed(at) -> dict[str, str]:
    """The address as it is now; Streamlit's test runner gives lists."""
    return {name: value[0] if isinstance(value, list) else value for name, value in dict(at.query_params).items()}


def read(at) -> str:
    return " ".join(str(each.value) for each in (*at.markdown, *at.info, *at.caption))


def test_a_key_tells_nothing_and_leads_back():
    key = address.hide(NAME)
    assert NAME.split()[0].lower() not in key.lower()
    assert address.shown(key) == NAME
    assert address.hide(NAME) == key
    assert address.hide("Darto") != key


def test_what_is_no_key_is_taken_as_it_is_and_an_unknown_key_as_unknown():
    assert address.shown("lampu") == "lampu"
    assert address.shown("") == ""
    assert address.hide("") == ""
    assert address.shown("~nosuchkey") is None


def test_old_words_make_room_and_those_in_use_stay(monkeypatch):
    monkeypatch.setattr(address, "KEPT", 3)
    keys = [address.hide(f"kata {n}") for n in range(3)]
    assert address.shown(keys[0]) == "kata 0"
    address.hide("kata lain")
    assert [address.shown(key) for key in keys] == ["kata 0", None, "kata 2"]


def test_a_name_searched_for_is_in_no_address_and_a_colleague_can_be_sent_it(desk):
    at = typed(page("daftar", "kota"), "Cari", NAME)
    assert "**1** aduan" in read(at)
    sent = addressed(at)
    assert set(sent) == {"cari"}
    assert "zulaikha" not in sent["cari"].lower()
    other = page("daftar", "pejabat", **sent)
    assert "**1** aduan" in read(other)
    assert next(field for field in other.text_input if field.label == "Cari").value == NAME


def test_an_address_from_before_a_restart_says_that_the_words_are_gone(desk):
    at = page("daftar", "kota", cari="~ABCDEFGHIJKLMNOPQRST")
    assert FORGOTTEN in [info.value for info in at.info]
    assert "**2** aduan" in read(at)


def test_the_links_between_the_list_and_its_download_hide_the_words():
    assert NAME not in str(to_query(Filters(text=NAME)))
    assert address.shown(to_query(Filters(text=NAME))["cari"]) == NAME


def test_whom_an_administrator_looks_for_in_the_audit_is_in_no_address(desk):
    at = typed(page("audit", "admin"), "Siapa", "pejabat")
    sent = addressed(at)
    assert "pejabat" not in str(sent)
    assert "**1** catatan" in read(page("audit", "admin", **sent))
    assert FORGOTTEN in [info.value for info in page("audit", "admin", siapa="~nosuchkey").info]


def test_whose_account_is_open_is_in_no_address(desk):
    at = page("pengguna", "admin")
    button = next(button for button in at.button if button.key == "row-opd.dlh")
    at = button.click().run()
    assert not at.exception
    assert any("opd.dlh" in heading.value for heading in at.subheader)
    sent = addressed(at)
    assert "opd.dlh" not in str(sent)
    assert any("opd.dlh" in heading.value for heading in page("pengguna", "admin", **sent).subheader)
