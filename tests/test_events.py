"""Webhook bodies are taken apart without loss: recorded shapes one by one, then whatever else may come."""

import copy
import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.events import Exploded, Inbound, Location, MediaRef, Other, explode

PAYLOADS = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "payloads").glob("*.json"))}
SITI = "6280000000101"

# What each recorded body must say: fields of its one message or status, or the field of what is neither.
EXPECTED = json.loads(PAYLOADS.pop("expected"))
MESSAGES, STATUSES, OTHERS = EXPECTED["messages"], EXPECTED["statuses"], EXPECTED["others"]


def test_every_recorded_body_has_an_expectation():
    assert set(PAYLOADS) == {*MESSAGES, *STATUSES, *OTHERS, "batch", "same_twice"}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_recorded_message_is_read(name):
    result = explode(PAYLOADS[name])
    assert (len(result.messages), result.statuses, result.others, result.error) == (1, [], [], None)
    message = result.messages[0]
    sent = json.loads(PAYLOADS[name])["entry"][0]["changes"][0]["value"]["messages"][0]
    assert message.raw == sent
    assert message.wamid == sent["id"]
    assert message.sent_at == datetime(2026, 11, 23, 8, 0)
    assert message.phone_number_id == "100000000000001"
    read = dataclasses.asdict(message)
    assert {key: read[key] for key in MESSAGES[name]} == MESSAGES[name]


@pytest.mark.parametrize("name", STATUSES)
def test_a_recorded_status_is_read(name):
    result = explode(PAYLOADS[name])
    assert (result.messages, len(result.statuses), result.others, result.error) == ([], 1, [], None)
    status = result.statuses[0]
    assert status.wamid == "wamid.OUT9"
    assert status.happened_at == datetime(2026, 11, 23, 8, 0, 1)
    read = dataclasses.asdict(status)
    assert {key: read[key] for key in STATUSES[name]} == STATUSES[name]


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_neither_is_kept_whole(name):
    result = explode(PAYLOADS[name])
    assert (result.messages, result.statuses, len(result.others), result.error) == ([], [], 1, None)
    value = json.loads(PAYLOADS[name])["entry"][0]["changes"][0]["value"]
    other = result.others[0]
    assert other.field == OTHERS[name]
    assert other.value == ({"errors": value["errors"]} if name == "errors_only" else value)


def test_a_batch_gives_all_entries_changes_and_messages_in_order_each_with_its_person():
    result = explode(PAYLOADS["batch"])
    assert [(m.text, m.wa_id, m.name) for m in result.messages] == [
        ("satu", SITI, "Siti Rahayu"),
        ("dua", "6280000000102", "Budi"),
        (None, SITI, "Siti Rahayu"),
        ("empat", SITI, "Siti Rahayu"),
    ]
    assert [s.status for s in result.statuses] == ["sent", "delivered"]
    assert [o.field for o in result.others] == ["message_template_status_update"]


def test_the_same_message_twice_is_returned_twice():
    first, second = explode(PAYLOADS["same_twice"]).messages
    assert first == second


# Smaller shapes, built here.


def one(message: dict, **more) -> Exploded:
    message = {"id": "wamid.1", "from": SITI, "timestamp": "1795420800", **message}
    return explode(body({"messages": [message], **more}))


def body(value: object, field: object = "messages") -> bytes:
    return json.dumps({"object": "x", "entry": [{"id": "1", "changes": [{"value": value, "field": field}]}]}).encode()


