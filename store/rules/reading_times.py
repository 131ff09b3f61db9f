"""When something happened, as people say it: "sejak Senin", "tadi malam jam 8", "wis telung dino"."""

import re
from collections.abc import Iterator

from .reading_text import COMMA, Text
from .reading_words import DAYS, MONTHS, word_set

_PART = (
    r"(?:dini\s+hari|tengah\s+(?:malam|wengi)|pagi(?:-pagi)?|siang|sore|petang|mal[ae]m|mlm|subuh|shubuh|ma?ghrib|"
    r"isya|esuk|isuk|m?bengi|wengi|awan|sonten|enjing|enjang|dalu)"
)
_COUNT = (
    r"(?:\d{1,3}(?:\s*(?:-|sampai)\s*\d{1,3})?|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|beberapa|"
    r"sak|rong|kalih|telung|tigang|patang|limang|pirang(?:-pirang)?|ber)"
)
_UNIT = r"(?:menit|jam|hari|hr|dino|dina|dinten|minggu|mgg|mingu|pekan|bulan|bln|wulan|sasi|tahun|thn|th|taun|mal[ae]m)"
_SPAN = (
    rf"(?:{_COUNT}\s*-?\s*{_UNIT}(?:an)?|"
    r"se(?:jam|hari|harian|minggu|mingguan|pekan|bulan|bulanan|tahun|tahunan|taun|mal[ae]man?)|sak\s?minggu|setengah\s+(?:jam|hari|bulan|tahun))"
)
_HAS = (
    r"(?:sudah|sdh|udah|udh|dah|wis|wes|uwis|sampun|mpun|telah|selama|hampir|hampi|kurang\s+lebih|lebih\s+dari|sekitar|"
    r"kira-?kira|jalan)"
)
_AGO = (
    r"(?:(?:yang|yg|sing|ingkang)\s+(?:lalu|kepungkur)|lalu|lebih|kepungkur|ini|iki|terakhir|belakangan(?:\s+ini)?|"
    r"berturut-turut)"
)
_CLOCK = (
    r"(?:jam|pukul|pkl|jm)\.?\s*\d{1,2}(?:[.:]\d{2})?(?:\s*(?:wib|an))?(?:\s*" + _PART + r")?"
    r"(?:\s*(?:-|–|sampai|sampe|smp|s/d|sd|nganti)\s*(?:jam\s*|pukul\s*)?\d{1,2}(?:[.:]\d{2})?(?:\s*(?:wib|"
    + _PART
    + r"))?)?"
)
_DATE = (
    rf"(?:(?:tanggal|tgl)\.?\s*\d{{1,2}}(?:\s*(?:{MONTHS})\b)?(?:\s*20\d\d)?(?:\s*[/-]\s*\d{{1,2}}(?:\s*[/-]\s*(?:20)?\d\d)?)?|"
    rf"\d{{1,2}}\s+(?:{MONTHS})\b(?:\s*20\d\d)?|\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:20)?\d\d)"
)
_PAST = (
    r"(?:tadi|td|wau|kemarin|kmrn|kemaren|kmaren|kmarin|wingi(?:ne|nane)?|semal[ae]m|semlm|barusan|mau\s+(?:esuk|isuk|bengi|sore|awan)|hari\s+ini|"
    r"hr\s+ini|dino\s+iki|dina\s+iki|mal[ae]m\s+ini|pagi\s+ini|siang\s+ini|sore\s+ini|(?:minggu|bulan|tahun|taun|sasi|bln)\s+(?:lalu|kemarin|kemaren|wingi|ini|kepungkur)|"
    r"awal\s+(?:bulan|tahun)|akhir\s+(?:bulan|tahun)\s+lalu)"
)
_DAY = (
    rf"(?:(?:hari|hr|dino|dinten|mal[ae]m|mlm)\s+(?:{DAYS})|"
    rf"(?:{DAYS})\s+(?:{_PART}|kemarin|kemaren|lalu|wingi|kmrn|yang\s+lalu))"
)
_SINCE = r"(?:sejak|sjk|sejk|mulai|wiwit|ket|kit|sedari|semenjak|awit|dari|sak)"
_EACH = r"(?:setiap|stiap|tiap|tiap-tiap|saben|angger|sabendino)"
_CORE = rf"(?:{_PAST}|{_DAY}|{_DATE}|{_CLOCK})(?:\s+{_PART})?"
_WHEN = re.compile(
    rf"\b(?:{_SINCE}\s+(?:{_CORE}|{_SPAN}(?:\s+{_AGO})?|(?:hari\s+)?(?:{DAYS})|{_PART}(?:\s+(?:tadi|td|wau))?|(?:bulan\s+)?(?:{MONTHS})\b(?:\s+20\d\d)?|tahun\s+(?:20|19)\d\d|"
    rf"(?:habis\s+)?(?:hujan|udan|lebaran|puasa|pandemi|banjir)(?:\s+(?:kemarin|kemaren|wingi|lalu|tadi))?)"
    rf"|{_EACH}\s+(?:{_PART}|{_DAY}|(?:{DAYS})|hari|dino|dinten|hujan|ujan|udan|minggu|bulan|jam\s+\d{{1,2}}|musim\s+hujan|habis\s+hujan|pulang\s+sekolah)(?:\s+(?:{_PART}|{DAYS}))?"
    rf"|(?:kalau|kalo|klo|yen|nek|menawi)\s+(?:hujan|ujan|udan|malam\s+hari)"
    rf"|{_HAS}\s+(?:{_HAS}\s+)?{_SPAN}(?:\s+{_AGO})?"
    rf"|{_SPAN}\s+{_AGO}"
    rf"|{_CORE}"
    rf"|pada\s+(?:hari\s+)?(?:{DAYS})|(?:bulan|bln)\s+(?:{MONTHS})\b(?:\s+20\d\d)?)"
    r"(?!\w)",
    re.IGNORECASE,
)
# What is enough where it was asked when: "pagi", "Senin".
_BARE = re.compile(rf"\b(?:{_PART}|(?:{DAYS})|bulan\s+(?:{MONTHS})|{_SPAN})(?!\w)", re.IGNORECASE)
# What stands before makes it no time of what happened: a wish, an age, opening hours.
_NOT_WHEN = word_set("""
mohon tolong tulung semoga harap harapan kapan apakah ditunggu umur usia berumur berusia dalam besok janji janjinya
buka umure masa berlaku maksimal paling sampai sampe hingga nganti tekan selamat met sugeng nanti lusa sblm sebelum
minimal durasi bayar rencana acara undangan lowongan tarif seharga promo diskon
""")
_BEGINNINGS = word_set("""
sejak sjk sejk mulai wiwit ket kit sedari semenjak awit dari sak setiap stiap tiap saben angger sabendino kalau kalo
klo yen nek menawi sudah sdh udah udh dah wis wes uwis sampun mpun telah selama hampir hampi kurang lebih sekitar kira
jalan satu dua tiga empat lima enam tujuh delapan sembilan sepuluh beberapa rong kalih telung tigang patang limang
pirang ber sejam sehari seharian seminggu semingguan sepekan sebulan sebulanan setahun setahunan setaun semalam
semalem semalaman semaleman sakminggu setengah tadi td wau kemarin kmrn kemaren kmaren kmarin wingi wingine winginane
semlm barusan mau hari hr dino dina dinten malam malem mlm pagi siang sore minggu bulan tahun taun sasi bln awal akhir
senin selasa rabu rebo kamis kemis jumat jum sabtu setu ahad jam pukul pkl jm tanggal tgl pada
""")
_NOT_BEFORE = word_set("lagi kerja dilewati dilalui dilewatin lewat ramai rame")
_REACH = 4


