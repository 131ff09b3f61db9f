"""Commands on the real register: the ways through, refusals that leave no trace, repeats, races, all or nothing."""

import threading
from datetime import timedelta

import pytest

from store import commands
from store.check import differences
from store.clock import now as clock_now
from store.commands import Press
from store.evidence import File
from store.rules import texts
from store.rules.errors import Conflict, NotFound, RuleBroken

from .cases import (
    PHOTO,
    add_message,
    approved,
    ask,
    by_system,
    confirm,
    everything,
    forwarded,
    in_progress,
    in_review,
    later,
    messages,
    new_desk,
    press,
    reopen,
    take_in,
    who,
    without_whatsapp,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("commands")) as desk:
        yield desk


def code_of(call, *arguments, **named) -> str:
    with pytest.raises(RuleBroken) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_a_general_complaint_is_answered_and_ends_when_the_answer_has_arrived(desk):
    case = take_in(desk, "Jam buka pelayanan KTP?")
    assert (case.state, case.unread) == ("received", True)
    case = commands.answer(desk, press(desk, case, "kota"), text=" Pukul 08.00. ", category="civil_registry")
    assert (case.state, case.result_text, case.category) == ("answered", "Pukul 08.00.", "civil_registry")
    assert case.first_answer_at == case.result_at is not None
    assert (case.unread, case.ended_at, case.stopped_at) == (False, None, None)
    ((purpose, text),) = messages(desk, case)
    assert purpose == "answer"
    assert case.number in text
    assert "Pukul 08.00." in text
    case = by_system(desk, case, "delivered")
    assert case.ended_at == case.stopped_at is not None
    assert list(differences(desk.register)) == []


def test_a_technical_complaint_goes_the_whole_way(desk):
    case = take_in(desk)
    case = commands.forward(
        desk, press(desk, case, "kota"), department="DISHUB", note=" Lampu ", category="street_light",
        kelurahan="33.75.01.1002", address=" Jl. Melati 5 ",
    )  # fmt: skip
    assert (case.state, case.department, case.address) == ("forwarded", "DISHUB", "Jl. Melati 5")
    assert case.forwarded_at < case.accept_due_at < case.promise_due_at < case.outer_due_at
    case = commands.accept(desk, press(desk, case, "opd.dishub"))
    assert (case.state, case.accepted_at is not None) == ("accepted", True)
    case = commands.start(desk, press(desk, case, "opd.dishub"), note="Tim B")
    assert case.state == "in_progress"
    case = commands.submit_result(desk, press(desk, case, "tim.dishub"), text="Sudah diganti", files=[PHOTO])
    assert (case.state, case.result_text, case.result_at) == ("in_review", "Sudah diganti", None)
    case = commands.approve(desk, press(desk, case, "kota"), text="Lampu sudah menyala")
    assert (case.state, case.result_text) == ("awaiting_confirmation", "Lampu sudah menyala")
    assert case.stopped_at == case.result_at == case.first_answer_at is not None
    assert case.ended_at is None
    assert [purpose for purpose, _ in messages(desk, case)] == ["forwarded", "started", "result"]
    case = commands.close(desk, press(desk, case, "kota"), note="Pelapor sudah bertemu tim")
    assert (case.state, case.closing) == ("closed", "by_officer")
    assert case.ended_at > case.stopped_at
    files = ask(desk, "select source, sha256, created_by from media where complaint_id = ?", case.id)
    assert files == [("staff", PHOTO.sha256, "tim.dishub")]
    kinds = [kind for (kind,) in ask(desk, "select kind from event where complaint_id = ? order by id", case.id)]
    assert kinds == ["received", "message", "forward", "accept", "start", "submit_result", "approve", "close"]
    assert list(differences(desk.register)) == []


def test_each_step_writes_one_event_with_who_as_what_from_where_to_where(desk):
    case = forwarded(desk, take_in(desk))
    query = (
        "select actor, actor_role, from_state, to_state, data from event where kind = 'forward' and complaint_id = ?"
    )
    found = ask(desk, query, case.id)
    assert [row[:4] for row in found] == [("kota", "city", "received", "forwarded")]
    assert '"note": "Mohon dicek"' in found[0][4]
    assert case.version == 2


