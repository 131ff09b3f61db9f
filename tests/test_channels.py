"""Complaints written down by an officer: number, clock, the same person found again, answers told by telephone."""

import pytest

from store import channels, check, commands, queries, users
from store.channels import Report
from store.commands import Press
from store.rules.errors import RuleBroken
from store.rules.workflow import KINDS

from .cases import ask, everything, forwarded, messages, press, read_case, take_in, who


def _report(**more) -> Report:
    given = {
        "channel": "TLP",
        "kind": "complaint",
        "name": "Bu Endang",
        "phone": "0812-3456-789",
        "by_whatsapp": False,
        "text": "Selokan mampet",
    }
    return Report(**(given | more))


@pytest.fixture
def kota(desk):
    return users.actor(desk.register, "kota")


def test_a_complaint_by_telephone_gets_its_own_number_and_clock(desk, kota):
    case = channels.record(desk, kota, "a", _report(), category="drainage", address="SD Poncol")
    assert (case.number[:4], case.number[-5:]) == ("TLP-", "00001")
    assert case.promise_due_at == desk.limits(case.received_at)["promise_due_at"]
    view = queries.case_view(desk.register, kota, case.number)
    assert [m["text"] for m in view.conversation] == ["Selokan mampet"]
    assert (view.reporter, view.phone, view.category) == ("Bu Endang", "628123456789", "Drainase & genangan")
    assert list(check.differences(desk.register)) == []


def test_each_channel_counts_for_itself(desk, kota):
    numbers = [
        channels.record(desk, kota, f"n{i}", _report(channel=channel)).number
        for i, channel in enumerate(["TLP", "LOK", "TLP"])
    ]
    assert [n[:3] + n[-5:] for n in numbers] == ["TLP00001", "LOK00001", "TLP00002"]


def test_the_same_press_twice_is_one_complaint(desk, kota):
    first = channels.record(desk, kota, "same", _report())
    assert channels.record(desk, kota, "same", _report()).number == first.number
    assert check.count(desk.register)[0] == 1


def test_a_person_is_found_again_however_the_number_is_written(desk, kota):
    first = channels.record(desk, kota, "a", _report(phone="0812 3456 789"))
    row = {"number": first.number, "state": "received", "received_at": first.received_at, "summary": "Selokan mampet"}
    assert channels.known_reporter(desk, kota, "+62 812-3456-789") == {
        "name": "Bu Endang", "by_whatsapp": False, "complaints": 1, "last": row, "open": [row],
    }  # fmt: skip
    second = channels.record(desk, kota, "b", _report(phone="628123456789", name=" bu  endang "))
    assert second.contact_id == first.contact_id


def test_what_is_told_of_a_known_person(desk, kota):
    first = channels.record(desk, kota, "a", _report(channel="LOK"))
    second = channels.record(desk, kota, "b", _report(text="Lampu mati"))
    commands.answer(desk, press(desk, first, "kota"), text="Sudah dijelaskan.")
    known = channels.known_reporter(desk, kota, "08123456789")
    assert (known["complaints"], known["last"]["number"]) == (2, second.number)
    assert [row["number"] for row in known["open"]] == [second.number]
    commands.reject(desk, press(desk, second, "kota"), note="Iseng")
    known = channels.known_reporter(desk, kota, "08123456789")
    assert (known["complaints"], known["last"]["state"], known["open"]) == (2, "rejected", [])


@pytest.mark.parametrize("contact", ["endang@contoh.id", " Endang@Contoh.ID", "@endang_pkl"])
def test_an_address_or_account_is_kept_and_found_again(desk, kota, contact):
    case = channels.record(desk, kota, "a", _report(channel="EML", phone=contact))
    assert queries.case_view(desk.register, kota, case.number).phone == contact.strip()
    assert channels.known_reporter(desk, kota, contact.upper())["last"]["number"] == case.number
    assert channels.record(desk, kota, "b", _report(phone=contact)).contact_id == case.contact_id


