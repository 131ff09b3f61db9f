"""What the reporter sends after being asked, after silence, about a duplicate; and the service standard on demand."""

from datetime import timedelta

import pytest

from store import commands, silence, standard
from store.book import read_cases
from store.clock import now
from store.rules.case import Case
from store.rules.texts import TEXT_LIMIT

from .cases import approved, new_desk, press
from .conftest import body, message
from .postbox import Mailbox, agrees, ask, change, empty, one

SITI, BUDI = "6285600000001", "6285600000002"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("returns")) as desk:
        mail = Mailbox(desk)
        yield mail
        mail.close()


@pytest.fixture
def mail(office):
    empty(office.desk)
    return office


def case_of(mail, phone: str = SITI, newest: bool = True) -> Case:
    with mail.desk.register.cursor() as cursor:
        found = read_cases(
            cursor, "where contact_id = (select contact_id from contact_identity where value = ?)", [phone]
        )
    return found[-1] if newest else found[0]


def asked(mail, ago: timedelta = timedelta()) -> Case:
    """A complaint whose reporter was asked for place and name, so long ago."""
    mail.take(body(message("Lampu mati")), received_at=now() - ago - timedelta(hours=1))
    by = press(mail.desk, case_of(mail), "kota")
    return commands.ask(mail.desk, by, missing=["identity", "where_when"], now=now() - ago)


def pressed(reply_id: str, wa_id: str = SITI) -> dict:
    reply = {"type": "button_reply", "button_reply": {"id": reply_id, "title": "Tombol"}}
    return message(wa_id=wa_id, type="interactive", interactive=reply)


def bot_said(mail, number: str) -> list[str]:
    query = (
        "select m.purpose from message_out m join complaint c on c.id = m.complaint_id where c.number = ? order by m.id"
    )
    return [row["purpose"] for row in ask(mail.desk, query, number)]


def test_the_question_names_what_is_missing_and_asks_for_the_place_with_a_button(mail):
    case = asked(mail)
    letter = one(mail.desk, "select * from message_out where purpose = 'asked'")
    assert letter["kind"] == "location_request"
    for words in (case.number, "nama lengkap dan alamat", "di mana dan kapan", "10 hari"):
        assert words in letter["text"]
    assert "foto" not in letter["text"]
    assert (case.state, case.due_at, case.paused_at is not None) == ("awaiting_reporter", None, True)


def test_the_next_message_goes_to_what_was_asked_and_the_clock_goes_on_stretched(mail):
    before = asked(mail, timedelta(days=3))
    mail.take(body(message("Saya Siti, Jl. Melati 5 Medono, sejak Senin")))
    case = case_of(mail)
    assert case.id == before.id
    assert (case.state, case.paused_at, case.unread) == ("received", None, True)
    assert case.due_at == case.promise_due_at > before.promise_due_at
    assert case.outer_due_at > before.outer_due_at
    assert {"identity", "where_when"} <= set(case.elements.split(","))
    assert agrees(mail.desk)


def test_with_two_open_complaints_an_answer_goes_to_the_one_that_was_asked(mail):
    first = asked(mail)
    change(mail.desk, "update complaint set ended_at = now()::timestamp, state = 'answered' where id = ?", first.id)
    mail.take(body(message("Sampah di Podosugih menumpuk")))
    second = case_of(mail)
    assert second.id != first.id
    change(mail.desk, "update complaint set ended_at = null, state = 'awaiting_reporter' where id = ?", first.id)
    mail.take(body(message("Saya Siti dari Medono")))
    assert case_of(mail, newest=False).state == "received"
    assert case_of(mail).message_count == second.message_count


@pytest.mark.parametrize("text", ["Terima kasih", "nggih pak", "👍"])
def test_thanks_and_reactions_are_no_completion(mail, text):
    asked(mail)
    change = {"type": "reaction", "reaction": {"emoji": text, "message_id": "x"}} if text == "👍" else {}
    mail.take(body(message(None if change else text, **change)))
    assert case_of(mail).state == "awaiting_reporter"


def test_a_photo_or_place_alone_is_a_completion(mail):
    asked(mail)
    mail.take(body(message(type="location", location={"latitude": -6.9, "longitude": 109.67})))
    case = case_of(mail)
    assert (case.state, case.latitude) == ("received", -6.9)
    assert "where_when" in case.elements


