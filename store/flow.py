"""The form "Isi formulir" (a WhatsApp Flow without an endpoint): made from the settings, offered, read when it is back.

Once published at Meta a form never changes. Its options are the categories and kelurahan of that moment, so answers are
read against what the register holds when they arrive; what is not known any more is kept as text.
Limits: Meta's reference of Flow components (labels 20 characters, titles of options 30, options 200).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from .admin import log
from .clock import now as clock_now
from .db import Register, rows
from .desk import Desk
from .rules import indonesian
from .rules.case import Case
from .rules.deadline import to_jakarta
from .rules.errors import RuleBroken
from .rules.workflow import TRIAGE, Actor, State

SUBJECT = "flow"
VERSION = "7.1"
SCREEN = "ADUAN"
BUTTON = "Isi formulir"
LABEL, TITLE, DESCRIPTION, OPTIONS, TEXT = 20, 30, 300, 200, 600
SETTING = "flow_offered"
# Complaints about officials are confidential from the first moment.
_OFFICIAL = "official"
# The fields in their order, as people call them; what else a form brings back is kept under its own name.
FIELDS = {
    "nama": "Nama",
    "alamat": "Alamat",
    "kategori": "Kategori",
    "kelurahan": "Kelurahan",
    "tempat": "Tempat kejadian",
    "tanggal": "Tanggal kejadian",
    "kronologi": "Kejadian",
}
SUMMARY_LENGTH = 300
HIDDEN = "disembunyikan"
_VALUE, _MORE = 2000, 20
_OWN = frozenset({"flow_token"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Design:
    """A form as it would be published now: `body` is the Flow JSON, `name` tells it from every other content."""

    name: str
    body: dict


@dataclass(frozen=True)
class FlowOffer:
    """The published form, ready to be offered in a message: `title` is its button's."""

    flow_id: str
    screen: str = SCREEN
    title: str = BUTTON

    def letter_part(self, number: str) -> dict[str, str]:
        """What `Letter.flow` needs to offer the form for a complaint."""
        return {"id": self.flow_id, "screen": self.screen, "title": self.title, "token": f"aduan:{number}"}


def design(desk: Desk) -> Design:
    """The form from the settings and tables as they are now."""
    with desk.register.cursor() as cursor:
        categories = cursor.execute("select code, name from category where active order by position, name").fetchall()
        places = cursor.execute(
            "select code, name, kecamatan from kelurahan where active order by name, kecamatan"
        ).fetchall()
    children = [
        {"type": "TextBody", "text": "Isi yang Anda tahu. Foto, suara, dan lokasi dapat dikirim di percakapan."},
        _text("nama", "Nama lengkap"),
        _text("alamat", "Alamat Anda"),
        _choice("kategori", "Kategori", [(code, name, "") for code, name in categories]),
        _choice("kelurahan", "Kelurahan kejadian", [(code, name, f"Kecamatan {more}") for code, name, more in places]),
        _text("tempat", "Tempat kejadian", "Jalan, RT/RW, atau patokan"),
        {"type": "DatePicker", "name": "tanggal", "label": "Tanggal kejadian", "required": False},
        {
            "type": "TextArea", "name": "kronologi", "label": "Apa yang terjadi", "required": True,
            "max-length": TEXT, "helper-text": "Apa, siapa, dan sejak kapan",
        },
    ]  # fmt: skip
    children = [child for child in children if child is not None]
    payload = {child["name"]: f"${{form.{child['name']}}}" for child in children if "name" in child}
    children.append({"type": "Footer", "label": "Kirim", "on-click-action": {"name": "complete", "payload": payload}})
    layout = {"type": "SingleColumnLayout", "children": children}
    screen = {"id": SCREEN, "title": _cut(f"Aduan {desk.service.name}", TITLE), "terminal": True, "layout": layout}
    body = {"version": VERSION, "screens": [screen]}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:10]
    return Design(f"{_cut(desk.service.name, 60)} – aduan {digest}", body)


def _text(name: str, label: str, hint: str = "") -> dict:
    field = {"type": "TextInput", "name": name, "label": label, "input-type": "text", "required": False}
    return field | ({"helper-text": hint} if hint else {})


def _choice(name: str, label: str, options: list[tuple[str, str, str]]) -> dict | None:
    """A list to choose from; none where there is nothing to choose."""
    if not options:
        return None
    source = [_option(*option) for option in options[:OPTIONS]]
    return {"type": "Dropdown", "name": name, "label": label, "required": False, "data-source": source}


