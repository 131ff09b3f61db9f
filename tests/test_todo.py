"""The list of what needs one person now: exactly this for each role, in order, with reasons, and nobody else's."""

import contextlib
import random
from datetime import date, datetime, timedelta

import pytest

from store import commands, last_look, queries, reminders, users
from store.book import read_cases
from store.queries import REASONS
from store.reminders import addresses, audiences
from store.rules.deadline import from_jakarta
from store.rules.errors import StoreError
from store.rules.workflow import SYSTEM, Actor, Grant, Role

from .cases import (
    add_message,
    approved,
    ask,
    by_system,
    confirm,
    forwarded,
    in_progress,
    in_review,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)
from .life import random_step
from .postbox import change, empty


def wib(day: int, clock: str) -> datetime:
    """A moment of November 2026, which has no holidays, in Jakarta; Monday is the 16th."""
    return from_jakarta(datetime.fromisoformat(f"2026-11-{day:02d}T{clock}"))


NOW = wib(25, "10:00")
EARLY, LATE, LATER, LATEST = wib(25, "08:00"), wib(23, "09:00"), wib(20, "08:00"), wib(9, "08:00")
EVERYONE = ("kota", "pejabat", "pimpinan", "admin", "opd.dlh", "tim.dlh", "opd.dishub", "tim.dishub", "opd.inspektorat")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("todo")) as desk:
        yield desk


def _told(desk, case):
    """By telephone, as to whom no message reached."""
    return commands.told(desk, press(desk, case, "kota"), how="telephone", note="n")


@pytest.fixture(scope="module")
def cases(desk):
    """One complaint for each way to be on a list, or not to be."""
    numbers = iter(range(100))

    def new(now=EARLY, **more):
        return take_in(desk, "Sampah menumpuk", name="Zulaikha", phone=f"62899{next(numbers):07d}", now=now, **more)

    def at_work(case, department="DLH", handler=None):
        case = in_progress(desk, case, department)
        by = press(desk, case, f"opd.{department.lower()}")
        return commands.assign(desk, by, handler=handler) if handler else case

    found = {
        "new": new(),
        "returned": commands.return_to_city(
            desk, press(desk, forwarded(desk, new(), "DLH"), "opd.dlh"), reason="incomplete", note="n"
        ),
        "escalated": commands.escalate(desk, press(desk, new(), "kota"), note="n"),
        "asked": commands.ask(desk, press(desk, new(), "kota"), missing=["identity"]),
        "spam": commands.reject(desk, press(desk, new(), "kota"), note="n"),
        "review": in_review(desk, new(), "DLH"),
        "failed": by_system(desk, approved(desk, new(), "DLH"), "delivery_failed"),
        "told": _told(desk, by_system(desk, approved(desk, new(), "DLH"), "delivery_failed")),
        "closed": confirm(desk, approved(desk, new(), "DLH")),
        "forwarded": forwarded(desk, new(), "DLH", now=EARLY),
        "not accepted": forwarded(desk, new(now=LATE), "DLH", now=LATE),
        "accepted": commands.accept(desk, press(desk, forwarded(desk, new(), "DLH"), "opd.dlh")),
        "nobody's": at_work(new(now=wib(24, "08:00"))),
        "mine": at_work(new(now=wib(24, "14:00")), handler="tim.dlh"),
        "a colleague's": at_work(new(), handler="opd.dlh"),
        "at 100": at_work(new(now=LATE), handler="tim.dlh"),
        "at 150": at_work(new(now=LATER), handler="tim.dlh"),
        "at 300": at_work(new(now=LATEST), handler="tim.dlh"),
        "another's at 300": at_work(new(now=LATEST), "DISHUB", "tim.dishub"),
        "about an official": forwarded(desk, new(), "INSPEKTORAT", kind="official", now=EARLY),
        "counter": without_whatsapp(desk, now=EARLY),
    }
    wrote = approved(desk, new(), "DLH")
    commands.seen(desk, press(desk, wrote, "kota"))
    found["wrote again"] = add_message(desk, wrote, "Masih kotor", phone="x", now=NOW)
    found["scheduled"] = commands.schedule(
        desk, press(desk, at_work(new(now=LATE)), "tim.dlh"), promised_on=date(2026, 11, 27), note="n", now=LATE
    )
    reminders.run(desk, NOW)
    return {name: read_case(desk, case.id) for name, case in found.items()}


