"""Random conversations of several people at once: nothing raises or is lost, nobody is answered twice to one message,
and nobody is told anything of another."""

import contextlib
import itertools
import json
import re
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import clocks, conversation
from ingest.conversation import Heard, decide
from store import commands
from store.clock import now as clock_now
from store.intake import Said
from store.rules.autotexts import AUTO
from store.rules.case import Case
from store.rules.errors import StoreError
from store.rules.workflow import State

from .cases import PHOTO, new_desk, press
from .conftest import body, message
from .postbox import Mailbox, agrees, ask
from .stage import START, MovingClock

# Names that no text of the service holds.
PEOPLE = ("Zulaikha", "Wardoyo", "Qomariyah")
_runs = itertools.count(1)
_wamids = itertools.count(1)


@pytest.fixture(scope="module")
def clock():
    clock = MovingClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.clock.datetime", clock)
        patch.setattr("ingest.inbox._now", clock.text)
        yield clock


@pytest.fixture(scope="module")
def mail(tmp_path_factory, clock):
    clock.set(START)
    with new_desk(tmp_path_factory.mktemp("talk")) as desk:
        mail = Mailbox(desk)
        yield mail
        mail.close()


# What may be said. `{own}` and `{other}` become a number of one's own and of somebody else's; `{me}` is one's name.
SAID = (
    "Lampu jalan mati di Medono sejak Senin", "saya {me} dari Podosugih", "Nama: {me}\nAlamat: Jl. Melati 5",
    "sudah seminggu begini", "STATUS", "status {own}", "status {other}", "{other}", "{own}", "BATAL", "batal {other}",
    "ya", "tidak jadi", "1", "2", "5", "⭐⭐⭐", "bantuan", "petugas", "info", "aduan baru", "terima kasih pak",
    "sudah selesai", "belum selesai, masih mati", "belum", "Untuk {other}: masih rusak", "Untuk {own}: masih rusak",
    "", " ", "👍", "x" * 3000, "WA-2026-99999", "halo", "piye laporanku", "\u202e%s {nomor} {} ' \" ; --", "baru",
)  # fmt: skip
PRESSED = (
    "confirm:{own}", "reopen:{own}", "rate:{own}:4", "cancel:{own}", "keep:{own}", "cancel_this:{own}", "which:{own}",
    "which:new", "reason:{own}:partly", "confirm:{other}", "reopen:{other}", "rate:{other}:5", "cancel:{other}",
    "which:{other}", "reason:{other}:again", "aduan:{other}", "", ":", "rate:{own}:9", "which:",
)  # fmt: skip
MOVES = ("ask", "answer", "forward", "accept", "start", "submit_result", "approve", "close", "refer", "reject", "merge",
         "reply", "take_over", "give_back", "withdraw", "reopen", "block")  # fmt: skip
TIMES = (timedelta(minutes=3), timedelta(minutes=35), timedelta(hours=26), timedelta(days=11))
FILES = ("image", "video", "audio", "sticker", "document")

_person = st.sampled_from(range(len(PEOPLE)))
_any = st.integers(0, 5)
_say = st.one_of(
    st.tuples(st.just("text"), st.sampled_from(SAID)),
    st.tuples(st.just("text"), st.text(max_size=60)),
    st.tuples(st.just("quote"), st.sampled_from(SAID), _any),
    st.tuples(st.sampled_from(FILES), st.sampled_from(SAID)),
    st.tuples(st.just("location"), st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.just("contacts"), st.sampled_from(("Pak RT", "{me}"))),
    st.tuples(st.sampled_from(("button_reply", "list_reply", "button")), st.sampled_from(PRESSED), _any),
    st.tuples(st.just("form"), st.sampled_from(("aduan:{own}", "aduan:{other}", "", None)), st.booleans(), _any),
    st.tuples(st.sampled_from(("reaction", "edit", "revoke")), _any),
    st.tuples(st.sampled_from(("unsupported", "system", "order", "hologram"))),
)
_step = st.one_of(
    st.tuples(st.just("say"), _person, st.lists(_say, min_size=1, max_size=3)),
    st.tuples(st.just("say"), _person, st.lists(_say, min_size=1, max_size=1)),
    st.tuples(st.just("say"), _person, st.lists(_say, min_size=1, max_size=1)),
    st.tuples(st.just("staff"), st.sampled_from(MOVES), _any),
    st.tuples(st.just("later"), st.sampled_from(TIMES)),
)


