"""Reference data of a new register: departments, categories, kelurahan, holidays, canned texts."""

import csv
from datetime import date
from pathlib import Path

from .clock import today
from .db import Register, insert
from .holidays_seed import national_holidays
from .rules.errors import WrongRegister
from .seed_texts import TEXTS

SEED = Path(__file__).parent / "seed"
PHYSICAL = {"road", "drainage", "flood", "street_light", "tree", "waste", "pollution", "water", "housing", "market"}
FIRST_YEAR = 2022
HOLIDAY_SOURCE = "PyPI holidays"


def prepare(register: Register, demo: bool) -> None:
    """Seed a new register and mark whose data it holds.

    :raises WrongRegister: a demo register is opened for real work, or a real one for a demonstration
    """
    mode = "demo" if demo else "live"
    with register.atomic() as cursor:
        found = cursor.execute("select value from setting where name = 'mode'").fetchone()
        if found and found[0] != mode:
            raise WrongRegister(found[0])
        if not found:
            cursor.execute("insert into setting values ('mode', ?)", [mode])
            _seed(cursor, today())
        # A register of the first release gets these once; what staff remove afterwards stays removed.
        if not cursor.execute("select 1 from setting where name = 'texts_seeded'").fetchone():
            cursor.execute("insert into setting values ('texts_seeded', 'yes')")
            _seed_aliases(cursor)
            _seed_texts(cursor)


def _seed(cursor, day: date) -> None:
    departments = _read("departments.csv")
    insert(
        cursor,
        "department",
        [{"code": d["kode"], "name": d["nama"], "verified": d["terverifikasi"] == "ya"} for d in departments],
    )
    insert(
        cursor,
        "category",
        [
            {
                "code": c["kode"],
                "name": c["nama"],
                "department": c["opd_usulan"] or None,
                "physical": c["kode"] in PHYSICAL,
                "position": position,
            }
            for position, c in enumerate(_read("categories.csv"))
        ],
    )
    insert(
        cursor,
        "kelurahan",
        [{"code": k["kode"], "name": k["kelurahan"], "kecamatan": k["kecamatan"]} for k in _read("kelurahan.csv")],
    )
    insert(
        cursor,
        "holiday",
        [
            {"day": holiday, "name": name, "kind": kind, "source": HOLIDAY_SOURCE}
            for holiday, name, kind in national_holidays(range(FIRST_YEAR, day.year + 2))
        ],
    )


def _seed_aliases(cursor) -> None:
    """Names of several words are often written as one; nothing else is guessed."""
    for code, name in cursor.execute("select code, name from kelurahan where contains(name, ' ')").fetchall():
        cursor.execute(
            "insert into kelurahan_alias values (?, ?) on conflict do nothing", [name.lower().replace(" ", ""), code]
        )


def _seed_texts(cursor) -> None:
    known = {code for (code,) in cursor.execute("select code from category").fetchall()}
    places: dict[str, int] = {}
    for code, purpose, title, category, body in TEXTS:
        position = places[purpose] = places.get(purpose, -1) + 1
        row = [code, purpose, title, body, category if category in known else None, position, True]
        cursor.execute("insert into canned_text values (?, ?, ?, ?, ?, ?, ?)", row)


def _read(name: str) -> list[dict]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
