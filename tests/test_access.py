"""Who sees what: every question, export, figure and file, asked by each role, from a register with known secrets."""

import inspect
from datetime import timedelta

import pytest

from store import access, evidence, figures, queries
from store.clock import now as clock_now
from store.clock import today
from store.queries import Filters
from store.rules.errors import NotFound
from store.rules.workflow import SYSTEM, Actor, Grant, Role

from .cases import ask, by_system, forwarded, in_review, new_desk, take_in, who

# What must not reach some readers: the reporter's profile name and number; nothing else in the register says it.
NAME, PHONE, CARD = "Zulaikha", "6289912345678", "Kartu: Bu Mariyem 0857-1111-2222"
PERIOD = (today() - timedelta(days=6), today())
EVERYONE = ("kota", "pejabat", "pimpinan", "admin", "opd.dlh", "tim.dlh", "opd.dishub")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("access")) as desk:
        yield desk


@pytest.fixture(scope="module")
def cases(desk):
    """One case in triage, two with DLH (one of them confidential), two with DISHUB; each with a stored photo."""
    person = {"phone": PHONE, "name": NAME, "media_id": "9"}
    found = {
        "triage": take_in(desk, "Sampah menumpuk", **person),
        "dlh": by_system(desk, in_review(desk, take_in(desk, "Pohon tumbang", **person), "DLH"), "delivery_failed"),
        "secret": forwarded(desk, take_in(desk, "Petugas minta uang", **person), "DLH", kind="official"),
        "dishub": in_review(desk, take_in(desk, "Lampu mati", **person), "DISHUB"),
        "card": forwarded(desk, take_in(desk, CARD, kind="contacts", **person), "DLH", category="official"),
    }
    with desk.register.atomic() as cursor:
        cursor.execute(
            "update media set state = 'stored', mime = 'image/jpeg', sha256 = 'ab' where source = 'reporter'"
        )
    return found


def files(desk) -> dict[int, int]:
    """Media ids with the case each belongs to."""
    return dict(ask(desk, "select id, complaint_id from media where state = 'stored'"))


def questions(desk, viewer: Actor) -> dict[str, object]:
    """Every question about more than one case, as this person gets it answered."""
    register, now = desk.register, clock_now()
    states = tuple(str(state) for state in ("forwarded", "accepted", "in_progress", "in_review"))
    return {
        "waiting_for_triage": queries.waiting_for_triage(register, viewer),
        "unread": queries.unread(register, viewer),
        "for_department": queries.for_department(register, viewer, states),
        "to_call": queries.to_call(register, viewer),
        "search": queries.search(register, viewer, Filters())[0],
        "export": queries.export(register, viewer, Filters()).to_dict("records"),
        "counts": queries.counts(register, viewer),
        "headline": figures.headline(register, viewer, *PERIOD, now),
        "by_day": figures.by_day(register, viewer, *PERIOD).to_dict("records"),
        "by_department": figures.by_department(register, viewer, *PERIOD, now).to_dict("records"),
        "by_category": figures.by_category(register, viewer, *PERIOD).to_dict("records"),
        "by_kelurahan": figures.by_kelurahan(register, viewer, *PERIOD).to_dict("records"),
        "by_closing": figures.by_closing(register, viewer, *PERIOD),
    }


LISTS = ("waiting_for_triage", "unread", "for_department", "to_call", "search", "export")
# These show one case, a file of one, or nothing about cases; each has tests of its own here.
SINGLE = {"case_view", "file_for", "reference"}


