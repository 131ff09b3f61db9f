"""What leadership counts. Every figure is defined here and nowhere else; pages, reports and exports ask.

`definitions` says what each counts, `period` asks them; whoever groups (by department, by month …) uses the same
expressions: `expression(code)` in the select, `belongs(column)` and `ROWS` in the where, `used(query, params(…))` to
bind.
"""

from .compare import BACK, compared, earlier, this_month
from .definitions import CLOSINGS, FIGURES, PERIOD, PRESENT, Figure, shown
from .grouped import by_category, by_day, by_department, by_kelurahan
from .period import (
    all_figures,
    belongs,
    condition,
    expression,
    first_day_params,
    moments,
    params,
    period,
    present,
    used,
    with_shares,
)
from .scope import ROWS, Scope, start_of

__all__ = [
    "BACK",
    "CLOSINGS",
    "FIGURES",
    "PERIOD",
    "PRESENT",
    "ROWS",
    "Figure",
    "Scope",
    "all_figures",
    "belongs",
    "by_category",
    "by_day",
    "by_department",
    "by_kelurahan",
    "compared",
    "condition",
    "earlier",
    "expression",
    "first_day_params",
    "moments",
    "params",
    "period",
    "present",
    "shown",
    "start_of",
    "this_month",
    "used",
    "with_shares",
]
