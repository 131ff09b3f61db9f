"""Reminders in random lives, against levels reckoned another way: each once, in its time, in office hours."""

import contextlib
import json
import random
from datetime import datetime, timedelta

import pytest

from store import clocks, reminders
from store.book import read_cases
from store.reminders import LEVELS
from store.rules import deadline
from store.rules.case import Case
from store.rules.errors import StoreError

from .cases import ask, new_desk, take_in
from .life import random_step
from .postbox import agrees


@pytest.fixture
def desk(settings):
    with new_desk(settings.data) as desk:
        yield desk
        assert agrees(desk)


def expected_level(desk, case: Case, now: datetime) -> int:
    """Reckoned another way than the product does: the due time of each level's own limit."""
    unit, (days, _) = desk.config["clock"]["unit"], desk.days(case.category)
    with desk.register.cursor() as cursor:
        pauses = clocks.pauses(cursor, case)
    return max(
        (
            level
            for level in LEVELS
            if deadline.due(case.clock_started_at, days * level / 100, desk.calendar, pauses, unit) <= now
        ),
        default=0,
    )


@pytest.mark.parametrize("seed", range(4))
def test_in_random_lives_every_level_comes_once_and_in_its_time(desk, seed):
    dice = random.Random(seed)
    now = datetime(2026, 11, 1, 17) + timedelta(minutes=dice.randrange(3000))
    for n in range(12):
        take_in(desk, now=now + timedelta(minutes=37 * n), phone=f"62857{n:07d}")
    cases, compared = every_case(desk), 0
    for _ in range(40):
        now += timedelta(minutes=dice.choice((7, 45, 130, 400, 900)))
        with contextlib.suppress(StoreError):
            random_step(desk, cases, dice.choice(cases), dice, now)
        count, is_open = reminders.run(desk, now), desk.calendar.is_open(now)
        assert is_open or count == 0
        cases = every_case(desk)
        for case in cases:
            # Levels of a promised day have tests of their own.
            if is_open and case.due_at and not case.promised_at:
                assert case.reminded == expected_level(desk, case, now)
                compared += 1
    assert compared > 30
    assert checked_events(desk) > 5


def every_case(desk) -> list[Case]:
    with desk.register.cursor() as cursor:
        return read_cases(cursor, "where true", [])


def checked_events(desk) -> int:
    """Levels rise from each start of a clock to the next, and no event lies outside office hours; how many they are."""
    level: dict[int, int] = {}
    found = ask(
        desk, "select complaint_id, kind, happened_at, data from event where kind in ('remind', 'reopen') order by id"
    )
    for complaint_id, kind, happened_at, data in found:
        if kind == "reopen":
            level[complaint_id] = 0
            continue
        now = json.loads(data)["level"]
        assert now > level.get(complaint_id, 0)
        assert desk.calendar.is_open(happened_at)
        level[complaint_id] = now
    return sum(kind == "remind" for _, kind, *_ in found)
