"""The pictures of panduan.md and README.md, taken from the running app: `python -m docs.pictures`.

One complaint goes the whole way in a demonstration register of its own, and each person's page is photographed on it.
"""

import contextlib
import io
import json
import re
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from store.demo.pictures import draw_all
from store.evidence import path_of
from store.users import DEMO_PASSWORD
from tests.stack import CHROMIUM, CHROMIUM_FLAGS, Stack

FOLDER = Path(__file__).parent / "images"
LAPTOP, HANDHELD = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
LIMIT = 250_000  # bytes
SITI, BUDI = "6285500000101", "6285500000102"
NUMBER = re.compile(r"[A-Z]{2,3}-\d{4}-\d{5}")
STREETLIGHT = (
    "Assalamualaikum. Nama saya Siti Rahmawati, Jl. Melati 5 Medono. Lampu jalan di depan masjid mati sejak Senin, "
    "kalau malam gelap sekali."
)
RESULT = "Lampu jalan di depan masjid Medono sudah kami ganti dan sudah menyala kembali. Terima kasih atas aduan Anda."
ANSWER = "Kantor Dindukcapil buka hari Jumat pukul 07.30 sampai 11.00. Bawalah KTP lama dan fotokopi kartu keluarga."


class Studio:
    """The running app, a browser, and who sits before which page."""

    def __init__(self, stack: Stack, browser: Browser, photos: dict[bool, bytes]):
        self.stack, self.browser, self.photos = stack, browser, photos

    @contextlib.contextmanager
    def person(self, username: str, path: str, size: dict = LAPTOP) -> Iterator[Page]:
        """A signed-in person on a page, in a browser of their own."""
        with self._page(size) as page:
            page.goto(f"{self.stack.app}/masuk?next={path}")
            page.fill("#username", username)
            page.fill("#password", DEMO_PASSWORD)
            page.click("button[type=submit]")
            expect(page.locator(".w-head, h1").first).to_be_visible(timeout=20_000)
            yield page

    @contextlib.contextmanager
    def phone(self, key: str, size: dict = HANDHELD) -> Iterator[Page]:
        """A reporter's phone in the simulator."""
        with self._page(size) as page:
            page.goto(self.stack.simulator)
            page.get_by_test_id(f"phone-{key}").click()
            yield page

    @contextlib.contextmanager
    def _page(self, size: dict) -> Iterator[Page]:
        context = self.browser.new_context(viewport=size, locale="id-ID", timezone_id="Asia/Jakarta")
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page
        context.close()

    def simulator(self, path: str, **given) -> None:
        """One request to the simulator's control API."""
        request = urllib.request.Request(  # noqa: S310 – an address of our own
            f"{self.stack.simulator}/api/{path}", json.dumps(given).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).close()  # noqa: S310


def take(page: Page, name: str, top: Locator | None = None) -> None:
    """Photograph the page once it is still, with `top` at its upper edge, and keep the picture small."""
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    if top is not None:
        top.first.evaluate("element => { element.style.scrollMarginTop = '4rem'; element.scrollIntoView(); }")
    page.wait_for_function("[...document.images].every(i => i.complete)")
    page.wait_for_timeout(700)
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    for colours in (256, 128, 64):
        shown.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < LIMIT:
            break
    print(f"{path.name}: {path.stat().st_size // 1024} KB")


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.fill(option)
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()


