"""What an administrator's changes do: accounts, order and limits, calendar, canned texts, the service's settings."""

import json
from datetime import date, datetime

import duckdb
import pytest

from store import sessions, silence, standard, users, why_due
from store import settings as store_settings
from store.admin import accounts, canned, categories, departments, free_days, places, service
from store.clock import now as clock_now
from store.db import MIGRATIONS
from store.desk import open_desk
from store.holidays_seed import NATIONAL
from store.rules import texts
from store.rules.deadline import from_jakarta
from store.rules.errors import RuleBroken
from store.rules.workflow import Grant, Role
from store.settings import WEEKDAYS

from .administration import (
    CLOCK,
    HOURS,
    NEW_YEAR,
    PASSWORD,
    SERVICE,
    WASTE,
    WORKDAY,
    admin,
    desk,
    empty_plan,
    made,
    row,
    seen_day,
    seen_of,
    seen_part,
    seen_user,
    stale,
    state,
    still,
)  # fmt: skip
from .cases import approved, ask, by_system, forwarded, later, new_desk, take_in, who

__all__ = ["admin", "desk", "made", "still"]
MONDAY = from_jakarta(datetime(2026, 11, 23, 7, 30))


# People


def test_an_account_with_several_roles_and_a_number_of_its_own(desk, admin):
    grants = [Grant(Role.OPD_ADMIN, "DLH"), Grant(Role.OPD_TEAM, "DISHUB"), Grant(Role.CITY, "DLH")]
    assert accounts.add(desk, admin, " Budi ", " Budi   Santoso", PASSWORD, grants, "0812 3456-789") == "budi"
    actor = who(desk, "budi")
    # A general role belongs to no department, whatever was given with it.
    assert actor.grants == {*grants[:2], Grant(Role.CITY)}
    assert (actor.name, seen_user(desk, "budi")["whatsapp"]) == ("Budi Santoso", "628123456789")
    assert users.password_fits(desk.register, "budi", PASSWORD)


def test_people_are_found_by_name_user_name_and_department(desk, admin):
    def found(text, active=None):
        return {p["username"] for p in accounts.listed(desk.register, admin, text, active)}

    assert found("dlh") == {"opd.dlh", "tim.dlh"}
    assert found("WULANDARI") == {"kota"}
    assert found("%") == found("_") == set()
    accounts.set_active(desk, admin, "tim.dlh", False)
    assert (found("dlh", True), found("dlh", False)) == ({"opd.dlh"}, {"tim.dlh"})


def test_a_role_in_a_department_that_was_set_aside_may_be_kept_but_not_given(desk, admin):
    departments.set_active(desk, admin, "DKP", False)
    accounts.change(desk, admin, "opd.dkp", seen_user(desk, "opd.dkp"), "Lama", [Grant(Role.OPD_ADMIN, "DKP")])
    with pytest.raises(RuleBroken, match="unknown_department"):
        accounts.change(desk, admin, "kota", seen_user(desk, "kota"), "Rina", [Grant(Role.OPD_ADMIN, "DKP")])


def test_giving_oneself_another_role_ends_ones_own_sessions_too(desk, admin):
    session = sessions.start(desk.register, "admin")[1].id
    seen = seen_user(desk, "admin")
    ended = accounts.change(desk, admin, "admin", seen, seen["name"], [Grant(Role.ADMIN), Grant(Role.CITY)])
    assert session in ended


def test_setting_somebody_aside_a_reset_or_another_role_ends_their_sessions(desk, admin):
    people = ("kota", "kota2", "pejabat", "admin", "opd.dlh")
    started = {name: sessions.start(desk.register, name)[1].id for name in people}

    def open_now():
        found = sessions.open_sessions(desk.register, clock_now(), later(hours=9) - clock_now())
        return {name for name, session in started.items() if session in {s.id for s in found}}

    assert open_now() == set(people)
    assert accounts.set_active(desk, admin, "kota", False) == [started["kota"]]
    assert accounts.reset(desk, admin, "kota2")[1] == [started["kota2"]]
    assert not users.password_fits(desk.register, "kota2", users.DEMO_PASSWORD)
    other_role = accounts.change(desk, admin, "pejabat", seen_user(desk, "pejabat"), "Hendra", [Grant(Role.CITY)])
    assert other_role == [started["pejabat"]]
    # Another name is no other role.
    same = [Grant(Role.OPD_ADMIN, "DLH")]
    assert accounts.change(desk, admin, "opd.dlh", seen_user(desk, "opd.dlh"), "Nama Baru", same) == []
    assert open_now() == {"admin", "opd.dlh"}
    assert accounts.set_active(desk, admin, "kota", True) == []
    # Taken back, but signed out.
    assert who(desk, "kota").has(Role.CITY)
    assert open_now() == {"admin", "opd.dlh"}


