"""The sending side for tests: a desk, a sender and the simulator over HTTP, one step at a time."""

import json

from ingest import outbox, whatsapp
from ingest.simulator.testing import until
from store import commands
from store.rules.case import Case

from .cases import press, who
from .postbox import ask, change, one


class House:
    """A desk, its inbox, the simulator and a sender; webhooks come from the simulator and are drained on request.

    `siti` and `budi` are the keys of two phones that nobody has used before.
    """

    def __init__(self, desk, simulator, receiver, mail):
        self.desk, self.simulator, self.receiver, self.mail = desk, simulator, receiver, mail
        self.taken = len(receiver.raw)
        self.wa = whatsapp.client(desk.settings, timeout=0.4)
        self.sender = outbox.Sender(desk, self.wa)
        self.siti = simulator.post("phones", name="Siti")["key"]
        self.budi = simulator.post("phones", name="Budi")["key"]

    def drain(self) -> None:
        """What the simulator has told so far, as the listener and the drain take it in."""
        new = self.receiver.raw[self.taken :]
        self.taken += len(new)
        self.mail.take(*new)

    def settle(self) -> None:
        """Wait until the simulator has told all that it has to tell."""

        def quiet():
            steps = {
                m["state"] for key in (self.siti, self.budi) for m in self.simulator.chat(key) if m["direction"] == "in"
            }
            return not steps & {"accepted", "sent"} and not self.simulator.get("webhooks")["pending"]

        until(quiet)
        self.drain()

    def hear(self, key: str, text: str) -> None:
        """Somebody writes, and the register knows."""
        wamid = self.simulator.say(key, text=text)
        until(lambda: any(m["id"] == wamid for m in self.receiver.messages()))
        self.drain()

    def write(self, key: str, *texts: str) -> list[int]:
        """Staff write to a person who has an open case; the ids of the messages in the outbox."""
        for text in texts:
            commands.reply(self.desk, press(self.desk, self.case(key), "kota"), text=text)
        found = ask(
            self.desk, "select id from message_out where purpose = 'reply' order by id desc limit ?", len(texts)
        )
        return [row["id"] for row in reversed(found)]

    def case(self, key: str) -> Case:
        (found,) = ask(
            self.desk,
            """
            select number from complaint join contact_identity i using (contact_id)
            where i.value = ? and ended_at is null
            """,
            key,
        )
        return commands.case_of(self.desk, found["number"], who(self.desk, "kota"))

    def letter(self, message_id: int) -> dict:
        return one(self.desk, "select * from message_out where id = ?", message_id)

    def states(self, *message_ids: int) -> list[str]:
        return [self.letter(message_id)["state"] for message_id in message_ids]

    def send(self) -> int:
        """One round of the sender, with nobody's wait to be sat out."""
        change(self.desk, "update message_out set next_at = created_at where state = 'queued'")
        return self.sender.send_waiting()

    def outcomes(self, message_id: int) -> list[str]:
        found = ask(self.desk, "select outcome from send_attempt where message_id = ? order by rowid", message_id)
        return [row["outcome"] for row in found]

    def received(self, key: str, text: str) -> int:
        """How often a text, or the news of it, arrived on a phone."""
        arrived = [
            m for m in self.simulator.chat(key) if m["direction"] == "in" and m["state"] in ("delivered", "read")
        ]
        return sum(text in json.dumps(m["content"], ensure_ascii=False) for m in arrived)
