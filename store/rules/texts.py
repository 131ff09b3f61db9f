"""What citizens read: every message of the service, in one place, as pure functions. The words: `autotexts.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from . import indonesian
from .letters import (
    BUTTON_TEXT_LIMIT,
    CUT,
    NEWS_TEMPLATE,
    TEMPLATE_PARAMETER_LIMIT,
    TEXT_LIMIT,
    Letter,
    Service,
    auto,
    safe_parameter,
    template_body,
)

# Also what a message is, for whoever makes one by the functions below.
__all__ = [
    "BUTTON_TEXT_LIMIT",
    "CUT",
    "NEWS_TEMPLATE",
    "TEMPLATE_PARAMETER_LIMIT",
    "TEXT_LIMIT",
    "Letter",
    "Service",
    "safe_parameter",
    "template_body",
]

OFFICER_TEXT_LIMIT = 3000
# What a press on a button or a choice from a list sends back, before the complaint's number.
CONFIRM, REOPEN, RATE, CANCEL, KEEP, CANCEL_THIS, WHICH, REASON = (
    *("confirm", "reopen", "rate", "cancel", "keep", "cancel_this"),
    *("which", "reason"),
)
NEW = "new"
# Meta's limits of a list: rows, characters of a title, of a description, of the button that opens it.
LIST_ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72


# What is asked for at once, as the citizen reads it, in this order; who is involved is left to an officer's question.
_WANTED = {
    "identity": "nama lengkap dan alamat Anda",
    "where_when": "tempat kejadian (tekan *Kirim lokasi* di bawah, atau tulis alamatnya) dan sejak kapan",
    "what": "apa yang terjadi",
    "evidence": "foto, bila ada",
}
# Beside the form's button there is none for the place.
_PLACE_ALONE = "tempat kejadian dan sejak kapan"
_PLACE, _TIME = "tempat kejadian (tekan *Kirim lokasi* di bawah, atau tulis alamatnya)", "sejak kapan terjadinya"
_BY_FORM = "Tulis saja di sini, atau tekan *Isi formulir* di bawah."
EXAMPLE = "Contoh: “Nama Siti, Jl. Melati 5 Medono. Lampu jalan depan masjid mati sejak Senin.”"
PRIVACY = "Data Anda hanya dipakai untuk menangani aduan ini."


def acknowledgement(
    number: str,
    service: Service,
    elements: Iterable[str] = (),
    has_place: bool = False,
    form: dict | None = None,
    said: Mapping[str, str] = MappingProxyType({}),
) -> Letter:
    """The one automatic answer: number, promise, what is still missing with an example, privacy, 112.

    :param elements: those of the five that are there
    :param has_place: a location was shared, so that none is asked for with a button
    :param form: the form to offer in the button's place, where more than a photo is missing
    :param said: what was understood, so that of an element only the half is asked for that is missing
    """
    there = set(elements)
    words = _WANTED | _halves(said, bool(form))
    wanted = [name for name in words if name not in there]
    form = form if wanted and wanted != ["evidence"] else None
    missing = "Keterangan Anda sudah kami catat. Bila ada tambahan, tulis saja di sini."
    if wanted:
        points = "".join(f"\n• {words[name]}" for name in wanted)
        missing = f"Agar cepat ditangani, mohon lengkapi:{points}"
        if wanted != ["evidence"]:
            missing += f"\n\n{_BY_FORM + chr(10) if form else ''}{EXAMPLE}"
    places = {
        "nomor": number,
        "layanan": service.name,
        "kota": service.city,
        "janji": service.promise,
        "kelengkapan": missing,
        "privasi": service.privacy or PRIVACY,
    }
    asks_place = "where_when" not in there and not has_place and words["where_when"] != _TIME
    kind = "flow" if form else "location_request" if asks_place else "text"
    return auto("acknowledgement", places, "Aduan Anda sudah kami terima.", kind=kind, flow=form)


def _halves(said: Mapping[str, str], form: bool) -> dict[str, str]:
    """How to ask for the elements of which one half was said already."""
    found = {"where_when": _PLACE_ALONE} if form else {}
    if said.get("where") or said.get("kelurahan"):
        found["where_when"] = _TIME
    elif said.get("when"):
        found["where_when"] = "tempat kejadian" if form else _PLACE
    if said.get("name"):
        found["identity"] = "alamat Anda"
    elif said.get("address"):
        found["identity"] = "nama lengkap Anda"
    return found


def joined(number: str) -> Letter:
    return auto("joined", {"nomor": number}, "Pesan Anda sudah kami tambahkan.")


def joined_ended(number: str) -> Letter:
    return auto("joined_ended", {"nomor": number})


def complete(number: str) -> Letter:
    return auto("complete", {"nomor": number})


def form_received(number: str, has_place: bool) -> Letter:
    """A finished form; there is no map in it, so the place is asked for after it.

    :param has_place: a location was shared already
    """
    if has_place:
        return auto("form_received", {"nomor": number, "lokasi": ""})
    places = {"nomor": number, "lokasi": "\n\nBila dapat, tekan *Kirim lokasi* di bawah untuk menunjukkan tempatnya."}
    return auto("form_received", places, kind="location_request")


def reason(number: str, progress: str) -> Letter:
    """What is not done yet was told; where the complaint is now, as `status` says it."""
    return auto("reason", {"nomor": number, "perkembangan": progress})


def supplied(number: str) -> Letter:
    return auto("supplied", {"nomor": number})


def unmerged(number: str) -> Letter:
    return auto("unmerged", {"nomor": number})


def forwarded(number: str, departments: list[str]) -> Letter:
    named = listed(departments)
    return auto("forwarded", {"nomor": number, "opd": named}, f"Sudah kami teruskan ke {named} untuk ditangani.")


def listed(names: list[str]) -> str:
    """Names as one reads them: "A", "A dan B", "A, B dan C"."""
    return " dan ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


# What is asked for, as the citizen reads it.
ASKED = {
    "identity": "nama lengkap dan alamat Anda",
    "what": "apa yang terjadi",
    "who": "siapa yang terlibat atau terdampak",
    "where_when": "di mana dan kapan terjadinya",
    "evidence": "foto atau bukti lain, bila ada",
}


def asked(number: str, missing: list[str], days: int, more: str = "") -> Letter:
    """Ask the reporter for what is missing.

    :param missing: names of elements, at least one
    :param days: calendar days of silence after which the complaint is archived
    :param more: a question in the officer's own words
    """
    wanted = [ASKED[name] for name in missing]
    points = "".join(f"\n• {line}" for line in wanted)
    own = f"\n\n{more.strip()}" if more.strip() else ""
    short = f"Mohon kirim {listed(wanted)}. {more.strip()}".strip()
    kind = "location_request" if "where_when" in missing else "text"
    return auto("asked", {"nomor": number, "butir": points + own, "hari": str(days)}, short, kind=kind)


def archived(number: str, days: int) -> Letter:
    return auto(
        "archived",
        {"nomor": number, "hari": str(days)},
        f"Kami arsipkan karena {days} hari belum ada kelengkapan. Kirim kelengkapannya untuk membukanya lagi.",
    )


def revived(number: str) -> Letter:
    return auto("revived", {"nomor": number}, "Terima kasih, aduan Anda kami buka lagi.")


def scheduled(number: str, department: str, day: str, reason: str) -> Letter:
    return auto(
        "scheduled",
        {"nomor": number, "opd": department, "tanggal": day, "alasan": reason.strip()},
        f"Dijadwalkan {department} paling lambat {day}. {reason.strip()}",
    )


def referred(number: str, body: str, reference: str, text: str) -> Letter:
    """The matter belongs to another body than the city."""
    named = body.strip() + (f" dengan nomor rujukan {reference.strip()}" if reference.strip() else "")
    places = {"nomor": number, "lembaga": named, "isi": text.strip()}
    return auto("referred", places, f"Kami limpahkan ke {named}. {text.strip()}")


def withdrawn(number: str) -> Letter:
    return auto("withdrawn", {"nomor": number}, "Kami tutup karena dicabut. Terima kasih sudah memberi tahu.")


def merged(number: str) -> Letter:
    short = "Hal ini sudah kami terima juga dari pelapor lain. Jawabannya kami kirim juga kepada Anda."
    return auto("merged", {"nomor": number}, short)


def started(number: str, department: str) -> Letter:
    return auto("started", {"nomor": number, "opd": department}, f"Sedang dikerjakan oleh {department}.")


def answer(number: str, text: str, service: Service) -> list[Letter]:
    return [auto("answer", _written(number, text, service), text)]


def reply(number: str, text: str, service: Service) -> list[Letter]:
    return [auto("reply", _written(number, text, service), text)]


def _written(number: str, text: str, service: Service) -> dict[str, str]:
    return {"nomor": number, "isi": text.strip(), "layanan": service.name, "kota": service.city}


def result(number: str, text: str) -> list[Letter]:
    """The result with its two buttons; a long one goes as text first, because a text above buttons must be short."""
    question = "Apakah masalahnya sudah selesai? Tekan salah satu tombol di bawah ini."
    buttons = ((f"{CONFIRM}:{number}", "Sudah selesai"), (f"{REOPEN}:{number}", "Belum selesai"))
    params = (number, safe_parameter(f"{text} – {question.replace(' Tekan salah satu tombol di bawah ini.', '')}"))
    plain = replace(auto("result", {"nomor": number, "isi": text.strip()}), template_params=params)
    tail = f"\n\n{question}"
    # Room for other words and for what the complaint is about.
    if len(plain.text) + len(tail) + 200 <= BUTTON_TEXT_LIMIT:
        return [replace(plain, text=plain.text + tail, tail=tail, kind="buttons", buttons=buttons)]
    asked = Letter("question", f"Aduan *{number}*: {question}", "buttons", buttons, (number, question))
    return [plain, asked]


def standard(text: str) -> Letter:
    """The service standard, to who asks for it; only where free text may go, for it answers a message just received."""
    return Letter("info", text[:TEXT_LIMIT])


def confirmed(number: str) -> Letter:
    """Thanks, and the rating."""
    rows = tuple((f"{RATE}:{number}:{stars}", f"{stars} – {words}", "") for stars, words in _RATINGS)
    short = "Terima kasih, aduan Anda kami tutup sebagai selesai. Balas dengan nilai 1 sampai 5 bila berkenan."
    return auto("confirmed", {"nomor": number}, short, kind="list", rows=rows, button="Beri nilai")


_RATINGS = ((5, "sangat baik"), (4, "baik"), (3, "cukup"), (2, "kurang"), (1, "sangat kurang"))


def rated(number: str, rating: int) -> Letter:
    return auto("rated", {"nomor": number, "nilai": str(rating)})


def rating_words(number: str) -> Letter:
    return auto("rating_words", {"nomor": number})


def reopened(number: str) -> Letter:
    """Asks what is not done, with the likeliest answers as a list."""
    rows = tuple((f"{REASON}:{number}:{code}", title, about) for code, title, about in _NOT_DONE)
    return auto("reopened", {"nomor": number}, kind="list", rows=rows, button="Pilih alasan")


_NOT_DONE = (
    ("nothing", "Belum dikerjakan", "Belum ada yang datang atau berubah"),
    ("partly", "Baru sebagian", "Sudah dikerjakan, tetapi belum semua"),
    ("again", "Rusak lagi", "Sempat baik, lalu terjadi lagi"),
    ("other", "Bukan yang saya maksud", "Yang dikerjakan tempat atau hal lain"),
)


def taken_up(number: str) -> Letter:
    """An officer opened it again, because the reporter said by telephone or at the counter that it is not done."""
    return auto("taken_up", {"nomor": number}, "Kami buka kembali dan kami periksa lagi.")


def closed(number: str) -> Letter:
    """An officer closed it, because it is done."""
    return auto("closed", {"nomor": number}, "Kami tutup sebagai selesai. Bila belum selesai, balas BELUM SELESAI.")


def lapsed(number: str, days: int) -> Letter:
    """Closed because its reporter said nothing to the result."""
    short = f"Kami tutup karena {days} hari belum ada tanggapan. Bila masalahnya belum selesai, balas BELUM SELESAI."
    return auto("lapsed", {"nomor": number, "hari": str(days)}, short)


def not_reopened(number: str) -> Letter:
    return auto("not_reopened", {"nomor": number})


def status(number: str, progress: str) -> Letter:
    """Where one complaint is, in a sentence without its subject: "sedang dikerjakan Dinas Perhubungan."."""
    return auto("status", {"nomor": number, "perkembangan": progress})


def statuses(found: list[tuple[str, str, str]]) -> Letter:
    """Where several complaints are, in one message; each as number, progress, how it begins (may be empty)."""
    lines = []
    for number, progress, begins in found:
        line = status(number, progress).text
        words = " ".join(begins.split())
        words = words if len(words) <= ROW_DESCRIPTION else words[: ROW_DESCRIPTION - 1].rstrip() + "…"
        lines.append(f"{line}\n(“{words}”)" if words else line)
    return Letter("status", "\n\n".join(lines)[:TEXT_LIMIT])


def no_case() -> Letter:
    return auto("no_case", {})


def unknown_number(number: str) -> Letter:
    """The same whether the number is somebody else's or nobody's."""
    return replace(auto("unknown_number", {"nomor": number}), template_params=())


def cancel_asked(number: str) -> Letter:
    buttons = ((f"{CANCEL}:{number}", "Ya, cabut"), (f"{KEEP}:{number}", "Tidak jadi"))
    return auto("cancel_asked", {"nomor": number}, kind="buttons", buttons=buttons)


def cancel_kept(number: str) -> Letter:
    return auto("cancel_kept", {"nomor": number})


def cancel_which(choices: list[tuple[str, str]]) -> Letter:
    """
    :param choices: (number, how it begins), the newest first
    """
    return auto("cancel_which", {}, kind="list", rows=_rows(CANCEL_THIS, choices, LIST_ROWS), button="Pilih aduan")


def which(choices: list[tuple[str, str]]) -> Letter:
    """
    :param choices: (number, how it begins), the newest first
    """
    rows = (*_rows(WHICH, choices, LIST_ROWS - 1), (f"{WHICH}:{NEW}", "Aduan baru", "Hal lain yang belum dilaporkan"))
    return auto("which", {}, kind="list", rows=rows, button="Pilih aduan")


def _rows(action: str, choices: list[tuple[str, str]], limit: int) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (f"{action}:{number}", number, " ".join(words.split())[:ROW_DESCRIPTION]) for number, words in choices[:limit]
    )


def new_asked() -> Letter:
    return auto("new_asked", {})


def helped() -> Letter:
    return auto("help", {})


def officer(hours: str) -> Letter:
    return auto("officer", {"jam": hours})


DIGEST_TEMPLATE = "wadul_ringkasan_tugas"


def digest(moment: str, late: int, today: int, others: int, new: int = 0) -> Letter:
    """What waits for an officer, in numbers only: no complaint's number, nobody's name.

    :param moment: when it was counted, as people read it
    :param new: of how many the officer was reminded at 100 % or more since the last message
    """
    counted = [
        (new, "baru melewati batas waktu"),
        (late, "lewat tenggat seluruhnya" if new else "lewat tenggat"),
        (today, "jatuh tempo hari ini"),
        (others, "lainnya menunggu" if late or today else "menunggu"),
    ]
    first, *rest = [(indonesian.number(count), words) for count, words in counted if count]
    said = ", ".join([f"{first[0]} aduan {first[1]}", *(f"{count} {words}" for count, words in rest)])
    params = (moment, said)
    return Letter("digest", digest_body(params), "text", (), params, DIGEST_TEMPLATE)


def digest_body(params: tuple[str, ...] | list[str]) -> str:
    """What the officer reads; the same words are registered with Meta as the template."""
    return f"Ringkasan tugas Anda per {params[0]}: {params[1]}. Rinciannya ada di halaman Perlu tindakan."
