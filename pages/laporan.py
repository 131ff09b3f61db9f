"""Laporan: the monthly and the yearly report: counted, worded, issued, and counted again."""

import streamlit as st

from pages.parts import house, report_compare, words
from pages.parts.markdown import plain
from pages.parts.session import require_role
from store import figures, reports
from store.clock import now as clock_now
from store.clock import today
from store.reports import keeping, tables
from store.reports import words as report_words
from store.rules.errors import StoreError
from store.rules.workflow import Actor, Role

KINDS = {"monthly": "Bulanan", "yearly": "Tahunan"}
SHOWN = ("received", "ended", "first_within_day", "within_promise", "within_outer", "result_median", "reopened_share")
actor = require_role(Role.CITY, Role.OFFICIAL, Role.LEADER)
writes = actor.has(Role.CITY, Role.OFFICIAL)
desk = house.desk()


def name_of(row: dict) -> str:
    """A report in the list: what it is of, and whether it is issued."""
    name = report_words.name_of(reports.Period(row["kind"], row["first"]))
    if row["state"] == keeping.ISSUED:
        return f"✓ {name} · edisi {row['edition']} · terbit {words.moment(row['issued_at'])}"
    return f"✎ {name} · konsep"


def refused(error: StoreError) -> None:
    st.error(plain(words.refusal(error)), icon="⚠️")


def new(actor: Actor) -> None:
    """Make a draft by a press."""
    with st.expander("Buat konsep laporan", icon="➕"):
        st.caption("Konsep laporan bulan lalu juga dibuat sendiri pada hari kerja pertama.")
        kind = st.radio("Jenis", list(KINDS), format_func=KINDS.get, horizontal=True)
        periods = reports.finished_periods(kind, today())
        period = st.selectbox("Masa", periods, format_func=report_words.name_of, key=f"period-{kind}")
        if st.button("Buat konsep", type="primary"):
            try:
                with st.spinner("Menghitung …"):
                    made = reports.draft(desk, actor, period)
            except StoreError as error:
                refused(error)
                return
            st.query_params["no"] = str(made)
            st.rerun()


def choose(listed: list[dict]) -> int | None:
    """The report that is open: the one of the address, or the newest."""
    ids = [row["id"] for row in listed]
    asked = st.query_params.get("no", "")
    present = int(asked) if asked.isdecimal() and int(asked) in ids else ids[0]
    rows = {row["id"]: row for row in listed}
    chosen = st.selectbox(
        "Laporan", ids, index=ids.index(present), format_func=lambda i: name_of(rows[i]), key=f"reports-{present}"
    )
    if chosen != present:
        st.query_params["no"] = str(chosen)
        st.rerun()
    return present


def write(report: reports.Report) -> None:
    """The words of a draft, and its presses. What is typed is kept as soon as the field is left."""
    key = f"words-{report.id}-{report.version}"

    def keep() -> None:
        try:
            reports.change_words(desk, actor, report.id, report.version, st.session_state[key])
        except StoreError as error:
            st.session_state["report-refused"] = (words.refusal(error), st.session_state[key])

    st.text_area(
        "Kata pengantar (halaman pertama)", value=report.words, key=key, height=300, on_change=keep,
        max_chars=keeping.WORDS_LIMIT,
    )  # fmt: skip
    st.caption(
        "Tanpa nama, nomor telepon, atau alamat pelapor: laporan yang terbit tidak diubah lagi. Disimpan saat Anda "
        "meninggalkan kolom ini. “Hitung ulang angka” menghitung konsep sampai saat ini; kata "
        "pengantar tetap."
    )
    lost = st.session_state.pop("report-refused", None)
    if lost:
        st.error(plain(lost[0]), icon="⚠️")
        st.code(lost[1], language=None, wrap_lines=True)
    with st.container(horizontal=True):
        pressed = {
            "count": st.button("Hitung ulang angka"),
            "issue": st.button("Terbitkan …", type="primary"),
            "discard": st.button("Hapus konsep …"),
        }
    if pressed["count"]:
        act(lambda: reports.count_again(desk, actor, report.id, report.version))
    if pressed["issue"]:
        confirm(report, "issue")
    if pressed["discard"]:
        confirm(report, "discard")


