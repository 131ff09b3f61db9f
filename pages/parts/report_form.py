"""The fields of a complaint that an officer writes down, in the order of asking, so that Tab leads through the talk."""

from collections.abc import Callable

import streamlit as st

from store import channels, queries
from store.rules import point
from store.rules.deadline import to_jakarta
from store.rules.errors import RuleBroken
from store.rules.workflow import COUNTER, KINDS, Actor

from . import house, scripts, words
from .drafts import FILES, Form
from .fields import FILE_HINT, FILE_TYPES
from .markdown import plain
from .outcome import outcome
from .session import current_actor

COMPLAINT = (
    "channel", "phone", "by_whatsapp", "name", "text", "happened", "kelurahan", "address", "landmark", "point",
    "category", "kind", "confidential",
)  # fmt: skip
COUNTER_FIELDS = ("way", "said")
# Filled in from the start, so that they alone are no draft.
SMALL = ("channel", "kind", "way")
OPEN_SHOWN = 3
# Beside the name in the list, and in one sentence below it.
KIND_MEANS = {
    "complaint": ("ada yang tidak beres", "Ada yang rusak, kurang, atau mengganggu, dan perlu ditangani."),
    "wish": ("usul, harapan", "Usul atau harapan; tidak ada yang harus diperbaiki sekarang."),
    "information": ("pertanyaan", "Pertanyaan: dijawab langsung, atau diarahkan ke PPID."),
    "official": ("rahasia", "Tentang perilaku pegawai atau pejabat: selalu rahasia, ditangani Inspektorat."),
    "service": ("tentang layanan ini", "Tentang pelayanan pengaduan ini sendiri."),
}
CONTACT_HINTS = {
    "EML": "nama@contoh.id", "WEB": "Nomor telepon atau surel", "TWT": "@nama, atau nomor telepon",
    "IGR": "@nama, atau nomor telepon",
}  # fmt: skip
WAYS = {
    "triage": "Belum dijawab: masuk Triase",
    "answer": "Dijawab di loket",
    "escalate": "Diteruskan ke Pejabat Dinkominfo",
}


def open_form(name: str, actor: Actor) -> Form:
    """The form with what its owner had typed into it."""
    return Form(name, actor, COMPLAINT + COUNTER_FIELDS, SMALL, fits)


def draw(form: Form) -> dict | None:
    """All fields below the channel; who reports comes back, where that person is known."""
    known = contact(form)
    matter(form)
    kind_and_files(form)
    counter(form)
    return known


def fits(actor: Actor, field: str, value: object) -> bool:
    """Whether a kept value can still be chosen."""
    tables = queries.reference(house.desk().register)
    choices = {
        "channel": channels.WRITTEN_DOWN, "kind": KINDS, "way": ways(actor), "kelurahan": ("", *tables["kelurahan"]),
        "category": ("", *tables["categories"]),
    }  # fmt: skip
    return value in choices.get(field, (value,))


def ways(officer: Actor) -> list[str]:
    return [way for way in channels.AT_COUNTER if way != "escalate" or channels.may_escalate(officer)]


def look_up(form: Form) -> None:
    """The contact has changed: whoever can be reached by WhatsApp there is answered so, unless the officer says no.

    The name is not filled in: that would take away what somebody types into it meanwhile.
    """
    officer, box, key = current_actor(), outcome(), form.keys["by_whatsapp"]
    known = channels.known_reporter(house.desk(), officer, st.session_state[form.keys["phone"]]) if officer else None
    filled_in = f"catat-whatsapp-{form.tried}"
    before, now = box.get(filled_in, False), bool(known and known["by_whatsapp"])
    box[filled_in] = now
    if now != before and bool(st.session_state.get(key)) == before:
        st.session_state[key] = now


def focus(key: str, once: str) -> None:
    """Put the cursor into a field: when the form opens, where nobody types yet; after a refusal once."""
    fields = f".st-key-{key} input, .st-key-{key} textarea"
    mark = f"<div class='w-focus' hidden data-field='{words.safe(fields)}' data-once='{words.safe(once)}'></div>"
    st.html(f"{mark}<script>{scripts.FOCUS}</script>", unsafe_allow_javascript=True)


