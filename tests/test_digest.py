"""The digest to officers: once a person and occasion, in office hours, numbers only, through the real outbox."""

import json
import random
from datetime import datetime, timedelta

import httpx
import pytest

from ingest.simulator.testing import Receiver, Simulator, until
from store import commands, digest, queries, reminders
from store.clock import now as clock_now
from store.desk import open_desk
from store.rules import texts
from store.rules.case import Case
from store.rules.deadline import from_jakarta, to_jakarta

from .cases import forwarded, in_progress, new_desk, press, read_case, take_in, who
from .house import House
from .postbox import Mailbox, agrees, ask, change, empty, one

CITY, DLH, TEAM, OFFICIAL, LEADER = (f"62811900000{n}" for n in range(1, 6))
NUMBERS = {"kota": CITY, "opd.dlh": DLH, "tim.dlh": TEAM, "pejabat": OFFICIAL, "pimpinan": LEADER}


def wib(day: int, clock: str) -> datetime:
    """A moment of November 2026, which has no holidays, in Jakarta; Monday is the 16th."""
    return from_jakarta(datetime.fromisoformat(f"2026-11-{day:02d}T{clock}"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("digest")) as desk:
        yield desk


@pytest.fixture
def desk(shared):
    forget(shared)
    for username, number in NUMBERS.items():
        change(shared, "update user_account set whatsapp = ? where username = ?", number, username)
    yield shared
    assert agrees(shared)


def forget(desk) -> None:
    empty(desk)
    for table in ("assignment", "reminder", "digest"):
        change(desk, f"delete from {table}")
    change(desk, "update user_account set whatsapp = null, active = true")


def letters(desk) -> list[tuple[str, str]]:
    """What is in the outbox: (number, what is said)."""
    found = ask(
        desk,
        "select c.phone, m.template, m.template_params from message_out m join contact c on c.id = m.contact_id "
        "where m.purpose = 'digest' order by m.id",
    )
    assert {row["template"] for row in found} <= {"wadul_ringkasan_tugas"}
    return [(row["phone"], json.loads(row["template_params"])[1]) for row in found]


def late(desk, count: int = 1, now: datetime | None = None) -> list[Case]:
    """Complaints in triage whose promise ends on Tuesday the 17th at closing."""
    return [take_in(desk, now=now or wib(16, "07:30"), phone=f"62857{n:07d}") for n in range(count)]


def test_each_officer_is_told_in_the_morning_what_waits_for_them(desk):
    late(desk, 2)
    take_in(desk, now=wib(17, "07:30"), phone="628570000009")
    forwarded(desk, take_in(desk, now=wib(18, "07:31"), phone="628580000001"), "DLH", now=wib(18, "07:31"))
    reminders.run(desk, wib(18, "07:35"))
    assert digest.run(desk, wib(18, "07:35")) == 2
    assert letters(desk) == [
        (CITY, "2 aduan lewat tenggat, 1 jatuh tempo hari ini"),
        (DLH, "1 aduan jatuh tempo hari ini"),
    ]
    assert digest.run(desk, wib(18, "07:36")) == 0
    assert digest.run(desk, wib(18, "11:37")) == 0
    # Higher rungs, from where they begin.
    reminders.run(desk, wib(20, "07:30"))
    assert digest.run(desk, wib(20, "07:30")) == 3
    assert {phone for phone, _ in letters(desk)[2:]} == {CITY, DLH, OFFICIAL}


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ((3, 5, 12), "3 aduan lewat tenggat, 5 jatuh tempo hari ini, 12 lainnya menunggu"),
        ((1200, 0, 0), "1.200 aduan lewat tenggat"),
        ((0, 5, 0), "5 aduan jatuh tempo hari ini"),
        ((0, 0, 4), "4 aduan menunggu"),
        ((2, 0, 4), "2 aduan lewat tenggat, 4 lainnya menunggu"),
        ((3, 1, 0, 2), "2 aduan baru melewati batas waktu, 3 lewat tenggat seluruhnya, 1 jatuh tempo hari ini"),
        ((0, 0, 3, 1), "1 aduan baru melewati batas waktu, 3 menunggu"),
    ],
)
def test_the_digest_in_words(counted, said):
    letter = texts.digest("Rab 18 Nov 07.35", *counted)
    assert letter.template_params == ("Rab 18 Nov 07.35", said)
    assert (
        letter.text == f"Ringkasan tugas Anda per Rab 18 Nov 07.35: {said}. Rinciannya ada di halaman Perlu tindakan."
    )
    assert (letter.template, letter.kind, letter.purpose) == ("wadul_ringkasan_tugas", "text", "digest")
    assert all(texts.safe_parameter(param) == param for param in letter.template_params)