@pytest.mark.parametrize("contact", ["", "-", "tidak ada", "nanti ke loket"])
def test_what_is_no_address_joins_nobody(desk, kota, contact):
    first = channels.record(desk, kota, "a", _report(phone=contact))
    assert channels.known_reporter(desk, kota, contact) is None
    assert channels.record(desk, kota, "b", _report(phone=contact)).contact_id != first.contact_id


@pytest.mark.parametrize("username", ["opd.dlh", "tim.dlh", "pimpinan", "admin"])
def test_nobody_else_is_told_who_is_known(desk, kota, username):
    channels.record(desk, kota, "a", _report())
    assert channels.known_reporter(desk, who(desk, username), "08123456789") is None


def test_a_confidential_complaint_is_not_told(desk, kota):
    channels.record(desk, kota, "a", _report(kind="official"))
    channels.record(desk, kota, "b", _report(text="Pungutan"), confidential=True)
    assert channels.known_reporter(desk, kota, "08123456789") is None
    open_one = channels.record(desk, kota, "c", _report(text="Lampu mati"))
    known = channels.known_reporter(desk, kota, "08123456789")
    assert (known["name"], known["complaints"]) == ("Bu Endang", 1)
    assert [row["number"] for row in known["open"]] == [known["last"]["number"]] == [open_one.number]


def test_who_once_wrote_by_whatsapp_is_known(desk, kota):
    case = take_in(desk, "Lampu mati", phone="628123456789", name="Mama Alya")
    known = channels.known_reporter(desk, kota, "08123456789")
    assert (known["name"], known["by_whatsapp"], known["last"]["number"]) == ("Mama Alya", True, case.number)


def test_an_answer_by_whatsapp_goes_to_the_owner_of_the_number_under_the_name_written_down(desk, kota):
    wrote = take_in(desk, "Lampu mati", phone="628123456789", name="Mama Alya")
    case = channels.record(desk, kota, "a", _report(by_whatsapp=True, name="Endang Lestari"))
    assert case.contact_id == wrote.contact_id
    assert queries.case_view(desk.register, kota, case.number).reporter == "Endang Lestari"
    commands.answer(desk, press(desk, case, "kota"), text="Jawaban.")
    assert ask(desk, "select contact_id from message_out where complaint_id = ?", case.id) == [(wrote.contact_id,)]


def test_without_the_mark_nothing_goes_by_whatsapp_even_where_it_could(desk, kota):
    wrote = take_in(desk, "Lampu mati", phone="628123456789", name="Bu Endang")
    case = channels.record(desk, kota, "a", _report())
    assert case.contact_id != wrote.contact_id
    case = commands.answer(desk, press(desk, case, "kota"), text="Jawaban.")
    assert messages(desk, case) == []
    assert case.call_reporter
    assert channels.known_reporter(desk, kota, "08123456789")["complaints"] == 2


def test_two_people_with_one_number_stay_two(desk, kota):
    endang = channels.record(desk, kota, "a", _report())
    budi = channels.record(desk, kota, "b", _report(name="Pak Budi"))
    names = [queries.case_view(desk.register, kota, case.number).reporter for case in (endang, budi)]
    assert names == ["Bu Endang", "Pak Budi"]
    assert channels.known_reporter(desk, kota, "08123456789")["complaints"] == 2
    assert channels.record(desk, kota, "c", _report()).contact_id == endang.contact_id


