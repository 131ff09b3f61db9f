"""The listener over real HTTP: what it takes, what it refuses, and that 200 always means kept."""

import asyncio
import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import sqlite3
import threading
import time

import pytest
import uvicorn

from ingest import listener
from ingest.inbox import Inbox, read_after
from store import settings as store_settings
from store.settings import SettingsError

SECRET = "app-secret"
TOKEN = "verify-tökén"
BODY = b'{"object": "whatsapp_business_account", "entry": []}'


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def environ(folder, **more) -> dict[str, str]:
    secrets = {"WHATSAPP_TOKEN": "t", "WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": TOKEN}
    return {"WADUL_DATA": str(folder), **secrets, **more}


class Running:
    """A listener in a thread of this process, on a free port, with its inbox."""

    def __init__(self, folder, body_seconds=0.5):
        settings = store_settings.load(environ(folder))
        settings.make_data_folder()
        self.path = settings.inbox
        self.inbox = Inbox(self.path)
        app = listener.ListenerApp(settings, self.inbox, body_seconds=body_seconds)
        door = listener.bind("127.0.0.1", 0)
        self.port = door.getsockname()[1]
        self.server = uvicorn.Server(listener.server_config(app))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [door]})
        self.thread.start()

    def stop(self):
        self.server.should_exit = True
        self.thread.join(20)
        self.inbox.close()

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def post(self, body=BODY, **headers):
        headers = {"X-Hub-Signature-256": sign(body)} | {key.replace("_", "-"): v for key, v in headers.items()}
        return self.ask("POST", "/whatsapp", body, headers)[0]

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are and return all that comes back before the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while chunk := connection.recv(65536):
                    answer += chunk
            return answer

    def kept(self) -> list[bytes]:
        return [row.body for row in read_after(self.path, 0, 100_000)]


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def blocked(running, monkeypatch):
    """The listener while nothing can be written to its inbox, and a function that ends that."""
    monkeypatch.setattr("ingest.inbox.LOCK_SECONDS", 0.2)
    running.inbox._connection.execute("pragma busy_timeout = 200")
    blocker = sqlite3.connect(running.path, isolation_level=None, check_same_thread=False)
    blocker.execute("begin immediate")
    yield lambda: blocker.execute("rollback")
    blocker.close()


def test_a_signed_body_is_kept_byte_for_byte(running):
    bodies = [BODY, b"", b"\x00\xff", "tidak \\u00e9 diubah 🙏".encode(), b"x" * listener.MAX_BODY]
    assert [running.post(body) for body in bodies] == [200] * 5
    assert running.kept() == bodies


def test_a_chunked_body_is_kept(running):
    signed = {"X-Hub-Signature-256": sign(b"satu" * 1000)}
    assert running.ask("POST", "/whatsapp", iter([b"satu"] * 1000), signed)[0] == 200
    assert running.kept() == [b"satu" * 1000]


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=" + "0" * 64, sign(BODY, "another secret"), sign(BODY + b" "), sign(BODY)[:-1], "säksi=ÿ"],
)
def test_a_wrong_signature_is_refused_and_nothing_kept(running, signature):
    headers = {"X-Hub-Signature-256": signature.encode("latin-1")}
    assert running.ask("POST", "/whatsapp", BODY, headers)[0] == 403
    assert running.kept() == []


def test_a_missing_signature_is_refused(running):
    assert running.ask("POST", "/whatsapp", BODY)[0] == 403
    assert running.ask("POST", "/whatsapp", BODY, {"X-Hub-Signature": sign(BODY)})[0] == 403
    assert running.kept() == []


def test_200_comes_only_after_the_commit(running, blocked):
    running.inbox._connection.execute("pragma busy_timeout = 5000")
    statuses = []
    sender = threading.Thread(target=lambda: statuses.append(running.post()))
    sender.start()
    time.sleep(0.4)
    assert statuses == []
    assert running.kept() == []
    blocked()
    sender.join(10)
    assert statuses == [200]
    assert running.kept() == [BODY]


def test_what_cannot_be_kept_is_answered_503_and_taken_later(running, blocked):
    assert running.post() == 503
    assert running.ask("GET", "/healthz")[0] == 503
    assert running.kept() == []
    blocked()
    assert running.post() == 200
    assert running.ask("GET", "/healthz")[0] == 200
    assert running.kept() == [BODY]


def test_a_deleted_inbox_is_answered_503(running):
    running.path.unlink()
    assert running.post() == 503
    assert running.ask("GET", "/healthz")[0] == 503