def test_ten_days_of_silence_archive_and_a_later_message_revives(mail):
    before = asked(mail, timedelta(days=9, hours=23))
    assert silence.archive(mail.desk) == 0
    change(mail.desk, "update complaint set state_since = state_since - interval 2 hour")
    assert silence.archive(mail.desk) == 1
    archived = case_of(mail)
    assert (archived.state, archived.ended_at is not None) == ("archived", True)
    mail.take(body(message("Maaf baru sempat. Saya Siti, Jl. Melati 5")))
    case = case_of(mail)
    assert (case.id, case.state, case.ended_at, case.stopped_at) == (before.id, "received", None, None)
    assert case.due_at == case.promise_due_at > now()
    assert bot_said(mail, case.number) == ["acknowledgement", "asked", "archived", "revived"]


def test_an_archived_complaint_comes_back_after_three_months_only_when_it_is_answered(mail):
    number = asked(mail, timedelta(days=11)).number
    silence.archive(mail.desk)
    change(mail.desk, "update complaint set ended_at = ended_at - interval 100 day")
    mail.take(body(message("Sampah menumpuk di Podosugih")))
    assert case_of(mail).number != number
    mail.take(body(message(f"Tentang {number}: saya Siti, Jl. Melati 5")))
    assert one(mail.desk, "select state from complaint where number = ?", number)["state"] == "archived"
    change(mail.desk, "update message_out set wamid = 'wamid.asked' where purpose = 'asked'")
    mail.take(body(message("Jl. Melati 5 sejak Senin", context={"id": "wamid.asked"})))
    assert one(mail.desk, "select state from complaint where number = ?", number)["state"] == "received"


def test_what_could_not_be_delivered_is_never_archived(mail):
    case = asked(mail, timedelta(days=20))
    change(mail.desk, "update message_out set attempts = 1, state = 'accepted' where purpose = 'asked'")
    assert silence.call_unreached(mail.desk) == 1
    assert silence.archive(mail.desk) == 0
    case = case_of(mail)
    assert (case.state, case.call_reporter) == ("awaiting_reporter", True)
    by = press(mail.desk, case, "kota")
    case = commands.told(mail.desk, by, how="telephone", note="Ditelepon, akan mengirim")
    assert silence.archive(mail.desk) == 0
    assert silence.archive(mail.desk, now() + timedelta(days=11)) == 1
    assert agrees(mail.desk)


def two_reporters(mail) -> tuple[Case, Case]:
    """Siti's complaint and Budi's, which is made a duplicate of it."""
    mail.take(body(message()), body(message("Lampu jalan Medono mati juga", wa_id=BUDI, name="Budi")))
    parent = case_of(mail)
    child = commands.merge(mail.desk, press(mail.desk, case_of(mail, BUDI), "kota"), parent=parent.number)
    return case_of(mail), child


def test_what_the_reporter_of_a_duplicate_writes_stays_with_it_and_opens_nothing(mail):
    _, child = two_reporters(mail)
    mail.take(body(message("Masih mati lho", wa_id=BUDI)))
    case = case_of(mail, BUDI)
    assert (case.id, case.state, case.message_count, case.unread) == (child.id, "duplicate", 2, True)


def test_not_done_by_the_reporter_of_a_duplicate_opens_the_parent_again(mail):
    parent, child = two_reporters(mail)
    approved(mail.desk, parent)
    letters = ask(mail.desk, "select complaint_id, text, extra from message_out where purpose = 'result' order by id")
    assert {row["complaint_id"] for row in letters} == {parent.id, child.id}
    for row in letters:
        own, other = (parent, child) if row["complaint_id"] == parent.id else (child, parent)
        assert own.number in row["text"]
        assert other.number not in row["text"] + row["extra"]
    mail.take(body(pressed(f"confirm:{child.number}", BUDI)))
    assert case_of(mail).state == "awaiting_confirmation"
    mail.take(body(pressed(f"reopen:{child.number}", BUDI)))
    assert (case_of(mail).state, case_of(mail).reopened_count) == ("reopened", 1)
    assert bot_said(mail, child.number)[-2:] == ["confirmed", "reopened"]
    assert agrees(mail.desk)


@pytest.mark.parametrize("text", ["INFO", "info", " Info. ", "standar pelayanan", "Informasi"])
def test_info_tells_the_standard_and_opens_no_complaint(mail, text):
    mail.take(body(message(text)))
    letter = one(mail.desk, "select * from message_out")
    assert letter["text"] == standard.as_message(mail.desk.config)
    assert len(letter["text"]) < TEXT_LIMIT
    assert ask(mail.desk, "select * from complaint") == []
    assert one(mail.desk, "select text from message_in")["text"] == text
    mail.take(body(message(text)))
    assert len(ask(mail.desk, "select * from message_out")) == 1


@pytest.mark.parametrize("text", ["info lampu mati di Medono", "Informasi KTP bagaimana?", "information"])
def test_more_than_the_word_is_a_complaint(mail, text):
    mail.take(body(message(text)))
    assert case_of(mail).number in one(mail.desk, "select text from message_out")["text"]
