"""The running app as a process: what it answers to whom, over real HTTP and websockets."""

import contextlib
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from store.users import DEMO_PASSWORD

from .cases import ask, forwarded, new_desk, take_in
from .stack import ROOT, Stack, free_port

PHOTO = b"\xff\xd8\xff this stands for a photo \xff\xd9"
NUMBER = "6289912345678"


class App:
    """The app alone, over a data folder, at an address of its own."""

    def __init__(self, data, host: str = "127.0.0.1", by_environment: bool = False):
        self.port, self.host = free_port(), host
        flags = ["--server.port", str(self.port), "--server.address", host]
        wanted = {"WADUL_APP_PORT": str(self.port), "WADUL_HOST": host}
        environ = Stack(data).environ | (wanted if by_environment else {})
        self.log = data.parent / f"app-{self.port}.log"
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *([] if by_environment else flags)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        self._wait()
        self.client = httpx.Client(base_url=self.url, timeout=30, headers={"accept": "text/html"})

    def _wait(self) -> None:
        end = time.monotonic() + 180
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            time.sleep(0.1)
        self.process.kill()
        self.process.wait()
        raise TimeoutError(self.log.read_text())

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()

    def sign_in(self, username: str, password: str = DEMO_PASSWORD, target: str = "/", **headers) -> httpx.Response:
        self.client.cookies.clear()
        given = {"username": username, "password": password, "next": target}
        answer = self.client.post("/masuk", data=given, headers=headers)
        self.client.cookies.clear()
        return answer

    def cookie(self, username: str) -> dict[str, str]:
        answer = self.sign_in(username)
        assert answer.status_code == 303
        return {"cookie": answer.headers["set-cookie"].split(";")[0]}

    def socket(self, headers: dict[str, str], origin: str | None = None):
        address = f"{self.url.replace('http', 'ws')}/_stcore/stream"
        return connect(
            address, additional_headers=headers, origin=origin or self.url, subprotocols=["streamlit"], max_size=None
        )


