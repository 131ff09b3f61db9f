"""Audit: who signed in, exported, looked at what is confidential or changed settings; filtered, and as a file."""

import math
from datetime import date

import pandas as pd
import streamlit as st

from pages.parts import address, audit_words, house, words
from pages.parts.filters import FORGOTTEN
from pages.parts.session import require_role
from pages.parts.tables import plain_csv
from store import audit
from store.rules.workflow import Role

actor = require_role(Role.ADMIN)
register = house.desk().register


def from_address() -> audit.Filters:
    """The filters as the address says; what cannot be read is left out rather than guessed."""
    given = st.query_params
    kinds = tuple(kind for kind in given.get("apa", "").split(",") if kind in audit.LISTED)
    who, subject = ((address.shown(given.get(name, "")) or "")[:80] for name in ("siapa", "tentang"))
    return audit.Filters(who, kinds, subject, _day("dari"), _day("sampai"))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None


def to_address(chosen: audit.Filters) -> None:
    query = {
        "siapa": address.hide(chosen.who.strip()),
        "apa": ",".join(chosen.kinds),
        "tentang": address.hide(chosen.subject.strip()),
        "dari": chosen.since.isoformat() if chosen.since else "",
        "sampai": chosen.until.isoformat() if chosen.until else "",
    }
    st.query_params.from_dict({name: value for name, value in query.items() if value})


def filter_bar(present: audit.Filters) -> None:
    if None in (address.shown(st.query_params.get(name, "")) for name in ("siapa", "tentang")):
        st.info(FORGOTTEN)
    with st.form(f"audit-{hash(present)}", border=True):
        first = st.columns([2, 2, 1, 1])
        who = first[0].text_input("Siapa", value=present.who, placeholder="nama atau nama pengguna", max_chars=80)
        subject = first[1].text_input("Tentang", value=present.subject, placeholder="nomor aduan, kontak", max_chars=80)
        since = first[2].date_input("Sejak", value=present.since, format="DD/MM/YYYY")
        until = first[3].date_input("Sampai dengan", value=present.until, format="DD/MM/YYYY")
        kinds = st.multiselect(
            "Apa", audit.LISTED, default=present.kinds, format_func=audit_words.kind, placeholder="Semua"
        )
        with st.container(horizontal=True):
            pressed = st.form_submit_button("Tampilkan", type="primary")
            cleared = st.form_submit_button("Hapus saringan")
    if cleared:
        to_address(audit.Filters())
        st.rerun()
    if pressed and since and until and since > until:
        st.error("Tanggal “sejak” sesudah tanggal “sampai dengan”. Perbaiki dahulu.")
    elif pressed:
        to_address(audit.Filters(who, tuple(kinds), subject, since, until))
        st.rerun()


def as_csv() -> bytes:
    """All that the filters leave; that it was taken is in the log, too."""
    found = audit.exported(register, actor, filters)
    return plain_csv(pd.DataFrame([_row(row) for row in found], columns=HEADINGS))


HEADINGS = ["Waktu (WIB)", "Siapa", "Apa", "Tentang", "Keterangan"]


def _row(row: dict) -> tuple[str, ...]:
    when = words.moment(row["happened_at"])
    return when, audit_words.who(row), audit_words.kind(row["kind"]), audit_words.about(row), audit_words.details(row)


st.title("Audit", anchor=False)
st.caption("Setiap catatan terkait dengan catatan sebelumnya: perubahan diam-diam terlihat pada pemeriksaan register.")
filters = from_address()
filter_bar(filters)
page_key = f"audit-page-{hash(filters)}"
page = st.session_state.get(page_key, 1)
found, total = audit.listed(register, actor, filters, page)
if not total:
    st.info("Tidak ada catatan yang cocok. Masuk, unduhan, pembukaan data rahasia, dan pengaturan tercatat di sini.")
    st.stop()
pages = math.ceil(total / audit.PAGE)
bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
bar.markdown(f"**{words.number(total)}** catatan · halaman {words.number(page)} dari {words.number(pages)}")
bar.download_button("Unduh CSV", data=as_csv, file_name="audit.csv", mime="text/csv", on_click="ignore")
cells = [[words.safe(cell) for cell in _row(row)] for row in found]
lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
heads = "".join(f"<th>{title}</th>" for title in HEADINGS)
st.html(
    f"<div class='w-scroll'><table class='w-table'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
)
st.pagination(pages, key=page_key)
