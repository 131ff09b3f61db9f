"""Reminders and escalation: each level once, in office hours, pauses left out, nobody forgotten; over restarts too."""

import json
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ingest import clocks as app_clocks
from store import commands, digest, reminders
from store.desk import open_desk
from store.reminders import LEVELS, level_at
from store.rules.case import Case
from store.rules.deadline import from_jakarta

from .cases import (
    add_message,
    approved,
    ask,
    confirm,
    forwarded,
    goes_on,
    in_progress,
    new_desk,
    press,
    read_case,
    reopen,
    take_in,
)
from .postbox import agrees, change, empty


def wib(day: int, clock: str, month: int = 11) -> datetime:
    """A moment of November 2026, which has no holidays, in Jakarta; Monday is the 16th."""
    return from_jakarta(datetime.fromisoformat(f"2026-{month:02d}-{day:02d}T{clock}"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("reminders")) as desk:
        yield desk


@pytest.fixture
def desk(shared):
    forget(shared)
    yield shared
    assert agrees(shared)


def forget(desk) -> None:
    empty(desk)
    change(desk, "delete from assignment")
    change(desk, "delete from reminder")


def written(desk, case: Case | None = None) -> list[int]:
    """The levels reminded of, in their order."""
    found = ask(desk, "select complaint_id, data from event where kind = 'remind' order by id")
    return [json.loads(data)["level"] for complaint_id, data in found if case is None or complaint_id == case.id]


@pytest.mark.parametrize(
    ("share", "level"),
    [(-3, 0), (0, 0), (0.499, 0), (0.5, 50), (0.749, 50), (0.75, 75), (0.999, 75), (1, 100), (1.49, 100), (1.5, 150),
     (2.99, 150), (3, 300), (80, 300)],
)  # fmt: skip
def test_the_level_of_a_share(share, level):
    assert level_at(share) == level


# Received on Monday at opening: the promise of two working days ends on Tuesday at closing.
STEPS = [
    (wib(16, "15:45"), 50), (wib(17, "11:37:30"), 75), (wib(17, "15:45"), 100), (wib(18, "15:45"), 150),
    (wib(23, "15:45"), 300),
]  # fmt: skip


@pytest.mark.parametrize(("moment", "level"), STEPS)
def test_each_level_is_reached_to_the_second(desk, moment, level):
    case = take_in(desk, now=wib(16, "07:30"))
    before = max((lower for lower in LEVELS if lower < level), default=0)
    assert reminders.run(desk, moment - timedelta(seconds=1)) == (1 if before else 0)
    assert read_case(desk, case.id).reminded == before
    assert reminders.run(desk, moment) == 1
    assert reminders.run(desk, moment) == 0
    assert written(desk, case) == [each for each in (before, level) if each]
    assert read_case(desk, case.id).reminded == level


# The promised day is Wednesday the 25th; levels count in units of the promise around its closing.
PROMISED_STEPS = [
    (wib(24, "15:45"), 50), (wib(25, "11:37:30"), 75), (wib(25, "15:45"), 100), (wib(26, "15:45"), 150),
    (wib(1, "15:45", 12), 300),
]  # fmt: skip


def scheduled(desk, now: datetime, promised_on=date(2026, 11, 25), **more) -> Case:
    case = in_progress(desk, take_in(desk, now=now, **more), "DLH")
    return commands.schedule(desk, press(desk, case, "tim.dlh"), promised_on=promised_on, note="Suku cadang", now=now)


@pytest.mark.parametrize(("moment", "level"), PROMISED_STEPS)
def test_a_promised_day_has_levels_of_its_own(desk, moment, level):
    case = scheduled(desk, wib(16, "07:30"))
    before = max((lower for lower in LEVELS if lower < level), default=0)
    reminders.run(desk, moment - timedelta(seconds=1))
    assert read_case(desk, case.id).reminded == before
    assert reminders.run(desk, moment) == 1
    assert read_case(desk, case.id).reminded == level


def test_until_a_promised_day_is_near_nobody_is_reminded_of_the_old_promise(desk):
    case = scheduled(desk, wib(16, "07:30"))
    assert [reminders.run(desk, wib(day, "15:45")) for day in (17, 18, 19, 23)] == [0, 0, 0, 0]
    assert written(desk, case) == []


def test_a_promise_made_too_late_is_measured_by_where_it_stood(desk):
    """Late, promised anew, and late again: no level twice, and the next one in its time."""
    case = in_progress(desk, take_in(desk, now=wib(16, "07:30")), "DLH")
    reminders.run(desk, wib(17, "15:45"))
    commands.schedule(
        desk, press(desk, case, "tim.dlh"), promised_on=date(2026, 11, 25), note="Alat", now=wib(18, "08:00")
    )
    for day in (18, 19, 20, 23, 24, 25):
        reminders.run(desk, wib(day, "11:00"))
    assert written(desk, case) == [100]
    reminders.run(desk, wib(26, "15:45"))
    assert written(desk, case) == [100, 150]


@pytest.mark.parametrize(
    "moment",
    [wib(18, "07:29:59"), wib(18, "15:45:01"), wib(20, "11:00:01"), wib(21, "10:00"), wib(22, "10:00"),
     wib(25, "10:00", 12), wib(24, "10:00", 12), wib(18, "00:00")],
    ids=lambda moment: f"{moment:%d%H%M}",
)  # fmt: skip
def test_outside_office_hours_nobody_is_reminded(desk, moment):
    """Early, late, Friday noon, Saturday, Sunday, Christmas, joint leave, midnight."""
    take_in(desk, now=wib(9, "07:30"))
    version = desk.register.version
    assert reminders.run(desk, moment) == 0
    assert (written(desk), desk.register.version) == ([], version)
    assert reminders.run(desk, desk.calendar.next_opening(moment)) == 1


def test_several_levels_passed_at_once_are_one_reminder(desk):
    case = take_in(desk, now=wib(2, "07:30"))
    assert reminders.run(desk, wib(16, "08:00")) == 1
    assert written(desk, case) == [300]


def test_what_waits_for_the_reporter_is_answered_or_has_ended_is_not_reminded_of(desk):
    now = wib(16, "07:30")
    asked = take_in(desk, now=now)
    commands.ask(desk, press(desk, asked, "kota"), missing=["identity"], now=now)
    answered = approved(desk, take_in(desk, now=now))
    closed = confirm(desk, approved(desk, take_in(desk, now=now)))
    spam = take_in(desk, now=now)
    commands.reject(desk, press(desk, spam, "kota"), note="n", now=now)
    assert reminders.run(desk, wib(30, "09:00")) == 0
    assert {read_case(desk, case.id).reminded for case in (asked, answered, closed, spam)} == {0}


def test_a_pause_moves_all_that_follows(desk):
    """Asked at the end of Monday, answered at the end of Wednesday: two days later, each level."""
    case = take_in(desk, now=wib(16, "07:30"))
    reminders.run(desk, wib(16, "15:45"))
    case = commands.ask(desk, press(desk, case, "kota"), missing=["identity"], now=wib(16, "15:45"))
    for day in (17, 18):
        assert reminders.run(desk, wib(day, "15:45")) == 0
    goes_on(desk, case, wib(18, "15:45"))
    steps = [(wib(19, "11:37:29"), 0), (wib(19, "11:37:30"), 1), (wib(19, "15:45"), 1), (wib(20, "10:59:59"), 0),
             (wib(20, "11:00"), 1)]  # fmt: skip
    assert [reminders.run(desk, moment) for moment, _ in steps] == [count for _, count in steps]
    assert written(desk) == [50, 75, 100, 150]


def test_a_pause_after_the_limit_counts_too(desk):
    case = take_in(desk, now=wib(16, "07:30"))
    reminders.run(desk, wib(17, "15:45"))
    case = commands.ask(desk, press(desk, case, "kota"), missing=["identity"], now=wib(17, "15:45"))
    goes_on(desk, case, wib(18, "15:45"))
    assert reminders.run(desk, wib(18, "15:45")) == 0
    assert reminders.run(desk, wib(19, "15:44:59")) == 0
    assert reminders.run(desk, wib(19, "15:45")) == 1
    assert written(desk) == [100, 150]


def test_after_a_reopening_the_levels_begin_anew(desk):
    case = in_progress(desk, take_in(desk, now=wib(9, "07:30")), "DLH", category="civil_registry")
    reminders.run(desk, wib(16, "08:00"))
    by = press(desk, case, "tim.dlh")
    case = commands.submit_result(desk, by, text="Hasil", now=wib(16, "09:00"))
    case = commands.approve(desk, press(desk, case, "kota"), text="Hasil", now=wib(16, "09:00"))
    reopen(desk, case, wib(17, "07:30"))
    assert read_case(desk, case.id).reminded == 0
    assert [reminders.run(desk, wib(day, "15:45")) for day in (17, 18)] == [1, 1]
    assert written(desk, case) == [150, 50, 100]


def test_a_category_with_a_longer_limit_is_measured_by_its_own(desk):
    change(desk, "update category set promise_days = 10, outer_days = 20 where code = 'road'")
    case = take_in(desk, now=wib(2, "07:30"))
    reminders.run(desk, wib(2, "15:45"))
    commands.classify(desk, press(desk, read_case(desk, case.id), "kota"), category="road", now=wib(2, "15:45"))
    assert reminders.run(desk, wib(11, "11:37:29")) == 0
    assert reminders.run(desk, wib(11, "11:37:30")) == 1
    assert written(desk) == [50, 75]
    change(desk, "update category set promise_days = null, outer_days = null where code = 'road'")


def test_a_limit_that_becomes_shorter_is_noticed(desk):
    """Reckoned to reach 50 % in a week, and then it turns out to be of another category."""
    change(desk, "update category set promise_days = 10, outer_days = 20 where code = 'road'")
    case = take_in(desk, now=wib(2, "07:30"))
    case = commands.classify(desk, press(desk, case, "kota"), category="road", now=wib(2, "07:31"))
    assert reminders.run(desk, wib(2, "08:00")) == 0
    commands.classify(desk, press(desk, case, "kota"), category="waste", now=wib(2, "08:00"))
    change(desk, "update category set promise_days = null, outer_days = null where code = 'road'")
    mark = reminders._mark(desk)
    change(desk, "update reminder set calendar = ?", mark)
    assert reminders.run(desk, wib(2, "15:45")) == 1
    assert written(desk) == [50]


def test_a_holiday_on_the_last_day_makes_nobody_late_before_the_limit_they_were_given(desk):
    """What was promised stays: the limit given still ends on Tuesday's closing, though that is no working day now."""
    case = take_in(desk, now=wib(16, "07:30"))
    change(desk, "insert into holiday values (date '2026-11-17', 'Libur', 'national', 'x')")
    desk.forget_calendar()
    reminders.run(desk, wib(16, "15:45"))
    assert (written(desk), read_case(desk, case.id).due_at) == ([75], wib(17, "15:45"))
    reminders.run(desk, wib(18, "07:30"))
    assert written(desk) == [75, 100]
    change(desk, "delete from holiday where day = date '2026-11-17'")
    desk.forget_calendar()


def test_a_limit_all_of_whose_days_became_holidays_goes_on_by_the_promise(desk):
    case = take_in(desk, now=wib(16, "07:30"))
    change(desk, "insert into holiday select '2026-11-' || day, 'Libur', 'national', 'x' from range(16, 18) t(day)")
    desk.forget_calendar()
    assert [reminders.run(desk, moment) for moment in (wib(18, "07:30"), wib(20, "10:59:59"))] == [1, 0]
    assert reminders.run(desk, wib(20, "11:00")) == 1
    assert written(desk, case) == [100, 150]
    change(desk, "delete from holiday where name = 'Libur'")
    desk.forget_calendar()


def test_a_calendar_that_changes_is_noticed(desk):
    """A holiday that is taken back brings 150 % forward, before the time that was reckoned with it."""
    change(desk, "insert into holiday values (date '2026-11-18', 'Libur', 'national', 'x')")
    desk.forget_calendar()
    take_in(desk, now=wib(16, "07:30"))
    assert reminders.run(desk, wib(17, "15:45")) == 1
    change(desk, "delete from holiday where day = date '2026-11-18'")
    desk.forget_calendar()
    assert reminders.run(desk, wib(18, "15:45")) == 1
    assert written(desk) == [100, 150]


def test_whoever_is_late_by_the_limit_that_was_given_is_at_100_whatever_the_promise_is_now(desk, monkeypatch):
    case = take_in(desk, now=wib(16, "07:30"))
    monkeypatch.setitem(desk.config["clock"], "promise_days", 9)
    reminders.run(desk, wib(17, "15:45"))
    assert written(desk, case) == [100]


def test_what_is_not_due_is_not_even_looked_at(desk, monkeypatch):
    """Cheap while nothing is to do: no case is read, nothing is written, no page wakes up."""
    for number in range(20):
        take_in(desk, now=wib(16, "07:30") + timedelta(minutes=number))
    assert reminders.run(desk, wib(16, "08:00")) == 0
    version, looked = desk.register.version, []
    monkeypatch.setattr(reminders, "_look", lambda desk, case, *more: looked.append(case.id))
    monkeypatch.setattr(desk.register, "atomic", lambda *more, **named: pytest.fail("nothing is to be written"))
    for minute in range(1, 60):
        assert reminders.run(desk, wib(16, "08:00") + timedelta(minutes=minute)) == 0
    assert (looked, desk.register.version) == ([], version)


def test_what_has_ended_is_forgotten(desk):
    first, second = (take_in(desk, now=wib(16, "07:30"), phone=f"62856{n}000001") for n in (1, 2))
    reminders.run(desk, wib(16, "08:00"))
    commands.reject(desk, press(desk, first, "kota"), note="n", now=wib(16, "09:00"))
    reminders.run(desk, wib(16, "15:45"))
    assert ask(desk, "select complaint_id from reminder") == [(second.id,)]


def test_a_case_that_changes_while_it_is_looked_at_is_taken_up_next_time(desk, monkeypatch):
    written_to, gone = (take_in(desk, now=wib(16, "07:30"), phone=f"62856{n}000001") for n in (1, 2))
    look = reminders._look

    def meanwhile(desk, case, *more):
        if case.id == gone.id:
            add_message(desk, written_to, phone="628561000001", now=wib(17, "15:45"))
            commands.reject(desk, press(desk, gone, "kota"), note="n", now=wib(17, "15:45"))
        return look(desk, case, *more)

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "_look", meanwhile)
        assert reminders.run(desk, wib(17, "15:45")) == 0
    assert reminders.run(desk, wib(17, "15:45")) == 1
    assert (written(desk, written_to), written(desk, gone)) == ([100], [])


