"""The form of each move that people press: its words, its fields, and the one command it calls."""

from collections.abc import Callable
from dataclasses import dataclass

from store import commands
from store.commands import Press
from store.desk import Desk
from store.rules import point
from store.rules.case import Case

from .fields import kept_files, told_at


@dataclass(frozen=True)
class Form:
    """How one move is drawn: the word on its choice and button, what is said when it is done, its fields, its command.

    A `rare` one stands behind “Langkah lain”; `hint` says what it does beyond its name, and how to take it back; `undo`
    is the move that takes it back at once.
    """

    title: str
    button: str
    done: str
    fields: tuple[str, ...]
    carry_out: Callable[[Desk, Press, dict], Case]
    hint: str = ""
    rare: bool = False
    undo: str = ""


def _facts(given: dict) -> dict:
    return {name: given[name] for name in ("category", "kelurahan", "address") if given.get(name)}


def _everything(given: dict) -> dict:
    """All that may be corrected; what is left empty stays as it is, but for the address."""
    place = point.read(given["point"])
    where = {"latitude": place.latitude, "longitude": place.longitude} if place else {}
    kept = {name: given[name] or None for name in ("kind", "category", "kelurahan")}
    return kept | where | {"address": given["address"], "confidential": bool(given["confidential"])}


FORMS: dict[str, Form] = {
    "forward": Form(
        "Teruskan ke OPD", "Teruskan", "diteruskan ke {departments}",
        ("category", "department", "others", "kelurahan", "address", "canned", "note"),
        lambda d, p, g: commands.forward(
            d, p, department=g["department"], others=g["others"] or (), note=g["note"], **_facts(g)
        ),
    ),
    "answer": Form(
        "Jawab langsung", "Kirim jawaban", "dijawab",
        ("category", "kelurahan", "canned", "text"),
        lambda d, p, g: commands.answer(d, p, text=g["text"], **_facts(g)),
    ),
    "ask": Form(
        "Minta kelengkapan", "Minta kelengkapan", "menunggu kelengkapan; jamnya berhenti",
        ("missing", "canned", "text"),
        lambda d, p, g: commands.ask(d, p, missing=g["missing"] or (), text=g["text"]),
        hint="Jam berhenti sampai pelapor membalas. Tanpa balasan {days} hari kalender, aduan diarsipkan; "
        "pesan pelapor sesudahnya membukanya lagi.",
    ),
    "proceed": Form(
        "Lanjutkan tanpa OPD itu", "Lanjutkan", "dilanjutkan dengan {remaining}", ("note",),
        lambda d, p, g: commands.proceed(d, p, note=g["note"]),
        hint="Aduan dilanjutkan {remaining}; OPD yang mengembalikan tidak lagi ikut menangani.",
    ),
    "escalate": Form(
        "Serahkan ke Pejabat", "Serahkan ke Pejabat Dinkominfo", "diserahkan ke Pejabat Dinkominfo", ("note",),
        lambda d, p, g: commands.escalate(d, p, note=g["note"]),
        hint="Sesudah ini hanya Pejabat Dinkominfo yang memutuskan aduan ini, sampai selesai.",
        rare=True,
    ),
    "merge": Form(
        "Gabungkan sebagai duplikat", "Gabungkan", "digabung ke {parent}", ("parent", "note"),
        lambda d, p, g: commands.merge(d, p, parent=g["parent"], note=g["note"]),
        hint="Pelapor tetap memakai nomornya dan mendapat jawaban yang sama. Dapat dipisahkan lagi.",
        rare=True, undo="unmerge",
    ),
    "refer": Form(
        "Limpahkan ke lembaga lain", "Limpahkan dan kirim", "dilimpahkan ke {body}",
        ("body", "reference", "text", "sure"),
        lambda d, p, g: commands.refer(d, p, body=g["body"], reference=g["reference"], text=g["text"]),
        rare=True,
    ),
    "reject": Form(
        "Tolak sebagai spam", "Tolak", "ditolak sebagai spam", ("note",),
        lambda d, p, g: commands.reject(d, p, note=g["note"]),
        hint="Pelapor tidak diberi tahu. Dapat dipulihkan kapan saja.",
        rare=True, undo="restore",
    ),
    "supply": Form(
        "Catat kelengkapan", "Lanjutkan aduan", "sudah dilengkapi; jamnya berjalan lagi",
        ("note", "kelurahan", "address"),
        lambda d, p, g: commands.supply(d, p, note=g["note"], **_facts(g)),
        hint="Bila pelapor melengkapi lewat telepon atau di loket. Lewat WhatsApp, aduan berlanjut dengan sendirinya.",
    ),
    "revive": Form(
        "Buka dari arsip", "Buka dari arsip", "dibuka lagi dari arsip", ("note",),
        lambda d, p, g: commands.revive(d, p, note=g["note"]),
    ),
    "restore": Form(
        "Pulihkan", "Pulihkan dari spam", "dipulihkan", ("note",),
        lambda d, p, g: commands.restore(d, p, note=g["note"]),
        hint="Aduan kembali ke Triase; jamnya tetap berjalan sejak diterima.",
    ),
    "unmerge": Form(
        "Pisahkan dari induknya", "Pisahkan", "dipisahkan", ("note",),
        lambda d, p, g: commands.unmerge(d, p, note=g["note"]),
        hint="Aduan kembali ke Triase; jamnya tetap berjalan sejak diterima.",
    ),
    "accept": Form("Terima", "Terima aduan", "diterima OPD", (), lambda d, p, g: commands.accept(d, p)),
    "return": Form(
        "Kembalikan", "Kembalikan ke Tim Kota", "dikembalikan ke Tim Kota", ("reason", "note"),
        lambda d, p, g: commands.return_to_city(d, p, reason=g["reason"], note=g["note"]),
    ),
    "start": Form(
        "Serahkan ke tim", "Serahkan ke tim OPD", "diserahkan ke tim", ("handler", "canned", "note"),
        lambda d, p, g: commands.start(d, p, note=g["note"], handler=g["handler"]),
    ),
    "submit_result": Form(
        "Ajukan hasil", "Ajukan hasil", "diajukan ke Tim Kota untuk diverifikasi",
        ("canned", "text", "files", "before"),
        lambda d, p, g: commands.submit_result(
            d, p, text=g["text"], files=kept_files(g["files"]), before=kept_files(g["before"])
        ),
    ),
    "work": Form(
        "Catat pekerjaan", "Simpan catatan pekerjaan", "pekerjaannya dicatat", ("note", "before", "after"),
        lambda d, p, g: commands.work(
            d, p, note=g["note"], before=kept_files(g["before"]), after=kept_files(g["after"])
        ),
    ),
    "schedule": Form(
        "Jadwalkan", "Jadwalkan dan kabari pelapor", "dijadwalkan; tenggatnya sekarang tanggal yang dijanjikan",
        ("promised_on", "note"),
        lambda d, p, g: commands.schedule(d, p, promised_on=g["promised_on"] or None, note=g["note"]),
    ),
    "assign": Form(
        "Alihkan ke petugas lain", "Alihkan", "dialihkan ke petugas lain", ("handler",),
        lambda d, p, g: commands.assign(d, p, handler=g["handler"]),
        rare=True,
    ),
    "approve": Form(
        "Setujui & kirim", "Setujui dan kirim ke pelapor", "disetujui", ("result",),
        lambda d, p, g: commands.approve(d, p, text=g["result"]),
    ),
    "send_back": Form(
        "Kembalikan ke tim OPD", "Kembalikan ke tim OPD", "dikembalikan ke tim OPD", ("departments", "note"),
        lambda d, p, g: commands.send_back(d, p, note=g["note"], departments=g["departments"] or ()),
    ),
    "close": Form(
        "Tutup aduan", "Tutup aduan", "ditutup", ("note",), lambda d, p, g: commands.close(d, p, note=g["note"]),
        hint="Dihitung sebagai “ditutup petugas”. Dapat dibuka kembali dalam 10 hari.",
    ),
    "reopen": Form(
        "Buka kembali", "Buka kembali", "dibuka kembali; tenggat baru berjalan", ("note",),
        lambda d, p, g: commands.reopen(d, p, note=g["note"]),
    ),
    "withdraw": Form(
        "Cabut atas permintaan pelapor", "Cabut aduan", "dicabut", ("note", "sure"),
        lambda d, p, g: commands.withdraw(d, p, note=g["note"]),
        rare=True,
    ),
    "told": Form(
        "Sudah diberi tahu", "Catat sudah diberi tahu", "dicatat: pelapor sudah diberi tahu",
        ("how", "when", "told_at", "note"),
        lambda d, p, g: commands.told(d, p, note=g["note"], how=g["how"], told_at=told_at(g)),
    ),
    "classify": Form(
        "Perbaiki keterangan", "Simpan keterangan", "keterangannya disimpan",
        ("kind", "category", "kelurahan", "address", "point", "confidential"),
        lambda d, p, g: commands.classify(d, p, **_everything(g)),
        rare=True,
    ),
    "reply": Form(
        "Kirim pesan", "Kirim pesan ke pelapor", "pesannya dikirim ke pelapor",
        ("canned", "text", "enclosed", "ask_location"),
        lambda d, p, g: commands.reply(
            d, p, text=g["text"], files=kept_files(g["enclosed"]), ask_location=bool(g["ask_location"])
        ),
        rare=True,
    ),
    "take_over": Form(
        "Ambil alih percakapan", "Ambil alih percakapan", "percakapannya Anda ambil alih; bot diam", (),
        lambda d, p, g: commands.take_over(d, p),
        hint="Jawaban otomatis kepada pelapor berhenti, sampai Anda mengembalikannya atau 24 jam sesudah pesan "
        "terakhir Anda. Kabar langkah penanganan tetap terkirim.",
        rare=True,
    ),
    "give_back": Form(
        "Kembalikan ke bot", "Kembalikan ke bot", "percakapannya dikembalikan ke bot", (),
        lambda d, p, g: commands.give_back(d, p),
        hint="Pelapor dijawab otomatis lagi.",
        rare=True,
    ),
    "transcribe": Form(
        "Tulis isi suara", "Simpan isi suara", "isi suaranya disimpan dan dapat dicari", ("voice", "text"),
        lambda d, p, g: commands.transcribe(d, p, message_id=g["voice"] or 0, text=g["text"]),
        hint="Tampil di bawah rekaman dan dapat dicari; tidak dikirim ke pelapor.",
        rare=True,
    ),
    "seen": Form(
        "Sudah dibaca", "Tandai sudah dibaca", "ditandai sudah dibaca", (), lambda d, p, g: commands.seen(d, p)
    ),
    "note": Form(
        "Catatan internal", "Simpan catatan internal", "catatannya disimpan", ("canned", "note", "attachments"),
        lambda d, p, g: commands.note(d, p, text=g["note"], files=kept_files(g["attachments"])),
        hint="Hanya untuk petugas; tidak pernah dikirim ke pelapor.",
        rare=True,
    ),
    "block": Form(
        "Usulkan blokir pengirim", "Usulkan blokir", "diusulkan: pengirimnya diblokir", ("note",),
        lambda d, p, g: commands.block(d, p, note=g["note"]),
        hint="Hanya untuk penyalahgunaan. Orang kedua menyetujuinya di halaman Pengirim diblokir; pesannya disimpan.",
        rare=True,
    ),
    "reveal": Form(
        "Tampilkan identitas", "Tampilkan identitas", "identitasnya tampak untuk Anda selama 15 menit", ("note",),
        lambda d, p, g: commands.reveal(d, p, note=g["note"]),
        hint="Siapa yang membuka identitas, kapan dan mengapa tercatat pada riwayat aduan ini.",
        rare=True,
    ),
}  # fmt: skip
