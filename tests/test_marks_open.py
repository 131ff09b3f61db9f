"""Every number and every mark of Analitik and of the lower half of Dasbor opens as many cases as it says."""

import random
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest

from pages.parts import analysis_cards as cards
from pages.parts import breakdown, charts, filters
from pages.parts import compared_cards as compared
from pages.parts.chart_card import Card, table
from pages.parts.scope_bar import View
from store import commands, figures, queries
from store.clock import now as clock_now
from store.clock import today
from store.figures import Scope, analysis, analysis_departments, analysis_words
from store.rules.point import LATITUDES, LONGITUDES
from store.rules.workflow import SYSTEM

from .cases import approved, ask, forwarded, new_desk, press, take_in
from .test_analysis import DLH, days_of, lived  # noqa: F401 – a fixture

SAID = ("Banjir menggenang", "Lampu padam", "Sampah menumpuk", "Pak Banjir lewat", "Selokan mampet banjir")
# What of a mark's row is the number that its address must hold.
COUNTED = {
    "volume": {"href": "received", "ended_href": "ended"},
    "backlog": {"href": "open"},
    "ageing": {"href": "count"},
    "promise": {"href": "late"},
    "ways": {"href": "cases"},
    "words": {"href": "complaints"},
}


@pytest.fixture(scope="module")
def register(lived):  # noqa: F811
    """Random lives with kinds, places, words and marks from reporters all over; and the days they took."""
    desk, events, cases = lived
    dice = random.Random(9)
    kelurahan = [code for (code,) in ask(desk, "select code from kelurahan order by code limit 4")]
    with desk.register.atomic() as cursor:
        for number in cases:
            cursor.execute(
                "update complaint set category = ?, kelurahan = ?, summary = ?, latitude = ?, longitude = ?,"
                " contact_id = ?, rating = if(? < 0.5, 4, rating) where id = ?",
                [
                    dice.choice(("waste", "road", None)), dice.choice([*kelurahan, None]), dice.choice(SAID),
                    dice.uniform(*LATITUDES), dice.uniform(*LONGITUDES), number, dice.random(), number,
                ],
            )  # fmt: skip
    return desk, *days_of(events)


def opened(desk, viewer, href: str) -> int:
    """How many cases Daftar lists at an address."""
    given = dict(parse_qsl(urlsplit(href).query))
    assert urlsplit(href).path == "/daftar"
    asked = filters.from_address(given)
    # Nothing of the address was left out as unreadable.
    assert filters.to_query(asked) == given, href
    return queries.search(desk.register, viewer, asked, calendar=desk.calendar)[1]


def counted(value: object) -> int:
    """The number of cases that a cell says: 12, "71 % (n=12)", "2 aduan (3 kali)", "–"."""
    if not isinstance(value, str):
        return int(value)
    found = re.search(r"n=([\d.]+)", value) or re.match(r"([\d.]+) aduan", value)
    assert found or value == "–", value
    return int(found[1].replace(".", "")) if found else 0


def views(viewer, since, until) -> list[View]:
    scope = Scope(viewer, since, until)
    narrow = Scope(viewer, since, until, departments=("DLH", "DISHUB"), categories=("waste", "-"))
    narrow_query = (("opd", "DLH,DISHUB"), ("kategori", "waste,-"))
    open_only = Scope(viewer, since, until, channels=("WA",), without_confidential=True)
    return [
        View(scope, (), ""),
        View(narrow, narrow_query, ""),
        View(open_only, (("saluran", "WA"), ("rahasia", "tanpa")), ""),
    ]


def built(desk, view: View) -> list[Card]:
    scope, register, now = view.scope, desk.register, clock_now()
    department = analysis_departments.by_department(register, scope, now)
    return [
        cards.volume(analysis.volume(register, scope), [], view),
        cards.backlog(analysis.backlog(register, scope, today()), [], view),
        cards.ageing(analysis.ageing(register, scope, now), view, today()),
        cards.category_month(analysis.by_category_and_month(register, scope), view),
        cards.kelurahan(analysis.by_kelurahan(register, scope), view),
        cards.points(analysis.points(register, scope), view),
        compared.departments(department, view),
        compared.promise(department, view),
        compared.channels(analysis.by_channel(register, scope, now), view),
        cards.hours(analysis.by_hour(register, scope), view),
        cards.ways(analysis_departments.ways(register, scope), view),
        cards.rising(analysis_words.rising(register, scope), view),
    ]