def open_page(page, name: str, query: str = "") -> str:
    """Ask for a page as a browser does; all that it showed, as text."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = name
    page.send(message.SerializeToString())
    shown = []
    while True:
        forward = ForwardMsg()
        forward.ParseFromString(page.recv(timeout=60))
        shown.append(str(forward))
        if forward.WhichOneof("type") == "script_finished":
            return "\n".join(shown)


def until_closed(page):
    """What the app still sends before it closes the page: (kind of message, where it leads)."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            forward = ForwardMsg()
            forward.ParseFromString(page.recv(timeout=20))
            yield forward.WhichOneof("type"), forward.auth_redirect.url


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with one case of DLH and a photo on it."""
    data = tmp_path_factory.mktemp("app") / "data"
    with new_desk(data) as desk:
        case = take_in(desk, "Pohon tumbang di Bendan", phone=NUMBER, name="Zulaikha", media_id="9")
        forwarded(desk, case, "DLH")
        digest = hashlib.sha256(PHOTO).hexdigest()
        path = desk.settings.media / digest[:2] / digest
        path.parent.mkdir(parents=True)
        path.write_bytes(PHOTO)
        with desk.register.atomic() as cursor:
            cursor.execute("update media set state = 'stored', mime = 'image/jpeg', sha256 = ?, size = 9", [digest])
        assert ask(desk, "select id from media") == [(1,)]
    return data


@pytest.fixture(scope="module")
def app(data):
    app = App(data)
    yield app
    app.stop()


def test_sign_in_sets_a_cookie_that_scripts_cannot_read_and_leads_on(app):
    page = app.client.get("/masuk?next=/daftar")
    assert page.status_code == 200
    assert "name='next' value='/daftar'" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    answer = app.sign_in(" KOTA ", target="/daftar?cari=lampu")
    assert (answer.status_code, answer.headers["location"]) == (303, "/daftar?cari=lampu")
    value, *flags = answer.headers["set-cookie"].split("; ")
    assert value.startswith("wadul_session=")
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=lax"}


def test_a_wrong_password_is_refused_and_what_was_typed_is_shown_as_text(app):
    answer = app.sign_in('"><script>alert(1)</script>', "wrong")
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert "Nama pengguna atau kata sandi tidak cocok." in answer.text
    assert "<script>alert" not in answer.text
    for username, password in (("kota", ""), ("", DEMO_PASSWORD), ("kota", DEMO_PASSWORD + " ")):
        assert app.sign_in(username, password).status_code == 403


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/keluar"]
)
def test_sign_in_leads_to_no_other_site(app, target):
    assert app.sign_in("kota", target=target).headers["location"] == "/"
    page = app.client.get("/masuk", params={"next": target})
    assert "name='next' value='/'" in page.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://evil.example:{port}"])
def test_a_form_on_another_site_signs_nobody_in(app, origin):
    answer = app.sign_in("kota", origin=origin.format(port=app.port))
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_our_own_form_does(app):
    assert app.sign_in("kota", origin=app.url).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/", "/triase", "/kesehatan", "/berkas/1", "/media/abc", "/_stcore/host-config", "/_stcore/upload_file/a/b",
        "/component/x/y", "/app/static/x", "/_stcore/agent/mcp", "/_stcore/metrics", "/index.html",
    ],
)  # fmt: skip
def test_without_a_session_nothing_is_given_out(app, path):
    app.client.cookies.clear()
    for headers in ({}, {"x-wadul-user": "admin"}, {"cookie": "wadul_session=x"}, {"X_Wadul_User": "admin"}):
        answer = app.client.get(path, headers=headers)
        assert answer.status_code in (303, 401)
        answer = app.client.put(path, headers=headers, content=b"x")
        assert answer.status_code == 401


def test_a_websocket_without_a_session_or_from_another_site_is_refused(app):
    forged, unknown, good = {"x-wadul-user": "admin"}, {"cookie": "wadul_session=x"}, app.cookie("kota")
    for headers, origin in (({}, None), (forged, None), (unknown, None), (good, "http://evil.example")):
        with pytest.raises(InvalidStatus) as caught, app.socket(headers, origin):
            pass
        assert caught.value.response.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../berkas/1", "/static/%2e%2e/berkas/1", "/static/..%2fberkas/1", "/static/%252e%252e/berkas/1",
        "/static/..%5cberkas/1", "//berkas/1", "/static//berkas/1", "/./berkas/1", "/static/%2fetc/passwd",
        "/static/%00", "/static/..", "/masuk/../berkas/1", "/masuk%2f..%2fberkas/1", "/%73tatic/../berkas/1",
        "/static/../_stcore/host-config", "/berkas/1?/static/", "/berkas/1#/static/",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_path_leads_around_the_door(app, path):
    connection = http.client.HTTPConnection(app.host, app.port, timeout=20)
    connection.request("GET", path, headers={"Host": f"{app.host}:{app.port}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status in (303, 400, 401, 404) or b"<title>Streamlit</title>" in body
    assert PHOTO not in body
    assert b"allowedOrigins" not in body
    assert b"root:" not in body


@pytest.mark.parametrize(
    ("username", "status"),
    [("kota", 200), ("opd.dlh", 200), ("tim.dlh", 200), ("pimpinan", 200), ("opd.dishub", 404), ("admin", 404)],
)
def test_a_photo_is_given_to_those_who_see_its_case(app, username, status):
    headers = app.cookie(username)
    answer = app.client.get("/berkas/1", headers=headers | {"x-wadul-user": "kota"})
    assert answer.status_code == status
    assert (answer.content == PHOTO) == (status == 200)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 200:
        assert answer.headers["content-type"] == "image/jpeg"
        assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "media_id", ["2", "0", "-1", "9223372036854775807", "9223372036854775808", "9" * 60, "x", "1/.."]
)
def test_a_file_that_does_not_exist(app, media_id):
    answer = app.client.get(f"/berkas/{media_id}", headers=app.cookie("kota"))
    assert answer.status_code in (200, 404)
    assert answer.status_code == 404 or "<title>Streamlit</title>" in answer.text


def test_a_page_knows_the_person_by_the_session_alone(app):
    with app.socket(app.cookie("kota") | {"x-wadul-user": "admin"}) as page:
        shown = open_page(page, "triase")
    assert "Rina Wulandari" in shown
    assert "Administrator (demo)" not in shown


def test_a_page_that_is_open_is_sent_to_sign_in_after_sign_out(app):
    headers = app.cookie("kota")
    with app.socket(headers) as page:
        assert "Rina Wulandari" in open_page(page, "daftar")
        strange = app.client.get("/keluar", headers=headers | {"sec-fetch-site": "cross-site"})
        assert strange.status_code == 403
        assert "Rina Wulandari" in open_page(page, "daftar")
        answer = app.client.get("/keluar", headers=headers | {"sec-fetch-site": "same-origin"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
        assert "Max-Age=0" in answer.headers["set-cookie"]
        message = BackMsg()
        message.rerun_script.query_string = ""
        page.send(message.SerializeToString())
        kinds = list(until_closed(page))
        # What the run before had left to say may still come; nothing is drawn any more.
        assert kinds[-1] == ("auth_redirect", "/masuk")
        assert "delta" not in [kind for kind, _ in kinds]
    assert app.client.get("/berkas/1", headers=headers).status_code == 303


def test_a_restart_keeps_sessions_and_its_first_request_shows_no_forbidden_page(data, app):
    headers = app.cookie("kota")
    app.stop()
    again = App(data)
    try:
        # The very first request is a deep link to a page of the administrator's.
        assert again.client.get("/kesehatan", headers=headers).status_code == 200
        with again.socket(headers) as page:
            shown = open_page(page, "kesehatan")
        assert "Kesehatan sistem" not in shown
        assert "Pengiriman berjalan" not in shown
        with again.socket(again.cookie("admin")) as page:
            assert "Kesehatan sistem" in open_page(page, "kesehatan")
        log = app.log.read_text() + again.log.read_text()
        for secret in (headers["cookie"].split("=")[1], DEMO_PASSWORD, "Zulaikha", NUMBER, "Pohon tumbang"):
            assert secret not in log
    finally:
        again.stop()


def test_the_address_from_the_environment_is_the_only_one_even_when_the_usual_port_is_taken(tmp_path):
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # taken by another
            usual.bind(("127.0.0.1", 8501))
            usual.listen()
        app = App(tmp_path / "data", "127.0.0.2", by_environment=True)
    try:
        assert listening(app.process.pid) == {("127.0.0.2", app.port)}
    finally:
        app.stop()


def listening(pid: int) -> set[tuple[str, int]]:
    """The addresses at which a process takes connections."""
    links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    inodes = {link[8:-1] for link in links if link.startswith("socket:")}
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, _, state, *_, inode = line.split()[1:4] + line.split()[9:10]
        if state == "0A" and inode in inodes:
            host, port = local.split(":")
            found.add((socket.inet_ntoa(bytes.fromhex(host)[::-1]), int(port, 16)))
    return found
