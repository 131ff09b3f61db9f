"""The door: everything the app serves is behind it, HTTP and websocket. Deny unless allowed.

Sign-in is a route and not a page, because only a route can set a cookie that scripts cannot read. The session behind
the cookie is a row in the register, so that a restart keeps it and anybody can end it.
"""

import html
import logging
import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from store import users
from store.clock import now as clock_now
from store.desk import Desk
from store.rules.errors import StoreError

log = logging.getLogger(__name__)
COOKIE = "wadul_session"
USER_HEADER = b"x-wadul-user"
SIGN_IN = "/masuk"
SIGN_OUT = "/keluar"
# Matched exactly, or below a folder of Streamlit's own program files, which are the same for everybody.
PUBLIC = frozenset({SIGN_IN, SIGN_OUT, "/standar", "/healthz", "/_stcore/health", "/favicon.png", "/manifest.json"})
PUBLIC_FOLDER = "/static/"
TOUCH_EVERY = timedelta(minutes=1)
ENDED_CODE = 4401
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_PAGE = Template((Path(__file__).parent / "parts" / "sign_in.html").read_text(encoding="utf-8"))


class Sessions:
    """Who is signed in. Asked on every request, so kept in memory beside the register."""

    def __init__(self, desk: Desk):
        self._desk = desk
        limits = desk.settings.config["session"]
        self._idle = timedelta(minutes=limits["idle_minutes"])
        self._absolute = timedelta(hours=limits["absolute_hours"])
        self._lock = threading.Lock()
        known = users.open_sessions(desk.register, clock_now(), self._absolute)
        self._open = {session.id: session for session in known}

    def start(self, username: str) -> str:
        session = users.start_session(self._desk.register, username)
        with self._lock:
            self._open[session.id] = session
        return session.id

    def user_of(self, session_id: str | None, working: bool = True) -> str | None:
        """The username of a running session, or None.

        :param working: whether this counts as the person's doing; a page that polls by itself keeps nobody signed in
        """
        session = self._open.get(session_id or "")
        if session is None:
            return None
        now = clock_now()
        if now - session.created_at > self._absolute or now - session.seen_at > self._idle:
            self.end(session.id)
            return None
        if working and now - session.seen_at > TOUCH_EVERY:
            with self._lock:
                # Ended in the meantime, by another tab: it stays ended.
                if session.id not in self._open:
                    return None
                self._open[session.id] = replace(session, seen_at=now)
            users.touch_session(self._desk.register, session.id, now)
        return session.username

    def end(self, session_id: str) -> None:
        with self._lock:
            known = self._open.pop(session_id, None)
        if known:
            users.end_session(self._desk.register, session_id)


class Door:
    """ASGI middleware in front of everything the app serves."""

    def __init__(self, app, sessions):
        self.app = app
        self._sessions = sessions

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        # Only the door says who somebody is.
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"x-wadul-")]
        session_id = session_cookie(headers)
        sessions = self._sessions()
        username = await run_in_threadpool(sessions.user_of, session_id) if session_id else None
        if username:
            headers.append((USER_HEADER, quote(username).encode("ascii")))
        scope = scope | {"headers": headers}
        if username and scope["type"] == "websocket":
            await self._guard(scope, receive, send, sessions, session_id)
        elif username or (scope["type"] == "http" and is_public(scope["path"])):
            await self.app(scope, receive, _with_headers(send))
        else:
            await _turn_away(scope, receive, send)

    async def _guard(self, scope, receive, send, sessions, session_id: str) -> None:
        """Pass a websocket on, frame by frame, as long as its session runs."""

        async def receive_checked():
            message = await receive()
            if message["type"] == "websocket.receive":
                known = await run_in_threadpool(sessions.user_of, session_id, is_work(message.get("bytes")))
                if known is None:
                    redirect = ForwardMsg()
                    redirect.auth_redirect.url = SIGN_IN
                    await send({"type": "websocket.send", "bytes": redirect.SerializeToString()})
                    await send({"type": "websocket.close", "code": ENDED_CODE})
                    return {"type": "websocket.disconnect", "code": ENDED_CODE}
            return message

        await self.app(scope, receive_checked, send)


def is_work(frame: bytes | None) -> bool:
    """Whether a frame from the browser is a person's doing; a page that polls sends reruns marked as automatic."""
    message = BackMsg()
    try:
        message.ParseFromString(frame or b"")
    except DecodeError:
        return False
    return message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun


