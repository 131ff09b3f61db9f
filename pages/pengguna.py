"""Pengguna: who may sign in, with which roles; a new password; open work handed to somebody else."""

import uuid
from functools import partial

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.connections import connections
from pages.parts.markdown import plain
from pages.parts.outcome import outcome
from pages.parts.session import current_session, require_role
from store import handover, queries, second_factor
from store.admin import accounts, log
from store.rules.errors import RuleBroken
from store.rules.workflow import DEPARTMENT_ROLES, Actor, Grant, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
STATES = {"aktif": True, "nonaktif": False, "semua": None}
SHOWN_AT_MOST = 100
LABELS = {
    "name": "Nama", "grants": "Peran", "whatsapp": "WhatsApp", "active": "Aktif", "password_changed": "Kata sandi",
    "second_factor": "Langkah kedua", "outside": "Nama pada layanan masuk lain",
}  # fmt: skip


def said_grants(grants: list) -> str:
    return ", ".join(words.ROLES[role] + (f" {department}" if department else "") for role, department in grants)


SHOWN = {
    "grants": lambda grants: said_grants(grants or []) or "kosong",
    "password_changed": lambda v: "diatur ulang" if v else "berlaku",
    "second_factor": lambda v: "terpasang" if v else "dilepas",
}


def wanted_grants(given: dict) -> list[Grant]:
    grants = [Grant(Role(role)) for role in given["roles"] or []]
    for field, role in (("opd_admin", Role.OPD_ADMIN), ("opd_team", Role.OPD_TEAM)):
        grants += [Grant(role, department) for department in given[field] or []]
    return grants


def add(actor: Actor | None, given: dict, seen: dict) -> admin.Done:
    password = given["password"] or accounts.new_password()
    username = accounts.add(
        desk, actor, given["username"] or "", given["name"], password, wanted_grants(given), given["whatsapp"] or ""
    )
    # A password that was made here must be shown; one that was typed is known.
    shown = None if given["password"] else (username, password)
    return admin.Done(f"Pengguna {username} ditambahkan.", password=shown)


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    ended = accounts.change(
        desk, actor, seen["username"], seen, given["name"], wanted_grants(given), given["whatsapp"] or ""
    )
    end_sessions(ended)
    more = " Perannya berubah, maka sambungannya yang terbuka diakhiri." if ended else ""
    return f"Pengguna {seen['username']} disimpan.{more}"


def reset(username: str, actor: Actor | None, given: dict, seen: dict) -> admin.Done:
    code, ended = accounts.reset(desk, actor, username)
    end_sessions(ended)
    said = f"Kata sandi {username} tidak berlaku lagi dan sambungannya yang terbuka diakhiri."
    return admin.Done(said, password=(username, code))


def remove_second_factor(username: str, actor: Actor | None, given: dict, seen: dict) -> str:
    end_sessions(accounts.remove_second_factor(desk, actor, username))
    return f"Langkah kedua {username} dilepas dan sambungannya yang terbuka diakhiri."


def set_outside_name(username: str, actor: Actor | None, given: dict, seen: dict) -> str:
    accounts.set_outside_name(desk, actor, username, given["outside"] or "")
    return f"Pengguna {username} disimpan."


def set_active(username: str, actor: Actor | None, active: bool) -> None:
    end_sessions(accounts.set_active(desk, actor, username, active))


def end_sessions(sessions: list[str]) -> None:
    """Pages that are still open are sent to sign-in."""
    house.house().door.forget(sessions)


def hand_over(username: str, op_id: str, actor: Actor | None, given: dict, seen: dict) -> str:
    log.require_admin(actor)
    if not given["successor"]:
        raise RuleBroken("no_successor")
    count = handover.hand_over(desk, actor, username, given["successor"], op_id)
    return f"{count} pekerjaan {username} diserahkan kepada {given['successor']}."