def test_nobody_reads_who_reported_or_what(desk):
    take_in(desk, "Rahasia sekali", name="Zulaikha", phone="6289912345678", now=wib(16, "07:30"))
    digest.run(desk, wib(18, "08:00"))
    found = one(desk, "select * from message_out where purpose = 'digest'")
    for secret in ("Rahasia", "Zulaikha", "6289912345678", "WA-2026"):
        assert secret not in repr(found)
    assert found["complaint_id"] is None


@pytest.mark.parametrize(
    "moment",
    [wib(18, "07:29:59"), wib(18, "15:45:01"), wib(20, "11:30"), wib(21, "09:00"), wib(22, "09:00")],
    ids=lambda moment: f"{moment:%d%H%M}",
)
def test_outside_office_hours_nothing_is_written(desk, moment):
    late(desk)
    assert digest.run(desk, moment) == 0
    assert ask(desk, "select * from digest") == letters(desk) == []


def test_whoever_has_nothing_waiting_no_number_or_no_account_hears_nothing(desk):
    change(desk, "update user_account set whatsapp = null where username = 'kota'")
    late(desk)
    in_progress(desk, take_in(desk, now=wib(16, "08:00"), phone="628580000001"), "DLH")
    change(desk, "update user_account set active = false where username = 'opd.dlh'")
    assert digest.run(desk, wib(18, "08:00")) == 1
    assert [phone for phone, _ in letters(desk)] == [TEAM]


def test_what_comes_after_an_empty_morning_waits_for_the_afternoon(desk):
    assert digest.run(desk, wib(18, "07:30")) == 0
    late(desk)
    assert [digest.run(desk, wib(18, clock)) for clock in ("07:31", "11:00", "11:37:30", "14:00")] == [0] * 4
    reminders.run(desk, wib(18, "14:00"))
    assert digest.run(desk, wib(18, "14:00")) == 1


def test_in_the_afternoon_one_more_message_if_something_came_to_its_limit(desk):
    late(desk, 1)
    reminders.run(desk, wib(17, "07:30"))
    assert digest.run(desk, wib(17, "07:31")) == 1
    # Received on Monday at 13.00: due on Wednesday at 13.00.
    take_in(desk, now=wib(16, "13:00"), phone="628570000009")
    take_in(desk, now=wib(16, "13:30"), phone="628570000008")
    for clock in ("07:31", "12:00", "12:59:59"):
        reminders.run(desk, wib(18, clock))
        digest.run(desk, wib(18, clock))
    assert letters(desk)[1:] == [(CITY, "1 aduan lewat tenggat, 2 jatuh tempo hari ini")]
    for clock in ("13:00", "13:00:30", "13:30", "15:44"):
        reminders.run(desk, wib(18, clock))
        digest.run(desk, wib(18, clock))
    assert letters(desk)[2:] == [
        (CITY, "1 aduan baru melewati batas waktu, 2 lewat tenggat seluruhnya, 1 jatuh tempo hari ini")
    ]


def test_what_came_to_its_limit_before_noon_is_told_at_noon(desk):
    """Later than the morning's message and before the half of the office hours: kept together, not sent one by one."""
    assert digest.run(desk, wib(18, "07:30")) == 0
    for minute in (5, 35, 50):
        take_in(desk, now=wib(16, f"09:{minute:02d}"), phone=f"6285700000{minute}")
    for clock in ("09:05", "09:36", "10:10", "11:37"):
        reminders.run(desk, wib(18, clock))
        assert digest.run(desk, wib(18, clock)) == 0
    assert digest.run(desk, wib(18, "11:37:30")) == 1
    assert letters(desk) == [(CITY, "3 aduan baru melewati batas waktu, 3 lewat tenggat seluruhnya")]


def test_the_afternoons_message_is_only_for_those_whom_the_step_concerns(desk):
    case = in_progress(desk, take_in(desk, now=wib(16, "13:00")), "DLH")
    commands.assign(desk, press(desk, case, "opd.dlh"), handler="tim.dlh")
    digest.run(desk, wib(18, "07:30"))
    before = len(letters(desk))
    reminders.run(desk, wib(18, "13:00"))
    digest.run(desk, wib(18, "13:00"))
    assert {phone for phone, _ in letters(desk)[before:]} == {CITY, DLH, TEAM}
    # 150 % on Thursday at 13.00, 300 % on Tuesday after: news to the official, then to the leader alone.
    for day, meant in ((19, OFFICIAL), (24, LEADER)):
        digest.run(desk, wib(day, "07:30"))
        before = len(letters(desk))
        reminders.run(desk, wib(day, "13:00"))
        digest.run(desk, wib(day, "13:00"))
        assert [phone for phone, _ in letters(desk)[before:]] == [meant]


