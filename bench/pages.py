"""How long a page's rerun takes beyond its questions, and whether a busy app disturbs the listener.

The real app is started on a register of 10,000 complaints and asked over real websockets, signed in as the city team;
an empty page in a Streamlit of its own is the floor. The questions of each page are timed apart, on a like register.

`python -m bench.pages [--complaints N] [--runs N] [--seconds N]`. Writes bench/out/pages.json.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from store import health, queries, users
from store.desk import Desk
from store.queries import Filters

from . import intake, measure, registers

ROOT = Path(__file__).parent.parent
AIM = 60  # milliseconds beyond the questions
SESSIONS = 10
FLOOR = "empty page"
EMPTY_APP = """
import contextlib, gc
import altair, pandas, pyarrow
import streamlit as st

@contextlib.asynccontextmanager
async def lifespan(app):
    gc.collect()
    gc.freeze()
    yield

app = st.App("page.py", lifespan=lifespan)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--complaints", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=40, help="reruns of each page")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement of the listener")
    options = parser.parse_args()
    compare(options.complaints, options.runs, options.seconds)


def compare(complaints: int, runs: int, seconds: float) -> None:
    """Rerun every page, then all at once; print tables and write the JSON file."""
    with tempfile.TemporaryDirectory(dir=registers.OUT) as folder:
        data = Path(folder)
        desk = registers.copy_of(complaints, data / "apart")
        asked = _questions(desk)
        results = [_floor(data / "empty", runs)]
        registers.copy_of(complaints, data / "app").register.close()
        with app(ROOT / "streamlit_app.py", {"WADUL_DATA": str(data / "app"), "WADUL_SIMULATOR_PORT": "9"}) as port:
            cookie = _sign_in(port)
            print(f"{'page':22} {'p50 ms':>7} {'p99 ms':>7} {'questions':>9} {'beyond':>7}")
            print(f"{FLOOR:22} {results[0]['p50_ms']:7.1f} {results[0]['p99_ms']:7.1f}")
            for page, (path, query, ask) in asked.items():
                results.append(_page(port, cookie, page, path, query, measure.times(ask, runs)["p50_ms"], runs))
            results += _tick(port, cookie, runs)
            busy = _busy(port, cookie, [(path, query) for path, query, _ in asked.values()], data, seconds)
        desk.register.close()
    measure.write("pages", {"complaints": complaints, "pages": results, "busy": busy})


def _floor(folder: Path, runs: int) -> dict:
    folder.mkdir(mode=0o700)
    (folder / "app.py").write_text(EMPTY_APP, encoding="utf-8")
    (folder / "page.py").write_text("import streamlit as st\nst.write('')\n", encoding="utf-8")
    with app(folder / "app.py", {}) as port, Tab(port) as tab:
        return {"page": FLOOR, **measure.times(lambda run: tab.rerun("", ""), runs)}


def _page(port: int, cookie: str, page: str, path: str, query: str, asking: float, runs: int) -> dict:
    with Tab(port, cookie) as tab:
        took = measure.times(lambda run: tab.rerun(path, query), runs)
    beyond = took["p50_ms"] - asking
    missed = " MISSED" if beyond > AIM else ""
    print(f"{page:22} {took['p50_ms']:7.1f} {took['p99_ms']:7.1f} {asking:9.1f} {beyond:7.1f}{missed}", flush=True)
    return {"page": page, **took, "questions_ms": asking, "beyond_ms": beyond, "aim_ms": AIM}


def _tick(port: int, cookie: str, runs: int) -> list[dict]:
    """The live parts poll by themselves: what one such tick costs while nothing changes."""
    results = []
    for page, path in (("Triase, tick", "triase"), ("Dasbor, tick", "dasbor")):
        with Tab(port, cookie) as tab:
            tab.rerun(path, "")
            fragment = tab.fragments[0]
            took = measure.times(lambda run, path=path, tab=tab, fragment=fragment: tab.rerun(path, "", fragment), runs)
        print(f"{page:22} {took['p50_ms']:7.1f} {took['p99_ms']:7.1f}", flush=True)
        results.append({"page": page, **took})
    return results


def _busy(port: int, cookie: str, pages: list[tuple[str, str]], data: Path, seconds: float) -> list[dict]:
    """The listener's answers at 16 connections, first alone and then while ten sessions rerun without a pause."""
    results = []
    listener_data = data / "listener"
    listener_data.mkdir(mode=0o700)
    with intake.server("listener", listener_data) as listener:
        intake.measure(listener, 16, 1.0, 900)
        for name, sessions in (("app idle", 0), (f"app busy, {SESSIONS} sessions", SESSIONS)):
            with _rerunning(port, cookie, pages, sessions) as took:
                run = intake.measure(listener, 16, seconds, 901 + sessions)
            found = measure.spread([microseconds / 1000 for microseconds in run["microseconds"]])
            result = {"case": name, "per_second": round(run["count"] / run["seconds"]), "intake": found}
            print(f"listener, {name:24} {result['per_second']:6} per s, p99 {found['p99_ms']:6.1f} ms", flush=True)
            if took:
                result["reruns"] = measure.spread(took)
                print(f"reruns in {sessions} sessions: p50 {result['reruns']['p50_ms']:.0f} ms, {len(took)} runs")
            results.append(result)
    return results