def test_returned_and_forwarded_to_another_department(desk):
    case = forwarded(desk, take_in(desk), "DLH")
    case = commands.return_to_city(desk, press(desk, case, "opd.dlh"), reason="not_ours", note="Milik DISHUB")
    assert (case.state, case.department, case.returned_count) == ("returned", None, 1)
    assert case.accept_due_at is None
    due = case.promise_due_at
    with pytest.raises(NotFound):
        commands.accept(desk, press(desk, case, "opd.dlh"))
    case = forwarded(desk, case, "DISHUB")
    assert (case.state, case.department, case.promise_due_at) == ("forwarded", "DISHUB", due)
    case = commands.accept(desk, press(desk, case, "opd.dishub"))
    assert case.state == "accepted"
    case = commands.start(desk, press(desk, case, "opd.dishub"))
    case = commands.submit_result(desk, press(desk, case, "opd.dishub"), text="Beres")
    assert case.state == "in_review"


def test_a_result_that_is_sent_back_runs_on_and_reaches_the_reporter_only_when_approved(desk):
    case = in_review(desk, take_in(desk))
    case = commands.send_back(desk, press(desk, case, "pejabat"), note="Fotonya kabur")
    assert (case.state, case.stopped_at, case.result_at) == ("in_progress", None, None)
    assert "result" not in [purpose for purpose, _ in messages(desk, case)]
    case = commands.submit_result(desk, press(desk, case, "tim.dishub"), text="Foto baru", files=[PHOTO])
    case = commands.approve(desk, press(desk, case, "kota"), text="Selesai")
    assert [purpose for purpose, _ in messages(desk, case)] == ["forwarded", "started", "result"]


def test_a_case_does_not_close_while_its_result_has_not_arrived(desk):
    case = by_system(desk, approved(desk, take_in(desk)), "delivery_failed")
    assert case.call_reporter
    assert code_of(commands.close, desk, press(desk, case, "kota"), note="tutup") == "not_delivered"
    case = commands.told(desk, press(desk, case, "kota"), how="telephone", note="Sudah ditelepon 10.15")
    assert (case.state, case.call_reporter) == ("awaiting_confirmation", False)
    assert commands.close(desk, press(desk, case, "kota"), note="tutup").state == "closed"


def test_telling_the_reporter_by_telephone_ends_an_answer_that_could_not_arrive(desk):
    case = commands.answer(desk, press(desk, take_in(desk), "kota"), text="Pukul 08.00")
    case = by_system(desk, case, "delivery_failed")
    case = commands.told(desk, press(desk, case, "kota2"), how="telephone", note="Ditelepon")
    assert case.ended_at == case.stopped_at is not None
    assert not case.call_reporter


def test_a_reopened_case_counts_and_has_a_new_promise(desk):
    case = confirm(desk, approved(desk, take_in(desk)))
    assert (case.state, case.closing) == ("closed", "confirmed")
    first_due, when = case.promise_due_at, later(days=3)
    case = reopen(desk, case, when)
    assert (case.state, case.reopened_count, case.department) == ("reopened", 1, None)
    assert (case.ended_at, case.stopped_at, case.closing, case.unread) == (None, None, None, True)
    assert case.promise_due_at > first_due
    assert case.promise_due_at == desk.limits(when)["promise_due_at"]
    case = reopen(desk, confirm(desk, approved(desk, case)))
    assert case.reopened_count == 2
    assert list(differences(desk.register)) == []


def test_a_reply_goes_out_and_moves_nothing(desk):
    case = take_in(desk)
    before = case.state
    case = commands.reply(desk, press(desk, case, "kota"), text="Di RT berapa?")
    assert case.state == before
    assert case.first_answer_at is not None
    assert case.stopped_at is None
    ((purpose, text),) = messages(desk, case)
    assert purpose == "reply"
    assert "Di RT berapa?" in text


def test_a_note_never_goes_out_and_makes_nobody_stale(desk):
    case = forwarded(desk, take_in(desk))
    sent = len(messages(desk, case))
    noted = commands.note(desk, press(desk, case, "tim.dishub"), text="Tangga dipinjam", files=[PHOTO])
    assert noted.version == case.version
    assert len(messages(desk, case)) == sent
    commands.note(desk, press(desk, case, "kota", version=1), text="Catatan pada halaman lama")
    assert commands.accept(desk, press(desk, case, "opd.dishub")).state == "accepted"


def test_classify_corrects_facts_and_refuses_to_do_nothing(desk):
    case = take_in(desk)
    case = commands.classify(desk, press(desk, case, "kota"), category="waste", kelurahan="33.75.01.1003")
    assert (case.category, case.kelurahan, case.kind) == ("waste", "33.75.01.1003", "complaint")
    given = {"category": "waste", "kelurahan": "33.75.01.1003"}
    assert code_of(commands.classify, desk, press(desk, case, "kota"), **given) == "nothing_changed"
    assert commands.classify(desk, press(desk, case, "kota"), category="").category is None


