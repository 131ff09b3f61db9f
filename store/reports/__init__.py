"""The monthly and the yearly report to the mayor: counted, worded, issued, and counted again later."""

from .contents import KINDS, Period, finished_periods
from .keeping import (
    Report,
    change_words,
    count_again,
    discard,
    draft,
    issue,
    listed,
    make_due,
    report,
)
from .recount import Difference, count_today, differences, same_as_then

__all__ = [
    "KINDS",
    "Difference",
    "Period",
    "Report",
    "change_words",
    "count_again",
    "count_today",
    "differences",
    "discard",
    "draft",
    "finished_periods",
    "issue",
    "listed",
    "make_due",
    "report",
    "same_as_then",
]