def test_no_question_is_left_out(desk, cases):
    public = {
        name
        for module in (queries, figures)
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public == set(questions(desk, SYSTEM)) | SINGLE


def seen(desk, cases, viewer: Actor) -> set[str]:
    """The names of the cases that turn up anywhere in this person's lists, which must agree with one another."""
    answers = questions(desk, viewer)
    by_number = {case.number: name for name, case in cases.items()}
    numbers = {row["number"] for name in LISTS for row in answers[name]}
    assert {row["number"] for row in answers["search"]} == {row["number"] for row in answers["export"]} == numbers
    return {by_number[number] for number in numbers}


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("kota", {"triage", "dlh", "secret", "dishub", "card"}),
        ("pejabat", {"triage", "dlh", "secret", "dishub", "card"}),
        ("pimpinan", {"triage", "dlh", "secret", "dishub", "card"}),
        ("opd.dlh", {"dlh", "secret", "card"}),
        ("tim.dlh", {"dlh", "secret", "card"}),
        ("opd.dishub", {"dishub"}),
        ("opd.dindik", set()),
        ("admin", set()),
    ],
)
def test_each_person_sees_the_cases_that_are_theirs_everywhere(desk, cases, username, expected):
    viewer = who(desk, username)
    answers = questions(desk, viewer)
    assert seen(desk, cases, viewer) == expected
    assert answers["headline"]["received"] == answers["headline"]["open"] == len(expected)
    assert sum(row["received"] for row in answers["by_day"]) == len(expected)
    assert sum(row["received"] for row in answers["by_category"]) == len(expected)
    assert sum(row["received"] for row in answers["by_kelurahan"]) == len(expected)
    with_department = {name: cases[name].department for name in expected if cases[name].department}
    assert {row["code"] for row in answers["by_department"]} == set(with_department.values())
    assert sum(row["open"] for row in answers["by_department"]) == len(with_department)
    states = {key: value for key, value in answers["counts"].items() if key not in ("triage", "call_reporter")}
    assert sum(states.values()) == len(expected)
    assert answers["counts"].get("call_reporter", 0) == len(answers["to_call"]) == ("dlh" in expected)
    assert answers["counts"]["triage"] == len(answers["waiting_for_triage"]) == ("triage" in expected)
    for name, case in cases.items():
        assert access.may_see(viewer, case) == (name in expected)
        if name in expected:
            assert queries.case_view(desk.register, viewer, case.number).case == case
        else:
            with pytest.raises(NotFound):
                queries.case_view(desk.register, viewer, case.number)


@pytest.mark.parametrize("username", EVERYONE)
def test_a_file_is_served_to_those_who_see_its_case(desk, cases, username):
    viewer, mine = who(desk, username), seen(desk, cases, who(desk, username))
    ids = {cases[name].id for name in mine}
    found = files(desk)
    assert len(found) >= 7
    for media_id, complaint_id in found.items():
        if complaint_id in ids:
            assert queries.file_for(desk.register, viewer, media_id)["complaint_id"] == complaint_id
        else:
            with pytest.raises(NotFound):
                queries.file_for(desk.register, viewer, media_id)


def test_a_file_that_is_not_stored_or_belongs_to_no_case_is_not_served(desk, cases):
    with desk.register.atomic() as cursor:
        cursor.execute(
            "insert into media (id, complaint_id, source, mime, sha256, state, created_at) values "
            "(9001, ?, 'reporter', 'image/jpeg', 'cd', 'waiting', now()), "
            "(9002, null, 'reporter', 'image/jpeg', 'cd', 'stored', now())",
            [cases["dlh"].id],
        )
    for media_id in (9001, 9002, 9003, -1):
        with pytest.raises(NotFound):
            queries.file_for(desk.register, SYSTEM, media_id)
    assert evidence.path_of(desk.settings.media, "ab").is_relative_to(desk.settings.media)


def everything_shown(desk, cases, viewer: Actor) -> str:
    """All that the store gives out to this person, as one text."""
    shown = [repr(questions(desk, viewer))]
    shown += [repr(files(desk) and queries.file_for(desk.register, viewer, m)) for m in visible_files(desk, viewer)]
    for case in cases.values():
        if access.may_see(viewer, case):
            shown.append(repr(queries.case_view(desk.register, viewer, case.number)))
    return "\n".join(shown)


def visible_files(desk, viewer: Actor) -> list[int]:
    found = []
    for media_id in files(desk):
        try:
            queries.file_for(desk.register, viewer, media_id)
        except NotFound:
            continue
        found.append(media_id)
    return found


