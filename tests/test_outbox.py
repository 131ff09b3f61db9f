"""The sender against the simulator over HTTP: order, leases, lost answers, refusals, the window, limits."""

import dataclasses
import json
import re
from datetime import timedelta

import httpx
import pytest

from ingest import outbox, whatsapp
from ingest.simulator.testing import Receiver, Simulator, until
from store import commands, delivery, health
from store.clock import now

from .cases import approved, new_desk, press
from .house import House
from .postbox import Mailbox, agrees, ask, change, empty, one


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    receiver = Receiver()
    simulator = Simulator(folder / "meta", receiver.url).start()
    simulator.post("options", sent_after=0.01, delivered_after=0.01, read_after=0.01)
    with new_desk(folder / "data", WADUL_SIMULATOR_PORT=str(simulator.port)) as desk:
        mail = Mailbox(desk)
        desk.settings.config["sending"]["unknown_wait_seconds"] = 60
        yield desk, simulator, receiver, mail
        mail.close()
    simulator.stop()
    receiver.close()


@pytest.fixture
def house(parts):
    """Siti has an open case whose acknowledgement has been delivered; nothing else is left of other tests."""
    desk, simulator, _, _ = parts
    httpx.delete(f"{simulator.url}/api/faults").raise_for_status()
    empty(desk)
    house = House(*parts)
    house.hear(house.siti, "Lampu jalan mati")
    house.send()
    house.settle()
    assert one(desk, "select state from message_out")["state"] == "delivered"
    return house


def fault(house: House, kind: str, times: int | None = 1, **more) -> None:
    house.simulator.post("faults", kind=kind, phone=house.siti, times=times, **more)


def wait_is_over(house: House) -> None:
    change(house.desk, "update message_out set next_at = created_at where state = 'unknown'")


def test_a_message_climbs_to_read(house):
    (message_id,) = house.write(house.siti, "Kami periksa")
    assert house.send() == 1
    assert house.states(message_id) == ["accepted"]
    house.settle()
    assert house.states(message_id) == ["delivered"]
    house.simulator.get(f"phones/{house.siti}/chat?looking=1")
    until(lambda: house.drain() or house.states(message_id) == ["read"])
    found = house.letter(message_id)
    assert found["wamid"].startswith("wamid.")
    assert found["created_at"] <= found["sent_at"] <= found["delivered_at"] <= found["read_at"]
    assert house.received(house.siti, "Kami periksa") == 1


def test_each_persons_order_is_kept_also_when_the_first_must_wait(house):
    house.hear(house.budi, "Air keruh")
    house.send()
    mine = house.write(house.siti, "nomor-1", "nomor-2", "nomor-3")
    his = house.write(house.budi, "lain")
    fault(house, "130429")
    house.sender.send_waiting()
    assert house.states(*mine) == ["queued"] * 3
    assert house.states(*his) == ["accepted"]  # nobody waits for another
    assert house.sender.send_waiting() == 0  # the first waits for its gap, the others for the first
    for _ in range(3):
        house.send()
    house.settle()
    arrived = json.dumps([m["content"] for m in house.simulator.chat(house.siti) if m["direction"] == "in"])
    assert re.findall(r"nomor-\d", arrived) == ["nomor-1", "nomor-2", "nomor-3"]


@pytest.mark.parametrize("kind", ["130429", "131056", "131000", "500"])
def test_what_meta_refuses_for_now_is_tried_again_with_growing_gaps(house, kind):
    (message_id,) = house.write(house.siti, "Sabar")
    fault(house, kind, 4)
    gaps = []
    for _ in range(4):
        before = now()
        house.send()
        gaps.append(round((house.letter(message_id)["next_at"] - before).total_seconds()))
    assert gaps == [2, 4, 8, 16]
    assert house.letter(message_id)["error_code"] in (int(kind), 1)
    house.send()
    house.settle()
    assert (house.states(message_id), house.received(house.siti, "Sabar")) == (["delivered"], 1)
    assert house.outcomes(message_id).count("refused") == 4


def test_refusals_have_an_end_and_then_the_telephone(house):
    commands.answer(house.desk, press(house.desk, house.case(house.siti), "kota"), text="Sudah")
    message_id = one(house.desk, "select id from message_out where purpose = 'answer'")["id"]
    fault(house, "131000", None)
    for _ in range(22):
        house.send()
    assert house.states(message_id) == ["failed"]
    assert len(house.outcomes(message_id)) == 40
    assert house.case(house.siti).call_reporter
    assert agrees(house.desk)


def test_without_a_connection_nothing_is_lost_however_long(house):
    first, second = house.write(house.siti, "Satu", "Dua")
    house.sender.wa = whatsapp.client(dataclasses.replace(house.desk.settings, api_url="http://127.0.0.1:9"))
    for _ in range(12):
        house.send()
    assert house.states(first, second) == ["queued", "queued"]
    assert "tidak tersambung" in house.letter(first)["error_text"]
    house.sender.wa = house.wa
    fault(house, "500")  # one refusal more is no end either
    for _ in range(3):
        house.send()
    house.settle()
    assert house.states(first, second) == ["delivered", "delivered"]


