"""Every move, for everybody, in every state, on the real register: who may press what; a refusal changes nothing.

Who may do what from where is written down here from the service standard's description (workflow.md), not read from the
table that the code goes by.
"""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest

from store import commands, silence
from store.check import differences
from store.clock import now, today
from store.commands import Press
from store.rules.case import Case, moves_for
from store.rules.errors import NotFound, RuleBroken
from store.rules.workflow import MOVES

from .cases import (
    PHOTO,
    approved,
    ask,
    everything,
    forwarded,
    in_progress,
    in_review,
    new_desk,
    press,
    read_case,
    who,
)
from .cases import take_in as taken_in
from .postbox import change

PEOPLE = ("kota", "pejabat", "opd.dlh", "tim.dlh", "opd.dishub", "tim.dishub", "pimpinan", "admin")
CITY, ADMINS, TEAMS = {"kota", "pejabat"}, {"opd.dlh", "opd.dishub"}, {"tim.dlh", "tim.dishub"}
TRIAGE = {"received", "returned", "reopened"}
OVER = {"closed", "rejected", "duplicate", "referred", "withdrawn", "archived"}
STATES = {*TRIAGE, *OVER, "awaiting_reporter", "answered", "forwarded", "accepted", "in_progress", "scheduled",
          "in_review", "awaiting_confirmation"}  # fmt: skip
AT_WORK = {"in_progress", "scheduled"}

# move: (from which states, whose it is, the state it leads to or None). A department's moves start from its own part.
TABLE = {
    "forward": (TRIAGE, CITY, "forwarded"),
    "answer": (TRIAGE, CITY, "answered"),
    "ask": (TRIAGE, CITY, "awaiting_reporter"),
    "proceed": ({"returned"}, CITY, "forwarded"),
    "escalate": (TRIAGE, {"kota"}, None),
    "merge": (TRIAGE, CITY, "duplicate"),
    "refer": (TRIAGE, CITY, "referred"),
    "reject": (TRIAGE, CITY, "rejected"),
    "supply": ({"awaiting_reporter"}, CITY, "received"),
    "revive": ({"archived"}, CITY, "received"),
    "restore": ({"rejected"}, CITY, "received"),
    "unmerge": ({"duplicate"}, CITY, "received"),
    "approve": ({"in_review"}, CITY, "awaiting_confirmation"),
    "send_back": ({"in_review"}, CITY, "in_progress"),
    "close": ({"awaiting_confirmation"}, CITY, "closed"),
    "reopen": ({"awaiting_confirmation", "closed", "answered"}, CITY, "reopened"),
    "withdraw": (STATES - OVER, CITY, "withdrawn"),
    "told": (STATES - OVER | {"duplicate", "referred", "withdrawn"}, CITY, None),
    "classify": (STATES - OVER, CITY, None),
    "reply": (STATES, CITY, None),
    "seen": (STATES, CITY, None),
    "block": (STATES, CITY, None),
    "take_over": (STATES - OVER, CITY, None),
    "give_back": (STATES, CITY, None),
    "transcribe": (STATES, CITY | ADMINS | TEAMS, None),
    "reveal": (STATES, CITY, None),
    "note": (STATES, CITY | ADMINS | TEAMS, None),
    "accept": ({"forwarded"}, ADMINS, "accepted"),
    "return": ({"forwarded"}, ADMINS, "returned"),
    "start": ({"accepted"}, ADMINS, "in_progress"),
    "submit_result": (AT_WORK, ADMINS | TEAMS, "in_review"),
    "work": (AT_WORK, ADMINS | TEAMS, None),
    "schedule": (AT_WORK, ADMINS | TEAMS, "scheduled"),
    "assign": ({"accepted", "in_review", *AT_WORK}, ADMINS | {"admin"}, None),
}
OF_DEPARTMENTS = {"accept", "return", "start", "submit_result", "work", "schedule", "assign"}
# Written by the reporter's message, the clock or beside another move: nobody presses these.
UNPRESSED = {
    "archive", "confirm", "lapse", "release", "adopt", "part", "follow", "remind", "message", "delivered",
    "delivery_failed", "contact_joined", "rate",
}  # fmt: skip
_count = itertools.count()


@dataclass(frozen=True)
class Standing:
    """A case as it may stand: its state, which department has a part in which state, whose it is."""

    state: str
    department: str = ""
    part: str = ""
    escalated: bool = False
    confidential: bool = False


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("steps")) as desk:
        yield desk


@pytest.fixture(scope="module")
def people(desk):
    return {name: who(desk, name) for name in PEOPLE}


def by(actor, case: Case) -> Press:
    return Press(actor, case.number, case.version, f"step-{next(_count)}")


