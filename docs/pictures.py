"""The pictures of panduan.md and README.md, taken from the running app: `python -m docs.pictures`.

Made-up complaints go their ways in a demonstration register of its own, and each person's page is photographed on them.
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
from tests.browser import NUMBER, TEXT, choose, fill, received, step, write
from tests.stack import CHROMIUM, CHROMIUM_FLAGS, Stack

FOLDER = Path(__file__).parent / "images"
LAPTOP, TALL, HANDHELD = ({"width": w, "height": h} for w, h in ((1366, 768), (1366, 920), (390, 844)))
LIMIT = 250_000  # bytes
PATIENCE = 60_000  # milliseconds, for a busy machine
SITI, BUDI, DARMI = "6285500000101", "6285500000102", "6285700009001"
NOTE = re.compile("^Catatan untuk petugas")
STREETLIGHT = (
    "Assalamualaikum. Nama saya Siti Rahmawati, Jl. Melati 5 Medono. Lampu jalan di depan masjid mati sejak Senin dan "
    "tertutup dahan pohon, kalau malam gelap sekali."
)
RESULT = "Lampu jalan di depan masjid Medono sudah kami ganti dan sudah menyala kembali. Terima kasih atas aduan Anda."
LAND = "Batas tanah saya bergeser sejak pelebaran Jalan Kurinci. Sudah tiga kali datang, belum ada keputusan."


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
            expect(page.locator(".w-head, h1").first).to_be_visible()
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
        page.set_default_timeout(PATIENCE)
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
    # Those far from the screen are not loaded before one scrolls to them.
    page.wait_for_function("[...document.images].every(i => i.complete || i.loading === 'lazy')")
    page.wait_for_timeout(1_000)
    # What the last press did is said twice; the passing one would cover the page.
    screen = page.screenshot(style="[data-testid=stToastContainer] { display: none !important; }")
    shown = Image.open(io.BytesIO(screen)).convert("RGB")
    path = FOLDER / f"{name}.png"
    for colours in (256, 128, 64):
        shown.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < LIMIT:
            break
    print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name)} · "))


def press(page: Page, name: str, said: str) -> None:
    button(page, name).click()
    expect(page.get_by_text(said).first).to_be_visible()


def open_form(page: Page, title: str, name: str) -> None:
    """Choose another move than the one that stands open; its button bears this name."""
    step(page, title)
    expect(button(page, name)).to_be_visible()


def moves(page: Page) -> Locator:
    """The row of moves above the form."""
    return page.locator('[class*="st-key-"][class*="move-"]').first


def upload(page: Page, label: str, content: bytes, name: str) -> None:
    uploader = page.get_by_test_id("stFileUploader").filter(has_text=label)
    uploader.locator('input[type="file"]').set_input_files(photo(content, name))
    expect(uploader.get_by_text(name)).to_be_visible()


def photo(content: bytes, name: str = "foto.jpg") -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def complain(studio: Studio, key: str, text: str) -> str:
    """A citizen's message; the number that comes back."""
    with studio.phone(key) as phone:
        write(phone, text)
        acknowledged = received(phone, "Nomor aduan").last
        expect(acknowledged).to_be_visible()
        return NUMBER.search(acknowledged.inner_text()).group()


def report(studio: Studio) -> str:
    """Siti reports a street light with photo and place; the number comes back."""
    with studio.phone(SITI) as phone:
        write(phone, STREETLIGHT)
        acknowledged = received(phone, "Nomor aduan")
        expect(acknowledged).to_be_visible()
        phone.get_by_test_id("attach-photo").set_input_files(photo(studio.photos[False]))
        # The phone puts its cards away when it has sent something.
        expect(phone.locator('[data-testid="message"][data-kind="image"]')).to_be_visible()
        phone.get_by_test_id("attach-location").click()
        phone.get_by_label("Lintang").fill("-6.89660")
        phone.get_by_label("Bujur").fill("109.66590")
        phone.get_by_test_id("location-send").click()
        expect(phone.locator('[data-testid="message"][data-kind="location"]')).to_be_visible()
        return NUMBER.search(acknowledged.inner_text()).group()


