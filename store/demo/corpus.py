"""The words of the demonstration: topics a category, read from `texts/`, and which answer fits which complaint."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
_OTHER_FILES = ("general", "people", "places")
_RAIN = (2.2, 1.9, 1.2, 0.8, 0.6, 0.45, 0.35, 0.35, 0.45, 0.7, 1.4, 2.0)
_DRY = (0.7, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.4, 1.5, 1.3, 0.9, 0.7)
_EVEN = (1.0,) * 12
# A text that ends so stands alone: no consequence is added.
_ALONE = "~"
_COMMON = frozenset(
    {
        *(
            "sudah",
            "telah",
            "pada",
            "yang",
            "dengan",
            "untuk",
            "dari",
            "atau",
            "juga",
            "karena",
            "agar",
            "akan",
            "dapat",
        ),
        *("tidak", "belum", "masih", "sampai", "kami", "anda", "saya", "warga", "mohon", "dekat", "depan", "kembali"),
        *("tetap", "bisa", "harus", "kalau", "lewat", "petugas", "hari", "bulan", "tahun", "minggu", "terima", "kasih"),
        *("laporan", "apakah", "bagaimana", "kapan", "mulai", "tanpa", "biaya", "lama", "sekali", "ada", "dan", "ini"),
        *(
            "itu",
            "oleh",
            "atas",
            "kota",
            "pekalongan",
            "mau",
            "tanya",
            "saat",
            "jadi",
            "lagi",
            "para",
            "min",
            "pak",
            "pju",
        ),
    }
)


@dataclass(frozen=True)
class Topic:
    """One subject people write about. `technical` is the share that goes to a department; `months` weighs January to
    December; `department` KEC means that of the kelurahan's kecamatan; `bodies` are those to which it is referred,
    because it is not the city's."""

    category: str
    key: str
    weight: float
    department: str
    texts: list[str]
    gaul: list[str]
    jawa: list[str]
    effects: list[str]
    follow: list[str]
    work: list[str]
    results: list[str]
    answers: list[str]
    kind: str = "complaint"
    scene: str | None = None
    placed: bool = True
    technical: float = 0.93
    area: str | None = None
    incident: bool = False
    uniform: bool = False
    season: str | None = None
    wrong: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    months: tuple[float, ...] = _EVEN

    def fitting(self, candidates: list[str], text: str) -> list[str]:
        """Those of the candidates that speak of what the text speaks of; all, where the topic is one thing only."""
        if self.uniform:
            return candidates
        said = _stems(text)
        scored = [(len(said & _stems(candidate)), candidate) for candidate in candidates]
        best = max((score for score, _ in scored), default=0)
        return [candidate for score, candidate in scored if score and score == best]


@dataclass(frozen=True)
class Corpus:
    topics: list[Topic]
    citizen: dict[str, list[str]]
    staff: dict[str, list[str]]
    people: dict[str, list[str]]
    places: list[dict]


@cache
def corpus() -> Corpus:
    """All texts, read once."""
    topics = [
        _topic(file.stem, given)
        for file in sorted(TEXTS.glob("*.toml"))
        if file.stem not in _OTHER_FILES
        for given in _read(file)["topic"]
    ]
    general = _read(TEXTS / "general.toml")
    return Corpus(
        topics,
        general["citizen"],
        general["staff"],
        _read(TEXTS / "people.toml"),
        _read(TEXTS / "places.toml")["kelurahan"],
    )


def stands_alone(text: str) -> tuple[str, bool]:
    """The text without its mark, and whether it had one."""
    return text.removesuffix(_ALONE).rstrip(), text.endswith(_ALONE)


def _read(file: Path) -> dict:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _topic(category: str, given: dict) -> Topic:
    months = given.pop("months", None) or {"rain": _RAIN, "dry": _DRY}.get(given.get("season"), _EVEN)
    return Topic(category=category, months=tuple(months), **given)


@cache
def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z]{3,}", re.sub(r"\{\w+\}", " ", text.lower()))
    return frozenset(re.sub(r"^(?:meng|mem|men|pem|pen|di|ter|ber|per)", "", w)[:5] for w in words if w not in _COMMON)
