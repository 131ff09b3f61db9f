"""The main job in a real browser: a citizen's phone in the simulator, the officers' pages, and the phone again."""

import re

from playwright.sync_api import expect

from .browser import NUMBER, TEXT, choose, needs_browser, photo, received, step, write

pytestmark = needs_browser
PHONE = "6285500000101"


def test_a_technical_complaint_goes_the_whole_way(stack, people):
    city = people("kota", "/triase")
    expect(city.get_by_text("Tidak ada aduan yang menunggu").first).to_be_visible()
    dashboard = people("pimpinan", "/dasbor")
    expect(dashboard.get_by_text("Masuk hari ini", exact=True).first).to_be_visible()

    phone = people()
    phone.get_by_test_id(f"phone-{PHONE}").click()
    write(phone, "Lampu jalan depan masjid Medono mati sejak Senin")
    phone.get_by_test_id("attach-photo").set_input_files(
        {"name": "lampu.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    phone.get_by_test_id("attach-location").click()
    phone.get_by_test_id("location-0").click()
    acknowledged = received(phone, "Nomor aduan")
    expect(acknowledged).to_have_count(1)
    number = NUMBER.search(acknowledged.inner_text()).group()

    # It appears by itself, within seconds, and is one complaint of three messages.
    expect(city.locator(".st-key-w-list").get_by_role("button", name=re.compile(number))).to_be_visible(timeout=5_000)
    city.locator(".st-key-w-list").get_by_role("button", name=re.compile(number)).click()
    expect(city.locator('.w-bubble.in[data-kind="text"]')).to_contain_text("depan masjid Medono")
    expect(city.locator('.w-bubble.in[data-kind="image"] .w-photo img')).to_be_visible()
    small = city.locator('.w-bubble.in[data-kind="image"] .w-photo img')
    assert small.evaluate("i => i.complete && i.naturalWidth") == 320
    expect(city.locator('.w-bubble.in[data-kind="location"]')).to_be_visible()

    choose(city, "OPD yang dituju", "Dinas Perhubungan")
    choose(city, "Kategori", "Penerangan jalan umum")
    choose(city, "Kelurahan", "Medono")
    city.get_by_label("Catatan untuk petugas").fill("Mohon dicek lampunya.")
    city.get_by_role("button", name=re.compile("^Teruskan · ")).click()
    expect(city.get_by_text(f"{number} diteruskan ke DISHUB.").first).to_be_visible()
    expect(received(phone, "sudah kami teruskan ke Dinas Perhubungan")).to_be_visible()

    admin = people("opd.dishub", "/opd")
    admin.get_by_role("button", name=re.compile("^Terima aduan · ")).click()
    expect(admin.get_by_text(f"{number} diterima OPD.").first).to_be_visible()
    admin.get_by_role("button", name=re.compile("^Serahkan ke tim OPD · ")).click()
    expect(admin.get_by_text(f"{number} diserahkan ke tim").first).to_be_visible()
    expect(received(phone, "sedang dikerjakan")).to_be_visible()

    team = people("tim.dishub", "/tindak_lanjut")
    team.get_by_label(TEXT).fill("Lampu sudah diganti dan menyala kembali.")
    team.get_by_role("button", name=re.compile("^Ajukan hasil · ")).click()
    expect(team.get_by_text("Kategori ini memerlukan foto hasil pekerjaan").first).to_be_visible()
    expect(team.get_by_label(TEXT)).to_have_value("Lampu sudah diganti dan menyala kembali.")
    team.locator('input[type="file"]').first.set_input_files(
        {"name": "sesudah.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(team.get_by_text("sesudah.jpg").first).to_be_visible()
    team.get_by_role("button", name=re.compile("^Ajukan hasil · ")).click()
    expect(team.get_by_text(f"{number} diajukan ke Tim Kota").first).to_be_visible()

    city.goto(f"{stack.app}/verifikasi")
    city.get_by_role("button", name=re.compile("^Setujui dan kirim ke pelapor · ")).click()
    expect(city.get_by_text(f"{number} disetujui").first).to_be_visible()
    result = received(phone, "Lampu sudah diganti dan menyala kembali.")
    expect(result).to_be_visible()
    phone.get_by_test_id(f"button-confirm:{number}").click()
    expect(received(phone, "kami tutup sebagai selesai")).to_be_visible()

    city.goto(f"{stack.app}/aduan?no={number}")
    expect(city.get_by_text("Selesai (dikonfirmasi pelapor)").first).to_be_visible()
    expect(
        city.locator('.w-bubble.out[data-state="delivered"], .w-bubble.out[data-state="read"]').first
    ).to_be_visible()
    # The leader's dashboard, open all the while, has counted it without a click.
    expect(dashboard.locator(".w-figure", has_text="Diterima bulan ini").locator("b").first).to_have_text("1")
    expect(dashboard.locator(".w-figure", has_text="Belum berakhir").locator("b").first).to_have_text("0")
    expect(dashboard.locator(".w-figure", has_text="Dikonfirmasi pelapor").locator("b")).to_have_text("1")


def test_a_general_complaint_is_answered_directly(stack, people):
    phone = people()
    phone.get_by_test_id("phone-6285500000102").click()
    write(phone, "Jam berapa kantor Dukcapil buka hari Jumat?")
    acknowledged = received(phone, "Nomor aduan")
    expect(acknowledged).to_be_visible()
    number = NUMBER.search(acknowledged.inner_text()).group()

    city = people("kota2", f"/triase?no={number}")
    step(city, "Jawab langsung")
    city.get_by_label(TEXT).fill("Hari Jumat buka pukul 07.30 sampai 11.00.")
    city.get_by_role("button", name="Lihat pratinjau").click()
    expect(city.get_by_text("pratinjau, belum dikirim").first).to_be_visible()
    city.get_by_role("button", name=re.compile("^Kirim jawaban · ")).click()
    expect(city.get_by_text(f"{number} dijawab").first).to_be_visible()
    expect(received(phone, "Hari Jumat buka pukul 07.30 sampai 11.00.")).to_be_visible()
    city.goto(f"{stack.app}/aduan?no={number}")
    expect(city.locator(".w-head .state")).to_have_text("Dijawab")


def test_a_new_complaint_does_not_take_away_what_is_being_typed(stack, people):
    first, second = people(), people()
    first.get_by_test_id(f"phone-{PHONE}").click()
    write(first, "Sampah menumpuk di Poncol")
    city = people("kota", "/triase")
    note = city.get_by_label("Catatan untuk petugas")
    expect(note).to_be_visible()
    shown = city.locator(".w-head .number").inner_text()
    note.press_sequentially("Sedang saya tulis")
    buttons = city.locator(".st-key-w-list").get_by_role("button", name=NUMBER)
    before = buttons.count()
    second.get_by_test_id("phone-6285500000102").click()
    write(second, "Jalan berlubang di Klego")
    expect(buttons).to_have_count(before + 1, timeout=5_000)
    note.press_sequentially(" dan belum selesai")
    expect(note).to_have_value("Sedang saya tulis dan belum selesai")
    assert city.locator(".w-head .number").inner_text() == shown


def test_the_slower_of_two_officers_is_told_who_was_faster(stack, people):
    phone = people()
    phone.get_by_test_id(f"phone-{PHONE}").click()
    write(phone, "Pohon tumbang di Bendan Kergon, aduan untuk dua petugas")
    one, two = people("kota", "/triase"), people("kota2", "/triase")
    number = one.locator(".w-head .number").inner_text()
    two.goto(f"{stack.app}/triase?no={number}")
    for officer, words in ((one, "Dari petugas pertama"), (two, "Dari petugas kedua")):
        choose(officer, "OPD yang dituju", "Dinas Lingkungan Hidup")
        officer.get_by_label("Catatan untuk petugas").fill(words)
    one.get_by_role("button", name=re.compile("^Teruskan · ")).click()
    expect(one.get_by_text(f"{number} diteruskan ke DLH.").first).to_be_visible()
    two.get_by_role("button", name=re.compile("^Teruskan · ")).click()
    expect(two.get_by_text(re.compile("Rina Wulandari lebih dahulu mengubah aduan")).first).to_be_visible()
    expect(two.get_by_text("Dari petugas kedua").first).to_be_visible()


def test_the_register_agrees_with_its_events_after_all_of_it(stack):
    stack.stop("app")
    checked = stack.store("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "agree" in checked.stdout
