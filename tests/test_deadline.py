"""Working-time arithmetic: literal tables of dates, and a slow simulation that goes minute by minute."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.holidays_seed import national_holidays
from store.rules.deadline import (
    CALENDAR_DAYS,
    JAKARTA,
    Calendar,
    CalendarError,
    DeadlineError,
    due,
    explain,
    from_jakarta,
    share_used,
    to_jakarta,
    working_days_between,
)

LONG = (time(7, 30), time(15, 45))
HOURS = {0: LONG, 1: LONG, 2: LONG, 3: LONG, 4: (time(7, 30), time(11, 0))}
PUBLIC = {
    date(2026, 1, 1): "Tahun Baru Masehi",
    date(2026, 1, 16): "Isra Mikraj Nabi Muhammad",
    date(2026, 2, 17): "Tahun Baru Imlek",
    date(2026, 3, 19): "Hari Suci Nyepi",
    date(2026, 3, 21): "Hari Raya Idul Fitri",
    date(2026, 3, 22): "Hari kedua dari Hari Raya Idul Fitri",
    date(2026, 4, 3): "Wafat Yesus Kristus",
    date(2026, 4, 5): "Kebangkitan Yesus Kristus",
    date(2026, 5, 1): "Hari Buruh Internasional",
    date(2026, 5, 14): "Kenaikan Yesus Kristus",
    date(2026, 5, 27): "Hari Raya Idul Adha",
    date(2026, 5, 31): "Hari Raya Waisak",
    date(2026, 6, 1): "Hari Lahir Pancasila",
    date(2026, 6, 16): "Tahun Baru Islam",
    date(2026, 8, 17): "Hari Kemerdekaan Republik Indonesia",
    date(2026, 8, 25): "Maulid Nabi Muhammad",
    date(2026, 12, 25): "Hari Raya Natal",
}
JOINT = {
    date(2026, 2, 16): "Cuti Bersama Tahun Baru Imlek",
    date(2026, 3, 18): "Cuti Bersama Hari Suci Nyepi",
    date(2026, 3, 20): "Cuti Bersama Hari Raya Idul Fitri",
    date(2026, 3, 23): "Cuti Bersama Hari Raya Idul Fitri",
    date(2026, 3, 24): "Cuti Bersama Hari Raya Idul Fitri",
    date(2026, 5, 15): "Cuti Bersama Kenaikan Yesus Kristus",
    date(2026, 5, 28): "Cuti Bersama Hari Raya Idul Adha",
    date(2026, 12, 24): "Cuti Bersama Hari Raya Natal",
}
NEXT_YEAR = {date(2027, 1, 1): "Tahun Baru Masehi", date(2027, 1, 5): "Isra Mikraj Nabi Muhammad"}
OFFICE = Calendar(HOURS, PUBLIC | JOINT | NEXT_YEAR)


def wib(text: str) -> datetime:
    """Naive UTC of a Jakarta time as people write it; without a year it is 2026."""
    return from_jakarta(datetime.fromisoformat(text if len(text.split()[0]) == 10 else f"2026-{text}"))


def spans(text: str) -> list[tuple[datetime, datetime]]:
    """Pauses written as `from > to`, with commas between."""
    return [tuple(wib(edge.strip()) for edge in span.split(">")) for span in text.split(",") if span.strip()]


def table(text: str) -> list[list[str]]:
    """Rows of cells; a line that begins with # is a remark."""
    return [[cell.strip() for cell in row.split("|")] for row in text.strip().splitlines() if row[0] != "#"]


