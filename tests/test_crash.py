"""Nothing acknowledged is lost and nothing is applied twice, whatever is killed when."""

import collections
import hashlib
import hmac
import random
import signal
import sqlite3
import threading
import time

import httpx
import pytest
from pywa import utils

from store import check, settings
from store.db import Register

from .conftest import body, message
from .stack import ROOT, Stack

pytestmark = pytest.mark.slow
KILLS = 20


class Poster:
    """Posts signed bodies without pause, each again until it is acknowledged, as Meta does."""

    def __init__(self, stack: Stack, secret: str):
        self._url, self._secret = f"{stack.listener}/whatsapp", secret
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.refused = 0
        self._threads = [threading.Thread(target=self._post, args=(place,)) for place in range(3)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _post(self, place: int) -> None:
        with httpx.Client(timeout=5) as client:
            count = 0
            while not self._stop.is_set():
                count += 1
                # A new person every few messages: new complaints with their answers, and messages that join.
                person = f"62856{place}{count // 5:07d}"
                one = message(f"aduan {place}-{count}", wa_id=person, name="Warga", id=f"wamid.C{place}-{count}")
                content = body(one)
                signature = f"sha256={_sign(self._secret, content)}"
                self._until_taken(client, content, signature)
                self.acknowledged.append(one["id"])
                time.sleep(0.08)

    def _until_taken(self, client: httpx.Client, content: bytes, signature: str) -> None:
        while True:
            try:
                answer = client.post(self._url, content=content, headers={utils.HUB_SIG: signature})
                if answer.status_code == 200:
                    return
            except httpx.TransportError:
                pass
            self.refused += 1
            time.sleep(0.05)


def _sign(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _kill_again_and_again(stack: Stack, name: str, chance: random.Random, longest: float) -> None:
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, longest))
        stack.stop(name, sig=signal.SIGKILL)
        stack.start(name)


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """The stack after its ordeal, stopped: (stack, poster)."""
    folder = tmp_path_factory.mktemp("crash")
    config = (ROOT / "config.toml").read_text().replace("unknown_wait_seconds = 120", "unknown_wait_seconds = 4")
    (folder / "config.toml").write_text(config)
    stack = Stack(folder / "data", WADUL_CONFIG=str(folder / "config.toml"))
    stack.start()
    secret = settings.load(stack.environ).app_secret
    chance = random.Random(20260)
    poster = Poster(stack, secret)
    try:
        killers = [
            threading.Thread(target=_kill_again_and_again, args=(stack, "listener", chance, 1.5)),
            threading.Thread(target=_kill_again_and_again, args=(stack, "app", chance, 2.5)),
        ]
        for killer in killers:
            killer.start()
        for killer in killers:
            killer.join()
        poster.finish()
        _wait_until_quiet(stack)
    finally:
        poster.finish()
        stack.stop()
    return stack, poster


def _wait_until_quiet(stack: Stack, seconds: float = 600) -> None:
    """Until no message has gone out and no webhook come in for a while."""
    end, last, since = time.monotonic() + seconds, None, time.monotonic()
    while time.monotonic() < end:
        webhooks = httpx.get(f"{stack.simulator}/api/webhooks").json()
        state = (len(httpx.get(f"{stack.simulator}/api/sends", timeout=30).json()["sends"]), webhooks["delivered"])
        if state != last or webhooks["pending"]:
            last, since = state, time.monotonic()
        elif time.monotonic() - since > 8:
            return
        time.sleep(0.5)
    raise TimeoutError("the outbox did not come to rest")


@pytest.fixture(scope="module")
def register(after):
    register = Register(after[0].data / "register.duckdb")
    yield register
    register.close()


def test_every_acknowledged_message_is_in_the_register_exactly_once(after, register):
    stack, poster = after
    assert len(poster.acknowledged) > 200
    assert poster.refused > 0, "the kills must have been felt, or this test shows nothing"
    with register.cursor() as cursor:
        kept = collections.Counter(
            wamid for (wamid,) in cursor.execute("select wamid from message_in where wamid like 'wamid.C%'").fetchall()
        )
        position = cursor.execute("select last_id from inbox_position").fetchone()[0]
    assert set(poster.acknowledged) == set(kept)
    assert set(kept.values()) == {1}
    with sqlite3.connect(stack.data / "inbox.sqlite") as inbox:
        assert position == inbox.execute("select max(id) from inbox").fetchone()[0]


def test_every_case_agrees_with_its_events_and_numbers_have_no_gap(register):
    assert list(check.differences(register)) == []
    complaints, events = check.count(register)
    assert complaints > 50
    assert events > complaints


def test_messages_of_one_person_are_one_complaint(register):
    with register.cursor() as cursor:
        split = cursor.execute(
            """
            select contact_id, count(distinct complaint_id) from message_in
            where complaint_id is not null group by 1 having count(distinct complaint_id) > 1
            """
        ).fetchall()
    # A first answer that failed for good would end nothing: each person's messages join the open complaint.
    assert split == []


def test_nothing_was_set_aside(register):
    with register.cursor() as cursor:
        assert cursor.execute("select reason, count(*) from inbox_problem group by 1").fetchall() == []


def test_no_message_went_out_twice_unless_its_outcome_was_unknown_and_that_is_on_record(after, register):
    stack, _ = after
    with sqlite3.connect(stack.data / "simulator.sqlite") as simulator:
        sends = _trackers(simulator)
    twice = {int(tracker) for tracker, count in sends.items() if count > 1}
    with register.cursor() as cursor:
        on_record = {
            message_id
            for (message_id,) in cursor.execute(
                "select message_id from send_attempt where outcome = 'sent_again'"
            ).fetchall()
        }
        waiting = cursor.execute(
            "select state, count(*) from message_out where state in ('queued', 'sending', 'unknown') group by 1"
        ).fetchall()
        all_out = cursor.execute("select count(*) from message_out").fetchone()[0]
    assert twice <= on_record
    assert waiting == []
    assert len(sends) == all_out


def _trackers(simulator: sqlite3.Connection) -> collections.Counter:
    """How often each message of the outbox reached Meta, by the tracker it carries."""
    found = simulator.execute("select tracker from send where kind not in ('read', 'typing')").fetchall()
    return collections.Counter(tracker for (tracker,) in found)
