"""From the result to the end: told, confirmed, opened again, or silence."""

from datetime import datetime

from ..rules import texts
from ..rules.workflow import MAX_REOPENINGS, REPORTER, Role, State
from .asking import Asking
from .player import FAILED, OFFICIAL
from .story import NotYet, Out


class Ending(Asking):
    """Step 7."""

    def _approve(self) -> None:
        story, rng = self.story, self.rng
        by, role = (OFFICIAL, Role.OFFICIAL) if rng.random() < 0.03 else self._city()
        text = f"{story.case.result_text} {self._after_result()}".strip()
        out = story.tell(texts.result(story.case.number, text), by)
        story.do("approve", by, role, State.AWAITING_CONFIRMATION, text=text, message_id=out)
        if self.halt == FAILED:
            raise NotYet
        if self.halt == State.AWAITING_CONFIRMATION:
            self._end_without_word(0)
        elif out is None:
            self._tell_otherwise()
            self._end_without_word(0.75)
        elif out.failed:
            story.move_to(out.failed)
            self._tell_otherwise()
            self._end_without_word(0.6)
        else:
            self._hear_back(out)

    def _hear_back(self, out: Out) -> None:
        story, rng, way = self.story, self.rng, self.rng.random()
        again = self.halt == State.REOPENED
        if again or (way < 0.07 and story.case.reopened_count < MAX_REOPENINGS):
            self._after_reading(out, 2.5)
            self._reopen(out)
        elif way < 0.62:
            self._after_reading(out, 2.5)
            message = story.hear("button_reply", "Sudah selesai", reply_to=out.wamid, acknowledge=False)
            story.do("confirm", REPORTER.username, Role.REPORTER, State.CLOSED)
            story.answer_at_once(texts.confirmed(story.case.number), message)
            if rng.random() < 0.35:
                self._thank(story.at, "thanks")
        else:
            self._end_without_word(0.25)
            if story.case.closing == "silence" and not story.case.reopened_count and rng.random() < 0.04:
                self._citizen_time(60)
                self._reopen(out)

    def _reopen(self, out: Out) -> None:
        story, rng, citizen = self.story, self.rng, self.stage.texts.citizen
        message = story.hear("button_reply", "Belum selesai", reply_to=out.wamid, acknowledge=False)
        limits = story.desk.limits(story.at, story.case.category)
        note = "Pelapor menekan “Belum selesai”."
        story.do("reopen", REPORTER.username, Role.REPORTER, State.REOPENED, note=note, **limits)
        story.answer_at_once(texts.reopened(story.case.number), message)
        self.returns = 0
        if rng.random() < 0.85:
            story.go_on(minutes=rng.uniform(0.5, 20))
            photo = self._photo() if self.topic.placed and rng.random() < 0.4 else None
            text = self._say(rng.choice(citizen["reopen" if self.topic.placed else "reopen_no_place"]))
            story.hear("image" if photo else "text", text, medium=photo)
        self._triage()

    def _triage(self) -> None:
        """What the city team makes of it."""
        raise NotImplementedError

    def _end_without_word(self, by_officer: float) -> None:
        """An officer closes after asking by telephone, or silence closes."""
        story, rng, silence_ends = self.story, self.rng, self._silence_ends()
        asked = story.office_moment(rng.uniform(0.5, 4)) if rng.random() < by_officer else silence_ends
        if asked < silence_ends:
            story.move_to(asked)
            staff = self.stage.texts.staff
            note = rng.choice(staff["close"] + (staff["close_place"] if self.topic.placed else []))
            story.do("close", *self._city(), State.CLOSED, note=note)
            return
        self._after_silence()
        story.system("lapse", State.CLOSED)

    def _thank(self, after: datetime, words: str) -> None:
        story, rng = self.story, self.rng
        story.move_to(after)
        story.go_on(minutes=rng.uniform(0.3, 12))
        # As a quotation of our last message: thanks in any words then belong to this complaint.
        said = self._say(rng.choice(self.stage.texts.citizen[words]))
        story.hear("text", said, reply_to=story.told[-1].wamid, thanks=True)