@pytest.mark.parametrize(("kind", "more"), [("timeout", {"seconds": 3}), ("drop", {}), ("not_json", {})])
def test_a_lost_answer_is_found_again_by_its_status_and_not_sent_twice(house, kind, more):
    first, second = house.write(house.siti, "Sekali saja", "Berikut")
    fault(house, kind, **more)
    house.send()
    assert house.states(first, second) == ["unknown", "queued"]
    assert house.letter(first)["wamid"] is None
    assert house.send() == 0  # the second waits for what becomes of the first
    house.settle()
    assert house.states(first) == ["delivered"]
    assert house.letter(first)["wamid"] is not None
    house.send()
    house.settle()
    assert house.states(first, second) == ["delivered", "delivered"]
    assert house.received(house.siti, "Sekali saja") == 1
    assert house.outcomes(first) == ["started", "unknown", "found_by_status"]


def test_a_lost_answer_without_a_status_is_sent_again_on_record(house):
    (message_id,) = house.write(house.siti, "Mungkin dua kali")
    house.simulator.post("webhooks/pause")
    fault(house, "drop")
    house.send()
    assert house.states(message_id) == ["unknown"]
    assert house.sender.send_waiting() == 0  # not before the wait is over
    wait_is_over(house)
    assert house.sender.send_waiting() == 1
    assert [row["message_id"] for row in delivery.sent_again(house.desk.register)] == [message_id]
    house.simulator.post("webhooks/resume")
    house.settle()
    assert (house.states(message_id), house.received(house.siti, "Mungkin dua kali")) == (["delivered"], 2)


def test_a_message_whose_outcome_stays_unknown_does_not_hold_up_the_next_for_ever(house):
    first, second = house.write(house.siti, "Hilang", "Berikut")
    house.simulator.post("webhooks/pause")
    fault(house, "drop", 8)
    for _ in range(9):
        wait_is_over(house)
        house.send()
    house.simulator.post("webhooks/resume")
    assert house.states(first, second) == ["failed", "accepted"]
    house.settle()


@pytest.mark.parametrize("already_there", [True, False])
def test_what_a_killed_sender_held_is_settled_by_the_next(house, already_there):
    """Killed between Meta's taking it and the note of it, or before the request."""
    (message_id,) = house.write(house.siti, "Di tengah")
    (leased,) = delivery.lease(house.desk.register, "killed", now(), now() + timedelta(minutes=3), 10, set())
    if already_there:
        whatsapp.send(house.wa, leased, "free")
    house.sender.send_waiting()
    assert house.states(message_id) == ["unknown"]
    house.settle()
    wait_is_over(house)
    house.send()
    house.settle()
    assert (house.states(message_id), house.received(house.siti, "Di tengah")) == (["delivered"], 1)
    assert ("sent_again" in house.outcomes(message_id)) is not already_there


def test_what_this_sender_could_not_note_does_not_stay_behind(house, monkeypatch):
    """The register fails for a moment just when the answer is to be noted; the process lives on."""
    first, second = house.write(house.siti, "Satu", "Dua")
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "accepted", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            house.send()
    assert house.states(first, second) == ["sending", "queued"]
    assert house.send() == 0
    change(house.desk, "update message_out set lease_until = created_at where state = 'sending'")
    house.send()
    assert house.states(first) == ["unknown"]
    house.settle()
    house.send()
    house.settle()
    assert house.states(first, second) == ["delivered", "delivered"]
    assert house.received(house.siti, "Satu") == 1


def close_window(house: House) -> None:
    house.simulator.post("clock", hours=25)
    change(house.desk, "update contact set last_inbound_at = last_inbound_at - interval 25 hour")


def test_outside_the_window_the_template_goes_with_safe_parameters(house):
    (message_id,) = house.write(house.siti, "Baris satu\nbaris dua\tdan      jauh")
    close_window(house)
    house.send()
    house.settle()
    assert (house.states(message_id), house.letter(message_id)["form"]) == (["delivered"], "template")
    sent = house.simulator.chat(house.siti)[-1]["content"]["template"]
    number = house.case(house.siti).number
    assert [p["text"] for p in sent["components"][0]["parameters"]] == [number, "Baris satu baris dua dan jauh"]


def test_a_window_that_only_meta_knows_to_be_closed_brings_the_template_once(house):
    (message_id,) = house.write(house.siti, "Kabar")
    house.simulator.post("clock", hours=25)
    house.send()
    house.settle()
    assert house.states(message_id) == ["queued"]
    house.send()
    house.settle()
    assert (house.states(message_id), house.letter(message_id)["form"]) == (["delivered"], "template")
    assert house.outcomes(message_id) == ["started", "accepted", "window_closed", "started", "accepted"]