def _option(code: str, name: str, more: str) -> dict:
    title = _cut(name, TITLE)
    about = " · ".join(part for part in (name if title != name else "", more) if part)
    return {"id": code, "title": title} | ({"description": _cut(about, DESCRIPTION)} if about else {})


def _cut(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def note_published(desk: Desk, flow_id: str, name: str, made: Design) -> None:
    """Meta has published this form; it is the one that is offered from now on."""
    now = clock_now()
    with desk.register.atomic() as cursor:
        cursor.execute(
            """
            insert into flow values ($id, $name, $body, $screen, 'PUBLISHED', $now, $now)
            on conflict (meta_id) do update set status = 'PUBLISHED', published_at = $now, heard_at = $now
            """,
            {"id": flow_id, "name": name, "body": json.dumps(made.body), "screen": SCREEN, "now": now},
        )


def published(register: Register) -> dict | None:
    """The newest published form: `meta_id`, `name`, `body` (its JSON as text), `screen`, `published_at`."""
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                "select * from flow where status = 'PUBLISHED' order by published_at desc, meta_id desc limit 1"
            )
        )
    return found[0] if found else None


def is_offered(register: Register) -> bool:
    """Whether the administrator has switched the form on."""
    with register.cursor() as cursor:
        return cursor.execute("select 1 from setting where name = ?", [SETTING]).fetchone() is not None


def set_offered(desk: Desk, actor: Actor | None, offered: bool) -> None:
    """Offer the form with the first answer from now on, or no more.

    :raises RuleBroken: `admin_only`, `no_form`, `nothing_changed`
    """
    log.require_admin(actor)
    if offered and published(desk.register) is None:
        raise RuleBroken("no_form")
    if offered == is_offered(desk.register):
        raise RuleBroken("nothing_changed")
    with desk.register.atomic() as cursor:
        cursor.execute("delete from setting where name = ?", [SETTING])
        if offered:
            cursor.execute("insert into setting values (?, 'true')", [SETTING])
        log.record(cursor, actor, SUBJECT, "offered", {"offered": not offered}, {"offered": offered})


def is_current(desk: Desk) -> bool:
    """Whether the published form has today's categories, kelurahan and name."""
    found = published(desk.register)
    return found is not None and json.loads(found["body"]) == design(desk).body


def offer(desk: Desk) -> FlowOffer | None:
    """The form to offer to reporters now, or None: there is none, or it is switched off."""
    found = published(desk.register) if is_offered(desk.register) else None
    return FlowOffer(found["meta_id"], found["screen"]) if found else None


def take_back(cursor, message_id: int) -> None:
    """Let a message go without the form that Meta would not send."""
    cursor.execute("update message_out set kind = 'text', extra = null where id = ? and kind = 'flow'", [message_id])


def read_reply(raw: object, reference: Mapping[str, Mapping[str, Mapping]] | None = None) -> dict[str, str]:
    """What a finished form says, by the names in `FIELDS` and those it has besides; empty where it says nothing.

    :param raw: the message as it came, its `response_json`, or that taken apart; anything at all may come
    :param reference: `categories` and `kelurahan` by code, to say names for codes
    """
    found: dict[str, str] = {}
    for name, value in list(_answers(raw).items())[: len(FIELDS) + _MORE]:
        said = "" if name in _OWN else _said(value)
        said = said if name == "kronologi" else " ".join(said.split())
        if said:
            found[str(name)[:60]] = _named(name, said, reference or {})
    return {name: found[name] for name in (*FIELDS, *found) if name in found}


def as_text(raw: object, reference: Mapping[str, Mapping[str, Mapping]] | None = None) -> str:
    """A finished form as the conversation shows it; nothing it says is lost."""
    lines = [f"{FIELDS.get(name, name)}: {said}" for name, said in read_reply(raw, reference).items()]
    return "\n".join(["Formulir:", *lines]) if lines else "Formulir (kosong)"


