"""The whole product as separate processes on free ports, as `make run` starts it, for tests that go all the way."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(url)


class Stack:
    """Listener, app and simulator over one data folder."""

    def __init__(self, data: Path, **environ: str):
        self.data = data
        self.ports = {name: free_port() for name in ("APP", "LISTENER", "SIMULATOR")}
        self.environ = {k: v for k, v in os.environ.items() if not k.startswith(("WHATSAPP_", "WADUL_"))}
        self.environ |= {f"WADUL_{name}_PORT": str(port) for name, port in self.ports.items()}
        self.environ |= {"WADUL_DATA": str(data), "PYTHONUNBUFFERED": "1", **environ}
        self.processes: dict[str, subprocess.Popen] = {}
        data.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.ports['APP']}"

    @property
    def listener(self) -> str:
        return f"http://127.0.0.1:{self.ports['LISTENER']}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.ports['SIMULATOR']}"

    def start(self, *names: str) -> None:
        """Start these processes (all, if none is named) and wait until they answer."""
        for name in names or ("listener", "simulator", "app"):
            command = [sys.executable, "-m", *COMMANDS[name]]
            log = (self.data.parent / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        for name in names or ("listener", "simulator", "app"):
            wait_for({"app": f"{self.app}/healthz", "listener": f"{self.listener}/healthz"}.get(name, self.simulator))

    def stop(self, *names: str, sig: int = signal.SIGTERM) -> None:
        """End these processes (all, if none is named)."""
        for name in names or tuple(self.processes):
            process = self.processes.pop(name, None)
            if process and process.poll() is None:
                process.send_signal(sig)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def log(self, name: str) -> str:
        return (self.data.parent / f"{name}.log").read_text(errors="replace")

    def store(self, *arguments: str) -> subprocess.CompletedProcess:
        """`python -m store …` on this data folder; the app must be stopped."""
        command = [sys.executable, "-m", "store", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=300)


COMMANDS = {
    "listener": ["ingest.listener"],
    "simulator": ["ingest.simulator"],
    "app": ["streamlit", "run", "streamlit_app.py"],
}
