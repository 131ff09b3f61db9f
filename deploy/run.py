"""Starts listener and app, and where no WhatsApp account is configured the simulator; stops them together on Ctrl-C.

For a desk on one machine and for trying the product out. A server runs the same processes under systemd
(docs/going-live.md).
"""

import os
import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path

from honcho.manager import Manager

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from store import settings as store_settings  # noqa: E402 – the project is found first
from store.users import DEMO_PASSWORD, DEMO_SHOWN  # noqa: E402


def main() -> int:
    os.chdir(ROOT)
    try:
        settings = store_settings.load()
        settings.require_webhook_secrets()
        settings.make_data_folder()
    except store_settings.SettingsError as error:
        return _say(str(error))
    ports = {"WADUL_APP_PORT": settings.app_port, "WADUL_LISTENER_PORT": settings.listener_port}
    if settings.simulated:
        ports["WADUL_SIMULATOR_PORT"] = settings.simulator_port
    for name, port in ports.items():
        if not _is_free(settings.host, port):
            return _say(f"Port {port} is taken. Is the product running already? Another port: {name}=… make run")
    manager = Manager()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for name, command in _commands(settings).items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    manager.loop()
    # 130 and -2 are Ctrl-C, 143 and -15 a polite request to stop: both are what somebody wanted.
    return 0 if manager.returncode in (0, None, 130, -2, 143, -15) else 1


def _commands(settings) -> dict[str, str]:
    python = f"'{sys.executable}'"
    commands = {
        "listener": f"exec {python} -m ingest.listener",
        "app": (
            f"exec {python} -m streamlit run streamlit_app.py "
            f"--server.port {settings.app_port} --server.address {settings.host}"
        ),
    }
    if settings.simulated:
        commands["simulator"] = f"exec {python} -m ingest.simulator"
    return commands


def _announce(settings) -> None:
    """Print the addresses once they answer."""
    shown = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 – compared, not bound # nosec B104
    app = f"http://{shown}:{settings.app_port}"
    if not _answers(f"{app}/healthz"):
        return
    service = settings.config["service"]["name"]
    lines = [
        "",
        f"  {service} is running.",
        f"  App         {app}",
        f"  Listener    http://{shown}:{settings.listener_port}/whatsapp",
    ]
    if settings.simulated:
        lines.append(f"  Simulator   http://127.0.0.1:{settings.simulator_port}   (a citizen's phone)")
    if settings.demo:
        lines += ["", f"  Demo accounts, password {DEMO_PASSWORD}:"]
        lines += [f"    {user:<10} {what}" for user, what in DEMO_SHOWN]
        lines += ["", "  Two years of made-up complaints: stop, then `make demo`."]
    print("\n".join([*lines, "", "  Ctrl-C stops everything.", ""]), flush=True)


def _answers(url: str, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 – our own address # nosec B310
                return answer.status == 200
        except OSError:
            time.sleep(0.3)
    return False


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
