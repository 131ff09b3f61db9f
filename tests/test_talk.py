"""The conversation on a real register: choices, commands, ratings, people who take over, floods and blocked senders."""

import json
from datetime import timedelta

import pytest

from ingest import conversation, drain
from store import blocking, commands, delivery, queries
from store.admin import auto
from store.clock import now, today
from store.rules.errors import RuleBroken
from store.rules.texts import WHICH

from .cases import approved, new_desk, press, read_case, who
from .conftest import body, message
from .postbox import Mailbox, agrees, ask, change, empty, one, went_out

SITI, BUDI = "6285600000001", "6285600000002"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("talk")) as desk:
        mail = Mailbox(desk)
        yield mail
        mail.close()


@pytest.fixture
def mail(office):
    empty(office.desk)
    change(office.desk, "delete from auto_text")
    return office


def pressed(reply_id: str, **more) -> dict:
    reply = {"type": "button_reply", "button_reply": {"id": reply_id, "title": "Tombol"}}
    return message(type="interactive", interactive=reply, **more)


def picked(reply_id: str, **more) -> dict:
    reply = {"type": "list_reply", "list_reply": {"id": reply_id, "title": "Pilihan", "description": ""}}
    return message(type="interactive", interactive=reply, **more)


def told(mail) -> list[str]:
    return [
        r["purpose"] for r in ask(mail.desk, "select purpose from message_out where created_by = 'bot' order by id")
    ]


def last_text(mail) -> str:
    return one(mail.desk, "select text from message_out order by id desc limit 1")["text"]


def cases(mail) -> list[dict]:
    return ask(mail.desk, "select * from complaint order by id")


def later(mail, minutes: int) -> None:
    """As if the conversation so far had been so long ago."""
    gap = f"interval {minutes} minute"
    change(mail.desk, f"update message_out set created_at = created_at - {gap}")
    change(mail.desk, f"update message_waiting set asked_at = asked_at - {gap}")


def two_complaints(mail) -> list[str]:
    for text in ("Lampu jalan di Medono mati", "aduan baru", "Sampah menumpuk di Podosugih"):
        mail.take(body(message(text)), received_at=now() - timedelta(minutes=45))
    later(mail, 45)
    return [case["number"] for case in cases(mail)]


def test_a_second_complaint_is_opened_by_asking_for_it(mail):
    first, second = two_complaints(mail)
    assert first != second
    assert told(mail) == ["acknowledgement", "new_asked", "acknowledgement"]
    assert [case["message_count"] for case in cases(mail)] == [1, 1]


@pytest.mark.parametrize("choice", ["row", "number", "place"])
def test_a_message_that_could_be_about_two_waits_for_the_choice(mail, choice):
    first, _ = two_complaints(mail)
    mail.take(body(message("Sudah seminggu")))
    assert (told(mail)[-1], ask(mail.desk, "select 1 from message_in where text = 'Sudah seminggu'")) == ("which", [])
    mail.take(body(message("Baunya menyengat")))
    assert told(mail).count("which") == 1
    # Shown with the newest first.
    answer = {"row": picked(f"{WHICH}:{first}"), "number": message(first), "place": message("2")}[choice]
    mail.take(body(answer))
    assert [case["message_count"] for case in cases(mail)] == [3, 1]
    assert ask(mail.desk, "select * from message_waiting") == []
    assert agrees(mail.desk)


def test_what_waited_may_be_something_new(mail):
    two_complaints(mail)
    mail.take(body(message("Jalan berlubang di Kraton", wa_id=SITI)))
    mail.take(body(picked(f"{WHICH}:new")))
    assert [case["summary"] for case in cases(mail)][-1] == "Jalan berlubang di Kraton"
    assert told(mail)[-1] == "acknowledgement"
    assert len(cases(mail)) == 3


