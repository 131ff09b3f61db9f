"""What administrators change: rights, refusals, history, stale edits, and that the changes reach what they are for."""

import inspect
import json
from datetime import date
from importlib import import_module

import pytest

from store.admin import accounts, canned, categories, departments, free_days, log, places, service
from store.clock import now as clock_now
from store.holidays_seed import JOINT_LEAVE, NATIONAL
from store.rules.errors import RuleBroken
from store.rules.texts import OFFICER_TEXT_LIMIT
from store.rules.workflow import INSPECTORATE, Actor, Grant, Role

from .administration import (
    CLOCK,
    HOURS,
    NEW_YEAR,
    PASSWORD,
    SERVICE,
    TABLES,
    TALK,
    WASTE,
    WORKDAY,
    admin,
    desk,
    empty_plan,
    made,
    seen_day,
    seen_of,
    seen_part,
    seen_user,
    stale,
    state,
    still,
)  # fmt: skip
from .cases import ask, who

__all__ = ["admin", "desk", "made", "still"]
MODULES = ("accounts", "canned", "categories", "departments", "free_days", "log", "places", "service")
# Every change there is, once: what it is called, how it is done, and what the history then has (subject, code).
CHANGES = {
    "accounts.add": (
        lambda d, a: accounts.add(d, a, "baru", "Baru", PASSWORD, [Grant(Role.OPD_TEAM, "DLH")], "0812-3456-789"),
        ("user", "baru"),
    ),
    "accounts.change": (
        lambda d, a: accounts.change(d, a, "tim.dlh", seen_user(d), "Tim Baru", [Grant(Role.OPD_ADMIN, "DISHUB")]),
        ("user", "tim.dlh"),
    ),
    "accounts.set_active": (lambda d, a: accounts.set_active(d, a, "tim.dlh", False), ("user", "tim.dlh")),
    "accounts.reset": (lambda d, a: accounts.reset(d, a, "tim.dlh"), ("user", "tim.dlh")),
    "accounts.remove_second_factor": (
        lambda d, a: accounts.remove_second_factor(d, a, "tim.dishub"),
        ("user", "tim.dishub"),
    ),
    "accounts.set_outside_name": (
        lambda d, a: accounts.set_outside_name(d, a, "tim.dlh", "Tim@Kota.example"),
        ("user", "tim.dlh"),
    ),
    "departments.add": (lambda d, a: departments.add(d, a, "rsud", "RSUD", True), ("department", "RSUD")),
    "departments.change": (
        lambda d, a: departments.change(d, a, "DKP", seen_of(departments, d, "DKP"), "Dinas Perikanan", True),
        ("department", "DKP"),
    ),
    "departments.set_active": (lambda d, a: departments.set_active(d, a, "DKP", False), ("department", "DKP")),
    "categories.add": (
        lambda d, a: categories.add(d, a, **WASTE | {"name": "Parkir liar!", "position": 2}),
        ("category", "parkir_liar"),
    ),
    "categories.change": (
        lambda d, a: categories.change(d, a, "waste", seen_of(categories, d, "waste"), **WASTE | {"promise_days": 3}),
        ("category", "waste"),
    ),
    "categories.set_active": (lambda d, a: categories.set_active(d, a, "waste", False), ("category", "waste")),
    "places.add": (
        lambda d, a: places.add(d, a, "33.75.01.1099", "Baru Jaya", "Pekalongan Barat"),
        ("kelurahan", "33.75.01.1099"),
    ),
    "places.change": (
        lambda d, a: places.change(
            d, a, "33.75.01.1002", seen_of(places, d, "33.75.01.1002"), "Medono Baru", "Pekalongan Barat"
        ),
        ("kelurahan", "33.75.01.1002"),
    ),
    "places.set_active": (lambda d, a: places.set_active(d, a, "33.75.01.1002", False), ("kelurahan", "33.75.01.1002")),
    "places.add_alias": (
        lambda d, a: places.add_alias(d, a, "33.75.01.1006", "  Kergon  LAMA "),
        ("kelurahan_alias", "kergon lama"),
    ),
    "places.remove_alias": (
        lambda d, a: places.remove_alias(d, a, "bendankergon", {"kelurahan": "33.75.01.1006"}),
        ("kelurahan_alias", "bendankergon"),
    ),
    "free_days.add": (
        lambda d, a: free_days.add(d, a, WORKDAY, "Libur daerah", NATIONAL, "SK Wali Kota"),
        ("holiday", "2026-11-24"),
    ),
    "free_days.change": (
        lambda d, a: free_days.change(d, a, NEW_YEAR, seen_day(d), "Tahun Baru", JOINT_LEAVE, "SKB"),
        ("holiday", "2026-01-01"),
    ),
    "free_days.remove": (
        lambda d, a: free_days.remove(d, a, NEW_YEAR, seen_day(d)),
        ("holiday", "2026-01-01"),
    ),
    "canned.add": (
        lambda d, a: canned.add(d, a, "answer", "Jam buka", "Kantor {kota} buka pagi.", "other"),
        ("canned_text", "jam_buka"),
    ),
    "canned.change": (
        lambda d, a: canned.change(d, a, "ppid", seen_of(canned, d, "ppid"), "reply", "PPID", "Ke PPID, {nama}."),
        ("canned_text", "ppid"),
    ),
    "canned.set_active": (lambda d, a: canned.set_active(d, a, "ppid", False), ("canned_text", "ppid")),
    "service.change_service": (
        lambda d, a: service.change_service(d, a, seen_part(d, "service"), SERVICE),
        ("service", "service"),
    ),
    "service.change_channels": (
        lambda d, a: service.change_channels(d, a, seen_part(d, "channels"), {"Telepon": "(0285) 123456"}),
        ("service", "channels"),
    ),
    "service.change_clock": (
        lambda d, a: service.change_clock(d, a, seen_part(d, "clock"), CLOCK | {"promise_days": 3}),
        ("service", "clock"),
    ),
    "service.change_conversation": (
        lambda d, a: service.change_conversation(d, a, seen_part(d, "conversation"), TALK | {"choose_minutes": 45}),
        ("service", "conversation"),
    ),
    "service.change_sign_in": (
        lambda d, a: service.change_sign_in(d, a, seen_part(d, "sign_in"), {"admins_need_second_factor": True}),
        ("service", "sign_in"),
    ),
    "service.change_privacy": (
        lambda d, a: service.change_privacy(d, a, seen_part(d, "privacy"), {"text": "Data Anda aman."}),
        ("service", "privacy"),
    ),
    "service.change_retention": (
        lambda d, a: service.change_retention(
            d, a, seen_part(d, "retention"), seen_part(d, "retention") | {"raw_days": 45}
        ),
        ("service", "retention"),
    ),
    "service.change_open_data": (
        lambda d, a: service.change_open_data(d, a, seen_part(d, "open_data"), {"published": True}),
        ("service", "open_data"),
    ),
    "service.change_hours": (
        lambda d, a: service.change_hours(d, a, seen_part(d, "hours"), HOURS | {"saturday": "08:00 - 10:00"}),
        ("service", "hours"),
    ),
}
# Writes a row of history a day; tested by itself below.
LOAD = {"free_days.load": (lambda d, a: free_days.load(d, a, empty_plan(d)), None)}
QUESTIONS = {
    "accounts.listed": lambda d, a: accounts.listed(d.register, a),
    "canned.listed": lambda d, a: canned.listed(d.register, a),
    "categories.listed": lambda d, a: categories.listed(d.register, a),
    "departments.listed": lambda d, a: departments.listed(d.register, a),
    "free_days.years": lambda d, a: free_days.years(d.register, a),
    "free_days.listed": lambda d, a: free_days.listed(d.register, a, 2026),
    "free_days.plan": lambda d, a: free_days.plan(d.register, a, 2026),
    "log.history": lambda d, a: log.history(d.register, a, "user"),
    "places.listed": lambda d, a: places.listed(d.register, a),
    "service.part": lambda d, a: service.part(d, a, "hours"),
}