class Talk:
    """One random conversation, with people whom nobody has heard of before."""

    def __init__(self, mail, clock):
        self.mail, self.clock, self.desk = mail, clock, mail.desk
        run = next(_runs)
        self.phones = [f"62899{run:05d}{place:02d}" for place in range(len(PEOPLE))]
        self.wamids: list[str] = []
        self.own: dict[int, list[str]] = {place: [] for place in range(len(PEOPLE))}
        self.last: dict | None = None

    def step(self, kind: str, *given) -> None:
        getattr(self, f"_{kind}")(*given)

    def _say(self, person: int, said: list[tuple]) -> None:
        sent = [self._message(person, *each) for each in said]
        # At times Meta sends what it has sent before.
        self.mail.take(body(*sent), *([body(self.last)] if self.last else []))
        self.last = sent[-1]

    def _message(self, person: int, kind: str, *given) -> dict:
        wamid = f"wamid.R{next(_wamids):07d}"
        built = self._built(person, kind, *given)
        self.wamids.append(wamid)
        self.own[person].append(wamid)
        # The last one writes without a number.
        hidden = {"wa_id": None, "from_user_id": f"ID.{self.phones[person]}"} if person == 2 else {}
        sender = {"wa_id": self.phones[person]} | hidden
        text = {"text": None} if built["type"] != "text" else {}
        return message(id=wamid, name=PEOPLE[person], **sender, **text, **built) | {"_name": PEOPLE[person]}

    def _built(self, person: int, kind: str, *given) -> dict:
        if kind in ("text", "quote"):
            built = {"type": "text", "text": {"body": self._filled(person, given[0])}}
            return built | ({"context": {"id": self._wamid(given[1])}} if kind == "quote" else {})
        if kind in FILES:
            part = {"id": "1", "mime_type": "image/jpeg", "caption": self._filled(person, given[0])}
            return {"type": kind, kind: part}
        if kind == "location":
            return {"type": kind, kind: {"latitude": given[0], "longitude": given[1]}}
        if kind == "contacts":
            name = self._filled(person, given[0])
            return {"type": kind, kind: [{"name": {"formatted_name": name}, "phones": [{"phone": "0812"}]}]}
        if kind in ("button_reply", "list_reply"):
            reply = {"id": self._filled(person, given[0]), "title": "Tombol"}
            return {"type": "interactive", "interactive": {"type": kind, kind: reply}, **self._context(given[1])}
        if kind == "button":
            return {"type": kind, kind: {"payload": self._filled(person, given[0]), "text": "Ya"}}
        if kind == "form":
            return self._form(person, *given)
        if kind in ("reaction", "edit", "revoke"):
            key = "message_id" if kind == "reaction" else "original_message_id"
            changed = {"message": {"type": "text", "text": {"body": f"diubah {PEOPLE[person]}"}}}
            return {"type": kind, kind: {key: self._wamid(given[0]), "emoji": "👍"} | changed}
        return {"type": kind, kind: {"body": f"{PEOPLE[person]} changed"}}

    def _form(self, person: int, token: str | None, context: bool, place: int) -> dict:
        answers = {"nama": PEOPLE[person], "kronologi": "Mati total"}
        answers |= {} if token is None else {"flow_token": self._filled(person, token)}
        reply = {"response_json": json.dumps(answers), "body": "Sent", "name": "flow"}
        interactive = {"type": "nfm_reply", "nfm_reply": reply}
        return {"type": "interactive", "interactive": interactive} | (self._context(place) if context else {})

    def _context(self, place: int) -> dict:
        return {"context": {"id": self._wamid(place)}}

    def _wamid(self, place: int) -> str:
        """A message of anybody, or of ours, or of nobody."""
        ours = [f"wamid.O{row['id']}" for row in self._letters()][-3:]
        known = [*self.wamids[-3:], *ours, "wamid.nobody"]
        return known[place % len(known)]

    def _letters(self) -> list[dict]:
        """What this conversation's people were told; each has been delivered, so that it can be answered."""
        with self.desk.register.atomic() as cursor:
            cursor.execute(
                "update message_out set wamid = 'wamid.O' || id, state = 'delivered', attempts = 1, form = 'free' "
                "where wamid is null"
            )
        return ask(
            self.desk,
            "select m.* from message_out m where contact_id in (select contact_id from contact_identity "
            "where list_contains(?, value)) order by id",
            [*self.phones, f"ID.{self.phones[2]}"],
        )

    def numbers(self, person: int) -> list[str]:
        identity = f"ID.{self.phones[2]}" if person == 2 else self.phones[person]
        found = ask(
            self.desk,
            "select number from complaint join contact_identity i using (contact_id) where i.value = ? order by id",
            identity,
        )
        return [row["number"] for row in found]

    def _filled(self, person: int, text: str) -> str:
        own = self.numbers(person) or ["WA-2026-88888"]
        others = [n for place in range(len(PEOPLE)) if place != person for n in self.numbers(place)]
        given = {"{own}": own[-1], "{other}": (others or ["WA-2026-99999"])[-1], "{me}": PEOPLE[person]}
        return re.sub(r"\{(own|other|me)\}", lambda found: given[found[0]], text)

    def _staff(self, move: str, place: int) -> None:
        every = [number for person in range(len(PEOPLE)) for number in self.numbers(person)]
        if not every:
            return
        case = commands.case_of(self.desk, every[place % len(every)], press(self.desk, _nobody(), "kota").actor)
        person = {"accept": "opd.dishub", "start": "opd.dishub", "submit_result": "tim.dishub"}.get(move, "kota")
        more = {
            "ask": {"missing": ["identity", "where_when"]}, "answer": {"text": "Setiap Selasa."},
            "forward": {"department": "DISHUB", "note": "n"}, "submit_result": {"text": "Beres", "files": [PHOTO]},
            "approve": {"text": "Beres"}, "reply": {"text": "Sebentar"}, "merge": {"parent": every[0]},
            "refer": {"body": "PLN", "text": "Sudah diteruskan"}, "accept": {}, "start": {}, "take_over": {},
            "give_back": {},
        }.get(move, {"note": "n"})  # fmt: skip
        # Where the workflow does not allow it, nothing has happened.
        with contextlib.suppress(StoreError):
            getattr(commands, move)(self.desk, press(self.desk, case, person), **more)

    def _later(self, span: timedelta) -> None:
        self.clock.ahead += span
        clocks.once(self.desk)

    def check(self) -> None:
        kept = ask(
            self.desk,
            "select wamid, kind, text from message_in where list_contains($1, wamid) "
            "union all select wamid, 'waiting', null from message_waiting where list_contains($1, wamid)",
            self.wamids,
        )
        assert sorted(row["wamid"] for row in kept) == sorted(self.wamids)
        assert not ask(
            self.desk, "select * from inbox_problem where happened_at > ?", clock_now() - timedelta(days=999)
        )
        assert agrees(self.desk)
        letters = self._letters()
        answered = [row["cause"].rpartition(":")[0] for row in letters if row["cause"].startswith("in:wamid")]
        assert len(answered) == len(set(answered)), "one message was answered twice"
        opened = [row["complaint_id"] for row in letters if row["purpose"] == "acknowledgement"]
        assert len(opened) == len(set(opened))
        for person in range(len(PEOPLE)):
            self._told_nothing_of_others(person, letters)

    def _told_nothing_of_others(self, person: int, letters: list[dict]) -> None:
        identity = f"ID.{self.phones[2]}" if person == 2 else self.phones[person]
        found = ask(self.desk, "select contact_id from contact_identity where value = ?", identity)
        typed = " ".join(
            row["text"] or ""
            for row in ask(self.desk, "select text from message_in where list_contains(?, wamid)", self.own[person])
        )
        others = [p for p in range(len(PEOPLE)) if p != person]
        theirs = [PEOPLE[p] for p in others] + [self.phones[p] for p in others]
        theirs += [number for p in others for number in self.numbers(p) if number not in typed]
        for row in letters:
            if found and row["contact_id"] == found[0]["contact_id"]:
                told = f"{row['text']} {row['extra']} {row['template_params']}"
                assert not [word for word in theirs if word in told], told
                assert "{nomor}" not in told or "{nomor}" in typed