def test_what_nobody_chose_goes_to_the_complaint_last_written_of_and_is_never_lost(mail):
    _, second = two_complaints(mail)
    mail.take(body(message("Sudah seminggu")))
    assert drain.settle_waiting(mail.desk, now() + timedelta(minutes=29)) == 0
    assert drain.settle_waiting(mail.desk, now() + timedelta(minutes=31)) == 1
    assert drain.settle_waiting(mail.desk, now() + timedelta(minutes=32)) == 0
    assert [case["message_count"] for case in cases(mail)] == [1, 2]
    assert one(mail.desk, "select unread from complaint where number = ?", second)["unread"]
    # Chosen too late: it is said where it went by what is told of the complaint itself.
    mail.take(body(picked(f"{WHICH}:{second}")))
    assert agrees(mail.desk)


def test_a_message_that_waits_stays_its_senders_though_staff_correct_the_number_meanwhile(mail):
    two_complaints(mail)
    mail.take(body(message("Sudah seminggu")))
    change(mail.desk, "update contact_identity set value = '628999' where kind = 'phone'")
    people = len(ask(mail.desk, "select 1 from contact"))
    assert drain.settle_waiting(mail.desk, now() + timedelta(minutes=31)) == 1
    assert ask(mail.desk, "select 1 from message_waiting") == []
    assert [case["message_count"] for case in cases(mail)] == [1, 2]
    assert len(ask(mail.desk, "select 1 from contact")) == people
    assert agrees(mail.desk)


def test_a_message_that_waits_is_not_taken_in_twice(mail):
    two_complaints(mail)
    sent = body(message("Sudah seminggu", id="wamid.W"))
    mail.take(sent)
    mail.take(sent)
    assert len(ask(mail.desk, "select * from message_waiting")) == 1
    drain.settle_waiting(mail.desk, now() + timedelta(hours=1))
    mail.take(sent)
    assert len(ask(mail.desk, "select * from message_in where wamid = 'wamid.W'")) == 1


def test_status_tells_in_plain_words_and_of_ones_own_only(mail):
    mail.take(body(message("Lampu mati")))
    number = cases(mail)[0]["number"]
    mail.take(body(message("sampai mana laporan saya?")))
    assert last_text(mail).startswith(f"Aduan *{number}* sedang kami periksa.")
    assert "paling lambat" in last_text(mail)
    assert cases(mail)[0]["message_count"] == 1
    mail.take(body(message(f"STATUS {number}", wa_id=BUDI)))
    mail.take(body(message("STATUS WA-2026-88888", wa_id=BUDI)))
    others = [row["text"] for row in ask(mail.desk, "select text from message_out order by id desc limit 2")]
    assert others[1].replace(number, "WA-2026-88888") == others[0]
    assert len(cases(mail)) == 1


def test_status_of_a_complaint_that_ended_long_ago_is_told_to_its_reporter(mail):
    mail.take(body(message("Lampu mati")))
    number = cases(mail)[0]["number"]
    change(mail.desk, "update complaint set state = 'closed', ended_at = ?", now() - timedelta(days=300))
    mail.take(body(message(f"status {number}")))
    assert last_text(mail) == f"Aduan *{number}* sudah selesai."


def test_cancelling_is_asked_first_and_ends_the_complaint_for_everybody(mail):
    mail.take(body(message("Lampu mati")))
    number = cases(mail)[0]["number"]
    mail.take(body(message("BATAL")))
    assert (told(mail)[-1], cases(mail)[0]["state"]) == ("cancel_asked", "received")
    mail.take(body(pressed(f"keep:{number}")))
    assert (told(mail)[-1], cases(mail)[0]["state"]) == ("cancel_kept", "received")
    mail.take(body(message("batalkan")), body(pressed(f"cancel:{number}")), body(pressed(f"cancel:{number}")))
    assert cases(mail)[0]["state"] == "withdrawn"
    assert told(mail)[-2:] == ["withdrawn", "status"]
    assert agrees(mail.desk)


def test_of_several_the_one_to_cancel_is_chosen(mail):
    first, second = two_complaints(mail)
    mail.take(body(message("batal")))
    assert told(mail)[-1] == "cancel_which"
    mail.take(body(picked(f"cancel_this:{first}")), body(pressed(f"cancel:{first}")))
    assert {case["number"]: case["state"] for case in cases(mail)} == {first: "withdrawn", second: "received"}


def closed(mail) -> str:
    mail.take(body(message("Lampu mati")))
    city = who(mail.desk, "kota")
    case = approved(mail.desk, commands.case_of(mail.desk, cases(mail)[0]["number"], city))
    went_out(mail.desk)
    mail.take(body(message("sudah selesai pak")))
    return case.number


