"""The ways beside the main one in a real browser: counter, two departments, duplicate, reopening, another's URL."""

import re

from playwright.sync_api import Page, expect

from .browser import NUMBER, TEXT, choose, complain, fill, needs_browser, received, step

pytestmark = needs_browser


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)} · ")).click()


def open_form(page: Page, title: str, button: str) -> None:
    """Choose a move, unless its form is the one that is open anyway."""
    press_it = page.get_by_role("button", name=re.compile(f"^{re.escape(button)} · "))
    expect(page.get_by_role("button", name=NUMBER).last).to_be_visible()
    if not press_it.is_visible():
        step(page, title)
    expect(press_it).to_be_visible()


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def state_of(page: Page, words: str) -> None:
    expect(page.locator(".w-head .state")).to_have_text(words)


def test_a_complaint_over_the_counter_goes_to_the_official_and_stays_there_to_its_end(stack, people):
    city = people("kota", "/catat")
    city.get_by_role("radio", name="Loket", exact=True).or_(
        city.get_by_role("button", name="Loket", exact=True)
    ).first.click()
    fill(city, "Telepon atau kontak lain untuk jawaban", "0285 421234")
    fill(city, "Nama lengkap pelapor", "Darmo Wijoyo")
    fill(city, re.compile("^Apa yang terjadi"), "Sengketa batas tanah dengan proyek kota, sudah tiga kali datang")
    city.get_by_text("Diteruskan ke Pejabat Dinkominfo", exact=True).click()
    fill(city, re.compile("^Catatan untuk Pejabat"), "Loket tidak dapat memutuskan.")
    city.get_by_role("button", name=re.compile("^Simpan dan beri nomor")).click()
    told = city.locator(".w-told b")
    expect(told).to_have_text(re.compile(r"^LOK-\d{4}-00001$"))
    number = told.inner_text()
    city.goto(f"{stack.app}/aduan?no={number}")
    expect(city.locator(".w-head")).to_contain_text("Pejabat Dinkominfo")

    official = people("pejabat", f"/eskalasi?no={number}")
    open_form(official, "Jawab langsung", "Kirim jawaban")
    fill(official, TEXT, "Batas tanah sudah diukur ulang bersama BPN.")
    press(official, "Kirim jawaban")
    said(official, f"{number} dijawab")
    official.goto(f"{stack.app}/aduan?no={number}")
    state_of(official, "Dijawab")


def drawn(page: Page) -> None:
    """All fields are there: the browser fetches each kind of them when it is first needed, and Tab skips the others."""
    for label in (
        "Nomor ini memakai",
        "Nama lengkap",
        "Apa yang terjadi",
        "Kapan terjadi",
        "Kelurahan",
        "Alamat",
        "Kategori",
    ):
        expect(page.get_by_label(re.compile(f"^{label}")).first).to_be_attached()


