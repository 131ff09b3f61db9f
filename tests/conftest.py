"""What several tests share: a desk over a real register in a temporary folder, and webhook bodies of Meta's shape."""

import itertools
import json
import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

from store import desk as store_desk
from store import settings as store_settings
from store import users

from .cases import new_desk
from .stack import CHROMIUM, CHROMIUM_FLAGS, Stack


@pytest.fixture
def settings(tmp_path):
    return store_settings.load({"WADUL_DATA": str(tmp_path / "data")})


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A register with the demonstration's accounts; copied for each test, because making it takes longest."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with new_desk(folder) as desk:
        return desk.register.path


@pytest.fixture
def desk(settings, made):
    settings.make_data_folder()
    shutil.copy(made, settings.register)
    desk = store_desk.open_desk(settings)
    yield desk
    desk.register.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """All processes on a new register, for the tests of one module."""
    stack = Stack(tmp_path_factory.mktemp("stack") / "data")
    try:
        stack.start()
        yield stack
    finally:
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
            page.fill("#password", users.DEMO_PASSWORD)
            page.click("button[type=submit]")
        return page

    yield person
    for context in contexts:
        context.close()


_count = itertools.count(1)


def message(text="Lampu jalan di Medono mati", wa_id="6285600000001", name="Siti", **more) -> dict:
    """One message of a webhook; `more` replaces or adds parts of it."""
    built = {
        "from": wa_id,
        "id": f"wamid.T{next(_count):06d}",
        "timestamp": "1790000000",
        "type": "text",
        "text": {"body": text},
        **more,
    }
    built = {key: value for key, value in built.items() if value is not None}
    return built | {"_name": name}


def body(*messages: dict, statuses: list[dict] = ()) -> bytes:
    """A webhook body that holds these messages and statuses."""
    messages = [dict(m) for m in messages]
    contacts = [{"profile": {"name": m.pop("_name", None)}, "wa_id": m.get("from")} for m in messages if m.get("from")]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628112720202", "phone_number_id": "100000000000001"},
    }
    if messages:
        value |= {"contacts": contacts, "messages": messages}
    if statuses:
        value["statuses"] = list(statuses)
    entry = {"id": "1", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
