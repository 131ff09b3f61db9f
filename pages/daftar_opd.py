"""Daftar OPD: the departments that complaints can be forwarded to."""

import streamlit as st

from pages.parts import admin, house
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store.admin import departments
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
LABELS = {"name": "Nama", "verified": "Sudah diperiksa", "active": "Aktif"}


def add(actor: Actor | None, given: dict, seen: dict) -> str:
    code = departments.add(desk, actor, given["code"] or "", given["name"], given["verified"])
    return f"OPD {code} ditambahkan. Buat pengguna untuk OPD ini di halaman Pengguna."


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    departments.change(desk, actor, seen["code"], seen, given["name"], given["verified"])
    return f"OPD {seen['code']} disimpan."


def about(row: dict) -> str:
    said = [row["code"], "" if row["verified"] else "belum diperiksa", f"{row['people']} pengguna"]
    said += [f"{row['categories']} kategori"] if row["categories"] else []
    said += [f"{row['open_cases']} aduan belum berakhir"] if row["open_cases"] else []
    return " · ".join(filter(None, said))


def form(row: dict | None) -> None:
    sheet = admin.Sheet(f"department-{row['code'] if row else admin.NEW}", row)
    st.subheader(plain(row["name"]) if row else "OPD baru", anchor=False)
    with sheet.form():
        if row is None:
            st.text_input("Kode singkat (misalnya DLH; tidak dapat diubah lagi)", key=sheet.key("code"), max_chars=20)
        st.text_input("Nama OPD", value=(row or {}).get("name", ""), key=sheet.key("name"), max_chars=120)
        st.checkbox(
            "Nama dan kewenangannya sudah diperiksa",
            value=(row or {}).get("verified", False),
            key=sheet.key("verified"),
        )
        sheet.submit("Simpan" if row else "Tambah OPD", change if row else add)
    if row:
        st.caption(f"{about(row)}.")
        admin.active_button(
            row["active"],
            row["code"],
            lambda who, active: departments.set_active(desk, who, row["code"], active),
            f"OPD {row['code']}",
        )


st.title("Daftar OPD", anchor=False)
admin.said()
left, right = st.columns([2, 3], gap="medium")
with left:
    text = st.text_input("Cari", placeholder="nama atau kode", key="cari-opd", max_chars=60)
    found = departments.listed(desk.register, actor, text)
    rows = [(row["code"], row["name"], about(row), row["active"]) for row in found]
    admin.entries("OPD baru", rows, "Tidak ada OPD yang cocok.")
with right:
    row = next((r for r in departments.listed(desk.register, actor) if r["code"] == admin.chosen()), None)
    if row or admin.chosen() == admin.NEW:
        form(row)
    else:
        st.info("Pilih OPD dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    admin.history(actor, (departments.SUBJECT,), LABELS, lambda r: f"OPD {r['code']}", code=row and row["code"])
