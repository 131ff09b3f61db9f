"""The automatic messages as they are worded, each with the places that are filled when it is sent.

An administrator may reword them (`store/wording.py`); the places in braces stay what they mean.
"""

import re
from dataclasses import dataclass

# A text above buttons or a list may be no longer; what is filled in needs room too.
BUTTONS_LIMIT = 1024
PLAIN_LIMIT = 4096
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class AutoText:
    """One automatic message. `title` says when it goes; `needs` are the places it cannot do without; `limit` is how
    long it may become once filled, in characters."""

    title: str
    body: str
    places: tuple[str, ...]
    needs: tuple[str, ...] = ("nomor",)
    limit: int = PLAIN_LIMIT


# What each place is filled with in a preview, and what it means.
EXAMPLES = {
    "nomor": "WA-2026-00042",
    "layanan": "Wadul Aladin",
    "kota": "Kota Pekalongan",
    "janji": "2 hari kerja",
    "kelengkapan": (
        "Agar cepat ditangani, mohon lengkapi:\n• nama lengkap dan alamat Anda\n• foto, bila ada\n\n"
        "Contoh: “Nama Siti, Jl. Melati 5 Medono. Lampu jalan depan masjid mati sejak Senin.”"
    ),
    "privasi": "Data Anda hanya dipakai untuk menangani aduan ini.",
    "opd": "Dinas Perhubungan",
    "hari": "10",
    "tanggal": "Jumat 27 November 2026",
    "alasan": "Menunggu lampu pengganti.",
    "isi": "Lampu jalan di depan masjid sudah diganti dan menyala kembali.",
    "perkembangan": "sedang dikerjakan Dinas Perhubungan.",
    "jam": "Senin–Kamis 07.30–15.45, Jumat 07.30–11.00",
    "nilai": "5",
    "lembaga": "PT PLN (Persero) UP3 Pekalongan",
    "lokasi": "\n\nBila dapat, tekan *Kirim lokasi* di bawah untuk menunjukkan tempatnya.",
    "butir": "\n• di mana dan kapan terjadinya",
}

_HELP = (
    "Tulis saja aduan Anda di sini, boleh dengan foto, suara, atau lokasi. Yang juga dapat Anda kirim:\n\n"
    "*STATUS* – sampai mana aduan Anda\n"
    "*BATAL* – mencabut aduan\n"
    "*ADUAN BARU* – melaporkan hal lain\n"
    "*PETUGAS* – minta dihubungi petugas\n"
    "*INFO* – syarat, langkah, dan waktu layanan\n\n"
    "Layanan ini tanpa biaya. Keadaan darurat: telepon 112."
)

