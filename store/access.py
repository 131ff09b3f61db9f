"""Who may see which cases: the one place that the commands, the questions and the exports ask."""

from .rules.case import Case
from .rules.workflow import Actor, Role

SEES_ALL = (Role.CITY, Role.OFFICIAL, Role.LEADER)


def may_see(actor: Actor, case: Case) -> bool:
    """City team, official and leadership see every case, department people those that lie with their department."""
    if actor.has(*SEES_ALL, Role.SYSTEM):
        return True
    return case.department is not None and case.department in actor.departments


def may_see_identity(actor: Actor, case: Case) -> bool:
    """Leadership sees no identities; a department sees them unless the case is confidential."""
    if sees_identities(actor):
        return True
    return case.department in actor.departments and not case.confidential


def sees_identities(actor: Actor) -> bool:
    """Whether this person sees who reported, in every case."""
    return actor.has(Role.CITY, Role.OFFICIAL, Role.SYSTEM)


def departments_seen(actor: Actor) -> list[str] | None:
    """The departments whose cases a question may return; None means all, an empty list means none."""
    if actor.has(*SEES_ALL, Role.SYSTEM):
        return None
    return sorted(actor.departments)
