"""What can be done on the spot in a conversation: write down a recording, send again, take a photo's place over.

Drawn inside the live part of a case's page: each press is carried out by its callback, and then the whole page is drawn
anew, because the forms stand outside of that part.
"""

import uuid
from collections.abc import Callable
from functools import partial

import streamlit as st

from store import commands
from store.commands import Press
from store.queries import CaseView
from store.rules.case import moves_for
from store.rules.errors import RuleBroken, StoreError
from store.rules.point import Point
from store.rules.remedies import REWRITE, WRITE_FIRST, may_send_again, remedy
from store.rules.workflow import Actor, Role

from . import case_parts, house, moves, voice, window, words
from .flash import said
from .outcome import outcome
from .session import current_actor


def steps(view: CaseView, actor: Actor, prefix: str) -> dict[int, Callable[[], None]]:
    """What to draw under which message, by its place in the conversation."""
    offered = moves.offered(view, actor)
    found: dict[int, Callable[[], None]] = {}
    for place, m in enumerate(view.conversation):
        if m["direction"] == "in" and m["kind"] in voice.SPOKEN and "transcribe" in offered:
            found[place] = partial(_transcribe, view, prefix, m)
        elif m["state"] == "failed" and not m["again"] and "reply" in offered:
            found[place] = partial(_failed, view, prefix, m, "told" in offered)
    return found


def _transcribe(view: CaseView, prefix: str, m: dict) -> None:
    title = "Perbaiki isi suara" if m["transcript"] else "Tulis isi suara"
    given = {"voice": m["id"], "text": m["transcript"] or ""}
    if st.button(
        title, key=f"{prefix}heard-{view.case.number}-{m['id']}", icon="✏️", type="tertiary",
        on_click=moves.choose, args=(view, "transcribe", prefix), kwargs=given,
    ):  # fmt: skip
        st.rerun()


def _failed(view: CaseView, prefix: str, m: dict, may_tell: bool) -> None:
    """What the reason of the failure leaves to do: send again, telephone, or write anew."""
    opened, what = False, remedy(m["error_code"], m["error_text"])
    with st.container(horizontal=True, horizontal_alignment="right"):
        if may_send_again(what):
            needs_window = what == WRITE_FIRST or not m["template_params"]
            closed = needs_window and not window.is_open(view)
            st.button(
                "Kirim ulang", key=f"{prefix}again-{view.case.number}-{m['id']}", icon="🔁",
                disabled=closed, help="Menunggu pesan pelapor: sudah lebih dari 24 jam." if closed else None,
                on_click=_send_again, args=(view.case.number, view.case.version, m["id"], uuid.uuid4().hex),
            )  # fmt: skip
        elif what == REWRITE:
            opened = st.button(
                "Tulis pesan baru", key=f"{prefix}anew-{view.case.number}-{m['id']}", icon="✏️",
                on_click=moves.choose, args=(view, "reply", prefix),
            )  # fmt: skip
        if may_tell:
            opened |= st.button(
                "Telepon pelapor", key=f"{prefix}call-{view.case.number}-{m['id']}", icon="☎️",
                on_click=moves.choose, args=(view, "told", prefix),
            )  # fmt: skip
    if opened:
        st.rerun()


def drawn_whole() -> bool:
    """Whether a press has just been carried out here, after which the forms outside are to be drawn anew too.

    The button itself may be gone with what it offered, so that it cannot say so.
    """
    return bool(outcome().pop("pressed_here", False))


def _send_again(number: str, version: int, message_id: int, op_id: str) -> None:
    box, actor = outcome(), current_actor()
    box["pressed_here"] = True
    try:
        if actor is None:
            raise RuleBroken("not_allowed")
        commands.send_again(house.desk(), Press(actor, number, version, op_id), message_id=message_id)
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
        return
    said(box, "success", f"{number}: pesannya dikirim ulang ke pelapor.")


def place_of_photo(view: CaseView, actor: Actor, prefix: str) -> None:
    """Where a photo was taken, offered as the place of a case that has none."""
    case = view.case
    may = actor.has(Role.CITY, Role.OFFICIAL) and any(m.name == "classify" for m in moves_for(case, actor))
    places = [Point(f["latitude"], f["longitude"]) for f in view.media if may and f["latitude"] is not None]
    if not places or case.latitude is not None:
        return
    place = next((place for place in places if place.in_city), places[0])
    link = case_parts.map_link(place.latitude, place.longitude)
    if not place.in_city:
        away = words.number(place.distance)
        st.html(f"<div class='w-about'>Lokasi dari foto: {link}, di luar kota ({away} km dari pusat kota)</div>")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<div class='w-about'>Lokasi dari foto: {link}</div>", width="content")
        st.button(
            "Pakai sebagai lokasi", key=f"{prefix}place-{case.number}-{place}",
            on_click=_take_place, args=(case.number, case.version, place, uuid.uuid4().hex),
        )  # fmt: skip


def _take_place(number: str, version: int, place: Point, op_id: str) -> None:
    box, actor = outcome(), current_actor()
    box["pressed_here"] = True
    try:
        if actor is None:
            raise RuleBroken("not_allowed")
        where = {"latitude": place.latitude, "longitude": place.longitude}
        commands.classify(house.desk(), Press(actor, number, version, op_id), **where)
    except StoreError as refused:
        said(box, "error", words.refusal(refused))
        return
    said(box, "success", f"{number}: lokasi dari foto dipakai sebagai lokasi aduan.")