DUE = """
# An ordinary week; the share of the day is kept, whatever its length.
01-07 11:37:30         |    2 | 01-09 09:15:00
01-08 11:37:30         |    1 | 01-09 09:15:00
01-08 10:15:00         |    1 | 01-09 08:40:00
01-09 08:40:00         |    1 | 01-12 10:15:00
01-09 09:15:00         |    2 | 01-13 11:37:30
01-05 07:30:00         |    2 | 01-06 15:45:00
01-05 07:30:00         |    1 | 01-05 15:45:00
07-06 07:30:00         |   14 | 07-23 15:45:00
# Outside hours it starts at the next opening.
01-09 16:00:00         |    2 | 01-13 15:45:00
01-09 11:00:00         |    2 | 01-13 15:45:00
01-10 00:00:00         |    2 | 01-13 15:45:00
01-10 12:00:00         |    2 | 01-13 15:45:00
01-11 23:59:59         |    2 | 01-13 15:45:00
01-12 00:00:00         |    2 | 01-13 15:45:00
01-12 07:29:59         |    2 | 01-13 15:45:00
01-05 15:45:00         |    1 | 01-06 15:45:00
01-05 16:00:00         |  0.5 | 01-06 11:37:30
# Parts of a day, and what does not fall on a whole second is due at the next one.
01-08 16:00:00         |  0.5 | 01-09 09:15:00
01-09 09:15:00         |  0.5 | 01-09 11:00:00
01-09 09:50:00         |  0.5 | 01-12 08:52:30
01-09 10:59:59         |    2 | 01-13 15:44:58
01-05 07:30:00.000001  |    1 | 01-06 07:30:01
01-05 15:44:59.999999  |    1 | 01-06 15:45:00
01-05 07:30:00         |  0.1 | 01-05 08:19:30
# No days: the moment from which it counts.
01-05 07:00:00         |    0 | 01-05 07:30:00
01-05 07:30:00         |    0 | 01-05 07:30:00
01-05 10:00:00.5       |    0 | 01-05 10:00:01
01-05 15:45:00         |    0 | 01-05 15:45:00
01-05 15:45:01         |    0 | 01-06 07:30:00
03-23 09:00:00         |    0 | 03-25 07:30:00
# Idul Fitri: no work from Wednesday 18 to Tuesday 24 March.
03-17 11:37:30         |    2 | 03-26 11:37:30
03-17 16:00:00         |    2 | 03-26 15:45:00
03-16 07:30:00         |    2 | 03-17 15:45:00
03-16 07:30:01         |    2 | 03-25 07:30:01
03-20 08:00:00         |  0.5 | 03-25 11:37:30
03-21 10:00:00         |    2 | 03-26 15:45:00
03-16 07:30:00         |   14 | 04-10 11:00:00
03-16 09:33:45         |   14 | 04-13 09:33:45
# The year's other holidays and cuti bersama.
2025-12-31 07:30:00    |    2 | 01-02 11:00:00
2025-12-31 11:37:30    |    2 | 01-05 11:37:30
01-15 09:33:45         |    2 | 01-20 09:33:45
02-13 09:15:00         |    2 | 02-19 11:37:30
02-14 09:00:00         |    1 | 02-18 15:45:00
04-02 13:00:00         |    1 | 04-06 13:00:00
04-30 10:15:00         |    2 | 05-05 10:15:00
05-13 13:00:00         |    1 | 05-18 13:00:00
05-26 07:30:00         |    2 | 05-29 11:00:00
05-29 10:00:00         |    2 | 06-03 13:23:35
06-15 11:37:30         |    2 | 06-18 11:37:30
08-14 08:22:30         |    1 | 08-18 09:33:45
08-14 08:22:30         |    2 | 08-19 09:33:45
08-24 16:00:00         |    2 | 08-27 15:45:00
12-23 15:00:00         |    2 | 12-29 15:00:00
12-24 09:00:00         |    2 | 12-29 15:45:00
12-31 11:37:30         |    1 | 2027-01-04 11:37:30
12-31 11:37:30         |    2 | 2027-01-06 11:37:30
01-01 00:00:00         |  240 | 12-31 15:45:00
"""


@pytest.mark.parametrize(("start", "days", "expected"), table(DUE))
def test_due_in_working_days(start, days, expected):
    assert due(wib(start), float(days), OFFICE) == wib(expected)


def test_a_microsecond_after_opening_is_due_a_whole_second_after():
    assert due(wib("01-05 07:30:00.000001"), 1, Calendar({0: LONG, 1: LONG}, {})) == wib("01-06 07:30:01")


