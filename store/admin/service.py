"""What the service is called, promises and keeps to: kept in the register over the defaults of `config.toml`."""

import json
import math
import re
from datetime import time

from ..desk import Desk
from ..rules import deadline
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor
from ..settings import WEEKDAYS
from . import log
from .log import require_admin
from .table import required_text

SUBJECT = "service"
# What each form shows: names of the section's values, with how long they may be or how large.
TEXTS = {"name": 40, "city": 60, "office": 120, "number": 30, "promise": 60, "privacy": 200, "address": 80}
MAY_BE_EMPTY = frozenset({"number", "privacy", "address"})
PRIVACY_LIMIT = 4000
# How long is kept what, with the least and the most.
KEPT = {"complaint_years": (1, 30), "media_years": (1, 30), "raw_days": (7, 3650)}
CHANNEL_LIMIT = 120
DAYS = {"promise_days": 365, "outer_days": 365, "acceptance_days": 30, "silence_days": 365}
QUIET = ("quiet_from", "quiet_to")
# Whole numbers with the least and the most.
COUNTS = {"choose_minutes": (1, 1440), "answers_in_ten_minutes": (2, 100)}
SIGN_IN = ("admins_need_second_factor",)
UNITS = (deadline.WORKING_DAYS, deadline.CALENDAR_DAYS)
_LABELS = {
    "name": "Nama layanan",
    "city": "Kota",
    "office": "Dinas",
    "number": "Nomor",
    "promise": "Kalimat janji",
    "privacy": "Kalimat privasi",
    "address": "Alamat aplikasi",
}
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d+)?(/[\w./-]*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d][\d .()-]{5,}\d")
_TIME = re.compile(r"(\d{1,2})[.:](\d{2})")
_SPAN = re.compile(r"(\d{1,2})[.:](\d{2})\s*(?:-|–|s\.?d\.?|sampai)\s*(\d{1,2})[.:](\d{2})")