def test_the_last_administrator_stays_one_even_when_two_set_each_other_aside(desk, admin):
    other = who(desk, "admin2")
    accounts.set_active(desk, admin, "admin2", False)
    for do in (
        lambda: accounts.set_active(desk, other, "admin", False),
        lambda: accounts.change(desk, other, "admin", seen_user(desk, "admin"), "A", [Grant(Role.CITY)]),
    ):
        with pytest.raises(RuleBroken, match="last_admin"):
            do()
    assert who(desk, "admin").has(Role.ADMIN)


def test_passwords_that_are_made_are_long_and_never_the_same():
    made = {accounts.new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 19 and password.count("-") == 3 for password in made)


# Departments, categories, places


def test_a_department_with_open_work_is_not_set_aside(desk, admin):
    case = forwarded(desk, take_in(desk), "DKP")
    with pytest.raises(RuleBroken) as caught:
        departments.set_active(desk, admin, "DKP", False)
    assert (caught.value.code, caught.value.details) == ("department_has_cases", {"count": 1})
    assert row(departments.listed(desk.register, admin), "code", "DKP")["open_cases"] == 1
    with desk.register.atomic() as cursor:
        cursor.execute("update complaint set ended_at = received_at where id = ?", [case.id])
    departments.set_active(desk, admin, "DKP", False)
    departments.set_active(desk, admin, "DKP", True)


def test_a_department_that_has_a_part_of_a_complaint_is_not_set_aside(desk, admin):
    forwarded(desk, take_in(desk), "DISHUB", others=["DKP"])
    assert row(departments.listed(desk.register, admin), "code", "DKP")["open_cases"] == 1
    with pytest.raises(RuleBroken, match="department_has_cases"):
        departments.set_active(desk, admin, "DKP", False)


def test_a_refusal_names_the_categories_that_point_to_a_department(desk, admin):
    with pytest.raises(RuleBroken) as caught:
        departments.set_active(desk, admin, "DPUPR", False)
    assert caught.value.details == {"names": "Jalan & jembatan, Drainase & genangan, Banjir & rob"}


@pytest.mark.parametrize(("wanted", "place"), [(0, 0), (3, 3), (19, 19), (99, 19), (-5, 0)])
def test_a_category_moves_to_its_place_and_the_others_keep_their_order(desk, admin, wanted, place):
    order = [c["code"] for c in categories.listed(desk.register, admin)]
    categories.change(desk, admin, "waste", seen_of(categories, desk, "waste"), **WASTE | {"position": wanted})
    found = categories.listed(desk.register, admin)
    order.remove("waste")
    order.insert(place, "waste")
    assert [c["code"] for c in found] == order
    assert [c["position"] for c in found] == list(range(20))


def test_limits_of_a_category_reach_its_due_times(desk, admin):
    def due(category):
        return {name: value for name, value in desk.limits(MONDAY, category).items() if name.endswith("_due_at")}

    before = due("waste")
    given = WASTE | {"promise_days": 1.0, "outer_days": 3.0}
    categories.change(desk, admin, "waste", seen_of(categories, desk, "waste"), **given)
    assert due("waste")["promise_due_at"] == from_jakarta(datetime(2026, 11, 23, 15, 45))
    assert due("waste")["outer_due_at"] == from_jakarta(datetime(2026, 11, 25, 15, 45))
    assert due("road") == before


def test_the_service_cannot_end_sooner_than_a_category_promises(desk, admin):
    given = WASTE | {"promise_days": 10.0}
    categories.change(desk, admin, "waste", seen_of(categories, desk, "waste"), **given)
    with pytest.raises(RuleBroken) as caught:
        service.change_clock(desk, admin, seen_part(desk, "clock"), CLOCK | {"outer_days": 9})
    assert (caught.value.code, caught.value.details) == ("category_outer_before_promise", {"names": "Sampah"})