def test_a_limit_that_floats_miss_by_a_hair_still_ends_at_closing():
    # Lengths without a common divisor make the finest ticks, finer than the error of a float.
    odd = Calendar({day: (time(8), time(11, last)) for day, last in enumerate((31, 43, 47, 49, 53))}, {})
    assert 3 * 1.1 - 0.3 > 3
    assert due(wib("01-05 08:00"), 3 * 1.1 - 0.3, odd) == wib("01-07 11:47")


PAUSED = """
01-07 11:37:30 | 2 | 01-07 11:37:30 > 01-07 11:37:30                           | 01-09 09:15:00
01-07 11:37:30 | 2 | 01-08 07:30 > 01-08 15:45                                 | 01-12 11:37:30
01-07 11:37:30 | 2 | 01-08 16:00 > 01-08 20:00                                 | 01-09 09:15:00
# Overlapping and nested pauses count once, in any order.
01-07 11:37:30 | 2 | 01-08 10:00 > 01-08 15:45, 01-08 07:30 > 01-08 11:37:30   | 01-12 11:37:30
01-07 11:37:30 | 2 | 01-08 07:30 > 01-08 15:45, 01-08 09:00 > 01-08 10:00      | 01-12 11:37:30
# Before the start nothing, across it only from it.
01-07 11:37:30 | 2 | 01-05 08:00 > 01-07 11:37:30                              | 01-09 09:15:00
01-07 11:37:30 | 2 | 01-05 08:00 > 01-08 07:30                                 | 01-09 11:00:00
# At or after the due time nothing, unless an earlier pause moved it past.
01-07 11:37:30 | 2 | 01-09 09:15 > 01-12 10:00                                 | 01-09 09:15:00
01-07 11:37:30 | 2 | 01-13 09:15 > 01-14 10:00                                 | 01-09 09:15:00
01-07 11:37:30 | 2 | 01-08 07:30 > 01-08 15:45, 01-09 09:15 > 01-09 11:00      | 01-12 15:45:00
# A pause's nights, weekends and holidays are no working time.
01-08 10:15:00 | 2 | 01-09 11:00 > 01-12 07:30                                 | 01-12 10:15:00
01-08 10:15:00 | 2 | 01-09 09:15 > 01-12 11:37:30                              | 01-13 10:15:00
03-17 11:37:30 | 2 | 03-17 15:45 > 03-25 07:30                                 | 03-26 11:37:30
03-17 11:37:30 | 2 | 03-16 09:00 > 03-25 11:37:30                              | 03-27 09:15:00
# A clock set back between two events: the pause ends before it began.
01-07 11:37:30 | 2 | 01-08 12:00 > 01-08 11:00                                 | 01-09 09:15:00
# No days, but paused.
01-07 11:37:30 | 0 | 01-07 10:00 > 01-07 14:00                                 | 01-07 14:00:00
01-07 11:37:30 | 0 | 01-07 14:00 > 01-07 20:00, 01-07 10:00 > 01-07 14:00      | 01-08 07:30:00
"""


@pytest.mark.parametrize(("start", "days", "pauses", "expected"), table(PAUSED))
def test_pauses_stretch_the_limit_by_the_working_time_they_covered(start, days, pauses, expected):
    assert due(wib(start), int(days), OFFICE, spans(pauses)) == wib(expected)


CALENDAR_DUE = """
01-09 16:00:00      | 2   |                                                    | 01-11 16:00:00
03-17 23:00:00      | 2   |                                                    | 03-19 23:00:00
01-10 00:00:00      | 1   |                                                    | 01-11 00:00:00
01-10 08:00:00.250  | 0.5 |                                                    | 01-10 20:00:01
01-10 08:00:00      | 0   |                                                    | 01-10 08:00:00
01-09 16:00:00      | 2   | 01-10 00:00 > 01-10 12:00                          | 01-12 04:00:00
01-09 16:00:00      | 2   | 01-08 00:00 > 01-10 00:00, 01-09 20:00 > 01-10 04:00 | 01-12 04:00:00
01-09 16:00:00      | 2   | 01-11 16:00 > 01-20 00:00                          | 01-11 16:00:00
"""


