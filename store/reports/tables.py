"""The tables of a report as both files show them: headings, and rows of plain values with what each value is."""

from dataclasses import dataclass
from datetime import timedelta

from .. import figures
from ..rules.deadline import to_jakarta
from ..rules.indonesian import number
from . import words
from .keeping import Report

# Below this many a share or a median says little.
FEW = 10
SUMMARY = (
    "received", "ended", "first_within_day", "first_answer_median", "first_answer_p90", "within_promise",
    "within_outer", "result_median", "result_p90", "returned_share", "reopened_share", "reopened", "rating_mean",
    "ratings",
)  # fmt: skip
OTHER_ENDS = ("answered", "referred", "duplicate", "rejected", "withdrawn", "archived")
PRESENT = ("open", "overdue", "in_triage", "with_departments", "awaiting_reporter", "scheduled_now", "call_reporter")
LEAD = (
    "Setiap aduan dihitung sekali, pada OPD utamanya saat ini. Analitik dan Daftar menghitungnya pada setiap OPD yang "
    "memegang bagiannya."
)
COMPARED = {"last_month": "Bulan lalu", "last_year": "Setahun lalu"}


@dataclass(frozen=True)
class Column:
    """A heading and the kind of its values: `text`, `count`, `share`, `hours`, `mean`."""

    heading: str
    kind: str = "count"


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple]


_GROUP = (
    Column("Diterima"),
    Column("Berakhir"),
    Column("Belum berakhir"),
    Column("Dijawab ≤ 1 hari kerja", "share"),
    Column("Dalam janji", "share"),
    Column("dari aduan dinilai"),
    Column("Dalam batas terakhir", "share"),
    Column("Hasil, nilai tengah (jam)", "hours"),
    Column("dari aduan yang ada hasilnya"),
    Column("Dikembalikan OPD"),
    Column("Dibuka kembali"),
    Column("Nilai rata-rata", "mean"),
    Column("dari penilaian"),
)


def course(report: Report) -> Table:
    by = "Bulan" if report.kind == "yearly" else "Tanggal"
    rows = [(row["step"], row["received"], row["ended"]) for row in report.figures["course"]]
    return Table("Perjalanan", (Column(by, "text"), Column("Diterima"), Column("Berakhir")), rows)


def group(report: Report, part: str) -> Table:
    """One group's figures, the largest first."""
    heading = Column(words.PARTS[part], "text")
    found = sorted(report.figures[part].items(), key=lambda item: (-item[1]["received"], item[0]))
    rows = [(words.group_name(part, code, report.basis), *_values(numbers)) for code, numbers in found]
    return Table(words.PARTS[part], (heading, *_GROUP), rows)


def _values(n: dict) -> tuple:
    return (
        n["received"],
        n["ended"],
        n["open"],
        share(n["first_kept"], n["first_decided"]),
        share(n["promise_kept"], n["promise_decided"]),
        n["promise_decided"],
        share(n["outer_kept"], n["outer_decided"]),
        n.get("result_median"),
        n["with_result"],
        n["returned"],
        n["ever_reopened"],
        n.get("rating_mean"),
        n["ratings"],
    )


def share(part: int, base: int) -> float | None:
    return part / base if base else None


def periods(report: Report) -> dict[str, str]:
    """The periods that are held side by side, by what they are called."""
    first = report.first
    before = {"now": words.name_of(report.period)}
    if "last_month" in report.figures:
        before["last_month"] = words.month_name(first - timedelta(days=1))
    year = first.replace(year=first.year - 1)
    before["last_year"] = str(year.year) if report.kind == "yearly" else words.month_name(year)
    return before


def asof(report: Report) -> str:
    local = to_jakarta(report.as_of)
    return f"{local.day} {words.month_name(local.date())} pukul {local:%H.%M} WIB"


def definitions() -> list[tuple[str, str]]:
    """The figures of a report with how each is counted."""
    codes = dict.fromkeys((*SUMMARY, *figures.CLOSINGS, *OTHER_ENDS, *PRESENT))
    return [*((figures.FIGURES[code].name, figures.FIGURES[code].definition) for code in codes), ("Menurut OPD", LEAD)]


def aim(code: str) -> str:
    figure = figures.FIGURES[code]
    if figure.aim is None:
        return ""
    return f"{'≤' if figure.better == 'less' else '≥'} {number(figure.aim * 100)} %"
