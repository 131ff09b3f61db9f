"""Who sees what: every question, export, figure and file, asked by each role, from a register with known secrets."""

import inspect
import re
from datetime import timedelta

import pytest

from store import access, commands, evidence, figures, queries
from store.clock import now as clock_now
from store.clock import today
from store.queries import Filters
from store.rules.errors import NotFound
from store.rules.workflow import SYSTEM, Actor, Grant, Role, State

from .cases import add_message, ask, by_system, forwarded, in_review, new_desk, press, take_in, who

# What must not reach some readers: the reporter's profile name and number; nothing else in the register says it.
NAME, PHONE = "Zulaikha", "6289912345678"
CARD, SECRET_CARD = "Kartu: Pak Wiryo 0857-3333-4444", "Kartu: Bu Mariyem 0857-1111-2222"
PERIOD = (today() - timedelta(days=6), today())
EVERYONE = ("kota", "pejabat", "pimpinan", "admin", "opd.dlh", "tim.dlh", "opd.dishub", "opd.inspektorat")
ALL = {"triage", "dlh", "hidden", "secret", "dishub", "shared", "returned", "official"}
SECRETS = {"hidden", "secret"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("access")) as desk:
        yield desk


@pytest.fixture(scope="module")
def cases(desk):
    """One in triage; with DLH, DISHUB, the inspectorate and the official; confidential ones; one shared by two
    departments and one that the second of them returned. Each has a stored photo."""
    person = {"phone": PHONE, "name": NAME, "media_id": "9"}

    def reported(text: str, **more):
        return take_in(desk, text, **person, **more)

    hidden = commands.classify(
        desk, press(desk, reported(SECRET_CARD, kind="contacts"), "kota"), confidential=True, address="Gang Mawar 3"
    )
    shared, returned, escalated = reported("Air keruh"), reported("Bau limbah"), reported("Sudah lama")
    found = {
        "triage": add_message(desk, reported("Sampah menumpuk"), CARD, kind="contacts", **person),
        "dlh": by_system(desk, in_review(desk, reported("Pohon tumbang"), "DLH"), "delivery_failed"),
        "hidden": forwarded(desk, hidden, "DLH"),
        "secret": forwarded(desk, reported("Petugas minta uang"), "INSPEKTORAT", kind="official"),
        "dishub": in_review(desk, reported("Lampu mati"), "DISHUB"),
        "shared": forwarded(desk, shared, "DLH", others=["DISHUB"]),
        "returned": forwarded(desk, returned, "DLH", others=["DISHUB"]),
        "official": commands.escalate(desk, press(desk, escalated, "kota"), note="Mohon arahan"),
    }
    by = press(desk, found["returned"], "opd.dishub")
    found["returned"] = commands.return_to_city(desk, by, reason="not_ours", note="Bukan kami")
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
    states = ("forwarded", "accepted", "in_progress", "scheduled", "in_review", "returned")
    return {
        "waiting_for_triage": queries.waiting_for_triage(register, viewer),
        "in_state": queries.in_state(register, viewer, "in_review"),
        "with_official": queries.with_official(register, viewer),
        "unread": queries.unread(register, viewer),
        "for_department": queries.for_department(register, viewer, states),
        "to_call": queries.to_call(register, viewer),
        "todo": queries.todo(register, viewer, now),
        "todo_counts": queries.todo_counts(register, viewer, now),
        "todo_ids": queries.todo_ids(register, viewer, now),
        "happened_since": queries.happened_since(register, viewer, now - timedelta(days=9), now, limit=500)[0],
        "search": queries.search(register, viewer, Filters())[0],
        "export": queries.export(register, viewer, Filters()).to_dict("records"),
        "counts": queries.counts(register, viewer),
        "present": figures.present(desk, figures.Scope(viewer, *PERIOD), now),
        "period": figures.period(desk, figures.Scope(viewer, *PERIOD), now),
        "all_figures": figures.all_figures(desk, figures.Scope(viewer, *PERIOD), now),
        "compared": figures.compared(desk, figures.Scope(viewer, *PERIOD), now),
        "by_day": figures.by_day(register, viewer, *PERIOD).to_dict("records"),
        "by_department": figures.by_department(register, viewer, *PERIOD, now).to_dict("records"),
        "by_category": figures.by_category(register, viewer, *PERIOD).to_dict("records"),
        "by_kelurahan": figures.by_kelurahan(register, viewer, *PERIOD).to_dict("records"),
    }


LISTS = (
    "waiting_for_triage", "in_state", "with_official", "unread", "for_department", "to_call", "todo", "happened_since",
    "search", "export",
)  # fmt: skip
# These show one case, a file of one, or nothing about cases; each has tests of its own here.
SINGLE = {"case_view", "file_for", "reference", "known", "to_filter_by", "people_of"}
# These ask nothing: words, conditions and periods.
WORDS = {
    *("belongs", "condition", "earlier", "expression", "first_day_params", "moments", "params", "shown", "start_of"),
    *("this_month", "used", "with_shares"),
}


