"""Every figure beside a slow count with pandas from the raw events; each opens as many cases; all ways to ask agree."""

import json
import random
import sys
from datetime import date, datetime, timedelta

import pytest

from store import __main__ as command_line
from store import access, demo, figures, queries
from store.clock import now as clock_now
from store.events_file import write_events
from store.figures import Scope
from store.queries import Filters
from store.rules.deadline import to_jakarta
from store.rules.errors import Conflict, NotFound, RuleBroken
from store.rules.workflow import SYSTEM, Actor, Grant, Role

from . import oracle
from .cases import ask, new_desk, take_in, who, without_whatsapp
from .life import live

REFUSALS = (RuleBroken, Conflict, NotFound)


def events_of(desk, path):
    with path.open("w", encoding="utf-8", newline="") as file:
        write_events(desk.register, file)
    return oracle.lives(path)


@pytest.fixture(scope="module", params=["demonstration", "lives", "nothing", "one"])
def made(request, tmp_path_factory):
    """A register, its lives as the raw events tell them, and a moment at which it is looked at."""
    folder = tmp_path_factory.mktemp(request.param)
    with new_desk(folder) as desk:
        now = clock_now()
        if request.param == "demonstration":
            # A Friday at eleven in Pekalongan: what is open at that hour does not change with the day the test runs on.
            now = datetime(2026, 10, 16, 4)
            demo.fill(desk, complaints=300, seed=11, until=now)
        elif request.param == "lives":
            now = live_a_while(desk, random.Random(6))
        elif request.param == "one":
            take_in(desk)
            now = clock_now()
        rate(desk, random.Random(3), now)
        yield desk, events_of(desk, folder / "events.csv"), now


def live_a_while(desk, dice: random.Random) -> datetime:
    """Random lives that began sixty days ago; when the last of them ended."""
    start = clock_now() - timedelta(days=60)
    for _ in range(8):
        cases = [take_in(desk, now=start, phone=f"62811{dice.randrange(10**7):07d}") for _ in range(3)]
        cases.append(without_whatsapp(desk, now=start, channel=dice.choice(("LOK", "TLP"))))
        live(desk, cases, dice, 30, start, REFUSALS)
        start += timedelta(days=6)
    return clock_now()


def rate(desk, dice: random.Random, now: datetime) -> None:
    """Some of those that ended well are rated, some twice."""
    with desk.register.atomic() as cursor:
        from store.book import Book
        from store.rules.workflow import REPORTER

        book = Book(cursor, now)
        for case in book.load("where state in ('closed', 'answered') and ended_at is not null", []):
            for _ in range(dice.choice((0, 1, 2))):
                at = min(now, case.ended_at + timedelta(hours=dice.randrange(1, 90)))
                book.record(case, "rate", REPORTER, happened_at=at, rating=dice.randrange(1, 6))
        book.write()


def periods(now: datetime) -> dict[str, tuple[date, date]]:
    today = to_jakarta(now).date()
    return {
        "today": (today, today),
        "month": (today.replace(day=1), today),
        "two months": (today - timedelta(days=61), today),
        "a while ago": (today - timedelta(days=40), today - timedelta(days=20)),
        "everything": (date(2020, 1, 1), today),
    }


def same(found: dict, expected: dict) -> None:
    assert list(found) == [figure.code for figure in (*figures.PRESENT, *figures.PERIOD)]
    assert set(found) == set(expected)
    for code, value in expected.items():
        assert found[code] == (value if value is None else pytest.approx(value, rel=1e-9)), code


def test_the_raw_events_tell_the_same_lives_as_the_rows(made):
    desk, lives, _ = made
    columns = "number state received_at first_answer_at result_at stopped_at ended_at due_at closing call_reporter"
    rows = ask(desk, "select " + columns.replace(" ", ", ") + " from complaint order by number")
    names = ["number", "state", "received", "answer", "result", "stopped", "ended", "due", "closing", "call"]
    told = lives[names].sort_values("number") if len(lives) else lives
    assert [tuple(oracle.none(row)) for row in told.itertuples(index=False)] == rows


@pytest.mark.parametrize("period", ["today", "month", "two months", "a while ago", "everything"])
def test_every_figure(made, period):
    desk, lives, now = made
    since, until = periods(now)[period]
    found = figures.all_figures(desk, Scope(SYSTEM, since, until), now)
    same(found, oracle.figures(lives, since, until, now, desk.calendar))


@pytest.mark.parametrize("days", [1, 15, 40])
def test_every_figure_of_a_period_as_of_an_earlier_moment(made, days):
    desk, lives, now = made
    then = now - timedelta(days=days)
    since, until = to_jakarta(then).date() - timedelta(days=25), to_jakarta(then).date()
    found = figures.period(desk, Scope(SYSTEM, since, until), then)
    expected = oracle.figures(lives, since, until, then, desk.calendar)
    assert found == {code: pytest.approx(expected[code]) if expected[code] is not None else None for code in found}


EYES = {
    "department": {"viewer": Actor("a", "A", frozenset({Grant(Role.OPD_ADMIN, "DLH")}))},
    "nobody": {"viewer": Actor("c", "C", frozenset({Grant(Role.ADMIN)}))},
    "departments": {"departments": ("DISHUB", "DLH")},
    "category": {"categories": ("waste", "civil_registry")},
    "channel": {"channels": ("TLP", "LOK")},
    "without confidential": {"without_confidential": True},
}


