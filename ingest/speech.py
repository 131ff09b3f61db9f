"""Words that ask something of the service rather than tell it something: pure functions of what was written.

Only a message that holds nothing else counts: "bantuan sosial belum cair" is a complaint and no call for help.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

STATUS, CANCEL, HELP, OFFICER, INFO, NEW = "status", "cancel", "help", "officer", "info", "new"

_NUMBER = re.compile(r"\b([A-Z]{2,3})[-\s_/.]{0,3}(20\d\d)[-\s_/.]{0,3}(\d{1,9})\b", re.IGNORECASE)
# Each phrase is the whole of a command; a slip of the finger in a word of five letters or more is forgiven.
_PHRASES = {
    STATUS: (
        "status", "setatus", "cek status", "cek", "cek aduan", "cek laporan", "cek nomor", "status aduan",
        "status laporan", "status pengaduan", "lacak", "perkembangan", "progres", "progress", "update",
    ),
    CANCEL: (
        "batal", "batalkan", "batal aduan", "batalkan aduan", "batalkan laporan", "batal laporan", "cabut",
        "cabut aduan", "cabut laporan", "tarik aduan", "tarik laporan",
    ),
    HELP: ("bantuan", "help", "menu", "cara", "panduan", "petunjuk", "cara lapor", "cara melapor", "caranya bagaimana"),
    OFFICER: (
        "petugas", "admin", "operator", "cs", "bicara petugas", "bicara dengan petugas", "hubungi petugas",
        "minta petugas", "hubungkan petugas", "minta dihubungi petugas", "ngomong petugas",
    ),
    INFO: ("info", "informasi", "info layanan", "standar", "standar layanan", "standar pelayanan"),
    NEW: (
        "aduan baru", "laporan baru", "lapor baru", "pengaduan baru", "aduan lain", "laporan lain", "hal lain",
    ),
}  # fmt: skip
# Who asks where their complaint is, uses no other words than these, and one of the first group.
_ASKING = (
    "status sampai sampe mana tekan ngendi piye pripun pripon gimana gmn gmana bagaimana bgmn perkembangan "
    "perkembangannya kelanjutan kelanjutannya kabar kabarnya progres progress update kapan ditindaklanjuti diproses "
    "proses prosesnya dikerjakan tindaklanjut tindak lanjut lanjutnya hasil hasilnya"
)
_ABOUT = (
    "aduan laporan pengaduan lapor saya sy aku kulo kula ku aduanku laporanku aduannya laporannya aduane laporane "
    "nomor no yang yg kemarin tadi wingi itu ini nya sudah udah sdh udh sampun mpun wis belum durung blm kok apakah "
    "apa ya nggih njih sih dong to tho lah pak bu bapak ibu mas mbak kak min admin mohon tolong tanya mau nanya "
    "tanyakan permisi assalamualaikum selamat pagi siang sore malam maaf dan untuk tentang soal dengan dari di ke "
    "akan ditangani selesai masih lama berapa hari lagi menunggu info infonya dapat dijawab jawaban jawabannya cek"
)
_POLITE = (
    "mohon tolong pak bu bapak ibu mas mbak kak min admin ya dong saya sy aku nomor no aduan laporan mau ingin minta "
    "bisa dengan tentang assalamualaikum permisi selamat pagi siang sore malam terima kasih makasih nggih"
)
_GLAD = " alhamdulillah semua semuanya matur nuwun maturnuwun suwun terimakasih trimakasih mksh"
_DONE = (
    "sudah selesai", "selesai", "sudah beres", "beres", "sudah", "udah selesai", "sampun rampung", "wis rampung",
    "wis bar", "sudah diperbaiki", "sudah baik", "sudah teratasi", "ya sudah selesai", "sudah selesai terima kasih",
    "sudah nyala", "sudah menyala", "sudah bersih", "sudah bagus", "sudah lancar", "sudah diangkut", "sudah dikerjakan",
    "sudah normal", "wis apik", "wis bener", "wis urip", "wis beres", "sampun sae",
)  # fmt: skip
_NOT_DONE = (
    "belum selesai", "belum", "belum beres", "durung", "durung rampung", "dereng", "belum diperbaiki", "blm selesai",
    "blm", "masih belum selesai", "belum teratasi", "tidak selesai", "belum dikerjakan", "belum ada yang datang",
    "belum ada perubahan", "belum ada tindakan", "masih sama", "masih sama saja", "masih rusak", "masih mati",
)  # fmt: skip
# With these at its beginning a longer answer says no, and why.
_BUT_FIRST = ("belum selesai", "blm selesai", "belum beres", "durung rampung", "dereng rampung", "masih belum selesai")
# A short yes or no is made of these words, and of what may stand around them.
_YES = "ya iya y yaa yo nggih inggih njih betul benar jadi ok oke okay setuju cabut dicabut batalkan dibatalkan"
_NO = "tidak tdk gak ga nggak ngga enggak jangan jgn ora mboten tetap lanjut lanjutkan"
_AROUND = "saja aja wae mawon sido sios sudah deh lah itu ini aduannya laporannya"
_STARS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5}
_RATING = re.compile(r"(?:nilai|rating|bintang|skor)?\s*([1-5])(?:\s*/\s*5|\s*bintang)?")


@dataclass(frozen=True)
class Command:
    """What a message asks for; `number` is the complaint it names, as it is stored."""

    name: str
    number: str | None = None


def command(text: str | None) -> Command | None:
    """What a message asks of the service, or None where it tells something."""
    if not text or len(text) > 200:
        return None
    number = named(text)
    words = _words(_NUMBER.sub(" ", text))
    polite = _POLITE.split()
    if not words:
        return Command(STATUS, number) if number else None
    rest = " ".join(words)
    for name, phrases in _PHRASES.items():
        if any(_is(rest, phrase) for phrase in phrases):
            return Command(name, number)
    # Politeness around it changes nothing; "mohon bantuan pak" is how a complaint begins, though, and no call for help.
    bare = " ".join(word for word in words if word not in polite)
    for name in (STATUS, CANCEL, OFFICER):
        if bare and any(_is(bare, phrase) for phrase in _PHRASES[name] if phrase not in ("cs", "cek")):
            return Command(name, number)
    asking = set(_ASKING.split())
    if set(words) <= asking | set(_ABOUT.split()) and set(words) & asking:
        return Command(STATUS, number)
    return None


def named(text: str | None) -> str | None:
    """The first complaint's number in a text, as it is stored."""
    found = _NUMBER.search(text or "")
    return f"{found[1].upper()}-{found[2]}-{int(found[3]):05d}" if found else None


