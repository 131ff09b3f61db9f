"""Kelurahan and the other names people call them by."""

import re

from ..db import Register, rows
from ..desk import Desk
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from .log import require_admin
from .table import Table, required_text

SUBJECT, ALIAS = "kelurahan", "kelurahan_alias"
NAME_LIMIT = 60
TABLE = Table(SUBJECT, "code", ("name", "kecamatan", "active"))
ALIASES = Table(ALIAS, "alias", ("kelurahan",))
_CODE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")


def listed(register: Register, actor: Actor, text: str = "") -> list[dict]:
    """All kelurahan with their `aliases` (a sorted list); a searched text may be an alias, too.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select k.code, k.name, k.kecamatan, k.active,
                    coalesce(list(a.alias order by a.alias) filter (a.alias is not null), []) as aliases
                from kelurahan k left join kelurahan_alias a on a.kelurahan = k.code
                group by all order by k.active desc, k.kecamatan, k.name
                """
            )
        )
    wanted = kept_name(text)
    return [row for row in found if wanted in f"{row['name'].lower()} {' '.join(row['aliases'])}"]


def names(register: Register) -> dict[str, str]:
    """Every name and alias of the active kelurahan, in small letters, with the kelurahan's code."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select lower(name), code from kelurahan where active
            union all
            select a.alias, k.code from kelurahan_alias a join kelurahan k on k.code = a.kelurahan where k.active
            """
        ).fetchall()
    return dict(found)


def add(desk: Desk, actor: Actor, code: str, name: str, kecamatan: str) -> str:
    """Add a kelurahan under its code of the Ministry of Home Affairs (`33.75.01.1002`).

    :raises RuleBroken: `admin_only`, `kelurahan_code`, `kelurahan_taken`, `name_taken`, `empty_field`, `text_too_long`
    """
    require_admin(actor)
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise RuleBroken("kelurahan_code")
    with desk.register.atomic() as cursor:
        if TABLE.find(cursor, code):
            raise RuleBroken("kelurahan_taken", taken=code)
        TABLE.add(cursor, actor, code, _checked(cursor, code, name, kecamatan))
    return code


def change(desk: Desk, actor: Actor, code: str, seen: dict, name: str, kecamatan: str) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`, `nothing_changed`, `name_taken`, `empty_field`,
        `text_too_long`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        TABLE.change(cursor, actor, code, seen, _checked(cursor, code, name, kecamatan))


def set_active(desk: Desk, actor: Actor, code: str, active: bool) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        TABLE.set_active(cursor, actor, code, active)


def add_alias(desk: Desk, actor: Actor, code: str, alias: str) -> str:
    """Another name of a kelurahan; as it is kept (small letters) it comes back.

    :raises RuleBroken: `admin_only`, `gone`, `empty_field`, `text_too_long`, `name_taken`
    """
    require_admin(actor)
    alias = kept_name(required_text(alias, NAME_LIMIT, "Nama lain"))
    with desk.register.atomic() as cursor:
        TABLE.row(cursor, code)
        _refuse_taken(cursor, alias)
        ALIASES.add(cursor, actor, alias, {"kelurahan": code})
    return alias


def remove_alias(desk: Desk, actor: Actor, alias: str, seen: dict) -> None:
    """
    :param seen: `kelurahan` as the person saw it
    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        ALIASES.remove(cursor, actor, alias, seen)


def kept_name(text: str) -> str:
    """A name as it is compared: small letters, single spaces."""
    return " ".join(text.lower().split())


def _checked(cursor, code: str, name: str, kecamatan: str) -> dict:
    name = required_text(name, NAME_LIMIT, "Nama kelurahan")
    _refuse_taken(cursor, kept_name(name), code)
    return {"name": name, "kecamatan": required_text(kecamatan, NAME_LIMIT, "Kecamatan")}


def _refuse_taken(cursor, name: str, code: str | None = None) -> None:
    """A name means one kelurahan only.

    :param code: the kelurahan whose own name it may be
    """
    found = cursor.execute(
        """
        select name from kelurahan where lower(name) = $name and code is distinct from $code
        union all
        select k.name from kelurahan_alias a join kelurahan k on k.code = a.kelurahan where a.alias = $name
        """,
        {"name": name, "code": code},
    ).fetchone()
    if found:
        raise RuleBroken("name_taken", taken=found[0])
