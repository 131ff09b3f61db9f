"""Analitik's figures beside slow and obvious counting: from the raw events of random lives, and from random rows."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from store import check, queries
from store.book import Book
from store.clock import now as clock_now
from store.db import insert, rows
from store.figures import Scope, analysis, analysis_departments, analysis_words, marks
from store.holidays_seed import JOINT_LEAVE
from store.queries import Filters
from store.rules.case import Case
from store.rules.point import LATITUDES, LONGITUDES
from store.rules.workflow import REPORTER, SYSTEM, Actor, Grant, Role

from .cases import ask, new_desk, take_in
from .test_figures import random_row

DLH = Actor("a", "A", frozenset({Grant(Role.OPD_ADMIN, "DLH")}))
LEADER = Actor("l", "L", frozenset({Grant(Role.LEADER)}))
NOBODY = Actor("n", "N", frozenset({Grant(Role.ADMIN)}))
VIEWERS = {"all": SYSTEM, "dlh": DLH, "nobody": NOBODY}
ENDED = {"closed", "rejected", "duplicate", "referred", "withdrawn", "archived"}
NOW = datetime(2026, 6, 15, 6, 30)  # a Monday in Jakarta, 13.30


def local(moment: datetime) -> datetime:
    return moment + timedelta(hours=7)


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(hours=17)


# Where a complaint may go from each state: (what happens, the state after it).
STEPS = {
    "received": [("ask", "awaiting_reporter"), ("answer", "answered"), ("forward", "forwarded"),
                 ("forward", "forwarded"), ("reject", "rejected"), ("refer", "referred"), ("withdraw", "withdrawn")],
    "awaiting_reporter": [("supply", "received"), ("archive", "archived")],
    "archived": [("revive", "received")],
    "rejected": [("restore", "received"), ("note", "rejected")],
    "answered": [("delivered", "answered"), ("note", "answered"), ("reopen", "reopened")],
    "forwarded": [("accept", "accepted"), ("accept", "accepted"), ("return", "returned")],
    "returned": [("forward", "forwarded")],
    "accepted": [("start", "in_progress")],
    "in_progress": [("schedule", "scheduled"), ("submit_result", "in_review")],
    "scheduled": [("submit_result", "in_review")],
    "in_review": [("approve", "awaiting_confirmation"), ("send_back", "in_progress")],
    "awaiting_confirmation": [("confirm", "closed"), ("lapse", "closed"), ("close", "closed")],
    "closed": [("reopen", "reopened"), ("note", "closed"), ("note", "closed")],
    "reopened": [("forward", "forwarded"), ("answer", "answered")],
    "referred": [], "withdrawn": [],
}  # fmt: skip


def opened(book: Book, dice: random.Random, number: int, start: datetime) -> None:
    now = start + timedelta(minutes=dice.randrange(300 * 1440))
    limits = {"promise_due_at": now + timedelta(days=2), "outer_due_at": now + timedelta(days=20)}
    channel = dice.choice(("WA", "WA", "LOK"))
    book.open_case(channel, number, REPORTER, now, **limits, confidential=dice.random() < 0.1)


def live(book: Book, dice: random.Random, case: Case) -> None:
    """A complaint's life after its beginning, over so many steps that some are taken up again after their end."""
    now = case.received_at
    for _ in range(dice.randrange(14)):
        if not STEPS[case.state]:
            break
        kind, target = dice.choice(STEPS[case.state])
        if kind == "reopen" and not case.ended_at:
            continue
        now += timedelta(minutes=dice.choice((7, 300, 2000, 9000)))
        data = {"text": "x", "message_id": 1 if case.channel == "WA" else None}
        if kind == "forward":
            data |= {"department": dice.choice(("DLH", "DISHUB", "DPUPR"))}
        elif kind in ("return", "accept", "start", "schedule", "submit_result"):
            data |= {"department": case.department, "reason": "incomplete"}
        case = book.record(case, kind, SYSTEM, target=target, happened_at=now, **data)
        if case.state == "awaiting_confirmation" and dice.random() < 0.3:
            case = book.record(case, "rate", SYSTEM, happened_at=now, rating=dice.randint(1, 5))


