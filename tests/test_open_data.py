"""Open data: off until an administrator publishes them, the same figures as inside, and nobody behind them."""

import asyncio
import csv
import io
import random
from datetime import date, datetime, timedelta
from itertools import product

import httpx
import pytest
from starlette.applications import Starlette

from pages import door, open_data
from pages.parts import house
from store import figures, opendata
from store.admin import service
from store.clock import now as clock_now
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.errors import RuleBroken
from store.rules.workflow import SYSTEM

from .cases import ask, new_desk, take_in, who


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path / "data") as desk:
        house.open_house(house.House(desk, None))
        yield desk
        house.open_house(None)


def publish(desk, published: bool = True, username: str = "admin") -> None:
    actor = who(desk, username)
    service.change_open_data(desk, actor, {"published": not published}, {"published": published})


def get(*paths: str) -> list[httpx.Response]:
    async def asked():
        behind = door.Door(Starlette(routes=open_data.routes(house.house)), lambda: None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(behind), base_url="http://desk.test") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(asked())


def last_quarter() -> date:
    return opendata._before(opendata._first_of_quarter(to_jakarta(clock_now()).date()))


def filled(desk, count: int = 40) -> None:
    """Complaints of the last quarter, more of the first category than of the second, and so on."""
    codes = [code for (code,) in ask(desk, "select code from category order by position")]
    places = [code for (code,) in ask(desk, "select code from kelurahan order by code")]
    first = last_quarter()
    dice = random.Random(5)
    for _ in range(count):
        day = first + timedelta(days=dice.randrange(80))
        case = take_in(desk, "Rahasia saya", now=from_jakarta(day_at(day)))
        with desk.register.atomic() as cursor:
            cursor.execute(
                "update complaint set category = ?, kelurahan = ? where id = ?",
                [codes[min(int(dice.expovariate(0.7)), 6)], places[dice.randrange(6)], case.id],
            )


def day_at(day: date):
    return datetime(day.year, day.month, day.day, 9, 0)


def test_closed_until_an_administrator_publishes(desk):
    assert [answer.status_code for answer in get("/data-terbuka", "/data-terbuka.csv")] == [404, 404]
    for username in ("kota", "pejabat", "pimpinan", "opd.dlh"):
        with pytest.raises(RuleBroken, match="admin_only"):
            publish(desk, username=username)
    publish(desk)
    assert [answer.status_code for answer in get("/data-terbuka", "/data-terbuka.csv")] == [200, 200]
    # Only these two, exactly.
    assert [answer.status_code for answer in get("/data-terbuka/", "/data-terbuka.json", "/Data-terbuka")] == [401] * 3
    publish(desk, False)
    assert [answer.status_code for answer in get("/data-terbuka", "/data-terbuka.csv")] == [404, 404]


def test_the_counts_are_those_of_the_inside_and_no_small_one_is_told(desk):
    filled(desk)
    publish(desk)
    page, file = get("/data-terbuka", "/data-terbuka.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    first = last_quarter()
    name = f"{first.year}-T{(first.month + 2) // 3}"
    assert {row["triwulan"] for row in rows} == {name}
    scope = figures.Scope(SYSTEM, first, opendata._next(first) - timedelta(days=1))
    inside = figures.period(desk, scope, clock_now())
    told = {(row["rincian"], row["nama"]): row["nilai"] for row in rows}
    assert told["Jumlah", "Diterima"] == str(inside["received"]) == "40"
    assert float(told["Pelayanan", "Selesai dalam janji"]) == pytest.approx(inside["within_promise"], abs=1e-4)
    real = dict(ask(desk, "select g.name, count(*) from complaint c join category g on g.code = c.category group by 1"))
    shown = {place: count for (part, place), count in told.items() if part == "Kategori"}
    assert any(0 < count < opendata.LEAST for count in real.values())
    for place, count in real.items():
        assert shown[place] in ("", str(count)), place
        assert count >= opendata.LEAST or shown[place] == ""
    assert any(shown.values())
    assert [value for value in told.values() if value in ("1", "2", "3", "4")] == []
    assert "Rahasia" not in page.text + file.text
    assert "Siti" not in page.text + file.text
    assert f"<td class='n'>{inside['received']}</td>" in page.text


def test_what_is_left_out_cannot_be_worked_out_from_the_sum():
    dice = random.Random(7)
    for _ in range(3_000):
        counts = {str(n): dice.choice((0, 0, 1, 2, 3, 4, 5, 6, 9, 40)) for n in range(dice.randrange(1, 7))}
        total = sum(counts.values())
        told = dict(opendata.suppressed(counts, total >= opendata.LEAST or total == 0))
        assert list(told) == list(counts)
        hidden = [code for code, count in told.items() if count is None]
        assert all(count is None or count == counts[code] for code, count in told.items())
        assert not any(count and count < opendata.LEAST for count in told.values())
        if hidden and total >= opendata.LEAST:
            rest = total - sum(count for count in told.values() if count)
            assert rest == sum(counts[code] for code in hidden)
            assert len(hidden) >= 2, (counts, told)
            if len(hidden) == 2 and any(told.values()):
                possible = [pair for pair in product(range(1, rest + 1), repeat=2) if sum(pair) == rest]
                assert len(possible) > opendata.LEAST, (counts, told)


def test_few_complaints_tell_nothing_and_an_empty_register_says_so(desk):
    publish(desk)
    (page,) = get("/data-terbuka")
    assert "Belum ada triwulan yang selesai" in page.text
    publish(desk, False)
    filled(desk, 3)
    publish(desk)
    (page, file) = get("/data-terbuka", "/data-terbuka.csv")
    values = [row["nilai"] for row in csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))]
    assert set(values) == {""}
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_what_is_no_longer_in_use_keeps_its_name(desk):
    filled(desk)
    with desk.register.atomic() as cursor:
        cursor.execute("update category set active = false")
        cursor.execute("update kelurahan set active = false")
    publish(desk)
    (file,) = get("/data-terbuka.csv")
    told = [row["nama"] for row in csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))]
    codes = {code for (code,) in ask(desk, "select code from category union all select code from kelurahan")}
    assert not codes & set(told)
    names = {
        name for (name,) in ask(desk, "select name from kelurahan where code in (select kelurahan from complaint)")
    }
    assert names
    assert names <= set(told)


def test_names_are_text_and_run_nothing(desk):
    filled(desk, 40)
    with desk.register.atomic() as cursor:
        cursor.execute("update category set name = '=1+1<script>' || code")
    publish(desk)
    page, file = get("/data-terbuka", "/data-terbuka.csv")
    assert "<script>" not in page.text
    assert "\"'=1+1" in file.text
    assert '"=1+1' not in file.text
