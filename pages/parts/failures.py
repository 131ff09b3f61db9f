"""Why a message to a reporter failed, and what can be done about it, in words."""

# Meta's codes as an officer can act on them; other failures are told by their code.
_META = {
    100: "WhatsApp menolak isi pesan ini",
    131008: "WhatsApp menolak isi pesan ini",
    131009: "WhatsApp menolak isi pesan ini",
    131021: "nomor ini nomor layanan sendiri",
    131026: "nomor ini tidak dapat menerima pesan WhatsApp",
    131047: "lebih dari 24 jam sejak pesan terakhir pelapor",
    131049: "dibatasi oleh WhatsApp",
    131050: "pelapor menolak pesan dari layanan ini",
    131053: "berkasnya tidak diterima WhatsApp",
    132001: "templat belum disetujui Meta",
    132015: "templat dijeda Meta",
    132016: "templat dinonaktifkan Meta",
    190: "token WhatsApp tidak berlaku lagi",
    368: "akun WhatsApp diblokir sementara",
    131031: "akun WhatsApp dikunci",
    131042: "pembayaran akun WhatsApp bermasalah",
    130429: "terlalu banyak pesan sekaligus",
    131056: "terlalu banyak pesan ke nomor ini",
}
# What can be done: `store.rules.remedies`.
REMEDIES = {
    "again": "Sebabnya mungkin sudah lewat: kirim ulang.",
    "write_first": "Dapat dikirim ulang sesudah pelapor menulis lagi; sebelum itu, telepon pelapor.",
    "rewrite": "Dikirim ulang pun akan ditolak: tulis pesan baru dengan isi lain.",
    "call": "Tidak dapat sampai lewat WhatsApp: telepon pelapor.",
}


def failure(code: int | None, text: str | None) -> str:
    """Why a message failed; our own words are Indonesian already, Meta's are told by their code."""
    if code is None:
        return text or "tanpa keterangan"
    known = _META.get(code)
    return f"{known} (kode {code})" if known else f"kode {code} dari WhatsApp"
