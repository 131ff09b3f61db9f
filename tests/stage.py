"""Conversations on all real parts: phones of the simulator → listener → drain → register → outbox → phones.

A play is a list of steps as `tests/conversations/*.toml` hold them; docs/conversation.md says what they look like. The
service's clock is set before each play and moved on within it, so that promises and quiet hours are the same each time.
"""

import base64
import io
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import uvicorn
from PIL import Image

from ingest import clocks, drain, flows, listener, media, outbox, whatsapp
from ingest.inbox import Inbox, InboxReader
from ingest.simulator.testing import PHONE_ID, SECRET, VERIFY, Simulator, until
from store import blocking, commands, desk, evidence, flow, settings, users
from store.clock import now as clock_now
from store.commands import Press
from store.db import rows
from store.rules.deadline import from_jakarta, to_jakarta

# A Tuesday with no holiday near.
START = datetime(2026, 9, 8, 9, 0)
PHONES = {
    "siti": {"name": "Siti Rahmawati"},
    "budi": {"name": "Budi Santoso"},
    "nur": {"name": "Nur Aini", "no_number": True},
}
_NUMBER = re.compile(r"\{(?:(\w+)\.)?(\d)(?:\.(seq|year))?\}")
_PHOTO = io.BytesIO()
Image.new("RGB", (64, 48), "grey").save(_PHOTO, "JPEG")
FILES = {
    "photo": ("image", _PHOTO.getvalue(), "image/jpeg"),
    "video": ("video", b"\0\0\0\x18ftypmp42" + bytes(60), "video/mp4"),
    "voice": ("audio", b"OggS" + bytes(60), "audio/ogg; codecs=opus"),
    "sticker": ("sticker", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(60), "image/webp"),
    "document": ("document", b"%PDF-1.4\n" + bytes(60), "application/pdf"),
}


class MovingClock:
    """Stands where the service reads the time."""

    def __init__(self):
        self.ahead = timedelta()

    def now(self, zone=UTC) -> datetime:
        return datetime.now(zone) + self.ahead

    def set(self, moment: datetime) -> None:
        """
        :param moment: Jakarta time
        """
        self.ahead = from_jakarta(moment) - datetime.now(UTC).replace(tzinfo=None)

    def text(self) -> str:
        return self.now().replace(tzinfo=None).isoformat(timespec="microseconds")


class Stage:
    """The listener and the simulator on ports of their own, and the app's workers one step at a time."""

    def __init__(self, folder: Path):
        secrets = {"WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": VERIFY, "WHATSAPP_PHONE_ID": PHONE_ID}
        made = settings.load({"WADUL_DATA": str(folder / "data"), **secrets})
        self.desk = desk.open_desk(made)
        users.make_demo_accounts(self.desk.register)
        # From here as against Meta itself, so that quiet hours hold; only the client is aimed at the simulator.
        made = replace(made, token="t", api_url=settings.META_API_URL)
        self.desk.settings = made
        self._open_listener(made)
        self.simulator = Simulator(folder / "meta", f"http://127.0.0.1:{self.port}/whatsapp").start()
        self.simulator.post("options", sent_after=0.001, delivered_after=0.001, read_after=0.01)
        self.wa = whatsapp.client(replace(made, api_url=self.simulator.url))
        self.sender = outbox.Sender(self.desk, self.wa)
        self.reader = InboxReader(made.inbox)

    def _open_listener(self, made: settings.Settings) -> None:
        made.make_data_folder()
        self.inbox = Inbox(made.inbox)
        door = listener.bind("127.0.0.1", 0)
        self.port = door.getsockname()[1]
        self.server = uvicorn.Server(listener.server_config(listener.ListenerApp(made, self.inbox)))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [door]})
        self.thread.start()

    def close(self) -> None:
        self.simulator.stop()
        self.server.should_exit = True
        self.thread.join(20)
        self.reader.close()
        self.inbox.close()
        self.desk.register.close()

    def ask(self, query: str, *values) -> list[dict]:
        with self.desk.register.cursor() as cursor:
            return rows(cursor.execute(query, list(values)))

    def settle(self, keys: list[str]) -> None:
        """Until what was sent has come in, was answered, and the answers have arrived on these phones."""
        until(lambda: not self.simulator.get("webhooks")["pending"], 60)
        while drain.drain_once(self.desk, self.reader):
            pass
        media.fetch_waiting(self.desk, self.wa)
        while self.sender.send_waiting():
            pass
        arriving = ("accepted", "sent")
        until(lambda: not any(m["state"] in arriving for key in keys for m in self.received(key)), 60)
        until(lambda: not self.simulator.get("webhooks")["pending"], 60)
        while drain.drain_once(self.desk, self.reader):
            pass
        # A status may have brought a message back into the outbox: the window had closed, and the template goes.
        if self.sender.send_waiting():
            self.settle(keys)

    def received(self, key: str) -> list[dict]:
        return [m for m in self.simulator.chat(key) if m["direction"] == "in"]


