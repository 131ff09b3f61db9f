"""The one filter bar: what it is set to stands in the address, so that a view can be sent to a colleague."""

from datetime import date

import streamlit as st

from store import figures, queries
from store.figures import analysis, marks
from store.queries import Filters
from store.rules.indonesian import FULL_DAYS

from . import address, house, words

# Figures that one may choose here; all others are opened from where they stand.
ONLY = (
    *("", "open", "overdue", "due_today", "awaiting_reporter", "call_reporter", "scheduled_now"),
    *("awaiting_confirmation", "promise_late", "reopened", "ratings_low"),
)
# What the days are of, by the column by which a figure's cases belong to them.
_DAYS = {
    "ended_at": "Berakhir sejak",
    "state_since": "Terjadwal sejak",
    "clock_started_at": "Dibuka kembali sejak",
    "rated_at": "Dinilai sejak",
}
FORGOTTEN = (
    "Kata pencarian dari alamat ini tidak disimpan lagi. Ketik lagi pada kolom di bawah, lalu tekan “Tampilkan”."
)
_LISTS = {"status": "states", "opd": "departments", "kategori": "categories", "kel": "kelurahan", "saluran": "channels"}


def from_address() -> Filters:
    """The filters as the address says; what cannot be read is left out rather than guessed."""
    given = st.query_params
    lists = {name: tuple(v for v in given.get(key, "").split(",") if v) for key, name in _LISTS.items()}
    only = given.get("hanya", "")
    only = _OLD.get(only, only)
    return Filters(
        text=(address.shown(given.get("cari", "")) or "")[:200],
        kecamatan=given.get("kec", ""),
        since=_date(given.get("dari")),
        until=_date(given.get("sampai")),
        only=only if only in figures.FIGURES and figures.FIGURES[only].kind == "cases" else "",
        mark=given.get("tanda", "") if marks.parsed(given.get("tanda", "")) else "",
        without_confidential=given.get("rahasia") == "tanpa",
        **lists,
    )


# Addresses that people kept.
_OLD = {"today": "due_today"}


def to_query(filters: Filters) -> dict[str, str]:
    """The filters as an address has them."""
    query = {key: ",".join(getattr(filters, name)) for key, name in _LISTS.items()}
    query |= {
        # Words of a search are often somebody's name or number.
        "cari": address.hide(filters.text),
        "kec": filters.kecamatan,
        "hanya": filters.only,
        "tanda": filters.mark,
        "rahasia": "tanpa" if filters.without_confidential else "",
        "dari": filters.since.isoformat() if filters.since else "",
        "sampai": filters.until.isoformat() if filters.until else "",
    }
    return {key: value for key, value in query.items() if value}


