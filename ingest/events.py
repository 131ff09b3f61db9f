"""Takes a webhook body apart into messages, statuses and the rest. Pure, and never raises: Meta's bodies are of many
shapes, some of them of the future, and one that cannot be read must not hold up those behind it.

Shapes: Meta's Cloud API webhook reference ("messages" and its kinds; "business-scoped user IDs"), pywa 4.5.0's types.
"""

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+")
_MAX_DEPTH = 64
_REPLIES = {"button_reply": "button_reply", "list_reply": "list_reply", "nfm_reply": "form"}
_TYPES = ("text", "image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "interactive")
_TYPES += ("button", "reaction", "order", "edit", "revoke", "system", "unsupported")


@dataclass(frozen=True)
class MediaRef:
    """A file to be fetched by its id (good for 7 days). A URL in the webhook is not kept: it must never be fetched."""

    id: str
    mime: str | None = None
    sha256: str | None = None
    filename: str | None = None
    voice: bool = False
    caption: str | None = None


@dataclass(frozen=True)
class Location:
    """A place in WGS 84 degrees."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Inbound:
    """One message from a person (or about one: kind `system`).

    `kind` is text, image, video, audio, document, sticker, location, contacts, button_reply, list_reply, form,
    reaction, order, edit, revoke, system, unsupported or unknown. `text` is what a person would read. `sent_at` is
    naive UTC. `reply_to` is the message answered, `refers_to` the one that an edit, revoke or reaction is about.
    """

    wamid: str
    kind: str
    text: str | None = None
    wa_id: str | None = None
    bsuid: str | None = None
    parent_bsuid: str | None = None
    name: str | None = None
    username: str | None = None
    sent_at: datetime | None = None
    reply_to: str | None = None
    refers_to: str | None = None
    media: MediaRef | None = None
    location: Location | None = None
    reply_id: str | None = None
    form: dict | None = None
    contacts_text: str | None = None
    new_wa_id: str | None = None
    new_bsuid: str | None = None
    group_id: str | None = None
    phone_number_id: str | None = None
    raw: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """What became of a message we sent. `status` is lower case (sent, delivered, read, played, failed, or newer ones);
    `tracker` is what we sent along (`biz_opaque_callback_data`); `happened_at` is naive UTC."""

    wamid: str
    status: str
    recipient_wa_id: str | None = None
    recipient_bsuid: str | None = None
    happened_at: datetime | None = None
    tracker: str | None = None
    error_code: int | None = None
    error_text: str | None = None
    phone_number_id: str | None = None
    raw: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Other:
    """What is neither message nor status: account and template news, errors, and what could not be understood.

    `happened_at` is when Meta made the webhook, in naive UTC, where it says so.
    """

    field: str
    value: object
    reason: str
    happened_at: datetime | None = None


@dataclass(frozen=True)
class Exploded:
    """All that a body held, in its order; `error` says why a body could not be read at all."""

    messages: list[Inbound] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    error: str | None = None


def explode(body: bytes) -> Exploded:
    """Take a body apart: all entries, all changes, all messages. The same message twice is returned twice."""
    try:
        content = _load(body)
    except (ValueError, RecursionError) as error:
        return Exploded(error=f"bukan JSON yang dapat dibaca ({type(error).__name__})")
    if not isinstance(content, dict):
        return Exploded(error="JSON, tetapi bukan objek")
    result = Exploded(error=None if content.get("entry") else "tidak berisi entry")
    for change, made_at in _changes(content, result.others):
        _explode_change(change, made_at, result)
    return result


def _load(body: bytes) -> object:
    """Parse JSON into values that can be stored again: no NaN, infinity, endless number or half of a surrogate pair."""
    content = json.loads(
        body.decode(json.detect_encoding(body), "replace"), parse_constant=str, parse_float=_finite, parse_int=_short
    )
    if not _is_shallow(content):
        raise ValueError("nested too deeply")
    text = json.dumps(content, ensure_ascii=False)
    return json.loads(_LONE_SURROGATE.sub("\ufffd", text)) if _LONE_SURROGATE.search(text) else content


def _finite(text: str) -> float | str:
    return number if math.isfinite(number := float(text)) else text


def _short(text: str) -> int | str:
    return int(text) if len(text) < 19 else text


def _is_shallow(content: object) -> bool:
    """False for what is nested so deeply that whoever stores it later could run out of stack."""
    level = [content]
    for _ in range(_MAX_DEPTH):
        groups = [x.values() if isinstance(x, dict) else x for x in level if isinstance(x, dict | list)]
        level = [child for group in groups for child in group]
    return not level


def _changes(content: dict, others: list[Other]) -> Iterator[tuple[dict, datetime | None]]:
    for entry in _items(content.get("entry")):
        if not isinstance(entry, dict):
            others.append(Other("", entry, "entry yang bukan objek"))
        elif not entry.get("changes"):
            others.append(Other("", entry, "entry tanpa changes"))
        else:
            for change in _items(entry["changes"]):
                if isinstance(change, dict):
                    yield change, _time(entry.get("time"))
                else:
                    others.append(Other("", change, "change yang bukan objek"))


def _explode_change(change: dict, made_at: datetime | None, result: Exploded) -> None:
    value, name = change.get("value"), change.get("field")
    if not isinstance(value, dict):
        result.others.append(Other(_text(name) or "", change, "change tanpa objek sebagai value"))
        return
    if isinstance(name, str) and name != "messages":
        result.others.append(Other(_text(name) or "", value, "bukan tentang pesan", made_at))
        return
    messages, statuses, errors = (_items(value.get(key)) for key in ("messages", "statuses", "errors"))
    people = [person for person in _items(value.get("contacts")) if isinstance(person, dict)]
    phone_number_id = _id(_object(value.get("metadata")).get("phone_number_id"))
    for message in messages:
        if isinstance(message, dict) and _id(message.get("id")):
            result.messages.append(_inbound(message, people, phone_number_id))
        else:
            result.others.append(Other("messages", message, "pesan tanpa id"))
    for status in statuses:
        if isinstance(status, dict) and _id(status.get("id")) and _text(status.get("status")):
            result.statuses.append(_status(status, people, errors, phone_number_id))
        else:
            result.others.append(Other("messages", status, "status tanpa id atau keadaan"))
    if errors:
        result.others.append(Other("messages", {"errors": errors}, "kesalahan yang dilaporkan Meta"))
    if not (messages or statuses or errors):
        result.others.append(Other("messages", value, "tidak berisi pesan atau status"))


def _inbound(message: dict, people: list[dict], phone_number_id: str | None) -> Inbound:
    wa_id, bsuid = _sender(message)
    person = _person(people, wa_id, bsuid)
    profile = _object(person.get("profile"))
    username = _text(profile.get("username")) or _text(person.get("username"))
    common = {
        "wamid": _id(message["id"]),
        "wa_id": wa_id or _id(person.get("wa_id")),
        "bsuid": bsuid or _id(person.get("user_id")),
        "parent_bsuid": _id(message.get("from_parent_user_id")) or _id(person.get("parent_user_id")),
        "name": _text(profile.get("name")) or username,
        "username": username,
        "sent_at": _time(message.get("timestamp")),
        "reply_to": _id(_object(message.get("context")).get("id")),
        "group_id": _id(message.get("group_id")),
        "phone_number_id": phone_number_id,
        "raw": message,
    }
    return Inbound(**{**common, **_content(message)})


def _sender(message: dict) -> tuple[str | None, str | None]:
    """The phone and the BSUID a message names; a `from` of a BSUID's form is taken as what it is."""
    sender, bsuid = _id(message.get("from")), _id(message.get("from_user_id"))
    if message.get("type") == "system":
        # The body names the old identity too, after a name that its owner chose: never to be believed.
        system = _object(message.get("system"))
        sender, bsuid = sender or _id(system.get("customer")), bsuid or _id(system.get("previous_user_id"))
    if sender and _BSUID.fullmatch(sender):
        return None, bsuid or sender
    return sender, bsuid


def _person(people: list[dict], wa_id: str | None, bsuid: str | None) -> dict:
    if not wa_id and not bsuid:
        return people[0] if len(people) == 1 else {}
    for person in people:
        if (wa_id and _id(person.get("wa_id")) == wa_id) or (bsuid and _id(person.get("user_id")) == bsuid):
            return person
    return {}


def _content(message: dict) -> dict:
    """What depends on a message's type: `kind`, `text` and the fields of that kind."""
    type_ = message.get("type")
    type_ = type_ if isinstance(type_, str) else next((key for key in _TYPES if key in message), "")
    part = message.get(type_)
    inner = _object(part)
    match type_:
        case "text":
            return {"kind": "text", "text": _text(part) or _text(inner.get("body"))}
        case "image" | "video" | "audio" | "voice" | "document" | "sticker":
            return _media(type_, inner)
        case "location":
            return _place(inner)
        case "contacts":
            text = _joined("\n", *(_card(card) for card in _items(part) if isinstance(card, dict)))
            return {"kind": "contacts", "text": text, "contacts_text": text}
        case "interactive":
            return _interactive(inner)
        case "button":
            return {"kind": "button_reply", "text": _text(inner.get("text")), "reply_id": _id(inner.get("payload"))}
        case "reaction":  # without an emoji, it was taken back
            return {"kind": "reaction", "text": _text(inner.get("emoji")), "refers_to": _id(inner.get("message_id"))}
        case "edit":
            changed = _content(_object(inner.get("message")))
            return {**changed, "kind": "edit", "refers_to": _id(inner.get("original_message_id"))}
        case "revoke":
            return {"kind": "revoke", "refers_to": _id(inner.get("original_message_id"))}
        case "system":
            return _system(inner)
        case "order":
            return {"kind": "order", "text": _text(inner.get("text"))}
        case "unsupported":
            return {"kind": "unsupported"}
        case _:
            return {"kind": "unknown", "text": _text(inner.get("body")) or _text(inner.get("text"))}


def _media(type_: str, part: dict) -> dict:
    caption, media_id = _text(part.get("caption")), _id(part.get("id"))
    mime, sha256, filename = (_text(part.get(key)) for key in ("mime_type", "sha256", "filename"))
    voice = type_ == "voice" or part.get("voice") is True
    media = MediaRef(media_id, mime, sha256, filename, voice, caption) if media_id else None
    return {"kind": "audio" if type_ == "voice" else type_, "text": caption, "media": media}


def _place(part: dict) -> dict:
    latitude, longitude = _degrees(part.get("latitude"), 90), _degrees(part.get("longitude"), 180)
    name, address = _text(part.get("name")), _text(part.get("address"))
    known = latitude is not None and longitude is not None
    place = Location(latitude, longitude, name, address) if known else None
    return {"kind": "location", "text": _joined("\n", name, address), "location": place}


def _card(card: dict) -> str | None:
    """One shared contact as a line: name and phone numbers."""
    name = _object(card.get("name"))
    phones = [phone for phone in _items(card.get("phones")) if isinstance(phone, dict)]
    numbers = [_id(phone.get("phone")) or _id(phone.get("wa_id")) for phone in phones]
    return _joined(": ", _text(name.get("formatted_name")) or _text(name.get("first_name")), _joined(", ", *numbers))


def _interactive(part: dict) -> dict:
    kind = part.get("type")
    kind = kind if isinstance(kind, str) else next((key for key in _REPLIES if key in part), "")
    reply = _object(part.get(kind))
    if kind == "nfm_reply":
        form = _form(reply.get("response_json"))
        # The token says for which complaint the form was offered; on some phones it is missing.
        token = _id(_object(form).get("flow_token"))
        return {"kind": "form", "text": _text(reply.get("body")), "form": form, "reply_id": token}
    text = _joined("\n", _text(reply.get("title")), _text(reply.get("description")))
    return {"kind": _REPLIES.get(kind, "unknown"), "text": text, "reply_id": _id(reply.get("id"))}


def _form(answers: object) -> dict | None:
    if isinstance(answers, str):
        with suppress(ValueError, RecursionError):
            answers = _load(answers.encode())
    return answers if isinstance(answers, dict) else None


def _system(part: dict) -> dict:
    read = {"kind": "system", "text": _text(part.get("body"))}
    what = part.get("type")
    if not isinstance(what, str) or what.endswith(("changed_number", "changed_user_id")):
        read["new_wa_id"] = _id(part.get("wa_id")) or _id(part.get("new_wa_id"))
        read["new_bsuid"] = _id(part.get("user_id")) or _id(part.get("new_user_id"))
    return read


def _status(status: dict, people: list[dict], errors: list, phone_number_id: str | None) -> Status:
    group = status.get("recipient_type") == "group"
    recipient = _id(status.get("recipient_participant_id" if group else "recipient_id"))
    bsuid = _id(status.get("recipient_participant_user_id" if group else "recipient_user_id"))
    if recipient and _BSUID.fullmatch(recipient):
        recipient, bsuid = None, bsuid or recipient
    person = _person(people, recipient, bsuid)
    state = _text(status["status"]).lower()
    code, text = _failure(_items(status.get("errors")) or (errors if state == "failed" else []))
    return Status(
        wamid=_id(status["id"]),
        status=state,
        recipient_wa_id=recipient or _id(person.get("wa_id")),
        recipient_bsuid=bsuid or _id(person.get("user_id")),
        happened_at=_time(status.get("timestamp")),
        tracker=_id(status.get("biz_opaque_callback_data")),
        error_code=code,
        error_text=text,
        phone_number_id=phone_number_id,
        raw=status,
    )


def _failure(errors: list) -> tuple[int | None, str | None]:
    """Code and words of the first error: `title` or `message`, then the details."""
    error = _object(errors[0]) if errors else {}
    code = _id(error.get("code"))
    title = _text(error.get("title")) or _text(error.get("message"))
    details = _text(_object(error.get("error_data")).get("details")) or _text(error.get("details"))
    number = int(code) if code and re.fullmatch(r"[0-9]{1,9}", code) else None
    return number, _joined(": ", title, details if details != title else None)


def _items(value: object) -> list:
    """A list as it is; one thing where a list is expected, as a list of it; nothing as an empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _object(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    """A text without NUL, where many a reader would stop; None where there is none."""
    return (value.replace("\0", "") or None) if isinstance(value, str) else None


def _id(value: object) -> str | None:
    """An identifier: a text, or a number written as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (_text(value) or "").strip() or None


def _joined(separator: str, *parts: str | None) -> str | None:
    return separator.join(part for part in parts if part) or None


def _degrees(value: object, limit: float) -> float | None:
    try:
        degrees = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return degrees if degrees is not None and abs(degrees) <= limit else None


def _time(value: object) -> datetime | None:
    """Unix seconds, as a number or a text, in naive UTC; None when that is no time since 1970."""
    seconds = _id(value)
    if not seconds or not re.fullmatch(r"[1-9][0-9]{0,10}", seconds):
        return None
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