WORK, NOBODYS, LATE_WORK = ["work"], ["unassigned", "work"], ["work", "late"]
EXPECTED = {
    "kota": {
        "new": ["triage"], "returned": ["triage"], "counter": ["triage"], "review": ["in_review"], "failed": ["call"],
        "wrote again": ["unread"], "not accepted": ["not_accepted", "late"], "at 100": ["late"], "at 150": ["late"],
        "at 300": ["late"], "another's at 300": ["late"],
    },
    "pejabat": {
        "escalated": ["escalated"], "at 150": ["late"], "at 300": ["late"], "another's at 300": ["late"],
    },
    "pimpinan": {"at 300": ["late"], "another's at 300": ["late"]},
    "admin": {},
    "opd.dlh": {
        "forwarded": ["accept"], "not accepted": ["accept"], "accepted": ["hand_out"], "nobody's": ["unassigned"],
        "scheduled": ["unassigned"], "at 100": ["late"], "at 150": ["late"], "at 300": ["late"],
    },
    "tim.dlh": {
        "mine": WORK, "a colleague's": WORK, "nobody's": NOBODYS, "scheduled": NOBODYS,
        "at 100": LATE_WORK, "at 150": LATE_WORK, "at 300": LATE_WORK,
    },
    "opd.dishub": {"another's at 300": ["late"]},
    "tim.dishub": {"another's at 300": LATE_WORK},
    "opd.inspektorat": {"about an official": ["accept"]},
}  # fmt: skip


def listed(desk, viewer: Actor, now=NOW, **more) -> list[dict]:
    return queries.todo(desk.register, viewer, now, **more)


@pytest.mark.parametrize("username", EXPECTED)
def test_each_person_has_what_needs_them_and_nothing_else(desk, cases, username):
    names = {case.number: name for name, case in cases.items()}
    found = listed(desk, who(desk, username))
    assert {names[row["number"]]: row["reasons"] for row in found} == EXPECTED[username]
    assert queries.todo_ids(desk.register, who(desk, username), NOW) == {row["id"] for row in found}


@pytest.mark.parametrize("username", EVERYONE)
def test_the_counts_are_those_of_the_list(desk, cases, username):
    found = listed(desk, who(desk, username))
    running = [row["limit_at"] for row in found if row["running"]]
    assert queries.todo_counts(desk.register, who(desk, username), NOW) == {
        "todo": len(found),
        "late": sum(limit <= NOW for limit in running),
        "today": sum(NOW < limit < wib(26, "00:00") for limit in running),
    }


@pytest.mark.parametrize("username", EVERYONE)
def test_ones_own_comes_first_and_then_the_oldest_promise(desk, cases, username):
    found = listed(desk, who(desk, username))
    order = [(not row["mine"], row["limit_at"], row["id"]) for row in found]
    assert order == sorted(order)
    assert [row["id"] for row in listed(desk, who(desk, username), limit=3)] == [row["id"] for row in found[:3]]


def test_what_is_mine_is_what_i_was_handed(desk, cases):
    mine = {row["number"] for row in listed(desk, who(desk, "tim.dlh")) if row["mine"]}
    assert mine == {cases[name].number for name in ("mine", "at 100", "at 150", "at 300")}
    (row,) = [row for row in listed(desk, who(desk, "tim.dlh")) if row["number"] == cases["a colleague's"].number]
    assert (row["handler"], row["handler_name"], row["part_state"]) == ("opd.dlh", "Admin DLH", "in_progress")


