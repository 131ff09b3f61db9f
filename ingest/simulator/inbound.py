"""What a phone sends: each kind becomes a message in Meta's webhook shape, and a row in the phone's chat."""

import base64
import binascii
import json

from . import checks, media, phones, webhooks
from .state import State, now


class Inbound:
    """Takes what a phone does and tells the service."""

    def __init__(self, state: State, settings, base_url: str):
        self.state, self.settings, self.base_url = state, settings, base_url

    def send(self, key: str, given: dict) -> dict:
        """Send one message from the phone `key`; fields by kind in the package's docstring.

        :raises ValueError: a field is missing or does not fit
        :raises phones.NoSuchPhone: no such phone
        """
        kind = str(given.get("kind") or "text")
        build = _KINDS.get(kind)
        if not build:
            raise ValueError(f"There is no kind {kind!r}; there are {', '.join(_KINDS)}.")
        happened_at = now() - 3600 * float(given.get("hours_ago") or 0)
        with self.state.atomic():
            phone = phones.get(self.state, key)
            message = {
                "from": phone["wa_id"],
                "from_user_id": phone["bsuid"],
                "id": phones.new_wamid(),
                "timestamp": str(int(happened_at)),
            }
            message = {name: value for name, value in message.items() if value}
            if given.get("reply_to"):
                message["context"] = self._context(phone, given["reply_to"])
            message |= build(self, phone, given)
            self._keep(phone, kind, message, happened_at)
            content = webhooks.messages_body(self.settings, contacts=[webhooks.contact(phone)], messages=[message])
            webhook_id = webhooks.enqueue(self.state, key, content)
        return {"id": message["id"], "webhook": webhook_id}

    def _keep(self, phone: dict, kind: str, message: dict, happened_at: float) -> None:
        self.state.run(
            "update phone set last_inbound_at = max(coalesce(last_inbound_at, 0), ?) where key = ?",
            happened_at,
            phone["key"],
        )
        if kind in ("reaction", "edit", "revoke"):
            return
        context = message.get("context")
        # `or ignore`: a raw message may repeat an id on purpose, and is still one message of the chat.
        self.state.run(
            "insert or ignore into message (wamid, phone_key, direction, kind, content, state, reply_to, happened_at) "
            "values (?, ?, 'out', ?, ?, 'sent', ?, ?)",
            str(message["id"]),
            phone["key"],
            str(message.get("type", "raw")),
            json.dumps(message),
            str(context["id"]) if isinstance(context, dict) and context.get("id") else None,
            happened_at,
        )

    def _target(self, phone: dict, wamid, direction: str | None = None) -> dict:
        sql = "select * from message where wamid = ? and phone_key = ? and direction = coalesce(?, direction)"
        found = self.state.row(sql, wamid, phone["key"], direction)
        if not found:
            raise ValueError("message_id names no message of this chat that allows this.")
        return found

    def _context(self, phone: dict, wamid: str) -> dict:
        target = self._target(phone, wamid)
        service = webhooks.metadata(self.settings)["display_phone_number"]
        sender = service if target["direction"] == "in" else phone["wa_id"]
        return {"from": sender, "id": wamid} if sender else {"id": wamid}

    def _text(self, phone: dict, given: dict) -> dict:
        return {"type": "text", "text": {"body": _required(given, "text")}}

    def _media(self, phone: dict, given: dict) -> dict:
        kind = given["kind"]
        try:
            content = base64.b64decode(_required(given, "data"), validate=True)
        except binascii.Error as error:
            raise ValueError("`data` is not base64.") from error
        if not content or len(content) > media.MAX_BYTES:
            raise ValueError("The file is empty or too large.")
        filename = given.get("filename") if kind == "document" else None
        kept = media.store(self.state, content, _required(given, "mime"), filename, phone["key"])
        part = kept | {"url": media.url(self.base_url, self.settings.app_secret, kept["id"])}
        if given.get("caption") and kind in ("image", "video", "document"):
            part["caption"] = str(given["caption"])
        if filename:
            part["filename"] = str(filename)
        if kind == "audio":
            part["voice"] = bool(given.get("voice", True))
        if kind == "sticker":
            part["animated"] = False
        return {"type": kind, kind: part}

    def _location(self, phone: dict, given: dict) -> dict:
        place = {name: float(_required(given, name)) for name in ("latitude", "longitude")}
        if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
            raise ValueError("There is no such place on earth.")
        place |= {name: str(given[name]) for name in ("name", "address") if given.get(name)}
        return {"type": "location", "location": place}

    def _contacts(self, phone: dict, given: dict) -> dict:
        if given.get("contacts"):
            return {"type": "contacts", "contacts": given["contacts"]}
        name, number = str(_required(given, "name")), str(_required(given, "phone"))
        card = {
            "name": {"formatted_name": name, "first_name": name.split()[0]},
            "phones": [{"phone": number, "type": "CELL"}],
        }
        return {"type": "contacts", "contacts": [card]}

    def _reaction(self, phone: dict, given: dict) -> dict:
        target, emoji = self._target(phone, given.get("message_id")), given.get("emoji") or None
        self.state.run("update message set reaction = ? where id = ?", emoji, target["id"])
        return {"type": "reaction", "reaction": {"message_id": target["wamid"]} | ({"emoji": emoji} if emoji else {})}

    def _edit(self, phone: dict, given: dict) -> dict:
        target, text = self._target(phone, given.get("message_id"), "out"), str(_required(given, "text"))
        content, kind = json.loads(target["content"]), target["kind"]
        if kind not in ("text", "image", "video", "document"):
            raise ValueError("Only a text or a caption can be edited.")
        content[kind] = content[kind] | ({"body": text} if kind == "text" else {"caption": text})
        sql = "update message set content = ?, edited = 1 where id = ?"
        self.state.run(sql, json.dumps(content), target["id"])
        new = {name: content[name] for name in ("context", "type", kind) if name in content}
        return {"type": "edit", "edit": {"original_message_id": target["wamid"], "message": new}}

    def _revoke(self, phone: dict, given: dict) -> dict:
        target = self._target(phone, given.get("message_id"), "out")
        self.state.run("update message set revoked = 1 where id = ?", target["id"])
        return {"type": "revoke", "revoke": {"original_message_id": target["wamid"]}}

    def _reply(self, phone: dict, given: dict) -> dict:
        kind, reply_id = given["kind"], str(_required(given, "id"))
        found = self._offer(phone, kind, reply_id, given.get("message_id"))
        if not found:
            raise ValueError(f"No message of this chat offers {reply_id!r}.")
        wamid, offer = found
        reply = {"id": reply_id, "title": given.get("title") or offer["title"]}
        if kind == "list_reply" and offer.get("description"):
            reply["description"] = offer["description"]
        return {
            "context": self._context(phone, wamid),
            "type": "interactive",
            "interactive": {"type": kind, kind: reply},
        }

    def _offer(self, phone: dict, kind: str, reply_id: str, wamid: str | None) -> tuple[str, dict] | None:
        """The newest button or row with this id that the phone has been shown."""
        sql = (
            "select wamid, content from message where phone_key = ? and direction = 'in' and kind = 'interactive' "
            "and state in (?, ?) and wamid = coalesce(?, wamid) order by id desc"
        )
        for row in self.state.rows(sql, phone["key"], *phones.SEEN, wamid):
            action = json.loads(row["content"])["interactive"].get("action") or {}
            if kind == "button_reply":
                offers = [button["reply"] for button in action.get("buttons") or ()]
            else:
                offers = [offer for section in action.get("sections") or () for offer in section["rows"]]
            for offer in offers:
                if offer["id"] == reply_id:
                    return row["wamid"], offer
        return None

    def _button(self, phone: dict, given: dict) -> dict:
        text = str(_required(given, "text"))
        button = {"payload": str(given.get("payload") or text), "text": text}
        return {"context": self._context(phone, _required(given, "message_id")), "type": "button", "button": button}

    def _nfm_reply(self, phone: dict, given: dict) -> dict:
        response = given.get("response")
        if not isinstance(response, dict):
            raise ValueError("`response` is an object.")
        reply = {"response_json": json.dumps(response, ensure_ascii=False), "body": "Sent", "name": "flow"}
        interactive = {"type": "nfm_reply", "nfm_reply": reply}
        context = self._context(phone, _required(given, "message_id"))
        return {"context": context, "type": "interactive", "interactive": interactive}

    def _raw(self, phone: dict, given: dict) -> dict:
        if not isinstance(given.get("message"), dict):
            raise ValueError("`message` is an object.")
        return given["message"]


def _required(given: dict, name: str):
    value = given.get(name)
    if value is None or value == "":
        raise ValueError(f"`{name}` is missing.")
    return value


_KINDS = {
    "text": Inbound._text,
    **dict.fromkeys(checks.MEDIA_KINDS, Inbound._media),
    "location": Inbound._location,
    "contacts": Inbound._contacts,
    "reaction": Inbound._reaction,
    "edit": Inbound._edit,
    "revoke": Inbound._revoke,
    "button_reply": Inbound._reply,
    "list_reply": Inbound._reply,
    "button": Inbound._button,
    "nfm_reply": Inbound._nfm_reply,
    "raw": Inbound._raw,
}