def _nobody() -> Case:
    return Case(0, "", "WA", "complaint", State.RECEIVED, 0, START, START, "")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(_step, min_size=4, max_size=14))
def test_whatever_people_send_nothing_is_lost_doubled_or_told_to_others(mail, clock, steps):
    clock.set(START)
    talk = Talk(mail, clock)
    for each in steps:
        talk.step(*each)
    talk.check()


def _case(number: int, state: State, minutes: int, **more) -> Case:
    since = NOW - timedelta(minutes=minutes)
    over = state in (State.CLOSED, State.ANSWERED, State.ARCHIVED, State.WITHDRAWN, State.REJECTED, State.DUPLICATE)
    return Case(
        number, f"WA-2026-{number:05d}", "WA", "complaint", state, 1, since, since, "Lampu mati",
        ended_at=since if over else None, last_message_at=since, **more,
    )  # fmt: skip


NOW = datetime(2026, 9, 8, 2)
_cases = st.lists(
    st.builds(
        _case, st.integers(1, 9), st.sampled_from(State), st.integers(0, 20_000),
        reopened_count=st.integers(0, 2), rating=st.sampled_from((None, 3)),
        taken_by=st.sampled_from((None, "kota")), taken_at=st.just(NOW),
    ),
    max_size=4, unique_by=lambda case: case.id,
)  # fmt: skip
_last = st.none() | st.builds(
    lambda minutes, purpose, about: Said(NOW - timedelta(minutes=minutes), purpose, about),
    st.integers(0, 200), st.sampled_from([*AUTO, "info", "question", "full"]), st.integers(1, 9),
)  # fmt: skip
_kinds = ("text", "image", "audio", "location", "contacts", "button_reply", "list_reply", "form", "reaction", "edit",
          "revoke", "system", "unsupported", "unknown")  # fmt: skip