def test_each_row_says_which_limit_this_person_has_to_keep_next(desk, cases):
    limits = {row["number"]: row["limit_at"] for row in listed(desk, who(desk, "opd.dlh"))}
    new, late, promised = (cases[name] for name in ("forwarded", "not accepted", "scheduled"))
    assert limits[new.number] == new.accept_due_at < new.due_at
    assert limits[late.number] == late.accept_due_at < late.due_at
    assert limits[promised.number] == promised.promised_at == wib(27, "11:00")
    city = {row["number"]: (row["limit_at"], row["running"]) for row in listed(desk, who(desk, "kota"))}
    assert city[late.number] == (late.due_at, True)
    assert city[cases["failed"].number] == (cases["failed"].promise_due_at, False)


def test_time_alone_brings_a_case_onto_the_list(desk, cases):
    """Without any event: at its promised closing, the part is late for its administrator and for the city."""
    case, city = cases["scheduled"], who(desk, "kota")
    for moment, expected in ((wib(27, "10:59:59"), False), (wib(27, "11:00"), True)):
        assert (case.id in queries.todo_ids(desk.register, city, moment)) == expected
        (row,) = [r for r in listed(desk, who(desk, "opd.dlh"), moment) if r["id"] == case.id]
        assert ("late" in row["reasons"]) == expected


@pytest.mark.parametrize("username", EVERYONE)
def test_identities_are_for_those_who_may_see_them(desk, cases, username):
    names = {case.number: name for name, case in cases.items()}
    shown = {names[row["number"]]: row["reporter"] for row in listed(desk, who(desk, username))}
    hidden = {"about an official"} | (set(shown) if username == "pimpinan" else set())
    assert {name for name, reporter in shown.items() if not reporter} == hidden & set(shown)
    assert "62899" not in repr(listed(desk, who(desk, username)))


def actor_of(*grants: Grant) -> Actor:
    return Actor("rina", "Rina", frozenset(grants))


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((Grant(Role.CITY), Grant(Role.OFFICIAL)), ("kota", "pejabat")),
        ((Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")), ("opd.dlh", "tim.dishub")),
        ((Grant(Role.CITY), Grant(Role.OPD_ADMIN, "DLH")), ("kota", "opd.dlh")),
        ((Grant(Role.LEADER), Grant(Role.ADMIN)), ("pimpinan",)),
        ((), ()),
    ],
)
def test_several_roles_make_one_list_with_each_case_once(desk, cases, grants, expected):
    found = [row["number"] for row in listed(desk, actor_of(*grants))]
    assert len(found) == len(set(found))
    assert set(found) == {cases[name].number for username in expected for name in EXPECTED[username]}


def test_the_reasons_of_several_roles_stand_together(desk, cases):
    viewer = actor_of(Grant(Role.CITY), Grant(Role.OPD_ADMIN, "DLH"))
    (row,) = [row for row in listed(desk, viewer) if row["number"] == cases["not accepted"].number]
    assert row["reasons"] == ["accept", "not_accepted", "late"]
    assert row["limit_at"] == cases["not accepted"].accept_due_at
    assert set(row["reasons"]) <= set(REASONS)


def test_nobody_without_a_role_of_the_desk_is_shown_anything(desk, cases):
    for viewer in (SYSTEM, actor_of(), actor_of(Grant(Role.ADMIN)), actor_of(Grant(Role.OPD_TEAM))):
        assert listed(desk, viewer) == []
        assert queries.todo_counts(desk.register, viewer, NOW) == {"todo": 0, "late": 0, "today": 0}
        assert queries.todo_ids(desk.register, viewer, NOW) == set()


@pytest.mark.parametrize("seed", range(3))
def test_whoever_a_reminder_concerns_finds_the_case_on_their_list(settings, seed):
    """In random lives, for everybody: what the ladder says and what the lists hold cannot drift apart."""
    dice, now, found = random.Random(seed), wib(2, "08:00"), 0
    with new_desk(settings.data) as desk:
        for n in range(12):
            take_in(desk, now=now + timedelta(hours=n), phone=f"62857{n:07d}")
        cases, people = every_case(desk), [who(desk, username) for username in EVERYONE]
        for _ in range(30):
            now += timedelta(minutes=dice.choice((45, 130, 700)))
            with contextlib.suppress(StoreError):
                random_step(desk, cases, dice.choice(cases), dice, now)
            reminders.run(desk, now)
            lists = {person.username: queries.todo_ids(desk.register, person, now) for person in people}
            cases = every_case(desk)
            for case in (case for case in cases if case.reminded >= 100 and case.due_at and case.due_at <= now):
                meant = audiences(case, case.reminded, now)
                for person in (person for person in people if addresses(person) & meant):
                    assert case.id in lists[person.username], (person.username, case)
                    found += 1
    assert found > 20