@pytest.mark.parametrize("words", ["sudah", "belum selesai", "sudah selesai"])
def test_words_while_the_result_still_waits_for_the_morning_are_not_about_it(mail, words):
    mail.take(body(message("Lampu mati")))
    approved(mail.desk, commands.case_of(mail.desk, cases(mail)[0]["number"], who(mail.desk, "kota")))
    mail.take(body(message(words)))
    (case,) = cases(mail)
    assert (case["state"], case["message_count"], case["unread"]) == ("awaiting_confirmation", 2, True)
    went_out(mail.desk)
    mail.take(body(message("sudah selesai")))
    assert cases(mail)[0]["state"] == "closed"


def test_a_typed_done_closes_and_asks_for_a_rating_from_a_list(mail):
    number = closed(mail)
    assert (cases(mail)[0]["state"], cases(mail)[0]["closing"]) == ("closed", "confirmed")
    letter = one(mail.desk, "select * from message_out order by id desc limit 1")
    assert (letter["purpose"], letter["kind"]) == ("confirmed", "list")
    mail.take(body(picked(f"rate:{number}:4")))
    assert cases(mail)[0]["rating"] == 4
    assert not cases(mail)[0]["unread"]
    mail.take(body(message("Petugasnya ramah")))
    assert (cases(mail)[0]["rating_words"], cases(mail)[0]["unread"]) == ("Petugasnya ramah", True)
    assert told(mail)[-2:] == ["rated", "rating_words"]
    assert len(cases(mail)) == 1
    assert agrees(mail.desk)


def test_the_next_matter_after_a_rating_is_a_complaint_of_its_own(mail):
    number = closed(mail)
    mail.take(body(picked(f"rate:{number}:2")))
    later(mail, 61)
    mail.take(body(message("Jalan berlubang di Kraton")))
    assert len(cases(mail)) == 2


def test_while_a_person_talks_the_bot_is_silent_and_nothing_is_lost(mail):
    mail.take(body(message("Lampu mati")))
    case = commands.case_of(mail.desk, cases(mail)[0]["number"], who(mail.desk, "kota"))
    commands.take_over(mail.desk, press(mail.desk, case, "kota"))
    later(mail, 45)
    before = told(mail)
    mail.take(body(message("STATUS"), message("Halo?"), message("batal")))
    assert told(mail) == before
    assert cases(mail)[0]["message_count"] == 4
    assert cases(mail)[0]["unread"]
    with pytest.raises(RuleBroken) as refused:
        commands.take_over(mail.desk, press(mail.desk, case, "kota2"))
    assert refused.value.code == "taken_already"
    commands.give_back(mail.desk, press(mail.desk, case, "kota"))
    mail.take(body(message("STATUS")))
    assert told(mail)[-1] == "status"


def test_whoever_asks_again_and_again_is_heard_and_no_longer_answered(mail):
    limit = mail.desk.config["conversation"]["answers_in_ten_minutes"]
    mail.take(body(message("Lampu mati")))
    for _ in range(limit + 5):
        mail.take(body(message("status")))
    assert len(told(mail)) == limit
    mail.take(body(message("lampunya masih mati")))
    assert cases(mail)[0]["message_count"] == 2
    change(mail.desk, "update message_out set created_at = created_at - interval 11 minute")
    mail.take(body(message("status")))
    assert told(mail)[-1] == "status"


def blocked(mail) -> dict:
    mail.take(body(message("Umpatan")))
    case = commands.case_of(mail.desk, cases(mail)[0]["number"], who(mail.desk, "kota"))
    commands.block(mail.desk, press(mail.desk, case, "kota"), note="Berulang kali mengumpat")
    (row,) = blocking.listed(mail.desk, who(mail.desk, "kota2"))
    return row


