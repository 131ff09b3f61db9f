"""“Kenapa jatuh tempo saat ini?”: how a due time came about, line by line, in people's words."""

from datetime import datetime

from .desk import Desk
from .rules import deadline
from .rules import indonesian as words
from .rules.deadline import Step

_STARTS = {
    "": "langsung dihitung",
    "before_opening": "sebelum jam kerja, dihitung mulai {to}",
    "after_closing": "sesudah jam kerja, dihitung mulai {to}",
    "weekend": "akhir pekan, dihitung mulai {to}",
    "no_hours": "hari tanpa jam kerja, dihitung mulai {to}",
    "holiday": "hari libur, dihitung mulai {to}",
}


def lines(desk: Desk, start: datetime, recorded: datetime | None = None) -> list[str]:
    """The computation of the promise, from the start of a clock to its due time.

    :param recorded: the due time on record, where there is one: it was set with the calendar of that day
    """
    clock = desk.settings.config["clock"]
    days, unit = clock["promise_days"], clock["unit"]
    steps = deadline.explain(start, days, desk.calendar, unit=unit)
    counted = "hari kerja" if unit == deadline.WORKING_DAYS else "hari kalender"
    said = [f"Janji: {words.number(days)} {counted}, dihitung dari {words.moment(start)} WIB."]
    said += [_line(step) for step in steps]
    if recorded and steps[-1].to != recorded:
        said.append(
            f"Tenggat yang tercatat, {words.moment(recorded)}, ditetapkan dengan kalender waktu itu; "
            "jam kerja atau hari libur sudah diubah sesudahnya."
        )
    return said


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