def presses(desk, case: Case, actor, parent: Case | None = None) -> dict:
    """Each move as this person presses it, with all that it needs."""
    own = actor.username.split(".")[-1]
    day, p = today() + timedelta(days=20), by(actor, case)
    return {
        "forward": lambda: commands.forward(desk, p, department="DPUPR", note="Mohon dicek"),
        "answer": lambda: commands.answer(desk, p, text="Pukul 08.00"),
        "ask": lambda: commands.ask(desk, p, missing=["identity"]),
        "proceed": lambda: commands.proceed(desk, p, note="Cukup yang lain"),
        "escalate": lambda: commands.escalate(desk, p, note="Tidak selesai di loket"),
        "merge": lambda: commands.merge(desk, p, parent=(parent or parent_for(desk)).number),
        "refer": lambda: commands.refer(desk, p, body="PLN", text="Sudah kami teruskan", reference="12/A"),
        "reject": lambda: commands.reject(desk, p, note="Iklan"),
        "supply": lambda: commands.supply(desk, p, note="Menelepon: Jl. Melati 5"),
        "revive": lambda: commands.revive(desk, p, note="Datang ke loket"),
        "restore": lambda: commands.restore(desk, p, note="Bukan iklan"),
        "unmerge": lambda: commands.unmerge(desk, p, note="Lain tempat"),
        "approve": lambda: commands.approve(desk, p, text="Sudah diganti"),
        "send_back": lambda: commands.send_back(desk, p, note="Fotonya kabur"),
        "close": lambda: commands.close(desk, p, note="Sudah ditelepon"),
        "reopen": lambda: commands.reopen(desk, p, note="Masih mati"),
        "withdraw": lambda: commands.withdraw(desk, p, note="Pelapor mencabut"),
        "told": lambda: commands.told(desk, p, note="Ditelepon", how="telephone"),
        "classify": lambda: commands.classify(desk, p, address=f"Jl. Melati {next(_count)}"),
        "reply": lambda: commands.reply(desk, p, text="RT berapa?"),
        "seen": lambda: commands.seen(desk, p),
        "block": lambda: blocked_anew(desk, p),
        "take_over": lambda: commands.take_over(desk, p),
        "give_back": lambda: commands.give_back(desk, p),
        "transcribe": lambda: commands.transcribe(desk, p, message_id=spoken(desk, case), text=f"Ke-{next(_count)}"),
        "reveal": lambda: commands.reveal(desk, p, note="Menelepon pelapor"),
        "note": lambda: commands.note(desk, p, text="Sudah dicek"),
        "accept": lambda: commands.accept(desk, p),
        "return": lambda: commands.return_to_city(desk, p, reason="incomplete", note="Tanpa alamat"),
        "start": lambda: commands.start(desk, p),
        "submit_result": lambda: commands.submit_result(desk, p, text="Sudah diganti", files=[PHOTO]),
        "work": lambda: commands.work(desk, p, note="Tangga dipinjam"),
        "schedule": lambda: commands.schedule(desk, p, promised_on=day, note="Menunggu suku cadang"),
        "assign": lambda: commands.assign(desk, p, handler=f"tim.{own}"),
    }


def take_in(desk, text: str = "Lampu jalan di Medono mati", **more) -> Case:
    """A complaint that was spoken, so that there is something to write down."""
    return taken_in(desk, text, kind="audio", media_id="4711", media_mime="audio/ogg", **more)


def blocked_anew(desk, p: Press) -> Case:
    change(desk, "delete from sender_block")
    return commands.block(desk, p, note="Berulang kali mengirim umpatan")


def spoken(desk, case: Case) -> int:
    ((message_id,),) = ask(desk, "select id from message_in where complaint_id = ?", case.id)
    return message_id


def parent_for(desk) -> Case:
    return take_in(desk, "Lampu yang sama", phone="6285611111111")


def shared(desk) -> Case:
    """Returned by DLH while DISHUB has its part."""
    case = forwarded(desk, take_in(desk), "DLH", others=["DISHUB"])
    return commands.return_to_city(desk, press(desk, case, "opd.dlh"), reason="incomplete", note="Tanpa alamat")


def asked(desk, case: Case) -> Case:
    return commands.ask(desk, press(desk, case, "kota"), missing=["identity"])


def archived(desk, case: Case) -> Case:
    case = asked(desk, case)
    silence.archive(desk, now() + timedelta(days=11))
    return read_case(desk, case.id)


def scheduled(desk) -> Case:
    case, day = in_progress(desk, take_in(desk), "DLH"), today() + timedelta(days=9)
    return commands.schedule(desk, press(desk, case, "tim.dlh"), promised_on=day, note="Suku cadang")


