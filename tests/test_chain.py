"""The event log is a chain: whatever SQL changes in it, `check` names the first row that does not fit."""

import json
import random

import duckdb
import pytest

from store import audit, ledger, rebuild, settings
from store.__main__ import main
from store.clock import now as clock_now
from store.desk import open_desk
from store.rules.errors import Conflict, NotFound, RuleBroken
from store.rules.personal import ERASED, OPEN, open_text, opened

from .cases import approved, ask, confirm, forwarded, take_in
from .life import live
from .test_migration import make_first_release


@pytest.fixture
def ids(desk) -> list[int]:
    """The events of two cases, one of them through its whole life."""
    forwarded(desk, take_in(desk))
    confirm(desk, approved(desk, take_in(desk)))
    assert list(ledger.misfits(desk.register)) == []
    return [event_id for (event_id,) in ask(desk, "select id from event order by id")]


def after(desk, statement: str, *params) -> ledger.Misfit | None:
    with desk.register.atomic() as cursor:
        cursor.execute(statement, list(params))
    return next(ledger.misfits(desk.register), None)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'kota2'", "actor_role = 'official'", "kind = 'note'", "from_state = 'closed'", "to_state = 'closed'",
        "happened_at = happened_at + interval 1 second", "complaint_id = complaint_id + 1", "data = '{}'",
        "data = replace(data, '}', ', \"note\": \"lain\"}')",
        "data = replace(data, '\"department\": \"', '\"department\": \"X')", "hash = null",
        "seal = null, salt = null", "salt = null", "hash = 'abc'", "data = '{'", "id = id + 1000",
    ],
)  # fmt: skip
def test_a_changed_event_is_named(desk, ids, change):
    ((target,),) = ask(desk, "select min(id) from event where kind = 'forward'")
    found = after(desk, f"update event set {change} where id = ?", target)
    # Whoever moves a row out of its place leaves a gap behind it.
    expected = target if "id = id" not in change or "complaint" in change else target + 1
    assert (found.chain, found.row) == ("event", expected)


def test_changed_words_alone_are_named(desk, ids):
    ((target, data),) = ask(desk, "select id, data from event where kind = 'submit_result'")
    other = json.dumps(json.loads(data) | {"text": "Tidak jadi"}, ensure_ascii=False)
    assert open_text(other) == open_text(data)
    assert after(desk, "update event set data = ? where id = ?", other, target).row == target


def test_a_removed_event_is_named_by_its_successor(desk, ids):
    assert after(desk, "delete from event where id = ?", ids[3]).row == ids[4]


def test_events_removed_at_the_end_are_missed(desk, ids):
    found = after(desk, "delete from event where id >= ?", ids[-2])
    assert found.row is None
    assert f"{len(ids)} were written" in str(found)


def test_all_events_removed_are_missed(desk, ids):
    assert after(desk, "delete from event").row is None


def test_an_event_slipped_in_is_named(desk, ids):
    found = after(
        desk,
        """
        insert into event select max(id) + 1, any_value(complaint_id), max(happened_at), 'note', 'kota', 'city',
            'received', 'received', '{}', null, null, max(hash) from event
        """,
    )
    assert found.row == ids[-1] + 1


def test_an_exchange_of_the_last_event_is_noticed(desk, ids):
    """Even one whose own hash fits: the head says which was written."""
    with desk.register.cursor() as cursor:
        cursor.execute("select * from event order by id desc limit 1")
        names = [column[0] for column in cursor.description]
        last = dict(zip(names, cursor.fetchone(), strict=True)) | {"actor": "kota2"}
    (before,) = ask(desk, "select hash from event order by id desc offset 1 limit 1")
    ledger._link_all(before[0], [last])
    found = after(
        desk, "update event set actor = 'kota2', hash = ?, seal = ?, salt = ? where id = ?",
        last["hash"], last["seal"], last["salt"], last["id"],
    )  # fmt: skip
    assert found.row is None


def test_what_was_written_in_an_event_is_not_erased_without_a_record_of_it(desk, ids):
    ((target, data),) = ask(desk, "select id, data from event where kind = 'message' order by id limit 1")
    found = after(desk, "update event set data = ?, salt = null where id = ?", open_text(data), target)
    assert found.row == target
    assert "no anonymising" in found.reason


def test_the_first_of_several_is_named_and_the_others_counted(desk, ids):
    found = after(desk, "update event set actor = 'x' where id in (?, ?)", ids[1], ids[4])
    assert (found.row, found.further) == (ids[1], 1)


def test_the_command_line_names_it_and_still_compares_everything(desk, ids, monkeypatch, capsys):
    monkeypatch.setenv("WADUL_DATA", str(desk.settings.data))
    with desk.register.atomic() as cursor:
        cursor.execute("update event set actor = 'kota2' where id = ?", [ids[2]])
        cursor.execute("update complaint set summary = 'lain' where id = 2")
    desk.register.close()
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert f"event log: row {ids[2]} (" in said
    assert "summary is 'lain'" in said