def test_no_question_is_left_out(desk, cases):
    public = {
        name
        for module in (queries, figures)
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__.startswith(module.__name__) and not name.startswith("_")
    }
    assert public == set(questions(desk, SYSTEM)) | SINGLE | WORDS


def seen(desk, cases, viewer: Actor) -> set[str]:
    """The names of the cases that turn up anywhere in this person's lists, which must agree with one another."""
    answers = questions(desk, viewer)
    by_number = {case.number: name for name, case in cases.items()}
    numbers = {row["number"] for name in LISTS for row in answers[name]}
    assert answers["todo_ids"] == {row["id"] for row in answers["todo"]}
    assert answers["todo_counts"]["todo"] == len(answers["todo"])
    assert {row["number"] for row in answers["search"]} == {row["number"] for row in answers["export"]} == numbers
    return {by_number[number] for number in numbers}


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("kota", ALL),
        ("pejabat", ALL),
        ("pimpinan", ALL),
        ("opd.dlh", {"dlh", "hidden", "shared", "returned"}),
        ("tim.dlh", {"dlh", "hidden", "shared", "returned"}),
        ("opd.dishub", {"dishub", "shared"}),
        ("opd.inspektorat", {"secret"}),
        ("opd.dindik", set()),
        ("admin", set()),
    ],
)
def test_each_person_sees_the_cases_that_are_theirs_everywhere(desk, cases, username, expected):
    viewer = who(desk, username)
    answers = questions(desk, viewer)
    assert seen(desk, cases, viewer) == expected
    assert answers["period"]["received"] == answers["present"]["open"] == len(expected)
    assert answers["all_figures"] == answers["present"] | answers["period"]
    assert answers["compared"]["now"] == answers["period"]
    assert sum(row["received"] for row in answers["by_day"]) == len(expected)
    assert sum(row["received"] for row in answers["by_category"]) == len(expected)
    assert sum(row["received"] for row in answers["by_kelurahan"]) == len(expected)
    led = [cases[name].department for name in expected if cases[name].department]
    assert {row["code"] for row in answers["by_department"]} == set(led)
    assert sum(row["open"] for row in answers["by_department"]) == len(led)
    assert sum(answers["counts"].get(str(state), 0) for state in State) == len(expected - {"official"})
    assert answers["counts"].get("official", 0) == ("official" in expected)
    assert len(answers["with_official"]) == (username == "pejabat")
    assert answers["counts"].get("call_reporter", 0) == len(answers["to_call"]) == ("dlh" in expected)
    assert answers["counts"]["triage"] == len(answers["waiting_for_triage"]) == len(expected & {"triage", "returned"})
    own = sum(count for name, count in answers["counts"].items() if name.startswith("own_"))
    assert own == len(answers["for_department"]) == (len(expected) if viewer.departments else 0)
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
    assert len(found) >= 11
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


@pytest.mark.parametrize("username", EVERYONE)
def test_in_a_confidential_case_nobody_sees_who_reported(desk, cases, username):
    viewer = who(desk, username)
    numbers = {cases[name].number for name in SECRETS}
    answers = questions(desk, viewer)
    shown = [row for name in LISTS for row in answers[name] if row["number"] in numbers]
    shown += [queries.case_view(desk.register, viewer, n) for n in numbers & {row["number"] for row in shown}]
    for secret in (NAME, PHONE, SECRET_CARD):
        assert secret not in repr(shown)
    assert bool(shown) == (username not in ("admin", "opd.dishub"))


@pytest.mark.parametrize("secret", [NAME, PHONE])
def test_a_leader_sees_no_identity_anywhere(desk, cases, secret):
    shown = everything_shown(desk, cases, who(desk, "pimpinan"))
    assert queries.HIDDEN in shown
    assert secret not in shown


def test_a_leader_sees_no_contact_card_anywhere(desk, cases):
    assert CARD not in everything_shown(desk, cases, who(desk, "pimpinan"))
    assert SECRET_CARD not in everything_shown(desk, cases, who(desk, "pimpinan"))


def test_a_department_sees_who_reported_unless_the_case_is_confidential(desk, cases):
    viewer = who(desk, "opd.dlh")
    for name in ("dlh", "shared", "returned"):
        view = queries.case_view(desk.register, viewer, cases[name].number)
        assert (view.reporter, view.phone) == (NAME, PHONE)
    view = queries.case_view(desk.register, viewer, cases["hidden"].number)
    assert (view.reporter, view.phone) == (queries.HIDDEN, None)
    rows = {row["number"]: row for row in queries.export(desk.register, viewer, Filters()).to_dict("records")}
    listed = {row["number"]: row["reporter"] for row in queries.search(desk.register, viewer, Filters())[0]}
    for name in ("dlh", "shared", "hidden"):
        number = cases[name].number
        expected = ("", "") if name == "hidden" else ("Z***", "…5678")
        assert (rows[number]["reporter_name"], rows[number]["reporter_contact"]) == expected
        assert listed[number] == ("" if name == "hidden" else "Z*** (…5678)")