def test_a_place_is_known_by_all_its_names_until_it_is_set_aside(desk, admin):
    code = "33.75.01.1006"
    assert places.add_alias(desk, admin, code, " Kergon") == "kergon"
    known = places.names(desk.register)
    assert {known[name] for name in ("bendan kergon", "bendankergon", "kergon")} == {code}
    assert [p["name"] for p in places.listed(desk.register, admin, "KERG")] == ["Bendan Kergon"]
    places.remove_alias(desk, admin, "kergon", {"kelurahan": code})
    places.add_alias(desk, admin, code, "kergon")
    places.set_active(desk, admin, code, False)
    assert code not in places.names(desk.register).values()


def test_a_kelurahan_keeps_its_own_name_when_its_kecamatan_changes(desk, admin):
    code = "33.75.01.1002"
    places.change(desk, admin, code, seen_of(places, desk, code), "MEDONO", "Pekalongan Tengah")
    assert ask(desk, "select name, kecamatan from kelurahan where code = ?", code) == [("MEDONO", "Pekalongan Tengah")]


# Holidays


def test_a_new_holiday_moves_due_times_and_its_removal_moves_them_back(desk, admin):
    before = desk.limits(MONDAY)["promise_due_at"]
    assert before == from_jakarta(datetime(2026, 11, 24, 15, 45))
    free_days.add(desk, admin, WORKDAY, "Libur daerah", NATIONAL, "SK Wali Kota")
    assert desk.limits(MONDAY)["promise_due_at"] == from_jakarta(datetime(2026, 11, 25, 15, 45))
    seen = seen_day(desk, WORKDAY)
    free_days.remove(desk, admin, WORKDAY, seen)
    assert desk.limits(MONDAY)["promise_due_at"] == before
    # The way back of what was removed.
    free_days.add(desk, admin, WORKDAY, "Libur daerah", NATIONAL, "SK Wali Kota")
    assert seen_day(desk, WORKDAY) == seen


def test_loading_a_year_does_what_its_plan_says_and_keeps_what_staff_entered(desk, admin):
    free_days.remove(desk, admin, NEW_YEAR, seen_day(desk))
    free_days.add(desk, admin, WORKDAY, "Libur daerah", NATIONAL, "SK Wali Kota")
    wrong, old = date(2026, 8, 17), date(2026, 11, 25)
    with desk.register.atomic() as cursor:
        cursor.execute("update holiday set name = 'Lama' where day = ?", [wrong])
        cursor.execute("insert into holiday values (?, 'Perkiraan lama', ?, 'PyPI holidays')", [old, NATIONAL])
    plan = free_days.plan(desk.register, admin, 2026)
    assert [r["day"] for r in plan.new] == [NEW_YEAR]
    assert [(b["name"], a["day"]) for b, a in plan.changed] == [("Lama", wrong)]
    assert [r["day"] for r in plan.removed] == [old]
    assert [r["day"] for r in plan.kept] == [WORKDAY]
    written = len(ask(desk, "select 1 from change_log"))
    assert free_days.load(desk, admin, plan) == 3
    assert len(ask(desk, "select 1 from change_log")) == written + 3
    assert free_days.plan(desk.register, admin, 2026).empty
    assert {WORKDAY, NEW_YEAR} <= set(desk.calendar.holidays)
    assert old not in desk.calendar.holidays


def test_a_plan_that_is_no_longer_true_is_not_carried_out(desk, admin):
    plan = empty_plan(desk)
    assert len(plan.new) >= 10
    free_days.add(desk, admin, plan.new[0]["day"], "X", NATIONAL, "Y")
    before = state(desk)
    with pytest.raises(RuleBroken, match="plan_changed"):
        free_days.load(desk, admin, plan)
    assert state(desk) == before


# Canned texts


def test_texts_for_a_purpose_put_those_of_the_category_first_and_leave_others_out(desk, admin):
    canned.add(desk, admin, "answer", "Sampah", "Jadwal sampah", "waste")

    def titles(category):
        return [t["code"] for t in canned.for_purpose(desk.register, "answer", category)]

    general = ["terima_kasih", "ppid", "darurat"]
    assert titles("waste") == ["sampah", *general]
    assert titles("civil_registry") == ["kependudukan", *general]
    assert titles("road") == general
    assert titles(None) == [*general, "kependudukan", "sampah"]
    canned.set_active(desk, admin, "ppid", False)
    assert titles("road") == ["terima_kasih", "darurat"]
    assert canned.for_purpose(desk.register, "x") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Aduan {nomor} dari {nama}", "Aduan WA-1 dari …"),
        ("{NOMOR}, { nomor }", "WA-1, WA-1"),
        ("{kota}{opd}", "……"),
        ("tanpa isian", "tanpa isian"),
        ("{layanan}", "{nomor} & <b>"),
    ],
)
def test_a_text_is_filled_and_what_is_missing_stays_visible(body, said):
    assert canned.filled(body, {"nomor": "WA-1", "nama": "", "opd": None, "layanan": "{nomor} & <b>"}) == said


