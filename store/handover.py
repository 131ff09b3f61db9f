"""Handing over: staff rotate, cases stay. All open work of one person goes to another in one step.

Work of somebody who has left without handing over is nobody's, and so the whole department's, until it is assigned.
"""

from datetime import datetime

from .book import Book
from .clock import now as clock_now
from .db import Register, rows
from .desk import Desk
from .rules.case import OPEN_TO_DEPARTMENTS
from .rules.errors import RuleBroken
from .rules.workflow import DEPARTMENT_ROLES, Actor, Role

# A result in review may come back to whoever has the part; once it has gone out, nobody has.
_OPEN = """
    select c.id, c.number, a.department, a.state, c.summary from assignment a join complaint c on c.id = a.complaint_id
    where a.handler = $handler and c.ended_at is null and a.state <> 'returned' and list_contains($states, c.state)
    order by c.due_at nulls last, c.id
"""
# Whether the handler of an assignment `a` (still) works there.
SERVES = """exists (
    select 1 from user_role r join user_account u on u.username = r.username and u.active
    where r.username = a.handler and r.department = a.department
)"""


def open_work(register: Register, actor: Actor, username: str) -> list[dict]:
    """What lies with this person now: `number`, `department`, `state` of the department's part, `summary`.

    :raises RuleBroken: `not_allowed`
    """
    _only_admin(actor)
    with register.cursor() as cursor:
        found = _open(cursor, username)
    return [{name: row[name] for name in ("number", "department", "state", "summary")} for row in found]


def hand_over(desk: Desk, actor: Actor, leaver: str, successor: str, op_id: str, now: datetime | None = None) -> int:
    """All open work of one person goes to another; how many cases that were, each with an event of its own.

    :raises RuleBroken: `not_allowed`, `same_person`, `unknown_handler` (the successor has no role in the department)
    """
    _only_admin(actor)
    if leaver == successor:
        raise RuleBroken("same_person")
    with desk.register.atomic() as cursor:
        if cursor.execute("select 1 from operation where op_id like ? limit 1", [f"{op_id}:%"]).fetchone():
            return 0
        book = Book(cursor, now or clock_now())
        found = _open(cursor, leaver)
        able = {
            department
            for (department,) in cursor.execute(
                """
                select r.department from user_role r join user_account u on u.username = r.username and u.active
                where r.username = ? and list_contains(?, r.role)
                """,
                [successor, sorted(DEPARTMENT_ROLES)],
            ).fetchall()
        }
        for row in found:
            if row["department"] not in able:
                raise RuleBroken("unknown_handler", department=row["department"])
            (case,) = book.load("where id = ?", [row["id"]])
            data = {"department": row["department"], "handler": successor, "note": f"Serah terima dari {leaver}"}
            book.record(book.cases[case.id], "assign", actor, Role.ADMIN, **data)
            book.operation(f"{op_id}:{row['number']}:{row['department']}", case)
        book.write()
    return len(found)


def _open(cursor, username: str) -> list[dict]:
    return rows(cursor.execute(_OPEN, {"handler": username, "states": sorted(OPEN_TO_DEPARTMENTS)}))


def left(cursor) -> frozenset[tuple[str, str]]:
    """Who has work in a department without (still) having a role there: (user name, department)."""
    query = "select distinct a.handler, a.department from assignment a where a.handler is not null and not " + SERVES
    return frozenset(cursor.execute(query).fetchall())


def _only_admin(actor: Actor) -> None:
    if not actor.has(Role.ADMIN):
        raise RuleBroken("not_allowed")
