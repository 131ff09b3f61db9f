"""What the columns and the stored values of an export are called."""

from store import figures
from store.queries import Filters

from . import words
from .filters import days_of
from .mark_words import said
from .names import categories_of, kelurahan_of, names_of

HEADINGS = {
    "number": "nomor", "channel": "saluran", "kind": "jenis", "confidential": "rahasia", "state": "status",
    "category": "kategori", "department": "OPD utama", "departments": "OPD", "kelurahan": "kelurahan",
    "kecamatan": "kecamatan", "received_at": "diterima (WIB)", "promise_due_at": "tenggat janji (WIB)",
    "outer_due_at": "batas terakhir (WIB)", "due_at": "tenggat yang berjalan (WIB)",
    "promised_at": "dijanjikan (WIB)", "first_answer_at": "jawaban pertama (WIB)", "forwarded_at": "diteruskan (WIB)",
    "accepted_at": "diterima OPD (WIB)", "result_at": "hasil (WIB)", "stopped_at": "jam berhenti (WIB)",
    "ended_at": "berakhir (WIB)", "closing": "cara berakhir", "returned_count": "kali dikembalikan",
    "reopened_count": "kali dibuka kembali", "message_count": "jumlah pesan", "media_count": "jumlah lampiran",
    "rating": "penilaian", "reporter_name": "nama pelapor", "reporter_contact": "kontak pelapor", "address": "alamat",
    "latitude": "lintang", "longitude": "bujur", "summary": "ringkasan", "full_text": "teks lengkap",
    "result_text": "hasil tindak lanjut", "rating_words": "kata penilaian",
}  # fmt: skip
VALUES = {
    "channel": words.CHANNELS,
    "kind": words.KINDS,
    "state": words.STATES,
    "closing": words.CLOSINGS,
    "confidential": {True: "ya", False: "tidak"},
}


def described(filters: Filters, reference: dict[str, dict]) -> list[str]:
    """The filters that are on, each as a line of words.

    :param reference: the tables of `queries.known`
    """

    def names(known: dict[str, str], codes: tuple[str, ...]) -> str:
        return ", ".join(known.get(code, code) for code in codes)

    departments, day = names_of(reference["departments"]), days_of(filters.only)
    lines = {
        "Cari": filters.text and f"“{filters.text}”",
        "Keadaan": filters.only and figures.FIGURES[filters.only].name,
        "Tanda": filters.mark and said(filters.mark, departments),
        "Status": names(words.STATES, filters.states),
        "OPD": names(departments, filters.departments),
        "Kategori": names(categories_of(reference), filters.categories),
        "Kelurahan": names(kelurahan_of(reference), filters.kelurahan),
        "Kecamatan": filters.kecamatan,
        "Saluran": names(words.CHANNELS, filters.channels),
        day: filters.since and f"{filters.since:%d/%m/%Y}",
        day.replace("sejak", "sampai dengan"): filters.until and f"{filters.until:%d/%m/%Y}",
        "Rahasia": filters.without_confidential and "tidak termasuk",
    }
    return [f"{name}: {value}" for name, value in lines.items() if value]
