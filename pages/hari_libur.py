"""Hari libur: national holidays and cuti bersama, on which no clock runs."""

from datetime import date
from functools import partial

import streamlit as st

from pages.parts import admin, house, words
from pages.parts.session import require_role
from store.admin import free_days
from store.clock import today
from store.holidays_seed import JOINT_LEAVE, NATIONAL
from store.rules.workflow import Actor, Role
from store.seed import HOLIDAY_SOURCE

actor = require_role(Role.ADMIN)
desk = house.desk()
KINDS = {NATIONAL: "Libur nasional", JOINT_LEAVE: "Cuti bersama"}
SOURCES = {HOLIDAY_SOURCE: "pustaka kalender"}
LABELS = {"name": "Nama", "kind": "Jenis", "source": "Sumber"}
SHOWN = {"kind": lambda kind: KINDS.get(kind, str(kind)), "source": lambda text: SOURCES.get(text, str(text))}


def add(actor: Actor | None, given: dict, seen: dict) -> str:
    free_days.add(desk, actor, given["day"], given["name"], given["kind"] or "", given["source"])
    return f"{words.day(given['day'])} ditambahkan sebagai hari libur."


def change(actor: Actor | None, given: dict, seen: dict) -> str:
    free_days.change(desk, actor, seen["day"], seen, given["name"], given["kind"] or "", kept_source(given, seen))
    return f"{words.day(seen['day'])} disimpan."


def kept_source(given: dict, seen: dict) -> str:
    """The library is called by another name on the page than in the register."""
    shown = SOURCES.get(seen["source"])
    return seen["source"] if shown and (given["source"] or "").strip() == shown else given["source"]


def remove(row: dict, actor: Actor | None, given: dict, seen: dict) -> admin.Done:
    free_days.remove(desk, actor, row["day"], row)
    return admin.Done(f"{words.day(row['day'])} ({row['name']}) dihapus.", partial(put_back, row))


def put_back(row: dict, actor: Actor | None, given: dict, seen: dict) -> str:
    free_days.add(desk, actor, row["day"], row["name"], row["kind"], row["source"])
    return f"{words.day(row['day'])} dikembalikan."


def load(plan: free_days.Plan, actor: Actor | None, given: dict, seen: dict) -> str:
    return f"{free_days.load(desk, actor, plan)} hari pada tahun {plan.year} dimuat dari pustaka."


def form(row: dict | None, year: int) -> None:
    sheet = admin.Sheet(f"holiday-{row['day'] if row else admin.NEW}", row)
    given = row or {}
    title = f"{words.day_name(row['day'])} {words.day(row['day'])}" if row else "Hari libur baru"
    st.subheader(title, anchor=False)
    with sheet.form():
        if row is None:
            st.date_input(
                "Tanggal", value=None, min_value=date(year, 1, 1), max_value=date(year, 12, 31), format="DD/MM/YYYY",
                key=sheet.key("day"),
            )  # fmt: skip
        st.text_input("Nama", value=given.get("name", ""), key=sheet.key("name"), max_chars=120)
        st.selectbox(
            "Jenis", list(KINDS), index=list(KINDS).index(given.get("kind", NATIONAL)), format_func=KINDS.get,
            key=sheet.key("kind"),
        )  # fmt: skip
        source = SOURCES.get(given.get("source"), given.get("source", ""))
        st.text_input("Sumber (misalnya nomor keputusan bersama)", value=source, key=sheet.key("source"), max_chars=120)
        sheet.submit("Simpan" if row else "Tambah hari libur", change if row else add)
    if row:
        admin.action("Hapus hari libur ini", f"remove-{row['day']}", partial(remove, row))


def library(year: int) -> None:
    """What loading would change is shown before it is done."""
    with st.expander(f"Muat hari libur {year} dari pustaka", expanded=False):
        plan = free_days.plan(desk.register, actor, year)
        st.caption(
            "Cuti bersama diputuskan tahun demi tahun; yang belum diputuskan tidak ada di pustaka, dan tanggal hari "
            "raya yang masih perkiraan diberi tanda. Hari yang Anda isi sendiri tidak diubah."
        )
        if plan.empty:
            st.info(f"Tidak ada yang perlu diubah: tahun {year} sudah sama dengan pustaka.")
            return
        lines = [f"<li><b>Baru</b> {_said(row)}</li>" for row in plan.new]
        lines += [
            f"<li><b>Diubah</b> {_said(before)} → {words.safe(after['name'])}</li>" for before, after in plan.changed
        ]
        lines += [f"<li><b>Dihapus</b> {_said(row)}</li>" for row in plan.removed]
        lines += [f"<li><b>Tetap</b> {_said(row)}, isian sendiri</li>" for row in plan.kept]
        st.html(f"<ul class='w-line'>{''.join(lines)}</ul>")
        count = len(plan.new) + len(plan.changed) + len(plan.removed)
        admin.action(f"Terapkan {count} perubahan", f"load-{year}", partial(load, plan), type="primary")


def _said(row: dict) -> str:
    return words.safe(f"{words.day_name(row['day'])} {words.day(row['day'])}: {row['name']} ({KINDS[row['kind']]})")


st.title("Hari libur", anchor=False)
st.caption(
    "Pada hari libur tenggat tidak dihitung. Perubahan berlaku untuk tenggat yang dihitung sesudahnya; tenggat yang "
    "sudah ditetapkan tidak berubah."
)
admin.said()
left, right = st.columns([2, 3], gap="medium")
this_year = today().year
known = free_days.years(desk.register, actor)
choices = list(range(min([*known, this_year]), max([*known, this_year]) + 2))
with left:
    year = st.selectbox("Tahun", choices, index=choices.index(this_year), key="tahun")
    found = free_days.listed(desk.register, actor, year)
    rows = [
        (
            f"{row['day']}",
            f"{words.day_name(row['day'])} {words.day(row['day'], with_year=False)} · {row['name']}",
            f"{KINDS.get(row['kind'], row['kind'])} · {SOURCES.get(row['source'], row['source'])}",
            True,
        )
        for row in found
    ]
    admin.entries("Hari libur baru", rows, f"Belum ada hari libur untuk {year}. Muat dari pustaka atau tambahkan.")
with right:
    row = next((r for r in found if f"{r['day']}" == admin.chosen()), None)
    if row or admin.chosen() == admin.NEW:
        form(row, year)
    else:
        st.info("Pilih hari dari daftar untuk mengubahnya, atau tambahkan yang baru.")
    library(year)
    admin.history(
        actor, (free_days.SUBJECT,), LABELS, lambda r: words.day(date.fromisoformat(r["code"])), SHOWN,
        row and f"{row['day']}",
    )  # fmt: skip
