"""How tests get cases: taken in as the drain does it, and moved on by the real commands."""

import contextlib
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from store import commands, settings, users
from store.book import Book, read_cases
from store.clock import now as clock_now
from store.commands import Press
from store.desk import Desk, open_desk
from store.evidence import File
from store.intake import Arrived, Intake
from store.rules.case import Case
from store.rules.workflow import REPORTER, SYSTEM, Role

_count = itertools.count(1)
PHOTO = File("a" * 64, "image/jpeg", 1000, "foto.jpg")


@contextlib.contextmanager
def new_desk(folder: Path, **environ: str) -> Iterator[Desk]:
    """A desk with the demonstration's accounts; for a whole module, because making one takes longer than most tests."""
    desk = open_desk(settings.load({"WADUL_DATA": str(folder), **environ}))
    try:
        users.make_demo_accounts(desk.register)
        yield desk
    finally:
        desk.register.close()


def who(desk: Desk, username: str):
    """A person of the demonstration: `kota`, `pejabat`, `pimpinan`, `admin`, `opd.dlh`, `tim.dlh` …"""
    found = users.actor(desk.register, username)
    assert found is not None, username
    return found


def arrived(text: str | None = "Lampu jalan di Medono mati", phone: str = "6285600000001", **more) -> Arrived:
    """One incoming message in the register's words."""
    number = next(_count)
    when = more.pop("now", None) or clock_now()
    values = {
        "wamid": f"wamid.C{number:06d}",
        "kind": "text",
        "text": text,
        "identities": (("phone", phone),),
        "name": "Siti Aminah",
        "sent_at": when,
        "received_at": when,
        "inbox_id": number,
        "raw": {},
        "new_identities": (),
    }
    empty = dict.fromkeys(f for f in Arrived.__dataclass_fields__ if f not in values)
    return Arrived(**(empty | values | more))


def take_in(desk: Desk, text: str | None = "Lampu jalan di Medono mati", **more) -> Case:
    """A new complaint from WhatsApp."""
    message = arrived(text, **more)
    with desk.register.atomic() as cursor:
        book = Intake(desk, cursor, [message], message.received_at)
        case = book.open_complaint(message, book.contact(message))
        book.write()
    return case


def add_message(desk: Desk, case: Case, text: str = "Masih mati", **more) -> Case:
    """A further message of the reporter."""
    message = arrived(text, **more)
    return _as_reporter(desk, case, message, lambda book, contact, case: book.join(message, contact, case))


def confirm(desk: Desk, case: Case, now: datetime | None = None) -> Case:
    return _as_reporter(desk, case, arrived(), lambda b, c, case: b.confirm(case, now or clock_now()))


def reopen(desk: Desk, case: Case, now: datetime | None = None) -> Case:
    return _as_reporter(desk, case, arrived(), lambda b, c, case: b.reopen(case, "Belum selesai", now or clock_now()))


def goes_on(desk: Desk, case: Case, now: datetime | None = None) -> Case:
    """The reporter completes what was asked for, or a complaint that was archived."""
    message = arrived("Saya Siti, di Jl. Melati 5 sejak Senin", now=now)
    return _as_reporter(desk, case, message, lambda b, c, case: b.goes_on(b.join(message, c, case), message))


def read_case(desk: Desk, complaint_id: int) -> Case:
    with desk.register.cursor() as cursor:
        (case,) = read_cases(cursor, "where id = ?", [complaint_id])
    return case


def _as_reporter(desk: Desk, case: Case, message: Arrived, do) -> Case:
    with desk.register.atomic() as cursor:
        book = Intake(desk, cursor, [message], message.received_at)
        (case,) = book.book.load("where id = ?", [case.id])
        case = do(book, case.contact_id, case)
        book.write()
    return case


def by_system(desk: Desk, case: Case, kind: str, **data) -> Case:
    """An event that no person causes: `delivered`, `delivery_failed`."""
    with desk.register.atomic() as cursor:
        book = Book(cursor, clock_now())
        (case,) = book.load("where id = ?", [case.id])
        case = book.record(case, kind, SYSTEM, Role.SYSTEM, **data)
        book.write()
    return case


def without_whatsapp(desk: Desk, now: datetime | None = None, channel: str = "LOK", **data) -> Case:
    """A complaint over the counter: a person without a WhatsApp identity."""
    now = now or clock_now()
    with desk.register.atomic() as cursor:
        book = Book(cursor, now)
        contact = book.new_id("contact_id")
        cursor.execute("insert into contact (id, name, created_at) values (?, 'Pak Darmo', ?)", [contact, now])
        given = {"summary": "Di loket", **desk.limits(now), **data}
        case = book.open_case(channel, contact, REPORTER, now, **given)
        book.write()
    return case


def press(desk: Desk, case: Case, username: str, **more) -> Press:
    """This person's press on the case as it is given."""
    given = {"version": case.version, "op_id": f"op-{next(_count)}"} | more
    return Press(who(desk, username), case.number, given["version"], given["op_id"], more.get("department", ""))


def forwarded(desk: Desk, case: Case, department: str = "DISHUB", **facts) -> Case:
    return commands.forward(desk, press(desk, case, "kota"), department=department, note="Mohon dicek", **facts)


def in_progress(desk: Desk, case: Case, department: str = "DISHUB", **facts) -> Case:
    case = forwarded(desk, case, department, **facts)
    case = commands.accept(desk, press(desk, case, f"opd.{department.lower()}"))
    return commands.start(desk, press(desk, case, f"opd.{department.lower()}"))


def in_review(desk: Desk, case: Case, department: str = "DISHUB", **facts) -> Case:
    case = in_progress(desk, case, department, **facts)
    by = press(desk, case, f"tim.{department.lower()}")
    return commands.submit_result(desk, by, text="Lampu sudah diganti", files=[PHOTO])


def approved(desk: Desk, case: Case, department: str = "DISHUB", **facts) -> Case:
    case = in_review(desk, case, department, **facts)
    return commands.approve(desk, press(desk, case, "kota"), text=case.result_text)


def ask(desk: Desk, query: str, *params):
    """The rows of a question of the test's own."""
    with desk.register.cursor() as cursor:
        return cursor.execute(query, list(params)).fetchall()


def everything(desk: Desk) -> dict[str, list]:
    """All rows that a command may touch, to see that nothing changed."""
    names = "complaint assignment event message_out operation media number_counter message_in contact"
    return {name: ask(desk, f"select * from {name} order by all") for name in names.split()}


def messages(desk: Desk, case: Case) -> list[tuple[str, str]]:
    """What is in the outbox for a case: (purpose, text)."""
    return ask(desk, "select purpose, text from message_out where complaint_id = ? order by id", case.id)


def later(**span) -> datetime:
    return clock_now() + timedelta(**span)
