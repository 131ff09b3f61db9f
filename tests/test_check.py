"""`check` finds what was written past the commands: a changed row, a lost event, a gap in the numbers."""

import pytest

from store.check import count, differences

from .cases import approved, confirm, forwarded, new_desk, take_in


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("check")) as desk:
        yield desk


TABLES = ("complaint", "assignment", "event", "number_counter")


@pytest.fixture(scope="module")
def made(desk):
    """Three cases that agree with their events, and copies of the tables to go back to."""
    found = [take_in(desk), forwarded(desk, take_in(desk)), confirm(desk, approved(desk, take_in(desk)))]
    assert list(differences(desk.register)) == []
    with desk.register.atomic() as cursor:
        for table in TABLES:
            cursor.execute(f"create table kept_{table} as select * from {table}")
    return found


@pytest.fixture
def cases(desk, made):
    """The three cases; what a test spoils in them is undone."""
    yield made
    with desk.register.atomic() as cursor:
        for table in TABLES:
            cursor.execute(f"delete from {table}")
    with desk.register.atomic() as cursor:
        for table in TABLES:
            cursor.execute(f"insert into {table} select * from kept_{table}")


def spoil(desk, statement: str, *params) -> list[tuple[str, str]]:
    """What check says after a statement past the commands: (number, column)."""
    with desk.register.atomic() as cursor:
        cursor.execute(statement, list(params))
    return [(difference.number, difference.column) for difference in differences(desk.register)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "closed"),
        ("department", "DLH"),
        ("version", 99),
        ("confidential", True),
        ("promise_due_at", "2020-01-01 00:00:00"),
        ("ended_at", "2020-01-01 00:00:00"),
        ("summary", "lain"),
        ("contact_id", 999),
        ("unread", False),
        ("latitude", -6.9),
        ("departments", "|DLH|"),
        ("due_at", "2020-01-01 00:00:00"),
        ("paused_at", "2020-01-01 00:00:00"),
        ("escalated", "end"),
        ("child_count", 1),
        ("elements", "identity"),
    ],
)
def test_a_changed_row_is_found_and_named(desk, cases, column, value):
    found = spoil(desk, f"update complaint set {column} = ? where id = ?", value, cases[0].id)
    assert found == [(cases[0].number, column)]


@pytest.mark.parametrize(
    "change",
    [
        "update assignment set state = 'accepted'",
        "update assignment set department = 'DLH'",
        "update assignment set lead = false",
        "update assignment set accept_due_at = null",
        "update assignment set handler = 'tim.dlh'",
        "delete from assignment",
    ],
)
def test_a_changed_part_is_found_and_named(desk, cases, change):
    found = spoil(desk, f"{change} where complaint_id = ?", cases[1].id)
    assert found == [(cases[1].number, "assignments")]


def test_what_is_said_names_both_values(desk, cases):
    spoil(desk, "update complaint set state = 'closed' where id = ?", cases[1].id)
    (said,) = [str(difference) for difference in differences(desk.register)]
    assert said == f"{cases[1].number}: state is 'closed', the events say 'forwarded'"


@pytest.mark.parametrize("kind", ["message", "forward", "accept", "start", "submit_result", "approve", "confirm"])
def test_a_lost_event_is_found(desk, cases, kind):
    found = spoil(desk, "delete from event where complaint_id = ? and kind = ?", cases[2].id, kind)
    assert found
    assert {number for number, _ in found} == {cases[2].number}


def test_a_lost_first_event_is_said_and_the_other_cases_are_still_compared(desk, cases):
    spoil(desk, "update complaint set summary = 'lain' where id = ?", cases[2].id)
    found = spoil(desk, "delete from event where complaint_id = ? and kind = 'received'", cases[1].id)
    assert found == [(cases[1].number, "events"), (cases[2].number, "summary")]


@pytest.mark.parametrize("data", ["{", "[]", "null", "{}", '{"department": "DLH"'])
def test_an_event_that_cannot_be_read_is_said(desk, cases, data):
    found = spoil(desk, "update event set data = ? where complaint_id = ? and kind = 'forward'", data, cases[1].id)
    assert {number for number, _ in found} == {cases[1].number}


def test_all_events_lost(desk, cases):
    assert spoil(desk, "delete from event where complaint_id = ?", cases[0].id) == [(cases[0].number, "row")]


def test_a_lost_row_is_found_by_its_events_and_by_the_gap_it_leaves(desk, cases):
    found = spoil(desk, "delete from complaint where id = ?", cases[1].id)
    assert found == [(f"#{cases[1].id}", "row"), (cases[0].number[:7], "numbers")]


def test_a_gap_in_the_numbers_and_a_counter_that_disagrees_are_found(desk, cases):
    spoil(desk, "delete from event where complaint_id = ?", cases[1].id)
    assert spoil(desk, "delete from complaint where id = ?", cases[1].id) == [(cases[0].number[:7], "numbers")]
    with desk.register.atomic() as cursor:
        cursor.execute("insert into complaint select * from kept_complaint where id = ?", [cases[1].id])
        cursor.execute("insert into event select * from kept_event where complaint_id = ?", [cases[1].id])
    assert spoil(desk, "update number_counter set last = last + 1") == [(cases[0].number[:7], "numbers")]


def test_a_number_of_another_form_is_said_not_stumbled_over(desk, cases):
    found = spoil(desk, "update complaint set number = 'abc' where id = ?", cases[0].id)
    assert found[0] == ("abc", "number")
    assert "numbers" in [column for _, column in found]


def test_it_counts_what_it_compared(desk, cases):
    complaints, events = count(desk.register)
    with desk.register.cursor() as cursor:
        assert cursor.execute("select count(*) from complaint").fetchone() == (complaints,)
        assert cursor.execute("select count(*) from event").fetchone() == (events,)
    assert complaints == 3
    assert events > 10


def test_chunks_together_cover_every_case(desk, cases, monkeypatch):
    monkeypatch.setattr("store.check.CHUNK", 2)
    spoil(desk, "update complaint set summary = 'lain'")
    found = [difference.number for difference in differences(desk.register)]
    with desk.register.cursor() as cursor:
        numbers = [number for (number,) in cursor.execute("select number from complaint order by id").fetchall()]
    assert found == numbers
