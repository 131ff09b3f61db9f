"""Dasbor: it shows what the command line prints, opens what it counts, and asks once however many are watching."""

import re
import threading
from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.door import Sessions
from pages.parts import house, live
from pages.parts.scoreboard import EXPLAINED, NOW, PROMISE, Scoreboard, change, reached
from store import figures
from store.clock import now as clock_now
from store.clock import today
from store.figures import FIGURES, Scope, shown
from store.rules.workflow import SYSTEM

from .cases import approved, confirm, forwarded, new_desk, take_in, who, without_whatsapp
from .stack import ROOT


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path) as desk:
        house.open_house(house.House(desk, Sessions(desk)))
        st.cache_data.clear()
        yield desk
        house.open_house(None)


def opened(username: str, **query: str) -> str:
    """All that the page says, as HTML."""
    at = AppTest.from_file(str(ROOT / "pages" / "dasbor.py"), default_timeout=120)
    at.user = {"username": username}
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert [e.message for e in at.exception] == []
    return "\n".join(element.proto.body for element in at.main if element.type == "html") + "\n".join(
        body for body in re.findall(r'body: "((?:[^"\\]|\\.)*)"', str(at.main))
    )


def tiles(page: str) -> dict[str, str]:
    """The value of every figure by the address that it opens."""
    found = re.findall(r"<a class='w-figure' href='([^']+)' target='_self'><b>([^<]*)</b>", page)
    rows = re.findall(r"<span class='value'><a href='([^']+)' target='_self'><b>([^<]*)</b>", page)
    return dict([*found, *rows])


def test_it_shows_what_the_definitions_count_and_links_to_the_cases(desk):
    confirm(desk, approved(desk, take_in(desk, "Satu")))
    forwarded(desk, take_in(desk, "Dua"), "DLH")
    without_whatsapp(desk, now=clock_now() - timedelta(days=8))
    page = opened("pimpinan")
    month = figures.this_month(Scope(who(desk, "pimpinan"), today(), today()), clock_now())
    counted = figures.all_figures(desk, month, clock_now())
    found = tiles(page)
    for code in NOW:
        assert found[f"/daftar?hanya={code}"] == shown(code, counted[code]), code
    days = f"&dari={month.since}&sampai={month.until}"
    for code in ("within_promise", "within_outer", *figures.CLOSINGS, "answered", "received"):
        assert found[f"/daftar?hanya={FIGURES[code].opened}{days}"] == shown(code, counted[code]), code
    assert counted["confirmed"] == 1
    assert "per " in page
    assert "WIB" in page


def test_every_figure_says_how_it_is_counted(desk):
    page = opened("kota")
    for code in EXPLAINED:
        assert f"id='cara-{code}' popover" in page, code
        assert FIGURES[code].definition in page, code
    for code in (*NOW, *PROMISE):
        assert f"popovertarget='cara-{code}'" in page, code


def test_a_long_number_is_written_smaller_so_that_it_leaves_room_for_its_question_mark():
    found = {"present": {"open": 10_155, "overdue": 980}, "now": {}, **{name: {} for name in figures.BACK}}
    board = Scoreboard(found, Scope(SYSTEM, today(), today()), clock_now(), "2 hari kerja")
    assert "<b class='long'>10.155</b>" in board.tile("open", "Belum berakhir", [])
    assert "<b>980</b>" in board.tile("overdue", "Lewat tenggat", [])


def test_a_department_sees_its_own_only(desk):
    forwarded(desk, take_in(desk), "DLH")
    forwarded(desk, take_in(desk), "DISHUB")
    take_in(desk)
    assert tiles(opened("opd.dlh"))["/daftar?hanya=open"] == "1"
    assert tiles(opened("opd.dindik"))["/daftar?hanya=open"] == "0"
    assert tiles(opened("kota"))["/daftar?hanya=open"] == "3"


def test_on_a_wall_there_is_nothing_to_press(desk):
    take_in(desk)
    page = opened("pimpinan", layar="dinding")
    assert "<b>1</b><span>Masuk hari ini</span>" in page
    assert not re.search(r"<a |<button", page)


def test_an_empty_register_shows_noughts_and_dashes(desk):
    found = tiles(opened("pimpinan"))
    assert {found[f"/daftar?hanya={code}"] for code in NOW} == {"0"}
    assert "–" in found.values()


def test_a_change_shows_at_the_next_look_and_many_ask_once(desk):
    asked = []

    def ask(now):
        asked.append(now)
        return figures.present(desk, Scope(who(desk, "kota"), today(), today()), now)["open"]

    watching = [threading.Thread(target=lambda: live.shared("x", ask)) for _ in range(20)]
    for thread in watching:
        thread.start()
    for thread in watching:
        thread.join()
    assert len(asked) <= 2  # the minute may have changed
    take_in(desk)
    before = len(asked)
    for _ in range(20):
        live.shared("x", ask)
    assert len(asked) <= before + 1
    # Held back for a moment at most, so that with the time between two looks it stays below three seconds.
    assert max(live.HOLD_SECONDS, live.STALE_SECONDS) + live.LIVE_SECONDS < 3
    end = clock_now() + timedelta(seconds=live.HOLD_SECONDS)
    while clock_now() < end:
        pass
    assert live.shared("x", ask).found == 1


