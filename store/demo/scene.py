"""Where one complaint happens, and the words that fill the slots of its texts."""

import random
from dataclasses import dataclass, replace
from datetime import datetime

from ..rules.deadline import to_jakarta
from .people import Person
from .voice import daytime

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_ANYWHERE = ("sekolah", "puskesmas", "pasar", "kantor", "wisata", "jam", "hr")
_PLACES = (
    "{jl} dekat {lm}",
    "{jl} dekat {lm}",
    "{jl} depan {lm}",
    "{jl} depan {lm}",
    "depan {lm}",
    "depan {lm}",
    "{rt} {kel}",
    "{rt} {kel}",
    "{jl} {rt}",
    "{jl} {kel}",
    "{jl} {kel}",
    "{jl} gang {gang}",
    "belakang {lm}",
    "sekitar {lm}",
    "pertigaan {jl}",
)
_ADDRESSES = (
    "{jl}, dekat {lm}",
    "{jl}, depan {lm}",
    "{jl} {rt_resmi}",
    "{jl} gang {gang}, {rt_resmi}",
    "{jl}, sebelah {lm}",
)
_HOODS = ("RT {0:02d} RW {1:02d}", "RT {0:02d}/{1:02d}", "RT {0}/RW {1}", "rt {0} rw {1}", "RT {0}/{1}")


@dataclass(frozen=True)
class Scene:
    """A place with its kelurahan's code, a point (WGS 84) and what texts call it."""

    kelurahan: str
    kecamatan: str
    latitude: float
    longitude: float
    address: str
    words: dict

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude


def make_scene(
    citizen: dict, rng: random.Random, person: Person, place: dict, code: str, kecamatan: str, now: datetime
) -> Scene:
    """A place for one complaint.

    :param citizen: the corpus's words for every subject
    :param code: the kelurahan's code
    """
    rt, rw = rng.randrange(1, 9), rng.randrange(1, 13)
    javanese = "_jawa" if person.style == "jawa" else ""
    plain, old = daytime(now)
    words = {name: rng.choice(citizen[name]) for name in _ANYWHERE}
    words |= {
        "jl": rng.choice(place["streets"]),
        "lm": rng.choice(place["landmarks"]),
        "kel": place["name"],
        "kali": place["stream"],
        "rt": rng.choice(_HOODS).format(rt, rw),
        "rt_resmi": f"RT {rt:02d} RW {rw:02d}",
        "gang": rng.randrange(1, 10),
        "n": rng.randrange(2, 8),
        "lama": rng.choice(citizen["lama" + javanese]),
        "wkt": rng.choice(citizen["wkt" + javanese]).format(hr=words["hr"]),
        "waktu": plain,
        "waktu_jawa": old,
        "nama": person.name,
        "rumah": person.address,
    }
    words["tempat"] = rng.choice(_PLACES).format_map(words)
    address = rng.choice(_ADDRESSES).format_map(words)
    words["alamat"] = f"{address}, Kel. {place['name']}"
    latitude, longitude = (round(middle + max(-0.004, min(0.004, rng.gauss(0, 0.002))), 6) for middle in place["point"])
    return Scene(code, kecamatan, latitude, longitude, address, words)


def same_scene(scene: Scene, person: Person) -> Scene:
    """The same place, as somebody else tells of it."""
    return replace(scene, words=scene.words | {"nama": person.name, "rumah": person.address})


def day_words(moment: datetime) -> str:
    """The Jakarta date as officers write it."""
    day = to_jakarta(moment)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
