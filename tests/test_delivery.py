"""Statuses, silence and health: what is known of a message never becomes less, and nothing waits unseen."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import commands, delivery, health, silence
from store.clock import now
from store.delivery import Reported
from store.rules.case import Case
from store.rules.workflow import State

from .cases import add_message, approved, forwarded, new_desk, press, take_in, who
from .postbox import agrees, ask, change, empty, one

LADDER = ("sent", "delivered", "read")
NOW = now()
# The test's moment for statuses: after everything that it makes.
# After everything that the commands, by the clock on the wall, do while the whole suite runs.
LATER = NOW + timedelta(minutes=55)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("office")) as desk:
        yield desk


@pytest.fixture
def desk(office):
    empty(office)
    return office


def sent_letter(desk, **more) -> int:
    """A message in the outbox as it is after one send; its id."""
    case = take_in(desk)
    commands.reply(desk, press(desk, case, "kota"), text="Mohon alamatnya")
    given = {"state": "accepted", "purpose": "reply", "wamid": "wamid.1", "form": "free", "attempts": 1} | more
    change(desk, f"update message_out set {', '.join(f'{name} = ?' for name in given)}", *given.values())
    return letter(desk)["id"]


def case_now(desk, case: Case) -> Case:
    return commands.case_of(desk, case.number, who(desk, "kota"))


def report(desk, *statuses: Reported) -> None:
    with desk.register.atomic() as cursor:
        delivery.apply_statuses(cursor, list(statuses), LATER)


def told(
    status: str, message_id: int | str = 1, wamid: str | None = "wamid.1", code=None, minutes: int = 1
) -> Reported:
    return Reported(wamid, status, str(message_id), NOW + timedelta(minutes=minutes), code, "why" if code else None)


def letter(desk) -> dict:
    return one(desk, "select * from message_out")


def expected(statuses: list[str]) -> str:
    """What a message that Meta took has become: the highest seen, or failed, which ends unless it had arrived."""
    state = "accepted"
    for status in statuses:
        if status == "failed":
            state = state if state in ("delivered", "read") else "failed"
        elif status in delivery.REPORTED and state != "failed":
            state = max(state, delivery.REPORTED[status], key=delivery.RANK.get)
    return state


@pytest.fixture(scope="module")
def only_letter(office):
    return sent_letter(office)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([*LADDER, "played", "failed", "frozen"]), max_size=7), st.booleans())
def test_rank_never_falls_whatever_the_order(office, only_letter, statuses, together):
    clean = "state = 'accepted', sent_at = null, delivered_at = null, read_at = null, error_code = null"
    change(office, f"update message_out set {clean} where id = ?", only_letter)
    reports = [told(status, only_letter, code=131026 if status == "failed" else None) for status in statuses]
    for batch in [reports] if together else [[status] for status in reports]:
        report(office, *batch)
    assert one(office, "select state from message_out where id = ?", only_letter)["state"] == expected(statuses)


@pytest.mark.parametrize("order", list(itertools.permutations(LADDER)))
def test_every_order_of_the_ladder_ends_at_read_with_its_times(desk, order):
    message_id = sent_letter(desk)
    for status in order:
        report(desk, told(status, message_id, minutes=LADDER.index(status) + 1))
        report(desk, told(status, message_id, minutes=4))
    found = letter(desk)
    assert found["state"] == "read"
    assert found["sent_at"] <= found["delivered_at"] <= found["read_at"] or order != LADDER
    assert None not in (found["sent_at"], found["delivered_at"], found["read_at"])


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (told("read", wamid="wamid.9", message_id=777), "accepted"),
        (told("read", wamid=None, message_id="9" * 40), "accepted"),
        (told("read", wamid="wamid.9", message_id="²"), "accepted"),
        (told("read", wamid="wamid.9", message_id="outbox:17"), "accepted"),
        (told("read", wamid="wamid.9", message_id=""), "accepted"),
        # The tracker of an earlier register, or of another program with this number: the id at Meta is another.
        (told("read", wamid="wamid.9", message_id=1), "accepted"),
        # Without a tracker of ours, the id at Meta is enough.
        (told("read", message_id="outbox:17"), "read"),
        (told("read", message_id="9" * 40), "read"),
        (told("read", message_id="²"), "read"),
        (Reported("wamid.1", "read", None, None, None, None), "read"),
        (told("frozen"), "accepted"),
    ],
)
def test_a_status_finds_its_message_or_nothing(desk, status, state):
    message_id = sent_letter(desk)
    if status.tracker == "1":
        status = told(status.status, message_id, status.wamid)
    report(desk, status)
    assert letter(desk)["state"] == state


def test_a_status_of_a_message_that_was_never_sent_is_another_registers(desk):
    message_id = sent_letter(desk, state="queued", attempts=0, wamid=None)
    report(desk, told("delivered", message_id), told("failed", message_id, code=131026))
    assert letter(desk)["state"] == "queued"


def test_a_mixed_batch_with_and_without_tracker_is_one_message(desk):
    message_id = sent_letter(desk)
    report(desk, told("read", message_id), Reported("wamid.1", "sent", None, NOW, None, None))
    assert letter(desk)["state"] == "read"


def test_a_message_of_unknown_outcome_is_found_by_its_status(desk):
    message_id = sent_letter(desk, state="unknown", wamid=None)
    report(desk, told("sent", message_id, "wamid.5"))
    found = letter(desk)
    assert (found["state"], found["wamid"]) == ("sent", "wamid.5")
    assert one(desk, "select outcome from send_attempt")["outcome"] == "found_by_status"


def test_a_closed_window_brings_the_template_once(desk):
    message_id = sent_letter(desk)
    report(desk, told("failed", message_id, code=131047), told("failed", message_id, code=131047))
    assert (letter(desk)["state"], letter(desk)["form"]) == ("queued", "template")
    report(desk, told("sent", message_id))  # older news of the same try
    assert letter(desk)["state"] == "queued"
    change(desk, "update message_out set state = 'accepted', wamid = 'wamid.2', attempts = 2")
    report(desk, told("failed", message_id, "wamid.1", code=131047))
    assert letter(desk)["state"] == "accepted"
    report(desk, told("failed", message_id, "wamid.2", code=131047))
    assert letter(desk)["state"] == "failed"


def test_the_answer_to_a_send_does_not_undo_a_faster_status(desk):
    message_id = sent_letter(desk, state="sending", wamid=None)
    report(desk, told("failed", message_id, code=131047))
    with desk.register.atomic() as cursor:
        delivery.accepted(cursor, message_id, "wamid.1", "free", NOW)
    assert (letter(desk)["state"], letter(desk)["form"]) == ("queued", "template")


@pytest.mark.parametrize("faster", ["sent", "delivered", "read"])
def test_an_error_after_a_status_does_not_undo_it(desk, faster):
    message_id = sent_letter(desk, state="sending", wamid=None, purpose="answer")
    report(desk, told(faster, message_id))
    with desk.register.atomic() as cursor:
        delivery.failed(cursor, message_id, 131026, "x", LATER)
        delivery.retry(cursor, message_id, None, 1, "x", LATER, LATER)
        delivery.unknown(cursor, message_id, "free", LATER, LATER, "x")
    assert letter(desk)["state"] == faster
    assert not one(desk, "select call_reporter from complaint")["call_reporter"]


def test_a_failure_for_now_that_comes_as_a_status_is_tried_again_with_growing_gaps(desk):
    message_id, gaps = sent_letter(desk), []
    for attempt in range(1, 8):
        change(desk, "update message_out set state = 'accepted', wamid = 'wamid.1', attempts = ?", attempt)
        report(desk, told("failed", message_id, code=131000))
        assert letter(desk)["state"] == "queued"
        gaps.append((letter(desk)["next_at"] - LATER).total_seconds())
    assert gaps == sorted(gaps)
    assert gaps[-1] > 30 * gaps[0]
    change(desk, "update message_out set state = 'accepted', wamid = 'wamid.1', attempts = 8")
    report(desk, told("failed", message_id, code=131000))
    assert letter(desk)["state"] == "failed"


def test_an_account_that_may_not_send_stops_all_and_loses_nothing(desk):
    message_id = sent_letter(desk)
    report(desk, told("failed", message_id, code=131042))
    assert letter(desk)["state"] == "queued"
    assert health.sending_stopped(desk.register)["code"] == 131042


def answered(desk) -> Case:
    case = take_in(desk)
    return commands.answer(desk, press(desk, case, "kota"), text="Sudah dijadwalkan")


def sent_of(desk, case: Case, purpose: str) -> int:
    change(
        desk, "update message_out set state = 'accepted', attempts = 1, wamid = 'wamid.1' where purpose = ?", purpose
    )
    return one(desk, "select id from message_out where complaint_id = ? and purpose = ?", case.id, purpose)["id"]


@pytest.mark.parametrize("status", ["delivered", "read"])
def test_a_delivered_answer_ends_the_case(desk, status):
    case = answered(desk)
    assert case.ended_at is None
    message_id = sent_of(desk, case, "answer")
    report(desk, told("sent", message_id))
    assert case_now(desk, case).ended_at is None
    report(desk, told(status, message_id), told("delivered", message_id), told("read", message_id))
    ended = case_now(desk, case)
    assert ended.ended_at is not None
    assert case.received_at <= ended.ended_at <= LATER
    assert len(ask(desk, "select 1 from event where kind = 'delivered'")) == 1
    assert agrees(desk)


@pytest.mark.parametrize("minutes", [-60 * 24 * 365, 60 * 24 * 365 * 50])
def test_metas_clock_does_not_date_the_end_of_a_case(desk, minutes):
    case = answered(desk)
    report(desk, told("delivered", sent_of(desk, case, "answer"), minutes=minutes))
    assert case.state_since - timedelta(seconds=1) <= case_now(desk, case).ended_at <= LATER


@pytest.mark.parametrize("purpose", ["answer", "result"])
def test_news_that_cannot_be_delivered_calls_for_the_telephone_once(desk, purpose):
    case = answered(desk) if purpose == "answer" else approved(desk, take_in(desk))
    message_id = sent_of(desk, case, purpose)
    report(desk, told("failed", message_id, code=131026), told("failed", message_id, code=131026))
    found = case_now(desk, case)
    assert (found.call_reporter, found.ended_at) == (True, None)
    assert len(ask(desk, "select 1 from event where kind = 'delivery_failed'")) == 1
    assert one(desk, "select error_code from message_out where id = ?", message_id)["error_code"] == 131026
    assert agrees(desk)


@pytest.mark.parametrize("purpose", ["reply"])
def test_whatever_the_reporter_misses_must_be_told_another_way(desk, purpose):
    case = take_in(desk)
    commands.reply(desk, press(desk, case, "kota"), text="Mohon alamatnya")
    report(desk, told("failed", sent_of(desk, case, purpose), code=131026))
    assert case_now(desk, case).call_reporter
    commands.told(desk, press(desk, case_now(desk, case), "kota"), how="telephone", note="Ditelepon")
    found = case_now(desk, case)
    assert (found.call_reporter, found.ended_at, found.state) == (False, None, "received")


def test_news_of_the_way_that_fails_leaves_the_case_alone(desk):
    case = forwarded(desk, take_in(desk), "DLH")
    report(desk, told("failed", sent_of(desk, case, "forwarded"), code=131026))
    assert not case_now(desk, case).call_reporter


DAY = timedelta(days=1)


def waiting(desk, *, arrived: str | None = "delivered") -> Case:
    """A case whose result went out just now."""
    case = approved(desk, take_in(desk))
    message_id = sent_of(desk, case, "result")
    if arrived:
        report(desk, told(arrived, message_id))
    return case


def test_ten_calendar_days_of_silence_close_a_case_and_not_one_less(desk):
    case = waiting(desk)
    assert silence.lapse(desk, LATER + 10 * DAY - timedelta(hours=1)) == 0
    assert silence.lapse(desk, LATER + 10 * DAY + timedelta(minutes=1)) == 1
    closed = case_now(desk, case)
    assert (closed.state, closed.closing) == (State.CLOSED, "silence")
    assert silence.lapse(desk, LATER + 20 * DAY) == 0
    assert agrees(desk)


def test_a_result_that_failed_keeps_its_case_open(desk):
    case = waiting(desk, arrived=None)
    report(desk, told("failed", one(desk, "select id from message_out where purpose = 'result'")["id"], code=131026))
    assert silence.lapse(desk, LATER + 30 * DAY) == 0
    assert case_now(desk, case).state == State.AWAITING_CONFIRMATION


def test_a_reporter_who_wrote_is_not_silent(desk):
    case = waiting(desk)
    add_message(desk, case, "Belum selesai, masih mati", now=LATER + 8 * DAY)
    assert silence.lapse(desk, LATER + 11 * DAY) == 0
    assert silence.lapse(desk, LATER + 19 * DAY) == 1


@pytest.mark.parametrize("state", ["queued", "unknown", "accepted", "sent"])
@pytest.mark.parametrize("purpose", ["answer", "result"])
def test_news_that_has_not_arrived_in_two_days_is_told_by_telephone(desk, purpose, state):
    case = answered(desk) if purpose == "answer" else approved(desk, take_in(desk))
    message_id = sent_of(desk, case, purpose)
    change(desk, "update message_out set state = ? where id = ?", state, message_id)
    assert silence.call_unreached(desk, NOW + DAY) == 0
    assert silence.call_unreached(desk, NOW + 2 * DAY + timedelta(hours=1)) == 1
    assert silence.call_unreached(desk, NOW + 3 * DAY) == 0
    called = case_now(desk, case)
    assert called.call_reporter
    assert silence.lapse(desk, NOW + 30 * DAY) == 0
    commands.told(desk, press(desk, called, "kota"), how="telephone", note="Sudah ditelepon", now=NOW + 4 * DAY)
    assert silence.call_unreached(desk, NOW + 30 * DAY) == 0
    assert silence.lapse(desk, NOW + 13 * DAY) == 0  # the days count from the call
    assert silence.lapse(desk, NOW + 15 * DAY) == (purpose == "result")
    assert agrees(desk)


def test_news_that_arrives_at_last_needs_no_call_and_ten_days_begin(desk):
    case = waiting(desk, arrived=None)
    silence.call_unreached(desk, NOW + 3 * DAY)
    message_id = one(desk, "select id from message_out where purpose = 'result'")["id"]
    with desk.register.atomic() as cursor:
        late = Reported("wamid.1", "delivered", str(message_id), NOW + 12 * DAY, None, None)
        delivery.apply_statuses(cursor, [late], NOW + 12 * DAY)
    assert not case_now(desk, case).call_reporter
    assert silence.lapse(desk, NOW + 13 * DAY) == 0
    assert silence.lapse(desk, NOW + 23 * DAY) == 1


def test_health_shows_what_was_taken_and_never_told_of_again(desk):
    sent_letter(desk)
    assert health.overview(desk.register, NOW)["unconfirmed"] == 0
    assert health.overview(desk.register, NOW + timedelta(hours=2))["unconfirmed"] == 1
