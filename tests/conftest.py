"""What several tests share: a desk over a real register in a temporary folder, and webhook bodies of Meta's shape."""

import itertools
import json

import pytest

from store import desk as store_desk
from store import settings as store_settings
from store import users


@pytest.fixture
def settings(tmp_path):
    return store_settings.load({"WADUL_DATA": str(tmp_path / "data")})


@pytest.fixture
def desk(settings):
    desk = store_desk.open_desk(settings)
    users.make_demo_accounts(desk.register)
    yield desk
    desk.register.close()


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
