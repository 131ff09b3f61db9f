"""No English word of Streamlit's is left on the pages, seen in a real browser; and nobody's text is touched."""

import re

from playwright.sync_api import Page, expect

from pages.parts.language import PATTERNS, WORDS

from .browser import complain, needs_browser

# What only English says; names of keys and file types are the same in Indonesian.
ENGLISH = re.compile(
    r"\b(the|of|this|with|results?|choose|select(ed)?|options?|upload|drag|search|error|clear|close|open|show|hide|"
    r"columns?|download|add|remove|date|day|month|year|next|previous|fullscreen|copy|shortcut|skip|expand|collapse|please)\b",
    re.IGNORECASE,
)
# All that is said to somebody who looks or listens, outside what people and we have written.
SAID = """() => {
  const ours = "[data-testid=stHtml], [data-testid=stIconMaterial], style, script";
  const found = [];
  document.querySelectorAll("body *").forEach((element) => {
    if (element.closest(ours) || !element.getClientRects().length) return;
    for (const name of ["aria-label", "placeholder", "title"]) found.push(element.getAttribute(name) || "");
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.nodeValue);
  });
  return [...new Set(found.map((text) => text.trim()).filter(Boolean))];
}"""


def english(page: Page) -> list[str]:
    """What is still English when Streamlit's own script has come; a page is drawn before that."""
    for _ in range(50):
        found = [text for text in page.evaluate(SAID) if ENGLISH.search(text)]
        if not found:
            break
        page.wait_for_timeout(100)
    return found


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)


def test_the_words_are_exact_and_say_something_else():
    assert all(said and said != was for was, said in WORDS.items())
    assert all(re.compile(pattern) for pattern in PATTERNS)


class TestInTheBrowser:
    pytestmark = needs_browser

    def test_pages_of_each_role_speak_indonesian(self, stack, people):
        complain(stack, people, "No results")
        for username, names in PAGES.items():
            page = people(username)
            for name in names:
                opened(page, f"{stack.app}/{name}")
                assert (name, english(page)) == (name, [])

    def test_what_opens_on_a_press_does_too_and_peoples_words_stay(self, stack, people):
        _, number = complain(stack, people, "Connection error")
        page = people("kota", f"/triase?no={number}")
        page.locator(".w-bubble.in").wait_for()
        expect(page.locator(".w-bubble.in")).to_contain_text("Connection error")
        box = page.get_by_role("combobox", name="Kategori", exact=True)
        box.click()
        box.fill("tidak ada yang begini")
        expect(page.get_by_role("listbox")).to_have_text("Tidak ada yang cocok")
        opened(page, f"{stack.app}/daftar")
        page.get_by_text("Saringan lain").click()
        page.get_by_role("button", name="Pilih tanggal").first.click()
        expect(page.get_by_role("button", name="Bulan berikutnya")).to_be_visible()
        assert english(page) == []
        page.keyboard.press("Escape")
        page.get_by_test_id("stDataFrame").hover()
        expect(page.get_by_role("button", name="Layar penuh")).to_be_visible()
        assert page.get_by_label("Download as CSV").is_hidden()
        assert english(page) == []

    def test_an_address_that_leads_nowhere_is_said_in_indonesian(self, stack, people):
        page = people("opd.dlh")
        expect(page.locator("h1")).to_be_visible()
        page.goto(f"{stack.app}/tidak_ada")
        expect(page.get_by_role("dialog")).to_contain_text("Alamat itu tidak ada.")
        assert english(page) == []


PAGES = {
    "kota": ("perlu_tindakan", "triase", "catat", "daftar", "telepon"),
    "opd.dlh": ("opd", "tindak_lanjut"),
    "admin": ("pengguna", "hari_libur", "teks", "layanan"),
}
