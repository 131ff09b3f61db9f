"""The drain: every inbox row takes effect exactly once, whatever comes and whatever fails."""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import conversation, drain
from store import delivery, inbox_log
from store.book import Book
from store.clock import now
from store.rules.deadline import to_jakarta
from store.rules.workflow import SYSTEM, Role, State

from .cases import new_desk
from .conftest import body, message
from .postbox import TABLES, Mailbox, agrees, ask, change, empty, one

PAYLOADS = sorted(p for p in (Path(__file__).parent / "payloads").glob("*.json") if p.name != "expected.json")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("office")) as desk:
        yield desk


@pytest.fixture
def mail(desk):
    """An empty register and an inbox that begins at 1."""
    empty(desk)
    change(desk, "delete from inbox_position")
    for file in desk.settings.data.glob("inbox.sqlite*"):
        file.unlink()
    mail = Mailbox(desk)
    yield mail
    mail.close()


def state_of(desk) -> dict:
    return {table: ask(desk, f"select * from {table} order by all") for table in (*TABLES, "inbox_position")}


def wamids(desk) -> list[str]:
    kept = [row["wamid"] for row in ask(desk, "select wamid from message_in order by id")]
    return kept + [row["wamid"] for row in ask(desk, "select wamid from message_waiting order by asked_at, wamid")]


def test_a_first_message_becomes_a_complaint_with_number_clock_and_one_answer(desk, mail):
    mail.take(body(message("Lampu mati", id="wamid.1")))
    case = one(desk, "select * from complaint")
    assert case["number"] == f"WA-{to_jakarta(now()).year}-00001"
    assert (case["state"], case["summary"], case["message_count"], case["unread"]) == (
        "received",
        "Lampu mati",
        1,
        True,
    )
    assert case["promise_due_at"] > case["received_at"]
    letter = one(desk, "select * from message_out")
    assert (letter["purpose"], letter["state"], letter["complaint_id"]) == ("acknowledgement", "queued", case["id"])
    assert case["number"] in letter["text"]
    assert agrees(desk)


@pytest.mark.parametrize("together", [True, False])
def test_the_same_body_twice_takes_effect_once(desk, mail, together):
    raw = body(message(id="wamid.1"))
    if together:
        mail.take(raw, raw)
    else:
        mail.take(raw)
        mail.take(raw)
    assert wamids(desk) == ["wamid.1"]
    assert len(ask(desk, "select * from message_out")) == 1
    assert one(desk, "select last_id from inbox_position")["last_id"] == 2


def test_the_same_message_in_another_body_or_twice_in_one_takes_effect_once(desk, mail):
    first, second = message("Satu", id="wamid.1"), message("Dua", id="wamid.2")
    mail.take(body(first, first), body(second, first))
    mail.take(body(message("Tiga", id="wamid.3"), second, first))
    assert wamids(desk) == ["wamid.1", "wamid.2", "wamid.3"]
    assert one(desk, "select message_count from complaint")["message_count"] == 3
    assert agrees(desk)


class Failing:
    """A cursor whose n-th statement fails."""

    def __init__(self, cursor, left: list[int], error: Exception):
        self._cursor, self._left, self._error = cursor, left, error

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def execute(self, *given):
        self._left[0] -= 1
        if self._left[0] == 0:
            raise self._error
        return self._cursor.execute(*given)


def test_a_failure_at_any_statement_leaves_nothing_half_done(desk, mail, monkeypatch):
    """Also the statements that write; afterwards each row is applied once, and the number is not lost."""
    mail.take(body(message("Pertama", id="wamid.0", wa_id="6285600000009")))
    picture = message(id="wamid.2", type="image", image={"id": "1", "mime_type": "image/png"})
    status = {"id": "wamid.out", "status": "delivered", "timestamp": "1790000000"}
    change(desk, "update message_out set state = 'accepted', wamid = 'wamid.out', attempts = 1, purpose = 'answer'")
    letter = one(desk, "select id from message_out")["id"]
    mail.put(body(message("Satu", id="wamid.1"), picture), body(statuses=[status]), b"bukan JSON")
    before, atomic = state_of(desk), desk.register.atomic
    failed_at = 0
    while True:
        failed_at += 1
        left = [failed_at]

        @contextmanager
        def failing(left=left):
            with atomic() as cursor:
                yield Failing(cursor, left, duckdb.IOException("the disk is full"))

        monkeypatch.setattr(desk.register, "atomic", failing)
        try:
            mail.drain()
            break
        except duckdb.IOException:
            assert state_of(desk) == before
    assert failed_at > 15
    assert wamids(desk) == ["wamid.0", "wamid.1", "wamid.2"]
    numbers = [row["number"][-5:] for row in ask(desk, "select number from complaint order by id")]
    assert numbers == ["00001", "00002"]
    assert one(desk, "select state from message_out where id = ?", letter)["state"] == "delivered"
    assert one(desk, "select last_id from inbox_position")["last_id"] == 4
    assert len(inbox_log.problems(desk.register)) == 1
    assert agrees(desk)


