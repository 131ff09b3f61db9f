"""Staff rotate, cases stay: nothing lies with somebody who has left, whether they handed over or not."""

from datetime import datetime, timedelta

import pytest

from store import commands, handover, queries, reminders
from store.admin import accounts
from store.check import differences
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role

from .administration import seen_user
from .cases import ask, in_progress, press, read_case, take_in, who

MONDAY = datetime(2026, 11, 23, 1, 0)  # 08.00 in Jakarta
# A little more than half of two days is used by then.
TUESDAY = datetime(2026, 11, 24, 2, 0)


def with_handler(desk, handler: str = "tim.dlh", now: datetime = MONDAY):
    case = in_progress(desk, take_in(desk, now=now), "DLH")
    return commands.assign(desk, press(desk, case, "opd.dlh"), handler=handler)


def handler_of(desk, case) -> str | None:
    (part,) = read_case(desk, case.id).assignments
    return part.handler


def listed(desk, username: str, now: datetime = TUESDAY) -> dict[str, list[str]]:
    return {row["number"]: row["reasons"] for row in queries.todo(desk.register, who(desk, username), now)}


def test_what_is_in_review_is_handed_over_too_and_comes_back_to_the_successor(desk):
    admin = who(desk, "admin")
    working, shown = with_handler(desk), with_handler(desk)
    by = press(desk, shown, "tim.dlh")
    shown = commands.submit_result(desk, by, text="Sudah dibersihkan")
    assert {row["number"] for row in handover.open_work(desk.register, admin, "tim.dlh")} == {
        working.number,
        shown.number,
    }
    assert handover.hand_over(desk, admin, "tim.dlh", "opd.dlh", "op-1") == 2
    assert [handler_of(desk, case) for case in (working, shown)] == ["opd.dlh", "opd.dlh"]
    back = commands.send_back(desk, press(desk, read_case(desk, shown.id), "kota"), note="Foto kurang jelas")
    assert (back.state, handler_of(desk, shown)) == ("in_progress", "opd.dlh")
    # The same press again hands over nothing more.
    assert handover.hand_over(desk, admin, "tim.dlh", "opd.dlh", "op-1") == 0
    assert list(differences(desk.register)) == []


def test_work_that_has_gone_out_is_nobodys_to_hand_over(desk):
    case = with_handler(desk)
    case = commands.submit_result(desk, press(desk, case, "tim.dlh"), text="Sudah")
    case = commands.approve(desk, press(desk, case, "kota"), text="Sudah")
    assert case.state == "awaiting_confirmation"
    assert handover.open_work(desk.register, who(desk, "admin"), "tim.dlh") == []


@pytest.mark.parametrize("how", ["set aside", "moved"])
def test_work_of_somebody_who_left_without_handing_over_is_nobodys(desk, how):
    admin = who(desk, "admin")
    case = with_handler(desk)
    assert listed(desk, "opd.dlh") == {}
    if how == "set aside":
        accounts.set_active(desk, admin, "tim.dlh", False)
    else:
        accounts.change(desk, admin, "tim.dlh", seen_user(desk), "Tim", [Grant(Role.OPD_TEAM, "DISHUB")])
    assert listed(desk, "opd.dlh") == {case.number: ["unassigned"]}
    assert reminders.run(desk, TUESDAY) == 1
    ((data,),) = ask(desk, "select data from event where complaint_id = ? and kind = 'remind'", case.id)
    assert '"to":["opd_admin:DLH","opd_team:DLH"]' in data.replace(" ", "")
    # As long as it is so; handed on, it is somebody's again.
    commands.assign(desk, press(desk, read_case(desk, case.id), "opd.dlh"), handler="opd.dlh")
    assert listed(desk, "opd.dlh") == {}
    assert reminders.run(desk, TUESDAY + timedelta(hours=5)) == 1
    last = ask(desk, "select data from event where complaint_id = ? and kind = 'remind' order by id", case.id)[-1][0]
    assert '"to":["@opd.dlh"]' in last.replace(" ", "")


def test_somebody_who_left_is_given_no_work(desk):
    case = with_handler(desk)
    accounts.set_active(desk, who(desk, "admin"), "opd.dlh", False)
    with pytest.raises(RuleBroken, match="unknown_handler"):
        handover.hand_over(desk, who(desk, "admin"), "tim.dlh", "opd.dlh", "op-2")
    assert handler_of(desk, case) == "tim.dlh"
