"""What people write behind "Nama:", "Alamat:", "Lokasi:" and the like, with the slips of a hasty thumb."""

import re

from .reading_text import (
    COLON,
    COMMA,
    GREETING,
    KNOWN,
    LINE,
    PERSON,
    SMALL,
    STOP,
    THING,
    TITLE,
    TROUBLE,
    Text,
    slips,
)  # fmt: skip
from .reading_words import word_set

# Parted by semicolons; what no element is about ends what was said before it.
_LABELS = {
    "name": (
        "nama; nm; nama lengkap; nama pelapor; nama saya; nama pengadu; pelapor; identitas; identitas "
        "pelapor; asma; jeneng; jenengku; atas nama; nama warga; nami"
    ),
    "address": (
        "alamat; almt; alamat rumah; alamat saya; alamat pelapor; alamat lengkap; alamat domisili; alamat "
        "tinggal; domisili; tempat tinggal; griyo; griya; omah; omahe; rumah; alamat ktp; alamat sesuai ktp; "
        "alamate"
    ),
    "where": (
        "lokasi; lokasi kejadian; tempat; tempat kejadian; tkp; alamat kejadian; alamat lokasi; letak; "
        "posisi; titik lokasi; patokan; panggonan; panggonane; lokasinya; lokasine; di mana; dimana; lokasi "
        "aduan; lks; tempatnya; tempate"
    ),
    "kelurahan": "kelurahan; kel; desa; kelurahan kejadian",
    "when": (
        "waktu; waktu kejadian; kapan; tanggal; tgl; tanggal kejadian; tgl kejadian; hari tanggal; hari tgl; "
        "hari; jam; sejak; waktunya; wektu; wektune; hari kejadian; tanggal jam; hari dan tanggal; sejak "
        "kapan"
    ),
    "what": (
        "kejadian; kronologi; kronologis; kronologi kejadian; aduan; laporan; keluhan; masalah; permasalahan; "
        "isi aduan; isi laporan; pengaduan; perihal; hal; uraian; uraian kejadian; uneg uneg; isi pengaduan; "
        "apa yang terjadi; keperluan; masalahe; wadul; aduannya; keluhannya; yang dilaporkan; yang diadukan; "
        "kejadiannya; masalahnya"
    ),
    "who": (
        "pelaku; terlapor; pihak terlibat; yang terlibat; siapa; siapa yang terlibat; pihak terkait; yang "
        "diadukan siapa; korban"
    ),
    "": (
        "hp; no hp; nomor hp; telp; no telp; telepon; wa; no wa; nomor wa; nik; no ktp; ktp; email; umur; "
        "usia; pekerjaan; pekerjan; jenis kelamin; foto; bukti; agama; ttl; catatan; nb; note; ps; kategori; "
        "status; nomor; no; pesanan; jumlah; harapan; saran; solusi; contoh; nomor aduan; no aduan; kontak; "
        "kecamatan; kec; kota; rt; rw; link; tautan; info; kepada; yth"
    ),
}
_LONGEST = 4
_BY_WORDS = {tuple(label.split()): field for field, labels in _LABELS.items() for label in labels.split("; ")}
_SLIPPED = {
    slip: word
    for word in (
        "nama",
        "alamat",
        "lokasi",
        "keluhan",
        "laporan",
        "kejadian",
        "kronologi",
        "kelurahan",
        "waktu",
        "tanggal",
        "pelapor",
        "tempat",
        "masalah",
    )
    for slip in slips(word)
    if (slip,) not in _BY_WORDS
}
_NOTHING = word_set("""
tidak tdk gak ga nggak ndak ora belum blm tahu tau tak ada kosong rahasia dirahasiakan anonim sama sda idem nanti
menyusul sesuai ktp kurang jelas hamba allah warga x xx xxx isi disini sudah saya kirim diatas atas di seperti foto
terlampir share lok shareloc mboten dereng durung ngertos ngerti gatau paham lupa tersebut lihat cek gambar maps map
google
""")
_PLACE_ANNOUNCED = re.compile(
    r"\b(lokasi(?:nya|ne)?|tempat(?:nya|e)?(?:\s+kejadian)?|tepat(?:nya|e)|patokan(?:nya|e)?|tkp|titik(?:nya)?|panggonan(?:e)?|posisi(?:nya)?)\b\s*(?:di|nang|ning|ing|:|=|ada\s+di)?",
    re.IGNORECASE,
)


