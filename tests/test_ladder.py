"""The ladder of escalation: whom each step concerns, one table for all ways a case may stand."""

from datetime import datetime, timedelta

import pytest

from store.reminders import LEVELS, addresses, audiences
from store.rules.case import Assignment, Case
from store.rules.workflow import Actor, Grant, Role

NOW = datetime(2026, 11, 25, 3)


def case_of(state: str, *parts: tuple, **more) -> Case:
    """A case with these parts: (department, state, handler, promised)."""
    made = tuple(
        Assignment(
            department, its, NOW, number == 0, False, NOW, handler=handler or None,
            promised_at=NOW + timedelta(days=days) if days else None,
        )
        for number, (department, its, handler, days) in enumerate(parts)
    )  # fmt: skip
    return Case(1, "WA-2026-00001", "WA", "complaint", state, 1, NOW, NOW, "", assignments=made, **more)


TRIAGE = case_of("received")
RETURNED = case_of("returned", ("DLH", "returned", "", 0), ("DPUPR", "in_progress", "", 0))
ESCALATED = case_of("reopened", escalated="end")
NEW = case_of("forwarded", ("DLH", "forwarded", "", 0))
ACCEPTED = case_of("accepted", ("DLH", "accepted", "", 0))
NOBODYS = case_of("in_progress", ("DLH", "in_progress", "", 0))
TAKEN = case_of("in_progress", ("DLH", "in_progress", "tim.dlh", 0))
TWO = case_of("forwarded", ("DLH", "in_review", "tim.dlh", 0), ("DPUPR", "forwarded", "", 0))
ONE_LATER = case_of("in_progress", ("DLH", "scheduled", "tim.dlh", 3), ("DPUPR", "in_progress", "tim.dpupr", 0))
ONE_PASSED = case_of("in_progress", ("DLH", "scheduled", "tim.dlh", -3), ("DPUPR", "in_progress", "tim.dpupr", 0))
PROMISED = case_of("scheduled", ("DLH", "scheduled", "tim.dlh", 3))
REVIEW = case_of("in_review", ("DLH", "in_review", "tim.dlh", 0))
ANSWERED = case_of("answered")
NOBODY = set()


@pytest.mark.parametrize(
    ("case", "early", "at_100"),
    [
        (TRIAGE, {"city"}, {"city"}),
        (RETURNED, {"city", "opd_admin:DPUPR", "opd_team:DPUPR"}, {"city", "opd_admin:DPUPR", "opd_team:DPUPR"}),
        (ESCALATED, {"official"}, {"official", "city"}),
        (NEW, {"opd_admin:DLH"}, {"opd_admin:DLH", "city"}),
        (ACCEPTED, {"opd_admin:DLH"}, {"opd_admin:DLH", "city"}),
        (NOBODYS, {"opd_admin:DLH", "opd_team:DLH"}, {"opd_admin:DLH", "opd_team:DLH", "city"}),
        (TAKEN, {"@tim.dlh"}, {"@tim.dlh", "opd_admin:DLH", "city"}),
        (TWO, {"opd_admin:DPUPR"}, {"opd_admin:DPUPR", "city"}),
        (ONE_LATER, {"@tim.dpupr"}, {"@tim.dpupr", "opd_admin:DPUPR", "city"}),
        (ONE_PASSED, {"@tim.dlh", "@tim.dpupr"},
         {"@tim.dlh", "@tim.dpupr", "opd_admin:DLH", "opd_admin:DPUPR", "city"}),
        (PROMISED, {"@tim.dlh"}, {"@tim.dlh", "opd_admin:DLH", "city"}),
        (REVIEW, {"city"}, {"city"}),
        (ANSWERED, NOBODY, {"city"}),
    ],
)  # fmt: skip
def test_whom_each_step_of_the_ladder_concerns(case, early, at_100):
    ladder = {50: early, 75: early, 100: at_100, 150: {"official"}, 300: {"leader"}}
    for level, expected in ladder.items():
        before = max((lower for lower in LEVELS if lower < level), default=0)
        assert audiences(case, level, NOW, before) == expected, level
        # Several levels at once concern all whom any of them does.
        all_of_them = set().union(*(meant for step, meant in ladder.items() if step <= level))
        assert audiences(case, level, NOW) == all_of_them
    assert audiences(case, 100, NOW, 100) == NOBODY


def test_a_person_is_meant_by_their_roles_and_by_name():
    grants = {Grant(Role.CITY), Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DPUPR")}
    assert addresses(Actor("rina", "Rina", frozenset(grants))) == {"city", "opd_admin:DLH", "opd_team:DPUPR", "@rina"}
