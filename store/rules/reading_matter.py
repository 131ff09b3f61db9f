"""What happened: the words that name a thing and what is wrong with it, or what is wished for it."""

from collections.abc import Iterable

from .reading_text import (
    COMMA,
    GANG,
    GREETING,
    KIND,
    LINE,
    MATTER,
    NEAR,
    NEGATION,
    PERSON,
    PREPOSITION,
    SMALL,
    STOP,
    STREET,
    THING,
    TITLE,
    TROUBLE,
    WISH,
    Text,
    single,
    stem,
)  # fmt: skip
from .reading_words import word_set

Span = tuple[int, int]
# With these a sentence of another sort begins.
_TURNS = word_set("""
mohon mhn tolong tlg tulung semoga mugi mugo terima terimakasih trimakasih trims makasih mksh matur maturnuwun
matursuwun suwun nuwun thanks harap demikian sekian wassalam wassalamualaikum kapan kpn ditunggu nyuwun
""")
# What leads to the matter and is no part of it.
_LEADS = word_set("""
lapor melapor melaporkan laporkan laporan mengadukan mengadu ngadu wadul aduan pengaduan mengeluh mengeluhkan
menyampaikan sampaikan bahwa tentang soal mengenai perihal terkait adanya perkenalkan tanya bertanya menanyakan
tanglet nanya info
""")
# Too common to be the matter by themselves, or only with something that is truly wrong.
_VAGUE = word_set("""
bantuan uang duit dhuwit duwit nomor hp motor kendaraan biaya data berkas surat suket jadwal layanan pelayanan antrian
antrean rumah barang suara paket aplikasi link kartu obat lapangan hewan situs badan kelas lansia dana daerah info
proyek bocah pasien dokter demam guru sepeda mobil bus tangga air makam sekolah pasar
""")
_MINE = word_set("punya tahu tau paham ngerti sempat berani ingin mau butuh perlu")
_ASKS = word_set("""
apa apakah bagaimana gimana pripun pimen piye kapan kenapa knp dimana kemana berapa syarat syaratnya syarate caranya
cara bisa
""")
# What people complain of in people.
_CONDUCT = word_set("""
galak kasar disentak membentak mbentak dibentak marah marahi dimarahi malas males bolos membolos mabuk mendem ngebut
memukul mukul ugal memaksa maksa judes ketus sombong tidur merokok ngrokok menghina mengancam ngancam berkelahi
meresahkan mengganggu ngganggu memeras meras pungli berisik brisik bising gaduh ribut
""")
_TAKING = word_set("minta meminta mintai dimintai njaluk njaluki dijaluki narik menarik ditarik mungut memungut")
_MONEY = word_set("uang duit dhuwit duwit bayaran sogokan imbalan rokok amplop ribu rb juta")
_SERVING = word_set("dokter guru bidan perawat pegawai")
_ABSENT = word_set("datang ada masuk hadir mengajar melayani teko mulang")
# So many words on either side may belong to it.
_AROUND = 12
_OWN = word_set("saya sy aku kulo kula kami ku")
_MOST_WORDS = 45


def find(text: Text, apart: Iterable[Span]) -> Span | None:
    """The first words that say what happened.

    :param apart: words that name a place; a street's name is no thing, and the place at the end is told apart
    """
    inside = bytearray(text.taken)
    for start, end in apart:
        inside[start:end] = b"\2" * (end - start)
    subjects = {end: start for start, end in apart if _is_subject(text, start)}
    # Who breaks lines in the midst of a sentence is read across them, where the lines alone say nothing.
    for strongest in (LINE, STOP):
        for start, end in _sentences(text, strongest):
            found = _in_sentence(text, inside, subjects, start, end)
            if found:
                return found
    return None


def _is_subject(text: Text, start: int) -> bool:
    """ "Jl. Melati rusak": the place itself is what is wrong."""
    led = start and text.near(start) and text.means[start - 1] & (PREPOSITION | NEAR | SMALL)
    return bool(text.means[start] & (STREET | KIND | GANG) and not text.means[start] & NEAR and not led)


def _sentences(text: Text, strongest: int) -> Iterable[Span]:
    start = 0
    for place in range(1, len(text) + 1):
        ends = place == len(text) or text.gaps[place] == STOP or text.gaps[place] == strongest
        if ends or single(text.words[place]) in _TURNS:
            # "Mohon lampu diperbaiki": the wish itself stands behind the word that begins it.
            yield (start + (single(text.words[start]) in _TURNS), place)
            start = place


def _in_sentence(text: Text, inside: bytearray, subjects: dict[int, int], start: int, end: int) -> Span | None:
    core = [at for at in range(start, end) if not inside[at] and _counts(text, at)]
    while core:
        clauses = _run(text, core)
        subject = _subject(text, subjects, clauses[0])
        if subject is not None and subject >= start:
            return subject, _whole(text, inside, clauses[0], clauses[-1], start, end)[1]
        if _is_matter(text, inside, clauses, start, end):
            return _whole(text, inside, clauses[0], clauses[-1], start, end)
        core = core[len(clauses) :]
    return None