def test_a_block_needs_a_second_person_and_has_a_last_day(mail):
    row = blocked(mail)
    assert row["state"] == "proposed"
    assert queries.counts(mail.desk.register, who(mail.desk, "kota2"))["blocks"] == 1
    mail.take(body(message("Masih dijawab")))
    assert cases(mail)[0]["message_count"] == 2
    for person, code in (("kota", "block_own"), ("opd.dlh", "not_allowed"), ("admin", "not_allowed")):
        with pytest.raises(RuleBroken) as refused:
            blocking.decide(mail.desk, who(mail.desk, person), row["id"], True)
        assert refused.value.code == code
    with pytest.raises(RuleBroken) as refused:
        blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today() - timedelta(days=1))
    assert refused.value.code == "block_day"
    blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today() + timedelta(days=6))
    with pytest.raises(RuleBroken) as refused:
        blocking.decide(mail.desk, who(mail.desk, "kota2"), row["id"], False)
    assert refused.value.code == "block_decided"
    city = commands.case_of(mail.desk, cases(mail)[0]["number"], who(mail.desk, "kota"))
    with pytest.raises(RuleBroken) as refused:
        commands.block(mail.desk, press(mail.desk, city, "kota2"), note="Lagi")
    assert refused.value.code == "block_there"


def test_a_blocked_sender_is_stored_and_not_answered_until_the_day_is_over(mail):
    row = blocked(mail)
    change(mail.desk, "update complaint set state = 'rejected', ended_at = ?", now())
    blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today())
    before = told(mail)
    mail.take(body(message("Umpatan lagi"), message("status")))
    assert told(mail) == before
    assert len(cases(mail)) == 1
    assert [m["text"] for m in blocking.messages(mail.desk, who(mail.desk, "kota"), row["id"])] == [
        "status",
        "Umpatan lagi",
    ]
    assert blocking.listed(mail.desk, who(mail.desk, "kota"))[0]["kept"] == 2
    blocking.end(mail.desk, who(mail.desk, "kota"), row["id"])
    mail.take(body(message("Jalan rusak di Kraton")))
    assert told(mail)[-1] == "acknowledgement"


def test_what_waited_when_its_sender_was_blocked_is_kept_and_not_answered(mail):
    first, _ = two_complaints(mail)
    mail.take(body(message("Sudah seminggu")))
    case = commands.case_of(mail.desk, first, who(mail.desk, "kota"))
    commands.block(mail.desk, press(mail.desk, case, "kota"), note="Berulang kali mengumpat")
    (row,) = blocking.listed(mail.desk, who(mail.desk, "kota2"))
    assert len(ask(mail.desk, "select 1 from message_waiting")) == 1
    change(mail.desk, "update complaint set state = 'rejected', ended_at = ?", now())
    blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today())
    before = told(mail)
    assert drain.settle_waiting(mail.desk, now() + timedelta(minutes=31)) == 1
    assert cases(mail)[-1]["summary"] == "Sudah seminggu"
    assert told(mail) == before


def test_who_approved_and_who_ended_a_block_is_in_the_chained_audit_log(mail):
    row = blocked(mail)
    blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today())
    blocking.end(mail.desk, who(mail.desk, "kota"), row["id"])
    found = ask(mail.desk, "select actor, subject, data from audit where kind = 'sender_block' order by id")
    assert [(entry["actor"], json.loads(entry["data"])["did"]) for entry in found][-2:] == [
        ("pejabat", "approved"),
        ("kota", "ended"),
    ]
    assert {entry["subject"] for entry in found[-2:]} == {f"kontak {cases(mail)[0]['contact_id']}"}


def test_a_block_ends_by_itself(mail):
    row = blocked(mail)
    blocking.decide(mail.desk, who(mail.desk, "pejabat"), row["id"], True, today())
    change(mail.desk, "update sender_block set until = ?", now() - timedelta(seconds=1))
    mail.take(body(message("Halo, lampunya masih mati")))
    assert cases(mail)[0]["message_count"] == 2
    assert blocking.listed(mail.desk, who(mail.desk, "kota"))[0]["state"] == "over"


