"""The simulator for tests: in a thread or as its own process, with a receiver where the listener would be."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from pywa import WhatsApp

from store import settings

from .app import create_app

PHONE_ID, SECRET, VERIFY = "100000000000001", "s3cret", "check-me"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(found, seconds: float = 8.0):
    """The first true value of `found()`; TimeoutError when none comes within `seconds`."""
    end = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)
    return value


class Receiver:
    """Stands where the listener is: checks each body with pywa's validator and answers as told."""

    def __init__(self, port: int = 0):
        checker = WhatsApp(PHONE_ID, "t", server=None, app_secret=SECRET, verify_token=VERIFY)
        self.raw, self.answers, self.attempts, receiver = [], [], [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                bad = checker.webhook_update_validator(raw, self.headers["X-Hub-Signature-256"])
                status = bad[1] if bad else receiver.answers.pop(0) if receiver.answers else 200
                receiver.attempts.append((time.monotonic(), status))
                if status == 200:
                    receiver.raw.append(raw)
                self.send_response(status)
                self.end_headers()

            def do_GET(self):
                asked = parse_qs(urlsplit(self.path).query)
                answer = checker.webhook_challenge_handler(
                    vt=asked["hub.verify_token"][0], ch=asked["hub.challenge"][0]
                )
                self.send_response(answer[1])
                self.end_headers()
                self.wfile.write(answer[0].encode())

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/whatsapp"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def values(self) -> list[dict]:
        bodies = [json.loads(raw) for raw in self.raw]
        return [change["value"] for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def messages(self) -> list[dict]:
        return [message for value in self.values for message in value.get("messages", ())]

    def statuses(self, wamid: str | None = None) -> list[dict]:
        every = [status for value in self.values for status in value.get("statuses", ())]
        return [status for status in every if wamid in (None, status["id"])]

    def ladder(self, wamid: str) -> list[str]:
        return [status["status"] for status in self.statuses(wamid)]


class Simulator:
    """The simulator over a data folder of its own: in a thread, or as the real process, which can be killed."""

    def __init__(self, data, webhook: str):
        self.webhook, self.process, self.server = webhook, None, None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # One for all requests: to make one reads every certificate of the machine.
        self._http = httpx.Client()
        self.env = {
            "WADUL_DATA": str(data),
            "WADUL_SIMULATOR_PORT": str(self.port),
            "WADUL_SIMULATOR_WEBHOOK": webhook,
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY,
            "WHATSAPP_TOKEN": "",
            "WHATSAPP_PHONE_ID": PHONE_ID,
        }

    def start(self):
        app = create_app(settings.load(self.env), self.webhook)
        config = uvicorn.Config(app, port=self.port, log_level="critical", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        return self

    def start_process(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("WHATSAPP_", "WADUL_"))}
        command = [sys.executable, "-m", "ingest.simulator"]
        quiet = {"cwd": settings.ROOT, "stdout": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env=clean | self.env, **quiet)  # noqa: S603, our own module
        until(self._answers, 20)
        return self

    def stop(self):
        if self.server:
            self.server.should_exit = True
            self.thread.join(10)
        if self.process:
            self.process.kill()
            self.process.wait(10)
        self._http.close()

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return bool(self.get("phones"))

    def get(self, path: str) -> dict:
        return self._http.get(f"{self.url}/api/{path}").raise_for_status().json()

    def post(self, path: str, **body) -> dict:
        return self._http.post(f"{self.url}/api/{path}", json=body).raise_for_status().json()

    def say(self, key: str, **message) -> str:
        return self.post(f"phones/{key}/messages", **message)["id"]

    def chat(self, key: str) -> list[dict]:
        return self.get(f"phones/{key}/chat")["messages"]


class ToSimulator(httpx.HTTPTransport):
    """Sends what is meant for graph.facebook.com to the simulator."""

    def __init__(self, port: int):
        super().__init__()
        self.port = port

    def handle_request(self, request):
        if request.url.host == "graph.facebook.com":
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return super().handle_request(request)