def every_case(desk):
    with desk.register.cursor() as cursor:
        return read_cases(cursor, "where true", [])


def test_what_others_did_lately_is_told_and_what_one_did_oneself_is_not(settings):
    with new_desk(settings.data) as desk:
        start = wib(16, "08:00")
        case = forwarded(desk, take_in(desk, now=start), "DLH", now=start)
        commands.accept(desk, press(desk, case, "opd.dlh"), now=wib(17, "08:00"))
        add_message(desk, case, "Halo", now=wib(17, "09:00"))
        other = take_in(desk, phone="62811111", now=wib(17, "10:00"))
        commands.reject(desk, press(desk, other, "kota2"), note="n", now=wib(17, "11:00"))

        def told(username, clock="07:00", **more):
            since = wib(17, clock)
            found, total = queries.happened_since(desk.register, who(desk, username), since, NOW, **more)
            return [(row["kind"], row["number"], row["actor_role"]) for row in found], total

        accepted, wrote = ("accept", case.number, "opd_admin"), ("message", case.number, "reporter")
        assert told("kota") == ([wrote, accepted], 2)
        assert told("kota", "08:00") == ([wrote], 1)
        assert told("kota", limit=1) == ([wrote], 2)
        assert told("opd.dlh") == ([wrote], 1)
        assert told("tim.dlh") == ([wrote, accepted], 2)
        assert told("kota2") == ([("message", other.number, "reporter")], 1)
        for username in ("opd.dishub", "pimpinan", "admin", "pejabat"):
            assert told(username) == ([], 0)
        assert queries.happened_since(desk.register, who(desk, "kota"), NOW, NOW) == ([], 0)


def test_what_a_department_gave_back_is_no_longer_told_to_it(settings):
    with new_desk(settings.data) as desk:
        case = forwarded(desk, take_in(desk, now=LATE), "DLH", now=LATE)
        by = press(desk, case, "opd.dlh")
        commands.return_to_city(desk, by, reason="incomplete", note="n", now=wib(24, "08:00"))
        add_message(desk, case, "Rahasia", now=wib(24, "09:00"))
        for username in ("opd.dlh", "tim.dlh"):
            assert queries.happened_since(desk.register, who(desk, username), LATE, NOW) == ([], 0)


MOMENT = wib(18, "08:00")


@pytest.mark.parametrize(
    ("minutes", "since"),
    [
        ([0], 0), ([0, 5], 0), ([0, 5, 19, 33], 0), ([0, 20], 0), ([0, 5, 20], 5), ([0, 5, 20, 21, 34], 5),
        ([0, 5, 20, 40], 20),
    ],
)  # fmt: skip
def test_a_visit_shows_what_happened_since_the_visit_before(desk, minutes, since):
    change(desk, "delete from last_look")
    for minute in minutes:
        found = last_look.look(desk.register, who(desk, "kota"), MOMENT + timedelta(minutes=minute))
    assert found == MOMENT + timedelta(minutes=since)


def test_a_look_wakes_no_page_and_is_one_persons(desk):
    change(desk, "delete from last_look")
    version = desk.register.version
    for username in ("kota", "pejabat"):
        last_look.look(desk.register, who(desk, username), MOMENT)
    last_look.look(desk.register, who(desk, "kota"), MOMENT + timedelta(hours=1))
    assert desk.register.version == version
    found = ask(desk, "select username, looked_at from last_look order by all")
    assert found == [("kota", MOMENT + timedelta(hours=1)), ("pejabat", MOMENT)]


def test_an_empty_register_has_nothing_to_do(settings):
    with new_desk(settings.data) as desk:
        users.make_demo_accounts(desk.register)
        empty(desk)
        assert [listed(desk, who(desk, username)) for username in EVERYONE] == [[]] * len(EVERYONE)
