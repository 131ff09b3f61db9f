"""One contact a person: phone and business-scoped id joined, numbers that change, numbers that change hands."""

from datetime import datetime

import pytest

from .cases import new_desk
from .conftest import body, message
from .postbox import Mailbox, agrees, ask, change, empty, one

OLD, NEW = "6285600000001", "6285600000009"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("office")) as desk:
        mail = Mailbox(desk)
        yield mail
        mail.close()


@pytest.fixture
def mail(office):
    empty(office.desk)
    return office


def person(wa_id: str | None, bsuid: str | None = None, text: str = "Lampu mati", second: int = 0, **more) -> dict:
    """A message of somebody known by phone, by business-scoped id or by both, so many seconds into the story."""
    built = message(text, wa_id=wa_id, timestamp=str(1790000000 + second), **more)
    return built | {"from_user_id": bsuid} if bsuid else built


def moved(old: str | None, new: str | None, second: int = 0, **more) -> dict:
    system = {"type": "user_changed_number", "wa_id": new, "body": f"User A changed from {old} to {new}", **more}
    return person(old, second=second, type="system", system={k: v for k, v in system.items() if v})


def people(mail) -> list[dict]:
    return ask(mail.desk, "select * from contact where merged_into is null order by id")


def test_phone_and_bsuid_seen_together_are_one_person(mail):
    mail.take(body(person(OLD)))
    mail.take(body(person(OLD, "ID.A")))
    mail.take(body(person(None, "ID.A")))
    (contact,) = people(mail)
    assert (contact["phone"], contact["bsuid"]) == (OLD, "ID.A")
    assert one(mail.desk, "select message_count from complaint")["message_count"] == 3


def test_somebody_without_a_phone_is_a_person_too(mail):
    mail.take(body(person(None, "ID.A", name="nur.aini")))
    mail.take(body(person(None, "ID.A")))
    (contact,) = people(mail)
    assert (contact["phone"], contact["bsuid"]) == (None, "ID.A")
    assert one(mail.desk, "select message_count from complaint")["message_count"] == 2


@pytest.mark.parametrize("batches", ["one", "each"])
def test_two_contacts_that_were_one_person_become_one_with_all_they_had(mail, batches):
    """Cases, messages, files and letters that still wait; the events say so, and the register agrees with them."""
    picture = {"type": "image", "image": {"id": "77", "mime_type": "image/png"}}
    bodies = [
        body(person(OLD, text="Satu")),
        body(person(None, "ID.A", **picture)),
        body(person(OLD, "ID.A", "Tiga", 5)),
    ]
    if batches == "one":
        mail.take(*bodies)
    else:
        for raw in bodies:
            mail.take(raw)
    (contact,) = people(mail)
    assert (contact["phone"], contact["bsuid"]) == (OLD, "ID.A")
    for table in ("complaint", "message_in", "message_out", "contact_identity"):
        assert {r["contact_id"] for r in ask(mail.desk, f"select contact_id from {table}")} == {contact["id"]}, table
    assert one(mail.desk, "select contact_id from media")["contact_id"] == contact["id"]
    assert len(ask(mail.desk, "select * from complaint")) == 2
    assert one(mail.desk, "select count(*) as n from event where kind = 'contact_joined'")["n"] == 1
    assert (
        one(mail.desk, "select merged_into from contact where merged_into is not null")["merged_into"] == contact["id"]
    )
    assert agrees(mail.desk)


def test_what_a_person_asked_of_us_by_one_address_holds_after_two_are_joined(mail):
    """A wish to be limited or erased, told of the younger contact, is not lost with it."""
    mail.take(body(person(OLD)), body(person(None, "ID.A", second=5)))
    with mail.desk.register.atomic() as cursor:
        cursor.execute(
            """
            update contact set limited_at = '2026-09-22', limited_by = 'pejabat', limited_reason = 'surat 7',
                erase_asked_at = '2026-09-23', erase_asked_by = 'admin' where bsuid = 'ID.A'
            """
        )
    mail.take(body(person(OLD, "ID.A", "Tiga", 10)))
    (contact,) = people(mail)
    assert (contact["phone"], contact["limited_at"]) == (OLD, datetime(2026, 9, 22))
    assert (contact["limited_by"], contact["limited_reason"]) == ("pejabat", "surat 7")
    assert (contact["erase_asked_at"], contact["erase_asked_by"]) == (datetime(2026, 9, 23), "admin")


def test_a_joined_persons_window_is_that_of_the_newest_message(mail):
    mail.take(body(person(OLD, second=100)), body(person(None, "ID.A", second=900)))
    mail.take(body(person(OLD, "ID.A", second=50)))
    (contact,) = people(mail)
    assert contact["last_inbound_at"] == datetime(2026, 9, 21, 14, 28, 20)


