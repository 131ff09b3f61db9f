"""Random lives of complaints on the real register: whatever anybody may do to them, allowed or not."""

import random
from datetime import datetime, timedelta

from store import commands, silence
from store.rules.case import Case, moves_for
from store.rules.completeness import ELEMENTS
from store.rules.deadline import to_jakarta
from store.rules.workflow import RETURN_REASONS

from .cases import PHOTO, add_message, ask, by_system, confirm, goes_on, press, read_case, reopen, take_in, who

PEOPLE = ("kota", "kota2", "pejabat", "opd.dlh", "tim.dlh", "opd.dishub", "tim.dishub", "pimpinan", "admin",
          "opd.inspektorat")  # fmt: skip
# Written beside another event, never by a press of their own.
_SIDE = ("adopt", "part")
# Rare, or every life would soon be over; and what leads further, so that the later steps are reached.
_ENDS = ("refer", "withdraw", "answer")
# They lead nowhere.
_TALK = ("take_over", "give_back", "block", "transcribe")
_ONWARD = (
    "forward", "accept", "start", "submit_result", "approve", "proceed", "unmerge", "restore", "revive", "reopen",
    "merge",
)  # fmt: skip
CATEGORIES = ("waste", "civil_registry", "official", "other")


def random_step(desk, cases: list[Case], case: Case, dice: random.Random, now: datetime) -> None:
    """One thing that may happen to a case; more often than not one that is allowed."""
    if case.state in ("awaiting_reporter", "awaiting_confirmation") and dice.random() < 0.4:
        later = now + timedelta(days=11)
        dice.choice((lambda: silence.lapse(desk, later), lambda: silence.archive(desk, later)))()
        return
    if dice.random() < 0.25:
        dice.choice(_by_itself(desk, case, now, dice))()
        return
    name, person = dice.choice(list(_pressed(desk, cases, case, dice, now, None))), dice.choice(PEOPLE)
    if dice.random() < 0.75:
        people = {person: who(desk, person) for person in PEOPLE}
        allowed = [(m.name, p) for p, actor in people.items() for m in moves_for(case, actor) if m.name not in _SIDE]
        weights = [_weight(move) for move, _ in allowed]
        name, person = dice.choices(allowed, weights)[0] if allowed else (name, person)
    by = press(desk, case, person, version=case.version - (dice.random() < 0.05))
    _pressed(desk, cases, case, dice, now, by)[name]()


def _weight(move: str) -> float:
    if move in _ONWARD:
        return 8
    return 0.2 if move in _TALK else 1 if move in _ENDS else 2


def _pressed(desk, cases, case, dice, now, by) -> dict:
    facts = dice.choice([{}, {"category": dice.choice(CATEGORIES)}, {"address": "Jl. Melati"}, {"kind": "wish"}])
    official = case.kind == "official"
    one, two = ("INSPEKTORAT", "DLH") if official else dice.sample(("DLH", "DISHUB"), 2)
    others = (two,) if dice.random() < 0.5 and not official else ()
    day = to_jakarta(now).date() + timedelta(days=dice.choice((-1, 0, 3, 20)))
    team = f"tim.{(by.department or 'dlh') if by else 'dlh'}"
    return {
        "forward": lambda: commands.forward(desk, by, department=one, others=others, note="n", now=now, **facts),
        "proceed": lambda: commands.proceed(desk, by, note="n", now=now),
        "answer": lambda: commands.answer(desk, by, text="Jawaban", now=now, **facts),
        "ask": lambda: commands.ask(desk, by, missing=dice.sample(ELEMENTS, 2), now=now),
        "supply": lambda: commands.supply(desk, by, note="n", now=now, address="Jl. Mawar"),
        "revive": lambda: commands.revive(desk, by, note="n", now=now),
        "escalate": lambda: commands.escalate(desk, by, note="n", now=now),
        "merge": lambda: commands.merge(desk, by, parent=dice.choice(cases).number, now=now),
        "unmerge": lambda: commands.unmerge(desk, by, note="n", now=now),
        "refer": lambda: commands.refer(desk, by, body="PLN", text="Sudah kami teruskan", reference="12/A", now=now),
        "reject": lambda: commands.reject(desk, by, note="n", now=now),
        "restore": lambda: commands.restore(desk, by, note="n", now=now),
        "withdraw": lambda: commands.withdraw(desk, by, note="n", now=now),
        "accept": lambda: commands.accept(desk, by, now=now),
        "return": lambda: commands.return_to_city(desk, by, reason=dice.choice(RETURN_REASONS), note="n", now=now),
        "start": lambda: commands.start(desk, by, now=now),
        "assign": lambda: commands.assign(desk, by, handler=team, now=now),
        "work": lambda: commands.work(desk, by, note="n", before=[PHOTO], now=now),
        "schedule": lambda: commands.schedule(desk, by, promised_on=day, note="Menunggu suku cadang", now=now),
        "submit_result": lambda: commands.submit_result(desk, by, text="Hasil", files=[PHOTO], now=now),
        "approve": lambda: commands.approve(desk, by, text="Hasil", now=now),
        "send_back": lambda: commands.send_back(desk, by, note="n", departments=dice.choice(((), (one,))), now=now),
        "close": lambda: commands.close(desk, by, note="n", now=now),
        "reopen": lambda: commands.reopen(desk, by, note="n", now=now),
        "told": lambda: commands.told(desk, by, note="n", how="telephone", now=now),
        "reply": lambda: commands.reply(desk, by, text="Halo", now=now),
        "seen": lambda: commands.seen(desk, by, now=now),
        "take_over": lambda: commands.take_over(desk, by, now=now),
        "give_back": lambda: commands.give_back(desk, by, now=now),
        "block": lambda: commands.block(desk, by, note="n", now=now),
        "transcribe": lambda: commands.transcribe(desk, by, message_id=_recording(desk, case), text="n", now=now),
        "note": lambda: commands.note(desk, by, text="n", now=now),
        "reveal": lambda: commands.reveal(desk, by, note="n", now=now),
        "classify": lambda: commands.classify(desk, by, now=now, **(facts or {"elements": ["what", "who"]})),
    }  # fmt: skip


def _recording(desk, case: Case) -> int:
    """A recording of this complaint, or of none."""
    found = ask(desk, "select id from message_in where complaint_id = ? and kind = 'audio' limit 1", case.id)
    return found[0][0] if found else 0


def _by_itself(desk, case, now, dice) -> list:
    return [
        lambda: add_message(desk, case, media_id=dice.choice((None, "9")), now=now),
        lambda: case.state in ("awaiting_reporter", "archived") and goes_on(desk, case, now),
        lambda: case.state == "awaiting_confirmation" and confirm(desk, case, now),
        lambda: case.state in ("closed", "answered") and reopen(desk, case, now),
        lambda: by_system(desk, case, "delivered"),
        lambda: by_system(desk, case, "delivery_failed"),
    ]


def live(desk, cases: list[Case], dice: random.Random, steps: int, now: datetime, refusals: tuple) -> int:
    """Let so many things happen; how many of them were refused."""
    refused = 0
    for _ in range(steps):
        now += timedelta(hours=dice.choice((1, 5, 30, 270)))
        case = read_case(desk, dice.choice(cases).id)
        if case.ended_at and dice.random() < 0.2:
            cases.append(take_in(desk, now=now, phone=f"62857{dice.randrange(10**6):06d}"))
            cases.pop(0)
            continue
        try:
            random_step(desk, [read_case(desk, c.id) for c in cases], case, dice, now)
        except refusals:
            refused += 1
    return refused
