"""What Meta refuses in a message from the service; lengths and counts as in Meta's message reference.

pywa checks none of these, so a text that is too long shows here first.
"""

import json
import re

from . import flows, templates
from .errors import GraphError
from .state import State

MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")
KINDS = ("text", "interactive", "template", "location", "contacts", "reaction", *MEDIA_KINDS)
BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
FORBIDDEN_IN_PARAMETER = re.compile(r"[\n\r\t]| {5,}")


def check(message: dict, state: State) -> None:
    """Raise GraphError where Meta would refuse the message."""
    if message.get("messaging_product") != "whatsapp":
        raise GraphError(100, "Param messaging_product must be one of {WHATSAPP}.")
    _recipient(message)
    kind = message.get("type", "text")
    if kind not in KINDS:
        raise GraphError(100, f"Param type must be one of {{{', '.join(KINDS).upper()}}} - got {kind!r}.")
    content = message.get(kind)
    if not content:
        raise GraphError(131008, f"Parameter {kind} is required.")
    if len(message.get("biz_opaque_callback_data") or "") > 512:
        raise GraphError(100, "Param biz_opaque_callback_data must be at most 512 characters long.")
    if kind == "text":
        _length("text.body", content.get("body"), 4096)
    elif kind in MEDIA_KINDS:
        _media(kind, content, state)
    elif kind == "interactive":
        _interactive(content, state)
    elif kind == "template":
        _template(content, state)


def _recipient(message: dict) -> None:
    if message.get("recipient_type", "individual") != "individual":
        raise GraphError(131009, "Param recipient_type: the group does not exist.")
    if message.get("to"):
        if not 7 <= len(re.sub(r"[+\-\s()]", "", str(message["to"]))) <= 15:
            raise GraphError(100, "Param to is not a phone number.")
        if not re.fullmatch(r"[+\-\s()\d]+", str(message["to"])):
            raise GraphError(100, "Param to is not a phone number.")
    elif not message.get("recipient"):
        raise GraphError(131008, "Parameter to or recipient is required.")
    elif not BSUID.fullmatch(str(message["recipient"])):
        raise GraphError(100, "Param recipient is not a business-scoped user ID.")


def _length(name: str, text, limit: int, *, optional: bool = False) -> None:
    if optional and text is None:
        return
    if not isinstance(text, str) or not text.strip():
        raise GraphError(131008, f"Parameter {name} is required.")
    if len(text) > limit:
        raise GraphError(100, f"Param {name} must be at most {limit} characters long.")


def _media(kind: str, content: dict, state: State) -> None:
    if content.get("id"):
        if not state.row("select id from media where id = ?", content["id"]):
            raise GraphError(100, f"Param {kind}.id: media {content['id']} was not found.")
    elif not str(content.get("link", "")).startswith(("http://", "https://")):
        raise GraphError(131008, f"Parameter {kind}.id or {kind}.link is required.")
    if kind in ("audio", "sticker") and "caption" in content:
        raise GraphError(100, f"Unexpected key caption on param {kind}.")
    _length(f"{kind}.caption", content.get("caption"), 1024, optional=True)


def _interactive(content: dict, state: State) -> None:
    kind = content.get("type")
    action = content.get("action") or {}
    _length("interactive.body.text", (content.get("body") or {}).get("text"), 4096 if kind == "list" else 1024)
    _length("interactive.footer.text", (content.get("footer") or {}).get("text"), 60, optional=True)
    header = content.get("header") or {}
    if header.get("type") in MEDIA_KINDS:
        _media(header["type"], header.get(header["type"]) or {}, state)
    else:
        _length("interactive.header.text", header.get("text"), 60, optional=True)
    if kind == "button":
        _buttons(action.get("buttons") or ())
    elif kind == "list":
        _length("interactive.action.button", action.get("button"), 20)
        _rows(action.get("sections") or ())
    elif kind == "flow":
        _length("interactive.action.parameters.flow_cta", (action.get("parameters") or {}).get("flow_cta"), 30)
        flows.refuse_unpublished(state, (action.get("parameters") or {}).get("flow_id"))
    elif kind not in ("location_request_message", "cta_url"):
        raise GraphError(100, f"Param interactive.type: {kind!r} is not supported here.")


def _buttons(buttons) -> None:
    if not 1 <= len(buttons) <= 3:
        raise GraphError(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3.")
    replies = [button.get("reply") or {} for button in buttons]
    for reply in replies:
        _length("button reply id", reply.get("id"), 256)
        _length("button reply title", reply.get("title"), 20)
    for part in ("id", "title"):
        if len({reply[part] for reply in replies}) < len(replies):
            raise GraphError(131009, f"Duplicated {part} in reply buttons.")


def _rows(sections) -> None:
    rows = [row for section in sections for row in section.get("rows") or ()]
    if not 1 <= len(sections) <= 10 or not 1 <= len(rows) <= 10:
        raise GraphError(131009, "Total row count must be from 1 to 10.")
    for section in sections:
        _length("section title", section.get("title"), 24, optional=len(sections) == 1)
    for row in rows:
        _length("row id", row.get("id"), 200)
        _length("row title", row.get("title"), 24)
        _length("row description", row.get("description"), 72, optional=True)
    if len({row["id"] for row in rows}) < len(rows):
        raise GraphError(131009, "Duplicated row id.")


def _template(content: dict, state: State) -> None:
    language = (content.get("language") or {}).get("code")
    if not content.get("name") or not language:
        raise GraphError(131008, "Parameters template.name and template.language.code are required.")
    for component in content.get("components") or ():
        for parameter in component.get("parameters") or ():
            text = parameter.get("text")
            if parameter.get("type") != "text":
                continue
            if not text:
                raise GraphError(131008, "Parameter text of a template parameter is required.")
            if FORBIDDEN_IN_PARAMETER.search(text):
                details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
                raise GraphError(132018, details)
            if len(text) > 1024:
                raise GraphError(132005)
    known = template(state, content["name"], language)
    refused = templates.REFUSED.get(templates.status(state, known["id"])) if known else 132001
    if refused:
        raise GraphError(refused, f"Template name ({content['name']}) in {language} cannot be sent now.")
    expected = len(set(re.findall(r"\{\{\s*(\w+)\s*\}\}", body_text(known))))
    given = len(body_parameters(content))
    if expected != given:
        details = f"body: number of localizable_params ({given}) does not match the expected number ({expected})"
        raise GraphError(132000, details)


def template(state: State, name: str, language: str) -> dict | None:
    """The template as it was created over the API, or None: then the text is not known here."""
    return state.row("select * from template where name = ? and language = ?", name, language)


def body_text(known: dict) -> str:
    components = json.loads(known["components"])
    return next((c.get("text") or "" for c in components if str(c.get("type")).lower() == "body"), "")


def body_parameters(content: dict) -> list[dict]:
    components = content.get("components") or ()
    return next((c.get("parameters") or [] for c in components if str(c.get("type")).lower() == "body"), [])
