"""Message templates as Meta keeps them: created, reviewed later, told by webhooks, refused when not approved."""

import asyncio
import json
import re
from secrets import randbelow

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.rules.templates import CATEGORY, LANGUAGE, NEEDED

from . import webhooks
from .errors import GraphError
from .state import State, now

# What each status means for who sends the template; the others are sent.
REFUSED = {"PENDING": 132001, "REJECTED": 132001, "DELETED": 132001, "PAUSED": 132015, "DISABLED": 132016}
_FORM = re.compile(r"[a-z0-9_]{1,512}")
_PLACE = r"\{\{\s*\w+\s*\}\}"


def seed(state: State) -> None:
    """What the service needs is there and approved, so that a demonstration can begin at once."""
    with state.atomic():
        for wanted in NEEDED:
            components = json.dumps([{"type": "BODY", "text": wanted.body}])
            known = state.row("select id from template where name = ? and language = ?", wanted.name, LANGUAGE)
            if known:
                state.run("update template set components = ? where id = ?", components, known["id"])
            else:
                _insert(state, wanted.name, LANGUAGE, CATEGORY, components, "APPROVED")


def status(state: State, template_id: str) -> str:
    """The status of a template; one without a review is of an earlier version, when all were approved at once."""
    found = state.row("select status from review where template_id = ?", template_id)
    return found["status"] if found else "APPROVED"


def create(state: State, given: dict) -> Response:
    """`POST /{account}/message_templates`."""
    name, language, components = (given.get(part) for part in ("name", "language", "components"))
    if not name or not language or not components:
        raise GraphError(100, "Params name, language and components are required.")
    if not _FORM.fullmatch(str(name)):
        raise GraphError(100, "Param name may hold small letters, digits and underscores only.")
    body = next((c.get("text") or "" for c in components if str(c.get("type")).upper() == "BODY"), "")
    if re.match(_PLACE, body) or re.search(_PLACE + r"\W*$", body):
        raise GraphError(100, "Variables can't be at the start or end of the template.", subcode=2388299)
    if state.row("select id from template where name = ? and language = ?", name, language):
        raise GraphError(100, "There is already content in this language for this template.", subcode=2388024)
    category = str(given.get("category", CATEGORY)).upper()
    with state.atomic():
        template_id = _insert(state, name, language, category, json.dumps(components), "PENDING")
    return JSONResponse({"id": template_id, "status": "PENDING", "category": category})


def listed(state: State, request: Request) -> Response:
    """`GET /{account}/message_templates`, some at a time."""
    limit, after = int(request.query_params.get("limit") or 25), int(request.query_params.get("after") or 0)
    found = state.rows(
        "select t.rowid as place, t.*, r.status, r.reason, r.quality from template t "
        "left join review r on r.template_id = t.id where t.rowid > ? order by t.rowid limit ?",
        after,
        limit + 1,
    )
    page = found[:limit]
    paging = {"cursors": {"after": str(page[-1]["place"])}} if page else {}
    if len(found) > limit:
        paging["next"] = f"{request.url.replace(query='')}?limit={limit}&after={page[-1]['place']}"
    count = state.row("select count(*) as n from template")["n"]
    summary = {"total_count": count, "message_template_count": count, "message_template_limit": 250}
    summary["are_translations_complete"] = True
    return JSONResponse({"data": [_shown(row) for row in page], "paging": paging, "summary": summary})


def delete(state: State, request: Request) -> Response:
    """`DELETE /{account}/message_templates?name=…`."""
    with state.atomic():
        found = state.rows("select id from template where name = ?", request.query_params.get("name"))
        for row in found:
            state.run("delete from template where id = ?", row["id"])
            state.run("delete from review where template_id = ?", row["id"])
    if not found:
        raise GraphError(100, "The template was not found.")
    return JSONResponse({"success": True})


def judge(state: State, name: str, language: str, event: str, reason: str | None, category: str | None = None) -> int:
    """Meta has decided on a template (or somebody at the simulator says so): keep it, tell it; the webhook's id."""
    with state.atomic():
        known = state.row("select id from template where name = ? and language = ?", name, language)
        if known:
            state.run(
                "insert into review (template_id, status, reason) values (?, ?, ?) on conflict (template_id) do update "
                "set status = excluded.status, reason = excluded.reason, due_at = null",
                known["id"],
                event,
                reason,
            )
        value = {
            "event": event,
            "message_template_id": int(known["id"]) if known else 1,
            "message_template_name": name,
            "message_template_language": language,
            "message_template_category": category or CATEGORY,
            "reason": reason or "NONE",
        }
        return _tell(state, "message_template_status_update", value)


def rate(state: State, name: str, language: str, score: str) -> int:
    """The quality of a template has changed; the webhook's id."""
    with state.atomic():
        state.run(
            "update review set quality = ? where template_id = "
            "(select id from template where name = ? and language = ?)",
            score,
            name,
            language,
        )
        value = {
            "previous_quality_score": "UNKNOWN",
            "new_quality_score": score,
            "message_template_id": 1,
            "message_template_name": name,
            "message_template_language": language,
        }
        return _tell(state, "message_template_quality_update", value)


class Reviewer:
    """Approves what was created, a moment later."""

    def __init__(self, state: State):
        self.state = state
        self._wake = state.watch()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            sql = "select t.* from review r join template t on t.id = r.template_id where r.due_at <= ?"
            for row in self.state.rows(sql, now()):
                judge(self.state, row["name"], row["language"], "APPROVED", None, row["category"])
            due_at = self.state.row("select min(due_at) as due_at from review")["due_at"]
            try:
                await asyncio.wait_for(self._wake.wait(), None if due_at is None else max(due_at - now(), 0.005))
            except TimeoutError:
                continue


def _insert(state: State, name: str, language: str, category: str, components: str, first: str) -> str:
    template_id = str(10**15 + randbelow(9 * 10**15))
    sql = "insert into template (id, name, language, category, components) values (?, ?, ?, ?, ?)"
    state.run(sql, template_id, name, language, category, components)
    due_at = now() + state.options()["approved_after"] if first == "PENDING" else None
    state.run("insert into review (template_id, status, due_at) values (?, ?, ?)", template_id, first, due_at)
    return template_id


def _tell(state: State, field: str, value: dict) -> int:
    content = webhooks.body(field, value)
    content["entry"][0]["time"] = int(now())
    return webhooks.enqueue(state, "account", content)


def _shown(row: dict) -> dict:
    shown = {name: row[name] for name in ("id", "name", "language", "category")}
    shown |= {"components": json.loads(row["components"]), "status": row["status"] or "APPROVED"}
    shown |= {"parameter_format": "POSITIONAL", "rejected_reason": row["reason"] or "NONE"}
    return shown | {"quality_score": {"score": row["quality"] or "UNKNOWN", "date": int(now())}}
