"""How a complaint arrives, and what the reporter says of it by and by."""

from datetime import datetime, timedelta

from ..rules import completeness, texts
from ..rules.workflow import REPORTER, Role
from .player import Player
from .story import Medium

_SPOKEN = ("TLP", "HPP", "LOK")


class Arriving(Player):
    """The reporter's side before the result."""

    def _arrive(self, number: str) -> None:
        story, topic = self.story, self.topic
        if self.spam:
            text = self._say(self.rng.choice(self.stage.texts.citizen["spam"]))
            story.begin(number, REPORTER.username, Role.REPORTER)
            self._open("text", text)
            return
        self.template, text = self.stage.voice.complaint(topic, story.person, self.scene.words, story.channel)
        if story.whatsapp:
            story.begin(number, REPORTER.username, Role.REPORTER)
            self._first_messages(text)
            return
        spoken = story.channel in _SPOKEN
        medium = None if spoken or self.rng.random() > 0.25 else self._photo()
        facts = {"category": topic.category, "kelurahan": self.scene.kelurahan}
        if topic.placed:
            facts["address"] = self.scene.address
        if self.secret:
            facts["confidential"] = True
        facts["elements"] = completeness.found(text, media=medium is not None, place=True, named=True)
        story.begin(number, self._officer(), Role.CITY, topic.kind, **facts)
        written = None if spoken else story.at - timedelta(minutes=self.rng.randrange(12, 900))
        story.hear("text", text, written_at=written, medium=medium)

    @property
    def spoken(self) -> bool:
        """Whether an officer had the person before them, or on the telephone, when it came."""
        return self.story.channel in _SPOKEN and not self.story.case.reopened_count

    def _first_messages(self, text: str) -> None:
        """Text, picture, voice or place first: whatever comes opens the complaint and is acknowledged at once."""
        story, rng, way = self.story, self.rng, self.rng.random()
        photo = self._photo() if rng.random() < (0.55 if self.topic.placed else 0.1) else None
        if self.topic.placed and way < 0.02:
            self._open("location", point=self.scene.point)
        elif photo and way < 0.35:
            self._open("image", text, medium=photo)
            return
        elif photo and way < 0.5:
            self._open("image", medium=photo)
        elif way > 0.97:
            self._open("audio", medium=Medium(story.at, "audio/ogg; codecs=opus", whatsapp_id=self._media_id()))
            if story.until - story.at < timedelta(days=1):
                return
        else:
            self._open("text", text)
            if photo:
                story.go_on(seconds=rng.randrange(8, 120))
                caption = self._say(rng.choice(self.stage.texts.citizen["photo_words"])) or None
                story.hear("image", caption, medium=photo)
            return
        story.go_on(seconds=rng.randrange(10, 150))
        story.hear("text", text)

    def _open(self, kind: str, text: str | None = None, **more) -> None:
        story = self.story
        message = story.hear(kind, text, acknowledge=False, **more)
        there = story.case.elements.split(",")
        story.answer_at_once(
            texts.acknowledgement(story.case.number, story.desk.service, there, kind == "location"), message
        )

    def _add_more(self) -> None:
        """What the acknowledgement asked for: place and name."""
        story, rng = self.story, self.rng
        if not story.whatsapp or self.spam:
            return
        if self.topic.placed and rng.random() < 0.34:
            story.go_on(minutes=rng.uniform(1, 20))
            self._pin()
        if rng.random() < (0.12 if self.secret else 0.3):
            story.go_on(minutes=rng.uniform(0.5, 15))
            story.hear("text", rng.choice(self.stage.texts.citizen["identity"]).format_map(self.scene.words))

    def _pin(self) -> None:
        self.story.hear("location", point=self.scene.point)

    def _impatience(self, done: datetime) -> None:
        """Who waits for days asks again, and is mostly answered, or at least read."""
        story, rng = self.story, self.rng
        for _ in range(3):
            if min(done, story.until) - story.at < timedelta(hours=40) or rng.random() < 0.5:
                return
            before = story.at
            self._citizen_time(26)
            if story.at >= done:
                story.at = before
                return
            self._nag()
            if story.whatsapp and rng.random() < 0.8 and story.office_moment(0.1) < min(done, story.until):
                self._wait(0.05, 0)
                if rng.random() < 0.65:
                    self._reply(self._staff(rng.choice(self.stage.texts.staff["reply_nag"])))
                else:
                    story.do("seen", self._officer(), Role.CITY)

    def _nag(self) -> None:
        story, rng, citizen = self.story, self.rng, self.stage.texts.citizen
        if not story.whatsapp:
            self._wait(0.01, 0)
            story.do("note", self._officer(), Role.CITY, note=rng.choice(self.stage.texts.staff["note_call"]))
            return
        days = max(2, (story.at - story.case.received_at).days)
        words = self.scene.words | {"hari": days}
        if rng.random() < 0.3:
            photo = self._photo() if self.topic.placed and rng.random() < 0.5 else None
            text = rng.choice(citizen["photo_again"] if photo else [*self.topic.follow, *citizen["follow"]])
            story.hear("image" if photo else "text", self._say(text) or None, medium=photo)
            return
        nag = rng.choice(citizen["nag" if self.topic.placed else "nag_no_place"])
        story.hear("text", self.stage.voice.speak(nag, story.person, words))

    def _reply(self, text: str) -> None:
        story, by = self.story, self._officer()
        out = story.tell([texts.reply(story.case.number, text, story.desk.service)[0]], by)
        story.do("reply", by, Role.CITY, text=text, message_id=out)