def show_password() -> None:
    """Shown until it is noted or another row is opened; kept nowhere."""
    shown = outcome().get("password")
    if shown:
        username, password = shown
        st.html(
            f"<div class='w-told'>Untuk <i>{words.safe(username)}</i>, hanya ditampilkan sekali ini:"
            f"<b>{words.safe(password)}</b></div>"
        )
        st.button("Sudah saya catat", key="noted", on_click=lambda: outcome().pop("password", None))


def roles(row: dict, sheet: admin.Sheet) -> None:
    """General roles, and departments for the two roles that belong to one."""
    departments = {code: d["name"] for code, d in queries.reference(desk.register)["departments"].items()}
    held = [tuple(grant) for grant in row.get("grants", [])]
    general = [role for role, _ in held if role in accounts.GENERAL_ROLES]
    several("Peran umum", {role: words.ROLES[role] for role in accounts.GENERAL_ROLES}, general, sheet.key("roles"))
    shown = {code: f"{code} – {name}" for code, name in departments.items()}
    for role in (Role.OPD_ADMIN, Role.OPD_TEAM):
        own = [department for r, department in held if r == role]
        names = shown | {code: f"{code} – nonaktif" for code in own if code not in shown}
        several(f"{words.ROLES[role]} pada", names, own, sheet.key(role.value))


def several(label: str, names: dict[str, str], held: list[str], key: str) -> None:
    st.multiselect(
        label, list(names), default=held, format_func=names.get, placeholder="Tidak ada", select_all=False,
        filter_mode="contains", key=key,
    )  # fmt: skip


def data(row: dict | None) -> None:
    sheet = admin.Sheet(f"user-{row['username'] if row else admin.NEW}", row)
    given = row or {}
    with sheet.form():
        if row is None:
            st.text_input("Nama pengguna (untuk masuk)", key=sheet.key("username"), max_chars=100)
        st.text_input("Nama lengkap", value=given.get("name", ""), key=sheet.key("name"), max_chars=100)
        roles(given, sheet)
        st.text_input(
            "Nomor WhatsApp petugas untuk pengingat (boleh kosong)", value=given.get("whatsapp") or "",
            key=sheet.key("whatsapp"), max_chars=25,
        )  # fmt: skip
        if row is None:
            st.text_input(
                "Kata sandi pertama (kosongkan: dibuatkan dan ditampilkan sekali)", type="password",
                key=sheet.key("password"), max_chars=200, autocomplete="new-password",
            )  # fmt: skip
            st.caption("Saat pertama masuk, pengguna membuat kata sandinya sendiri.")
        sheet.submit("Simpan" if row else "Tambah pengguna", change if row else add)


def signing_in(row: dict) -> None:
    username = row["username"]
    if username == actor.username:
        st.info("Kata sandi dan langkah kedua Anda sendiri: di halaman Akun saya.")
    else:
        st.caption(
            "Lupa kata sandi: kode sekali pakai berlaku 24 jam di halaman masuk, “Atur ulang kata sandi”. "
            "Kata sandi yang lama langsung tidak berlaku."
        )
        admin.action("Buat kode atur ulang", f"reset-{username}", partial(reset, username))
        if second_factor.state(desk.register, username):
            st.caption("Langkah kedua terpasang. Lepas hanya bila ponsel dan kode pemulihannya hilang.")
            admin.action("Lepas langkah kedua", f"factor-{username}", partial(remove_second_factor, username))
    if desk.settings.oidc:
        outside(username)
    st.markdown("**Sambungan**")
    connections(actor, username, current_session())


def outside(username: str) -> None:
    """Who this is at the city's own sign-in service."""
    sheet = admin.Sheet(f"outside-{username}", {"outside": accounts.outside_name(desk.register, username)})
    with sheet.form():
        st.text_input(
            f"Nama pada {plain(desk.settings.oidc.label)} (kosong: tidak dapat masuk dengannya)",
            value=sheet.row["outside"], key=sheet.key("outside"), max_chars=accounts.OUTSIDE_LIMIT,
        )  # fmt: skip
        sheet.submit("Simpan", partial(set_outside_name, username), shortcut=None)