def is_public(path: str) -> bool:
    """Whether a path answers without a session."""
    return path in PUBLIC or (path.startswith(PUBLIC_FOLDER) and ".." not in path)


def session_cookie(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The session id that the browser sent, if any."""
    # Not http.cookies: that stops at the first cookie of another's making that it cannot read.
    for name, value in headers:
        if name == b"cookie":
            found = cookie_parser(value.decode("latin-1")).get(COOKIE)
            if found:
                return found
    return None


def routes(house) -> list[Route]:
    """Sign-in, sign-out and health.

    :param house: asked at each request, because the desk is opened after the routes are made
    """

    async def sign_in(request: Request) -> Response:
        if request.method != "POST":
            return _sign_in_page(house().desk, request.query_params.get("next"))
        if not _same_origin(request):
            return Response("Permintaan ditolak.", 403)
        form = await request.form(max_files=0, max_fields=10)
        username = str(form.get("username") or "").strip().lower()[:100]
        password = str(form.get("password") or "")[:1000]
        target = str(form.get("next") or "")
        desk = house().desk
        if not await run_in_threadpool(users.password_fits, desk.register, username, password):
            return _sign_in_page(desk, target, username, "Nama pengguna atau kata sandi tidak cocok.", 403)
        session_id = await run_in_threadpool(house().door.start, username)
        answer = RedirectResponse(local_path(target), 303)
        answer.set_cookie(
            COOKIE, session_id, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/"
        )
        return answer

    async def sign_out(request: Request) -> Response:
        # A picture on a strange page must not be able to sign anybody out.
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Response("Permintaan ditolak.", 403)
        session_id = session_cookie(request.scope["headers"])
        if session_id:
            await run_in_threadpool(house().door.end, session_id)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    async def health(request: Request) -> Response:
        try:
            desk = house().desk
            with desk.register.cursor() as cursor:
                cursor.execute("select 1").fetchone()
        except (StoreError, RuntimeError):
            return JSONResponse({"status": "starting"}, 503)
        return JSONResponse({"status": "ok"})

    return [
        Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
        Route(SIGN_OUT, sign_out),
        Route("/healthz", health),
    ]


def local_path(target: str | None) -> str:
    """Where to go after sign-in: a path of this site, whatever was asked for."""
    if not target or not _LOCAL_PATH.fullmatch(target) or urlsplit(target).path in (SIGN_IN, SIGN_OUT):
        return "/"
    return target


def _sign_in_page(desk: Desk, target: str | None, username: str = "", error: str = "", status: int = 200) -> Response:
    service = desk.settings.config["service"]
    demo = ""
    if desk.settings.demo:
        items = "".join(
            f"<li><button type='button' data-user='{user}'>{user}</button> {html.escape(what)}</li>"
            for user, what in users.DEMO_SHOWN
        )
        demo = (
            f"<section><h2>Akun demo</h2><p>Kata sandi semua akun: <code>{users.DEMO_PASSWORD}</code></p>"
            f"<ul>{items}</ul><p>Setiap OPD: <code>opd.kode</code> dan <code>tim.kode</code>.</p></section>"
        )
    page = _PAGE.substitute(
        service=html.escape(service["name"]),
        city=html.escape(service["city"]),
        next=html.escape(local_path(target)),
        username=html.escape(username),
        error=f"<p class='error' role='alert'>{html.escape(error)}</p>" if error else "",
        demo=demo,
        demo_password=users.DEMO_PASSWORD if demo else "",
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    }
    return HTMLResponse(page, status, headers)


def _same_origin(request: Request) -> bool:
    """A form of ours, sent from our own page: browsers say so, and who is no browser carries no cookie to abuse."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _with_headers(send):
    async def send_with(message):
        if message["type"] == "http.response.start":
            message = message | {"headers": [*message["headers"], *_SAFE_HEADERS]}
        await send(message)

    return send_with


_SAFE_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
]


async def _turn_away(scope, receive, send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": ENDED_CODE})
        return
    accepts = dict(scope["headers"]).get(b"accept", b"")
    if scope["method"] == "GET" and b"text/html" in accepts and not scope["path"].startswith("/_stcore"):
        asked = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        answer = RedirectResponse(f"{SIGN_IN}?next={quote(local_path(asked), safe='/')}", 303)
    else:
        answer = Response("Silakan masuk lebih dahulu.", 401, media_type="text/plain")
    await answer(scope, receive, send)
