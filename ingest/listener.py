"""The listener: takes Meta's webhooks in, and answers 200 only once the body is safe on disk.

A process of its own, so that nothing the app does delays or loses an answer. It knows neither the register nor the app.
Start it with `python -m ingest.listener`.
"""

import asyncio
import hmac
import json
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from pywa import WhatsApp

from ingest.inbox import Inbox, InboxUnavailable
from store import settings as store_settings
from store.settings import Settings, SettingsError

MAX_BODY = 4 * 1024 * 1024  # Meta sends up to 3 MB
MAX_READING = 128 * 1024 * 1024  # of all bodies that are arriving, before anybody's signature could be checked
BODY_SECONDS = 15.0
LINGER_SECONDS = 2.0
LINGER_BYTES = 4 * MAX_BODY
PROBE_SECONDS = 5.0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger("ingest.listener")


class Refused(Exception):
    """A request that is not taken in; carries the status to answer and a reason without personal data."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status
        self.reason = reason


class ListenerApp:
    """ASGI application with `/whatsapp` (challenge and webhook) and `/healthz`.

    :param body_seconds: how long one body may take to arrive
    :raises SettingsError: the secrets that webhooks are checked with are missing
    """

    def __init__(self, settings: Settings, inbox: Inbox, body_seconds: float = BODY_SECONDS):
        settings.require_webhook_secrets()
        self._inbox = inbox
        self._verify_token = settings.verify_token.encode()
        self._body_seconds = body_seconds
        self._reading = 0
        # pywa would log the signature header of a refused post: whatever its sender put there.
        logging.getLogger("pywa").setLevel(logging.ERROR)
        self._pywa = WhatsApp(server=None, app_secret=settings.app_secret)
        self._routes = {
            ("/whatsapp", "GET"): self._challenge,
            ("/whatsapp", "POST"): self._webhook,
            ("/healthz", "GET"): self._health,
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"The listener speaks HTTP only, not {scope['type']}.")
        route = self._routes.get((scope["path"], scope["method"]))
        try:
            if route is None:
                await self._no_route(scope, send)
            else:
                await route(scope, receive, send)
        except Refused as refusal:
            logger.warning("refused with %d: %s", refusal.status, refusal.reason)
            if refusal.status in (408, 413):
                await _answer_and_hang_up(receive, send, refusal.status)
            else:
                await _answer(send, refusal.status)

    async def _no_route(self, scope: Message, send: Send) -> None:
        allowed = [method for path, method in self._routes if path == scope["path"]]
        if allowed:
            await _answer(send, 405, headers=[(b"allow", ", ".join(allowed).encode())])
        else:
            await _answer(send, 404)

    async def _challenge(self, scope: Message, receive: Receive, send: Send) -> None:
        """Meta's check that the address is ours (pywa's own compares the token in time that depends on it)."""
        try:
            query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        except ValueError:
            raise Refused(403, "the challenge's query cannot be read") from None
        token = query.get("hub.verify_token", [""])[0]
        challenge = query.get("hub.challenge", [""])[0]
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self._verify_token):
            raise Refused(403, "the challenge's verify token is wrong")
        if query.get("hub.mode") != ["subscribe"] or not challenge:
            raise Refused(403, "the challenge is incomplete")
        await _answer(
            send, 200, challenge.encode("utf-8", "replace"), [(b"content-type", b"text/plain; charset=utf-8")]
        )

    async def _webhook(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await self._read_body(scope, receive)
        if not self._is_signed(body, _header(scope, b"x-hub-signature-256")):
            raise Refused(403, "the signature is missing or wrong")
        try:
            await self._inbox.append(body)
        except InboxUnavailable as error:
            raise Refused(503, str(error)) from error
        await _answer(send, 200)

    async def _health(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                last_id = await self._inbox.check()
        except (InboxUnavailable, TimeoutError) as error:
            logger.error("the inbox cannot be written: %s", error or "no answer from the disk")
            await _answer_json(send, 503, {"status": "unavailable"})
            return
        await _answer_json(send, 200, {"status": "ok", "last_id": last_id, "waiting": self._inbox.waiting})

    def _is_signed(self, body: bytes, signature: bytes | None) -> bool:
        if not signature:
            return False
        try:
            return self._pywa.webhook_update_validator(body, signature.decode("latin-1")) is None
        except TypeError:  # how pywa's comparison takes a signature that is not ASCII
            return False

    async def _read_body(self, scope: Message, receive: Receive) -> bytes:
        declared = _header(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared[:20]) > MAX_BODY:
            raise Refused(413, "the body is declared too large")
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "the sender hung up within the body")
                    chunk = message.get("body", b"")
                    chunks.append(chunk)
                    size += len(chunk)
                    self._reading += len(chunk)
                    more = message.get("more_body", False)
                    if size > MAX_BODY:
                        raise Refused(413, "the body is too large")
                    if self._reading > MAX_READING:
                        raise Refused(503, "too many bodies are arriving at once")
        except TimeoutError:
            raise Refused(408, "the body came too slowly") from None
        finally:
            self._reading -= size
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _header(scope: Message, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


async def _answer(send: Send, status: int, body: bytes = b"", headers: list | None = None) -> None:
    await _start(send, status, body, headers or [])
    await send({"type": "http.response.body", "body": body})


async def _answer_json(send: Send, status: int, content: dict) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await _answer(send, status, json.dumps(content).encode(), headers)


async def _answer_and_hang_up(receive: Receive, send: Send, status: int) -> None:
    """Answer while the body is still coming, and take some more of it: a closed door would hide the answer."""
    await _start(send, status, b"", [(b"connection", b"close")])
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while status == 413 and taken < LINGER_BYTES:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body", False):
                    break
    await send({"type": "http.response.body", "body": b""})


async def _start(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [(b"content-length", str(len(body)).encode()), *headers]
    if body:
        headers.append((b"x-content-type-options", b"nosniff"))
    await send({"type": "http.response.start", "status": status, "headers": headers})


def server_config(app: Callable) -> uvicorn.Config:
    """How uvicorn runs the listener: no access log (it would hold the verify token), ten seconds to finish."""
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def main() -> int:
    """Run the listener until SIGINT or SIGTERM. Exit status 2: settings forbid it; 1: port or inbox cannot be had."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logger.setLevel(logging.INFO)
    try:
        settings = store_settings.load()
        settings.require_webhook_secrets()
    except SettingsError as error:
        return _give_up(2, str(error))
    try:
        settings.make_data_folder()
    except SettingsError as error:
        return _give_up(2, str(error))
    except OSError as error:
        return _give_up(1, f"The data folder {settings.data} cannot be made: {error.strerror}.")
    try:
        door = bind(settings.host, settings.listener_port)
    except OSError as error:
        where = f"{settings.host}:{settings.listener_port}"
        return _give_up(1, f"The listener cannot use {where} ({error.strerror}). Is one running already?")
    try:
        inbox = Inbox(settings.inbox)
    except InboxUnavailable as error:
        return _give_up(1, str(error))
    try:
        _serve(ListenerApp(settings, inbox), door)
    finally:
        inbox.close()
    return 0


def _serve(app: ListenerApp, door: socket.socket) -> None:
    server = uvicorn.Server(server_config(app))
    for wanted in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises a signal again once it has stopped; with its own handler standing, that ends in a clean exit.
        signal.signal(wanted, server.handle_exit)
    logger.info("listening on http://%s:%d/whatsapp", *door.getsockname()[:2])
    server.run(sockets=[door])


def bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio does not do it for a socket it was handed, and then each answer waits 40 ms for the sender's delayed ACK.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def _give_up(status: int, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
