"""The page "Perlu tindakan": why each case is there, in words; where its link leads; what is new; nothing to do."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import house
from pages.parts.session import LANDINGS, landing
from store import clock, commands, last_look, queries, reminders
from store.rules import indonesian
from store.rules.deadline import from_jakarta
from store.rules.workflow import Role

from .cases import (
    add_message,
    approved,
    by_system,
    forwarded,
    in_progress,
    in_review,
    new_desk,
    press,
    take_in,
    who,
)
from .postbox import change
from .stack import ROOT
from .test_pages import MARKUP, bodies, errors, page, text_of

SECRET = "Zulaikha"


def wib(day: int, clock: str) -> datetime:
    """A moment of November 2026, which has no holidays, in Jakarta; Monday is the 16th."""
    return from_jakarta(datetime.fromisoformat(f"2026-11-{day:02d}T{clock}"))


NOW = wib(25, "10:00")
EARLY, LATE, LATEST = wib(25, "08:00"), wib(23, "09:00"), wib(9, "08:00")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("todo-page")) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        yield desk
        house.open_house(None)


class Frozen(datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW.replace(tzinfo=UTC).astimezone(tz)


@pytest.fixture(autouse=True)
def at_ten(monkeypatch):
    """It is ten o'clock wherever the pages ask, also which year is this year."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(indonesian, "datetime", Frozen)


@pytest.fixture(scope="module")
def cases(desk):
    def new(now=EARLY, text="Sampah menumpuk", **more):
        return take_in(desk, text, name=SECRET, phone=f"62899{next(numbers):07d}", now=now, **more)

    numbers = iter(range(100))
    found = {
        "new": new(text=MARKUP),
        "reopened": commands.return_to_city(
            desk, press(desk, forwarded(desk, new(), "DISHUB"), "opd.dishub"), reason="incomplete", note="n"
        ),
        "escalated": commands.escalate(desk, press(desk, new(), "kota"), note="n"),
        "review": in_review(desk, new(wib(23, "13:00")), "DLH"),
        "failed": by_system(desk, approved(desk, new(), "DISHUB"), "delivery_failed"),
        "forwarded": forwarded(desk, new(), "DLH", now=EARLY),
        "not accepted": forwarded(desk, new(wib(24, "08:00")), "DLH", now=wib(24, "08:00")),
        "accepted": commands.accept(desk, press(desk, forwarded(desk, new(), "DLH"), "opd.dlh")),
        "late": in_progress(desk, new(LATE), "DLH"),
        "latest": in_progress(desk, new(LATEST), "DLH"),
    }
    found["latest"] = commands.assign(desk, press(desk, found["latest"], "opd.dlh"), handler="tim.dlh")
    found["scheduled"] = commands.schedule(
        desk, press(desk, in_progress(desk, new(LATE), "DLH"), "tim.dlh"), promised_on=date(2026, 11, 27), note="n",
        now=LATE,
    )  # fmt: skip
    wrote = commands.seen(desk, press(desk, approved(desk, new(), "DISHUB"), "kota"))
    found["wrote"] = add_message(desk, wrote, "Masih kotor", phone="x", now=NOW - timedelta(minutes=5))
    reminders.run(desk, NOW)
    return found


def rows(at: AppTest) -> dict[str, tuple[str, str, str]]:
    """What is drawn, in order: number → (where it leads, how the limit stands, why it is there)."""
    links = [element.proto for element in at.get("page_link")]
    first, *links = links
    whys = [body.split("class='why'>")[1].split("</div>")[0] for _, body in bodies(at) if "class='why'>" in body]
    found = {}
    for link, why in zip(links, whys, strict=True):
        when, _, number = link.label.rpartition(" · ")
        assert link.query_string == f"no={number}"
        found[number] = (link.page, when.replace("\\", ""), why)
    assert first.label.endswith(next(iter(found)))
    assert (first.page, first.query_string) == (links[0].page, links[0].query_string)
    return found