def test_what_when_and_where_stand_where_the_reader_looks(desk, kota):
    report = _report(text="Selokan mampet, air masuk rumah warga", happened=" sejak Senin ", landmark="depan SD Poncol")
    case = channels.record(
        desk, kota, "a", report, address="Jl. Melati 5", kelurahan="33.75.02.1007", latitude=-6.8898, longitude=109.6753
    )
    view = queries.case_view(desk.register, kota, case.number)
    assert [m["text"] for m in view.conversation] == [
        "Selokan mampet, air masuk rumah warga\n\nWaktu kejadian: sejak Senin"
    ]
    assert case.summary == "Selokan mampet, air masuk rumah warga"
    assert (case.address, view.kelurahan) == ("Jl. Melati 5 (patokan: depan SD Poncol)", "Poncol")
    assert (case.latitude, case.longitude) == (-6.8898, 109.6753)
    assert case.elements == "identity,what,who,where_when"
    assert list(check.differences(desk.register)) == []


@pytest.mark.parametrize(
    ("address", "landmark", "expected"),
    [
        ("", "", None),
        ("Jl. Melati 5", "", "Jl. Melati 5"),
        ("Jl. Melati 5", " depan SD ", "Jl. Melati 5 (patokan: depan SD)"),
        ("", "depan SD", "Patokan: depan SD"),
    ],
)
def test_landmark_and_address_are_one_line(desk, kota, address, landmark, expected):
    assert channels.record(desk, kota, "a", _report(landmark=landmark), address=address).address == expected


@pytest.mark.parametrize(
    ("text", "happened", "facts", "there"),
    [
        ("Selokan mampet", "", {}, False),
        ("Selokan mampet", "kemarin", {}, False),
        ("Selokan mampet", "", {"address": "Jl. Melati 5"}, False),
        ("Selokan mampet", "kemarin", {"address": "Jl. Melati 5"}, True),
        ("Selokan mampet", "3 x", {"kelurahan": "33.75.02.1007"}, True),
        ("Selokan mampet sejak Senin", "", {"kelurahan": "33.75.02.1007"}, True),
        ("Selokan mampet di Jalan Melati", "kemarin", {}, True),
        ("Selokan mampet", "", {"latitude": -6.9, "longitude": 109.7}, True),
    ],
)
def test_where_and_when_are_there_when_both_are_known(desk, kota, text, happened, facts, there):
    case = channels.record(desk, kota, "a", _report(text=text, happened=happened), **facts)
    assert ("where_when" in case.elements.split(",")) == there
    assert "what" in case.elements.split(",")


@pytest.mark.parametrize("channel", channels.WRITTEN_DOWN)
def test_each_channel_of_the_standard_takes_a_complaint(desk, kota, channel):
    case = channels.record(desk, kota, "a", _report(channel=channel))
    assert (case.number.split("-")[0], case.channel, case.state) == (channel, channel, "received")


def test_an_answer_over_the_counter_ends_at_once_and_sends_nothing(desk, kota):
    case = channels.record(desk, kota, "a", _report(channel="LOK"))
    case = commands.answer(desk, Press(kota, case.number, case.version, "b"), text="Sudah dijelaskan di loket.")
    assert case.state == "answered"
    assert case.ended_at is not None
    with desk.register.cursor() as cursor:
        assert cursor.execute("select count(*) from message_out").fetchone() == (0,)


def test_an_answer_by_telephone_waits_until_the_reporter_was_told(desk, kota):
    case = channels.record(desk, kota, "a", _report())
    case = commands.answer(desk, Press(kota, case.number, case.version, "b"), text="Akan dibersihkan besok.")
    assert (case.ended_at, case.call_reporter) == (None, True)
    assert [row["number"] for row in queries.to_call(desk.register, kota)] == [case.number]
    case = commands.told(
        desk, Press(kota, case.number, case.version, "c"), how="telephone", note="Ditelepon pukul 10, sudah paham."
    )
    assert case.ended_at is not None
    assert queries.to_call(desk.register, kota) == []


