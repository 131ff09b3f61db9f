"""Who may see which cases: the one place that the commands, the questions and the exports ask."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from .rules.case import Case
from .rules.workflow import INSPECTORATE, Actor, Role

SEES_ALL = (Role.CITY, Role.OFFICIAL, Role.LEADER)
# So long a revealed identity stays visible to the one who asked for it.
REVEALED = timedelta(minutes=15)
_NOBODY = r"^\|\|$"


def may_see(actor: Actor, case: Case) -> bool:
    """City team, official and leadership see every case, department people those that lie with their department.

    Of complaints about officials that is the inspectorate alone.
    """
    if actor.has(*SEES_ALL, Role.SYSTEM):
        return True
    mine = {part.department for part in case.active} & actor.departments
    return bool(mine & {INSPECTORATE} if case.kind == "official" else mine)


def may_see_identity(
    actor: Actor, case: Case, revealed_at: datetime | None = None, now: datetime | None = None
) -> bool:
    """Leadership sees no identities; of confidential cases nobody does who has not asked for it with a reason.

    :param revealed_at: when this person last did
    """
    if case.confidential:
        return bool(sees_identities(actor) and revealed_at and now and now - revealed_at < REVEALED)
    return sees_identities(actor) or any(part.department in actor.departments for part in case.active)


def sees_identities(actor: Actor) -> bool:
    """Whether this person sees who reported, in every case that is not confidential."""
    return actor.has(Role.CITY, Role.OFFICIAL, Role.SYSTEM)


def visible(actor: Actor) -> str | None:
    """A pattern over `complaint.departments` for the rows a question may return; None means all."""
    return None if actor.has(*SEES_ALL, Role.SYSTEM) else own(actor)


def own(actor: Actor) -> str:
    """A pattern over `complaint.departments` for the cases that lie with this person's departments."""
    return named(actor.departments)


def named(departments: Iterable[str]) -> str:
    """A pattern over `complaint.departments` for the cases that lie with one of these."""
    codes = [re.escape(code) for code in sorted(departments)]
    if not codes:
        return _NOBODY
    # Without a group DuckDB looks for plain text: of a million rows in a third of the time.
    return rf"\|{codes[0]}\|" if len(codes) == 1 else rf"\|({'|'.join(codes)})\|"