@pytest.mark.parametrize(("start", "days", "pauses", "expected"), table(CALENDAR_DUE))
def test_calendar_days_are_plain_arithmetic(start, days, pauses, expected):
    assert due(wib(start), float(days), OFFICE, spans(pauses), CALENDAR_DAYS) == wib(expected)


BETWEEN = """
01-05 07:30    | 01-05 15:45      | 1
01-09 07:30    | 01-09 11:00      | 1
01-09 07:30    | 01-09 09:15      | 0.5
01-07 11:37:30 | 01-09 09:15      | 2
01-09 11:00    | 01-12 07:30      | 0
03-17 15:45    | 03-25 07:30      | 0
03-17 11:37:30 | 03-25 09:33:45   | 0.75
01-07 12:00    | 01-07 12:00      | 0
01-08 12:00    | 01-07 12:00      | 0
01-01 00:00    | 2027-01-01 00:00 | 240
"""


@pytest.mark.parametrize(("start", "end", "expected"), table(BETWEEN))
def test_working_days_between(start, end, expected):
    assert working_days_between(wib(start), wib(end), OFFICE) == float(expected)


# A limit of two days from the middle of Wednesday 7 January, without and with Thursday and half of Tuesday paused.
SHARES = """
01-05 12:00    | 0     | 0
01-07 11:37:30 | 0     | 0
01-07 15:45    | 0.25  | 0.25
01-08 07:30    | 0.25  | 0.25
01-08 11:37:30 | 0.5   | 0.25
01-08 15:45    | 0.75  | 0.25
01-09 09:15    | 1     | 0.5
01-12 09:33:45 | 1.375 | 0.875
01-12 11:37:30 | 1.5   | 1
01-13 07:30    | 1.75  | 1.25
01-13 11:37:30 | 2     | 1.25
01-14 11:37:30 | 2.5   | 1.75
01-15 11:37:30 | 3     | 2.25
"""


@pytest.mark.parametrize(("now", "running", "paused"), table(SHARES))
def test_share_used_stands_still_in_a_pause_also_after_the_due_time(now, running, paused):
    start, pauses = wib("01-07 11:37:30"), spans("01-08 07:30 > 01-08 15:45, 01-13 07:30 > 01-13 11:37:30")
    assert share_used(start, wib(now), 2, OFFICE) == float(running)
    assert share_used(start, wib(now), 2, OFFICE, pauses) == float(paused)


def test_a_limit_of_no_days_is_used_from_its_due_time_on():
    start = wib("01-10 12:00")
    assert share_used(start, wib("01-12 07:29:59"), 0, OFFICE) == 0.0
    assert share_used(start, wib("01-12 07:30"), 0, OFFICE) == 1.0


def test_share_used_in_calendar_days():
    start = wib("01-09 16:00")
    assert share_used(start, wib("01-10 16:00"), 2, OFFICE, (), CALENDAR_DAYS) == 0.5
    assert share_used(start, wib("01-15 16:00"), 2, OFFICE, (), CALENDAR_DAYS) == 3.0


def lines(*args) -> list[list[str]]:
    """The steps as rows of a table, with times as Jakarta's clock shows them."""

    def clock(moment):
        return to_jakarta(moment).strftime("%d %H:%M") if moment else "-"

    return [[s.kind, str(s.day.day), clock(s.from_), clock(s.to), f"{s.counted:g}", s.reason] for s in explain(*args)]


FITRI = """
start   | 16 | 16 16:00 | 17 07:30 | 0    | after_closing
counted | 17 | 17 07:30 | 17 15:45 | 1    |
holiday | 18 | -        | -        | 0    | Cuti Bersama Hari Suci Nyepi
holiday | 19 | -        | -        | 0    | Hari Suci Nyepi
holiday | 20 | -        | -        | 0    | Cuti Bersama Hari Raya Idul Fitri
weekend | 21 | -        | -        | 0    | Hari Raya Idul Fitri
weekend | 22 | -        | -        | 0    | Hari kedua dari Hari Raya Idul Fitri
holiday | 23 | -        | -        | 0    | Cuti Bersama Hari Raya Idul Fitri
holiday | 24 | -        | -        | 0    | Cuti Bersama Hari Raya Idul Fitri
counted | 25 | 25 07:30 | 25 09:33 | 0.25 |
pause   | 25 | 25 09:33 | 25 11:37 | 0    |
pause   | 25 | 25 11:37 | 25 15:45 | 0    |
counted | 26 | 26 07:30 | 26 13:41 | 0.75 |
due     | 26 | 26 13:41 | 26 13:41 | 0    |
"""


