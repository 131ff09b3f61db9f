"""What happens to a complaint: the officers', the departments' and the reporter's steps, with their delays."""

from datetime import datetime, timedelta

from ..rules import texts
from ..rules.workflow import MAX_REOPENINGS, REPORTER, Role, State
from .player import OFFICIAL, Player
from .story import Medium, NotYet, Out


class Plot(Player):
    """Plays one complaint from its arrival to its end, or to the end of the demonstration."""

    def play(self, number: str) -> None:
        try:
            self._arrive(number)
            self._add_more()
            self._triage()
        except NotYet:
            pass
        self.story.finish()

    # Arrival

    def _arrive(self, number: str) -> None:
        story, topic = self.story, self.topic
        self.template, text = self.stage.voice.complaint(topic, story.person, self.scene.words, story.channel)
        if story.whatsapp:
            story.begin(number, REPORTER.username, Role.REPORTER)
            self._first_messages(text)
            return
        facts = {"category": topic.category, "kelurahan": self.scene.kelurahan}
        if topic.placed:
            facts["address"] = self.scene.address
        if self.secret:
            facts["confidential"] = True
        story.begin(number, self._officer(), Role.CITY, topic.kind, **facts)
        spoken = story.channel in ("TLP", "HPP", "LOK")
        written = None if spoken else story.at - timedelta(minutes=self.rng.randrange(12, 900))
        medium = None if spoken or self.rng.random() > 0.25 else self._photo()
        story.hear("text", text, written_at=written, medium=medium)

    def _first_messages(self, text: str) -> None:
        """Text, picture, voice or place first: whatever comes opens the complaint and is acknowledged at once."""
        story, rng, way = self.story, self.rng, self.rng.random()
        photo = self._photo() if rng.random() < (0.55 if self.topic.placed else 0.1) else None
        if self.topic.placed and way < 0.02:
            self._open("location", point=(self.scene.latitude, self.scene.longitude))
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
        story.answer_at_once(texts.acknowledgement(story.case.number, story.desk.service, kind == "location"), message)

    def _add_more(self) -> None:
        """What the acknowledgement asked for: place and name."""
        story, rng = self.story, self.rng
        if not story.whatsapp:
            return
        if self.topic.placed and rng.random() < 0.34:
            story.go_on(minutes=rng.uniform(1, 20))
            self._pin()
        if rng.random() < (0.12 if self.secret else 0.3):
            story.go_on(minutes=rng.uniform(0.5, 15))
            story.hear("text", rng.choice(self.stage.texts.citizen["identity"]).format_map(self.scene.words))

    def _pin(self) -> None:
        self.story.hear("location", point=(self.scene.latitude, self.scene.longitude))

    # City team

    def _triage(self) -> None:
        story, topic, rng = self.story, self.topic, self.rng
        self._stop(State.RECEIVED, State.REOPENED)
        spoken = story.channel in ("TLP", "HPP", "LOK") and not story.case.reopened_count
        self._wait(0.02 if spoken else 0.14, 0.07)
        technical = bool(self.halt) and self.halt != State.ANSWERED
        if not story.case.reopened_count:
            if story.whatsapp and story.case.latitude is None and rng.random() < (0.13 if topic.placed else 0.05):
                self._ask()
            elif story.whatsapp and rng.random() < 0.06:
                story.do(
                    "classify", self._officer(), Role.CITY, category=topic.category, kelurahan=self.scene.kelurahan
                )
                self._wait(0.03, 0)
            technical = technical or rng.random() < topic.technical
        if technical or story.case.reopened_count or not (topic.answers or topic.kind != "complaint"):
            self._forward()
        else:
            self._answer(self._answer_text())

    def _ask(self) -> None:
        """The city team asks for what is missing; most people answer."""
        story, rng, staff = self.story, self.rng, self.stage.texts.staff
        text = rng.choice(staff["ask_place" if self.topic.placed else "ask_name"])
        self._reply(text)
        if rng.random() < 0.8:
            self._citizen_time(0.7)
            citizen = self.stage.texts.citizen
            if self.topic.placed and rng.random() < 0.4:
                self._pin()
            else:
                said = rng.choice(citizen["place_more" if self.topic.placed else "identity"])
                story.hear("text", self._say(said))
        self._wait(0.1, 0.03)

    def _reply(self, text: str) -> None:
        story, by = self.story, self._officer()
        out = story.tell([texts.reply(story.case.number, text, story.desk.service)[0]], by)
        story.do("reply", by, Role.CITY, text=text, message_id=out)

    def _answer(self, text: str) -> None:
        story, rng = self.story, self.rng
        official = self.topic.kind == "service" and rng.random() < 0.35
        by, role = (OFFICIAL, Role.OFFICIAL) if official else (self._officer(), Role.CITY)
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

    def _forward(self, completed: bool = False) -> None:
        """To the department it belongs to, or first, by mistake, to another."""
        story, rng = self.story, self.rng
        mistaken = bool(self.topic.wrong) and not self.opened and self.returns == 0 and rng.random() < 0.07
        department = self._here(rng.choice(self.topic.wrong)) if mistaken else self.department
        bound = self.returns > 1
        by, role = (OFFICIAL, Role.OFFICIAL) if bound else (self._officer(), Role.CITY)
        if story.whatsapp and not self.opened and story.case.first_answer_at is None and rng.random() < 0.5:
            self._reply(self._staff(rng.choice(self.stage.texts.staff["hello"]), self.stage.departments[department]))
            story.office(0.006)
        story.tell([texts.forwarded(story.case.number, self.stage.departments[department])], by)
        limit = story.desk.acceptance_limit(story.at)
        note = self._forward_note(completed, bound, department)
        given = self._facts() | {"department": department, "note": note, "accept_due_at": limit}
        story.do("forward", by, role, State.FORWARDED, **given)
        self.opened = True
        self._stop(State.FORWARDED)
        self._receive(department)

    # Department

    def _receive(self, department: str) -> None:
        story, rng = self.story, self.rng
        pace = self.stage.pace[department]
        self._wait(0.16 * pace, 0.08)
        admin = f"opd.{department.lower()}"
        reason = self._reason_to_return(department)
        if reason:
            text = self._staff(rng.choice(self.stage.texts.staff[f"return_{reason}"]))
            story.do("return", admin, Role.OPD_ADMIN, State.RETURNED, reason=reason, note=text)
            self.returns += 1
            self._stop(State.RETURNED)
            self._take_back(reason)
            return
        story.do("accept", admin, Role.OPD_ADMIN, State.ACCEPTED)
        self._stop(State.ACCEPTED)
        self._wait(0.07 * pace, 0.04)
        note = self._staff(rng.choice(self.stage.texts.staff["start" if self.topic.placed else "start_no_place"]))
        story.do("start", admin, Role.OPD_ADMIN, State.IN_PROGRESS, note=note)
        story.tell([texts.started(story.case.number, self.stage.departments[department])], admin)
        self._work(department)

    def _reason_to_return(self, department: str) -> str | None:
        if self.returns > 1 or self.story.case.reopened_count:
            return None
        if department != self.department:
            return self.rng.choice(("not_ours", "not_ours", "wrong_category"))
        if self.returns == 0 and (self.halt == State.RETURNED or self.rng.random() < 0.035):
            return "duplicate" if self.topic.placed and self.rng.random() < 0.3 else "incomplete"
        return "not_ours" if self.returns == 1 and self.rng.random() < 0.04 else None

    def _take_back(self, reason: str) -> None:
        self._wait(0.12, 0.04)
        if reason == "duplicate":
            self._answer(self._staff(self.rng.choice(self.stage.texts.staff["answer_duplicate"])))
            return
        if reason == "incomplete" and self.story.whatsapp:
            self._ask()
        self._forward(completed=reason == "incomplete")

    def _work(self, department: str) -> None:
        """The team works; the reporter may ask meanwhile; the result is reviewed."""
        story, rng = self.story, self.rng
        pace, admin, team = self.stage.pace[department], f"opd.{department.lower()}", f"tim.{department.lower()}"
        done = story.office_moment(self._days(0.55 * pace, 0.08))
        if rng.random() < 0.3:
            self._work_note(admin if rng.random() < 0.3 else team, done)
        self._impatience(done)
        self._stop(State.IN_PROGRESS)
        story.move_to(done)
        self._submit(team if rng.random() < 0.85 else admin)
        self._stop(State.IN_REVIEW)
        self._wait(0.1, 0.03)
        if rng.random() < 0.06:
            note = rng.choice(self.stage.texts.staff["send_back"])
            story.do("send_back", self._officer(), Role.CITY, State.IN_PROGRESS, note=note)
            self._wait(0.3, 0.03)
            self._submit(team)
            self._wait(0.1, 0.02)
        self._approve()

    def _work_note(self, by: str, done: datetime) -> None:
        story, topic, staff = self.story, self.topic, self.stage.texts.staff
        moment = story.office_moment(self.rng.uniform(0.02, 0.4))
        if moment >= min(done, story.until):
            return
        story.move_to(moment)
        own = topic.fitting(topic.work, self.template) or staff["work" if topic.placed else "work_no_place"]
        role = Role.OPD_TEAM if by.startswith("tim.") else Role.OPD_ADMIN
        if topic.category in self.stage.physical and self.rng.random() < 0.3:
            story.attach([self._picture(after=False)], by)
        story.do("note", by, role, note=self._staff(self.rng.choice(own)))

    def _impatience(self, done: datetime) -> None:
        """Who waits for days asks again, and is mostly answered."""
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
            if rng.random() < 0.55 and story.office_moment(0.1) < min(done, story.until):
                self._wait(0.05, 0)
                if story.whatsapp:
                    self._reply(self._staff(rng.choice(self.stage.texts.staff["reply_nag"])))

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

    def _submit(self, by: str) -> None:
        story, rng, topic = self.story, self.rng, self.topic
        staff = self.stage.texts.staff
        own = topic.fitting(topic.results, self.template) if rng.random() < 0.88 else []
        text = self._staff(rng.choice(own or staff["result" if topic.placed else "result_no_place"]))
        if topic.category in self.stage.physical or (topic.scene and rng.random() < 0.3):
            count = 1 if rng.random() < 0.7 else 2
            story.attach([self._picture(after=True) for _ in range(count)], by)
        role = Role.OPD_TEAM if by.startswith("tim.") else Role.OPD_ADMIN
        story.do("submit_result", by, role, State.IN_REVIEW, text=text)

    # Result and end

    def _approve(self) -> None:
        story, rng = self.story, self.rng
        official = rng.random() < 0.03
        by, role = (OFFICIAL, Role.OFFICIAL) if official else (self._officer(), Role.CITY)
        text = f"{story.case.result_text} {self._after_result()}".strip()
        out = story.tell(texts.result(story.case.number, text), by)
        story.do("approve", by, role, State.AWAITING_CONFIRMATION, text=text, message_id=out)
        if self.halt == "call":
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
            self._after_reading(out)
            self._reopen(out)
        elif way < 0.62:
            self._after_reading(out)
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

    def _after_reading(self, out: Out) -> None:
        silence_ends = self._silence_ends()
        self.story.move_to(min(out.read or out.reached, out.reached + timedelta(days=3)))
        self._citizen_time(2.5, silence_ends - timedelta(hours=1))

    def _silence_ends(self) -> datetime:
        return self.story.last_word() + timedelta(days=self.story.desk.settings.config["clock"]["silence_days"])

    def _reopen(self, out: Out) -> None:
        story, rng, citizen = self.story, self.rng, self.stage.texts.citizen
        message = story.hear("button_reply", "Belum selesai", reply_to=out.wamid, acknowledge=False)
        limits = story.desk.limits(story.at)
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

    def _end_without_word(self, by_officer: float) -> None:
        """An officer closes after asking by telephone, or silence closes."""
        story, rng, silence_ends = self.story, self.rng, self._silence_ends()
        asked = story.office_moment(rng.uniform(0.5, 4)) if rng.random() < by_officer else silence_ends
        if asked < silence_ends:
            story.move_to(asked)
            staff = self.stage.texts.staff
            note = rng.choice(staff["close"] + (staff["close_place"] if self.topic.placed else []))
            story.do("close", self._officer(), Role.CITY, State.CLOSED, note=note)
            return
        noticed = silence_ends + timedelta(seconds=rng.randrange(5, 900))
        story.move_to(noticed if noticed < story.until else silence_ends)
        story.system("lapse", State.CLOSED)

    def _tell_otherwise(self) -> None:
        self._wait(0.3, 0.02)
        self.story.do("told", self._officer(), Role.CITY, note=self.rng.choice(self.stage.texts.staff["told"]))

    def _thank(self, after: datetime, words: str) -> None:
        story, rng = self.story, self.rng
        story.move_to(after)
        story.go_on(minutes=rng.uniform(0.3, 12))
        # As a quotation of our last message: thanks in any words then belong to this complaint.
        said = self._say(rng.choice(self.stage.texts.citizen[words]))
        story.hear("text", said, reply_to=story.told[-1].wamid, thanks=True)
