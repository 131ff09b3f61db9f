"""The conditions over a row `c` of `complaint` that more than one figure needs.

What they bind: `$now`, and for working time `$first_day` and `$working` (`store/figures/period.py`).
"""

DAY = 86_400_000_000  # microseconds
JAKARTA = 7 * 3_600_000_000


def in_state(states) -> str:
    """Whether a complaint is in one of these states. By a function, because DuckDB asks one once for each state that a
    block of rows has, and `in` for each row."""
    return "list_contains([" + ", ".join(f"'{state}'" for state in sorted(states)) + "], c.state)"


# Nobody owes these an answer: spam, taken back by the reporter, never completed. A duplicate is owed one: its parent's.
OWED = "not " + in_state(("rejected", "withdrawn", "archived"))
# When the first working day after a complaint came is over, as `deadline.due(received_at, 1, calendar)` has it, in
# microseconds since 1970: outside hours from the next opening to that day's closing, inside to the same share of the
# next working day, up to the whole second. `$working` holds the office hours day by day from `$first_day` on.
_PLACE = f"((epoch_us(c.received_at) + {JAKARTA}) // {DAY} - $first_day + 1)"
_CLOCK = f"((epoch_us(c.received_at) + {JAKARTA}) % {DAY})"
_WORKING = "$working::struct(opening bigint, seconds bigint, next_opening bigint, next_seconds bigint)[]"
WORKING_DAY = f"list_extract({_WORKING}, {_PLACE})"


def first_due(day: str) -> str:
    """:param day: where that day's hours stand"""
    gone = f"({_CLOCK} - {day}.opening)"
    return f"""(case
        when {day}.opening is null or {gone} >= {day}.seconds * 1000000
            then {day}.next_opening + {day}.next_seconds * 1000000
        when {gone} <= 0 then epoch_us(c.received_at) - {gone} + {day}.seconds * 1000000
        else {day}.next_opening + 1000000 * (
            ({gone} * {day}.next_seconds + {day}.seconds * 1000000 - 1) // ({day}.seconds * 1000000)
        ) end)"""


FIRST_DUE = first_due(WORKING_DAY)

FIRST_ANSWERED = "c.first_answer_at <= $now"
FIRST_KEPT = f"({FIRST_ANSWERED} and epoch_us(c.first_answer_at) <= {FIRST_DUE})"
FIRST_DECIDED = f"({OWED}) and ({FIRST_ANSWERED} or {FIRST_DUE} < epoch_us($now::timestamp))"
STOPPED = "c.stopped_at <= $now"
RESULT = "c.result_at <= $now"


def decided(limit: str) -> str:
    """Answered, or the limit has passed while the clock ran."""
    return f"({OWED}) and (({STOPPED}) or (c.paused_at is null and {limit} < $now))"


def kept(limit: str) -> str:
    return f"({OWED}) and ({STOPPED}) and c.stopped_at <= {limit}"


def late(limit: str) -> str:
    return f"{decided(limit)} and not coalesce(({STOPPED}) and c.stopped_at <= {limit}, false)"
