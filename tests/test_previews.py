"""What a form shows before it is sent is, to the letter, what is sent."""

import html
import re
from datetime import timedelta

import pytest

from pages.parts.forms import FORMS
from pages.parts.letters import goes_out
from store.clock import now as clock_now
from store.rules.deadline import to_jakarta

from .cases import in_progress, take_in
from .test_moves_page import PRESSED, button, desk, field, messages, select
from .test_pages import page

__all__ = ["desk"]
OUTGOING = [move for move in FORMS if goes_out(move)]
_BUBBLE = re.compile(r"<div class='w-bubble out'>(.*?)<span class='meta'>pratinjau, belum dikirim</span></div>", re.S)


def shown(at) -> list[str]:
    """The text of each message of the preview, without its buttons and our own bold."""
    found = [bubble for h in at.html for bubble in _BUBBLE.findall(h.value)]
    return [html.unescape(re.sub(r"</?b>", "", bubble.split("<br>▢")[0])) for bubble in found]


def sent(desk, case, since: int) -> list[str]:
    return [text.replace("*", "") for _, text in messages(desk, case)[since:]]


def previewed_and_sent(desk, move: str, username: str, case, given: dict) -> tuple[list[str], list[str]]:
    at, before = select(page("aduan", username, no=case.number), move), len(messages(desk, case))
    for name, value in given.items():
        field(at, move, case.number, name).set_value(value(desk) if callable(value) else value)
    at.run()
    preview = shown(at)
    at = button(at, f"{FORMS[move].button} · {case.number}").click().run()
    assert [e.value for e in at.error] == []
    return preview, sent(desk, case, before)


@pytest.mark.parametrize("move", OUTGOING)
def test_the_preview_is_what_is_sent(desk, move):
    username, make, given = PRESSED[move]
    preview, went = previewed_and_sent(desk, move, username, make(desk), given)
    assert preview == went
    assert len(went) >= 1


def test_a_free_day_is_shown_as_the_working_day_on_which_it_will_be_kept(desk):
    day = to_jakarta(clock_now()).date() + timedelta(days=20)
    sunday = day + timedelta(days=6 - day.weekday())
    given = {"promised_on": sunday, "note": "Menunggu suku cadang"}
    preview, went = previewed_and_sent(desk, "schedule", "tim.dlh", in_progress(desk, take_in(desk), "DLH"), given)
    assert preview == went
    assert "Minggu" not in preview[0]
