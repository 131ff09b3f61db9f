"""Reports as they are kept: drafts that a month's end or a press makes, words that people write, and issued editions.

Nothing of an issued report changes ever; a later one of the same period is another edition.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import audit
from ..asof import last_event
from ..clock import now as clock_now
from ..db import rows
from ..desk import Desk
from ..figures.scope import start_of
from ..rules.deadline import to_jakarta
from ..rules.errors import NotFound, RuleBroken
from ..rules.workflow import CITY_ROLES, SYSTEM, Actor, Role
from . import contents, recount
from .contents import Period
from .words import first_words

DRAFT, ISSUED = "draft", "issued"
WORDS_LIMIT = 6_000


@dataclass(frozen=True)
class Report:
    """One edition of one period's report. `figures` and `basis` are those of `contents`; times are naive UTC.

    `made_by` and `issued_by` are usernames, `issuer` is the name of who issued it.
    """

    id: int
    kind: str
    first: date
    edition: int
    state: str
    words: str
    figures: dict
    basis: dict
    as_of: datetime
    last_event_id: int
    made_at: datetime
    made_by: str
    version: int
    issued_at: datetime | None
    issued_by: str | None
    issuer: str | None = None

    @property
    def period(self) -> Period:
        return Period(self.kind, self.first)

    @property
    def issued(self) -> bool:
        return self.state == ISSUED


def listed(desk: Desk, viewer: Actor) -> list[dict]:
    """The reports that this person may read, the newest period first: without figures.

    :raises RuleBroken: `not_allowed`
    """
    _check_reader(viewer)
    with desk.register.cursor() as cursor:
        return rows(
            cursor.execute(
                """
                select r.id, r.kind, r.first, r.edition, r.state, r.as_of, r.issued_at, u.name as issuer
                from report r left join user_account u on u.username = r.issued_by
                where $all or r.state = 'issued' order by r.first desc, r.kind, r.edition desc
                """,
                {"all": _writes(viewer)},
            )
        )


def report(desk: Desk, viewer: Actor, report_id: int) -> Report:
    """
    :raises RuleBroken: `not_allowed`
    :raises NotFound: there is none, or it is a draft and not for this person
    """
    _check_reader(viewer)
    with desk.register.cursor() as cursor:
        found = _read(cursor, report_id)
    if not found.issued and not _writes(viewer):
        raise NotFound(str(report_id))
    return found


def draft(desk: Desk, actor: Actor, period: Period, now: datetime | None = None) -> int:
    """Count a period and keep it as a draft with first words; its id. Where there is a draft already, that one's.

    :raises RuleBroken: `not_allowed`, `period_runs`
    """
    _check_writer(actor)
    now = now or clock_now()
    if period.kind not in contents.KINDS or start_of(period.last + timedelta(days=1)) > now:
        raise RuleBroken("period_runs")
    with desk.register.cursor() as cursor:
        found = _draft_of(cursor, period)
    if found:
        return found
    basis = contents.basis(desk, period)
    last = last_event(desk.register)
    figures = recount.count(desk, period, basis, now, last)
    with desk.register.atomic() as cursor:
        # Somebody else, or the clock, may have been faster.
        found = _draft_of(cursor, period)
        if found:
            return found
        (edition,) = cursor.execute(
            "select coalesce(max(edition), 0) + 1 from report where kind = ? and first = ?", [period.kind, period.first]
        ).fetchone()
        (report_id,) = cursor.execute("select nextval('report_id')").fetchone()
        cursor.execute(
            "insert into report values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, null, null)",
            [
                report_id,
                period.kind,
                period.first,
                edition,
                DRAFT,
                first_words(period, figures, basis),
                recount.frozen(figures),
                recount.frozen(basis),
                now,
                last,
                clock_now(),
                actor.username,
            ],
        )
    return report_id


def change_words(desk: Desk, actor: Actor, report_id: int, version: int, words: str) -> None:
    """Keep what somebody has written for the first page of a draft.

    :param version: of the draft that was shown, so that nobody writes over another's words unseen
    :raises RuleBroken: `not_allowed`, `report_issued`, `report_changed`, `text_too_long`
    :raises NotFound: there is no such report
    """
    words = words.strip()
    if len(words) > WORDS_LIMIT:
        raise RuleBroken("text_too_long", length=len(words), limit=WORDS_LIMIT)
    _change(desk, actor, report_id, version, {"words": words})


def count_again(desk: Desk, actor: Actor, report_id: int, version: int, now: datetime | None = None) -> None:
    """Count a draft anew, as of now.

    :raises RuleBroken: `not_allowed`, `report_issued`, `report_changed`
    :raises NotFound: there is no such report
    """
    _check_writer(actor)
    now = now or clock_now()
    with desk.register.cursor() as cursor:
        period = _read(cursor, report_id).period
    basis = contents.basis(desk, period)
    last = last_event(desk.register)
    figures = recount.count(desk, period, basis, now, last)
    new = {"figures": recount.frozen(figures), "basis": recount.frozen(basis), "as_of": now, "last_event_id": last}
    _change(desk, actor, report_id, version, new)


def issue(desk: Desk, actor: Actor, report_id: int, version: int) -> None:
    """Freeze a draft as it was shown.

    :raises RuleBroken: `not_allowed`, `report_issued`, `report_changed`, `report_wordless`
    :raises NotFound: there is no such report
    """
    now = clock_now()
    with desk.register.atomic() as cursor:
        found = _changeable(cursor, actor, report_id, version)
        if not found.words:
            raise RuleBroken("report_wordless")
        cursor.execute(
            "update report set state = ?, issued_at = ?, issued_by = ?, version = version + 1 where id = ?",
            [ISSUED, now, actor.username, report_id],
        )
        # The log is chained, so it also says whether the numbers are still those that were issued.
        said = hashlib.sha256((recount.frozen(found.figures) + found.words).encode()).hexdigest()
        subject = f"{_subject(found.period)}-{found.edition}"
        audit.write(cursor, actor.username, "report_issued", subject, sha256=said, last_event_id=found.last_event_id)


def discard(desk: Desk, actor: Actor, report_id: int, version: int) -> None:
    """Throw a draft away, for good: the clock makes no other of its period, a press does.

    :raises RuleBroken: `not_allowed`, `report_issued`, `report_changed`
    :raises NotFound: there is no such report
    """
    with desk.register.atomic() as cursor:
        found = _changeable(cursor, actor, report_id, version)
        cursor.execute("delete from report where id = ?", [report_id])
        audit.write(cursor, actor.username, "report_discarded", _subject(found.period))


def make_due(desk: Desk, now: datetime | None = None) -> int:
    """On and after the first working day: drafts of the last month and year that never had one; how many were made."""
    now = now or clock_now()
    if now < contents.first_working_moment(desk, now):
        return 0
    made = 0
    day = to_jakarta(now).date()
    for kind in contents.KINDS:
        period = contents.finished_periods(kind, day, 1)[0]
        with desk.register.cursor() as cursor:
            known = cursor.execute(
                """
                select exists(select 1 from report where kind = $kind and first = $first)
                    or not exists(select 1 from complaint where received_at < $until and received_at >= $since)
                    or exists(select 1 from audit where kind = 'report_discarded' and subject = $subject)
                """,
                {
                    "kind": kind,
                    "first": period.first,
                    "subject": _subject(period),
                    "since": start_of(period.first),
                    "until": start_of(period.last + timedelta(days=1)),
                },
            ).fetchone()[0]
        if not known:
            draft(desk, SYSTEM, period, now)
            made += 1
    return made


def _change(desk: Desk, actor: Actor, report_id: int, version: int, new: dict) -> None:
    with desk.register.atomic() as cursor:
        _changeable(cursor, actor, report_id, version)
        columns = ", ".join(f"{name} = ${name}" for name in new)
        cursor.execute(
            "update report set " + columns + ", version = version + 1 where id = $id", new | {"id": report_id}
        )


def _changeable(cursor, actor: Actor, report_id: int, version: int) -> Report:
    _check_writer(actor)
    found = _read(cursor, report_id)
    if found.issued:
        raise RuleBroken("report_issued")
    if found.version != version:
        raise RuleBroken("report_changed")
    return found


def _read(cursor, report_id: int) -> Report:
    found = rows(
        cursor.execute(
            """
            select r.*, u.name as issuer from report r left join user_account u on u.username = r.issued_by
            where r.id = ?
            """,
            [report_id],
        )
    )
    if not found:
        raise NotFound(str(report_id))
    row = found[0]
    return Report(**(row | {name: json.loads(row[name]) for name in ("figures", "basis")}))


def _subject(period: Period) -> str:
    """A period in the audit log."""
    return f"{period.kind}-{period.first.isoformat()}"


def _draft_of(cursor, period: Period) -> int | None:
    found = cursor.execute(
        "select id from report where kind = ? and first = ? and state = ?", [period.kind, period.first, DRAFT]
    ).fetchone()
    return found[0] if found else None


def _writes(actor: Actor) -> bool:
    return actor.has(*CITY_ROLES, Role.SYSTEM)


def _check_reader(actor: Actor) -> None:
    if not (_writes(actor) or actor.has(Role.LEADER)):
        raise RuleBroken("not_allowed")


def _check_writer(actor: Actor) -> None:
    if not _writes(actor):
        raise RuleBroken("not_allowed")
