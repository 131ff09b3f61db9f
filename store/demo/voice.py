"""How people write: greeting, place, haste, abbreviations and slips of the thumb."""

import random
import re
from datetime import datetime

from ..rules.deadline import to_jakarta
from .corpus import Corpus, Topic, stands_alone
from .people import Person

_SHORT = {
    "yang": ("yg",),
    "sudah": ("sdh", "udah", "udh"),
    "belum": ("blm", "belom"),
    "tidak": ("tdk", "gak", "ga", "nggak"),
    "dengan": ("dgn",),
    "mohon": ("mhn", "mohon"),
    "tolong": ("tlg", "tolong"),
    "untuk": ("utk", "buat"),
    "saya": ("sy", "saya"),
    "karena": ("krn", "karna"),
    "kalau": ("klo", "kalo"),
    "depan": ("dpn",),
    "dekat": ("dkt", "deket"),
    "sampai": ("sampe", "smp"),
    "terus": ("trs",),
    "jalan": ("jln", "jalan"),
    "banyak": ("bnyk", "banyak"),
    "sekali": ("bgt", "sekali"),
    "hari": ("hr", "hari"),
    "orang": ("org",),
    "rumah": ("rmh", "rumah"),
    "bisa": ("bs", "bisa"),
    "juga": ("jg",),
    "tapi": ("tp",),
    "lagi": ("lg", "lagi"),
    "bagaimana": ("gimana", "gmn"),
    "kenapa": ("knp",),
    "sekarang": ("skrg",),
    "sebelum": ("sblm",),
    "warga": ("warga", "wrga"),
    "terima kasih": ("makasih", "trims", "mksh"),
    "masih": ("msh", "masih"),
    "malam": ("mlm", "malem"),
    "kemarin": ("kmrn", "kemaren"),
    "seperti": ("kayak", "spt"),
    "hanya": ("cuma",),
    "saja": ("aja",),
    "padahal": ("pdhl", "padahal"),
    "jalannya": ("jlnnya",),
    "anak-anak": ("anak2", "anak-anak"),
    "apakah": ("apa",),
    "setiap": ("tiap",),
}
_WORDS = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)) + r")\b", re.IGNORECASE)
# Not after "Jl." and other short words with a stop.
_SENTENCE = re.compile(r"(^|(?<=\w{3})[.!?]\s+|\n)([a-z])")
_DAYTIMES = ((10, "pagi", "enjing"), (15, "siang", "siang"), (18, "sore", "sonten"), (24, "malam", "dalu"))
_EMOJI = {"plain": "🙏", "slang": "🙏😭🙏😡🙏", "jawa": "🙏"}


def daytime(now: datetime) -> tuple[str, str]:
    """What people call this time of day, in Indonesian and in Javanese."""
    hour = to_jakarta(now).hour
    return next((plain, javanese) for end, plain, javanese in _DAYTIMES if hour < end)


