"""Duplicates: one answer to all reporters, each about their own number; undone, moved, and freed when none comes."""

import itertools

import pytest

from store import commands, queries, silence
from store.check import differences
from store.clock import now as clock_now
from store.rules.case import Case
from store.rules.errors import Conflict, NotFound, RuleBroken

from .cases import (
    PHOTO,
    add_message,
    ask,
    by_system,
    everything,
    later,
    messages,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)

_count = itertools.count(1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("merging")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


def reported(desk, text: str = "Lampu jalan di Medono mati") -> Case:
    """A complaint of somebody who has not written before."""
    return take_in(desk, text, phone=f"62858{next(_count):07d}")


def step(desk, case: Case, command, person: str = "kota", **given) -> Case:
    return command(desk, press(desk, read_case(desk, case.id), person), **given)


def merged(desk, child: Case, parent: Case) -> Case:
    return step(desk, child, commands.merge, parent=parent.number)


def family(desk, children: int = 2) -> list[Case]:
    """A parent and its children, the parent first."""
    parent = reported(desk)
    made = [merged(desk, reported(desk), parent) for _ in range(children)]
    return [read_case(desk, parent.id), *made]


def purposes(desk, case: Case) -> list[str]:
    return [purpose for purpose, _ in messages(desk, case)]


def with_result(desk, case: Case, text: str = "Lampu sudah diganti") -> Case:
    step(desk, case, commands.forward, department="DISHUB", note="Mohon dicek")
    for command in (commands.accept, commands.start):
        step(desk, case, command, "opd.dishub")
    step(desk, case, commands.submit_result, "tim.dishub", text=text, files=[PHOTO])
    return step(desk, case, commands.approve, text=text)


def test_a_child_keeps_its_number_reporter_and_clock_and_is_told(desk):
    parent, child = reported(desk), reported(desk)
    after = merged(desk, child, parent)
    assert (after.state, after.parent_id, after.number) == ("duplicate", parent.id, child.number)
    # It only follows: its clock stops when the parent is answered, not when it is merged.
    assert (after.stopped_at, after.due_at, after.ended_at is not None) == (None, None, True)
    assert read_case(desk, parent.id).child_count == 1
    ((purpose, text),) = messages(desk, child)
    assert purpose == "merged"
    assert child.number in text
    assert parent.number not in text
    assert messages(desk, parent) == []
    kota = who(desk, "kota")
    assert queries.case_view(desk.register, kota, parent.number).children == [child.number]
    assert queries.case_view(desk.register, kota, child.number).parent == parent.number


def test_all_that_the_parents_reporter_hears_the_childrens_hear_with_their_own_number(desk):
    cases = family(desk)
    with_result(desk, cases[0])
    for case in cases:
        news = [(purpose, text) for purpose, text in messages(desk, case) if purpose != "merged"]
        assert [purpose for purpose, _ in news] == ["forwarded", "started", "result"]
        for _, text in news:
            assert case.number in text
            assert not [other for other in cases if other is not case and other.number in text]
    buttons = ask(desk, "select complaint_id, extra from message_out where purpose = 'result' and extra is not null")
    for case in cases:
        assert case.number in dict(buttons)[case.id]
    for child in (read_case(desk, case.id) for case in cases[1:]):
        assert (child.state, child.result_text) == ("duplicate", "Lampu sudah diganti")
        assert child.stopped_at == child.result_at == child.first_answer_at is not None


@pytest.mark.parametrize(
    ("command", "given", "purpose"),
    [
        (commands.answer, {"text": "Pukul 08.00"}, "answer"),
        (commands.refer, {"body": "PLN", "text": "Kami teruskan", "reference": "77/X"}, "referred"),
    ],
)
def test_an_answer_or_a_referral_goes_to_all(desk, command, given, purpose):
    cases = family(desk)
    step(desk, cases[0], command, **given)
    for case in cases:
        found = dict(messages(desk, case))
        assert case.number in found[purpose]
        assert given["text"] in found[purpose]
        assert read_case(desk, case.id).stopped_at is not None or case is cases[0]


def test_a_child_without_whatsapp_is_told_by_telephone(desk):
    parent = reported(desk)
    child = merged(desk, without_whatsapp(desk), parent)
    assert not child.call_reporter
    step(desk, parent, commands.answer, text="Pukul 08.00")
    child = read_case(desk, child.id)
    assert (child.call_reporter, messages(desk, child)) == (True, [])
    assert child.number in {row["number"] for row in queries.to_call(desk.register, who(desk, "kota"))}
    child = step(desk, child, commands.told, how="telephone", note="Ditelepon")
    assert (child.state, child.call_reporter) == ("duplicate", False)


def test_an_answer_that_did_not_reach_a_child_is_told_by_telephone(desk):
    parent, child = family(desk, 1)
    step(desk, parent, commands.answer, text="Pukul 08.00")
    child = by_system(desk, child, "delivery_failed")
    assert child.call_reporter
    assert child.number in {row["number"] for row in queries.to_call(desk.register, who(desk, "kota"))}
    # The parent's answer arrived all the same.
    assert by_system(desk, parent, "delivered").ended_at is not None
    assert read_case(desk, child.id).call_reporter


# Into what, and of what


def test_what_is_merged_into_an_answered_one_is_answered_at_once(desk):
    parent = with_result(desk, reported(desk))
    child = merged(desk, reported(desk), parent)
    assert purposes(desk, child) == ["result"]
    assert (child.result_text, child.stopped_at is not None) == ("Lampu sudah diganti", True)
    parent = step(desk, reported(desk), commands.answer, text="Pukul 08.00")
    assert purposes(desk, merged(desk, reported(desk), parent)) == ["answer"]
    none = merged(desk, without_whatsapp(desk), parent)
    assert (none.call_reporter, none.stopped_at is not None) == (True, True)


def test_what_is_merged_into_a_referred_one_hears_to_whom_it_was_referred(desk):
    parent = step(
        desk, reported(desk), commands.refer, body="PLN ULP Kota", text="Tiangnya milik PLN", reference="77/X"
    )
    child = merged(desk, reported(desk), parent)
    ((purpose, text),) = messages(desk, child)
    assert purpose == "referred"
    assert all(words in text for words in (child.number, "PLN ULP Kota", "77/X", "Tiangnya milik PLN"))


def test_a_parent_brings_its_children_along(desk):
    first, second = family(desk), family(desk)
    moved = merged(desk, first[0], second[0])
    assert (moved.state, moved.child_count) == ("duplicate", 0)
    assert read_case(desk, second[0].id).child_count == 5
    assert {read_case(desk, case.id).parent_id for case in (*first, *second[1:])} == {second[0].id}
    # They have been told before that they are one of several.
    assert [purposes(desk, case) for case in first] == [["merged"]] * 3
    step(desk, second[0], commands.answer, text="Pukul 08.00")
    assert [purposes(desk, case)[-1] for case in (*first, *second)] == ["answer"] * 6


def test_a_parent_merged_into_an_answered_one_has_its_children_answered_too(desk):
    cases = family(desk)
    parent = step(desk, reported(desk), commands.answer, text="Pukul 08.00")
    merged(desk, cases[0], parent)
    for case in cases:
        assert purposes(desk, case)[-1] == "answer"
        after = read_case(desk, case.id)
        assert (after.parent_id, after.stopped_at is not None, after.result_text) == (parent.id, True, "Pukul 08.00")


def test_a_duplicate_named_as_parent_means_its_parent(desk):
    parent, child = family(desk, 1)
    third = merged(desk, reported(desk), child)
    assert third.parent_id == parent.id
    assert read_case(desk, parent.id).child_count == 2


def test_what_cannot_be_a_parent(desk):
    parent, child = family(desk, 1)
    spam = step(desk, reported(desk), commands.reject, note="Iklan")
    gone = step(desk, reported(desk), commands.withdraw, note="Dicabut")
    archived = step(desk, reported(desk), commands.ask, missing=["identity"])
    silence.archive(desk, later(days=11))
    before = everything(desk)
    for number in (parent.number, child.number, spam.number, gone.number, archived.number, "WA-2020-99999", "abc"):
        # The parent itself, and by way of its own child, too.
        with pytest.raises(RuleBroken, match="no_parent"):
            step(desk, parent, commands.merge, parent=number)
    assert everything(desk) == before


@pytest.mark.parametrize("which", ["child", "parent"])
def test_a_complaint_about_an_official_is_merged_with_none(desk, which):
    secret = step(desk, reported(desk, "Petugas minta uang"), commands.classify, kind="official")
    child, parent = (secret, reported(desk)) if which == "child" else (reported(desk), secret)
    with pytest.raises(RuleBroken, match="official_alone"):
        merged(desk, child, parent)


def test_the_number_may_be_written_as_people_write_it(desk):
    parent = reported(desk)
    channel, year, count = parent.number.split("-")
    child = step(desk, reported(desk), commands.merge, parent=f" {channel.lower()} {year} {int(count)} ")
    assert child.parent_id == parent.id


def test_departments_lose_a_case_that_turns_out_to_be_a_duplicate(desk):
    parent, child = reported(desk), reported(desk)
    step(desk, child, commands.forward, department="DLH", note="Mohon dicek")
    child = step(desk, child, commands.return_to_city, "opd.dlh", reason="duplicate", note=f"Sama: {parent.number}")
    child = merged(desk, child, parent)
    assert (child.departments, child.assignments, child.returned_count) == ("", (), 1)
    with pytest.raises(NotFound):
        commands.case_of(desk, child.number, who(desk, "opd.dlh"))


# Undone, freed, reopened


def test_what_was_no_duplicate_goes_back_and_its_clock_has_run(desk):
    when = clock_now()
    parent, child = reported(desk), reported(desk)
    due = child.promise_due_at
    child = merged(desk, child, parent)
    child = step(desk, child, commands.unmerge, note="Lain tempat")
    assert (child.state, child.parent_id, child.ended_at, child.unread) == ("received", None, None, True)
    assert child.due_at == child.promise_due_at == due
    assert read_case(desk, parent.id).child_count == 0
    step(desk, parent, commands.answer, text="Pukul 08.00")
    assert purposes(desk, child) == ["merged", "unmerged"]
    assert child.received_at >= when


def test_an_answered_child_that_was_none_waits_for_its_own_answer(desk):
    parent, child = family(desk, 1)
    step(desk, parent, commands.answer, text="Pukul 08.00")
    child = step(desk, child, commands.unmerge, note="Lain tempat")
    assert (child.state, child.stopped_at, child.result_at, child.result_text) == ("received", None, None, None)
    assert child.due_at == child.promise_due_at
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, child, commands.unmerge, note="Lagi")


