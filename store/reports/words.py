"""The words of a report: its title, the names of its parts, and a first text that the figures alone can write."""

from datetime import date

from .. import figures
from ..rules.indonesian import CHANNELS, FULL_MONTHS, MONTHS, number
from .contents import Period

UNKNOWN = {"departments": "Tim Kota (tanpa OPD)", "categories": "Belum ditentukan", "kelurahan": "Belum diketahui"}
PARTS = {
    "now": "Ringkasan",
    "departments": "OPD",
    "categories": "Kategori",
    "kelurahan": "Kelurahan",
    "channels": "Saluran",
    "course": "Perjalanan",
}


def name_of(period: Period) -> str:
    """ "November 2026" or "2026"."""
    return str(period.first.year) if period.kind == "yearly" else month_name(period.first)


def month_name(day: date) -> str:
    return f"{FULL_MONTHS[day.month - 1]} {day.year}"


def title(period: Period) -> str:
    kind = "Laporan Tahunan" if period.kind == "yearly" else "Laporan Bulanan"
    return f"{kind} Pengaduan Masyarakat {name_of(period)}"


def group_name(part: str, code: str, basis: dict) -> str:
    """What a group of a report is called, as it was called then."""
    if part == "channels":
        return CHANNELS.get(code, code)
    return basis["names"][part].get(code, code) if code else UNKNOWN[part]


def step_name(step: str) -> str:
    """A day or a month of the course: "3" or "Nov"."""
    return MONTHS[int(step[5:7]) - 1] if len(step) == 7 else str(int(step[8:10]))


def first_words(period: Period, found: dict, basis: dict) -> str:
    """The text that an officer goes on from."""
    now, before = found["now"], found.get("last_month") or found["last_year"]
    back = "bulan sebelumnya" if "last_month" in found else "tahun sebelumnya"
    service = basis["service"]

    def shown(code: str) -> str:
        return figures.shown(code, now[code])

    if not now["received"]:
        return (
            f"Selama {name_of(period)} tidak ada aduan yang diterima {service['name']} {service['city']}. "
            f"Pada {back} diterima {number(before['received'])} aduan."
        )
    lines = [
        f"Selama {name_of(period)}, {service['name']} {service['city']} menerima {shown('received')} aduan "
        f"({back}: {number(before['received'])}). Dalam masa yang sama {shown('ended')} aduan berakhir.",
        f"Dari aduan yang sudah dapat dinilai, {shown('within_promise')} selesai dalam janji pelayanan "
        f"({service['promise']}) dan {shown('within_outer')} dalam batas terakhir. Separuh pelapor menerima hasil "
        f"dalam {shown('result_median')} atau lebih cepat.",
    ]
    categories = sorted(
        ((group["received"], code) for code, group in found["categories"].items() if code and group["received"]),
        key=lambda pair: (-pair[0], pair[1]),
    )[:3]
    if categories:
        named = ", ".join(f"{group_name('categories', code, basis)} ({number(count)})" for count, code in categories)
        lines.append(f"Aduan terbanyak mengenai {named}.")
    lines.append(
        f"Sebanyak {shown('confirmed')} aduan dikonfirmasi selesai oleh pelapor, {shown('by_officer')} ditutup "
        f"petugas, {shown('silence')} selesai tanpa tanggapan pelapor, dan {shown('scheduled')} terjadwal. "
        f"{shown('reopened')} aduan dibuka kembali."
    )
    return "\n\n".join(lines)
