"""Media: taken in from both sides, handed out by id, and their bytes behind a URL that lives five minutes."""

import asyncio
import hashlib
import hmac
from secrets import randbelow

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import faults
from .errors import GraphError, unknown_object
from .state import State, now

MAX_BYTES = 100 * 1024 * 1024  # Meta's largest: documents
URL_SECONDS = 300


def store(state: State, content: bytes, mime_type: str, filename: str | None, phone_key: str | None) -> dict:
    """Keep a file; returns {id, mime_type, sha256} as Meta's webhooks show it."""
    media_id = str(10**15 + randbelow(9 * 10**15))
    digest = hashlib.sha256(content).hexdigest()
    state.run(
        "insert into media (id, phone_key, mime_type, filename, sha256, content, made_at) values (?, ?, ?, ?, ?, ?, ?)",
        media_id,
        phone_key,
        mime_type,
        filename,
        digest,
        content,
        now(),
    )
    return {"id": media_id, "mime_type": mime_type, "sha256": digest}


def url(base: str, secret: str, media_id: str) -> str:
    """Where the bytes are, for five minutes, in the form of Meta's addresses."""
    expires = int(now()) + URL_SECONDS
    return f"{base}/whatsapp_business/attachments/?mid={media_id}&ext={expires}&hash={_seal(secret, media_id, expires)}"


def describe(state: State, base: str, secret: str, media_id: str) -> JSONResponse:
    """`GET /{media_id}`.

    :raises GraphError: no such media
    """
    found = state.row("select id, mime_type, sha256, length(content) as file_size from media where id = ?", media_id)
    if not found:
        raise unknown_object(media_id)
    return JSONResponse(found | {"url": url(base, secret, media_id), "messaging_product": "whatsapp"})


def delete(state: State, media_id: str) -> JSONResponse:
    if not state.row("select id from media where id = ?", media_id):
        raise unknown_object(media_id)
    state.run("delete from media where id = ?", media_id)
    return JSONResponse({"success": True})


async def upload(request: Request, state: State) -> JSONResponse:
    """`POST /{phone_id}/media`, multipart.

    :raises GraphError: the form lacks something, or the file is too large
    """
    async with request.form(max_part_size=MAX_BYTES) as form:
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not hasattr(file, "read"):
            raise GraphError(100, "Params messaging_product and file are required.")
        content = await file.read()
        if not content or len(content) > MAX_BYTES:
            raise GraphError(131053, "The media file is empty or too large.")
        kept = store(state, content, str(form.get("type") or file.content_type), file.filename, None)
    return JSONResponse({"id": kept["id"]})


async def download(request: Request, state: State, secret: str) -> Response:
    """The bytes behind a media URL: 401 without a bearer token, 404 when the URL has expired."""
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return Response(status_code=401)
    media_id, expires = request.query_params.get("mid", ""), request.query_params.get("ext", "")
    seal = _seal(secret, media_id, expires)
    if not hmac.compare_digest(seal.encode(), request.query_params.get("hash", "").encode()) or int(expires) < now():
        return Response(status_code=404)
    return await serve(state, media_id, with_faults=True)


async def serve(state: State, media_id: str, *, with_faults: bool = False) -> Response:
    """The bytes of a file, never as a page of ours: a document sent by somebody may hold script."""
    found = state.row("select phone_key, mime_type, content from media where id = ?", media_id)
    fault = faults.take(state, faults.MEDIA, found["phone_key"]) if found and with_faults else None
    if not found or (fault and fault["kind"] == "media_404"):
        return Response(status_code=404)
    if fault:
        await asyncio.sleep(fault["seconds"])
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    if not found["mime_type"].startswith(("image/", "audio/", "video/")):
        headers["Content-Disposition"] = "attachment"
    return Response(found["content"], media_type=found["mime_type"], headers=headers)


def _seal(secret: str, media_id: str, expires) -> str:
    return hmac.new(secret.encode(), f"{media_id}|{expires}".encode(), hashlib.sha256).hexdigest()[:32]