def test_explain_lays_open_every_day_of_idul_fitri():
    pauses = spans("03-25 09:33:45 > 03-25 11:37:30, 03-25 10:00 > 03-25 18:00")
    assert lines(wib("03-16 16:00"), 2, OFFICE, pauses) == table(FITRI)


MIDNIGHT = """
start   | 9  | 09 12:00 | 09 12:00 | 0    |
counted | 9  | 09 12:00 | 10 00:00 | 0.5  |
counted | 10 | 10 00:00 | 10 06:00 | 0.25 |
pause   | 10 | 10 06:00 | 10 12:00 | 0    |
counted | 10 | 10 12:00 | 10 18:00 | 0.25 |
due     | 10 | 10 18:00 | 10 18:00 | 0    |
"""


def test_explain_in_calendar_days_cuts_at_midnight_and_skips_nothing():
    pauses = spans("01-10 06:00 > 01-10 12:00")
    assert lines(wib("01-09 12:00"), 1, OFFICE, pauses, CALENDAR_DAYS) == table(MIDNIGHT)


REASONS = """
01-05 07:29 | before_opening
01-05 07:30 |
01-05 15:45 |
01-05 15:46 | after_closing
01-10 09:00 | weekend
03-21 09:00 | weekend
03-18 09:00 | holiday
"""


@pytest.mark.parametrize(("start", "reason"), table(REASONS))
def test_explain_says_why_the_start_was_moved(start, reason):
    assert explain(wib(start), 2, OFFICE)[0].reason == reason


def test_explain_does_not_call_a_free_wednesday_a_weekend():
    steps = explain(wib("01-07 09:00"), 2, Calendar({0: LONG, 3: LONG}, {}))
    skipped = [(step.kind, step.day.day) for step in steps if step.from_ is None]
    assert steps[0].reason == "no_hours"
    assert skipped == [("no_hours", 7), ("no_hours", 9), ("weekend", 10), ("weekend", 11)]


def test_the_calendar_knows_its_days_and_hours():
    assert OFFICE.is_working_day(date(2026, 3, 17))
    assert not OFFICE.is_working_day(date(2026, 3, 18))
    assert not OFFICE.is_working_day(date(2026, 3, 14))
    assert OFFICE.opening(date(2026, 1, 9)) == datetime(2026, 1, 9, 0, 30)
    assert OFFICE.closing(date(2026, 1, 9)) == datetime(2026, 1, 9, 4, 0)
    with pytest.raises(CalendarError, match="2026-03-18"):
        OFFICE.opening(date(2026, 3, 18))


OPEN = """
01-09 07:29:59        | no  | 01-09 07:30
01-09 07:30:00        | yes | 01-09 07:30
01-09 11:00:00        | yes | 01-09 11:00
01-09 11:00:00.000001 | no  | 01-12 07:30
03-17 15:46:00        | no  | 03-25 07:30
03-19 09:00:00        | no  | 03-25 07:30
"""


@pytest.mark.parametrize(("moment", "is_open", "next_opening"), table(OPEN))
def test_opening_and_closing_are_open(moment, is_open, next_opening):
    assert OFFICE.is_open(wib(moment)) is (is_open == "yes")
    assert OFFICE.next_opening(wib(moment)) == wib(next_opening)


def test_a_day_is_jakartas_also_where_utc_has_another_date():
    early = Calendar({0: (time(5), time(8))}, {})
    assert early.opening(date(2026, 1, 5)) == datetime(2026, 1, 4, 22)
    assert due(datetime(2026, 1, 4, 21), 0.5, early) == datetime(2026, 1, 4, 23, 30)


