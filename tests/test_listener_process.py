"""The listener as a process of its own: starting, refusing to start, stopping, being killed, and its log."""

import contextlib
import hashlib
import hmac
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from ingest.inbox import read_after
from store.settings import ROOT

SECRET = "app-secret"
BODY = b'{"object": "whatsapp_business_account", "entry": []}'


def sign(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def environ(folder, **more) -> dict[str, str]:
    secrets = {"WHATSAPP_TOKEN": "t", "WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": "v"}
    return {**os.environ, "WADUL_DATA": str(folder), **secrets, **more}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


@contextlib.contextmanager
def process(folder, **more):
    port = free_port()
    variables = environ(folder, WADUL_LISTENER_PORT=str(port), **more)
    running = subprocess.Popen(
        [sys.executable, "-m", "ingest.listener"], cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True
    )
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.05)
        yield running, port
    finally:
        running.kill()
        running.wait()


def post_to(port: int, body: bytes = BODY, signature: str | None = None, path: str = "/whatsapp") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, body, {"X-Hub-Signature-256": signature or sign(body)})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_process_stops_cleanly_and_finishes_what_it_has(tmp_path, how):
    with process(tmp_path) as (running, port):
        assert post_to(port) == 200
        blocker = sqlite3.connect(tmp_path / "inbox.sqlite", isolation_level=None)
        blocker.execute("begin immediate")
        statuses = []
        sender = threading.Thread(target=lambda: statuses.append(post_to(port, b"tertunda")))
        sender.start()
        time.sleep(0.3)
        running.send_signal(how)
        time.sleep(0.3)
        blocker.execute("rollback")
        blocker.close()
        sender.join(10)
        assert running.wait(15) == 0
        assert statuses == [200]
        assert "Traceback" not in running.stderr.read()
    assert [row.body for row in read_after(tmp_path / "inbox.sqlite", 0, 9)] == [BODY, b"tertunda"]
    assert sorted(file.name for file in tmp_path.iterdir() if "wal" not in file.name and "shm" not in file.name) == [
        "inbox.sqlite"
    ]


def test_what_a_killed_process_acknowledged_is_kept(tmp_path):
    acknowledged = []

    def send(port, first):
        with contextlib.suppress(OSError, http.client.HTTPException):
            for number in range(first, first + 1000):
                if post_to(port, b"%d" % number) == 200:
                    acknowledged.append(b"%d" % number)

    with process(tmp_path) as (running, port):
        senders = [threading.Thread(target=send, args=(port, first)) for first in (0, 1000, 2000, 3000)]
        for sender in senders:
            sender.start()
        time.sleep(0.7)
        running.send_signal(signal.SIGKILL)
        for sender in senders:
            sender.join(20)
    kept = [row.body for row in read_after(tmp_path / "inbox.sqlite", 0, 100_000)]
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))


def run_to_end(folder, **more):
    return subprocess.run(
        [sys.executable, "-m", "ingest.listener"],
        cwd=ROOT,
        env=environ(folder, **more),
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("missing", ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"])
def test_it_refuses_to_start_without_its_secrets(tmp_path, missing):
    ended = run_to_end(tmp_path, **{missing: ""})
    assert ended.returncode == 2
    assert missing in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run_to_end(tmp_path, WADUL_LISTENER_PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "already in use" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "inbox.sqlite").exists()


def test_an_inbox_that_cannot_be_opened_is_said_in_one_sentence(tmp_path):
    (tmp_path / "inbox.sqlite").write_bytes(b"no database" * 1000)
    ended = run_to_end(tmp_path, WADUL_LISTENER_PORT=str(free_port()))
    assert ended.returncode == 1
    assert "not a database" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_it_makes_its_data_folder_for_the_owner_alone(tmp_path):
    folder = tmp_path / "new" / "data"
    with process(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "inbox.sqlite").stat().st_mode & 0o777 == 0o600


def test_logs_hold_no_content_no_signature_and_no_token(tmp_path):
    body = b'{"text": "rahasia Siti 6280000000101"}'
    with process(tmp_path) as (running, port):
        assert post_to(port, body) == 200
        assert post_to(port, body, signature="sha256=rahasia") == 403
        assert post_to(port, body, path="/rahasia") == 404
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/whatsapp?hub.mode=subscribe&hub.verify_token=rahasia&hub.challenge=1")
        assert connection.getresponse().status == 403
        connection.close()
        (tmp_path / "inbox.sqlite").unlink()
        assert post_to(port, body) == 503
        running.terminate()
        written = running.stderr.read()
    assert "refused with 503" in written
    assert "refused with 403" in written
    assert "rahasia" not in written
    assert "6280000000101" not in written


def test_it_loads_neither_register_nor_pages():
    code = "import sys, ingest.listener; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"duckdb", "streamlit", "pandas", "pyarrow", "numpy", "altair", "pages"}
    assert not heavy & set(loaded.stdout.split())
    assert "pywa" in loaded.stdout
