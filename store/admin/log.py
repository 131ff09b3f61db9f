"""Who changed what, and the rules that hold for every change: the administrator's role, and no stale edit."""

import json
from datetime import date

from .. import audit
from ..chain import START, link
from ..clock import now as clock_now
from ..db import Register, rows
from ..rules import indonesian
from ..rules.errors import RuleBroken
from ..rules.workflow import Actor, Role

HISTORY = 50


def require_admin(actor: Actor | None) -> None:
    """
    :raises RuleBroken: `admin_only`
    """
    if actor is None or not actor.has(Role.ADMIN):
        raise RuleBroken("admin_only")


def record(cursor, actor: Actor, subject: str, code: str, before: dict | None, after: dict | None) -> None:
    """Write one change down; the values must hold no password and no hash."""
    (change_id,) = cursor.execute("select nextval('change_log_id')").fetchone()
    values = [change_id, clock_now(), actor.username, subject, code, _json(before), _json(after)]
    cursor.execute("insert into change_log values (?, ?, ?, ?, ?, ?, ?)", values)
    # The audit log is a chain: with this, a change of the row above shows, too.
    audit.write(cursor, actor.username, "setting_changed", f"{subject} {code}", change=change_id, seal=seal(values))


def seal(values: list) -> str:
    """What stands for a row of `change_log` in the audit log."""
    return link(START, values)


def history(register: Register, actor: Actor, *subjects: str, code: str | None = None) -> list[dict]:
    """The newest changes of some subjects or of one row: `happened_at`, `name` of who, `subject`, `code`, `before`,
    `after`.

    :raises RuleBroken: `admin_only`
    """
    require_admin(actor)
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select l.happened_at, coalesce(u.name, l.actor) as name, l.subject, l.code, l.before, l.after
                from change_log l left join user_account u on u.username = l.actor
                where list_contains($subjects::varchar[], l.subject) and ($code::varchar is null or l.code = $code)
                order by l.id desc limit $limit
                """,
                {"subjects": list(subjects), "code": code, "limit": HISTORY},
            )
        )
    return [row | {side: json.loads(row[side] or "null") for side in ("before", "after")} for row in found]


def refuse_stale(cursor, subject: str, code: str, seen: dict, present: dict) -> None:
    """
    :param seen: the values that the person had before their eyes
    :raises RuleBroken: `changed_by_other`, with who was faster and when
    """
    if all(seen.get(name) == value for name, value in present.items()):
        return
    last = cursor.execute(
        """
        select coalesce(u.name, l.actor), l.happened_at
        from change_log l left join user_account u on u.username = l.actor
        where l.subject = ? and l.code = ? order by l.id desc limit 1
        """,
        [subject, code],
    ).fetchone()
    by, happened_at = last or ("Orang lain", clock_now())
    raise RuleBroken("changed_by_other", by=by, moment=indonesian.moment(happened_at))


def _json(values: dict | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=_day)


def _day(value: object) -> str:
    if not isinstance(value, date):
        raise TypeError(f"{type(value).__name__} does not belong into the history")
    return value.isoformat()