def filter_bar() -> Filters:
    """Draw the bar, filled from the address; a press on "Tampilkan" writes it back."""
    present = from_address()
    reference = queries.reference(house.desk().register)
    kecamatan = sorted({k["kecamatan"] for k in reference["kelurahan"].values()})
    mark = str(sorted(to_query(present).items()))
    if address.shown(st.query_params.get("cari", "")) is None:
        st.info(FORGOTTEN)
    with st.form(f"filters-{mark}", border=True):
        first = st.columns([3, 2])
        text = first[0].text_input("Cari", value=present.text, placeholder="nomor, kata, nama, telepon", max_chars=200)
        choice = ONLY if present.only in ONLY else (*ONLY, present.only)
        only = first[1].selectbox("Keadaan", choice, index=choice.index(present.only), format_func=_only_name)
        # Folded, or on a phone no complaint would be seen before the bar ends.
        used = len(set(to_query(present)) - {"cari", "hanya", "tanda"})
        label = f"Saringan lain · {used} dipakai" if used else "Saringan lain"
        with st.expander(label, expanded=used > 0):
            days = st.columns(2)
            since = days[0].date_input(days_of(present.only), value=present.since, format="DD/MM/YYYY")
            until = days[1].date_input("sampai dengan", value=present.until, format="DD/MM/YYYY")
            second = st.columns(3)
            states = many(second[0], "Status", words.STATES, present.states)
            departments = many(second[1], "OPD", names_of(reference["departments"]), present.departments)
            categories = many(second[2], "Kategori", categories_of(reference), present.categories)
            third = st.columns(3)
            kelurahan = many(third[0], "Kelurahan", kelurahan_of(reference), present.kelurahan)
            places = ["", *kecamatan]
            place = third[1].selectbox(
                "Kecamatan",
                places,
                index=places.index(present.kecamatan) if present.kecamatan in places else 0,
                format_func=lambda k: k or "Semua",
            )
            channels = many(third[2], "Saluran", words.CHANNELS, present.channels)
            open_only = st.checkbox("Tanpa yang rahasia", value=present.without_confidential)
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.form_submit_button("Tampilkan", type="primary")
            cleared = st.form_submit_button("Hapus saringan")
    chosen = Filters(
        text.strip(), states, departments, categories, kelurahan, place, channels, since, until, only,
        mark=present.mark, without_confidential=open_only,
    )  # fmt: skip
    if cleared:
        chosen = Filters()
    if pressed or cleared:
        if since and until and since > until and not cleared:
            st.error("Tanggal “sejak” sesudah tanggal “sampai dengan”. Perbaiki dahulu.")
            return present
        st.query_params.from_dict(to_query(chosen))
        st.rerun()
    return present


def _only_name(code: str) -> str:
    return figures.FIGURES[code].name if code else "Semua"


def days_of(only: str) -> str:
    """What the days of the bar are of."""
    return _DAYS.get(figures.FIGURES[only].by if only else "", "Diterima sejak")


def many(place, label: str, names: dict[str, str], chosen: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        place.multiselect(
            label,
            list(names),
            default=[c for c in chosen if c in names],
            format_func=lambda code: names[code],
            placeholder="Semua",
        )
    )


def categories_of(reference: dict[str, dict[str, dict]]) -> dict[str, str]:
    """The categories to choose from, and none."""
    return names_of(reference["categories"]) | {analysis.NONE: "Belum ditentukan"}


def kelurahan_of(reference: dict[str, dict[str, dict]]) -> dict[str, str]:
    """The kelurahan to choose from, and none."""
    return names_of(reference["kelurahan"]) | {analysis.NONE: "Belum diketahui"}


def said(mark: str) -> str:
    """What a mark of a chart stands for, in words."""
    found = marks.parsed(mark)
    if not found:
        return ""
    kind, given = found
    if kind == "jam":
        hour = given["hour"]
        return f"Yang datang pada hari {FULL_DAYS[given['weekday'] - 1]} pukul {hour:02d}.00–{hour:02d}.59 WIB"
    if kind == "alih":
        before, after = (words.STATES[state] for state in marks.steps(mark))
        return f"Yang pernah beralih dari “{before}” ke “{after}”"
    if kind == "petak":
        return "Yang lokasinya dibagikan dalam satu petak peta (sekitar 220 × 220 meter), tanpa yang rahasia"
    if kind == "terbuka":
        return f"Yang belum berakhir pada akhir hari {words.day(date.fromisoformat(mark.partition(':')[2]))}"
    if kind == "berakhir":
        first, last = (words.day(date.fromisoformat(day)) for day in mark.partition(":")[2].split("_"))
        return f"Yang berakhir {first}" + (f"–{last}" if last != first else "")
    if kind == "jalan":
        return "Yang belum berakhir dan masih dalam tenggat"
    if kind == "henti":
        return "Yang belum berakhir dan jamnya berhenti: menunggu pelapor, atau hasil sudah dikirim"
    return f"Yang pernah dikembalikan oleh {given['returner'].strip('|')}"


def names_of(table: dict[str, dict]) -> dict[str, str]:
    return {code: row["name"] for code, row in table.items()}


def _date(value: str | None) -> date | None:
    """A day of this century, or none: what is far outside cannot be counted with."""
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None
