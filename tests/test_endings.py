"""Ends without a result: spam and back, referral to another body, withdrawal; and how a reporter is told."""

from datetime import timedelta

import pytest

from pages.parts import moves
from store import commands, delivery, queries, silence
from store.check import differences
from store.clock import now as clock_now
from store.queries import Filters
from store.rules.case import Case
from store.rules.errors import RuleBroken

from .cases import (
    approved,
    ask,
    by_system,
    confirm,
    forwarded,
    in_progress,
    messages,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("endings")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


def step(desk, case: Case, command, person: str = "kota", **given) -> Case:
    return command(desk, press(desk, read_case(desk, case.id), person), **given)


def to_call(desk) -> set[str]:
    return {row["number"] for row in queries.to_call(desk.register, who(desk, "kota"), limit=500)}


def referred(desk, case: Case) -> Case:
    return step(desk, case, commands.refer, body="PLN", text="Tiang milik PLN", reference="UP3/77")


# Spam


def test_spam_ends_in_silence_and_comes_back_with_its_clock_as_it_ran(desk):
    case = take_in(desk, "Pinjaman cepat cair", now=clock_now() - timedelta(days=9))
    due = case.promise_due_at
    spam = step(desk, case, commands.reject, note="Iklan")
    assert (spam.state, spam.due_at, spam.unread, messages(desk, spam)) == ("rejected", None, False, [])
    assert spam.ended_at == spam.stopped_at is not None
    waiting = {row["number"] for row in queries.waiting_for_triage(desk.register, who(desk, "kota"), limit=500)}
    assert case.number not in waiting
    back = step(desk, spam, commands.restore, "pejabat", note="Bukan iklan")
    assert (back.state, back.ended_at, back.stopped_at, back.unread) == ("received", None, None, True)
    assert back.due_at == back.promise_due_at == due
    # It is late, because its reporter waited all the time.
    late = queries.search(desk.register, who(desk, "kota"), Filters(only="overdue", text=case.number))[1]
    assert late == 1
    assert forwarded(desk, back, "DLH").state == "forwarded"


# Referral


def test_a_referral_says_to_whom_and_under_what_number_and_stops_the_clock(desk):
    case = referred(desk, take_in(desk))
    assert (case.state, case.due_at, case.result_text) == ("referred", None, "Tiang milik PLN")
    assert case.ended_at == case.stopped_at == case.first_answer_at is not None
    ((purpose, text),) = messages(desk, case)
    assert purpose == "referred"
    for words in (case.number, "PLN", "UP3/77", "Tiang milik PLN"):
        assert words in text
    without = step(desk, take_in(desk), commands.refer, body="BPN", text="Urusan tanah")
    assert "nomor rujukan" not in messages(desk, without)[0][1]


@pytest.mark.parametrize(("given", "code"), [({"body": " "}, "missing_body"), ({"text": ""}, "missing_text")])
def test_a_referral_needs_body_and_text(desk, given, code):
    with pytest.raises(RuleBroken, match=code):
        step(desk, take_in(desk), commands.refer, **({"body": "PLN", "text": "Tiang"} | given))


def test_a_referral_that_did_not_arrive_is_told_by_telephone_though_it_has_ended(desk):
    case = by_system(desk, referred(desk, take_in(desk)), "delivery_failed")
    assert (case.state, case.ended_at is not None, case.call_reporter) == ("referred", True, True)
    assert case.number in to_call(desk)
    found = queries.search(desk.register, who(desk, "kota"), Filters(only="call_reporter", text=case.number))[1]
    assert found == 1
    case = step(desk, case, commands.told, how="telephone", note="Ditelepon")
    assert (case.call_reporter, case.number in to_call(desk)) == (False, False)


def test_a_referral_that_is_on_its_way_for_two_days_is_told_by_telephone(desk):
    case = referred(desk, take_in(desk))
    with desk.register.atomic() as cursor:
        cursor.execute("update message_out set state = 'sent' where complaint_id = ?", [case.id])
    silence.call_unreached(desk, clock_now() + delivery_time(hours=-1))
    assert not read_case(desk, case.id).call_reporter
    silence.call_unreached(desk, clock_now() + delivery_time(hours=1))
    assert read_case(desk, case.id).call_reporter


def delivery_time(**more) -> timedelta:
    return silence.UNDELIVERED + timedelta(**more)


def test_who_stands_at_the_counter_has_heard_it_and_who_telephoned_is_called(desk):
    assert not referred(desk, without_whatsapp(desk)).call_reporter
    assert referred(desk, without_whatsapp(desk, channel="TLP")).call_reporter


def test_news_of_an_older_question_does_not_settle_a_failed_result(desk):
    case = step(desk, take_in(desk), commands.ask, missing=["what"])
    case = step(desk, case, commands.supply, note="Menelepon")
    case = by_system(desk, approved(desk, case), "delivery_failed")
    assert case.call_reporter
    (question,) = ask(desk, "select id from message_out where complaint_id = ? and purpose = 'asked'", case.id)
    with desk.register.atomic() as cursor:
        cursor.execute("update message_out set attempts = 1, state = 'sent' where id = ?", [question[0]])
    reached = delivery.Reported(None, "delivered", str(question[0]), clock_now(), None, None)
    with desk.register.atomic() as cursor:
        delivery.apply_statuses(cursor, [reached], clock_now())
    assert ask(desk, "select state from message_out where id = ?", question[0]) == [("delivered",)]
    assert read_case(desk, case.id).call_reporter


# Withdrawal


def test_what_is_withdrawn_has_ended_wherever_it_stood(desk):
    def asked(case: Case) -> Case:
        return step(desk, case, commands.ask, missing=["what"])

    for made in (
        take_in(desk),
        asked(take_in(desk)),
        forwarded(desk, take_in(desk), "DLH"),
        in_progress(desk, take_in(desk), "DLH"),
        approved(desk, take_in(desk), "DLH"),
        step(desk, take_in(desk), commands.answer, text="Pukul 08.00"),
    ):
        case = step(desk, made, commands.withdraw, note="Sudah diperbaiki warga")
        assert (case.state, case.due_at, case.paused_at) == ("withdrawn", None, None)
        assert case.ended_at is not None
        assert case.stopped_at is not None
        assert messages(desk, case)[-1][0] == "withdrawn"
        with pytest.raises(RuleBroken, match="wrong_state"):
            step(desk, case, commands.reopen, note="Masih")
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, confirm(desk, approved(desk, take_in(desk))), commands.withdraw, note="Terlambat")


