"""What citizens read: every message of the service, in one place, as pure functions.

Limits of WhatsApp: a text 4,096 characters, a text above buttons 1,024; a template's parameter may hold no line break,
no tab and no run of more than four spaces.
"""

import re
from dataclasses import dataclass, field

TEXT_LIMIT = 4096
BUTTON_TEXT_LIMIT = 1024
TEMPLATE_PARAMETER_LIMIT = 700
OFFICER_TEXT_LIMIT = 3000
CUT = "… (balas pesan ini untuk selengkapnya)"
NEWS_TEMPLATE = "wadul_kabar_aduan"
CONFIRM = "confirm"
REOPEN = "reopen"


@dataclass(frozen=True)
class Service:
    """What the messages say of the service itself."""

    name: str
    promise: str
    city: str


@dataclass(frozen=True)
class Letter:
    """One message to a citizen. `kind` is text, buttons or location_request; `template_params` is what remains of it
    where only a template may go."""

    purpose: str
    text: str
    kind: str = "text"
    buttons: tuple[tuple[str, str], ...] = ()
    template_params: tuple[str, ...] = field(default=())


def acknowledgement(number: str, service: Service, has_place: bool) -> Letter:
    """The one automatic answer: number, promise, what to add, privacy, 112."""
    place = "" if has_place else "\n• tempat kejadian (tekan *Kirim lokasi* di bawah, atau tulis alamatnya)"
    text = (
        f"Terima kasih, aduan Anda sudah kami terima.\nNomor aduan: *{number}*\n\n"
        f"{service.name} {service.city} menjawab paling lambat {service.promise}, tanpa biaya.\n\n"
        "Agar cepat ditangani, mohon lengkapi bila belum ada:\n"
        f"• nama lengkap dan alamat Anda{place}\n"
        "• apa yang terjadi dan sejak kapan\n"
        "• foto, bila ada\n\n"
        'Contoh: "Nama Siti, Jl. Melati 5 Medono. Lampu jalan depan masjid mati sejak Senin."\n\n'
        "Data Anda hanya dipakai untuk menangani aduan ini. Keadaan darurat: telepon 112."
    )
    return Letter(
        "acknowledgement",
        text,
        "text" if has_place else "location_request",
        (),
        (number, "Aduan Anda sudah kami terima."),
    )


def joined(number: str) -> Letter:
    return _news(
        "joined", number, f"Pesan Anda sudah kami tambahkan ke aduan *{number}*.", "Pesan Anda sudah kami tambahkan."
    )


def forwarded(number: str, department: str) -> Letter:
    return _news(
        "forwarded",
        number,
        f"Aduan *{number}* sudah kami teruskan ke {department} untuk ditangani.",
        f"Sudah kami teruskan ke {department} untuk ditangani.",
    )


def started(number: str, department: str) -> Letter:
    return _news(
        "started",
        number,
        f"Aduan *{number}* sedang dikerjakan oleh {department}.",
        f"Sedang dikerjakan oleh {department}.",
    )


def answer(number: str, text: str, service: Service) -> list[Letter]:
    body = f"Jawaban atas aduan *{number}*:\n\n{text.strip()}\n\nSalam, {service.name} {service.city}"
    return [_news("answer", number, body, text)]


def reply(number: str, text: str, service: Service) -> list[Letter]:
    body = f"Tentang aduan *{number}*:\n\n{text.strip()}\n\nSalam, {service.name} {service.city}"
    return [_news("reply", number, body, text)]


def result(number: str, text: str) -> list[Letter]:
    """The result with its two buttons; a long one goes as text first, because a text above buttons must be short."""
    question = "Apakah masalahnya sudah selesai? Tekan salah satu tombol di bawah ini."
    body = f"Hasil tindak lanjut aduan *{number}*:\n\n{text.strip()}"
    buttons = ((f"{CONFIRM}:{number}", "Sudah selesai"), (f"{REOPEN}:{number}", "Belum selesai"))
    params = (number, safe_parameter(f"{text} – {question.replace(' Tekan salah satu tombol di bawah ini.', '')}"))
    if len(body) + len(question) + 2 <= BUTTON_TEXT_LIMIT:
        return [Letter("result", f"{body}\n\n{question}", "buttons", buttons, params)]
    asked = Letter("question", f"Aduan *{number}*: {question}", "buttons", buttons, (number, question))
    return [Letter("result", body, "text", (), params), asked]


def confirmed(number: str) -> Letter:
    return _news(
        "confirmed",
        number,
        f"Terima kasih. Aduan *{number}* kami tutup sebagai selesai.",
        "Terima kasih, aduan Anda kami tutup sebagai selesai.",
    )


def reopened(number: str) -> Letter:
    return _news(
        "reopened",
        number,
        f"Aduan *{number}* kami buka kembali. Mohon tulis apa yang belum selesai, dengan foto bila ada.",
    )


def not_reopened(number: str) -> Letter:
    return _news(
        "not_reopened",
        number,
        f"Aduan *{number}* tidak dapat dibuka kembali lagi. Bila masalahnya masih ada, "
        "silakan tulis di sini sebagai aduan baru.",
    )


def safe_parameter(text: str) -> str:
    """The text as a template's parameter may be: one line, single spaces, short enough."""
    line = re.sub(r"\s+", " ", text).strip() or "-"
    if len(line) <= TEMPLATE_PARAMETER_LIMIT:
        return line
    return line[: TEMPLATE_PARAMETER_LIMIT - 60].rstrip() + CUT


def template_body(params: tuple[str, ...] | list[str]) -> str:
    """What the citizen reads when the news goes as a template; the same words are registered with Meta."""
    return f"Kabar tentang aduan {params[0]}: {params[1]} Balas pesan ini bila ada yang ingin Anda sampaikan."


def _news(purpose: str, number: str, text: str, short: str | None = None) -> Letter:
    return Letter(purpose, text, "text", (), (number, safe_parameter((short or text).replace("*", ""))))