def part(desk: Desk, actor: Actor, name: str) -> dict:
    """The present values of one form; `clock` is without hours, `hours` by weekday.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    return _part(desk.config, name)


def change_service(desk: Desk, actor: Actor, seen: dict, given: dict[str, str]) -> None:
    """
    :param given: texts by the names in `TEXTS`
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `empty_field`, `text_too_long`,
        `number_form`, `address_form`
    """
    require_admin(actor)
    values = {name: _text(given.get(name), name, limit) for name, limit in TEXTS.items()}
    if values["number"] and not _PHONE.fullmatch(values["number"]):
        raise RuleBroken("number_form", typed=values["number"])
    if values["address"] and not _ADDRESS.fullmatch(values["address"]):
        raise RuleBroken("address_form")
    _change(desk, actor, "service", seen, values)


def change_channels(desk: Desk, actor: Actor, seen: dict, given: dict[str, str]) -> None:
    """
    :param given: an address by the channel's name, empty where there is none
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `text_too_long`
    """
    require_admin(actor)
    values = {name: " ".join((given.get(name) or "").split()) for name in desk.config["channels"]}
    for value in values.values():
        if len(value) > CHANNEL_LIMIT:
            raise RuleBroken("text_too_long", length=len(value), limit=CHANNEL_LIMIT)
    _change(desk, actor, "channels", seen, values)


def change_clock(desk: Desk, actor: Actor, seen: dict, given: dict) -> None:
    """
    :param given: `unit`, one of `UNITS`, and numbers of days by the names in `DAYS`
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `days_form`, `unknown_unit`,
        `outer_before_promise`, `category_outer_before_promise`
    """
    require_admin(actor)
    if given["unit"] not in UNITS:
        raise RuleBroken("unknown_unit")
    values = {name: _days(given[name], limit) for name, limit in DAYS.items()}
    if values["outer_days"] < values["promise_days"]:
        raise RuleBroken("outer_before_promise")
    _change(desk, actor, "clock", seen, {"unit": given["unit"], **values})


def change_conversation(desk: Desk, actor: Actor, seen: dict, given: dict) -> None:
    """
    :param given: `quiet_from` and `quiet_to` as people write them (`21.00`), and whole numbers by the names in `COUNTS`
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `quiet_form`, `minutes_form`
    """
    require_admin(actor)
    values: dict = {name: _clock(given[name]) for name in QUIET}
    for name, (low, high) in COUNTS.items():
        value = given[name]
        if value is None or value != int(value) or not low <= value <= high:
            raise RuleBroken("minutes_form", least=low, limit=high)
        values[name] = int(value)
    _change(desk, actor, "conversation", seen, values)


def change_sign_in(desk: Desk, actor: Actor, seen: dict, given: dict) -> None:
    """
    :param given: whether `admins_need_second_factor`
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`
    """
    require_admin(actor)
    _change(desk, actor, "sign_in", seen, {name: bool(given[name]) for name in SIGN_IN})


def change_privacy(desk: Desk, actor: Actor, seen: dict, given: dict[str, str]) -> None:
    """
    :param given: `text`, shown to everybody on `/standar`; each line a paragraph
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `text_too_long`
    """
    require_admin(actor)
    text = (given.get("text") or "").strip()
    if len(text) > PRIVACY_LIMIT:
        raise RuleBroken("text_too_long", length=len(text), limit=PRIVACY_LIMIT)
    _change(desk, actor, "privacy", seen, {"text": text})


def change_retention(desk: Desk, actor: Actor, seen: dict, given: dict) -> None:
    """
    :param given: whole numbers by the names in `KEPT`
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `kept_form`, `media_longer`
    """
    require_admin(actor)
    values = {}
    for name, (low, high) in KEPT.items():
        value = given[name]
        if value is None or value != int(value) or not low <= value <= high:
            raise RuleBroken("kept_form", least=low, limit=high)
        values[name] = int(value)
    if values["media_years"] > values["complaint_years"]:
        raise RuleBroken("media_longer")
    _change(desk, actor, "retention", seen, values)


def change_open_data(desk: Desk, actor: Actor, seen: dict, given: dict) -> None:
    """
    :param given: `published`, whether counts are open to everybody
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`
    """
    require_admin(actor)
    _change(desk, actor, "open_data", seen, {"published": bool(given["published"])})


def _clock(text: str | None) -> str:
    found = _TIME.fullmatch((text or "").strip())
    try:
        return f"{time(int(found[1]), int(found[2])):%H:%M}"
    except (TypeError, ValueError):
        raise RuleBroken("quiet_form") from None


def change_hours(desk: Desk, actor: Actor, seen: dict, given: dict[str, str]) -> None:
    """
    :param given: hours as people write them (`07.30–15.45`) by weekday; an empty one is free
    :raises RuleBroken: `admin_only`, `changed_by_other`, `nothing_changed`, `hours_form`, `no_working_day`
    """
    require_admin(actor)
    values = {day: read_hours(given[day]) for day in WEEKDAYS if (given.get(day) or "").strip()}
    if not values:
        raise RuleBroken("no_working_day")
    _change(desk, actor, "hours", seen, values)


def read_hours(text: str) -> list[str]:
    """Opening and closing as the configuration has them, `["07:30", "15:45"]`.

    :raises RuleBroken: `hours_form`
    """
    found = _SPAN.fullmatch(text.strip().lower())
    try:
        opening, closing = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except (TypeError, ValueError):
        raise RuleBroken("hours_form", typed=text.strip()) from None
    if opening >= closing:
        raise RuleBroken("hours_form", typed=text.strip())
    return [f"{opening:%H:%M}", f"{closing:%H:%M}"]


def shown_hours(span: list[str] | None) -> str:
    """Hours as people write them; nothing for a free day."""
    return "–".join(value.replace(":", ".") for value in span or ())


def _part(config: dict, name: str) -> dict:
    if name == "hours":
        return dict(config["clock"]["hours"])
    values = config[name]
    names = {
        "service": TEXTS,
        "channels": values,
        "clock": ("unit", *DAYS),
        "conversation": (*QUIET, *COUNTS),
        "sign_in": SIGN_IN,
        "privacy": ("text",),
        "retention": KEPT,
        "open_data": ("published",),
    }[name]
    return {each: values[each] for each in names}


def _change(desk: Desk, actor: Actor, name: str, seen: dict, values: dict) -> None:
    section = "clock" if name == "hours" else name
    with desk.register.atomic() as cursor:
        # Whoever wrote just before may not have come to it yet.
        desk.forget_config()
        present = _part(desk.config, name)
        log.refuse_stale(cursor, SUBJECT, name, seen, present)
        if values == present:
            raise RuleBroken("nothing_changed")
        written = {"hours": values} if name == "hours" else values
        wanted = {**desk.config[section], **written}
        if name == "clock":
            _refuse_odd_categories(cursor, values)
        defaults = desk.settings.config[section]
        given = {key: value for key, value in wanted.items() if value != defaults.get(key)}
        cursor.execute(
            "insert into config_override values ($section, $given) on conflict (section) do update set given = $given",
            {"section": section, "given": json.dumps(given, ensure_ascii=False)},
        )
        log.record(cursor, actor, SUBJECT, name, present, values)
    desk.forget_config()


def _refuse_odd_categories(cursor, clock: dict) -> None:
    """A category that has only one limit of its own takes the other from here."""
    (names,) = cursor.execute(
        """
        select string_agg(name, ', ' order by position) from category
        where active and coalesce(outer_days, $outer) < coalesce(promise_days, $promise)
        """,
        {"outer": clock["outer_days"], "promise": clock["promise_days"]},
    ).fetchone()
    if names:
        raise RuleBroken("category_outer_before_promise", names=names)


def _text(text: str | None, name: str, limit: int) -> str:
    if name in MAY_BE_EMPTY and not (text or "").strip():
        return ""
    return required_text(text, limit, _LABELS[name])


def _days(value: float | None, limit: float) -> float:
    if value is None or not math.isfinite(value) or not 0 < value <= limit:
        raise RuleBroken("days_form", limit=limit)
    return int(value) if value == int(value) else float(value)
