"""The pages in Streamlit's own test runner: each for its roles, refused to the others; people's text stays text."""

from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import house
from store.clock import now as clock_now

from .cases import (
    add_message,
    approved,
    ask,
    by_system,
    confirm,
    forwarded,
    in_progress,
    in_review,
    new_desk,
    take_in,
    without_whatsapp,
)
from .stack import ROOT

DESK, CASES = {"city", "official"}, {"city", "official", "opd_admin", "opd_team", "leader"}
WHO_MAY = {
    "perlu_tindakan": CASES,
    "triase": DESK,
    "eskalasi": {"official"},
    "verifikasi": DESK,
    "telepon": DESK,
    "catat": DESK,
    "pesan": DESK,
    "opd": {"opd_admin"},
    "tindak_lanjut": {"opd_admin", "opd_team"},
    "daftar": CASES,
    "ekspor": CASES,
    "laporan": DESK | {"leader"},
    "aduan": CASES,
    "dasbor": CASES,
    "analitik": CASES,
    "kesehatan": {"admin", "official"},
    "data_pribadi": {"admin", "official"},
    "audit": {"admin"},
    "templat": {"admin"},
    "pesan_otomatis": {"admin"},
    "pengirim": {"city", "official"},
    **{key: {"admin"} for key in ("pengguna", "daftar_opd", "kategori", "wilayah", "hari_libur", "teks", "layanan")},
}
PEOPLE = {
    "city": "kota", "official": "pejabat", "opd_admin": "opd.dlh", "opd_team": "tim.dlh", "leader": "pimpinan",
    "admin": "admin",
}  # fmt: skip
MARKUP = "<img src=x onerror=alert(1)> **tebal** [tautan](http://evil.example) $x^2$ :red[merah] `kode` </div>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("pages")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


@pytest.fixture(scope="module")
def cases(desk):
    """Something for each page, with text that tries to be more than text."""
    old = clock_now() - timedelta(days=9)
    new = take_in(desk, MARKUP, name=f"<b>{MARKUP}", now=old)
    add_message(desk, new, "# judul\n- butir", name=f"<b>{MARKUP}")
    return {
        "new": new,
        "forwarded": forwarded(desk, take_in(desk, MARKUP), "DLH", address=MARKUP),
        "secret": forwarded(
            desk, take_in(desk, "rahasia", name="Zulaikha", phone="62899"), "INSPEKTORAT", kind="official"
        ),
        "working": in_progress(desk, take_in(desk, MARKUP), "DLH"),
        "review": in_review(desk, take_in(desk, "x" * 900), "DLH"),
        "call": by_system(desk, approved(desk, take_in(desk, "halo"), "DLH"), "delivery_failed"),
        "closed": confirm(desk, approved(desk, take_in(desk, "sudah"), "DLH")),
        "counter": without_whatsapp(desk),
    }


def page(name: str, username: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60)
    at.user = {"username": username}
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def errors(at: AppTest) -> list[str]:
    return [error.value for error in at.error]


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("name", WHO_MAY)
def test_each_page_is_for_its_roles_and_refuses_the_others_with_a_sentence(desk, cases, name, role):
    at = page(name, PEOPLE[role])
    assert [e.message for e in at.exception] == []
    if role in WHO_MAY[name]:
        assert errors(at) == []
        assert len(at.main) > 1
    else:
        (said,) = errors(at)
        assert said.startswith("Halaman ini bukan untuk peran Anda")
        assert len(at.main) == 1


@pytest.mark.parametrize(
    ("name", "user"),
    [
        *((name, {"username": "tidak.ada"}) for name in WHO_MAY),
        *(("triase", user) for user in ({}, {"username": ""}, {"username": None})),
    ],
)
def test_nobody_sees_nothing(desk, cases, name, user):
    at = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60)
    at.user = user
    at.run()
    assert [e.message for e in at.exception] == []
    assert errors(at) == ["Anda belum masuk, atau akun Anda tidak aktif lagi. Buka halaman masuk untuk melanjutkan."]
    assert len(at.main) == 1


def test_every_page_of_the_navigation_is_tested_with_its_roles():
    text = (ROOT / "pages" / "frame.py").read_text(encoding="utf-8")
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__", "door", "files", "frame", "public"}
    assert {name for name in files if f'"{name}.py"' in text} == set(WHO_MAY) | OPEN_TO_ALL


# Without a case in it, and for everybody who has signed in.
OPEN_TO_ALL = {"akun", "standar_pelayanan"}


