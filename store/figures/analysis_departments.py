"""Who does what: the departments side by side, and the way of cases from state to state."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

import pandas as pd

from .. import access
from ..db import Register
from ..rules.workflow import LETTERS
from .analysis import RECEIVED
from .period import expression, used
from .scope import ROWS, Scope

# Fewer than so many make no median: shown, and marked as few.
FEW = 10

# A department counts the cases that it has a part of, with its own times; an expression of a figure counts the case.
_COUNTED = {
    "received": "count(*)",
    "open": "count(*) filter (c.ended_at is null)",
    "overdue": "count(*) filter (c.ended_at is null and c.due_at < $now)",
    "accepted": "count(a.accepted_at)",
    "accept_hours": "median(epoch_us(a.accepted_at) - epoch_us(a.forwarded_at)) / 3600000000",
    "done": "count(*) filter (c.result_at >= a.forwarded_at)",
    "result_hours": "median(epoch_us(c.result_at) - epoch_us(a.forwarded_at)) "
    "filter (c.result_at >= a.forwarded_at) / 3600000000",
    "reopened": "count(*) filter (c.reopened_count > 0)",
    "rated": "count(c.rating)",
    "rating": "avg(c.rating)",
}
# A department's returns are its own, also of cases that are now with another.
_RETURNED = RECEIVED.replace("c.departments", "(c.departments || c.returned_by)")


def by_department(register: Register, scope: Scope, now: datetime) -> pd.DataFrame:
    """The departments and the received cases they have a part of, the most first.

    `code`, `name`, `received`, `open`, `overdue`, `accepted` and `accept_hours` (median), `done` and `result_hours`
    (median), `decided` and `kept` (the promise), `returned` (times) and `returned_cases` (those the viewer may open),
    `reopened`, `rated` and `rating` (mean). Who sees one department's cases sees that department alone.
    """
    counted = ", ".join(f"{expression} as {name}" for name, expression in _counted().items())
    query = (
        "select s.*, coalesce(r.returned, 0)::bigint as returned,"
        " coalesce(r.returned_cases, 0)::bigint as returned_cases, coalesce(d.name, s.code) as name from (select"
        " a.department as code, "
        + counted
        + " from assignment a join complaint c on c.id = a.complaint_id where c.departments <> ''"
        + " and a.state <> 'returned' and "
        + RECEIVED
        + """ group by 1) s full join (
            select department as code, count(*) as returned, count(distinct id) filter (where listed) as returned_cases
            from (
                select unnest(string_split(trim(c.returned_by, '|'), '|')) as department, c.id,
                    $visible::varchar is null or regexp_matches(c.departments, $visible::varchar) as listed
                from complaint c where c.returned_by <> '' and """
        + _RETURNED
        + """) group by 1
        ) r on r.code = s.code left join department d on d.code = coalesce(s.code, r.code)
        where len($shown::varchar[]) = 0 or list_contains($shown::varchar[], coalesce(s.code, r.code))
        order by s.received desc nulls last, name
        """
    ).replace("select s.*, ", "select coalesce(s.code, r.code) as code, s.* exclude (code), ", 1)
    found = register.frame(query, used(query, scope.params | {"now": now, "shown": _shown(scope)}))
    names = [*_counted(), "returned", "returned_cases"]
    counts = [name for name in names if not name.endswith("hours") and name != "rating"]
    return found.assign(**{name: found[name].fillna(0).astype("int64") for name in counts})


def _counted() -> dict[str, str]:
    return _COUNTED | {"decided": expression("promise_decided"), "kept": expression("promise_kept")}


def _shown(scope: Scope) -> list[str]:
    """The departments that may be listed: one's own, and those that are filtered for."""
    own = scope.viewer.departments if access.visible(scope.viewer) else frozenset()
    chosen = frozenset(scope.departments)
    listed = own & chosen if own and chosen else own or chosen
    # Nobody's eyes, or a filter for others alone: nothing, which an empty list would not say.
    return sorted(listed) or ([""] if own or chosen or access.visible(scope.viewer) else [])


def ways(register: Register, scope: Scope) -> pd.DataFrame:
    """How often cases of the period went from one state to another, until now: `before`, `after`, `count`, and how many
    `cases` did."""
    found = register.frame(
        "select c.way, count(*) as count from complaint c where c.way <> '' and " + RECEIVED + " group by 1",
        scope.params,
    )
    steps: Counter[tuple[str, str]] = Counter()
    cases: Counter[tuple[str, str]] = Counter()
    for way, count in zip(found["way"], found["count"], strict=True):
        for pair, times in Counter(pairwise(way)).items():
            steps[pair] += times * int(count)
            cases[pair] += int(count)
    states = {letter: state.value for state, letter in LETTERS.items()}
    rows = [(states[a], states[b], n, cases[a, b]) for (a, b), n in sorted(steps.items(), key=lambda s: -s[1])]
    return pd.DataFrame(rows, columns=["before", "after", "count", "cases"])


assert ROWS in RECEIVED  # noqa: S101 – `_RETURNED` replaces within it
