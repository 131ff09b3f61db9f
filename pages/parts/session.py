"""Who is looking, and whether this page is for them."""

from urllib.parse import unquote

import streamlit as st

from store import users
from store.rules.workflow import Actor, Role

from . import house, words

# Where each role starts working, the likeliest first.
LANDINGS = (
    (Role.CITY, "perlu_tindakan.py"),
    (Role.OFFICIAL, "perlu_tindakan.py"),
    (Role.OPD_ADMIN, "perlu_tindakan.py"),
    (Role.OPD_TEAM, "perlu_tindakan.py"),
    (Role.LEADER, "dasbor.py"),
    (Role.ADMIN, "kesehatan.py"),
)


def current_actor() -> Actor | None:
    """The signed-in person, asked anew on every run: roles may change while a page is open."""
    username = st.user.to_dict().get("username")
    return users.actor(house.desk().register, unquote(username)) if username else None


def current_session() -> int | None:
    """The number of the session behind this page; None outside the app."""
    number = st.user.to_dict().get("session")
    return int(number) if number else None


def require_role(*roles: Role) -> Actor:
    """The signed-in person, if one of these roles is theirs; otherwise the page ends with a sentence."""
    actor = current_actor()
    if actor is None:
        st.error("Anda belum masuk, atau akun Anda tidak aktif lagi. Buka halaman masuk untuk melanjutkan.")
        st.stop()
    if not actor.has(*roles):
        held = ", ".join(sorted(words.ROLES[role] for role in actor.roles))
        st.error(f"Halaman ini bukan untuk peran Anda ({held}). Pilih halaman lain di menu.", icon="⛔")
        st.stop()
    return actor


def landing(actor: Actor) -> str:
    """The page on which this person starts."""
    return next((page for role, page in LANDINGS if actor.has(role)), "dasbor.py")