def says_done(text: str | None) -> bool | None:
    """Whether a typed answer to "sudah selesai?" says yes or no; None where it says something else.

    A no may go on to say what is not done; a yes that goes on may well be no yes.
    """
    polite = (_POLITE + _GLAD).split()
    rest = " ".join(word for word in _words(_NUMBER.sub(" ", text or "")) if word not in polite)
    if any(_is(rest, phrase) for phrase in _NOT_DONE) or rest.startswith(tuple(f"{said} " for said in _BUT_FIRST)):
        return False
    return True if any(_is(rest, phrase) for phrase in _DONE) else None


def says_yes(text: str | None) -> bool | None:
    """Whether a typed answer to a question of ours says yes or no; None where it says something else."""
    words, yes, no = set(_words(text or "")), set(_YES.split()), set(_NO.split())
    if not words <= yes | no | set(_POLITE.split()) | set(_AROUND.split()):
        return None
    return False if words & no else True if words & yes else None


def says_why(text: str | None) -> bool:
    """Whether a no says more than no: what is not done."""
    return says_done(text) is False and len(_words(_NUMBER.sub(" ", text or ""))) > 3


def rating(text: str | None) -> int | None:
    """A rating of 1 to 5 that was typed, and nothing else: "5", "bintang 4", "⭐⭐⭐"."""
    plain = (text or "").strip().lower().rstrip(".! ")
    if plain and set(plain) <= {"⭐", "★", "🌟", "\ufe0f"}:
        stars = sum(sign != "\ufe0f" for sign in plain)
        return stars if stars <= 5 else None
    if plain in _STARS:
        return _STARS[plain]
    found = _RATING.fullmatch(plain)
    return int(found[1]) if found else None


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _is(said: str, phrase: str) -> bool:
    """The same words, but for one slip of the finger in a longer one."""
    if said == phrase:
        return True
    said_words, words = said.split(), phrase.split()
    return len(said_words) == len(words) and all(_alike(a, b) for a, b in zip(said_words, words, strict=True))


def _alike(said: str, word: str) -> bool:
    if said == word:
        return True
    if len(word) < 5 or abs(len(said) - len(word)) > 1 or said[0] != word[0]:
        return False
    return SequenceMatcher(None, said, word, autojunk=False).ratio() >= 0.8
