"""What a mark of a chart stands for, in words."""

from datetime import date

from store.figures import marks
from store.rules.indonesian import FULL_DAYS

from . import words

_NOW = {
    "jalan": "Yang belum berakhir dan masih dalam tenggat",
    "henti": "Yang belum berakhir dan jamnya berhenti: menunggu pelapor, atau hasil sudah dikirim",
    "nilai": "Yang sudah dinilai pelapor, kapan pun dinilai",
}
_OF_DEPARTMENT = {
    "kembali": "Yang pernah dikembalikan oleh {}",
    "utama": "Yang OPD utamanya {}",
    "terima": "Yang bagiannya sudah diterima oleh {}",
    "hasil": "Yang hasilnya dikirim sesudah diteruskan ke {}",
}


def said(mark: str, departments: dict[str, str]) -> str:
    """:param departments: names by code"""
    found = marks.parsed(mark)
    if not found:
        return ""
    (kind, given), value = found, mark.partition(":")[2]
    if kind in _NOW:
        return _NOW[kind]
    if kind in _OF_DEPARTMENT:
        return _OF_DEPARTMENT[kind].format(departments.get(value, value))
    if kind == "jam":
        hour = given["hour"]
        return f"Yang datang pada hari {FULL_DAYS[given['weekday'] - 1]} pukul {hour:02d}.00–{hour:02d}.59 WIB"
    if kind == "alih":
        before, after = (words.STATES[state] for state in marks.steps(mark))
        return f"Yang pernah beralih dari “{before}” ke “{after}”"
    if kind == "petak":
        return "Yang lokasinya dibagikan dalam satu petak peta (sekitar 220 × 220 meter), tanpa yang rahasia"
    if kind == "terbuka":
        return f"Yang belum berakhir pada akhir hari {words.day(date.fromisoformat(value))}"
    if kind == "kata":
        return f"Yang kalimat pembukanya memuat kata “{given['word']}”, tanpa yang rahasia"
    first, last = (words.day(date.fromisoformat(day)) for day in value.split("_"))
    return f"Yang berakhir {first}" + (f"–{last}" if last != first else "")