def test_a_row_that_cannot_be_applied_is_set_aside_and_blocks_nothing(desk, mail, monkeypatch, caplog):
    poison(monkeypatch)
    people = [message(text, wa_id=f"62856000000{n}") for n, text in enumerate(("a", "racun", "b", "c"), 10)]
    mail.put(*(body(person) for person in people))
    mail.drain()
    assert [row["summary"] for row in ask(desk, "select summary from complaint order by id")] == ["a", "b", "c"]
    problem = one(desk, "select * from inbox_problem")
    assert (problem["inbox_id"], problem["settled_at"]) == (2, None)
    assert json.loads(problem["raw"])["entry"][0]["changes"][0]["value"]["messages"][0]["text"] == {"body": "racun"}
    assert one(desk, "select last_id from inbox_position")["last_id"] == 4
    assert "racun" not in caplog.text
    assert agrees(desk)  # also: numbers without a gap after what was rolled back


def test_of_a_body_with_one_message_that_cannot_be_applied_the_others_are(desk, mail, monkeypatch):
    """Meta puts messages of several people into one body when the listener has been away."""
    poison(monkeypatch)
    people = [message(text, wa_id=f"62856000000{n}") for n, text in enumerate(("a", "racun", "b"), 10)]
    mail.put(body(*people))
    mail.drain()
    assert [row["summary"] for row in ask(desk, "select summary from complaint order by id")] == ["a", "b"]
    problem = one(desk, "select * from inbox_problem")
    assert [each["text"]["body"] for each in json.loads(problem["raw"])] == ["racun"]
    assert one(desk, "select last_id from inbox_position")["last_id"] == 1
    assert agrees(desk)


def test_after_an_end_in_the_middle_of_such_a_body_nothing_is_taken_in_twice(desk, mail, monkeypatch):
    poison(monkeypatch)
    mail.put(body(*(message(text, wa_id=f"62856000000{n}") for n, text in enumerate(("a", "racun", "b"), 10))))
    with monkeypatch.context() as patch:
        patch.setattr(drain.inbox_log, "note_problem", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            mail.drain()
    assert one(desk, "select coalesce(max(last_id), 0) as n from inbox_position")["n"] == 0
    mail.drain()
    assert [row["summary"] for row in ask(desk, "select summary from complaint order by id")] == ["a", "b"]
    assert len(ask(desk, "select * from inbox_problem")) == 1
    assert agrees(desk)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", b"[]", b"{}", b'{"entry": [{"changes": [{"value": 1}]}]}', b"nul"]
)
def test_a_body_that_cannot_be_read_is_kept_for_the_administrator(desk, mail, raw):
    mail.take(raw, body(message()))
    assert inbox_log.problems(desk.register)[0]["inbox_id"] == 1
    assert len(ask(desk, "select * from complaint")) == 1


def test_a_message_without_any_sender_is_kept_for_the_administrator(desk, mail):
    mail.take(body(message(id="wamid.x", **{"from": None})))
    assert wamids(desk) == []
    assert "wamid.x" in one(desk, "select raw from inbox_problem")["raw"]


def poison(patch) -> None:
    """Let the word `racun` break the program."""
    decide = conversation.decide

    def poisoned(heard, *rest):
        if heard.text == "racun":
            raise ZeroDivisionError(heard.text)
        return decide(heard, *rest)

    patch.setattr(conversation, "decide", poisoned)


@pytest.mark.parametrize("second", ["Dua", "racun"])
@pytest.mark.parametrize("error", [duckdb.IOException("full"), MemoryError()])
def test_trouble_of_the_register_sets_nothing_aside(desk, mail, monkeypatch, error, second):
    """A full disk is no fault of the complaint: it waits, also where another row of the batch is at fault."""
    mail.put(body(message("Satu")), body(message(second, wa_id="6285600000002")))
    with monkeypatch.context() as patch:
        poison(patch)
        patch.setattr(delivery, "apply_statuses", lambda *_: (_ for _ in ()).throw(error))
        with pytest.raises(type(error)):
            drain.drain_once(desk, mail.reader)
    assert not ask(desk, "select * from inbox_problem")
    mail.drain()
    assert len(ask(desk, "select * from complaint")) == 2


