"""The conversation from the staff's side in a real browser: the simulator's phones, the officers' pages."""

import base64
import io
import json
import re
import time
import urllib.request
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Error as PageError
from playwright.sync_api import Page, expect

from store.rules.templates import NEEDED

from .browser import NUMBER, fill, needs_browser
from .recordings import PLACE, is_upright, photo, says_nothing, voice

pytestmark = needs_browser
LIVE = 15_000


class Phone:
    """A citizen's phone, by the simulator's control API."""

    _count = 0

    def __init__(self, stack, name: str):
        Phone._count += 1
        self.stack, self.key = stack, f"62858{Phone._count:08d}"
        call(stack, "/api/phones", {"name": name, "wa_id": self.key})

    def say(self, text: str = "", **given) -> str:
        """Send a message; the words alone are a text."""
        given = ({"kind": "text", "text": text} if text else {}) | given
        return call(self.stack, f"/api/phones/{self.key}/messages", given)["id"]

    def send(self, kind: str, content: bytes, mime: str, **more) -> str:
        return self.say(kind=kind, data=base64.b64encode(content).decode(), mime=mime, **more)

    def received(self) -> list[dict]:
        """What has come from the service, as Meta was told to send it."""
        found = call(self.stack, f"/api/phones/{self.key}/chat")["messages"]
        return [m["content"] for m in found if m["direction"] == "in"]

    def waits_for(self, words: str) -> dict:
        """The message from the service with these words in it."""
        return until(lambda: [m for m in self.received() if words in json.dumps(m, ensure_ascii=False)])[-1]

    def complains(self, text: str, **given) -> str:
        """The first message; the number that it was given."""
        self.say(text, **given)
        return NUMBER.search(json.dumps(self.waits_for("Nomor aduan"))).group()


def call(stack, path: str, given: dict | None = None, method: str | None = None, **headers: str):
    data = None if given is None else json.dumps(given).encode()
    asked = urllib.request.Request(
        stack.simulator + path, data, {"Content-Type": "application/json", **headers}, method=method
    )
    with urllib.request.urlopen(asked) as answer:
        content = answer.read()
    return json.loads(content) if answer.headers.get_content_type() == "application/json" else content