@pytest.fixture(scope="module", params=[1, 2])
def lived(tmp_path_factory, request):
    """A register of 80 random lives, its events and its rows."""
    with new_desk(tmp_path_factory.mktemp("lived")) as desk:
        dice = random.Random(request.param)
        with desk.register.atomic() as cursor:
            book = Book(cursor, clock_now())
            for number in range(1, 81):
                opened(book, dice, number, datetime(2025, 1, 1, 3))
            book.write()
        with desk.register.atomic() as cursor:
            book = Book(cursor, clock_now())
            for case in book.load("where true", []):
                live(book, dice, case)
            book.write()
        with desk.register.cursor() as cursor:
            events = cursor.execute("select * from event order by id").df()
            found = rows(cursor.execute("select * from complaint"))
        yield desk, events, {row["id"]: row for row in found}


def is_open(events: list, channel: str) -> bool:
    """Replay: whether a complaint is open after these events."""
    open_now, state = True, "received"
    for event in events:
        counter = event.kind == "answer" and channel == "LOK" and '"message_id": null' in event.data
        reached = event.kind in ("delivered", "told") and state == "answered"
        if event.kind in ("reopen", "revive", "restore", "unmerge"):
            open_now = True
        elif (event.to_state in ENDED and event.to_state != state) or counter or reached:
            open_now = False
        state = event.to_state
    return open_now


def days_of(events: pd.DataFrame) -> tuple[date, date]:
    return local(events["happened_at"].min()).date(), local(events["happened_at"].max()).date()


def lie(row: dict, department: str) -> bool:
    return department in row["departments"].split("|")


def test_the_life_had_ends_that_did_not_last(lived):
    desk, events, _ = lived
    assert ask(desk, "select count(*) from earlier_end")[0][0] >= 3
    assert {"reopen", "forward", "return"} <= set(events["kind"])
    assert list(check.differences(desk.register)) == []


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_backlog_is_what_replaying_the_events_gives(lived, viewer):
    desk, events, cases = lived
    first, last = days_of(events)
    first, last = first - timedelta(days=2), last + timedelta(days=2)
    mine = [i for i, row in cases.items() if viewer == "all" or (viewer == "dlh" and lie(row, "DLH"))]
    by_case = {i: list(events[events["complaint_id"] == i].itertuples()) for i in mine}
    found = analysis.backlog(desk.register, Scope(VIEWERS[viewer], first, last), last)
    got = {pd.Timestamp(day).date(): count for day, count in found.itertuples(index=False)}
    assert len(got) == (last - first).days + 1
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        replayed = 0
        for i, own in by_case.items():
            past = [event for event in own if event.happened_at < end_of(day)]
            replayed += bool(past) and is_open(past, cases[i]["channel"])
        assert got[day] == replayed, day


def test_the_backlog_of_a_later_stretch_begins_with_what_was_open_before(lived):
    desk, events, _ = lived
    first, last = days_of(events)
    middle = first + (last - first) / 2
    whole = analysis.backlog(desk.register, Scope(SYSTEM, first, last), last).set_index("day")["open"]
    later = analysis.backlog(desk.register, Scope(SYSTEM, middle, last), last).set_index("day")["open"]
    assert later.tolist() == whole.loc[later.index].tolist()
    assert analysis.backlog(desk.register, Scope(SYSTEM, last, last + timedelta(days=9)), last)["day"].size == 1
    assert analysis.backlog(
        desk.register, Scope(SYSTEM, last + timedelta(days=1), last + timedelta(days=9)), last
    ).empty


def test_a_day_of_the_backlog_opens_just_its_cases(lived):
    desk, events, _ = lived
    first, last = days_of(events)
    backlog = analysis.backlog(desk.register, Scope(SYSTEM, first, last), last)
    for day, count in list(backlog.itertuples(index=False))[::25]:
        mark = f"terbuka:{pd.Timestamp(day).date().isoformat()}"
        assert queries.search(desk.register, SYSTEM, Filters(mark=mark))[1] == count, mark


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_ways_are_the_changes_of_state_in_the_events(lived, viewer):
    desk, events, cases = lived
    mine = {i for i, row in cases.items() if viewer == "all" or (viewer == "dlh" and lie(row, "DLH"))}
    moved = events[(events["from_state"] != events["to_state"]) & events["from_state"].notna()]
    expected = Counter((row.from_state, row.to_state) for row in moved.itertuples() if row.complaint_id in mine)
    found = analysis_departments.ways(desk.register, Scope(VIEWERS[viewer], *days_of(events)))
    assert {(a, b): count for a, b, count, _ in found.itertuples(index=False)} == dict(expected)
    cases_of = moved.groupby(["from_state", "to_state"])["complaint_id"]
    distinct = cases_of.agg(lambda ids: len(set(ids) & mine))
    assert {(row.before, row.after): row.cases for row in found.itertuples()} == distinct[distinct > 0].to_dict()


