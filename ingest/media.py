"""Fetches what citizens send by its id, checks it and keeps it; a failed fetch is tried again, then shown as missing."""

import logging
import threading
from datetime import timedelta

import httpx
from pywa import WhatsApp
from pywa.errors import WhatsAppError

from store import evidence
from store.clock import now as clock_now
from store.desk import Desk
from store.rules.errors import RuleBroken

log = logging.getLogger(__name__)
BATCH = 20
IDLE_SECONDS = 0.5


def run(desk: Desk, wa: WhatsApp, stop: threading.Event) -> None:
    """Fetch until told to stop."""
    while not stop.is_set():
        try:
            fetched = fetch_waiting(desk, wa)
        except Exception:
            log.exception("fetching media failed; it is tried again")
            fetched = 0
            stop.wait(2)
        if not fetched:
            stop.wait(IDLE_SECONDS)


def fetch_waiting(desk: Desk, wa: WhatsApp) -> int:
    """Fetch what is due; how many were tried comes back."""
    with desk.register.cursor() as cursor:
        waiting = evidence.waiting_media(cursor, clock_now(), BATCH)
    for media_id, whatsapp_id, mime, filename, attempts in waiting:
        _fetch(desk, wa, media_id, whatsapp_id, mime, filename, attempts)
    return len(waiting)


def _fetch(desk: Desk, wa: WhatsApp, media_id: int, whatsapp_id: str, mime, filename, attempts: int) -> None:
    limits = desk.settings.config["media"]
    try:
        found = wa.get_media_url(whatsapp_id)
        content = _bytes(wa, found.url, limits["max_bytes"])
        file = evidence.keep(desk.settings.media, content, found.mime_type or mime or "", limits["max_bytes"], filename)
    except RuleBroken as refusal:
        with desk.register.atomic() as cursor:
            evidence.media_failed(cursor, media_id, refusal.code, None)
    except (WhatsAppError, httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, OSError) as error:
        log.warning("media %d could not be fetched (%s)", media_id, type(error).__name__)
        again = clock_now() + timedelta(seconds=min(5 * 4**attempts, 3600))
        with desk.register.atomic() as cursor:
            evidence.media_failed(
                cursor, media_id, type(error).__name__, again if attempts + 1 < limits["max_attempts"] else None
            )
    else:
        with desk.register.atomic() as cursor:
            evidence.media_stored(cursor, media_id, file)


def _bytes(wa: WhatsApp, url: str, limit: int) -> bytes:
    """The file, read no further than the limit allows."""
    content = bytearray()
    for chunk in wa.stream_media(url):
        content += chunk
        if len(content) > limit:
            raise RuleBroken("file_too_large", size=len(content), limit=limit)
    return bytes(content)