@pytest.mark.parametrize("username", ["kota", "opd.dlh", "pimpinan"])
@pytest.mark.parametrize("case", ["new", "forwarded", "secret", "working", "review", "call", "closed", "counter"])
def test_a_case_opens_by_its_number_for_those_who_may_see_it(desk, cases, case, username):
    at = page("aduan", username, no=cases[case].number.lower())
    assert [e.message for e in at.exception] == []
    hidden = username == "opd.dlh" and cases[case].department != "DLH"
    warnings = [warning.value for warning in at.warning]
    assert ("Aduan ini tidak ada, atau bukan untuk peran Anda." in warnings) == hidden
    if case == "secret":
        # Nobody sees who reported without asking for it with a reason.
        assert "Zulaikha" not in text_of(at)


def text_of(at: AppTest) -> str:
    return "\n".join(everything(at._tree.root))


def everything(node) -> list[str]:
    found = [str(node.proto)] if getattr(node, "proto", None) is not None else []
    for child in getattr(node, "children", {}).values():
        found += everything(child)
    return found


def bodies(at: AppTest) -> list[tuple[str, str]]:
    """Each drawn element that could carry markup: (type, body)."""
    return [(element.type, getattr(element.proto, "body", "")) for element in walk(at._tree.root)]


def walk(node):
    if getattr(node, "proto", None) is not None and not getattr(node, "children", None):
        yield node
    for child in getattr(node, "children", {}).values():
        yield from walk(child)


@pytest.mark.parametrize(
    ("name", "username", "case"),
    [
        ("triase", "kota", "new"), ("aduan", "kota", "new"), ("opd", "opd.dlh", "forwarded"),
        ("tindak_lanjut", "tim.dlh", "working"), ("aduan", "pimpinan", "forwarded"),
    ],
)  # fmt: skip
def test_what_people_write_is_shown_as_text(desk, cases, name, username, case):
    at = page(name, username, no=cases[case].number)
    drawn = bodies(at)
    assert any("&lt;img src=x onerror=alert(1)&gt;" in body for _, body in drawn)
    for kind, body in drawn:
        assert "<img src=x" not in body, kind
        if kind in ("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader"):
            assert "tautan](http" not in body, kind


def test_a_page_shows_what_a_press_did_and_the_case_has_moved(desk, cases):
    case = take_in(desk, "Jam buka kantor?")
    at = page("aduan", "kota", no=case.number)
    at.segmented_control[0].set_value("answer").run()
    area = next(area for area in at.text_area if area.label.startswith("Teks untuk pelapor"))
    area.set_value("Pukul 08.00 sampai 15.00")
    at.button(next(b.key for b in at.button if b.label.startswith("Kirim jawaban"))).click().run()
    assert [e.message for e in at.exception] == []
    assert any(case.number in done.value for done in at.success)
    assert ask(desk, "select state from complaint where id = ?", case.id) == [("answered",)]


def test_the_slower_of_two_is_told_and_keeps_what_was_typed(desk, cases):
    case = take_in(desk, "Siapa cepat")
    at = page("aduan", "kota", no=case.number)
    at.segmented_control[0].set_value("answer").run()
    next(area for area in at.text_area if area.label.startswith("Teks untuk pelapor")).set_value(
        "Jawaban saya yang panjang"
    )
    forwarded(desk, case, "DLH")
    at.button(next(b.key for b in at.button if b.label.startswith("Kirim jawaban"))).click().run()
    (said,) = errors(at)
    assert "lebih dahulu mengubah aduan" in said
    assert "Jawaban saya yang panjang" in [code.value for code in at.code]
    assert ask(desk, "select state from complaint where id = ?", case.id) == [("forwarded",)]


@pytest.mark.parametrize("role", PEOPLE)
def test_the_frame_offers_each_person_their_pages_only(desk, cases, role, monkeypatch):
    drawn, navigation = [], st.navigation
    monkeypatch.setattr(st, "navigation", lambda pages, **more: drawn.append(pages) or navigation(pages, **more))
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
    at.user = {"username": PEOPLE[role]}
    at.run()
    assert [e.message for e in at.exception] == []
    pages = [page for group in drawn[-1].values() for page in group]
    offered = {page.url_path for page in pages if page.visibility == "visible"}
    assert offered == {name for name, roles in WHO_MAY.items() if role in roles} | OPEN_TO_ALL


def test_an_odd_address_of_the_list_is_not_guessed_at(desk, cases):
    for query in ({"dari": "x"}, {"hanya": "x"}, {"status": "x"}, {"opd": "%"}, {"kec": "x"}, {"cari": "%'\\" * 90}):
        at = page("daftar", "kota", **query)
        assert [e.message for e in at.exception] == []
    for odd in ("", "x", "WA-2026-99999", "<b>", "%", "WA-2026-00001; drop table"):
        at = page("aduan", "kota", no=odd)
        assert [e.message for e in at.exception] == []