@pytest.mark.parametrize(
    ("hours", "holidays"),
    [
        ({}, {}),
        ({7: LONG}, {}),
        ({0: (time(9), time(9))}, {}),
        ({0: (time(15), time(9))}, {}),
        ({0: (time(9, 0, 0, 1), time(15))}, {}),
        (HOURS, {datetime(2026, 1, 1): "Tahun Baru Masehi"}),
        (HOURS, {"2026-01-01": "Tahun Baru Masehi"}),
    ],
)
def test_an_impossible_calendar_is_refused(hours, holidays):
    with pytest.raises(CalendarError):
        Calendar(hours, holidays)


def test_years_without_a_working_day_are_passed_over():
    mondays = {date(2026, 1, 5) + timedelta(weeks=week): "Libur" for week in range(2000)}
    only_monday = Calendar({0: LONG}, mondays)
    assert due(wib("01-05 08:00"), 1, only_monday) == only_monday.closing(date(2026, 1, 5) + timedelta(weeks=2000))


def test_a_calendar_keeps_what_it_was_made_of():
    holidays = {}
    calendar = Calendar(HOURS, holidays)
    holidays[date(2026, 1, 6)] = "Libur"
    assert calendar == Calendar(HOURS, {})
    assert due(wib("01-05 07:30"), 2, calendar) == wib("01-06 15:45")


@pytest.mark.parametrize("days", [-1, -0.001, float("nan"), float("inf")])
def test_an_impossible_limit_is_refused(days):
    with pytest.raises(DeadlineError, match="limit"):
        due(wib("01-05 08:00"), days, OFFICE)


def test_an_unknown_unit_and_aware_moments_are_refused():
    aware = datetime(2026, 1, 5, 8, tzinfo=UTC)
    with pytest.raises(DeadlineError, match="hours"):
        due(wib("01-05 08:00"), 2, OFFICE, (), "hours")
    for call in (lambda: due(aware, 2, OFFICE), lambda: to_jakarta(aware), lambda: OFFICE.is_open(aware)):
        with pytest.raises(DeadlineError, match="naive"):
            call()


def test_jakarta_is_seven_hours_ahead():
    assert to_jakarta(datetime(2026, 1, 5, 20)) == datetime(2026, 1, 6, 3, tzinfo=JAKARTA)
    assert to_jakarta(datetime(2026, 1, 5, 20)).day == 6
    assert from_jakarta(datetime(2026, 1, 6, 3)) == datetime(2026, 1, 5, 20)
    assert from_jakarta(datetime(2026, 1, 6, 3, tzinfo=timezone(timedelta(hours=9)))) == datetime(2026, 1, 5, 18)


def test_the_seed_holds_every_holiday_of_2026_with_its_kind():
    seeded = national_holidays([2026])
    assert {day: name for day, name, kind in seeded if kind == "libur_nasional"} == PUBLIC
    assert {day: name for day, name, kind in seeded if kind == "cuti_bersama"} == JOINT


def test_the_seed_is_sorted_and_names_a_date_once():
    days = [day for day, _, _ in national_holidays(iter([2027, 2025, 2026, 2025]))]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {2025, 2026, 2027}
    assert national_holidays([]) == []


def test_2026_has_240_working_days_and_248_without_cuti_bersama():
    seeded = national_holidays([2026])
    whole = Calendar(HOURS, {day: name for day, name, _ in seeded})
    national = Calendar(HOURS, {day: name for day, name, kind in seeded if kind == "libur_nasional"})
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    for calendar, expected in ((whole, 240), (national, 248)):
        assert sum(map(calendar.is_working_day, year)) == expected
        assert working_days_between(wib("01-01 00:00"), wib("2027-01-01 00:00"), calendar) == expected


# Against a simulation that tells the rule as one would: look at every minute, and add its share when it counts.

MONDAY = datetime(2026, 1, 5)
MINUTE = timedelta(minutes=1)


