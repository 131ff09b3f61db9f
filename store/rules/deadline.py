"""Working-time arithmetic: when a complaint is due, how much of its limit is used, and why.

Every moment that comes in or goes out is naive UTC; office hours and dates are Jakarta's. Inside, time is exact: whole
ticks on one line on which every working day has the same length, so no sum of shares can drift off a closing time.
Only `due` rounds, up, to the first whole second at which the limit is used up; `share_used` and `explain` follow it.

Rules: workflow, "Clocks". Jakarta has kept UTC+7 without summer time since 1964, so no time zone data is needed.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

JAKARTA = timezone(timedelta(hours=7))
WORKING_DAYS = "working_days"
CALENDAR_DAYS = "calendar_days"

Pause = tuple[datetime, datetime]

_OFFSET = timedelta(hours=7)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_LONGEST_LIMIT = 100_000


class DeadlineError(Exception):
    """A limit, a unit or a moment that cannot be counted with; the text says which."""


class CalendarError(DeadlineError):
    """Office hours or holidays that cannot be counted with; the text says what is wrong."""


def to_jakarta(moment: datetime) -> datetime:
    """Jakarta's time of a naive UTC moment, aware.

    :raises DeadlineError: the moment is aware
    """
    return _require_naive(moment).replace(tzinfo=UTC).astimezone(JAKARTA)


def from_jakarta(moment: datetime) -> datetime:
    """Naive UTC of a Jakarta time; an aware moment of another zone is converted too."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=JAKARTA)
    return moment.astimezone(UTC).replace(tzinfo=None)


