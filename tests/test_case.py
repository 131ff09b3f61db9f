"""A case is the sum of its events: random lives on the real register, folded anew and counted by hand; numbers."""

import json
import random
from dataclasses import fields
from datetime import datetime, timedelta

import pytest

from store import commands, silence
from store.book import Book
from store.check import differences
from store.clock import now as clock_now
from store.db import rows
from store.rules.case import QUIET, Case, Event, apply, fold
from store.rules.errors import Conflict, NotFound, RuleBroken
from store.rules.workflow import MOVES, REPORTER, RETURN_REASONS

from .cases import (
    PHOTO,
    add_message,
    ask,
    by_system,
    confirm,
    new_desk,
    press,
    reopen,
    take_in,
    without_whatsapp,
)

PEOPLE = ("kota", "kota2", "pejabat", "opd.dlh", "tim.dlh", "opd.dishub", "tim.dishub", "pimpinan", "admin")
CATEGORIES = ("waste", "civil_registry", "official", "other")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("case")) as desk:
        yield desk


def random_step(desk, case: Case, dice: random.Random, now: datetime) -> None:
    """One thing that may happen to a case, allowed or not."""
    facts = dice.choice([{}, {"category": dice.choice(CATEGORIES)}, {"address": "Jl. Melati"}, {"kind": "wish"}])
    by = press(desk, case, dice.choice(PEOPLE), version=case.version - (dice.random() < 0.1))
    do = {
        "forward": lambda: commands.forward(
            desk, by, department=dice.choice(("DLH", "DISHUB")), note="n", now=now, **facts
        ),
        "answer": lambda: commands.answer(desk, by, text="Jawaban", now=now, **facts),
        "accept": lambda: commands.accept(desk, by, now=now),
        "return": lambda: commands.return_to_city(desk, by, reason=dice.choice(RETURN_REASONS), note="n", now=now),
        "start": lambda: commands.start(desk, by, now=now),
        "submit": lambda: commands.submit_result(desk, by, text="Hasil", files=[PHOTO], now=now),
        "approve": lambda: commands.approve(desk, by, text="Hasil", now=now),
        "send_back": lambda: commands.send_back(desk, by, note="n", now=now),
        "close": lambda: commands.close(desk, by, note="n", now=now),
        "told": lambda: commands.told(desk, by, note="n", now=now),
        "reply": lambda: commands.reply(desk, by, text="Halo", now=now),
        "note": lambda: commands.note(desk, by, text="n", now=now),
        "classify": lambda: commands.classify(desk, by, now=now, **facts),
        "message": lambda: add_message(desk, case, media_id=dice.choice((None, "9")), now=now),
        "confirm": lambda: case.state == "awaiting_confirmation" and confirm(desk, case, now),
        "reopen": lambda: case.state in ("closed", "answered") and reopen(desk, case, now),
        "delivered": lambda: by_system(desk, case, "delivered"),
        "failed": lambda: by_system(desk, case, "delivery_failed"),
        "lapse": lambda: silence.lapse(desk, now),
    }
    likely = {
        "received": ("forward", "answer"), "returned": ("forward",), "reopened": ("forward", "answer"),
        "forwarded": ("accept", "return"), "accepted": ("start",), "in_progress": ("submit",),
        "in_review": ("approve", "approve", "send_back"), "awaiting_confirmation": ("confirm", "close", "lapse"),
    }.get(case.state, ())  # fmt: skip
    name = dice.choice(likely) if likely and dice.random() < 0.5 else dice.choice(list(do))
    if name in likely and name not in ("confirm", "lapse"):
        department = (case.department or "").lower()
        ours = {"accept": "opd.", "return": "opd.", "start": "opd.", "submit": "tim."}
        by = press(desk, case, ours[name] + department if name in ours else "kota")
    do[name]()


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


@pytest.mark.parametrize("seed", range(3))
def test_after_any_life_the_row_is_what_its_events_add_up_to(desk, seed):
    dice, now = random.Random(seed), clock_now() - timedelta(days=60)
    cases = [take_in(desk, now=now, phone=f"62856{seed:04d}{n}") for n in range(2)] + [without_whatsapp(desk, now)]
    refused = 0
    for _ in range(90):
        now += timedelta(hours=dice.choice((1, 5, 30, 270)))
        case = dice.choice(cases)
        (case,) = read(desk, case.id)
        try:
            random_step(desk, case, dice, now)
        except (RuleBroken, Conflict, NotFound):
            refused += 1
    assert 0 < refused < 90
    assert list(differences(desk.register)) == []
    for case in cases:
        events = events_of(desk, case.id)
        (stored,) = read(desk, case.id)
        assert fold(events) == stored
        for length in range(1, len(events) + 1):
            count_by_hand(fold(events[:length]), events[:length])


def read(desk, case_id: int) -> list[Case]:
    with desk.register.cursor() as cursor:
        found = rows(cursor.execute("select * from complaint where id = ?", [case_id]))
    return [Case(**row) for row in found]


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
    ended = case.state in ("closed", "answered")
    assert ended or case.ended_at is None
    assert case.state != "closed" or (
        case.ended_at is not None and case.closing in ("confirmed", "by_officer", "silence")
    )
    assert (case.closing is None) == (case.state != "closed")
    holders = [e.data.get("department") for e in events if e.kind in ("forward", "return", "reopen")]
    assert case.department == (holders[-1] if holders else None)
    if case.stopped_at is None:
        assert case.ended_at is None
    human = [e.happened_at for e in events if e.kind in ("answer", "reply", "approve")]
    assert case.first_answer_at == (human[0] if human else None)


def test_every_column_of_a_complaint_is_a_field_of_the_case_and_the_other_way_round(desk):
    columns = {name for (name,) in ask(desk, "select column_name from duckdb_columns() where table_name = 'complaint'")}
    assert columns == {field.name for field in fields(Case)}


def test_a_case_starts_with_its_first_event():
    with pytest.raises(ValueError, match="received"):
        apply(None, Event(1, clock_now(), "note", "kota", "city", None, None, {}))
    assert fold([]) is None


def test_every_event_the_code_writes_is_a_move_or_the_first(desk):
    written = {kind for (kind,) in ask(desk, "select distinct kind from event")}
    assert written <= {move.name for move in MOVES} | {"received"}
    assert len(written) > 15


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
