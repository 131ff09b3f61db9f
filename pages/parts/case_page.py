"""One case, as every page shows it: head, conversation, what may be done, facts, timeline."""

from collections.abc import Callable

import streamlit as st

from store import audit, queries, why_due
from store.clock import now as clock_now
from store.queries import CaseView
from store.rules.case import QUIET
from store.rules.errors import NotFound
from store.rules.workflow import Actor

from . import aids, case_parts, history, house, talk, understood, window, words
from .case_list import About, live_list
from .markdown import plain
from .moves import move_forms, offered
from .outcome import outcome

LIVE_SECONDS = 3.0
CONVERSATION_HEIGHT = 340


def work_page(
    name: str,
    actor: Actor,
    ask: Callable[[], list[dict]],
    empty: str,
    chosen: str | None,
    shown_department=False,
    about: About | None = None,
) -> None:
    """A list of cases on the left, the chosen one on the right: the shape of every page where cases are worked on.

    :param about: what a row says besides
    """
    left, right = st.columns([1, 2], gap="medium")
    with left, st.container(key="w-list"):
        live_list(name, ask, empty, chosen, shown_department, about)
    with right:
        view = find_case(actor, chosen) if chosen else None
        if view is not None:
            show_case(view, actor, f"{name}-")


def next_case(numbers: list[str]) -> str | None:
    """The case in the address, or the first; after a step that took it off the list, the next one opens by itself."""
    chosen = st.query_params.get("no")
    if chosen and chosen == outcome().get("last_done") and chosen not in numbers:
        chosen = None
        st.query_params.pop("no", None)
    if not chosen and numbers:
        # Kept in the address: a case that comes in while somebody types must not push this one away.
        chosen = st.query_params["no"] = numbers[0]
    return chosen


def find_case(actor: Actor, number: str) -> CaseView | None:
    """The case, or a sentence that it is not for this person."""
    try:
        register = house.desk().register
        view = queries.case_view(register, actor, number.strip().upper())
    except NotFound as missing:
        st.warning(plain(words.refusal(missing)))
        return None
    if view.case.confidential:
        audit.once_a_day(register, actor.username, "confidential_viewed", view.case.number)
    return view


def show_case(view: CaseView, actor: Actor, prefix: str = "") -> None:
    """Head and conversation live, the forms beside them still."""
    talk.drawn_whole()
    _live(view, actor, prefix)
    case_parts.staff_files(view)
    history.why_escalated(view)
    if view.case.escalated != "assignment":
        history.last_note(view)
    history.to_tell(view)
    understood.show(view, actor, prefix)
    aids.show(view, actor, prefix)
    move_forms(view, actor, prefix)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader("Keterangan", anchor=False)
        case_parts.facts(view, actor)
        with st.expander("Kenapa jatuh tempo saat ini?"):
            st.html("<br>".join(words.safe(line) for line in why_due.of_case(house.desk(), view.case)))
    with right:
        st.subheader("Riwayat", anchor=False)
        history.timeline(view, queries.known(house.desk().register))


def _live(view: CaseView, actor: Actor, prefix: str) -> None:
    """New messages and delivery states appear by themselves; another's step is announced, so that typing goes on."""
    number, drawn = view.case.number, view.case.version

    @st.fragment(run_every=LIVE_SECONDS)
    def draw() -> None:
        if talk.drawn_whole():
            st.rerun()
        register = house.desk().register
        key = f"case-{number}"
        kept = st.session_state.get(key)
        # An identity that was asked for is hidden again by the clock alone.
        if kept is None or kept[0] != register.version or kept[1].revealed:
            try:
                kept = (register.version, queries.case_view(register, actor, number))
            except NotFound:
                st.warning("Aduan ini tidak lagi pada Anda.")
                return
            st.session_state[key] = kept
        now_view = kept[1]
        if view.revealed and not now_view.revealed:
            st.rerun()
        case_parts.head(now_view, actor, clock_now())
        case_parts.parts_table(now_view)
        if now_view.case.version != drawn:
            last = next(e for e in reversed(now_view.timeline) if e["kind"] not in QUIET)
            what, who = words.EVENTS.get(last["kind"], last["kind"]).lower(), words.actor(last)
            st.warning(
                f"Aduan ini baru saja berubah: {what} oleh {plain(who)}. Formulir di bawah memakai keadaan lama."
            )
            if st.button("Tampilkan keadaan terbaru", key=f"refresh-{number}"):
                st.rerun()
        long = len(now_view.conversation) > 3
        with st.container(height=_height(now_view), border=False, autoscroll=long, gap="xsmall"):
            case_parts.conversation(now_view, talk.steps(now_view, actor, prefix))
        if now_view.by_whatsapp and "reply" in offered(now_view, actor):
            window.line(now_view, clock_now())
        talk.place_of_photo(now_view, actor, prefix)

    draw()


def _height(view: CaseView) -> int | str:
    """A long conversation scrolls in its own place, so that the forms stay within reach on a small laptop."""
    read = [m for m in view.conversation if m["purpose"] != "acknowledgement"]
    lines = sum(1 + len(m["text"] or "") // 65 + (m["text"] or "").count("\n") for m in read)
    height = 58 * len(view.conversation) + 21 * lines + 220 * view.case.media_count
    return CONVERSATION_HEIGHT if height > CONVERSATION_HEIGHT + 40 else "content"
