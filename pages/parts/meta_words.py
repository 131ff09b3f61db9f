"""Meta's words about templates and requests, as an administrator can act on them."""

from store import meta, templates
from store.rules.texts import DIGEST_TEMPLATE, NEWS_TEMPLATE

from . import words

USES = {
    NEWS_TEMPLATE: "Kabar kepada pelapor sesudah 24 jam",
    DIGEST_TEMPLATE: "Ringkasan tugas kepada petugas",
}
# A sign and words for each of Meta's statuses.
STATUSES = {
    "APPROVED": ("✓", "disetujui"),
    "REINSTATED": ("✓", "disetujui kembali"),
    "UNARCHIVED": ("✓", "dibuka dari arsip"),
    "FLAGGED": ("!", "mendapat keluhan, masih dapat dikirim"),
    "PENDING": ("◔", "sedang diperiksa Meta"),
    "IN_APPEAL": ("◔", "banding sedang diperiksa Meta"),
    "REJECTED": ("✕", "ditolak Meta"),
    "PAUSED": ("‖", "dijeda Meta"),
    "DISABLED": ("✕", "dinonaktifkan Meta"),
    "LIMIT_EXCEEDED": ("✕", "batas jumlah templat terlampaui"),
    "ARCHIVED": ("‖", "diarsipkan Meta"),
    "PENDING_DELETION": ("✕", "sedang dihapus"),
    "DELETED": ("✕", "dihapus"),
    "UNKNOWN": ("?", "belum diketahui"),
}
REASONS = {
    "ABUSIVE_CONTENT": "isinya dianggap melanggar ketentuan",
    "CATEGORY_NOT_AVAILABLE": "kategori itu tidak tersedia",
    "INCORRECT_CATEGORY": "kategorinya dianggap tidak sesuai",
    "INVALID_FORMAT": "bentuk tulisannya tidak sesuai ketentuan",
    "PROMOTIONAL": "dianggap promosi",
    "SCAM": "dianggap penipuan",
    "TAG_CONTENT_MISMATCH": "isinya dianggap tidak sesuai kategorinya",
}
QUALITIES = {"GREEN": "baik", "YELLOW": "sedang", "RED": "buruk"}
CATEGORIES = {"UTILITY": "layanan", "MARKETING": "pemasaran", "AUTHENTICATION": "kode masuk"}
_ADVICE = {
    "": "Buat di halaman Templat WhatsApp.",
    "PENDING": "Biasanya selesai dalam beberapa menit, paling lama sehari.",
    "REJECTED": "Ajukan banding di WhatsApp Manager, bagian templat pesan.",
    "PAUSED": "Meta membukanya lagi sendiri setelah beberapa jam.",
    "DISABLED": "Ajukan banding di WhatsApp Manager, bagian templat pesan.",
    "ARCHIVED": "Buka dari arsip di WhatsApp Manager, bagian templat pesan.",
    "LIMIT_EXCEEDED": "Hapus templat yang tidak dipakai di WhatsApp Manager.",
}
_LOST = {
    NEWS_TEMPLATE: "Sampai disetujui, kabar sesudah 24 jam tidak sampai; aduannya muncul di Telepon pelapor.",
    DIGEST_TEMPLATE: "Sampai disetujui, ringkasan tugas tidak sampai ke petugas.",
}
ASKED = {
    meta.CREATE: "Membuat templat yang belum ada",
    meta.READ: "Membaca daftar dari Meta",
    meta.PUBLISH: "Menerbitkan formulir",
}
REQUEST_STATES = {"waiting": "menunggu", "running": "sedang berjalan", "done": "selesai", "failed": "gagal"}


def status(row: dict, asked: bool) -> str:
    """How a template stands, with the reason where Meta gave one.

    :param asked: whether Meta was ever asked for its list
    """
    if not row["status"]:
        return "✕ belum dibuat" if asked else "? belum diketahui"
    sign, said = STATUSES.get(row["status"], ("?", f"keadaan lain: {row['status']}"))
    reason = row["reason"]
    return f"{sign} {said}" + (f" ({REASONS.get(reason, 'alasan ' + reason)})" if reason else "")


def advice(name: str, found: str) -> str:
    """What to do about a needed template that Meta does not send now, and what is missed meanwhile."""
    return f"{_ADVICE.get(found, 'Periksa di WhatsApp Manager, bagian templat pesan.')} {_LOST.get(name, '')}".strip()


