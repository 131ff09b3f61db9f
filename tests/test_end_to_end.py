"""The main job in a real browser: a citizen's phone in the simulator, the officers' pages, and the phone again."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from store.users import DEMO_PASSWORD

from .stack import CHROMIUM, CHROMIUM_FLAGS, Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (sudo apt install chromium)"),
]
PHONE = "6285500000101"
TEXT = re.compile("Teks untuk pelapor|Hasil tindak lanjut")
NUMBER = re.compile(r"[A-Z]{2,3}-\d{4}-\d{5}")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("stack") / "data")
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def people(stack, chromium):
    """Each person has a browser of their own."""
    contexts = []

    def person(username: str | None = None, path: str = "/", **options) -> Page:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(45_000)
        if username is None:
            page.goto(stack.simulator)
        else:
            page.goto(f"{stack.app}/masuk?next={path}")
            page.fill("#username", username)
            page.fill("#password", DEMO_PASSWORD)
            page.click("button[type=submit]")
        return page

    yield person
    for context in contexts:
        context.close()


def _photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), (120, 90, 60)).save(content, "JPEG")
    return content.getvalue()


def _write(phone: Page, text: str) -> None:
    phone.get_by_test_id("composer").fill(text)
    phone.get_by_test_id("send").click()


def _received(phone: Page, words: str):
    """A message on the phone that came from the service."""
    return phone.locator('[data-testid="message"][data-direction="in"]').filter(has_text=words)


def _choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.fill(option)
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()


def _step(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def test_a_technical_complaint_goes_the_whole_way(stack, people):
    city = people("kota", "/triase")
    expect(city.get_by_text("Tidak ada aduan yang menunggu").first).to_be_visible()
    dashboard = people("pimpinan", "/dasbor")
    expect(dashboard.get_by_text("Diterima", exact=True).first).to_be_visible()

    phone = people()
    phone.get_by_test_id(f"phone-{PHONE}").click()
    _write(phone, "Lampu jalan depan masjid Medono mati sejak Senin")
    phone.get_by_test_id("attach-photo").set_input_files(
        {"name": "lampu.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    phone.get_by_test_id("attach-location").click()
    phone.get_by_test_id("location-0").click()
    acknowledged = _received(phone, "Nomor aduan")
    expect(acknowledged).to_have_count(1)
    number = NUMBER.search(acknowledged.inner_text()).group()

    # It appears by itself, within seconds, and is one complaint of three messages.
    expect(city.locator(".st-key-w-list").get_by_role("button", name=re.compile(number))).to_be_visible(timeout=5_000)
    city.locator(".st-key-w-list").get_by_role("button", name=re.compile(number)).click()
    expect(city.locator('.w-bubble.in[data-kind="text"]')).to_contain_text("depan masjid Medono")
    expect(city.locator('.w-bubble.in[data-kind="image"] img')).to_be_visible()
    assert city.locator('.w-bubble.in[data-kind="image"] img').evaluate("i => i.complete && i.naturalWidth") == 320
    expect(city.locator('.w-bubble.in[data-kind="location"]')).to_be_visible()

    _choose(city, "OPD yang dituju", "Dinas Perhubungan")
    _choose(city, "Kategori", "Penerangan jalan umum")
    _choose(city, "Kelurahan", "Medono")
    city.get_by_label("Catatan untuk petugas").fill("Mohon dicek lampunya.")
    city.get_by_role("button", name=re.compile("^Teruskan · ")).click()
    expect(city.get_by_text(f"{number} diteruskan ke DISHUB.").first).to_be_visible()
    expect(_received(phone, "sudah kami teruskan ke Dinas Perhubungan")).to_be_visible()

    admin = people("opd.dishub", "/opd")
    admin.get_by_role("button", name=re.compile("^Terima aduan · ")).click()
    expect(admin.get_by_text(f"{number} diterima OPD.").first).to_be_visible()
    admin.get_by_role("button", name=re.compile("^Serahkan ke tim OPD · ")).click()
    expect(admin.get_by_text(f"{number} diserahkan ke tim").first).to_be_visible()
    expect(_received(phone, "sedang dikerjakan")).to_be_visible()

    team = people("tim.dishub", "/tindak_lanjut")
    team.get_by_label(TEXT).fill("Lampu sudah diganti dan menyala kembali.")
    team.get_by_role("button", name=re.compile("^Ajukan hasil · ")).click()
    expect(team.get_by_text("Kategori ini memerlukan foto hasil pekerjaan").first).to_be_visible()
    expect(team.get_by_label(TEXT)).to_have_value("Lampu sudah diganti dan menyala kembali.")
    team.locator('input[type="file"]').set_input_files(
        {"name": "sesudah.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    expect(team.get_by_text("sesudah.jpg").first).to_be_visible()
    team.get_by_role("button", name=re.compile("^Ajukan hasil · ")).click()
    expect(team.get_by_text(f"{number} diajukan ke Tim Kota").first).to_be_visible()

    city.goto(f"{stack.app}/verifikasi")
    city.get_by_role("button", name=re.compile("^Setujui dan kirim ke pelapor · ")).click()
    expect(city.get_by_text(f"{number} disetujui").first).to_be_visible()
    result = _received(phone, "Lampu sudah diganti dan menyala kembali.")
    expect(result).to_be_visible()
    phone.get_by_test_id(f"button-confirm:{number}").click()
    expect(_received(phone, "kami tutup sebagai selesai")).to_be_visible()

    city.goto(f"{stack.app}/aduan?no={number}")
    expect(city.get_by_text("Selesai (dikonfirmasi pelapor)").first).to_be_visible()
    expect(
        city.locator('.w-bubble.out[data-state="delivered"], .w-bubble.out[data-state="read"]').first
    ).to_be_visible()
    # The leader's dashboard, open all the while, has counted it without a click.
    expect(dashboard.locator(".w-figure", has_text="Diterima").locator("b").first).to_have_text("1")
    expect(dashboard.locator(".w-figure", has_text="Belum berakhir").locator("b").first).to_have_text("0")
    expect(dashboard.locator(".w-figure", has_text="dikonfirmasi pelapor").locator("b")).to_have_text("1")


def test_a_general_complaint_is_answered_directly(stack, people):
    phone = people()
    phone.get_by_test_id("phone-6285500000102").click()
    _write(phone, "Jam berapa kantor Dukcapil buka hari Jumat?")
    acknowledged = _received(phone, "Nomor aduan")
    expect(acknowledged).to_be_visible()
    number = NUMBER.search(acknowledged.inner_text()).group()

    city = people("kota2", f"/triase?no={number}")
    _step(city, "Jawab langsung")
    city.get_by_label(TEXT).fill("Hari Jumat buka pukul 07.30 sampai 11.00.")
    city.get_by_role("button", name="Lihat pratinjau").click()
    expect(city.get_by_text("pratinjau, belum dikirim").first).to_be_visible()
    city.get_by_role("button", name=re.compile("^Kirim jawaban · ")).click()
    expect(city.get_by_text(f"{number} dijawab").first).to_be_visible()
    expect(_received(phone, "Hari Jumat buka pukul 07.30 sampai 11.00.")).to_be_visible()
    city.goto(f"{stack.app}/aduan?no={number}")
    expect(city.locator(".w-head .state")).to_have_text("Dijawab")


def test_a_new_complaint_does_not_take_away_what_is_being_typed(stack, people):
    first, second = people(), people()
    first.get_by_test_id(f"phone-{PHONE}").click()
    _write(first, "Sampah menumpuk di Poncol")
    city = people("kota", "/triase")
    note = city.get_by_label("Catatan untuk petugas")
    expect(note).to_be_visible()
    shown = city.locator(".w-head .number").inner_text()
    note.press_sequentially("Sedang saya tulis")
    buttons = city.locator(".st-key-w-list").get_by_role("button", name=NUMBER)
    before = buttons.count()
    second.get_by_test_id("phone-6285500000102").click()
    _write(second, "Jalan berlubang di Klego")
    expect(buttons).to_have_count(before + 1, timeout=5_000)
    note.press_sequentially(" dan belum selesai")
    expect(note).to_have_value("Sedang saya tulis dan belum selesai")
    assert city.locator(".w-head .number").inner_text() == shown


def test_the_slower_of_two_officers_is_told_who_was_faster(stack, people):
    phone = people()
    phone.get_by_test_id(f"phone-{PHONE}").click()
    _write(phone, "Pohon tumbang di Bendan Kergon, aduan untuk dua petugas")
    one, two = people("kota", "/triase"), people("kota2", "/triase")
    number = one.locator(".w-head .number").inner_text()
    two.goto(f"{stack.app}/triase?no={number}")
    for officer, words in ((one, "Dari petugas pertama"), (two, "Dari petugas kedua")):
        _choose(officer, "OPD yang dituju", "Dinas Lingkungan Hidup")
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