def _subject(text: Text, subjects: dict[int, int], trouble: int) -> int | None:
    """Where the place begins that this word says is wrong: right before it, or parted from it by a small word."""
    if not text.means[trouble] & TROUBLE:
        return None
    for place in (trouble, trouble - 1):
        if place in subjects and all(text.near(at) for at in range(place, trouble + 1)):
            return subjects[place]
    return None


def _counts(text: Text, place: int) -> bool:
    return bool(text.means[place] & (THING | TROUBLE | MATTER | WISH)) or text.words[place] in _CONDUCT


def _run(text: Text, core: list[int]) -> list[int]:
    """Those words of the core that stand in clauses right behind each other."""
    run = [core[0]]
    for place in core[1:]:
        if sum(text.gaps[at] >= COMMA for at in range(run[-1] + 1, place + 1)) > 1 or place - run[0] > _MOST_WORDS:
            break
        run.append(place)
    return run


def _is_matter(text: Text, inside: bytearray, core: list[int], start: int, end: int) -> bool:
    if any(text.means[at] & MATTER for at in core):
        return True
    start, end = max(start, core[0] - _AROUND), min(end, core[-1] + _AROUND)
    if any(text.means[at] & PERSON for at in range(start, end)) and _misconduct(text, core, start, end):
        return True
    things = [at for at in core if text.means[at] & THING]
    clear = [at for at in things if not {text.words[at], stem(text.words[at])} & _VAGUE]
    if not things:
        return False
    troubles = {at for at in core if text.means[at] & TROUBLE}
    if len(troubles | set(things)) > 1 and troubles:
        return _apart(text, things, troubles)
    if not clear:
        return False
    first, last = max(core[0] - 4, start), min(core[-1] + 8, end)
    denied = [at for at in range(first, last) if text.means[at] & NEGATION and not inside[at]]
    if any(at + 1 >= end or text.words[at + 1] not in _MINE for at in denied):
        return _says_more(text, clear, first, last)
    wished = any(text.means[at] & WISH and at not in clear for at in core)
    return wished or _asks(text, clear, start, end)


def _misconduct(text: Text, core: list[int], start: int, end: int) -> bool:
    if any(text.words[at] in _CONDUCT for at in core):
        return True
    words = set(text.words[start:end])
    if words & _SERVING and words & _ABSENT and any(text.means[at] & NEGATION for at in range(start, end)):
        return True
    return bool(words & _TAKING) and bool(words & _MONEY)


def _apart(text: Text, things: list[int], troubles: set[int]) -> bool:
    """A thing and another word for what is wrong with it; for vague things nobody's own pain or luck."""
    return any(thing != trouble for thing in things for trouble in troubles)


def _says_more(text: Text, things: list[int], first: int, last: int) -> bool:
    return any(
        at not in things and not text.means[at] & (NEGATION | TITLE) and len(text.words[at]) > 2
        for at in range(first, last)
    )


def _asks(text: Text, things: list[int], start: int, end: int) -> bool:
    """A question about a thing: what papers, how, when."""
    return text.asks and any(text.words[at] in _ASKS for at in range(start, end)) and end - start > 2


def _whole(text: Text, inside: bytearray, first: int, last: int, start: int, end: int) -> Span:
    """The core with the words around it that belong to it."""
    while first > start and text.near(first) and not inside[first - 1] and not _leads(text, first - 1):
        first -= 1
    last += 1
    while last < end and text.near(last) and not inside[last] and not _polite(text, last):
        last += 1
    while last - first > 1 and (inside[last - 1] or _hangs(text, last - 1)):
        last -= 1
    while last - first > 1 and text.words[first] in _LEADING:
        first += 1
    return first, last


def _leads(text: Text, place: int) -> bool:
    if text.words[place] in _LEADS:
        return True
    if text.words[place + 1] in _OWN:
        return False
    means = text.means[place]
    return bool(means & (GREETING | TITLE) and not means & (THING | TROUBLE | NEGATION))


def _polite(text: Text, place: int) -> bool:
    return bool(text.means[place] & (TITLE | GREETING)) and not text.means[place] & (THING | TROUBLE)


_LEADING = word_set("kalau bahwa yang dan mau ini itu terus karena tapi pun juga waktu pas lihat liat melihat")
_HANGING = word_set("""
gimana kenapa nih kok sih gini sampai di nang ning neng ing teng dan yang yg karena karna krn sejak dari ke dengan
pada itu tapi sudah sdh udah wis wes selama untuk tepatnya lokasi lokasinya dekat depan daerah sampun
""")


def _hangs(text: Text, place: int) -> bool:
    """A word that only led to what was cut away behind it."""
    return text.words[place] in _HANGING and not text.means[place] & TROUBLE
