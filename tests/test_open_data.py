"""Open data: off until an administrator publishes them, the same figures as inside, and nobody behind them."""

import asyncio
import csv
import io
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from pages import door, open_data
from pages.parts import house
from store import asof, figures, open_quarters, opendata
from store.admin import service
from store.clock import now as clock_now
from store.rules.deadline import from_jakarta, to_jakarta
from store.rules.errors import RuleBroken
from store.rules.workflow import SYSTEM

from .cases import ask, new_desk, take_in, who
from .stack import ROOT


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


def later(desk) -> None:
    """Half of what was received gets another category, and some go on to their end."""
    with desk.register.atomic() as cursor:
        cursor.execute(
            "update complaint set category = (select max(code) from category), stopped_at = promise_due_at"
            " where id % 2 = 0"
        )


def test_a_quarter_stays_as_it_was_published(desk):
    filled(desk)
    publish(desk)
    before = [answer.content for answer in get("/data-terbuka", "/data-terbuka.csv")]
    later(desk)
    assert [answer.content for answer in get("/data-terbuka", "/data-terbuka.csv")] == before
    publish(desk, False)
    publish(desk)
    assert [answer.content for answer in get("/data-terbuka", "/data-terbuka.csv")] == before
    (quarter,) = open_quarters.kept(desk)
    changed = open_quarters.differences(desk, quarter)
    assert {each.part for each in changed} >= {"category", "shares"}
    inside = figures.period(desk, figures.Scope(SYSTEM, quarter.first, opendata._next(quarter.first) - timedelta(1)),
                            clock_now())  # fmt: skip
    said = {each.code: each for each in changed}
    assert said["within_promise"].now == pytest.approx(inside["within_promise"])
    assert said["within_promise"].then == quarter.shares["within_promise"]


def test_a_quarter_is_counted_as_of_a_moment_that_can_be_counted_again(desk):
    filled(desk)
    publish(desk)
    assert open_quarters.publish_due(desk) == 1
    assert open_quarters.publish_due(desk) == 0
    for number in range(8):
        take_in(desk, "Sesudahnya", phone=f"6289{number}", now=from_jakarta(day_at(last_quarter())))
    ((moment, last),) = ask(desk, "select as_of, last_event_id from open_quarter")
    first = last_quarter()
    scope = figures.Scope(SYSTEM, first, opendata._next(first) - timedelta(days=1))
    with asof.as_of(desk.register, last) as then:
        received = figures.period(replace(desk, register=then), scope, moment)["received"]
    assert open_quarters.kept(desk)[0].received == received == 40
    assert figures.period(desk, scope, clock_now())["received"] == 48


def test_nothing_is_counted_while_it_is_not_published(desk):
    filled(desk)
    assert open_quarters.publish_due(desk) == 0
    assert ask(desk, "select count(*) from open_quarter") == [(0,)]


def test_a_correction_is_published_as_one(desk):
    filled(desk)
    publish(desk)
    get("/data-terbuka")
    (quarter,) = open_quarters.kept(desk)
    admin = who(desk, "admin")
    with pytest.raises(RuleBroken, match="nothing_changed"):
        open_quarters.correct(desk, admin, quarter.first, 1)
    later(desk)
    for username in ("kota", "pejabat", "pimpinan", "opd.dlh"):
        with pytest.raises(RuleBroken, match="admin_only"):
            open_quarters.correct(desk, who(desk, username), quarter.first, 1)
    changed = open_quarters.differences(desk, quarter)
    open_quarters.correct(desk, admin, quarter.first, 1)
    with pytest.raises(RuleBroken, match="open_data_changed"):
        open_quarters.correct(desk, admin, quarter.first, 1)
    page, file = get("/data-terbuka", "/data-terbuka.csv")
    assert "<b>Koreksi ke-1</b>" in page.text
    assert f"{len(changed)} angka berbeda dari terbitan sebelumnya" in page.text
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert {row["edisi"] for row in rows} == {"2"}
    (corrected,) = open_quarters.kept(desk)
    assert open_quarters.between(quarter, corrected) == changed
    assert open_quarters.before(desk, corrected) == quarter
    # What was not told is not told now either, or it could be worked out from both.
    for name, pairs in quarter.lists.items():
        hidden = {code for code, count in pairs if count is None}
        assert all(dict(corrected.lists[name])[code] is None for code in hidden)
    kinds = ask(desk, "select actor, kind, subject from audit where kind = 'open_data_published' order by id")
    assert [subject for _, _, subject in kinds] == [f"{quarter.first}-1", f"{quarter.first}-2"]


