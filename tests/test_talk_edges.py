"""The conversation where two things meet: long words above buttons, corrections of what waits, answers of one word."""

from datetime import timedelta

import pytest

from store import commands
from store.admin import auto
from store.clock import now
from store.rules.letters import BUTTON_TEXT_LIMIT
from store.rules.texts import WHICH

from .cases import approved, in_review, press, who
from .conftest import body, message
from .postbox import agrees, ask, change, one, went_out
from .test_talk import SITI, cases, later, mail, office, picked, pressed, told, two_complaints

__all__ = ["mail", "office"]


def case_of(mail, number: str):
    return commands.case_of(mail.desk, number, who(mail.desk, "kota"))


def only_case(mail):
    return case_of(mail, cases(mail)[0]["number"])


def newest(mail) -> dict:
    return one(mail.desk, "select * from message_out order by id desc limit 1")


def test_a_long_question_goes_whole_without_the_button_for_the_place(mail):
    mail.take(body(message()))
    question = "Mohon jelaskan. " * 80
    commands.ask(mail.desk, press(mail.desk, only_case(mail), "kota"), missing=["where_when"], text=question)
    letter = newest(mail)
    assert len(letter["text"]) > BUTTON_TEXT_LIMIT
    assert question.strip() in letter["text"]
    assert letter["kind"] == "text"


def test_a_long_question_in_the_administrators_words_is_not_cut_either(mail):
    change(mail.desk, "insert into auto_text values ('asked', 'Mohon kirim untuk {nomor}: {butir}')")
    mail.take(body(message()))
    question = "Mohon jelaskan. " * 80
    commands.ask(mail.desk, press(mail.desk, only_case(mail), "kota"), missing=["where_when"], text=question)
    assert question.strip() in newest(mail)["text"]


def test_a_result_that_the_administrators_words_make_too_long_asks_without_buttons(mail):
    auto.change(
        mail.desk,
        who(mail.desk, "admin"),
        "result",
        {"body": auto.AUTO["result"].body},
        "Hasil aduan {nomor}:\n\n{isi}\n\n" + "Terima kasih atas kesabaran Anda. " * 20,
    )
    mail.take(body(message()))
    case = in_review(mail.desk, only_case(mail))
    result = "Lampu sudah diganti. " * 30
    commands.approve(mail.desk, press(mail.desk, case, "kota"), text=result)
    letter = newest(mail)
    assert (letter["purpose"], letter["kind"], letter["extra"]) == ("result", "text", None)
    assert result.strip() in letter["text"]
    assert len(letter["text"]) > BUTTON_TEXT_LIMIT
    assert "tombol" not in letter["text"]
    assert letter["text"].endswith("Balas *SUDAH SELESAI* atau *BELUM SELESAI*.")
    went_out(mail.desk)
    mail.take(body(message("BELUM SELESAI")))
    assert cases(mail)[0]["state"] == "reopened"


def test_a_result_of_usual_length_keeps_its_buttons(mail):
    mail.take(body(message()))
    approved(mail.desk, only_case(mail))
    letter = newest(mail)
    assert letter["kind"] == "buttons"
    assert letter["text"].endswith("Tekan salah satu tombol di bawah ini.")


def edit_of(wamid: str, text: str, **more) -> dict:
    given = {"original_message_id": wamid, "message": {"type": "text", "text": {"body": text}}}
    return message(type="edit", edit=given, **more)


def test_a_correction_of_a_message_that_waits_comes_to_the_chosen_complaint(mail):
    first, _ = two_complaints(mail)
    mail.take(body(message("Masih gelap di jalan Mawar", id="wamid.waits")))
    mail.take(body(edit_of("wamid.waits", "Masih gelap di jalan Melati", id="wamid.edit")))
    mail.take(body(picked(f"{WHICH}:{first}")))
    (case,) = [case for case in cases(mail) if case["number"] == first]
    kept = one(mail.desk, "select complaint_id, text from message_in where wamid = 'wamid.edit'")
    assert kept == {"complaint_id": case["id"], "text": "Masih gelap di jalan Melati"}
    assert agrees(mail.desk)


