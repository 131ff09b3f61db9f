"""People who sign in: added, changed, set aside and taken back, given a new password."""

from .. import audit, one_time, passwords, second_factor, sessions, users
from ..db import Register, rows
from ..desk import Desk
from ..rules.errors import RuleBroken
from ..rules.said import normal_phone
from ..rules.workflow import DEPARTMENT_ROLES, Actor, Grant, Role
from . import log
from .log import require_admin
from .table import required_text

SUBJECT = "user"
NAME_LIMIT = 100
GENERAL_ROLES = (Role.CITY, Role.OFFICIAL, Role.LEADER, Role.ADMIN)
OUTSIDE_LIMIT = 200


def listed(register: Register, actor: Actor, text: str = "", active: bool | None = None) -> list[dict]:
    """Accounts by name: `username`, `name`, `active`, `whatsapp`, `grants` as sorted lists of role and department.

    :param text: part of a user name, a name or a department's code
    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        people = rows(
            cursor.execute(
                """
                select username, name, active, whatsapp from user_account
                where ($active::boolean is null or active = $active)
                    and (contains(lower(username || ' ' || name), lower($text)) or username in (
                        select username from user_role where lower(department) = lower($text)
                    ))
                order by active desc, lower(name), username
                """,
                {"active": active, "text": text.strip()},
            )
        )
        grants: dict[str, list] = {}
        for username, role, department in cursor.execute(
            "select username, role, department from user_role order by all"
        ).fetchall():
            grants.setdefault(username, []).append([role, department])
    return [person | {"grants": grants.get(person["username"], [])} for person in people]


def new_password() -> str:
    """A password that can be read out and typed: four groups of four signs, about 79 bits."""
    return second_factor.readable_code(4)


def add(desk: Desk, actor: Actor, username: str, name: str, password: str, grants: list[Grant], whatsapp="") -> str:
    """Make an account, whose owner sets a password of their own at the first sign-in; the user name as it is kept.

    :raises RuleBroken: `admin_only`, `no_role`, `whatsapp_form`, `empty_field`, and what `users.add` refuses
    """
    require_admin(actor)
    username, values = users.kept_username(username), _checked(name, grants, whatsapp)
    hashed = passwords.hash_of(password, username, name, *desk.known_words)
    with desk.register.atomic() as cursor:
        users.insert(cursor, username, values["name"], hashed, values["grants"], must_change=True)
        cursor.execute("update user_account set whatsapp = ? where username = ?", [values["whatsapp"], username])
        log.record(cursor, actor, SUBJECT, username, None, _row(cursor, username))
    return username


def change(
    desk: Desk, actor: Actor, username: str, seen: dict, name: str, grants: list[Grant], whatsapp: str = ""
) -> list[str]:
    """Change an account; a change of roles ends its sessions, and their ids come back.

    :raises RuleBroken: `admin_only`, `gone`, `changed_by_other`, `nothing_changed`, `no_role`, `whatsapp_form`,
        `empty_field`, `role_needs_department`, `unknown_department`, `not_oneself`, `last_admin`
    """
    require_admin(actor)
    values = _checked(name, grants, whatsapp)
    with desk.register.atomic() as cursor:
        present = _row(cursor, username)
        log.refuse_stale(cursor, SUBJECT, username, seen, present)
        if present == values | {"active": present["active"], "grants": _lists(values["grants"])}:
            raise RuleBroken("nothing_changed")
        if _is_admin(present) and Role.ADMIN not in {grant.role for grant in values["grants"]}:
            _refuse_to_lose(cursor, actor, username)
        _write_grants(cursor, username, present["grants"], values["grants"])
        cursor.execute(
            "update user_account set name = ?, whatsapp = ? where username = ?",
            [values["name"], values["whatsapp"], username],
        )
        log.record(cursor, actor, SUBJECT, username, present, _row(cursor, username))
        if present["grants"] == _lists(values["grants"]):
            return []
        return sessions.end_all(cursor, username, actor.username, "roles")


def set_active(desk: Desk, actor: Actor, username: str, active: bool) -> list[str]:
    """Set an account aside or take it back; the ids of the sessions that this ended come back.

    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`, `not_oneself`, `last_admin`
    """
    require_admin(actor)
    with desk.register.atomic() as cursor:
        present = _row(cursor, username)
        if present["active"] == active:
            raise RuleBroken("nothing_changed")
        if not active:
            if username == actor.username:
                raise RuleBroken("not_oneself")
            if _is_admin(present):
                _refuse_to_lose(cursor, actor, username)
        cursor.execute("update user_account set active = ? where username = ?", [active, username])
        log.record(cursor, actor, SUBJECT, username, present, _row(cursor, username))
        return sessions.end_all(cursor, username, actor.username, "active" if active else "inactive")


def reset(desk: Desk, actor: Actor, username: str) -> tuple[str, list[str]]:
    """Take somebody's password away: a code with which they set another, and the ids of the sessions that ended.

    :raises RuleBroken: `admin_only`, `gone`, `reset_oneself`
    """
    require_admin(actor)
    if username == actor.username:
        raise RuleBroken("reset_oneself")
    with desk.register.atomic() as cursor:
        _row(cursor, username)
        log.record(cursor, actor, SUBJECT, username, {}, {"password_changed": True})
        return one_time.reset(cursor, username, actor.username)


def remove_second_factor(desk: Desk, actor: Actor, username: str) -> list[str]:
    """For whoever has lost phone and recovery codes; the ids of the sessions that this ended come back.

    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`, `reset_oneself`
    """
    require_admin(actor)
    if username == actor.username:
        raise RuleBroken("reset_oneself")
    with desk.register.atomic() as cursor:
        _row(cursor, username)
        if not second_factor.remove(cursor, username, actor.username):
            raise RuleBroken("nothing_changed")
        log.record(cursor, actor, SUBJECT, username, {"second_factor": True}, {"second_factor": False})
        return sessions.end_all(cursor, username, actor.username, "second_factor")


def outside_name(register: Register, username: str) -> str:
    """Who this is at the city's own sign-in service; empty where that leads nowhere."""
    with register.cursor() as cursor:
        found = cursor.execute("select name from outside_name where username = ?", [username]).fetchone()
    return found[0] if found else ""