def test_what_was_settled_meanwhile_is_no_news(desk):
    case = take_in(desk, now=wib(16, "13:00"))
    digest.run(desk, wib(18, "07:30"))
    reminders.run(desk, wib(18, "13:00"))
    commands.reject(desk, press(desk, read_case(desk, case.id), "kota"), note="n", now=wib(18, "13:00"))
    before = letters(desk)
    assert digest.run(desk, wib(18, "13:01")) == 0
    assert letters(desk) == before


def test_a_restart_in_the_middle_repeats_nothing_and_loses_nothing(settings, monkeypatch):
    with new_desk(settings.data) as desk:
        for number, username in enumerate(("kota", "kota2", "opd.dlh", "tim.dlh"), 1):
            change(desk, "update user_account set whatsapp = ? where username = ?", f"6281190000{number}", username)
        in_progress(desk, late(desk)[0], "DLH")
        contact, calls = digest._contact, []

        def dies(*given):
            calls.append(1)
            if len(calls) == 3:
                raise SystemExit
            return contact(*given)

        with monkeypatch.context() as patch:
            patch.setattr(digest, "_contact", dies)
            with pytest.raises(SystemExit):
                digest.run(desk, wib(18, "07:30"))
        assert len(letters(desk)) == 2
    desk = open_desk(settings)
    assert digest.run(desk, wib(18, "07:31")) == 2
    assert digest.run(desk, wib(18, "07:32")) == 0
    assert sorted(phone for phone, _ in letters(desk)) == [f"6281190000{number}" for number in range(1, 5)]
    desk.register.close()


def test_never_more_than_two_a_day_whatever_happens(desk):
    dice = random.Random(3)
    moments = sorted(wib(16 + dice.randrange(5), "00:00") + timedelta(minutes=dice.randrange(1440)) for _ in range(150))
    for number, moment in enumerate(moments):
        if dice.random() < 0.3:
            take_in(desk, now=moment - timedelta(days=dice.choice((0, 1, 3))), phone=f"62857{number:07d}")
        reminders.run(desk, moment)
        digest.run(desk, moment)
    sent = ask(desk, "select cause, created_at from message_out where purpose = 'digest'")
    assert all(desk.calendar.is_open(row["created_at"]) for row in sent)
    city = [to_jakarta(row["created_at"]).day for row in sent if ":kota:" in row["cause"]]
    assert set(city) == {16, 17, 18, 19, 20}
    assert max(city.count(day) for day in city) == 2


def test_what_could_not_be_sent_while_the_office_was_open_is_not_sent_at_night(desk):
    late(desk)
    digest.run(desk, wib(18, "15:00"))
    digest.run(desk, wib(18, "07:30"))
    assert one(desk, "select state from message_out where purpose = 'digest'")["state"] == "queued"
    digest.run(desk, wib(18, "15:45"))
    assert one(desk, "select state from message_out where purpose = 'digest'")["state"] == "queued"
    digest.run(desk, wib(18, "15:45:30"))
    found = one(desk, "select state, error_text from message_out where purpose = 'digest'")
    assert found == {"state": "failed", "error_text": "jam kerja sudah lewat, ringkasan tidak dikirim"}


def test_yesterdays_does_not_go_out_this_morning(desk):
    late(desk)
    digest.run(desk, wib(18, "07:30"))
    digest.run(desk, wib(19, "07:30"))
    states = [row["state"] for row in ask(desk, "select state from message_out where purpose = 'digest' order by id")]
    assert states == ["failed", "queued"]


def test_a_number_that_somebody_left_behind_is_not_theirs_any_more(desk):
    """The identity still points to a citizen who has another number now: the officer's message must not go there."""
    change(
        desk,
        "insert into contact (id, name, phone, created_at) values (900, 'Siti', '6281777', ?)", wib(2, "08:00"),
    )  # fmt: skip
    change(desk, "insert into contact_identity values ('phone', ?, 900, ?)", CITY, wib(2, "08:00"))
    late(desk)
    digest.run(desk, wib(18, "08:00"))
    assert [phone for phone, _ in letters(desk)] == [CITY]
    assert one(desk, "select count(*) as n from contact where phone = ?", CITY)["n"] == 1


