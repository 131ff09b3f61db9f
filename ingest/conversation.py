"""What a message means for the register and what the citizen is told: a pure function of (cases, message)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from store.intake import Said
from store.rules import texts
from store.rules.case import Case, is_taken, may_reopen
from store.rules.progress import progress
from store.rules.texts import Letter
from store.rules.workflow import State

from . import speech

# What stands before the number in a form's token.
FORM = "aduan"
# Kinds that are about another message or about the account; they never start a complaint.
ATTACHED = frozenset({"reaction", "edit", "revoke", "system"})
# So long after our last message a joined message is acknowledged with a line; sooner it would only disturb.
JOINED_QUIET = timedelta(minutes=30)
# Messages so close to the last one about a complaint are about the same.
TOGETHER = timedelta(minutes=10)
# So long a question of ours is still being answered.
ASKED_LATELY = timedelta(minutes=60)
# After these messages about a complaint that has ended, the next words within minutes are an answer to them.
_ANSWERABLE = frozenset({"answer", "reply", "referred", "confirmed", "joined_ended", "lapsed", "closed", "full"})
# Without these a complaint can hardly be dealt with; the other elements help.
NEEDED = frozenset({"identity", "what", "where_when"})
# Words after a rating that are longer than this are another matter.
FEW_WORDS = 25
# Whoever opens more than so many complaints a day goes on with the last.
MOST_NEW = 10
_THANKS = (
    "terima kasih terimakasih trima trimakasih makasih mksh matur nuwun maturnuwun matursuwun suwun thanks thank thx "
    "ok oke okay sip siap baik ya iya nggih amin aamiin alhamdulillah"
)
_YES = frozenset({"ya", "iya", "nggih"})
# What may stand around thanks; any other word may be news.
_POLITE = (
    "banyak sekali sangat atas bantuan bantuannya info infonya informasinya respon responnya tanggapannya jawabannya "
    "penanganannya perhatiannya kerjasamanya pelayanannya cepat cepatnya dan pak bu bapak ibu mas mbak kak min admin "
    "tim semua semoga sehat selalu sukses kembali sama you so much"
)


@dataclass(frozen=True)
class Heard:
    """One message as the conversation sees it.

    `reply_id` is what a pressed button, a chosen row or a finished form sends back; `new_matter` says that the words
    alone tell what happened and where, so that they need nothing before them.
    """

    kind: str
    text: str | None = None
    reply_id: str | None = None
    has_place: bool = False
    new_matter: bool = False


@dataclass(frozen=True)
class Decision:
    """What to do with one message, and what to say.

    To the register: `open`, `join`, `attach` (keep only), `confirm`, `reopen`, `revive` (an archived complaint is
    completed), `reopen_parent` (the reporter of a duplicate says that it is not done), `cancel`, `rate`, `wait` (keep
    until the reporter has chosen), `choose` (what waited belongs to `case`, or to a new complaint where there is none).
    To the reporter only, the message kept: `info`, `status`, `unknown_number`, `no_case`, `help`, `officer`,
    `cancel_asked`, `cancel_kept`, `cancel_which`, `new_asked`.
    """

    action: str
    case: Case | None = None
    note: str = ""
    cases: tuple[Case, ...] = ()
    rating: int = 0


# The message is kept, with its complaint where it has one, and changes nothing there.
ONLY_SAID = frozenset(
    {"info", "status", "unknown_number", "no_case", "help", "cancel_asked", "cancel_kept", "cancel_which", "new_asked"}
)


def decide(
    heard: Heard,
    target: Case | None,
    cases: Sequence[Case],
    now: datetime,
    last: Said | None = None,
    waiting: bool = False,
) -> Decision:
    """Which complaint a message belongs to, and what it does to it.

    :param target: the case of the message that this one answers or refers to
    :param cases: this person's complaints that are open or ended lately, oldest first
    :param now: when the message was taken in
    :param last: what this person was told last
    :param waiting: whether messages of this person wait for a choice among several complaints
    """
    if heard.kind in ATTACHED:
        return Decision("attach", target)
    known = [*cases, target] if target and target not in cases else list(cases)
    pressed = _pressed(heard.reply_id, known, cases, now)
    if pressed:
        return pressed
    taken = next((case for case in cases if is_taken(case, now)), None)
    if taken:
        return Decision("join", target or taken)
    answered = _answers_question(heard, target, cases, now, last, waiting) or _asks(heard, target, known, cases)
    return answered or _tells(heard, target, cases, now, last, waiting)


def _asks(heard: Heard, target: Case | None, known: list[Case], cases: Sequence[Case]) -> Decision | None:
    """STATUS, BATAL, BANTUAN, PETUGAS, INFO, ADUAN BARU."""
    asked = speech.command(heard.text) if heard.kind == "text" else None
    if asked is None:
        return None
    if asked.name in (speech.INFO, speech.HELP):
        return Decision({speech.INFO: "info", speech.HELP: "help"}[asked.name])
    if asked.name == speech.NEW:
        return Decision("new_asked")
    live = [case for case in cases if is_live(case)]
    if asked.name == speech.OFFICER:
        return Decision("officer", target or live[-1]) if target or live else Decision("open")
    named = _by_number(asked.number, known) if asked.number else target
    if asked.number and named is None:
        return Decision("unknown_number", note=asked.number)
    if asked.name == speech.STATUS:
        shown = [named] if named else live or list(cases)[-1:]
        return Decision("status", named, cases=tuple(shown)) if shown else Decision("no_case")
    open_ones = [case for case in ([named] if named else live) if case.ended_at is None]
    if not open_ones:
        return Decision("status", named, cases=(named,)) if named else Decision("no_case")
    if len(open_ones) > 1:
        return Decision("cancel_which", cases=tuple(reversed(open_ones)))
    return Decision("cancel_asked", open_ones[0])


def _answers_question(
    heard: Heard, target: Case | None, cases: Sequence[Case], now: datetime, last: Said | None, waiting: bool
) -> Decision | None:
    """What is typed where a button or a row could have been pressed."""
    if heard.kind != "text":
        return None
    live = [case for case in cases if is_live(case)]
    if waiting:
        chosen = _choice(heard.text, live)
        if chosen:
            return Decision("choose", None if chosen == texts.NEW else chosen)
    lately = last is not None and now - last.created_at <= ASKED_LATELY
    rated = _rates(heard.text, target, cases, last if lately else None)
    if rated:
        return rated
    cancels = _cancels_in_words(heard.text, last, live) if lately else None
    if cancels:
        return cancels
    asked = [case for case in ([target] if target else live) if case.state == State.AWAITING_CONFIRMATION]
    # Of several open ones it is the one whose result has been sent.
    pressed = says_of_result(heard.text, asked[0], now) if len(asked) == 1 else None
    if pressed or live:
        return pressed
    return _of_the_ended(heard, target, cases, now, last if lately else None)


def _rates(text: str | None, target: Case | None, cases: Sequence[Case], last: Said | None) -> Decision | None:
    """A typed rating of the complaint that it quotes or that was just closed, whatever else is open."""
    asked = last.complaint_id if last and last.purpose == "confirmed" else None
    case = target or next((case for case in cases if case.id == asked), None)
    stars = speech.rating(text) if case and case.state == State.CLOSED else None
    return Decision("rate", case, rating=stars) if stars else None


def says_of_result(text: str | None, case: Case, now: datetime) -> Decision | None:
    """What words say to "Apakah masalahnya sudah selesai?", as if the button had been pressed."""
    done = speech.says_done(text) if case.state == State.AWAITING_CONFIRMATION else None
    if done is None:
        return None
    pressed = _pressed(f"{texts.CONFIRM if done else texts.REOPEN}:{case.number}", [case], [case], now)
    return _with_reason(pressed, text)


def _with_reason(decision: Decision | None, text: str | None) -> Decision | None:
    """The decision, marked where the words say what is not done."""
    why = decision is not None and decision.action == "reopen" and speech.says_why(text)
    return replace(decision, note="why") if why else decision


def _of_the_ended(
    heard: Heard, target: Case | None, cases: Sequence[Case], now: datetime, last: Said | None
) -> Decision | None:
    """What is typed to somebody who waits for nothing any more: done or not, a rating, words beside it."""
    done = speech.says_done(heard.text)
    ended = target or (cases[-1] if cases else None)
    if ended and done is not None and ended.state == State.DUPLICATE:
        return _pressed(f"{texts.CONFIRM if done else texts.REOPEN}:{ended.number}", [ended], cases, now)
    if ended and done is not None and ended.state in (State.ANSWERED, State.CLOSED):
        # As said of the latest that ended: "belum selesai" opens it again, "sudah selesai" is no new complaint.
        if done:
            return Decision("join", ended, "thanks")
        return _with_reason(_pressed(f"{texts.REOPEN}:{ended.number}", [ended], cases, now), heard.text)
    closed = [case for case in cases if case.state == State.CLOSED]
    stars = speech.rating(heard.text)
    # A "5" alone is no complaint, whenever it comes.
    if stars and closed and (closed[-1].rating is None or (last and last.purpose in ("confirmed", "rated"))):
        return Decision("rate", closed[-1], rating=stars)
    if last and last.purpose == "rated" and closed and closed[-1].rating and _is_remark(heard):
        return Decision("rate", closed[-1], note="words", rating=closed[-1].rating)
    return None


def _tells(
    heard: Heard, target: Case | None, cases: Sequence[Case], now: datetime, last: Said | None, waiting: bool
) -> Decision:
    """A message about the matter itself."""
    thanks = bool(heard.text) and only_thanks(heard.text)
    named = target or _by_number(speech.named(heard.text), cases)
    if named:
        return Decision("revive" if named.state == State.ARCHIVED and not thanks else "join", named)
    live = [case for case in cases if is_live(case)]
    if last and last.purpose == "new_asked" and now - last.created_at <= ASKED_LATELY and not thanks:
        return Decision("open") if len(cases) < MOST_NEW else Decision("join", cases[-1])
    if live:
        # Thanks, and a "ya", are for what was told last.
        told = next((case for case in live if last and case.id == last.complaint_id), None) if thanks else None
        return Decision("join", told) if told else _among(live, now, waiting, thanks)
    if cases and thanks:
        return Decision("join", cases[-1])
    told = _just_told(cases, last, now)
    if told and not heard.new_matter:
        return Decision("join", told)
    archived = [case for case in cases if case.state == State.ARCHIVED]
    return Decision("revive", archived[-1]) if archived else Decision("open")


def _just_told(cases: Sequence[Case], last: Said | None, now: datetime) -> Case | None:
    """The complaint that has ended and of which this person was told so lately that the next words are about it."""
    if last is None or last.purpose not in _ANSWERABLE:
        return None
    # Who was written to by a person answers when they have read it.
    patience = ASKED_LATELY if last.purpose == "reply" else TOGETHER
    return next((c for c in cases if c.id == last.complaint_id and now - last.created_at <= patience), None)


def _among(live: list[Case], now: datetime, waiting: bool, thanks: bool) -> Decision:
    """Which of the open ones a message is about: what was just asked, the only one, or the one just written of."""
    asked = [case for case in live if case.state == State.AWAITING_REPORTER]
    if len(live) == 1 or thanks:
        return Decision("join", live[-1])
    if len(asked) == 1:
        return Decision("join", asked[0])
    if not waiting:
        recent = [case for case in live if case.last_message_at and now - case.last_message_at <= TOGETHER]
        if recent:
            return Decision("join", max(recent, key=lambda case: case.last_message_at))
    return Decision("wait", cases=tuple(reversed(live)))


def _choice(text: str | None, live: list[Case]) -> Case | str | None:
    """The complaint that a typed answer to "yang mana?" means, `new`, or None."""
    plain = (text or "").strip().lower().rstrip(".")
    if plain in ("baru", "aduan baru", "yang baru", "hal lain", "bukan itu"):
        return texts.NEW
    named = _by_number(speech.named(text), live)
    if named:
        return named
    shown = list(reversed(live))[: texts.LIST_ROWS - 1]
    return shown[int(plain) - 1] if plain.isdecimal() and len(plain) < 3 and 0 < int(plain) <= len(shown) else None


def is_live(case: Case) -> bool:
    """Whether its reporter still waits for something: it is open, or follows one that is not answered yet."""
    return case.ended_at is None or (case.state == State.DUPLICATE and case.stopped_at is None)


def replies(
    decision: Decision, case: Case | None, last: Said | None, now: datetime, night: bool = False
) -> list[Letter]:
    """What the citizen is told after a decision about a complaint was carried out on `case`.

    The first answer to a new complaint is not among them.

    :param last: what this person was told last, so that nobody who writes much is answered as much
    :param night: quiet hours: what can wait for the morning, or need not be said, is not said
    """
    quiet = last is None or now - last.created_at > JOINED_QUIET
    number = case.number if case else ""
    match decision.action:
        case "confirm":
            return [texts.confirmed(number)]
        case "reopen" | "reopen_parent":
            # Who has said what is not done is not asked for it.
            known = decision.note == "why"
            return [texts.reason(number, progress(case, {}, now)) if known else texts.reopened(number)]
        case "revive":
            return [texts.revived(number)]
        case "cancel":
            return [texts.withdrawn(number)]
        case "cancel_asked":
            return [texts.cancel_asked(number)]
        case "cancel_kept":
            return [texts.cancel_kept(number)]
        case "cancel_which":
            return [texts.cancel_which([(each.number, each.summary) for each in decision.cases])]
        case "wait":
            asked = last and last.purpose == "which" and not quiet
            return [] if asked else [texts.which([(each.number, each.summary) for each in decision.cases])]
        case "rate":
            return [texts.rating_words(number) if decision.note == "words" else texts.rated(number, decision.rating)]
        case "unknown_number":
            return [texts.unknown_number(decision.note)]
        case "no_case":
            return [texts.no_case()]
        case "help":
            return [texts.helped()]
        case "new_asked":
            return [texts.new_asked()]
    if decision.note == "confirmed_child":
        return [texts.confirmed(number)]
    if decision.note == "not_reopened":
        return [texts.not_reopened(number)] if quiet or last.purpose != "not_reopened" else []
    if decision.note == "form" and is_live(case):
        return [texts.form_received(number, case.latitude is not None)]
    if decision.note == "supplied":
        return [texts.supplied(number)]
    if _gives_reason(decision, case, last, now):
        return [texts.reason(number, progress(case, {}, now))]
    if decision.note == "complete" and not night:
        return [texts.complete(number)]
    joined = decision.action == "join" and decision.note != "thanks"
    # Who has chosen is told where it went; else it is said only after a while, and never at night.
    if case is None or not (decision.action == "choose" or (joined and quiet and not night)):
        return []
    return [texts.joined(number) if is_live(case) else texts.joined_ended(number)]


def _gives_reason(decision: Decision, case: Case | None, last: Said | None, now: datetime) -> bool:
    """Whether this is the answer to "Apa yang belum selesai?"."""
    asked = last and last.purpose == "reopened" and now - last.created_at <= ASKED_LATELY
    said = decision.action == "join" and decision.note in ("", "complete")
    return bool(asked and said and case and case.state == State.REOPENED and case.id == last.complaint_id)


def _pressed(reply_id: str | None, known: list[Case], cases: Sequence[Case], now: datetime) -> Decision | None:
    action, _, rest = (reply_id or "").partition(":")
    number, _, extra = rest.partition(":")
    if action == texts.WHICH and number == texts.NEW:
        return Decision("choose", None)
    case = _by_number(number, known)
    if case is None:
        return None
    if action == texts.WHICH:
        return Decision("choose", case)
    if action == texts.RATE and case.state in (State.CLOSED, State.ANSWERED) and extra in ("1", "2", "3", "4", "5"):
        return Decision("rate", case, rating=int(extra))
    if action in (texts.CANCEL, texts.KEEP, texts.CANCEL_THIS):
        return _cancels(action, case)
    if action == texts.CONFIRM and case.state == State.AWAITING_CONFIRMATION:
        return Decision("confirm", case)
    if action == texts.CONFIRM and case.state == State.DUPLICATE:
        return Decision("join", case, "confirmed_child")
    if action == texts.REOPEN and case.state == State.DUPLICATE:
        return Decision("reopen_parent", case)
    if action == texts.REOPEN and case.state in (State.AWAITING_CONFIRMATION, State.CLOSED, State.ANSWERED):
        return Decision("reopen", case) if may_reopen(case, now) else Decision("join", case, "not_reopened")
    # A finished form, however late, completes the complaint for which it was offered.
    return Decision("revive" if case.state == State.ARCHIVED and action == FORM else "join", case)


def _cancels_in_words(text: str | None, last: Said, live: list[Case]) -> Decision | None:
    """What is typed after "Aduan … dicabut?" or after the list of those that could be meant."""
    open_ones = [case for case in live if case.ended_at is None]
    if last.purpose == "cancel_which":
        chosen = _choice(text, open_ones)
        return Decision("cancel_asked", chosen) if isinstance(chosen, Case) else None
    if last.purpose != "cancel_asked":
        return None
    asked, yes = next((case for case in open_ones if case.id == last.complaint_id), None), speech.says_yes(text)
    if asked is None or yes is None:
        return None
    return _cancels(texts.CANCEL if yes else texts.KEEP, asked)


def _cancels(action: str, case: Case) -> Decision:
    if case.ended_at is not None:
        return Decision("status", case, cases=(case,))
    return Decision({texts.CANCEL: "cancel", texts.KEEP: "cancel_kept"}.get(action, "cancel_asked"), case)


def _is_remark(heard: Heard) -> bool:
    """Whether words after a rating are about it, rather than the next complaint."""
    words = (heard.text or "").split()
    return 0 < len(words) <= FEW_WORDS and not heard.has_place and not heard.new_matter


def only_thanks(text: str) -> bool:
    """Whether a message holds thanks and politeness and nothing else."""
    words, thanks, polite = set(re.findall(r"\w+", text.lower())), set(_THANKS.split()), set(_POLITE.split())
    return words <= thanks | polite and (not words or bool(words & thanks))


def may_answer(text: str | None, case: Case, last: Said | None) -> bool:
    """Whether a bare "ya" may be the answer to what an officer asked: then somebody must see it."""
    asked = last is not None and last.purpose == "reply" and last.complaint_id == case.id
    said = set(re.findall(r"\w+", (text or "").lower())) & set(_THANKS.split())
    return (asked or case.state == State.AWAITING_REPORTER) and bool(said) and said <= _YES


def _by_number(number: str | None, cases: Sequence[Case]) -> Case | None:
    return next((case for case in cases if case.number == number), None) if number else None