@pytest.mark.parametrize("end", ["reject", "withdraw", "archive"])
def test_a_parent_that_ends_without_an_answer_sets_its_children_free(desk, end):
    cases = family(desk)
    if end == "archive":
        step(desk, cases[0], commands.ask, missing=["identity"])
        silence.archive(desk, later(days=11))
    else:
        step(desk, cases[0], getattr(commands, end), note="Tidak benar")
    parent = read_case(desk, cases[0].id)
    assert (parent.state in ("rejected", "withdrawn", "archived"), parent.child_count) == (True, 0)
    for child in (read_case(desk, case.id) for case in cases[1:]):
        assert (child.state, child.parent_id, child.unread) == ("received", None, True)
        assert child.due_at == child.promise_due_at
    waiting = {row["number"] for row in queries.waiting_for_triage(desk.register, who(desk, "kota"), limit=500)}
    assert {case.number for case in cases[1:]} <= waiting


def test_a_parent_withdrawn_after_its_answer_frees_nobody(desk):
    """Its children's reporters have their answer; they wait for nothing."""
    cases = family(desk)
    with_result(desk, cases[0])
    step(desk, cases[0], commands.withdraw, note="Pelapor mencabut")
    for child in (read_case(desk, case.id) for case in cases[1:]):
        assert (child.state, child.stopped_at is not None) == ("duplicate", True)


