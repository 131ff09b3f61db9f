"""What a message means for the register and what the citizen is told: a pure function of (cases, message)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.intake import Said
from store.rules import texts
from store.rules.case import Case, may_reopen
from store.rules.texts import Letter
from store.rules.workflow import State

# Kinds that are about another message or about the account; they never start a complaint.
ATTACHED = frozenset({"reaction", "edit", "revoke", "system"})
# So long after our last message a joined message is acknowledged with a line; sooner it would only disturb.
JOINED_QUIET = timedelta(minutes=30)
_NUMBER = re.compile(r"\b([A-Z]{2,3})[-\s]?(20\d\d)[-\s]?(\d{5,9})\b", re.IGNORECASE)
_THANKS = (
    "terima kasih terimakasih trima trimakasih makasih mksh matur nuwun maturnuwun matursuwun suwun thanks thank thx "
    "ok oke okay sip siap baik ya iya nggih amin aamiin alhamdulillah"
)
# What may stand around thanks; any other word may be news.
_POLITE = (
    "banyak sekali sangat atas bantuan bantuannya info infonya informasinya respon responnya tanggapannya jawabannya "
    "penanganannya perhatiannya kerjasamanya pelayanannya cepat cepatnya dan pak bu bapak ibu mas mbak kak min admin "
    "tim semua semoga sehat selalu sukses kembali sama you so much"
)


@dataclass(frozen=True)
class Decision:
    """What to do with one message: `open`, `join`, `attach` (keep only), `confirm` or `reopen`; and what to say."""

    action: str
    case: Case | None = None
    note: str = ""


def decide(
    kind: str, text: str | None, reply_id: str | None, target: Case | None, cases: list[Case], now: datetime
) -> Decision:
    """Which complaint a message belongs to, and what it does to it.

    :param reply_id: the id of a pressed button, `confirm:<number>` or `reopen:<number>`
    :param target: the case of the message that this one answers or refers to
    :param cases: this person's complaints that are open or ended lately, oldest first
    :param now: when the message was taken in
    """
    if kind in ATTACHED:
        return Decision("attach", target)
    pressed = _pressed(reply_id, [*cases, target] if target else cases, now)
    if pressed:
        return pressed
    named = target or _named(text, cases)
    if named:
        return Decision("join", named)
    open_cases = [case for case in cases if case.ended_at is None]
    if open_cases:
        return Decision("join", open_cases[-1])
    if cases and text and only_thanks(text):
        return Decision("join", cases[-1])
    return Decision("open")


def replies(decision: Decision, case: Case, kind: str, last_out: Said | None, now: datetime, service) -> list[Letter]:
    """What the citizen is told after the decision was carried out on `case`.

    :param last_out: what this person was told last, so that nobody who writes much is answered as much
    """
    quiet = last_out is None or now - last_out.created_at > JOINED_QUIET
    if decision.action == "open":
        return [texts.acknowledgement(case.number, service, has_place=kind == "location")]
    if decision.action == "confirm":
        return [texts.confirmed(case.number)]
    if decision.action == "reopen":
        return [texts.reopened(case.number)]
    if decision.note == "not_reopened":
        return [texts.not_reopened(case.number)] if quiet or last_out.purpose != "not_reopened" else []
    if decision.action == "join" and case.ended_at is None and quiet:
        return [texts.joined(case.number)]
    return []


def _pressed(reply_id: str | None, cases: list[Case], now: datetime) -> Decision | None:
    action, _, number = (reply_id or "").partition(":")
    case = next((c for c in cases if c.number == number), None)
    if case is None:
        return None
    if action == texts.CONFIRM and case.state == State.AWAITING_CONFIRMATION:
        return Decision("confirm", case)
    if action == texts.REOPEN and case.state in (State.AWAITING_CONFIRMATION, State.CLOSED):
        return Decision("reopen", case) if may_reopen(case, now) else Decision("join", case, "not_reopened")
    return Decision("join", case)


def only_thanks(text: str) -> bool:
    """Whether a message holds thanks and politeness and nothing else."""
    words, thanks, polite = set(re.findall(r"\w+", text.lower())), set(_THANKS.split()), set(_POLITE.split())
    return words <= thanks | polite and (not words or bool(words & thanks))


def _named(text: str | None, cases: list[Case]) -> Case | None:
    for channel, year, count in _NUMBER.findall(text or ""):
        number = f"{channel.upper()}-{year}-{int(count):05d}"
        for case in cases:
            if case.number == number:
                return case
    return None
