"""A case is the sum of its events: random lives on the real register, folded anew and counted by hand; numbers."""

import json
import random
from dataclasses import fields
from datetime import datetime, timedelta

import pytest

from store.book import Book
from store.check import differences
from store.clock import now as clock_now
from store.db import rows
from store.rules.case import QUIET, Assignment, Case, Event
from store.rules.errors import Conflict, NotFound, RuleBroken
from store.rules.fold import apply, fold
from store.rules.workflow import MOVES, REPORTER

from .cases import ask, new_desk, read_case, take_in, without_whatsapp
from .life import live


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("case")) as desk:
        yield desk


def events_of(desk, case_id: int) -> list[Event]:
    with desk.register.cursor() as cursor:
        found = rows(
            cursor.execute(
                "select complaint_id, happened_at, kind, actor, actor_role, from_state, to_state, data "
                "from event where complaint_id = ? order by id",
                [case_id],
            )
        )
    return [Event(**(row | {"data": json.loads(row["data"])})) for row in found]


@pytest.mark.parametrize("seed", range(4))
def test_after_any_life_the_row_is_what_its_events_add_up_to(desk, seed):
    dice, now = random.Random(seed), clock_now() - timedelta(days=400)
    cases = [take_in(desk, now=now, phone=f"62856{seed:04d}{n}") for n in range(3)]
    cases += [without_whatsapp(desk, now), without_whatsapp(desk, now, kind="official", confidential=True)]
    refused = live(desk, cases, dice, 260, now, (RuleBroken, Conflict, NotFound))
    assert 0 < refused < 200
    assert list(differences(desk.register)) == []
    for case in cases:
        events, stored = events_of(desk, case.id), read_case(desk, case.id)
        assert fold(events) == stored
        for length in range(1, len(events) + 1):
            count_by_hand(fold(events[:length]), events[:length])


def count_by_hand(case: Case, events: list[Event]) -> None:
    """What can be said of a case without the code that folds."""
    kinds = [event.kind for event in events]
    assert case.state == events[-1].to_state
    assert case.version == 1 + sum(kind not in QUIET for kind in kinds[1:])
    assert case.message_count == kinds.count("message")
    assert case.returned_count == kinds.count("return")
    assert case.reopened_count == kinds.count("reopen")
    assert case.received_at == events[0].happened_at
    assert [e.from_state for e in events[1:]] == [e.to_state for e in events[:-1]]
    ended = ("closed", "answered", "rejected", "duplicate", "referred", "withdrawn", "archived")
    assert case.state in ended or case.ended_at is None
    assert (case.paused_at is not None) == (case.state == "awaiting_reporter")
    assert case.due_at is None or (case.ended_at is None and case.stopped_at is None and case.paused_at is None)
    assert (case.parent_id is not None) == (case.state == "duplicate")
    assert case.child_count == kinds.count("adopt") - kinds.count("part") >= 0
    assert case.not_ours_count == sum(e.data.get("reason") == "not_ours" for e in events)
    assert case.state != "closed" or (
        case.ended_at is not None and case.closing in ("confirmed", "by_officer", "silence")
    )
    assert (case.closing is None) == (case.state != "closed")
    holders = [part.department for part in case.assignments if part.state != "returned"]
    assert case.departments == ("|" + "|".join(holders) + "|" if holders else "")
    assert [p.department for p in case.assignments if p.lead] == ([case.department] if holders else [])
    # What tells that it is about an official and what takes it from the departments are written together.
    if case.kind == "official" and kinds[-1] != "classify":
        assert set(holders) <= {"INSPEKTORAT"}
    if case.state in ("forwarded", "accepted", "in_progress", "scheduled", "in_review"):
        order = ["forwarded", "accepted", "in_progress", "scheduled", "in_review"]
        assert case.state == min((p.state for p in case.assignments), key=order.index)
    if case.stopped_at is None and case.state != "duplicate":
        assert case.ended_at is None
    human = [e.happened_at for e in events if e.kind in ("answer", "reply", "approve", "refer", "follow")]
    assert case.first_answer_at == (human[0] if human else None)


def test_every_column_of_a_complaint_is_a_field_of_the_case_and_the_other_way_round(desk):
    columns = {name for (name,) in ask(desk, "select column_name from duckdb_columns() where table_name = 'complaint'")}
    # When a complaint was made anonymous is no event of it: that changes its events.
    assert columns == {field.name for field in fields(Case)} - {"assignments"} | {"anonymised_at"}
    columns = {
        name for (name,) in ask(desk, "select column_name from duckdb_columns() where table_name = 'assignment'")
    }
    assert columns == {field.name for field in fields(Assignment)} | {"complaint_id", "position"}


def test_a_case_starts_with_its_first_event():
    with pytest.raises(ValueError, match="received"):
        apply(None, Event(1, clock_now(), "note", "kota", "city", None, None, {}))
    assert fold([]) is None


def test_every_event_the_code_writes_is_a_move_or_the_first(desk):
    found = dict(ask(desk, "select kind, count(*) from event group by 1"))
    written = set(found)
    assert written <= {move.name for move in MOVES} | {"received"}
    assert len(written) > 25, found


def take_a_number_and_fail(desk, channel: str, when: datetime) -> None:
    with desk.register.atomic() as cursor:
        book = Book(cursor, when)
        book.open_case(channel, 1, REPORTER, when, summary="hilang", **desk.limits(when))
        book.write()
        raise OSError("lost")


def test_numbers_have_no_gap_after_a_change_that_failed(settings):
    with new_desk(settings.data) as desk:
        when = datetime(2026, 5, 4, 3)
        first = take_in(desk, now=when)
        for _ in range(3):
            with pytest.raises(OSError, match="lost"):
                take_a_number_and_fail(desk, "WA", when)
        second = take_in(desk, now=when)
        assert (first.number, second.number) == ("WA-2026-00001", "WA-2026-00002")
        assert second.id > first.id + 1
        assert list(differences(desk.register)) == []


@pytest.mark.parametrize(
    ("when", "channel", "expected"),
    [
        (datetime(2030, 12, 31, 16, 59, 59), "WA", "WA-2030-00001"),
        (datetime(2030, 12, 31, 17, 0, 0), "WA", "WA-2031-00001"),
        (datetime(2030, 12, 31, 17, 0, 1), "WA", "WA-2031-00002"),
        (datetime(2030, 12, 31, 17, 0, 1), "LOK", "LOK-2031-00001"),
        (datetime(2031, 12, 31, 16, 59, 59), "WA", "WA-2031-00003"),
    ],
)
def test_numbers_run_by_channel_and_by_jakartas_year(desk, when, channel, expected):
    case = take_in(desk, now=when) if channel == "WA" else without_whatsapp(desk, when, channel)
    assert case.number == expected


def test_numbers_go_on_past_five_digits(desk):
    with desk.register.atomic() as cursor:
        cursor.execute("insert into number_counter values ('TLP', 2033, 99999)")
    assert without_whatsapp(desk, datetime(2033, 3, 3), "TLP").number == "TLP-2033-100000"