def test_the_command_line_says_where_the_chains_end(desk, ids, monkeypatch, capsys):
    end = ledger.heads(desk.register)["event"]
    monkeypatch.setenv("WADUL_DATA", str(desk.settings.data))
    desk.register.close()
    assert main(["check"]) == 0
    assert f"The event log fits: {len(ids)} rows, the last is {ids[-1]} with the hash {end.hash}" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("size", [3, 50_000])
def test_the_events_of_an_earlier_release_are_chained_once(tmp_path, monkeypatch, size):
    monkeypatch.setattr(ledger, "CHUNK", size)
    given = settings.load({"WADUL_DATA": str(tmp_path)})
    make_first_release(given.register)
    desk = open_desk(given)
    try:
        assert list(ledger.misfits(desk.register)) == []
        before = ask(desk, "select id, hash from event order by id")
        assert all(hashed for _, hashed in before)
        assert ledger.chain_old(desk.register) == 0
        # A row without a hash is an earlier release's only until the chain was made.
        assert after(desk, "update event set hash = null where id = 3").row == 3
        assert ledger.chain_old(desk.register) == 0
    finally:
        desk.register.close()


def test_chaining_that_was_cut_off_goes_on_where_it_was(tmp_path, monkeypatch):
    given = settings.load({"WADUL_DATA": str(tmp_path)})
    make_first_release(given.register)
    monkeypatch.setattr(ledger, "CHUNK", 7)
    real, calls = ledger._link_all, []

    def dies(previous, new):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(previous, new)

    monkeypatch.setattr(ledger, "_link_all", dies)
    with pytest.raises(KeyboardInterrupt):
        open_desk(given)
    monkeypatch.setattr(ledger, "_link_all", real)
    desk = open_desk(given)
    try:
        assert list(ledger.misfits(desk.register)) == []
    finally:
        desk.register.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_chain_fits_after_random_lives(desk, seed):
    dice = random.Random(seed)
    cases = [take_in(desk, phone=f"6285{n:09d}") for n in range(3)]
    live(desk, cases, dice, 150, clock_now(), (RuleBroken, NotFound, Conflict))
    assert list(ledger.misfits(desk.register)) == []
    # Opening what is stored twice changes nothing, and hashing it again gives the same.
    for (data,) in ask(desk, "select data from event"):
        assert open_text(open_text(data)) == open_text(data)


def test_what_is_not_known_to_be_open_is_erased():
    data = {
        "number": "WA-2026-00001", "name": "Siti", "said": {"name": "Siti", "kelurahan": "x", "corrected": ["name"]},
        "some": [{"deep": "Budi"}], "latitude": -6.88888, "text": "", "note": None, "media": True, "count": 3,
    }  # fmt: skip
    assert opened(data) == {
        "number": "WA-2026-00001", "name": ERASED, "said": {"name": ERASED, "kelurahan": "x", "corrected": ["name"]},
        "some": [{"deep": ERASED}], "latitude": -6.89, "text": "", "note": None, "media": True, "count": 3,
    }  # fmt: skip
    assert not OPEN & {"text", "note", "summary", "address", "said", "words", "message", "name", "reference", "body"}


def test_equal_words_have_different_seals(desk):
    take_in(desk, "Sama")
    take_in(desk, "Sama", phone="6285600000002")
    seals = ask(desk, "select seal, salt from event where kind = 'message'")
    assert len({seal for seal, _ in seals}) == 2
    assert all(len(salt) == 32 for _, salt in seals)


def test_the_file_alone_shows_it(desk, ids):
    """By another program on the closed file, as whoever tampers with it would."""
    path = desk.register.path
    desk.register.close()
    connection = duckdb.connect(str(path))
    connection.execute("update event set to_state = 'closed' where id = ?", [ids[1]])
    connection.close()
    again = open_desk(desk.settings)
    try:
        assert next(ledger.misfits(again.register)).row == ids[1]
    finally:
        again.register.close()


def test_an_event_that_was_slipped_in_is_not_chained_by_taking_the_mark_away(desk, ids):
    """The mark says that an earlier release's events are chained; without it they would be chained once more."""
    audit.record(desk.register, "kota", "exported", "daftar.csv", rows=1)
    with desk.register.atomic() as cursor:
        cursor.execute(
            "insert into event by name (select * replace (id + 1 as id, null as hash) from event "
            "order by id desc limit 1)"
        )
        cursor.execute("update chain_head set complete = false where name = 'event'")
    assert rebuild.fill_new_columns(desk.register) == 0
    assert next(misfit.row for misfit in ledger.misfits(desk.register) if misfit.chain == "event") == ids[-1] + 1