def test_an_answer_goes_by_whatsapp_where_the_officer_said_so(desk, kota):
    case = channels.record(desk, kota, "a", _report(by_whatsapp=True))
    commands.answer(desk, Press(kota, case.number, case.version, "b"), text="Jawaban.")
    with desk.register.cursor() as cursor:
        assert cursor.execute("select contact_id, state from message_out").fetchall() == [(case.contact_id, "queued")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "missing_name"),
        ({"text": ""}, "missing_text"),
        ({"channel": "WA"}, "unknown_channel"),
        ({"kind": "x"}, "unknown_kind"),
        ({"by_whatsapp": True, "phone": "abc"}, "not_a_phone"),
        ({"by_whatsapp": True, "phone": "endang@contoh.id"}, "not_a_phone"),
        ({"text": "x" * 5001}, "text_too_long"),
        ({"text": "x" * 4990, "happened": "sejak Senin"}, "text_too_long"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(desk, kota, change, code):
    before = everything(desk)
    with pytest.raises(RuleBroken) as refused:
        channels.record(desk, kota, "a", _report(**change))
    assert refused.value.code == code
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"category": "x"}, "unknown_category"),
        ({"kelurahan": "x"}, "unknown_kelurahan"),
        ({"latitude": -6.9}, "not_a_point"),
        ({"latitude": -96.9, "longitude": 109.7}, "not_a_point"),
        ({"address": "x" * 3001}, "text_too_long"),
    ],
)
def test_facts_that_cannot_be_are_refused_and_nothing_is_written(desk, kota, facts, code):
    before = everything(desk)
    with pytest.raises(RuleBroken) as refused:
        channels.record(desk, kota, "a", _report(), **facts)
    assert refused.value.code == code
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("kind", "facts", "confidential"),
    [
        *((kind, {}, kind == "official") for kind in KINDS),
        *((kind, {"confidential": True}, True) for kind in KINDS),
        ("complaint", {"category": "official"}, True),
    ],
)
def test_any_complaint_may_be_confidential_and_one_about_an_official_always_is(desk, kota, kind, facts, confidential):
    case = channels.record(desk, kota, "a", _report(kind=kind), **facts)
    assert case.confidential == confidential
    shown = queries.case_view(desk.register, kota, case.number)
    assert (shown.reporter == "Bu Endang") == (not confidential)
    assert (shown.phone is None) == confidential


def at_counter(desk, actor, op_id, way, text="", **more):
    return channels.at_counter(desk, actor, op_id, _report(**({"channel": "LOK"} | more)), way, text)


def test_at_the_counter_one_press_records_and_answers(desk, kota):
    case = at_counter(desk, kota, "a", "answer", "Sudah dijelaskan.")
    assert (case.state, case.result_text, case.ended_at is not None) == ("answered", "Sudah dijelaskan.", True)
    assert messages(desk, case) == []
    assert events(desk, case) == ["received", "message", "answer"]
    assert list(check.differences(desk.register)) == []


def test_at_the_counter_the_answer_goes_by_whatsapp_too_where_the_officer_said_so(desk, kota):
    case = at_counter(desk, kota, "a", "answer", "Sudah dijelaskan.", by_whatsapp=True)
    assert [purpose for purpose, _ in messages(desk, case)] == ["answer"]
    assert case.ended_at is None


def test_at_the_counter_one_press_records_and_gives_it_to_the_official(desk, kota):
    case = at_counter(desk, kota, "a", "escalate", "Perlu keputusan pejabat.")
    assert (case.state, case.escalated) == ("received", "end")
    assert [row["number"] for row in queries.with_official(desk.register, who(desk, "pejabat"))] == [case.number]
    with pytest.raises(RuleBroken) as refused:
        commands.answer(desk, press(desk, case, "kota"), text="Jawaban")
    assert refused.value.code == "with_official"
    case = commands.answer(desk, press(desk, case, "pejabat"), text="Diputuskan begini.")
    assert case.state == "answered"


def test_at_the_counter_it_may_wait_in_triage(desk, kota):
    case = at_counter(desk, kota, "a", "triage")
    assert [row["number"] for row in queries.waiting_for_triage(desk.register, kota)] == [case.number]


