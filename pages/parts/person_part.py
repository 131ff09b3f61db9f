"""Data pribadi, what one person may ask: everything held on them as a file, correction, limiting, erasing."""

import streamlit as st

from store import persons
from store.clock import now as clock_now
from store.persons import Person
from store.rules.errors import NotFound, StoreError
from store.rules.workflow import Actor, Role

from . import admin, house, words
from .markdown import plain
from .person_file import build

CHOSEN = "orang"
REASON = "Alasan, misalnya nomor surat permohonan (tanpa nama dan nomor telepon)"


def show(actor: Actor) -> None:
    """Search, then the person that was chosen."""
    with st.form("find-person", border=True):
        typed = st.text_input(
            "Nama, nomor telepon, atau nomor aduan", max_chars=80, placeholder="misalnya 0856… atau WA-2026-00042"
        )
        pressed = st.form_submit_button("Cari", type="primary")
    if pressed:
        st.query_params.pop(CHOSEN, None)
        _found(actor, typed)
    chosen = st.query_params.get(CHOSEN, "")
    if chosen.isdecimal() and len(chosen) < 16:
        _person(actor, int(chosen))
    elif not pressed:
        st.info("Cari orang yang mengajukan permohonan. Identitas tampil setelah Anda menyebut alasannya.")


def _found(actor: Actor, typed: str) -> None:
    try:
        rows = persons.find(house.desk(), actor, typed)
    except StoreError as refused:
        st.error(plain(words.refusal(refused)))
        return
    if not rows:
        st.info("Tidak ada yang cocok. Periksa ejaannya; pelapor aduan rahasia dicari dengan nama atau nomornya.")
    for row in rows:
        state = " · sudah dihapus" if row["anonymised_at"] else ""
        st.button(
            plain(f"{row['shown']} · {words.number(row['complaints'])} aduan{state}"),
            key=f"person-{row['id']}", width="stretch", on_click=_choose, args=(row["id"],),
        )  # fmt: skip
    if len(rows) == persons.FOUND:
        st.caption(f"{persons.FOUND} yang terbaru ditampilkan. Tulis lebih lengkap untuk menyempitkan.")


def _choose(contact_id: int) -> None:
    st.query_params[CHOSEN] = str(contact_id)


def _person(actor: Actor, contact_id: int) -> None:
    desk = house.desk()
    try:
        person = persons.person(desk, actor, contact_id)
    except NotFound:
        st.warning("Orang itu tidak ada.")
        return
    if person is None:
        _ask_why(contact_id)
        return
    _facts(person)
    if person.anonymised_at:
        return
    st.download_button(
        "Unduh semua data orang ini (ZIP)",
        data=lambda: build(
            persons.held(desk, actor, contact_id), desk.config["service"]["name"], clock_now()
        ),
        file_name=f"data-pribadi-{contact_id}.zip", mime="application/zip", on_click="ignore", icon="📦",
    )  # fmt: skip
    st.caption("Berisi aduan, pesan, daftar berkas, dan riwayat, untuk diserahkan kepada orangnya. Unduhan tercatat.")
    left, right = st.columns(2, gap="large")
    with left:
        _correct(person)
    with right:
        _limit(person)
    _erase(actor, person)


def _ask_why(contact_id: int) -> None:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        persons.open_person(house.desk(), actor, contact_id, given["reason"] or "")
        return "Data dibuka untuk Anda selama setengah jam. Pembukaan ini tercatat."

    sheet = admin.Sheet(f"why-{contact_id}", None)
    with sheet.form():
        st.text_input(REASON, key=sheet.key("reason"), max_chars=persons.REASON_LENGTH)
        sheet.submit("Buka data orang ini", do)