def test_every_function_of_the_administration_is_in_the_tables():
    public = set()
    for name in MODULES:
        module = import_module(f"store.admin.{name}")
        for function, value in inspect.getmembers(module, inspect.isfunction):
            if value.__module__ == module.__name__ and not function.startswith("_"):
                public |= {f"{name}.{function}"} if "actor" in inspect.signature(value).parameters else set()
    assert public - {"log.record", "log.require_admin"} == set(CHANGES) | set(LOAD) | set(QUESTIONS)


OTHERS = ("kota", "pejabat", "pimpinan", "opd.dlh", "tim.dlh")


@pytest.mark.parametrize("name", [*CHANGES, *LOAD, *QUESTIONS])
def test_only_an_administrator_may(still, name):
    do = QUESTIONS.get(name) or (CHANGES | LOAD)[name][0]
    before = state(still)
    nobody = Actor("x", "X", frozenset())
    for actor in (*(who(still, username) for username in OTHERS), nobody, None):
        with pytest.raises(RuleBroken) as caught:
            do(still, actor)
        assert caught.value.code == "admin_only"
    assert state(still) == before


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_administrator_is_answered(still, name):
    assert QUESTIONS[name](still, who(still, "admin")) or name == "log.history"


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_writes_one_row_of_history_with_what_it_was_and_is(desk, admin, name):
    do, (subject, code) = CHANGES[name]
    before = state(desk)
    do(desk, admin)
    after = state(desk)
    assert [table for table in TABLES if before[table] != after[table]] != ["change_log"]
    ((_, happened_at, actor, *about, old, new),) = after["change_log"]
    assert (actor, about) == ("admin", [subject, code])
    assert abs((clock_now() - happened_at).total_seconds()) < 60
    assert (old is None) == name.endswith(".add") or name == "places.add_alias"
    assert (new is None) == (name in ("free_days.remove", "places.remove_alias"))
    assert old != new
    found = log.history(desk.register, admin, subject, code=code)
    assert [(r["name"], r["before"], r["after"]) for r in found] == [
        ("Administrator (demo)", json.loads(old or "null"), json.loads(new or "null"))
    ]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_without_its_history_is_not_kept(desk, admin, name, monkeypatch):
    def fails(*given):
        raise OSError("the disk is full")

    monkeypatch.setattr(log, "record", fails)
    before = state(desk)
    with pytest.raises(OSError, match="the disk is full"):
        CHANGES[name][0](desk, admin)
    assert state(desk) == before


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_change_a_second_time_is_refused(desk, admin, name):
    do = CHANGES[name][0]
    do(desk, admin)
    before = state(desk)
    if name == "accounts.reset":
        return
    with pytest.raises((RuleBroken, StopIteration)) as caught:
        do(desk, admin)
    if isinstance(caught.value, RuleBroken):
        taken = {"username_taken", "department_taken", "category_taken", "kelurahan_taken", "name_taken", "day_taken"}
        assert caught.value.code in taken | {"title_taken", "nothing_changed", "gone"}
    assert state(desk) == before