ODD_MESSAGES = [
    ({"type": "text", "text": "langsung"}, {"kind": "text", "text": "langsung"}),
    ({"type": "text"}, {"kind": "text", "text": None}),
    ({"type": "text", "text": {"body": 5}}, {"kind": "text", "text": None}),
    ({"type": "text", "text": {"body": "a\0b"}}, {"text": "ab"}),
    ({"text": {"body": "tanpa jenis"}}, {"kind": "text", "text": "tanpa jenis"}),
    ({"type": None, "voice": {"id": 7}}, {"kind": "audio", "media": MediaRef("7", voice=True)}),
    ({"type": "image", "image": {"mime_type": "image/png"}}, {"kind": "image", "media": None}),
    ({"type": "image", "image": {"id": {"x": 1}}}, {"kind": "image", "media": None}),
    ({"type": "location", "location": {"latitude": "-6.9", "longitude": "109"}}, {"location": Location(-6.9, 109.0)}),
    ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, {"kind": "location", "location": None}),
    ({"type": "location", "location": {"latitude": True, "longitude": 1}}, {"location": None}),
    ({"type": "location", "location": {"latitude": float("nan"), "longitude": 1}}, {"location": None}),
    ({"type": "location", "location": {"name": "Alun-alun"}}, {"text": "Alun-alun", "location": None}),
    ({"type": "contacts", "contacts": [None, {"phones": "0285"}]}, {"kind": "contacts", "text": None}),
    ({"type": "contacts", "contacts": {"name": {"first_name": "Ani"}}}, {"text": "Ani"}),
    ({"type": "interactive", "interactive": {"nfm_reply": {"response_json": "{"}}}, {"kind": "form", "form": None}),
    ({"type": "interactive", "interactive": {"nfm_reply": {"response_json": {"a": 1}}}}, {"form": {"a": 1}}),
    ({"type": "interactive", "interactive": {"nfm_reply": {"response_json": "[1]"}}}, {"form": None}),
    ({"type": "interactive"}, {"kind": "unknown"}),
    ({"type": "interactive", "interactive": {"type": ["x"]}}, {"kind": "unknown"}),
    ({"type": "reaction", "reaction": {"message_id": "w", "emoji": ""}}, {"text": None, "refers_to": "w"}),
    ({"type": "edit", "edit": {"message": {"type": "edit", "edit": {}}}}, {"kind": "edit", "refers_to": None}),
    ({"type": "system", "system": {"body": "x", "user_id": "ID.2"}}, {"kind": "system", "new_bsuid": "ID.2"}),
    ({"type": ["text"], "text": {"body": "jenis salah"}}, {"kind": "text", "text": "jenis salah"}),
    ({"type": "", "from": "ID.5"}, {"kind": "unknown", "wa_id": None, "bsuid": "ID.5"}),
    ({"type": "request_welcome"}, {"kind": "unknown", "text": None}),
    ({"type": "text", "id": 12345}, {"wamid": "12345"}),
    ({"type": "text", "timestamp": None}, {"sent_at": None}),
    ({"type": "text", "timestamp": 1795420800}, {"sent_at": datetime(2026, 11, 23, 8, 0)}),
    ({"type": "text", "timestamp": "kemarin"}, {"sent_at": None}),
    ({"type": "text", "timestamp": -5}, {"sent_at": None}),
    ({"type": "text", "timestamp": 10**30}, {"sent_at": None}),
    ({"type": "text", "context": "wamid.0"}, {"reply_to": None}),
]


@pytest.mark.parametrize(("message", "expected"), ODD_MESSAGES)
def test_an_odd_message_is_kept_with_what_can_be_read(message, expected):
    result = one(message)
    assert (len(result.messages), result.others, result.error) == (1, [], None)
    assert {key: getattr(result.messages[0], key) for key in expected} == expected


def test_a_single_contact_stands_for_a_message_without_sender():
    message = one({"type": "text", "from": None}, contacts=[{"wa_id": SITI, "profile": {"name": "Siti"}}]).messages[0]
    assert (message.wa_id, message.name) == (SITI, "Siti")


