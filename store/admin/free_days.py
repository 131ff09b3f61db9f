"""National holidays and cuti bersama, year by year, each with its source. Due times already set stay as they are."""

from dataclasses import dataclass
from datetime import date

from ..db import Register, rows
from ..desk import Desk
from ..holidays_seed import JOINT_LEAVE, NATIONAL, national_holidays
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from ..seed import HOLIDAY_SOURCE
from .log import require_admin
from .table import Table, required_text

SUBJECT = "holiday"
KINDS = (NATIONAL, JOINT_LEAVE)
NAME_LIMIT, SOURCE_LIMIT = 120, 120
FIRST_YEAR, LAST_YEAR = 2000, 2100
TABLE = Table(SUBJECT, "day", ("name", "kind", "source"))


@dataclass(frozen=True)
class Plan:
    """What loading a year from the library would do; each row is a dict of `day`, `name`, `kind`, `source`.

    `changed` are pairs of before and after, `kept` what staff entered and the library does not change.
    """

    year: int
    new: list[dict]
    changed: list[tuple[dict, dict]]
    removed: list[dict]
    kept: list[dict]

    @property
    def empty(self) -> bool:
        return not (self.new or self.changed or self.removed)


def years(register: Register, actor: Actor) -> list[int]:
    """The years that have entries.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        return [y for (y,) in cursor.execute("select distinct year(day)::integer from holiday order by all").fetchall()]


def listed(register: Register, actor: Actor, year: int) -> list[dict]:
    """The free days of a year.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        return _of_year(cursor, year)


def add(desk: Desk, actor: Actor, day: date | None, name: str, kind: str, source: str) -> None:
    """
    :raises RuleBroken: `admin_only`, `day_form`, `day_taken`, `unknown_kind_of_day`, `empty_field`, `text_too_long`
    """
    require_admin(actor)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken("day_form")
    values = _checked(name, kind, source)
    with desk.register.atomic() as cursor:
        present = TABLE.find(cursor, day)
        if present:
            raise RuleBroken("day_taken", taken=present["name"])
        TABLE.add(cursor, actor, day, values)
    desk.forget_calendar()


def change(desk: Desk, actor: Actor, day: date, seen: dict, name: str, kind: str, source: str) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`, `nothing_changed`, `unknown_kind_of_day`,
        `empty_field`, `text_too_long`
    """
    require_admin(actor)
    values = _checked(name, kind, source)
    with desk.register.atomic() as cursor:
        TABLE.change(cursor, actor, day, seen, values)
    desk.forget_calendar()


def remove(desk: Desk, actor: Actor, day: date, seen: dict) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        TABLE.remove(cursor, actor, day, seen)
    desk.forget_calendar()


def plan(register: Register, actor: Actor, year: int) -> Plan:
    """What `load` would do to a year now.

    :raises RuleBroken: `admin_only`, `day_form`
    """
    require_admin(actor)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken("day_form")
    with register.cursor() as cursor:
        return _plan(cursor, year)


def load(desk: Desk, actor: Actor, seen: Plan) -> int:
    """Do what a plan says; how many days changed comes back. What staff entered from another source stays.

    :raises RuleBroken: `admin_only`, `plan_changed` when the table has changed since
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        if _plan(cursor, seen.year) != seen:
            raise RuleBroken("plan_changed")
        for row in seen.new:
            TABLE.add(cursor, actor, row["day"], _values(row))
        for before, after in seen.changed:
            TABLE.change(cursor, actor, before["day"], before, _values(after))
        for row in seen.removed:
            TABLE.remove(cursor, actor, row["day"], row)
    desk.forget_calendar()
    return len(seen.new) + len(seen.changed) + len(seen.removed)


def _plan(cursor, year: int) -> Plan:
    present = {row["day"]: row for row in _of_year(cursor, year)}
    library = {
        day: {"day": day, "name": name, "kind": kind, "source": HOLIDAY_SOURCE}
        for day, name, kind in national_holidays([year])
    }
    ours = {day: row for day, row in present.items() if row["source"] == HOLIDAY_SOURCE}
    return Plan(
        year=year,
        new=[row for day, row in library.items() if day not in present],
        changed=[(ours[day], row) for day, row in library.items() if day in ours and ours[day] != row],
        removed=[row for day, row in ours.items() if day not in library],
        kept=[row for day, row in present.items() if day not in ours],
    )


def _of_year(cursor, year: int) -> list[dict]:
    query = "select day, name, kind, source from holiday where year(day) = ? order by day"
    return rows(cursor.execute(query, [year]))


def _values(row: dict) -> dict:
    return {name: row[name] for name in TABLE.columns}


def _checked(name: str, kind: str, source: str) -> dict:
    if kind not in KINDS:
        raise RuleBroken("unknown_kind_of_day")
    return {
        "name": required_text(name, NAME_LIMIT, "Nama hari libur"),
        "kind": kind,
        "source": required_text(source, SOURCE_LIMIT, "Sumber"),
    }