def test_the_administrator_sees_what_is_different_and_publishes_it(desk):
    filled(desk)
    publish(desk)
    open_quarters.publish_due(desk)
    at = AppTest.from_file(str(ROOT / "pages" / "layanan.py"), default_timeout=60)
    at.user = {"username": "admin"}
    at.session_state["bagian"] = "open_data"
    at.run()
    at = press(at, "open-compare")
    assert "Tidak ada angka yang berbeda" in at.success[0].value
    later(desk)
    at = press(at, "open-compare")
    (quarter,) = open_quarters.kept(desk)
    html = " ".join(element.proto.body for element in at.main if element.type == "html")
    assert f"<b>{len(open_quarters.differences(desk, quarter))}</b> angka berbeda" in html
    assert "Selesai dalam janji" in html
    open_quarters.correct(desk, who(desk, "admin"), quarter.first, 1)
    at = at.run()
    assert "koreksi ke-1" in " ".join(element.proto.body for element in at.main if element.type == "html")
    assert not [button for button in at.button if button.key == "open-correct"]
    at = press(at, "open-compare")
    assert "Tidak ada angka yang berbeda" in at.success[0].value
    assert [e.message for e in at.exception] == []


def press(at, key: str):
    at.button(key=key).click()
    return at.run()


def test_what_is_not_known_is_called_as_everywhere(desk):
    filled(desk)
    with desk.register.atomic() as cursor:
        cursor.execute("update complaint set kelurahan = null, category = null where id % 3 = 0")
    publish(desk)
    (file,) = get("/data-terbuka.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    names = {(row["rincian"], row["nama"]) for row in rows}
    assert ("Kelurahan", "Belum diketahui") in names
    assert ("Kategori", "Belum ditentukan") in names
    assert ("Kelurahan", "Belum ditentukan") not in names
    # By name, as people look for it, and what is not known last.
    for part in ("Kategori", "Kelurahan", "Saluran"):
        listed = [row["nama"] for row in rows if row["rincian"] == part]
        known = [name for name in listed if not name.startswith("Belum di")]
        assert listed[: len(known)] == sorted(known)


def test_two_of_one_name_stay_two(desk):
    filled(desk)
    with desk.register.atomic() as cursor:
        cursor.execute("update category set name = 'Sama'")
    publish(desk)
    (file,) = get("/data-terbuka.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    names = [row["nama"] for row in rows if row["rincian"] == "Kategori"]
    assert len(names) == len(set(names)) > 3


def test_what_was_left_out_once_is_left_out_again():
    assert opendata.suppressed({"a": 20, "b": 21, "c": 22}, True, {"a"}) == [("a", None), ("b", None), ("c", 22)]
    dice = random.Random(8)
    for _ in range(1_000):
        counts = {str(n): dice.choice((0, 2, 5, 6, 9, 40)) for n in range(dice.randrange(2, 7))}
        before = {code for code, count in opendata.suppressed(counts) if count is None}
        grown = {code: count + dice.randrange(9) for code, count in counts.items()}
        told = opendata.suppressed(grown, True, before)
        assert all(count is None for code, count in told if code in before)
        hidden = [grown[code] for code, count in told if count is None]
        if hidden and any(count for _, count in told):
            assert len(hidden) > 1
            assert sum(hidden) >= 2 * opendata.LEAST


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