def test_a_contact_of_somebody_else_is_not_taken_for_the_sender():
    others = [{"wa_id": "6280000000102", "user_id": "ID.2", "profile": {"name": "Budi"}}]
    message = one({"type": "text"}, contacts=others).messages[0]
    assert (message.wa_id, message.bsuid, message.name) == (SITI, None, None)
    nobody = one({"type": "text", "from": None}, contacts=[*others, *others]).messages[0]
    assert (nobody.wa_id, nobody.bsuid, nobody.name) == (None, None, None)


def test_an_identity_is_never_taken_from_the_text_of_a_system_message():
    spoofed = {"type": "user_changed_user_id", "body": "User A changed from ID.1 to ID.2", "user_id": "ID.3"}
    message = one({"type": "system", "from": None, "system": spoofed}).messages[0]
    assert (message.wa_id, message.bsuid, message.new_bsuid) == (None, None, "ID.3")


def test_half_a_surrogate_pair_does_not_reach_the_store():
    raw = body({"messages": [{"id": "w", "type": "text", "text": {"body": "@@"}}]}).replace(b"@@", b"ya \\ud83d")
    message = explode(raw).messages[0]
    assert message.text == "ya \ufffd"
    json.dumps(message.raw, ensure_ascii=False).encode()


def test_invalid_utf8_costs_only_the_characters_it_hits():
    raw = body({"messages": [{"id": "w", "type": "text", "text": {"body": "@@"}}]}).replace(b"@@", b"a\xffb")
    assert explode(raw).messages[0].text == "a\ufffdb"


def test_numbers_that_json_does_not_know_are_kept_as_text():
    raw = body({"messages": [{"id": "w", "x": "@@"}]}).replace(
        b'"@@"', b"[NaN, 1e999, -Infinity, " + b"9" * 5000 + b"]"
    )
    assert explode(raw).messages[0].raw["x"] == ["NaN", "1e999", "-Infinity", "9" * 5000]


def test_errors_beside_a_failed_status_explain_it():
    value = {"statuses": [{"id": "w", "status": "FAILED"}], "errors": [{"code": "131000", "message": "x"}]}
    result = explode(body(value))
    assert (result.statuses[0].status, result.statuses[0].error_code, result.statuses[0].error_text) == (
        "failed",
        131000,
        "x",
    )
    assert [o.reason for o in result.others] == ["kesalahan yang dilaporkan Meta"]


@pytest.mark.parametrize(
    ("raw", "others"),
    [
        (body({"messages": [{"type": "text"}]}), [Other("messages", {"type": "text"}, "pesan tanpa id")]),
        (body({"messages": ["x"]}), [Other("messages", "x", "pesan tanpa id")]),
        (body({"messages": 7}), [Other("messages", 7, "pesan tanpa id")]),
        (body({"statuses": [{"id": "w"}]}), [Other("messages", {"id": "w"}, "status tanpa id atau keadaan")]),
        (body({"contacts": []}), [Other("messages", {"contacts": []}, "tidak berisi pesan atau status")]),
        (body("x"), [Other("messages", {"value": "x", "field": "messages"}, "change tanpa objek sebagai value")]),
        (body({"a": 1}, field="baru"), [Other("baru", {"a": 1}, "bukan tentang pesan")]),
        (b'{"entry": [3]}', [Other("", 3, "entry yang bukan objek")]),
        (b'{"entry": [{"id": "1"}]}', [Other("", {"id": "1"}, "entry tanpa changes")]),
        (b'{"entry": [{"changes": [null, "x"]}]}', [Other("", None, "change yang bukan objek")] * 1),
    ],
)
def test_what_cannot_be_understood_is_kept_with_a_reason(raw, others):
    result = explode(raw)
    assert (result.messages, result.statuses, result.error) == ([], [], None)
    assert result.others[: len(others)] == others


