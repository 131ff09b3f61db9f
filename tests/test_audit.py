"""The audit log: what is written, and that a change of it is noticed."""

from datetime import date

import pandas as pd
import pytest

from pages.parts.tables import plain_csv
from store import audit, commands, ledger
from store.admin import service
from store.clock import today
from store.rules.errors import RuleBroken

from .cases import press, take_in, who
from .postbox import ask, change


def test_entries_are_kept_in_order_with_what_they_are_about(desk):
    audit.record(desk.register, "kota", "exported", "complaints.csv", rows=12)
    audit.record(desk.register, "rina", "sign_in_failed")
    found = ask(desk, "select actor, kind, subject, data from audit order by id")
    assert [(row["actor"], row["kind"], row["subject"]) for row in found] == [
        ("kota", "exported", "complaints.csv"),
        ("rina", "sign_in_failed", ""),
    ]
    assert found[0]["data"] == '{"rows": 12}'
    assert list(ledger.misfits(desk.register)) == []


def test_only_known_kinds_are_written(desk):
    with pytest.raises(ValueError, match="no kind"):
        audit.record(desk.register, "kota", "danced")


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("update audit set actor = 'orang lain' where id = 2", 2),
        ("delete from audit where id = 2", 3),
        ("update audit set data = '{}' where id = 1", 1),
        ("update audit set happened_at = happened_at - interval 1 hour where id = 3", 3),
        ("insert into audit values (4, now()::timestamp, 'kota', 'exported', '', '{}', 'abc')", 4),
        ("delete from audit where id = 3", None),
        ("delete from audit", None),
    ],
)
def test_a_changed_or_removed_entry_is_named(desk, statement, first):
    for subject in ("a", "b", "c"):
        audit.record(desk.register, "kota", "exported", subject, rows=1)
    change(desk, statement)
    found = next(ledger.misfits(desk.register))
    assert (found.chain, found.row) == ("audit", first)


@pytest.fixture
def told(desk):
    """One entry of each source: an export, a failed sign-in, a reveal, a change of settings."""
    audit.record(desk.register, "kota", "exported", "aduan.csv", rows=12)
    audit.record(desk.register, "=cmd", "sign_in_failed")
    case = commands.classify(desk, press(desk, take_in(desk), "kota"), confidential=True)
    commands.reveal(desk, press(desk, case, "kota"), note="Menelepon")
    seen = service.part(desk, who(desk, "admin"), "retention")
    service.change_retention(desk, who(desk, "admin"), seen, seen | {"raw_days": 30})
    return case


def listed(desk, **filters) -> list[str]:
    found, total = audit.listed(desk.register, who(desk, "admin"), audit.Filters(**filters))
    assert total == len(found)
    return [row["kind"] for row in found]


def test_one_list_holds_entries_reveals_and_settings_newest_first(desk, told):
    assert listed(desk) == ["setting_changed", "revealed", "sign_in_failed", "exported"]


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"who": "kota"}, ["revealed", "exported"]),
        ({"who": "Tim Pengaduan"}, None),
        ({"kinds": ("revealed", "sign_in_failed")}, ["revealed", "sign_in_failed"]),
        ({"subject": "aduan.csv"}, ["exported"]),
        ({"subject": "RETENTION"}, ["setting_changed"]),
        ({"since": date(2000, 1, 1), "until": date(2000, 1, 2)}, []),
        ({"since": today(), "until": today()}, ["setting_changed", "revealed", "sign_in_failed", "exported"]),
        ({"who": "'; drop table audit; --"}, []),
    ],
)
def test_it_is_narrowed_by_who_what_when_and_about_what(desk, told, filters, kinds):
    found = listed(desk, **filters)
    assert kinds is None or found == kinds


def test_pages_of_fifty(desk):
    for number in range(120):
        audit.record(desk.register, "kota", "exported", f"{number}", rows=1)
    pages = [audit.listed(desk.register, who(desk, "admin"), audit.Filters(), page) for page in (1, 2, 3, 4)]
    assert [len(rows) for rows, _ in pages] == [50, 50, 20, 0]
    assert {total for _, total in pages} == {120}
    assert [int(row["subject"]) for rows, _ in pages for row in rows] == list(range(119, -1, -1))


def test_whoever_takes_the_list_is_in_it_and_formulas_sleep(desk, told):
    found = audit.exported(desk.register, who(desk, "admin"), audit.Filters())
    assert len(found) == 4
    assert listed(desk)[0] == "exported"
    content = plain_csv(pd.DataFrame([{"Siapa": row["actor"]} for row in found])).decode("utf-8-sig")
    assert '"\'=cmd"' in content


@pytest.mark.parametrize("sign", [*"=+-@＝＋－＠", "\t", "\r", "\n"])
def test_every_sign_that_begins_a_formula_somewhere_sleeps(sign):
    """The same signs as in every other file, the full-width ones with them."""
    assert plain_csv(pd.DataFrame([{"Siapa": f"{sign}1"}])).decode("utf-8-sig").splitlines()[1].startswith("\"'")


def test_a_log_that_was_removed_with_its_end_is_missed(desk):
    audit.record(desk.register, "kota", "exported", "a.csv")
    with desk.register.atomic() as cursor:
        cursor.execute("delete from audit")
        cursor.execute("delete from chain_head where name = 'audit'")
    (found,) = ledger.misfits(desk.register)
    assert str(found) == "audit log: the end: where it ended was removed"


@pytest.mark.parametrize("username", ["kota", "pejabat", "opd.dlh", "pimpinan"])
def test_only_administrators_read_it(desk, username):
    for call in (audit.listed, audit.exported):
        with pytest.raises(RuleBroken, match="not_allowed"):
            call(desk.register, who(desk, username), audit.Filters())


def test_a_view_is_noted_once_a_day_for_each_person_and_case(desk, monkeypatch):
    for actor, subject in (("kota", "WA-1"), ("kota", "WA-1"), ("kota", "WA-2"), ("kota2", "WA-1")):
        audit.once_a_day(desk.register, actor, "confidential_viewed", subject)
    assert len(ask(desk, "select 1 from audit")) == 3
    change(desk, "update audit set happened_at = happened_at - interval 1 day")
    audit.once_a_day(desk.register, "kota", "confidential_viewed", "WA-1")
    assert len(ask(desk, "select 1 from audit")) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "update change_log set actor = 'kota' where id = (select max(id) from change_log)",
        "update change_log set after = '{}' where id = (select max(id) from change_log)",
        "delete from change_log where id = (select max(id) from change_log)",
        "insert into change_log values (9999, now()::timestamp, 'kota', 'x', 'y', null, null)",
    ],
)
def test_a_change_of_the_history_of_settings_is_noticed(desk, told, statement):
    assert list(ledger.misfits(desk.register)) == []
    change(desk, statement)
    assert [found.chain for found in ledger.misfits(desk.register)] == ["change"]
