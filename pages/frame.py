"""The frame around every page: navigation by role with what waits, who is signed in, demo notice."""

import streamlit as st

from pages.parts import house, words
from pages.parts.language import indonesian
from pages.parts.session import current_actor, landing
from pages.parts.style import style
from store import health, queries
from store.clock import now as clock_now
from store.rules.workflow import DEPARTMENT_ROLES, Actor, Role

DESK = {Role.CITY, Role.OFFICIAL}
SEES_CASES = DESK | {Role.OPD_ADMIN, Role.OPD_TEAM, Role.LEADER}
# (group, file, title, sign, count to show, roles)
PAGES = (
    ("Kerja", "perlu_tindakan.py", "Perlu tindakan", "⏰", ("todo",), SEES_CASES),
    ("Kerja", "triase.py", "Triase", "📥", ("triage",), DESK),
    ("Kerja", "eskalasi.py", "Eskalasi", "⚖️", ("official",), {Role.OFFICIAL}),
    ("Kerja", "pesan.py", "Pesan baru", "💬", ("unread",), DESK),
    ("Kerja", "opd.py", "OPD", "🏢", ("own_forwarded", "own_accepted"), {Role.OPD_ADMIN}),
    ("Kerja", "tindak_lanjut.py", "Tindak lanjut", "🛠️", ("own_in_progress", "own_scheduled"), DEPARTMENT_ROLES),
    ("Kerja", "verifikasi.py", "Verifikasi hasil", "🔎", ("in_review",), DESK),
    ("Kerja", "telepon.py", "Telepon pelapor", "☎️", ("call_reporter",), DESK),
    ("Aduan", "catat.py", "Catat aduan", "📝", (), DESK),
    ("Aduan", "daftar.py", "Daftar", "🗂️", (), SEES_CASES),
    ("Aduan", "ekspor.py", "Unduh data", "💾", (), SEES_CASES),
    ("Aduan", "aduan.py", "Aduan", "📄", (), SEES_CASES),
    ("Aduan", "pengirim.py", "Pengirim diblokir", "🚫", ("blocks",), DESK),
    ("Pantau", "dasbor.py", "Dasbor", "📊", (), SEES_CASES),
    ("Pantau", "analitik.py", "Analitik", "🔬", (), SEES_CASES),
    ("Pantau", "laporan.py", "Laporan", "📑", (), DESK | {Role.LEADER}),
    ("Atur", "pengguna.py", "Pengguna", "👥", (), {Role.ADMIN}),
    ("Atur", "daftar_opd.py", "Daftar OPD", "🏛️", (), {Role.ADMIN}),
    ("Atur", "kategori.py", "Kategori", "🏷️", (), {Role.ADMIN}),
    ("Atur", "wilayah.py", "Wilayah", "🗺️", (), {Role.ADMIN}),
    ("Atur", "hari_libur.py", "Hari libur", "📅", (), {Role.ADMIN}),
    ("Atur", "teks.py", "Teks", "💬", (), {Role.ADMIN}),
    ("Atur", "pesan_otomatis.py", "Pesan otomatis", "💌", (), {Role.ADMIN}),
    ("Atur", "templat.py", "Templat WhatsApp", "📨", (), {Role.ADMIN}),
    ("Atur", "layanan.py", "Layanan", "⚙️", (), {Role.ADMIN}),
    ("Atur", "data_pribadi.py", "Data pribadi", "🔐", (), {Role.ADMIN, Role.OFFICIAL}),
    ("Atur", "audit.py", "Audit", "🧾", (), {Role.ADMIN}),
    ("Atur", "kesehatan.py", "Kesehatan", "🩺", (), {Role.ADMIN, Role.OFFICIAL}),
    ("Bantuan", "standar_pelayanan.py", "Standar Pelayanan", "📜", (), SEES_CASES | {Role.ADMIN}),
    ("Bantuan", "akun.py", "Akun saya", "🔑", (), SEES_CASES | {Role.ADMIN}),
)


def navigation(actor: Actor, counts: dict[str, int]) -> dict[str, list]:
    """The pages of this person, by group, with how much waits on each."""
    groups: dict[str, list] = {}
    for group, file, title, icon, counted, roles in PAGES:
        waiting = sum(counts.get(name, 0) for name in counted)
        shown = f"{title} · {words.number(waiting)}" if waiting else title
        # Also those that are not for this person, unseen: the page itself then says so in our own words.
        visibility = "visible" if actor.has(*roles) else "hidden"
        page = st.Page(file, title=shown, icon=icon, url_path=file[:-3], visibility=visibility)
        groups.setdefault(group, []).append(page)
    return groups


def home() -> None:
    """The address without a page: each person starts at their own work."""
    st.switch_page(landing(current_actor()))


def main() -> None:
    st.set_page_config(layout="wide", initial_sidebar_state="auto")
    desk = house.desk()
    service = desk.config["service"]
    actor = current_actor()
    if actor is None:
        st.error("Akun Anda tidak aktif lagi. Hubungi Administrator.")
        st.html('<a href="/keluar" target="_self">Keluar</a>')
        st.stop()
    style()
    indonesian()
    counts = queries.counts(desk.register, actor) | queries.todo_counts(desk.register, actor, clock_now())
    groups = navigation(actor, counts)
    start = st.Page(home, title="Mulai", url_path="mulai", default=True, visibility="hidden")
    page = st.navigation({"": [start], **groups}, expanded=True)
    with st.sidebar:
        st.html(
            f"<div class='w-service'>{words.safe(service['name'])}<small>{words.safe(service['city'])}</small></div>"
        )
        roles = ", ".join(sorted(words.ROLES[role] for role in actor.roles))
        departments = ", ".join(sorted(actor.departments))
        st.html(
            f"<div class='w-person'><b>{words.safe(actor.name)}</b><br>{words.safe(roles)} {words.safe(departments)}"
            "<br><a href='/akun' target='_self'>Akun saya</a> · <a href='/keluar' target='_self'>Keluar</a></div>"
        )
    if desk.settings.demo:
        st.html("<div class='w-demo'>Mode demo: pesan hanya ke simulator, bukan ke WhatsApp sungguhan.</div>")
    stopped = health.sending_stopped(desk.register) if actor.has(Role.ADMIN, *DESK) else None
    # Kesehatan says the same at more length.
    if stopped and page.url_path != "kesehatan":
        st.error(
            f"Pengiriman WhatsApp berhenti: Meta menolak akun ini (kode {stopped['code']}). "
            "Aduan tetap diterima. Administrator: lihat halaman Kesehatan.",
            icon="⛔",
        )
    page.run()


main()