def test_a_list_that_came_as_one_object_is_read_and_a_missing_field_is_forgiven():
    raw = b'{"entry": {"changes": {"value": {"messages": {"id": "w", "type": "text", "text": {"body": "satu"}}}}}}'
    assert [m.text for m in explode(raw).messages] == ["satu"]


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"hello", b"{", b"[]", b"7", b"null", b"{}", b'{"entry": []}', b'{"entry": null}', b"\xff\xfe\x00"),
        *(b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500, b'{"entry": ' + b"[" * 70 + b"]" * 70 + b"}"),
    ],
)
def test_a_body_that_is_no_webhook_says_so(raw):
    result = explode(raw)
    assert result.error
    assert (result.messages, result.statuses, result.others) == ([], [], [])


def test_an_error_repeats_nothing_of_the_body():
    assert "rahasia" not in explode(b"rahasia").error


# Whatever else may come.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
ENVELOPE = ("entry", "changes", "value", "field", "messages", "statuses", "contacts", "errors", "metadata", "profile")
PARTS = ("id", "type", "text", "from", "interactive", "nfm_reply", "response_json", "edit", "message", "system")
KEYS = st.sampled_from(ENVELOPE + PARTS)
WEBHOOK_LIKE = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=6) | st.just("messages") | st.just("edit"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(raw):
    assert isinstance(explode(raw), Exploded)


@MANY
@given(JSON | WEBHOOK_LIKE)
def test_any_json_is_survived_and_can_be_stored(content):
    check(json.dumps(content).encode())


@MANY
@given(st.data())
def test_a_damaged_real_body_loses_no_message(data):
    content = json.loads(PAYLOADS[data.draw(st.sampled_from(sorted(PAYLOADS)), label="payload")])
    for _ in range(data.draw(st.integers(1, 4), label="how often")):
        content = damage(content, data)
    check(json.dumps(content).encode())


def damage(content: object, data: st.DataObject) -> object:
    """Replace, remove or double one part of a JSON value."""
    content = copy.deepcopy(content)
    spots = [(holder, key) for holder in walk(content) for key in keys(holder)]
    if not spots:
        return content
    holder, key = data.draw(st.sampled_from(spots), label="spot")
    how = data.draw(st.sampled_from(["replace", "remove", "double"]), label="how")
    if how == "replace":
        holder[key] = data.draw(JSON, label="by")
    elif how == "remove":
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[key] = [holder[key], copy.deepcopy(holder[key])]
    return content


def walk(content: object):
    if isinstance(content, dict | list):
        yield content
        for key in keys(content):
            yield from walk(content[key])


def keys(holder: dict | list) -> list:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def check(raw: bytes) -> None:
    """Nothing raised, all of it can be written as UTF-8 and strict JSON, and no message with an id is lost."""
    result = explode(raw)
    json.dumps([m.raw for m in result.messages], ensure_ascii=False, allow_nan=False).encode()
    json.dumps([[o.field, o.value, o.reason] for o in result.others], ensure_ascii=False, allow_nan=False).encode()
    for text in filter(
        None, (getattr(m, name) for m in result.messages for name in ("text", "name", "wamid", "wa_id"))
    ):
        text.encode()
    kept = [m.raw for m in result.messages]
    set_aside = [part for o in result.others for part in walk(o.value)]
    for message in messages_with_id(raw):
        assert message in kept or message in set_aside
    assert all(isinstance(m, Inbound) and m.wamid for m in result.messages)


def messages_with_id(raw: bytes) -> list[dict]:
    """Every object with a usable id where Meta puts messages, found another way than `explode` does."""
    content = json.loads(raw, parse_constant=str)
    found = []
    for entry in listed(content, "entry"):
        for change in listed(entry, "changes"):
            if isinstance(change, dict):
                found += listed(change.get("value"), "messages")
    usable = [m for m in found if isinstance(m, dict) and isinstance(m.get("id"), str) and m["id"].strip("\0 \n\t\r")]
    return [m for m in usable if json.dumps(m, ensure_ascii=False).isprintable()]


def listed(holder: object, key: str) -> list:
    part = holder.get(key) if isinstance(holder, dict) else None
    return part if isinstance(part, list) else []
