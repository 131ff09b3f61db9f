"""A register of the first release, with its events as they were written then, opened by this one."""

import json
from datetime import datetime, timedelta

import duckdb
import pytest

from store import check, commands, queries, rebuild, settings, users
from store.__main__ import main
from store.check import differences
from store.db import MIGRATIONS, rows
from store.desk import Desk, open_desk
from store.queries import Filters
from store.rules.case import Case

from .cases import PHOTO, ask, press, read_case, who

FIRST_RELEASE = ("0001_register.sql", "0002_lookup_by_complaint.sql")
START = datetime(2026, 11, 2, 2, 0)
DUE, OUTER, ACCEPT = (START + timedelta(days=days) for days in (2, 20, 1))
MESSAGE = {"message": "wamid.1", "media": False, "summary": "Lampu mati"}
FORWARD = {"category": "traffic", "department": "DISHUB", "note": "Mohon dicek", "accept_due_at": str(ACCEPT)}

# What happened to each, as (kind, role, to_state, data); `department` was said by `forward` alone.
RECEIVED = [("received", "reporter", "received", {}), ("message", "reporter", "received", MESSAGE)]
FORWARDED = [*RECEIVED, ("forward", "city", "forwarded", FORWARD)]
ACCEPTED = [*FORWARDED, ("accept", "opd_admin", "accepted", {})]
STARTED = [*ACCEPTED, ("start", "opd_admin", "in_progress", {"note": ""})]
IN_REVIEW = [*STARTED, ("submit_result", "opd_team", "in_review", {"text": "Lampu diganti"})]
SENT = [*IN_REVIEW, ("approve", "city", "awaiting_confirmation", {"text": "Lampu diganti", "message_id": 1})]
CLOSED = [
    *SENT,
    ("delivered", "system", "awaiting_confirmation", {"message_id": 1}),
    ("confirm", "reporter", "closed", {}),
]
RETURNED = [*FORWARDED, ("return", "opd_admin", "returned", {"reason": "not_ours", "note": "Milik DLH"})]
SENT_BACK = [*IN_REVIEW, ("send_back", "city", "in_progress", {"note": "Fotonya kabur"})]
OFFICIAL = {"kind": "official", "confidential": True}
LIVES = {
    "received": RECEIVED,
    "forwarded": FORWARDED,
    "accepted": ACCEPTED,
    "started": STARTED,
    "in_review": IN_REVIEW,
    "sent": SENT,
    "closed": CLOSED,
    "returned": RETURNED,
    "forwarded_again": [*RETURNED, ("forward", "city", "forwarded", FORWARD | {"department": "DLH"})],
    "sent_back": SENT_BACK,
    "reopened": [
        *CLOSED, ("reopen", "reporter", "reopened", {"note": "Masih", "promise_due_at": str(DUE + timedelta(days=9))}),
    ],
    "answered": [*RECEIVED, ("answer", "city", "answered", {"text": "Pukul 08.00", "message_id": 2})],
    "told": [
        *SENT, ("delivery_failed", "system", "awaiting_confirmation", {"message_id": 1}),
        ("told", "city", "awaiting_confirmation", {"note": "Ditelepon"}),
    ],
    # In the first release the department that was complained about could have it.
    "official": [
        *RECEIVED, ("forward", "city", "forwarded", FORWARD | OFFICIAL), ("accept", "opd_admin", "accepted", {}),
    ],
    "official_by_category": [
        *RECEIVED, ("forward", "city", "forwarded", FORWARD | {"category": "official", "confidential": True}),
    ],
    "official_closed": [
        *RECEIVED, ("forward", "city", "forwarded", FORWARD | OFFICIAL), ("accept", "opd_admin", "accepted", {}),
        *STARTED[4:], *IN_REVIEW[5:], *CLOSED[6:],
    ],
    "with_the_inspectorate": [
        *RECEIVED, ("forward", "city", "forwarded", FORWARD | OFFICIAL | {"department": "INSPEKTORAT"}),
    ],
}  # fmt: skip


def old_events(name: str, number: int) -> list[dict]:
    first = {"number": f"WA-2026-{number:05d}", "channel": "WA", "contact_id": 1, "kind": "complaint", "summary": ""}
    first |= {"promise_due_at": str(DUE), "outer_due_at": str(OUTER)}
    found, state = [], None
    for place, (kind, role, target, data) in enumerate(LIVES[name]):
        event = {
            "complaint_id": number, "happened_at": START + timedelta(hours=place), "kind": kind,
            "actor": {"city": "kota", "opd_admin": "opd.dishub", "opd_team": "tim.dishub"}.get(role, role),
            "actor_role": role, "from_state": state, "to_state": target,
            "data": json.dumps(first | data if kind == "received" else data),
        }  # fmt: skip
        found.append(event)
        state = target
    return found


