"""All figures for a terminal and for scripts."""

import json
from datetime import UTC, datetime

from ..desk import Desk
from ..rules.indonesian import day, moment
from .definitions import FIGURES, shown
from .period import period, present
from .scope import Scope


def as_json(desk: Desk, scope: Scope, now: datetime) -> str:
    """Counts as whole numbers, shares between 0 and 1, times in hours; null where there is nothing to count from."""
    said = {
        "as_of": now.replace(tzinfo=UTC).isoformat(),
        "from": scope.since.isoformat(),
        "to": scope.until.isoformat(),
        "present": present(desk, scope, now),
        "period": period(desk, scope, now),
    }
    return json.dumps(said, indent=2)


def as_text(desk: Desk, scope: Scope, now: datetime) -> str:
    """One line a figure: its code, its value, its name."""
    lines = [f"per {moment(now)} WIB", "", "Saat ini"]
    lines += [_line(code, value) for code, value in present(desk, scope, now).items()]
    lines += ["", f"{day(scope.since)} – {day(scope.until)}"]
    lines += [_line(code, value) for code, value in period(desk, scope, now).items()]
    return "\n".join(lines)


def _line(code: str, value: float | int | None) -> str:
    return f"{code:24} {shown(code, value):>12}  {FIGURES[code].name}"
