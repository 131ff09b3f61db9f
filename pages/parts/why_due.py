""" "Kenapa jatuh tempo saat ini?": how a due time came about, line by line, in people's words."""

from datetime import datetime

from store.desk import Desk
from store.queries import CaseView
from store.rules import deadline
from store.rules.deadline import Step

from . import words

_STARTS = {
    "": "langsung dihitung",
    "before_opening": "sebelum jam kerja, dihitung mulai {to}",
    "after_closing": "sesudah jam kerja, dihitung mulai {to}",
    "weekend": "akhir pekan, dihitung mulai {to}",
    "no_hours": "hari tanpa jam kerja, dihitung mulai {to}",
    "holiday": "hari libur, dihitung mulai {to}",
}


def lines(desk: Desk, view: CaseView) -> list[str]:
    """The computation of the promise, from the start of the present clock to the due time."""
    clock = desk.settings.config["clock"]
    start = clock_start(view)
    steps = deadline.explain(start, clock["promise_days"], desk.calendar, unit=clock["unit"])
    said = [f"Janji: {words.number(clock['promise_days'])} hari kerja, dihitung dari {words.moment(start)} WIB."]
    said += [_line(step) for step in steps]
    if steps[-1].to != view.case.promise_due_at:
        said.append(
            f"Tenggat yang tercatat, {words.moment(view.case.promise_due_at)}, ditetapkan dengan kalender waktu itu; "
            "jam kerja atau hari libur sudah diubah sesudahnya."
        )
    return said


def clock_start(view: CaseView) -> datetime:
    """When the present clock began: at the last reopening, else when the complaint was received."""
    reopened = [row["happened_at"] for row in view.timeline if row["kind"] == "reopen"]
    return reopened[-1] if reopened else view.case.received_at


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