def test_a_step_of_the_way_opens_the_cases_that_made_it(lived):
    desk, events, _ = lived
    moved = events[events["from_state"].notna() & (events["from_state"] != events["to_state"])]
    returned = moved[(moved["from_state"] == "forwarded") & (moved["to_state"] == "returned")]
    filters = Filters(mark="alih:fb")
    assert queries.search(desk.register, SYSTEM, filters)[1] == returned["complaint_id"].nunique() > 0


def test_the_departments_by_their_own_parts(lived):
    desk, events, cases = lived
    scope = Scope(SYSTEM, *days_of(events))
    found = analysis_departments.by_department(desk.register, scope, clock_now()).set_index("code")
    returned = Counter()
    for row in events[events["kind"] == "return"].itertuples():
        returned[json.loads(row.data)["department"]] += 1
    parts = desk.register.frame("select * from assignment")
    parts = parts[parts["state"] != "returned"]
    assert set(found.index) == set(parts["department"]) | set(returned)
    for code in found.index:
        row, own = found.loc[code], parts[parts["department"] == code]
        held = [cases[i] for i in own["complaint_id"]]
        accepted = own[own["accepted_at"].notna()]
        hours = (pd.to_datetime(accepted["accepted_at"]) - pd.to_datetime(accepted["forwarded_at"])) / timedelta(
            hours=1
        )
        assert (row["received"], row["returned"]) == (len(own), returned[code])
        assert row["open"] == sum(case["ended_at"] is None for case in held)
        assert row["reopened"] == sum(case["reopened_count"] > 0 for case in held)
        assert row["accepted"] == len(hours)
        assert row["accept_hours"] == pytest.approx(hours.median()) or (hours.empty and pd.isna(row["accept_hours"]))


