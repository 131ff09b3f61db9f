"""Drafts: kept for their owner alone, over a restart, for a week."""

import threading

import pytest

from ingest import clocks
from ingest.simulator.testing import until
from store import desk as store_desk
from store import drafts
from store.clock import now as clock_now
from store.rules.errors import RuleBroken
from store.rules.workflow import REPORTER, SYSTEM, Actor

from .cases import ask, later, who

BODY = {"fields": {"name": "Bu Endang", "phone": "0812", "by_whatsapp": False}, "files": ["foto “satu”.jpg"]}


def load(desk, username, name="catat", **more):
    return drafts.load(desk.register, who(desk, username), name, **more)


def test_a_draft_is_found_again_and_the_last_one_counts(desk):
    kota = who(desk, "kota")
    assert load(desk, "kota") is None
    drafts.keep(desk.register, kota, "catat", BODY)
    drafts.keep(desk.register, kota, "catat", BODY | {"files": []})
    kept = load(desk, "kota")
    assert kept.body == BODY | {"files": []}
    assert abs((clock_now() - kept.saved_at).total_seconds()) < 60
    assert load(desk, "kota", "lain") is None


@pytest.mark.parametrize("username", ["kota2", "pejabat", "admin", "pimpinan", "opd.dlh"])
def test_nobody_but_its_owner_reads_changes_or_deletes_a_draft(desk, username):
    drafts.keep(desk.register, who(desk, "kota"), "catat", BODY)
    assert load(desk, username) is None
    drafts.forget(desk.register, who(desk, username), "catat")
    drafts.keep(desk.register, who(desk, username), "catat", {"fields": {"name": "lain"}})
    assert load(desk, "kota").body == BODY


@pytest.mark.parametrize("nobody", [REPORTER, SYSTEM, Actor("", "", frozenset())])
def test_only_people_have_drafts(desk, nobody):
    for refused in (
        lambda: drafts.keep(desk.register, nobody, "catat", BODY),
        lambda: drafts.load(desk.register, nobody, "catat"),
        lambda: drafts.forget(desk.register, nobody, "catat"),
    ):
        with pytest.raises(RuleBroken):
            refused()
    assert ask(desk, "select * from draft") == []


def test_a_draft_that_was_sent_is_gone(desk):
    kota = who(desk, "kota")
    for name in ("catat", "lain"):
        drafts.keep(desk.register, kota, name, BODY)
    drafts.forget(desk.register, kota, "catat")
    assert ask(desk, "select name from draft") == [("lain",)]


def test_keeping_a_draft_wakes_no_page(desk):
    version = desk.register.version
    drafts.keep(desk.register, who(desk, "kota"), "catat", BODY)
    drafts.forget(desk.register, who(desk, "kota"), "catat")
    assert desk.register.version == version


def test_a_draft_is_there_after_a_restart(settings, desk):
    kota = who(desk, "kota")
    drafts.keep(desk.register, kota, "catat", BODY)
    desk.register.close()
    again = store_desk.open_desk(settings)
    try:
        assert drafts.load(again.register, kota, "catat").body == BODY
    finally:
        again.register.close()


def test_a_draft_is_forgotten_after_a_week(desk):
    drafts.keep(desk.register, who(desk, "kota"), "catat", BODY, now=later(days=-7, minutes=1))
    drafts.keep(desk.register, who(desk, "kota2"), "catat", BODY, now=later(days=-7, minutes=-1))
    # Not shown any more, even before the clocks have looked.
    assert (load(desk, "kota") is None, load(desk, "kota2") is None) == (False, True)
    assert drafts.forget_old(desk.register) == 1
    assert ask(desk, "select username from draft") == [("kota",)]
    assert drafts.forget_old(desk.register) == 0
    assert drafts.forget_old(desk.register, later(days=1)) == 1


def test_the_clocks_forget_old_drafts(desk):
    drafts.keep(desk.register, who(desk, "kota"), "catat", BODY, now=later(days=-8))
    stop = threading.Event()
    worker = threading.Thread(target=clocks.run, args=(desk, stop))
    worker.start()
    try:
        until(lambda: ask(desk, "select * from draft") == [])
    finally:
        stop.set()
        worker.join(20)
