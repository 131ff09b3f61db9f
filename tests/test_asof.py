"""The register as it was after an earlier event, beside what it really was then."""

import random

import pytest

from store import check, commands, demo
from store.asof import as_of, last_event
from store.book import COLUMNS, case_row, part_rows
from store.db import rows

from .cases import add_message, approved, ask, confirm, forwarded, new_desk, press, reopen, take_in

TABLES = ("complaint", "assignment", "earlier_end", "event")


def table(register, name: str) -> list[dict]:
    with register.cursor() as cursor:
        return rows(cursor.execute(f"select * from {name} order by all"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("asof")) as desk:
        yield desk


def test_what_happened_later_is_undone(desk):
    first = confirm(desk, approved(desk, take_in(desk, "Sampah"), "DLH"))
    second, third = take_in(desk, "Lampu mati"), forwarded(desk, take_in(desk, "Jalan rusak"), "DPUPR")
    then, last = {name: table(desk.register, name) for name in TABLES}, last_event(desk.register)

    reopen(desk, first)
    second = commands.classify(desk, press(desk, second, "kota"), category="street_light")
    add_message(desk, third)
    commands.merge(desk, press(desk, take_in(desk, "Lampu mati lagi"), "kota"), parent=second.number)
    now = {name: table(desk.register, name) for name in TABLES}
    assert now["complaint"] != then["complaint"]
    with as_of(desk.register, last) as register:
        assert {name: table(register, name) for name in TABLES} == then
    # Nothing of it was kept, and nothing changed.
    assert {name: table(desk.register, name) for name in TABLES} == now
    with as_of(desk.register, last_event(desk.register)) as register:
        assert {name: table(register, name) for name in TABLES} == now
    with as_of(desk.register, 0) as register:
        assert {name: table(register, name) for name in TABLES} == {name: [] for name in TABLES}


def test_what_happens_meanwhile_is_not_seen(desk):
    take_in(desk, "Sebelum")
    with as_of(desk.register, last_event(desk.register)) as register:
        before = {name: table(register, name) for name in TABLES}
        forwarded(desk, take_in(desk, "Sesudah"), "DLH")
        assert {name: table(register, name) for name in TABLES} == before


def test_events_that_do_not_add_up_are_said(desk):
    case = take_in(desk, "Rusak")
    last = last_event(desk.register)
    add_message(desk, case)
    with desk.register.atomic() as cursor:
        cursor.execute("update event set kind = 'message' where complaint_id = ? and kind = 'received'", [case.id])
    with pytest.raises(ValueError, match="add up"), as_of(desk.register, last):
        pass
    with desk.register.atomic() as cursor:
        cursor.execute("update event set kind = 'received' where complaint_id = ? and from_state is null", [case.id])
    assert list(check.differences(desk.register)) == []


def test_any_moment_of_a_whole_demonstration_is_the_sum_of_its_events(tmp_path):
    with new_desk(tmp_path / "data") as desk:
        demo.fill(desk, complaints=150)
        events = table(desk.register, "event")
        events.sort(key=lambda row: row["id"])
        for place in random.Random(6).sample(range(len(events)), 4):
            last = events[place]["id"]
            wanted = [{name: row[name] for name in _OF_EVENT} for row in events[: place + 1]]
            then = check.add_up(wanted)
            assert not then.broken
            with as_of(desk.register, last) as register:
                found = {row["id"]: {name: row[name] for name in COLUMNS} for row in table(register, "complaint")}
                parts = table(register, "assignment")
                ends = table(register, "earlier_end")
                assert register.frame("select max(id) as last from event")["last"][0] == last
            assert found == {case.id: case_row(case) for case in then.cases.values()}
            order = ("complaint_id", "position")
            assert sorted(parts, key=lambda row: [row[name] for name in order]) == sorted(
                part_rows(then.cases.values()), key=lambda row: [row[name] for name in order]
            )
            assert sorted(map(str, ends)) == sorted(str(row) for rows_of in then.ends.values() for row in rows_of)
        assert ask(desk, "select count(*) from complaint") == [(150,)]


_OF_EVENT = ("complaint_id", "happened_at", "kind", "actor", "actor_role", "from_state", "to_state", "data")