def step(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def press(page: Page, button: str, said: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{button} · ")).click()
    expect(page.get_by_text(said).first).to_be_visible()


def write(phone: Page, text: str) -> None:
    phone.get_by_test_id("composer").fill(text)
    phone.get_by_test_id("send").click()


def received(phone: Page, words: str) -> Locator:
    return phone.locator('[data-testid="message"][data-direction="in"]').filter(has_text=words)


def photo(content: bytes) -> dict:
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": content}


def report(studio: Studio) -> str:
    """Siti reports a street light with photo and place; the number comes back."""
    with studio.phone(SITI) as phone:
        write(phone, STREETLIGHT)
        phone.get_by_test_id("attach-photo").set_input_files(photo(studio.photos[False]))
        phone.get_by_test_id("attach-location").click()
        phone.get_by_label("Lintang").fill("-6.89660")
        phone.get_by_label("Bujur").fill("109.66590")
        phone.get_by_test_id("location-send").click()
        acknowledged = received(phone, "Nomor aduan")
        expect(acknowledged).to_be_visible()
        take(phone, "ponsel-aduan", acknowledged)
        return NUMBER.search(acknowledged.inner_text()).group()


def forward(studio: Studio, number: str) -> None:
    """The city team's first page, and the form filled in."""
    with studio.person("kota", f"/triase?no={number}") as page:
        expect(page.locator(".w-bubble.in img")).to_be_visible()
        choose(page, "OPD yang dituju", "Dinas Perhubungan")
        choose(page, "Kategori", "Penerangan jalan umum")
        choose(page, "Kelurahan", "Medono")
        page.get_by_label("Alamat atau patokan").fill("Depan masjid Medono")
        page.get_by_label("Catatan untuk petugas").fill("Mohon lampunya diperiksa; foto dan lokasi terlampir.")
        take(page, "teruskan", page.get_by_role("radiogroup").first)
        page.locator("[data-testid=stMain]").evaluate("element => element.scrollTo(0, 0)")
        page.locator(".w-bubble.in").first.evaluate("element => element.scrollIntoView({block: 'nearest'})")
        take(page, "triase")
        press(page, "Teruskan", f"{number} diteruskan ke")


def accept(studio: Studio, number: str) -> None:
    with studio.person("opd.dishub", f"/opd?no={number}") as page:
        expect(page.get_by_role("button", name="Terima aduan")).to_be_visible()
        take(page, "opd")
        step(page, "Kembalikan")
        expect(page.get_by_role("button", name="Kembalikan ke Tim Kota")).to_be_visible()
        choose(page, "Alasan", "Data belum lengkap")
        page.get_by_label("Catatan untuk petugas").fill("Mohon tanyakan nomor tiang lampunya.")
        take(page, "kembalikan", page.get_by_role("radiogroup").first)
        step(page, "Terima")
        press(page, "Terima aduan", f"{number} diterima OPD.")
        press(page, "Serahkan ke tim OPD", f"{number} diserahkan ke tim")


def work(studio: Studio, number: str) -> None:
    with studio.person("tim.dishub", f"/tindak_lanjut?no={number}", HANDHELD) as page:
        page.get_by_label(re.compile("Teks untuk pelapor|Hasil tindak lanjut")).fill(RESULT)
        page.locator('input[type="file"]').set_input_files(photo(studio.photos[True]))
        expect(page.get_by_text("foto.jpg")).to_be_visible()
        take(page, "tindak-lanjut", page.get_by_role("radiogroup").first)
        press(page, "Ajukan hasil", f"{number} diajukan ke Tim Kota")


def approve(studio: Studio, number: str) -> None:
    with studio.person("kota", f"/verifikasi?no={number}") as page:
        page.get_by_role("button", name="Lihat pratinjau").click()
        expect(page.get_by_text("pratinjau, belum dikirim")).to_be_visible()
        take(page, "verifikasi", page.locator(".w-files"))
        press(page, "Setujui dan kirim ke pelapor", f"{number} disetujui")


def confirm(studio: Studio, number: str) -> None:
    """What the reporter has read all the while, and the two buttons."""
    with studio.phone(SITI) as phone:
        expect(phone.get_by_test_id(f"button-confirm:{number}")).to_be_visible()
        take(phone, "ponsel")
        phone.get_by_test_id(f"button-confirm:{number}").click()
        expect(received(phone, "kami tutup sebagai selesai")).to_be_visible()
    with studio.person("kota", f"/aduan?no={number}") as page:
        page.get_by_text("Kenapa jatuh tempo saat ini?").click()
        take(page, "riwayat", page.get_by_role("heading", name="Keterangan"))


def answer(studio: Studio) -> None:
    """A question is answered directly, by two officers at once: the slower one is told."""
    with studio.phone(BUDI) as phone:
        write(phone, "Jam berapa kantor Dukcapil buka hari Jumat? Saya mau ganti KTP yang rusak.")
        expect(received(phone, "Nomor aduan")).to_be_visible()
        number = NUMBER.search(received(phone, "Nomor aduan").inner_text()).group()
    with studio.person("kota", f"/triase?no={number}") as one, studio.person("kota2", f"/triase?no={number}") as two:
        for page in (one, two):
            step(page, "Jawab langsung")
            page.get_by_label(re.compile("Teks untuk pelapor|Hasil tindak lanjut")).fill(ANSWER)
        one.get_by_role("button", name="Lihat pratinjau").click()
        expect(one.get_by_text("pratinjau, belum dikirim")).to_be_visible()
        take(one, "jawab", one.get_by_role("radiogroup").first)
        press(one, "Kirim jawaban", f"{number} dijawab")
        press(two, "Kirim jawaban", "lebih dahulu mengubah aduan")
        take(two, "bentrok", two.get_by_role("heading", level=1))


def note_down(studio: Studio) -> None:
    with studio.person("kota", "/catat") as page:
        page.get_by_label("Telepon atau kontak lain untuk jawaban").fill("0855 0000 0199")
        page.get_by_label("Nama lengkap pelapor").fill("Slamet Riyadi")
        page.get_by_label("Apa yang terjadi").fill(
            "Saluran air di Jl. Kenanga tersumbat sejak minggu lalu. Kalau hujan, air masuk ke dua rumah."
        )
        take(page, "catat")
        page.get_by_role("button", name="Simpan dan beri nomor").click()
        expect(page.get_by_text("Nomor aduan, bacakan kepada pelapor")).to_be_visible()
        take(page, "catat-nomor")


def call(studio: Studio) -> None:
    """A result that did not arrive, and the form for having telephoned."""
    with studio.person("kota", "/telepon") as page:
        expect(page.get_by_role("button", name="Catat sudah diberi tahu")).to_be_visible()
        page.get_by_label("Catatan untuk petugas").fill("Ditelepon pukul 09.10; pelapor sudah tahu hasilnya.")
        take(page, "telepon", page.get_by_role("radiogroup").first)


def look(username: str, path: str, name: str) -> Callable[[Studio], None]:
    """A page as it opens."""

    def shoot(studio: Studio) -> None:
        with studio.person(username, path) as page:
            page.wait_for_timeout(2_000)
            take(page, name)

    return shoot


def sign_in(studio: Studio) -> None:
    with studio._page(LAPTOP) as page:
        page.goto(f"{studio.stack.app}/masuk")
        # On a real installation nobody is offered an account.
        page.locator("section").evaluate_all("found => found.forEach(section => section.remove())")
        take(page, "masuk")


def stopped(studio: Studio) -> None:
    """Meta refuses the account: what the administrator sees."""
    studio.simulator("faults", kind="190")
    studio.simulator(f"phones/{BUDI}/messages", text="Terima kasih jawabannya. Loketnya di lantai berapa?")
    with studio.person("admin", "/kesehatan") as page:
        for _ in range(20):
            if page.get_by_text("Pengiriman WhatsApp berhenti").count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        expect(page.get_by_role("button", name="Lanjutkan pengiriman")).to_be_visible()
        take(page, "kesehatan")


def all_pictures(studio: Studio) -> None:
    sign_in(studio)
    number = report(studio)
    for scene in (forward, accept, work, approve, confirm):
        scene(studio, number)
    answer(studio)
    note_down(studio)
    for scene in (
        call,
        look("kota", "/daftar?hanya=overdue", "daftar"),
        look("pimpinan", "/dasbor", "dasbor"),
        stopped,
    ):
        scene(studio)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder) / "data")
        filled = stack.store("demo")
        if filled.returncode:
            raise SystemExit(filled.stderr)
        drawn = draw_all(Path(folder) / "photos", 1, 10**7)
        photos = {after: path_of(Path(folder) / "photos", drawn["lamp", after][0].sha256).read_bytes()
                  for after in (False, True)}  # fmt: skip
        stack.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        try:
            all_pictures(Studio(stack, browser, photos))
        finally:
            browser.close()
            stack.stop()


if __name__ == "__main__":
    main()