class Play:
    """One conversation from its first step to its last."""

    def __init__(self, stage: Stage, clock: MovingClock):
        self.stage, self.clock = stage, clock
        self.keys: dict[str, str] = {}
        self.sent: list[str] = []
        self._spoke: dict[str, datetime] = {}
        self._read: dict[str, int] = {}
        self._untold: dict[str, list[dict]] = {}

    def run(self, script: dict, start: datetime | None = START) -> None:
        """
        :param start: when it begins, Jakarta time; None: now
        """
        if start:
            self.clock.set(start)
        self._set_form(script.get("form", False))
        for place, step in enumerate(script["steps"], 1):
            try:
                self._step(step)
            except Exception as error:
                raise AssertionError(f"step {place}, {step}: {error}") from error
        self._nothing_more()

    def _step(self, step: dict) -> None:
        step = dict(step)
        person = next((name for name in PHONES if name in step), None)
        if "told" in step:
            return self._told(**step)
        if "staff" not in step and {"case", "cases", "waiting", "kept"} & set(step):
            return self._facts(**step)
        self._nothing_more()
        if person:
            self._say(person, step.pop(person), **step)
        elif "later" in step:
            self._pass(step["later"])
        elif "clock" in step:
            self._until(step["clock"])
        elif "staff" in step:
            self._staff(**step)
        elif "offline" in step:
            self.stage.simulator.post(f"phones/{self.key(step['offline'])}", online=False)
        else:
            raise ValueError("no such step")
        self._listen()

    # What people send.

    def key(self, person: str) -> str:
        if person not in self.keys:
            self.keys[person] = self.stage.simulator.post("phones", **PHONES[person])["key"]
            self._read[person], self._untold[person] = 0, []
        return self.keys[person]

    def _say(self, person: str, what, again: int = 0) -> None:
        """
        :param what: a text, a table that says which other kind, or a list of these, sent one right after the other
        :param again: so often the webhook is delivered once more
        """
        key = self.key(person)
        self.stage.simulator.post("options", duplicates=again)
        for each in what if isinstance(what, list) else [what]:
            given = {"kind": "text", "text": self._filled(each)} if isinstance(each, str) else self._built(key, each)
            # The phone's own clock goes with the service's.
            given["hours_ago"] = -self.clock.ahead.total_seconds() / 3600
            self.sent.append(self.stage.simulator.say(key, **given))
            self._spoke[person] = clock_now()
        self.stage.simulator.post("clock", phone=key, hours=0)

    def _built(self, key: str, given: dict) -> dict:
        given = {name: self._filled(value) if isinstance(value, str) else value for name, value in given.items()}
        for name, (kind, content, mime) in FILES.items():
            if name in given:
                caption = given[name] if isinstance(given[name], str) else None
                more = {"filename": "surat.pdf"} if kind == "document" else {}
                return more | {
                    "kind": kind, "data": base64.b64encode(content).decode(), "mime": mime, "caption": caption,
                }  # fmt: skip
        if "place" in given:
            latitude, longitude = given.pop("place")
            return given | {"kind": "location", "latitude": latitude, "longitude": longitude}
        if "card" in given:
            return {"kind": "contacts", "name": given["card"], "phone": given.get("phone", "0855 0000 0000")}
        if "press" in given:
            return self._offered(key, given["press"])
        if "form" in given:
            return self._form(key, given)
        if "quotes" in given:
            return {"kind": "text", "text": given["text"], "reply_to": self._message(key, given["quotes"])["id"]}
        if "edits" in given:
            found = self._message(key, given["edits"], "out")
            return {"kind": "edit", "message_id": found["id"], "text": given["text"]}
        if "deletes" in given:
            return {"kind": "revoke", "message_id": self._message(key, given["deletes"], "out")["id"]}
        if "reacts" in given:
            return {"kind": "reaction", "emoji": given["reacts"], "message_id": self._message(key, given["to"])["id"]}
        return {"kind": "raw", "message": given["raw"]}

    def _offered(self, key: str, title: str) -> dict:
        """The newest button, or row of a list, with this title."""
        for m in reversed(self.stage.received(key)):
            for kind, offer in _offers(m):
                if offer["title"] == title:
                    return {"kind": kind, "id": offer["id"], "message_id": m["id"]}
        raise AssertionError(f"nothing offers {title!r}")

    def _form(self, key: str, given: dict) -> dict:
        """A form filled in; an iPhone may leave its token out, and so may a client its context."""
        offered = [m for m in self.stage.received(key) if _kind(m) == "flow"][-1]
        token = offered["content"]["interactive"]["action"]["parameters"]["flow_token"]
        response = given["form"] | ({"flow_token": token} if given.get("token", True) else {})
        if given.get("context", True):
            return {"kind": "nfm_reply", "response": response, "message_id": offered["id"]}
        reply = {"response_json": json.dumps(response), "body": "Sent", "name": "flow"}
        interactive = {"type": "nfm_reply", "nfm_reply": reply}
        return {"kind": "raw", "message": {"type": "interactive", "interactive": interactive}}

    def _message(self, key: str, part: str, direction: str | None = None) -> dict:
        """The newest message of this chat that holds these words (an empty part: the newest)."""
        for m in reversed(self.stage.simulator.chat(key)):
            if direction in (None, m["direction"]) and part in json.dumps(m["content"], ensure_ascii=False):
                return m
        raise AssertionError(f"no message holds {part!r}")

    # What time and staff do.

    def _pass(self, span: str) -> None:
        count, unit = span.split()
        self.clock.ahead += timedelta(**{unit: float(count)})
        self._time_passed()

    def _until(self, clock: str) -> None:
        """The next time of day, Jakarta time."""
        local, wanted = to_jakarta(clock_now()).replace(tzinfo=None), time.fromisoformat(clock)
        moment = datetime.combine(local.date(), wanted)
        self.clock.set(moment if moment > local else moment + timedelta(days=1))
        self._time_passed()

    def _time_passed(self) -> None:
        for person, spoke in self._spoke.items():
            hours = (clock_now() - spoke).total_seconds() / 3600
            self.stage.simulator.post("clock", phone=self.keys[person], hours=hours)
        clocks.once(self.stage.desk)

    def _staff(self, staff: str, does: str, case: int = 1, of: str = "siti", **given) -> None:
        actor = users.actor(self.stage.desk.register, staff)
        number = self._numbers(of)[case - 1]
        given = {name: self._filled(value) if isinstance(value, str) else value for name, value in given.items()}
        if does == "approve_block":
            (block,) = [b for b in blocking.listed(self.stage.desk, actor) if b["number"] == number]
            last_day = to_jakarta(clock_now()).date() + timedelta(days=given["days"])
            blocking.decide(self.stage.desk, actor, block["id"], True, last_day)
            return
        if "promised_in" in given:
            given["promised_on"] = to_jakarta(clock_now()).date() + timedelta(days=given.pop("promised_in"))
        if "files" in given:
            given["files"] = [self._kept(name) for name in given["files"]]
        seen = commands.case_of(self.stage.desk, number, actor)
        press = Press(actor, number, seen.version, f"{number}:{seen.version}:{does}:{clock_now()}")
        getattr(commands, does)(self.stage.desk, press, **given)

    def _kept(self, name: str) -> evidence.File:
        _, content, mime = FILES[name]
        return evidence.keep(self.stage.desk.settings.media, content, mime, 10**6, f"{name}.jpg")

    def _set_form(self, offered: bool) -> None:
        admin = users.actor(self.stage.desk.register, "admin")
        if flow.is_offered(self.stage.desk.register) == offered:
            return
        if offered and flow.published(self.stage.desk.register) is None:
            flows.publish(self.stage.desk, self.stage.wa)
        flow.set_offered(self.stage.desk, admin, offered)

    # What comes back.

    def _listen(self) -> None:
        self.stage.settle(list(self.keys.values()))
        for person, key in self.keys.items():
            arrived = [m for m in self.stage.received(key) if m["state"] in ("delivered", "read")]
            self._untold[person] += arrived[self._read[person] :]
            self._read[person] = len(arrived)

    def _told(self, told: str, to: str = "siti", has=(), lacks=(), kind: str | None = None, offers=None, lines=None):
        assert self._untold[to], "nothing more arrived"
        m = self._untold[to].pop(0)
        (row,) = self.stage.ask("select purpose, text from message_out where wamid = ?", m["id"])
        text = _text(m)
        assert row["purpose"] == told, f"it was {row['purpose']}: {text}"
        for part in [has] if isinstance(has, str) else has:
            assert self._filled(part) in text, f"{self._filled(part)!r} is not in {text!r}"
        for part in [lacks] if isinstance(lacks, str) else lacks:
            assert self._filled(part) not in text, f"{part!r} is in {text!r}"
        assert kind in (None, _kind(m)), f"its kind is {_kind(m)}"
        titles = [offer["title"] for _, offer in _offers(m)]
        assert offers is None or [self._filled(title) for title in offers] == titles, f"it offers {titles}"

    def _nothing_more(self) -> None:
        for person, untold in self._untold.items():
            assert not untold, f"also told {person}: {[_text(m) for m in untold]}"

    # What the register holds.

    def _numbers(self, person: str) -> list[str]:
        return [row["number"] for row in self._rows(person)]

    def _rows(self, person: str) -> list[dict]:
        return self.stage.ask(
            """
            select c.* from complaint c
            where contact_id in (select contact_id from contact_identity where value = ?) order by id
            """,
            self.key(person),
        )

    def _facts(self, of: str = "siti", **facts) -> None:
        found = self._rows(of)
        if "cases" in facts:
            assert len(found) == facts.pop("cases"), [row["number"] for row in found]
        if "waiting" in facts:
            waiting = self.stage.ask(
                "select * from message_waiting where contact_id in "
                "(select contact_id from contact_identity where value = ?)",
                self.key(of),
            )
            assert len(waiting) == facts.pop("waiting"), waiting
        if "kept" in facts:
            mine = "select text from message_in where list_contains(?, wamid) and text = ?"
            kept = self.stage.ask(mine, self.sent, facts.pop("kept"))
            assert len(kept) == 1
        if "case" not in facts:
            return
        row = found[facts.pop("case") - 1]
        said = json.loads(row["said"])
        for name, expected in facts.pop("said", {}).items():
            assert said.get(name, "") == expected, f"{name} is {said.get(name)!r} in {said}"
        for name, expected in facts.items():
            value = row[name]
            assert value == expected, f"{name} is {value!r}"

    def _filled(self, text: str) -> str:
        """The text with `{1}` as the number of the first complaint, `{budi.1}` as somebody else's, and `@@@` as a long
        passage."""

        def number(found: re.Match) -> str:
            whole = self._numbers(found[1] or "siti")[int(found[2]) - 1]
            _, year, seq = whole.split("-")
            return {"seq": str(int(seq)), "year": year}.get(found[3] or "", whole)

        return _NUMBER.sub(number, text).replace("@@@", "Bawa KTP dan KK asli. " * 40)


def _kind(m: dict) -> str:
    """text, image, document, template, or of what can be pressed: button, list, location, flow."""
    kind = m["content"]["interactive"]["type"] if m["kind"] == "interactive" else m["kind"]
    return {"location_request_message": "location"}.get(kind, kind)


def _text(m: dict) -> str:
    content = m["content"]
    if m["kind"] == "interactive":
        return content["interactive"]["body"]["text"]
    if m["kind"] == "template":
        return m["template_text"]
    return content["text"]["body"] if m["kind"] == "text" else content[m["kind"]].get("caption", "")


def _offers(m: dict) -> list[tuple[str, dict]]:
    action = (m["content"].get("interactive") or {}).get("action") or {}
    buttons = [("button_reply", button["reply"]) for button in action.get("buttons") or ()]
    return buttons + [("list_reply", row) for section in action.get("sections") or () for row in section["rows"]]
