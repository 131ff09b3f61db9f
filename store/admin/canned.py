"""Canned texts: what officers start from when they write, with places for what belongs to the case."""

import re

from ..db import Register, rows
from ..desk import Desk
from ..rules.errors import RuleBroken
from ..rules.texts import OFFICER_TEXT_LIMIT
from ..rules.workflow import Actor
from .log import require_admin
from .table import Table, new_code, required_text

SUBJECT = "canned_text"
PURPOSES = ("answer", "ask", "result", "reply", "note")
PLACEHOLDERS = ("nomor", "nama", "layanan", "kota", "opd", "kategori")
MISSING = "…"
TITLE_LIMIT = 80
COLUMNS = ("purpose", "title", "body", "category", "position", "active")
# A place in the order changes when another text is moved: that makes nobody's edit stale.
TABLE = Table(SUBJECT, "code", COLUMNS, moving=frozenset({"position"}))
_PLACE = re.compile(r"\{([^{}]*)\}")


def for_purpose(register: Register, purpose: str, category: str | None = None) -> list[dict]:
    """The active texts for one purpose, those for this category first, those for other categories left out.

    Without a category all are given, the general ones first. Each has `code`, `title`, `body` and `category`.
    """
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                """
                select code, title, body, category from canned_text
                where active and purpose = $purpose
                    and ($category::varchar is null or category is null or category = $category)
                order by ($category::varchar is null) <> (category is null), position, title
                """,
                {"purpose": purpose, "category": category},
            )
        )


def filled(body: str, values: dict[str, str | None]) -> str:
    """The text with its places filled; what is not known stays visible as “…”.

    :param values: by the names in `PLACEHOLDERS`
    """
    return _PLACE.sub(lambda place: str(values.get(place[1].strip().lower()) or MISSING), body)


def listed(register: Register, actor: Actor) -> list[dict]:
    """All texts, by purpose and in their order.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                f"""
                select code, {", ".join(COLUMNS)} from canned_text
                order by list_position($purposes, purpose), active desc, position, title
                """,
                {"purposes": list(PURPOSES)},
            )
        )


def add(desk: Desk, actor: Actor, purpose: str, title: str, body: str, category: str | None = None) -> str:
    """Add a text at the end of its purpose; its code comes back, made from its title.

    :raises RuleBroken: `admin_only`, `unknown_purpose`, `empty_field`, `text_too_long`, `unknown_placeholder`,
        `loose_brace`, `unknown_category`, `title_taken`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        values = _checked(cursor, None, purpose, title, body, category)
        values["position"] = _end_of(cursor, purpose)
        code = new_code(cursor, SUBJECT, values["title"])
        TABLE.add(cursor, actor, code, values)
    return code


def change(
    desk: Desk, actor: Actor, code: str, seen: dict, purpose: str, title: str, body: str, category: str | None = None
) -> None:
    """
    :raises RuleBroken: as `add`, and `gone`, `changed_by_other`, `nothing_changed`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        present = TABLE.row(cursor, code)
        values = _checked(cursor, present, purpose, title, body, category)
        if purpose != present["purpose"]:
            values["position"] = _end_of(cursor, purpose)
        TABLE.change(cursor, actor, code, seen, values)


def set_active(desk: Desk, actor: Actor, code: str, active: bool) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        TABLE.set_active(cursor, actor, code, active)


def check_body(body: str | None) -> str:
    """A text as it is kept.

    :raises RuleBroken: `empty_field`, `text_too_long`, `unknown_placeholder`, `loose_brace`
    """
    body = (body or "").replace("\r\n", "\n").strip()
    if not body:
        raise RuleBroken("empty_field", field="Isi teks")
    if len(body) > OFFICER_TEXT_LIMIT:
        raise RuleBroken("text_too_long", length=len(body), limit=OFFICER_TEXT_LIMIT)
    for name in _PLACE.findall(body):
        if name.strip().lower() not in PLACEHOLDERS:
            raise RuleBroken("unknown_placeholder", name=name, known=", ".join(PLACEHOLDERS))
    if re.search(r"[{}]", _PLACE.sub("", body)):
        raise RuleBroken("loose_brace")
    return body


def _checked(cursor, present: dict | None, purpose: str, title: str, body: str, category: str | None) -> dict:
    if purpose not in PURPOSES:
        raise RuleBroken("unknown_purpose")
    category = category or None
    kept = present is not None and present["category"] == category
    query = "select 1 from category where code = ? and active"
    if category and not kept and not cursor.execute(query, [category]).fetchone():
        raise RuleBroken("unknown_category")
    title = required_text(title, TITLE_LIMIT, "Judul")
    renamed = present is None or (present["purpose"], present["title"].lower()) != (purpose, title.lower())
    query = "select 1 from canned_text where purpose = ? and lower(title) = lower(?)"
    if renamed and cursor.execute(query, [purpose, title]).fetchone():
        raise RuleBroken("title_taken", taken=title)
    return {
        "purpose": purpose,
        "title": title,
        "body": check_body(body),
        "category": category,
    }


def _end_of(cursor, purpose: str) -> int:
    query = "select coalesce(max(position) + 1, 0) from canned_text where purpose = ?"
    return cursor.execute(query, [purpose]).fetchone()[0]
