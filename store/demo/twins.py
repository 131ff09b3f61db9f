"""A complaint that was reported before: merged with the earlier one, and answered with it."""

from dataclasses import replace
from datetime import datetime

from ..rules.texts import Letter, merged
from ..rules.workflow import ENDED, Role, State
from .ending import Ending
from .story import Out, Over, Step, Story

_ANSWERS = {"answer": "answer", "approve": "result", "refer": "referred"}
_NEWS = ("forwarded", "started", "scheduled", "answer", "result", "question", "referred")
_NO_PARENT = (State.REJECTED, State.WITHDRAWN, State.ARCHIVED, State.DUPLICATE)


class Merging(Ending):
    """The reporter of a duplicate gets what the parent's reporter gets, with the own number in it."""

    def _merge(self, parent: Story) -> bool:
        """Whether it stays a duplicate: some turn out to be another matter."""
        story, rng = self.story, self.rng
        if not fits_as_parent(parent, story.at):
            return False
        by = self._officer()
        story.do("classify", by, Role.CITY, category=self.topic.category, kelurahan=self.scene.kelurahan)
        note = rng.choice(self.stage.texts.staff["merge"])
        merged_at, number = story.at, parent.case.number
        given = {"parent_id": parent, "parent": number, "note": note}
        story.do("merge", by, Role.CITY, State.DUPLICATE, **given)
        parent.insert(merged_at, "adopt", by, Role.CITY, child=story.case.number)
        answered = [step for step in parent.steps if step.happened_at <= merged_at and step.event.kind in _ANSWERS]
        if answered:
            self._told_at_once(parent, answered[-1], by)
        else:
            story.tell([merged(story.case.number)], by)
            if rng.random() < 0.03:
                self._unmerge(parent)
                return False
        self._follow(parent, merged_at)
        return True

    def _unmerge(self, parent: Story) -> None:
        story = self.story
        self._wait(0.3, 0.02)
        by = self._officer()
        note = self.rng.choice(self.stage.texts.staff["unmerge"])
        story.do("unmerge", by, Role.CITY, State.RECEIVED, note=note)
        parent.insert(story.at, "part", by, Role.CITY, child=story.case.number)
        self._wait(0.1, 0.02)

    def _told_at_once(self, parent: Story, step: Step, by: str) -> None:
        """It was answered already."""
        purpose = _ANSWERS[step.event.kind]
        letters = [out.letter for out in parent.told if out.created_at == step.happened_at]
        letters = [letter for letter in letters if letter.purpose in (purpose, "question")]
        self._answered(self.story.tell([self._own(letter, parent) for letter in letters], by), parent, step)

    def _follow(self, parent: Story, merged_at: datetime) -> None:
        """What the parent's reporter hears from then on, in its order."""
        story = self.story
        steps = {step.happened_at: step for step in parent.steps if step.event.kind in _ANSWERS}
        moments = sorted({o.created_at for o in parent.told if o.letter.purpose in _NEWS and o.created_at > merged_at})
        for moment in moments:
            outs = [out for out in parent.told if out.created_at == moment and out.letter.purpose in _NEWS]
            story.move_to(moment)
            sent = story.tell([self._own(out.letter, parent) for out in outs], outs[0].by)
            if moment in steps:
                self._answered(sent, parent, steps[moment])
        raise Over

    def _answered(self, out: Out | None, parent: Story, step: Step) -> None:
        story = self.story
        given = {"parent": parent.case.number, "text": step.event.data["text"], "message_id": out}
        story.system("follow", **given)
        if out is None or out.failed:
            story.move_to(out.failed if out else story.at)
            self._tell_otherwise()

    def _own(self, letter: Letter, parent: Story) -> Letter:
        """The parent's letter as one about this complaint."""

        def own(text: str) -> str:
            return text.replace(parent.case.number, self.story.case.number)

        return replace(
            letter,
            text=own(letter.text),
            buttons=tuple((own(code), label) for code, label in letter.buttons),
            template_params=tuple(own(text) for text in letter.template_params),
        )


def fits_as_parent(story: Story, moment: datetime) -> bool:
    """Whether a complaint of that moment may be a duplicate of this one, and will be answered with it."""
    if story.case.state in _NO_PARENT or story.case.confidential:
        return False
    state = story.state_at(moment)
    return state not in _NO_PARENT and not (state in ENDED and story.case.ended_at and story.case.ended_at < moment)
