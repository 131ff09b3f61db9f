"""Analitik as a page: each part for its roles, the address as the view, files that explain themselves."""

import csv
import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import analysis_cards as cards
from pages.parts import chart_card, house, sankey, tiles
from pages.parts import compared_cards as compared
from pages.parts.scope_bar import PERIODS, View, days_of
from store import queries
from store.clock import now as clock_now
from store.clock import today
from store.figures import Scope, analysis, analysis_departments
from store.figures.analysis_definitions import CHARTS
from store.queries import Filters
from store.rules.workflow import LETTERS, SYSTEM, State

from .cases import approved, ask, by_system, confirm, forwarded, in_review, new_desk, reopen, take_in
from .test_pages import MARKUP, errors, page

PARTS = ("arus", "wilayah", "opd", "waktu", "jalan", "kata")
NAME = "Zulaikha"
DAYS = {"since": "dari", "until": "sampai"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("analitik")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


@pytest.fixture(scope="module")
def cases(desk):
    """A few complaints with different ways, one of them with a place and one confidential."""
    closed = confirm(desk, approved(desk, take_in(desk, MARKUP, name=NAME), "DLH", kelurahan="33.75.01.1002"))
    reopen(desk, closed)
    take_in(desk, "Di sini", name=NAME, latitude=-6.8891, longitude=109.6753, kind="location", phone="62811")
    forwarded(desk, take_in(desk, "rahasia", phone="62899"), "INSPEKTORAT", kind="official")
    in_review(desk, take_in(desk, "lampu", phone="62898"), "DISHUB", category="traffic")
    by_system(desk, approved(desk, take_in(desk, "halo", phone="62897"), "DLH"), "delivery_failed")


def everything(at: AppTest) -> str:
    """All words on a page."""
    shown = [*at.markdown, *at.caption, *at.info, *at.subheader, *at.get("html")]
    return " ".join(str(getattr(element, "value", "") or element.proto) for element in shown)


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_register_says_what_will_be_there(tmp_path, part):
    with new_desk(tmp_path) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        at = page("analitik", "kota", bagian=part)
        assert [e.message for e in at.exception] == []
        assert part == "arus" or at.info


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("username", ["kota", "pejabat", "pimpinan", "opd.dlh", "tim.dlh"])
def test_every_part_is_drawn_for_those_who_may(desk, cases, username, part):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page("analitik", username, bagian=part, masa="12")
    assert [e.message for e in at.exception] == []
    assert errors(at) == []
    words = everything(at)
    assert NAME not in words
    assert "628" not in re.sub(r"[-\w]*\d{4}-\d\d-\d\d[-\w]*", "", words)
    assert "onerror" not in words


def test_it_is_refused_to_others(desk, cases):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page("analitik", "admin")
    assert errors(at)[0].startswith("Halaman ini bukan untuk peran Anda")
    assert len(at.main) == 1


def test_a_department_counts_its_own_cases_only(desk, cases):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page("analitik", "opd.dlh", bagian="opd", masa="12")
    words = everything(at)
    assert "hanya aduan pada DLH" in words
    assert "Dinas Lingkungan Hidup" in words
    assert "Dinas Perhubungan" not in words
    assert "Dinas Perhubungan" in everything(page("analitik", "kota", bagian="opd", masa="12"))


def test_the_filters_come_from_the_address(desk, cases):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page(
        "analitik", "kota", dari="2020-01-01", sampai="2020-02-01", opd="DLH", kec="Pekalongan Barat", rahasia="tanpa",
        saluran="WA,TLP", kategori="waste,-",
    )  # fmt: skip
    words = everything(at)
    assert [e.message for e in at.exception] == []
    for said in ("1 Jan 2020–1 Feb 2020", "OPD: Dinas Lingkungan Hidup", "kecamatan: Pekalongan Barat",
                 "tanpa yang rahasia", "saluran: WhatsApp, Telepon", "Belum ditentukan"):  # fmt: skip
        assert said in words
    assert "per hari" in words
    assert "dari=2020-01-01" in words
    assert "kec=Pekalongan+Barat" in words
    assert "rahasia=tanpa" in words


@pytest.mark.parametrize(
    "query", [{"dari": "x", "masa": "y", "bagian": "z"}, {"dari": "0001-01-01"}, {"dari": "9999-12-31"},
              {"sampai": "2020-01-01", "opd": "'; drop table complaint", "kel": "<b>"}],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_no_error(desk, cases, query):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page("analitik", "kota", **query)
    assert [e.message for e in at.exception] == []
    assert "<b>" not in everything(at)


def test_named_periods():
    day = date(2026, 3, 15)
    assert days_of("30", day) == (date(2026, 2, 14), day)
    assert days_of("bulan", day) == (date(2026, 3, 1), day)
    assert days_of("bulan-lalu", day) == (date(2026, 2, 1), date(2026, 2, 28))
    assert days_of("bulan-lalu", date(2026, 1, 31)) == (date(2025, 12, 1), date(2025, 12, 31))
    assert days_of("12", day) == (date(2025, 4, 1), day)
    assert days_of("12", date(2026, 12, 5)) == (date(2026, 1, 1), date(2026, 12, 5))
    assert days_of("tahun", day) == (date(2026, 1, 1), day)
    assert days_of("tahun-lalu", day) == (date(2025, 1, 1), date(2025, 12, 31))
    assert all(since <= until for since, until in (days_of(name, day) for name in PERIODS))


def view_of(since: date, until: date, viewer=SYSTEM) -> View:
    return View(Scope(viewer, since, until), (), "1 Jan–2 Feb 2026")


def built(desk) -> list[chart_card.Card]:
    """Every card over the last weeks."""
    today = (clock_now() + timedelta(hours=7)).date()
    view = view_of(today - timedelta(days=20), today)
    register, scope, now = desk.register, view.scope, clock_now()
    free = analysis.free_days(desk, scope.since, scope.until)
    department = analysis_departments.by_department(register, scope, now)
    rose = pd.DataFrame({"word": ["banjir", "=1+1"], "reporters": [5, 6], "complaints": [7, 6], "expected": [1.5, 0]})
    rose["first_read"] = 1
    decided = department.assign(decided=[10] * len(department), kept=[7] * len(department))
    return [
        cards.volume(analysis.volume(register, scope), free, view),
        cards.backlog(analysis.backlog(register, scope, today), free, view),
        cards.ageing(analysis.ageing(register, scope, now), view, today),
        cards.category_month(analysis.by_category_and_month(register, scope), view),
        cards.kelurahan(analysis.by_kelurahan(register, scope), view),
        cards.points(analysis.points(register, scope), view),
        compared.departments(department, view),
        compared.promise(decided, view),
        compared.channels(analysis.by_channel(register, scope, now), view),
        cards.hours(analysis.by_hour(register, scope), view),
        cards.ways(analysis_departments.ways(register, scope), view),
        cards.rising(rose, view),
    ]


def test_every_card_has_a_definition_its_numbers_and_where_they_lead(desk, cases):
    made = built(desk)
    assert {card.code for card in made} == set(CHARTS)
    for card in made:
        assert not card.table.empty, card.code
        assert len(card.links) == len(card.table), card.code
        assert all(link.startswith("/daftar?") for link in card.links), card.code
        html = chart_card.table(card)
        assert html.count("<th scope='row'><a href='/daftar?") == min(len(card.table), chart_card.SHOWN)
        assert "<caption" in html
        assert "scope='col'" in html


def test_the_numbers_as_a_file_say_what_they_are_and_run_nothing(desk, cases):
    for card in built(desk):
        content = chart_card.as_csv(card, "-1 Jan · OPD: =1+1", "per Sen 1 Jan 10.00 WIB")
        assert content.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert lines[0] == [card.title]
        assert lines[1] == ["'-1 Jan · OPD: =1+1"]
        assert lines[2] == ["per Sen 1 Jan 10.00 WIB"]
        assert lines[3] == [CHARTS[card.code]]
        assert lines[5] == [str(name) for name in card.table.columns]
        assert len(lines) == 6 + len(card.table)
    assert ["'=1+1", "6", "0.0", "6"] in lines


def test_each_chart_is_a_picture(desk, cases):
    from PIL import Image

    for card in built(desk):
        if card.chart is None:
            assert card.code == "department"
            continue
        picture = Image.open(io.BytesIO(chart_card.png(card, "1 Jan–2 Feb 2026", "per Sen 1 Jan 10.00 WIB")))
        assert picture.format == "PNG"
        assert picture.width > 1500, card.code
        # Not one colour only.
        assert len(picture.convert("RGB").resize((200, 100)).getcolors(100_000)) > 5, card.code


def test_days_become_weeks_and_months_without_losing_any():
    days = pd.date_range("2024-12-30", "2026-02-03")
    frame = pd.DataFrame({"day": days, "received": range(len(days)), "ended": 1})
    free = [analysis.Free(date(2026, 1, 1), "Tahun Baru"), analysis.Free(date(2026, 1, 3), "Sabtu")]
    until = date(2026, 2, 3)
    for since, unit in ((date(2026, 1, 1), "day"), (date(2025, 3, 1), "week"), (date(2024, 12, 30), "month")):
        view = view_of(since, until)
        assert cards.unit_of(view) == unit
        part = frame[(frame["day"].dt.date >= since) & (frame["day"].dt.date <= until)]
        card = cards.volume(part, free, view)
        assert card.table["Diterima"].sum() == part["received"].sum()
        assert card.table["Berakhir"].sum() == len(part)
        assert card.table["Hari kerja"].sum() == len(part) - 2
        assert any("Tahun Baru" in names for names in card.table["Libur"])
        assert f"dari={since.isoformat()}" in card.links[0]
        assert f"sampai={until.isoformat()}" in card.links[-1]


def test_the_weeks_are_written_by_their_first_days():
    since, until = date(2026, 9, 1), date(2026, 11, 29)
    frame = pd.DataFrame({"day": pd.date_range(since, until), "received": 3, "ended": 1})
    card = cards.volume(frame, [], view_of(since, until))
    bars = next(
        layer for layer in card.chart.to_dict()["layer"] if "x2" in layer["encoding"] and "y" in layer["encoding"]
    )
    written = [date(day["year"], day["month"], day["date"]) for day in bars["encoding"]["x"]["axis"]["values"]]
    assert written == [since, *(date(2026, 9, 7) + timedelta(weeks=n) for n in range(12))]


def test_each_part_of_a_bar_of_ages_opens_as_many_cases_as_it_is_long(tmp_path):
    with new_desk(tmp_path) as desk:
        take_in(desk, "baru")
        take_in(desk, "lama", phone="62897", now=clock_now() - timedelta(days=20))
        approved(desk, take_in(desk, "hasilnya sudah dikirim", phone="62896"), "DLH")
        view = view_of(today() - timedelta(days=10), today())
        card = cards.ageing(analysis.ageing(desk.register, view.scope, clock_now()), view, today())
        parts = next(layer.data for layer in card.chart.layer if "href" in layer.data)
        assert parts.groupby("status")["count"].sum().tolist() == [1, 1, 1]
        for part in parts.itertuples():
            given = {key: values[0] for key, values in parse_qs(urlsplit(part.href).query).items()}
            days = {key: date.fromisoformat(given[name]) if name in given else None for key, name in DAYS.items()}
            filters = Filters(only=given.get("hanya", ""), mark=given.get("tanda", ""), **days)
            assert queries.search(desk.register, SYSTEM, filters)[1] == part.count, part.href


def test_what_ended_opens_its_cases_as_what_was_received_does(tmp_path):
    with new_desk(tmp_path) as desk:
        confirm(desk, approved(desk, take_in(desk, MARKUP, name=NAME), "DLH"))
        take_in(desk, "lampu", phone="62898")
        view = view_of(today() - timedelta(days=10), today())
        chart = cards.volume(analysis.volume(desk.register, view.scope), [], view).chart
        dots = chart.to_dict()["layer"][-1]["encoding"]
        assert (dots["y"]["field"], dots["href"]["field"]) == ("ended", "ended_href")
        frames = [layer.data for layer in [chart, *chart.layer] if isinstance(layer.data, pd.DataFrame)]
        days = next(frame for frame in frames if "ended_href" in frame)
        found = []
        for row in days.itertuples():
            mark = parse_qs(urlsplit(row.ended_href).query)["tanda"][0]
            found.append(queries.search(desk.register, SYSTEM, Filters(mark=mark))[1])
        assert found == days["ended"].tolist()
        assert sum(found) == 1


def test_small_numbers_are_marked(desk):
    frame = pd.DataFrame(
        {
            "code": ["A", "B"], "name": ["A", "B"], "received": [9, 20], "open": [1, 1], "overdue": [0, 1],
            "accepted": [9, 10], "accept_hours": [1.5, 60.0], "done": [0, 20], "result_hours": [float("nan"), 3.0],
            "decided": [9, 20], "kept": [9, 10], "returned": [0, 1], "returned_cases": [0, 1], "reopened": [0, 0],
            "rated": [1, 12], "rating": [5.0, 4.25],
        }
    )  # fmt: skip
    card = compared.departments(frame, view_of(date(2026, 1, 1), date(2026, 1, 31)))
    few, many = card.table.to_dict("records")
    assert few["Sampai diterima"] == "1,5 jam (n=9 sedikit)"
    assert few["Sampai hasil"] == "–"
    assert few["Dalam janji"] == "100 % (n=9 sedikit)"
    assert many["Sampai diterima"] == "2,5 hari (n=10)"
    assert many["Nilai"] == "4,2 (n=12)"
    # Who has too few is not held against the others.
    assert compared.promise(frame, view_of(date(2026, 1, 1), date(2026, 1, 31))).table["OPD"].tolist() == ["B"]


def test_the_range_of_chance():
    low, high = compared.wilson(7, 10)
    assert (round(low, 3), round(high, 3)) == (0.397, 0.892)
    assert compared.wilson(0, 10)[0] == 0
    assert compared.wilson(10, 10)[1] == 1


def test_the_tiles_are_the_27_kelurahan_each_in_a_place_of_its_own(desk):
    codes = {code for (code,) in ask(desk, "select code from kelurahan")}
    assert set(tiles.PLACES) == codes
    assert len(set(tiles.PLACES.values())) == 27
    places = dict(ask(desk, "select code, kecamatan from kelurahan"))
    middle = {
        name: [sum(tiles.PLACES[c][axis] for c in codes if places[c] == name) / 7 for axis in (0, 1)]
        for name in set(places.values())
    }
    # Rightly north, south, west and east of each other.
    assert middle["Pekalongan Utara"][1] == min(m[1] for m in middle.values())
    assert middle["Pekalongan Selatan"][1] == max(m[1] for m in middle.values())
    assert middle["Pekalongan Barat"][0] == min(m[0] for m in middle.values())
    assert middle["Pekalongan Timur"][0] == max(m[0] for m in middle.values())
    assert tiles.placed(["33.75.03.1009", "33.75.09.1001"])["33.75.09.1001"][1] > 5


def test_the_bands_are_as_wide_as_what_went_there():
    ways = pd.DataFrame(
        [("received", "forwarded", 30), ("received", "answered", 70), ("forwarded", "accepted", 25),
         ("forwarded", "returned", 5), ("returned", "forwarded", 5), ("closed", "reopened", 2),
         ("reopened", "forwarded", 2)],
        columns=["before", "after", "count"],
    )  # fmt: skip
    assert not sankey.is_forward("returned", "forwarded")
    assert not sankey.is_forward("reopened", "forwarded")
    nodes, outlines = sankey.layout(ways.assign(cases=ways["count"], href="/daftar"))
    assert set(nodes["state"]) == {"received", "forwarded", "answered", "accepted", "returned"}
    heights = {row.state: row.y - row.y2 for row in nodes.itertuples()}
    assert heights["answered"] == pytest.approx(heights["received"] * 0.7)
    for _, band in outlines.groupby("link"):
        assert (band["y"] - band["y2"]).tolist() == pytest.approx([band["count"].iloc[0] / 100] * len(band))
    # Every state that a case may be in has its column.
    assert {state.value for state in State} <= set(sankey._COLUMN)
    assert set(LETTERS) == set(State)


def test_daftar_says_which_mark_was_pressed_and_lists_its_cases(desk, cases):
    house.open_house(house.House(desk, Sessions(desk)))
    at = page("daftar", "kota", tanda="alih:fb")
    assert any("“Diteruskan ke OPD” ke “Dikembalikan ke Tim Kota”" in caption.value for caption in at.caption)
    at = page("daftar", "kota", tanda="alih:rf")
    count = queries.search(desk.register, SYSTEM, Filters(mark="alih:rf"))[1]
    assert f"**{count}** aduan" in everything(at)
    at = page("daftar", "kota", tanda="drop:1")
    assert [e.message for e in at.exception] == []
