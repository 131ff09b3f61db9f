"""What an address asks for stays asked for: what is no longer in use, what nobody knows, what is called alike."""

import pytest

from pages.door import Sessions
from pages.parts import house
from pages.parts.names import told_apart
from store import queries
from store.queries import Filters

from .cases import forwarded, new_desk, take_in, who
from .test_analitik_page import everything
from .test_pages import page


@pytest.fixture
def desk(tmp_path):
    """One complaint of a category, a kelurahan and a department that are no longer in use."""
    with new_desk(tmp_path) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        case = forwarded(desk, take_in(desk, "lampu"), "DISHUB", category="road")
        take_in(desk, "sampah", phone="62898")
        with desk.register.atomic() as cursor:
            cursor.execute("update complaint set kelurahan = '33.75.01.1002' where id = ?", [case.id])
            cursor.execute("update category set active = false where code in ('road', 'waste')")
            cursor.execute("update kelurahan set active = false where code in ('33.75.01.1002', '33.75.01.1003')")
            cursor.execute("update department set active = false where code in ('DISHUB', 'DPUPR')")
        yield desk
        house.open_house(None)


def options(at, label: str):
    return next(box for box in at.multiselect if box.label == label)


def press(at, label: str):
    next(button for button in at.button if button.label == label).click()
    return at.run()


@pytest.mark.parametrize("name", ["daftar", "analitik"])
def test_what_is_out_of_use_can_be_chosen_where_cases_have_it(desk, name):
    at = page(name, "kota")
    for label in ("OPD", "Kategori", "Kelurahan"):
        marked = [option for option in options(at, label).options if "(tidak dipakai lagi)" in option]
        assert len(marked) == 1, label
    assert "road" not in queries.reference(desk.register)["categories"]


@pytest.mark.parametrize("name", ["daftar", "analitik"])
def test_what_is_out_of_use_stays_in_the_address(desk, name):
    asked = {"kategori": "waste,road", "kel": "33.75.01.1003", "opd": "DPUPR"}
    at = page(name, "kota", **asked)
    assert options(at, "Kategori").value == ["waste", "road"]
    at = press(at, "Tampilkan")
    assert [e.message for e in at.exception] == []
    for key, value in asked.items():
        kept = at.query_params[key]
        assert (kept if isinstance(kept, str) else kept[0]) == value
    assert "Tidak dikenal" not in everything(at)


@pytest.mark.parametrize("name", ["daftar", "analitik"])
@pytest.mark.parametrize(
    ("key", "said"), [("kec", "Kecamatan “Entah”"), ("kel", "Kelurahan “Entah”"), ("opd", "OPD “Entah”"),
                      ("kategori", "Kategori “Entah”"), ("saluran", "Saluran “Entah”")],
)  # fmt: skip
def test_what_nobody_knows_lists_nothing_and_says_so(desk, name, key, said):
    at = page(name, "kota", **{key: "Entah"}, bagian="waktu")
    assert [e.message for e in at.exception] == []
    assert f"Tidak dikenal: {said}" in everything(at)
    if name == "analitik":
        assert sum("Belum ada aduan dalam masa" in info.value for info in at.info) == 2
    at = press(at, "Tampilkan")
    assert f"Tidak dikenal: {said}" in everything(at)
    assert "Tidak dikenal" not in everything(press(at, "Hapus saringan"))


@pytest.mark.parametrize("name", ["daftar", "analitik"])
def test_a_kecamatan_that_is_known_is_no_stranger(desk, name):
    at = page(name, "kota", kec="Pekalongan Barat", bagian="waktu")
    assert "Tidak dikenal" not in everything(at)
    assert "Belum ada aduan dalam masa" not in everything(at)


def test_an_export_says_all_that_narrows_it(desk):
    at = page("ekspor", "kota", kategori="road,-", kel="-", tanda="utama:DISHUB", hanya="ended", dari="2026-01-01",
              rahasia="tanpa")  # fmt: skip
    words = everything(at)
    assert "Kategori: Jalan &amp; jembatan (tidak dipakai lagi), Belum ditentukan" in words
    assert "Kelurahan: Belum diketahui" in words
    assert "Tanda: Yang OPD utamanya Dinas Perhubungan" in words
    assert "Berakhir sejak: 01/01/2026" in words
    assert "Rahasia: tidak termasuk" in words


def test_the_history_calls_what_is_out_of_use_by_its_name(desk):
    found, _ = queries.search(desk.register, who(desk, "kota"), Filters(categories=("road",)))
    assert "kategori: Jalan &amp; jembatan" in everything(page("aduan", "kota", no=found[0]["number"]))


def test_names_that_are_alike_are_told_apart():
    assert told_apart(["a", "b", "c", "-"], ["Jalan", "Jalan", "Lampu", "Lain"]) == [
        "Jalan (a)", "Jalan (b)", "Lampu", "Lain",
    ]  # fmt: skip
    assert told_apart(["a", "a"], ["Jalan", "Jalan"]) == ["Jalan", "Jalan"]