def day_share(minute, calendar, pauses=()) -> Fraction:
    """What this minute is of its working day; 0 when the office is closed or the clock paused."""
    local = minute + timedelta(hours=7)
    opening, closing = calendar.hours.get(local.weekday(), (time.max, time.max))
    closed = local.date() in calendar.holidays or not opening <= local.time() < closing
    if closed or any(paused <= minute < resumed for paused, resumed in pauses):
        return Fraction(0)
    return Fraction(1, (closing.hour - opening.hour) * 60 + closing.minute - opening.minute)


def simulated_due(start, days, calendar, pauses) -> datetime:
    left, minute, gone = days, start.replace(second=0), Fraction(start.second, 60)
    while True:
        share = day_share(minute, calendar, pauses)
        if share and share * (1 - gone) >= left:
            return minute + timedelta(seconds=ceil((gone + left / share) * 60))
        left -= share * (1 - gone)
        minute, gone = minute + MINUTE, Fraction(0)


def simulated_used(start, now, calendar, pauses=()) -> Fraction:
    total, minute, gone = Fraction(0), start.replace(second=0), Fraction(start.second, 60)
    while minute < now:
        total += day_share(minute, calendar, pauses) * (1 - gone)
        minute, gone = minute + MINUTE, Fraction(0)
    return total


@st.composite
def calendars(draw):
    edges = st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True).map(sorted)
    hours = draw(st.dictionaries(st.integers(0, 6), edges, min_size=2))
    free = draw(st.sets(st.integers(-1, 12), max_size=6))
    return Calendar(
        {day: tuple(time(*divmod(edge, 60)) for edge in pair) for day, pair in hours.items()},
        {(MONDAY + timedelta(days=day)).date(): "Libur" for day in free},
    )


def minutes(days: int):
    return st.integers(0, days * 1440).map(lambda n: MONDAY + n * MINUTE)


starts = st.builds(lambda minute, second: minute.replace(second=second), minutes(6), st.sampled_from([0, 0, 1, 37, 59]))
limits = st.one_of(
    st.sampled_from(["0.1", "0.25", "0.5", "1", "2", "3"]).map(Fraction),
    st.fractions(Fraction(1, 100), 2, max_denominator=1000),
)
pause_lists = st.lists(st.tuples(minutes(9), minutes(9)).map(lambda pair: tuple(sorted(pair))), max_size=3)
simulated = settings(max_examples=40, deadline=None, database=None)


@simulated
@given(starts, limits, calendars(), pause_lists)
def test_due_is_what_the_simulation_finds(start, days, calendar, pauses):
    assert due(start, days, calendar, pauses) == simulated_due(start, days, calendar, pauses)


@simulated
@given(starts, minutes(12), limits, calendars(), pause_lists)
def test_share_used_is_what_the_simulation_finds(start, now, days, calendar, pauses):
    used = float(simulated_used(start, now, calendar, pauses))
    # The due time is rounded up to a second, and the share is of the limit up to there.
    second = max(1 / 60 / ((b.hour - a.hour) * 60 + b.minute - a.minute) for a, b in calendar.hours.values())
    share = share_used(start, now, days, calendar, pauses)
    assert used / (float(days) + second) - 1e-9 <= share <= used / float(days) + 1e-9


@simulated
@given(starts, minutes(12), calendars())
def test_working_days_between_is_what_the_simulation_finds(start, end, calendar):
    expected = float(simulated_used(start, end, calendar))
    assert working_days_between(start, end, calendar) == pytest.approx(expected, abs=1e-12)


@simulated
@given(minutes(9), calendars())
def test_next_opening_is_the_first_open_minute(moment, calendar):
    minute = moment
    while not day_share(minute, calendar) and not day_share(minute - MINUTE, calendar):
        minute += MINUTE
    assert calendar.next_opening(moment) == minute
    assert calendar.is_open(moment) == (minute == moment)


# Laws that hold for any calendar.

units = st.sampled_from(["working_days", "calendar_days"])
moments = st.datetimes(datetime(2025, 12, 28), datetime(2026, 1, 20))
long_limits = st.one_of(limits, st.integers(0, 60), st.floats(0, 60))
checked = settings(max_examples=80, deadline=None, database=None)