def forward(studio: Studio, number: str) -> None:
    """The city team's first page, and the form filled in with what was suggested and a second department."""
    with studio.person("kota", f"/triase?no={number}") as page:
        expect(page.locator(".w-bubble.in .w-photo img")).to_be_visible()
        expect(page.get_by_text("Saran:").first).to_be_visible()
        take(page, "triase")
    with studio.person("kota", f"/triase?no={number}", TALL) as page:
        choose(page, "Kategori", "Penerangan jalan umum")
        choose(page, "OPD yang dituju", "Dinas Perhubungan")
        choose(page, "OPD lain yang ikut menangani", "Dinas Lingkungan Hidup")
        page.keyboard.press("Escape")
        choose(page, "Kelurahan", "Medono")
        fill(page, "Alamat atau patokan", "Depan masjid Medono")
        fill(page, NOTE, "DISHUB: mohon lampunya diperiksa. DLH: mohon dahannya dipangkas. Foto dan lokasi terlampir.")
        take(page, "teruskan", moves(page))
        press(page, "Teruskan", f"{number} diteruskan ke")


def accept(studio: Studio, number: str) -> None:
    """Both departments take their parts on; the lights go to one person."""
    with studio.person("opd.dishub", f"/opd?no={number}", TALL) as page:
        expect(button(page, "Terima aduan")).to_be_visible()
        take(page, "opd")
    for department in ("dishub", "dlh"):
        with studio.person(f"opd.{department}", f"/opd?no={number}") as page:
            press(page, "Terima aduan", f"{number} diterima OPD.")
            if department == "dishub":
                choose(page, "Petugas yang menangani", "Tim DISHUB")
            press(page, "Serahkan ke tim OPD", f"{number} diserahkan ke tim")


def hand_over(studio: Studio) -> None:
    """Somebody leaves: the administrator hands the open work over."""
    with studio.person("admin", "/pengguna?pilih=tim.dishub", TALL) as page:
        step(page, "Serah terima")
        expect(page.get_by_role("button", name=re.compile("^Serahkan semua"))).to_be_visible()
        choose(page, "Penerus", "Admin DISHUB")
        take(page, "pengguna")


def work(studio: Studio, number: str) -> None:
    """The lights' team in the field with a phone, the trees' team briefly."""
    with studio.person("tim.dishub", f"/tindak_lanjut?no={number}", HANDHELD) as page:
        open_form(page, "Catat pekerjaan", "Simpan catatan pekerjaan")
        fill(page, re.compile("^Yang dikerjakan"), "Lampu diperiksa: balasnya putus.")
        upload(page, "Foto sebelum pekerjaan", studio.photos[False], "sebelum.jpg")
        press(page, "Simpan catatan pekerjaan", f"{number} pekerjaannya dicatat")
        open_form(page, "Ajukan hasil", "Ajukan hasil")
        fill(page, TEXT, RESULT)
        upload(page, "sesudah pekerjaan", studio.photos[True], "sesudah.jpg")
        take(page, "tindak-lanjut", moves(page))
        press(page, "Ajukan hasil", f"{number} diajukan ke Tim Kota")
    with studio.person("tim.dlh", f"/tindak_lanjut?no={number}") as page:
        fill(page, TEXT, "Dahan yang menutup lampu sudah dipangkas.")
        press(page, "Ajukan hasil", f"{number} diajukan ke Tim Kota")


def approve(studio: Studio, number: str) -> None:
    with studio.person("kota", f"/verifikasi?no={number}", TALL) as page:
        expect(page.get_by_text("pratinjau, belum dikirim")).to_be_visible()
        take(page, "verifikasi", page.locator(".w-stages"))
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


def complete(studio: Studio) -> None:
    """What is missing is asked for."""
    studio.simulator("phones", name="Darmi", wa_id=DARMI)
    number = complain(studio, DARMI, "Pohon besar mau tumbang, tolong segera")
    with studio.person("kota", f"/triase?no={number}", TALL) as page:
        open_form(page, "Minta kelengkapan", "Minta kelengkapan")
        fill(page, re.compile("^Pertanyaan sendiri"), "Apakah pohonnya sudah condong ke jalan?")
        expect(page.get_by_text("pratinjau, belum dikirim")).to_be_visible()
        take(page, "kelengkapan", page.get_by_text("(tekan untuk memperbaiki)"))
        press(page, "Minta kelengkapan", f"{number} menunggu kelengkapan")