def twice_not_ours(desk) -> Case:
    case = take_in(desk)
    for department in ("DLH", "DISHUB"):
        case = forwarded(desk, case, department)
        admin = press(desk, case, f"opd.{department.lower()}")
        case = commands.return_to_city(desk, admin, reason="not_ours", note="Bukan kami")
    return case


def from_the_counter(desk) -> Case:
    return commands.escalate(desk, press(desk, take_in(desk), "kota"), note="Tidak selesai di loket")


def officials_result(desk) -> Case:
    case = from_the_counter(desk)
    case = commands.forward(desk, press(desk, case, "pejabat"), department="DLH", note="Tangani")
    for step in (commands.accept, commands.start):
        case = step(desk, press(desk, case, "opd.dlh"))
    return commands.submit_result(desk, press(desk, case, "tim.dlh"), text="Beres", files=[PHOTO])


def by_city(command, **given):
    return lambda desk: command(desk, press(desk, take_in(desk), "kota"), **given)


def withdrawn(desk) -> Case:
    return commands.withdraw(desk, press(desk, in_progress(desk, take_in(desk), "DLH"), "kota"), note="Dicabut")


def closed(desk) -> Case:
    return commands.close(desk, press(desk, approved(desk, take_in(desk), "DLH"), "kota"), note="Selesai")


def reopened(desk) -> Case:
    return commands.reopen(desk, press(desk, closed(desk), "kota"), note="Masih mati")


def merged(desk) -> Case:
    return commands.merge(desk, press(desk, take_in(desk), "kota"), parent=parent_for(desk).number)


# How a case comes to stand so, by the real commands; where it stands, in words of the standard.
STANDINGS = {
    "received": (lambda desk: take_in(desk), Standing("received")),
    "confidential": (by_city(commands.classify, confidential=True), Standing("received", confidential=True)),
    "asked": (lambda desk: asked(desk, take_in(desk)), Standing("awaiting_reporter")),
    "asked while another works": (
        lambda desk: asked(desk, shared(desk)), Standing("awaiting_reporter", "DISHUB", "forwarded"),
    ),
    "answered": (by_city(commands.answer, text="Pukul 08.00"), Standing("answered")),
    "forwarded": (lambda desk: forwarded(desk, take_in(desk), "DLH"), Standing("forwarded", "DLH", "forwarded")),
    "returned while another has it": (shared, Standing("returned", "DISHUB", "forwarded")),
    "accepted": (
        lambda desk: commands.accept(desk, press(desk, forwarded(desk, take_in(desk), "DLH"), "opd.dlh")),
        Standing("accepted", "DLH", "accepted"),
    ),
    "in progress": (
        lambda desk: in_progress(desk, take_in(desk), "DLH"), Standing("in_progress", "DLH", "in_progress"),
    ),
    "scheduled": (scheduled, Standing("scheduled", "DLH", "scheduled")),
    "in review": (lambda desk: in_review(desk, take_in(desk), "DLH"), Standing("in_review", "DLH", "in_review")),
    "result sent": (lambda desk: approved(desk, take_in(desk), "DLH"), Standing("awaiting_confirmation", "DLH")),
    "closed": (closed, Standing("closed", "DLH")),
    "reopened": (reopened, Standing("reopened")),
    "spam": (by_city(commands.reject, note="Iklan"), Standing("rejected")),
    "duplicate": (merged, Standing("duplicate")),
    "referred": (by_city(commands.refer, body="PLN", text="Teruskan"), Standing("referred")),
    "withdrawn at work": (withdrawn, Standing("withdrawn", "DLH")),
    "archived": (lambda desk: archived(desk, take_in(desk)), Standing("archived")),
    "archived while another has it": (lambda desk: archived(desk, shared(desk)), Standing("archived", "DISHUB")),
    "from the counter": (from_the_counter, Standing("received", escalated=True)),
    "twice not ours": (twice_not_ours, Standing("returned", escalated=True)),
    "the official's result": (officials_result, Standing("in_review", "DLH", "in_review", escalated=True)),
}  # fmt: skip


def expected(name: str, person: str, stands: Standing) -> str:
    """What this press comes to, by the standard's description."""
    sources, owners, target = TABLE[name]
    own = person.endswith(f".{stands.department.lower()}") if stands.department else False
    if person not in CITY | {"pimpinan"} and not own:
        return "NotFound"
    if person not in owners:
        return "not_allowed"
    if person == "kota" and stands.escalated and target:
        return "with_official"
    state = stands.part or stands.state if name in OF_DEPARTMENTS else stands.state
    if state not in sources:
        return "wrong_state"
    if name == "reveal" and not stands.confidential:
        return "not_confidential"
    if name == "escalate" and stands.escalated:
        return "with_official"
    if name == "proceed" and not stands.department:
        return "nobody_left"
    return "done"