@pytest.mark.parametrize(("way", "text"), [("triage", ""), ("answer", "Sudah dijelaskan."), ("escalate", "Mohon.")])
def test_a_repeated_press_at_the_counter_does_nothing_more(desk, kota, way, text):
    first = at_counter(desk, kota, "a", way, text, by_whatsapp=True)
    before = everything(desk)
    assert at_counter(desk, kota, "a", way, text, by_whatsapp=True) == first
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("username", "way", "more", "text", "code"),
    [
        ("kota", "answer", {}, " ", "missing_answer"),
        ("kota", "escalate", {}, "", "missing_note"),
        ("kota", "answer", {}, "x" * 3001, "text_too_long"),
        ("kota", "escalate", {}, "x" * 3001, "text_too_long"),
        ("kota", "answer", {"channel": "TLP"}, "Jawaban", "only_counter"),
        ("kota", "forward", {}, "x", "unknown_way"),
        ("kota", "answer", {"name": ""}, "Jawaban", "missing_name"),
        ("pejabat", "escalate", {}, "Mohon", "not_allowed"),
        ("opd.dlh", "answer", {}, "Jawaban", "not_allowed"),
        ("pimpinan", "triage", {}, "", "not_allowed"),
    ],
)
def test_what_cannot_be_at_the_counter_is_refused_before_anything_is_written(desk, username, way, more, text, code):
    before = everything(desk)
    with pytest.raises(RuleBroken) as refused:
        at_counter(desk, who(desk, username), "a", way, text, **more)
    assert refused.value.code == code
    assert everything(desk) == before


@pytest.mark.parametrize(("way", "state"), [("answer", "answered"), ("escalate", "received")])
def test_after_a_crash_between_the_two_steps_the_same_press_makes_the_second(desk, kota, monkeypatch, way, state):
    def crash(*args, **more):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(commands, way, crash)
        with pytest.raises(KeyboardInterrupt):
            at_counter(desk, kota, "a", way, "Sudah dijelaskan.")
    kept = channels.recorded(desk, kota, "a")
    assert events(desk, kept) == ["received", "message"]
    case = at_counter(desk, kota, "a", way, "Sudah dijelaskan.")
    assert (case.id, case.state) == (kept.id, state)
    assert events(desk, case) == ["received", "message", way]
    assert check.count(desk.register)[0] == 1


def test_after_a_crash_what_somebody_else_has_done_meanwhile_stands(desk, kota):
    case = at_counter(desk, kota, "a", "triage")
    forwarded(desk, case)
    with pytest.raises(RuleBroken) as refused:
        at_counter(desk, kota, "a", "answer", "Sudah dijelaskan.")
    assert refused.value.code == "wrong_state"
    assert read_case(desk, case.id).state == "forwarded"


def test_another_answer_after_the_first_is_refused_rather_than_dropped(desk, kota):
    at_counter(desk, kota, "a", "answer", "Jawaban satu")
    with pytest.raises(RuleBroken) as refused:
        at_counter(desk, kota, "a", "answer", "Jawaban lain")
    assert refused.value.code == "wrong_state"


def test_what_a_press_has_become_is_told_to_those_who_take_complaints_down(desk, kota):
    case = channels.record(desk, kota, "a", _report())
    assert channels.recorded(desk, who(desk, "pejabat"), "a") == case
    assert [channels.recorded(desk, kota, op_id) for op_id in ("", "b")] == [None, None]
    assert channels.recorded(desk, who(desk, "opd.dlh"), "a") is None


def events(desk, case) -> list[str]:
    return [kind for (kind,) in ask(desk, "select kind from event where complaint_id = ? order by id", case.id)]


def test_only_the_city_team_writes_complaints_down(desk):
    for username in ("opd.dlh", "tim.dlh", "pimpinan", "admin"):
        with pytest.raises(RuleBroken):
            channels.record(desk, users.actor(desk.register, username), "a", _report())
