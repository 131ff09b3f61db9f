"""Several departments on one complaint: each its own limit, state and result; the whole is done when all are."""

from datetime import timedelta

import pytest

from store import commands, queries
from store.check import differences
from store.clock import now as clock_now
from store.clock import today
from store.rules.case import Assignment, Case
from store.rules.errors import Conflict, NotFound, RuleBroken
from store.rules.workflow import Actor, Grant, Role

from .cases import (
    PHOTO,
    ask,
    everything,
    forwarded,
    goes_on,
    in_progress,
    in_review,
    messages,
    new_desk,
    press,
    read_case,
    reopen,
    take_in,
    who,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("several")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


def with_two(desk, **more) -> Case:
    """With DLH, which leads, and DISHUB."""
    return forwarded(desk, take_in(desk, "Pohon tumbang menutup jalan"), "DLH", others=["DISHUB"], **more)


def parts(case: Case) -> dict[str, str]:
    return {part.department: str(part.state) for part in case.assignments}


def part(case: Case, department: str) -> Assignment:
    return next(part for part in case.active if part.department == department)


def step(desk, case: Case, command, person: str, **given) -> Case:
    return command(desk, press(desk, read_case(desk, case.id), person), **given)


def at_work(desk, case: Case, code: str) -> Case:
    step(desk, case, commands.accept, f"opd.{code}")
    return step(desk, case, commands.start, f"opd.{code}")


def result(desk, case: Case, code: str, text: str) -> Case:
    return step(desk, case, commands.submit_result, f"tim.{code}", text=text, files=[PHOTO])


def returned(desk, case: Case, code: str, reason: str = "incomplete") -> Case:
    return step(desk, case, commands.return_to_city, f"opd.{code}", reason=reason, note="Bukan bagian kami")


def test_each_has_its_own_part_limit_and_place_in_the_row(desk):
    case = with_two(desk)
    assert (case.state, case.department, case.departments) == ("forwarded", "DLH", "|DLH|DISHUB|")
    assert [(part.department, part.state, part.lead) for part in case.assignments] == [
        ("DLH", "forwarded", True), ("DISHUB", "forwarded", False),
    ]  # fmt: skip
    limit = desk.acceptance_limit(case.forwarded_at)
    assert {part.accept_due_at for part in case.assignments} == {case.accept_due_at} == {limit}
    ((purpose, text),) = messages(desk, case)
    assert purpose == "forwarded"
    assert "Dinas Lingkungan Hidup dan Dinas Perhubungan" in text


def test_a_department_that_is_added_later_has_a_limit_from_then(desk):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = returned(desk, case, "dishub")
    later = clock_now() + timedelta(days=3)
    by = press(desk, case, "kota")
    case = commands.forward(desk, by, department="DLH", others=["DPUPR"], note="Gorong-gorong", now=later)
    assert parts(case) == {"DLH": "in_progress", "DPUPR": "forwarded"}
    assert (case.state, case.department) == ("forwarded", "DLH")
    new = part(case, "DPUPR")
    assert new.accept_due_at == case.accept_due_at == desk.acceptance_limit(later)
    # Only the new one is told to the reporter.
    assert "Pekerjaan Umum" in messages(desk, case)[-1][1]
    assert "Lingkungan" not in messages(desk, case)[-1][1]


def test_the_whole_is_as_far_as_the_one_least_far(desk):
    case = with_two(desk)
    for person, command, expected in (
        ("opd.dlh", commands.accept, "forwarded"),
        ("opd.dlh", commands.start, "forwarded"),
        ("opd.dishub", commands.accept, "accepted"),
        ("opd.dishub", commands.start, "in_progress"),
    ):
        assert step(desk, case, command, person).state == expected
    assert result(desk, case, "dlh", "Pohon sudah diangkut").state == "in_progress"
    day = today() + timedelta(days=30)
    case = step(desk, case, commands.schedule, "tim.dishub", promised_on=day, note="Menunggu rambu")
    assert (case.state, case.due_at) == ("scheduled", part(case, "DISHUB").promised_at)
    case = result(desk, case, "dishub", "Rambu terpasang")
    assert (case.state, case.due_at) == ("in_review", case.promise_due_at)


def test_results_are_put_together_and_sent_as_one(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        at_work(desk, case, code)
    case = result(desk, case, "dishub", "Rambu terpasang")
    assert case.result_text == "Rambu terpasang"
    case = result(desk, case, "dlh", "Pohon diangkut")
    assert case.result_text == "DLH: Pohon diangkut\n\nDISHUB: Rambu terpasang"
    case = step(desk, case, commands.approve, "kota", text=case.result_text)
    assert case.state == "awaiting_confirmation"
    (text,) = [text for purpose, text in messages(desk, case) if purpose == "result"]
    assert "Pohon diangkut" in text
    assert "Rambu terpasang" in text


def test_one_alone_cannot_be_approved_while_another_works(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        at_work(desk, case, code)
    result(desk, case, "dlh", "Pohon diangkut")
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, case, commands.approve, "kota", text="Sudah")
    with pytest.raises(RuleBroken, match="wrong_state"):
        result(desk, case, "dlh", "Sekali lagi")


def test_one_of_two_results_is_sent_back(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        at_work(desk, case, code)
        result(desk, case, code, f"Hasil {code}")
    with pytest.raises(RuleBroken, match="unknown_department"):
        step(desk, case, commands.send_back, "kota", note="Fotonya kabur", departments=["DPUPR"])
    case = step(desk, case, commands.send_back, "kota", note="Fotonya kabur", departments=["DLH"])
    assert (case.state, parts(case)) == ("in_progress", {"DLH": "in_progress", "DISHUB": "in_review"})
    assert case.sent_back_count == 1
    case = result(desk, case, "dlh", "Foto baru")
    assert (case.state, case.result_text) == ("in_review", "DLH: Foto baru\n\nDISHUB: Hasil dishub")
    case = step(desk, case, commands.send_back, "kota", note="Keduanya kurang")
    assert set(parts(case).values()) == {"in_progress"}


def test_one_returns_while_the_other_goes_on(desk):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = returned(desk, case, "dishub")
    assert (case.state, case.departments, case.department) == ("returned", "|DLH|", "DLH")
    assert parts(case) == {"DLH": "in_progress", "DISHUB": "returned"}
    assert (case.returned_count, case.accept_due_at) == (1, None)
    assert case.number in {row["number"] for row in queries.waiting_for_triage(desk.register, who(desk, "kota"))}
    with pytest.raises(NotFound):
        step(desk, case, commands.note, "opd.dishub", text="Masih kami lihat?")
    # The other works on, and its result waits with it.
    step(desk, case, commands.work, "tim.dlh", note="Gergaji dipinjam")
    case = result(desk, case, "dlh", "Pohon diangkut")
    assert (case.state, parts(case)) == ("returned", {"DLH": "in_review", "DISHUB": "returned"})
    case = step(desk, case, commands.proceed, "kota", note="Cukup DLH")
    assert (case.state, parts(case)) == ("in_review", {"DLH": "in_review"})
    assert step(desk, case, commands.approve, "kota", text=case.result_text).state == "awaiting_confirmation"


@pytest.mark.parametrize(
    ("department", "others", "lead"), [("DLH", ["DPUPR"], "DLH"), ("DPUPR", [], "DPUPR"), ("DPUPR", ["DLH"], "DPUPR")]
)
def test_what_was_returned_is_given_to_another(desk, department, others, lead):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = returned(desk, case, "dishub")
    case = step(desk, case, commands.forward, "kota", department=department, others=others, note="Tolong")
    assert parts(case) == {"DLH": "in_progress", "DPUPR": "forwarded"}
    assert (case.state, case.department) == ("forwarded", lead)
    assert [part.department for part in case.assignments if part.lead] == [lead]


def test_the_same_department_may_get_it_again_and_nobody_twice(desk):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = returned(desk, case, "dishub")
    with pytest.raises(RuleBroken, match="already_there"):
        step(desk, case, commands.forward, "kota", department="DLH", note="Tolong")
    with pytest.raises(RuleBroken, match="unknown_department"):
        step(desk, case, commands.forward, "kota", department="DLH", others=["DLHX"], note="Tolong")
    case = step(desk, case, commands.forward, "kota", department="DISHUB", others=["DISHUB"], note="Sudah lengkap")
    assert (parts(case), case.department) == ({"DLH": "in_progress", "DISHUB": "forwarded"}, "DISHUB")
    assert step(desk, case, commands.accept, "opd.dishub").state == "accepted"


def test_when_the_lead_returns_the_next_one_leads(desk):
    case = with_two(desk)
    case = returned(desk, case, "dlh")
    assert (case.state, case.department) == ("returned", "DISHUB")
    case = step(desk, case, commands.proceed, "kota", note="Cukup DISHUB")
    assert (case.state, case.department, parts(case)) == ("forwarded", "DISHUB", {"DISHUB": "forwarded"})


def test_when_all_return_there_is_nobody_to_go_on_with(desk):
    case = with_two(desk)
    returned(desk, case, "dlh")
    case = returned(desk, case, "dishub")
    assert (case.state, case.department, case.departments, case.returned_count) == ("returned", None, "", 2)
    before = everything(desk)
    with pytest.raises(RuleBroken, match="nobody_left"):
        step(desk, case, commands.proceed, "kota", note="Lanjut")
    assert everything(desk) == before
    case = step(desk, case, commands.answer, "kota", text="Sudah dijelaskan")
    assert (case.state, case.assignments) == ("answered", ())


def test_an_answer_ends_every_part(desk):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = step(desk, returned(desk, case, "dishub"), commands.answer, "kota", text="Sudah selesai kemarin")
    assert (case.state, case.departments) == ("answered", "")
    with pytest.raises(NotFound):
        result(desk, case, "dlh", "Terlambat")


def test_while_the_reporter_is_asked_the_others_go_on_and_nothing_is_lost(desk):
    case = with_two(desk)
    at_work(desk, case, "dlh")
    case = step(desk, returned(desk, case, "dishub"), commands.ask, "kota", missing=["where_when"])
    assert (case.state, case.due_at) == ("awaiting_reporter", None)
    case = result(desk, case, "dlh", "Pohon diangkut")
    assert (case.state, parts(case)["DLH"]) == ("awaiting_reporter", "in_review")
    case = goes_on(desk, case)
    assert (case.state, parts(case)) == ("returned", {"DLH": "in_review", "DISHUB": "returned"})
    case = step(desk, case, commands.forward, "kota", department="DLH", others=["DISHUB"], note="Sudah lengkap")
    assert (case.state, parts(case)) == ("forwarded", {"DLH": "in_review", "DISHUB": "forwarded"})


@pytest.mark.parametrize("end", ["withdrawn", "sent"])
def test_when_it_is_over_no_department_goes_on(desk, end):
    """A part keeps the state it had, for the record; it can no longer be moved."""
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        case = at_work(desk, case, code)
    if end == "withdrawn":
        case = step(desk, case, commands.withdraw, "kota", note="Pelapor mencabut")
    else:
        for code in ("dlh", "dishub"):
            case = result(desk, case, code, "Beres")
        case = step(desk, case, commands.approve, "kota", text="Beres")
    before, day = everything(desk), today() + timedelta(days=9)
    for command, given in (
        (commands.work, {"note": "Terlambat"}),
        (commands.submit_result, {"text": "Terlambat", "files": [PHOTO]}),
        (commands.schedule, {"promised_on": day, "note": "Terlambat"}),
    ):
        with pytest.raises(RuleBroken, match="wrong_state"):
            step(desk, case, command, "tim.dlh", **given)
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, case, commands.assign, "opd.dlh", handler="tim.dlh")
    assert everything(desk) == before
    shown = queries.for_department(desk.register, who(desk, "tim.dlh"), ("in_progress", "in_review"))
    assert case.number not in {row["number"] for row in shown}


def test_a_reopened_case_starts_without_departments(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        at_work(desk, case, code)
        result(desk, case, code, "Beres")
    step(desk, case, commands.approve, "kota", text="Beres")
    case = step(desk, case, commands.reopen, "kota", note="Masih menutup jalan")
    assert (case.state, case.departments, case.assignments, case.promised_at) == ("reopened", "", (), None)
    case = forwarded(desk, case, "DLH", others=["DISHUB"])
    assert set(parts(case).values()) == {"forwarded"}


# People


def test_a_person_of_two_departments_says_which_part_is_meant(desk):
    both = Actor("opd.dlh", "Dua", frozenset({Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_ADMIN, "DISHUB")}))
    case = with_two(desk)

    def by(department: str) -> commands.Press:
        return commands.Press(both, case.number, case.version, f"both-{department}-{case.version}", department)

    case = commands.accept(desk, by("DISHUB"))
    assert parts(case) == {"DLH": "forwarded", "DISHUB": "accepted"}
    with pytest.raises(RuleBroken, match="wrong_state"):
        commands.accept(desk, by("DISHUB"))
    case = commands.accept(desk, by("DLH"))
    assert set(parts(case).values()) == {"accepted"}
    with pytest.raises(RuleBroken, match="not_allowed"):
        commands.start(desk, by("DPUPR"))


def test_nobody_moves_another_departments_part(desk):
    case = with_two(desk)
    case = step(desk, case, commands.accept, "opd.dlh")
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, case, commands.accept, "opd.dlh")
    for command, given in (
        (commands.accept, {}),
        (commands.return_to_city, {"reason": "not_ours", "note": "Bukan mereka"}),
        (commands.start, {}),
    ):
        by = press(desk, case, "opd.dlh", department="DISHUB")
        with pytest.raises(RuleBroken, match="not_allowed"):
            command(desk, by, **given)
    assert parts(read_case(desk, case.id)) == {"DLH": "accepted", "DISHUB": "forwarded"}


def test_work_is_handed_to_people_of_the_own_department_only(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        case = step(desk, case, commands.accept, f"opd.{code}")
    for wrong in ("tim.dishub", "kota", "nobody"):
        with pytest.raises(RuleBroken, match="unknown_handler"):
            step(desk, case, commands.start, "opd.dlh", handler=wrong)
    case = step(desk, case, commands.start, "opd.dlh", handler="tim.dlh")
    assert {p.department: p.handler for p in case.assignments} == {"DLH": "tim.dlh", "DISHUB": None}
    with pytest.raises(RuleBroken, match="unknown_handler"):
        step(desk, case, commands.assign, "opd.dlh", handler="opd.dishub")
    case = step(desk, case, commands.assign, "opd.dlh", handler="opd.dlh")
    assert part(case, "DLH").handler == "opd.dlh"
    view = queries.case_view(desk.register, who(desk, "kota"), case.number)
    assert [(part["name"], part["handler"]) for part in view.parts] == [
        ("Dinas Lingkungan Hidup", "Admin DLH"), ("Dinas Perhubungan", None),
    ]  # fmt: skip


def test_photos_say_whether_they_are_from_before_or_after(desk):
    case = in_progress(desk, take_in(desk), "DLH", category="tree")
    case = step(desk, case, commands.work, "tim.dlh", note="Mulai", before=[PHOTO])
    # One from before the work shows no result.
    with pytest.raises(RuleBroken, match="missing_photo"):
        step(desk, case, commands.submit_result, "tim.dlh", text="Beres")
    with pytest.raises(RuleBroken, match="missing_photo"):
        step(desk, case, commands.submit_result, "tim.dlh", text="Beres", before=[PHOTO])
    case = step(desk, case, commands.work, "tim.dlh", note="Selesai", after=[PHOTO])
    case = step(desk, case, commands.submit_result, "tim.dlh", text="Beres")
    stages = ask(desk, "select stage from media where complaint_id = ? order by id", case.id)
    assert (case.state, stages) == ("in_review", [("before",), ("after",)])


def test_the_photo_of_the_first_result_shows_nothing_of_the_second(desk):
    case = in_review(desk, take_in(desk), "DLH", category="tree")
    case = step(desk, case, commands.approve, "kota", text="Pohon dipangkas")
    case = in_progress(desk, reopen(desk, case), "DLH", category="tree")
    with pytest.raises(RuleBroken, match="missing_photo"):
        step(desk, case, commands.submit_result, "tim.dlh", text="Dipangkas lagi")
    case = step(desk, case, commands.submit_result, "tim.dlh", text="Dipangkas lagi", files=[PHOTO])
    # What the city team sends back was shown already.
    case = step(desk, case, commands.send_back, "kota", note="Tulis lebih jelas")
    assert step(desk, case, commands.submit_result, "tim.dlh", text="Dahan sudah dipangkas").state == "in_review"


def test_the_work_log_never_goes_out_and_makes_nobody_stale(desk):
    case = in_progress(desk, take_in(desk), "DLH")
    sent = messages(desk, case)
    slow = press(desk, case, "tim.dlh")
    after = step(desk, case, commands.work, "opd.dlh", note="Tangga dipinjam", before=[PHOTO])
    assert (after.version, messages(desk, after)) == (case.version, sent)
    assert commands.submit_result(desk, slow, text="Beres").state == "in_review"


def test_what_another_department_did_meanwhile_makes_no_press_stale(desk):
    case = with_two(desk)
    drawn = {code: press(desk, read_case(desk, case.id), f"opd.{code}") for code in ("dlh", "dishub")}
    commands.accept(desk, drawn["dlh"])
    commands.accept(desk, drawn["dishub"])
    assert parts(read_case(desk, case.id)) == {"DLH": "accepted", "DISHUB": "accepted"}


def test_what_changed_for_its_own_part_still_makes_a_press_stale(desk):
    case = with_two(desk)
    for code in ("dlh", "dishub"):
        at_work(desk, case, code)
    drawn = press(desk, read_case(desk, case.id), "tim.dlh")
    step(desk, case, commands.schedule, "opd.dlh", promised_on=today() + timedelta(days=3), note="Menunggu alat")
    with pytest.raises(Conflict):
        commands.submit_result(desk, drawn, text="Sudah selesai", files=[PHOTO])
    drawn = press(desk, read_case(desk, case.id), "tim.dishub")
    step(desk, case, commands.classify, "kota", address="Jl. Sriwijaya, di depan pasar")
    with pytest.raises(Conflict):
        commands.submit_result(desk, drawn, text="Sudah selesai", files=[PHOTO])