def test_a_deletion_that_is_faster_than_its_message_comes_to_the_complaint_too(mail):
    mail.take(body(message("Lampu mati di Medono")))
    gone = {"original_message_id": "wamid.late"}
    mail.take(body(message(type="revoke", revoke=gone, id="wamid.gone")))
    mail.take(body(message(type="revoke", revoke=gone, id="wamid.other", wa_id="6285600000009")))
    mail.take(body(message("Salah kirim", id="wamid.late")))
    found = ask(mail.desk, "select wamid, complaint_id from message_in where kind = 'revoke' order by wamid")
    assert found == [
        {"wamid": "wamid.gone", "complaint_id": cases(mail)[0]["id"]},
        {"wamid": "wamid.other", "complaint_id": None},
    ]


@pytest.mark.parametrize(("said", "unread"), [("iya pak", True), ("nggih matur nuwun", False), ("terima kasih", False)])
def test_a_bare_yes_to_an_officers_question_is_seen_and_thanks_are_not(mail, said, unread):
    mail.take(body(message()))
    commands.reply(mail.desk, press(mail.desk, only_case(mail), "kota"), text="Apakah sekarang sudah menyala?")
    change(mail.desk, "update complaint set unread = false")
    mail.take(body(message(said)))
    assert cases(mail)[0]["unread"] is unread
    assert told(mail) == ["acknowledgement"]


def test_a_bare_yes_belongs_to_the_complaint_that_was_asked_about(mail):
    first, second = two_complaints(mail)
    commands.reply(mail.desk, press(mail.desk, case_of(mail, first), "kota"), text="Apakah sekarang sudah menyala?")
    change(mail.desk, "update complaint set unread = false")
    mail.take(body(message("iya")))
    assert {case["number"]: case["unread"] for case in cases(mail)} == {first: True, second: False}


@pytest.mark.parametrize("quoted", [False, True])
def test_a_typed_rating_is_counted_though_another_complaint_is_open(mail, quoted):
    first, second = two_complaints(mail)
    approved(mail.desk, case_of(mail, first))
    mail.take(body(pressed(f"confirm:{first}")))
    assert told(mail)[-1] == "confirmed"
    more = {}
    if quoted:
        change(mail.desk, "update message_out set wamid = 'wamid.asked' where purpose = 'confirmed'")
        later(mail, 24 * 60)
        more = {"context": {"id": "wamid.asked"}}
    mail.take(body(message("5", **more)))
    found = {case["number"]: (case["rating"], case["message_count"]) for case in cases(mail)}
    assert found == {first: (5, 3), second: (None, 1)}
    assert told(mail)[-1] == "rated"
    assert agrees(mail.desk)


def test_a_block_holds_in_the_very_message_that_joins_two_contacts(mail):
    mail.take(body(message("Lampu mati", from_user_id="ID.77", **{"from": None})))
    mail.take(body(message("Sampah", wa_id=SITI)))
    by_phone = one(mail.desk, "select max(id) as id from contact")["id"]
    change(
        mail.desk,
        "insert into sender_block by name select 1 as id, ?::bigint as contact_id, 'Kasar' as reason, "
        "'kota' as proposed_by, ?::timestamp as proposed_at, true as approved, ?::timestamp as until",
        by_phone,
        now(),
        now() + timedelta(days=3),
    )
    before = len(told(mail))
    mail.take(body(message("Lagi", wa_id=SITI, from_user_id="ID.77")))
    assert one(mail.desk, "select count(*) as n from contact where merged_into is not null")["n"] == 1
    assert len(told(mail)) == before
    assert one(mail.desk, "select sum(message_count) as n from complaint")["n"] == 2