@pytest.mark.parametrize("username", ["kota", "pejabat"])
def test_the_city_team_sees_who_reported(desk, cases, username):
    shown = everything_shown(desk, cases, who(desk, username))
    assert NAME in shown
    assert PHONE in shown
    assert CARD in shown


@pytest.mark.parametrize("secret", [NAME, PHONE])
def test_a_leader_sees_no_identity_anywhere(desk, cases, secret):
    shown = everything_shown(desk, cases, who(desk, "pimpinan"))
    assert queries.HIDDEN in shown
    assert secret not in shown


def test_a_leader_sees_no_contact_card_anywhere(desk, cases):
    assert CARD not in everything_shown(desk, cases, who(desk, "pimpinan"))


def test_a_department_sees_who_reported_unless_the_case_is_confidential(desk, cases):
    viewer = who(desk, "opd.dlh")
    open_case = queries.case_view(desk.register, viewer, cases["dlh"].number)
    assert (open_case.reporter, open_case.phone) == (NAME, PHONE)
    for name in ("secret", "card"):
        view = queries.case_view(desk.register, viewer, cases[name].number)
        assert (view.reporter, view.phone) == (queries.HIDDEN, None)
        assert NAME not in repr(view)
        assert PHONE not in repr(view)
    rows = {row["number"]: row for row in queries.export(desk.register, viewer, Filters()).to_dict("records")}
    listed = {row["number"]: row["reporter"] for row in queries.search(desk.register, viewer, Filters())[0]}
    for name in ("dlh", "secret", "card"):
        number = cases[name].number
        expected = (NAME, PHONE) if name == "dlh" else ("", "")
        assert (rows[number]["reporter_name"], rows[number]["reporter_contact"]) == expected
        assert listed[number] == expected[0]


def test_a_department_sees_no_contact_card_of_a_confidential_case(desk, cases):
    assert CARD not in everything_shown(desk, cases, who(desk, "opd.dlh"))


@pytest.mark.parametrize("text", [NAME, NAME.lower(), PHONE, PHONE[-6:], "Mariyem"])
def test_a_search_finds_people_only_for_those_who_may_see_them(desk, cases, text):
    found = {name: queries.search(desk.register, who(desk, name), Filters(text=text))[1] for name in EVERYONE}
    assert found["kota"] == found["pejabat"] > 0
    assert {found[name] for name in ("pimpinan", "admin", "opd.dlh", "tim.dlh", "opd.dishub")} == {0}


def test_an_export_that_searches_for_a_person_is_empty_for_a_leader(desk, cases):
    assert len(queries.export(desk.register, who(desk, "pimpinan"), Filters(text=NAME))) == 0
    assert len(queries.export(desk.register, who(desk, "kota"), Filters(text=NAME))) == len(cases)


def test_a_filter_shows_nobody_more_than_their_own(desk, cases):
    viewer = who(desk, "opd.dishub")
    for filters in (Filters(departments=("DLH",)), Filters(text=cases["dlh"].number), Filters(states=("received",))):
        assert queries.search(desk.register, viewer, filters) == ([], 0)


def test_many_roles_see_what_any_of_them_may_see():
    def sees(*grants: Grant) -> list[str] | None:
        return access.departments_seen(Actor("x", "X", frozenset(grants)))

    assert sees(Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")) == ["DISHUB", "DLH"]
    assert sees(Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.CITY)) is None
    assert sees(Grant(Role.ADMIN)) == sees() == []


def test_a_leader_with_a_department_sees_identities_there_only(desk, cases):
    viewer = Actor("x", "X", frozenset({Grant(Role.LEADER), Grant(Role.OPD_ADMIN, "DLH")}))
    shown = {
        name for name, case in cases.items() if queries.case_view(desk.register, viewer, case.number).reporter == NAME
    }
    assert shown == {"dlh"}
    rows = queries.export(desk.register, viewer, Filters())
    assert set(rows.loc[rows["reporter_name"] != "", "number"]) == {cases["dlh"].number}