def seen(lives, eyes: str):
    if not len(lives):
        return lives
    keep = {
        "department": lambda life: "DLH" in life.departments,
        "nobody": lambda life: False,
        "departments": lambda life: bool(life.departments & {"DISHUB", "DLH"}),
        "category": lambda life: life.category in ("waste", "civil_registry"),
        "channel": lambda life: life.channel in ("TLP", "LOK"),
        "without confidential": lambda life: not life.confidential,
    }[eyes]
    return lives[[keep(life) for life in lives.itertuples()]]


@pytest.mark.parametrize("eyes", EYES)
def test_every_figure_for_other_eyes_and_with_filters(made, eyes):
    desk, lives, now = made
    since, until = periods(now)["two months"]
    scope = Scope(**({"viewer": SYSTEM, "since": since, "until": until} | EYES[eyes]))
    same(figures.all_figures(desk, scope, now), oracle.figures(seen(lives, eyes), since, until, now, desk.calendar))


@pytest.mark.parametrize("viewer", ["kota", "opd.dlh", "pimpinan"])
@pytest.mark.parametrize("period", ["month", "two months", "a while ago"])
def test_every_figure_opens_as_many_cases_as_it_counts(made, monkeypatch, viewer, period):
    desk, _, now = made
    # The function of that name stands before its module.
    monkeypatch.setattr(sys.modules["store.queries.search"], "clock_now", lambda: now)
    since, until = periods(now)[period]
    person = who(desk, viewer)
    counted = figures.all_figures(desk, Scope(person, since, until), now)
    for figure in figures.FIGURES.values():
        opened = figures.FIGURES[figure.opened]
        assert opened.kind == "cases", figure.code
        days = {"since": since, "until": until} if opened.by else {}
        _, total = queries.search(desk.register, person, Filters(only=opened.code, **days), 1, desk.calendar)
        assert total == counted[opened.code], figure.code


def test_the_shares_that_open_late_cases_open_all_that_spoil_them(made):
    desk, _, now = made
    since, until = periods(now)["two months"]
    found = figures.period(desk, Scope(SYSTEM, since, until), now)
    for name in ("first", "promise", "outer"):
        assert found[f"{name}_decided"] == found[f"{name}_kept"] + found[f"{name}_late"]


def test_the_demonstration_holds_something_to_count(made):
    """Otherwise all of the above would compare nothings."""
    desk, lives, now = made
    if len(lives) < 200:
        return
    since, until = periods(now)["everything"]
    found = figures.all_figures(desk, Scope(SYSTEM, since, until), now)
    assert {code for code in COUNTED if not found[code]} == set()


COUNTED = (
    *("received", "first_kept", "first_late", "promise_kept", "promise_late", "with_result", "returned", "reopened"),
    *("confirmed", "by_officer", "silence", "answered", "ratings", "ratings_low", "open", "overdue"),
)


def test_the_command_line_prints_the_same(made, capsys, monkeypatch):
    desk, lives, now = made
    monkeypatch.setattr(command_line, "_as_it_is", lambda chosen: Shared(desk))
    monkeypatch.setattr("store.clock.now", lambda: now)
    monkeypatch.setenv("WADUL_DATA", str(desk.settings.data))
    for name in ("WHATSAPP_TOKEN", "WADUL_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    since, until = periods(now)["a while ago"]
    assert command_line.main(["figures", "--json", "--from", str(since), "--to", str(until)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["from"], said["to"]) == (str(since), str(until))
    same(said["present"] | said["period"], oracle.figures(lives, since, until, now, desk.calendar))


class Shared:
    """A desk that the command line may close without closing it for the tests after."""

    def __init__(self, desk):
        self.calendar = desk.calendar
        self.register = Open(desk.register)


class Open:
    def __init__(self, register):
        self._register = register

    def __getattr__(self, name):
        return getattr(self._register, name)

    def close(self):
        pass


def test_earlier_stretches_are_as_long():
    scope = Scope(SYSTEM, date(2026, 3, 1), date(2026, 3, 31))
    now = datetime(2026, 3, 31, 10, 0)
    earlier, moment = figures.earlier(scope, now, 1)
    assert (earlier.since, earlier.until, moment) == (date(2026, 2, 1), date(2026, 2, 28), datetime(2026, 2, 28, 10, 0))
    earlier, moment = figures.earlier(Scope(SYSTEM, date(2026, 3, 1), date(2026, 3, 12)), now, 12)
    assert (earlier.since, earlier.until) == (date(2025, 3, 1), date(2025, 3, 12))
    # Half past midnight in Jakarta is still yesterday in UTC.
    month = figures.this_month(scope, datetime(2026, 3, 31, 17, 30))
    assert (month.since, month.until) == (date(2026, 4, 1), date(2026, 4, 1))
    whole, _ = figures.earlier(Scope(SYSTEM, date(2026, 2, 1), date(2026, 2, 28)), datetime(2026, 3, 2), 1)
    assert whole.until == date(2026, 1, 31)


def test_leadership_sees_the_figures_of_all_and_no_names(made):
    desk, _, now = made
    since, until = periods(now)["month"]
    leader = who(desk, "pimpinan")
    assert figures.period(desk, Scope(leader, since, until), now) == figures.period(
        desk, Scope(SYSTEM, since, until), now
    )
    assert access.visible(leader) is None
    rows, _ = queries.search(desk.register, leader, Filters(only="open"))
    assert {row["reporter"] for row in rows} <= {""}
