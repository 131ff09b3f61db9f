"""Twenty people watch the live dashboard while twenty messages a second come in: who waits, and does intake notice?

The real app and the real listener on one data folder, over real websockets and HTTP, all on loopback. It begins when
the app has come to rest: it learns what to suggest 20 seconds after its start, and then every three hours. Each viewer
asks for its live part every two seconds, as the page does by itself; the messages are posted at a steady rate to the
listener, each from another person, and the app takes them in meanwhile. Beside it viewers without messages, and
messages without viewers.

`python -m bench.viewers [--viewers N] [--rate N] [--seconds N] [COMPLAINTS …]`. Writes bench/out/viewers.json.
"""

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx

from store.db import Register

from . import intake, measure, pages, registers

EVERY = 2.0
AIM_MS = 1_000
SIZES = (10_000, 1_000_000)
_LEARNS = 25  # seconds after which the app has begun to learn
_START = 1.0  # viewers come one after the other within this time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of one measurement")
    parser.add_argument("complaints", nargs="*", type=int, default=list(SIZES), help="in the register before")
    options = parser.parse_args()
    compare(options.viewers, options.rate, options.seconds, options.complaints)


def compare(viewers: int, rate: float, seconds: float, sizes: Iterable[int] = SIZES) -> None:
    """Messages alone, viewers alone, and both, with each register; print a table and write the JSON file."""
    registers.OUT.mkdir(exist_ok=True)
    measure.write("viewers", [_with_register(viewers, rate, seconds, complaints) for complaints in sizes])


def _with_register(viewers: int, rate: float, seconds: float, complaints: int) -> dict:
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        data = Path(folder)
        registers.copy_of(complaints, data).register.close()
        # No simulator: what the app wants to send stays in its outbox.
        with (
            pages.app(pages.ROOT / "streamlit_app.py", {"WADUL_DATA": str(data), "WADUL_SIMULATOR_PORT": "9"}) as port,
            intake.server("listener", data) as listener,
        ):
            cookie = pages._sign_in(port)
            _rest(port)
            results = []
            for case, watching, coming in (
                ("messages alone", 0, rate),
                (f"{viewers} viewers alone", viewers, 0),
                (f"{viewers} viewers and messages", viewers, rate),
            ):
                begun, used = time.perf_counter(), _used(port)
                result = _run(case, port, listener, cookie, watching, coming, seconds)
                result["app_cpu"] = (_used(port) - used) / (time.perf_counter() - begun)
                results.append(result)
            # The app alone may open the register: it is given a moment for the last messages, and then counted.
            time.sleep(5)
        posted = sum(result["posted"] for result in results)
        register = Register(data / "register.duckdb")
        with register.cursor() as cursor:
            (known,) = cursor.execute("select count(*) from message_in where wamid like 'wamid.viewers.%'").fetchone()
        register.close()
    print(f"{complaints:,} complaints:")
    for result in results:
        tick, post = result["tick"] or {}, result["intake"] or {}
        print(
            f"{result['case']:28} tick p50 {tick.get('p50_ms', 0):6.0f} p99 {tick.get('p99_ms', 0):6.0f} "
            f"longest {tick.get('max_ms', 0):6.0f} ms | intake p50 {post.get('p50_ms', 0):6.1f} "
            f"p99 {post.get('p99_ms', 0):6.1f} ms, {result['posted']} posted | {result['app_cpu']:.2f} processors"
        )
    print(f"{posted} posted, {known} in the register 5 s later")
    return {"complaints": complaints, "runs": results, "posted": posted, "taken_in": known}


def _rest(port: int) -> None:
    """Wait until the app does next to nothing, at most five minutes."""
    time.sleep(_LEARNS)
    for _ in range(60):
        used = _used(port)
        time.sleep(5)
        if _used(port) - used < 0.5:
            return


def _used(port: int) -> float:
    """Seconds of the processors that the app has used."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--server.port\0{port}\0" in (process / "cmdline").read_text():
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    raise RuntimeError("the app has ended")


def _run(case: str, port: int, listener: int, cookie: str, viewers: int, rate: float, seconds: float) -> dict:
    stop, ticks, problems = threading.Event(), [], []
    ready = threading.Barrier(viewers + 1)

    def watch(number: int) -> None:
        waits = random.Random(number)
        try:
            time.sleep(_START * number / max(viewers, 1))
            with pages.Tab(port, cookie) as tab:
                tab.rerun("dasbor", "")
                parts = list(dict.fromkeys(tab.fragments))
                ready.wait(120)
                stop.wait(waits.random() * EVERY)
                while not stop.is_set():
                    started = time.perf_counter()
                    for part in parts:
                        tab.rerun("dasbor", "", part)
                    took = time.perf_counter() - started
                    ticks.append(took * 1000)
                    stop.wait(max(EVERY - took, 0))
        except Exception as error:
            problems.append(repr(error))
            ready.abort()

    threads = [threading.Thread(target=watch, args=(number,), daemon=True) for number in range(viewers)]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait(120)
    posts = list(_post(listener, case, rate, seconds)) if rate else []
    if not rate:
        stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join(60)
    if problems:
        raise RuntimeError(f"{len(problems)} viewers failed: {problems[0]}")
    return {
        "case": case,
        "tick": measure.spread(ticks) | {"max_ms": max(ticks), "aim_ms": AIM_MS} if ticks else None,
        "intake": measure.spread(posts) | {"max_ms": max(posts)} if posts else None,
        "posted": len(posts),
    }


def _post(listener: int, case: str, rate: float, seconds: float) -> Iterator[float]:
    """Post at a steady rate; the milliseconds of each answer."""
    begun = time.perf_counter()
    with httpx.Client(timeout=30) as client:
        for number in range(int(rate * seconds)):
            time.sleep(max(begun + number / rate - time.perf_counter(), 0))
            content = _body(f"{case}.{number}".replace(" ", "-"), number)
            signature = hmac.new(intake.SECRET.encode(), content, hashlib.sha256).hexdigest()
            headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
            started = time.perf_counter()
            answer = client.post(f"http://127.0.0.1:{listener}/whatsapp", content=content, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"the listener answered {answer.status_code}")
            yield (time.perf_counter() - started) * 1000


def _body(name: str, number: int) -> bytes:
    """One text message of a person who has not written before."""
    wa_id = f"6289{int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**9:09d}"
    message = {"from": wa_id, "id": f"wamid.viewers.{name}", "timestamp": str(int(time.time())), "type": "text"}
    message["text"] = {"body": f"Lampu jalan di Medono mati sejak Senin, tiang nomor {number}"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628000000001", "phone_number_id": "100000000000001"},
        "contacts": [{"profile": {"name": f"Warga {number}"}, "wa_id": wa_id}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


if __name__ == "__main__":
    main()
