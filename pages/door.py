"""The door: everything the app serves is behind it, HTTP and websocket. Deny unless allowed.

The session behind the cookie is a row in the register, so that a restart keeps it and its owner or an administrator can
end it; pages that are open then are sent to sign-in at once. Sign-in itself is in `sign_in.py`.
"""

import asyncio
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from store import sessions as kept
from store.clock import now as clock_now
from store.desk import Desk
from store.sessions import Session

from .parts import guarded

log = logging.getLogger(__name__)
COOKIE = "wadul_session"
# A browser takes a cookie of this name only over TLS, from this very host: no neighbour can set one for us.
SECURE_COOKIE = "__Host-wadul_session"
USER_HEADER = b"x-wadul-user"
SESSION_HEADER = b"x-wadul-session"
SIGN_IN = "/masuk"
SIGN_OUT = "/keluar"
# Matched exactly, or below a folder of Streamlit's own program files, which are the same for everybody.
SIGNING_IN = frozenset(
    {SIGN_IN, SIGN_OUT}
    | {f"{SIGN_IN}/{step}" for step in ("kode", "sandi", "kunci", "pertama", "atur-ulang", "oidc", "oidc/kembali")}
)
PUBLIC = SIGNING_IN | {"/standar", "/healthz", "/_stcore/health", "/favicon.png", "/manifest.json"}
# These say "not found" by themselves until an administrator has published them.
PUBLIC |= {"/data-terbuka", "/data-terbuka.csv"}
PUBLIC_FOLDER = "/static/"
# Streamlit's own ways in that this product does not use: for nobody, signed in or not.
CLOSED = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
MEDIA = "/media/"
TOUCH_EVERY = timedelta(minutes=1)
# How often a page that says nothing is asked whether its session still runs.
LOOK_EVERY = 20.0
OWN_WAY = 1.0
MEDIA_REMEMBERED = 500
ENDED_CODE = 4401
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*")
_MEDIA_NAME = re.compile(rb"/media/([\w.-]+)")


class Sessions:
    """Who is signed in. Asked on every request, so kept in memory beside the register."""

    def __init__(self, desk: Desk):
        self._desk = desk
        limits = desk.settings.config["session"]
        self.idle = timedelta(minutes=limits["idle_minutes"])
        self.absolute = timedelta(hours=limits["absolute_hours"])
        self._lock = threading.Lock()
        known = kept.open_sessions(desk.register, clock_now(), self.absolute)
        self._open = {session.id: session for session in known}
        self._watching: dict[str, list[Callable[[], object]]] = {}
        self._media: dict[str, OrderedDict[bytes, None]] = {}

    def start(self, username: str, address: str = "", browser: str = "", how: str = "password") -> str:
        """A new session; what the browser must hold comes back.

        :raises NotFound: the account was set aside while its owner signed in
        """
        secret, session = kept.start(self._desk.register, username, address, browser, how)
        with self._lock:
            self._open[session.id] = session
        # Whoever ended it between the two has told us of a session that was not known here yet.
        if not kept.runs(self._desk.register, session.id):
            self.forget([session.id])
        return secret

    def find(self, secret: str | None) -> Session | None:
        """The running session of whoever holds this, from memory; one beyond its limits has ended."""
        if not secret:
            return None
        session = self._open.get(kept.id_of(secret))
        if session is None:
            return None
        now = clock_now()
        if now - session.created_at > self.absolute or now - session.seen_at > self.idle:
            self._end(session, "session_ended", "limit")
            return None
        return session

    def used(self, session: Session) -> bool:
        """Whether a person's doing must be noted; not each click, a minute is near enough."""
        return clock_now() - session.seen_at > TOUCH_EVERY

    def touch(self, session: Session) -> Session | None:
        """Note that a person has done something; None when the session was ended in the meantime."""
        now = clock_now()
        with self._lock:
            if session.id not in self._open:
                return None
            self._open[session.id] = session = replace(session, seen_at=now)
        kept.touch(self._desk.register, session.id, now)
        return session

    def user_of(self, secret: str | None, working: bool = True) -> str | None:
        """The username of a running session, or None.

        :param working: whether this counts as the person's doing; a page that polls by itself keeps nobody signed in
        """
        session = self.find(secret)
        if session and working and self.used(session):
            session = self.touch(session)
        return session.username if session else None

    def end(self, secret: str) -> None:
        """Its owner signs out; the page that asked for it is on its way to sign-in already and is left to it."""
        session = self._open.get(kept.id_of(secret))
        if session:
            self._end(session, "signed_out", "", OWN_WAY)

    def forget(self, ids: list[str], after: float = 0) -> None:
        """These have been ended in the register: nothing goes in or out, and open pages are sent to sign-in.

        :param after: seconds until open pages are sent away
        """
        for session_id in ids:
            with self._lock:
                self._open.pop(session_id, None)
                self._media.pop(session_id, None)
        if not after:
            self._send_away(ids)
            return
        later = threading.Timer(after, self._send_away, [ids])
        later.daemon = True
        later.start()

    def _send_away(self, ids: list[str]) -> None:
        for session_id in ids:
            with self._lock:
                watching = list(self._watching.get(session_id, ()))
            for ended in watching:
                ended()

    def _end(self, session: Session, kind: str, why: str, after: float = 0) -> None:
        self.forget([session.id], after)
        kept.end(self._desk.register, session, kind, why)

    def watch(self, session_id: str, ended: Callable[[], object]) -> Callable[[], None]:
        """Be told, from any thread, when a session ends; what stops it comes back."""
        with self._lock:
            self._watching.setdefault(session_id, []).append(ended)

        def stop() -> None:
            with self._lock:
                left = self._watching.get(session_id, [])
                left.remove(ended)
                if not left:
                    self._watching.pop(session_id, None)

        return stop

    def show_media(self, session_id: str, names: list[bytes]) -> None:
        """Note which of Streamlit's media files a page of this session was told of."""
        with self._lock:
            if session_id not in self._open:
                return
            shown = self._media.setdefault(session_id, OrderedDict())
            for name in names:
                shown[name] = None
                shown.move_to_end(name)
            while len(shown) > MEDIA_REMEMBERED:
                shown.popitem(last=False)

    def may_have_media(self, session_id: str, name: str) -> bool:
        return name.encode("utf-8", "replace") in self._media.get(session_id, ())


