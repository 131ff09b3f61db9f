"""What somebody with bad intentions tries: each attempt on the real parts, and what comes of it."""

import asyncio
import csv
import io
import re
import socket
import struct
import time
import zipfile
import zlib

import httpx
import pytest

from pages import door
from pages.parts import guarded
from store import __main__ as command_line
from store import evidence, pictures
from store.export.files import FORMULA
from store.rules.errors import RuleBroken
from store.sessions import id_of

from .cases import add_message, ask, new_desk, take_in
from .conftest import body, message
from .postbox import Mailbox
from .stack import CHROMIUM
from .test_app import App

SCRIPT = "<script>window.owned=1</script><img src=x onerror='window.owned=2'>"
LINK = "[klik](javascript:window.owned=3) <a href='//evil.example'>sini</a>"
MARKED = "**tebal** `kode` $x^2$ :material/star: ![](http://evil.example/p.png)"
TEXT = f"=HYPERLINK(0) {SCRIPT} {LINK} {MARKED}"
NAME = "=cmd|'/c calc'!A1 <svg onload=window.owned=4>"
NUMBER = "6289912345678"
REPLAYED = ("complaint", "event", "message_in", "message_out", "contact", "contact_identity", "number_counter")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A register with a case whose reporter means no good."""
    data = tmp_path_factory.mktemp("attacks") / "data"
    with new_desk(data) as desk:
        case = take_in(desk, TEXT, phone=NUMBER, name=NAME)
        add_message(desk, case, f"Lagi: {TEXT}", phone=NUMBER, name=NAME)
        assert case.number.startswith("WA-")
    return data


@pytest.fixture(scope="module")
def app(data):
    app = App(data)
    yield app
    app.stop()


# Sessions


def guesses(secret: str) -> list[str]:
    return [
        "", "0", "kota", "admin", secret[:-1], secret + "x", secret.swapcase(), secret[::-1],
        f'"{secret}x"',
        id_of(secret), "%00", "../../x", "' or 1=1 --", "x" * 8000, "null", "undefined", "{}", "=",
    ]  # fmt: skip


def test_a_session_cannot_be_guessed_nor_made_from_what_the_register_holds(app):
    secret = app.cookie("kota")["cookie"].split("=", 1)[1]
    assert app.client.get("/berkas/1", headers={"cookie": f"wadul_session={secret}"}).status_code == 404
    for guess in guesses(secret):
        answer = app.client.get("/berkas/1", headers={"cookie": f"wadul_session={guess}", "accept": "*/*"})
        assert answer.status_code == 401, guess


def test_a_session_that_somebody_chose_beforehand_is_not_the_one_that_is_signed_in(app):
    chosen = {"cookie": "wadul_session=chosen-by-somebody-else"}
    answer = app.client.post("/masuk", data={"username": "kota", "password": "pekalongan-demo"}, headers=chosen)
    assert answer.status_code == 303
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    app.client.cookies.clear()
    assert app.client.get("/berkas/1", headers={**chosen, "accept": "*/*"}).status_code == 401


def test_only_the_proxy_on_this_machine_says_that_it_speaks_tls(app):
    """Then the cookie is for TLS only, and one without the prefix opens nothing."""
    form = {"username": "kota", "password": "pekalongan-demo"}
    answer = app.client.post("/masuk", data=form, headers={"x-forwarded-proto": "https"})
    app.client.cookies.clear()
    cookie = next(v for v in answer.headers.get_list("set-cookie") if v.startswith("__Host-wadul_session="))
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie
    assert answer.headers["strict-transport-security"]
    held = cookie.split(";")[0]
    over_tls = {"x-forwarded-proto": "https", "accept": "*/*"}
    assert app.client.get("/berkas/1", headers={"cookie": held, **over_tls}).status_code == 404
    plain = held.removeprefix("__Host-")
    assert app.client.get("/berkas/1", headers={"cookie": plain, **over_tls}).status_code == 401


# Where things come from and lead to


@pytest.mark.parametrize(
    "origin",
    [None, "http://evil.example", "null", "http://127.0.0.1", "file://", "http://127.0.0.1:{port}.evil.example"],
)
def test_a_websocket_from_a_strange_page_is_not_opened_even_with_the_cookie(app, origin):
    given = [] if origin is None else [f"Origin: {origin.format(port=app.port)}"]
    lines = [
        "GET /_stcore/stream HTTP/1.1", f"Host: {app.host}:{app.port}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        f"Cookie: {app.cookie('kota')['cookie']}", *given,
    ]  # fmt: skip
    assert raw(app, "\r\n".join(lines) + "\r\n\r\n").startswith(b"HTTP/1.1 403")
    own = [*lines, f"Origin: {app.url}"] if origin is None else [*lines[:-1], f"Origin: {app.url}"]
    assert raw(app, "\r\n".join(own) + "\r\n\r\n").startswith(b"HTTP/1.1 101")


def raw(app, text: str, seconds: float = 20) -> bytes:
    with socket.create_connection((app.host, app.port), timeout=seconds) as connection:
        connection.sendall(text.encode())
        answer = connection.recv(2000)
        while b"Connection: close" in text.encode() and (more := connection.recv(65536)):
            answer += more
        return answer


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "https:evil.example", "https://evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " //evil.example",
        "/masuk/../..//evil.example/",
        "/%09/evil.example", "/%5cevil.example", "http://{host}@evil.example", "data:text/html,x",
        "\u2215\u2215evil.example",
    ],
)  # fmt: skip
def test_sign_in_leads_to_no_other_site_whatever_is_asked_for(app, target):
    target = target.format(host=f"{app.host}:{app.port}")
    leads_to = app.sign_in("kota", target=target).headers["location"]
    # As a browser reads it, from a page of ours.
    read = httpx.URL(app.url + "/masuk").join(leads_to.replace("\\", "/").replace("\t", "").replace("\n", ""))
    assert (read.host, read.port) == (app.host, app.port)


@pytest.mark.parametrize(
    "path",
    [
        "/berkas/..%2f..%2fregister.duckdb", "/berkas/%2e%2e/%2e%2e/etc/passwd", "/berkas/1/../../inbox.sqlite",
        "/berkas/1%00.jpg", "/berkas/-1", "/berkas/1e0", "/berkas/0x1", "/media/..%2f..%2fregister.duckdb",
        "/media/%2e%2e%2f.env", "/ekspor-berkas/..%2f..%2fregister.duckdb", "/ekspor-berkas/%2e%2e",
        "/static/..%2f..%2f..%2fstore%2fusers.py", "/component/..%2f..%2f.env/x", "/app/static/..%2f.env",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_file_s_name_leads_out_of_its_folder(app, path):
    cookie = app.cookie("kota")["cookie"]
    head = f"GET {path} HTTP/1.1\r\nHost: {app.host}:{app.port}\r\nCookie: {cookie}\r\n"
    request = head + "Connection: close\r\n\r\n"
    answer = raw(app, request)
    assert answer.split()[1] in (b"400", b"401", b"403", b"404") or b"<title>Streamlit</title>" in answer
    assert not any(sign in answer for sign in (b"DUCK", b"SQLite format", b"root:", b"WHATSAPP_TOKEN", b"def "))


# Texts of citizens


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_what_a_citizen_writes_comes_alive_on_no_page(app, chromium, data):
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="id-ID", bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app.url}/masuk")
    page.fill("#username", "kota")
    page.fill("#password", "pekalongan-demo")
    page.click("button[type=submit]")
    for path in ("perlu_tindakan", "triase", "daftar", "aduan?no=WA-2026-00001", "catat"):
        page.goto(f"{app.url}/{path}")
        page.wait_for_selector("h1")
        if path.startswith(("triase", "aduan")):
            page.get_by_text("HYPERLINK(0)").first.wait_for()
        page.wait_for_timeout(500)
        assert page.evaluate("window.owned") is None, path
        alive = "img[src='x'], a[href*='evil.example'], a[href^='javascript'], svg[onload], img[src*='evil'], .katex"
        assert page.locator(alive).count() == 0, path
        assert page.locator("strong:text-is('tebal'), code:text-is('kode')").count() == 0, path
    assert [url for url in asked if "evil" in url] == []
    context.close()


def test_formulas_of_a_citizen_run_in_no_spreadsheet(tmp_path, monkeypatch):
    with new_desk(tmp_path) as desk:
        take_in(desk, TEXT, phone=NUMBER, name=NAME)
    monkeypatch.setenv("WADUL_DATA", str(tmp_path))
    assert command_line.main(["export", "complaints", str(tmp_path / "out.csv")]) == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK(0)" in cell for cell in cells)
    assert [cell for cell in cells if re.match(FORMULA, cell)] == []


# Files


def png(width: int, height: int) -> bytes:
    """A PNG that says it is this large, with hardly anything in it."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")
    )


