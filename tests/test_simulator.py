"""The simulator as the service meets it: real HTTP, pywa as client, pywa's own signature check on the webhooks."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import time

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from pywa import WhatsApp, types
from pywa.errors import ExpiredAccessToken, RateLimitHit, TemplateNotExists, TooManyMessages, WhatsAppError
from pywa.types import Button, FlowButton, Section, SectionList, SectionRow
from pywa.types.templates import BodyText, TemplateLanguage

from ingest.simulator.app import bind_host
from ingest.simulator.testing import PHONE_ID, SECRET, Receiver, Simulator, ToSimulator, free_port, until
from ingest.simulator.webhooks import ACCOUNT_ID
from store import settings

SITI, BUDI = "6285500000101", "6285500000102"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def simulator(tmp_path, receiver):
    made = Simulator(tmp_path, receiver.url).start()
    made.post("options", sent_after=0.02, delivered_after=0.02, read_after=0.02)
    yield made
    made.stop()


@pytest.fixture
def wa(simulator):
    session = httpx.Client(transport=ToSimulator(simulator.port), timeout=5)
    with session:
        yield WhatsApp(phone_id=PHONE_ID, token="demo", session=session, server=None, app_secret=SECRET)


@pytest.fixture
def open_window(simulator, receiver):
    """Siti has written just now."""
    simulator.say(SITI, text="Halo")
    until(receiver.messages)


def test_a_text_arrives_signed_and_escaped_in_metas_shape(simulator, receiver):
    wamid = simulator.say(SITI, text="Jalan rusak – “parah” 😡")
    until(receiver.messages)
    assert receiver.raw[0].isascii()
    body = json.loads(receiver.raw[0])
    assert body["object"] == "whatsapp_business_account"
    value = body["entry"][0]["changes"][0]["value"]
    assert value["metadata"] == {"display_phone_number": "6280000000000", "phone_number_id": PHONE_ID}
    contact, message = value["contacts"][0], value["messages"][0]
    assert (contact["wa_id"], contact["profile"]) == (SITI, {"name": "Siti Rahmawati"})
    assert message["text"] == {"body": "Jalan rusak – “parah” 😡"}
    assert (message["id"], message["from"], message["from_user_id"]) == (wamid, SITI, contact["user_id"])
    assert abs(int(message["timestamp"]) - time.time()) < 5


PICTURE = {"data": base64.b64encode(PNG).decode(), "mime": "image/png"}


@pytest.mark.parametrize(
    ("sent", "parser"),
    [
        ({"kind": "image", "caption": "lubang", **PICTURE}, types.Message),
        ({"kind": "audio", **PICTURE, "mime": "audio/ogg; codecs=opus"}, types.Message),
        ({"kind": "document", "filename": "surat.pdf", **PICTURE}, types.Message),
        ({"kind": "location", "latitude": -6.889, "longitude": 109.674, "name": "Alun-Alun"}, types.Message),
        ({"kind": "contacts", "name": "Pak RT", "phone": "+62 855 1"}, types.Message),
        ({"kind": "reaction", "message_id": "{first}", "emoji": "👍"}, types.Message),
        ({"kind": "text", "text": "jawab", "reply_to": "{first}"}, types.Message),
        ({"kind": "edit", "message_id": "{first}", "text": "baru"}, types.EditedMessage),
        ({"kind": "revoke", "message_id": "{first}"}, types.DeletedMessage),
        ({"kind": "nfm_reply", "message_id": "{first}", "response": {"flow_token": "x"}}, types.FlowCompletion),
    ],
    ids=lambda part: part.get("kind") if isinstance(part, dict) else "",
)
def test_each_kind_is_what_pywa_reads(simulator, receiver, wa, sent, parser):
    first = simulator.say(SITI, text="pertama")
    sent = {name: first if value == "{first}" else value for name, value in sent.items()}
    simulator.say(SITI, **sent)
    until(lambda: len(receiver.raw) == 2)
    read = parser.from_update(wa, json.loads(receiver.raw[1]))
    assert read.from_user.wa_id == SITI
    if sent["kind"] in ("image", "audio", "document"):
        assert getattr(read, sent["kind"]).get_bytes() == PNG
    if sent["kind"] == "location":
        assert (read.location.latitude, read.location.longitude) == (-6.889, 109.674)
    if sent.get("reply_to"):
        assert read.reply_to_message.id == first
    if parser is types.DeletedMessage:
        assert simulator.chat(SITI)[0]["revoked"]
    if parser is types.EditedMessage:
        assert (read.original_message_id, read.message.text) == (first, "baru")


def test_a_raw_message_is_delivered_as_it_is(simulator, receiver):
    simulator.say(SITI, kind="raw", message={"type": "hologram", "hologram": {"x": 1}})
    until(receiver.messages)
    assert receiver.messages()[0]["hologram"] == {"x": 1}


def test_an_accepted_message_climbs_the_ladder_with_its_tracker(simulator, receiver, wa, open_window):
    sent = wa.send_message(SITI, "Laporan diterima", tracker="outbox-7")
    until(lambda: receiver.ladder(sent.id) == ["sent", "delivered"])
    for status in receiver.statuses(sent.id):
        assert status["biz_opaque_callback_data"] == "outbox-7"
        assert status["recipient_id"] == SITI
        assert status["pricing"]["type"] == "free_customer_service"
    read = types.MessageStatus.from_update(wa, json.loads(receiver.raw[-1]))
    assert (read.tracker, read.from_user.wa_id) == ("outbox-7", SITI)
    simulator.get(f"phones/{SITI}/chat?looking=1")
    until(lambda: receiver.ladder(sent.id) == ["sent", "delivered", "read"])


def test_a_phone_that_is_off_receives_when_it_comes_back(simulator, receiver, wa, open_window):
    simulator.post(f"phones/{SITI}", online=False)
    sent = wa.send_message(SITI, "Halo")
    until(lambda: receiver.ladder(sent.id) == ["sent"])
    time.sleep(0.3)
    assert receiver.ladder(sent.id) == ["sent"]
    simulator.post(f"phones/{SITI}", online=True)
    until(lambda: receiver.ladder(sent.id) == ["sent", "delivered"])


def test_buttons_and_lists_are_answered_with_what_was_offered(simulator, receiver, wa, open_window):
    asked = wa.send_message(SITI, "Sudah beres?", buttons=[Button("Sudah selesai", "done"), Button("Belum", "open")])
    rows = [SectionRow("Jalan", "road", "Jalan rusak"), SectionRow("Lampu", "lamp")]
    listed = wa.send_message(SITI, "Yang mana?", buttons=SectionList("Pilih", [Section("Aduan", rows)]))
    until(lambda: receiver.ladder(listed.id) == ["sent", "delivered"])
    simulator.say(SITI, kind="button_reply", id="done")
    simulator.say(SITI, kind="list_reply", id="road")
    until(lambda: len(receiver.messages()) == 3)
    pressed, chosen = receiver.messages()[1:]
    assert pressed["interactive"] == {"type": "button_reply", "button_reply": {"id": "done", "title": "Sudah selesai"}}
    assert pressed["context"]["id"] == asked.id
    assert chosen["interactive"]["list_reply"] == {"id": "road", "title": "Jalan", "description": "Jalan rusak"}
    bodies = [raw for raw in receiver.raw if b"_reply" in raw]
    assert types.CallbackButton.from_update(wa, json.loads(bodies[0])).data == "done"
    assert types.CallbackSelection.from_update(wa, json.loads(bodies[1])).data == "road"
    unknown = httpx.post(f"{simulator.url}/api/phones/{SITI}/messages", json={"kind": "button_reply", "id": "nope"})
    assert unknown.status_code == 400


def test_every_kind_the_service_sends_is_accepted(simulator, wa, open_window):
    wa.request_location(SITI, "Di mana?")
    wa.send_message(SITI, "Isi", buttons=FlowButton("Isi formulir", flow_id="1", flow_token="t"))
    wa.send_image(SITI, PNG, caption="hasil", mime_type="image/png")
    wa.send_document(SITI, PNG, filename="a.png", mime_type="image/png")
    wa.send_audio(SITI, PNG, mime_type="audio/mpeg")
    wa.send_location(SITI, -6.8, 109.6, name="Kantor")
    incoming = simulator.chat(SITI)[0]["id"]
    wa.send_reaction(SITI, "👍", incoming)
    wa.indicate_typing(incoming)
    found = simulator.chat(SITI)
    kinds = ["interactive", "interactive", "image", "document", "audio", "location", "reaction"]
    assert [message["kind"] for message in found[1:]] == kinds
    assert (found[0]["reaction"], found[0]["state"]) == ("👍", "read")
    assert simulator.get("phones")["phones"][0]["typing_until"] > time.time()


def test_media_comes_by_id_with_a_token_only_and_while_the_address_lives(simulator, wa):
    media = wa.upload_media(PNG, mime_type="image/png", filename="a.png")
    found = wa.get_media_url(media.id)
    assert (found.sha256, found.file_size) == (hashlib.sha256(PNG).hexdigest(), len(PNG))
    assert wa.get_media_bytes(found.url) == PNG
    assert httpx.get(found.url).status_code == 401
    bearer = {"Authorization": "Bearer demo"}
    assert httpx.get(found.url.replace("ext=1", "ext=9"), headers=bearer).status_code == 404
    simulator.post("faults", kind="media_404", times=1)
    assert httpx.get(found.url, headers=bearer).status_code == 404
    simulator.post("faults", kind="media_slow", times=1, seconds=0.4)
    begun = time.monotonic()
    assert httpx.get(found.url, headers=bearer).content == PNG
    assert time.monotonic() - begun > 0.4
    with pytest.raises(WhatsAppError) as caught:
        wa.get_media_url("12345")
    assert caught.value.code == 100


def make_template(simulator, wa, approved_after=0.02) -> BodyText:
    """A template "hasil", approved a moment later as Meta does."""
    simulator.post("options", approved_after=approved_after)
    components = [{"type": "BODY", "text": "Aduan {{1}} sudah selesai."}]
    given = {"name": "hasil", "language": "id", "category": "UTILITY", "components": components}
    wa.api.send_raw_request("POST", f"/{ACCOUNT_ID}/message_templates", json=given)

    def status():
        found = wa.api.send_raw_request("GET", f"/{ACCOUNT_ID}/message_templates")["data"]
        return next(each["status"] for each in found if each["name"] == "hasil")

    if approved_after < 1:
        until(lambda: status() == "APPROVED")
    return BodyText("Aduan {{1}} sudah selesai.", "WA-1")


def test_outside_24_hours_free_text_fails_later_and_a_template_goes(simulator, receiver, wa, open_window):
    simulator.post("clock", hours=25, phone=SITI)
    late = wa.send_message(SITI, "Terlambat", tracker="9")
    until(lambda: receiver.ladder(late.id) == ["failed"])
    failed = receiver.statuses(late.id)[0]
    assert (failed["errors"][0]["code"], failed["biz_opaque_callback_data"]) == (131047, "9")
    assert all("contacts" not in value for value in receiver.values if failed in value.get("statuses", ()))
    text = make_template(simulator, wa)
    template = wa.send_template(SITI, "hasil", TemplateLanguage.INDONESIAN, [text.params("WA-2026-00042")])
    until(lambda: receiver.ladder(template.id) == ["sent", "delivered"])
    assert receiver.statuses(template.id)[0]["pricing"]["billable"] is True
    simulator.say(SITI, text="lama", hours_ago=30)
    assert simulator.get("phones")["phones"][0]["window_open"] is False
    until(lambda: time.time() - int(receiver.messages()[-1]["timestamp"]) > 29 * 3600)
    simulator.say(SITI, text="baru")
    now_open = wa.send_message(SITI, "Sekarang")
    until(lambda: receiver.ladder(now_open.id) == ["sent", "delivered"])


def test_a_created_template_is_counted_and_shown_filled(simulator, wa, open_window):
    text = make_template(simulator, wa)
    wa.send_template(SITI, "hasil", TemplateLanguage.INDONESIAN, [text.params("WA-2")])
    assert simulator.chat(SITI)[-1]["template_text"] == "Aduan WA-2 sudah selesai."
    with pytest.raises(WhatsAppError) as caught:
        wa.send_template(SITI, "hasil", TemplateLanguage.INDONESIAN, [])
    assert caught.value.code == 132000


def test_a_template_that_is_not_approved_yet_is_refused(simulator, wa, open_window):
    text = make_template(simulator, wa, approved_after=60)
    with pytest.raises(TemplateNotExists) as caught:
        wa.send_template(SITI, "hasil", TemplateLanguage.INDONESIAN, [text.params("WA-2")])
    assert caught.value.code == 132001


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a     b"])
def test_a_template_parameter_with_breaks_is_refused(wa, value):
    text = BodyText("Aduan {{1}}", "x")
    with pytest.raises(WhatsAppError) as caught:
        wa.send_template(SITI, "hasil", TemplateLanguage.INDONESIAN, [text.params(value)])
    assert caught.value.code == 132018


def test_what_meta_finds_too_long_is_refused(wa):
    for send in (
        lambda: wa.send_message(SITI, "x" * 4097),
        lambda: wa.send_message(SITI, "Pilih", buttons=[Button("x" * 21, "a")]),
        lambda: wa.send_message(SITI, "Pilih", buttons=[Button(str(n), str(n)) for n in range(4)]),
        lambda: wa.send_message(SITI, "Pilih", buttons=SectionList("P", [Section("S", [SectionRow("x" * 25, "a")])])),
    ):
        with pytest.raises(WhatsAppError) as caught:
            send()
        assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("130429", RateLimitHit, 400),
        ("131056", TooManyMessages, 400),
        ("190", ExpiredAccessToken, 401),
        ("500", WhatsAppError, 500),
    ],
)
def test_a_refusal_reaches_one_phone_so_many_times(simulator, wa, open_window, kind, error, status):
    simulator.post("faults", kind=kind, phone=SITI, times=2)
    simulator.say(BUDI, text="Halo")
    assert wa.send_message(BUDI, "x").id
    for _ in range(2):
        with pytest.raises(error) as caught:
            wa.send_message(SITI, "x")
        assert caught.value.status_code == status
    assert wa.send_message(SITI, "x").id
    outcomes = [send["outcome"].split()[0] for send in simulator.get("sends")["sends"]]
    assert outcomes == ["accepted", "refused", "refused", "accepted"]


def test_a_fault_without_a_count_stays_until_it_is_cleared(simulator, receiver, wa, open_window):
    simulator.post("faults", kind="131026")
    for _ in range(2):
        sent = wa.send_message(SITI, "x")
        until(lambda sent=sent: receiver.ladder(sent.id) == ["failed"])
        assert receiver.statuses(sent.id)[0]["errors"][0]["code"] == 131026
    httpx.delete(f"{simulator.url}/api/faults").raise_for_status()
    sent = wa.send_message(SITI, "x")
    until(lambda: receiver.ladder(sent.id) == ["sent", "delivered"])


@pytest.mark.parametrize(
    ("kind", "error"),
    [("timeout", httpx.ReadTimeout), ("drop", httpx.RemoteProtocolError), ("not_json", json.JSONDecodeError)],
)
def test_an_answer_that_is_lost_is_found_by_its_tracker(simulator, receiver, wa, open_window, kind, error):
    simulator.post("faults", kind=kind, times=1)
    wa.api._session.timeout = 0.5
    with pytest.raises(error):
        wa.send_message(SITI, "Halo", tracker="outbox-8")
    trackers = until(lambda: [s["biz_opaque_callback_data"] for s in receiver.statuses()])
    assert trackers[0] == "outbox-8"
    assert [send["tracker"] for send in simulator.get("sends")["sends"]] == ["outbox-8"]
    until(lambda: simulator.chat(SITI)[-1]["state"] == "delivered")


def test_an_unknown_number_is_accepted_and_fails(receiver, wa):
    sent = wa.send_message("6281234567", "x", tracker="3")
    until(lambda: receiver.ladder(sent.id) == ["failed"])
    failed = receiver.statuses(sent.id)[0]
    assert (failed["recipient_id"], failed["errors"][0]["code"]) == ("6281234567", 131026)


def test_a_person_without_a_number_is_known_by_bsuid_only(simulator, receiver, wa):
    phone = simulator.get("phones")["phones"][2]
    assert phone["wa_id"] is None
    simulator.say(phone["key"], text="Halo")
    until(receiver.messages)
    contact, message = receiver.values[0]["contacts"][0], receiver.messages()[0]
    assert ("wa_id" not in contact, "from" not in message) == (True, True)
    assert contact["user_id"] == message["from_user_id"] == phone["bsuid"]
    answer = wa.api.send_message(
        PHONE_ID, None, phone["bsuid"], "individual", "text", {"body": "Hai"}, biz_opaque_callback_data="5"
    )
    wamid = answer["messages"][0]["id"]
    until(lambda: receiver.ladder(wamid) == ["sent", "delivered"])
    assert "recipient_id" not in receiver.statuses(wamid)[0]
    # pywa 4.5.0 takes a BSUID with letters for a group; Meta would not deliver that.
    with pytest.raises(WhatsAppError):
        wa.send_message(phone["bsuid"], "Hai")


def test_a_webhook_refused_with_503_comes_again_with_growing_gaps(simulator, receiver):
    receiver.answers = [503, 503]
    simulator.say(SITI, text="Halo")
    until(receiver.messages)
    times = [moment for moment, _ in receiver.attempts]
    assert [status for _, status in receiver.attempts] == [503, 503, 200]
    assert times[1] - times[0] >= 0.45
    assert times[2] - times[1] >= 0.9
    until(lambda: simulator.get("webhooks")["pending"] == 0)


def test_held_webhooks_come_after_release_batched_and_twice(simulator, receiver):
    simulator.post("webhooks/pause")
    wamids = [simulator.say(SITI, text=text) for text in ("satu", "dua")]
    time.sleep(0.3)
    assert (receiver.raw, simulator.get("webhooks")["pending"]) == ([], 2)
    simulator.post("options", batch=2)
    simulator.post("webhooks/resume")
    until(receiver.messages)
    assert len(receiver.raw) == 1
    assert [message["id"] for message in receiver.messages()] == wamids
    assert len(receiver.values[0]["contacts"]) == 1
    simulator.post("options", batch=1, duplicates=1)
    again = simulator.say(SITI, text="tiga")
    until(lambda: [message["id"] for message in receiver.messages()].count(again) == 2)


def test_chats_and_waiting_webhooks_survive_sigkill(tmp_path, receiver):
    killed = Simulator(tmp_path, receiver.url).start_process()
    killed.post("webhooks/pause")
    wamid = killed.say(SITI, text="Masih ada?")
    url, bearer = f"{killed.url}/v26.0/{PHONE_ID}/messages", {"Authorization": "Bearer demo"}
    text = {"messaging_product": "whatsapp", "to": SITI, "type": "text", "text": {"body": "Jawaban"}}
    sent = httpx.post(url, json=text, headers=bearer).json()["messages"][0]["id"]
    killed.stop()
    back = Simulator(tmp_path, receiver.url).start()
    assert [message["id"] for message in back.chat(SITI)] == [wamid, sent]
    back.post("webhooks/resume")
    until(lambda: [message["id"] for message in receiver.messages()] == [wamid])
    until(lambda: receiver.ladder(sent) == ["sent", "delivered"])
    back.stop()


def test_a_listener_that_is_down_gets_everything_when_it_is_back(tmp_path):
    port = free_port()
    simulator = Simulator(tmp_path, f"http://127.0.0.1:{port}/whatsapp").start()
    simulator.say(SITI, text="Ada orang?")
    until(lambda: simulator.get("webhooks")["webhooks"][0]["last_result"] == "ConnectError")
    back = Receiver(port)
    until(back.messages)
    simulator.stop()
    back.close()


def test_the_challenge_and_account_webhooks(simulator, receiver):
    assert simulator.post("webhooks/verify") == {"ok": True, "status": "200"}
    simulator.post("status/template", name="hasil", event="REJECTED", reason="INVALID_FORMAT")
    value = until(lambda: receiver.values)[0]
    assert (value["event"], value["message_template_name"]) == ("REJECTED", "hasil")


def test_requests_without_token_and_for_another_number_are_refused(simulator):
    url = f"{simulator.url}/v26.0/{PHONE_ID}/messages"
    assert httpx.post(url, json={}).status_code == 401
    other = httpx.post(url.replace(PHONE_ID, "999"), json={}, headers={"Authorization": "Bearer x"})
    assert (other.status_code, other.json()["error"]["error_subcode"]) == (400, 33)


def test_other_web_pages_cannot_use_it(simulator):
    url = f"{simulator.url}/api/phones"
    assert httpx.get(url, headers={"Origin": "https://evil.example"}).status_code == 403
    assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 403


def test_it_listens_on_this_machine_only(tmp_path):
    open_to_all = settings.load({"WADUL_DATA": str(tmp_path), "WADUL_HOST": "0.0.0.0"})  # noqa: S104
    assert bind_host(open_to_all) == "127.0.0.1"


def test_it_does_not_start_where_real_people_could_be_reached(tmp_path):
    made = Simulator(tmp_path, "http://127.0.0.1:1/whatsapp")
    env = os.environ | made.env | {"WHATSAPP_TOKEN": "real", "WHATSAPP_API_URL": "https://graph.facebook.com"}
    command = [sys.executable, "-m", "ingest.simulator"]
    ended = subprocess.run(command, cwd=settings.ROOT, env=env, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Simulator hanya untuk demo")


@pytest.fixture(scope="module")
def browser():
    options = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking")
    options += ("disable-component-update", "disable-sync")
    with sync_playwright() as playwright:
        args = [f"--{option}" for option in options]
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=args)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, simulator):
    page, broken = browser.new_page(viewport={"width": 1366, "height": 768}), []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "request", lambda asked: asked.url.startswith((simulator.url, "data:", "blob:")) or broken.append(asked.url)
    )
    page.goto(simulator.url)
    yield page
    page.close()
    assert broken == []


@pytest.mark.browser
def test_on_the_page_a_citizen_writes_and_answers(page, simulator, receiver, wa):
    page.get_by_test_id("composer").fill("Jalan *rusak*")
    page.get_by_test_id("send").click()
    expect(page.locator("[data-direction=out] strong")).to_have_text("rusak")
    page.get_by_test_id("attach-photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator("[data-kind=image] img")).to_have_js_property("naturalWidth", 1)
    wa.send_message(SITI, "<img src=x onerror=alert(1)>", buttons=[Button("Sudah selesai", "done")])
    expect(page.locator("[data-direction=in] .text")).to_have_text("<img src=x onerror=alert(1)>")
    page.get_by_test_id("button-done").click()
    wa.request_location(SITI, "Di mana?")
    page.get_by_test_id("send-location").click()
    page.get_by_test_id("location-0").click()
    until(lambda: [message["type"] for message in receiver.messages()] == ["text", "image", "interactive", "location"])
    assert receiver.messages()[3]["context"]["id"] == simulator.chat(SITI)[4]["id"]
    until(lambda: "read" in [status["status"] for status in receiver.statuses()])


@pytest.mark.browser
def test_on_the_page_a_message_is_changed_and_taken_back(page, receiver):
    page.get_by_test_id("composer").fill("Salah ketik")
    page.get_by_test_id("composer").press("Enter")
    for change in ("edit", "revoke"):
        page.get_by_test_id("message-menu").click()
        page.get_by_test_id(change).click()
        if change == "edit":
            page.get_by_test_id("composer").fill("Sudah betul")
            page.get_by_test_id("send").click()
            expect(page.get_by_test_id("message")).to_contain_text("Sudah betul")
    expect(page.get_by_test_id("message")).to_contain_text("dihapus")
    until(lambda: [message["type"] for message in receiver.messages()] == ["text", "edit", "revoke"])


@pytest.mark.browser
def test_on_the_page_faults_are_set_and_phones_added(page, simulator):
    page.get_by_test_id("tools").click()
    page.get_by_test_id("fault-kind").select_option("500")
    page.get_by_test_id("fault-add").click()
    expect(page.get_by_test_id("fault-list")).to_contain_text("HTTP 500")
    assert [fault["kind"] for fault in simulator.get("faults")["faults"]] == ["500"]
    page.get_by_test_id("fault-remove").click()
    expect(page.get_by_test_id("fault-list")).to_be_empty()
    page.get_by_test_id("add-phone").click()
    page.get_by_label("Nama", exact=True).fill("Wati")
    page.get_by_label("Nomor", exact=True).fill("0855-1234-5678")
    page.get_by_test_id("add-phone-submit").click()
    expect(page.get_by_test_id("phone-6285512345678")).to_contain_text("Wati")


@pytest.mark.browser
def test_on_a_small_screen_list_and_chat_take_turns(page, simulator):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(simulator.url)
    page.get_by_test_id(f"phone-{BUDI}").click()
    expect(page.get_by_test_id("composer")).to_be_visible()
    expect(page.get_by_test_id("phone-list")).to_be_hidden()
    page.get_by_test_id("attach-location").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.get_by_test_id("location-send").bounding_box()["x"] < 390 - 40
    page.get_by_label("Kembali ke daftar ponsel").click()
    expect(page.get_by_test_id("phone-list")).to_be_visible()
