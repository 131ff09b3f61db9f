"""The administration pages in Streamlit's own test runner: adding, changing, refusals that keep what was typed."""

import asyncio
import re

import httpx
import pyotp
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from pages import door, public, sign_in
from pages.parts import admin as parts
from pages.parts import house
from store import commands, handover, one_time, second_factor, sessions, users
from store.admin import accounts, canned, categories, departments, places, service
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role

from .administration import PASSWORD, SERVICE, WASTE, admin, desk, made, seen_of, seen_part, seen_user
from .cases import ask, forwarded, press, take_in, who
from .test_pages import MARKUP, bodies, page, text_of
from .test_words import ENGLISH

__all__ = ["admin", "desk", "made"]
# Pages with a row of each; nothing chosen and a new one are tried besides.
ROWS = {
    "pengguna": "tim.dlh", "daftar_opd": "DLH", "kategori": "waste", "wilayah": "33.75.01.1006",
    "hari_libur": "2026-01-01", "teks": "ppid", "layanan": "", "templat": "", "pesan_otomatis": "joined",
}  # fmt: skip


@pytest.fixture(autouse=True)
def opened(desk):
    house.open_house(house.House(desk, door.Sessions(desk)))
    yield
    house.open_house(None)


def opened_page(name: str, code: str = "", username: str = "admin") -> AppTest:
    at = page(name, username, **({"pilih": code} if code else {}))
    fine(at)
    return at


def fine(at: AppTest) -> None:
    assert [e.message for e in at.exception] == []


def field(at: AppTest, label: str):
    """The one field whose label begins like this."""
    kinds = ("text_input", "text_area", "number_input", "selectbox", "multiselect", "checkbox", "date_input")
    (found,) = [w for kind in kinds for w in getattr(at, kind) if w.label.startswith(label)]
    return found


def click(at: AppTest, label: str) -> AppTest:
    (found,) = [button for button in at.button if button.label.startswith(label)]
    found.click().run()
    fine(at)
    return at


def said(at: AppTest) -> list[str]:
    """What the page says of the last press, as a person reads it."""
    return [re.sub(r"\\(.)", r"\1", box.value) for box in (*at.success, *at.error)]


def history(at: AppTest) -> str:
    return "\n".join(body for kind, body in bodies(at) if "w-line" in body)


PLACES = [(name, code) for name, row in ROWS.items() for code in sorted({"", "baru", row})]


@pytest.mark.parametrize(("name", "code"), PLACES)
def test_a_page_opens_on_what_is_in_its_address_and_speaks_indonesian(name, code):
    at = opened_page(name, code)
    assert said(at) == []
    words = [getattr(w.proto, part, "") for w in at._tree.root if hasattr(w, "proto") for part in ("label", "help")]
    words += [getattr(w.proto, "placeholder", "") for w in at._tree.root if hasattr(w, "proto")]
    words += [re.sub(r"<[^>]*>", " ", body) for _, body in bodies(at)]
    assert len(words) > 10
    assert [text for text in words if ENGLISH.search(str(text))] == []


@pytest.mark.parametrize("name", ROWS)
def test_an_address_that_leads_nowhere_shows_the_list(name):
    at = opened_page(name, "<b>tidak ada</b>")
    assert said(at) == []


