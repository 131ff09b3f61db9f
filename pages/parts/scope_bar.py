"""What Analitik is asked of: a period by its name or its days, and filters; all of it stands in the address."""

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from store import access, queries
from store.clock import today
from store.figures import Scope
from store.rules.workflow import Actor

from . import address, house, words
from .filters import from_address, kecamatan, many, unknown
from .names import categories_of, kelurahan_of, names_of

PERIODS = {
    "30": "30 hari",
    "90": "90 hari",
    "bulan": "Bulan ini",
    "bulan-lalu": "Bulan lalu",
    "12": "12 bulan",
    "tahun": "Tahun ini",
    "tahun-lalu": "Tahun lalu",
}
DEFAULT = "90"
# As far back as anything is asked for: a slip of the finger in a year must not draw centuries of days.
_LONGEST = timedelta(days=366 * 10)


@dataclass(frozen=True)
class View:
    """A scope, how the address says it (`query`, for Daftar and for this page), and how people say it (`words`)."""

    scope: Scope
    query: tuple[tuple[str, str], ...]
    words: str

    def cases(self, **more: str | date | None) -> str:
        """The address of Daftar with these filters and more; what is None is left out."""
        return address.cases(**dict(self.query) | {"dari": self.scope.since, "sampai": self.scope.until} | more)


def days_of(period: str, now: date) -> tuple[date, date]:
    """The first and the last day of a named period."""
    first = now.replace(day=1)
    if period == "bulan":
        return first, now
    if period == "bulan-lalu":
        return (first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)
    if period == "12":
        # Whole months, so that each can be held against the others; the last one runs.
        return date(first.year - (first.month < 12), first.month % 12 + 1, 1), now
    if period == "tahun":
        return first.replace(month=1), now
    if period == "tahun-lalu":
        return date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)
    return now - timedelta(days=int(period) - 1), now


def scope_bar(actor: Actor) -> View:
    """Draw the bar, filled from the address; what is chosen is written back to it."""
    reference = queries.to_filter_by(house.desk().register, from_address())
    view = from_query(actor, reference)
    period = st.query_params.get("masa", DEFAULT)
    own = bool(st.query_params.get("dari") or st.query_params.get("sampai"))
    chosen = st.segmented_control(
        "Masa",
        list(PERIODS),
        default=None if own else period if period in PERIODS else DEFAULT,
        format_func=PERIODS.get,
        label_visibility="collapsed",
        key=f"period-{period}-{own}",
    )
    if chosen and (own or chosen != period) and not (chosen == DEFAULT and period not in PERIODS):
        _go(dict(view.query) | {"masa": chosen})
    _filters(actor, view, reference, own)
    st.html(f"<div class='w-asof'>{words.safe(view.words)}</div>")
    strange = unknown(from_address())
    if strange:
        st.html(f"<div class='w-note'>{words.safe(strange)}</div>")
    return view


def from_query(actor: Actor, reference: dict) -> View:
    """The view as the address says; what cannot be read is left out rather than guessed."""
    given = from_address()
    period = st.query_params.get("masa", DEFAULT)
    since, until = days_of(period if period in PERIODS else DEFAULT, today())
    if given.since or given.until:
        until = given.until or today()
        since = given.since or until - timedelta(days=89)
    if since > until:
        since, until = until, since
    since = max(since, until - _LONGEST)
    in_place = [code for code, row in reference["kelurahan"].items() if row["kecamatan"] == given.kecamatan]
    # A kecamatan that nobody knows has no cases: "" is nobody's kelurahan ("-" are those without one).
    kelurahan = given.kelurahan or tuple(in_place) or (("",) if given.kecamatan else ())
    scope = Scope(
        actor, since, until, given.departments, given.categories, kelurahan, given.channels, given.without_confidential
    )
    query = {
        "opd": ",".join(given.departments),
        "kategori": ",".join(given.categories),
        "kel": ",".join(given.kelurahan),
        "kec": given.kecamatan if not given.kelurahan else "",
        "saluran": ",".join(given.channels),
        "rahasia": "tanpa" if given.without_confidential else "",
    }
    kept = tuple((key, value) for key, value in query.items() if value)
    return View(scope, kept, _said(scope, query, reference))


def _filters(actor: Actor, view: View, reference: dict, own: bool) -> None:
    scope, query = view.scope, dict(view.query)
    departments = names_of(reference["departments"])
    if access.visible(actor):
        departments = {code: name for code, name in departments.items() if code in actor.departments}
    mark = f"{scope.since}{scope.until}{view.query}"
    label = "Saringan" + (f" ({len(view.query)} dipakai)" if view.query else "")
    with st.expander(label, icon="🔎"), st.form(f"scope-{mark}", border=False):
        first = st.columns(4)
        since = first[0].date_input("Sejak", value=scope.since, format="DD/MM/YYYY")
        until = first[1].date_input("sampai dengan", value=scope.until, format="DD/MM/YYYY")
        opd = many(first[2], "OPD", departments, scope.departments)
        categories = many(first[3], "Kategori", categories_of(reference), scope.categories)
        second = st.columns(4)
        place = kecamatan(second[0], reference, query.get("kec", ""))
        chosen = tuple(query.get("kel", "").split(",")) if query.get("kel") else ()
        kelurahan = many(second[1], "Kelurahan", kelurahan_of(reference), chosen)
        channels = many(second[2], "Saluran", words.CHANNELS, scope.channels)
        hidden = second[3].checkbox("Tanpa yang rahasia", value=scope.without_confidential)
        with st.container(horizontal=True):
            pressed = st.form_submit_button("Tampilkan", type="primary")
            cleared = st.form_submit_button("Hapus saringan")
    if cleared:
        _go({})
    if pressed:
        if not since or not until or since > until:
            st.error("Isi kedua tanggalnya; “sejak” tidak boleh sesudah “sampai dengan”.")
            return
        days = {"dari": since.isoformat(), "sampai": until.isoformat()}
        same = not own and (since, until) == (scope.since, scope.until)
        period = {"masa": st.query_params.get("masa", "")} if same else days
        _go(
            period
            | {"opd": ",".join(opd), "kategori": ",".join(categories), "kel": ",".join(kelurahan)}
            | {"kec": "" if kelurahan else place, "saluran": ",".join(channels), "rahasia": "tanpa" if hidden else ""}
        )


def _go(query: dict[str, str]) -> None:
    """The same page with another address; the section stays."""
    section = {"bagian": st.query_params.get("bagian", "")}
    st.query_params.from_dict({key: value for key, value in (query | section).items() if value})
    st.rerun()


def _said(scope: Scope, query: dict[str, str], reference: dict) -> str:
    """The period and the filters as a sentence, for the page and for every file."""
    names = {
        "OPD": (scope.departments, names_of(reference["departments"])),
        "kategori": (scope.categories, categories_of(reference)),
        "saluran": (scope.channels, words.CHANNELS),
    }
    said = [f"{words.day(scope.since)}–{words.day(scope.until)}"]
    for label, (codes, known) in names.items():
        if codes:
            said.append(f"{label}: {', '.join(known.get(code, code) for code in codes)}")
    if query["kec"]:
        said.append(f"kecamatan: {query['kec']}")
    elif scope.kelurahan:
        known = kelurahan_of(reference)
        said.append(f"kelurahan: {', '.join(known.get(code, code) for code in scope.kelurahan)}")
    if scope.without_confidential:
        said.append("tanpa yang rahasia")
    if access.visible(scope.viewer):
        said.append(f"hanya aduan pada {', '.join(sorted(scope.viewer.departments))}")
    return " · ".join(said)
