"""Akun saya: how I sign in, and where I am signed in."""

from functools import partial

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.connections import connections, end_all
from pages.parts.session import current_session, require_role
from store import second_factor, users
from store.rules.workflow import Role

actor = require_role(*Role)
desk = house.desk()
LINK = "<a href='{path}' target='_self'>{words}</a>"


def how_signed_in() -> None:
    changed = users.password_changed_at(desk.register, actor.username)
    factor = second_factor.state(desk.register, actor.username)
    said = f"diganti {words.moment(changed)} WIB" if changed else "belum pernah diganti"
    rows = [
        ("Nama pengguna", words.safe(actor.username)),
        ("Peran", words.safe(", ".join(sorted(words.ROLES[role] for role in actor.roles)))),
        ("Kata sandi", f"{said} · {LINK.format(path='/masuk/sandi', words='Ganti kata sandi')}"),
        ("Langkah kedua", second_step(factor)),
    ]
    st.html("<dl class='w-facts'>" + "".join(f"<dt>{title}</dt><dd>{value}</dd>" for title, value in rows) + "</dl>")
    if factor and factor["codes"] < 3:
        st.warning("Kode pemulihan Anda hampir habis. Lepas lalu pasang lagi langkah kedua untuk mendapat yang baru.")


def second_step(factor: dict | None) -> str:
    if factor is None:
        return f"belum terpasang · {LINK.format(path='/masuk/kunci', words='Pasang dengan ponsel')}"
    return (
        f"terpasang sejak {words.moment(factor['since'])} WIB, {factor['codes']} kode pemulihan tersisa · "
        f"{LINK.format(path='/masuk/kunci', words='Lepas')}"
    )


st.title("Akun saya", anchor=False)
admin.said()
how_signed_in()
st.subheader("Sambungan", anchor=False)
st.caption("Di sini akun Anda sedang masuk. Yang tidak Anda kenal: akhiri, lalu ganti kata sandi.")
found = connections(actor, actor.username, current_session())
others = [row["number"] for row in found if row["number"] != current_session()]
if len(others) > 1:
    admin.action("Akhiri semua sambungan lain", "end-others", partial(end_all, actor.username, others))