def answer(studio: Studio) -> None:
    """A question is answered from a canned text."""
    number = complain(studio, BUDI, "Jam berapa kantor Dukcapil buka hari Jumat? Saya mau ganti KTP yang rusak.")
    with studio.person("kota", f"/triase?no={number}", TALL) as page:
        open_form(page, "Jawab langsung", "Kirim jawaban")
        choose(page, "Kategori", "Administrasi kependudukan")
        choose(page, "Teks siap pakai", "KTP, KK, dan akta")
        expect(page.get_by_text("pratinjau, belum dikirim")).to_be_visible()
        take(page, "jawab", moves(page))
        press(page, "Kirim jawaban", f"{number} dijawab")


def counter(studio: Studio) -> str:
    """Somebody at the counter whom only the official can help; the number."""
    with studio.person("kota", "/catat", {"width": 1366, "height": 1050}) as page:
        step(page, "Loket")
        fill(page, "Telepon atau kontak lain untuk jawaban", "0285 421234")
        fill(page, "Nama lengkap pelapor", "Darmo Wijoyo")
        fill(page, re.compile("^Apa yang terjadi"), LAND)
        fill(page, "Kapan terjadi", "sejak Agustus")
        choose(page, r"Kelurahan \(ketik", "Podosugih")
        fill(page, "Alamat", "Jl. Kurinci 12")
        fill(page, "Titik peta, bila tahu", "-6.8898, 109.6653")
        page.get_by_text("Diteruskan ke Pejabat Dinkominfo", exact=True).click()
        fill(page, re.compile("^Catatan untuk Pejabat"), "Menyangkut dua dinas; loket tidak dapat memutuskan.")
        take(page, "catat")
        page.get_by_role("button", name=re.compile("^Simpan dan beri nomor")).click()
        expect(page.locator(".w-told b")).to_be_visible()
        return page.locator(".w-told b").inner_text()


def decide(studio: Studio, number: str) -> None:
    """The official's page, with the assignment that binds."""
    with studio.person("pejabat", f"/eskalasi?no={number}") as page:
        expect(page.get_by_text("Tetapkan OPD (mengikat)").first).to_be_visible()
        take(page, "eskalasi")


def call(studio: Studio) -> None:
    """A message that did not arrive, and the form for having telephoned."""
    with studio.person("kota", "/telepon", TALL) as page:
        expect(button(page, "Catat sudah diberi tahu")).to_be_visible()
        fill(page, NOTE, "Pelapor sudah tahu hasilnya dan berterima kasih.")
        take(page, "telepon", page.locator(".w-head"))


def look(username: str, path: str, name: str) -> Callable[[Studio], None]:
    """A page as it opens."""

    def shoot(studio: Studio) -> None:
        with studio.person(username, path) as page:
            page.wait_for_timeout(3_000)
            take(page, name)

    return shoot


def stopped(studio: Studio) -> None:
    """Meta refuses the account: what the administrator sees."""
    studio.simulator("faults", kind="190")
    studio.simulator(f"phones/{BUDI}/messages", text="Terima kasih jawabannya. Loketnya di lantai berapa?")
    with studio.person("admin", "/kesehatan") as page:
        for _ in range(30):
            if page.get_by_text("Pengiriman berhenti").count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        expect(page.get_by_role("button", name="Lanjutkan pengiriman")).to_be_visible()
        take(page, "kesehatan")


def all_pictures(studio: Studio) -> None:
    look("kota", "/perlu_tindakan", "perlu-tindakan")(studio)
    number = report(studio)
    forward(studio, number)
    accept(studio, number)
    hand_over(studio)
    for scene in (work, approve, confirm):
        scene(studio, number)
    complete(studio)
    answer(studio)
    decide(studio, counter(studio))
    call(studio)
    look("pimpinan", "/dasbor", "dasbor")(studio)
    stopped(studio)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE)
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