def test_the_texts_of_a_new_register_are_such_as_an_administrator_could_have_written(still):
    found = canned.listed(still.register, who(still, "admin"))
    assert {t["purpose"] for t in found} == set(canned.PURPOSES)
    assert 8 <= len(found) <= 12
    for text in found:
        assert canned.check_body(text["body"]) == text["body"]
        assert len(text["title"]) <= canned.TITLE_LIMIT


# The service's settings


def test_a_setting_reaches_messages_the_standard_and_the_clock_at_once(desk, admin):
    start = from_jakarta(datetime(2026, 11, 23, 8, 0))
    # Everything has been asked before, so that something remembered would show.
    assert desk.service.name == "Wadul Aladin"
    assert desk.limits(start)["promise_due_at"] < from_jakarta(datetime(2026, 11, 25, 12, 0))
    service.change_service(desk, admin, seen_part(desk, "service"), SERVICE)
    service.change_channels(desk, admin, seen_part(desk, "channels"), {"Telepon": "(0285) 123456"})
    service.change_clock(desk, admin, seen_part(desk, "clock"), CLOCK | {"promise_days": 3, "acceptance_days": 1})
    service.change_hours(desk, admin, seen_part(desk, "hours"), HOURS | {"monday": "08.00-12.00", "saturday": ""})
    assert "Lapor Ajib Kota Pekalongan" in texts.acknowledgement("WA-1", desk.service).text
    said = standard.as_message(desk.config)
    for part in ("Lapor Ajib", "WhatsApp 0811 2720 202", "3 hari kerja", "Telepon: (0285) 123456", "Senin 08.00–12.00"):
        assert part in said
    assert desk.limits(start)["promise_due_at"] == from_jakarta(datetime(2026, 11, 25, 15, 45))
    assert desk.acceptance_limit(start) == from_jakarta(datetime(2026, 11, 23, 12, 0))
    assert why_due.lines(desk, start)[0].startswith("Janji: 3 hari kerja")


def test_calendar_days_count_weekends(desk, admin):
    service.change_clock(desk, admin, seen_part(desk, "clock"), CLOCK | {"unit": "calendar_days"})
    friday = from_jakarta(datetime(2026, 11, 27, 9, 0))
    assert desk.limits(friday)["promise_due_at"] == from_jakarta(datetime(2026, 11, 29, 9, 0))


def test_the_days_of_silence_are_the_settings(desk, admin):
    case = by_system(desk, approved(desk, take_in(desk)), "delivered")
    assert silence.lapse(desk, later(days=3)) == 0
    service.change_clock(desk, admin, seen_part(desk, "clock"), CLOCK | {"silence_days": 2})
    assert silence.lapse(desk, later(days=3)) == 1
    assert ask(desk, "select state from complaint where id = ?", case.id) == [("closed",)]


def test_settings_survive_a_restart_and_follow_the_file_again_once_they_equal_it(tmp_path):
    with new_desk(tmp_path / "data") as desk:
        admin = who(desk, "admin")
        service.change_service(desk, admin, seen_part(desk, "service"), SERVICE)
        service.change_hours(desk, admin, seen_part(desk, "hours"), HOURS | {"sunday": "08.00–09.00"})
    path = tmp_path / "config.toml"
    path.write_text('[service]\nname = "Dari berkas"\npromise = "9 hari"\n[sending]\nper_second = 7\n')
    given = {"WADUL_DATA": str(tmp_path / "data"), "WADUL_CONFIG": str(path)}
    desk = open_desk(store_settings.load(given))
    try:
        admin = who(desk, "admin")
        assert (desk.config["service"]["name"], desk.config["service"]["promise"]) == ("Lapor Ajib", "3 hari kerja")
        assert desk.config["sending"]["per_second"] == 7
        assert 6 in desk.calendar.hours
        service.change_service(desk, admin, seen_part(desk, "service"), SERVICE | {"name": "Dari berkas"})
        ((given,),) = ask(desk, "select given from config_override where section = 'service'")
        assert "name" not in json.loads(given)
    finally:
        desk.register.close()