class Door:
    """ASGI middleware in front of everything the app serves."""

    def __init__(self, app, sessions):
        self.app = app
        self._sessions = sessions

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        send = guarded.with_headers(send, scope["scheme"] in ("https", "wss"))
        # Only the door says who somebody is.
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"x-wadul-")]
        sessions, session = self._sessions(), None
        secret = session_cookie(headers, is_secure(scope))
        if secret:
            session = await _look(sessions, secret, working=scope["type"] == "http")
        if session:
            headers.append((USER_HEADER, quote(session.username).encode("ascii")))
            headers.append((SESSION_HEADER, str(session.number).encode("ascii")))
        scope = scope | {"headers": headers}
        if scope["type"] == "websocket":
            if session and guarded.same_origin(headers):
                await self._guard(scope, receive, send, sessions, session, secret)
            else:
                await _refuse_websocket(receive, send)
        elif not (session or is_public(scope["path"])):
            await _turn_away(scope, receive, send)
        elif not _may_have(sessions, session, scope["path"]):
            await Response("Tidak ditemukan.", 404, media_type="text/plain")(scope, receive, send)
        else:
            await guarded.with_bounded_body(self.app, scope, receive, send)

    async def _guard(self, scope, receive, send, sessions: Sessions, session: Session, secret: str) -> None:
        """Pass a websocket on, frame by frame, as long as its session runs."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        stop_watching = sessions.watch(session.id, lambda: loop.call_soon_threadsafe(ended.set))
        told_ended = asyncio.create_task(ended.wait())
        arriving: asyncio.Task | None = None

        async def next_message():
            """What arrives next; None when the session has ended before it."""
            nonlocal arriving
            arriving = arriving or asyncio.create_task(receive())
            while not arriving.done():
                await asyncio.wait({arriving, told_ended}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
                if ended.is_set() or sessions.find(secret) is None:
                    return None
            message, arriving = arriving.result(), None
            frame = message["type"] == "websocket.receive"
            if frame and await _look(sessions, secret, is_work(message.get("bytes"))) is None:
                return None
            return message

        async def receive_checked():
            message = await next_message()
            if message is not None:
                return message
            ended.set()
            redirect = ForwardMsg()
            redirect.auth_redirect.url = SIGN_IN
            await send({"type": "websocket.send", "bytes": redirect.SerializeToString()})
            await send({"type": "websocket.close", "code": ENDED_CODE})
            return {"type": "websocket.disconnect", "code": ENDED_CODE}

        async def send_checked(message):
            if message["type"] == "websocket.send":
                # What a run that is still going on has left to say is for nobody any more.
                if ended.is_set() or sessions.find(secret) is None:
                    return
                frame = message.get("bytes") or b""
                if b"/media/" in frame:
                    sessions.show_media(session.id, _MEDIA_NAME.findall(frame))
            await send(message)

        try:
            await self.app(scope, receive_checked, send_checked)
        finally:
            stop_watching()
            told_ended.cancel()
            if arriving is not None:
                arriving.cancel()


async def _look(sessions: Sessions, secret: str, working: bool) -> Session | None:
    """The running session; the register is asked, aside, only when something must be noted."""
    session = sessions.find(secret)
    if session and working and sessions.used(session):
        session = await run_in_threadpool(sessions.touch, session)
    return session


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


def _may_have(sessions: Sessions, session: Session | None, path: str) -> bool:
    """Of Streamlit's own files a session has only those that a page of its own was told of."""
    if path.startswith(CLOSED):
        return False
    if session and path.startswith(MEDIA):
        return sessions.may_have_media(session.id, path[len(MEDIA) :])
    return True


def is_secure(scope) -> bool:
    """Whether the browser is spoken to over TLS; behind a proxy uvicorn has taken that from its header."""
    return scope["scheme"] in ("https", "wss")


def session_cookie(headers: list[tuple[bytes, bytes]], secure: bool = False) -> str | None:
    """The secret that the browser sent, if any."""
    # Not http.cookies: that stops at the first cookie of another's making that it cannot read.
    wanted = SECURE_COOKIE if secure else COOKIE
    for name, value in headers:
        if name == b"cookie":
            found = cookie_parser(value.decode("latin-1")).get(wanted)
            if found:
                return found
    return None


def local_path(target: str | None) -> str:
    """Where to go after sign-in: a path of this site, whatever was asked for."""
    if not target or not _LOCAL_PATH.fullmatch(target) or urlsplit(target).path in SIGNING_IN:
        return "/"
    return target


async def _refuse_websocket(receive, send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": ENDED_CODE})


async def _turn_away(scope, receive, send) -> None:
    accepts = dict(scope["headers"]).get(b"accept", b"")
    if scope["method"] == "GET" and b"text/html" in accepts and not scope["path"].startswith("/_stcore"):
        asked = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        answer = RedirectResponse(f"{SIGN_IN}?next={quote(local_path(asked), safe='/')}", 303)
    else:
        answer = Response("Silakan masuk lebih dahulu.", 401, media_type="text/plain")
    await answer(scope, receive, send)
