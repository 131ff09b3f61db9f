"""The one filter bar: what it is set to stands in the address, so that a view can be sent to a colleague."""

from datetime import date

import streamlit as st

from store import queries
from store.queries import Filters

from . import house, words

ONLY = {
    "": "Semua",
    "open": "Belum berakhir",
    "overdue": "Lewat tenggat",
    "today": "Jatuh tempo hari ini",
    "call_reporter": "Telepon pelapor",
}
_LISTS = {"status": "states", "opd": "departments", "kategori": "categories", "kel": "kelurahan", "saluran": "channels"}


def from_address() -> Filters:
    """The filters as the address says; what cannot be read is left out rather than guessed."""
    given = st.query_params
    lists = {name: tuple(v for v in given.get(key, "").split(",") if v) for key, name in _LISTS.items()}
    only = given.get("hanya", "")
    return Filters(
        text=given.get("cari", "")[:200],
        kecamatan=given.get("kec", ""),
        since=_date(given.get("dari")),
        until=_date(given.get("sampai")),
        only=only if only in ONLY else "",
        **lists,
    )


def to_query(filters: Filters) -> dict[str, str]:
    """The filters as an address has them."""
    query = {key: ",".join(getattr(filters, name)) for key, name in _LISTS.items()}
    query |= {
        "cari": filters.text,
        "kec": filters.kecamatan,
        "hanya": filters.only,
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
    with st.form(f"filters-{mark}", border=True):
        first = st.columns([3, 2, 2, 2])
        text = first[0].text_input("Cari", value=present.text, placeholder="nomor, kata, nama, telepon", max_chars=200)
        only = first[1].selectbox("Keadaan", list(ONLY), index=list(ONLY).index(present.only), format_func=ONLY.get)
        since = first[2].date_input("Diterima sejak", value=present.since, format="DD/MM/YYYY")
        until = first[3].date_input("sampai dengan", value=present.until, format="DD/MM/YYYY")
        second = st.columns(3)
        states = _many(second[0], "Status", words.STATES, present.states)
        departments = _many(second[1], "OPD", _names(reference["departments"]), present.departments)
        categories = _many(second[2], "Kategori", _names(reference["categories"]), present.categories)
        third = st.columns(3)
        kelurahan = _many(third[0], "Kelurahan", _names(reference["kelurahan"]), present.kelurahan)
        places = ["", *kecamatan]
        place = third[1].selectbox(
            "Kecamatan",
            places,
            index=places.index(present.kecamatan) if present.kecamatan in places else 0,
            format_func=lambda k: k or "Semua",
        )
        channels = _many(third[2], "Saluran", words.CHANNELS, present.channels)
        with st.container(horizontal=True):
            pressed = st.form_submit_button("Tampilkan", type="primary")
            cleared = st.form_submit_button("Hapus saringan")
    chosen = Filters(text.strip(), states, departments, categories, kelurahan, place, channels, since, until, only)
    if cleared:
        chosen = Filters()
    if pressed or cleared:
        if since and until and since > until and not cleared:
            st.error("Tanggal “sejak” sesudah tanggal “sampai dengan”. Perbaiki dahulu.")
            return present
        st.query_params.from_dict(to_query(chosen))
        st.rerun()
    return present


def _many(place, label: str, names: dict[str, str], chosen: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        place.multiselect(
            label,
            list(names),
            default=[c for c in chosen if c in names],
            format_func=lambda code: names[code],
            placeholder="Semua",
        )
    )


def _names(table: dict[str, dict]) -> dict[str, str]:
    return {code: row["name"] for code, row in table.items()}


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