def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path):
    for width, height in ((50_000, 50_000), (60_000_001, 1), (2**31 - 1, 2**31 - 1)):
        with pytest.raises(RuleBroken, match="file_broken"):
            evidence.keep(tmp_path, png(width, height), "image/png", 16 * 1024**2)
    # One that came in by another way is not unpacked when it is asked for, either.
    bomb = tmp_path / "bomb"
    bomb.write_bytes(png(50_000, 50_000))
    started = time.process_time()
    with pytest.raises(pictures.NoPicture):
        pictures.copy_of(bomb, "image/png")
    assert time.process_time() - started < 2
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [bomb]


def test_a_file_is_what_its_sender_says_or_it_is_refused(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"\0" * 1_000_000)
    page = b"<html><script>alert(1)</script></html>"
    tried = {
        "image/jpeg": [packed.getvalue(), page, b"\xff\xd8\xff" + packed.getvalue(), b"MZ" + b"\0" * 100,
                       b"GIF89a" + page],
        "image/png": [packed.getvalue(), b"\x89PNG\r\n\x1a\n" + page],
        "application/pdf": [packed.getvalue(), page],
        "text/plain": [packed.getvalue(), b"MZ" + b"\0" * 100, b"#!/bin/sh\n"],
        "text/html": [page], "image/svg+xml": [b"<svg onload='alert(1)'/>"], "application/x-msdownload": [b"MZ"],
        "application/zip": [packed.getvalue()],
    }  # fmt: skip
    for mime, contents in tried.items():
        for content in contents:
            with pytest.raises(RuleBroken, match="file_"):
                evidence.keep(tmp_path, content, mime, 16 * 1024**2, "foto.jpg")
    assert list(tmp_path.iterdir()) == []


