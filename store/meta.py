"""What an administrator asks of Meta: written down here, carried out by the app's worker, told on the page.

Outcomes are dictionaries. `made`, `there` and `refused` are lists of names (`refused` with `error`), `error` says why
nothing could be done: `kind` is `meta` (with `code`, `subcode`, `text`), `network` or `answer`.
"""

import json
from datetime import datetime

from .admin import log
from .clock import now as clock_now
from .db import Register, rows
from .desk import Desk
from .rules.errors import RuleBroken
from .rules.workflow import Actor

SUBJECT = "meta"
CREATE, READ, PUBLISH = "templates_create", "templates_read", "flow_publish"
KINDS = (CREATE, READ, PUBLISH)
SHOWN = 8
_OPEN = "state in ('waiting', 'running')"


def ask(desk: Desk, actor: Actor | None, kind: str) -> int:
    """Write a request down, once: while one of its kind is under way, that one's id comes back.

    :raises RuleBroken: `admin_only`, `no_business_id`
    """
    log.require_admin(actor)
    if not desk.settings.business_id:
        raise RuleBroken("no_business_id")
    if kind not in KINDS:
        raise ValueError(f"there is no request {kind!r}")
    with desk.register.atomic() as cursor:
        found = cursor.execute("select id from meta_request where kind = ? and " + _OPEN, [kind]).fetchone()
        if found:
            return found[0]
        (request_id,) = cursor.execute("select nextval('meta_request_id')").fetchone()
        cursor.execute(
            "insert into meta_request (id, kind, asked_by, asked_at, state) values (?, ?, ?, ?, 'waiting')",
            [request_id, kind, actor.username, clock_now()],
        )
        log.record(cursor, actor, SUBJECT, kind, None, {"request": request_id})
    return request_id


def under_way(register: Register, kind: str = "") -> bool:
    """Whether a request (of this kind) waits or is being carried out."""
    with register.cursor() as cursor:
        found = cursor.execute(
            "select 1 from meta_request where " + _OPEN + " and ? in ('', kind) limit 1", [kind]
        ).fetchone()
    return found is not None


def recent(register: Register, actor: Actor | None) -> list[dict]:
    """The newest requests: `kind`, `name` of who asked, `asked_at`, `state` (waiting, running, done, failed), `done_at`
    and `outcome`.

    :raises RuleBroken: `admin_only`
    """
    log.require_admin(actor)
    with register.cursor() as cursor:
        found = rows(
            cursor.execute(
                """
                select r.id, r.kind, coalesce(u.name, r.asked_by) as name, r.asked_at, r.state, r.done_at, r.outcome
                from meta_request r left join user_account u on u.username = r.asked_by
                order by r.id desc limit ?
                """,
                [SHOWN],
            )
        )
    return [row | {"outcome": json.loads(row["outcome"] or "{}")} for row in found]


def take(register: Register) -> tuple[int, str] | None:
    """The oldest request that waits, marked as being carried out: its id and kind."""
    with register.cursor() as cursor:
        waiting = cursor.execute("select id, kind from meta_request where state = 'waiting' order by id").fetchone()
    if waiting:
        with register.atomic() as cursor:
            cursor.execute("update meta_request set state = 'running' where id = ?", [waiting[0]])
    return waiting


def finish(register: Register, request_id: int, outcome: dict, now: datetime) -> None:
    """Write down what became of a request; with an `error` or anything `refused` it has failed."""
    failed = outcome.get("error") or outcome.get("refused")
    with register.atomic() as cursor:
        cursor.execute(
            "update meta_request set state = ?, done_at = ?, outcome = ? where id = ?",
            ["failed" if failed else "done", now, json.dumps(outcome, ensure_ascii=False), request_id],
        )


def begin_again(register: Register) -> None:
    """What an earlier process was about when it ended is carried out anew; each kind can be done twice without harm."""
    with register.atomic() as cursor:
        cursor.execute("update meta_request set state = 'waiting' where state = 'running'")