def test_an_inbox_that_was_replaced_is_applied_from_its_beginning(desk, mail):
    mail.take(body(message(id="wamid.1")), body(message(id="wamid.2")))
    change(desk, "update inbox_position set last_id = 500")
    mail.put(body(message(id="wamid.3")))
    drain.drain_once(desk, mail.reader)
    mail.drain()
    assert wamids(desk) == ["wamid.1", "wamid.2", "wamid.3"]


def test_the_clock_starts_when_the_listener_had_the_message(desk, mail):
    received = datetime(2026, 3, 2, 3, 0)
    mail.take(body(message(timestamp="1700000000")), received_at=received)
    case = one(desk, "select * from complaint")
    assert case["received_at"] == received
    assert case["promise_due_at"] == desk.limits(received)["promise_due_at"]
    assert case["number"].startswith("WA-2026-")
    kept = one(desk, "select * from message_in")
    assert (kept["received_at"], kept["sent_at"]) == (received, datetime(2023, 11, 14, 22, 13, 20))


def test_the_year_of_a_number_is_jakartas(desk, mail):
    mail.take(body(message()), received_at=datetime(2026, 12, 31, 17, 30))
    mail.take(body(message(wa_id="6285600000002")), received_at=datetime(2026, 12, 31, 16, 30))
    assert {row["number"] for row in ask(desk, "select number from complaint")} == {"WA-2027-00001", "WA-2026-00001"}
    assert agrees(desk)


def test_a_phones_clock_that_runs_ahead_opens_the_window_no_longer(desk, mail):
    mail.take(body(message(timestamp="4000000000")))
    assert one(desk, "select last_inbound_at from contact")["last_inbound_at"] <= now()


def test_an_older_message_that_comes_late_moves_nothing_back(desk, mail):
    mail.take(body(message("Baru", timestamp="1790000000", name="Siti Baru")))
    mail.take(body(message("Lama", timestamp="1780000000", name="Siti Lama")))
    contact = one(desk, "select * from contact")
    assert (contact["last_inbound_at"], contact["name"]) == (datetime(2026, 9, 21, 14, 13, 20), "Siti Baru")
    assert one(desk, "select message_count from complaint")["message_count"] == 2


def test_every_known_shape_is_taken_in_with_nothing_lost(desk, mail):
    mail.take(*(path.read_bytes() for path in PAYLOADS))
    kept = set(wamids(desk)) | {row["raw"] for row in ask(desk, "select raw from inbox_problem")}
    for path in PAYLOADS:
        for change_ in [c for e in json.loads(path.read_bytes())["entry"] for c in e.get("changes", ())]:
            for sent in change_["value"].get("messages", ()):
                known = sent["id"] in kept or any(sent["id"] in raw for raw in kept)
                assert known, f"{path.name}: {sent['id']} is lost"
    assert not [p for p in inbox_log.problems(desk.register) if "tidak dapat diterapkan" in p["reason"]]
    assert agrees(desk)
    before = state_of(desk)
    mail.take(*(path.read_bytes() for path in PAYLOADS))
    for table in set(TABLES) - {"inbox_problem"}:
        assert state_of(desk)[table] == before[table]


def test_messages_under_a_field_of_the_future_are_shown_to_the_administrator(desk, mail):
    raw = body(message(id="wamid.f")).replace(b'"field": "messages"', b'"field": "messages_v2"')
    mail.take(raw)
    assert "wamid.f" in one(desk, "select raw from inbox_problem")["raw"]


def test_corrections_keep_what_was_written_first(desk, mail):
    about = {"original_message_id": "wamid.1"}
    corrected = about | {"message": {"type": "text", "text": {"body": "Jalan"}}}
    mail.take(body(message("Lampu mati", id="wamid.1")))
    mail.take(
        body(
            message(
                id="wamid.2",
                type="edit",
                edit=corrected,
            ),
            message(id="wamid.3", type="reaction", reaction={"message_id": "wamid.1", "emoji": "👍"}),
            message(id="wamid.4", type="revoke", revoke=about),
        )
    )
    kept = ask(desk, "select kind, text, refers_to, complaint_id from message_in order by id")
    assert [(m["kind"], m["text"]) for m in kept] == [
        ("text", "Lampu mati"), ("edit", "Jalan"), ("reaction", "👍"), ("revoke", None),
    ]  # fmt: skip
    assert {m["refers_to"] for m in kept[1:]} == {"wamid.1"}
    assert len({m["complaint_id"] for m in kept}) == 1
    assert one(desk, "select summary from complaint")["summary"] == "Lampu mati"