def times(text: Text, free: bool = False) -> list[tuple[int, int]]:
    """Where it is said when something happened, as pairs of words (start, below).

    :param free: when was asked for, or is announced: a bare day or part of the day is enough
    """
    found: list[tuple[int, int]] = []
    for start, end in _matches(text):
        if not text.taken[start] and not _is_no_time(text, start, end):
            if found and _continues(text, found[-1][1], start):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    if free and not found:
        for match in _BARE.finditer(text.raw):
            start, end = text.spans(match.start(), match.end())
            if start < end and not text.taken[start] and not _is_no_time(text, start, end):
                return [(start, end)]
    return found


def _matches(text: Text) -> Iterator[tuple[int, int]]:
    """All times, whatever stands before them; looked for only where one may begin."""
    place = 0
    while place < len(text.words):
        word = text.words[place]
        match = _WHEN.match(text.raw, text.starts[place]) if word in _BEGINNINGS or word.isdigit() else None
        place += 1
        if match:
            start, place = text.spans(match.start(), match.end())
            yield start, place


def _continues(text: Text, end: int, start: int) -> bool:
    """ "Senin tanggal 20, jam 7" is one time."""
    return start == end and text.gaps[start] <= COMMA


def _is_no_time(text: Text, start: int, end: int) -> bool:
    if text.near(end) and text.words[end] in _NOT_BEFORE:
        return True
    if start and text.near(start) and text.words[start - 1] in ("smp", "rt", "rw"):
        return True
    # "Ini yang tadi" points at a message, and "yang kemarin" at whatever it was.
    if end - start == 1 and start and text.near(start) and text.words[start - 1] in ("yang", "yg", "sing"):
        return True
    place = start
    while place and text.gaps[place] < COMMA and start - place < _REACH:
        place -= 1
        if text.words[place] in _NOT_WHEN:
            return True
    return False