def test_the_history_never_holds_a_password_or_a_hash(desk, admin):
    CHANGES["accounts.add"][0](desk, admin)
    code, _ = CHANGES["accounts.reset"][0](desk, admin)
    written = repr(ask(desk, "select * from change_log"))
    assert PASSWORD not in written
    assert "argon2" not in written
    assert code not in written


SECOND = {
    "accounts.change": (seen_user, lambda d, a, seen: accounts.change(d, a, "tim.dlh", seen, "X", [Grant(Role.CITY)])),
    "departments.change": (
        lambda d: seen_of(departments, d, "DKP"),
        lambda d, a, seen: departments.change(d, a, "DKP", seen, "X", False),
    ),
    "categories.change": (
        lambda d: seen_of(categories, d, "waste"),
        lambda d, a, seen: categories.change(d, a, "waste", seen, **WASTE | {"name": "X"}),
    ),
    "places.change": (
        lambda d: seen_of(places, d, "33.75.01.1002"),
        lambda d, a, seen: places.change(d, a, "33.75.01.1002", seen, "X", "Y"),
    ),
    "free_days.change": (
        seen_day,
        lambda d, a, seen: free_days.remove(d, a, NEW_YEAR, seen),
    ),
    "canned.change": (
        lambda d: seen_of(canned, d, "ppid"),
        lambda d, a, seen: canned.change(d, a, "ppid", seen, "answer", "X", "Y"),
    ),
    "service.change_service": (
        lambda d: seen_part(d, "service"),
        lambda d, a, seen: service.change_service(d, a, seen, SERVICE | {"name": "X"}),
    ),
    "service.change_channels": (
        lambda d: seen_part(d, "channels"),
        lambda d, a, seen: service.change_channels(d, a, seen, {"Surel": "x@y.z"}),
    ),
    "service.change_clock": (
        lambda d: seen_part(d, "clock"),
        lambda d, a, seen: service.change_clock(d, a, seen, CLOCK | {"outer_days": 9}),
    ),
    "service.change_conversation": (
        lambda d: seen_part(d, "conversation"),
        lambda d, a, seen: service.change_conversation(d, a, seen, TALK | {"quiet_to": "06.00"}),
    ),
    "service.change_sign_in": (
        lambda d: seen_part(d, "sign_in"),
        lambda d, a, seen: service.change_sign_in(d, a, seen, {"admins_need_second_factor": False}),
    ),
    "service.change_privacy": (
        lambda d: seen_part(d, "privacy"),
        lambda d, a, seen: service.change_privacy(d, a, seen, {"text": "Data Anda disimpan."}),
    ),
    "service.change_retention": (
        lambda d: seen_part(d, "retention"),
        lambda d, a, seen: service.change_retention(d, a, seen, seen_part(d, "retention") | {"raw_days": 60}),
    ),
    "service.change_open_data": (
        lambda d: seen_part(d, "open_data"),
        lambda d, a, seen: service.change_open_data(d, a, seen, {"published": False}),
    ),
    "service.change_hours": (
        lambda d: seen_part(d, "hours"),
        lambda d, a, seen: service.change_hours(d, a, seen, HOURS | {"sunday": "08.00-09.00"}),
    ),
}


