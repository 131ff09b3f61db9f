"""Complaints written down by an officer: number, clock, the same person found again, answers told by telephone."""

import pytest

from store import channels, check, commands, queries, users
from store.channels import Report
from store.commands import Press
from store.rules.errors import RuleBroken


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
    assert channels.known_reporter(desk, kota, "+62 812-3456-789") == {
        "name": "Bu Endang",
        "complaints": 1,
        "last_number": first.number,
    }
    second = channels.record(desk, kota, "b", _report(phone="628123456789"))
    assert second.contact_id == first.contact_id
    assert channels.known_reporter(desk, users.actor(desk.register, "opd.dlh"), "08123456789") is None


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
    case = commands.told(desk, Press(kota, case.number, case.version, "c"), note="Ditelepon pukul 10, sudah paham.")
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
        ({"text": "x" * 5001}, "text_too_long"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(desk, kota, change, code):
    with pytest.raises(RuleBroken) as refused:
        channels.record(desk, kota, "a", _report(**change))
    assert refused.value.code == code
    assert check.count(desk.register) == (0, 0)


def test_only_the_city_team_writes_complaints_down(desk):
    for username in ("opd.dlh", "tim.dlh", "pimpinan", "admin"):
        with pytest.raises(RuleBroken):
            channels.record(desk, users.actor(desk.register, username), "a", _report())