@checked
@given(moments, long_limits, calendars(), pause_lists)
def test_due_lies_inside_hours_on_a_whole_second(start, days, calendar, pauses):
    end = due(start, days, calendar, pauses)
    assert calendar.is_open(end)
    assert end.microsecond == 0
    assert end >= start


@checked
@given(moments, moments, long_limits, calendars(), pause_lists, units)
def test_who_starts_later_is_not_due_earlier(one, other, days, calendar, pauses, unit):
    one, other = sorted((one, other))
    assert due(one, days, calendar, pauses, unit) <= due(other, days, calendar, pauses, unit)


@checked
@given(moments, long_limits, long_limits, calendars(), pause_lists, units)
def test_a_longer_limit_is_not_due_earlier(start, one, other, calendar, pauses, unit):
    one, other = sorted((one, other))
    assert due(start, one, calendar, pauses, unit) <= due(start, other, calendar, pauses, unit)


@checked
@given(moments, long_limits, calendars(), pause_lists, pause_lists, units)
def test_more_pauses_are_not_due_earlier_and_order_and_repetition_are_nothing(start, days, calendar, some, more, unit):
    end = due(start, days, calendar, some + more, unit)
    assert due(start, days, calendar, some, unit) <= end
    assert due(start, days, calendar, (more + some) * 2, unit) == end


@checked
@given(moments, moments, moments, calendars())
def test_working_days_add_up(one, two, three, calendar):
    one, two, three = sorted((one, two, three))
    parts = working_days_between(one, two, calendar) + working_days_between(two, three, calendar)
    assert working_days_between(one, three, calendar) == pytest.approx(parts, abs=1e-9)


@checked
@given(moments, st.integers(1, 20), st.integers(1, 20), calendars())
def test_whole_days_from_a_closing_add_up(start, one, other, calendar):
    closing = calendar.closing(to_jakarta(due(start, 1, calendar)).date())
    assert due(due(closing, one, calendar), other, calendar) == due(closing, one + other, calendar)


@checked
@given(moments, st.sampled_from([0.1, 0.2, 0.3, 0.7, 0.9, 1 / 3]), calendars())
def test_parts_that_make_a_day_end_at_closing_and_not_on_the_next_day(start, part, calendar):
    closing = calendar.closing(to_jakarta(due(start, 1, calendar)).date())
    tomorrow = due(closing, 1, calendar)
    assert due(closing, part + (1 - part), calendar) == tomorrow
    assert due(closing, sum([0.1] * 10), calendar) == tomorrow
    assert due(closing, 0.1 + 0.2 + 0.7, calendar) == tomorrow


@checked
@given(moments, limits, calendars(), pause_lists, units)
def test_the_share_reaches_one_exactly_at_the_due_time(start, days, calendar, pauses, unit):
    end = due(start, days, calendar, pauses, unit)
    assert share_used(start, end, days, calendar, pauses, unit) == 1.0
    assert share_used(start, end - timedelta(seconds=1), days, calendar, pauses, unit) < 1.0
    assert share_used(start, start, days, calendar, pauses, unit) == 0.0


@checked
@given(moments, moments, moments, limits, calendars(), pause_lists, units)
def test_the_share_never_falls(start, one, other, days, calendar, pauses, unit):
    one, other = sorted((one, other))
    assert share_used(start, one, days, calendar, pauses, unit) <= share_used(
        start, other, days, calendar, pauses, unit
    )


@checked
@given(moments, long_limits, calendars(), pause_lists, units)
def test_explain_counts_the_limit_in_order_and_ends_at_the_due_time(start, days, calendar, pauses, unit):
    first, *middle, last = explain(start, days, calendar, pauses, unit)
    assert (first.kind, first.from_) == ("start", start)
    assert (last.kind, last.to) == ("due", due(start, days, calendar, pauses, unit))
    assert sum(step.counted for step in middle) == pytest.approx(float(days), abs=1e-5)
    assert {step.kind for step in middle} <= {"counted", "pause", "weekend", "no_hours", "holiday"}
    timed = [step for step in middle if step.from_]
    assert all(one.from_ < one.to <= two.from_ < two.to for one, two in pairwise(timed))
    assert [step.day for step in middle] == sorted(step.day for step in middle)
