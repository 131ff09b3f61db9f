"""What every step of a plot uses: who acts, how long it takes, what is said and shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..evidence import File
from ..rules.deadline import to_jakarta
from ..rules.workflow import State
from .corpus import Corpus, Topic
from .scene import Scene, day_words
from .story import Medium, NotYet, Story
from .voice import Voice, daytime

CITY_STAFF = {"kota": 62, "kota2": 38}
OFFICIAL = "pejabat"
# Where the neighbourhood itself can help to keep it so.
_SHARED = ("waste", "drainage", "tree", "pollution")


@dataclass
class Stage:
    """What the stories of one register share."""

    texts: Corpus
    voice: Voice
    departments: dict[str, str]
    physical: set[str]
    pictures: dict[tuple[str, bool], list[File]]
    pace: dict[str, float]


class Player:
    """One complaint with its topic, its place and the department it belongs to.

    :param halt: a state where the story stops although time would go on; `call` is awaiting with a failed message
    """

    def __init__(self, stage: Stage, story: Story, topic: Topic, scene: Scene, halt: str | None):
        self.stage, self.story, self.topic, self.scene, self.halt = stage, story, topic, scene, halt
        self.rng = story.rng
        self.department = self._here(topic.department)
        self.secret = topic.kind == "official" or topic.category == "official"
        self.template = ""
        self.opened = False
        self.returns = 0
        story.failing = halt == "call"

    def _answer_text(self) -> str:
        topic, staff = self.topic, self.stage.texts.staff
        own = topic.fitting(topic.answers, self.template)
        general = {"information": "answer_info", "wish": "answer_wish"}.get(topic.kind, "answer")
        return self._staff(self.rng.choice(own or staff[general]))

    def _forward_note(self, completed: bool, bound: bool, department: str) -> str:
        again = "forward_complete" if completed else "forward_again"
        if bound:
            name = "forward_bound"
        elif self.returns:
            name = again
        elif self.story.case.reopened_count:
            name = "forward_reopened"
        elif self.secret:
            name = "forward_secret"
        else:
            name = "forward" if self.topic.placed else "forward_no_place"
        if name == "forward_complete" and not self.topic.placed:
            name = "forward_no_place"
        return self._staff(self.rng.choice(self.stage.texts.staff[name]), self.stage.departments[department])

    def _after_result(self) -> str:
        story, name = self.story, "result_after"
        if story.at > story.case.promise_due_at:
            name = "result_after_late"
        elif self.topic.category in _SHARED:
            name = "result_after_shared"
        return "" if "Terima kasih" in story.case.result_text else self.rng.choice(self.stage.texts.staff[name])

    def _stop(self, *states: State) -> None:
        if self.halt and self.halt in states and self.halt == self.story.case.state:
            raise NotYet

    def _wait(self, median: float, forgotten: float) -> None:
        self.story.office(self._days(median, forgotten))

    def _days(self, median: float, forgotten: float) -> float:
        """Working days until somebody acts: mostly soon, sometimes forgotten for days."""
        rng = self.rng
        if self.halt:
            return median * rng.uniform(0.3, 0.9)
        late = min(rng.expovariate(1 / 3.2) + 0.4, 12) if rng.random() < forgotten else 0
        return rng.lognormvariate(0, 0.85) * median + late

    def _citizen_time(self, median_hours: float, latest: datetime | None = None) -> None:
        """Hours until a citizen writes, at an hour at which people are awake; always within eight days."""
        story, rng = self.story, self.rng
        moment = story.at + timedelta(seconds=int(min(rng.lognormvariate(0, 0.9) * median_hours, 180) * 3600) + 20)
        hour = to_jakarta(moment).hour
        if hour >= 23 or hour < 5:
            moment += timedelta(hours=(29 - hour) % 24 + 1, minutes=rng.randrange(60))
        story.move_to(min(moment, latest or moment))

    def _facts(self) -> dict:
        facts = {"kind": self.topic.kind, "category": self.topic.category, "kelurahan": self.scene.kelurahan}
        if self.topic.placed:
            facts["address"] = self.scene.address
        if self.secret:
            facts["confidential"] = True
        return facts

    def _here(self, department: str) -> str:
        """The department itself; of the kecamatan the one where it happened."""
        if department.startswith("KEC"):
            return f"KEC-{self.scene.kecamatan.split()[-1].upper()}"
        return department

    def _officer(self) -> str:
        return self.rng.choices(list(CITY_STAFF), CITY_STAFF.values())[0]

    def _say(self, text: str) -> str:
        return self.stage.voice.speak(text, self.story.person, self.scene.words) if text else ""

    def _staff(self, text: str, opd: str | None = None) -> str:
        more = {
            "waktu": daytime(self.story.at)[0],
            "opd": opd or self.stage.departments[self.department],
            "tgl": day_words(self.story.at),
            "petugas": self.rng.choice(self.stage.texts.people["officers"]),
        }
        return text.format_map(self.scene.words | more)

    def _picture(self, after: bool) -> File:
        return self.rng.choice(self.stage.pictures[self.topic.scene or "paper", after])

    def _photo(self) -> Medium:
        missing = self.rng.random() < 0.03
        file = None if missing else self._picture(after=False)
        return Medium(self.story.at, "image/jpeg", file, whatsapp_id=self._media_id() if self.story.whatsapp else None)

    def _media_id(self) -> str:
        return str(self.rng.randrange(10**14, 10**16))
