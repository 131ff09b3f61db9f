"""What people have typed is shown as typed wherever Streamlit reads Markdown; and what a page that breaks says."""

import contextlib
import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from pages.parts.markdown import plain

from .browser import needs_browser
from .stack import ROOT, free_port, wait_for

TYPED = [
    "www.evil.example", "WWW.evil.example", "budi@evil.example", "https://evil.example/x", "mailto:a@b.example",
    "[x](http://evil.example)", "![x](http://evil.example/p.png)", "<b>x</b>", "&lt;b&gt; & &copy;", "**b** _c_ `d`",
    ":red[x] :smile: :material/home: :streamlit:", "$x^2$", "1. satu", "2) dua", "- tiga", "+ empat", "# lima",
    "> enam", "tujuh\n===", "delapan\n---", "| a | b |\n|---|---|\n| 1 | 2 |",
]  # fmt: skip
SCRIPT = """
import streamlit as st
from pages.parts.language import indonesian
from pages.parts.markdown import plain
from tests.test_markdown import TYPED
for text in TYPED:
    st.success(plain(text))
st.toast(plain(TYPED[0]))
st.subheader(plain(TYPED[0]), anchor=False)
st.text_input(plain(TYPED[0]))
indonesian()
raise ValueError("rahasia")
"""


@pytest.mark.parametrize("text", ["WA-2026-00042 diteruskan.", "Rina (kota), 3,5 hari", "Jl. Sultan No. 5"])
def test_what_is_no_markdown_stays_as_it_is(text):
    assert plain(text) == text


class TestInTheBrowser:
    pytestmark = needs_browser

    @pytest.fixture
    def page(self, tmp_path, chromium):
        (tmp_path / "script.py").write_text(SCRIPT)
        port = free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(tmp_path / "script.py"), "--server.port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            with contextlib.closing(chromium.new_page()) as page:
                page.goto(f"http://127.0.0.1:{port}")
                yield page
        finally:
            process.terminate()
            process.wait()

    def test_nothing_comes_of_it(self, page):
        shown = page.locator("[data-testid=stAlert] [data-testid=stMarkdownContainer]")
        expect(shown).to_have_count(len(TYPED))
        expect(page.get_by_test_id("stToast")).to_be_visible()
        said = [text.replace("\u2060", "").strip() for text in shown.all_inner_texts()]
        assert [" ".join(text.split()) for text in said] == [" ".join(text.split()) for text in TYPED]
        alive = "a[href*='evil'], a[href^=mailto], img[src*=evil], [role=img][aria-label*=icon], [data-testid=stLogo]"
        assert page.locator(alive).count() == 0
        assert shown.locator("ul, ol, h1, h2, strong, em, code, b, blockquote, table, .katex, img").count() == 0

    def test_a_page_that_breaks_says_so_in_indonesian_and_tells_nothing(self, page):
        broken = page.get_by_test_id("stException")
        expect(broken).to_contain_text("yang sudah tersimpan tetap aman")
        assert "rahasia" not in broken.inner_text()
        assert broken.locator("a").count() == 0
