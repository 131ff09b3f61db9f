"""One case, as every page shows it: head, conversation, what may be done, facts, timeline."""

from collections.abc import Callable

import streamlit as st

from store import queries, why_due
from store.clock import now as clock_now
from store.queries import CaseView
from store.rules.case import QUIET
from store.rules.errors import NotFound
from store.rules.workflow import Actor

from . import case_parts, house, words
from .case_list import live_list
from .moves import move_forms
from .outcome import outcome

LIVE_SECONDS = 3.0
CONVERSATION_HEIGHT = 340


def work_page(
    name: str, actor: Actor, ask: Callable[[], list[dict]], empty: str, chosen: str | None, shown_department=False
) -> None:
    """A list of cases on the left, the chosen one on the right: the shape of every page where cases are worked on."""
    left, right = st.columns([1, 2], gap="medium")
    with left, st.container(key="w-list"):
        live_list(name, ask, empty, chosen, shown_department)
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
        return queries.case_view(house.desk().register, actor, number.strip().upper())
    except NotFound as missing:
        st.warning(words.refusal(missing))
        return None


def show_case(view: CaseView, actor: Actor, prefix: str = "") -> None:
    """Head and conversation live, the forms beside them still."""
    _live(view, actor)
    case_parts.staff_files(view)
    case_parts.last_note(view)
    move_forms(view, actor, prefix)
    hours = house.desk().settings.config["sending"]["window_hours"]
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader("Keterangan", anchor=False)
        case_parts.facts(view, clock_now(), hours)
        with st.expander("Kenapa jatuh tempo saat ini?"):
            st.html("<br>".join(words.safe(line) for line in _why(view)))
    with right:
        st.subheader("Riwayat", anchor=False)
        case_parts.timeline(view, queries.reference(house.desk().register)["categories"])


def _why(view: CaseView) -> list[str]:
    """How the due time came about, from the start of the present clock: the last reopening, else the receipt."""
    reopened = [row["happened_at"] for row in view.timeline if row["kind"] == "reopen"]
    start = reopened[-1] if reopened else view.case.received_at
    return why_due.lines(house.desk(), start, view.case.promise_due_at)


def _live(view: CaseView, actor: Actor) -> None:
    """New messages and delivery states appear by themselves; another's step is announced, so that typing goes on."""
    number, drawn = view.case.number, view.case.version

    @st.fragment(run_every=LIVE_SECONDS)
    def draw() -> None:
        register = house.desk().register
        key = f"case-{number}"
        kept = st.session_state.get(key)
        if kept is None or kept[0] != register.version:
            try:
                kept = (register.version, queries.case_view(register, actor, number))
            except NotFound:
                st.warning("Aduan ini tidak lagi pada Anda.")
                return
            st.session_state[key] = kept
        now_view = kept[1]
        case_parts.head(now_view, clock_now())
        if now_view.case.version != drawn:
            last = next(e for e in reversed(now_view.timeline) if e["kind"] not in QUIET)
            what, who = words.EVENTS.get(last["kind"], last["kind"]).lower(), words.actor(last)
            st.warning(f"Aduan ini baru saja berubah: {what} oleh {who}. Formulir di bawah memakai keadaan lama.")
            if st.button("Tampilkan keadaan terbaru", key=f"refresh-{number}"):
                st.rerun()
        with st.container(height=_height(now_view), border=False, autoscroll=len(now_view.conversation) > 3):
            case_parts.conversation(now_view)

    draw()


def _height(view: CaseView) -> int | str:
    """A long conversation scrolls in its own place, so that the forms stay within reach on a small laptop."""
    read = [m for m in view.conversation if m["purpose"] != "acknowledgement"]
    length = sum(len(m["text"] or "") + 150 for m in read) + 600 * view.case.media_count
    return CONVERSATION_HEIGHT if length > 600 else "content"
