"""The door by itself: an application behind it, a real register beside it, and the clock in the test's hands."""

import asyncio
import base64
import hashlib
from datetime import timedelta

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages import door
from pages.parts import guarded, scripts
from store.clock import now as clock_now
from store.sessions import id_of

from .cases import ask, new_desk
from .stack import ROOT

PAGES_FOLDER = ROOT / "pages"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("door")) as desk:
        yield desk


@pytest.fixture
def sessions(desk):
    return door.Sessions(desk)


@pytest.fixture
def clock(monkeypatch):
    """Moves the door's clock ahead."""
    ahead = [timedelta()]
    monkeypatch.setattr(door, "clock_now", lambda: clock_now() + ahead[0])

    def move(**span):
        ahead[0] += timedelta(**span)

    return move


async def behind(scope, receive, send):
    """The application behind the door: says what it was told of the user."""
    told = [value for name, value in scope["headers"] if name == door.USER_HEADER]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"reached:" + b",".join(told)})


def get(sessions, path: str, method: str = "GET", cookie: str | None = None, **headers: str) -> httpx.Response:
    async def asked():
        transport = httpx.ASGITransport(door.Door(behind, lambda: sessions))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            if cookie:
                sent["cookie"] = cookie
            return await client.request(method, path, headers=sent)

    return asyncio.run(asked())


def signed(session_id: str) -> str:
    return f"{door.COOKIE}={session_id}"


PAGES = ("/", "/triase", "/aduan?no=WA-2026-00001", "/kesehatan")
REST = (
    "/_stcore/stream",
    "/_stcore/host-config",
    "/media/abc",
    "/_stcore/upload_file/a/b",
    "/berkas/1",
    "/component/x",
)


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_a_page_leads_to_sign_in_and_back(sessions, path):
    answer = get(sessions, path, **BROWSER)
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]).path == "/masuk"
    assert httpx.URL(answer.headers["location"]).params["next"] == path


@pytest.mark.parametrize("path", [*PAGES, *REST])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_without_a_session_nothing_else_is_reached(sessions, path, method):
    answer = get(sessions, path, method)
    assert answer.status_code == 401
    assert b"reached" not in answer.content


@pytest.mark.parametrize(
    "path", ["/masuk", "/keluar", "/healthz", "/_stcore/health", "/favicon.png", "/static/js/x.js"]
)
def test_what_is_public_is_reached_and_by_nobody(sessions, path):
    answer = get(sessions, path, x_wadul_user="admin")
    assert (answer.status_code, answer.content) == (200, b"reached:")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../berkas/1", "/static/x/../../triase", "/static/..", "/static", "/staticx", "/STATIC/x", "/masuk/",
        "/masuk/x", "/healthz/x", "/_stcore/health/../stream", "/_stcore/healthz", "//static/x", "/x/static/y", "",
        "/static/..\\berkas", "/favicon.png/x", "/masuk\n", " /masuk",
    ],
)  # fmt: skip
def test_what_only_looks_public_is_not(path):
    assert not door.is_public(path)


@pytest.mark.parametrize("name", ["x-wadul-user", "X-Wadul-User", "x-wadul-anything"])
def test_a_forged_user_is_taken_away(sessions, name):
    assert get(sessions, "/triase", **{name: "admin"}).status_code == 401
    answer = get(sessions, "/triase", cookie=signed(sessions.start("kota")), **{name: "admin"})
    assert answer.content == b"reached:kota"


@pytest.mark.parametrize(
    "others",
    [
        "",
        "a=1; ",
        'prefs={"a": 1, "b": [2]}; ',
        "a b=1; ",
        "foo[bar]=1; ",
        'x="a; ',
        "é=1; ",
        "=1; ",
        "; ; ",
        "a=1,2; ",
    ],
)
def test_the_session_is_found_among_cookies_of_others(sessions, others):
    session_id = sessions.start("kota")
    for cookie in (others + signed(session_id), signed(session_id) + "; " + others):
        headers = [(b"cookie", cookie.encode())]
        assert door.session_cookie(headers) == session_id


@pytest.mark.parametrize("value", ["", "x", "'", "x" * 5000, "../../etc", "kota", "\x00"])
def test_a_session_that_does_not_exist_is_none(sessions, value):
    sessions.start("kota")
    assert sessions.user_of(value) is None
    assert sessions.user_of(None) is None


