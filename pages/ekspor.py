"""Unduh data: the filtered list as a file. Counted first, written aside with a bar to watch, then fetched."""

import streamlit as st

from pages.parts import export_words, house, words
from pages.parts.filters import from_address, to_query
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store import export, queries
from store.export import jobs
from store.rules.errors import StoreError
from store.rules.workflow import Actor, Role

KINDS = {
    "csv": ("CSV", "dibuka oleh semua lembar kerja"),
    "xlsx": ("Excel (XLSX)", "tanggal dan angka bertipe, dengan saringan"),
    "parquet": ("Parquet", "untuk program analisis"),
}
SAID = {
    jobs.STOPPED: "Pembuatan berkas dibatalkan, dan berkasnya sudah dihapus.",
    jobs.FAILED: "Berkas tidak dapat dibuat. Coba lagi; bila tetap gagal, sampaikan kepada Administrator.",
    jobs.TOO_LONG: "Excel hanya memuat 1.048.575 baris. Pilih CSV atau Parquet, atau persempit saringan.",
}
actor = require_role(Role.CITY, Role.OFFICIAL, Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER)
register, exports = house.desk().register, house.house().exports


def choose(actor: Actor, filters: queries.Filters, total: int) -> None:
    """The form: kind of file, and whether people are in it."""
    personal, reason = False, ""
    told = [text for _, text in KINDS.values()]
    kind = st.radio("Jenis berkas", list(KINDS), format_func=lambda k: KINDS[k][0], captions=told)
    if export.may_export_identities(actor):
        personal = st.checkbox("Sertakan identitas, alamat, dan teks pelapor")
    if personal:
        reason = st.text_input(
            "Untuk keperluan apa? (wajib, dicatat)",
            max_chars=export.REASON_LENGTH[1],
            placeholder="misalnya: verifikasi lapangan bersama DPUPR",
        )
        st.caption(
            "Aduan rahasia tetap tanpa identitas dan teks. Simpan berkas di tempat aman dan hapus setelah dipakai."
        )
    if st.button(f"Siapkan berkas ({words.number(total)} aduan)", type="primary"):
        try:
            exports.start(actor, filters, kind, export_words.HEADINGS, export_words.VALUES, personal, reason)
        except StoreError as refused:
            st.error(plain(words.refusal(refused)), icon="⚠️")
            return
        st.rerun()


@st.fragment(run_every=0.5)
def progress(export_id: str) -> None:
    """What is being written, until it is done."""
    found = exports.of(actor)
    if found is None or found.id != export_id or not found.busy:
        st.rerun()
    share = found.done / found.total if found.total else 0.0
    waits = "Menunggu giliran …" if found.state == jobs.WAITING else "Menyiapkan berkas"
    said = f"{waits}: {words.number(found.done)} dari {words.number(found.total)} aduan"
    st.progress(min(share, 1.0), text=said)
    if st.button("Batalkan", key="stop-export"):
        exports.discard(actor)
        st.rerun()


def ready(found: export.Export) -> None:
    """The finished file."""
    people = "dengan identitas dan teks pelapor" if found.personal else "tanpa data pribadi"
    st.success(f"Berkas siap: {words.number(found.done)} aduan, {words.size(found.size)}, {people}.", icon="✅")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<a class='w-press' href='/ekspor-berkas/{found.id}' download='{found.name}'>Unduh {found.name}</a>")
        if st.button("Hapus berkas"):
            exports.discard(actor)
            st.rerun()
    st.caption("Berkas dihapus sendiri setelah 15 menit.")


st.title("Unduh data", anchor=False)
filters = from_address()
total = export.count(house.desk(), actor, filters)
shown = export_words.described(filters, queries.known(register))
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.html(f"<b>{words.number(total)}</b> aduan · " + (words.safe("; ".join(shown)) or "semua, tanpa saringan"))
    if st.button("Ubah saringan di Daftar", icon="🗂️"):
        st.switch_page("daftar.py", query_params=to_query(filters))

found = exports.of(actor)
if found and found.busy:
    progress(found.id)
elif found and found.state == jobs.READY:
    ready(found)
elif found:
    st.warning(SAID[found.state], icon="⚠️")
if not (found and found.busy):
    if total:
        choose(actor, filters, total)
    elif shown:
        st.info("Tidak ada aduan yang cocok, jadi tidak ada yang dapat diunduh. Longgarkan saringan di Daftar.")
    else:
        st.info("Belum ada aduan. Setelah ada, daftarnya dapat diunduh di sini sebagai CSV, Excel, atau Parquet.")
