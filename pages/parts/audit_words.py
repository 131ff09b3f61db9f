"""What the entries of the audit log say, in words."""

from . import words

KINDS = {
    "chain_begun": "Rangkaian riwayat dimulai",
    "signed_in": "Masuk",
    "sign_in_failed": "Gagal masuk",
    "locked_out": "Akun dikunci sementara",
    "signed_out": "Keluar",
    "session_ended": "Sesi diakhiri",
    "password_changed": "Kata sandi diganti",
    "password_reset": "Kata sandi diatur ulang",
    "second_factor": "Verifikasi dua langkah",
    "exported": "Data diunduh",
    "confidential_viewed": "Aduan rahasia dibuka",
    "revealed": "Identitas pelapor ditampilkan",
    "person_searched": "Orang dicari di Data pribadi",
    "person_viewed": "Data seseorang dibuka",
    "person_changed": "Data seseorang diubah",
    "anonymised": "Data pribadi dihapus",
    "sender_block": "Pengirim diblokir",
    "breach": "Insiden data pribadi",
    "report_issued": "Laporan diterbitkan",
    "report_discarded": "Konsep laporan dihapus",
    "open_data_published": "Triwulan data terbuka diterbitkan",
    "setting_changed": "Pengaturan diubah",
}
# Who did it, where nobody had signed in.
NOBODY = {"command line": "baris perintah", "sistem": "sistem"}
_FIELDS = {
    "rows": "baris",
    "found": "ditemukan",
    "note": "alasan",
    "reason": "alasan",
    "fields": "yang diubah",
    "limited": "dibatasi",
    "erase": "penghapusan",
    "early": "sebelum masa simpan habis",
    "step": "langkah",
    "identities": "dengan identitas",
    "address": "alamat jaringan",
    "session": "sesi",
    "how": "cara",
    "why": "sebab",
    "what": "apa",
    "did": "langkah",
    "by": "oleh",
    "failures": "kali gagal",
    "format": "jenis berkas",
    "filters": "saringan",
    "until": "sampai",
}
_VALUES = {
    "name": "nama", "phone": "nomor", "noted": "dicatat", "handled": "penanganan ditulis",
    "told_people": "orangnya diberi tahu", "told_authority": "lembaga diberi tahu",
    "told_public": "diumumkan kepada masyarakat", "closed": "ditutup", "limit": "batas waktu", "chosen": "dipilih",
    "password": "kata sandi", "code": "kode", "first": "Administrator pertama", "oidc": "layanan masuk kota",
    "outside_name": "nama pada layanan masuk kota", "on": "dinyalakan", "off": "dimatikan",
    "recovery_code": "kode pemulihan", "account": "akun",
    "approved": "disetujui", "refused": "ditolak", "ended": "diakhiri", "address": "alamat jaringan",
}  # fmt: skip


# Whose settings, and what of them; a field without a word here is counted, not named.
_SETTINGS = {
    "service": "Layanan", "user": "Pengguna", "department": "OPD", "category": "Kategori", "kelurahan": "Wilayah",
    "kelurahan_alias": "Nama lain wilayah", "holiday": "Hari libur", "canned_text": "Teks",
    "auto_text": "Pesan otomatis", "meta": "Templat WhatsApp", "flow": "Formulir WhatsApp",
}  # fmt: skip
_PARTS = {
    "service": "nama dan janji", "channels": "saluran lain", "clock": "batas waktu", "hours": "jam kerja",
    "conversation": "percakapan", "privacy": "data pribadi", "retention": "masa simpan", "session": "masuk",
    "offered": "ditawarkan",
}  # fmt: skip
_CHANGED = {
    "name": "nama", "active": "keadaan aktif", "grants": "peran", "whatsapp": "nomor WhatsApp", "body": "isi",
    "title": "judul", "purpose": "kegunaan", "kind": "jenis", "source": "sumber", "kecamatan": "kecamatan",
    "department": "OPD usulan", "physical": "wajib foto", "promise_days": "janji", "outer_days": "batas terakhir",
    "verified": "terverifikasi", "text": "teks", "address": "alamat aplikasi", "number": "nomor", "city": "kota",
    "office": "dinas", "promise": "kalimat janji", "privacy": "kalimat privasi", "position": "urutan",
    "complaint_years": "masa simpan aduan", "media_years": "masa simpan berkas",
    "raw_days": "masa simpan kiriman mentah",
    "acceptance_days": "batas terima OPD", "silence_days": "batas diam", "unit": "satuan hari",
    "quiet_from": "awal jam tenang", "quiet_to": "akhir jam tenang", "password_changed": "kata sandi",
    "choose_minutes": "waktu memilih", "answers_in_ten_minutes": "jawaban dalam sepuluh menit",
    "kelurahan": "kelurahan", "category": "kategori",
}  # fmt: skip


def about(row: dict) -> str:
    """What an entry is about; of settings whose they are, in words."""
    if row["kind"] != "setting_changed":
        return row["subject"]
    subject, _, code = row["subject"].partition(" ")
    code = _PARTS.get(code, code) if subject in ("service", "flow") else code
    return f"{_SETTINGS[subject]}: {code}" if subject in _SETTINGS else row["subject"]


def kind(code: str) -> str:
    return KINDS.get(code, code)


def who(row: dict) -> str:
    return NOBODY.get(row["actor"], row["name"]) or "(kosong)"


def details(row: dict) -> str:
    """What an entry says besides, in one line."""
    data = row["data"]
    if row["kind"] == "setting_changed" and "before" in data:
        before, after = data.get("before") or {}, data.get("after") or {}
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        did = "ditambahkan" if data.get("before") is None else "dihapus" if data.get("after") is None else "diubah"
        named = [_CHANGED[name] for name in changed if name in _CHANGED]
        return f"{did}: {', '.join(named)}" if named else did
    return "; ".join(
        f"{_FIELDS.get(name, name)}: {_said(value)}" for name, value in data.items() if value not in (None, "", [])
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, dict):
        return "ya"
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    return _VALUES.get(str(value), str(value))
