"""Draws the stories of a demonstration: who complains, about what, where, and where a story stands at the end."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, cycle

from ..db import rows
from ..desk import Desk
from ..rules.deadline import to_jakarta, working_days_between
from ..rules.workflow import ENDED, State
from .corpus import Topic, corpus
from .people import People, Person
from .pictures import draw_all
from .player import AT_OFFICIAL, FAILED, NOBODYS, ONE_RETURNED, Stage
from .plot import Plot
from .rhythm import Arrival, arrivals
from .scene import Scene, make_scene, same_scene
from .story import Story
from .twins import fits_as_parent
from .voice import Voice

_CATEGORIES = {
    "road": 13, "drainage": 9, "flood": 7, "street_light": 12, "tree": 5, "waste": 13, "pollution": 6, "traffic": 7,
    "public_order": 6.5, "civil_registry": 6.5, "social_aid": 4, "education": 2.5, "health": 3.5, "water": 4.5,
    "housing": 2, "market": 2.5, "employment": 1.6, "permit": 1.6, "official": 1.6, "other": 5,
}  # fmt: skip
# What the last days show, by working days since arrival (up to the first number): every state that can be reached.
_HALTS = (
    (0.35, ()),
    (1.2, (State.FORWARDED, State.RECEIVED, State.FORWARDED)),
    (
        3.0,
        (State.RETURNED, State.IN_REVIEW, AT_OFFICIAL, State.ACCEPTED, State.AWAITING_REPORTER, State.RETURNED,
         State.IN_PROGRESS, ONE_RETURNED, State.FORWARDED),
    ),
    (
        8.0,
        (State.REOPENED, State.SCHEDULED, State.AWAITING_REPORTER, State.IN_PROGRESS, NOBODYS,
         State.AWAITING_CONFIRMATION, State.REOPENED, FAILED, ONE_RETURNED, State.IN_REVIEW, State.SCHEDULED),
    ),
)  # fmt: skip
_NEEDS_WHATSAPP = (State.REOPENED, FAILED, State.AWAITING_REPORTER)
_FORGOTTEN_DAYS = 30
_SPAM, _TWIN, _TWIN_IN_FLOOD = 0.014, 0.055, 0.16
# Subjects for which a second department is at hand.
_SHARED = (
    "road",
    "drainage",
    "flood",
    "street_light",
    "tree",
    "waste",
    "pollution",
    "traffic",
    "public_order",
    "water",
)
# So long after the first one others report the same.
_TWIN_DAYS = 6
# Who archives a complaint by silence brings it back with the next message, within three months.
_AFTER_ARCHIVE = timedelta(days=91)


class Cast:
    """Draws one story after the other, in the order of their arrival."""

    def __init__(self, desk: Desk, seed: int, until: datetime):
        self.desk, self.until = desk, until
        self.rng = random.Random(f"{seed}/{until.isoformat()}")  # noqa: S311 – believable data, no secret
        self.texts = corpus()
        self.people = People(self.texts, self.rng)
        self.counters: dict[tuple[str, int], int] = {}
        self._topics: dict[tuple[int, bool], list[float]] = {}
        self._places: dict[str | None, list[float]] = {}
        self._halts = [(limit, cycle(states) if states else None) for limit, states in _HALTS]
        self._chosen = cycle((True, True, False))
        self._lately: deque[tuple[Story, Topic, Scene, dict]] = deque(maxlen=120)
        self._read_register(seed)

    def _read_register(self, seed: int) -> None:
        with self.desk.register.cursor() as cursor:
            departments = dict(cursor.execute("select code, name from department order by code").fetchall())
            categories = rows(cursor.execute("select code, department, physical from category order by position"))
            codes = rows(cursor.execute("select code, name, kecamatan from kelurahan order by code"))
        known = {row["name"]: row for row in codes}
        self.kelurahan = [known[place["name"]] for place in self.texts.places]
        limit = self.desk.settings.config["media"]["max_bytes"]
        self.stage = Stage(
            texts=self.texts,
            voice=Voice(self.texts, self.rng),
            departments=departments,
            physical={row["code"] for row in categories if row["physical"]},
            pictures=draw_all(self.desk.settings.media, seed, limit),
            pace={code: self.rng.uniform(0.6, 1.7) for code in departments},
            seed=f"{seed}/{self.until.isoformat()}",
        )

    def stories(self, count: int) -> Iterator[Story]:
        """So many complaints, each played as far as time allows."""
        for nth, arrival in enumerate(arrivals(self.rng, count, self.until, self.desk.calendar)):
            yield self._story(nth, arrival)

    def _story(self, nth: int, arrival: Arrival) -> Story:
        halt = self._halt(arrival)
        earlier = None if halt else self._reported_before(arrival)
        topic = earlier[1] if earlier else self._topic(arrival)
        place = earlier[3] if earlier else self._place(topic)
        person = self._person(arrival, place)
        if not earlier and person.home is not place and not topic.area and self.rng.random() < 0.6:
            place = person.home
        story = Story(self.desk, self.rng, nth, person, arrival.channel, arrival.happened_at, self.until)
        scene = same_scene(earlier[2], person) if earlier else self._scene(person, place, arrival)
        spam = not halt and not earlier and arrival.channel == "WA" and self.rng.random() < _SPAM
        # Nobody is free for another complaint before this one has ended.
        person.free_from = None
        twin = earlier[0] if earlier else None
        plot = Plot(self.stage, story, topic, scene, _possible(halt, topic, arrival), spam, twin)
        plot.play(self._number(arrival))
        if not spam and story.whatsapp and topic.placed and not topic.bodies and not plot.secret:
            self._lately.append((story, topic, scene, place))
        self._set_free(person, story)
        return story

    def _set_free(self, person: Person, story: Story) -> None:
        """From when the person may complain of something else."""
        if story.is_live or story.case.ended_at > self.until:
            return
        after = _AFTER_ARCHIVE if story.case.state == State.ARCHIVED else timedelta(hours=2)
        person.free_from = max(story.at, story.case.ended_at, story.case.stopped_at or story.at) + after

    def _reported_before(self, arrival: Arrival) -> tuple[Story, Topic, Scene, dict] | None:
        """Something open that others report too, more often while it is flooded."""
        if arrival.channel != "WA" or self.rng.random() > (_TWIN_IN_FLOOD if arrival.flood else _TWIN):
            return None
        moment = arrival.happened_at

        def is_open(story: Story) -> bool:
            young = moment - timedelta(days=_TWIN_DAYS) < story.steps[0].happened_at < moment
            over = (*ENDED, State.ANSWERED)
            return young and fits_as_parent(story, moment) and story.state_at(moment) not in over

        found = [entry for entry in self._lately if is_open(entry[0])]
        return self.rng.choice(found) if found else None

    def _number(self, arrival: Arrival) -> str:
        key = (arrival.channel, to_jakarta(arrival.happened_at).year)
        self.counters[key] = self.counters.get(key, 0) + 1
        return f"{key[0]}-{key[1]}-{self.counters[key]:05d}"

    def _scene(self, person: Person, place: dict, arrival: Arrival) -> Scene:
        row = self.kelurahan[self.texts.places.index(place)]
        code, kecamatan = row["code"], row["kecamatan"]
        return make_scene(self.texts.citizen, self.rng, person, place, code, kecamatan, arrival.happened_at)

    def _person(self, arrival: Arrival, place: dict) -> Person:
        whatsapp = arrival.channel == "WA"
        known = self.people.earlier(whatsapp, arrival.happened_at) if self.rng.random() < 0.26 else None
        if known:
            return known
        home = place if self.rng.random() < 0.8 else self.rng.choice(self.texts.places)
        reachable = whatsapp or arrival.channel in ("TLP", "HPP", "LOK", "WEB")
        return self.people.new(home, whatsapp, reachable, arrival.happened_at)

    def _topic(self, arrival: Arrival) -> Topic:
        key = (to_jakarta(arrival.happened_at).month, arrival.flood)
        if key not in self._topics:
            self._topics[key] = list(accumulate(self._topic_weight(topic, *key) for topic in self.texts.topics))
        return self.rng.choices(self.texts.topics, cum_weights=self._topics[key])[0]

    def _topic_weight(self, topic: Topic, month: int, flood: bool) -> float:
        whole = sum(other.weight for other in self.texts.topics if other.category == topic.category)
        share = _CATEGORIES[topic.category] * topic.weight / whole
        return share * topic.months[month - 1] * (9 if flood and topic.incident else 1)

    def _place(self, topic: Topic) -> dict:
        if topic.area not in self._places:
            near = [5 if place.get(topic.area or "") else (0.15 if topic.area else 1) for place in self.texts.places]
            self._places[topic.area] = list(accumulate(near))
        return self.rng.choices(self.texts.places, cum_weights=self._places[topic.area])[0]

    def _halt(self, arrival: Arrival) -> str | None:
        """Where a late story stops, so that the last days show work in every state."""
        if arrival.happened_at < self.until - timedelta(days=90):
            return None
        age = working_days_between(arrival.happened_at, self.until, self.desk.calendar)
        for limit, states in self._halts:
            if age < limit:
                if not states or not next(self._chosen):
                    return None
                return next(states)
        return State.IN_PROGRESS if age < _FORGOTTEN_DAYS and self.rng.random() < 0.05 else None


def _possible(halt: str | None, topic: Topic, arrival: Arrival) -> str | None:
    """The stop, or another one where this subject or channel cannot come to it."""
    if halt is None or topic.bodies:
        return None
    unfit = (
        (halt in _NEEDS_WHATSAPP and arrival.channel != "WA")
        or (halt == NOBODYS and (not topic.wrong or topic.category == "official"))
        or (halt == ONE_RETURNED and topic.category not in _SHARED)
    )
    return State.IN_PROGRESS if unfit else halt
