"""The pywa client, aimed at Meta or at the address that stands in for it."""

import json
import logging
import re

import httpx
from pywa import WhatsApp
from pywa.types import Button, FlowButton, Section, SectionList, SectionRow
from pywa.types.flows import FlowActionType
from pywa.types.templates import TemplateLanguage
from pywa.utils import UserIdentifier

from store import evidence
from store.delivery import Outgoing
from store.evidence import File
from store.settings import META_API_URL, Settings

# httpx logs addresses of requests, and those of media carry a key.
logging.getLogger("httpx").setLevel(logging.WARNING)

# pywa takes ids with letters for groups; Meta's business-scoped ids are a country code, a dot and up to 128 characters.
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,128}")
_META_HOST = httpx.URL(META_API_URL).host


class GraphTransport(httpx.BaseTransport):
    """Sends Graph API requests to the configured address, and addresses people by their business-scoped id rightly."""

    def __init__(self, api_url: str, transport: httpx.BaseTransport | None = None):
        self._target = httpx.URL(api_url)
        self._inner = transport or httpx.HTTPTransport(limits=httpx.Limits(max_connections=20))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == _META_HOST and request.method == "POST" and request.url.path.endswith("/messages"):
            request = _addressed(request)
        if request.url.host == _META_HOST and self._target.host != _META_HOST:
            request.url = request.url.copy_with(
                scheme=self._target.scheme, host=self._target.host, port=self._target.port
            )
            request.headers["Host"] = request.url.netloc.decode("ascii")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def client(settings: Settings, timeout: float = 20.0) -> WhatsApp:
    """A client for sending and for fetching media; it takes nothing in (the listener does). Timeout in seconds."""
    session = httpx.Client(transport=GraphTransport(settings.api_url), timeout=httpx.Timeout(timeout, connect=5.0))
    return WhatsApp(
        phone_id=settings.phone_id,
        token=settings.access_token,
        session=session,
        server=None,
        validate_updates=False,
        user_identifier_priority=(UserIdentifier.WA_ID, UserIdentifier.BSUID, UserIdentifier.PARENT_BSUID),
    )


class NotUploaded(Exception):
    """The file of a message did not reach Meta, or nobody knows; the message itself was never sent."""


def upload(wa: WhatsApp, file: File, content: bytes, mime: str) -> str:
    """Bring a file to Meta, for a message to carry; its id there comes back.

    :raises pywa.errors.WhatsAppError: Meta refused it
    :raises NotUploaded: the request or its answer was lost
    """
    try:
        return wa.upload_media(content, mime_type=mime, filename=_filename(file, mime)).id
    except (httpx.TransportError, ValueError) as error:
        raise NotUploaded(type(error).__name__) from error


def _filename(file: File, mime: str) -> str:
    """The name that the reporter sees: an officer's own, with the ending of what is sent."""
    stem = re.sub(r"[^\w .()-]", "_", (file.filename or "berkas").rpartition(".")[0] or "berkas")[:80]
    return stem + evidence.TYPES.get(mime, "")


def send(wa: WhatsApp, message: Outgoing, form: str, media_id: str | None = None) -> str:
    """Send one message; its id at Meta comes back.

    :param form: `free`, or `template` outside the 24-hour window
    :param media_id: of the file it carries, as `upload` told it
    :raises pywa.errors.WhatsAppError: Meta refused it
    :raises httpx.TransportError: the request or its answer was lost
    :raises ValueError: the answer was no JSON
    """
    to = message.phone or message.bsuid
    tracker = str(message.id)
    if form == "template":
        body = {"type": "body", "parameters": [{"type": "text", "text": p} for p in message.template_params]}
        sent = wa.send_template(to, message.template, TemplateLanguage.INDONESIAN, [body], tracker=tracker)
    elif message.kind == "image":
        sent = wa.send_image(to, media_id, caption=message.text or None, tracker=tracker)
    elif message.kind == "document":
        name = _filename(message.file, message.file.mime)
        sent = wa.send_document(to, media_id, filename=name, caption=message.text or None, tracker=tracker)
    elif message.kind == "location_request":
        sent = wa.request_location(to, message.text, tracker=tracker)
    elif message.kind == "buttons":
        buttons = [Button(title=title, callback_data=data) for data, title in message.extra["buttons"]]
        sent = wa.send_message(to, message.text, buttons=buttons, tracker=tracker)
    elif message.kind == "list":
        rows = [SectionRow(title, data, about or None) for data, title, about in message.extra["rows"]]
        choice = SectionList(message.extra["button"], [Section(message.extra["button"], rows)])
        sent = wa.send_message(to, message.text, buttons=choice, tracker=tracker)
    elif message.kind == "flow":
        sent = wa.send_message(to, message.text, buttons=_form(message.extra["flow"]), tracker=tracker)
    else:
        sent = wa.send_message(to, message.text, tracker=tracker)
    return sent.id


def _form(offered: dict) -> FlowButton:
    """The button that opens a form; `store/flow.py` says what it needs."""
    return FlowButton(
        title=offered["title"],
        flow_id=offered["id"],
        flow_token=offered["token"],
        flow_action_type=FlowActionType.NAVIGATE,
        flow_action_screen=offered["screen"],
    )


def _addressed(request: httpx.Request) -> httpx.Request:
    body = json.loads(request.content)
    if not _BSUID.fullmatch(str(body.get("to") or "")):
        return request
    body["recipient"] = body.pop("to")
    body["recipient_type"] = "individual"
    headers = {k: v for k, v in request.headers.items() if k.lower() not in ("content-length", "transfer-encoding")}
    # Timeouts travel in the extensions; without them a lost answer would wait for ever.
    return httpx.Request(request.method, request.url, headers=headers, json=body, extensions=request.extensions)