def test_a_complaint_by_telephone_is_written_down_by_keyboard_alone_and_survives_a_reload(stack, people):
    # Somebody who has written down nothing yet: the channel is remembered.
    city = people("kota2", "/catat")
    contact = city.get_by_label("Telepon atau kontak lain untuk jawaban")
    drawn(city)
    expect(contact).to_be_focused()
    keys = city.keyboard
    happened = "Lampu jalan di depan SD Medono mati, warga takut lewat"
    for typed in ("0812 7777 1234", None, "Sulastri Ningsih", happened, "sejak Senin malam"):
        keys.type(typed or "")
        keys.press("Tab")
    expect(city.get_by_label(re.compile("^Kelurahan"))).to_be_focused()
    # What was typed is a draft as soon as a field is left; nobody's hand is as fast as this one on the way to reload.
    city.wait_for_timeout(3_000)
    expect(city.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    city.reload()
    said(city, "dimuat kembali")
    expect(city.get_by_label(re.compile("^Apa yang terjadi"))).to_have_value(happened)
    drawn(city)
    expect(contact).to_be_focused()
    for _ in range(5):
        keys.press("Tab")
    expect(city.get_by_label(re.compile("^Kelurahan"))).to_be_focused()
    for typed in ("Medono", "Jl. Melati 5", "depan SD Medono", "-6.8898, 109.6753", "Penerangan"):
        keys.type(typed)
        if typed in ("Medono", "Penerangan"):
            expect(city.get_by_role("option", name=typed).first).to_be_visible()
            keys.press("Enter")
        keys.press("Tab")
    keys.press("Control+Enter")
    told = city.locator(".w-told b")
    expect(told).to_have_text(re.compile(r"^TLP-\d{4}-00001$"))
    number = told.inner_text()
    # The next call from this number, written in another way, is known at once; the channel has stayed.
    expect(contact).to_be_focused()
    keys.type("+62 812-7777-1234")
    keys.press("Tab")
    said(city, "Pelapor dikenal: Sulastri Ningsih")
    city.goto(f"{stack.app}/aduan?no={number}")
    state_of(city, "Diterima")
    for words in ("Jl. Melati 5 (patokan: depan SD Medono)", "-6.88980, 109.67530", "Penerangan jalan umum"):
        said(city, words)


def test_of_two_departments_one_returns_its_part_and_the_other_finishes(stack, people):
    phone, number = complain(stack, people, "Lampu jalan mati dan pohon menutup rambu di Medono sejak Senin")
    city = people("kota", f"/triase?no={number}")
    choose(city, "Kategori", "Penerangan jalan umum")
    choose(city, "OPD yang dituju", "Dinas Perhubungan")
    choose(city, "OPD lain yang ikut menangani", "Dinas Lingkungan Hidup")
    fill(city, re.compile("^Catatan untuk petugas"), "Dishub lampu, DLH pohon.")
    press(city, "Teruskan")
    said(city, f"{number} diteruskan ke DISHUB dan DLH")
    expect(received(phone, "Dinas Perhubungan dan Dinas Lingkungan Hidup")).to_be_visible()

    lights, trees = people("opd.dishub", f"/opd?no={number}"), people("opd.dlh", f"/opd?no={number}")
    press(lights, "Terima aduan")
    said(lights, f"{number} diterima OPD")
    open_form(trees, "Kembalikan", "Kembalikan ke Tim Kota")
    choose(trees, "Alasan", "Bukan kewenangan")
    fill(trees, re.compile("^Catatan untuk petugas"), "Pohon milik provinsi.")
    press(trees, "Kembalikan ke Tim Kota")
    said(trees, f"{number} dikembalikan ke Tim Kota")
    trees.goto(f"{stack.app}/aduan?no={number}")
    said(trees, "Aduan ini tidak ada, atau bukan untuk peran Anda.")

    city.goto(f"{stack.app}/triase?no={number}")
    state_of(city, "Dikembalikan ke Tim Kota")
    said(city, "Pohon milik provinsi.")
    open_form(city, "Lanjutkan tanpa OPD itu", "Lanjutkan")
    fill(city, re.compile("^Catatan untuk petugas"), "Cukup Dishub.")
    press(city, "Lanjutkan")
    said(city, f"{number} dilanjutkan")

    press(lights, "Serahkan ke tim OPD")
    said(lights, f"{number} diserahkan ke tim")
    team = people("tim.dishub", f"/tindak_lanjut?no={number}")
    open_form(team, "Jadwalkan", "Jadwalkan dan kabari pelapor")
    # Day, month and year are places of their own; the cursor goes on by itself.
    team.get_by_role("spinbutton", name="hari, Dijanjikan selesai paling lambat").click()
    team.keyboard.type("31122030")
    team.keyboard.press("Tab")
    fill(team, re.compile("^Alasan dijadwalkan"), "Menunggu lampu pengganti.")
    press(team, "Jadwalkan dan kabari pelapor")
    said(team, "Tanggal yang dijanjikan")  # over a year ahead: refused, in words
    expect(team.get_by_label(re.compile("^Alasan dijadwalkan"))).to_have_value("Menunggu lampu pengganti.")


def test_a_duplicate_is_merged_and_both_reporters_are_answered(stack, people):
    first, parent = complain(stack, people, "Sampah menumpuk di depan pasar Podosugih sejak Minggu")
    second, child = complain(stack, people, "Sampah menumpuk depan pasar Podosugih, bau sekali sejak Minggu")
    if parent == child:
        raise AssertionError("two reporters, one number")
    city = people("kota", f"/triase?no={child}")
    others = city.get_by_role("button", name="Langkah lain", exact=True)
    expect(others).to_have_count(1, timeout=30_000)
    others.click()
    city.get_by_text("Gabungkan sebagai duplikat", exact=True).click()
    fill(city, "Nomor aduan induk", parent)
    press(city, "Gabungkan")
    said(city, f"{child} digabung ke {parent}")
    expect(received(second, "sudah kami terima juga dari pelapor lain")).to_be_visible()

    city.goto(f"{stack.app}/triase?no={parent}")
    open_form(city, "Jawab langsung", "Kirim jawaban")
    fill(city, TEXT, "Sampah diangkut besok pagi.")
    press(city, "Kirim jawaban")
    said(city, f"{parent} dijawab")
    for phone, own, other in ((first, parent, child), (second, child, parent)):
        answer = received(phone, "Sampah diangkut besok pagi.")
        expect(answer).to_have_count(1)
        expect(answer).to_contain_text(own)
        expect(answer).not_to_contain_text(other)


def test_a_reopened_complaint_is_in_triage_again_with_the_reporters_words(stack, people):
    phone, number = complain(stack, people, "Kapan jadwal perekaman KTP keliling di Klego?")
    city = people("kota", f"/triase?no={number}")
    open_form(city, "Jawab langsung", "Kirim jawaban")
    fill(city, TEXT, "Setiap Selasa.")
    press(city, "Kirim jawaban")
    said(city, f"{number} dijawab")
    expect(received(phone, "Setiap Selasa.")).to_be_visible()
    city.goto(f"{stack.app}/aduan?no={number}")
    open_form(city, "Buka kembali", "Buka kembali")
    fill(city, re.compile("^Yang belum selesai"), "Selasa kemarin tidak ada petugas.")
    press(city, "Buka kembali")
    said(city, f"{number} dibuka kembali")
    city.goto(f"{stack.app}/triase?no={number}")
    state_of(city, "Dibuka kembali")
    said(city, "Selasa kemarin tidak ada petugas.")


def test_what_is_missing_is_asked_for_with_one_press_and_the_answer_brings_it_back(stack, people):
    phone, number = complain(stack, people, "Mati")
    city = people("kota", f"/triase?no={number}")
    open_form(city, "Minta kelengkapan", "Minta kelengkapan")
    press(city, "Minta kelengkapan")
    said(city, f"{number} menunggu kelengkapan")
    expect(received(phone, f"Agar aduan {number} dapat kami tangani")).to_be_visible()
    city.goto(f"{stack.app}/aduan?no={number}")
    state_of(city, "Menunggu kelengkapan")
    phone.get_by_test_id("composer").fill("Nama Budi, lampu depan SD Klego mati sejak kemarin malam")
    phone.get_by_test_id("send").click()
    city.goto(f"{stack.app}/triase?no={number}")
    state_of(city, "Diterima")


def test_another_departments_case_does_not_open_by_its_address(stack, people):
    _, number = complain(stack, people, "Jalan berlubang di Jalan Hayam Wuruk sejak minggu lalu")
    city = people("kota", f"/triase?no={number}")
    choose(city, "OPD yang dituju", "Dinas Pekerjaan Umum")
    fill(city, re.compile("^Catatan untuk petugas"), "Mohon ditambal.")
    press(city, "Teruskan")
    said(city, f"{number} diteruskan ke DPUPR")
    stranger = people("opd.dlh", f"/aduan?no={number}")
    said(stranger, "Aduan ini tidak ada, atau bukan untuk peran Anda.")
    assert "Hayam Wuruk" not in stranger.content()
    for path in ("opd", "tindak_lanjut"):
        stranger.goto(f"{stack.app}/{path}?no={number}")
        said(stranger, "Aduan ini tidak ada, atau bukan untuk peran Anda.")
    stranger.goto(f"{stack.app}/daftar?q={number}")
    expect(stranger.get_by_role("heading", name="Daftar")).to_be_visible()
    expect(stranger.get_by_role("link", name=NUMBER)).to_have_count(0)
    assert "Hayam Wuruk" not in stranger.content()


def test_the_register_agrees_with_its_events_after_all_of_it(stack):
    stack.stop("app")
    checked = stack.store("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "agree" in checked.stdout