def test_a_new_person_gets_a_password_that_is_shown_once(desk):
    at = opened_page("pengguna")
    click(at, "Pengguna baru")
    field(at, "Nama pengguna").set_value("sari")
    field(at, "Nama lengkap").set_value("Sari Dewi")
    field(at, "Peran umum").set_value([Role.CITY])
    field(at, "Tim OPD pada").set_value(["DLH", "DISHUB"])
    click(at, "Tambah pengguna")
    assert said(at) == ["Pengguna sari ditambahkan."]
    (password,) = re.findall(r"<b>([a-z0-9-]{19})</b>", text_of(at))
    assert users.password_fits(desk.register, "sari", password)
    assert who(desk, "sari").grants == {Grant(Role.CITY), Grant(Role.OPD_TEAM, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")}
    assert "sari" in history(at)
    assert "Tim Pengaduan Kota, Tim OPD DISHUB, Tim OPD DLH" in history(at)
    # The form is empty for the next person, and the password goes when it was noted.
    assert field(at, "Nama pengguna").value == ""
    click(at, "Sudah saya catat")
    assert password not in text_of(at)
    assert password not in text_of(opened_page("pengguna", "sari"))


def test_a_refused_form_keeps_what_was_typed(desk):
    at = opened_page("pengguna", "baru")
    field(at, "Nama pengguna").set_value("kota")
    field(at, "Nama lengkap").set_value("Sari Dewi")
    field(at, "Kata sandi").set_value(PASSWORD)
    click(at, "Tambah pengguna")
    assert said(at) == ["Pilih sedikitnya satu peran."]
    field(at, "Peran umum").set_value([Role.LEADER])
    click(at, "Tambah pengguna")
    assert said(at) == ["Nama pengguna “kota” sudah dipakai."]
    assert (field(at, "Nama lengkap").value, field(at, "Peran umum").value) == ("Sari Dewi", [Role.LEADER])
    field(at, "Nama pengguna").set_value("sari")
    click(at, "Tambah pengguna")
    assert users.password_fits(desk.register, "sari", PASSWORD)
    # It was typed, so whoever typed it knows it.
    assert PASSWORD not in text_of(at)
    assert "w-told" not in text_of(at)


def test_setting_a_person_aside_ends_what_they_have_open(desk):
    sessions = house.house().door
    session = sessions.start("tim.dlh")
    assert sessions.user_of(session) == "tim.dlh"
    at = opened_page("pengguna", "tim.dlh")
    at.segmented_control(key="part-tim.dlh").set_value("state").run()
    click(at, "Nonaktifkan")
    assert said(at) == ["tim.dlh dinonaktifkan."]
    assert sessions.user_of(session) is None
    assert users.actor(desk.register, "tim.dlh") is None
    click(at, "Aktifkan kembali")
    assert users.actor(desk.register, "tim.dlh") is not None
    assert sessions.user_of(session) is None


def test_open_work_is_handed_to_somebody_of_the_same_department(desk, admin):
    cases = [start(desk, "tim.dlh") for _ in range(2)]
    accounts.add(desk, admin, "sari", "Sari", PASSWORD, [Grant(Role.OPD_TEAM, "DLH")])
    at = opened_page("pengguna", "tim.dlh")
    at.segmented_control(key="part-tim.dlh").set_value("work").run()
    fine(at)
    assert all(case.number in text_of(at) for case in cases)
    # An administrator does not read what people wrote.
    assert "Lampu jalan" not in text_of(at)
    assert [option.split(" (")[0] for option in field(at, "Penerus").options] == ["Admin DLH", "Sari"]
    click(at, "Serahkan semua (2 pekerjaan)")
    assert said(at) == ["Pilih penerus terlebih dahulu."]
    field(at, "Penerus").set_value("sari")
    click(at, "Serahkan semua")
    assert said(at) == ["2 pekerjaan tim.dlh diserahkan kepada sari."]
    assert {w["number"] for w in handover.open_work(desk.register, admin, "sari")} == {c.number for c in cases}
    assert "Tidak ada pekerjaan terbuka" in text_of(at)


def start(desk, handler: str):
    case = forwarded(desk, take_in(desk), "DLH")
    case = commands.accept(desk, press(desk, case, "opd.dlh"))
    return commands.start(desk, press(desk, case, "opd.dlh"), handler=handler)


def test_work_of_a_department_with_nobody_else_cannot_be_handed_over(desk, admin):
    start(desk, "tim.dlh")
    accounts.set_active(desk, admin, "opd.dlh", False)
    at = opened_page("pengguna", "tim.dlh")
    at.segmented_control(key="part-tim.dlh").set_value("work").run()
    assert [w.value.startswith("Belum ada pengguna lain") for w in at.warning] == [True]


def test_a_reset_shows_its_code_once_and_ends_open_sessions(desk):
    session = house.house().door.start("tim.dlh", "203.0.113.5", "Mozilla/5.0 (Linux; Android 14) Chrome/126")
    at = opened_page("pengguna", "tim.dlh")
    at.segmented_control(key="part-tim.dlh").set_value("password").run()
    assert "Chrome, Android" in text_of(at)
    click(at, "Buat kode atur ulang")
    (code,) = re.findall(r"<b>([a-z0-9-]{19})</b>", text_of(at))
    assert not users.password_fits(desk.register, "tim.dlh", users.DEMO_PASSWORD)
    assert house.house().door.user_of(session) is None
    assert "Chrome, Android" not in text_of(at)
    assert "Kata sandi: berlaku → diatur ulang" in history(at)
    click(at, "Sudah saya catat")
    assert code not in text_of(at)
    one_time.set_password(desk.register, "tim.dlh", code, PASSWORD)
    assert users.password_fits(desk.register, "tim.dlh", PASSWORD)


def test_an_administrator_ends_somebodys_sessions_and_takes_a_lost_second_factor_off(desk):
    first = house.house().door.start("tim.dlh", browser="Mozilla/5.0 (Windows NT 10.0) Firefox/120")
    secret = second_factor.new_secret()
    second_factor.set_up(desk.register, "tim.dlh", secret, pyotp.TOTP(secret).now())
    at = opened_page("pengguna", "tim.dlh")
    at.segmented_control(key="part-tim.dlh").set_value("password").run()
    assert "Firefox, Windows" in text_of(at)
    click(at, "Akhiri")
    assert said(at) == ["1 sambungan diakhiri."]
    assert house.house().door.user_of(first) is None
    click(at, "Lepas langkah kedua")
    assert second_factor.state(desk.register, "tim.dlh") is None


def test_akun_saya_shows_and_ends_ones_own_sessions_and_nobody_elses(desk):
    door_ = house.house().door
    first, second = (door_.start("kota", "203.0.113.5", "Firefox Linux") for _ in range(2))
    other = door_.start("kota2", "198.51.100.1", "Edg Windows")
    at = page("akun", "kota")
    fine(at)
    assert "Firefox, Linux" in text_of(at)
    assert "198.51.100.1" not in text_of(at)
    click(at, "Akhiri semua sambungan lain")
    assert said(at) == ["2 sambungan diakhiri."]
    assert [door_.user_of(each) for each in (first, second, other)] == [None, None, "kota2"]
    number = ask(desk, "select number from session where username = 'kota2'")[0][0]
    with pytest.raises(RuleBroken, match="session_gone"):
        sessions.end_chosen(desk.register, who(desk, "kota"), "kota", [number])
    with pytest.raises(RuleBroken, match="admin_only"):
        sessions.end_chosen(desk.register, who(desk, "kota"), "kota2", [number])
    assert door_.user_of(other) == "kota2"


def test_the_slower_of_two_administrators_is_told_and_keeps_what_was_typed(desk):
    slow, fast = opened_page("daftar_opd", "DKP", "admin2"), opened_page("daftar_opd", "DKP")
    field(fast, "Nama OPD").set_value("Dinas Perikanan")
    click(fast, "Simpan")
    assert said(fast) == ["OPD DKP disimpan."]
    # Anything that draws the page anew must not make the slower one's form forget what it was drawn from.
    slow.text_input(key="cari-opd").set_value("laut").run()
    field(slow, "Nama OPD").set_value("Dinas Kelautan")
    click(slow, "Simpan")
    assert said(slow)[0].startswith("Administrator (demo) lebih dahulu mengubah data ini (")
    assert field(slow, "Nama OPD").value == "Dinas Kelautan"
    assert [w.value.startswith("Yang Anda ketik masih ada") for w in slow.warning] == [True]
    assert "Nama: “Dinas Kelautan dan Perikanan” → “Dinas Perikanan”" in history(slow)
    assert ask(desk, "select name from department where code = 'DKP'") == [("Dinas Perikanan",)]
    click(slow, "Simpan dan timpa")
    assert said(slow) == ["OPD DKP disimpan."]
    assert ask(desk, "select name from department where code = 'DKP'") == [("Dinas Kelautan",)]
    assert [b.label for b in slow.button if b.label.startswith("Simpan")] == ["Simpan"]


def test_who_was_slower_may_also_take_what_the_other_wrote(desk):
    slow, fast = opened_page("layanan", username="admin2"), opened_page("layanan")
    field(fast, "Nama layanan").set_value("Lapor Ajib")
    click(fast, "Simpan")
    field(slow, "Nama layanan").set_value("Lapor Wae")
    click(slow, "Simpan")
    click(slow, "Buang yang saya ketik")
    assert field(slow, "Nama layanan").value == "Lapor Ajib"
    assert desk.service.name == "Lapor Ajib"


def test_a_press_of_somebody_who_is_no_longer_an_administrator_does_nothing(desk, admin):
    at = opened_page("daftar_opd", "DKP", "admin2")
    field(at, "Nama OPD").set_value("X")
    accounts.change(desk, admin, "admin2", seen_user(desk, "admin2"), "Dewi", [Grant(Role.CITY)])
    (found,) = [button for button in at.button if button.label == "Simpan"]
    found.click().run()
    assert next(error.value for error in at.error).startswith("Halaman ini bukan untuk peran Anda")
    assert ask(desk, "select name from department where code = 'DKP'") == [("Dinas Kelautan dan Perikanan",)]


def test_a_department_is_added_and_one_that_is_needed_is_not_set_aside(desk):
    at = opened_page("daftar_opd", "baru")
    field(at, "Kode singkat").set_value("rsud")
    field(at, "Nama OPD").set_value("RSUD Bendan")
    click(at, "Tambah OPD")
    assert said(at)[0].startswith("OPD RSUD ditambahkan.")
    at = opened_page("daftar_opd", "DLH")
    click(at, "Nonaktifkan")
    assert said(at)[0].startswith("OPD ini masih menjadi tujuan kategori: Pohon & taman, Sampah")


def test_a_category_is_moved_and_given_limits_of_its_own(desk, admin):
    at = opened_page("kategori", "waste")
    assert (field(at, "Urutan").value, field(at, "Janji sendiri").value) == (6, None)
    field(at, "Urutan").set_value(1)
    field(at, "Janji sendiri (hari kerja)").set_value(3.5)
    click(at, "Simpan")
    assert said(at) == ["Kategori “Sampah & kebersihan” disimpan."]
    found = categories.listed(desk.register, admin)[0]
    assert (found["code"], found["promise_days"], found["outer_days"]) == ("waste", 3.5, None)
    assert "Urutan: 6 → 1" in history(at)
    assert "Janji (hari): ikut layanan → 3,5" in history(at)
    assert (field(at, "Urutan").value, field(at, "Janji sendiri").value) == (1, 3.5)


def test_an_alias_is_added_removed_and_taken_back(desk, admin):
    at = opened_page("wilayah", "33.75.01.1006")
    field(at, "Nama lain yang baru").set_value("Kergon")
    click(at, "Tambah nama lain")
    assert said(at) == ["Nama lain “kergon” ditambahkan."]
    at.button(key="do-alias-kergon").click().run()
    assert said(at) == ["Nama lain “kergon” dihapus."]
    assert "kergon" not in places.names(desk.register)
    click(at, "Urungkan")
    assert places.names(desk.register)["kergon"] == "33.75.01.1006"
    assert [button for button in at.button if button.label == "Urungkan"] == []
    assert "Nama lain “kergon”</b> dihapus<br><span class='w-note'>Kelurahan: Bendan Kergon" in history(at)


def test_a_kelurahan_in_a_kecamatan_that_is_new(desk):
    at = opened_page("wilayah", "baru")
    field(at, "Kode Kemendagri").set_value("33.75.05.1001")
    field(at, "Nama kelurahan").set_value("Baru")
    click(at, "Tambah kelurahan")
    assert said(at) == ["Isi “Kecamatan” terlebih dahulu."]
    field(at, "Kecamatan lain").set_value("Pekalongan Tengah")
    click(at, "Tambah kelurahan")
    found = ask(desk, "select name, kecamatan from kelurahan where code = '33.75.05.1001'")
    assert found == [("Baru", "Pekalongan Tengah")]


def test_a_holiday_is_removed_and_put_back_with_its_source(desk):
    before = ask(desk, "select * from holiday where day = '2026-01-01'")
    at = opened_page("hari_libur", "2026-01-01")
    at.selectbox(key="tahun").set_value(2026).run()
    click(at, "Hapus hari libur ini")
    assert said(at) == ["1 Jan 2026 (Tahun Baru Masehi) dihapus."]
    assert ask(desk, "select * from holiday where day = '2026-01-01'") == []
    click(at, "Urungkan")
    assert ask(desk, "select * from holiday where day = '2026-01-01'") == before


def test_the_source_from_the_library_is_named_in_indonesian_and_kept(desk):
    at = opened_page("hari_libur", "2026-01-01")
    at.selectbox(key="tahun").set_value(2026).run()
    assert field(at, "Sumber").value == "pustaka kalender"
    field(at, "Nama").set_value("Tahun Baru")
    click(at, "Simpan")
    assert ask(desk, "select name, source from holiday where day = '2026-01-01'") == [("Tahun Baru", "PyPI holidays")]


def test_loading_a_year_is_shown_before_it_is_done(desk):
    with desk.register.atomic() as cursor:
        cursor.execute("delete from holiday where day >= '2026-08-01' and day <= '2026-12-31'")
        left = cursor.execute("select count(*) from holiday").fetchone()[0]
    at = opened_page("hari_libur")
    at.selectbox(key="tahun").set_value(2026).run()
    assert "<b>Baru</b> Sen 17 Agu 2026: Hari Kemerdekaan" in text_of(at)
    (count,) = re.findall(r"Terapkan (\d+) perubahan", text_of(at))
    assert ask(desk, "select count(*) from holiday") == [(left,)]
    click(at, "Terapkan")
    assert said(at) == [f"{count} hari pada tahun 2026 dimuat dari pustaka."]
    assert ask(desk, "select count(*) from holiday") == [(left + int(count),)]
    assert "tahun 2026 sudah sama dengan pustaka" in text_of(at)


def test_a_text_is_previewed_as_the_citizen_will_see_it_before_it_is_saved(desk):
    at = opened_page("teks", "ppid")
    field(at, "Isi teks").set_value("Untuk {nama} di {kota}: <b>PPID</b>, {opd}.")
    click(at, "Lihat pratinjau")
    (shown,) = [body for _, body in bodies(at) if "w-bubble" in body]
    assert "Untuk Ibu Siti di Kota Pekalongan: &lt;b&gt;PPID&lt;/b&gt;, Badan" in shown
    assert "Salam, Wadul Aladin Kota Pekalongan" in shown
    assert "PPID</b>" not in ask(desk, "select body from canned_text where code = 'ppid'")[0][0]
    field(at, "Isi teks").set_value("Umur {umur}")
    click(at, "Lihat pratinjau")
    assert [w.value.startswith("Isian “umur” tidak dikenal.") for w in at.warning] == [True]
    click(at, "Simpan")
    assert said(at)[0].startswith("Isian “umur” tidak dikenal.")


def test_hours_are_typed_as_people_write_them(desk):
    at = opened_page("layanan")
    at.segmented_control(key="bagian").set_value("hours").run()
    assert (field(at, "Jumat").value, field(at, "Sabtu").value) == ("07.30–11.00", "")
    field(at, "Jumat").set_value("07.30-14.00")
    field(at, "Kamis").set_value("")
    click(at, "Simpan")
    hours = desk.config["clock"]["hours"]
    assert (hours["friday"], "thursday" in hours) == (["07:30", "14:00"], False)
    assert "Kamis: 07.30–15.45 → libur" in history(at)
    assert "Jumat: 07.30–11.00 → 07.30–14.00" in history(at)
    field(at, "Jumat").set_value("pagi")
    click(at, "Simpan")
    assert said(at)[0].startswith("Jam kerja “pagi” tidak dapat dibaca.")


def test_limits_are_changed_on_the_page(desk):
    at = opened_page("layanan")
    at.segmented_control(key="bagian").set_value("clock").run()
    field(at, "Janji (hari)").set_value(3.0)
    field(at, "Janji dan batas").set_value("calendar_days")
    click(at, "Simpan")
    assert (desk.config["clock"]["promise_days"], desk.config["clock"]["unit"]) == (3, "calendar_days")
    assert "Satuan: Hari kerja → Hari kalender" in history(at)


def test_a_changed_service_is_seen_on_every_page_and_outside_the_door(desk, admin):
    service.change_service(desk, admin, seen_part(desk, "service"), SERVICE)
    service.change_channels(desk, admin, seen_part(desk, "channels"), {"Telepon": "<i>(0285) 123456"})
    assert "<title>Standar Pelayanan – Lapor Ajib</title>" in fetched("/standar")
    assert "Telepon: &lt;i&gt;(0285) 123456" in fetched("/standar")
    assert "Lapor Ajib" in fetched("/masuk")
    assert "Lapor Ajib" in text_of(opened_page("standar_pelayanan"))
    assert "belum diisi" not in text_of(opened_page("standar_pelayanan"))
    assert "Lapor Ajib" in text_of(opened_page("frame"))
    assert "Selesai dalam janji (3 hari kerja)" in text_of(opened_page("dasbor", username="kota"))


def fetched(path: str) -> str:
    async def get() -> str:
        app = Starlette(routes=[*sign_in.routes(sign_in.SignIn(house.house)), *public.routes(house.house)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
            return (await client.get(path)).text

    return asyncio.run(get())


@pytest.mark.parametrize("name", ["daftar_opd", "kategori", "wilayah", "teks", "pengguna"])
def test_what_administrators_write_is_shown_as_text(desk, admin, name):
    if name == "daftar_opd":
        departments.change(desk, admin, "DLH", seen_of(departments, desk, "DLH"), MARKUP, True)
    elif name == "kategori":
        short = MARKUP[:60]
        categories.change(desk, admin, "waste", seen_of(categories, desk, "waste"), **WASTE | {"name": short})
    elif name == "wilayah":
        code = ROWS["wilayah"]
        places.change(desk, admin, code, seen_of(places, desk, code), MARKUP[:60], "Pekalongan Barat")
    elif name == "teks":
        canned.change(desk, admin, "ppid", seen_of(canned, desk, "ppid"), "answer", MARKUP[:80], MARKUP)
    else:
        accounts.change(desk, admin, "tim.dlh", seen_user(desk), MARKUP[:100], [Grant(Role.OPD_TEAM, "DLH")])
    at = opened_page(name, ROWS[name])
    assert "&lt;img src=x" in history(at)
    for kind, body in bodies(at):
        assert "<img src=x" not in body.replace("\\<", "&lt;"), kind
    for button in at.button:
        assert "<img" not in button.label.replace("\\<", "")


@pytest.mark.parametrize("text", ["[a](http://x.y)", "**a**", "`a`", ":red[a]", "$a$", "<a>", "~~a~~", "a\\b", "# a"])
def test_text_of_people_carries_no_markup_into_a_line_of_the_page(text):
    written = parts.plain(text)
    assert re.sub(r"\\(.)", r"\1", written).replace("\u2060", "") == text
    assert re.search(r"(?<!\\)[`*\[<$~#:]", written) is None


def test_two_events_of_one_press_are_one_press(desk):
    """A double click, or Enter and a shortcut: the second brings what the first was drawn with."""
    at = AppTest.from_function(_pressed_twice)
    at.user = {"username": "admin"}
    at.run()
    fine(at)
    assert at.json[0].value == '["first", "other"]'
    assert [done.value for done in at.success] == ["Selesai first", "Selesai other"]


def _pressed_twice() -> None:
    import json

    import streamlit as st

    from pages.parts import admin

    done = []

    def press(press_id: str) -> None:
        admin._press(press_id, press_id, lambda *given: done.append(press_id) or f"Selesai {press_id}", {}, {})

    press("first")
    press("first")
    admin.said()
    press("other")
    admin.said()
    st.json(json.dumps(done))