def marks_of(card: Card) -> set[tuple[str, int]]:
    """Every address of the chart with the number that stands on its mark."""
    layers = getattr(card.chart, "layer", [card.chart])
    frames = [layer.data for layer in [card.chart, *layers] if isinstance(getattr(layer, "data", None), pd.DataFrame)]
    columns = COUNTED.get(card.code, {"href": "received"})
    return {
        (href, int(count))
        for frame in frames
        for address, column in columns.items()
        if address in frame
        for href, count in zip(frame[address], frame[column], strict=True)
    }


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("viewer", [SYSTEM, DLH], ids=["all", "dlh"])
def test_each_mark_and_each_number_of_analitik_opens_what_it_counts(register, viewer, place):
    desk, since, until = register
    view = views(viewer, since, until)[place]
    seen = set()
    for card in built(desk, view):
        marks = marks_of(card) if card.chart is not None else set()
        assert marks or card.table.empty or card.code == "department", card.code
        for href, count in sorted(marks)[:: max(1, len(marks) // 12)]:
            assert opened(desk, viewer, href) == count, (card.code, href)
        for heading, links in card.cells.items():
            assert len(links) == len(card.table) or card.table.empty, (card.code, heading)
            rows = list(zip(links, card.table[heading], strict=not card.table.empty))
            for href, value in rows[:: max(1, len(rows) // 12)]:
                assert opened(desk, viewer, href) == counted(value), (card.code, heading, href)
            seen |= {(card.code, heading) for value in card.table[heading] if counted(value)}
    if viewer is SYSTEM and place == 0:
        # No number stood at nought for all.
        assert {heading for code, heading in seen if code == "department"} == set(compared._OF_DEPARTMENT) | {"Beban"}


def test_all_numbers_of_the_department_table_can_be_pressed(register):
    desk, since, until = register
    view = views(SYSTEM, since, until)[0]
    card = compared.departments(analysis_departments.by_department(desk.register, view.scope, clock_now()), view)
    assert set(card.cells) == set(card.table.columns) - {"OPD"}


@pytest.mark.parametrize("viewer", [SYSTEM, DLH], ids=["all", "dlh"])
def test_each_mark_and_each_number_of_dasbor_opens_what_it_counts(register, viewer):
    desk, since, until = register
    period, now = (desk.register, viewer, since, until), clock_now()
    found = {
        "since": since, "until": until, "by_day": figures.by_day(*period),
        "by_department": figures.by_department(*period, now), "by_category": figures.by_category(*period),
        "by_kelurahan": figures.by_kelurahan(*period),
    }  # fmt: skip
    days = breakdown.days(found["by_day"])
    assert days["ended"].sum() > 0
    for row in list(days.itertuples())[::15]:
        assert opened(desk, viewer, row.href) == row.received
        assert opened(desk, viewer, row.ended_href) == row.ended
    for frame in (breakdown.categories(found), breakdown.kelurahan(found)):
        assert frame["received"].sum() == days["received"].sum()
        for row in frame.itertuples():
            assert opened(desk, viewer, row.href) == row.received, row.href
    links = re.findall(r"<a href='([^']+)' target='_self'>(.*?)</a>", breakdown.departments(found))
    for href, inside in links:
        said = re.search(r"/([\d.]+)\)", inside) or re.match(r"([\d.]+)", inside)
        assert opened(desk, viewer, href.replace("&amp;", "&")) == int(said[1].replace(".", "")), href
    told = found["by_department"]
    assert len(links) == int((told[["open", "overdue", "received", "decided"]] > 0).sum().sum()) > 0


def test_a_department_of_dasbor_opens_what_it_leads_and_not_what_it_has_a_part_of(tmp_path):
    with new_desk(tmp_path) as desk:
        forwarded(desk, take_in(desk, "pohon"), "DLH", others=["DISHUB"])
        forwarded(desk, take_in(desk, "lampu", phone="62898"), "DISHUB")
        done = approved(desk, take_in(desk, "sampah", phone="62897"), "DLH")
        period = (desk.register, SYSTEM, today(), today())
        found = {"since": today(), "until": today(), "by_day": figures.by_day(*period)}
        found["by_department"] = figures.by_department(*period, clock_now())
        html = breakdown.departments(found).replace("&amp;", "&")
        received = f"&dari={today()}&sampai={today()}"
        assert f"tanda=utama%3ADISHUB{received}' target='_self'>1</a>" in html
        assert opened(desk, SYSTEM, f"/daftar?tanda=utama%3ADISHUB{received}") == 1
        assert opened(desk, SYSTEM, f"/daftar?opd=DISHUB{received}") == 2
        # What a department returned is not its own any more; the others' times are not its times.
        returned = forwarded(desk, take_in(desk, "jalan", phone="62896"), "DPUPR")
        commands.return_to_city(desk, press(desk, returned, "opd.dpupr"), reason="not_ours", note="Bukan kami")
        view = View(Scope(SYSTEM, today(), today()), (), "")
        frame = analysis_departments.by_department(desk.register, view.scope, clock_now())
        card = compared.departments(frame, view)
        place = frame["code"].tolist().index("DPUPR")
        assert card.table["Dikembalikan"].iloc[place] == "1 aduan"
        assert opened(desk, SYSTEM, card.cells["Dikembalikan"][place]) == 1
        assert opened(desk, SYSTEM, card.links[place]) == 0 == card.table["Beban"].iloc[place]
        assert done.result_at


def test_two_of_one_name_stay_two(register):
    desk, since, until = register
    with desk.register.atomic() as cursor:
        cursor.execute("update category set name = 'Sama' where code in ('road', 'waste')")
    view = views(SYSTEM, since, until)[0]
    card = cards.category_month(analysis.by_category_and_month(desk.register, view.scope), view)
    names = card.table["Kategori"].tolist()
    assert len(names) == len(set(names)) == 3
    assert any(name.endswith("(road)") for name in names)
    assert any(name.endswith("(waste)") for name in names)
    assert all(name in str(card.chart.to_dict()["datasets"]) for name in names)
    period = (desk.register, SYSTEM, since, until)
    found = {"since": since, "until": until, "by_category": figures.by_category(*period)}
    assert breakdown.categories(found)["name"].is_unique


def test_every_hour_and_every_day_has_its_place(register):
    desk, since, until = register
    view = views(SYSTEM, since, until)[0]
    found = analysis.by_hour(desk.register, view.scope).head(1)
    axes = cards.hours(found, view).chart.to_dict()["layer"][0]["encoding"]
    assert axes["x"]["scale"]["domain"] == list(range(24))
    assert len(axes["y"]["scale"]["domain"]) == 7
    # Where 24 columns have no room for numbers, there are none: on a phone they would run into one another.
    numbers = cards.hours(found.assign(received=1_234), view).chart.to_dict()["layer"][1]["mark"]
    assert numbers["opacity"] == {"expr": "width / 24 >= 33 ? 1 : 0"}


def test_long_names_of_departments_stand_whole_and_how_many_stands_below(register):
    name = "Satuan Polisi Pamong Praja, Pemadam Kebakaran, dan Penyelamatan"
    desk, since, until = register
    view = views(SYSTEM, since, until)[0]
    found = analysis_departments.by_department(desk.register, view.scope, clock_now()).head(1)
    found = found.assign(name=name, decided=20, kept=14)
    sets = compared.promise(found, view).chart.to_dict()["datasets"].values()
    lines = [row["lines"] for rows in sets for row in rows if "lines" in row]
    assert " ".join(lines[0].split("\n")) == name
    assert max(map(len, lines[0].split("\n"))) < 40
    assert "<br><small>(n=20)</small>" in table(compared.departments(found, view))


def test_where_there_is_nothing_nought_stands_at_the_bottom_and_no_tile_is_bright():
    days = pd.DataFrame({"day": pd.date_range("2026-11-01", periods=3), "received": 0, "ended": 0})
    bars = charts.by_day(breakdown.days(days))["layer"][0]["encoding"]
    assert bars["y"]["scale"]["domain"] == [0, 1]
    # The axis writes no day that has not come.
    assert "2026-11-03T00:00:00" in bars["x"]["axis"]["labelExpr"]
    view = View(Scope(SYSTEM, today(), today()), (), "")
    volume = cards.volume(days, [], view).chart.to_dict()
    assert [0, 1] in [layer["encoding"].get("y", {}).get("scale", {}).get("domain") for layer in volume["layer"]]
    tiles = pd.DataFrame(
        {"code": ["-", "33.75.01.1002"], "name": "x", "kecamatan": "Pekalongan Barat", "received": [1, 0], "open": 0}
    )
    drawn = cards.kelurahan(tiles, view).chart.to_dict()["layer"][0]["encoding"]
    assert drawn["color"]["scale"]["domain"] == [0, 1]


def test_words_in_charts_can_be_read_on_dark_and_light():
    frame = pd.DataFrame({"name": ["x"], "received": [1], "href": ["/daftar"]})
    said = {dark: charts.ranking(frame, "received", "x", dark) for dark in (True, False)}
    assert said[True]["config"]["text"]["color"] != said[False]["config"]["text"]["color"]
    assert "gray" not in str(said)


def test_a_word_that_rose_opens_the_complaints_that_have_it(register):
    desk, _, _ = register
    now = today()
    with desk.register.atomic() as cursor:
        recent, before = figures.start_of(now - timedelta(days=15)), figures.start_of(now - timedelta(days=60))
        cursor.execute("update complaint set received_at = if(id % 2 = 0, ?, ?)", [recent, before])
        cursor.execute("update complaint set summary = 'Lampu padam, Pak Banjir' where id % 2 = 1 or id % 3 = 0")
        cursor.execute("update complaint set summary = 'Banjir menggenang' where id % 2 = 0 and id % 3 > 0")
    view = View(Scope(SYSTEM, now - timedelta(days=10), now), (), "")
    found = analysis_words.rising(desk.register, view.scope)
    marks = marks_of(cards.rising(found, view))
    assert "banjir" in set(found["word"])
    for href, count in marks:
        assert opened(desk, SYSTEM, href) == count, href
