"""Wilayah: the kelurahan with their kecamatan, and the other names people use."""

from functools import partial

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store.admin import places
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
LABELS = {"name": "Nama", "kecamatan": "Kecamatan", "active": "Aktif", "kelurahan": "Kelurahan"}


def kecamatan_of(given: dict) -> str:
    return (given["new_kecamatan"] or "").strip() or given["kecamatan"] or ""


def add(actor: Actor | None, given: dict, seen: dict) -> str:
    places.add(desk, actor, given["code"] or "", given["name"], kecamatan_of(given))
    return f"Kelurahan {given['name'].strip()} ditambahkan."


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    places.change(desk, actor, seen["code"], seen, given["name"], kecamatan_of(given))
    return f"Kelurahan {given['name'].strip()} disimpan."


def add_alias(code: str, actor: Actor | None, given: dict, seen: dict) -> str:
    return f"Nama lain “{places.add_alias(desk, actor, code, given['alias'] or '')}” ditambahkan."


def remove_alias(code: str, alias: str, actor: Actor | None, given: dict, seen: dict) -> admin.Done:
    places.remove_alias(desk, actor, alias, {"kelurahan": code})
    return admin.Done(
        f"Nama lain “{alias}” dihapus.", lambda who, given, seen: add_alias(code, who, {"alias": alias}, seen)
    )


def form(row: dict | None, kecamatan: list[str]) -> None:
    sheet = admin.Sheet(f"kelurahan-{row['code'] if row else admin.NEW}", row)
    given = row or {}
    st.subheader(plain(row["name"]) if row else "Kelurahan baru", anchor=False)
    with sheet.form():
        if row is None:
            st.text_input("Kode Kemendagri (misalnya 33.75.01.1002)", key=sheet.key("code"), max_chars=13)
        st.text_input("Nama kelurahan", value=given.get("name", ""), key=sheet.key("name"), max_chars=60)
        first, second = st.columns(2)
        first.selectbox(
            "Kecamatan",
            kecamatan,
            index=kecamatan.index(row["kecamatan"]) if row else None,
            placeholder="Pilih kecamatan",
            key=sheet.key("kecamatan"),
        )
        second.text_input("Kecamatan lain (bila tidak ada di daftar)", key=sheet.key("new_kecamatan"), max_chars=60)
        sheet.submit("Simpan" if row else "Tambah kelurahan", change if row else add)


def aliases(row: dict) -> None:
    st.markdown("**Nama lain**")
    st.caption(
        "Sebutan lama atau ejaan lain. Tidak dibedakan huruf besar dan kecil; satu nama hanya untuk satu kelurahan."
    )
    if not row["aliases"]:
        st.caption("Belum ada.")
    for alias in row["aliases"]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f"<span>{words.safe(alias)}</span>")
            admin.action(
                "Hapus", f"alias-{alias}", partial(remove_alias, row["code"], alias), help=f"Hapus {plain(alias)}"
            )
    sheet = admin.Sheet(f"alias-{row['code']}", None)
    with sheet.form():
        st.text_input("Nama lain yang baru", key=sheet.key("alias"), max_chars=60)
        sheet.submit("Tambah nama lain", partial(add_alias, row["code"]), shortcut=None)


st.title("Wilayah", anchor=False)
admin.said()
left, right = st.columns([2, 3], gap="medium")
everything = places.listed(desk.register, actor)
names = {row["code"]: row["name"] for row in everything}
with left:
    text = st.text_input("Cari", placeholder="nama atau nama lain", key="cari-wilayah", max_chars=60)
    rows = [
        (row["code"], row["name"], " · ".join([row["kecamatan"], *row["aliases"]]), row["active"])
        for row in places.listed(desk.register, actor, text)
    ]
    admin.entries("Kelurahan baru", rows, "Tidak ada kelurahan yang cocok.")
with right:
    row = next((r for r in everything if r["code"] == admin.chosen()), None)
    if row or admin.chosen() == admin.NEW:
        form(row, sorted({r["kecamatan"] for r in everything}))
    else:
        st.info("Pilih kelurahan dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    if row:
        admin.active_button(
            row["active"],
            row["code"],
            lambda who, active: places.set_active(desk, who, row["code"], active),
            f"Kelurahan {row['name']}",
        )
        aliases(row)
    admin.history(
        actor,
        (places.SUBJECT, places.ALIAS),
        LABELS,
        lambda r: f"Nama lain “{r['code']}”" if r["subject"] == places.ALIAS else names.get(r["code"], r["code"]),
        {"kelurahan": lambda code: names.get(code, str(code))},
    )