@pytest.mark.parametrize("facts", [{"kind": "official"}, {"category": "official"}])
def test_a_complaint_about_an_official_is_confidential_by_itself_and_stays_so(desk, facts):
    case = forwarded(desk, take_in(desk), "INSPEKTORAT", **facts)
    assert case.confidential
    case = commands.classify(desk, press(desk, case, "kota"), kind="wish", category="waste")
    assert case.confidential


@pytest.mark.parametrize(
    ("command", "given", "code"),
    [
        (commands.forward, {"department": "DLHX", "note": "x"}, "unknown_department"),
        (commands.forward, {"department": "", "note": "x"}, "missing_department"),
        (commands.forward, {"department": "DLH", "note": " \n"}, "missing_note"),
        (commands.forward, {"department": "DLH", "note": "x", "category": "gold"}, "unknown_category"),
        (commands.forward, {"department": "DLH", "note": "x", "kelurahan": "Medono"}, "unknown_kelurahan"),
        (commands.classify, {"kind": "gossip"}, "unknown_kind"),
        (commands.classify, {"kind": ""}, "unknown_kind"),
        (commands.answer, {"text": "  "}, "missing_text"),
        (commands.answer, {"text": "x" * (texts.OFFICER_TEXT_LIMIT + 1)}, "text_too_long"),
        (commands.reply, {"text": "x" * (texts.OFFICER_TEXT_LIMIT + 1)}, "text_too_long"),
        (commands.note, {"text": "x" * (texts.OFFICER_TEXT_LIMIT + 1)}, "text_too_long"),
        (commands.classify, {"address": "x" * (texts.OFFICER_TEXT_LIMIT + 1)}, "text_too_long"),
        (commands.approve, {"text": "x"}, "wrong_state"),
        (commands.close, {"note": "x"}, "wrong_state"),
    ],
)  # fmt: skip
def test_a_refusal_leaves_no_trace(desk, command, given, code):
    case = take_in(desk)
    before, version = everything(desk), desk.register.version
    assert code_of(command, desk, press(desk, case, "kota"), **given) == code
    assert everything(desk) == before
    assert desk.register.version == version


def test_an_unknown_fact_is_a_mistake_of_the_caller(desk):
    with pytest.raises(TypeError):
        commands.classify(desk, press(desk, take_in(desk), "kota"), contact_id="1")


def test_a_physical_category_needs_a_photo_not_a_document(desk):
    case = in_progress(desk, take_in(desk), category="street_light")
    by = press(desk, case, "tim.dishub")
    pdf = File("b" * 64, "application/pdf", 5, "laporan.pdf")
    for files in ([], [pdf]):
        assert code_of(commands.submit_result, desk, by, text="Beres", files=files) == "missing_photo"
    commands.note(desk, press(desk, case, "tim.dishub"), text="foto dari lapangan", files=[PHOTO])
    assert commands.submit_result(desk, by, text="Beres").state == "in_review"


def test_a_category_that_is_not_physical_needs_no_photo(desk):
    case = in_progress(desk, take_in(desk), "DINDUKCAPIL", category="civil_registry")
    assert commands.submit_result(desk, press(desk, case, "tim.dindukcapil"), text="KTP jadi").state == "in_review"


def test_a_text_of_exactly_the_limit_goes_out_whole_and_fits_whatsapp(desk):
    text = "x" * texts.OFFICER_TEXT_LIMIT
    case = commands.answer(desk, press(desk, take_in(desk), "kota"), text=text)
    ((_, sent),) = messages(desk, case)
    assert text in sent
    assert len(sent) <= texts.TEXT_LIMIT


@pytest.mark.parametrize(("length", "letters"), [(100, 1), (texts.OFFICER_TEXT_LIMIT, 2)])
def test_a_long_result_goes_as_two_letters_and_the_buttons_come_last(desk, length, letters):
    case = in_review(desk, take_in(desk))
    case = commands.approve(desk, press(desk, case, "kota"), text="y" * length)
    query = "select purpose, kind, text, extra from message_out where complaint_id = ? order by id"
    sent = [row for row in ask(desk, query, case.id) if row[0] in ("result", "question")]
    assert [row[0] for row in sent] == ["result", "question"][:letters]
    assert "y" * length in sent[0][2]
    assert all(
        len(text) <= (texts.BUTTON_TEXT_LIMIT if kind == "buttons" else texts.TEXT_LIMIT) for _, kind, text, _ in sent
    )
    assert sent[-1][1] == "buttons"
    assert f"confirm:{case.number}" in sent[-1][3]
    assert f"reopen:{case.number}" in sent[-1][3]