def contact(form: Form) -> dict | None:
    """Who reports, with the contact that the answer goes to; the person is looked up at once."""
    keys = form.keys
    left, right = st.columns(2)
    with left:
        typed = st.text_input(
            "Telepon atau kontak lain untuk jawaban", key=keys["phone"], max_chars=100, on_change=look_up, args=(form,),
            placeholder=CONTACT_HINTS.get(st.session_state[keys["channel"]], "0812 3456 7890"),
        )  # fmt: skip
        known = channels.known_reporter(house.desk(), form.actor, typed or "")
        if channels.mistyped(typed or ""):
            st.warning("Jumlah angkanya tidak seperti nomor telepon. Periksa; bila benar, biarkan.", icon="⚠️")
        st.checkbox("Nomor ini memakai WhatsApp: kirim jawaban ke sana", key=keys["by_whatsapp"])
    with right:
        hint = known["name"] if known and known["name"] else None
        name = st.text_input("Nama lengkap pelapor", key=keys["name"], max_chars=120, placeholder=hint)
        if known:
            st.html(reporter(known, name or "", st.session_state[keys["by_whatsapp"]]))
    return known


def reporter(known: dict, name: str, by_whatsapp: bool) -> str:
    """Who that is: how many complaints, the last one, and whether one is open that may be the same matter."""
    count = f"{words.number(known['complaints'])} aduan" if known["complaints"] else "belum ada aduan"
    lines = [f"<b>Pelapor dikenal: {words.safe(known['name'] or 'tanpa nama')}</b>, {count}"]
    if known["open"]:
        lines.append("Masih terbuka, mungkin hal yang sama:")
        lines += [case_line(row) for row in known["open"][:OPEN_SHOWN]]
        if len(known["open"]) > OPEN_SHOWN:
            lines.append(f"dan {words.number(len(known['open']) - OPEN_SHOWN)} aduan terbuka lain")
    elif known["last"]:
        lines.append(f"Terakhir: {case_line(known['last'])}")
    if known["name"] and not name.strip():
        lines.append("Nama dikosongkan: aduan dicatat atas nama itu.")
    elif known["name"] and not channels.same_name(known["name"], name):
        lines.append(
            "Nama lain: nama pada nomor WhatsApp ini diganti dengan yang tertulis di atas."
            if by_whatsapp and known["by_whatsapp"]
            else "Nama lain: aduan ini dicatat atas nama yang tertulis di atas."
        )
    return "<div class='w-about'>" + "<br>".join(lines) + "</div>"


def case_line(row: dict) -> str:
    # Whoever types on after a Tab must not end up on a link; those that Tab reaches stand below the form.
    when = words.day(to_jakarta(row["received_at"]).date())
    said = row["summary"] if len(row["summary"]) <= 60 else row["summary"][:59] + "…"
    return f"{case_link(row['number'], 'tabindex=-1')}, {when}, {words.STATES[row['state']]}: “{words.safe(said)}”"


def case_link(number: str, more: str = "") -> str:
    """A case in a tab of its own, so that the form stays."""
    number = words.safe(number)
    return f"<a href='/aduan?no={number}' target='_blank' style='color:inherit' {more}>{number}</a>"


