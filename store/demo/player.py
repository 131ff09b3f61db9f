"""What every step of a plot uses: who acts, how long it takes, what is said and shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..evidence import File
from ..rules.deadline import to_jakarta
from ..rules.workflow import WITH_DEPARTMENT, Role, State, overall
from .corpus import Corpus, Topic
from .scene import Scene, day_words
from .story import Medium, NotYet, Story
from .voice import Voice, daytime

CITY_STAFF = {"kota": 62, "kota2": 38}
OFFICIAL = "pejabat"
# Who is often needed beside the department that leads.
_BESIDE = {
    "DPUPR": "DISHUB", "DLH": "SATPOL-P3KP", "DISHUB": "SATPOL-P3KP", "DINPERKIM": "DPUPR", "PERUMDA-AIR": "DPUPR",
    "SATPOL-P3KP": "DISHUB", "DINDAGKOP-UKM": "SATPOL-P3KP", "DINPARBUDPORA": "DLH", "DINDIK": "DPUPR",
}  # fmt: skip
# Stories are made to stop there, so that each list of today has something on it.
FAILED, AT_OFFICIAL, NOBODYS, ONE_RETURNED = "call", "official", "assignment", "one_returned"
# How a reporter without WhatsApp is told, by channel; by telephone otherwise.
_TOLD = {"EML": "email", "TWT": "social_media", "IGR": "social_media", "WEB": "web", "LOK": "in_person"}
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
    seed: str


class Player:
    """One complaint with its topic, its place and the department it belongs to.

    :param halt: a state where the story stops although time would go on, or one of `FAILED` (awaiting with a failed
        message), `AT_OFFICIAL`, `NOBODYS` (twice "not ours"), `ONE_RETURNED` (of two departments)
    :param spam: it is no complaint at all
    :param twin: an earlier story of which this one is a duplicate
    """

    def __init__(
        self,
        stage: Stage,
        story: Story,
        topic: Topic,
        scene: Scene,
        halt: str | None,
        spam: bool = False,
        twin: Story | None = None,
    ):
        self.stage, self.story, self.topic, self.scene, self.halt = stage, story, topic, scene, halt
        self.spam, self.twin = spam, twin
        self.rng = story.rng
        self.department = self._here(topic.department)
        self.official = topic.kind == "official" or topic.category == "official"
        plain = twin is None and halt is None and not spam and topic.kind == "complaint"
        self.secret = self.official or (plain and self.rng.random() < 0.009)
        self.template = ""
        self.opened = False
        self.returns = 0
        story.failing = halt == FAILED

    def _city(self) -> tuple[str, Role]:
        """Who of the city's side acts: what belongs to the official is the official's."""
        return (OFFICIAL, Role.OFFICIAL) if self.story.case.escalated else (self._officer(), Role.CITY)

    def _beside(self) -> str | None:
        beside = "BPBD" if self.topic.category == "flood" else _BESIDE.get(self.department)
        return beside if beside != self.department else None

    def _by_part(self, kind: str, by: str, department: str, state: State | None = None, **data) -> None:
        """A department's own step, with what it makes of the whole complaint."""
        case = self.story.case
        states = [state if p.active and p.department == department else p.state for p in case.assignments]
        moves = state and case.state in WITH_DEPARTMENT | {State.RETURNED}
        role = Role.OPD_TEAM if by.startswith("tim.") else Role.OPD_ADMIN
        self.story.do(kind, by, role, overall(states) if moves else None, department=department, **data)

    def _reveal(self, share: float) -> None:
        """An officer must know who reported a confidential case."""
        if self.story.case.confidential and self.rng.random() < share:
            self.story.do("reveal", *self._city(), note=self.rng.choice(self.stage.texts.staff["reveal"]))

    def _tell_otherwise(self, note: str | None = None) -> None:
        """The reporter is told without WhatsApp, mostly by telephone."""
        story, rng = self.story, self.rng
        self._wait(0.3, 0.02)
        how = "telephone" if story.whatsapp else _TOLD.get(story.channel, "telephone")
        if story.whatsapp and rng.random() < 0.2:
            how = "in_person"
        note = note or rng.choice(self.stage.texts.staff[f"told_{how}"])
        story.do("told", self._officer(), Role.CITY, note=note, how=how, told_at=story.at)

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