@contextlib.contextmanager
def _rerunning(port: int, cookie: str, pages: list[tuple[str, str]], sessions: int) -> Iterator[list[float]]:
    stop, took = threading.Event(), []

    def work(number: int) -> None:
        path, query = pages[number % len(pages)]
        with Tab(port, cookie) as tab:
            while not stop.is_set():
                started = time.perf_counter()
                tab.rerun(path, query)
                took.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    time.sleep(1 if sessions else 0)
    try:
        yield took
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def _questions(desk: Desk) -> dict[str, tuple[str, str, Callable[[int], None]]]:
    """Each page with its path, its query string and what it asks of the register in one rerun."""
    register = desk.register
    city = users.actor(register, "kota")
    first = queries.waiting_for_triage(register, city)[0]["number"]

    def frame() -> None:
        users.actor(register, "kota")
        users.actor(register, "kota")
        queries.counts(register, city)
        health.sending_stopped(register)

    def case(run: int) -> None:
        frame()
        queries.case_view(register, city, first)
        for _ in range(4):  # the fields of the form
            queries.reference(register)

    def triage(run: int) -> None:
        queries.waiting_for_triage(register, city)
        case(run)

    def listing(run: int) -> None:
        frame()
        queries.reference(register)
        queries.search(register, city, Filters(), 1)

    return {
        "Triase": ("triase", "", triage),
        "Aduan": ("aduan", f"no={first}", case),
        # Its figures are kept for a version of the register, so a rerun asks for none.
        "Dasbor": ("dasbor", "", lambda run: frame()),
        "Daftar": ("daftar", "", listing),
    }


class Tab:
    """One browser tab: a websocket that asks for reruns as Streamlit's own page does."""

    def __init__(self, port: int, cookie: str = ""):
        self.fragments: list[str] = []
        self._hash = ""
        self._connection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            origin=f"http://127.0.0.1:{port}",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie} if cookie else {},
            max_size=None,
            compression=None,
        )

    def rerun(self, page: str, query: str, fragment: str = "") -> None:
        """Ask for one run of a page (or one part of it) and wait until it has finished.

        :raises RuntimeError: the page drew an exception, or another page came
        """
        ask = BackMsg()
        state = ask.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = query, self._hash, fragment
        state.is_auto_rerun = bool(fragment)
        if not self._hash:
            state.page_name = page
        self._socket.send(ask.SerializeToString())
        while True:
            # Streamlit's sockets wait for the acknowledgement of a small packet before they send the next (Nagle), and
            # Linux delays it by 40 ms to who asks without a pause; a person pauses, so it is given at once here.
            self._socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            said = ForwardMsg.FromString(self._socket.recv(timeout=60))
            kind = said.WhichOneof("type")
            if kind == "navigation":
                self._hash = said.navigation.page_script_hash
                shown = [p.url_pathname for p in said.navigation.app_pages if p.page_script_hash == self._hash]
                if shown != [page]:
                    raise RuntimeError(f"{page} was asked for and {shown} came")
            elif kind == "auto_rerun":
                self.fragments.append(said.auto_rerun.fragment_id)
            elif kind == "page_not_found" or (kind == "delta" and said.delta.new_element.HasField("exception")):
                raise RuntimeError(f"{page}: {said.delta.new_element.exception.message or kind}")
            elif kind == "script_finished" and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def __enter__(self) -> "Tab":
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *ended) -> None:
        self._connection.__exit__(*ended)


@contextlib.contextmanager
def app(script: Path, environ: dict[str, str]) -> Iterator[int]:
    """Run a Streamlit app in a process of its own until the block ends; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    command += ["--browser.gatherUsageStats", "false"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WHATSAPP_", "WADUL_"))}
    running = subprocess.Popen(
        command, cwd=script.parent, env={**kept, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}/_stcore/health").status_code == 200:
                    break
            if running.poll() is not None:
                raise RuntimeError(f"{script.name} ended with {running.returncode}")
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _sign_in(port: int) -> str:
    form = {"username": "kota", "password": users.DEMO_PASSWORD, "next": "/"}
    answer = httpx.post(f"http://127.0.0.1:{port}/masuk", data=form)
    if answer.status_code != 303:
        raise RuntimeError(f"sign-in was answered with {answer.status_code}")
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


if __name__ == "__main__":
    main()