def set_outside_name(desk: Desk, actor: Actor, username: str, name: str) -> None:
    """
    :raises RuleBroken: `admin_only`, `gone`, `nothing_changed`, `name_taken`, `text_too_long`
    """
    require_admin(actor)
    name = name.strip().casefold()
    if len(name) > OUTSIDE_LIMIT:
        raise RuleBroken("text_too_long", length=len(name), limit=OUTSIDE_LIMIT)
    with desk.register.atomic() as cursor:
        _row(cursor, username)
        known = dict(cursor.execute("select username, name from outside_name").fetchall())
        if known.get(username, "") == name:
            raise RuleBroken("nothing_changed")
        taken = next((other for other, held in known.items() if held == name), None)
        if taken:
            raise RuleBroken("name_taken", taken=taken)
        if username in known and name:
            cursor.execute("update outside_name set name = ? where username = ?", [name, username])
        elif name:
            cursor.execute("insert into outside_name values (?, ?)", [username, name])
        else:
            cursor.execute("delete from outside_name where username = ?", [username])
        audit.write(cursor, actor.username, "setting_changed", username, what="outside_name")
        log.record(cursor, actor, SUBJECT, username, {"outside": known.get(username, "")}, {"outside": name})


def by_outside_name(register: Register, name: str) -> str | None:
    """The user name of whoever may sign in and is this at the city's own sign-in service."""
    with register.cursor() as cursor:
        found = cursor.execute(
            """
            select u.username from outside_name o join user_account u using (username)
            where o.name = ? and """
            + sessions.MAY_SIGN_IN,
            [name.strip().casefold()],
        ).fetchone()
    return found[0] if found else None


def _checked(name: str, grants: list[Grant], whatsapp: str) -> dict:
    if not grants:
        raise RuleBroken("no_role")
    for grant in grants:
        if grant.role not in (*GENERAL_ROLES, *DEPARTMENT_ROLES):
            raise RuleBroken("no_role")
    number = normal_phone(whatsapp) if (whatsapp or "").strip() else None
    if (whatsapp or "").strip() and number is None:
        raise RuleBroken("whatsapp_form")
    kept = {Grant(g.role, g.department if g.role in DEPARTMENT_ROLES else None) for g in grants}
    ordered = sorted(kept, key=lambda grant: (grant.role, grant.department or ""))
    return {"name": required_text(name, NAME_LIMIT, "Nama"), "whatsapp": number, "grants": ordered}


def _row(cursor, username: str) -> dict:
    found = rows(cursor.execute("select name, active, whatsapp from user_account where username = ?", [username]))
    if not found:
        raise RuleBroken("gone")
    grants = cursor.execute(
        "select role, department from user_role where username = ? order by all", [username]
    ).fetchall()
    return found[0] | {"grants": [list(grant) for grant in grants]}


def _lists(grants: list[Grant]) -> list[list]:
    return [[str(grant.role), grant.department] for grant in grants]


def _is_admin(row: dict) -> bool:
    return any(role == Role.ADMIN for role, _ in row["grants"])


def _refuse_to_lose(cursor, actor: Actor, username: str) -> None:
    """Somebody must always be able to administer, and nobody shuts themselves out."""
    if username == actor.username:
        raise RuleBroken("not_oneself")
    others = cursor.execute(
        """
        select 1 from user_role r join user_account u using (username)
        where r.role = ? and u.active and u.username <> ? limit 1
        """,
        [Role.ADMIN, username],
    ).fetchone()
    if others is None:
        raise RuleBroken("last_admin")


def _write_grants(cursor, username: str, before: list[list], after: list[Grant]) -> None:
    for grant in after:
        # What somebody holds already stays, even in a department that was set aside since.
        if [str(grant.role), grant.department] not in before:
            users.check_grant(cursor, grant)
    cursor.execute("delete from user_role where username = ?", [username])
    for grant in after:
        cursor.execute("insert into user_role values (?, ?, ?)", [username, grant.role, grant.department])
