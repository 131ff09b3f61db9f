"""What departments do with a complaint: alone, or several at once, each at its own pace."""

import heapq
from collections.abc import Iterator
from datetime import timedelta

from ..rules import indonesian, texts
from ..rules.deadline import to_jakarta
from ..rules.workflow import Role, State, overall
from .arriving import Arriving
from .player import NOBODYS, ONE_RETURNED
from .story import NotYet


class Working(Arriving):
    """Steps 5 and 6."""

    def _begin_work(self, department: str) -> None:
        """Accepted and handed to the team, or to one of it."""
        rng = self.rng
        admin = f"opd.{department.lower()}"
        self._by_part("accept", admin, department, State.ACCEPTED)
        self._stop(State.ACCEPTED)
        self._wait(0.07 * self.stage.pace[department], 0.04)
        self._start(department, rng.random() < 0.6)

    def _start(self, department: str, named: bool) -> None:
        story, admin = self.story, f"opd.{department.lower()}"
        note = self._staff(self.rng.choice(self.stage.texts.staff["start" if self.topic.placed else "start_no_place"]))
        handler = f"tim.{department.lower()}" if named else None
        self._by_part("start", admin, department, State.IN_PROGRESS, note=note, handler=handler)
        story.tell([texts.started(story.case.number, self.stage.departments[department])], admin)

    def _reason_to_return(self, department: str) -> str | None:
        """Why it gives the complaint back, if it does; never what the official assigned, nor after a reopening."""
        case = self.story.case
        if self.returns > 1 or case.reopened_count or any(part.binding for part in case.active):
            return None
        if self.halt == NOBODYS:
            return "not_ours"
        if department != self.department:
            return self.rng.choice(("not_ours", "not_ours", "wrong_category"))
        if self.returns == 0 and (self.halt == State.RETURNED or self.rng.random() < 0.035):
            return "duplicate" if self.topic.placed and self.rng.random() < 0.3 else "incomplete"
        return "not_ours" if case.not_ours_count == 1 and self.rng.random() < 0.1 else None

    def _give_back(self, department: str, reason: str) -> None:
        text = self._staff(self.rng.choice(self.stage.texts.staff[f"return_{reason}"]))
        self._by_part("return", f"opd.{department.lower()}", department, State.RETURNED, reason=reason, note=text)
        self.returns += 1

    def _work(self, department: str) -> None:
        """The team works, now and then for a later day; the reporter may ask meanwhile."""
        story, rng = self.story, self.rng
        pace, admin, team = self.stage.pace[department], f"opd.{department.lower()}", f"tim.{department.lower()}"
        if self.halt == State.SCHEDULED or (self.topic.placed and rng.random() < 0.045):
            self._wait(0.3, 0.02)
            self._schedule(department, team)
            self._stop(State.SCHEDULED)
            days = (story.case.due_at - story.at) / timedelta(days=1)
            done = story.office_moment(max(days * 5 / 7 * rng.choice((0.5, 0.8, 0.95, 1.2)), 0.3))
        else:
            done = story.office_moment(self._days(0.55 * pace, 0.08))
        if rng.random() < 0.3:
            moment = story.office_moment(rng.uniform(0.02, 0.4))
            if moment < min(done, story.until):
                story.move_to(moment)
                self._log(department, admin if rng.random() < 0.3 else team)
                if rng.random() < 0.2:
                    inside = self._staff(rng.choice(self.stage.texts.staff["note_department"]))
                    story.do("note", admin, Role.OPD_ADMIN, note=inside)
        self._impatience(done)
        self._stop(State.IN_PROGRESS)
        story.move_to(done)
        self._submit(department, team if rng.random() < 0.85 else admin)

    def _schedule(self, department: str, by: str) -> None:
        story, rng = self.story, self.rng
        note = rng.choice(self.stage.texts.staff["schedule"])
        opens = story.desk.calendar.next_opening(story.at + timedelta(days=rng.randrange(4, 19)))
        promised_at = story.desk.calendar.closing(to_jakarta(opens).date())
        self._by_part("schedule", by, department, State.SCHEDULED, note=note, promised_at=promised_at)
        day = indonesian.in_full(to_jakarta(opens).date())
        story.tell([texts.scheduled(story.case.number, self.stage.departments[department], day, note)], by)

    def _log(self, department: str, by: str) -> None:
        """What was done, now and then with a picture from before."""
        topic, staff = self.topic, self.stage.texts.staff
        own = topic.fitting(topic.work, self.template) or staff["work" if topic.placed else "work_no_place"]
        if topic.category in self.stage.physical and self.rng.random() < 0.4:
            self.story.attach([self._picture(after=False)], by, "before")
        self._by_part("work", by, department, note=self._staff(self.rng.choice(own)))

    def _submit(self, department: str, by: str) -> None:
        story, rng, topic = self.story, self.rng, self.topic
        staff = self.stage.texts.staff
        own = topic.fitting(topic.results, self.template) if rng.random() < 0.88 else []
        text = self._staff(
            rng.choice(own or staff["result" if topic.placed else "result_no_place"]),
            self.stage.departments[department],
        )
        if topic.category in self.stage.physical or (topic.scene and rng.random() < 0.3):
            count = 1 if rng.random() < 0.7 else 2
            story.attach([self._picture(after=True) for _ in range(count)], by, "after")
        self._by_part("submit_result", by, department, State.IN_REVIEW, text=text)

    # Several at once

    def _together(self, departments: list[str]) -> None:
        """Each part goes on when its next moment comes, until all have their result."""
        story, agenda = self.story, []

        def plan(part: Iterator[float], nth: int) -> None:
            days = next(part, None)
            if days is not None:
                heapq.heappush(agenda, (story.office_moment(days), nth, part))

        for nth, department in enumerate(departments):
            plan(self._part(department, nth > 0), nth)
        while agenda:
            moment, nth, part = heapq.heappop(agenda)
            story.move_to(moment)
            plan(part, nth)

    def _part(self, department: str, may_return: bool) -> Iterator[float]:
        """One department's way: gives the working days until each of its steps."""
        rng, pace, team = self.rng, self.stage.pace[department], f"tim.{department.lower()}"
        yield self._days(0.16 * pace, 0.08)
        if may_return and not self.story.case.reopened_count and (self.halt == ONE_RETURNED or rng.random() < 0.2):
            self._give_back(department, "not_ours")
            if self.halt == ONE_RETURNED:
                raise NotYet
            yield self._days(0.15, 0.04)
            by, role = self._city()
            parts = [part for part in self.story.case.assignments if part.active]
            target = overall([part.state for part in parts])
            note = rng.choice(self.stage.texts.staff["proceed"])
            self.story.do("proceed", by, role, target, note=note, departments=[department])
            return
        self._by_part("accept", f"opd.{department.lower()}", department, State.ACCEPTED)
        yield self._days(0.07 * pace, 0.04)
        self._start(department, rng.random() < 0.6)
        if rng.random() < 0.4:
            yield self._days(0.15, 0.02)
            self._log(department, team)
        if rng.random() < 0.12:
            yield self._days(0.1, 0.02)
            self._schedule(department, team)
            yield rng.uniform(2, 9)
        yield self._days(0.55 * pace, 0.08)
        self._submit(department, team)

    # Review

    def _review(self, departments: list[str]) -> None:
        story, rng = self.story, self.rng
        self._stop(State.IN_REVIEW)
        self._wait(0.1, 0.03)
        if rng.random() < 0.06:
            by, role = self._city()
            named = [rng.choice(departments)] if len(departments) > 1 else []
            note = rng.choice(self.stage.texts.staff["send_back"])
            story.do("send_back", by, role, State.IN_PROGRESS, note=note, departments=named)
            for department in named or departments:
                self._wait(0.3, 0.03)
                self._submit(department, f"tim.{department.lower()}")
            self._wait(0.1, 0.02)
        self._reveal(0.3)