def matter(form: Form) -> None:
    """What happened, when and where, and what it is about."""
    keys, tables = form.keys, queries.reference(house.desk().register)
    st.text_area("Apa yang terjadi, dan siapa yang terlibat", key=keys["text"], height=120)
    when, kelurahan = st.columns(2)
    when.text_input(
        "Kapan terjadi", key=keys["happened"], max_chars=200, placeholder="sejak Senin; kemarin pukul 7 malam"
    )
    with kelurahan:
        choice(
            "Kelurahan (ketik, lalu Enter)", tables["kelurahan"], keys["kelurahan"],
            lambda row: f"{row['name']} – {row['kecamatan']}",
        )  # fmt: skip
    address, landmark = st.columns(2)
    address.text_input("Alamat", key=keys["address"], max_chars=300, placeholder="Jl. Melati 5, RT 2 RW 3")
    landmark.text_input("Patokan", key=keys["landmark"], max_chars=200, placeholder="depan SD Poncol")
    place, category = st.columns(2)
    with place:
        typed = st.text_input(
            "Titik peta, bila tahu", key=keys["point"], max_chars=4000,
            placeholder="-6.8898, 109.6753 atau tautan Google Maps",
        )  # fmt: skip
        show_point(typed or "")
    with category:
        choice("Kategori (ketik, lalu Enter)", tables["categories"], keys["category"], lambda row: row["name"])


def choice(label: str, options: dict[str, dict], key: str, show: Callable[[dict], str]) -> None:
    """A choice with “not known yet” among its entries: a button that empties it would stand in Tab's way."""
    st.selectbox(label, ["", *options], format_func=lambda code: show(options[code]) if code else "Belum tahu", key=key)


def show_point(typed: str) -> None:
    """How the point was read, to be looked at; nothing is fetched from outside unless somebody presses the link."""
    try:
        place = point.read(typed)
    except RuleBroken as unread:
        st.warning(plain(words.refusal(unread)), icon="⚠️")
        return
    if place is None:
        return
    shown = f"{place.latitude:.6f}, {place.longitude:.6f}"
    address = f"https://www.openstreetmap.org/?mlat={place.latitude:.6f}&amp;mlon={place.longitude:.6f}"
    style = "target='_blank' rel='noreferrer' style='color:inherit'"
    st.html(f"<div class='w-about'>📍 <a href='{address}#map=18' {style}>{shown}, lihat di peta</a></div>")
    if not place.in_city:
        city = house.desk().config["service"]["city"]
        st.warning(
            f"Titik ini di luar {city}, sekitar {words.number(place.distance)} km dari tengah kota. Periksa; bila "
            "benar, aduan tetap dapat disimpan.",
            icon="⚠️",
        )


def kind_and_files(form: Form) -> None:
    """Which kind with what it means, whether confidential, and attachments."""
    keys = form.keys
    left, right = st.columns(2)
    with left:
        kind = st.selectbox(
            "Jenis", KINDS, format_func=lambda kind: f"{words.KINDS[kind]} ({KIND_MEANS[kind][0]})", key=keys["kind"]
        )
        st.caption(KIND_MEANS[kind][1])
        if "official" in (kind, st.session_state[keys["category"]]):
            st.checkbox(
                "Rahasia (pengaduan aparatur selalu rahasia)", value=True, disabled=True, key=f"{form.name}-always"
            )
        else:
            st.checkbox("Rahasia: nama dan kontak pelapor tidak ditampilkan", key=keys["confidential"])
    with right:
        chosen = st.file_uploader(FILE_HINT, type=FILE_TYPES, accept_multiple_files=True, key=keys[FILES])
        lost = (form.found_again or {}).get("lost")
        if chosen:
            st.caption("Berkas tidak ikut tersimpan dalam konsep: pilih lagi bila halaman ini dimuat ulang.")
        elif lost:
            names = words.safe(", ".join(lost))
            st.html(f"<div class='w-turn'>📎 Pilih lagi: {names}. Berkas tidak ikut tersimpan dalam konsep.</div>")


def counter(form: Form) -> None:
    """What followed at the counter, in the same press."""
    keys = form.keys
    if st.session_state[keys["channel"]] != COUNTER:
        return
    way = st.radio("Sesudah dicatat", ways(form.actor), format_func=WAYS.get, key=keys["way"], horizontal=True)
    if way == "answer":
        st.text_area("Jawaban yang diberikan di loket (wajib)", key=keys["said"], height=90)
    elif way == "escalate":
        st.text_area("Catatan untuk Pejabat Dinkominfo (wajib, tidak dikirim ke pelapor)", key=keys["said"], height=90)
