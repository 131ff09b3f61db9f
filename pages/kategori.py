"""Kategori: what complaints are about, who they are proposed to, and limits of their own."""

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store import queries
from store.admin import categories
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
LABELS = {
    "name": "Nama", "position": "Urutan", "department": "OPD usulan", "physical": "Perlu foto hasil",
    "promise_days": "Janji (hari)", "outer_days": "Batas terakhir (hari)", "active": "Aktif",
}  # fmt: skip
SHOWN = {
    "position": lambda value: str(value + 1),
    "promise_days": lambda value: "ikut layanan" if value is None else admin.said_value(value),
    "outer_days": lambda value: "ikut layanan" if value is None else admin.said_value(value),
}
FIELDS = ("name", "department", "physical", "promise_days", "outer_days")


def values(given: dict) -> dict:
    return {name: given[name] for name in FIELDS} | {"position": int(given["place"] or 1) - 1}


def add(actor: Actor | None, given: dict, seen: dict) -> str:
    categories.add(desk, actor, **values(given))
    return f"Kategori “{given['name'].strip()}” ditambahkan."


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    categories.change(desk, actor, seen["code"], seen, **values(given))
    return f"Kategori “{given['name'].strip()}” disimpan."


def about(row: dict) -> str:
    said = [str(row["position"] + 1), row["department"] or "tanpa OPD usulan", "perlu foto" if row["physical"] else ""]
    said += [f"janji {words.number(row['promise_days'], 1)} hari"] if row["promise_days"] else []
    said += [f"batas {words.number(row['outer_days'], 1)} hari"] if row["outer_days"] else []
    return " · ".join(filter(None, said))


def form(row: dict | None, count: int) -> None:
    sheet = admin.Sheet(f"category-{row['code'] if row else admin.NEW}", row)
    given, last = row or {}, count if row else count + 1
    clock = desk.config["clock"]
    unit = words.UNITS[clock["unit"]].lower()
    st.subheader(plain(row["name"]) if row else "Kategori baru", anchor=False)
    with sheet.form():
        st.text_input("Nama kategori", value=given.get("name", ""), key=sheet.key("name"), max_chars=60)
        department(given.get("department"), sheet.key("department"))
        st.number_input(
            "Urutan dalam daftar", 1, last, value=given.get("position", count) + 1, step=1, key=sheet.key("place")
        )
        st.checkbox(
            "Hasil pekerjaan harus disertai foto", value=given.get("physical", False), key=sheet.key("physical")
        )
        first, second = st.columns(2)
        with first:
            days(f"Janji sendiri ({unit})", "promise_days", given, clock, sheet)
        with second:
            days(f"Batas terakhir sendiri ({unit})", "outer_days", given, clock, sheet)
        sheet.submit("Simpan" if row else "Tambah kategori", change if row else add)
    st.caption("Batas yang dikosongkan mengikuti halaman Layanan. Tenggat yang sudah ditetapkan tidak berubah.")
    if row and row["code"] not in categories.PERMANENT:
        admin.active_button(
            row["active"],
            row["code"],
            lambda who, active: categories.set_active(desk, who, row["code"], active),
            f"Kategori “{row['name']}”",
        )


def department(present: str | None, key: str) -> None:
    names = {code: row["name"] for code, row in queries.reference(desk.register)["departments"].items()}
    codes = list(names) + ([present] if present and present not in names else [])
    st.selectbox(
        "OPD usulan (boleh kosong)",
        codes,
        index=codes.index(present) if present else None,
        format_func=lambda code: f"{names[code]} ({code})" if code in names else f"{code} (nonaktif)",
        placeholder="Tanpa OPD usulan",
        key=key,
    )


def days(label: str, name: str, given: dict, clock: dict, sheet: admin.Sheet) -> None:
    st.number_input(
        label, 0.0, float(categories.LONGEST_DAYS), value=given.get(name), step=0.5, format="%g",
        placeholder=f"ikut layanan: {words.number(clock[name], 0 if clock[name] == int(clock[name]) else 1)}",
        key=sheet.key(name),
    )  # fmt: skip


st.title("Kategori", anchor=False)
admin.said()
left, right = st.columns([2, 3], gap="medium")
found = categories.listed(desk.register, actor)
names = {row["code"]: row["name"] for row in found}
with left:
    rows = [(row["code"], row["name"], about(row), row["active"]) for row in found]
    admin.entries("Kategori baru", rows, "Belum ada kategori.")
with right:
    row = next((r for r in found if r["code"] == admin.chosen()), None)
    if row or admin.chosen() == admin.NEW:
        form(row, len(found))
    else:
        st.info("Pilih kategori dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    admin.history(
        actor, (categories.SUBJECT,), LABELS, lambda r: names.get(r["code"], r["code"]), SHOWN, row and row["code"]
    )
