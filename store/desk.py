"""The desk: an open register together with the settings and the calendar that its commands decide with."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from . import rebuild, seed, standard
from .db import Register, rows
from .rules import deadline, reading
from .rules.night import is_night, morning
from .rules.texts import Service
from .settings import Settings, merged, office_hours


@dataclass
class Desk:
    register: Register
    settings: Settings
    _calendar: deadline.Calendar | None = field(default=None, repr=False)
    _config: dict | None = field(default=None, repr=False)
    _places: tuple[int, reading.Places] | None = field(default=None, repr=False)
    # Whoever forgets waits for who is reading, so that nothing read before a change is kept after it.
    _reading: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def config(self) -> dict:
        """`config.toml` with what administrators have changed on the page; read once, until `forget_config`."""
        with self._reading:
            if self._config is None:
                self._config = merged(self.settings.config, self._overrides())
            return self._config

    def forget_config(self) -> None:
        """Forgets the calendar, too, because of the office hours."""
        with self._reading:
            self._config = self._calendar = None

    @property
    def service(self) -> Service:
        service = self.config["service"]
        return Service(service["name"], service["promise"], service["city"], standard.privacy_line(self.config))

    @property
    def known_words(self) -> tuple[str, ...]:
        """What anybody knows of this installation: no password is made of it."""
        service = self.config["service"]
        return service["name"], service["city"], service["office"]

    @property
    def calendar(self) -> deadline.Calendar:
        """Office hours and holidays; read once, because whoever changes the table calls `forget_calendar`."""
        with self._reading:
            if self._calendar is None:
                with self.register.cursor() as cursor:
                    days = dict(cursor.execute("select day, name from holiday").fetchall())
                self._calendar = deadline.Calendar(office_hours(self.config), days)
            return self._calendar

    def is_night(self, moment: datetime) -> bool:
        """Whether only answers to what a reporter has just sent go out; never in demo mode, where nobody sleeps."""
        return not self.settings.demo and is_night(moment, self.config["conversation"])

    def goes_at(self, moment: datetime) -> datetime:
        """When a message that staff write at this moment goes out: at once, or when the quiet hours are over."""
        return morning(moment, self.config["conversation"]) if self.is_night(moment) else moment

    @property
    def places(self) -> reading.Places:
        """The kelurahan by every name, for the reader; read again when the register has changed."""
        version = self.register.version
        if self._places is None or self._places[0] != version:
            with self.register.cursor() as cursor:
                found = cursor.execute(
                    """
                    select lower(name), code from kelurahan where active
                    union all
                    select a.alias, k.code from kelurahan_alias a
                    join kelurahan k on k.code = a.kelurahan where k.active
                    """
                ).fetchall()
            self._places = (version, reading.places(found))
        return self._places[1]

    def forget_calendar(self) -> None:
        with self._reading:
            self._calendar = None

    def limits(
        self, start: datetime, category: str | None = None, pauses: Sequence[deadline.Pause] = ()
    ) -> dict[str, datetime]:
        """Both due times of a clock that starts then: the promise and the outer limit.

        :param category: its own limits go before the service's
        :param pauses: when the clock stood still, as (from, to), naive UTC
        """
        unit = self.config["clock"]["unit"]
        promise, outer = self.days(category)
        return {
            "promise_due_at": deadline.due(start, promise, self.calendar, pauses, unit),
            "outer_due_at": deadline.due(start, outer, self.calendar, pauses, unit),
        }

    def days(self, category: str | None = None) -> tuple[float, float]:
        """The promise and the outer limit in days, for complaints of this category."""
        clock = self.config["clock"]
        own: dict = {}
        if category:
            with self.register.cursor() as cursor:
                own = next(iter(rows(cursor.execute("select * from category where code = ?", [category]))), {})
        return own.get("promise_days") or clock["promise_days"], own.get("outer_days") or clock["outer_days"]

    def acceptance_limit(self, start: datetime) -> datetime:
        clock = self.config["clock"]
        return deadline.due(start, clock["acceptance_days"], self.calendar)

    def _overrides(self) -> dict[str, dict]:
        if self.register is None:
            return {}
        with self.register.cursor() as cursor:
            found = cursor.execute("select section, given from config_override").fetchall()
        return {section: json.loads(given) for section, given in found}


def open_desk(settings: Settings, register_path: Path | None = None) -> Desk:
    """Open (and, the first time, fill) the register of this installation.

    :raises RegisterBusy: another process has it open
    :raises WrongRegister: it belongs to the other mode, demonstration or real work
    """
    settings.make_data_folder()
    register = Register(register_path or settings.register)
    try:
        seed.prepare(register, settings.demo)
        rebuild.fill_new_columns(register)
    except BaseException:
        register.close()
        raise
    return Desk(register, settings)
