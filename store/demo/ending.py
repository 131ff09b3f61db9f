"""From the result to the end: told, confirmed, opened again, or silence."""

import contextlib
import random
from datetime import datetime

from ..rules import texts
from ..rules.workflow import MAX_REOPENINGS, REPORTER, Role, State
from .asking import Asking
from .player import CITY_STAFF, FAILED, OFFICIAL
from .story import NotYet, Out

# How many of those who say that it is done give a rating, and of these add words; and how many stars, from five to one,
# when the promise was kept, when it was not, and when it took a second time.
_RATE, _WITH_WORDS = 0.46, 0.38
_STARS = {"kept": (52, 31, 11, 4, 2), "late": (19, 31, 27, 14, 9), "again": (12, 25, 30, 19, 14)}


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
            self._rate(random.Random(f"{self.stage.seed}/{story.nth}/rating"))  # noqa: S311 – believable data, no secret
        else:
            self._end_without_word(0.25)
            if story.case.closing == "silence" and not story.case.reopened_count and rng.random() < 0.04:
                self._citizen_time(60)
                self._reopen(out)

    def _rate(self, own: random.Random) -> None:
        """Some give a rating at once, and some of these a few words; an officer reads them in office hours.

        :param own: so that the stories are the same with ratings as without
        """
        story, asked = self.story, self.story.told[-1]
        before, story.rng = (story.at, story.rng), own
        with contextlib.suppress(NotYet):
            if own.random() < _RATE:
                self._give_stars(own, asked)
        story.at, story.rng = before

    def _give_stars(self, own: random.Random, asked: Out) -> None:
        story = self.story
        again = story.case.reopened_count > 0
        weights = _STARS["again" if again else "late" if story.case.stopped_at > story.case.promise_due_at else "kept"]
        stars = own.choices((5, 4, 3, 2, 1), weights)[0]
        row = next(title for id_, title, _ in asked.letter.rows if id_.endswith(f":{stars}"))
        story.go_on(minutes=own.uniform(0.4, 45))
        message = story.hear("list_reply", row, reply_to=asked.wamid, acknowledge=False, thanks=True)
        story.do("rate", REPORTER.username, Role.REPORTER, rating=stars)
        told = story.answer_at_once(texts.rated(story.case.number, stars), message)
        if told.failed or own.random() > _WITH_WORDS:
            return
        story.go_on(minutes=own.uniform(0.5, 25))
        level = "low" if stars < 3 else "middle" if stars == 3 else "high"
        words = own.choice(self.stage.texts.citizen[f"rating_{level}"])
        message = story.hear("text", words, acknowledge=False)
        story.do("rate", REPORTER.username, Role.REPORTER, rating=stars, words=words)
        story.answer_at_once(texts.rating_words(story.case.number), message)
        story.office(own.uniform(0.02, 0.6))
        story.do("seen", own.choice(list(CITY_STAFF)), Role.CITY)

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
