"""Layanan: name, number, promise, channels, limits and office hours of the service."""

from collections.abc import Callable

import streamlit as st

from pages.parts import admin, house, open_data_part, words
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store.admin import service
from store.rules.workflow import Actor, Role

actor = require_role(Role.ADMIN)
desk = house.desk()
PARTS = {
    "service": "Nama dan janji",
    "channels": "Saluran lain",
    "clock": "Batas waktu",
    "hours": "Jam kerja",
    "conversation": "Percakapan",
    "sign_in": "Masuk",
    "privacy": "Data pribadi",
    "retention": "Masa simpan",
    "open_data": "Data terbuka",
}
TEXTS = {
    "name": "Nama layanan",
    "city": "Kota",
    "office": "Dinas penyelenggara",
    "number": "Nomor WhatsApp yang dibaca warga (boleh kosong)",
    "promise": "Kalimat janji (misalnya “2 hari kerja”)",
    "privacy": "Kalimat privasi dalam jawaban pertama",
    "address": "Alamat aplikasi ini bagi warga (boleh kosong)",
}
DAYS = {
    "promise_days": "Janji (hari)",
    "outer_days": "Batas terakhir (hari)",
    "acceptance_days": "OPD menerima atau mengembalikan dalam (hari kerja)",
    "silence_days": "Aduan ditutup setelah pelapor diam (hari kalender)",
}
WEEKDAYS = {
    "monday": "Senin", "tuesday": "Selasa", "wednesday": "Rabu", "thursday": "Kamis", "friday": "Jumat",
    "saturday": "Sabtu", "sunday": "Minggu",
}  # fmt: skip


def saving(change: Callable, done: str) -> admin.Change:
    """What the button of a part does: the change, and the sentence that says so."""

    def save(actor: Actor | None, given: dict, seen: dict) -> str:
        change(desk, actor, seen, given)
        return done

    return save


def save_open_data(actor: Actor | None, given: dict, seen: dict) -> str:
    service.change_open_data(desk, actor, seen, given)
    if given["published"]:
        return "Data terbuka diterbitkan: siapa pun dapat membacanya di /data-terbuka."
    return "Data terbuka ditutup. Yang sudah diunduh orang tidak dapat ditarik kembali."


def draw_service(sheet: admin.Sheet, present: dict) -> None:
    for name, label in TEXTS.items():
        st.text_input(label, value=present[name], key=sheet.key(name), max_chars=service.TEXTS[name])
    st.caption(
        "Kalimat janji dikirim kepada warga: samakan dengan angka pada “Batas waktu”. Bila alamat aplikasi diisi, "
        "misalnya https://aduan.kota.go.id, jawaban pertama menautkan teks “Data pribadi”."
    )
    sheet.submit(
        "Simpan",
        saving(
            service.change_service, "Disimpan. Pesan, halaman masuk, dan Standar Pelayanan memakainya mulai sekarang."
        ),
    )


def draw_channels(sheet: admin.Sheet, present: dict) -> None:
    st.caption("Cara menyampaikan keluhan tentang layanan ini sendiri. Yang kosong tidak ditampilkan.")
    for name, value in present.items():
        st.text_input(plain(name), value=value, key=sheet.key(name), max_chars=service.CHANNEL_LIMIT)
    sheet.submit("Simpan", saving(service.change_channels, "Saluran disimpan dan tampil di Standar Pelayanan."))


def draw_clock(sheet: admin.Sheet, present: dict) -> None:
    units = list(words.UNITS)
    st.selectbox(
        "Janji dan batas terakhir dihitung dalam", units, index=units.index(present["unit"]),
        format_func=words.UNITS.get, key=sheet.key("unit"),
    )  # fmt: skip
    for name, label in DAYS.items():
        st.number_input(
            label, 0.0, float(service.DAYS[name]), value=float(present[name]), step=0.5, format="%g",
            key=sheet.key(name),
        )  # fmt: skip
    st.caption("Tenggat yang sudah ditetapkan tidak berubah.")
    sheet.submit(
        "Simpan",
        saving(service.change_clock, "Batas waktu disimpan dan berlaku untuk tenggat yang dihitung mulai sekarang."),
    )


def draw_hours(sheet: admin.Sheet, present: dict) -> None:
    st.caption("Waktu Indonesia Barat, misalnya 07.30–15.45. Hari yang dikosongkan libur.")
    columns = st.columns(2)
    for place, (day, label) in enumerate(WEEKDAYS.items()):
        columns[place > 3].text_input(
            label, value=service.shown_hours(present.get(day)), placeholder="libur", key=sheet.key(day), max_chars=20
        )
    st.caption("Tenggat yang sudah ditetapkan tidak berubah.")
    sheet.submit(
        "Simpan",
        saving(service.change_hours, "Jam kerja disimpan dan berlaku untuk tenggat yang dihitung mulai sekarang."),
    )