def hand_over_form(row: dict) -> None:
    work = handover.open_work(desk.register, actor, row["username"])
    if not work:
        st.info("Tidak ada pekerjaan terbuka pada pengguna ini.")
        return
    others = successors(row["username"], {w["department"] for w in work})
    if not others:
        st.warning("Belum ada pengguna lain yang berperan pada semua OPD pekerjaan ini. Beri perannya lebih dahulu.")
        return
    sheet = admin.Sheet(f"handover-{row['username']}", None)
    with sheet.form():
        st.selectbox(
            "Penerus", list(others), index=None, placeholder="Pilih penerus", key=sheet.key("successor"),
            format_func=lambda name: f"{others[name]['name']} ({name}): {said_grants(others[name]['grants'])}",
        )  # fmt: skip
        label = f"Serahkan semua ({words.number(len(work))} pekerjaan)"
        sheet.submit(label, partial(hand_over, row["username"], uuid.uuid4().hex))
    lines = "".join(
        f"<tr><td>{words.safe(w['number'])}</td><td>{words.safe(w['department'] or '–')}</td>"
        f"<td>{words.safe(words.STATES.get(w['state'], w['state']))}</td></tr>"
        for w in work
    )
    st.html(
        "<table class='w-table'><thead><tr><th>Aduan</th><th>OPD</th><th>Status</th></tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )


def successors(leaver: str, departments: set[str]) -> dict[str, dict]:
    """Who holds a role in all of these departments."""
    people = accounts.listed(desk.register, actor, active=True)
    return {
        p["username"]: p
        for p in people
        if p["username"] != leaver and departments <= {d for role, d in p["grants"] if role in DEPARTMENT_ROLES}
    }


def state(row: dict) -> None:
    st.caption(
        "Akun nonaktif tidak dapat masuk dan sambungannya diakhiri. Riwayatnya tetap tersimpan. "
        "Serahkan dahulu pekerjaannya bila masih ada."
    )
    admin.active_button(row["active"], row["username"], partial(set_active, row["username"]), row["username"])


PARTS = {
    "data": ("Data", data),
    "password": ("Masuk", signing_in),
    "work": ("Serah terima", hand_over_form),
    "state": ("Status", state),
}


def person(row: dict) -> None:
    st.subheader(plain(f"{row['name']} ({row['username']})"), anchor=False)
    part = st.segmented_control(
        "Bagian", list(PARTS), default="data", format_func=lambda name: PARTS[name][0], required=True,
        label_visibility="collapsed", key=f"part-{row['username']}",
    )  # fmt: skip
    PARTS[part][1](row)


st.title("Pengguna", anchor=False)
admin.said()
show_password()
left, right = st.columns([2, 3], gap="medium")
everyone = accounts.listed(desk.register, actor)
with left:
    text = st.text_input("Cari", placeholder="nama, nama pengguna, atau kode OPD", key="cari-pengguna", max_chars=60)
    shown = st.segmented_control(
        "Tampilkan", list(STATES), default="aktif", format_func=str.capitalize, required=True, key="keadaan",
        label_visibility="collapsed",
    )  # fmt: skip
    found = accounts.listed(desk.register, actor, text, STATES[shown])
    rows = [(p["username"], p["name"], f"{p['username']} · {said_grants(p['grants'])}", p["active"]) for p in found]
    admin.entries("Pengguna baru", rows[:SHOWN_AT_MOST], "Tidak ada pengguna yang cocok.", personal=True)
    if len(rows) > SHOWN_AT_MOST:
        st.caption(f"{SHOWN_AT_MOST} dari {words.number(len(rows))} ditampilkan. Persempit dengan Cari.")
with right:
    row = next((p for p in everyone if p["username"] == admin.chosen()), None)
    if row:
        person(row)
    elif admin.chosen() == admin.NEW:
        st.subheader("Pengguna baru", anchor=False)
        data(None)
    else:
        st.info("Pilih pengguna dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    admin.history(actor, (accounts.SUBJECT,), LABELS, lambda r: r["code"], SHOWN, row and row["username"])