def trouble(row: dict) -> str:
    """One line for the health page, about an entry of `templates.trouble`."""
    how = status(row, True).split(" ", 1)[1]
    return f"Templat “{USES[row['name']]}” ({row['name']}) {how}. {advice(row['name'], row['status'])}"


def details(row: dict) -> str:
    """Quality, category and when Meta was heard last, in one line."""
    said = [f"mutu {QUALITIES[row['quality']]}"] if row["quality"] in QUALITIES else []
    if row["category"]:
        said.append(f"kategori {CATEGORIES.get(row['category'], row['category'])}")
    if row["heard_at"]:
        said.append(f"kabar terakhir {words.moment(row['heard_at'])}")
    return " · ".join(said)


def warnings(row: dict) -> list[str]:
    """What is odd about a needed template at Meta, though it may be approved."""
    found = []
    if row["differs"]:
        found.append("Isi di Meta berbeda dengan isi yang dipakai layanan ini. Samakan di WhatsApp Manager.")
    if row["status"] and row["category"] not in ("", templates.CATEGORY):
        found.append("Meta mengubah kategorinya: tidak lagi templat layanan. Biayanya lain dan pengirimannya dibatasi.")
    return found


def failure(error: dict) -> str:
    """Why Meta was not asked with success, and what to do."""
    kind = error.get("kind")
    if kind == "network":
        return "Meta tidak dapat dihubungi. Periksa sambungan internet server, lalu coba lagi."
    if kind == "flow":
        return f"Meta menemukan kesalahan pada formulir. Kata Meta: “{error.get('text', '')}”"
    if kind != "meta":
        return "Jawaban Meta tidak dapat dimengerti. Coba lagi beberapa menit lagi."
    code, subcode = error.get("code"), error.get("subcode")
    known = _SUBCODES.get(subcode) or _CODES.get(code) or (_NO_RIGHT if code in range(200, 300) else None)
    if known:
        return known
    more = f", {subcode}" if subcode else ""
    return f"Meta menolak permintaan ini (kode {code}{more}). Kata Meta: “{error.get('text', '')}”"


_NO_RIGHT = (
    "Token WhatsApp ini tidak berhak mengelola templat. Di Meta Business, beri pengguna sistemnya izin "
    "“whatsapp_business_management” untuk akun ini, lalu coba lagi."
)
_CODES = {
    190: "Token WhatsApp tidak berlaku lagi. Buat token baru di Meta, tulis di .env (WHATSAPP_TOKEN), lalu jalankan "
    "ulang aplikasi.",
    0: "Token WhatsApp tidak diterima Meta. Periksa WHATSAPP_TOKEN di .env.",
    3: _NO_RIGHT,
    10: _NO_RIGHT,
    4: "Terlalu banyak permintaan ke Meta. Tunggu satu jam, lalu coba lagi.",
    80007: "Terlalu banyak permintaan ke Meta. Tunggu satu jam, lalu coba lagi.",
    368: "Akun WhatsApp ini dibatasi Meta. Lihat pemberitahuannya di Meta Business.",
    131031: "Akun WhatsApp ini dikunci Meta. Lihat pemberitahuannya di Meta Business.",
    1: "Meta sedang bermasalah. Coba lagi beberapa menit lagi.",
    2: "Meta sedang bermasalah. Coba lagi beberapa menit lagi.",
    139000: "Meta belum mengizinkan akun ini membuat formulir. Selesaikan verifikasi bisnis di Meta Business.",
}
_SUBCODES = {
    33: "Akun WhatsApp Business itu tidak dikenal Meta, atau bukan milik token ini. Periksa WHATSAPP_BUSINESS_ID di "
    ".env.",
    2388024: "Templat bernama itu sudah ada di Meta. Tekan “Perbarui dari Meta”.",
    2388023: "Templat bernama itu sedang dihapus di Meta. Namanya baru dapat dipakai lagi setelah beberapa minggu.",
}


def outcome(request: dict) -> list[str]:
    """What became of a request, in sentences."""
    told = request["outcome"]
    if told.get("error"):
        return [failure(told["error"])]
    said = [f"Dibuat: {', '.join(told['made'])}."] if told.get("made") else []
    said += [f"{each['name']}: {failure(each['error'])}" for each in told.get("refused", ())]
    if request["kind"] == meta.CREATE and request["state"] == "done" and not told.get("made"):
        said.append("Semua templat sudah ada di Meta.")
    return said