_words = st.sampled_from([text.replace("{own}", "WA-2026-00001").replace("{other}", "WA-2026-00777") for text in SAID])
_heard = st.builds(
    Heard, st.sampled_from(_kinds), st.none() | _words | st.text(max_size=40),
    st.none() | st.sampled_from([p.replace("{own}", "WA-2026-00001").replace("{other}", "x") for p in PRESSED]),
    st.booleans(), st.booleans(),
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(heard=_heard, cases=_cases, target=st.integers(-1, 3), last=_last, waiting=st.booleans(), night=st.booleans())
def test_every_message_has_one_meaning_and_at_most_one_answer(heard, cases, target, last, waiting, night):
    about = cases[target] if 0 <= target < len(cases) else None
    decision = decide(heard, about, cases, NOW, last, waiting)
    assert decision == decide(heard, about, cases, NOW, last, waiting)
    assert decision.case is None or decision.case in cases
    assert set(decision.cases) <= set(cases)
    if heard.kind in conversation.ATTACHED:
        assert decision.action == "attach"
    told = [] if decision.action == "open" else conversation.replies(decision, decision.case, last, NOW, night)
    assert len(told) <= 1
    if decision.action == "join":
        assert decision.case is not None
    known = {case.number for case in cases}
    for letter in told:
        assert set(re.findall(r"WA-2026-\d{5}", letter.text)) <= known | {decision.note}
