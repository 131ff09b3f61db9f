"""The control API under `/api`, for the phone page, tests and scripts; described in the package's docstring."""

import functools
from secrets import token_hex

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import faults, ladder, media, phones, templates, webhooks
from .inbound import Inbound
from .state import State, now

VIEW_MESSAGES = 200


def _answered(handle):
    """Turn the errors of a handler into JSON."""

    @functools.wraps(handle)
    async def answered(self, request: Request) -> Response:
        try:
            found = await handle(self, request)
        except phones.NoSuchPhone as error:
            return JSONResponse({"error": f"There is no phone {error}."}, 404)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return found if isinstance(found, Response) else JSONResponse(found)

    return answered


class Control:
    """Handlers of the control API."""

    def __init__(self, state: State, settings, inbound: Inbound, webhook_url: str):
        self.state, self.settings, self.inbound, self.webhook_url = state, settings, inbound, webhook_url

    def routes(self) -> list[Route]:
        return [
            Route("/api/phones", self.list_phones),
            Route("/api/phones", self.add_phone, methods=["POST"]),
            Route("/api/phones/{key}", self.change_phone, methods=["POST"]),
            Route("/api/phones/{key}/messages", self.send, methods=["POST"]),
            Route("/api/phones/{key}/chat", self.chat),
            Route("/api/view", self.view),
            Route("/api/media/{media_id}", self.media),
            Route("/api/sends", self.sends),
            Route("/api/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/api/webhooks", self.webhooks),
            Route("/api/webhooks/pause", self.pause, methods=["POST"]),
            Route("/api/webhooks/resume", self.pause, methods=["POST"]),
            Route("/api/webhooks/raw", self.raw_webhook, methods=["POST"]),
            Route("/api/webhooks/verify", self.verify, methods=["POST"]),
            Route("/api/clock", self.clock, methods=["POST"]),
            Route("/api/options", self.options, methods=["GET", "POST"]),
            Route("/api/status/template", self.template_status, methods=["POST"]),
        ]

    @_answered
    async def list_phones(self, request: Request):
        return {"phones": phones.every(self.state)}

    @_answered
    async def add_phone(self, request: Request):
        given = await _object(request)
        names = ("name", "wa_id", "bsuid", "username", "no_number")
        return phones.add(self.state, **({"name": None} | {name: given[name] for name in names if name in given}))

    @_answered
    async def change_phone(self, request: Request):
        given, phone = await _object(request), self._phone(request)
        if "online" in given:
            ladder.switch(self.state, phone["key"], bool(given["online"]))
        if given.get("name"):
            self.state.run("update phone set name = ? where key = ?", str(given["name"]), phone["key"])
        return phones.get(self.state, phone["key"])

    @_answered
    async def send(self, request: Request):
        return self.inbound.send(request.path_params["key"], await _object(request))

    @_answered
    async def chat(self, request: Request):
        phone = self._phone(request)
        if request.query_params.get("looking"):
            ladder.look(self.state, phone["key"])
        return {"phone": phone, "messages": phones.chat(self.state, phone["key"])}

    @_answered
    async def view(self, request: Request):
        """All that the page shows, or 204; the phones in `keys` are on the screen, those in `looking` are read."""
        known = {phone["key"] for phone in self.state.rows("select key from phone")}
        shown = [key for key in request.query_params.get("keys", "").split(",") if key in known]
        for key in request.query_params.get("looking", "").split(","):
            if key in known:
                ladder.look(self.state, key)
        if request.query_params.get("version") == self.state.version:
            return Response(status_code=204)
        return {
            "version": self.state.version,
            "phones": phones.every(self.state),
            "chats": {key: phones.chat(self.state, key, VIEW_MESSAGES) for key in shown},
            "faults": faults.active(self.state),
            "webhooks": webhooks.counts(self.state),
            "options": self.state.options(),
            "service": self.settings.config["service"]["name"],
        }

    async def media(self, request: Request) -> Response:
        return await media.serve(self.state, request.path_params["media_id"])

    @_answered
    async def sends(self, request: Request):
        return {"sends": self.state.rows("select * from send order by id")}

    @_answered
    async def faults(self, request: Request):
        if request.method == "POST":
            given = await _object(request)
            key = phones.get(self.state, given["phone"])["key"] if given.get("phone") else None
            faults.add(self.state, str(given.get("kind")), key, given.get("times"), given.get("seconds"))
        elif request.method == "DELETE":
            fault_id = request.query_params.get("id")
            faults.clear(self.state, int(fault_id) if fault_id else None)
        return {"faults": faults.active(self.state)}

    @_answered
    async def webhooks(self, request: Request):
        return webhooks.counts(self.state) | {"webhooks": webhooks.recent(self.state)}

    @_answered
    async def pause(self, request: Request):
        self.state.set_options(paused=request.url.path.endswith("/pause"))
        return webhooks.counts(self.state)

    @_answered
    async def raw_webhook(self, request: Request):
        given = await _object(request)
        if not isinstance(given.get("body"), dict):
            raise ValueError("`body` is an object.")
        return {"webhook": webhooks.enqueue(self.state, "raw", given["body"])}

    @_answered
    async def verify(self, request: Request):
        challenge = token_hex(8)
        asked = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.settings.verify_token,
            "hub.challenge": challenge,
        }
        try:
            async with httpx.AsyncClient(timeout=webhooks.ANSWER_WITHIN, trust_env=False) as client:
                answer = await client.get(self.webhook_url, params=asked)
        except httpx.HTTPError as error:
            return {"ok": False, "status": type(error).__name__}
        return {"ok": answer.status_code == 200 and answer.text == challenge, "status": str(answer.status_code)}

    @_answered
    async def clock(self, request: Request):
        """Say that the last message of a phone (or of all) was `hours` ago."""
        given = await _object(request)
        key = phones.get(self.state, given["phone"])["key"] if given.get("phone") else None
        then = now() - 3600 * float(given.get("hours", 25))
        self.state.run("update phone set last_inbound_at = ? where ? is null or key = ?", then, key, key)
        return {"phones": phones.every(self.state)}

    @_answered
    async def options(self, request: Request):
        return self.state.set_options(**await _object(request)) if request.method == "POST" else self.state.options()

    @_answered
    async def template_status(self, request: Request):
        given = await _object(request)
        name, language = str(given.get("name") or "hello_world"), str(given.get("language") or "id")
        if given.get("quality"):
            return {"webhook": templates.rate(self.state, name, language, str(given["quality"]))}
        event = str(given.get("event") or "APPROVED")
        return {"webhook": templates.judge(self.state, name, language, event, given.get("reason"))}

    def _phone(self, request: Request) -> dict:
        return phones.get(self.state, request.path_params["key"])


async def _object(request: Request) -> dict:
    given = await request.json()
    if not isinstance(given, dict):
        raise ValueError("The body is an object.")
    return given