def test_a_reopened_parent_answers_all_of_them_again(desk):
    cases = family(desk)
    with_result(desk, cases[0])
    step(desk, cases[0], commands.reopen, note="Pelapor kedua: masih mati")
    with_result(desk, cases[0], "Kabelnya diganti")
    for case in cases:
        assert purposes(desk, case).count("result") == 2
        assert read_case(desk, case.id).result_text == "Kabelnya diganti"


def test_of_two_officers_who_merge_the_same_one_wins(desk):
    parent, child = reported(desk), reported(desk)
    slow = press(desk, child, "kota2")
    merged(desk, child, parent)
    before = everything(desk)
    with pytest.raises(Conflict):
        commands.merge(desk, slow, parent=parent.number)
    assert everything(desk) == before


def test_a_repeated_press_merges_once(desk):
    parent, child = reported(desk), reported(desk)
    by = press(desk, child, "kota")
    once = commands.merge(desk, by, parent=parent.number)
    assert commands.merge(desk, by, parent=parent.number) == once
    assert read_case(desk, parent.id).child_count == 1
    assert purposes(desk, child) == ["merged"]


def test_what_a_childs_reporter_writes_shows_as_new_words(desk):
    _, child = family(desk, 1)
    child = add_message(desk, child, "Masih mati lho")
    assert child.unread
    assert child.number in {row["number"] for row in queries.unread(desk.register, who(desk, "kota"))}
