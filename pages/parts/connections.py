"""Where somebody is signed in, with a button that ends each; shown to its owner and to administrators."""

from functools import partial

import streamlit as st

from store import sessions
from store.rules.workflow import Actor

from . import admin, house, words


def connections(actor: Actor, username: str, present: int | None = None) -> list[dict]:
    """The running sessions of a person, the last used first; they come back.

    :param present: the number of the session that looks, which ends by signing out
    """
    door = house.house().door
    found = sessions.listed(house.desk().register, actor, username, (door.idle, door.absolute))
    if not found:
        st.caption("Sedang tidak masuk di mana pun.")
    for row in found:
        left, right = st.columns([4, 1], vertical_alignment="center")
        name = row["browser"] or "Peramban tidak dikenal"
        here = " · <b>sambungan ini</b>" if row["number"] == present else ""
        left.html(
            f"<div class='w-row'><b>{words.safe(name)}</b>{here}<div class='about'>dari {words.safe(row['address'])}"
            f"{'' if row['address'] else 'alamat tidak dikenal'} · masuk {words.moment(row['created_at'])} · "
            f"dipakai {words.moment(row['seen_at'])} WIB</div></div>"
        )
        if row["number"] != present:
            with right:
                admin.action("Akhiri", f"end-{row['number']}", partial(end_all, username, [row["number"]]))
    return found


def end_all(username: str, numbers: list[int], actor: Actor | None, given: dict, seen: dict) -> str:
    """End these sessions; pages of theirs that are open are sent to sign-in at once."""
    ended = sessions.end_chosen(house.desk().register, actor, username, numbers)
    house.house().door.forget(ended)
    return f"{words.number(len(ended))} sambungan diakhiri."