def _facts(person: Person) -> None:
    rows = [
        ("Nama", words.safe(person.name or "–")),
        ("Telepon", words.safe(person.phone or "–")),
        ("Nomor dan ID WhatsApp", words.safe(", ".join(person.addresses) or "–")),
    ]
    if person.anonymised_at:
        rows = [("Keadaan", f"Data pribadi sudah dihapus {words.moment(person.anonymised_at)}")]
    if person.limited_at:
        reason = words.safe(person.limited_reason or "")
        rows.append(("Pembatasan", f"sejak {words.moment(person.limited_at)}: {reason}"))
    if person.erase_asked_at and not person.anonymised_at:
        rows.append(("Penghapusan", f"diminta {words.moment(person.erase_asked_at)}, menunggu masa simpan"))
    shown = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    st.html(f"<table class='w-table'><tbody>{shown}</tbody></table>")
    lines = "".join(
        f"<tr><td>{words.safe(row['number'])}</td><td>{words.STATES[row['state']]}</td>"
        f"<td>{words.moment(row['received_at'])}</td><td>{_kept(row)}</td></tr>"
        for row in person.complaints
    )
    if lines:
        heads = "".join(f"<th>{title}</th>" for title in ("Aduan", "Status", "Masuk", "Disimpan sampai"))
        st.html(
            f"<div class='w-scroll'><table class='w-table'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>"
            "</table></div>"
        )


def _kept(row: dict) -> str:
    if row["anonymised_at"]:
        return "sudah dihapus"
    return words.moment(row["due_at"]) if row["due_at"] else "belum berakhir"


def _correct(person: Person) -> None:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        changed = persons.correct(
            house.desk(), actor, person.id, given["name"] or "", given["phone"] or "", given["reason"] or ""
        )
        named = {"name": "nama", "phone": "nomor"}
        return f"Dibetulkan: {', '.join(named[field] for field in changed)}."

    st.subheader("Pembetulan", anchor=False)
    sheet = admin.Sheet(f"correct-{person.id}", {"name": person.name or "", "phone": person.phone or ""})
    with sheet.form():
        st.text_input("Nama", value=person.name or "", key=sheet.key("name"), max_chars=persons.NAME_LENGTH)
        st.text_input("Nomor telepon", value=person.phone or "", key=sheet.key("phone"), max_chars=30)
        st.text_input(REASON, key=sheet.key("reason"), max_chars=persons.REASON_LENGTH)
        sheet.submit("Simpan pembetulan", do, shortcut=None)


def _limit(person: Person) -> None:
    wanted = person.limited_at is None

    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        persons.limit(house.desk(), actor, person.id, wanted, given["reason"] or "")
        return "Pembatasan berlaku." if wanted else "Pembatasan diakhiri."

    st.subheader("Pembatasan", anchor=False)
    sheet = admin.Sheet(f"limit-{person.id}-{wanted}", None)
    with sheet.form():
        st.caption(
            "Aduannya ditandai, dan orang ini hanya menerima jawaban dan hasil, tanpa kabar di antaranya."
            if wanted
            else "Data orang ini sedang dibatasi."
        )
        st.text_input(REASON, key=sheet.key("reason"), max_chars=persons.REASON_LENGTH)
        sheet.submit("Batasi pemrosesan" if wanted else "Akhiri pembatasan", do, shortcut=None)


def _erase(actor: Actor, person: Person) -> None:
    def do(actor: Actor | None, given: dict, seen: dict) -> str:
        if not given["sure"]:
            return "Belum dihapus: centang dahulu bahwa penghapusan ini tidak dapat dikembalikan."
        later = persons.erase(house.desk(), actor, person.id, given["reason"] or "", bool(given.get("early")))
        if later is None:
            return "Data pribadi orang ini sudah dihapus. Angka statistik tetap."
        return f"Dicatat. Yang masih dalam masa simpan dihapus sendiri, yang terakhir sesudah {words.moment(later)}."

    st.subheader("Penghapusan", anchor=False)
    sheet = admin.Sheet(f"erase-{person.id}", None)
    with sheet.form():
        st.caption(
            "Nama, nomor, isi pesan, foto, dan catatan tentang orang ini dihapus, juga dari kiriman mentah. Yang masih "
            "dalam masa simpan menunggu waktunya. Aduan yang belum berakhir harus diselesaikan dahulu."
        )
        st.text_input(REASON, key=sheet.key("reason"), max_chars=persons.REASON_LENGTH)
        if actor.has(Role.OFFICIAL):
            st.checkbox("Hapus sekarang juga, meskipun masa simpan belum habis", key=sheet.key("early"))
        st.checkbox("Saya tahu penghapusan ini tidak dapat dikembalikan", key=sheet.key("sure"))
        sheet.submit("Hapus data orang ini", do, shortcut=None)