def test_what_goes_out_carries_the_safe_headers(sessions):
    headers = get(sessions, "/static/x").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_every_script_that_a_page_brings_is_named_in_the_policy():
    """By its hash; nothing else runs that stands in a page, and the hash is of what a browser would run."""
    brings = [file.name for file in PAGES_FOLDER.rglob("*.py") if "unsafe_allow_javascript=True" in file.read_text()]
    assert sorted(brings) == ["language.py", "report_form.py"]
    for script in scripts.ALL:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in guarded.APP_POLICY
    allowed = next(part for part in guarded.APP_POLICY.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in allowed


def test_an_answer_with_a_policy_of_its_own_keeps_it(sessions):
    assert get(sessions, "/static/x").headers["content-security-policy"] == guarded.APP_POLICY
    assert "strict-transport-security" not in get(sessions, "/static/x").headers


def test_a_media_file_is_given_only_to_the_session_whose_page_was_told_of_it(sessions):
    one, other = sessions.start("opd.dlh"), sessions.start("opd.dishub")
    told = {"type": "websocket.send", "bytes": b"\x0a\x20/media/0a1b2c3d.csv\x12\x00"}

    async def page(scope, receive, send):
        await receive()
        await send(told)

    sent = []

    async def note(message):
        sent.append(message)

    async def connect():
        return {"type": "websocket.connect"}

    headers = [(b"cookie", signed(one).encode()), (b"host", b"desk.test"), (b"origin", b"http://desk.test")]
    scope = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(door.Door(page, lambda: sessions)(scope, connect, note))
    assert sent == [told]
    assert get(sessions, "/media/0a1b2c3d.csv", cookie=signed(one)).status_code == 200
    assert get(sessions, "/media/0a1b2c3d.csv", cookie=signed(other)).status_code == 404
    assert get(sessions, "/media/another.csv", cookie=signed(one)).status_code == 404
    sessions.end(one)
    assert get(sessions, "/media/0a1b2c3d.csv", cookie=signed(one)).status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/agent/mcp", "/_stcore/metrics", "/auth/login", "/oauth2callback"])
def test_ways_in_that_are_not_used_are_closed_for_everybody(sessions, path):
    assert get(sessions, path, cookie=signed(sessions.start("admin"))).status_code == 404


def test_a_page_that_says_nothing_is_sent_away_at_once_when_its_session_ends(sessions):
    """Nothing comes from the browser: an administrator ends the session, and what is still to be said is not said."""
    secret = sessions.start("kota")
    sent = []

    async def run():
        quiet = asyncio.Event()

        async def receive():
            if not sent:
                sent.append("connected")
                return {"type": "websocket.connect"}
            await quiet.wait()

        async def page(scope, receive, send):
            await receive()
            await send({"type": "websocket.send", "bytes": b"before"})
            asyncio.get_running_loop().call_later(0.05, sessions.forget, [id_of(secret)])
            assert (await receive())["type"] == "websocket.disconnect"
            await send({"type": "websocket.send", "bytes": b"what a citizen wrote"})

        async def send(message):
            sent.append(message)

        headers = [(b"cookie", signed(secret).encode()), (b"host", b"desk.test"), (b"origin", b"http://desk.test")]
        scope = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", "headers": headers}
        await asyncio.wait_for(door.Door(page, lambda: sessions)(scope, receive, send), 10)

    asyncio.run(run())
    redirect = ForwardMsg()
    redirect.ParseFromString(sent[2]["bytes"])
    assert redirect.auth_redirect.url == "/masuk"
    assert [message["type"] for message in sent[1:]] == ["websocket.send", "websocket.send", "websocket.close"]
    assert b"what a citizen wrote" not in b"".join(message.get("bytes", b"") for message in sent[1:])


@pytest.mark.parametrize("origin", [None, b"http://evil.example", b"null", b"http://desk.test.evil.example", b"\xff"])
def test_a_websocket_from_a_strange_page_reaches_nothing(sessions, origin):
    received, sent = websocket(sessions, [], signed(sessions.start("kota")), origin=origin)
    assert received == []
    assert sent == [{"type": "websocket.close", "code": door.ENDED_CODE}]


def test_a_session_ends_when_nobody_does_anything(sessions, clock, desk):
    session_id = sessions.start("kota")
    clock(minutes=119)
    assert sessions.user_of(session_id) == "kota"
    clock(minutes=119)
    assert sessions.user_of(session_id) == "kota"
    clock(minutes=121)
    assert sessions.user_of(session_id) is None
    clock(minutes=-121)
    assert sessions.user_of(session_id) is None
    assert ask(desk, "select ended_at is not null from session where id = ?", id_of(session_id)) == [(True,)]


def test_a_page_that_polls_by_itself_keeps_nobody_signed_in(sessions, clock):
    session_id = sessions.start("kota")
    for _ in range(11):
        clock(minutes=10)
        assert sessions.user_of(session_id, working=False) == "kota"
    clock(minutes=11)
    assert sessions.user_of(session_id, working=False) is None


def test_a_session_ends_after_a_day_of_work_whatever_is_done(sessions, clock):
    session_id = sessions.start("kota")
    for _ in range(12):
        clock(minutes=59)
        assert sessions.user_of(session_id) == "kota"
    clock(minutes=13)
    assert sessions.user_of(session_id) is None


def test_a_restart_knows_the_running_sessions_and_no_ended_one(sessions, desk):
    kept, ended = sessions.start("kota"), sessions.start("kota")
    sessions.end(ended)
    again = door.Sessions(desk)
    assert (again.user_of(kept), again.user_of(ended)) == ("kota", None)


def test_signing_in_and_working_are_no_news_for_the_pages(sessions, clock, desk):
    before = desk.register.version
    session_id = sessions.start("kota")
    clock(minutes=5)
    sessions.user_of(session_id)
    sessions.end(session_id)
    assert desk.register.version == before


def test_a_session_ended_while_it_was_being_looked_up_stays_ended(sessions, clock, monkeypatch):
    session_id = sessions.start("kota")
    clock(minutes=5)
    real = door.clock_now

    def meanwhile():
        monkeypatch.setattr(door, "clock_now", real)
        sessions.end(session_id)
        return real()

    monkeypatch.setattr(door, "clock_now", meanwhile)
    sessions.user_of(session_id)
    assert sessions.user_of(session_id) is None


def frame(auto: bool = False, heartbeat: bool = False) -> bytes:
    message = BackMsg()
    if heartbeat:
        message.app_heartbeat = True
    else:
        message.rerun_script.is_auto_rerun = auto
        message.rerun_script.query_string = ""
    return message.SerializeToString()


@pytest.mark.parametrize(
    ("sent", "work"),
    [
        (frame(), True),
        (frame(auto=True), False),
        (frame(heartbeat=True), False),
        (b"", False),
        (b"\xff\xff", False),
        (None, False),
    ],
)
def test_only_a_persons_doing_is_work(sent, work):
    assert door.is_work(sent) is work
    assert door.is_work(None) is False


def websocket(sessions, frames, cookie: str | None, between=None, origin: bytes | None = b"http://desk.test"):
    """Run a websocket through the door: (what the application received, what the browser was sent)."""
    received, sent, incoming = [], [], [{"type": "websocket.connect"}, *frames]

    async def application(scope, receive, send):
        while True:
            message = await receive()
            received.append(message)
            if message["type"] == "websocket.disconnect":
                return

    async def receive():
        message = incoming.pop(0) if incoming else {"type": "websocket.disconnect", "code": 1000}
        if message == "end":
            between()
            message = incoming.pop(0)
        return message

    async def send(message):
        sent.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    headers += [(b"host", b"desk.test"), *([(b"origin", origin)] if origin else []), (b"x-wadul-user", b"admin")]
    scope = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(door.Door(application, lambda: sessions)(scope, receive, send))
    return received, sent


def test_a_websocket_without_a_session_is_closed_and_reaches_nothing(sessions):
    for cookie in (None, signed("x")):
        received, sent = websocket(sessions, [], cookie)
        assert received == []
        assert sent == [{"type": "websocket.close", "code": door.ENDED_CODE}]


def test_an_open_page_is_sent_to_sign_in_when_its_session_ends(sessions):
    session_id = sessions.start("kota")
    first = {"type": "websocket.receive", "bytes": frame()}
    frames = [first, "end", {"type": "websocket.receive", "bytes": frame(auto=True)}, first]
    received, sent = websocket(sessions, frames, signed(session_id), lambda: sessions.end(session_id))
    assert received == [
        {"type": "websocket.connect"}, first, {"type": "websocket.disconnect", "code": door.ENDED_CODE},
    ]  # fmt: skip
    redirect = ForwardMsg()
    redirect.ParseFromString(sent[0]["bytes"])
    assert redirect.auth_redirect.url == "/masuk"
    assert sent[1:] == [{"type": "websocket.close", "code": door.ENDED_CODE}]


def test_an_open_page_that_only_polls_ends_with_its_idle_session(sessions, clock):
    poll = {"type": "websocket.receive", "bytes": frame(auto=True)}
    frames = [poll, "end", poll, "end", poll]
    received, sent = websocket(sessions, frames, signed(sessions.start("kota")), lambda: clock(minutes=61))
    assert received.count(poll) == 2
    assert sent[-1]["type"] == "websocket.close"
    clock(minutes=-122)
    work = {"type": "websocket.receive", "bytes": frame()}
    frames = [work, "end", work, "end", work]
    received, sent = websocket(sessions, frames, signed(sessions.start("kota")), lambda: clock(minutes=61))
    assert received.count(work) == 3
    assert sent == []


@pytest.mark.parametrize("path", ["/", "/aduan?no=WA-2026-00042", "/daftar?cari=a%20b&dari=2026-01-01", "/x#y", "/é"])
def test_sign_in_leads_to_a_path_of_this_site(path):
    assert door.local_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None, "", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
        "https://evil.example", "https:/evil.example", "http:evil.example", "javascript:alert(1)", "evil.example",
        "/\tx", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "\t//evil.example", " //evil.example", "/\x00", "/a\\b",
        "/a\nb", "/keluar", "/masuk", "/masuk/kode", "/masuk/pertama?x",
        "/masuk?next=/x", "/keluar?x", "@evil.example", "?next=//evil.example",
    ],
)  # fmt: skip
def test_sign_in_leads_nowhere_else(target):
    assert door.local_path(target) == "/"
