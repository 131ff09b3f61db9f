"""Data pribadi: what UU 27/2022 asks for: a person's requests, what is kept how long, and breaches."""

import streamlit as st

from pages.parts import admin, breach_part, house, person_part, words
from pages.parts.session import require_role
from store import breaches, retention
from store.clock import now as clock_now
from store.rules.workflow import Role

actor = require_role(Role.ADMIN, Role.OFFICIAL)
desk = house.desk()
PARTS = {"orang": "Permohonan", "simpan": "Masa simpan", "insiden": "Insiden"}
COUNTED = {
    "complaints": "aduan",
    "contacts": "orang",
    "media": "berkas",
    "raw_messages": "salinan mentah pesan",
    "problems": "kiriman tak terbaca",
    "bodies": "kiriman mentah dalam kotak masuk",
    "refused": "tidak dapat dihapus",
}


def retention_part() -> None:
    kept = desk.config["retention"]
    st.html(
        f"<p>Identitas dan isi aduan disimpan {words.number(kept['complaint_years'])} tahun setelah aduan berakhir, "
        f"foto dan berkas {words.number(kept['media_years'])} tahun, kiriman mentah "
        f"{words.number(kept['raw_days'])} hari. Sesudahnya data pribadi dihapus setiap malam; angka statistik tetap. "
        "Administrator mengubahnya di halaman Layanan, bagian Masa simpan.</p>"
    )
    st.subheader("Yang akan terhapus malam ini", anchor=False)
    st.html(_counted(retention.due(desk).counts))
    st.subheader("Riwayat penghapusan", anchor=False)
    runs = retention.runs(desk, actor)
    if not runs:
        st.info("Belum ada. Setiap malam sesudah pukul 01.00 WIB hasilnya tercatat di sini.")
        return
    lines = "".join(f"<li>{words.moment(row['happened_at'])}{_counted(row['counts'])}</li>" for row in runs)
    st.html(f"<ul class='w-line'>{lines}</ul>")


def _counted(counts: dict[str, int]) -> str:
    said = [f"{words.number(count)} {COUNTED[name]}" for name, count in counts.items() if count and name in COUNTED]
    return f"<div class='w-note'>{words.safe(', '.join(said) or 'tidak ada')}</div>"


st.title("Data pribadi", anchor=False)
admin.said()
now = clock_now()
running = [row for row in breaches.listed(desk, actor) if breach_part.standing(row, now)[0] in ("◔", "!")]
for row in running:
    st.error(f"Insiden {row['id']}: {breach_part.standing(row, now)[1]}. Lihat bagian Insiden.", icon="⚠️")
part = st.segmented_control(
    "Bagian", list(PARTS), default="orang", format_func=PARTS.get, required=True, label_visibility="collapsed",
    key="bagian-data",
)  # fmt: skip
if part == "orang":
    person_part.show(actor)
elif part == "simpan":
    retention_part()
else:
    breach_part.show(actor)