def test_a_contact_is_made_once_and_is_no_reporter(desk):
    late(desk)
    for day in (18, 19, 20):
        digest.run(desk, wib(day, "08:00"))
    contact = one(desk, "select * from contact where phone = ?", CITY)
    assert (contact["name"], contact["last_inbound_at"]) == (None, None)
    assert ask(desk, "select * from complaint where contact_id = ?", contact["id"]) == []
    assert [phone for phone, _ in letters(desk)] == [CITY] * 3


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digest-house")
    receiver = Receiver()
    simulator = Simulator(folder / "meta", receiver.url).start()
    simulator.post("options", sent_after=0.01, delivered_after=0.01, read_after=0.01)
    with new_desk(folder / "data", WADUL_SIMULATOR_PORT=str(simulator.port)) as desk:
        mail = Mailbox(desk)
        yield desk, simulator, receiver, mail
        mail.close()
    simulator.stop()
    receiver.close()


@pytest.fixture
def house(parts):
    httpx.delete(f"{parts[1].url}/api/faults").raise_for_status()
    forget(parts[0])
    return House(*parts)


def office_morning(desk) -> datetime:
    """The last morning on which the office had opened."""
    day = to_jakarta(clock_now()).date()
    while not desk.calendar.is_working_day(day) or desk.calendar.opening(day) > clock_now() - timedelta(minutes=5):
        day -= timedelta(days=1)
    return desk.calendar.opening(day) + timedelta(minutes=1)


def officer(house: House, key: str, username: str = "kota") -> None:
    change(house.desk, "update user_account set whatsapp = ? where username = ?", key, username)


def test_the_officers_phone_gets_the_template(house):
    officer(house, house.budi)
    house.hear(house.siti, "Lampu jalan mati")
    morning = office_morning(house.desk)
    assert digest.run(house.desk, morning) == 1
    house.send()
    house.settle()
    (arrived,) = [m for m in house.simulator.chat(house.budi) if m["direction"] == "in"]
    assert (arrived["state"], arrived["kind"]) == ("delivered", "template")
    assert arrived["content"]["template"]["name"] == "wadul_ringkasan_tugas"
    (body,) = arrived["content"]["template"]["components"]
    assert body["parameters"][1]["text"].startswith("1 aduan")
    assert one(house.desk, "select state, form from message_out where purpose = 'digest'") == {
        "state": "delivered", "form": "template",
    }  # fmt: skip
    assert digest.run(house.desk, morning + timedelta(minutes=1)) == 0


def test_an_officers_answer_is_taken_in_like_anybodys(house):
    """Nothing may be lost: it becomes a complaint that the city team sees, of the one contact of that number."""
    officer(house, house.budi)
    house.hear(house.siti, "Lampu jalan mati")
    digest.run(house.desk, office_morning(house.desk))
    house.send()
    house.settle()
    (arrived,) = [m for m in house.simulator.chat(house.budi) if m["direction"] == "in"]
    wamid = house.simulator.say(house.budi, text="Di kantor kami juga mati lampu", reply_to=arrived["id"])
    until(lambda: any(m["id"] == wamid for m in house.receiver.messages()))
    house.drain()
    case = house.case(house.budi)
    assert case.summary == "Di kantor kami juga mati lampu"
    assert case.id in {row["id"] for row in queries.waiting_for_triage(house.desk.register, who(house.desk, "kota"))}
    assert one(house.desk, "select count(*) as n from contact where phone = ?", house.budi)["n"] == 1
    assert agrees(house.desk)


def test_an_officer_who_is_a_citizen_too_stays_one(house):
    """The digest goes to the same contact, joins no complaint, and what the citizen writes goes on to theirs."""
    house.hear(house.siti, "Lampu jalan mati")
    officer(house, house.siti)
    case = house.case(house.siti)
    digest.run(house.desk, office_morning(house.desk))
    found = one(house.desk, "select contact_id, complaint_id from message_out where purpose = 'digest'")
    assert found == {"contact_id": case.contact_id, "complaint_id": None}
    house.send()
    house.send()
    house.settle()
    assert "Ringkasan tugas Anda" in json.dumps(house.simulator.chat(house.siti))
    house.hear(house.siti, "Sampai sekarang masih mati")
    assert house.case(house.siti).message_count == 2
    view = queries.case_view(house.desk.register, who(house.desk, "kota"), case.number)
    assert not [m for m in view.conversation if m["purpose"] == "digest"]


def test_a_digest_that_fails_troubles_no_complaint(house):
    house.hear(house.siti, "Lampu jalan mati")
    house.send()
    house.settle()
    officer(house, house.siti)
    digest.run(house.desk, office_morning(house.desk))
    house.simulator.post("faults", kind="131026", phone=house.siti, times=1)
    house.send()
    house.settle()
    found = one(house.desk, "select state, error_code from message_out where purpose = 'digest'")
    assert found == {"state": "failed", "error_code": 131026}
    assert not house.case(house.siti).call_reporter
    assert agrees(house.desk)
