"""Carries out what administrators ask of Meta about templates and the form, and keeps the list of templates fresh."""

import logging
import threading
import time

import httpx
from pywa import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.templates import BodyText, Template, TemplateCategory, TemplateLanguage

from store import health, meta, templates
from store.clock import now as clock_now
from store.desk import Desk
from store.templates import Found, Needed

from . import flows

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
# After a reading that failed nobody's account is asked again at once.
AGAIN_SECONDS = 300.0
SOON_SECONDS = 5.0
PAGE = 100
# More than Meta lets one account have.
MAX_PAGES = 70
_FIELDS = ("id", "name", "language", "category", "status", "components", "rejected_reason", "quality_score")


def run(desk: Desk, wa: WhatsApp, stop: threading.Event) -> None:
    """Carry requests out until told to stop; what an earlier process had begun is begun again."""
    meta.begin_again(desk.register)
    next_look, gap = 0.0, SOON_SECONDS
    while not stop.is_set():
        try:
            if carry_out_next(desk, wa):
                continue
            if time.monotonic() >= next_look:
                done = read_if_wanted(desk, wa)
                # The first tries come soon: what stands in for Meta may start after us.
                gap = SOON_SECONDS if done else min(gap * 2, AGAIN_SECONDS)
                next_look = time.monotonic() + gap
        except Exception as error:
            log.error("asking Meta failed; it is tried again: %s", health.trace(error))
            stop.wait(2)
        stop.wait(IDLE_SECONDS)


def carry_out_next(desk: Desk, wa: WhatsApp) -> bool:
    """Carry the oldest request out; whether there was one."""
    taken = meta.take(desk.register)
    if taken is None:
        return False
    request_id, kind = taken
    try:
        outcome = _KINDS[kind](desk, wa)
    except Exception as error:
        outcome = {"error": why(error)}
    meta.finish(desk.register, request_id, outcome, clock_now())
    return True


def read_if_wanted(desk: Desk, wa: WhatsApp) -> bool:
    """Read Meta's list where it is old or news came; False when Meta could not be asked."""
    if not desk.settings.business_id or not templates.wants_reading(desk.register, clock_now()):
        return True
    try:
        read(desk, wa)
    except (WhatsAppError, httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        log.warning("Meta's list of templates could not be read: %s", type(error).__name__)
        return False
    return True


def read(desk: Desk, wa: WhatsApp) -> dict:
    """Read Meta's whole list into the register."""
    asked_at = clock_now()
    templates.note_list(desk.register, _list(wa, desk.settings.business_id), asked_at)
    return {"there": [wanted.name for wanted in templates.NEEDED if wanted not in templates.missing(desk.register)]}


def create_missing(desk: Desk, wa: WhatsApp) -> dict:
    """Create what Meta does not have yet; one that is refused does not hold up the others."""
    outcome = read(desk, wa) | {"made": [], "refused": []}
    for wanted in templates.missing(desk.register):
        try:
            asked_at = clock_now()
            made = wa.create_template(_template(wanted), waba_id=desk.settings.business_id)
        except WhatsAppError as error:
            outcome["refused"].append({"name": wanted.name, "error": why(error)})
        else:
            found = Found(
                wanted.name, templates.LANGUAGE, str(made.id), str(made.category), str(made.status), wanted.body
            )
            templates.note_created(desk.register, found, asked_at)
            outcome["made"].append(wanted.name)
    return outcome


_KINDS = {meta.READ: read, meta.CREATE: create_missing, meta.PUBLISH: flows.publish}


def why(error: Exception) -> dict:
    """A failure as the page can put it into words; Meta's own words are for the administrator alone."""
    if isinstance(error, WhatsAppError):
        text = error.user_msg or error.details or error.message or ""
        return {"kind": "meta", "code": error.code, "subcode": error.subcode, "text": text[:300]}
    if isinstance(error, httpx.TransportError):
        return {"kind": "network", "text": type(error).__name__}
    if isinstance(error, flows.Invalid):
        return {"kind": "flow", "text": str(error)[:300]}
    log.error("Meta's answer could not be used: %s", health.trace(error))
    return {"kind": "answer", "text": type(error).__name__}


def _template(wanted: Needed) -> Template:
    return Template(
        name=wanted.name,
        language=TemplateLanguage.INDONESIAN,
        category=TemplateCategory.UTILITY,
        components=[BodyText(wanted.body, *wanted.examples)],
    )


def _list(wa: WhatsApp, business_id: str) -> list[Found]:
    """All templates of the account.

    Through the client's plain requests: its typed list raises on a template without `parameter_format`, and on its
    second page (seen in 4.5.0).
    """
    found: list[Found] = []
    page: dict = {"limit": str(PAGE)}
    for _ in range(MAX_PAGES):
        answer = wa.api.get_templates(waba_id=business_id, fields=_FIELDS, pagination=page)
        found += [_found(row) for row in answer["data"]]
        after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
        if not after or not (answer.get("paging") or {}).get("next"):
            return found
        page = {"limit": str(PAGE), "after": after}
    return found


def _found(row: dict) -> Found:
    bodies = [part.get("text") for part in row.get("components") or () if str(part.get("type")).upper() == "BODY"]
    quality = row.get("quality_score")
    score = quality.get("score") if isinstance(quality, dict) else quality
    reason = str(row.get("rejected_reason") or "").upper()
    return Found(
        name=str(row["name"]),
        language=str(row["language"]),
        meta_id=str(row["id"]),
        category=str(row.get("category") or "").upper(),
        status=str(row.get("status") or "UNKNOWN").upper(),
        body=next((text for text in bodies if isinstance(text, str)), ""),
        reason="" if reason == "NONE" else reason,
        quality=str(score or "").upper(),
    )
