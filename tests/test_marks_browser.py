"""A bar of Dasbor's lower half, pressed in a real browser, opens the cases that it says."""

import re

from playwright.sync_api import expect

from .browser import complain, needs_browser

pytestmark = needs_browser


def test_a_bar_opens_its_cases(stack, people):
    complain(stack, people, "Sampah menumpuk di depan pasar sejak kemarin")
    page = people("pimpinan", "/dasbor")
    chart = page.locator("[data-testid=stVegaLiteChart]").nth(1)
    expect(chart.locator("svg")).to_be_visible()
    bar = chart.locator("svg .mark-rect.role-mark path").first
    expect(bar).to_be_visible()
    bar.scroll_into_view_if_needed()
    bar.hover()
    said = page.locator("#vg-tooltip-element")
    expect(said).to_contain_text("Belum ditentukan")
    count = re.search(r"Aduan\s+([\d.]+)", said.inner_text())[1]
    bar.click()
    expect(page).to_have_url(re.compile(r"/daftar\?kategori=-&dari=\d{4}-\d\d-\d\d&sampai="))
    expect(page.get_by_text(f"{count} aduan · halaman 1")).to_be_visible()