def test_a_restart_in_the_middle_loses_nothing_and_repeats_nothing(settings, monkeypatch):
    monkeypatch.setattr(reminders, "CHUNK", 3)
    with new_desk(settings.data) as desk:
        ids = [take_in(desk, now=wib(16, "07:30"), phone=f"62856{n:07d}").id for n in range(8)]
        note, calls = reminders._note, []

        def dies(*given):
            calls.append(1)
            if len(calls) == 2:
                raise SystemExit
            note(*given)

        with monkeypatch.context() as patch:
            patch.setattr(reminders, "_note", dies)
            with pytest.raises(SystemExit):
                reminders.run(desk, wib(17, "15:45"))
        assert len(written(desk)) == 3
    desk = open_desk(settings)
    assert reminders.run(desk, wib(17, "15:45")) == 5
    assert reminders.run(desk, wib(17, "15:45")) == 0
    found = ask(desk, "select complaint_id from event where kind = 'remind' order by all")
    assert [complaint_id for (complaint_id,) in found] == ids
    assert agrees(desk)
    desk.register.close()


def test_the_event_keeps_whom_it_was_for(desk):
    case = in_progress(desk, take_in(desk, now=wib(16, "07:30")), "DLH")
    commands.assign(desk, press(desk, case, "opd.dlh"), handler="tim.dlh")
    reminders.run(desk, wib(17, "11:37:30"))
    reminders.run(desk, wib(18, "15:45"))
    found = [
        json.loads(data)["to"] for (data,) in ask(desk, "select data from event where kind = 'remind' order by id")
    ]
    assert found == [["@tim.dlh"], ["@tim.dlh", "city", "official", "opd_admin:DLH"]]


def test_a_reminder_makes_no_half_made_decision_stale(desk):
    case = take_in(desk, now=wib(16, "07:30"))
    by = press(desk, case, "kota")
    reminders.run(desk, wib(17, "15:45"))
    assert commands.reject(desk, by, note="n").state == "rejected"
    assert replace(read_case(desk, case.id), version=0).reminded == 100


def test_pages_hear_of_a_reminder(desk):
    forwarded(desk, take_in(desk, now=wib(16, "07:30")), "DLH")
    version = desk.register.version
    reminders.run(desk, wib(17, "15:45"))
    assert desk.register.version == version + 1


def test_the_apps_clock_asks_for_reminders_and_then_for_digests(desk, monkeypatch):
    asked, stop = [], threading.Event()
    monkeypatch.setattr(reminders, "run", lambda desk: asked.append("reminders"))
    monkeypatch.setattr(digest, "run", lambda desk: (asked.append("digest"), stop.set()))
    app_clocks.run(desk, stop)
    assert asked == ["reminders", "digest"]
