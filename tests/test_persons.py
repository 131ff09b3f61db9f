"""What one person may ask: everything held, correction, limiting, erasing; each on record, each with its right."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from pages.parts import person_file
from store import audit, commands, persons, queries, retention
from store.clock import now as clock_now
from store.rules.errors import NotFound, RuleBroken

from .cases import add_message, approved, ask, confirm, messages, press, read_case, take_in, who
from .postbox import change
from .test_erasing import NAME, PHONE, agrees, ended_case, sweep, traces


@pytest.fixture
def case(desk):
    return take_in(desk, "Lampu mati", name=NAME, phone=PHONE)


def opened(desk, case, username="admin"):
    persons.open_person(desk, who(desk, username), case.contact_id, "Surat 12/2026")
    return persons.person(desk, who(desk, username), case.contact_id)


def entries(desk, kind: str) -> list[tuple]:
    return ask(desk, "select actor, subject, data from audit where kind = ? order by id", kind)


@pytest.mark.parametrize("typed", [NAME.lower(), "Zulkar", PHONE, "0857-9991-2345", "NUMBER"])
def test_a_person_is_found_by_name_number_or_complaint_and_shown_masked(desk, case, typed):
    take_in(desk, phone="6281111111111")
    found = persons.find(desk, who(desk, "admin"), case.number.lower() if typed == "NUMBER" else typed)
    assert [(row["id"], row["shown"], row["complaints"]) for row in found] == [(case.contact_id, "Z*** (…2345)", 1)]


def test_a_confidential_complaints_number_finds_nobody(desk, case):
    commands.classify(desk, press(desk, case, "kota"), confidential=True)
    assert persons.find(desk, who(desk, "admin"), case.number) == []
    assert persons.find(desk, who(desk, "admin"), NAME)


def test_nobody_reads_a_person_without_saying_why(desk, case):
    admin = who(desk, "admin")
    assert persons.person(desk, admin, case.contact_id) is None
    with pytest.raises(RuleBroken, match="not_opened"):
        persons.held(desk, admin, case.contact_id)
    with pytest.raises(RuleBroken, match="missing_note"):
        persons.open_person(desk, admin, case.contact_id, "  ")
    assert opened(desk, case).name == NAME
    assert persons.person(desk, who(desk, "pejabat"), case.contact_id) is None
    assert entries(desk, "person_viewed") == [("admin", f"kontak {case.contact_id}", '{"reason": "Surat 12/2026"}')]
    change(desk, "update audit set happened_at = happened_at - interval 31 minute")
    assert persons.person(desk, admin, case.contact_id) is None
    with pytest.raises(NotFound):
        persons.open_person(desk, admin, 999, "x")


def test_that_somebody_was_looked_for_is_on_record_and_who_is_not(desk, case):
    persons.find(desk, who(desk, "admin"), NAME)
    assert entries(desk, "person_searched") == [("admin", "", '{"found": 1}')]


@pytest.mark.parametrize(
    "reason", ["Permintaan {name}", "telepon dari {phone}", "hubungi 0857-9991-2345", "surat +62 857 9991 2345/II"]
)
def test_a_reason_that_names_the_person_is_refused_because_it_stays_for_good(desk, case, reason):
    admin, reason = who(desk, "admin"), reason.format(name=NAME.upper(), phone=PHONE)
    for call in (
        lambda: persons.open_person(desk, admin, case.contact_id, reason),
        lambda: persons.correct(desk, admin, case.contact_id, "Ani", PHONE, reason),
        lambda: persons.limit(desk, admin, case.contact_id, True, reason),
        lambda: persons.erase(desk, admin, case.contact_id, reason),
    ):
        with pytest.raises(RuleBroken, match=r"reason_names_person|still_open"):
            call()
    assert NAME.lower() not in str(ask(desk, "select * from audit")).lower()
    assert "9991" not in str(ask(desk, "select * from audit"))


def test_a_reason_does_not_name_whom_the_person_is_to_be_either(desk, case):
    with pytest.raises(RuleBroken, match="reason_names_person"):
        persons.correct(desk, who(desk, "admin"), case.contact_id, "Anisah", PHONE, "KTP atas nama Anisah")
    assert persons.correct(desk, who(desk, "admin"), case.contact_id, "Anisah", PHONE, "Surat 045/2026") == ["name"]


@pytest.mark.parametrize("username", ["kota", "opd.dlh", "tim.dlh", "pimpinan"])
def test_only_administrators_and_the_official_may(desk, case, username):
    actor = who(desk, username)
    for call in (
        lambda: persons.find(desk, actor, NAME),
        lambda: persons.open_person(desk, actor, case.contact_id, "x"),
        lambda: persons.person(desk, actor, case.contact_id),
        lambda: persons.held(desk, actor, case.contact_id),
        lambda: persons.correct(desk, actor, case.contact_id, "A", PHONE, "x"),
        lambda: persons.limit(desk, actor, case.contact_id, True, "x"),
        lambda: persons.erase(desk, actor, case.contact_id, "x"),
    ):
        with pytest.raises(RuleBroken, match="not_allowed"):
            call()


def test_everything_held_is_in_the_file_and_nothing_of_others(desk):
    case = ended_case(desk)
    other = take_in(desk, "Rahasia orang lain", phone="6281111111111", name="Budi")
    opened(desk, case)
    held = persons.held(desk, who(desk, "admin"), case.contact_id)
    assert {name: bool(rows) for name, rows in held.items()} == dict.fromkeys(person_file.TITLES, True)
    assert len(held["messages_received"]) == 2
    assert len(held["history"]) == len(ask(desk, "select 1 from event where complaint_id = ?", case.id))
    with zipfile.ZipFile(io.BytesIO(person_file.build(held, "Wadul <b>", clock_now()))) as file:
        assert json.loads(file.read("data.json"))["contact"][0]["name"] == NAME
        page = file.read("data.html").decode()
    assert "kucingoren" in page
    assert "Wadul &lt;b&gt;" in page
    for text in ("orang lain", "Budi", other.number, "6281111111111", "kota"):
        assert text not in json.dumps(held, default=str)
    assert entries(desk, "exported")[0][1] == f"kontak {case.contact_id}"


def test_what_citizens_wrote_is_text_in_the_file(desk):
    case = take_in(desk, "<script>alert(1)</script>", name="<img src=x>", phone=PHONE)
    opened(desk, case)
    content = person_file.build(persons.held(desk, who(desk, "admin"), case.contact_id), "x", clock_now())
    page = zipfile.ZipFile(io.BytesIO(content)).read("data.html").decode()
    assert "<script" not in page
    assert "<img" not in page


def test_a_corrected_name_is_not_overwritten_by_the_phones(desk, case):
    admin = who(desk, "admin")
    assert persons.correct(desk, admin, case.contact_id, " Siti  Aminah ", PHONE, "KTP") == ["name"]
    add_message(desk, case, phone=PHONE, name="Mama Alya")
    assert ask(desk, "select name from contact where id = ?", case.contact_id) == [("Siti Aminah",)]
    assert entries(desk, "person_changed")[0][2] == '{"fields": ["name"], "reason": "KTP"}'
    with pytest.raises(RuleBroken, match="nothing_changed"):
        persons.correct(desk, admin, case.contact_id, "Siti Aminah", PHONE, "KTP")


def test_a_corrected_number_is_where_messages_go_and_come_from(desk, case):
    persons.correct(desk, who(desk, "admin"), case.contact_id, NAME, "0812 3456 7890", "Nomor baru")
    assert ask(desk, "select phone from contact where id = ?", case.contact_id) == [("6281234567890",)]
    again = take_in(desk, "Lagi", phone="6281234567890")
    assert again.contact_id == case.contact_id
    with pytest.raises(RuleBroken, match="not_a_phone"):
        persons.correct(desk, who(desk, "admin"), case.contact_id, NAME, "12", "x")


def test_the_number_of_another_person_is_refused(desk, case):
    take_in(desk, phone="6281111111111")
    with pytest.raises(RuleBroken, match="number_taken"):
        persons.correct(desk, who(desk, "admin"), case.contact_id, NAME, "081111111111", "x")


def test_who_is_limited_gets_answers_and_no_news(desk, case):
    admin = who(desk, "admin")
    persons.limit(desk, admin, case.contact_id, True, "Surat 13")
    case = commands.forward(desk, press(desk, case, "kota"), department="DLH", note="n", category="waste")
    assert "forwarded" not in {purpose for purpose, _ in messages(desk, case)}
    assert queries.case_view(desk.register, who(desk, "kota"), case.number).limited_at
    with pytest.raises(RuleBroken, match="nothing_changed"):
        persons.limit(desk, admin, case.contact_id, True, "Surat 13")
    persons.limit(desk, admin, case.contact_id, False, "Surat 14")
    for command in (commands.accept, commands.start):
        case = command(desk, press(desk, case, "opd.dlh"))
    assert "started" in {purpose for purpose, _ in messages(desk, case)}
    agrees(desk)


def test_the_answer_reaches_who_is_limited(desk, case):
    persons.limit(desk, who(desk, "admin"), case.contact_id, True, "Surat 13")
    case = commands.answer(desk, press(desk, case, "kota"), text="Pukul delapan")
    assert "answer" in {purpose for purpose, _ in messages(desk, case)}


def test_an_open_complaint_must_end_first(desk, case):
    with pytest.raises(RuleBroken, match="still_open"):
        persons.erase(desk, who(desk, "pejabat"), case.contact_id, "Surat", early=True)
    assert ask(desk, "select erase_asked_at from contact where id = ?", case.contact_id) == [(None,)]


def test_erasing_waits_for_the_time_to_be_kept(desk):
    case = ended_case(desk)
    later = persons.erase(desk, who(desk, "admin"), case.contact_id, "Surat 1")
    assert later == read_case(desk, case.id).ended_at + timedelta(days=5 * 365)
    assert traces(desk)
    change(desk, "update complaint set ended_at = ended_at - to_days(1826) where id = ?", case.id)
    assert retention.due(desk).contacts == [case.contact_id]
    assert persons.erase(desk, who(desk, "admin"), case.contact_id, "Surat 1") is None
    sweep(desk)
    assert traces(desk) == []


def test_the_official_may_erase_at_once(desk):
    case = ended_case(desk)
    with pytest.raises(RuleBroken, match="not_allowed"):
        persons.erase(desk, who(desk, "admin"), case.contact_id, "Surat", early=True)
    assert persons.erase(desk, who(desk, "pejabat"), case.contact_id, "Surat 2", early=True) is None
    sweep(desk)
    assert traces(desk) == []
    agrees(desk)
    with pytest.raises(RuleBroken, match="anonymous"):
        persons.correct(desk, who(desk, "pejabat"), case.contact_id, "A", PHONE, "x")
    assert [subject for _, subject, _ in entries(desk, "anonymised")] == [case.number, f"kontak {case.contact_id}"]


def test_who_was_erased_and_writes_again_is_somebody_new(desk):
    case = ended_case(desk)
    persons.erase(desk, who(desk, "pejabat"), case.contact_id, "Surat 2", early=True)
    again = take_in(desk, "Baru", phone=PHONE)
    assert again.contact_id != case.contact_id
    agrees(desk)


def test_of_two_complaints_one_that_cannot_be_erased_keeps_both(desk):
    """One transaction: no half of a person is left."""
    first, second = ended_case(desk), confirm(desk, approved(desk, take_in(desk, phone=PHONE, name=NAME)))
    assert first.contact_id == second.contact_id
    change(desk, "update message_out set state = 'queued' where complaint_id = ?", second.id)
    before = traces(desk)
    with pytest.raises(RuleBroken, match="message_waiting"):
        persons.erase(desk, who(desk, "pejabat"), first.contact_id, "Surat", early=True)
    assert traces(desk) == before
    assert not ask(desk, "select 1 from audit where kind = 'anonymised'")


def test_the_audit_log_names_nobody(desk):
    case = ended_case(desk)
    opened(desk, case)
    persons.held(desk, who(desk, "admin"), case.contact_id)
    persons.correct(desk, who(desk, "admin"), case.contact_id, "Lain", PHONE, "KTP")
    assert not {table for table, _, _ in traces(desk)} & {"audit"}
    assert audit.listed(desk.register, who(desk, "admin"), audit.Filters(subject="kontak"))[1] == 3


def test_a_duplicate_whose_parent_is_open_is_not_erased(desk, case):
    """Its reporter still waits for the parent's answer; erased, nobody could be told."""
    parent = take_in(desk, "Lampu mati", phone="6281111111111", name="Budi")
    commands.merge(desk, press(desk, case, "kota"), parent=parent.number)
    change(desk, "update message_out set state = 'delivered'")
    with pytest.raises(RuleBroken, match="still_open"):
        persons.erase(desk, who(desk, "pejabat"), case.contact_id, "Surat", early=True)
    parent = read_case(desk, parent.id)
    answered = commands.answer(desk, press(desk, parent, "kota"), text="Pukul delapan")
    change(desk, "update message_out set state = 'delivered'")
    persons.erase(desk, who(desk, "pejabat"), case.contact_id, "Surat", early=True)
    # And no later answer to the parent puts the erased one on "Telepon pelapor".
    again = commands.reopen(desk, press(desk, answered, "kota"), note="Masih mati")
    commands.answer(desk, press(desk, again, "kota"), text="Bu Siti, sudah diganti")
    child = read_case(desk, case.id)
    assert not child.call_reporter
    assert "Bu Siti" not in (child.result_text or "")
    agrees(desk)
