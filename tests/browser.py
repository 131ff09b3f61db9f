"""What the browser tests do over and over: write as a citizen, press as an officer."""

import io
import itertools
import json
import re
import urllib.request

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from .stack import CHROMIUM, Stack

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (sudo apt install chromium)"),
]
TEXT = re.compile("Teks untuk pelapor|Hasil tindak lanjut")
_phones = itertools.count(1)
# A busy machine is slow; what is checked is that it comes, and bench/ says how fast.
expect.set_options(timeout=20_000)
NUMBER = re.compile(r"[A-Z]{2,3}-\d{4}-\d{5}")


def photo(colour: tuple[int, int, int] = (120, 90, 60)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(content, "JPEG")
    return content.getvalue()


def write(phone: Page, text: str) -> None:
    phone.get_by_test_id("composer").fill(text)
    phone.get_by_test_id("send").click()


def received(phone: Page, words: str) -> Locator:
    """A message on the phone that came from the service."""
    return phone.locator('[data-testid="message"][data-direction="in"]').filter(has_text=words)


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.fill(option)
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()


def step(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def complain(stack: Stack, people, text: str) -> tuple[Page, str]:
    """The first message of a citizen who has never written; their phone and the number they were told."""
    given = {"name": "Warga Baru", "wa_id": f"62857{next(_phones):08d}"}
    request = urllib.request.Request(
        f"{stack.simulator}/api/phones", json.dumps(given).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()
    page = people()
    page.get_by_test_id(f"phone-{given['wa_id']}").click()
    write(page, text)
    acknowledged = received(page, "Nomor aduan")
    expect(acknowledged).to_have_count(1)
    return page, NUMBER.search(acknowledged.inner_text()).group()


def fill(page: Page, label: str | re.Pattern, text: str) -> None:
    """Type into the one field of this label and leave it, as Tab does."""
    field = page.get_by_label(label)
    # While a page is drawn anew the form before it may still be there.
    expect(field).to_have_count(1)
    field.fill(text)
    field.blur()
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
