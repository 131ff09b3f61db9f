"""The city team asks for what is missing; the reporter answers, or falls silent, or comes back later."""

from datetime import datetime, timedelta

from ..intake import SUMMARY_LENGTH
from ..rules import texts
from ..rules.completeness import ELEMENTS
from ..rules.workflow import REPORTER, Role, State, overall
from .arriving import Arriving
from .story import Out, Over


class Asking(Arriving):
    """The clock stands still meanwhile."""

    def _ask(self) -> None:
        story, rng = self.story, self.rng
        by, role = self._city()
        missing = self._missing()
        note = rng.choice(self.stage.texts.staff["ask_more"])
        out = story.tell([texts.asked(story.case.number, missing, self._silence_days(), note)], by)
        story.do("ask", by, role, State.AWAITING_REPORTER, missing=missing, note=note, message_id=out)
        self._stop(State.AWAITING_REPORTER)
        if out is None or out.failed:
            self._ask_by_telephone(out)
        elif rng.random() < 0.85:
            self._after_reading(out, 4)
            self._complete("supply")
        else:
            self._fall_silent()
        self._wait(0.1, 0.03)

    def _missing(self) -> list[str]:
        """Place first where there is one; the name, or a picture, beside it."""
        rng = self.rng
        wanted = {"where_when"} if self.topic.placed and self.story.case.latitude is None else {"identity"}
        more = ("identity", "evidence") if self.topic.placed else ("what", "where_when")
        if rng.random() < 0.4:
            wanted.add(rng.choice(more))
        return [name for name in ELEMENTS if name in wanted]

    def _ask_by_telephone(self, out: Out | None) -> None:
        story, rng, staff = self.story, self.rng, self.stage.texts.staff
        if out and out.failed:
            story.move_to(out.failed)
        self._tell_otherwise(rng.choice(staff["told_call_asked"]))
        by, role = self._city()
        note = rng.choice(staff["supply_call"]).format_map(self.scene.words)
        story.do("supply", by, role, self._goes_on_where(), note=note, **story.limits())

    def _complete(self, kind: str, words: str | None = None) -> None:
        """What was asked for comes, with place or name."""
        story, rng, citizen = self.story, self.rng, self.stage.texts.citizen
        if self.topic.placed and words is None and rng.random() < 0.4:
            text = None
            message = story.hear("location", point=self.scene.point, acknowledge=kind == "supply")
        else:
            text = self._say(words or rng.choice(citizen["place_more" if self.topic.placed else "identity"]))
            message = story.hear("text", text, acknowledge=kind == "supply")
        note = (text or "")[:SUMMARY_LENGTH]
        story.do(kind, REPORTER.username, Role.REPORTER, self._goes_on_where(), note=note, **story.limits())
        if kind == "revive":
            story.answer_at_once(texts.revived(story.case.number), message)

    def _goes_on_where(self) -> State:
        parts = self.story.case.assignments
        return overall([part.state for part in parts]) if parts else State.RECEIVED

    def _fall_silent(self) -> None:
        """Ten days without a word; some come back after all."""
        story, rng = self.story, self.rng
        self._after_silence()
        story.system("archive", State.ARCHIVED, **story.limits())
        number = story.case.number
        story.send_by_itself(texts.archived(number, self._silence_days()), f"archive:{number}")
        if rng.random() > 0.25:
            raise Over
        story.go_on(days=rng.uniform(0.5, 40))
        self._citizen_time(3)
        self._complete("revive", rng.choice(self.stage.texts.citizen["come_back"]))

    def _silence_days(self) -> int:
        return self.story.desk.config["clock"]["silence_days"]

    def _silence_ends(self) -> datetime:
        return self.story.last_word() + timedelta(days=self._silence_days())

    def _after_silence(self) -> None:
        story, ends = self.story, self._silence_ends()
        noticed = ends + timedelta(seconds=self.rng.randrange(5, 900))
        story.move_to(noticed if noticed < story.until else ends)

    def _after_reading(self, out: Out, hours: float) -> None:
        """So many hours, more or less, after it was read, and before silence ends it."""
        silence_ends = self._silence_ends()
        self.story.move_to(min(out.read or out.reached, out.reached + timedelta(days=3)))
        self._citizen_time(hours, silence_ends - timedelta(hours=1))