AUTO: dict[str, AutoText] = {
    "acknowledgement": AutoText(
        "Jawaban pertama, segera sesudah aduan masuk",
        "Terima kasih, aduan Anda sudah kami terima.\nNomor aduan: *{nomor}*\n\n"
        "{layanan} {kota} menjawab paling lambat {janji}, tanpa biaya.\n\n"
        "{kelengkapan}\n\n{privasi} Keadaan darurat: telepon 112.",
        ("nomor", "layanan", "kota", "janji", "kelengkapan", "privasi"),
        ("nomor", "janji", "kelengkapan", "privasi"),
        BUTTONS_LIMIT,
    ),
    "joined": AutoText(
        "Pesan berikutnya ditambahkan ke aduan yang masih terbuka",
        "Pesan Anda sudah kami tambahkan ke aduan *{nomor}*. Bila ini hal lain, balas *ADUAN BARU*.",
        ("nomor",),
    ),
    "joined_ended": AutoText(
        "Pesan tentang aduan yang sudah berakhir",
        "Pesan Anda tentang aduan *{nomor}*, yang sudah kami tutup, kami sampaikan ke petugas. "
        "Bila masalahnya belum selesai, balas *BELUM SELESAI*. Bila ini hal lain, balas *ADUAN BARU*.",
        ("nomor",),
    ),
    "complete": AutoText(
        "Keterangan menjadi lengkap",
        "Terima kasih, keterangan aduan *{nomor}* sudah lengkap. Kami kabari bila ada perkembangan.",
        ("nomor",),
    ),
    "form_received": AutoText(
        "Formulir diterima",
        "Terima kasih, formulir untuk aduan *{nomor}* sudah kami terima.{lokasi}",
        ("nomor", "lokasi"),
        ("nomor", "lokasi"),
        BUTTONS_LIMIT,
    ),
    "supplied": AutoText(
        "Balasan atas permintaan kelengkapan",
        "Terima kasih, balasan Anda untuk aduan *{nomor}* sudah kami terima. Aduan Anda kami lanjutkan.",
        ("nomor",),
    ),
    "unmerged": AutoText(
        "Dipisahkan dari aduan lain",
        "Aduan *{nomor}* ternyata berbeda dari laporan lain itu. Kami tangani tersendiri dan kami kabari lagi.",
        ("nomor",),
    ),
    "forwarded": AutoText(
        "Diteruskan ke OPD", "Aduan *{nomor}* sudah kami teruskan ke {opd} untuk ditangani.", ("nomor", "opd")
    ),
    "started": AutoText("OPD mulai mengerjakan", "Aduan *{nomor}* sedang dikerjakan oleh {opd}.", ("nomor", "opd")),
    "scheduled": AutoText(
        "OPD menjadwalkan",
        "Aduan *{nomor}* dijadwalkan {opd} untuk ditangani paling lambat {tanggal}.\n\n{alasan}",
        ("nomor", "opd", "tanggal", "alasan"),
        ("nomor", "tanggal", "alasan"),
    ),
    "asked": AutoText(
        "Kelengkapan diminta",
        "Agar aduan *{nomor}* dapat kami tangani, mohon kirim:{butir}\n\nCukup balas di sini. Bila {hari} hari tidak "
        "ada kabar, aduan ini kami arsipkan; pesan Anda sesudahnya tetap membukanya lagi.",
        ("nomor", "butir", "hari"),
        ("nomor", "butir"),
        BUTTONS_LIMIT,
    ),
    "archived": AutoText(
        "Diarsipkan karena tidak dilengkapi",
        "Aduan *{nomor}* kami arsipkan karena {hari} hari belum ada kelengkapan dari Anda. "
        "Kirim kelengkapannya kapan saja untuk membukanya lagi.",
        ("nomor", "hari"),
    ),
    "revived": AutoText("Dibuka lagi dari arsip", "Terima kasih. Aduan *{nomor}* kami buka lagi.", ("nomor",)),
    "merged": AutoText(
        "Digabung dengan aduan lain",
        "Hal yang Anda sampaikan dalam aduan *{nomor}* sudah kami terima juga dari pelapor lain dan sedang kami "
        "tangani. Jawabannya kami kirim juga kepada Anda.",
        ("nomor",),
    ),
    "answer": AutoText(
        "Jawaban langsung",
        "Jawaban atas aduan *{nomor}*:\n\n{isi}\n\nSalam, {layanan} {kota}",
        ("nomor", "isi", "layanan", "kota"),
        ("nomor", "isi"),
    ),
    "reply": AutoText(
        "Pesan dari petugas",
        "Tentang aduan *{nomor}*:\n\n{isi}\n\nSalam, {layanan} {kota}",
        ("nomor", "isi", "layanan", "kota"),
        ("nomor", "isi"),
    ),
    "result": AutoText(
        "Hasil tindak lanjut",
        "Hasil tindak lanjut aduan *{nomor}*:\n\n{isi}",
        ("nomor", "isi"),
        ("nomor", "isi"),
    ),
    "referred": AutoText(
        "Dilimpahkan ke lembaga lain",
        "Aduan *{nomor}* bukan kewenangan Pemerintah Kota dan kami limpahkan ke {lembaga}.\n\n{isi}",
        ("nomor", "lembaga", "isi"),
        ("nomor", "lembaga", "isi"),
    ),
    "withdrawn": AutoText(
        "Dicabut", "Aduan *{nomor}* kami tutup karena dicabut. Terima kasih sudah memberi tahu.", ("nomor",)
    ),
    "confirmed": AutoText(
        "Pelapor menyatakan selesai, nilai diminta",
        "Terima kasih. Aduan *{nomor}* kami tutup sebagai selesai.\n\nBagaimana penanganannya? Beri nilai 1 sampai 5.",
        ("nomor",),
        limit=BUTTONS_LIMIT,
    ),
    "rated": AutoText(
        "Nilai diterima",
        "Terima kasih, nilai {nilai} untuk aduan *{nomor}* sudah kami catat. Ada saran? Silakan tulis di sini.",
        ("nomor", "nilai"),
    ),
    "rating_words": AutoText(
        "Saran diterima",
        "Terima kasih, saran Anda tentang aduan *{nomor}* sudah kami catat. Bila ini hal lain, balas *ADUAN BARU*.",
        ("nomor",),
    ),
    "reopened": AutoText(
        "Dibuka kembali",
        "Aduan *{nomor}* kami buka kembali. Apa yang belum selesai? Pilih alasannya, atau tulis di sini dengan foto "
        "bila ada.",
        ("nomor",),
        limit=BUTTONS_LIMIT,
    ),
    "reason": AutoText(
        "Alasan belum selesai diterima",
        "Terima kasih, sudah kami catat. Aduan *{nomor}* {perkembangan}",
        ("nomor", "perkembangan"),
    ),
    "taken_up": AutoText(
        "Dibuka kembali oleh petugas",
        "Aduan *{nomor}* kami buka kembali dan kami periksa lagi. Bila ada tambahan, tulis saja di sini.",
        ("nomor",),
    ),
    "closed": AutoText(
        "Ditutup petugas sebagai selesai",
        "Aduan *{nomor}* kami tutup sebagai selesai. Bila masalahnya belum selesai, balas *BELUM SELESAI*.",
        ("nomor",),
    ),
    "lapsed": AutoText(
        "Ditutup karena hasilnya tidak ditanggapi",
        "Aduan *{nomor}* kami tutup karena {hari} hari belum ada tanggapan dari Anda. "
        "Bila masalahnya belum selesai, balas *BELUM SELESAI*.",
        ("nomor", "hari"),
    ),
    "not_reopened": AutoText(
        "Tidak dapat dibuka kembali",
        "Aduan *{nomor}* tidak dapat dibuka kembali lagi. Bila masalahnya masih ada, "
        "silakan tulis di sini sebagai aduan baru.",
        ("nomor",),
    ),
    "status": AutoText("Jawaban atas STATUS", "Aduan *{nomor}* {perkembangan}", ("nomor", "perkembangan")),
    "no_case": AutoText(
        "STATUS atau BATAL tanpa aduan yang terbuka",
        "Tidak ada aduan Anda yang masih terbuka. Tulis aduan Anda di sini; nomornya langsung kami kirim.",
        (),
        (),
    ),
    "unknown_number": AutoText(
        "STATUS atau BATAL dengan nomor yang tidak dikenal",
        "Nomor *{nomor}* tidak ada di antara aduan dari nomor WhatsApp ini. Periksa lagi, atau balas *STATUS* saja.",
        ("nomor",),
        (),
    ),
    "cancel_asked": AutoText("BATAL: ditanya dahulu", "Aduan *{nomor}* dicabut?", ("nomor",), limit=BUTTONS_LIMIT),
    "cancel_kept": AutoText("BATAL: tidak jadi", "Baik, aduan *{nomor}* tetap kami tangani.", ("nomor",)),
    "cancel_which": AutoText(
        "BATAL: ditanya aduan yang mana", "Aduan yang mana yang Anda cabut?", (), (), BUTTONS_LIMIT
    ),
    "which": AutoText(
        "Ditanya pesan ini tentang aduan yang mana",
        "Pesan Anda ini tentang aduan yang mana? Pilih satu, atau balas dengan nomornya.",
        (),
        (),
        BUTTONS_LIMIT,
    ),
    "new_asked": AutoText(
        "ADUAN BARU tanpa isi", "Silakan tulis aduan baru Anda: apa yang terjadi, di mana, dan sejak kapan.", (), ()
    ),
    "help": AutoText("Jawaban atas BANTUAN", _HELP, (), ()),
    "officer": AutoText(
        "Jawaban atas PETUGAS",
        "Permintaan Anda sudah kami sampaikan. Petugas membalas di sini pada jam kerja ({jam}). "
        "Keadaan darurat: telepon 112.",
        ("jam",),
        (),
    ),
}


def fill(body: str, values: dict[str, str]) -> str:
    """The text with its places filled; a place that is not known stays as it was written."""
    return _PLACE.sub(lambda place: str(values.get(place[1].strip().lower(), place[0])), body)


def places(body: str) -> list[str]:
    """The places that a text names, once each, in their order."""
    return list(dict.fromkeys(name.strip().lower() for name in _PLACE.findall(body)))