def test_changing_one_part_of_the_clock_leaves_the_other(desk, admin):
    service.change_hours(desk, admin, seen_part(desk, "hours"), HOURS | {"saturday": "08.00–09.00"})
    service.change_clock(desk, admin, seen_part(desk, "clock"), CLOCK | {"promise_days": 5})
    assert desk.config["clock"]["hours"]["saturday"] == ["08:00", "09:00"]
    assert desk.config["clock"]["promise_days"] == 5
    assert desk.settings.config["clock"]["promise_days"] == 2


def test_what_was_written_just_before_is_not_lost_when_the_desk_has_not_read_it_yet(desk, admin, monkeypatch):
    """Two administrators at once: the second decides by the register, not by what the desk remembers."""
    seen = seen_part(desk, "service")
    monkeypatch.setattr(desk, "forget_config", lambda: None)
    service.change_service(desk, admin, seen, SERVICE)
    monkeypatch.undo()
    refused = stale(desk, admin, lambda d, a: service.change_service(d, a, seen, SERVICE | {"name": "X"}))
    assert refused.code == "changed_by_other"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07.30–15.45", ["07:30", "15:45"]), ("7:30-15:45", ["07:30", "15:45"]),
        (" 08.00 s.d. 12.00 ", ["08:00", "12:00"]), ("08.00 sampai 23.59", ["08:00", "23:59"]),
        ("08.00 sd 09.00", ["08:00", "09:00"]),
    ],
)  # fmt: skip
def test_hours_may_be_written_as_people_write_them(typed, kept):
    assert service.read_hours(typed) == kept
    assert service.read_hours(service.shown_hours(kept)) == kept


def test_the_standard_is_one_message_however_long_the_settings_are(desk, admin):
    longest = {name: "x" * limit for name, limit in service.TEXTS.items()} | {"number": "0" * service.TEXTS["number"]}
    longest["address"] = "https://a.example/".ljust(service.TEXTS["address"], "x")
    service.change_service(desk, admin, seen_part(desk, "service"), longest)
    channels = dict.fromkeys(desk.config["channels"], "x" * service.CHANNEL_LIMIT)
    service.change_channels(desk, admin, seen_part(desk, "channels"), channels)
    hours = {day: f"0{place}.00–1{place}.00" for place, day in enumerate(WEEKDAYS)}
    service.change_hours(desk, admin, seen_part(desk, "hours"), hours)
    assert len(standard.as_message(desk.config)) <= texts.TEXT_LIMIT


# An existing register


def test_a_register_of_the_first_release_gets_its_texts_and_aliases_once(tmp_path):
    chosen = store_settings.load({"WADUL_DATA": str(tmp_path / "data")})
    chosen.make_data_folder()
    with duckdb.connect(str(chosen.register)) as old:
        old.execute("create table migration (name varchar primary key, applied_at timestamp)")
        for file in sorted(MIGRATIONS.glob("000[12]_*.sql")):
            old.execute(file.read_text(encoding="utf-8"))
            old.execute("insert into migration values (?, now()::timestamp)", [file.name])
        old.execute("insert into setting values ('mode', 'demo')")
        old.execute("insert into kelurahan values ('33.75.02.1012', 'Kali Baros', 'Pekalongan Timur', true)")
        old.execute("insert into category values ('waste', 'Sampah', null, true, 0, true)")
        old.execute("insert into user_account values ('admin', 'Lama', 'x', true, false, now()::timestamp)")
        old.execute("insert into user_role values ('admin', 'admin', null)")
    for removed in (False, True):
        desk = open_desk(chosen)
        try:
            admin = who(desk, "admin")
            (waste,) = categories.listed(desk.register, admin)
            assert (waste["name"], waste["promise_days"], waste["outer_days"]) == ("Sampah", None, None)
            assert accounts.listed(desk.register, admin)[0]["whatsapp"] is None
            assert ("kalibaros" in places.names(desk.register)) != removed
            # The category it is for does not exist here.
            assert seen_of(canned, desk, "kependudukan")["category"] is None
            if not removed:
                places.remove_alias(desk, admin, "kalibaros", {"kelurahan": "33.75.02.1012"})
        finally:
            desk.register.close()
