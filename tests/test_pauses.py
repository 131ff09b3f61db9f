"""A question to the reporter stops the clock: every due time beside a slow count of our own, minute by minute."""

import itertools
import random
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from store import commands, queries, silence
from store.check import differences
from store.commands import Press
from store.queries import Filters
from store.rules.case import Case
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.errors import RuleBroken
from store.rules.workflow import SYSTEM

from .cases import (
    ask,
    by_system,
    goes_on,
    in_progress,
    messages,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)

MINUTE = timedelta(minutes=1)
_count = itertools.count()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("pauses")) as desk:
        with desk.register.atomic() as cursor:
            cursor.execute("update category set promise_days = 1, outer_days = 3 where code = 'waste'")
        yield desk


def wib(text: str) -> datetime:
    """A moment as people write it, `2026-03-16 09:00` in Jakarta, the way it is stored."""
    return from_jakarta(datetime.fromisoformat(text))


def counted_by_the_minute(desk, start: datetime, days: int, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """The end of the minute in which so many working days are used up: each minute of office hours counts its share of
    its day, unless paused."""
    hours, free = desk.settings.hours, {day for (day,) in ask(desk, "select day from holiday")}
    left, moment = Fraction(days), start
    while True:
        local = to_jakarta(moment)
        opening, closing = hours.get(local.weekday(), (None, None))
        if opening and local.date() not in free and opening <= local.time() < closing:
            length = (closing.hour - opening.hour) * 60 + closing.minute - opening.minute
            if not any(since <= moment < until for since, until in pauses):
                left -= Fraction(1, length)
                if left <= 0:
                    return moment + MINUTE
        moment += MINUTE


def kota(desk, case: Case) -> Press:
    return Press(who(desk, "kota"), case.number, case.version, f"pause-{next(_count)}")


def asked(desk, case: Case, at: str | datetime) -> Case:
    moment = wib(at) if isinstance(at, str) else at
    return commands.ask(desk, kota(desk, case), missing=["identity", "where_when"], now=moment)


def agrees(desk, case: Case, start: datetime, pauses, promise: int = 2, outer: int = 14) -> bool:
    limits = ((promise, case.promise_due_at), (outer, case.outer_due_at))
    return all(in_that_minute(found, counted_by_the_minute(desk, start, days, pauses)) for days, found in limits)


def in_that_minute(moment: datetime, ends: datetime) -> bool:
    return ends - MINUTE < moment <= ends


@pytest.mark.parametrize(
    ("received", "questions"),
    [
        ("2026-03-16 09:00", []),
        ("2026-03-16 09:00", [("2026-03-16 10:00", "2026-03-16 14:30")]),
        ("2026-03-16 09:00", [("2026-03-16 10:00", "2026-03-17 10:00")]),
        # Over Nyepi and Lebaran: what is free anyway takes nothing away.
        ("2026-03-16 09:00", [("2026-03-18 11:11", "2026-03-26 08:05")]),
        ("2026-03-16 09:00", [("2026-03-18 15:00", "2026-03-24 12:00")]),
        # Asked after hours, answered at night: the clock stood where it would have stood.
        ("2026-03-16 09:00", [("2026-03-16 17:00", "2026-03-16 23:30")]),
        ("2026-05-08 16:20", [("2026-05-11 07:31", "2026-05-15 10:59")]),
        ("2026-05-10 20:00", [("2026-05-10 21:00", "2026-05-12 09:00")]),
        ("2026-05-04 12:00", [("2026-05-04 13:00", "2026-05-05 09:00"), ("2026-05-05 11:00", "2026-05-07 08:00")]),
        ("2026-05-04 12:00", [("2026-05-04 13:00", "2026-05-04 13:01"), ("2026-05-04 13:01", "2026-05-04 15:00")]),
    ],
)
def test_due_times_are_stretched_by_exactly_the_wait(desk, received, questions):
    start = wib(received)
    case, pauses = take_in(desk, now=start), []
    assert agrees(desk, case, start, [])
    for question, answer in questions:
        before = case
        case = asked(desk, case, question)
        assert (case.state, case.due_at, case.paused_at) == ("awaiting_reporter", None, wib(question))
        # While it is waited for, nobody knows when it will be due: the times stay as they were.
        assert case.promise_due_at == before.promise_due_at
        case = goes_on(desk, case, wib(answer))
        pauses.append((wib(question), wib(answer)))
        assert (case.state, case.paused_at, case.due_at) == ("received", None, case.promise_due_at)
        assert agrees(desk, case, start, pauses)
    assert list(differences(desk.register)) == []


@pytest.mark.parametrize("seed", range(6))
def test_due_times_agree_after_any_questions(desk, seed):
    dice = random.Random(seed)
    start = moment = wib("2026-06-01 00:00") + timedelta(minutes=dice.randrange(30 * 1440))
    case, pauses = take_in(desk, now=start), []
    for _ in range(dice.randrange(1, 5)):
        since = moment + timedelta(minutes=dice.choice((1, 7, 300, 2000)) * dice.randrange(1, 3))
        moment = since + timedelta(minutes=dice.randrange(1, 9 * 1440))
        case = asked(desk, case, since)
        case = goes_on(desk, case, moment)
        # What is overdue already is not undone by a later question.
        pauses.append((since, moment))
    for days, found in ((2, case.promise_due_at), (14, case.outer_due_at)):
        counting: list = []
        for pause in pauses:
            if pause[0] < counted_by_the_minute(desk, start, days, counting):
                counting.append(pause)
        assert in_that_minute(found, counted_by_the_minute(desk, start, days, counting))


def test_silence_of_ten_days_archives_and_the_whole_wait_is_no_time_of_ours(desk):
    start, question = wib("2026-06-08 09:00"), wib("2026-06-08 11:00")
    case = asked(desk, take_in(desk, now=start), question)
    assert silence.archive(desk, question + timedelta(days=10) - MINUTE) == 0
    ended = question + timedelta(days=10)
    assert silence.archive(desk, ended) == 1
    case = read_case(desk, case.id)
    assert (case.state, case.ended_at, case.stopped_at, case.due_at) == ("archived", ended, ended, None)
    assert [purpose for purpose, _ in messages(desk, case)] == ["asked", "archived"]
    assert case.number not in {row["number"] for row in queries.waiting_for_triage(desk.register, SYSTEM, limit=999)}
    back = wib("2026-07-01 08:00")
    case = goes_on(desk, case, back)
    assert (case.state, case.ended_at, case.stopped_at, case.unread) == ("received", None, None, True)
    assert agrees(desk, case, start, [(question, back)])
    assert case.due_at == case.promise_due_at > back


def test_an_officer_may_write_down_what_came_another_way_and_revive(desk):
    start, question, answer = (wib(f"2026-07-0{day} 09:00") for day in (1, 2, 7))
    case = asked(desk, take_in(desk, now=start), question)
    case = commands.supply(
        desk, kota(desk, case), note="Menelepon: Jl. Melati 5", address="Jl. Melati 5", elements=["what"], now=answer
    )
    assert (case.state, case.address, case.elements, case.unread) == ("received", "Jl. Melati 5", "what", False)
    assert agrees(desk, case, start, [(question, answer)])
    again, back = wib("2026-07-07 10:00"), wib("2026-08-03 10:00")
    asked(desk, case, again)
    assert silence.archive(desk, again + timedelta(days=10)) == 1
    case = commands.revive(desk, kota(desk, read_case(desk, case.id)), note="Datang ke kantor", now=back)
    assert agrees(desk, case, start, [(question, answer), (again, back)])


def test_a_category_with_limits_of_its_own_is_counted_by_them_with_the_same_pauses(desk):
    start, question, answer = wib("2026-08-03 09:00"), wib("2026-08-03 11:00"), wib("2026-08-04 11:00")
    case = take_in(desk, now=start)
    case = commands.classify(desk, kota(desk, case), category="waste", now=start)
    assert agrees(desk, case, start, [], 1, 3)
    case = asked(desk, case, question)
    # Learnt while answering that it is something else: at once by the limits of that.
    case = commands.supply(desk, kota(desk, case), note="Bukan sampah", category="road", now=answer)
    assert agrees(desk, case, start, [(question, answer)])
    case = commands.classify(desk, kota(desk, case), category="waste", now=answer)
    assert agrees(desk, case, start, [(question, answer)], 1, 3)
    case = asked(desk, case, wib("2026-08-04 12:00"))
    case = commands.classify(desk, kota(desk, case), category="road", now=wib("2026-08-04 13:00"))
    assert case.due_at is None
    case = goes_on(desk, case, wib("2026-08-05 12:00"))
    pauses = [(question, answer), (wib("2026-08-04 12:00"), wib("2026-08-05 12:00"))]
    assert agrees(desk, case, start, pauses)


def test_a_reopened_case_starts_anew_and_forgets_earlier_pauses(desk):
    start = wib("2026-08-10 09:00")
    case = goes_on(desk, asked(desk, take_in(desk, now=start), "2026-08-10 10:00"), wib("2026-08-11 10:00"))
    case = commands.answer(desk, kota(desk, case), text="Sudah", now=wib("2026-08-11 11:00"))
    again = wib("2026-08-12 13:00")
    case = commands.reopen(desk, kota(desk, case), note="Belum", now=again)
    assert (case.clock_started_at, case.reminded) == (again, 0)
    assert agrees(desk, case, again, [])
    case = goes_on(desk, asked(desk, case, "2026-08-12 14:00"), wib("2026-08-13 14:00"))
    assert agrees(desk, case, again, [(wib("2026-08-12 14:00"), wib("2026-08-13 14:00"))])


def test_who_has_no_whatsapp_is_telephoned_and_not_archived_before(desk):
    start = wib("2026-09-01 09:00")
    case = asked(desk, without_whatsapp(desk, start, "TLP"), start)
    assert (case.call_reporter, messages(desk, case)) == (True, [])
    assert case.number in {row["number"] for row in queries.to_call(desk.register, who(desk, "kota"))}
    assert silence.archive(desk, start + timedelta(days=60)) == 0
    called = start + timedelta(days=3)
    case = commands.told(desk, kota(desk, case), note="Akan mengirim surat", how="telephone", now=called)
    assert (case.state, case.call_reporter) == ("awaiting_reporter", False)
    assert silence.archive(desk, called + timedelta(days=10) - MINUTE) == 0
    assert silence.archive(desk, called + timedelta(days=10)) == 1
    assert (read_case(desk, case.id).state, messages(desk, case)) == ("archived", [])


def test_a_question_that_could_not_be_delivered_is_told_by_telephone_first(desk):
    start = wib("2026-09-07 09:00")
    case = by_system(desk, asked(desk, take_in(desk, now=start), start), "delivery_failed")
    assert (case.state, case.call_reporter) == ("awaiting_reporter", True)
    assert silence.archive(desk, start + timedelta(days=60)) == 0
    case = goes_on(desk, case, start + timedelta(days=61))
    assert (case.state, case.call_reporter) == ("received", False)


def test_a_question_needs_something_to_ask(desk):
    case = take_in(desk)
    for missing in ([], ["alamat"], [""]):
        with pytest.raises(RuleBroken, match="missing_missing"):
            commands.ask(desk, kota(desk, case), missing=missing)
    case = commands.ask(desk, kota(desk, case), missing=["evidence", "alamat"], text="Dari depan, ya.")
    ((purpose, text),) = messages(desk, case)
    assert purpose == "asked"
    assert "foto" in text
    assert "Dari depan, ya." in text
    assert "alamat" not in text


# The promised day


def scheduled(desk, case: Case, day: date, now: datetime, person: str = "tim.dlh") -> Case:
    by = press(desk, case, person)
    return commands.schedule(desk, by, promised_on=day, note="Menunggu suku cadang", now=now)


@pytest.mark.parametrize(
    ("promised", "closing", "told"),
    [
        (date(2027, 2, 10), "2027-02-10 15:45", "Rabu 10 Februari 2027"),
        (date(2027, 2, 12), "2027-02-12 11:00", "Jumat 12 Februari 2027"),
        # A Saturday: the next working day, and that is what the reporter reads.
        (date(2027, 2, 13), "2027-02-15 15:45", "Senin 15 Februari 2027"),
    ],
)
def test_a_promised_day_lasts_to_its_closing(desk, promised, closing, told):
    case = scheduled(desk, in_progress(desk, take_in(desk), "DLH"), promised, wib("2027-02-03 09:00"))
    assert (case.state, case.due_at, case.promised_at) == ("scheduled", wib(closing), wib(closing))
    assert case.assignments[0].promised_at == wib(closing)
    # The promise of two days is as it was: what was scheduled is counted apart.
    assert case.promise_due_at < case.due_at
    purpose, text = messages(desk, case)[-1]
    assert purpose == "scheduled"
    for words in (case.number, "Dinas Lingkungan Hidup", told, "Menunggu suku cadang"):
        assert words in text


def test_a_promise_may_be_changed_and_ends_with_the_result(desk):
    now = wib("2027-02-03 09:00")
    case = scheduled(desk, in_progress(desk, take_in(desk), "DLH"), date(2027, 2, 10), now)
    case = scheduled(desk, case, date(2027, 2, 9), now)
    assert case.due_at == case.promised_at == wib("2027-02-09 15:45")
    case = scheduled(desk, case, date(2027, 3, 1), now)
    assert case.due_at == wib("2027-03-01 15:45")
    assert [purpose for purpose, _ in messages(desk, case)].count("scheduled") == 3
    case = commands.submit_result(desk, press(desk, case, "tim.dlh"), text="Beres", now=now)
    assert (case.state, case.due_at) == ("in_review", case.promise_due_at)


@pytest.mark.parametrize(
    ("now", "day", "code"),
    [
        ("2026-10-06 09:00", date(2026, 10, 5), "promise_in_past"),
        ("2026-10-06 15:46", date(2026, 10, 6), "promise_in_past"),
        ("2026-10-06 09:00", date(2027, 10, 8), "promise_too_far"),
        ("2026-10-06 09:00", None, "missing_promised_on"),
    ],
)
def test_what_cannot_be_promised(desk, now, day, code):
    case = in_progress(desk, take_in(desk), "DLH")
    with pytest.raises(RuleBroken, match=code):
        scheduled(desk, case, day, wib(now))
    assert read_case(desk, case.id) == case


def test_today_may_be_promised_while_the_office_is_open_and_is_then_due_today(desk):
    case = scheduled(desk, in_progress(desk, take_in(desk), "DLH"), date(2026, 10, 6), wib("2026-10-06 09:00"))
    assert case.due_at == wib("2026-10-06 15:45")
    overdue = queries.search(desk.register, SYSTEM, Filters(only="overdue", text=case.number))[1]
    assert overdue == 1