def test_corrections_of_something_unknown_open_no_complaint(desk, mail):
    mail.take(
        body(
            message(type="revoke", revoke={"original_message_id": "wamid.?"}),
            message(type="reaction", reaction={"message_id": "wamid.?", "emoji": "👍"}),
        )
    )
    assert len(wamids(desk)) == 2
    assert not ask(desk, "select * from complaint")
    assert not ask(desk, "select * from message_out")


PEOPLE = [("6285600000001", None), ("6285600000001", "ID.A"), (None, "ID.A"), (None, "ID.B"), ("6285600000002", "ID.B")]
PEOPLE += [("6285600000003", None), (None, None)]
_text = st.sampled_from(["Lampu mati", "terima kasih", "WA-2026-00001", "WA-2026-00002 sudah?", "Ya", "👍", "x" * 500])


@st.composite
def sent_messages(draw):
    """Any kind of message from a few people, about messages that may or may not exist."""
    wa_id, bsuid = draw(st.sampled_from(PEOPLE))
    target = f"wamid.{draw(st.integers(0, 12))}"
    number = f"WA-2026-0000{draw(st.integers(1, 4))}"
    press = f"{draw(st.sampled_from(['confirm', 'reopen']))}:{number}"
    button = {"type": "button_reply", "button_reply": {"id": press}}
    system = {"type": "user_changed_number", "wa_id": draw(st.sampled_from(["6285600000003", "6285600000004"]))}
    if draw(st.booleans()):
        system["user_id"] = draw(st.sampled_from(["ID.A", "ID.C"]))
    parts = {
        "text": {"body": draw(_text)},
        "image": {"id": "77", "mime_type": "image/png"},
        "location": {"latitude": -6.88, "longitude": 109.67},
        "interactive": button,
        "button": {"payload": press, "text": "Sudah"},
        "reaction": {"message_id": target, "emoji": "👍"},
        "edit": {"original_message_id": target, "message": {"type": "text", "text": {"body": "Ubah"}}},
        "revoke": {"original_message_id": target},
        "system": system,
        "unsupported": {},
        "hologram": {"x": 1},
    }
    kind = draw(st.sampled_from(sorted(parts)))
    built = {"id": f"wamid.{draw(st.integers(0, 12))}", "type": kind, kind: parts[kind]}
    built |= {"from": wa_id, "from_user_id": bsuid, "timestamp": str(1767300000 + draw(st.integers(0, 9)))}
    if draw(st.booleans()):
        built["context"] = {"id": target}
    return {key: value for key, value in built.items() if value is not None}


def send_results(desk, when: datetime) -> None:
    """Every open case has its result sent, as if all the work had been done."""
    with desk.register.atomic() as cursor:
        book = Book(cursor, when)
        for case in book.load("where ended_at is null", []):
            book.record(case, "approve", SYSTEM, Role.CITY, State.AWAITING_CONFIRMATION, when, text="Selesai")
        book.write()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.tuples(st.lists(sent_messages(), min_size=1, max_size=5), st.booleans()), max_size=6))
def test_whatever_comes_nothing_is_lost_or_done_twice(mail, batches):
    desk, received = mail.desk, datetime(2026, 1, 5)
    empty(desk)
    for sent, finished in batches:
        # Each body twice, the second time in another order; both in one batch of the drain.
        mail.take(body(*sent), body(*reversed(sent)), received_at=received)
        received += timedelta(days=1)
        if finished:
            send_results(desk, received)
    kept = wamids(desk)
    aside = {json.loads(row["raw"])["id"] for row in ask(desk, "select raw from inbox_problem")}
    assert len(kept) == len(set(kept))
    assert {m["id"] for sent, _ in batches for m in sent} == set(kept) | aside
    assert not ask(desk, "select 1 from inbox_problem where reason <> 'pesan tanpa pengirim'")
    acknowledged = [r["complaint_id"] for r in ask(desk, "select * from message_out where purpose = 'acknowledgement'")]
    assert sorted(acknowledged) == [row["id"] for row in ask(desk, "select id from complaint order by id")]
    for table in ("complaint", "message_in", "message_out", "contact_identity", "media"):
        owner = f"select c.merged_into from {table} t left join contact c on c.id = t.contact_id"
        assert not ask(desk, owner + " where c.id is null or c.merged_into is not null")
    assert agrees(desk)
