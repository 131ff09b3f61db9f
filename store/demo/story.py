"""Records one complaint as the register would: events with what they decide, messages in and out, media, in order."""

import heapq
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .. import reminders
from ..clocks import Pause
from ..delivery import AWAITED, MISSED
from ..desk import Desk
from ..evidence import File
from ..intake import SUMMARY_LENGTH
from ..rules import completeness, deadline, reading, texts
from ..rules.case import Case, Event
from ..rules.fold import apply
from ..rules.texts import Letter
from ..rules.workflow import REPORTER, SYSTEM, Role, State
from .people import Person

# As the conversation has it: a joined message is acknowledged only when our last one is older than this.
_QUIET = timedelta(minutes=30)
# Seconds; what takes longer than two days would be told by telephone.
_LONGEST_WAY = 40 * 3600
# What is pressed is no words of one's own.
_PRESSED = ("button_reply", "list_reply")
_UNDELIVERABLE = (131026, "Message undeliverable")


class NotYet(Exception):
    """The next step lies after the end of the demonstration: the story stays where it is."""


class Over(NotYet):
    """The story has come to its end."""


@dataclass(eq=False)
class Out:
    """One message to the reporter; `reached`, `read` and `failed` may still lie in the future."""

    letter: Letter
    cause: str
    by: str
    created_at: datetime
    form: str
    wamid: str
    sent_at: datetime
    reached: datetime | None
    read: datetime | None
    failed: datetime | None
    id: int = 0


@dataclass(eq=False)
class In:
    """One message of the reporter; `id` of an officer's own record begins with `staff:`."""

    wamid: str
    kind: str
    text: str | None
    sent_at: datetime
    received_at: datetime
    reply_to: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    id: int = 0


@dataclass(eq=False)
class Medium:
    """A file of the reporter (`message`) or of staff (`by`); without `file` it is missing."""

    created_at: datetime
    mime: str
    file: File | None = None
    message: In | None = None
    by: str | None = None
    whatsapp_id: str | None = None
    stage: str | None = None


@dataclass(eq=False)
class Step:
    """An event whose data may hold people, messages and stories in place of their ids."""

    happened_at: datetime
    event: Event


