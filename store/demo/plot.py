"""What happens to a complaint: the officers', the departments' and the reporter's steps, with their delays."""

from datetime import timedelta

from ..rules import texts
from ..rules.deadline import to_jakarta
from ..rules.workflow import WITH_DEPARTMENT, Role, State
from .player import AT_OFFICIAL, NOBODYS, OFFICIAL, ONE_RETURNED
from .story import NotYet, Over
from .twins import Merging
from .working import Working


class Plot(Merging, Working):
    """Plays one complaint from its arrival to its end, or to the end of the demonstration."""

    def play(self, number: str) -> None:
        try:
            self._arrive(number)
            self._add_more()
            self._triage()
        except NotYet:
            self._write_meanwhile()
        self.story.finish()

    def _write_meanwhile(self) -> None:
        """Who waits writes, also where the story was made to stop."""
        story, rng = self.story, self.rng
        moment = story.until - timedelta(hours=rng.uniform(0.5, 20))
        waits = self.halt and story.whatsapp and story.case.state in WITH_DEPARTMENT
        if waits and moment > story.at and 6 < to_jakarta(moment).hour < 22 and rng.random() < 0.5:
            story.move_to(moment)
            self._nag()

    def _triage(self) -> None:
        story, topic, rng = self.story, self.topic, self.rng
        self._stop(State.RECEIVED, State.REOPENED)
        self._wait(0.02 if self.spoken else 0.14, 0.07)
        if self.spam:
            self._reject("reject")
        if self.twin and not story.case.reopened_count and self._merge(self.twin):
            return
        if not story.case.reopened_count:
            self._first_look()
        technical = bool(self.halt) and self.halt not in (State.ANSWERED, AT_OFFICIAL)
        technical = technical or rng.random() < topic.technical
        if topic.bodies:
            self._refer()
        elif technical or story.case.reopened_count or not (topic.answers or topic.kind != "complaint"):
            self._forward()
        else:
            self._answer(self._answer_text())

    def _first_look(self) -> None:
        """What comes before the decision: questions, corrections, second thoughts, the official."""
        story, topic, rng = self.story, self.topic, self.rng
        if story.whatsapp and rng.random() < 0.002:
            self._reject("reject_mistaken")
        if story.whatsapp and rng.random() < 0.004:
            self._withdraw()
        placeless = story.whatsapp and story.case.latitude is None
        unclear = (0.15 if topic.placed else 0.06) if placeless else 0.02
        if self.halt == State.AWAITING_REPORTER or rng.random() < unclear:
            self._ask()
        elif story.whatsapp and rng.random() < 0.06:
            story.do("classify", self._officer(), Role.CITY, category=topic.category, kelurahan=self.scene.kelurahan)
            self._wait(0.03, 0)
        self._reveal(0.25)
        if self.halt == AT_OFFICIAL or (story.channel == "LOK" and rng.random() < 0.14):
            self._escalate()

    def _reject(self, words: str) -> None:
        """Spam; what only looked like it is taken back."""
        story, rng, staff = self.story, self.rng, self.stage.texts.staff
        story.do("reject", *self._city(), State.REJECTED, note=rng.choice(staff[words]))
        if self.spam:
            raise Over
        self._wait(0.6, 0.05)
        story.do("restore", *self._city(), State.RECEIVED, note=rng.choice(staff["restore"]))
        self._wait(0.05, 0)

    def _withdraw(self) -> None:
        story, rng = self.story, self.rng
        story.hear("text", self._say(rng.choice(self.stage.texts.citizen["withdraw"])))
        self._wait(0.1, 0.02)
        by, role = self._city()
        out = story.tell([texts.withdrawn(story.case.number)], by)
        note = rng.choice(self.stage.texts.staff["withdraw"])
        story.do("withdraw", by, role, State.WITHDRAWN, note=note, message_id=out)
        raise Over

    def _escalate(self) -> None:
        story, staff = self.story, self.stage.texts.staff
        words = staff["escalate_counter" if story.channel == "LOK" else "escalate"]
        story.do("escalate", self._officer(), Role.CITY, note=self.rng.choice(words), until="end")
        if self.halt == AT_OFFICIAL:
            raise NotYet
        self._wait(0.35, 0.05)
        if self.rng.random() < 0.45:
            self._answer(self._staff(self.rng.choice(staff["answer_official"])))
            raise Over

    def _answer(self, text: str) -> None:
        story, rng = self.story, self.rng
        official = self.topic.kind == "service" and rng.random() < 0.35
        by, role = (OFFICIAL, Role.OFFICIAL) if official else self._city()
        out = story.tell(texts.answer(story.case.number, text, story.desk.service), by)
        story.do("answer", by, role, State.ANSWERED, **self._facts(), text=text, message_id=out)
        if out is None:
            if story.case.call_reporter:
                self._tell_otherwise()
            return
        if out.failed:
            story.move_to(out.failed)
            self._tell_otherwise()
        elif rng.random() < 0.4:
            self._thank(out.read or out.reached, "thanks_answer")

    def _refer(self) -> None:
        """Not the city's: to the body that is responsible, mostly with its number there."""
        story, rng = self.story, self.rng
        by, role = self._city()
        body = rng.choice(self.topic.bodies)
        reference = (
            f"{rng.randrange(100, 990)}/{rng.choice('ABCD')}{rng.randrange(10, 99)}" if rng.random() < 0.6 else ""
        )
        text = rng.choice(self.topic.answers)
        out = story.tell([texts.referred(story.case.number, body, reference, text)], by)
        given = {"body": body, "reference": reference, "text": text}
        story.do("refer", by, role, State.REFERRED, message_id=out, **given)
        if out and out.failed:
            story.move_to(out.failed)
        if story.case.call_reporter:
            self._tell_otherwise()

    def _forward(self, completed: bool = False) -> None:
        """To the department it belongs to, to two, or first, by mistake, to another."""
        story, rng, staff = self.story, self.rng, self.stage.texts.staff
        departments = self._departments()
        names = [self.stage.departments[code] for code in departments]
        by, role = self._city()
        if story.whatsapp and not self.opened and story.case.first_answer_at is None and rng.random() < 0.5:
            self._reply(self._staff(rng.choice(staff["hello"]), names[0]))
            story.office(0.006)
        story.tell([texts.forwarded(story.case.number, names)], by)
        bound = story.case.escalated is not None
        note = self._staff(rng.choice(staff["together"]), names[0]) if len(names) > 1 else None
        given = self._facts() | {
            "department": departments[0],
            "departments": departments,
            "note": note or self._forward_note(completed, bound, departments[0]),
            "accept_due_at": story.desk.acceptance_limit(story.at),
            "binding": bound,
        }
        story.do("forward", by, role, State.FORWARDED, **given)
        self.opened = True
        if len(departments) > 1:
            self._together(departments)
            self._review(departments)
            self._approve()
            return
        self._stop(State.FORWARDED)
        self._receive(departments[0])

    def _departments(self) -> list[str]:
        rng, beside = self.rng, self._beside()
        first = not self.opened and self.returns == 0 and not self.official and not self.story.case.escalated
        if beside and first and (self.halt == ONE_RETURNED or (self.halt is None and rng.random() < 0.045)):
            return [self.department, beside]
        if first and self.topic.wrong and rng.random() < (1 if self.halt == NOBODYS else 0.07):
            return [self._here(rng.choice(self.topic.wrong))]
        return [self.department]

    def _receive(self, department: str) -> None:
        story = self.story
        self._wait(0.16 * self.stage.pace[department], 0.08)
        reason = self._reason_to_return(department)
        if reason:
            self._give_back(department, reason)
            self._stop(State.RETURNED)
            if self.halt == NOBODYS and story.case.escalated:
                raise NotYet
            self._take_back(reason)
            return
        self._begin_work(department)
        if story.whatsapp and not self.halt and self.rng.random() < 0.004:
            self._withdraw()
        self._work(department)
        self._review([department])
        self._approve()

    def _take_back(self, reason: str) -> None:
        self._wait(0.12, 0.04)
        if reason == "duplicate":
            self._answer(self._staff(self.rng.choice(self.stage.texts.staff["answer_duplicate"])))
            return
        if reason == "incomplete" and self.story.whatsapp:
            self._ask()
        self._forward(completed=reason == "incomplete")