def test_a_changed_number_keeps_the_history_and_is_written_to(mail):
    mail.take(body(person(OLD)))
    mail.take(body(moved(OLD, NEW, 10)))
    mail.take(body(person(NEW, text="Masih mati", second=20)))
    (contact,) = people(mail)
    assert contact["phone"] == NEW
    assert one(mail.desk, "select message_count from complaint")["message_count"] == 2
    assert {r["value"] for r in ask(mail.desk, "select value from contact_identity")} == {OLD, NEW}
    assert one(mail.desk, "select kind, complaint_id from message_in where kind = 'system'")["complaint_id"] is None


def test_the_news_of_a_changed_number_does_not_open_the_window(mail):
    mail.take(body(person(OLD, second=10)), body(moved(OLD, NEW, 5000)))
    assert people(mail)[0]["last_inbound_at"] == datetime(2026, 9, 21, 14, 13, 30)


def test_an_old_message_that_comes_after_the_change_does_not_bring_the_old_number_back(mail):
    mail.take(body(person(OLD, second=0)), body(moved(OLD, NEW, 100)))
    mail.take(body(person(OLD, text="Terlambat", second=50)))
    (contact,) = people(mail)
    assert contact["phone"] == NEW
    assert one(mail.desk, "select message_count from complaint")["message_count"] == 2


@pytest.mark.parametrize("together", [True, False])
def test_who_gets_somebodys_former_number_is_somebody_else(mail, together):
    """Nothing of the former owner's case may go to the new one."""
    first = [body(person(OLD, "ID.A", "Rahasia")), body(moved(OLD, NEW, 100, user_id="ID.A2"))]
    second = [
        body(person(OLD, "ID.B", "Orang lain", 5000, name="Budi")),
        body(person(NEW, text="Masih saya", second=6000)),
    ]
    if together:
        mail.take(*first, *second)
    else:
        mail.take(*first)
        mail.take(*second)
    siti, budi = people(mail)
    assert (siti["phone"], siti["bsuid"], siti["name"]) == (NEW, "ID.A2", "Siti")
    assert (budi["phone"], budi["bsuid"], budi["name"]) == (OLD, "ID.B", "Budi")
    cases = ask(mail.desk, "select contact_id, summary, message_count from complaint order by id")
    assert [(c["contact_id"], c["summary"], c["message_count"]) for c in cases] == [
        (siti["id"], "Rahasia", 2),
        (budi["id"], "Orang lain", 1),
    ]
    mail.take(body(person(OLD, text="Lagi", second=7000)))
    assert len(people(mail)) == 2
    assert agrees(mail.desk)


@pytest.mark.parametrize("together", [True, False])
def test_who_changes_to_a_number_that_was_somebody_elses_is_not_taken_for_them(mail, together):
    """A provider gives numbers out again: the former owner's complaints are told to nobody but them."""
    weeks = 30 * 86_400
    first = [body(person(NEW, text="Rahasia", name="Budi")), body(person(OLD, text="Lampu mati", second=50))]
    second = [body(moved(OLD, NEW, weeks)), body(person(NEW, text="Masih mati", second=weeks + 60))]
    if together:
        mail.take(*first, *second)
    else:
        mail.take(*first)
        mail.take(*second)
    budi, siti = people(mail)
    assert (budi["phone"], budi["name"], siti["phone"], siti["name"]) == (None, "Budi", NEW, "Siti")
    cases = ask(mail.desk, "select contact_id, summary, message_count from complaint order by id")
    assert [(c["contact_id"], c["summary"], c["message_count"]) for c in cases] == [
        (budi["id"], "Rahasia", 1),
        (siti["id"], "Lampu mati", 2),
    ]
    assert agrees(mail.desk)


def test_who_writes_from_the_new_number_before_the_news_of_it_is_the_same_person(mail):
    mail.take(body(person(OLD)), body(person(NEW, text="Masih mati", second=60)), body(moved(OLD, NEW, 90)))
    (contact,) = people(mail)
    assert contact["phone"] == NEW


def test_a_name_in_a_change_of_number_is_not_believed(mail):
    """Its text holds a name that its owner chose; only the fields count."""
    mail.take(body(person(OLD)), body(person("6285600000002", text="Air keruh")))
    mail.take(body(moved("6285600000003", NEW, body="User 6285600000001 changed from 6285600000002 to 1")))
    assert len(people(mail)) == 3


def test_a_late_status_of_a_joined_contacts_letter_still_finds_it(mail):
    mail.take(body(person(OLD)), body(person(None, "ID.A")))
    change(mail.desk, "update message_out set state = 'accepted', attempts = 1, wamid = 'wamid.o' || id")
    mail.take(body(person(OLD, "ID.A", second=9)))
    letter = one(mail.desk, "select max(id) as id from message_out")["id"]
    status = {"id": f"wamid.o{letter}", "status": "read", "timestamp": "1790000100"}
    mail.take(body(statuses=[status | {"biz_opaque_callback_data": str(letter)}]))
    assert one(mail.desk, "select state from message_out where id = ?", letter)["state"] == "read"