class Voice:
    """Turns the texts of a topic into what one person writes about one place."""

    def __init__(self, texts: Corpus, rng: random.Random):
        self.citizen = texts.citizen
        self.rng = rng

    def pick(self, name: str) -> str:
        return self.rng.choice(self.citizen[name])

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def complaint(self, topic: Topic, person: Person, words: dict, channel: str = "WA") -> tuple[str, str]:
        """The template it is about, and the whole text as this person writes it."""
        style = {"EML": "formal", "TWT": "slang", "IGR": "slang"}.get(channel, person.style)
        if channel in ("TLP", "HPP", "LOK"):
            style = "told"
        pool = {"slang": topic.gaul * 2 + topic.texts, "jawa": topic.jawa}.get(style) or topic.texts
        template, alone = stands_alone(self.rng.choice(pool))
        effect = "" if alone or style == "jawa" or self.chance(0.4) else self.rng.choice(topic.effects)
        body = self._body(template, topic, style)
        text = getattr(self, f"_{style}")(topic, body, effect)
        if channel in ("TWT", "IGR"):
            text = f"@pemkotpekalongan {text}" if channel == "TWT" else text
        return template, self.speak(text, person, words, style, mood=True)

    def speak(self, text: str, person: Person, words: dict, style: str | None = None, mood: bool = False) -> str:
        """One text with its slots filled, in this person's spelling; with `mood` also its feelings."""
        style = style or person.style
        if style in ("formal", "told"):
            return _sentences(text.format_map(words))
        rng = self.rng
        text = text.format_map(words)
        text = (
            text
            if style == "jawa"
            else self._shorten(text, 0.85 * person.hurry if style == "slang" else 0.3 * person.hurry)
        )
        text = self._slips(text, person.typos)
        if style == "slang":
            text = text.lower() if person.hurry > 0.25 else text
            text = re.sub(r"\.(\s|$)", r"\1", text) if person.hurry > 0.5 else text
            return text.strip() + (rng.choice(("", "", "", "", " 🙏", "!!", "..", " 😡")) if mood else "")
        text = _sentences(text).strip()
        if person.hurry > 0.75:
            text = text.lower().removesuffix(".")
        return text + (" " + rng.choice(_EMOJI[style]) if rng.random() < 0.12 and "🙏" not in text else "")

    def _body(self, template: str, topic: Topic, style: str) -> str:
        placed = any(slot in template for slot in ("{tempat}", "{jl}", "{lm}", "{rt}", "{kel}"))
        if placed or not topic.placed or self.chance(0.25):
            return template
        if style == "jawa":
            return f"{template} nang {{tempat}}"
        return f"{template}, lokasi {{tempat}}" if style == "slang" else f"{template} Lokasi di {{tempat}}."

    def _plain(self, topic: Topic, body: str, effect: str) -> str:
        greet = self.pick("greet_plain") if self.chance(0.6) else ""
        intro = self.pick("intro_plain") if self.chance(0.15) else ""
        parts = [greet, intro, _softly(body) if greet.endswith(",") and not intro else body, effect]
        if self.chance(0.6):
            parts.append(self.pick("ask_info" if topic.kind == "information" else "ask_plain"))
        if self.chance(0.25):
            parts.append(self.pick("thanks_plain"))
        return _joined(" ", parts)

    def _slang(self, topic: Topic, body: str, effect: str) -> str:
        greet = self.pick("greet_slang") if self.chance(0.35) and "min" not in body else ""
        ask = self.pick("ask_info_slang" if topic.kind == "information" else "ask_slang") if self.chance(0.5) else ""
        parts = [greet, body.rstrip("."), _softly(effect.rstrip(".")), ask]
        return _joined(self.rng.choice((" ", " ", ", ", "\n", ". ")), parts)

    def _jawa(self, topic: Topic, body: str, effect: str) -> str:
        greet = self.pick("greet_jawa") if self.chance(0.45) and not body.startswith("Assalam") else ""
        ask = self.pick("ask_jawa") if self.chance(0.4) else ""
        return _joined(self.rng.choice((". ", "\n", " ")), [greet, body, ask])

    def _formal(self, topic: Topic, body: str, effect: str) -> str:
        parts = [self.pick("greet_formal"), self.pick("intro_formal"), _joined(" ", [body, effect])]
        parts.append(self.pick("ask_info" if topic.kind == "information" else "ask_formal"))
        if self.chance(0.6):
            return "\n\n".join(dict.fromkeys(parts))
        return _joined(" ", [_stopped(part.replace("\n", ", ")) for part in parts])

    def _told(self, topic: Topic, body: str, effect: str) -> str:
        opening = self.rng.choice(("Pelapor menyampaikan: ", "Laporan lisan: ", "", "Menurut pelapor: "))
        return opening + _joined(" ", [body, effect])

    def _shorten(self, text: str, share: float) -> str:
        def short(found: re.Match) -> str:
            word = found.group(0)
            if self.rng.random() > share:
                return word
            new = self.rng.choice(_SHORT[word.lower()])
            return new.capitalize() if word[0].isupper() else new

        return _WORDS.sub(short, text)

    def _slips(self, text: str, share: float) -> str:
        if not share:
            return text
        words = text.split(" ")
        for place, word in enumerate(words):
            if len(word) > 4 and word.isalpha() and self.rng.random() < share:
                at = self.rng.randrange(1, len(word) - 2)
                swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
                words[place] = self.rng.choice((swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))
        return " ".join(words)


def _joined(separator: str, parts: list[str]) -> str:
    return separator.join(part for part in dict.fromkeys(parts) if part)


def _softly(text: str) -> str:
    """Without the capital at the beginning, unless it is an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _stopped(text: str) -> str:
    return text if text.endswith((".", ",", "?", "!")) else text + "."


def _sentences(text: str) -> str:
    """Capitals where a sentence begins; after "Jl." and the like there is none."""
    return _SENTENCE.sub(lambda found: found.group(1) + found.group(2).upper(), text)
