"""The service standard (SK 060/040/III 2022) in citizens' words, filled from the settings.

One text for the staff page, the public page `/standar` and the bot's answer to INFO.
"""


def sections(config: dict) -> list[tuple[str, list[str]]]:
    """The standard's parts in their order: (heading, lines).

    :param config: of the desk, with what administrators have changed
    """
    service, channels = config["service"], config["channels"]
    hours = config["clock"]["hours"]
    whatsapp = f"WhatsApp {service['number']}".strip()
    return [
        (
            "Persyaratan",
            [
                "Identitas lengkap pelapor (nama dan alamat).",
                "Kronologi: apa yang terjadi, di mana, kapan, siapa yang terlibat, dan bukti bila ada.",
            ],
        ),
        (
            "Langkah pelayanan",
            [
                f"Pelapor mengirim pesan ke {service['name']} lewat {whatsapp}.",
                f"Admin kota di {service['office']} menerima aduan.",
                "Jawaban otomatis dengan nomor aduan dikirim.",
                "Tim Pengaduan Kota memverifikasi: aduan umum dijawab langsung, aduan teknis diteruskan ke OPD.",
                "Admin OPD menerima: lengkap diteruskan ke tim OPD, tidak lengkap dikembalikan ke Tim Kota.",
                "Tim OPD menindaklanjuti.",
                "Pelapor menerima hasil tindak lanjut.",
            ],
        ),
        (
            "Jangka waktu",
            [f"{service['promise'][:1].upper()}{service['promise'][1:]}.", f"Jam kerja: {_hours(hours)}."],
        ),
        ("Biaya", ["Gratis, tidak dipungut biaya apa pun."]),
        ("Produk", ["Jawaban atau hasil tindak lanjut atas aduan."]),
        (
            "Aduan tentang pelayanan ini",
            [f"{name}: {value}" for name, value in channels.items() if value]
            + [
                f"Langsung di loket {service['office']}: petugas menjawab sampai selesai; yang tidak dapat "
                "diselesaikan petugas diteruskan ke pejabat Dinkominfo.",
            ],
        ),
        ("Keadaan darurat", ["Telepon 112."]),
    ]


PRIVACY = "privasi"


def privacy(config: dict) -> tuple[str, list[str]]:
    """What becomes of people's data, in the administrator's words: (heading, lines)."""
    return "Pelindungan data pribadi", [line.strip() for line in config["privacy"]["text"].splitlines() if line.strip()]


def privacy_line(config: dict) -> str:
    """The line in the first answer, with the address of the whole text where this app has one that citizens reach."""
    line, address = config["service"]["privacy"], config["service"]["address"].rstrip("/")
    if not address or not config["privacy"]["text"].strip():
        return line
    return f"{line} Selengkapnya: {address}/standar#{PRIVACY}".strip()


def hours(config: dict) -> str:
    """The office hours as one reads them."""
    return _hours(config["clock"]["hours"])


def as_message(config: dict) -> str:
    """The standard as one WhatsApp message."""
    service = config["service"]
    parts = [f"*Standar Pelayanan {service['name']}*"]
    for heading, lines in sections(config):
        numbered = heading == "Langkah pelayanan"
        shown = [f"{i}. {line}" if numbered else f"• {line}" for i, line in enumerate(lines, 1)]
        parts.append(f"*{heading}*\n" + "\n".join(shown))
    return "\n\n".join(parts)


_DAYS = {
    "monday": "Senin", "tuesday": "Selasa", "wednesday": "Rabu", "thursday": "Kamis", "friday": "Jumat",
    "saturday": "Sabtu", "sunday": "Minggu",
}  # fmt: skip


def _hours(hours: dict[str, list[str]]) -> str:
    """Office hours, days alike put together: "Senin–Kamis 07.30–15.45, Jumat 07.30–11.00"."""
    runs: list[list] = []
    for day, name in _DAYS.items():
        if day not in hours:
            continue
        span = "–".join(value.replace(":", ".") for value in hours[day])
        if runs and runs[-1][2] == span:
            runs[-1][1] = name
        else:
            runs.append([name, name, span])
    return ", ".join(f"{a if a == b else f'{a}–{b}'} {span}" for a, b, span in runs)
