"""The Graph API as pywa speaks it: messages, read marks, media, templates, Flows."""

import asyncio
import contextlib
import json
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from . import checks, faults, flows, ladder, media, phones, templates, webhooks
from .errors import GraphError, unknown_object
from .state import State, now

TYPING_SECONDS = 25.0


class _Dropped(Response):
    """Announces a body and never sends it, so that the server closes the connection."""

    async def __call__(self, scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})


class Graph:
    """Meta's side of the requests that the service makes."""

    def __init__(self, state: State, settings, base_url: str):
        self.state, self.settings, self.base_url = state, settings, base_url

    def routes(self) -> list[Route]:
        return [
            Route("/v{version}/{phone_id}/messages", self._guarded(self.messages), methods=["POST"]),
            Route("/v{version}/{phone_id}/media", self._guarded(self.upload), methods=["POST"]),
            Route(
                "/v{version}/{account_id}/message_templates",
                self._guarded(self.templates),
                methods=["GET", "POST", "DELETE"],
            ),
            Route("/v{version}/{account_id}/flows", self._guarded(self.flows), methods=["GET", "POST"]),
            Route("/v{version}/{flow_id}/assets", self._guarded(self.flow_json), methods=["POST"]),
            Route("/v{version}/{flow_id}/publish", self._guarded(self.publish_flow), methods=["POST"]),
            Route("/v{version}/{media_id}", self._guarded(self.media), methods=["GET", "DELETE"]),
            Route("/whatsapp_business/attachments/", self.attachment),
        ]

    def _guarded(self, handle):
        async def guarded(request: Request) -> Response:
            try:
                if not request.headers.get("authorization", "").startswith("Bearer "):
                    raise GraphError(190, "An access token is required to request this resource.")
                if request.path_params.get("phone_id", self.settings.phone_id) != self.settings.phone_id:
                    raise unknown_object(request.path_params["phone_id"])
                return await handle(request)
            except GraphError as error:
                return error.response()

        return guarded

    async def upload(self, request: Request) -> Response:
        return await media.upload(request, self.state)

    async def media(self, request: Request) -> Response:
        media_id = request.path_params["media_id"]
        if request.method == "DELETE":
            return media.delete(self.state, media_id)
        return media.describe(self.state, self.base_url, self.settings.app_secret, media_id)

    async def attachment(self, request: Request) -> Response:
        return await media.download(request, self.state, self.settings.app_secret)

    async def templates(self, request: Request) -> Response:
        self._own_account(request)
        if request.method == "DELETE":
            return templates.delete(self.state, request)
        if request.method == "GET":
            return templates.listed(self.state, request)
        return templates.create(self.state, await _json(request))

    async def flows(self, request: Request) -> Response:
        self._own_account(request)
        return flows.listed(self.state) if request.method == "GET" else flows.create(self.state, await _json(request))

    async def flow_json(self, request: Request) -> Response:
        return await flows.upload(self.state, request.path_params["flow_id"], request)

    async def publish_flow(self, request: Request) -> Response:
        return flows.publish(self.state, request.path_params["flow_id"])

    def _own_account(self, request: Request) -> None:
        if request.path_params["account_id"] != webhooks.ACCOUNT_ID:
            raise unknown_object(request.path_params["account_id"])

    async def messages(self, request: Request) -> Response:
        given = await _json(request)
        if given.get("status") == "read":
            return self._mark_read(given)
        phone = phones.find(self.state, given)
        key = phone["key"] if phone else None
        with self.state.atomic():
            try:
                if fault := faults.take(self.state, tuple(faults.REFUSALS), key):
                    code = faults.REFUSALS[fault["kind"]]
                    raise GraphError(code, http_status=500 if code == 1 else None)
                checks.check(given, self.state)
            except GraphError as error:
                refusal, answer_fault = error, None
                self._log(given, key, None, f"refused {error.code}")
            else:
                refusal = None
                wamid, outcome = self._accept(given, phone)
                answer_fault = faults.take(self.state, faults.ANSWERS, key)
                self._log(given, key, wamid, outcome + (f", {answer_fault['kind']}" if answer_fault else ""))
        # Raised outside the transaction: the refusal's row and the counted-down fault must stay.
        if refusal:
            raise refusal
        return await self._answer(request, given, phone, wamid, answer_fault)

    def _accept(self, given: dict, phone: dict | None) -> tuple[str, str]:
        """Keep the message and begin its ladder; returns its id and, for the log, what becomes of it."""
        wamid, kind = phones.new_wamid(), given.get("type", "text")
        code = self._failure(given, phone)
        if phone and kind == "reaction":
            emoji = given["reaction"].get("emoji") or None
            sql = "update message set reaction = ? where wamid = ? and phone_key = ? and direction = 'out'"
            self.state.run(sql, emoji, given["reaction"].get("message_id"), phone["key"])
        self.state.run(
            "insert into message (wamid, phone_key, recipient, direction, kind, content, state, tracker, reply_to, "
            "happened_at) values (?, ?, ?, 'in', ?, ?, 'accepted', ?, ?, ?)",
            wamid,
            phone["key"] if phone else None,
            _recipient(given),
            kind,
            json.dumps(given),
            given.get("biz_opaque_callback_data"),
            (given.get("context") or {}).get("message_id"),
            now(),
        )
        if phone:
            self.state.run("update phone set typing_until = 0 where key = ?", phone["key"])
        ladder.begin(self.state, wamid, code)
        return wamid, f"failed {code}" if code else "accepted"

    def _failure(self, given: dict, phone: dict | None) -> int | None:
        """The code with which a message fails after it was accepted; the window is told only that way."""
        if fault := faults.take(self.state, tuple(faults.FAILURES), phone["key"] if phone else None):
            return faults.FAILURES[fault["kind"]]
        if phone is None:
            return 131026
        if given.get("type") != "template" and not phones.window_open(phone):
            return 131047
        return None

    def _log(self, given: dict, key: str | None, wamid: str | None, outcome: str) -> None:
        self.state.run(
            "insert into send (wamid, phone_key, recipient, kind, tracker, outcome, body, happened_at) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            wamid,
            key,
            _recipient(given),
            str(given.get("type", "text")),
            given.get("biz_opaque_callback_data"),
            outcome,
            json.dumps(given),
            now(),
        )

    async def _answer(self, request: Request, given: dict, phone: dict | None, wamid: str, fault) -> Response:
        if fault and fault["kind"] == "drop":
            return _Dropped()
        if fault and fault["kind"] == "not_json":
            return PlainTextResponse("<html>OK</html>")
        if fault:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_gone(request), fault["seconds"])
        message = {"id": wamid} | ({"message_status": "accepted"} if given.get("type") == "template" else {})
        who = {"input": given.get("to") or given["recipient"]}
        who |= {"wa_id": _recipient(given)} if given.get("to") else {"user_id": given["recipient"]}
        return JSONResponse({"messaging_product": "whatsapp", "contacts": [who], "messages": [message]})

    def _mark_read(self, given: dict) -> Response:
        wamid = given.get("message_id")
        found = self.state.row("select * from message where wamid = ? and direction = 'out'", wamid)
        if not found:
            raise GraphError(131009, "Param message_id names no message received.")
        with self.state.atomic():
            self.state.run(
                "update message set state = 'read' where phone_key = ? and direction = 'out' and id <= ?",
                found["phone_key"],
                found["id"],
            )
            if given.get("typing_indicator"):
                sql = "update phone set typing_until = ? where key = ?"
                self.state.run(sql, now() + TYPING_SECONDS, found["phone_key"])
        return JSONResponse({"success": True})


async def _json(request: Request) -> dict:
    try:
        given = await request.json()
    except ValueError as error:
        raise GraphError(100, "The body is no JSON.") from error
    if not isinstance(given, dict):
        raise GraphError(100, "The body is no object.")
    return given


async def _gone(request: Request) -> None:
    """Return when the client has given up, so that a long wait does not outlive it."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _recipient(given: dict) -> str:
    return re.sub(r"\D", "", str(given.get("to") or "")) or str(given.get("recipient") or "")
