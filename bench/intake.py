"""How many webhooks a second are acknowledged and durable, and how soon.

Our listener is measured beside a bare handler and pywa's own server, and again beside a process that hogs a core.

`python -m bench.intake [--seconds N]`: N seconds a measurement (default 2), sixteen measurements, loopback only.
Writes bench/out/intake.json.
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import importlib.metadata
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ingest.inbox import InboxReader

OUT = Path(__file__).parent / "out" / "intake.json"
ROOT = Path(__file__).parent.parent
SECRET = "bench-secret"
ROUNDS = 2
CONNECTIONS = (1, 16)
BODIES = 20_000
CASES = {
    "bare": "bare ASGI handler, same uvicorn settings",
    "listener": "our listener (fsync before 200)",
    "pywa": "pywa's own server, empty raw handler",
    "listener, busy app": "our listener, another process hogging a core",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--part", choices=("bare", "pywa", "load", "busy"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "load":
        asyncio.run(load(options.port, options.connections, options.seconds, options.seed))
    elif options.part:
        {"bare": serve_bare, "pywa": serve_pywa, "busy": be_busy}[options.part](options.port)
    else:
        compare(options.seconds)


def compare(seconds: float) -> None:
    """Run all cases interleaved, print a table and write the JSON file."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        flush_ms = fsync_ms(Path(folder))
        ports = {name: stack.enter_context(server(name, Path(folder))) for name in ("bare", "listener", "pywa")}
        ports["listener, busy app"] = ports["listener"]
        runs: dict[tuple[str, int], list[dict]] = {}
        for seed, (connections, case) in enumerate(
            (connections, case) for _ in range(ROUNDS) for connections in CONNECTIONS for case in CASES
        ):
            with part("busy") if "busy" in case else contextlib.nullcontext():
                runs.setdefault((case, connections), []).append(measure(ports[case], connections, seconds, seed))
        acknowledged = sum(run["count"] for (case, _), of in runs.items() if "listener" in case for run in of)
        durable = InboxReader(Path(folder) / "inbox.sqlite").last_id()
    results = [summary(case, connections, of) for (case, connections), of in runs.items()]
    bare = {result["connections"]: result["per_second"] for result in results if result["case"] == "bare"}
    for result in results:
        result["ratio_to_bare"] = round(result["per_second"] / bare[result["connections"]], 2)
    report = {
        "machine": machine(),
        "fsync_ms": flush_ms,
        "seconds": seconds,
        "rounds": ROUNDS,
        "acknowledged": acknowledged,
        "durable": durable,
        "results": results,
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n")
    show(report)
    # One more row than acknowledged may stand for each connection whose answer was still under way.
    if not acknowledged <= durable <= acknowledged + 2 * ROUNDS * sum(CONNECTIONS):
        sys.exit(f"{acknowledged} were acknowledged, but {durable} are in the inbox.")


def show(report: dict) -> None:
    print(f"{'case':45} {'conn':>4} {'per s':>7} {'of bare':>7} {'p50 ms':>7} {'p99 ms':>7}")
    for row in report["results"]:
        print(
            f"{CASES[row['case']]:45} {row['connections']:4} {row['per_second']:7.0f} {row['ratio_to_bare']:7.2f} "
            f"{row['p50_ms']:7.2f} {row['p99_ms']:7.2f}"
        )
    print(f"acknowledged {report['acknowledged']}, durable {report['durable']}; fsync {report['fsync_ms']} ms")
    print(f"{report['machine']}; written to {OUT.relative_to(ROOT)}")


def summary(case: str, connections: int, runs: list[dict]) -> dict:
    took = sorted(latency for run in runs for latency in run["microseconds"])
    return {
        "case": case,
        "connections": connections,
        "per_second": round(statistics.mean(run["count"] / run["seconds"] for run in runs)),
        "p50_ms": took[len(took) // 2] / 1000,
        "p99_ms": took[int(len(took) * 0.99)] / 1000,
        "max_ms": took[-1] / 1000,
    }


def measure(port: int, connections: int, seconds: float, seed: int) -> dict:
    options = ["--port", str(port), "--connections", str(connections), "--seed", str(seed), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "bench.intake", "--part", "load", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds + 60)
    return json.loads(ended.stdout)


@contextlib.contextmanager
def server(name: str, folder: Path):
    """Start one server in its own process and wait until it listens; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    if name == "listener":
        secrets = {"WHATSAPP_TOKEN": "t", "WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": "v"}
        paths = {"WADUL_DATA": str(folder), "WADUL_HOST": "127.0.0.1", "WADUL_LISTENER_PORT": str(port)}
        running = start([sys.executable, "-m", "ingest.listener"], {**os.environ, **secrets, **paths})
    else:
        running = start([sys.executable, "-m", "bench.intake", "--part", name, "--port", str(port)], None)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        running.terminate()
        running.wait(15)


@contextlib.contextmanager
def part(name: str):
    running = start([sys.executable, "-m", "bench.intake", "--part", name], None)
    time.sleep(1)  # pandas has to be loaded before it can be busy
    try:
        yield
    finally:
        running.kill()
        running.wait()


def start(command: list[str], environ: dict[str, str] | None) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def serve_bare(port: int) -> None:
    import uvicorn

    from ingest import listener

    async def app(scope, receive, send):
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    uvicorn.Server(listener.server_config(app)).run(sockets=[listener.bind("127.0.0.1", port)])


def serve_pywa(port: int) -> None:
    from pywa import WhatsApp

    wa = WhatsApp(server=None, app_secret=SECRET, verify_token=SECRET, webhook_endpoint="/whatsapp")

    @wa.on_raw_update()
    def nothing(_client, _update) -> None:
        pass

    wa.run(host="127.0.0.1", port=port, log_level="error")


def be_busy(_port: int | None) -> None:
    """Two threads that do what a busy app does: JSON and data frames."""
    import pandas as pd

    def work() -> None:
        rows = [{"opd": number % 7, "days": number % 11, "text": "aduan " * 20} for number in range(5_000)]
        while True:
            frame = pd.DataFrame(json.loads(json.dumps(rows)))
            frame.groupby("opd")["days"].mean().sort_values()

    for _ in range(2):
        threading.Thread(target=work).start()


async def load(port: int, connections: int, seconds: float, seed: int) -> None:
    """Post different signed bodies over kept connections and print what came of it."""
    requests = [request(seed, number) for number in range(BODIES)]
    took: list[int] = []
    started = time.perf_counter()

    async def one(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = first
        while time.perf_counter() - started < seconds:
            sent = time.perf_counter()
            writer.write(requests[number % BODIES])
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.split(b"\r\n")[0].decode())
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            took.append(round((time.perf_counter() - sent) * 1e6))
            number += connections
        writer.close()

    await asyncio.gather(*(one(first) for first in range(connections)))
    print(json.dumps({"count": len(took), "seconds": time.perf_counter() - started, "microseconds": took}))


def request(seed: int, number: int) -> bytes:
    """One text message as Meta posts it, signed; no two alike, since pywa skips what it has seen."""
    message = {"from": "6280000000101", "id": f"wamid.{seed}.{number}", "timestamp": "1795420800", "type": "text"}
    message["text"] = {"body": "Lampu jalan di depan pasar mati sejak Senin, mohon diperbaiki. " * 4}
    metadata = {"display_phone_number": "628000000001", "phone_number_id": "100000000000001"}
    contact = {"profile": {"name": "Siti Rahayu"}, "wa_id": "6280000000101", "user_id": "ID.10459283746510293"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [contact], "messages": [message]}
    change = {"value": value, "field": "messages"}
    content = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    body = json.dumps(content).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def fsync_ms(folder: Path) -> float:
    """The median of what flushing 4 kB to this disk takes."""
    took = []
    with open(folder / "flush", "wb", buffering=0) as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - started)
    return round(statistics.median(took) * 1000, 2)


def machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("uvicorn", "h11", "pywa"))
    system = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    return f"{system}, Python {platform.python_version()}, {versions}"


if __name__ == "__main__":
    main()