def test_a_department_sees_itself_alone_among_the_departments(lived):
    desk, events, _ = lived
    scope = Scope(DLH, *days_of(events))
    assert set(analysis_departments.by_department(desk.register, scope, clock_now())["code"]) <= {"DLH"}
    assert analysis_departments.by_department(desk.register, replace(scope, viewer=NOBODY), clock_now()).empty
    other = replace(scope, departments=("DISHUB",))
    assert analysis_departments.by_department(desk.register, other, clock_now())["received"].sum() == 0
    every = analysis_departments.by_department(desk.register, replace(scope, viewer=LEADER), clock_now())
    assert {"DLH", "DISHUB"} <= set(every["code"])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A register of random rows, with kelurahan, points, channels and moments at the edges of days; and the rows."""
    with new_desk(tmp_path_factory.mktemp("drawn")) as desk:
        dice = random.Random(5)
        kelurahan = [code for (code,) in ask(desk, "select code from kelurahan order by code limit 5")]
        made = []
        for number in range(1, 501):
            row = random_row(dice, number, kelurahan)
            shared = dice.random() < 0.5
            row |= {
                "channel": dice.choice(("WA", "WA", "TLP", "LOK")),
                "confidential": dice.random() < 0.2,
                "latitude": dice.uniform(LATITUDES[0] - 0.02, LATITUDES[1] + 0.02) if shared else None,
                "longitude": dice.uniform(LONGITUDES[0], LONGITUDES[1]) if shared else None,
            }
            made.append(row)
        with desk.register.atomic() as cursor:
            insert(cursor, "complaint", made)
        yield desk, pd.DataFrame(made)


def scopes(viewer: Actor = SYSTEM) -> list[Scope]:
    june, whole = (date(2026, 6, 3), date(2026, 6, 15)), (date(2026, 4, 1), date(2026, 6, 30))
    return [
        Scope(viewer, *june),
        Scope(viewer, *whole),
        Scope(viewer, *whole, categories=("waste", "-"), without_confidential=True),
        Scope(viewer, *whole, departments=("DPUPR",), channels=("WA", "LOK")),
        Scope(viewer, *whole, kelurahan=("-",)),
    ]


def left(frame: pd.DataFrame, scope: Scope, column: str | None = "received_at") -> pd.DataFrame:
    """The rows that a scope leaves, by plain Python."""

    def stays(row) -> bool:
        holders = set(row["departments"].split("|"))
        return (
            (scope.viewer in (SYSTEM, LEADER) or bool(holders & scope.viewer.departments))
            and (not scope.departments or bool(holders & set(scope.departments)))
            and (not scope.categories or (row["category"] or "-") in scope.categories)
            and (not scope.kelurahan or (row["kelurahan"] or "-") in scope.kelurahan)
            and (not scope.channels or row["channel"] in scope.channels)
            and not (scope.without_confidential and row["confidential"])
            and (column is None or (row[column] == row[column] and row[column] is not None
                                    and scope.since <= local(row[column]).date() <= scope.until))
        )  # fmt: skip

    return frame[[stays(row) for row in frame.astype(object).where(frame.notna(), None).to_dict("records")]]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("viewer", [SYSTEM, DLH], ids=["all", "dlh"])
def test_grouped_counts(drawn, viewer, place):
    desk, frame = drawn
    scope = scopes(viewer)[place]
    mine = left(frame, scope)
    day = mine["received_at"].map(local)

    volume = analysis.volume(desk.register, scope)
    assert volume["received"].sum() == len(mine)
    assert volume["ended"].sum() == len(left(frame, scope, "ended_at"))
    by_day = Counter(day.dt.date)
    assert {pd.Timestamp(d).date(): n for d, n in zip(volume["day"], volume["received"], strict=True) if n} == by_day

    found = analysis.by_category_and_month(desk.register, scope)
    got = {(row.code, pd.Timestamp(row.month).date()): row.received for row in found.itertuples()}
    categories = mine["category"].astype(object).where(mine["category"].notna(), "-")
    assert got == Counter(zip(categories, [d.date().replace(day=1) for d in day], strict=True))

    found = analysis.by_kelurahan(desk.register, scope)
    assert len(found) >= 27
    places = mine["kelurahan"].astype(object).where(mine["kelurahan"].notna(), "-")
    assert {row.code: row.received for row in found.itertuples() if row.received} == Counter(places)
    assert found["open"].sum() == mine["ended_at"].isna().sum()

    found = analysis.by_hour(desk.register, scope)
    got = {(row.weekday, row.hour): row.received for row in found.itertuples()}
    assert got == Counter(zip(day.dt.weekday + 1, day.dt.hour, strict=True))
    for (weekday, hour), count in list(got.items())[:3]:
        filters = Filters(
            departments=scope.departments, categories=scope.categories, kelurahan=scope.kelurahan,
            channels=scope.channels, since=scope.since, until=scope.until, mark=f"jam:{weekday}-{hour}",
            without_confidential=scope.without_confidential,
        )  # fmt: skip
        assert queries.search(desk.register, viewer, filters)[1] == count

    found = analysis.by_channel(desk.register, scope, NOW)
    assert {row.code: row.received for row in found.itertuples()} == Counter(mine["channel"])
    assert list(found["received"]) == sorted(found["received"], reverse=True)


def test_a_kelurahan_that_is_no_longer_in_use_keeps_its_name(tmp_path):
    with new_desk(tmp_path) as desk:
        case = take_in(desk, "Sampah")
        (code, name), (other, _) = ask(desk, "select code, name from kelurahan order by code limit 2")
        with desk.register.atomic() as cursor:
            cursor.execute("update complaint set kelurahan = ? where id = ?", [code, case.id])
            cursor.execute("update kelurahan set active = false where code in (?, ?)", [code, other])
        day = local(clock_now()).date()
        found = analysis.by_kelurahan(desk.register, Scope(SYSTEM, day, day)).set_index("code")
        assert (found.loc[code, "name"], found.loc[code, "received"]) == (name, 1)
        assert other not in found.index
        assert len(found) == 26


@pytest.mark.parametrize("place", range(5))
def test_the_ages_of_what_is_open(drawn, place):
    desk, frame = drawn
    scope = scopes()[place]
    found = analysis.ageing(desk.register, scope, NOW)
    mine = left(frame, scope, None)
    mine = mine[mine["ended_at"].isna()]
    age = [(local(NOW).date() - local(moment).date()).days for moment in mine["received_at"]]
    for band, (first, last) in enumerate(analysis.BANDS):
        inside = mine[[first <= days and (last is None or days <= last) for days in age]]
        due = inside["due_at"]
        assert found.iloc[band].tolist() == [
            band, len(inside), (due < NOW).sum(), (due >= NOW).sum(), due.isna().sum(),
        ]  # fmt: skip


def test_points_are_cells_without_what_is_confidential_or_outside(drawn):
    desk, frame = drawn
    scope = scopes()[1]
    mine = left(frame, scope)
    inside = mine[~mine["confidential"] & mine["latitude"].between(*LATITUDES) & mine["longitude"].between(*LONGITUDES)]
    found = analysis.points(desk.register, scope)
    cells = Counter(
        (round(lat / analysis.CELL), round(lon / analysis.CELL))
        for lat, lon in zip(inside["latitude"], inside["longitude"], strict=True)
    )
    assert found["received"].sum() == len(inside) > 50
    assert {row.cell: row.received for row in found.itertuples()} == {f"{y}_{x}": n for (y, x), n in cells.items()}
    # No exact place is left: what is drawn are middles of cells.
    exact = set(inside["latitude"]) | set(inside["longitude"])
    assert not exact & (set(found["latitude"]) | set(found["longitude"]))
    cell = found.sort_values("received").iloc[-1]
    filters = Filters(since=scope.since, until=scope.until, mark=f"petak:{cell.cell}")
    assert queries.search(desk.register, LEADER, filters)[1] == cell.received


@pytest.mark.parametrize(
    "mark", ["", "jam:8-1", "jam:1-24", "alih:r", "alih:r'", "petak:1", "terbuka:2026-02-30", "terbuka:1026-01-01",
             "kembali:x' or 1=1", "utama:x y", "terima:", "hasil:dlh", "nilai:dulu", "kata:banjir", "kata:PAK_1",
             "jalan:besok", "henti:", "berakhir:2026-01-01", "lain:1", "jam"],
)  # fmt: skip
def test_a_mark_that_cannot_be_read_is_none(drawn, mark):
    assert marks.parsed(mark) is None
    desk, frame = drawn
    assert queries.search(desk.register, SYSTEM, Filters(mark=mark))[1] == len(frame)


def test_days_without_office_hours_have_names(drawn):
    desk, _ = drawn
    found = {free.day: free.name for free in analysis.free_days(desk, date(2026, 8, 14), date(2026, 8, 18))}
    assert found[date(2026, 8, 15)] == "Sabtu"
    assert found[date(2026, 8, 16)] == "Minggu"
    assert date(2026, 8, 14) not in found
    holiday = ask(desk, "select name from holiday where day = '2026-08-17'")[0][0]
    assert found[date(2026, 8, 17)] == holiday
    (leave, name) = ask(desk, "select day, name from holiday where kind = ? and day >= '2026-01-01'", JOINT_LEAVE)[0]
    assert [(f.day, f.name) for f in analysis.free_days(desk, leave, leave)] == [(leave, name)]


def test_words_that_rose_are_of_five_people_and_never_names(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("words")) as desk:
        until = clock_now() - timedelta(days=1)

        def write(text: str, count: int, back: int, name: str = "Zulaikha", same: bool = False, **more) -> None:
            for n in range(count):
                phone = f"62877{back:03d}{0 if same else n:04d}"
                take_in(desk, text, name=name, phone=phone, now=until - timedelta(days=back, minutes=n), **more)

        write("Sampah menumpuk di gang", 6, 60)
        write("Selokan mampet dan banjir, kata Zulaikha dan pak Sukirman 0812345678", 7, 3)
        write("Kambing lepas di jalan", 4, 4)
        write("Musang masuk rumah", 9, 5, same=True)
        whole = Scope(SYSTEM, local(until).date() - timedelta(days=10), local(until).date())
        found = analysis_words.rising(desk.register, whole)
        words = set(found["word"])
        assert {"selokan", "mampet", "banjir"} <= words
        assert not words & {"zulaikha", "sukirman", "dan", "kata", "kambing", "musang", "sampah", "0812345678"}
        row = found.set_index("word").loc["banjir"]
        assert (row["reporters"], row["complaints"], row["expected"]) == (7, 7, 0)
        with desk.register.atomic() as cursor:
            cursor.execute("update complaint set confidential = true where contains(summary, 'Selokan')")
        assert analysis_words.rising(desk.register, whole).empty
        assert analysis_words.rising(desk.register, replace(whole, viewer=DLH)).empty


def test_an_empty_register_has_an_answer_to_everything(tmp_path):
    with new_desk(tmp_path) as desk:
        register, scope = desk.register, Scope(SYSTEM, date(2026, 6, 1), date(2026, 6, 30))
        assert analysis.volume(register, scope)["received"].tolist() == [0] * 30
        assert analysis.backlog(register, scope, date(2026, 6, 15))["open"].tolist() == [0] * 15
        assert analysis.ageing(register, scope, NOW)["received"].tolist() == [0] * len(analysis.BANDS)
        assert analysis.by_kelurahan(register, scope)["received"].tolist() == [0] * 27
        for empty in (
            analysis.by_category_and_month(register, scope), analysis.points(register, scope),
            analysis.by_channel(register, scope, NOW), analysis.by_hour(register, scope),
            analysis_departments.by_department(register, scope, NOW), analysis_departments.ways(register, scope),
            analysis_words.rising(register, scope),
        ):  # fmt: skip
            assert empty.empty