@pytest.mark.parametrize("hours", [23.9, 24.1])
def test_the_window_is_measured_a_little_short(house, hours):
    (message_id,) = house.write(house.siti, "Kabar")
    change(house.desk, "update contact set last_inbound_at = ?", now() - timedelta(hours=hours))
    house.send()
    assert house.letter(message_id)["form"] == ("free" if hours < 24 else "template")
    change(house.desk, "update contact set last_inbound_at = ?", now() - timedelta(hours=24, minutes=-1))
    (message_id,) = house.write(house.siti, "Kabar lagi")
    house.send()
    assert house.letter(message_id)["form"] == "template"


def test_an_answer_that_cannot_be_delivered_goes_to_the_telephone(house):
    commands.answer(house.desk, press(house.desk, house.case(house.siti), "kota"), text="Sudah")
    fault(house, "131026")
    house.send()
    house.settle()
    found = one(house.desk, "select * from message_out where purpose = 'answer'")
    assert (found["state"], found["error_code"], found["attempts"]) == ("failed", 131026, 1)
    assert house.case(house.siti).call_reporter
    assert house.case(house.siti).ended_at is None


@pytest.mark.parametrize("kind", ["190", "368", "131031", "131042"])
def test_an_account_that_may_not_send_stops_all_and_loses_nothing(house, kind):
    """131042 comes only as a failed status."""
    first, second = house.write(house.siti, "Satu", "Dua")
    fault(house, kind)
    house.send()
    if kind == "131042":
        house.settle()
    assert health.sending_stopped(house.desk.register)["code"] == int(kind)
    assert house.states(first, second) == ["queued", "queued"]
    assert house.sender.send_waiting() == 0
    health.resume_sending(house.desk.register)
    assert house.sender.send_waiting() == 1  # at once, without a gap
    house.send()
    house.settle()
    assert house.states(first, second) == ["delivered", "delivered"]


def test_somebody_without_a_number_is_written_to(house):
    key = house.simulator.post("phones", name="Tanpa Nomor", no_number=True)["key"]
    house.hear(key, "Banjir")
    house.send()
    until(lambda: house.drain() or house.simulator.chat(key)[-1]["state"] == "delivered")
    sent = house.simulator.get("sends")["sends"][-1]
    assert (json.loads(sent["body"])["recipient"], "to" in json.loads(sent["body"])) == (key, False)


def test_one_person_is_written_to_no_faster_than_meta_allows(house):
    house.sender = outbox.Sender(house.desk, house.wa)
    house.sender.limits = house.sender.limits | {"person_burst": 3, "person_seconds": 600}
    house.hear(house.budi, "Air keruh")
    mine = house.write(house.siti, *"abcde")
    for _ in range(6):
        house.sender.send_waiting()
    assert house.states(*mine) == ["accepted"] * 3 + ["queued"] * 2
    (his,) = ask(house.desk, "select state from message_out where purpose = 'acknowledgement' and state <> 'delivered'")
    assert his["state"] == "accepted"  # the other does not wait
    version = house.desk.register.version
    house.sender.send_waiting()
    assert house.desk.register.version == version  # to wait is no change that pages should look at
    house.sender._people[
        one(house.desk, "select contact_id from message_out where id = ?", mine[0])["contact_id"]
    ].level = 1
    house.sender.send_waiting()
    assert house.states(*mine)[3:] == ["accepted", "queued"]
    house.settle()


def test_buttons_and_the_question_for_a_place_arrive_as_such(house):
    kinds = [m["content"].get("interactive", {}).get("type") for m in house.simulator.chat(house.siti)]
    assert "location_request_message" in kinds
    approved(house.desk, house.case(house.siti))
    change(house.desk, "delete from message_out where purpose in ('forwarded', 'started')")
    house.send()
    house.settle()
    buttons = house.simulator.chat(house.siti)[-1]["content"]["interactive"]["action"]["buttons"]
    number = house.case(house.siti).number
    assert [b["reply"]["id"] for b in buttons] == [f"confirm:{number}", f"reopen:{number}"]
    house.simulator.say(house.siti, kind="button_reply", id=f"confirm:{number}")
    until(lambda: house.drain() or one(house.desk, "select state from complaint")["state"] == "closed")


def test_an_offer_of_a_form_that_is_gone_goes_without_its_button(house):
    (message_id,) = house.write(house.siti, "Nomor aduan Anda")
    draft = house.wa.create_flow("Belum terbit", ["CONTACT_US"], waba_id="100000000000002")
    offered = {"id": str(draft.id), "screen": "ADUAN", "title": "Isi formulir", "token": "aduan:WA-1"}
    form = json.dumps({"flow": offered})
    change(house.desk, "update message_out set kind = 'flow', extra = ? where id = ?", form, message_id)
    house.send()
    assert house.outcomes(message_id)[-1] == "refused"
    house.send()
    house.settle()
    assert (house.letter(message_id)["kind"], house.states(message_id)) == ("text", ["delivered"])
    assert house.received(house.siti, "Nomor aduan Anda") == 1
