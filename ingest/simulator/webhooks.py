"""Webhooks: bodies in Meta's shape, signed, kept as rows until they are answered with 200.

Shapes and retries: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks
"""

import asyncio
import hashlib
import hmac
import json
import re

import httpx

from store.settings import SIMULATED_BUSINESS_ID as ACCOUNT_ID

from .state import State, now

FIRST_GAP = 0.5  # seconds; doubles with each attempt
LARGEST_GAP = 30.0
LIFETIME = 7 * 24 * 3600.0
ANSWER_WITHIN = 10.0


def metadata(settings) -> dict:
    """The service's own number as every webhook names it."""
    # Meta always tells a number; where the city has not set its own yet, one that nobody has.
    digits = re.sub(r"\D", "", settings.config["service"]["number"]) or "080000000000"
    return {"display_phone_number": re.sub(r"^0", "62", digits), "phone_number_id": settings.phone_id}


def body(field: str, value: dict) -> dict:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": ACCOUNT_ID, "changes": [{"value": value, "field": field}]}],
    }


def messages_body(settings, **parts) -> dict:
    """A `messages` webhook with `contacts`, `messages` or `statuses`."""
    return body("messages", {"messaging_product": "whatsapp", "metadata": metadata(settings), **parts})


def contact(phone: dict) -> dict:
    profile = {"name": phone["name"]} | ({"username": phone["username"]} if phone["username"] else {})
    return {"profile": profile} | ({"wa_id": phone["wa_id"]} if phone["wa_id"] else {}) | {"user_id": phone["bsuid"]}


def enqueue(state: State, phone_key: str, content: dict, *, copies: int | None = None) -> int:
    """Keep a webhook until it is delivered; commit together with what it tells of."""
    copies = state.options()["duplicates"] if copies is None else copies
    # Escaped as Meta escapes: the signature is over exactly these bytes.
    raw = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    return state.run(
        "insert into webhook (phone_key, body, made_at, next_at, copies) values (?, ?, ?, ?, ?)",
        phone_key,
        raw,
        now(),
        now(),
        copies,
    )


def signature(secret: str, raw: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def counts(state: State) -> dict:
    found = {r["outcome"]: r["n"] for r in state.rows("select outcome, count(*) as n from webhook group by outcome")}
    names = ("pending", "delivered", "expired")
    return {name: found.get(name, 0) for name in names} | {"paused": state.options()["paused"]}


def recent(state: State, limit: int = 100) -> list[dict]:
    found = state.rows("select * from webhook order by id desc limit ?", limit)
    return [row | {"body": json.loads(row["body"])} for row in found]


def merged(bodies: list[bytes]) -> bytes:
    """Several bodies as one: what has the same field and metadata shares one change, as Meta batches."""
    if len(bodies) == 1:
        return bodies[0]
    changes: list[dict] = []
    for change in (c for raw in bodies for entry in json.loads(raw)["entry"] for c in entry["changes"]):
        twin = next((c for c in changes if _alike(c, change)), None)
        if twin is None:
            changes.append(change)
            continue
        for part in ("messages", "statuses", "contacts"):
            new = [item for item in change["value"].get(part, ()) if item not in twin["value"].get(part, ())]
            if new:
                twin["value"].setdefault(part, []).extend(new)
    whole = {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT_ID, "changes": changes}]}
    return json.dumps(whole, ensure_ascii=True, separators=(",", ":")).encode()


def _alike(one: dict, other: dict) -> bool:
    def sort(change: dict) -> tuple:
        value = change["value"]
        return change["field"], value.get("metadata"), "messages" in value, "statuses" in value

    return sort(one) == sort(other)


class Deliverer:
    """Posts waiting webhooks: in order per phone, phones side by side, each again with growing gaps until 200."""

    def __init__(self, state: State, url: str, secret: str):
        self.state, self.url, self.secret = state, url, secret
        self.client = httpx.AsyncClient(timeout=ANSWER_WITHIN, trust_env=False)
        self._busy: set[str] = set()
        self._wake = state.watch()

    async def run(self) -> None:
        async with self.client, asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                for key in self._due_phones() - self._busy:
                    self._busy.add(key)
                    tasks.create_task(self._deliver_all(key))
                try:
                    await asyncio.wait_for(self._wake.wait(), self._pause())
                except TimeoutError:
                    continue

    def _due_phones(self) -> set[str]:
        if self.state.options()["paused"]:
            return set()
        sql = "select distinct phone_key from webhook where outcome = 'pending' and next_at <= ?"
        return {row["phone_key"] for row in self.state.rows(sql, now())}

    def _pause(self) -> float:
        sql = "select min(next_at) as next_at from webhook where outcome = 'pending' and next_at > ?"
        next_at = self.state.row(sql, now())["next_at"]
        return LARGEST_GAP if next_at is None else max(next_at - now(), 0.01)

    async def _deliver_all(self, key: str) -> None:
        try:
            while batch := self._batch(key):
                await self._deliver(batch)
        finally:
            self._busy.discard(key)
            self._wake.set()

    def _batch(self, key: str) -> list[dict]:
        options = self.state.options()
        if options["paused"]:
            return []
        return self.state.rows(
            "select * from webhook where outcome = 'pending' and phone_key = ? and next_at <= ? order by id limit ?",
            key,
            now(),
            max(1, int(options["batch"])),
        )

    async def _deliver(self, batch: list[dict]) -> None:
        raw = merged([row["body"] for row in batch])
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(self.secret, raw)}
        try:
            answer = await self.client.post(self.url, content=raw, headers=headers)
            result = str(answer.status_code)
        except httpx.HTTPError as error:
            result = type(error).__name__
        with self.state.atomic():
            for row in batch:
                self._note(row, result)

    def _note(self, row: dict, result: str) -> None:
        attempts, outcome = row["attempts"] + 1, "pending"
        if result == "200":
            outcome = "delivered"
        elif now() - row["made_at"] > LIFETIME:
            outcome = "expired"
        self.state.run(
            "update webhook set attempts = ?, outcome = ?, last_result = ?, next_at = ?, done_at = ? where id = ?",
            attempts,
            outcome,
            result,
            now() + min(FIRST_GAP * 2 ** min(attempts - 1, 20), LARGEST_GAP),
            None if outcome == "pending" else now(),
            row["id"],
        )
        if outcome == "delivered" and row["copies"]:
            enqueue(self.state, row["phone_key"], json.loads(row["body"]), copies=row["copies"] - 1)
