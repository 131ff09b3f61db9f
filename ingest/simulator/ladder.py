"""The status ladder: what was accepted becomes sent, delivered, read, or failed, each told by a webhook."""

import asyncio
import hashlib
import json

from . import errors, phones, webhooks
from .state import State, now


def begin(state: State, wamid: str, failed_with: int | None) -> None:
    """Start the ladder of a message just accepted; `failed_with` is the code it fails with instead."""
    error = json.dumps(errors.failure(failed_with)) if failed_with else None
    _schedule(state, wamid, "failed" if failed_with else "sent", error)


def look(state: State, key: str) -> None:
    """The phone's chat is on a screen: what was delivered is read, and what comes in the next seconds too."""
    state.looked_at[key] = now()
    waiting = _waiting(state, key, "delivered")
    if waiting:
        with state.atomic():
            for wamid in waiting:
                _schedule(state, wamid, "read")


def switch(state: State, key: str, online: bool) -> None:
    """Turn a phone on or off; what was sent meanwhile is delivered when it comes back."""
    with state.atomic():
        state.run("update phone set online = ? where key = ?", online, key)
        for wamid in _waiting(state, key, "sent") if online else ():
            _schedule(state, wamid, "delivered")


def _waiting(state: State, key: str, status: str) -> list[str]:
    sql = (
        "select wamid from message where phone_key = ? and direction = 'in' and state = ? "
        "and wamid not in (select wamid from step)"
    )
    return [row["wamid"] for row in state.rows(sql, key, status)]


def _schedule(state: State, wamid: str, status: str, error: str | None = None) -> None:
    options = state.options()
    delay = options["sent_after" if status == "failed" else f"{status}_after"]
    sql = "insert or replace into step (wamid, status, due_at, error) values (?, ?, ?, ?)"
    state.run(sql, wamid, status, now() + delay, error)


class Ladder:
    """Takes each step when it is due."""

    def __init__(self, state: State, settings):
        self.state, self.settings = state, settings
        self._wake = state.watch()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            for step in self.state.rows("select * from step where due_at <= ? order by due_at", now()):
                self._take(step)
            due_at = self.state.row("select min(due_at) as due_at from step")["due_at"]
            try:
                await asyncio.wait_for(self._wake.wait(), None if due_at is None else max(due_at - now(), 0.005))
            except TimeoutError:
                continue

    def _take(self, step: dict) -> None:
        wamid, status = step["wamid"], step["status"]
        with self.state.atomic():
            self.state.run("delete from step where wamid = ?", wamid)
            sql = "update message set state = ?, error = ? where wamid = ?"
            self.state.run(sql, status, step["error"], wamid)
            message = self.state.row("select * from message where wamid = ?", wamid)
            key = message["phone_key"]
            phone = phones.get(self.state, key) if key else None
            content = self._status(message, phone, status, step["error"])
            webhooks.enqueue(self.state, key or message["recipient"], content)
            if status == "sent" and phone and phone["online"]:
                _schedule(self.state, wamid, "delivered")
            if status == "delivered" and self._is_read(key):
                _schedule(self.state, wamid, "read")

    def _is_read(self, key: str) -> bool:
        looking = now() - self.state.looked_at.get(key, 0) < phones.LOOKING
        return looking or self.state.options()["auto_read"]

    def _status(self, message: dict, phone: dict | None, status: str, error: str | None) -> dict:
        """The status webhook; a failed one has no `contacts`, as Meta documents."""
        told = {"id": message["wamid"], "status": status, "timestamp": str(int(now()))}
        if phone is None:
            told["recipient_id"] = message["recipient"]
        else:
            told |= {"recipient_id": phone["wa_id"]} if phone["wa_id"] else {}
            told |= {"recipient_user_id": phone["bsuid"]}
        if message["tracker"]:
            told["biz_opaque_callback_data"] = message["tracker"]
        if status == "failed":
            told["errors"] = [json.loads(error)]
            return webhooks.messages_body(self.settings, statuses=[told])
        told |= _cost(message, phone, status)
        return webhooks.messages_body(self.settings, contacts=[webhooks.contact(phone)], statuses=[told])


def _cost(message: dict, phone: dict, status: str) -> dict:
    category = "utility" if message["kind"] == "template" else "service"
    free = phones.window_open(phone)
    day = f"{phone['key']}|{int(message['happened_at'] // phones.WINDOW)}"
    conversation = {"id": hashlib.md5(day.encode(), usedforsecurity=False).hexdigest(), "origin": {"type": category}}
    if status == "sent":
        conversation["expiration_timestamp"] = str(int(message["happened_at"] + phones.WINDOW))
    kind = "free_customer_service" if free else "regular"
    return {
        "conversation": conversation,
        "pricing": {"billable": not free, "pricing_model": "PMP", "category": category, "type": kind},
    }
