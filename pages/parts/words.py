"""What people read on the pages: words for stored values, sentences for refusals, Indonesian dates and numbers."""

import html
from datetime import datetime, timedelta

from store.rules.deadline import to_jakarta
from store.rules.errors import Conflict, NotFound, RuleBroken, StoreError
from store.rules.indonesian import MONTHS, clock, day, day_name, moment, number, percent

__all__ = ["MONTHS", "clock", "day", "day_name", "moment", "number", "percent"]

STATES = {
    "received": "Diterima",
    "awaiting_reporter": "Menunggu kelengkapan",
    "answered": "Dijawab",
    "forwarded": "Diteruskan ke OPD",
    "returned": "Dikembalikan ke Tim Kota",
    "accepted": "Diterima OPD",
    "in_progress": "Ditindaklanjuti",
    "scheduled": "Terjadwal",
    "in_review": "Verifikasi hasil",
    "awaiting_confirmation": "Menunggu tanggapan pelapor",
    "closed": "Selesai",
    "reopened": "Dibuka kembali",
    "rejected": "Ditolak (spam)",
    "duplicate": "Duplikat",
    "referred": "Dilimpahkan",
    "withdrawn": "Dicabut",
    "archived": "Arsip (tidak lengkap)",
}
CLOSINGS = {
    "confirmed": "dikonfirmasi pelapor",
    "by_officer": "ditutup petugas",
    "silence": "tanpa tanggapan pelapor",
}
CHANNELS = {
    "WA": "WhatsApp",
    "TLP": "Telepon",
    "EML": "Surel",
    "WEB": "Situs web",
    "TWT": "Twitter/X",
    "IGR": "Instagram",
    "HPP": "HP petugas pengaduan",
    "LOK": "Loket",
}
KINDS = {
    "complaint": "Pengaduan",
    "wish": "Aspirasi",
    "information": "Permintaan informasi",
    "official": "Pengaduan aparatur",
    "service": "Pengaduan layanan",
}
ROLES = {
    "admin": "Administrator",
    "city": "Tim Pengaduan Kota",
    "official": "Pejabat Dinkominfo",
    "opd_admin": "Admin OPD",
    "opd_team": "Tim OPD",
    "leader": "Pimpinan",
    "reporter": "Pelapor",
    "system": "Sistem",
}
REASONS = {
    "incomplete": "Data belum lengkap",
    "not_ours": "Bukan kewenangan OPD ini",
    "duplicate": "Sudah pernah dilaporkan",
    "wrong_category": "Kategori keliru",
}
# What happened, for the timeline and for who was slower.
EVENTS = {
    "received": "Aduan diterima",
    "message": "Pesan dari pelapor",
    "forward": "Diteruskan ke OPD",
    "answer": "Dijawab langsung",
    "accept": "Diterima OPD",
    "return": "Dikembalikan ke Tim Kota",
    "start": "Diserahkan ke tim OPD",
    "submit_result": "Hasil diajukan",
    "approve": "Hasil disetujui dan dikirim",
    "send_back": "Hasil dikembalikan ke tim OPD",
    "confirm": "Pelapor menyatakan selesai",
    "close": "Ditutup petugas",
    "lapse": "Ditutup karena tidak ada tanggapan",
    "reopen": "Dibuka kembali oleh pelapor",
    "told": "Pelapor diberi tahu dengan cara lain",
    "classify": "Keterangan diperbaiki",
    "reply": "Pesan ke pelapor",
    "note": "Catatan internal",
    "seen": "Pesan pelapor sudah dibaca",
    "delivered": "Pesan sampai di pelapor",
    "delivery_failed": "Pesan tidak dapat disampaikan",
    "contact_joined": "Kontak pelapor digabung",
}
MESSAGE_STATES = {
    "queued": "antre",
    "sending": "sedang dikirim",
    "unknown": "belum pasti, menunggu kabar WhatsApp",
    "accepted": "terkirim",
    "sent": "terkirim",
    "delivered": "sampai",
    "read": "dibaca",
    "failed": "gagal",
}
MESSAGE_SIGNS = {"queued": "…", "sending": "…", "unknown": "?", "accepted": "✓", "sent": "✓", "delivered": "✓✓",
                 "read": "✓✓", "failed": "✕"}  # fmt: skip