def facts_of(raw: object, reference: Mapping[str, Mapping[str, Mapping]]) -> dict:
    """What a finished form tells of the case: `category`, `kelurahan` (both known codes), `said` by the reader's names,
    and `elements`; only what is certain. A choice that is known no more is nothing here, and stays in the text.

    :param reference: `categories` and `kelurahan` by code, as `queries.reference` has them
    """
    given, codes = read_reply(raw, reference), _answers(raw)
    facts: dict[str, Any] = {}
    for field, fact, table in (("kategori", "category", "categories"), ("kelurahan", "kelurahan", "kelurahan")):
        code = codes.get(field)
        if isinstance(code, str) and code in reference.get(table, {}):
            facts[fact] = code
    if facts.get("category") == _OFFICIAL:
        facts |= {"kind": _OFFICIAL, "confidential": True}
    said = {_READERS[field]: given[field] for field in _READERS if given.get(field)}
    if facts.get("kelurahan"):
        said["kelurahan"] = facts["kelurahan"]
    place = given.get("tempat") or facts.get("kelurahan")
    there = {
        "identity": given.get("nama") and given.get("alamat"),
        "what": given.get("kronologi"),
        "where_when": place and given.get("tanggal"),
    }
    facts["elements"] = [name for name, is_there in there.items() if is_there]
    return {name: value for name, value in (facts | {"said": said}).items() if value}


# The form's fields by the names under which the reader keeps what was understood.
_READERS = {"nama": "name", "alamat": "address", "kronologi": "what", "tempat": "where", "tanggal": "when"}


def reference(cursor) -> dict[str, dict[str, dict]]:
    """The active categories and kelurahan by code, as `facts_of` wants them."""
    found = {}
    for name, table in (("categories", "category"), ("kelurahan", "kelurahan")):
        listed = cursor.execute("select code, name from " + table + " where active").fetchall()
        found[name] = {code: {"name": title} for code, title in listed}
    return found


def new_facts(case: Case, raw: object, reference: Mapping[str, Mapping[str, Mapping]]) -> dict:
    """What a finished form adds to the case: nothing that is on record is written over, and no complaint that somebody
    already works on changes its category."""
    facts = facts_of(raw, reference)
    undecided = case.state in TRIAGE or (case.state == State.AWAITING_REPORTER and not case.active)
    if case.category or not undecided:
        facts = {name: value for name, value in facts.items() if name not in ("category", "kind", "confidential")}
    if case.kelurahan:
        facts.pop("kelurahan", None)
    what = facts.get("said", {}).get("what")
    # The name stands in the message alone: a summary is shown to those who may not know who reported.
    return facts | ({"summary": what[:SUMMARY_LENGTH]} if what else {})


# The lines of a form's text that say who reported, for a pattern of DuckDB's.
NAMED = f"(?m)^({FIELDS['nama']}|{FIELDS['alamat']}):.*$"


def without_identity(text: str | None) -> str:
    """A form's text for those who may not know who reported."""
    hidden = tuple(f"{FIELDS[name]}:" for name in ("nama", "alamat"))
    lines = (text or "").split("\n")
    return "\n".join(f"{line.split(':')[0]}: {HIDDEN}" if line.startswith(hidden) else line for line in lines)


def _answers(raw: object) -> dict:
    """The answers, from however much of the webhook is given."""
    for _ in range(6):
        if isinstance(raw, str):
            try:
                raw = json.loads(raw)
            except (ValueError, RecursionError):
                return {}
        elif isinstance(raw, dict):
            inner = next((raw[name] for name in ("interactive", "nfm_reply", "response_json") if name in raw), None)
            if inner is None:
                return raw
            raw = inner
        else:
            return {}
    return {}


def _said(value: object) -> str:
    """An answer as a line of text: lists by commas, yes and no in words."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value is None or isinstance(value, str | int | float):
        text = ("" if value is None else str(value)).replace("\0", "")
        # Each answer is a line of its own; only what happened may have more.
        return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())[:_VALUE]
    if isinstance(value, list):
        return ", ".join(filter(None, (_said(item) for item in value[:_MORE])))[:_VALUE]
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:_VALUE]
    except (ValueError, RecursionError):
        return ""


def _named(name: object, said: str, reference: Mapping) -> str:
    if name in ("kategori", "kelurahan"):
        row = reference.get("categories" if name == "kategori" else "kelurahan", {}).get(said)
        return str(row["name"]) if row else said
    return _day(said) if name == "tanggal" else said


def _day(said: str) -> str:
    """A day as people write it; Meta's clients send `2026-11-23`, older ones milliseconds since 1970."""
    try:
        if _DAY.fullmatch(said):
            return indonesian.day(date.fromisoformat(said))
        if said.isascii() and said.isdigit() and 11 <= len(said) <= 14:
            # The start of the day, here or in UTC: in both cases it is that day here.
            return indonesian.day(to_jakarta(datetime.fromtimestamp(int(said) / 1000, UTC).replace(tzinfo=None)).date())
    except (ValueError, OverflowError, OSError):
        return said
    return said
