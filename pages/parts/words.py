"""What people read on the pages: words for stored values, sentences for refusals, Indonesian dates and numbers."""

import html
from datetime import datetime, timedelta

from store.rules.deadline import to_jakarta
from store.rules.errors import Conflict, NotFound, RuleBroken, StoreError
from store.rules.indonesian import CHANNELS, MONTHS, clock, day, day_name, moment, number, percent

from .failures import REMEDIES, failure
from .rule_words import RULES

__all__ = ["CHANNELS", "MONTHS", "REMEDIES", "clock", "day", "day_name", "failure", "moment", "number", "percent"]

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
ELEMENTS = {
    "identity": "Identitas pelapor",
    "what": "Apa yang terjadi",
    "who": "Siapa yang terlibat",
    "where_when": "Di mana dan kapan",
    "evidence": "Bukti",
}
# What is understood of the reporter's words.
UNDERSTOOD = {
    "name": "Nama",
    "address": "Alamat pelapor",
    "what": "Kejadian",
    "who": "Pihak",
    "where": "Tempat",
    "kelurahan": "Kelurahan",
    "when": "Waktu",
}
# How a reporter was told without WhatsApp.
TOLD_HOW = {
    "telephone": "Telepon",
    "in_person": "Bertemu langsung",
    "email": "Surel",
    "web": "Situs web",
    "social_media": "Media sosial",
    "letter": "Surat",
    "sms": "Pesan singkat (SMS)",
    "unreachable": "Sudah dicoba, tidak dapat dihubungi",
}
ESCALATIONS = {
    "assignment": "Dua kali dikembalikan OPD sebagai bukan kewenangannya: tetapkan OPD yang menangani.",
    "end": "Diserahkan Tim Kota: diselesaikan Pejabat Dinkominfo sampai selesai.",
}
UNITS = {"working_days": "Hari kerja", "calendar_days": "Hari kalender"}
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
    "ask": "Diminta kelengkapan",
    "supply": "Kelengkapan diterima",
    "archive": "Diarsipkan karena tidak dilengkapi",
    "revive": "Dibuka lagi dari arsip",
    "proceed": "Dilanjutkan dengan OPD yang tersisa",
    "escalate": "Diserahkan ke Pejabat Dinkominfo",
    "merge": "Digabung sebagai duplikat",
    "unmerge": "Dipisahkan dari induknya",
    "adopt": "Duplikat digabung ke aduan ini",
    "part": "Duplikat dipisahkan dari aduan ini",
    "follow": "Dijawab bersama aduan induk",
    "refer": "Dilimpahkan ke lembaga lain",
    "reject": "Ditolak (spam)",
    "restore": "Dipulihkan dari spam",
    "withdraw": "Dicabut",
    "accept": "Diterima OPD",
    "return": "Dikembalikan ke Tim Kota",
    "start": "Diserahkan ke tim OPD",
    "assign": "Dialihkan ke petugas lain",
    "work": "Catatan pekerjaan",
    "schedule": "Dijadwalkan",
    "release": "Diambil dari OPD (pengaduan aparatur)",
    "submit_result": "Hasil diajukan",
    "approve": "Hasil disetujui dan dikirim",
    "send_back": "Hasil dikembalikan ke tim OPD",
    "confirm": "Pelapor menyatakan selesai",
    "close": "Ditutup petugas",
    "lapse": "Ditutup karena tidak ada tanggapan",
    "reopen": "Dibuka kembali",
    "told": "Pelapor diberi tahu dengan cara lain",
    "classify": "Keterangan diperbaiki",
    "reply": "Pesan ke pelapor",
    "note": "Catatan internal",
    "seen": "Pesan pelapor sudah dibaca",
    "reveal": "Identitas pelapor dibuka",
    "remind": "Pengingat tenggat",
    "delivered": "Pesan sampai di pelapor",
    "delivery_failed": "Pesan tidak dapat disampaikan",
    "contact_joined": "Kontak pelapor digabung",
    "transcribe": "Isi suara ditulis",
    "block": "Blokir pengirim diusulkan",
    "take_over": "Percakapan diambil alih",
    "give_back": "Percakapan dikembalikan ke bot",
    "rate": "Penilaian pelapor",
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
    "erased": "dihapus setelah masa simpan",
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
    "missing_missing": "Pilih sedikitnya satu hal yang diminta.",
    "missing_parent": "Tulis nomor aduan induknya.",
    "missing_body": "Tulis lembaga yang dituju.",
    "missing_promised_on": "Pilih tanggal yang dijanjikan.",
    "missing_handler": "Pilih petugas yang menangani.",
    "missing_how": "Pilih cara pelapor diberi tahu.",
    "missing_photo": "Kategori ini memerlukan foto hasil pekerjaan. Tambahkan satu foto.",
    "nothing_changed": "Tidak ada yang berubah.",
    "not_delivered": "Hasilnya belum sampai di pelapor. Hubungi pelapor dahulu, lalu catat “Sudah diberi tahu”.",
    "not_reopened": "Aduan ini tidak dapat dibuka kembali: lebih dari 10 hari, atau sudah dua kali dibuka kembali.",
    "no_whatsapp": "Pelapor ini tidak memakai WhatsApp. Hubungi lewat saluran asalnya.",
    "block_there": "Pengirim ini sudah diusulkan atau sedang diblokir. Lihat halaman Pengirim diblokir.",
    "block_decided": "Usul atau blokir itu sudah diputuskan.",
    "block_own": "Usul Anda sendiri harus disetujui orang lain.",
    "block_day": "Pilih hari terakhir antara hari ini dan satu tahun dari sekarang.",
    "place_missing": "Isian “{name}” dalam kurung kurawal harus ada di pesan ini.",
    "missing_rating": "Pilih nilai 1 sampai 5.",
    "number_form": "Nomor “{typed}” bukan nomor telepon. Tulis angka, misalnya 0811 2345 678.",
    "quiet_form": "Tulis jam tenang seperti 21.00 dan 05.30.",
    "minutes_form": "Isi angka bulat antara {least} dan {limit}.",
    "taken_already": "{by} sudah mengambil alih percakapan ini. Tanyakan dahulu, atau kembalikan ke bot lebih dahulu.",
    "window_closed": "Sudah lebih dari 24 jam sejak pesan terakhir pelapor: foto, dokumen, dan pesan ini tidak dapat "
    "dikirim. Kirim teks saja, atau telepon pelapor.",
    "no_voice": "Rekaman suara itu tidak ada pada aduan ini.",
    "not_failed": "Pesan itu tidak gagal; tidak perlu dikirim ulang.",
    "again_already": "Pesan itu sudah dikirim ulang.",
    "again_in_vain": "Dikirim ulang pun pesan ini akan gagal. Telepon pelapor, atau tulis pesan baru.",
    "text_too_long": "Teksnya {length} huruf; paling banyak {limit}. Persingkat dahulu.",
    "unknown_department": "OPD itu tidak ada atau tidak aktif.",
    "unknown_category": "Kategori itu tidak ada atau tidak aktif.",
    "unknown_kelurahan": "Kelurahan itu tidak ada atau tidak aktif.",
    "with_official": "Aduan ini pada Pejabat Dinkominfo. Hanya Pejabat Dinkominfo yang dapat memutuskannya.",
    "already_there": "Aduan ini sudah ada pada OPD itu. Pilih OPD lain.",
    "only_inspectorate": "Pengaduan aparatur hanya dapat diteruskan ke Inspektorat.",
    "nobody_left": "Tidak ada OPD lain yang masih menangani aduan ini. Teruskan ke OPD lain, atau jawab langsung.",
    "binding": "Penetapan Pejabat Dinkominfo mengikat: aduan ini tidak dapat dikembalikan sebagai bukan kewenangan. "
    "Bila ada alasan lain, pilih alasan itu.",
    "no_parent": "Nomor itu tidak dapat menjadi induk: tidak ada, aduan ini sendiri, atau berakhir tanpa jawaban.",
    "official_alone": "Pengaduan aparatur ditangani sendiri-sendiri dan tidak dapat digabung.",
    "not_confidential": "Aduan ini tidak rahasia; identitas pelapornya sudah tampak.",
    "unknown_element": "Kelengkapan itu tidak dikenal.",
    "identity_hidden": "Identitas pelapor disembunyikan. Buka dahulu lewat “Tampilkan identitas”, lalu perbaiki.",
    "not_a_point": "Titik peta itu tidak terbaca. Tulis lintang dan bujur, misalnya -6.8898, 109.6753, atau tempel "
    "tautan dari Google Maps atau OpenStreetMap. Bila tidak tahu, kosongkan.",
    "unknown_handler": "Orang itu tidak bertugas di OPD ini, atau akunnya tidak aktif. Pilih orang lain.",
    "same_person": "Pilih orang lain: pekerjaannya sudah ada pada orang itu.",
    "promise_in_past": "Tanggal yang dijanjikan sudah lewat. Pilih hari ini atau sesudahnya.",
    "promise_too_far": "Tanggal yang dijanjikan lebih dari satu tahun lagi. Pilih tanggal yang lebih dekat.",
    "told_in_future": "Waktu pemberitahuannya belum lewat. Periksa tanggal dan jamnya.",
    "unknown_channel": "Saluran itu tidak ada.",
    "missing_name": "Isi nama pelapor terlebih dahulu.",
    "not_a_phone": "Nomor telepon itu tidak lengkap. Periksa, atau hapus tanda WhatsApp.",
    "short_link": "Tautan pendek tidak memuat titiknya. Buka tautan itu di peramban, lalu tempel alamat panjangnya, "
    "atau tulis lintang dan bujurnya.",
    "missing_answer": "Tulis jawaban yang diberikan di loket, atau pilih “Belum dijawab”.",
    "only_counter": "Dijawab di tempat dan diteruskan ke Pejabat hanya untuk saluran Loket.",
    "unknown_way": "Pilih apa yang terjadi sesudah aduan dicatat.",
    "unknown_kind": "Jenis aduan itu tidak ada.",
    "file_too_large": "Berkasnya terlalu besar; paling besar 16 MB.",
    "file_type": "Jenis berkas ini tidak dapat disimpan. Pakai JPG, PNG, WEBP atau PDF.",
    "file_broken": "Berkasnya rusak atau tidak dapat dibaca.",
    "file_empty": "Berkasnya kosong.",
    "admin_only": "Ini hanya dapat dilakukan oleh Administrator.",
    "gone": "Data ini tidak ada lagi. Pilih yang lain dari daftar.",
    "changed_by_other": "{by} lebih dahulu mengubah data ini ({moment}). Perubahan Anda belum disimpan.",
    "empty_field": "Isi “{field}” terlebih dahulu.",
    "no_successor": "Pilih penerus terlebih dahulu.",
    "no_role": "Pilih sedikitnya satu peran.",
    "not_oneself": "Anda tidak dapat mencabut hak Administrator atau menonaktifkan akun Anda sendiri. "
    "Minta Administrator lain melakukannya.",
    "last_admin": "Ini Administrator terakhir yang aktif. Tunjuk Administrator lain terlebih dahulu.",
    "username_form": "Nama pengguna hanya boleh berisi huruf, angka, titik, tanda hubung, dan garis bawah, "
    "paling banyak {limit}.",
    "username_taken": "Nama pengguna “{username}” sudah dipakai.",
    "password_too_short": "Kata sandi paling sedikit {limit} huruf atau angka.",
    "password_too_long": "Kata sandi paling banyak {limit} huruf atau angka.",
    "password_common": "Kata sandi itu terlalu mudah ditebak. Pakai beberapa kata yang tidak berhubungan, tanpa nama "
    "Anda dan tanpa nama layanan ini.",
    "password_same": "Kata sandi baru sama dengan yang lama. Buat yang lain.",
    "password_again": "Kedua kata sandi baru tidak sama. Ketik sekali lagi.",
    "one_time_code": "Nama pengguna dan kode itu tidak cocok, sudah dipakai, atau sudah lewat waktunya. "
    "Minta kode baru kepada Administrator.",
    "first_is_there": "Administrator pertama sudah dibuat. Masuklah dengan akun itu.",
    "code_wrong": "Kode itu tidak cocok. Periksa jam ponsel Anda, lalu ketik kode yang tampil sekarang.",
    "second_factor_there": "Langkah kedua sudah terpasang.",
    "reset_oneself": "Untuk akun Anda sendiri pakai halaman Akun saya.",
    "session_gone": "Sambungan itu sudah berakhir.",
    "role_needs_department": "Pilih OPD untuk peran itu.",
    "whatsapp_form": "Nomor WhatsApp itu tidak lengkap. Periksa, atau kosongkan.",
    "department_code": "Kode OPD terdiri atas 2 sampai 20 huruf besar, angka, atau tanda hubung, misalnya DLH.",
    "department_taken": "Kode {taken} sudah dipakai OPD lain.",
    "department_has_categories": "OPD ini masih menjadi tujuan kategori: {names}. Pindahkan kategori itu dahulu.",
    "department_has_cases": "Masih ada {count} aduan yang belum berakhir pada OPD ini. Selesaikan atau alihkan dahulu.",
    "department_permanent": "OPD ini tidak dapat dinonaktifkan: pengaduan aparatur ditangani di sini.",
    "category_taken": "Sudah ada kategori bernama “{taken}”.",
    "category_permanent": "Kategori ini dipakai sistem dan tidak dapat dinonaktifkan. Namanya boleh diubah.",
    "category_outer_before_promise": "Batas terakhir menjadi lebih singkat daripada janji pada kategori: {names}. "
    "Perbaiki batas kategori itu dahulu.",
    "days_form": "Jumlah hari harus lebih dari 0 dan paling banyak {limit}.",
    "outer_before_promise": "Batas terakhir tidak boleh lebih singkat daripada janji.",
    "kelurahan_code": "Kode kelurahan ditulis seperti 33.75.01.1002.",
    "kelurahan_taken": "Kode {taken} sudah dipakai kelurahan lain.",
    "name_taken": "Nama itu sudah dipakai untuk {taken}.",
    "day_form": "Pilih tanggal antara tahun 2000 dan 2100.",
    "day_taken": "Tanggal itu sudah terisi: {taken}. Ubah yang ada bila perlu.",
    "unknown_kind_of_day": "Pilih jenis hari libur.",
    "plan_changed": "Daftar hari libur berubah sejak pratinjau ditampilkan. Periksa pratinjau yang baru.",
    "export_identities": "Identitas dan teks pelapor tidak dibuka untuk peran Anda.",
    "export_reason": "Tulis alasannya dengan {least} sampai {limit} huruf: alasan ini dicatat.",
    "export_empty": "Tidak ada aduan yang cocok, jadi tidak ada yang dapat diunduh.",
    "period_runs": "Masa itu belum berakhir. Laporan dibuat sesudah masa laporan lewat.",
    "open_data_changed": "Koreksi triwulan ini sudah diterbitkan orang lain. Muat ulang halaman ini.",
    "report_issued": "Laporan ini sudah diterbitkan dan tidak dapat diubah. Buat edisi baru bila perlu.",
    "report_changed": "Orang lain lebih dahulu mengubah konsep ini. Tulisan Anda masih ada di layar: salin dahulu, "
    "lalu muat ulang halaman ini.",
    "report_wordless": "Kata pengantar masih kosong. Tulis dahulu, lalu terbitkan.",
    "unknown_purpose": "Pilih kegunaan teks.",
    "title_taken": "Sudah ada teks berjudul “{taken}” untuk kegunaan ini.",
    "unknown_placeholder": "Isian “{name}” tidak dikenal. Yang dikenal: {known}.",
    "loose_brace": "Ada kurung kurawal tanpa pasangan. Tulis isian lengkap dengan kedua kurungnya.",
    "unknown_unit": "Pilih satuan hari.",
    "hours_form": "Jam kerja “{typed}” tidak dapat dibaca. Tulis seperti 07.30–15.45, jam buka sebelum jam tutup.",
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
        details = {name: number(d) if type(d) is int else d for name, d in error.details.items()}
        details |= {"state": STATES.get(error.details.get("state"), "")}
        return (_RULES | RULES).get(error.code, "Langkah ini tidak dapat dilakukan.").format(**details)
    return "Langkah ini tidak dapat dilakukan sekarang. Coba lagi sebentar lagi."


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
    """How a case stands to the limit that runs now: a sign and words. The sign is never the only bearer of the news.

    :param row: a case row with `ended_at`, `paused_at`, `stopped_at`, `due_at`, `promised_at` and `state`; a row of a
        department's list says by `part_state` how its own part stands
    """
    if row["ended_at"]:
        return "✓", "sudah berakhir"
    if row["paused_at"]:
        return "‖", "jam berhenti: menunggu pelapor"
    if row["stopped_at"]:
        return "‖", "tenggat berhenti"
    promised = row["promised_at"] if (row.get("part_state") or row["state"]) == "scheduled" else None
    limit = promised or row["due_at"]
    if limit is None:
        return "‖", "tanpa tenggat"
    said = f"dijanjikan {weekday(limit)}" if promised else f"tenggat {moment(limit)}"
    if limit < now:
        return "!", f"lewat {span(now - limit)} · {said}"
    if to_jakarta(limit).date() == to_jakarta(now).date():
        return "◔", f"dijanjikan hari ini {clock(limit)}" if promised else f"hari ini {clock(limit)}"
    return "–", said


def weekday(value: datetime) -> str:
    """A stored time's day in Jakarta: "Sen 7 Des", with the year when it is not this one."""
    return moment(value).rsplit(" ", 1)[0]


def dots(elements: str) -> tuple[str, str]:
    """Completeness as dots, and in words for whoever cannot tell dots apart."""
    there = [name for name in ELEMENTS if name in elements.split(",")]
    said = f"Kelengkapan {len(there)} dari {len(ELEMENTS)}"
    lacking = [ELEMENTS[name].lower() for name in ELEMENTS if name not in there]
    said += f"; belum ada: {', '.join(lacking)}" if lacking else ""
    return "●" * len(there) + "○" * len(lacking), said


def place(kelurahan: str | None, address: str | None = None) -> str:
    return ", ".join(part for part in (address, kelurahan) if part) or "tempat belum jelas"


# Characters that turn the direction of what follows could make a page read backwards.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def safe(text: object) -> str:
    """Text of citizens and staff for HTML: always text, never markup."""
    return html.escape(str(text if text is not None else "").translate(_TURNING))