def test_while_one_asks_the_others_take_the_present_answer(desk, monkeypatch):
    monkeypatch.setattr(live, "HOLD_SECONDS", 0)
    monkeypatch.setattr(live, "STALE_SECONDS", 600)
    assert live.shared("z", lambda now: "before").found == "before"
    take_in(desk)
    begun, go_on, told = threading.Event(), threading.Event(), []

    def slowly(now):
        begun.set()
        assert go_on.wait(60)
        return "after"

    first = threading.Thread(target=lambda: told.append(live.shared("z", slowly).found))
    first.start()
    assert begun.wait(60)
    others = [threading.Thread(target=lambda: told.append(live.shared("z", slowly).found)) for _ in range(5)]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
    assert told == ["before"] * 5
    # Whoever may see something else gets none of it, and does not wait for it either.
    assert live.shared(("z", "DLH"), lambda now: "own").found == "own"
    go_on.set()
    first.join(60)
    assert told[5:] == ["after"]
    assert live.shared("z", lambda now: "never").found == "after"


def test_an_answer_that_is_too_old_is_not_taken_while_another_is_asked(desk, monkeypatch):
    monkeypatch.setattr(live, "HOLD_SECONDS", 0)
    monkeypatch.setattr(live, "STALE_SECONDS", 0)
    live.shared("w", lambda now: "before")
    take_in(desk)
    begun, go_on, told = threading.Event(), threading.Event(), []

    def slowly(now):
        begun.set()
        assert go_on.wait(60)
        return "after"

    watching = [threading.Thread(target=lambda: told.append(live.shared("w", slowly).found)) for _ in range(5)]
    for one in watching:
        one.start()
    assert begun.wait(60)
    go_on.set()
    for one in watching:
        one.join(60)
    assert told == ["after"] * 5


def test_a_worker_keeps_new_what_is_watched_so_that_no_viewer_waits(desk, monkeypatch):
    monkeypatch.setattr(live, "HOLD_SECONDS", 0)
    monkeypatch.setattr(live, "STALE_SECONDS", 0)
    monkeypatch.setattr(live, "WATCHED_SECONDS", 600)
    stop, again, go_on = threading.Event(), threading.Event(), threading.Event()
    askers = []

    def ask(now):
        askers.append(threading.current_thread())
        if len(askers) > 1:
            again.set()
            assert go_on.wait(60)
        return len(askers)

    worker = threading.Thread(target=live.run, args=(desk.register, stop))
    worker.start()
    try:
        assert live.shared("u", ask).found == 1
        take_in(desk)
        # Nobody looks, and it is asked; who looks meanwhile has the answer before.
        assert again.wait(60)
        assert [live.shared("u", ask).found for _ in range(5)] == [1] * 5
        assert askers == [threading.current_thread(), worker]
    finally:
        go_on.set()
        stop.set()
        worker.join(60)
    assert live.shared("u", ask).found == len(askers) >= 2


def test_what_nobody_has_watched_for_long_is_asked_by_who_looks_again(desk, monkeypatch):
    monkeypatch.setattr(live, "HOLD_SECONDS", 0)
    monkeypatch.setattr(live, "WATCHED_SECONDS", 0)
    stop = threading.Event()
    worker = threading.Thread(target=live.run, args=(desk.register, stop))
    worker.start()
    try:
        assert live.shared("s", lambda now: "before").found == "before"
        take_in(desk)
        assert live.shared("s", lambda now: "after").found == "after"
    finally:
        stop.set()
        worker.join(60)


def test_a_question_of_the_worker_that_fails_is_asked_by_the_next_viewer(desk, monkeypatch):
    monkeypatch.setattr(live, "HOLD_SECONDS", 0)
    monkeypatch.setattr(live, "WATCHED_SECONDS", 600)
    stop, tried = threading.Event(), threading.Event()

    def ask(now):
        if threading.current_thread() is worker:
            tried.set()
            raise ValueError("broken")
        return "whole"

    worker = threading.Thread(target=live.run, args=(desk.register, stop))
    worker.start()
    try:
        first = live.shared("t", ask)
        take_in(desk)
        assert tried.wait(60)
    finally:
        stop.set()
        worker.join(60)
    again = live.shared("t", ask)
    assert (again.found, again.mark > first.mark) == ("whole", True)


def test_after_a_question_that_failed_the_next_asks_again(desk):
    def broken(now):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        live.shared("v", broken)
    assert live.shared("v", lambda now: "whole").found == "whole"


def test_what_one_may_see_is_not_shown_to_another(desk):
    assert live.shared(("y", None), lambda now: "all").found == "all"
    assert live.shared(("y", "DLH"), lambda now: "own").found == "own"


@pytest.mark.parametrize(
    ("code", "value", "then", "said"),
    [
        ("within_promise", 0.48, 0.57, "▼ 9 poin, lebih buruk"),
        ("within_promise", 0.6, 0.57, "▲ 3 poin, lebih baik"),
        ("reopened_share", 0.04, 0.06, "▼ 2 poin, lebih baik"),
        ("result_median", 30.0, 54.0, "▼ 24,0 jam, lebih baik"),
        ("within_promise", 0.5, 0.5, "= tetap"),
        ("within_promise", 0.5, None, "tidak ada pembanding"),
        ("within_promise", None, 0.5, ""),
        ("received", 12, 10, "▲ 2"),
    ],
)
def test_a_change_is_said_with_a_sign_and_words(code, value, then, said):
    assert change(code, value, then) == said


def test_an_aim_is_said_with_a_sign_and_words():
    assert reached("within_promise", 0.7) == ("✓ tercapai", "sasaran ≥ 70 %")
    assert reached("within_promise", 0.69) == ("! di bawah", "sasaran ≥ 70 %")
    assert reached("reopened_share", 0.07) == ("! di atas", "sasaran ≤ 6 %")
    assert reached("result_median", 3.0) == ("", "")