ROWS = {
    "kota": [
        ("latest", "aduan", "! lewat 14 hari", "ditindaklanjuti · eskalasi 300 %"),
        ("late", "aduan", "! lewat 1 jam", "ditindaklanjuti"),
        ("review", "verifikasi", "◔ hari ini 13.00", "menunggu Anda: verifikasi hasil"),
        ("not accepted", "aduan", "– Kam 26 Nov 08.00", "belum diterima OPD, batas Sel 24 Nov 12.07"),
        ("new", "triase", "– Jum 27 Nov 07.42", "menunggu Anda: triase"),
        ("reopened", "triase", "– Jum 27 Nov 07.42", "dikembalikan OPD"),
        ("failed", "telepon", "‖ tenggat berhenti", "telepon pelapor"),
        ("wrote", "pesan", "‖ tenggat berhenti", "pesan baru"),
    ],
    "pejabat": [
        ("latest", "aduan", "! lewat 14 hari", "ditindaklanjuti · eskalasi 300 %"),
        ("escalated", "eskalasi", "– Jum 27 Nov 07.42", "menunggu Anda: eskalasi"),
    ],
    "pimpinan": [("latest", "aduan", "! lewat 14 hari", "ditindaklanjuti · eskalasi 300 %")],
    "opd.dlh": [
        ("latest", "tindak_lanjut", "! lewat 14 hari", "ditindaklanjuti · petugas Tim DLH · eskalasi 300 %"),
        ("not accepted", "opd", "! lewat 21 jam", "belum diterima OPD, batas Sel 24 Nov 12.07"),
        ("late", "tindak_lanjut", "! lewat 1 jam", "belum ada petugas"),
        ("forwarded", "opd", "◔ hari ini 12.07", "belum diterima OPD, batas Rab 25 Nov 12.07"),
        ("accepted", "opd", "– Jum 27 Nov 07.42", "menunggu Anda: serahkan ke tim"),
        ("scheduled", "tindak_lanjut", "– Jum 27 Nov 11.00", "terjadwal · belum ada petugas"),
    ],
    "tim.dlh": [
        ("latest", "tindak_lanjut", "! lewat 14 hari", "tugas Anda · eskalasi 300 %"),
        ("late", "tindak_lanjut", "! lewat 1 jam", "belum ada petugas"),
        ("scheduled", "tindak_lanjut", "– Jum 27 Nov 11.00", "terjadwal · belum ada petugas"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("username", ROWS)
def test_each_row_says_why_it_is_there_and_leads_to_its_work_page(desk, cases, username):
    at = page("perlu_tindakan", username)
    assert [e.message for e in at.exception] == errors(at) == []
    expected = {cases[name].number: tuple(rest) for name, *rest in ROWS[username]}
    found = rows(at)
    assert found == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize(("username", "shown"), [("kota", True), ("opd.dlh", True), ("pimpinan", False)])
def test_who_reported_is_masked_and_hidden_from_leadership(desk, cases, username, shown):
    text = text_of(page("perlu_tindakan", username))
    assert SECRET not in text
    assert ("Z*** (" in text) == shown


def test_what_people_write_is_shown_as_text(desk, cases):
    drawn = bodies(page("perlu_tindakan", "kota"))
    assert any("&lt;img src=x onerror=alert(1)&gt;" in body for _, body in drawn)
    assert not [kind for kind, body in drawn if "<img src=x" in body]


def test_the_sum_is_above_the_list(desk, cases):
    text = text_of(page("perlu_tindakan", "kota"))
    assert "! 2 lewat tenggat" in text
    assert "1 jatuh tempo hari ini" in text
    assert "5 lainnya" in text
    assert "per Rab 25 Nov 10.00 WIB" in text


@pytest.fixture
def elsewhere():
    """Another register for the pages, for a while."""

    @contextlib.contextmanager
    def opened(settings):
        before = house.house()
        with new_desk(settings.data) as desk:
            house.open_house(house.House(desk, Sessions(desk)))
            yield desk
            house.open_house(before)

    return opened


@pytest.mark.parametrize(
    ("username", "told"),
    [
        ("kota", "Aduan baru, hasil yang diajukan OPD"), ("pejabat", "Aduan yang dieskalasi kepada Anda"),
        ("pimpinan", "Aduan yang mencapai 300 %"), ("opd.dindik", "Aduan yang diteruskan ke OPD Anda"),
        ("tim.dindik", "Aduan yang diserahkan ke tim"),
    ],
)  # fmt: skip
def test_whoever_has_nothing_to_do_is_told_what_will_appear(desk, settings, elsewhere, username, told):
    with elsewhere(settings):
        at = page("perlu_tindakan", username)
    assert [e.message for e in at.exception] == []
    text = text_of(at)
    assert "Tidak ada yang menunggu Anda saat ini" in text
    assert told in text
    assert not at.get("page_link")


def test_what_happened_since_the_last_look_is_there_to_open(cases, settings, elsewhere):
    with elsewhere(settings) as desk:
        case = forwarded(desk, take_in(desk, now=LATE), "DLH", now=EARLY)
        assert not page("perlu_tindakan", "opd.dlh").expander
        change(desk, "update last_look set looked_at = ?, since = ?", wib(24, "08:00"), wib(23, "08:00"))
        at = page("perlu_tindakan", "opd.dlh")
        (news,) = at.expander
        assert news.label == "Sejak terakhir Anda lihat (Sel 24 Nov 08.00): 1 kejadian"
        (told,) = [body for _, body in bodies(at) if "w-news'>" in body]
        assert f"href='/aduan?no={case.number}'" in told
        assert "Rab 25 Nov 08.00" in told
        assert "Diteruskan ke OPD · Rina Wulandari (Tim Pengaduan Kota)" in told


def test_a_look_at_the_page_is_noted(desk, cases):
    change(desk, "delete from last_look")
    page("perlu_tindakan", "opd.dlh")
    assert last_look.look(desk.register, who(desk, "opd.dlh"), NOW + timedelta(hours=2)) == NOW


def test_a_long_list_says_how_much_is_not_shown(desk, cases, monkeypatch):
    whole = queries.todo(desk.register, who(desk, "kota"), NOW)
    monkeypatch.setattr(queries, "todo", lambda *given: whole[:3])
    assert "3 dengan tenggat terdekat ditampilkan; 5 lainnya menyusul." in text_of(page("perlu_tindakan", "kota"))


@pytest.mark.parametrize(("username", "shown"), [("kota", "Perlu tindakan · 8"), ("tim.dishub", "Perlu tindakan")])
def test_the_navigation_counts_it_first_of_all(desk, cases, username, shown, monkeypatch):
    drawn, navigation = [], st.navigation
    monkeypatch.setattr(st, "navigation", lambda pages, **more: drawn.append(pages) or navigation(pages, **more))
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
    at.user = {"username": username}
    at.run()
    assert [e.message for e in at.exception] == []
    visible = [p for pages in drawn[-1].values() for p in pages if p.visibility == "visible"]
    assert visible[0].title == shown


@pytest.mark.parametrize("username", ["kota", "pejabat", "opd.dlh", "tim.dlh"])
def test_whoever_has_work_starts_here(desk, cases, username):
    assert landing(who(desk, username)) == "perlu_tindakan.py"


def test_leaders_and_administrators_start_where_they_look(desk):
    assert (landing(who(desk, "pimpinan")), landing(who(desk, "admin"))) == ("dasbor.py", "kesehatan.py")
    assert {role for role, _ in LANDINGS} == set(Role) - {Role.REPORTER, Role.SYSTEM}
