"""People who do not exist: names, made-up numbers, where they live and how they write."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from .corpus import Corpus

STYLES = {"plain": 42, "slang": 32, "jawa": 13, "formal": 13}
# Numbers with four zeros in the middle: nobody is called by a demonstration. 855 belongs to the simulator's phones.
_PREFIXES = (811, 812, 813, 815, 816, 821, 822, 823, 838, 852, 853, 856, 857, 858, 859, 877, 878, 881, 895, 896, 897)


@dataclass(eq=False)
class Person:
    """One reporter. `home` is a place of the corpus; times naive UTC; `id` is known when the register gives it."""

    name: str
    profile: str
    phone: str | None
    bsuid: str | None
    female: bool
    style: str
    hurry: float
    typos: float
    home: dict
    address: str
    whatsapp: bool
    created_at: datetime
    last_in: datetime | None = None
    free_from: datetime | None = None
    id: int = 0
    identities: list[tuple[str, str]] = field(default_factory=list)


class People:
    """Makes people, and finds earlier ones who have no open complaint."""

    def __init__(self, texts: Corpus, rng: random.Random):
        self.texts = texts.people
        self.rng = rng
        self.everybody: list[Person] = []
        self._numbers: set[str] = set()

    def new(self, home: dict, whatsapp: bool, with_phone: bool, now: datetime) -> Person:
        rng = self.rng
        female = rng.random() < 0.44
        name, first = self._name(female)
        address = f"{rng.choice(home['streets'])} {_house(rng)}, {home['name']}"
        person = Person(
            name=name,
            profile=self._profile(name, first, female) if whatsapp else name,
            phone=self._phone() if with_phone else None,
            bsuid=f"ID.{rng.randrange(10**14, 10**17)}" if whatsapp and rng.random() < 0.5 else None,
            female=female,
            style=rng.choices(list(STYLES), STYLES.values())[0],
            hurry=rng.random(),
            typos=rng.choice((0, 0, 0, 0.01, 0.02, 0.035)),
            home=home,
            address=address,
            whatsapp=whatsapp,
            created_at=now,
        )
        if whatsapp:
            pairs = (("phone", person.phone), ("bsuid", person.bsuid))
            person.identities = [(kind, value) for kind, value in pairs if value]
        self.everybody.append(person)
        return person

    def earlier(self, whatsapp: bool, now: datetime) -> Person | None:
        """Somebody who has written before and waits for nothing."""
        for _ in range(8):
            if not self.everybody:
                return None
            person = self.rng.choice(self.everybody)
            if person.whatsapp == whatsapp and person.free_from and person.free_from < now:
                return person
        return None

    def _name(self, female: bool) -> tuple[str, str]:
        rng, texts = self.rng, self.texts
        if rng.random() < 0.12:
            name = rng.choice(texts["alone"])
            return name, name
        first = rng.choice(texts["women" if female else "men"])
        if rng.random() < 0.15:
            return first, first
        family = rng.choice(texts["family_women" if female and rng.random() < 0.8 else "family"])
        return f"{first} {family}", first

    def _profile(self, name: str, first: str, female: bool) -> str:
        rng = self.rng
        if rng.random() < 0.45:
            return name
        form = rng.choice(self.texts["profile_women" if female else "profile_men"])
        family = name.removeprefix(first).strip() or rng.choice(self.texts["family"])
        child = rng.choice(self.texts["children"])
        return form.format(first=first.split()[0], family=family, child=child)

    def _phone(self) -> str:
        while True:
            number = f"62{self.rng.choice(_PREFIXES)}0000{self.rng.randrange(10_000):04d}"
            if number not in self._numbers:
                self._numbers.add(number)
                return number


def _house(rng: random.Random) -> str:
    form = rng.choice(
        ("No. {n}", "No. {n}", "RT {rt:02d} RW {rw:02d}", "RT {rt}/{rw}", "No. {n} RT {rt}/{rw}", "gg {g}")
    )
    return form.format(n=rng.randrange(1, 180), rt=rng.randrange(1, 9), rw=rng.randrange(1, 13), g=rng.randrange(1, 9))