def test_a_person_without_whatsapp_gets_no_message_and_the_case_goes_on(desk):
    case = without_whatsapp(desk)
    assert code_of(commands.reply, desk, press(desk, case, "kota"), text="Halo") == "no_whatsapp"
    answered = commands.answer(desk, press(desk, case, "kota"), text="Langsung dijelaskan di loket")
    assert answered.ended_at == answered.stopped_at is not None
    done = approved(desk, without_whatsapp(desk))
    assert done.state == "awaiting_confirmation"
    assert done.stopped_at is not None
    assert messages(desk, answered) + messages(desk, done) == []
    assert list(differences(desk.register)) == []


def test_of_two_officers_one_wins_and_the_other_is_told_who_did_what(desk):
    case = take_in(desk)
    first, second = press(desk, case, "kota"), press(desk, case, "kota2")
    commands.forward(desk, first, department="DLH", note="Sampah")
    add_message(desk, case, "Tolong cepat")
    before = everything(desk)
    with pytest.raises(Conflict) as caught:
        commands.answer(desk, second, text="Sudah kami catat")
    conflict = caught.value
    assert (conflict.number, conflict.by, conflict.did) == (case.number, "Rina Wulandari", "forward")
    assert abs(conflict.happened_at - clock_now()) < timedelta(minutes=1)
    assert everything(desk) == before


def test_who_was_faster_than_the_reporter_or_slower_is_named_in_words(desk):
    case = approved(desk, take_in(desk))
    slow = press(desk, case, "kota")
    confirm(desk, case)
    with pytest.raises(Conflict) as caught:
        commands.close(desk, slow, note="tutup")
    assert (caught.value.by, caught.value.did) == ("Pelapor", "confirm")


def test_of_two_threads_exactly_one_wins(desk):
    for _ in range(8):
        case = take_in(desk)
        presses = [press(desk, case, "kota"), press(desk, case, "kota2")]
        barrier, outcomes = threading.Barrier(2), []

        def race(by: Press, barrier=barrier, outcomes=outcomes):
            barrier.wait()
            try:
                outcomes.append(commands.forward(desk, by, department="DLH", note=by.actor.username).state)
            except Conflict as conflict:
                outcomes.append(conflict.did)

        threads = [threading.Thread(target=race, args=[by]) for by in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(outcomes) == ["forward", "forwarded"]
        assert ask(desk, "select count(*) from event where complaint_id = ? and kind = 'forward'", case.id) == [(1,)]
        assert len(messages(desk, case)) == 1
    assert list(differences(desk.register)) == []


def test_a_repeated_press_does_nothing_twice(desk):
    case = take_in(desk)
    by = press(desk, case, "kota")
    once = commands.forward(desk, by, department="DLH", note="Sampah")
    before = everything(desk)
    again = commands.forward(desk, by, department="DLH", note="Sampah")
    assert again == once
    assert everything(desk) == before


def test_a_refused_press_may_be_tried_again_with_the_same_id(desk):
    by = press(desk, take_in(desk), "kota")
    assert code_of(commands.answer, desk, by, text="") == "missing_text"
    assert commands.answer(desk, by, text="Baik").state == "answered"


@pytest.mark.parametrize("table", ["complaint", "event", "message_out", "operation"])
def test_when_one_part_of_a_change_fails_none_of_it_is_kept(desk, table, monkeypatch):
    import store.book

    case = take_in(desk)
    before = everything(desk)
    real = store.book.insert

    def failing(cursor, name, rows):
        real(cursor, name, rows)
        if name == table:
            raise OSError("the disk is full")

    monkeypatch.setattr("store.book.insert", failing)
    monkeypatch.setattr("store.ledger.insert", failing)
    with pytest.raises(OSError, match="full"):
        forwarded(desk, case)
    assert everything(desk) == before
    monkeypatch.undo()
    assert forwarded(desk, case).state == "forwarded"


@pytest.mark.parametrize("username", ["opd.dlh", "tim.dlh", "admin"])
def test_a_case_that_is_not_for_somebodys_eyes_does_not_exist_for_them(desk, username):
    case = forwarded(desk, take_in(desk), "DISHUB")
    before = everything(desk)
    for number in (case.number, "WA-2020-99999"):
        by = Press(who(desk, username), number, case.version, "op")
        with pytest.raises(NotFound):
            commands.accept(desk, by)
        with pytest.raises(NotFound):
            commands.note(desk, by, text="catatan")
        with pytest.raises(NotFound):
            commands.case_of(desk, number, by.actor)
    assert everything(desk) == before


def test_a_leader_sees_a_case_and_may_not_touch_it(desk):
    case = take_in(desk)
    assert commands.case_of(desk, case.number, who(desk, "pimpinan")) == case
    assert code_of(commands.note, desk, press(desk, case, "pimpinan"), text="Segera!") == "not_allowed"
