"""Flows as Meta keeps them: a draft takes a JSON, is published, and never changes again."""

import json
from secrets import randbelow

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import GraphError, unknown_object
from .state import State

# Lengths by Meta's reference of the components.
_LABELS = {"TextInput": 20, "TextArea": 20, "Dropdown": 20, "DatePicker": 40, "Footer": 35, "TextBody": 4096}
_VERSIONS = ("6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3")


def create(state: State, given: dict) -> Response:
    """`POST /{account}/flows`."""
    if not given.get("name") or not given.get("categories"):
        raise GraphError(100, "Params name and categories are required.")
    if state.row("select id from flow where name = ?", given["name"]):
        raise GraphError(100, "A Flow of this name exists already.", subcode=4016019)
    flow_id = str(10**14 + randbelow(9 * 10**14))
    state.run("insert into flow (id, name, status) values (?, ?, 'DRAFT')", flow_id, given["name"])
    return JSONResponse({"id": flow_id, "success": True})


def listed(state: State) -> Response:
    """`GET /{account}/flows`."""
    found = state.rows("select id, name, status from flow order by rowid")
    return JSONResponse({"data": [row | {"categories": ["CONTACT_US"], "validation_errors": []} for row in found]})


async def upload(state: State, flow_id: str, request: Request) -> Response:
    """`POST /{flow}/assets`: the JSON, with what is wrong about it."""
    known = _known(state, flow_id)
    if known["status"] != "DRAFT":
        raise GraphError(139001, "A published Flow cannot be changed.")
    form = await request.form()
    raw = await form["file"].read()
    wrong = faults(raw)
    if not wrong:
        state.run("update flow set body = ? where id = ?", raw.decode(), flow_id)
    places = {"line_start": 1, "line_end": 1, "column_start": 1, "column_end": 1}
    errors = [
        {"error": "INVALID_PROPERTY_VALUE", "error_type": "FLOW_JSON_ERROR", "message": w} | places for w in wrong
    ]
    return JSONResponse({"success": not wrong, "validation_errors": errors})


def publish(state: State, flow_id: str) -> Response:
    """`POST /{flow}/publish`."""
    known = _known(state, flow_id)
    if known["status"] != "DRAFT" or not known["body"]:
        raise GraphError(139002, "The Flow cannot be published: it has no valid JSON, or is published already.")
    state.run("update flow set status = 'PUBLISHED' where id = ?", flow_id)
    return JSONResponse({"success": True})


def refuse_unpublished(state: State, flow_id) -> None:
    """Raise where a message carries a Flow that is no longer, or not yet, to be sent."""
    known = state.row("select status from flow where id = ?", str(flow_id))
    if known and known["status"] != "PUBLISHED":
        raise GraphError(132068, "The Flow is not published.")


def faults(raw: bytes) -> list[str]:
    """What Meta would find wrong about a Flow JSON, as far as our form could go wrong."""
    try:
        content = json.loads(raw)
        screens = content["screens"]
        layouts = [part for screen in screens for part in screen["layout"]["children"]]
    except (ValueError, KeyError, TypeError) as error:
        return [f"The Flow JSON cannot be read ({type(error).__name__})."]
    wrong = [] if content.get("version") in _VERSIONS else ["The version is not supported."]
    wrong += [f"Screen {s.get('id')!r} has no Footer." for s in screens if not _footer(s)]
    names = [part["name"] for part in layouts if "name" in part]
    wrong += ["A name is used twice."] if len(set(names)) < len(names) else []
    for part in layouts:
        label = str(part.get("label") or part.get("text") or "")
        if part.get("type") not in _LABELS:
            wrong.append(f"Invalid value found for property 'type': {part.get('type')!r}.")
        elif not label or len(label) > _LABELS[part["type"]]:
            wrong.append(f"The label {label!r} has a wrong length.")
        wrong += _options(part)
    return wrong


def _footer(screen: dict) -> bool:
    return any(part.get("type") == "Footer" for part in screen["layout"]["children"])


def _options(part: dict) -> list[str]:
    if part.get("type") != "Dropdown":
        return []
    options = part.get("data-source") or []
    wrong = [] if 1 <= len(options) <= 200 else ["A Dropdown has from 1 to 200 options."]
    wrong += [f"The title {o.get('title')!r} is too long." for o in options if not 1 <= len(o.get("title") or "") <= 30]
    return wrong + (["An option's id is used twice."] if len({o.get("id") for o in options}) < len(options) else [])


def _known(state: State, flow_id: str) -> dict:
    found = state.row("select * from flow where id = ?", flow_id)
    if not found:
        raise unknown_object(flow_id)
    return found
