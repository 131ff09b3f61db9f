"""The tables that people choose from, and the people who may take on work."""

from ..db import Register, rows
from ..rules.workflow import AT_WORK, DEPARTMENT_ROLES, Actor, State
from .search import Filters


def reference(register: Register) -> dict[str, dict[str, dict]]:
    """Departments, categories and kelurahan by code, in the order people read them."""
    with register.snapshot() as cursor:
        return {
            "departments": _by_code(cursor.execute("select * from department where active order by name")),
            "categories": _by_code(cursor.execute("select * from category where active order by position")),
            "kelurahan": _by_code(cursor.execute("select * from kelurahan where active order by kecamatan, name")),
        }


def known(register: Register) -> dict[str, dict[str, dict]]:
    """The same with those that are no longer in use, which stand last: what an old case or an address may name."""
    with register.snapshot() as cursor:
        return {name: _by_code(cursor.execute(question)) for name, question in _ALL.items()}


def to_filter_by(register: Register, asked: Filters) -> dict[str, dict[str, dict]]:
    """What a list may be narrowed to: all that is in use, and of the others what cases have or what is asked for."""
    every = known(register)
    codes = {"departments": asked.departments, "categories": asked.categories, "kelurahan": asked.kelurahan}
    with register.snapshot() as cursor:
        for name, table in every.items():
            for code in [code for code, row in table.items() if not row["active"] and code not in codes[name]]:
                if not cursor.execute(_ANY_CASE[name], [code]).fetchone():
                    del table[code]
    return every


_ALL = {
    "departments": "select * from department order by active desc, name, code",
    "categories": "select * from category order by active desc, position, code",
    "kelurahan": "select * from kelurahan order by active desc, kecamatan, name, code",
}
_ANY_CASE = {
    "departments": "select 1 from assignment where department = ? and state <> 'returned' limit 1",
    "categories": "select 1 from complaint where category = ? limit 1",
    "kelurahan": "select 1 from complaint where kelurahan = ? limit 1",
}


def people_of(register: Register, viewer: Actor, department: str) -> list[dict]:
    """Who may take on work of one of the viewer's own departments: `username`, `name`, and `open`, how many cases that
    are not finished each has. Nobody for a department that is not the viewer's.
    """
    if department not in viewer.departments:
        return []
    with register.cursor() as cursor:
        return rows(
            cursor.execute(
                """
                select u.username, u.name, count(a.complaint_id) as open from user_account u
                semi join user_role r
                    on r.username = u.username and r.department = $department and list_contains($roles, r.role)
                left join (
                    select handler, complaint_id from assignment
                    semi join (select id from complaint where ended_at is null and stopped_at is null) c
                        on c.id = complaint_id
                    where department = $department and list_contains($states, state)
                ) a on a.handler = u.username
                where u.active group by all order by u.name, u.username
                """,
                {
                    "department": department,
                    "roles": sorted(DEPARTMENT_ROLES),
                    "states": sorted({State.ACCEPTED, *AT_WORK}),
                },
            )
        )


def _by_code(cursor) -> dict[str, dict]:
    return {row["code"]: row for row in rows(cursor)}
