"""What the door adds to each request and answer: headers that keep a browser safe, bounds on what may be sent in."""

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.responses import Response

from . import scripts

# A form of ours is far smaller; uploads have their own limit (server.maxUploadSize), kept by Streamlit.
MAX_BODY = 64 * 1024
BODY_SECONDS = 15.0
UPLOAD = "/_stcore/upload_file/"
UPLOAD_SECONDS = 300.0


def _known_scripts() -> str:
    """The hashes of Streamlit's own script in its page and of those that our pages bring, as the policy names them."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    own = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    hashes = (hashlib.sha256(each.encode()).digest() for each in (*own, *scripts.ALL))
    return " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes)


APP_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {_known_scripts()}",
        # Streamlit writes its styles into the page while it runs.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"),
]
_HSTS = (b"strict-transport-security", b"max-age=31536000")


def with_headers(send, secure: bool):
    """Add the headers to every answer; a policy of the answer's own goes before the app's."""

    async def send_with(message):
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            more = [*_ALWAYS, *([_HSTS] if secure else [])]
            if not any(name.lower() == b"content-security-policy" for name, _ in given):
                more.append((b"content-security-policy", APP_POLICY.encode("ascii")))
            added = {name for name, _ in more}
            message = message | {"headers": [*((n, v) for n, v in given if n.lower() not in added), *more]}
        await send(message)

    return send_with


def same_origin(headers: list[tuple[bytes, bytes]], needed: bool = True) -> bool:
    """Whether this comes from a page of ours.

    :param needed: whether a request that does not say is refused; browsers say for websockets and for posted forms
    """
    said = dict(headers)
    origin = said.get(b"origin")
    if origin is None:
        return not needed and said.get(b"sec-fetch-site", b"same-origin") in (b"same-origin", b"none")
    try:
        return urlsplit(origin.decode("latin-1")).netloc.encode("latin-1") == said.get(b"host")
    except ValueError:
        return False


async def with_bounded_body(app, scope, receive, send) -> None:
    """Pass a request on whose body is small and came in time; others get 413 or 408, and nothing is kept of them."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        await app(scope, receive, send)
        return
    if scope["path"].startswith(UPLOAD):
        await app(scope, _hurried(receive, UPLOAD_SECONDS), send)
        return
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _read(scope, receive)
    except TimeoutError:
        await _refuse(scope, receive, send, 408)
        return
    if body is None:
        await _refuse(scope, receive, send, 413)
        return
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_read():
        return waiting.pop() if waiting else await receive()

    await app(scope, receive_read, send)


async def _read(scope, receive) -> bytes | None:
    """The whole body; None when it is too large."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared[:20]) > MAX_BODY:
        return None
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return None
    return body


def _hurried(receive, seconds: float):
    """Whoever takes longer than this to send a file is cut off."""
    end = asyncio.get_running_loop().time() + seconds

    async def receive_in_time():
        try:
            async with asyncio.timeout_at(end):
                return await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}

    return receive_in_time


async def _refuse(scope, receive, send, status: int) -> None:
    said = {408: "Kiriman terlalu lambat.", 413: "Kiriman terlalu besar."}[status]
    await Response(said, status, {"connection": "close"}, media_type="text/plain")(scope, receive, send)
