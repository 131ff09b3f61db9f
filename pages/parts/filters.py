"""The one filter bar: what it is set to stands in the address, so that a view can be sent to a colleague."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from store import figures, queries
from store.figures import marks
from store.queries import Filters

from . import address, house, words
from .names import categories_of, kelurahan_of, names_of

# Figures that one may choose here; all others are opened from where they stand.
ONLY = (
    *("", "open", "overdue", "due_today", "awaiting_reporter", "call_reporter", "scheduled_now"),
    *("awaiting_confirmation", "promise_late", "reopened", "ratings_low"),
)
UNKNOWN = "(tidak dikenal)"
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


def from_address(given: Mapping[str, str] | None = None) -> Filters:
    """The filters as the address says; what cannot be read is left out rather than guessed.

    :param given: another address than that of this page
    """
    given = st.query_params if given is None else given
    lists = {name: tuple(dict.fromkeys(v for v in given.get(key, "").split(",") if v)) for key, name in _LISTS.items()}
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
    reference = queries.to_filter_by(house.desk().register, present)
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
            place = kecamatan(third[1], reference, present.kecamatan)
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
    """What is chosen can stay chosen, also where nobody knows it any more: a press must not drop it unsaid."""
    names = names | {code: f"{code} {UNKNOWN}" for code in chosen if code not in names}
    return tuple(
        place.multiselect(
            label, list(names), default=list(chosen), format_func=lambda code: names[code], placeholder="Semua"
        )
    )


def kecamatan(place, reference: dict[str, dict[str, dict]], chosen: str) -> str:
    """A choice of one kecamatan or all; what stands in the address stays, also where nobody knows it."""
    found = sorted({row["kecamatan"] for row in reference["kelurahan"].values()})
    names = {"": "Semua"} | {name: name for name in found}
    names |= {} if chosen in names else {chosen: f"{chosen} {UNKNOWN}"}
    return place.selectbox("Kecamatan", list(names), index=list(names).index(chosen), format_func=lambda k: names[k])


def unknown(filters: Filters) -> str:
    """A sentence on what the address asks for and nobody knows, so that an empty list is understood; "" if nothing."""
    every = queries.known(house.desk().register)
    given = {
        "OPD": [code for code in filters.departments if code not in every["departments"]],
        "Kategori": [code for code in filters.categories if code not in categories_of(every)],
        "Kelurahan": [code for code in filters.kelurahan if code not in kelurahan_of(every)],
        "Kecamatan": [filters.kecamatan]
        if filters.kecamatan not in {"", *(row["kecamatan"] for row in every["kelurahan"].values())}
        else [],
        "Saluran": [code for code in filters.channels if code not in words.CHANNELS],
        "Status": [state for state in filters.states if state not in words.STATES],
    }
    found = [f"{name} “{', '.join(codes)[:80]}”" for name, codes in given.items() if codes]
    if not found:
        return ""
    return f"Tidak dikenal: {'; '.join(found)}. Tidak ada aduan yang cocok dengannya; ubah atau hapus saringan itu."


def _date(value: str | None) -> date | None:
    """A day of this century, or none: what is far outside cannot be counted with."""
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None
