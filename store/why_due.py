"""“Kenapa jatuh tempo saat ini?”: how a due time came about, line by line, in people's words."""

from collections.abc import Sequence
from datetime import datetime

from . import clocks
from .desk import Desk
from .rules import deadline
from .rules import indonesian as words
from .rules.case import Case
from .rules.deadline import Pause, Step
from .rules.workflow import State

_STARTS = {
    "": "langsung dihitung",
    "before_opening": "sebelum jam kerja, dihitung mulai {to}",
    "after_closing": "sesudah jam kerja, dihitung mulai {to}",
    "weekend": "akhir pekan, dihitung mulai {to}",
    "no_hours": "hari tanpa jam kerja, dihitung mulai {to}",
    "holiday": "hari libur, dihitung mulai {to}",
}


def lines(
    desk: Desk,
    start: datetime,
    recorded: datetime | None = None,
    category: str | None = None,
    pauses: Sequence[Pause] = (),
) -> list[str]:
    """The computation of the promise, from the start of a clock to its due time.

    :param recorded: the due time on record, where there is one: it was set with the calendar of that day
    :param category: its own limit goes before the service's
    :param pauses: when the clock stood still, as (from, to), naive UTC
    """
    days, unit = desk.days(category)[0], desk.config["clock"]["unit"]
    steps = deadline.explain(start, days, desk.calendar, pauses, unit)
    said = [f"Janji: {_days(days)} {_UNITS[unit]}, dihitung dari {words.moment(start)} WIB."]
    said += [_line(step) for step in steps]
    if recorded and steps[-1].to != recorded:
        said.append(
            f"Tenggat yang tercatat, {words.moment(recorded)}, ditetapkan dengan kalender atau batas waktu itu; "
            "jam kerja, hari libur atau batasnya sudah diubah sesudahnya."
        )
    return said


_UNITS = {deadline.WORKING_DAYS: "hari kerja", deadline.CALENDAR_DAYS: "hari kalender"}


def of_case(desk: Desk, case: Case) -> list[str]:
    """The same for one case, with its pauses, its category's limits, its promised day and its outer limit."""
    with desk.register.cursor() as cursor:
        pauses = clocks.pauses(cursor, case)
    start = case.clock_started_at or case.received_at
    said = lines(desk, start, case.promise_due_at, case.category, pauses)
    if case.paused_at:
        said.append(
            f"Jam berhenti sejak {words.moment(case.paused_at)}, menunggu pelapor; "
            "tenggatnya mundur selama itu begitu pelapor melengkapi."
        )
    if case.promised_at and case.state == State.SCHEDULED:
        said.append(f"OPD menjanjikan {words.moment(case.promised_at)}; selama terjadwal, itulah tenggatnya.")
    return [*said, _outer(desk, case.category, case.outer_due_at)]


def of_moment(desk: Desk, moment: datetime) -> list[str]:
    """The same for a complaint that would come at this moment, with its outer limit."""
    return [*lines(desk, moment), _outer(desk, None, desk.limits(moment)["outer_due_at"])]


def _outer(desk: Desk, category: str | None, due_at: datetime) -> str:
    unit = _UNITS[desk.config["clock"]["unit"]]
    return f"Batas terakhir: {_days(desk.days(category)[1])} {unit}, {words.moment(due_at)}."


def _days(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _line(step: Step) -> str:
    day = f"{words.day_name(step.day)} {words.day(step.day)}"
    if step.kind == "start":
        return f"{words.moment(step.from_)}: diterima, " + _STARTS[step.reason].format(to=words.moment(step.to))
    if step.kind == "due":
        return f"{words.moment(step.to)}: jatuh tempo"
    if step.kind == "holiday":
        return f"{day}: libur, {step.reason}"
    if step.kind in ("weekend", "no_hours"):
        named = f" ({step.reason})" if step.reason else ""
        return f"{day}: {'akhir pekan' if step.kind == 'weekend' else 'tanpa jam kerja'}{named}"
    span = f"{words.clock(step.from_)}–{words.clock(step.to)}"
    if step.kind == "pause":
        return f"{day} {span}: tidak dihitung, menunggu pelapor"
    return f"{day} {span}: {words.number(step.counted, 2)} hari"