@pytest.mark.parametrize("name", SECOND)
def test_the_slower_of_two_administrators_is_told_who_was_faster(desk, admin, name):
    look, second = SECOND[name]
    seen = look(desk)
    CHANGES[name][0](desk, admin)
    refused = stale(desk, admin, lambda d, a: second(d, a, seen))
    assert (refused.code, refused.details["by"]) == ("changed_by_other", "Administrator (demo)")
    # Who has looked again may go on.
    second(desk, who(desk, "admin2"), look(desk))
    assert len(ask(desk, "select 1 from change_log")) == 2


def test_a_category_that_was_only_pushed_along_is_not_stale_and_stays_in_its_place(desk, admin):
    seen = seen_of(categories, desk, "waste")
    categories.add(desk, admin, **WASTE | {"name": "Paling atas", "position": 0})
    categories.change(desk, who(desk, "admin2"), "waste", seen, **WASTE | {"name": "Sampah baru"})
    assert seen_of(categories, desk, "waste")["position"] == seen["position"] + 1
    assert [c["position"] for c in categories.listed(desk.register, admin)] == list(range(21))


# Everything that is refused to an administrator, with its code.
REFUSED = [
    (lambda d, a: accounts.add(d, a, "dua kata", "A", PASSWORD, [Grant(Role.CITY)]), "username_form"),
    (lambda d, a: accounts.add(d, a, "KOTA", "A", PASSWORD, [Grant(Role.CITY)]), "username_taken"),
    (lambda d, a: accounts.add(d, a, "a", "A", "pendek", [Grant(Role.CITY)]), "password_too_short"),
    (lambda d, a: accounts.add(d, a, "a", " ", PASSWORD, [Grant(Role.CITY)]), "empty_field"),
    (lambda d, a: accounts.add(d, a, "a", "x" * 101, PASSWORD, [Grant(Role.CITY)]), "text_too_long"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, []), "no_role"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.SYSTEM)]), "no_role"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.REPORTER)]), "no_role"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.OPD_ADMIN)]), "role_needs_department"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.OPD_TEAM, "X")]), "unknown_department"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.CITY)], "0812"), "whatsapp_form"),
    (lambda d, a: accounts.add(d, a, "a", "A", PASSWORD, [Grant(Role.CITY)], "nomor"), "whatsapp_form"),
    (lambda d, a: accounts.change(d, a, "x", {}, "A", [Grant(Role.CITY)]), "gone"),
    (lambda d, a: accounts.change(d, a, "admin", seen_user(d, "admin"), "A", [Grant(Role.CITY)]), "not_oneself"),
    (lambda d, a: accounts.set_active(d, a, "admin", False), "not_oneself"),
    (lambda d, a: accounts.set_active(d, a, "kota", True), "nothing_changed"),
    (lambda d, a: accounts.set_active(d, a, "x", False), "gone"),
    (lambda d, a: accounts.add(d, a, "a", "A", "wadul-aladin-1", [Grant(Role.CITY)]), "password_common"),
    (lambda d, a: accounts.reset(d, a, "x"), "gone"),
    (lambda d, a: accounts.reset(d, a, "admin"), "reset_oneself"),
    (lambda d, a: accounts.remove_second_factor(d, a, "kota"), "nothing_changed"),
    (lambda d, a: accounts.remove_second_factor(d, a, "admin"), "reset_oneself"),
    (lambda d, a: accounts.set_outside_name(d, a, "kota", ""), "nothing_changed"),
    (lambda d, a: accounts.set_outside_name(d, a, "x", "x"), "gone"),
    (lambda d, a: accounts.set_outside_name(d, a, "kota", "x" * 201), "text_too_long"),
    (lambda d, a: departments.add(d, a, "A B", "X", False), "department_code"),
    (lambda d, a: departments.add(d, a, "", "X", False), "department_code"),
    (lambda d, a: departments.add(d, a, "dlh", "X", False), "department_taken"),
    (lambda d, a: departments.add(d, a, "RSUD", " ", False), "empty_field"),
    (lambda d, a: departments.change(d, a, "X", {}, "A", True), "gone"),
    (lambda d, a: departments.set_active(d, a, "DLH", False), "department_has_categories"),
    (lambda d, a: departments.set_active(d, a, INSPECTORATE, False), "department_permanent"),
    (lambda d, a: departments.set_active(d, a, "X", False), "gone"),
    (lambda d, a: categories.add(d, a, **WASTE | {"name": "jalan & JEMBATAN"}), "category_taken"),
    (lambda d, a: categories.add(d, a, **WASTE | {"name": ""}), "empty_field"),
    (lambda d, a: categories.add(d, a, **WASTE | {"department": "X"}), "unknown_department"),
    (lambda d, a: categories.add(d, a, **WASTE | {"promise_days": 0.0}), "days_form"),
    (lambda d, a: categories.add(d, a, **WASTE | {"promise_days": -1.0}), "days_form"),
    (lambda d, a: categories.add(d, a, **WASTE | {"outer_days": 366.0}), "days_form"),
    (lambda d, a: categories.add(d, a, **WASTE | {"outer_days": float("nan")}), "days_form"),
    (lambda d, a: categories.add(d, a, **WASTE | {"promise_days": 15.0}), "outer_before_promise"),
    (lambda d, a: categories.add(d, a, **WASTE | {"outer_days": 1.0}), "outer_before_promise"),
    (lambda d, a: categories.change(d, a, "x", {}, **WASTE), "gone"),
    (lambda d, a: categories.set_active(d, a, "official", False), "category_permanent"),
    (lambda d, a: categories.set_active(d, a, "other", False), "category_permanent"),
    (lambda d, a: places.add(d, a, "33.75", "X", "Y"), "kelurahan_code"),
    (lambda d, a: places.add(d, a, "33.75.01.1002", "X", "Y"), "kelurahan_taken"),
    (lambda d, a: places.add(d, a, "33.75.01.1099", "medono", "Y"), "name_taken"),
    (lambda d, a: places.add(d, a, "33.75.01.1099", "BendanKergon", "Y"), "name_taken"),
    (lambda d, a: places.add(d, a, "33.75.01.1099", "X", " "), "empty_field"),
    (lambda d, a: places.add_alias(d, a, "x", "Sebutan"), "gone"),
    (lambda d, a: places.add_alias(d, a, "33.75.01.1006", "  MEDONO "), "name_taken"),
    (lambda d, a: places.add_alias(d, a, "33.75.01.1002", "kalibaros"), "name_taken"),
    (lambda d, a: places.add_alias(d, a, "33.75.01.1006", " "), "empty_field"),
    (lambda d, a: places.remove_alias(d, a, "tidak ada", {}), "gone"),
    (lambda d, a: places.remove_alias(d, a, "bendankergon", {"kelurahan": "lain"}), "changed_by_other"),
    (lambda d, a: free_days.add(d, a, None, "X", NATIONAL, "Y"), "day_form"),
    (lambda d, a: free_days.add(d, a, date(1999, 12, 31), "X", NATIONAL, "Y"), "day_form"),
    (lambda d, a: free_days.add(d, a, NEW_YEAR, "X", NATIONAL, "Y"), "day_taken"),
    (lambda d, a: free_days.add(d, a, WORKDAY, "X", "libur", "Y"), "unknown_kind_of_day"),
    (lambda d, a: free_days.add(d, a, WORKDAY, "X", NATIONAL, " "), "empty_field"),
    (lambda d, a: free_days.change(d, a, WORKDAY, {}, "X", NATIONAL, "Y"), "gone"),
    (lambda d, a: free_days.remove(d, a, WORKDAY, {}), "gone"),
    (lambda d, a: free_days.plan(d.register, a, 2101), "day_form"),
    (lambda d, a: canned.add(d, a, "x", "A", "B"), "unknown_purpose"),
    (lambda d, a: canned.add(d, a, "note", "", "B"), "empty_field"),
    (lambda d, a: canned.add(d, a, "note", "A", " \n"), "empty_field"),
    (lambda d, a: canned.add(d, a, "note", "A", "x" * (OFFICER_TEXT_LIMIT + 1)), "text_too_long"),
    (lambda d, a: canned.add(d, a, "note", "A", "Umur {umur}"), "unknown_placeholder"),
    (lambda d, a: canned.add(d, a, "note", "A", "Kosong {}"), "unknown_placeholder"),
    (lambda d, a: canned.add(d, a, "note", "A", "Halo {nama"), "loose_brace"),
    (lambda d, a: canned.add(d, a, "note", "A", "Halo nama}"), "loose_brace"),
    (lambda d, a: canned.add(d, a, "note", "A", "B", "x"), "unknown_category"),
    (lambda d, a: canned.add(d, a, "answer", "terima kasih ATAS masukan", "B"), "title_taken"),
    (lambda d, a: canned.change(d, a, "x", {}, "note", "A", "B"), "gone"),
    (lambda d, a: canned.set_active(d, a, "x", False), "gone"),
    *(
        (lambda d, a, n=name: service.change_service(d, a, seen_part(d, "service"), SERVICE | {n: " "}), "empty_field")
        for name in ("name", "city", "office", "promise")
    ),
    (
        lambda d, a: service.change_service(d, a, seen_part(d, "service"), SERVICE | {"name": "x" * 41}),
        "text_too_long",
    ),
    (
        lambda d, a: service.change_channels(d, a, seen_part(d, "channels"), {"Surel": "x" * 121}),
        "text_too_long",
    ),
    *(
        (lambda d, a, g=given: service.change_clock(d, a, seen_part(d, "clock"), CLOCK | g), code)
        for given, code in (
            ({"promise_days": 0}, "days_form"),
            ({"outer_days": -1}, "days_form"),
            ({"acceptance_days": None}, "days_form"),
            ({"silence_days": float("inf")}, "days_form"),
            ({"unit": "weeks"}, "unknown_unit"),
            ({"promise_days": 15}, "outer_before_promise"),
            ({}, "nothing_changed"),
        )
    ),
    *(
        (lambda d, a, t=text: service.change_hours(d, a, seen_part(d, "hours"), HOURS | {"monday": t}), "hours_form")
        for text in ("pagi", "07.30", "15.45–07.30", "08.00–08.00", "25.00–26.00", "07.60–08.00", "07.30–15.45 lalu")
    ),
    (lambda d, a: service.change_hours(d, a, seen_part(d, "hours"), {}), "no_working_day"),
    *(
        (lambda d, a, g=given: service.change_conversation(d, a, seen_part(d, "conversation"), TALK | g), code)
        for given, code in (
            ({"quiet_from": "malam"}, "quiet_form"),
            ({"quiet_to": "25.00"}, "quiet_form"),
            ({"choose_minutes": 0}, "minutes_form"),
            ({"answers_in_ten_minutes": 1.5}, "minutes_form"),
            ({}, "nothing_changed"),
        )
    ),
    (lambda d, a: service.change_hours(d, a, seen_part(d, "hours"), {"monday": "  "}), "no_working_day"),
]


@pytest.mark.parametrize(("do", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_, code) in enumerate(REFUSED)])
def test_what_cannot_be_is_refused_and_leaves_no_trace(still, do, code):
    before = state(still)
    with pytest.raises(RuleBroken) as caught:
        do(still, who(still, "admin"))
    assert caught.value.code == code
    assert state(still) == before