def test_at_night_only_answers_go_out_and_pass_what_waits(mail):
    register = mail.desk.register
    mail.take(body(message("Lampu mati")))
    case = commands.case_of(mail.desk, cases(mail)[0]["number"], who(mail.desk, "kota"))
    commands.reply(mail.desk, press(mail.desk, case, "kota"), text="Akan kami cek")
    mail.take(body(message("status")))
    moment = now() + timedelta(minutes=1)
    change(mail.desk, "update message_out set state = 'delivered' where purpose = 'acknowledgement'")
    (night,) = delivery.lease(register, "x", moment, moment + timedelta(minutes=3), 10, set(), night=True)
    assert night.purpose == "status"
    change(mail.desk, "update message_out set state = 'delivered' where id = ?", night.id)
    assert not delivery.anything_queued(register, moment, night=True)
    (day,) = delivery.lease(register, "x", moment, moment + timedelta(minutes=3), 10, set())
    assert day.purpose == "reply"


def test_the_administrators_words_go_out_with_what_the_complaint_is_about(mail):
    desk, admin = mail.desk, who(mail.desk, "admin")
    seen = next(row for row in auto.listed(desk.register, admin) if row["code"] == "joined")
    auto.change(desk, admin, "joined", seen, "Pesan Ibu/Bapak masuk ke *{nomor}*,\nmatur nuwun.")
    mail.take(body(message("Lampu mati")))
    number = cases(mail)[0]["number"]
    case = commands.case_of(desk, number, who(desk, "kota"))
    commands.classify(desk, press(desk, case, "kota"), category="street_light", kelurahan="33.75.01.1006")
    later(mail, 45)
    mail.take(body(message("Masih mati")))
    names = one(
        desk,
        "select split_part(lower(k.name), ' (', 1) as c, l.name as k from category k, kelurahan l "
        "where k.code = 'street_light' and l.code = '33.75.01.1006'",
    )
    assert last_text(mail) == f"Pesan Ibu/Bapak masuk ke *{number}* ({names['c']}, {names['k']}),\nmatur nuwun."


@pytest.mark.parametrize(
    ("code", "text", "refused_as"),
    [
        ("joined", "", "empty_field"),
        ("joined", "Pesan Anda masuk.", "place_missing"),
        ("joined", "Aduan {nomor} dari {namaku}", "unknown_placeholder"),
        ("acknowledgement", "{nomor} {janji} {kelengkapan} {privasi} " + "x" * 1000, "text_too_long"),
        ("nonsense", "x", "gone"),
    ],
)
def test_words_that_could_not_be_sent_are_refused(mail, code, text, refused_as):
    with pytest.raises(RuleBroken) as refused:
        auto.change(mail.desk, who(mail.desk, "admin"), code, {"body": ""}, text)
    assert refused.value.code == refused_as


def test_only_administrators_word_messages(mail):
    for person in ("kota", "pejabat", "opd.dlh", "pimpinan"):
        for act in (
            lambda p: auto.listed(mail.desk.register, p),
            lambda p: auto.change(mail.desk, p, "joined", {}, "{nomor}"),
            lambda p: auto.restore(mail.desk, p, "joined"),
        ):
            with pytest.raises(RuleBroken) as refused:
                act(who(mail.desk, person))
            assert refused.value.code == "admin_only"


def test_the_conversation_imports_no_database():
    assert not {"duckdb", "sqlite3"} & set(vars(conversation))


@pytest.mark.parametrize("merged_days_ago", [0, 30])
@pytest.mark.parametrize(
    ("words", "state"), [("belum selesai", "reopened"), ("sudah selesai", "awaiting_confirmation")]
)
def test_a_duplicates_reporter_types_what_could_be_pressed(mail, words, state, merged_days_ago):
    """However long ago it was merged: the days count from the answer."""
    desk = mail.desk
    for number in (SITI, BUDI):
        mail.take(body(message("Lampu jalan mati di Medono", wa_id=number)))
    child, parent = (read_case(desk, row["id"]) for row in ask(desk, "select id from complaint order by id"))
    commands.merge(desk, press(desk, child, "kota"), parent=parent.number)
    change(desk, "update complaint set ended_at = ended_at - to_days(?) where id = ?", merged_days_ago, child.id)
    approved(desk, read_case(desk, parent.id))
    went_out(desk)
    mail.take(body(message(words, wa_id=SITI)))
    assert len(ask(desk, "select 1 from complaint")) == 2
    assert read_case(desk, parent.id).state == state