def test_a_shared_case_shows_each_department_the_others_part(desk, cases):
    for username in ("opd.dlh", "opd.dishub"):
        view = queries.case_view(desk.register, who(desk, username), cases["shared"].number)
        assert [(part["department"], part["lead"]) for part in view.parts] == [("DLH", True), ("DISHUB", False)]


@pytest.mark.parametrize("text", [NAME, NAME.lower(), PHONE, PHONE[-6:], "Wiryo"])
def test_a_search_finds_people_only_for_those_who_may_see_them(desk, cases, text):
    found = {name: queries.search(desk.register, who(desk, name), Filters(text=text))[1] for name in EVERYONE}
    assert found["kota"] == found["pejabat"] > 0
    assert {found[name] for name in EVERYONE if name not in ("kota", "pejabat")} == {0}


@pytest.mark.parametrize("text", [NAME, PHONE, "Mariyem"])
def test_no_search_for_a_person_finds_a_confidential_case(desk, cases, text):
    numbers = {cases[name].number for name in SECRETS}
    for username in EVERYONE:
        found = queries.search(desk.register, who(desk, username), Filters(text=text))[0]
        assert not numbers & {row["number"] for row in found}
        assert not numbers & set(queries.export(desk.register, who(desk, username), Filters(text=text))["number"])
    assert queries.search(desk.register, who(desk, "kota"), Filters(text="minta uang"))[1] == 1


def test_an_export_that_searches_for_a_person_is_empty_for_a_leader(desk, cases):
    assert len(queries.export(desk.register, who(desk, "pimpinan"), Filters(text=NAME))) == 0
    assert len(queries.export(desk.register, who(desk, "kota"), Filters(text=NAME))) == len(cases) - len(SECRETS)


def test_a_filter_shows_nobody_more_than_their_own(desk, cases):
    viewer = who(desk, "opd.dishub")
    theirs = [Filters(text=cases[name].number) for name in ("dlh", "returned", "secret", "triage")]
    for filters in (*theirs, Filters(departments=("DPUPR",)), Filters(states=("received", "returned"))):
        assert queries.search(desk.register, viewer, filters) == ([], 0)
    # Of those that DLH has, only the one it shares.
    shared = queries.search(desk.register, viewer, Filters(departments=("DLH",)))[0]
    assert [row["number"] for row in shared] == [cases["shared"].number]


def test_many_roles_see_what_any_of_them_may_see():
    def sees(*grants: Grant, rows=("|DLH|", "|DPUPR|DISHUB|", "|DPUPR|", "")) -> list[str] | None:
        pattern = access.visible(Actor("x", "X", frozenset(grants)))
        return None if pattern is None else [row for row in rows if re.search(pattern, row)]

    assert sees(Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")) == ["|DLH|", "|DPUPR|DISHUB|"]
    assert sees(Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.CITY)) is None
    assert sees(Grant(Role.ADMIN)) == sees() == []
    # A code is taken as it is, whole: it is part of no other and no pattern.
    odd = ("|KEC-UTARA|", "|KEC|", "|UTARA|", "|A.C|", "|ABC|", "||")
    assert sees(Grant(Role.OPD_ADMIN, "KEC"), Grant(Role.OPD_TEAM, "A.C"), rows=odd) == ["|KEC|", "|A.C|"]


def test_a_leader_with_a_department_sees_identities_there_only(desk, cases):
    viewer = Actor("x", "X", frozenset({Grant(Role.LEADER), Grant(Role.OPD_ADMIN, "DLH")}))
    shown = {
        name for name, case in cases.items() if queries.case_view(desk.register, viewer, case.number).reporter == NAME
    }
    assert shown == {"dlh", "shared", "returned"}
    rows = queries.export(desk.register, viewer, Filters())
    assert set(rows.loc[rows["reporter_name"] != "", "number"]) == {cases[name].number for name in shown}


def test_who_may_take_on_work_is_told_to_the_department_itself_only(desk, cases):
    def people(username: str) -> list[str]:
        return [row["username"] for row in queries.people_of(desk.register, who(desk, username), "DLH")]

    assert people("opd.dlh") == people("tim.dlh") == ["opd.dlh", "tim.dlh"]
    for username in ("kota", "pejabat", "pimpinan", "admin", "opd.dishub"):
        assert people(username) == []