def test_what_was_answered_and_has_ended_is_not_withdrawn(desk):
    """It would no longer be counted as answered, late or in time."""
    case = by_system(desk, step(desk, take_in(desk), commands.answer, text="Pukul 08.00"), "delivered")
    with pytest.raises(RuleBroken, match="wrong_state"):
        step(desk, case, commands.withdraw, note="Terlambat")
    assert read_case(desk, case.id).state == "answered"
    offered = moves.offered(queries.case_view(desk.register, who(desk, "kota"), case.number), who(desk, "kota"))
    assert "withdraw" not in offered
    assert "reopen" in offered


# Told another way


@pytest.mark.parametrize("how", commands.TOLD_HOW)
def test_how_when_and_by_whom_a_reporter_was_told_is_on_record(desk, how):
    case = step(desk, without_whatsapp(desk, channel="TLP"), commands.answer, text="Pukul 08.00")
    assert (case.call_reporter, case.ended_at) == (True, None)
    when = clock_now() - timedelta(hours=2)
    case = step(desk, case, commands.told, "kota2", how=how, note="Dijelaskan", told_at=when)
    assert (case.call_reporter, case.ended_at is not None) == (False, True)
    ((actor, data),) = ask(desk, "select actor, data from event where complaint_id = ? and kind = 'told'", case.id)
    assert actor == "kota2"
    assert f'"how": "{how}"' in data
    assert f'"told_at": "{when}"' in data


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"how": ""}, "missing_how"),
        ({"how": "pigeon"}, "missing_how"),
        ({"how": "telephone", "note": ""}, "missing_note"),
        ({"how": "telephone", "told_at": timedelta(minutes=5)}, "told_in_future"),
    ],
)
def test_what_is_said_of_telling_is_checked(desk, given, code):
    given = {"note": "Ditelepon", **given}
    if "told_at" in given:
        given["told_at"] = clock_now() + given["told_at"]
    with pytest.raises(RuleBroken, match=code):
        step(desk, without_whatsapp(desk), commands.told, **given)