def test_health_tells_the_last_row(running):
    status, body, headers = running.ask("GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "last_id": 0, "waiting": 0})
    running.post()
    assert json.loads(running.ask("GET", "/healthz")[1])["last_id"] == 1
    assert headers["content-type"] == "application/json"


def test_many_senders_at_once_all_get_their_200_and_each_body_is_kept_once(running):
    bodies = [b"%d" % number for number in range(400)]
    statuses = []

    def send(mine):
        statuses.extend(running.post(body) for body in mine)

    senders = [threading.Thread(target=send, args=(bodies[start::8],)) for start in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert statuses == [200] * 400
    assert sorted(running.kept()) == sorted(bodies)


# Size and time.


def test_a_body_beyond_the_cap_is_refused_and_the_sender_sees_it(running):
    body = b"x" * (listener.MAX_BODY + 1)
    assert running.post(body) == 413
    status = running.ask("POST", "/whatsapp", (body[i : i + 65536] for i in range(0, len(body), 65536)))[0]
    assert status == 413
    assert running.kept() == []


def test_a_body_declared_too_large_is_refused_before_it_comes(running):
    for length in (str(listener.MAX_BODY + 1), "9" * 19):
        head = f"POST /whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
            connection.sendall(head)
            assert connection.recv(4096).startswith(b"HTTP/1.1 413")
        assert time.monotonic() - started < 1


def test_a_body_without_end_is_cut_off(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        connection.sendall(b"POST /whatsapp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while sent < 20 * listener.MAX_BODY:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
    assert sent < 20 * listener.MAX_BODY
    assert running.post() == 200


def test_a_body_longer_than_declared_is_not_taken(running):
    head = f"POST /whatsapp HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: {sign(BODY)}\r\nContent-Length: 10\r\n\r\n"
    assert running.raw(head.encode() + BODY).startswith(b"HTTP/1.1 403")
    assert running.kept() == []


def test_a_slow_body_is_given_up_on(running):
    head = f"POST /whatsapp HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: {sign(BODY)}\r\nContent-Length: 9999\r\n\r\n"
    started = time.monotonic()
    assert running.raw(head.encode() + BODY).startswith(b"HTTP/1.1 408")
    assert 0.4 < time.monotonic() - started < 4
    assert running.kept() == []


def test_a_sender_that_hangs_up_within_the_body_leaves_nothing(running, caplog):
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
        connection.sendall(b"POST /whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nab")
    assert running.post() == 200
    assert running.kept() == [BODY]
    assert "Exception" not in caplog.text


def test_too_many_bodies_at_once_are_answered_503(running, monkeypatch):
    monkeypatch.setattr(listener, "MAX_READING", 1000)
    assert running.post(b"x" * 1001) == 503
    assert [running.post(b"x" * 900) for _ in range(3)] == [200] * 3


# The challenge, and what is not there.


def ask_challenge(running, query):
    return running.ask("GET", f"/whatsapp?{query}")[:2]


def test_the_challenge_is_answered(running):
    query = "hub.mode=subscribe&hub.verify_token=verify-t%C3%B6k%C3%A9n&hub.challenge=1158201444"
    status, body, headers = running.ask("GET", f"/whatsapp?{query}")
    assert (status, body) == (200, b"1158201444")
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=&hub.challenge=1",
        "hub.mode=unsubscribe&hub.verify_token=verify-t%C3%B6k%C3%A9n&hub.challenge=1",
        "hub.verify_token=verify-t%C3%B6k%C3%A9n&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify-t%C3%B6k%C3%A9n",
        "hub.mode=subscribe&hub.verify_token=%ED%A0%80%FF&hub.challenge=1",
        "&".join(["a=1"] * 50),
    ],
)
def test_a_wrong_challenge_is_refused(running, query):
    assert ask_challenge(running, query) == (403, b"")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/", 404),
        ("GET", "/whatsapp/", 404),
        ("GET", "/docs", 404),
        ("PUT", "/whatsapp", 405),
        ("DELETE", "/whatsapp", 405),
        ("HEAD", "/whatsapp", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_nothing_else_is_there(running, method, path, status):
    assert running.ask(method, path)[0] == status
    assert running.kept() == []


def test_a_405_says_what_is_allowed(running):
    assert running.ask("PUT", "/whatsapp")[2]["allow"] == "GET, POST"


def test_answers_are_not_held_back_for_the_senders_ack(running):
    """Without TCP_NODELAY each answer on a kept connection takes 40 ms."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    took = []
    for _ in range(15):
        started = time.monotonic()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        took.append(time.monotonic() - started)
    connection.close()
    assert sorted(took)[7] < 0.03


def test_the_application_refuses_to_be_made_without_its_secrets(tmp_path):
    settings = store_settings.load(environ(tmp_path, WHATSAPP_APP_SECRET=""))
    with pytest.raises(SettingsError):
        listener.ListenerApp(settings, inbox=None)


def test_anything_but_http_is_refused(tmp_path):
    app = listener.ListenerApp(store_settings.load(environ(tmp_path)), inbox=None)
    with pytest.raises(RuntimeError, match="websocket"):
        asyncio.run(app({"type": "websocket"}, None, None))