class _Line:
    """Time as one line of whole ticks: a day that counts is `day` ticks long, however many hours it has.

    Spans are (opening, closing) by weekday, in microseconds after Jakarta's midnight; days are ordinals.
    """

    def __init__(self, spans: Mapping[int, tuple[int, int]], holidays: Sequence[date]):
        self.spans = spans
        self.day = math.lcm(*(closing - opening for opening, closing in spans.values()))
        self._weekdays = sorted(spans)
        self._before = [bisect_left(self._weekdays, weekday) for weekday in range(7)]
        lost = sorted(day.toordinal() for day in holidays if day.weekday() in spans)
        self._holidays = lost
        self._index_at_holiday = [self._weekday_index(day) - nth for nth, day in enumerate(lost)]

    def counts(self, ordinal: int) -> bool:
        """Whether the day counts: its weekday has hours and it is no holiday."""
        place = bisect_left(self._holidays, ordinal)
        return (ordinal - 1) % 7 in self.spans and self._holidays[place : place + 1] != [ordinal]

    def position(self, moment: datetime) -> int:
        """Ticks up to a moment; the whole night from a closing to the next opening is one position."""
        ordinal, microsecond = _split(moment)
        ticks = self._index(ordinal) * self.day
        if self.counts(ordinal):
            opening, closing = self.spans[(ordinal - 1) % 7]
            ticks += (min(max(microsecond, opening), closing) - opening) * (self.day // (closing - opening))
        return ticks

    def moment(self, position: int) -> datetime:
        """The first whole second at or after a position; between two days it is the closing, not the opening."""
        index, ticks = divmod(position - 1, self.day)
        ordinal = self._nth(index)
        opening, closing = self.spans[(ordinal - 1) % 7]
        seconds = -((ticks + 1) * (opening - closing) // (self.day * _SECOND))
        return _join(ordinal, opening + seconds * _SECOND)

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself inside hours (closing included), otherwise the first opening after it."""
        ordinal, microsecond = _split(moment)
        if self.counts(ordinal):
            opening, closing = self.spans[(ordinal - 1) % 7]
            if opening <= microsecond <= closing:
                return moment
            if microsecond > closing:
                ordinal += 1
        ordinal = self._nth(self._index(ordinal))
        return _join(ordinal, self.spans[(ordinal - 1) % 7][0])

    def _weekday_index(self, ordinal: int) -> int:
        weeks, weekday = divmod(ordinal - 1, 7)
        return weeks * len(self._weekdays) + self._before[weekday]

    def _index(self, ordinal: int) -> int:
        """How many days count before this one."""
        return self._weekday_index(ordinal) - bisect_left(self._holidays, ordinal)

    def _nth(self, index: int) -> int:
        """The day before which `index` days count and which counts itself."""
        weeks, place = divmod(index + bisect_right(self._index_at_holiday, index), len(self._weekdays))
        return weeks * 7 + self._weekdays[place] + 1


@dataclass(frozen=True)
class Calendar:
    """Office hours by weekday (Monday is 0, Jakarta time, a missing weekday is free) and holidays by date with name.

    Both are copied: a later change of what was passed in has no effect.

    :raises CalendarError: no weekday has hours, hours end before they begin or are finer than a second, or a
        weekday or a holiday's date is none
    """

    hours: Mapping[int, tuple[time, time]]
    holidays: Mapping[date, str]
    _line: _Line = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if not self.hours:
            raise CalendarError("The calendar has no working day: no weekday has office hours.")
        for weekday, (opening, closing) in self.hours.items():
            if weekday not in range(7):
                raise CalendarError(f"{weekday!r} is no weekday: Monday is 0, Sunday is 6.")
            if opening >= closing or opening.microsecond or closing.microsecond:
                raise CalendarError(f"Office hours {opening}-{closing} must be whole seconds and end after they begin.")
        for day in self.holidays:
            # A datetime equals no date, so such a holiday would silently never be found.
            if not isinstance(day, date) or isinstance(day, datetime):
                raise CalendarError(f"The holiday {day!r} must be a date.")
        object.__setattr__(self, "hours", dict(self.hours))
        object.__setattr__(self, "holidays", dict(self.holidays))
        spans = {
            day: (_microseconds(opening), _microseconds(closing)) for day, (opening, closing) in self.hours.items()
        }
        object.__setattr__(self, "_line", _Line(spans, tuple(self.holidays)))

    def is_working_day(self, day: date) -> bool:
        """Whether the date has office hours and is no holiday."""
        return self._line.counts(day.toordinal())

    def opening(self, day: date) -> datetime:
        """When the office opens on a working day, naive UTC.

        :raises CalendarError: the date is no working day
        """
        return from_jakarta(datetime.combine(day, self._hours_of(day)[0]))

    def closing(self, day: date) -> datetime:
        """When the office closes on a working day, naive UTC.

        :raises CalendarError: the date is no working day
        """
        return from_jakarta(datetime.combine(day, self._hours_of(day)[1]))

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when the office is open, otherwise the first opening after it; naive UTC, not rounded."""
        return self._line.next_opening(moment)

    def is_open(self, moment: datetime) -> bool:
        """Whether a moment lies inside office hours, opening and closing included, so that a due time always does."""
        return self._line.next_opening(moment) == moment

    def _hours_of(self, day: date) -> tuple[time, time]:
        if not self.is_working_day(day):
            raise CalendarError(f"{day} is no working day.")
        return self.hours[day.weekday()]


@dataclass(frozen=True)
class Step:
    """One line of how a due time came about: data only, the words are made where it is shown.

    `day` is Jakarta's date, `from_` and `to` are naive UTC (None on a skipped day), `counted` is in days of the limit
    and sums up to it over all steps. Kinds:

    - `start`: `from_` it came, `to` it counts; reason `before_opening`, `after_closing`, `weekend`, `no_hours`,
      `holiday`, or empty when it counts at once
    - `counted`: office hours that count
    - `pause`: office hours that do not count
    - `weekend`, `no_hours` (another weekday without office hours), `holiday`: skipped; reason is the holiday's name
    - `due`: `from_` and `to` are the due time
    """

    kind: str
    day: date
    from_: datetime | None = None
    to: datetime | None = None
    counted: float = 0.0
    reason: str = ""


def working_days_between(start: datetime, end: datetime, calendar: Calendar) -> float:
    """Working days from start to end: each counts one however long, within a day the share of office hours gone.

    Zero when the end is not after the start.
    """
    line = calendar._line
    return max(0, line.position(end) - line.position(start)) / line.day


def due(
    start: datetime, days: float, calendar: Calendar, pauses: Sequence[Pause] = (), unit: str = WORKING_DAYS
) -> datetime:
    """When a limit of so many days is used up: naive UTC, the first whole second at which it is.

    In working days it always lies inside office hours, closing included: what ends between two days is due at the
    closing, and no days at all are due at the first moment that is open and not paused. In calendar days it is plain
    arithmetic, `days` times 24 hours, and may lie at night or on a holiday.

    Pauses, (from, to) each, stretch the limit by the time they covered, each minute once however many cover it. What
    lies before the start, begins when the limit is already used up (a breach is not undone) or ends before it began
    changes nothing.

    :param days: from 0, fractions allowed, read as the decimal they are written as
    :param unit: `working_days` or `calendar_days`
    :raises DeadlineError: the limit is negative or no number, the unit is unknown, or a moment is aware
    """
    line = _line_for(calendar, unit)
    limit = _ticks(days, line)
    if limit == 0:
        return _whole_second(_first_running(start, line, pauses))
    begin = covered = line.position(start)
    target = begin + limit
    for paused, resumed in _positions(line, pauses):
        if paused >= target:
            break
        paused = max(paused, covered)
        if paused < resumed:
            target += resumed - paused
            covered = resumed
    return line.moment(target)


def share_used(
    start: datetime,
    now: datetime,
    days: float,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    unit: str = WORKING_DAYS,
) -> float:
    """How much of a limit is used: 0 at the start, below 1 before the due time, exactly 1.0 at it, above 1 later.

    Parameters and errors as for `due`; a limit of no days is unused (0.0) before its due time and used (1.0) from it.
    """
    line = _line_for(calendar, unit)
    end = due(start, days, calendar, pauses, unit)
    whole = _used(start, end, line, pauses)
    if whole == 0:
        return float(now >= end)
    return _used(start, now, line, pauses) / whole


def explain(
    start: datetime, days: float, calendar: Calendar, pauses: Sequence[Pause] = (), unit: str = WORKING_DAYS
) -> list[Step]:
    """How the due time came about, day by day from the start to the due time, both with a step of their own.

    Parameters and errors as for `due`. Skipped days are only named in working days.
    """
    line = _line_for(calendar, unit)
    end = due(start, days, calendar, pauses, unit)
    first, last = _split(start)[0], _split(end)[0]
    steps = [_start_step(start, calendar, line)]
    left = _ticks(days, line)
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        if not line.counts(ordinal):
            steps.append(Step(_skip_kind(day, calendar), day, reason=calendar.holidays.get(day, "")))
            continue
        opening, closing = (_join(ordinal, edge) for edge in line.spans[day.weekday()])
        for kind, from_, to in _pieces(max(opening, start), min(closing, end), pauses):
            ticks = min(left, line.position(to) - line.position(from_)) if kind == "counted" else 0
            if ticks or kind == "pause":
                steps.append(Step(kind, day, from_, to, ticks / line.day))
            left -= ticks
    steps.append(Step("due", date.fromordinal(last), end, end))
    return steps


def _start_step(start: datetime, calendar: Calendar, line: _Line) -> Step:
    ordinal, microsecond = _split(start)
    day = date.fromordinal(ordinal)
    counts_from = line.next_opening(start)
    if counts_from == start:
        reason = ""
    elif not line.counts(ordinal):
        reason = _skip_kind(day, calendar)
    else:
        reason = "before_opening" if microsecond < line.spans[day.weekday()][0] else "after_closing"
    return Step("start", day, start, counts_from, reason=reason)


def _skip_kind(day: date, calendar: Calendar) -> str:
    # A holiday on a free weekday took no working day away, so it is not what moved the due time.
    if day.weekday() in calendar.hours:
        return "holiday"
    return "weekend" if day.weekday() >= 5 else "no_hours"


def _pieces(from_: datetime, to: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[str, datetime, datetime]]:
    """Cut a stretch of one day into what counts and what is paused, in order, without empty pieces."""
    for paused, resumed in sorted(pauses):
        paused, resumed = max(paused, from_), min(resumed, to)
        if paused < resumed:
            if from_ < paused:
                yield "counted", from_, paused
            yield "pause", paused, resumed
            from_ = resumed
    if from_ < to:
        yield "counted", from_, to


def _used(start: datetime, now: datetime, line: _Line, pauses: Sequence[Pause]) -> int:
    """Ticks from start to now that were not paused."""
    begin = covered = line.position(start)
    end = line.position(now)
    used = max(0, end - begin)
    for paused, resumed in _positions(line, pauses):
        paused, resumed = max(paused, covered), min(resumed, end)
        if paused < resumed:
            used -= resumed - paused
            covered = resumed
    return used


def _positions(line: _Line, pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    return sorted((line.position(paused), line.position(resumed)) for paused, resumed in pauses)


def _first_running(start: datetime, line: _Line, pauses: Sequence[Pause]) -> datetime:
    moment = line.next_opening(start)
    for paused, resumed in sorted(pauses):
        if paused <= moment < resumed:
            moment = line.next_opening(resumed)
    return moment


def _ticks(days: float, line: _Line) -> int:
    if not 0 <= days <= _LONGEST_LIMIT:
        raise DeadlineError(f"A limit must be from 0 to {_LONGEST_LIMIT} days, not {days!r}.")
    # 0.1 means a tenth: the binary fraction nearest to it would miss a closing time by a hair and fall on the next day.
    return round(Fraction(days).limit_denominator(1_000_000) * line.day)


_EVERY_HOUR = _Line({weekday: (0, _DAY) for weekday in range(7)}, ())


def _line_for(calendar: Calendar, unit: str) -> _Line:
    if unit == WORKING_DAYS:
        return calendar._line
    if unit == CALENDAR_DAYS:
        return _EVERY_HOUR
    raise DeadlineError(f"The unit must be {WORKING_DAYS} or {CALENDAR_DAYS}, not {unit!r}.")


def _require_naive(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise DeadlineError(f"{moment} must be naive UTC.")
    return moment


def _split(moment: datetime) -> tuple[int, int]:
    """Jakarta's day (ordinal) and the microseconds after its midnight."""
    local = _require_naive(moment) + _OFFSET
    return local.toordinal(), _microseconds(local)


def _join(ordinal: int, microseconds: int) -> datetime:
    return datetime.fromordinal(ordinal) + timedelta(microseconds=microseconds) - _OFFSET


def _microseconds(clock: time | datetime) -> int:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) * _SECOND + clock.microsecond


def _whole_second(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=-moment.microsecond % _SECOND)
