"""What belongs to the Kominfo official: a second "bukan kewenangan" until it is assigned, the counter's to its end."""

import pytest

from store import commands, queries
from store.check import differences
from store.rules.case import Case
from store.rules.errors import RuleBroken

from .cases import (
    PHOTO,
    confirm,
    everything,
    forwarded,
    new_desk,
    press,
    read_case,
    reopen,
    take_in,
    who,
    without_whatsapp,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("official")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


def step(desk, case: Case, command, person: str, **given) -> Case:
    return command(desk, press(desk, read_case(desk, case.id), person), **given)


def code_of(desk, case: Case, command, person: str, **given) -> str:
    before = everything(desk)
    with pytest.raises(RuleBroken) as caught:
        step(desk, case, command, person, **given)
    assert everything(desk) == before
    return caught.value.code


def returned(desk, case: Case, department: str, reason: str = "not_ours") -> Case:
    case = step(desk, case, commands.forward, "kota", department=department, note="Mohon dicek")
    person = f"opd.{department.lower()}"
    return step(desk, case, commands.return_to_city, person, reason=reason, note="Bukan kewenangan kami")


def twice(desk) -> Case:
    return returned(desk, returned(desk, take_in(desk), "DLH"), "DISHUB")


def from_the_counter(desk) -> Case:
    return step(desk, without_whatsapp(desk), commands.escalate, "kota", note="Tidak selesai di loket")


def done_by(desk, case: Case, department: str) -> Case:
    code = department.lower()
    for command in (commands.accept, commands.start):
        step(desk, case, command, f"opd.{code}")
    return step(desk, case, commands.submit_result, f"tim.{code}", text="Beres", files=[PHOTO])


# The second "bukan kewenangan"


def test_the_first_goes_back_to_the_city_team_the_second_to_the_official(desk):
    case = returned(desk, take_in(desk), "DLH")
    assert (case.escalated, case.not_ours_count) == (None, 1)
    assert code_of(desk, case, commands.accept, "kota") == "not_allowed"
    case = returned(desk, case, "DISHUB")
    assert (case.state, case.escalated, case.not_ours_count, case.returned_count) == ("returned", "assignment", 2, 2)
    for command, given in (
        (commands.forward, {"department": "DPUPR", "note": "Coba ini"}),
        (commands.answer, {"text": "Sudah"}),
        (commands.reject, {"note": "Iklan"}),
        (commands.ask, {"missing": ["what"]}),
        (commands.withdraw, {"note": "Dicabut"}),
        (commands.escalate, {"note": "Mohon arahan"}),
    ):
        assert code_of(desk, case, command, "kota", **given) == "with_official"
    assert case.number in {row["number"] for row in queries.with_official(desk.register, who(desk, "pejabat"))}


def test_other_reasons_do_not_count(desk):
    case = take_in(desk)
    for reason in ("incomplete", "duplicate", "wrong_category", "not_ours", "incomplete"):
        case = returned(desk, case, "DLH", reason)
    assert (case.escalated, case.not_ours_count, case.returned_count) == (None, 1, 5)


def test_two_departments_that_both_say_so_count_twice(desk):
    case = forwarded(desk, take_in(desk), "DLH", others=["DISHUB"])
    for code in ("dlh", "dishub"):
        case = step(desk, case, commands.return_to_city, f"opd.{code}", reason="not_ours", note="Bukan kami")
    assert (case.escalated, case.not_ours_count) == ("assignment", 2)


def test_the_officials_assignment_binds_and_gives_the_case_back(desk):
    case = step(desk, twice(desk), commands.forward, "pejabat", department="DLH", others=["DPUPR"], note="Tangani")
    assert (case.escalated, [part.binding for part in case.assignments]) == (None, [True, True])
    for code in ("dlh", "dpupr"):
        given = {"reason": "not_ours", "note": "Tetap bukan kami"}
        assert code_of(desk, case, commands.return_to_city, f"opd.{code}", **given) == "binding"
    step(desk, case, commands.accept, "opd.dpupr")
    case = step(desk, case, commands.return_to_city, "opd.dlh", reason="incomplete", note="Di mana?")
    assert (case.state, case.escalated) == ("returned", None)
    # The city team goes on with it; what it assigns binds nobody.
    case = step(desk, case, commands.forward, "kota", department="DISHUB", note="Tolong")
    assert {part.department: part.binding for part in case.assignments} == {"DPUPR": True, "DISHUB": False}
    case = step(desk, case, commands.return_to_city, "opd.dishub", reason="not_ours", note="Bukan kami")
    assert (case.escalated, case.not_ours_count) == ("assignment", 3)


def test_an_official_who_forwards_what_is_not_escalated_binds_nobody(desk):
    case = step(desk, take_in(desk), commands.forward, "pejabat", department="DLH", note="Tangani")
    case = step(desk, case, commands.return_to_city, "opd.dlh", reason="not_ours", note="Bukan kami")
    assert (case.state, case.escalated) == ("returned", None)


def test_the_city_team_still_writes_notes_and_corrects(desk):
    case = twice(desk)
    case = step(desk, case, commands.reply, "kota", text="Masih kami bahas")
    case = step(desk, case, commands.note, "kota", text="Sudah lapor pejabat")
    case = step(desk, case, commands.classify, "kota", address="Jl. Melati 5")
    case = step(desk, case, commands.told, "kota", how="telephone", note="Ditelepon")
    assert (case.state, case.escalated) == ("returned", "assignment")


# From the counter


def test_what_the_counter_gives_up_stays_the_officials_to_its_end(desk):
    case = from_the_counter(desk)
    assert (case.state, case.escalated) == ("received", "end")
    assert code_of(desk, case, commands.escalate, "kota", note="Lagi") == "with_official"
    assert code_of(desk, case, commands.escalate, "pejabat", note="Lagi") == "not_allowed"
    given = {"department": "DLH", "note": "Tangani"}
    assert code_of(desk, case, commands.forward, "kota", **given) == "with_official"
    case = step(desk, case, commands.forward, "pejabat", **given)
    assert (case.escalated, case.assignments[0].binding) == ("end", True)
    case = done_by(desk, case, "DLH")
    assert case.number in {row["number"] for row in queries.with_official(desk.register, who(desk, "pejabat"))}
    assert case.number not in {r["number"] for r in queries.in_state(desk.register, who(desk, "kota"), "in_review")}
    for command, given in ((commands.approve, {"text": "Beres"}), (commands.send_back, {"note": "Kurang"})):
        assert code_of(desk, case, command, "kota", **given) == "with_official"
    case = step(desk, case, commands.approve, "pejabat", text="Beres")
    case = step(desk, case, commands.told, "kota", how="in_person", note="Datang ke loket")
    assert code_of(desk, case, commands.close, "kota", note="Selesai") == "with_official"
    case = step(desk, case, commands.close, "pejabat", note="Selesai")
    assert (case.state, case.escalated) == ("closed", "end")
    assert code_of(desk, case, commands.reopen, "kota", note="Masih") == "with_official"


def test_the_reporter_needs_no_leave_to_confirm_or_reopen(desk):
    case = step(desk, take_in(desk), commands.escalate, "kota", note="Sulit")
    case = step(desk, case, commands.forward, "pejabat", department="DLH", note="Tangani")
    case = step(desk, done_by(desk, case, "DLH"), commands.approve, "pejabat", text="Beres")
    case = reopen(desk, confirm(desk, case))
    assert (case.state, case.escalated) == ("reopened", "end")
    assert case.number in {row["number"] for row in queries.with_official(desk.register, who(desk, "pejabat"))}


def test_the_official_answers_what_was_escalated(desk):
    case = step(desk, from_the_counter(desk), commands.answer, "pejabat", text="Sudah kami jelaskan")
    # Whoever stands at the counter has heard it.
    assert (case.state, case.ended_at is not None, case.call_reporter) == ("answered", True, False)


def test_a_second_return_leaves_the_counters_case_with_the_official_to_its_end(desk):
    case = from_the_counter(desk)
    for department in ("DLH", "DISHUB"):
        case = step(desk, case, commands.forward, "pejabat", department=department, note="Tangani")
        case = step(desk, case, commands.return_to_city, f"opd.{department.lower()}", reason="incomplete", note="?")
    assert (case.state, case.escalated) == ("returned", "end")
    case = step(desk, case, commands.forward, "pejabat", department="DPUPR", note="Tangani")
    assert case.escalated == "end"
