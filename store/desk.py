"""The desk: an open register together with the settings and the calendar that its commands decide with."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from . import seed
from .db import Register
from .rules import deadline
from .rules.texts import Service
from .settings import Settings


@dataclass
class Desk:
    register: Register
    settings: Settings
    _calendar: deadline.Calendar | None = field(default=None, repr=False)

    @property
    def service(self) -> Service:
        service = self.settings.config["service"]
        return Service(service["name"], service["promise"], service["city"])

    @property
    def calendar(self) -> deadline.Calendar:
        """Office hours and holidays; read once, because whoever changes the table calls `forget_calendar`."""
        if self._calendar is None:
            with self.register.cursor() as cursor:
                days = dict(cursor.execute("select day, name from holiday").fetchall())
            self._calendar = deadline.Calendar(self.settings.hours, days)
        return self._calendar

    def forget_calendar(self) -> None:
        self._calendar = None

    def limits(self, start: datetime) -> dict[str, datetime]:
        """Both due times of a clock that starts now: the promise and the outer limit."""
        clock = self.settings.config["clock"]
        return {
            "promise_due_at": deadline.due(start, clock["promise_days"], self.calendar, unit=clock["unit"]),
            "outer_due_at": deadline.due(start, clock["outer_days"], self.calendar, unit=clock["unit"]),
        }

    def acceptance_limit(self, start: datetime) -> datetime:
        clock = self.settings.config["clock"]
        return deadline.due(start, clock["acceptance_days"], self.calendar)


def open_desk(settings: Settings, register_path: Path | None = None) -> Desk:
    """Open (and, the first time, fill) the register of this installation.

    :raises RegisterBusy: another process has it open
    :raises WrongRegister: it belongs to the other mode, demonstration or real work
    """
    settings.make_data_folder()
    register = Register(register_path or settings.register)
    try:
        seed.prepare(register, settings.demo)
    except BaseException:
        register.close()
        raise
    return Desk(register, settings)