def old_row(name: str, number: int) -> dict:
    """The row as the first release kept it, by hand for what matters here."""
    state, returned = LIVES[name][-1][2], [step for step in LIVES[name] if step[0] == "return"]
    forwards = [step[3]["department"] for step in LIVES[name] if step[0] == "forward"]
    lost = state in ("returned", "reopened")
    return {
        "id": number, "number": f"WA-2026-{number:05d}", "channel": "WA", "kind": "complaint", "state": state,
        "contact_id": 1, "received_at": START, "state_since": START, "summary": "Lampu mati", "confidential": False,
        "department": forwards[-1] if forwards and not lost else None, "promise_due_at": DUE, "outer_due_at": OUTER,
        "call_reporter": False, "unread": False, "message_count": 1, "media_count": 0,
        "returned_count": len(returned), "reopened_count": 0, "version": 2,
    }  # fmt: skip


def make_first_release(path) -> None:
    """The file as the first release left it: its two migrations, some reference data, its rows.

    By plain SQL: the store's own way of writing remembers the shape of this release's tables.
    """
    connection = duckdb.connect(str(path))
    connection.execute("create table migration (name varchar primary key, applied_at timestamp)")
    for name in FIRST_RELEASE:
        connection.execute((MIGRATIONS / name).read_text(encoding="utf-8"))
        connection.execute("insert into migration values (?, now()::timestamp)", [name])
    connection.execute("begin transaction")
    connection.execute(_REFERENCE)
    connection.execute("insert into contact (id, name, created_at) values (1, 'Siti', ?)", [START])
    connection.execute("insert into user_account values ('rina', 'Rina', 'x', true, false, ?)", [START])
    connection.execute("insert into contact_identity values ('phone', '6285600000001', 1, ?)", [START])
    events = [event for number, name in enumerate(LIVES, 1) for event in old_events(name, number)]
    events.sort(key=lambda event: event["happened_at"])
    write(connection, "complaint", [old_row(name, number) for number, name in enumerate(LIVES, 1)])
    write(connection, "event", [event | {"id": place} for place, event in enumerate(events, 1)])
    connection.execute("insert into number_counter values ('WA', 2026, ?)", [len(LIVES)])
    for sequence in ("complaint_id", "event_id", "contact_id"):
        connection.execute(f"select nextval('{sequence}') from range(?)", [len(events)])
    connection.execute("commit")
    connection.close()


_REFERENCE = """
    insert into setting values ('mode', 'demo');
    insert into department values ('DLH', 'Dinas Lingkungan Hidup', true, true),
        ('DISHUB', 'Dinas Perhubungan', true, true), ('INSPEKTORAT', 'Inspektorat', true, true);
    insert into category values ('traffic', 'Lalu lintas', 'DISHUB', false, 1, true),
        ('official', 'Aparatur', 'INSPEKTORAT', false, 2, true);
"""


def write(connection, table: str, new: list[dict]) -> None:
    for row in new:
        marks = ", ".join("?" * len(row))
        connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))


@pytest.fixture
def old(tmp_path):
    """Settings of an installation whose register is of the first release."""
    found = settings.load({"WADUL_DATA": str(tmp_path)})
    make_first_release(found.register)
    return found


@pytest.fixture
def desk(old):
    desk = open_desk(old)
    with desk.register.atomic() as cursor:
        # Its one account was there for the migrations; the demonstration's are made only where there is none.
        cursor.execute("delete from user_account")
    users.make_demo_accounts(desk.register)
    yield desk
    desk.register.close()


def case(desk: Desk, name: str) -> Case:
    return read_case(desk, list(LIVES).index(name) + 1)


def parts(found: Case) -> list[tuple[str, str, bool]]:
    return [(part.department, str(part.state), part.lead) for part in found.assignments]


def test_after_opening_every_complaint_agrees_with_its_events(desk):
    assert list(differences(desk.register)) == []
    assert ask(desk, "select count(*) from complaint where clock_started_at is null or elements is null") == [(0,)]


@pytest.mark.parametrize(
    ("name", "departments", "expected"),
    [
        ("received", "", []),
        ("forwarded", "|DISHUB|", [("DISHUB", "forwarded", True)]),
        ("accepted", "|DISHUB|", [("DISHUB", "accepted", True)]),
        ("started", "|DISHUB|", [("DISHUB", "in_progress", True)]),
        ("in_review", "|DISHUB|", [("DISHUB", "in_review", True)]),
        ("sent", "|DISHUB|", [("DISHUB", "in_review", True)]),
        ("closed", "|DISHUB|", [("DISHUB", "in_review", True)]),
        ("returned", "", [("DISHUB", "returned", False)]),
        ("forwarded_again", "|DLH|", [("DLH", "forwarded", True)]),
        ("sent_back", "|DISHUB|", [("DISHUB", "in_progress", True)]),
        ("reopened", "", []),
        ("answered", "", []),
        ("told", "|DISHUB|", [("DISHUB", "in_review", True)]),
    ],
)
def test_what_lay_with_a_department_has_its_part(desk, name, departments, expected):
    found = case(desk, name)
    assert (found.departments, parts(found), found.state) == (departments, expected, LIVES[name][-1][2])


