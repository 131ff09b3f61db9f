"""Sends what the outbox holds: leased, in each person's order, within Meta's limits, with the outcome on record."""

import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from pywa import WhatsApp
from pywa.errors import WhatsAppError

from store import delivery, evidence, flow, health, pictures
from store.clock import now as clock_now
from store.delivery import Outgoing
from store.desk import Desk

from . import whatsapp

log = logging.getLogger(__name__)
BATCH = 40
WORKERS = 8
IDLE_SECONDS = 0.3
LEASE = timedelta(minutes=3)
# The window is taken as closed a little early: a message on its way must not arrive after it.
WINDOW_MARGIN = timedelta(minutes=2)


class _Unreadable(Exception):
    """The file that a message carries is not there, or is no picture after all."""


@dataclass
class Bucket:
    """So many at once, then one in so many seconds."""

    capacity: float
    per_second: float
    level: float = field(init=False)
    since: float = field(init=False)

    def __post_init__(self):
        self.level, self.since = self.capacity, time.monotonic()

    def ready(self) -> bool:
        moment = time.monotonic()
        self.level = min(self.capacity, self.level + (moment - self.since) * self.per_second)
        self.since = moment
        return self.level >= 1

    def take(self) -> None:
        self.level -= 1


class Sender:
    """The one sender of this process."""

    def __init__(self, desk: Desk, wa: WhatsApp):
        self.desk = desk
        self.wa = wa
        self.name = uuid.uuid4().hex
        self.limits = desk.settings.config["sending"]
        self._all = Bucket(self.limits["per_second"], self.limits["per_second"])
        self._people: dict[int, Bucket] = {}
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="send")

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; what was being sent by an earlier process is settled first."""
        health.resume_sending(self.desk.register)
        while not stop.is_set():
            try:
                sent = self.send_waiting()
            except Exception as error:
                log.error("sending failed; it is tried again: %s", health.trace(error))
                sent = 0
                stop.wait(2)
            if not sent:
                stop.wait(IDLE_SECONDS)
        self._pool.shutdown()

    def send_waiting(self) -> int:
        """One round: lease, send side by side, note each outcome. How many were tried comes back."""
        register, now = self.desk.register, clock_now()
        # Also what this very sender could not note, because the register failed it for a moment.
        delivery.recover(register, self.name, now, self._unknown_wait)
        delivery.give_up_waiting(register, now, self.limits["max_unknown"])
        night = self.desk.is_night(now)
        if health.sending_stopped(register) or not delivery.anything_queued(register, now, night):
            return 0
        batch = delivery.lease(register, self.name, now, now + LEASE, self._room(), self._busy(), night)
        for message in batch:
            self._all.take()
            self._person(message.contact_id).take()
        list(self._pool.map(self._send, batch))
        return len(batch)

    def _send(self, message: Outgoing) -> None:
        form = self._form(message)
        if form is None:
            self._note(delivery.failed, message.id, None, "jendela 24 jam sudah tertutup dan tidak ada templat")
            return
        if not (message.phone or message.bsuid):
            self._note(delivery.failed, message.id, None, "pelapor tidak mempunyai alamat WhatsApp")
            return
        try:
            upload = self._upload(message)
            wamid = whatsapp.send(self.wa, message, form, upload)
        except _Unreadable:
            self._note(delivery.failed, message.id, None, "berkasnya tidak dapat dibaca lagi")
        except WhatsAppError as error:
            self._refused(message, form, error)
        except whatsapp.NotUploaded as error:
            # Only its file was on the way: nothing can have been delivered.
            self._later(message, form, None, f"berkas tidak dapat diunggah ({error})", "refused")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # The request never left: nothing can have been delivered.
            self._later(message, form, None, f"tidak tersambung ke WhatsApp ({type(error).__name__})", "not_connected")
        except Exception as error:
            # Whatever it was, Meta may have the message: an answer cut off, no JSON, or none of the known shape.
            if not isinstance(error, httpx.TransportError | ValueError):
                log.error("the outcome of message %d is unknown: %s", message.id, health.trace(error))
            until = clock_now() + self._unknown_wait
            with self.desk.register.atomic() as cursor:
                delivery.unknown(cursor, message.id, form, until, clock_now(), type(error).__name__)
        else:
            self._note(delivery.accepted, message.id, wamid, form)

    def _upload(self, message: Outgoing) -> str | None:
        """Bring the message's file to Meta; its id there."""
        if message.file is None:
            return None
        try:
            content, mime = evidence.copy_to_send(self.desk.settings.media, message.file)
        except (OSError, pictures.NoPicture) as error:
            raise _Unreadable(message.id) from error
        return whatsapp.upload(self.wa, message.file, content, mime)

    def _refused(self, message: Outgoing, form: str, error: WhatsAppError) -> None:
        text = error.details or error.message
        if error.code == delivery.REENGAGEMENT and form == "free" and message.template:
            with self.desk.register.atomic() as cursor:
                delivery.retry(cursor, message.id, "template", error.code, text, clock_now(), clock_now())
        elif error.code in delivery.STOP:
            log.critical("Meta refuses all sending (code %d); sending stops until the cause is removed", error.code)
            health.stop_sending(self.desk.register, error.code, text, clock_now())
            self._later(message, form, error.code, text, "stopped")
        elif error.code in delivery.RETRY or (error.status_code or 0) >= 500:
            self._later(message, form, error.code, text, "refused")
        elif message.kind == "flow":
            # The form may have been withdrawn at Meta; the message matters more than its button.
            with self.desk.register.atomic() as cursor:
                flow.take_back(cursor, message.id)
                delivery.retry(cursor, message.id, None, error.code, text, clock_now(), clock_now())
        else:
            self._note(delivery.failed, message.id, error.code, text)

    def _later(self, message: Outgoing, form: str, code: int | None, text: str, outcome: str) -> None:
        """Try again after a gap that grows; only refusals of this very message use up its tries."""
        now = clock_now()
        kept = "template" if form == "template" else None
        next_at = now if outcome == "stopped" else now + delivery.gap(message.attempts)
        with self.desk.register.atomic() as cursor:
            if outcome == "refused" and delivery.refusals(cursor, message.id) + 1 >= self.limits["max_attempts"]:
                delivery.failed(cursor, message.id, code, text, now)
            else:
                delivery.retry(cursor, message.id, kept, code, text, next_at, now, outcome)

    def _note(self, outcome, message_id: int, *details) -> None:
        with self.desk.register.atomic() as cursor:
            outcome(cursor, message_id, *details, clock_now())

    def _form(self, message: Outgoing) -> str | None:
        """Free text inside the 24-hour window, the template outside it."""
        if message.form == "template":
            return "template"
        window = timedelta(hours=self.limits["window_hours"]) - WINDOW_MARGIN
        if message.last_inbound_at and clock_now() - message.last_inbound_at < window:
            return "free"
        return "template" if message.template else None

    @property
    def _unknown_wait(self) -> timedelta:
        return timedelta(seconds=self.limits["unknown_wait_seconds"])

    def _person(self, contact_id: int) -> Bucket:
        burst, seconds = self.limits["person_burst"], self.limits["person_seconds"]
        return self._people.setdefault(contact_id, Bucket(burst, 1 / seconds))

    def _busy(self) -> set[int]:
        busy = {contact for contact, bucket in self._people.items() if not bucket.ready()}
        # A full bucket is as good as none: forget it, or the table grows with the city.
        self._people = {c: b for c, b in self._people.items() if b.level < b.capacity}
        return busy

    def _room(self) -> int:
        self._all.ready()
        return max(1, min(BATCH, int(self._all.level)))