@st.dialog("Yakin?")
def confirm(report: reports.Report, step: str) -> None:
    """Ask once: neither can be undone."""
    name = report_words.title(report.period)
    if step == "issue":
        st.write(f"{name} diterbitkan dengan angka per {tables.asof(report)} dan dapat dibaca Pimpinan.")
        st.write("Sesudah terbit, angka dan kata pengantarnya tidak dapat diubah; koreksi menjadi edisi baru.")
        if st.button("Terbitkan", type="primary"):
            act(lambda: reports.issue(desk, actor, report.id, report.version))
    else:
        st.write(f"Konsep {name} dihapus bersama kata pengantarnya.")
        if st.button("Hapus konsep", type="primary"):
            act(lambda: reports.discard(desk, actor, report.id, report.version))


def act(step) -> None:
    try:
        with st.spinner("Menghitung …"):
            step()
    except StoreError as error:
        refused(error)
        return
    st.rerun()


def show(report: reports.Report) -> None:
    """The chief numbers and the files."""
    links = "".join(
        f"<a class='w-press' href='/laporan-berkas/{report.id}.{kind}' target='_blank'>{label}</a> "
        for kind, label in (("pdf", "Buka PDF"), ("xlsx", "Unduh XLSX"))
    )
    st.html(links)
    columns = tables.periods(report)
    head = "".join(f"<th class='n'>{words.safe(name)}</th>" for name in columns.values())
    lines = ""
    for code in (*SHOWN, *figures.CLOSINGS):
        figure = figures.FIGURES[code]
        cells = "".join(f"<td class='n'>{figures.shown(code, report.figures[name][code])}</td>" for name in columns)
        lines += f"<tr><td title='{words.safe(figure.definition)}'>{words.safe(figure.name)}</td>{cells}</tr>"
    st.html(
        f"<div class='w-asof'>Angka per {tables.asof(report)}</div><table class='w-table'><thead><tr><th>Angka</th>"
        f"{head}</tr></thead><tbody>{lines}</tbody></table>"
    )


def compare(report: reports.Report) -> None:
    """Count again: as of the report's own moment, and as of now."""
    st.subheader("Bandingkan", anchor=False)
    st.caption(
        "Menghitung ulang laporan ini dari riwayat semua aduan: sekali dengan keadaan pada saat itu, sekali dengan "
        "keadaan sekarang."
    )
    if not st.button("Hitung ulang dan bandingkan"):
        return
    with st.spinner("Menghitung dari riwayat …"):
        same = reports.same_as_then(desk, report)
        changed = reports.differences(report.figures, reports.count_today(desk, report))
    if same:
        st.success("Hitungan ulang dengan keadaan pada saat itu sama persis dengan laporan.", icon="✅")
    else:
        st.error("Hitungan ulang tidak sama dengan laporan. Sampaikan kepada Administrator.", icon="⚠️")
    if not changed:
        st.info("Tidak ada angka yang berbeda bila dihitung sekarang.")
        return
    report_compare.show(report, changed, clock_now())


st.title("Laporan", anchor=False)
if writes:
    new(actor)
listed = reports.listed(desk, actor)
if not listed:
    st.info(
        "Belum ada laporan. Konsep laporan bulanan dibuat sendiri pada hari kerja pertama sesudah bulannya berakhir."
        if writes
        else "Belum ada laporan yang diterbitkan. Laporan tampil di sini setelah Tim Kota menerbitkannya."
    )
    st.stop()
report = reports.report(desk, actor, choose(listed))
st.subheader(report_words.title(report.period), anchor=False)
if report.issued:
    issuer = words.safe(report.issuer or report.issued_by)
    st.html(
        f"<div class='w-about'>✓ Terbit {words.moment(report.issued_at)} oleh {issuer}, edisi {report.edition}</div>"
    )
    show(report)
    st.html(f"<div class='w-note'>{words.safe(report.words)}</div>")
    compare(report)
else:
    st.html("<div class='w-about'>✎ Konsep, belum diterbitkan: hanya Tim Kota dan Pejabat yang melihatnya.</div>")
    show(report)
    write(report)