def draw_conversation(sheet: admin.Sheet, present: dict) -> None:
    columns = st.columns(2)
    for column, (name, label) in zip(columns, QUIET.items(), strict=True):
        column.text_input(label, value=present[name].replace(":", "."), key=sheet.key(name), max_chars=5)
    st.caption(
        "Pada jam tenang hanya jawaban atas pesan yang baru dikirim pelapor yang terkirim; kabar lain menunggu pagi. "
        "Dua jam yang sama berarti tanpa jam tenang."
    )
    for name, label in COUNTS.items():
        low, high = service.COUNTS[name]
        st.number_input(label, low, high, value=present[name], step=1, key=sheet.key(name))
    sheet.submit("Simpan", saving(service.change_conversation, "Disimpan dan berlaku mulai sekarang."))


def draw_sign_in(sheet: admin.Sheet, present: dict) -> None:
    for name, label in SIGN_IN.items():
        st.checkbox(label, value=present[name], key=sheet.key(name))
    st.caption("Kodenya dari aplikasi autentikator di ponsel. Yang belum memasangnya diminta memasang saat masuk.")
    sheet.submit("Simpan", saving(service.change_sign_in, "Disimpan dan berlaku saat Administrator masuk berikutnya."))


SIGN_IN = {"admins_need_second_factor": "Administrator wajib memakai langkah kedua (kode di ponsel)"}


def draw_privacy(sheet: admin.Sheet, present: dict) -> None:
    st.text_area(
        "Apa yang terjadi dengan data warga", value=present["text"].strip(), key=sheet.key("text"), height=320,
        max_chars=service.PRIVACY_LIMIT,
    )  # fmt: skip
    st.caption("Tampil untuk umum di /standar. Setiap baris menjadi satu paragraf; teks biasa tanpa format.")
    sheet.submit("Simpan", saving(service.change_privacy, "Disimpan dan tampil di halaman umum /standar."))


def draw_retention(sheet: admin.Sheet, present: dict) -> None:
    for name, label in KEPT.items():
        low, high = service.KEPT[name]
        st.number_input(label, low, high, value=present[name], step=1, key=sheet.key(name))
    st.caption(
        "Setelah itu data pribadi dihapus setiap malam dan tidak dapat dikembalikan; angka statistik tetap. "
        "Apa yang akan terhapus dapat dilihat dahulu di halaman Data pribadi."
    )
    sheet.submit("Simpan", saving(service.change_retention, "Masa simpan disimpan dan berlaku mulai malam ini."))


KEPT = {
    "complaint_years": "Identitas dan isi aduan, setelah aduan berakhir (tahun)",
    "media_years": "Foto, suara, dan berkas, setelah aduan berakhir (tahun)",
    "raw_days": "Kiriman mentah dari WhatsApp (hari)",
}


def draw_open_data(sheet: admin.Sheet, present: dict) -> None:
    st.caption(
        "Jumlah aduan per triwulan menurut bulan, kategori, kelurahan, dan saluran, tanpa data pribadi; jumlah "
        "di bawah 5 tidak ditampilkan. Halaman /data-terbuka dan berkas CSV-nya dapat dibuka siapa pun tanpa masuk."
    )
    st.checkbox("Terbitkan data terbuka", value=present["published"], key=sheet.key("published"))
    sheet.submit("Simpan", save_open_data)


QUIET = {"quiet_from": "Jam tenang mulai", "quiet_to": "Jam tenang sampai"}
COUNTS = {
    "choose_minutes": "Menunggu pelapor memilih aduannya paling lama (menit)",
    "answers_in_ten_minutes": "Jawaban otomatis kepada satu orang dalam sepuluh menit, paling banyak",
}
DRAW = {
    "service": draw_service,
    "channels": draw_channels,
    "clock": draw_clock,
    "hours": draw_hours,
    "conversation": draw_conversation,
    "sign_in": draw_sign_in,
    "privacy": draw_privacy,
    "retention": draw_retention,
    "open_data": draw_open_data,
}
LABELS = {
    "service": TEXTS,
    "channels": {name: name for name in desk.config["channels"]},
    "clock": {"unit": "Satuan", **DAYS},
    "hours": WEEKDAYS,
    "conversation": {**QUIET, **COUNTS},
    "sign_in": SIGN_IN,
    "privacy": {"text": "Teks"},
    "retention": KEPT,
    "open_data": {"published": "Diterbitkan"},
}
SHOWN = {
    "published": lambda published: "ya" if published else "tidak",
    "unit": lambda unit: words.UNITS.get(unit, str(unit)),
    **{day: lambda span: service.shown_hours(span) or "libur" for day in WEEKDAYS},
    **{name: lambda value: words.number(value, 0 if value == int(value) else 1) for name in DAYS},
}

st.title("Layanan", anchor=False)
st.caption("Berlaku tanpa menjalankan ulang aplikasi. Hasilnya terlihat di halaman Standar Pelayanan.")
admin.said()
part = st.segmented_control(
    "Bagian", list(PARTS), default="service", format_func=PARTS.get, required=True, label_visibility="collapsed",
    key="bagian",
)  # fmt: skip
present = service.part(desk, actor, part)
sheet = admin.Sheet(f"service-{part}", present)
with sheet.form():
    DRAW[part](sheet, present)
admin.history(actor, (service.SUBJECT,), LABELS[part], lambda r: PARTS[r["code"]], SHOWN, code=part)
if part == "open_data":
    open_data_part.show(desk, actor)