# Bodies


def test_a_body_that_is_too_large_is_refused_before_it_has_come(app):
    head = f"POST /masuk HTTP/1.1\r\nHost: {app.host}:{app.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    assert raw(app, head + "Content-Length: 9999999999\r\n\r\nusername=").startswith(b"HTTP/1.1 413")
    with socket.create_connection((app.host, app.port), timeout=20) as connection:
        connection.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        for _ in range(9):
            connection.sendall(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        assert connection.recv(2000).startswith(b"HTTP/1.1 413")


def test_a_body_that_comes_too_slowly_is_cut_off(monkeypatch):
    monkeypatch.setattr(guarded, "BODY_SECONDS", 0.2)
    sent, reached = [], []

    async def receive():
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message):
        sent.append(message)

    async def inside(*given):
        reached.append(given)

    scope = {"type": "http", "method": "POST", "path": "/masuk", "scheme": "http", "headers": []}
    started = time.monotonic()
    asyncio.run(door.Door(inside, lambda: None)(scope, receive, send))
    assert sent[0]["status"] == 408
    assert reached == []
    assert time.monotonic() - started < 5


def test_an_old_webhook_sent_once_more_changes_nothing(tmp_path):
    """Its signature is still right, so it is taken in; what it says has been done already."""
    with new_desk(tmp_path) as desk:
        mail = Mailbox(desk)
        try:
            old = body(message("Lampu jalan mati di Medono", NUMBER, "Siti"))
            mail.take(old, body(message("Sudah tiga hari", NUMBER, "Siti")))
            before = {name: ask(desk, f"select * from {name} order by all") for name in REPLAYED}
            assert (len(before["complaint"]), len(before["message_in"])) == (1, 2)
            mail.take(old, old)
            mail.take(old)
            assert {name: ask(desk, f"select * from {name} order by all") for name in REPLAYED} == before
        finally:
            mail.close()