MESSAGE_KINDS = {
    "image": "Foto",
    "video": "Video",
    "audio": "Pesan suara",
    "document": "Dokumen",
    "sticker": "Stiker",
    "location": "Lokasi",
    "contacts": "Kartu kontak",
    "reaction": "Reaksi",
    "edit": "Pesan diubah",
    "revoke": "Pesan dihapus",
    "system": "Pemberitahuan WhatsApp",
    "order": "Pesanan",
    "form": "Formulir",
    "button_reply": "Tombol",
    "list_reply": "Pilihan",
    "unsupported": "Jenis pesan yang tidak didukung WhatsApp",
    "unknown": "Jenis pesan baru",
}
MEDIA_PROBLEMS = {
    "waiting": "sedang diambil",
    "missing": "tidak dapat diambil dari WhatsApp",
    "refused": "tidak disimpan",
    "file_too_large": "terlalu besar",
    "file_type": "jenis berkas tidak diperbolehkan",
    "file_broken": "berkas rusak",
    "file_empty": "berkas kosong",
}
_RULES = {
    "not_allowed": "Peran Anda tidak dapat melakukan langkah ini pada aduan ini.",
    "wrong_state": "Langkah ini tidak dapat dilakukan: aduan sekarang berstatus “{state}”.",
    "missing_department": "Pilih OPD yang dituju.",
    "missing_note": "Isi catatannya terlebih dahulu.",
    "missing_text": "Isi teksnya terlebih dahulu.",
    "missing_reason": "Pilih alasan pengembalian.",
    "missing_photo": "Kategori ini memerlukan foto hasil pekerjaan. Tambahkan satu foto.",
    "nothing_changed": "Tidak ada yang berubah.",
    "not_delivered": "Hasilnya belum sampai di pelapor. Hubungi pelapor dahulu, lalu catat “Sudah diberi tahu”.",
    "not_reopened": "Aduan ini tidak dapat dibuka kembali: lebih dari 10 hari, atau sudah dua kali dibuka kembali.",
    "no_whatsapp": "Pelapor ini tidak memakai WhatsApp. Hubungi lewat saluran asalnya.",
    "text_too_long": "Teksnya {length} huruf; paling banyak {limit}. Persingkat dahulu.",
    "unknown_department": "OPD itu tidak ada atau tidak aktif.",
    "unknown_category": "Kategori itu tidak ada atau tidak aktif.",
    "unknown_kelurahan": "Kelurahan itu tidak ada atau tidak aktif.",
    "unknown_channel": "Saluran itu tidak ada.",
    "missing_name": "Isi nama pelapor terlebih dahulu.",
    "not_a_phone": "Nomor telepon itu tidak lengkap. Periksa, atau hapus tanda WhatsApp.",
    "unknown_kind": "Jenis aduan itu tidak ada.",
    "file_too_large": "Berkasnya terlalu besar; paling besar 16 MB.",
    "file_type": "Jenis berkas ini tidak dapat disimpan. Pakai JPG, PNG, WEBP atau PDF.",
    "file_broken": "Berkasnya rusak atau tidak dapat dibaca.",
    "file_empty": "Berkasnya kosong.",
}


def refusal(error: StoreError) -> str:
    """What a refusal means and what to do, in the reader's words."""
    if isinstance(error, Conflict):
        did = EVENTS.get(error.did, error.did).lower()
        return (
            f"{error.by} lebih dahulu mengubah aduan {error.number} ({did}, {moment(error.happened_at)}). "
            "Langkah Anda belum dilakukan. Periksa keadaan terbaru, lalu ulangi bila masih perlu."
        )
    if isinstance(error, NotFound):
        return "Aduan ini tidak ada, atau bukan untuk peran Anda."
    if isinstance(error, RuleBroken):
        details = error.details | {"state": STATES.get(error.details.get("state"), "")}
        return _RULES.get(error.code, "Langkah ini tidak dapat dilakukan.").format(**details)
    return "Langkah ini tidak dapat dilakukan sekarang. Coba lagi sebentar lagi."


# Meta's codes as an officer can act on them; other failures are told by their code.
_META = {
    131026: "nomor ini tidak dapat menerima pesan WhatsApp",
    131047: "lebih dari 24 jam sejak pesan terakhir pelapor",
    131049: "dibatasi oleh WhatsApp",
    132001: "templat belum disetujui Meta",
    190: "token WhatsApp tidak berlaku lagi",
    368: "akun WhatsApp diblokir sementara",
    131031: "akun WhatsApp dikunci",
    131042: "pembayaran akun WhatsApp bermasalah",
    130429: "terlalu banyak pesan sekaligus",
    131056: "terlalu banyak pesan ke nomor ini",
}


def failure(code: int | None, text: str | None) -> str:
    """Why a message failed; our own words are Indonesian already, Meta's are told by their code."""
    if code is None:
        return text or "tanpa keterangan"
    known = _META.get(code)
    return f"{known} (kode {code})" if known else f"kode {code} dari WhatsApp"


def actor(row: dict) -> str:
    """Who did a step of the timeline: a name with its role, or the reporter, or the system."""
    role = ROLES.get(row["actor_role"], row["actor_role"])
    return role if row["actor_role"] in ("reporter", "system") else f"{row['actor']} ({role})"


def size(value: int | None) -> str:
    """Bytes as people say them."""
    if not value:
        return ""
    return f"{number(value / 1_048_576, 1)} MB" if value >= 1_048_576 else f"{number(max(value / 1024, 1))} KB"


def span(value: timedelta) -> str:
    """How long: "3 jam", "2 hari"."""
    minutes = max(int(value.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} menit"
    if minutes < 48 * 60:
        return f"{minutes // 60} jam"
    return f"{minutes // 1440} hari"


def due(row: dict, now: datetime) -> tuple[str, str]:
    """How a case stands to its promise: a sign and words. The sign is never the only bearer of the news.

    :param row: a case row with `ended_at`, `stopped_at`, `promise_due_at`, `state`
    """
    if row["ended_at"]:
        return "✓", "sudah berakhir"
    if row["stopped_at"]:
        return "‖", "tenggat berhenti"
    limit = row["promise_due_at"]
    if limit is None:
        return "‖", "tanpa tenggat"
    if limit < now:
        return "!", f"lewat {span(now - limit)} · tenggat {moment(limit)}"
    if to_jakarta(limit).date() == to_jakarta(now).date():
        return "◔", f"hari ini {clock(limit)}"
    return "–", f"tenggat {moment(limit)}"


def place(kelurahan: str | None, address: str | None = None) -> str:
    return ", ".join(part for part in (address, kelurahan) if part) or "tempat belum jelas"


# Characters that turn the direction of what follows could make a page read backwards.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def safe(text: object) -> str:
    """Text of citizens and staff for HTML: always text, never markup."""
    return html.escape(str(text if text is not None else "").translate(_TURNING))