def plan() -> dict[str, list[tuple[str, str]]]:
    """Which allowed presses are carried out on which standing: each move at least once there, each person's at least
    once at all; first those that leave the case as it stands."""
    found: dict[str, list[tuple[str, str]]] = {}
    for standing, (_, stands) in STANDINGS.items():
        for name in sorted(TABLE, key=lambda name: TABLE[name][2] or ""):
            able = [person for person in PEOPLE if expected(name, person, stands) == "done"]
            done = {pair for pairs in found.values() for pair in pairs}
            new = [person for person in able if (name, person) not in done]
            found.setdefault(standing, []).extend((name, person) for person in (new or able[:1]))
    return found


def leads_to(name: str, stands: Standing) -> str:
    target = TABLE[name][2] or stands.state
    if stands.state == "returned" and name in OF_DEPARTMENTS:
        return "returned"  # The city team must decide first what follows from the other's return.
    if stands.state == "awaiting_reporter" and stands.department:
        # Other departments go on while the reporter is asked; and what was asked stays returned to the city team.
        return "returned" if name == "supply" else "awaiting_reporter" if name in OF_DEPARTMENTS else target
    if stands.state == "archived" and stands.department and name == "revive":
        return "returned"
    return target


PLAN = plan()


def outcome(do) -> str:
    try:
        do()
    except RuleBroken as rule:
        return rule.code
    except NotFound:
        return "NotFound"
    return "done"


def test_every_move_of_the_table_is_pressed_here_or_is_nobodys_to_press(desk, people):
    assert {move.name for move in MOVES} == set(TABLE) | UNPRESSED
    assert set(presses(desk, take_in(desk), people["kota"])) == set(TABLE)
    assert {stands.state for _, stands in STANDINGS.values()} == STATES


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_is_refused_is_refused_with_its_reason_and_changes_nothing(desk, people, standing):
    make, stands = STANDINGS[standing]
    case = make(desk)
    assert (case.state, case.escalated is not None) == (stands.state, stands.escalated)
    assert case.departments == (f"|{stands.department}|" if stands.department else "")
    before, found, foreseen = everything(desk), {}, {}
    for name, person in itertools.product(TABLE, PEOPLE):
        code = expected(name, person, stands)
        fits = {stands.state, stands.part} & TABLE[name][0]
        if code == "done" or (code in ("NotFound", "not_allowed") and not fits):
            continue  # Who may not in a fitting state may not in another: nothing is learnt from that.
        foreseen[name, person] = code
        # Where nothing may come of a merge, the case itself is as good a parent as one made for it.
        found[name, person] = outcome(presses(desk, case, people[person], parent=case)[name])
    assert found == foreseen
    assert everything(desk) == before


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_is_allowed_is_offered_and_nothing_else(desk, people, standing):
    make, stands = STANDINGS[standing]
    case = make(desk)
    for person in PEOPLE:
        if expected("note", person, stands) == "NotFound":
            continue
        allowed = {name for name in TABLE if expected(name, person, stands) == "done"}
        offered = {move.name for move in moves_for(case, people[person])} - UNPRESSED
        # What only the case itself decides is offered too.
        assert allowed <= offered <= allowed | {"reveal", "escalate", "proceed"}, person


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_is_allowed_is_done_and_on_record(desk, people, standing):
    make, stands = STANDINGS[standing]
    case = make(desk)
    for name, person in PLAN[standing]:
        # Whoever has taken a conversation over keeps it from the next.
        case = make(desk) if TABLE[name][2] or name in ("take_over", "block") else read_case(desk, case.id)
        presses(desk, case, people[person])[name]()
        assert read_case(desk, case.id).state == leads_to(name, stands), (person, name)
        query = "select kind, actor, actor_role from event where complaint_id = ? order by id desc limit 1"
        kind, actor, role = next(row for row in ask(desk, query, case.id))
        assert (kind, actor) == (name, person)
        assert role in {grant.role.value for grant in people[person].grants}


def test_each_person_has_pressed_all_that_is_theirs():
    pressed = {pair for pairs in PLAN.values() for pair in pairs}
    theirs = {(name, person) for name, row in TABLE.items() for person in row[1]}
    # An administrator hands over all of a person's work at once, and sees no case. DISHUB has its part as a second
    # department here, which nobody handed on.
    assert {pair for pair in theirs - pressed if not pair[1].endswith("dishub")} == {("assign", "admin")}
    assert ("accept", "opd.dishub") in pressed
    assert ("note", "tim.dishub") in pressed


def test_after_all_of_it_every_case_is_what_its_events_add_up_to(desk):
    assert ask(desk, "select count(distinct kind) >= 30 from event") == [(True,)]
    assert list(differences(desk.register)) == []
