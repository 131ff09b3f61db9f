"""The workflow table, move by move: every role in every state, with a department's own case and with another's.

The expected table is written down from the service standard's description, not read from the code.
"""

import pytest

from store.rules import workflow
from store.rules.errors import RuleBroken
from store.rules.workflow import Actor, Grant, Role, State

STATES = [
    "received", "awaiting_reporter", "answered", "forwarded", "returned", "accepted", "in_progress", "scheduled",
    "in_review", "awaiting_confirmation", "closed", "reopened", "rejected", "duplicate", "referred", "withdrawn",
    "archived",
]  # fmt: skip
ROLES = ["admin", "city", "official", "opd_admin", "opd_team", "leader", "reporter", "system"]
CITY = {"city", "official"}
OPD = {"opd_admin", "opd_team"}
TRIAGE = {"received", "returned", "reopened"}
OVER = {"closed", "rejected", "duplicate", "referred", "withdrawn", "archived"}
ALL = set(STATES)

WITH_OPD = {"forwarded", "accepted", "in_progress", "scheduled", "in_review"}
AT_WORK = {"in_progress", "scheduled"}

# move: (from, to, who, what it needs)
EXPECTED = {
    "forward": (TRIAGE, "forwarded", CITY, {"department", "note"}),
    "answer": (TRIAGE, "answered", CITY, {"text"}),
    "ask": (TRIAGE, "awaiting_reporter", CITY, {"missing"}),
    "proceed": ({"returned"}, "forwarded", CITY, {"note"}),
    "escalate": (TRIAGE, None, {"city"}, {"note"}),
    "merge": (TRIAGE, "duplicate", CITY, {"parent"}),
    "refer": (TRIAGE, "referred", CITY, {"body", "text"}),
    "reject": (TRIAGE, "rejected", CITY, {"note"}),
    "supply": ({"awaiting_reporter"}, "received", {"reporter"} | CITY, {"note"}),
    "archive": ({"awaiting_reporter"}, "archived", {"system"}, set()),
    "revive": ({"archived"}, "received", {"reporter"} | CITY, {"note"}),
    "restore": ({"rejected"}, "received", CITY, {"note"}),
    "unmerge": ({"duplicate"}, "received", CITY | {"system"}, {"note"}),
    "accept": ({"forwarded"}, "accepted", {"opd_admin"}, set()),
    "return": ({"forwarded"}, "returned", {"opd_admin"}, {"reason", "note"}),
    "start": ({"accepted"}, "in_progress", {"opd_admin"}, set()),
    "submit_result": (AT_WORK, "in_review", OPD, {"text"}),
    "work": (AT_WORK, None, OPD, {"note"}),
    "schedule": (AT_WORK, "scheduled", OPD, {"promised_on", "note"}),
    "assign": (WITH_OPD - {"forwarded"}, None, {"opd_admin", "admin"}, {"handler"}),
    "approve": ({"in_review"}, "awaiting_confirmation", CITY, {"text"}),
    "send_back": ({"in_review"}, "in_progress", CITY, {"note"}),
    "confirm": ({"awaiting_confirmation"}, "closed", {"reporter"}, set()),
    "close": ({"awaiting_confirmation"}, "closed", CITY, {"note"}),
    "lapse": ({"awaiting_confirmation"}, "closed", {"system"}, set()),
    "reopen": ({"awaiting_confirmation", "closed", "answered"}, "reopened", {"reporter"} | CITY, {"note"}),
    "withdraw": (ALL - OVER, "withdrawn", {"reporter"} | CITY, {"note"}),
    "release": (ALL, "returned", {"system"}, set()),
    "told": (ALL - OVER | {"duplicate", "referred", "withdrawn"}, None, CITY, {"how", "note"}),
    "classify": (ALL - OVER, None, CITY, set()),
    "reply": (ALL, None, CITY, {"text"}),
    "seen": (ALL, None, CITY, set()),
    "block": (ALL, None, CITY, {"note"}),
    "take_over": (ALL - OVER, None, CITY, set()),
    "give_back": (ALL, None, CITY, set()),
    "rate": ({"closed", "answered"}, None, {"reporter"}, {"rating"}),
    "transcribe": (ALL, None, CITY | OPD, {"text"}),
    "note": (ALL, None, CITY | OPD, {"note"}),
    "reveal": (ALL, None, CITY, {"note"}),
    "adopt": (ALL, None, CITY, set()),
    "part": (ALL, None, CITY | {"system"}, set()),
    "follow": ({"duplicate"}, None, {"system"}, set()),
    "remind": (ALL - OVER, None, {"system"}, set()),
    "message": (ALL, None, {"reporter"}, set()),
    "delivered": (ALL, None, {"system"}, set()),
    "delivery_failed": (ALL, None, {"system"}, set()),
    "contact_joined": (ALL, None, {"system"}, set()),
}
GIVEN = {
    "department": "DLH", "note": "catatan", "text": "teks", "reason": "not_ours", "missing": "identity",
    "parent": "WA-2026-00001", "body": "PLN", "handler": "tim.dlh", "promised_on": "2026-12-01", "how": "telephone",
    "rating": 4,
}  # fmt: skip
MOVES = pytest.mark.parametrize("name", EXPECTED)


def person(role: str, department: str | None = None) -> Actor:
    return Actor(role, role, frozenset({Grant(Role(role), department if role in OPD else None)}))


