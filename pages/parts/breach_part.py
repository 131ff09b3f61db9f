"""Data pribadi, when its protection failed: the countdown, whom to tell what, and what was done."""

from datetime import datetime

import streamlit as st

from store import breaches
from store.clock import now as clock_now
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.workflow import Actor

from . import admin, house, words

WHOM = {
    "people": "Orang yang datanya terungkap",
    "authority": "Lembaga pelindungan data pribadi",
    "public": "Masyarakat (bila mengganggu layanan publik atau berdampak luas)",
}
WHAT = (
    "Pemberitahuan ditulis paling lambat 3 × 24 jam (UU 27/2022 Pasal 46) dan memuat: data pribadi yang terungkap; "
    "kapan dan bagaimana data terungkap; upaya penanganan dan pemulihannya."
)


def show(actor: Actor) -> None:
    found = breaches.listed(house.desk(), actor)
    st.caption(WHAT)
    if not found:
        st.info("Tidak ada insiden. Catat begitu ada data pribadi yang terungkap, hilang, atau diubah orang lain.")
    for row in found:
        _breach(row)
    with st.expander("Catat insiden baru", expanded=False):
        _new()


def standing(row: dict, now: datetime) -> tuple[str, str]:
    """A sign and words for how much time is left."""
    if row["closed_at"]:
        return "✓", f"ditutup {words.moment(row['closed_at'])}"
    if row["people_told_at"] and row["authority_told_at"]:
        return "‖", "sudah diberitahukan, belum ditutup"
    left = row["due_at"] - now
    if left.total_seconds() < 0:
        return "!", f"lewat {words.span(-left)} dari batas 3 × 24 jam"
    return "◔", f"sisa {words.span(left)} sampai {words.moment(row['due_at'])}"


def _breach(row: dict) -> None:
    sign, left = standing(row, clock_now())
    with st.container(border=True):
        people = words.number(row["people"]) if row["people"] is not None else "belum diketahui"
        told = "".join(
            f"<br>{'✓' if row[column] else '○'} {WHOM[whom]}: {words.moment(row[column]) if row[column] else 'belum'}"
            for whom, column in breaches.TOLD.items()
        )
        st.html(
            f"<b>Insiden {row['id']} · {sign} {words.safe(left)}</b><br>Ditemukan {words.moment(row['found_at'])}<br>"
            f"Apa yang terjadi: {words.safe(row['what'])}<br>Data yang terungkap: {words.safe(row['data_kinds'])}<br>"
            f"Jumlah orang: {people}<br>Penanganan: {words.safe(row['handling'] or 'belum ditulis')}{told}"
        )
        if not row["closed_at"]:
            _steps(row)


def _steps(row: dict) -> None:
    with st.container(horizontal=True):
        for whom, column in breaches.TOLD.items():
            if not row[column]:
                label = f"Sudah diberi tahu: {WHOM[whom].split(' (')[0].lower()}"
                admin.action(label, f"tell-{whom}-{row['id']}", _tell(row, whom))
        if row["people_told_at"] and row["authority_told_at"]:
            admin.action("Tutup insiden", f"close-{row['id']}", _close(row))
    with st.expander("Tulis penanganan"):
        sheet = admin.Sheet(f"handle-{row['id']}-{row['version']}", None)
        with sheet.form():
            st.text_area(
                "Penanganan dan pemulihan", value=row["handling"], key=sheet.key("handling"),
                max_chars=breaches.LIMITS["handling"],
            )  # fmt: skip
            st.number_input("Jumlah orang", 0, value=row["people"], step=1, key=sheet.key("people"))
            sheet.submit("Simpan penanganan", _handle(row), shortcut=None)


def _new() -> None:
    now = to_jakarta(clock_now())
    sheet = admin.Sheet("breach-new", None)
    with sheet.form():
        first, second = st.columns(2)
        first.date_input("Ditemukan pada", value=now.date(), format="DD/MM/YYYY", key=sheet.key("day"))
        second.time_input("Pukul (WIB)", value=now.time().replace(second=0, microsecond=0), key=sheet.key("time"))
        st.text_area("Apa yang terjadi, kapan, dan bagaimana", key=sheet.key("what"), max_chars=breaches.LIMITS["what"])
        st.text_input(
            "Data yang terungkap, misalnya nama dan nomor telepon", key=sheet.key("data_kinds"),
            max_chars=breaches.LIMITS["data_kinds"],
        )  # fmt: skip
        st.number_input("Jumlah orang, bila sudah diketahui", 0, value=None, step=1, key=sheet.key("people"))
        sheet.submit("Catat insiden", _note, shortcut=None)


def _note(actor: Actor | None, given: dict, seen: dict) -> str:
    found_at = from_jakarta(datetime.combine(given["day"], given["time"]))
    number = breaches.note(
        house.desk(), actor, found_at, given["what"] or "", given["data_kinds"] or "", given["people"]
    )
    return f"Insiden {number} dicatat. Batas pemberitahuan berjalan sejak ditemukan."


def _handle(row: dict) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        breaches.handle(house.desk(), actor, row["id"], row["version"], given["handling"] or "", given["people"])
        return "Penanganan disimpan."

    return do


def _tell(row: dict, whom: str) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        breaches.tell(house.desk(), actor, row["id"], row["version"], whom)
        return f"Dicatat: {WHOM[whom].split(' (')[0].lower()} sudah diberi tahu."

    return do


def _close(row: dict) -> admin.Change:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        breaches.close(house.desk(), actor, row["id"], row["version"])
        return f"Insiden {row['id']} ditutup."

    return do
