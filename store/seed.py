"""Reference data of a new register: departments, categories, kelurahan, holidays."""

import csv
from datetime import date
from pathlib import Path

from .clock import today
from .db import Register, insert
from .holidays_seed import national_holidays
from .rules.errors import WrongRegister

SEED = Path(__file__).parent / "seed"
PHYSICAL = {"road", "drainage", "flood", "street_light", "tree", "waste", "pollution", "water", "housing", "market"}
FIRST_YEAR = 2022


def prepare(register: Register, demo: bool) -> None:
    """Seed a new register and mark whose data it holds.

    :raises WrongRegister: a demo register is opened for real work, or a real one for a demonstration
    """
    mode = "demo" if demo else "live"
    with register.atomic() as cursor:
        found = cursor.execute("select value from setting where name = 'mode'").fetchone()
        if found:
            if found[0] != mode:
                raise WrongRegister(found[0])
            return
        cursor.execute("insert into setting values ('mode', ?)", [mode])
        _seed(cursor, today())


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
            {"day": holiday, "name": name, "kind": kind, "source": "PyPI holidays"}
            for holiday, name, kind in national_holidays(range(FIRST_YEAR, day.year + 2))
        ],
    )


def _read(name: str) -> list[dict]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