def refused(name, state, holder, actor, given=GIVEN) -> str | None:
    """The code of the refusal, or None when the move is allowed."""
    try:
        workflow.check(name, State(state), holder, actor, given)
    except RuleBroken as rule:
        return rule.code
    return None


def test_the_tables_name_the_same_moves_states_and_roles():
    assert {move.name for move in workflow.MOVES} == set(EXPECTED)
    assert [state.value for state in State] == STATES
    assert {role.value for role in Role} == set(ROLES)
    assert {state.value for state in workflow.ENDED} == OVER
    assert {state.value for state in workflow.TRIAGE} == TRIAGE


@MOVES
def test_each_move_leads_where_the_standard_says(name):
    target = workflow.BY_NAME[name].target
    assert (target.value if target else None) == EXPECTED[name][1]


@MOVES
def test_each_move_is_open_to_its_roles_in_its_states_and_to_nobody_else(name):
    sources, _, roles, _ = EXPECTED[name]
    for role in ROLES:
        for state in STATES:
            for holder in (None, "DLH", "DISHUB"):
                code = refused(name, state, holder, person(role, "DLH"))
                if role not in roles or (role in OPD and holder != "DLH"):
                    assert code == "not_allowed", (role, state, holder)
                elif state not in sources:
                    assert code == "wrong_state", (role, state, holder)
                else:
                    assert code is None, (role, state, holder)


@MOVES
@pytest.mark.parametrize("empty", [None, "", "   ", "\n\t"])
def test_each_move_asks_for_what_it_needs(name, empty):
    sources, _, roles, needs = EXPECTED[name]
    state, actor = min(sources), person(min(roles), "DLH")
    for need in GIVEN:
        code = refused(name, state, "DLH", actor, GIVEN | {need: empty})
        assert code == (f"missing_{need}" if need in needs else None)
        without = {key: value for key, value in GIVEN.items() if key != need}
        assert refused(name, state, "DLH", actor, without) == (f"missing_{need}" if need in needs else None)


@pytest.mark.parametrize("reason", ["incomplete", "not_ours", "duplicate", "wrong_category"])
def test_a_return_takes_the_four_coded_reasons(reason):
    assert refused("return", "forwarded", "DLH", person("opd_admin", "DLH"), GIVEN | {"reason": reason}) is None


def test_a_return_takes_no_other_reason():
    given = GIVEN | {"reason": "males"}
    assert refused("return", "forwarded", "DLH", person("opd_admin", "DLH"), given) == "missing_reason"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_allowed(role, state):
    for holder in (None, "DLH", "DISHUB"):
        offered = {move.name for move in workflow.allowed(State(state), holder, person(role, "DLH"))}
        expected = {
            name
            for name, (sources, _, roles, _) in EXPECTED.items()
            if state in sources and role in roles and (role not in OPD or holder == "DLH")
        }
        assert offered == expected


def test_a_leader_may_do_nothing_to_a_case_and_an_administrator_only_hand_its_work_over():
    for role, only in (("admin", {"assign"}), ("leader", set())):
        offered = {move.name for state in State for move in workflow.allowed(state, "DLH", person(role))}
        assert offered == only


@MOVES
def test_what_belongs_to_the_official_is_moved_by_the_official_alone(name):
    sources, target, roles, _ = EXPECTED[name]
    for state in sources:
        for role in roles & CITY:
            try:
                workflow.check(name, State(state), "DLH", person(role), GIVEN, escalated=True)
                code = None
            except RuleBroken as rule:
                code = rule.code
            assert code == ("with_official" if role == "city" and target else None)


WAY = ["forwarded", "accepted", "in_progress", "scheduled", "in_review"]


@pytest.mark.parametrize("one", [*WAY, "returned"])
@pytest.mark.parametrize("two", [*WAY, "returned"])
def test_of_several_departments_a_return_comes_first_then_the_one_least_far(one, two):
    expected = "returned" if "returned" in (one, two) else min(one, two, key=WAY.index)
    assert workflow.overall([one, two]) == expected
    assert workflow.overall([]) == "returned"


def test_a_person_with_two_departments_acts_in_each():
    grants = frozenset({Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB")})
    both = Actor("dua", "Dua", grants)
    assert refused("accept", "forwarded", "DLH", both) is None
    assert refused("accept", "forwarded", "DISHUB", both) == "not_allowed"
    assert refused("submit_result", "in_progress", "DISHUB", both) is None
    assert both.departments == {"DLH", "DISHUB"}


def test_the_acting_role_is_the_one_that_allows_the_move():
    grants = frozenset({Grant(Role.LEADER), Grant(Role.OPD_TEAM, "DLH"), Grant(Role.CITY)})
    _, role = workflow.check("approve", State.IN_REVIEW, "DLH", Actor("a", "A", grants), GIVEN)
    assert role == Role.CITY
    _, role = workflow.check("submit_result", State.IN_PROGRESS, "DLH", Actor("a", "A", grants), GIVEN)
    assert role == Role.OPD_TEAM


def test_a_department_role_without_a_department_may_do_nothing():
    nowhere = Actor("x", "X", frozenset({Grant(Role.OPD_ADMIN, None)}))
    assert refused("accept", "forwarded", None, nowhere) == "not_allowed"
    assert nowhere.departments == frozenset()


def test_a_refusal_says_which_move_in_which_state():
    with pytest.raises(RuleBroken) as caught:
        workflow.check("accept", State.CLOSED, "DLH", person("opd_admin", "DLH"), {})
    assert caught.value.details == {"move": "accept", "state": "closed"}
