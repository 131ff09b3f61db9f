"""Fetches what citizens send by its id, checks it and keeps it; what fails is tried again, then shown as missing."""

import logging
import threading
from datetime import datetime, timedelta

import httpx
from pywa import WhatsApp
from pywa.errors import WhatsAppError

from store import evidence, health
from store.clock import now as clock_now
from store.desk import Desk
from store.rules.errors import RuleBroken

log = logging.getLogger(__name__)
BATCH = 20
IDLE_SECONDS = 0.5
# So long Meta keeps a file; until then only its own "not there" makes us give up.
KEPT = timedelta(days=7)
LONGEST_GAP = 3600
_NOT_THERE = (400, 404)


def run(desk: Desk, wa: WhatsApp, stop: threading.Event) -> None:
    """Fetch until told to stop."""
    while not stop.is_set():
        try:
            fetched = fetch_waiting(desk, wa)
        except Exception as error:
            log.error("fetching media failed; it is tried again: %s", health.trace(error))
            fetched = 0
            stop.wait(2)
        if not fetched:
            stop.wait(IDLE_SECONDS)


def fetch_waiting(desk: Desk, wa: WhatsApp) -> int:
    """Fetch what is due; how many were tried comes back."""
    with desk.register.cursor() as cursor:
        waiting = evidence.waiting_media(cursor, clock_now(), BATCH)
    for media in waiting:
        _fetch(desk, wa, media)
    return len(waiting)


def _fetch(desk: Desk, wa: WhatsApp, media: evidence.Waiting) -> None:
    limit = desk.settings.config["media"]["max_bytes"]
    try:
        found = wa.get_media_url(media.whatsapp_id)
        content = _bytes(wa, found.url, limit)
        mime = found.mime_type or media.mime or ""
        file = evidence.keep(desk.settings.media, content, mime, limit, media.filename)
    except RuleBroken as refusal:
        with desk.register.atomic() as cursor:
            evidence.media_failed(cursor, media.id, refusal.code, None)
    except Exception as error:
        # Whatever it was, the files behind this one must not wait for it.
        if not isinstance(error, WhatsAppError | httpx.HTTPError):
            log.error("media %d could not be fetched: %s", media.id, health.trace(error))
        again = _again(error, media, desk.settings.config["media"]["max_attempts"])
        with desk.register.atomic() as cursor:
            evidence.media_failed(cursor, media.id, type(error).__name__, again)
    else:
        with desk.register.atomic() as cursor:
            evidence.media_stored(cursor, media.id, file)


def _again(error: Exception, media: evidence.Waiting, max_attempts: int) -> datetime | None:
    """When to try again, or None: Meta says again and again that the file is not there, or its seven days are over."""
    status = error.status_code if isinstance(error, WhatsAppError) else None
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
    again = clock_now() + timedelta(seconds=min(5 * 4 ** min(media.attempts, 6), LONGEST_GAP))
    given_up = status in _NOT_THERE and media.attempts + 1 >= max_attempts
    return None if given_up or again > media.created_at + KEPT else again


def _bytes(wa: WhatsApp, url: str, limit: int) -> bytes:
    """The file, read no further than the limit allows."""
    content = bytearray()
    for chunk in wa.stream_media(url):
        content += chunk
        if len(content) > limit:
            raise RuleBroken("file_too_large", size=len(content), limit=limit)
    return bytes(content)
