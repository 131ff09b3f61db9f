"""Categories: names, order, the department proposed, whether a photo is needed, limits of their own."""

import math

from ..db import Register, rows
from ..desk import Desk
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from .log import require_admin
from .table import Table, new_code, required_text

SUBJECT = "category"
NAME_LIMIT = 60
LONGEST_DAYS = 365
COLUMNS = ("name", "position", "department", "physical", "promise_days", "outer_days", "active")
# A place in the order changes when another category is moved: that makes nobody's edit stale.
TABLE = Table(SUBJECT, "code", COLUMNS, moving=frozenset({"position"}))
# The rules know these by their code: complaints about officials are confidential, and there is always a last choice.
PERMANENT = frozenset({"official", "other"})


def listed(register: Register, actor: Actor) -> list[dict]:
    """All categories in their order.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        return rows(cursor.execute(f"select code, {', '.join(TABLE.columns)} from category order by position, name"))


def add(desk: Desk, actor: Actor, **given) -> str:
    """Add a category at a place of the order; its code comes back, made from its name.

    :param given: `name`, `position` (0 is first), `department` or None, `physical`, `promise_days` and `outer_days` or
        None for the service's own
    :raises RuleBroken: `admin_only`, `empty_field`, `text_too_long`, `category_taken`, `unknown_department`,
        `days_form`, `outer_before_promise`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        values = _checked(desk, cursor, None, None, given)
        code = new_code(cursor, SUBJECT, values["name"])
        cursor.execute("update category set position = position + 1 where position >= ?", [values["position"]])
        TABLE.add(cursor, actor, code, values)
    return code


def change(desk: Desk, actor: Actor, code: str, seen: dict, **given) -> None:
    """
    :param given: as for `add`
    :raises RuleBroken: as `add`, and `gone`, `changed_by_other`, `nothing_changed`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        present = TABLE.row(cursor, code)
        if given["position"] == seen.get("position"):
            # Others that were moved in the meantime have moved this one along; its person did not mean to.
            given["position"] = present["position"]
        values = _checked(desk, cursor, code, present, given)
        TABLE.change(cursor, actor, code, seen, values)
        _put(cursor, code, values["position"])


def set_active(desk: Desk, actor: Actor, code: str, active: bool) -> None:
    """Set a category aside, so that it is no longer offered, or take it back.

    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`, `category_permanent`
    """
    require_admin(actor)
    if not active and code in PERMANENT:
        raise RuleBroken("category_permanent")
    with desk.register.atomic() as cursor:
        TABLE.set_active(cursor, actor, code, active)


def _checked(desk: Desk, cursor, code: str | None, present: dict | None, given: dict) -> dict:
    name = required_text(given["name"], NAME_LIMIT, "Nama kategori")
    taken = cursor.execute(
        "select 1 from category where lower(name) = lower(?) and code is distinct from ?", [name, code]
    ).fetchone()
    if taken:
        raise RuleBroken("category_taken", taken=name)
    department = given["department"] or None
    unchanged = present is not None and present["department"] == department
    if department and not unchanged and not _is_active(cursor, department):
        raise RuleBroken("unknown_department")
    limits = {name: _days(given[name]) for name in ("promise_days", "outer_days")}
    service = desk.config["clock"]
    if (limits["outer_days"] or service["outer_days"]) < (limits["promise_days"] or service["promise_days"]):
        raise RuleBroken("outer_before_promise")
    # One more than there are is the end; a new one makes one more place.
    last = _count(cursor) - (code is not None)
    return {
        "name": name,
        "position": min(max(int(given["position"]), 0), last),
        "department": department,
        "physical": bool(given["physical"]),
        **limits,
    }


def _days(value: float | None) -> float | None:
    """
    :raises RuleBroken: `days_form`
    """
    if value is None:
        return None
    if not math.isfinite(value) or not 0 < value <= LONGEST_DAYS:
        raise RuleBroken("days_form", limit=LONGEST_DAYS)
    return float(value)


def _is_active(cursor, department: str) -> bool:
    return bool(cursor.execute("select 1 from department where code = ? and active", [department]).fetchone())


def _count(cursor) -> int:
    return cursor.execute("select count(*) from category").fetchone()[0]


def _put(cursor, code: str, wanted: int) -> None:
    """Number all categories anew with this one at its place; a consequence of the change, so no history of its own."""
    order = [c for (c,) in cursor.execute("select code from category order by position, name").fetchall() if c != code]
    order.insert(wanted, code)
    for position, each in enumerate(order):
        cursor.execute("update category set position = ? where code = ? and position <> ?", [position, each, position])