def find(text: Text) -> list[tuple[str, int, int]]:
    """The labels with a colon behind them: field (empty for what is no element), and the words they are about.

    The label itself is taken.
    """
    heads = _heads(text)
    found = []
    for number, (field, start, after) in enumerate(heads):
        until = heads[number + 1][1] if number + 1 < len(heads) else len(text)
        text.take(start, after)
        found.append((field, after, _end(text, field, after, until)))
    return [(field, start, end) for field, start, end in found if field] + _hide(text, found)


def _hide(text: Text, found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """What stands behind labels of no element is nobody's name or place."""
    for field, start, end in found:
        if not field:
            text.take(start, end)
    return []


def _heads(text: Text) -> list[tuple[str, int, int]]:
    heads: list[tuple[str, int, int]] = []
    for after in range(1, len(text)):
        if text.gaps[after] in (COLON, LINE) and _colon(text, after):
            count = _label(text, after, heads[-1][2] if heads else 0)
            if count:
                heads.append((_field(text, after - count, count) or "", after - count, after))
    return heads


def _label(text: Text, after: int, first: int) -> int:
    """How many words the label takes that ends here.

    :param first: where it may begin at the earliest
    """
    for count in range(min(_LONGEST, after - first), 0, -1):
        place = after - count
        whole = all(text.gaps[at] < COMMA for at in range(place + 1, after))
        if whole and _field(text, place, count) is not None:
            return count
    return 0


def _colon(text: Text, place: int) -> bool:
    between = text.raw[text.ends[place - 1] : text.starts[place]]
    return text.gaps[place] == COLON or (text.gaps[place] == LINE and between.strip()[:1] in (":", "="))


def _field(text: Text, place: int, count: int) -> str | None:
    words = tuple(text.words[place : place + count])
    return _BY_WORDS.get(words, _BY_WORDS.get(tuple(_SLIPPED.get(word, word) for word in words)))


def _end(text: Text, field: str, start: int, until: int) -> int:
    """Where what is said behind a label ends: with its line, and but for the matter itself with its sentence."""
    strongest = LINE if field in ("what", "when") else STOP
    for place in range(start + 1, until):
        if text.gaps[place] >= strongest and not _is_joined(text, place):
            return place
        if field == "name" and text.gaps[place] == COMMA:
            return place
    return until


def _is_joined(text: Text, place: int) -> bool:
    """A dot inside an address, "Jl. Melati No. 5. RT 2"."""
    return text.gaps[place] == STOP and text.words[place] in ("rt", "rw", "kel", "kec")


def is_polite(text: Text, place: int) -> bool:
    return text.words[place] in ("pak", "bu", "min", "ya", "kak", "mas", "mbak", "nggih", "njih", "gan")


def says_nothing(text: Text, start: int, end: int) -> bool:
    """Whether an answer is none: "tidak tahu", "-", "rahasia"."""
    return all(word in _NOTHING for word in text.words[start:end])


def names_something(text: Text, start: int, end: int) -> bool:
    """Whether there is a word that may name a place, and no sentence about something else."""
    small = sum(bool(text.means[at] & SMALL) for at in range(start, end))
    named = any(text.unknown(at) or text.means[at] & KNOWN for at in range(start, end))
    return named and small * 2 < end - start


def tells(text: Text, start: int, end: int) -> bool:
    """Whether something is told: two words at least that are more than manners."""
    told = [
        at
        for at in range(start, end)
        if not text.means[at] & (SMALL | GREETING | TITLE) or text.means[at] & (THING | TROUBLE | PERSON)
    ]
    return len(told) > 1


def announces_place(text: Text) -> bool:
    """Whether a place is announced: "lokasinya di …", "patokan …"."""
    return bool(_PLACE_ANNOUNCED.search(text.raw))