@dataclass(eq=False)
class Story:
    """One complaint in the making. `at` is its present moment, naive UTC."""

    desk: Desk
    rng: random.Random
    nth: int
    person: Person
    channel: str
    at: datetime
    until: datetime
    case: Case | None = None
    failing: bool = False
    steps: list[Step] = field(default_factory=list)
    heard: list[In] = field(default_factory=list)
    told: list[Out] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    _coming: list[tuple] = field(default_factory=list)
    _due: tuple | None = None
    _reminder: tuple[datetime, int] | None = None

    @property
    def whatsapp(self) -> bool:
        return self.person.whatsapp

    def begin(self, number: str, actor: str, role: str, kind: str = "complaint", **facts) -> None:
        """The first event, with number and clock."""
        data = {"kind": kind, "summary": "", **facts, **self.desk.limits(self.at, facts.get("category"))}
        data |= {"number": number, "channel": self.channel, "contact_id": self.person}
        self._apply(Event(self.nth, self.at, "received", actor, role, None, "received", data))

    def do(self, kind: str, actor: str, role: str, target: State | None = None, /, **data) -> None:
        """One event at the present moment."""
        self._report(self.at)
        state = self.case.state
        self._apply(Event(self.nth, self.at, kind, actor, role, state, str(target or state), data))

    def limits(self) -> dict[str, datetime]:
        """Both due times when what was asked for comes at the present moment."""
        waited = [*self.pauses, (self._asked_at(), self.at)]
        return self.desk.limits(self.case.clock_started_at, self.case.category, waited)

    def system(self, kind: str, target: State | None = None, **data) -> None:
        self.do(kind, SYSTEM.username, Role.SYSTEM, target, **data)

    def hear(
        self,
        kind: str = "text",
        text: str | None = None,
        *,
        point: tuple[float, float] | None = None,
        medium: Medium | None = None,
        reply_to: str | None = None,
        written_at: datetime | None = None,
        acknowledge: bool = True,
        thanks: bool = False,
    ) -> In:
        """A message of the reporter arrives and joins the complaint."""
        self._report(self.at)
        message = self._message(kind, text, reply_to, written_at)
        message.latitude, message.longitude = point or (None, None)
        data: dict = {"message": message.wamid, "media": medium is not None}
        shown = None if kind in _PRESSED else text
        asked = completeness.asked(self.case, self.told[-1].letter.purpose if self.told else None)
        said = reading.read(shown, kind=kind, asked=asked, places=self.desk.places).said
        if self.whatsapp:
            there = completeness.shown({}, media=medium is not None, place=point is not None)
        else:
            # An officer wrote it down, and who reported.
            there, said = [], said | ({} if self.heard else reading.clipped({"name": self.person.name}))
        if there:
            data["elements"] = there
        if said:
            data["said"] = said
        if thanks:
            data["thanks"] = True
        if shown:
            data["summary"] = text[:SUMMARY_LENGTH]
        if point and self.case.latitude is None:
            data |= {"latitude": point[0], "longitude": point[1]}
        self.heard.append(message)
        if medium:
            medium.message, medium.created_at = message, self.at
            self.media.append(medium)
        last = self.told[-1].created_at if self.told else None
        self.do("message", REPORTER.username, Role.REPORTER, **data)
        quiet = last is None or self.at - last > _QUIET
        if acknowledge and self.whatsapp and self.is_live and quiet:
            self.answer_at_once(texts.joined(self.case.number), message)
        return message

    @property
    def is_live(self) -> bool:
        """Whether its reporter still waits for something."""
        case = self.case
        return case.ended_at is None or (case.state == State.DUPLICATE and case.stopped_at is None)

    def answer_at_once(self, letter: Letter, message: In) -> Out:
        """What the service says by itself to a message."""
        return self._send(letter, "bot", f"in:{message.wamid}:0")

    def send_by_itself(self, letter: Letter, cause: str) -> Out | None:
        """What the service says because time has passed."""
        return self._send(letter, "bot", cause) if self.whatsapp else None

    def tell(self, letters: list[Letter], by: str) -> Out | None:
        """What an officer's step sends out; None where the reporter has no WhatsApp. The first message comes back."""
        if not self.whatsapp:
            return None
        op_id = f"{self.rng.getrandbits(128):032x}"
        sent = [self._send(letter, by, f"{op_id}:{place}") for place, letter in enumerate(letters)]
        return sent[0]

    def attach(self, files: list[File], by: str, stage: str | None = None) -> None:
        """Photos of staff, from before or after the work."""
        self.media += [Medium(self.at, file.mime, file, by=by, stage=stage) for file in files]

    def go_on(self, **gap: float) -> None:
        """Time passes, at any hour; parameters as for timedelta.

        :raises NotYet: that lies after the end
        """
        self._move_to(self.at + timedelta(seconds=int(timedelta(**gap).total_seconds()) + 1))

    def office(self, days: float) -> None:
        """Working days pass, at least some minutes; the moment lies in office hours.

        :raises NotYet: that lies after the end
        """
        self._move_to(self.office_moment(days))

    def office_moment(self, days: float, after: datetime | None = None) -> datetime:
        return deadline.due(after or self.at, round(max(days, 0.006), 4), self.desk.calendar)

    def move_to(self, moment: datetime) -> None:
        self._move_to(max(moment, self.at))

    def last_word(self) -> datetime:
        """When the reporter was told or wrote last, or when the state began: from then on silence counts."""
        words = [step.happened_at for step in self.steps if step.event.kind in ("delivered", "told", "message")]
        return max([self.case.state_since, *words, *(moment for moment, _, _ in self._coming)])

    def finish(self) -> None:
        """Report what still happened by itself before the end."""
        self._report(self.until)

    def state_at(self, moment: datetime) -> str:
        """The state in which it stood then."""
        return next(step.event.to_state for step in reversed(self.steps) if step.happened_at <= moment)

    def insert(self, moment: datetime, kind: str, actor: str, role: str, /, **data) -> None:
        """An event that another story causes in the midst of this one, and that leaves its state as it was."""
        place = sum(step.happened_at <= moment for step in self.steps)
        state = self.steps[place - 1].event.to_state
        self.steps.insert(place, Step(moment, Event(self.nth, moment, kind, actor, role, state, state, data)))
        self.case = None
        for step in self.steps:
            self._fold(step.event)

    def _move_to(self, moment: datetime) -> None:
        if moment > self.until:
            raise NotYet
        self.at = moment

    def _apply(self, event: Event) -> None:
        if event.kind in ("supply", "revive"):
            self.pauses.append((self._asked_at(), event.happened_at))
        elif event.kind == "reopen":
            self.pauses.clear()
        self._fold(event)
        self.steps.append(Step(event.happened_at, event))

    def _asked_at(self) -> datetime:
        """When the reporter was asked last."""
        return next(step.happened_at for step in reversed(self.steps) if step.event.kind == "ask")

    def _fold(self, event: Event) -> None:
        known = event
        if event.kind == "received":
            known = Event(**{**event.__dict__, "data": event.data | {"contact_id": 0}})
        self.case = apply(self.case, known)

    def _message(self, kind: str, text: str | None, reply_to: str | None, written_at: datetime | None) -> In:
        count = len(self.heard) + 1
        if self.whatsapp:
            sent = self.at - timedelta(seconds=self.rng.randrange(1, 4))
            self.person.last_in = max(sent, self.person.last_in or sent)
            return In(f"wamid.DEMO.IN.{self.nth:06d}.{count}", kind, text, sent, self.at, reply_to)
        mark = "" if count == 1 else f":{count}"
        return In(f"staff:{self.case.number}{mark}", kind, text, written_at or self.at, self.at)

    def _send(self, letter: Letter, by: str, cause: str) -> Out:
        window = timedelta(hours=self.desk.settings.config["sending"]["window_hours"])
        open_ = self.person.last_in and self.at - self.person.last_in < window
        out = Out(
            letter,
            cause,
            by,
            self.at,
            "free" if open_ else "template",
            f"wamid.DEMO.OUT.{self.nth:06d}.{len(self.told) + 1}",
            self.at + timedelta(seconds=self.rng.randrange(1, 4)),
            *self._fate(letter.purpose),
        )
        self.told.append(out)
        if letter.purpose in AWAITED and (out.reached or out.failed):
            heapq.heappush(self._coming, (out.reached or out.failed, len(self.told), out))
        return out

    def _fate(self, purpose: str) -> tuple[datetime | None, datetime | None, datetime | None]:
        """When a message sent now reaches the phone, is read, or fails."""
        rng, awaited = self.rng, purpose in AWAITED
        soon = self.at + timedelta(seconds=4)
        # A failed acknowledgement or reply would be a telephone call of its own, which no story tells of.
        may_fail = awaited or purpose not in MISSED
        if (self.failing and awaited) or (may_fail and rng.random() < (0.022 if awaited else 0.006)):
            return None, None, soon + timedelta(seconds=rng.randrange(2, 40))
        if not awaited and rng.random() < 0.015:
            return None, None, None
        away = rng.random() < 0.08
        wait = rng.lognormvariate(9.4, 0.8) if away else rng.lognormvariate(1.2, 1.1)
        reached = soon + timedelta(seconds=min(int(wait), _LONGEST_WAY))
        read = reached + timedelta(seconds=int(rng.lognormvariate(6.2, 1.7)) + 2)
        return reached, read if rng.random() < 0.82 else None, None

    def _report(self, moment: datetime) -> None:
        """Put on record what happened by itself up to this moment: deliveries, as the statuses have them, reminders."""
        if self.case is None:
            return
        end = min(moment, self.until)
        while True:
            reminder = self._next_reminder()
            delivery = self._coming[0][0] if self._coming else None
            if reminder and reminder[0] <= end and (delivery is None or reminder[0] < delivery):
                self._remind(*reminder)
            elif delivery and delivery <= end:
                happened, _, out = heapq.heappop(self._coming)
                self._of_itself(happened, "delivery_failed" if out.failed else "delivered", message_id=out)
            else:
                return

    def _next_reminder(self) -> tuple[datetime, int] | None:
        """When the next level is reached, and which; computed anew only when something has changed that decides it."""
        case = self.case
        due = (case.due_at, case.clock_started_at, case.reminded, case.state == State.SCHEDULED)
        if due != self._due:
            level = next((each for each in reminders.LEVELS if each > case.reminded), None)
            self._due, self._reminder = due, None
            if level and case.due_at and not case.ended_at:
                reached = reminders.reached_at(self.desk, case, level, self.pauses)
                # Reached already when the clock went on: then at the next look in office hours.
                reached = self.desk.calendar.next_opening(max(reached, self.steps[-1].happened_at))
                self._reminder = reached, level
        return self._reminder

    def _remind(self, moment: datetime, level: int) -> None:
        case = self.case
        share = reminders.share_used(self.desk, case, moment, self.pauses)
        level = max(level, reminders.level_at(share))
        to = sorted(reminders.audiences(case, level, moment, case.reminded))
        self._of_itself(moment, "remind", level=level, to=to)

    def _of_itself(self, moment: datetime, kind: str, **data) -> None:
        state = self.case.state
        self._apply(Event(self.nth, moment, kind, SYSTEM.username, Role.SYSTEM, state, state, data))


def failure() -> tuple[int, str]:
    """What Meta says of a message that cannot be delivered."""
    return _UNDELIVERABLE