def until(look, seconds: float = 30):
    """What it sees, as soon as that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not come within {seconds} seconds")


def rare(page: Page, title: str) -> None:
    """Open a form that stands behind “Langkah lain”."""
    item = page.get_by_role("menuitem", name=title, exact=True).or_(page.get_by_role("option", name=title, exact=True))
    button = page.get_by_role("button", name="Langkah lain")
    for _ in range(3):
        # While the page is drawn anew the one of before may still be there.
        expect(button).to_have_count(1, timeout=30_000)
        try:
            button.click(timeout=15_000)
            item.or_(page.get_by_text(title, exact=True)).first.click(timeout=15_000)
            break
        except PageError:
            # The page was drawn again meanwhile, which closes the menu.
            page.keyboard.press("Escape")
    # Until it is there, a field of the form before may have the same name.
    expect(page.locator("strong", has_text=title)).to_be_visible()
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first.click()


def says(page: Page, text: str | re.Pattern) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


def case_page(people, username: str, number: str) -> Page:
    page = people(username, f"/aduan?no={number}")
    # The first page after a start takes longer than the others.
    expect(page.locator(".w-head .number")).to_have_text(number, timeout=60_000)
    return page


def bubble(page: Page, text: str):
    return page.locator(".w-bubble", has_text=text)


def test_an_officer_takes_over_writes_with_a_photo_and_gives_back(stack, people):
    phone = Phone(stack, "Siti")
    number = phone.complains("Lampu jalan di Medono mati sejak Senin")
    city = case_page(people, "kota", number)
    says(city, re.compile("Jendela WhatsApp terbuka 23 jam"))
    rare(city, "Ambil alih percakapan")
    press(city, "Ambil alih percakapan · ")
    says(city, re.compile("Percakapan diambil alih Rina Wulandari"))

    before = len(phone.received())
    phone.say("status")
    expect(bubble(city, "status").first).to_be_visible(timeout=LIVE)
    # Whoever has taken over writes at once; the bot has said nothing in between.
    rare_or_usual = city.get_by_role("radio", name="Kirim pesan", exact=True)
    rare_or_usual.or_(city.get_by_role("button", name="Kirim pesan", exact=True)).first.click()
    fill(city, re.compile("^Teks untuk pelapor"), "Apakah tiang ini yang Ibu maksud?")
    city.locator('input[type="file"]').first.set_input_files(
        {"name": "tiang.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(city.get_by_text("tiang.jpg").first).to_be_visible()
    press(city, "Kirim pesan ke pelapor · ")
    says(city, f"{number} pesannya dikirim ke pelapor")
    phone.waits_for("Apakah tiang ini yang Ibu maksud?")
    image = until(lambda: [m for m in phone.received() if m["type"] == "image"])[-1]["image"]
    assert len(phone.received()) == before + 2
    content = call(stack, f"/api/media/{image['id']}")
    assert is_upright(content)
    assert says_nothing(content)
    expect(city.locator(".w-bubble.out img").first).to_be_visible(timeout=LIVE)

    rare_or_usual = city.get_by_role("radio", name="Kembalikan ke bot", exact=True)
    rare_or_usual.or_(city.get_by_role("button", name="Kembalikan ke bot", exact=True)).first.click()
    press(city, "Kembalikan ke bot · ")
    says(city, f"{number} percakapannya dikembalikan ke bot")
    phone.say("status")
    phone.waits_for("sedang kami periksa")


def test_the_missing_templates_are_made_with_one_press_and_meta_tells_of_them(stack, people):
    call(stack, "/api/options", {"approved_after": 3600})
    for wanted in NEEDED:
        path = f"/v23.0/100000000000002/message_templates?{urlencode({'name': wanted.name})}"
        call(stack, path, method="DELETE", Authorization="Bearer demo")
    page = people("admin", "/templat")
    press(page, "Perbarui dari Meta")
    expect(page.get_by_text("✕ belum dibuat")).to_have_count(2, timeout=LIVE)
    press(page, "Buat yang belum ada (2)")
    expect(page.get_by_text("◔ sedang diperiksa Meta")).to_have_count(2, timeout=LIVE)
    says(page, "Semua sudah ada")
    expect(page.get_by_text("Dibuat:", exact=False).first).to_be_visible()

    news, digest = (wanted.name for wanted in NEEDED)
    call(stack, "/api/status/template", {"name": news, "event": "REJECTED", "reason": "PROMOTIONAL"})
    expect(page.get_by_text("✕ ditolak Meta (dianggap promosi)")).to_be_visible(timeout=LIVE)
    # Staff are told before they write that not even a template goes now.
    phone = Phone(stack, "Budi")
    phone.say("Sampah menumpuk di Bendan", hours_ago=26)
    sent = until(lambda: [s for s in call(stack, "/api/sends")["sends"] if s["recipient"] == phone.key])[0]
    city = case_page(people, "kota2", NUMBER.search(str(sent["body"])).group())
    rare(city, "Kirim pesan")
    says(city, re.compile("Templatnya belum dapat dipakai di Meta: pesan TIDAK akan sampai"))
    for name in (news, digest):
        call(stack, "/api/status/template", {"name": name, "event": "APPROVED"})
    expect(page.get_by_text("✓ disetujui", exact=True)).to_have_count(2, timeout=LIVE)
    # The line under the conversation follows by itself.
    says(city, re.compile("hanya templat singkat: paling banyak 700 huruf"))


def test_a_published_form_is_offered_and_its_completion_fills_the_case(stack, people):
    page = people("admin", "/templat")
    press(page, "Terbitkan formulir")
    expect(page.get_by_text("Diterbitkan", exact=False).first).to_be_visible(timeout=LIVE)
    press(page, "Tawarkan kepada pelapor")
    says(page, re.compile("Sedang ditawarkan"))

    phone = Phone(stack, "Rina")
    number = phone.complains("Tolong")
    offered = phone.waits_for("Isi formulir")
    parameters = offered["interactive"]["action"]["parameters"]
    assert parameters["flow_token"] == f"aduan:{number}"
    (told,) = [m for m in call(stack, f"/api/phones/{phone.key}/chat")["messages"] if m["direction"] == "in"]
    answers = {
        "nama": "Rina Marlina", "alamat": "Jl. Kurinci 7", "kategori": "street_light", "kelurahan": "33.75.01.1006",
        "tempat": "depan pasar", "tanggal": "2026-11-20", "kronologi": "Lampu padam setiap malam.",
    }  # fmt: skip
    # Without its token, as iPhones send it.
    phone.say(kind="nfm_reply", message_id=told["id"], response=answers)
    city = case_page(people, "kota", number)
    expect(bubble(city, "Formulir:").first).to_be_visible(timeout=LIVE)
    facts = city.locator(".w-facts").last
    expect(facts).to_contain_text("Penerangan jalan umum")
    expect(facts).not_to_contain_text("Tempatbelum jelas")
    understood = city.locator(".w-facts").first
    expect(understood).to_contain_text("“Rina Marlina”")
    expect(understood).to_contain_text("“Jl. Kurinci 7”")
    expect(understood).to_contain_text("depan pasar")
    press(page, "Berhenti menawarkan")
    says(page, re.compile("Belum ditawarkan"))


def test_a_photo_stands_upright_offers_its_place_and_leaves_without_it(stack, people):
    phone = Phone(stack, "Tono")
    phone.send("image", photo(), "image/jpeg", caption="Jalan berlubang")
    number = NUMBER.search(json.dumps(phone.waits_for("Nomor aduan"))).group()
    city = case_page(people, "kota", number)
    small = city.locator('.w-bubble.in[data-kind="image"] .w-photo img')
    expect(small).to_be_visible(timeout=LIVE)
    until(lambda: small.evaluate("i => i.complete && i.naturalHeight > 0"))
    assert small.evaluate("i => i.naturalHeight > i.naturalWidth")
    link = re.search(r"/berkas/\d+", small.get_attribute("src")).group()
    for address in (link, f"{link}?ukuran=kecil"):
        served = city.request.get(stack.app + address)
        assert served.ok
        assert is_upright(served.body())
        assert says_nothing(served.body())
    assert not says_nothing(photo())

    small.click()
    large = city.locator(".w-large img")
    expect(large).to_be_visible()
    until(lambda: large.evaluate("i => i.naturalHeight") == 400)
    city.get_by_role("button", name="Tutup").click()
    expect(large).to_be_hidden()

    says(city, re.compile("Lokasi dari foto"))
    press(city, "Pakai sebagai lokasi")
    says(city, re.compile("lokasi dari foto dipakai sebagai lokasi aduan"))
    expect(city.locator(".w-facts").last).to_contain_text(f"{PLACE[0]:.5f}, {PLACE[1]:.5f}")
    # Nobody without the case sees its photo.
    other = people("opd.dlh", "/opd")
    assert other.request.get(stack.app + link).status == 404


def test_a_voice_message_plays_is_written_down_and_found_by_its_words(stack, people):
    phone = Phone(stack, "Mbah Karto")
    phone.send("audio", voice(3), "audio/ogg; codecs=opus", voice=True)
    number = NUMBER.search(json.dumps(phone.waits_for("Nomor aduan"))).group()
    city = case_page(people, "kota", number)
    player = city.locator(".w-bubble.in audio")
    expect(player).to_be_visible(timeout=LIVE)
    player.evaluate("a => { a.muted = true; return a.play() }")
    until(lambda: player.evaluate("a => a.currentTime > 0 || a.ended"))
    assert round(player.evaluate("a => a.duration")) == 3

    press(city, "Tulis isi suara")
    fill(city, re.compile("^Yang terdengar"), "Kebakaran lahan di belakang gudang kembangarum")
    press(city, "Simpan isi suara · ")
    expect(city.locator(".w-bubble .heard")).to_contain_text("gudang kembangarum")
    city.goto(f"{stack.app}/daftar?cari=gudang+kembangarum")
    expect(city.get_by_text("1 aduan · halaman 1 dari 1")).to_be_visible()
    city.goto(f"{stack.app}/daftar?cari=gudang+kembangbiru")
    says(city, re.compile("Tidak ada aduan yang cocok"))


def test_a_message_that_failed_is_sent_again(stack, people):
    phone = Phone(stack, "Dewi")
    number = phone.complains("Saluran air mampet di Klego")
    city = case_page(people, "kota", number)
    rare(city, "Kirim pesan")
    call(stack, "/api/faults", {"kind": "131049", "phone": phone.key, "times": 1})
    fill(city, re.compile("^Teks untuk pelapor"), "Petugas datang besok pagi.")
    press(city, "Kirim pesan ke pelapor · ")
    failed = city.locator('.w-bubble.out[data-state="failed"]')
    expect(failed).to_contain_text("gagal", timeout=LIVE)
    press(city, "Kirim ulang")
    says(city, re.compile("pesannya dikirim ulang"))
    phone.waits_for("Petugas datang besok pagi.")
    expect(failed).to_contain_text("sudah dikirim ulang")
    expect(bubble(city, "Petugas datang besok pagi.").last).to_have_attribute(
        "data-state", re.compile("delivered|read|sent|accepted")
    )


def test_a_sender_is_blocked_with_a_second_persons_approval_and_still_stored(stack, people):
    phone = Phone(stack, "Pemarah")
    number = phone.complains("Makian yang panjang")
    one = case_page(people, "kota", number)
    rare(one, "Usulkan blokir pengirim")
    fill(one, re.compile("^Catatan untuk petugas"), "Berulang kali memaki petugas")
    press(one, "Usulkan blokir · ")
    says(one, re.compile("diusulkan: pengirimnya diblokir"))
    rare(one, "Tolak sebagai spam")
    fill(one, re.compile("^Alasan ditolak"), "Makian")
    press(one, "Tolak · ")
    says(one, re.compile(f"{number} ditolak sebagai spam"))
    one.goto(f"{stack.app}/pengirim")
    says(one, re.compile("menunggu persetujuan"))
    expect(one.get_by_role("button", name="Setujui blokir")).to_have_count(0)

    two = people("kota2", "/pengirim")
    press(two, "Setujui blokir")
    says(two, re.compile("Pesannya tetap disimpan dan tidak dijawab"))
    before = len(phone.received())
    phone.say("Makian lagi")
    content = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(content, "PNG")
    phone.send("image", content.getvalue(), "image/png")
    until(lambda: call(stack, "/api/webhooks")["pending"] == 0)
    stored = re.compile("2 pesan selama diblokir")

    def reloaded() -> bool:
        two.reload()
        two.get_by_text("Pengirim diblokir").first.wait_for()
        two.wait_for_timeout(1500)
        # Its picture may still be on its way from WhatsApp.
        return two.get_by_text(stored).count() > 0 and two.locator(".w-bubble.in .w-photo img").count() > 0

    until(reloaded, 90)
    two.get_by_text(stored).click()
    expect(bubble(two, "Makian lagi").first).to_be_visible()
    expect(two.locator(".w-bubble.in .w-photo img")).to_be_visible()
    assert len(phone.received()) == before


def test_the_register_agrees_with_its_events_after_all_of_it(stack):
    stack.stop("app")
    checked = stack.store("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
