"""Departments (OPD): added, renamed, verified, set aside."""

import re

from ..db import Register, rows
from ..desk import Desk
from ..rules.errors import RuleBroken
from ..rules.workflow import INSPECTORATE, Actor
from .log import require_admin
from .table import Table, required_text

SUBJECT = "department"
NAME_LIMIT = 120
TABLE = Table(SUBJECT, "code", ("name", "verified", "active"))
# As the lead or as one of several.
_OPEN_THERE = "c.ended_at is null and (c.department = d.code or contains(c.departments, '|' || d.code || '|'))"
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


def listed(register: Register, actor: Actor, text: str = "") -> list[dict]:
    """All departments with what depends on them: `categories`, `people` and `open_cases` are counts.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                """
                select d.code, d.name, d.verified, d.active,
                    (select count(*) from category c where c.department = d.code and c.active) as categories,
                    (
                        select count(distinct r.username) from user_role r join user_account u using (username)
                        where r.department = d.code and u.active
                    ) as people,
                    (select count(*) from complaint c where """
                + _OPEN_THERE
                + """) as open_cases
                from department d
                where contains(lower(d.code || ' ' || d.name), lower($text))
                order by d.active desc, d.name
                """,
                {"text": text.strip()},
            )
        )


def add(desk: Desk, actor: Actor, code: str, name: str, verified: bool) -> str:
    """Add a department; its code as it is kept (capital letters) comes back.

    :raises RuleBroken: `admin_only`, `department_code`, `department_taken`, `empty_field`, `text_too_long`
    """
    require_admin(actor)
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise RuleBroken("department_code")
    name = required_text(name, NAME_LIMIT, "Nama OPD")
    with desk.register.atomic() as cursor:
        if TABLE.find(cursor, code):
            raise RuleBroken("department_taken", taken=code)
        TABLE.add(cursor, actor, code, {"name": name, "verified": bool(verified)})
    return code


def change(desk: Desk, actor: Actor, code: str, seen: dict, name: str, verified: bool) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`, `nothing_changed`, `empty_field`, `text_too_long`
    """
    require_admin(actor)
    name = required_text(name, NAME_LIMIT, "Nama OPD")
    with desk.register.atomic() as cursor:
        TABLE.change(cursor, actor, code, seen, {"name": name, "verified": bool(verified)})


def set_active(desk: Desk, actor: Actor, code: str, active: bool) -> None:
    """Set a department aside, or take it back.

    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`; `department_permanent`, `department_has_categories`,
        `department_has_cases` while it is still needed
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        if not active:
            _refuse_while_needed(cursor, code)
        TABLE.set_active(cursor, actor, code, active)


def _refuse_while_needed(cursor, code: str) -> None:
    categories = cursor.execute(
        "select string_agg(name, ', ' order by position) from category where department = ? and active", [code]
    ).fetchone()[0]
    if code == INSPECTORATE:
        raise RuleBroken("department_permanent")
    if categories:
        raise RuleBroken("department_has_categories", names=categories)
    query = "select count(*) from complaint c, department d where d.code = ? and " + _OPEN_THERE
    (open_cases,) = cursor.execute(query, [code]).fetchone()
    if open_cases:
        raise RuleBroken("department_has_cases", count=open_cases)
