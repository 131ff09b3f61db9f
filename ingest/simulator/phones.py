"""The phones: who they are, and what each of them sees of its chat."""

import hashlib
import json
import re
from base64 import b32encode, b64encode
from secrets import randbelow, token_bytes

from . import checks
from .state import State, now

WINDOW = 24 * 3600.0
LOOKING = 3.0  # seconds that a look at a chat lasts; the page looks once a second
SEEN = ("delivered", "read")

# Numbers with a run of zeros: nobody is called by a demonstration.
SEEDS = (
    {"name": "Siti Rahmawati", "wa_id": "6285500000101"},
    {"name": "Budi Santoso", "wa_id": "6285500000102"},
    {"name": "Nur Aini", "username": "nur.aini", "no_number": True},
)


class NoSuchPhone(Exception):
    """No phone has this key."""


def seed(state: State) -> None:
    """Put three phones into a new file, so that a demonstration can begin at once."""
    if not state.row("select key from phone limit 1"):
        with state.atomic():
            for phone in SEEDS:
                add(state, **phone)


def add(state: State, name: str, wa_id=None, bsuid=None, username=None, no_number=False) -> dict:
    """Add a phone; a number and a BSUID are made up where none is given.

    :raises ValueError: a value has the wrong form or is taken
    """
    name = str(name or "").strip()
    if not name:
        raise ValueError("A phone needs a name.")
    digits = re.sub(r"^0(?=8)", "62", re.sub(r"\D", "", str(wa_id or "")))  # 0855… is how people write it
    wa_id = None if no_number else digits or _free_number(state)
    if wa_id and not 8 <= len(wa_id) <= 15:
        raise ValueError("A phone number has 8 to 15 digits.")
    bsuid = bsuid or _bsuid(wa_id or username or token_bytes(8).hex())
    if not checks.BSUID.fullmatch(bsuid):
        raise ValueError("A BSUID is a country code, a dot, and letters and digits.")
    if state.row("select key from phone where wa_id = ? or bsuid = ?", wa_id, bsuid):
        raise ValueError("There is a phone with this number or BSUID already.")
    key = wa_id or bsuid
    state.run(
        "insert into phone (key, wa_id, bsuid, name, username) values (?, ?, ?, ?, ?)",
        key,
        wa_id,
        bsuid,
        name,
        username,
    )
    return get(state, key)


def get(state: State, key: str) -> dict:
    """One phone.

    :raises NoSuchPhone: the key is not known
    """
    found = state.row("select * from phone where key = ?", key)
    if not found:
        raise NoSuchPhone(key)
    return _shown(state, found)


def every(state: State) -> list[dict]:
    return [_shown(state, row) for row in state.rows("select * from phone order by rowid")]


def find(state: State, message: dict) -> dict | None:
    """The phone that a message of the service is for, by number or by BSUID; None when there is none."""
    number = re.sub(r"\D", "", str(message.get("to") or ""))
    if number:
        return state.row("select * from phone where wa_id = ?", number)
    return state.row("select * from phone where bsuid = ?", message.get("recipient"))


def window_open(phone: dict) -> bool:
    return phone["last_inbound_at"] is not None and now() - phone["last_inbound_at"] < WINDOW


def chat(state: State, key: str, limit: int = 500) -> list[dict]:
    """The last messages of a phone, oldest first, with state; also those that never arrived."""
    found = state.rows("select * from message where phone_key = ? order by id desc limit ?", key, limit)
    return [_message(state, row) for row in reversed(found)]


def new_wamid() -> str:
    # 31 bytes: the base64 ends in "==" and holds "/" and "+", as Meta's do.
    return "wamid.HBgN" + b64encode(token_bytes(31)).decode()


def _shown(state: State, row: dict) -> dict:
    unread = "select count(*) as n from message where phone_key = ? and direction = 'in' and state = 'delivered'"
    last = state.row(
        "select * from message where phone_key = ? and kind <> 'reaction' and (direction = 'out' or state in (?, ?)) "
        "order by id desc limit 1",
        row["key"],
        *SEEN,
    )
    return row | {
        "online": bool(row["online"]),
        "unread": state.row(unread, row["key"])["n"],
        "window_open": window_open(row),
        "last_message": _message(state, last) if last else None,
    }


def _message(state: State, row: dict) -> dict:
    content = json.loads(row["content"])
    shown = {
        "id": row["wamid"],
        "direction": row["direction"],
        "kind": row["kind"],
        "content": content,
        "state": row["state"],
        "error": json.loads(row["error"]) if row["error"] else None,
        "tracker": row["tracker"],
        "reply_to": row["reply_to"],
        "reaction": row["reaction"],
        "edited": bool(row["edited"]),
        "revoked": bool(row["revoked"]),
        "happened_at": row["happened_at"],
    }
    if row["kind"] == "template":
        shown["template_text"] = _filled(state, content["template"])
    return shown


def _filled(state: State, content: dict) -> str:
    """A template as the citizen reads it; only its parameters where its text was not created here."""
    parameters = checks.body_parameters(content)
    known = checks.template(state, content["name"], content["language"]["code"])
    if not known:
        return "\n".join([f"[{content['name']}]", *(str(p.get("text", "")) for p in parameters)])
    text = checks.body_text(known)
    for position, parameter in enumerate(parameters, 1):
        for name in (str(position), parameter.get("parameter_name")):
            text = text.replace("{{%s}}" % name, str(parameter.get("text", "")))  # noqa: UP031
    return text


def _free_number(state: State) -> str:
    while True:
        number = f"62855000{randbelow(90000) + 10000}"
        if not state.row("select key from phone where wa_id = ?", number):
            return number


def _bsuid(origin: str) -> str:
    # Derived, so that the seeded phones have the same in every data folder.
    return "ID." + b32encode(hashlib.sha256(origin.encode()).digest()).decode()[:20]