def test_the_new_columns_say_what_happened(desk):
    assert case(desk, "received").due_at == DUE
    assert case(desk, "sent").due_at is None
    assert case(desk, "reopened").due_at == DUE + timedelta(days=9)
    assert case(desk, "reopened").clock_started_at == START + timedelta(hours=9)
    assert case(desk, "forwarded").accept_due_at == case(desk, "forwarded").assignments[0].accept_due_at == ACCEPT
    assert case(desk, "returned").not_ours_count == 1
    assert case(desk, "sent_back").sent_back_count == 1
    assert case(desk, "in_review").result_text == case(desk, "in_review").assignments[0].result_text == "Lampu diganti"
    assert not case(desk, "told").call_reporter


@pytest.mark.parametrize(
    ("name", "state"),
    [("official", "returned"), ("official_by_category", "returned"), ("official_closed", "closed")],
)
def test_a_complaint_about_an_official_leaves_the_department_that_had_it(desk, name, state):
    found = case(desk, name)
    assert (found.state, found.kind, found.confidential, found.departments) == (state, "official", True, "")
    for person in ("opd.dishub", "tim.dishub"):
        viewer = who(desk, person)
        assert found.number not in {row["number"] for row in queries.search(desk.register, viewer, Filters())[0]}
        assert found.number not in set(queries.export(desk.register, viewer, Filters())["number"])
    if state == "returned":
        commands.forward(desk, press(desk, found, "kota"), department="INSPEKTORAT", note="Mohon diperiksa")
    assert list(differences(desk.register)) == []


def test_what_the_inspectorate_had_stays_there(desk):
    assert parts(case(desk, "with_the_inspectorate")) == [("INSPEKTORAT", "forwarded", True)]


def test_the_commands_go_on_from_where_each_stood(desk):
    found = case(desk, "forwarded")
    for command, person, given in (
        (commands.accept, "opd.dishub", {}),
        (commands.start, "opd.dishub", {"handler": "tim.dishub"}),
        (commands.submit_result, "tim.dishub", {"text": "Beres", "files": [PHOTO]}),
        (commands.approve, "kota", {"text": "Beres"}),
        (commands.close, "kota", {"note": "Selesai"}),
    ):
        found = command(desk, press(desk, found, person), **given)
    assert found.state == "closed"
    again = commands.forward(desk, press(desk, case(desk, "returned"), "kota"), department="DLH", note="Tolong")
    again = commands.return_to_city(desk, press(desk, again, "opd.dlh"), reason="not_ours", note="Bukan kami")
    # Its first return, before the upgrade, counts.
    assert (again.escalated, again.not_ours_count) == ("assignment", 2)
    approved = commands.approve(desk, press(desk, case(desk, "in_review"), "kota"), text="Lampu diganti")
    assert approved.state == "awaiting_confirmation"
    shared = commands.return_to_city(
        desk, press(desk, case(desk, "forwarded_again"), "opd.dlh"), reason="incomplete", note="Di mana?"
    )
    shared = commands.forward(desk, press(desk, shared, "kota"), department="DLH", others=["DISHUB"], note="Berdua")
    assert shared.departments == "|DLH|DISHUB|"
    asked = commands.ask(desk, press(desk, case(desk, "received"), "kota"), missing=["identity"])
    assert asked.due_at is None
    assert list(differences(desk.register)) == []


def test_opening_again_changes_nothing(old):
    def kept() -> list:
        desk = open_desk(old)
        try:
            names = ("complaint", "assignment", "event")
            return [ask(desk, f"select * from {name} order by all") for name in names]
        finally:
            desk.register.close()

    assert kept() == kept()


def test_what_cannot_be_read_is_left_as_it_was_and_named_every_time(old):
    broken = [list(LIVES).index(name) + 1 for name in ("forwarded", "returned")]
    connection = duckdb.connect(str(old.register))
    connection.execute("update event set data = '{' where kind = 'forward' and complaint_id in (?, ?)", broken)
    connection.close()
    for _ in range(2):
        desk = open_desk(old)
        named = {difference.number for difference in differences(desk.register)}
        assert named == {f"WA-2026-{number:05d}" for number in broken}
        query = "select count(*), count(distinct (complaint_id, department)) from assignment"
        assert ask(desk, query)[0] == (9, 9)
        desk.register.close()


def test_check_on_the_command_line_brings_it_up_first(old, monkeypatch, capsys):
    monkeypatch.setenv("WADUL_DATA", str(old.data))
    assert main(["check"]) == 0
    assert f"All {len(LIVES)} complaints agree" in capsys.readouterr().out


def test_a_large_register_is_filled_piece_by_piece(old, monkeypatch):
    monkeypatch.setattr(rebuild, "CHUNK", 4)
    desk = open_desk(old)
    assert list(differences(desk.register)) == []
    with desk.register.cursor() as cursor:
        assert len(rows(cursor.execute("select distinct complaint_id from assignment"))) == 11
    desk.register.close()
    assert check.CHUNK > 4
