"""The dashboard's figures beside a slow count of the raw rows, on random registers; days are Jakarta's."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from store import figures
from store.db import insert, rows
from store.rules.workflow import SYSTEM, Actor, Grant, Role

from .cases import ask, new_desk

NOW = datetime(2026, 6, 15, 6, 30)  # a Monday in Jakarta, 13.30
TODAY = date(2026, 6, 15)
DEPARTMENTS = ("DLH", "DISHUB", "DPUPR")
VIEWERS = {
    "all": SYSTEM,
    "dlh": Actor("a", "A", frozenset({Grant(Role.OPD_ADMIN, "DLH")})),
    "two": Actor("b", "B", frozenset({Grant(Role.OPD_TEAM, "DLH"), Grant(Role.OPD_ADMIN, "DPUPR")})),
    "none": Actor("c", "C", frozenset({Grant(Role.ADMIN)})),
}
PERIODS = ((date(2026, 6, 9), TODAY), (TODAY, TODAY), (date(2026, 5, 1), date(2026, 5, 31)), (date(2025, 1, 1), TODAY))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("figures")) as desk:
        yield desk


def random_row(dice: random.Random, number: int, kelurahan: list[str]) -> dict:
    """A complaint as it might be; every third moment lies at the edge of a day in Jakarta (17.00 UTC)."""

    def moment(earliest: datetime, days: int) -> datetime:
        found = earliest + timedelta(seconds=dice.randrange(days * 86400))
        if dice.random() < 0.33:
            edge = dice.choice((timedelta(), timedelta(microseconds=-1), timedelta(seconds=1)))
            found = max(found.replace(hour=17, minute=0, second=0, microsecond=0) + edge, earliest)
        return found

    received = moment(NOW - timedelta(days=60), 60)
    due = moment(received, 5)
    if dice.random() < 0.1:
        due = NOW
    stopped = dice.choice((None, due, moment(received, 8)))
    ended = dice.choice((None, stopped, stopped and moment(stopped, 3)))
    closing = ended and dice.choice((None, "confirmed", "by_officer", "silence"))
    state = "in_progress" if not ended else ("closed" if closing else dice.choice(("answered", "rejected")))
    paused = dice.choice((None, None, received)) if stopped is None and not ended else None
    promised = dice.choice((None, moment(received, 12))) if stopped is None and not ended else None
    holders = dice.sample(DEPARTMENTS, dice.choice((0, 1, 1, 2)))
    return {
        "id": number, "number": f"WA-2026-{number:05d}", "channel": "WA", "kind": "complaint", "state": state,
        "contact_id": 1, "received_at": received, "state_since": received, "summary": "x", "confidential": False,
        "category": dice.choice(("waste", "road", None)), "kelurahan": dice.choice([*kelurahan, None]),
        "department": holders[0] if holders else None, "departments": f"|{'|'.join(holders)}|" if holders else "",
        "promise_due_at": due, "due_at": None if ended or stopped or paused else promised or due,
        "paused_at": paused, "stopped_at": stopped, "ended_at": ended,
        "closing": closing, "call_reporter": dice.random() < 0.1, "unread": False, "message_count": 1,
        "media_count": 0, "returned_count": 0, "reopened_count": 0, "version": 1,
    }  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def raw(desk, request):
    """A register of 400 random complaints, and its rows."""
    dice = random.Random(request.param)
    kelurahan = [code for (code,) in ask(desk, "select code from kelurahan order by code limit 4")]
    with desk.register.atomic() as cursor:
        cursor.execute("delete from complaint")
    with desk.register.atomic() as cursor:
        insert(cursor, "complaint", [random_row(dice, n, kelurahan) for n in range(1, 401)])
    with desk.register.cursor() as cursor:
        return rows(cursor.execute("select * from complaint"))


def jakarta_day(moment: datetime) -> date:
    return (moment + timedelta(hours=7)).date()


def visible(raw: list[dict], viewer: str) -> list[dict]:
    if viewer == "all":
        return raw
    theirs = {"dlh": {"DLH"}, "two": {"DLH", "DPUPR"}, "none": set()}[viewer]
    return [row for row in raw if theirs & set(row["departments"].split("|"))]


def within(moment: datetime | None, period: tuple[date, date]) -> bool:
    return moment is not None and period[0] <= jakarta_day(moment) <= period[1]


def is_open(row: dict) -> bool:
    return row["ended_at"] is None


def runs(row: dict) -> bool:
    """Whether a limit runs now; the promised day, where it is scheduled."""
    return is_open(row) and row["stopped_at"] is None and row["paused_at"] is None


def is_stopped(row: dict) -> bool:
    return row["stopped_at"] is not None and row["stopped_at"] <= NOW


def is_decided(row: dict) -> bool:
    if row["state"] == "rejected":
        return False
    return is_stopped(row) or (row["paused_at"] is None and row["promise_due_at"] < NOW)


def is_kept(row: dict) -> bool:
    return is_decided(row) and is_stopped(row) and row["stopped_at"] <= row["promise_due_at"]


BOTH = [
    pytest.mark.parametrize("viewer", VIEWERS),
    pytest.mark.parametrize("period", PERIODS, ids=["week", "day", "may", "long"]),
]


def for_all(test):
    for mark in BOTH:
        test = mark(test)
    return test


@for_all
def test_received_and_ended_by_day_with_the_empty_days(desk, raw, viewer, period):
    mine = visible(raw, viewer)
    received = Counter(jakarta_day(row["received_at"]) for row in mine)
    ended = Counter(jakarta_day(row["ended_at"]) for row in mine if row["ended_at"])
    found = figures.by_day(desk.register, VIEWERS[viewer], *period)
    days = [period[0] + timedelta(days=n) for n in range((period[1] - period[0]).days + 1)]
    got = [(d.date() if hasattr(d, "date") else d, r, e) for d, r, e in found.itertuples(index=False)]
    assert got == [(day, received[day], ended[day]) for day in days]


@for_all
def test_by_department(desk, raw, viewer, period):
    expected = {}
    for code in DEPARTMENTS:
        mine = [row for row in visible(raw, viewer) if row["department"] == code]
        received = [row for row in mine if within(row["received_at"], period)]
        if received or any(map(is_open, mine)):
            expected[code] = {
                "received": len(received),
                "open": sum(map(is_open, mine)),
                "overdue": sum(runs(row) and row["due_at"] < NOW for row in mine),
                "kept": sum(map(is_kept, received)),
                "decided": sum(map(is_decided, received)),
            }
    found = figures.by_department(desk.register, VIEWERS[viewer], *period, NOW).to_dict("records")
    assert {row.pop("code"): {k: v for k, v in row.items() if k != "name"} for row in found} == expected


@for_all
def test_by_category_and_kelurahan(desk, raw, viewer, period):
    mine = [row for row in visible(raw, viewer) if within(row["received_at"], period)]
    for column, ask_figures in (("category", figures.by_category), ("kelurahan", figures.by_kelurahan)):
        found = ask_figures(desk.register, VIEWERS[viewer], *period)
        got = {(None if row.code != row.code else row.code): row.received for row in found.itertuples()}
        assert got == Counter(row[column] for row in mine)
        assert list(found["received"]) == sorted(found["received"], reverse=True)
        assert all(name for name in found["name"])


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 9, 16, 59, 59, 999999), date(2026, 6, 9)),
        (datetime(2026, 6, 9, 17, 0, 0), date(2026, 6, 10)),
        (datetime(2026, 6, 9, 17, 0, 0, 1), date(2026, 6, 10)),
        (datetime(2025, 12, 31, 17, 0, 0), date(2026, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_jakarta(desk, moment, day):
    row = random_row(random.Random(1), 1, []) | {"received_at": moment, "ended_at": moment, "stopped_at": moment}
    with desk.register.atomic() as cursor:
        cursor.execute("delete from complaint")
    with desk.register.atomic() as cursor:
        insert(cursor, "complaint", [row])
    for since in (day - timedelta(days=1), day, day + timedelta(days=1)):
        inside = int(since == day)
        found = figures.period(desk, figures.Scope(SYSTEM, since, since), max(NOW, moment))
        assert (found["received"], found["ended"]) == (inside, inside)
        frame = figures.by_day(desk.register, SYSTEM, since, since)
        assert (frame["received"].sum(), frame["ended"].sum()) == (inside, inside)


def test_an_empty_register_has_figures_too(settings):
    with new_desk(settings.data) as desk:
        found = figures.all_figures(desk, figures.Scope(SYSTEM, TODAY, TODAY), NOW)
        assert (found["received"], found["within_promise"], found["result_median"]) == (0, None, None)
        assert list(figures.by_day(desk.register, SYSTEM, TODAY, TODAY)["received"]) == [0]
        assert figures.by_department(desk.register, SYSTEM, TODAY, TODAY, NOW).empty
