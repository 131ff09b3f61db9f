"""Every stored word, refusal, time and number has an Indonesian form."""

import ast
import re
from datetime import date, datetime, timedelta

import pytest

from pages.parts import words
from store import __main__ as command_line
from store.commands import TOLD_HOW
from store.rules import indonesian, workflow
from store.rules.completeness import ELEMENTS
from store.rules.errors import Conflict, NotFound, RegisterBusy, RuleBroken

from .stack import ROOT

NOW = datetime(2026, 11, 23, 7, 32)  # Monday 14.32 in Jakarta
# Raised only by the command line, which answers in English.
ONLY_AT_THE_COMMAND_LINE = set(command_line._RULES)
ENGLISH = re.compile(
    r"\b(the|and|or|not|is|are|was|were|has|have|this|that|with|for|from|please|error|cannot|already|wrong|case|"
    r"complaint|department|user|file|must|select|note|reason|text|state|system|reporter|missing|unknown|allowed)\b",
    re.IGNORECASE,
)
DETAILS = {
    "state": "closed",
    "move": "accept",
    "length": 3001,
    "limit": 3000,
    "size": 9,
    "mime": "x/y",
    "username": "a",
    "by": "Rina",
    "moment": "Sen 23 Nov 14.32",
    "field": "Nama",
    "taken": "DLH",
    "names": "Sampah",
    "count": 2,
    "name": "umur",
    "known": "nomor, nama",
    "typed": "8-7",
    "least": 1,
    "number": "WA-2026-00001",
}


def both(moment: datetime) -> dict:
    return {"due_at": moment, "promised_at": moment}


def raised_codes() -> set[str]:
    """The codes of every RuleBroken in the store, from the code itself; `missing_` with what may follow."""
    found = set()
    for path in (ROOT / "store").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "RuleBroken":
                (code, *_) = node.args
                assert isinstance(code, ast.Constant | ast.JoinedStr), f"{path.name}:{node.lineno}"
                found |= {code.value} if isinstance(code, ast.Constant) else expanded(code)
    return found


def expanded(code: ast.JoinedStr) -> set[str]:
    start = code.values[0].value
    needs = {need for move in workflow.MOVES for need in move.needs}
    return {start + end for end in {"missing_": needs, "unknown_": {"category", "kelurahan"}}[start]}


def test_the_codes_are_found():
    assert {"not_allowed", "wrong_state", "missing_note", "text_too_long", "unknown_category"} <= raised_codes()


@pytest.mark.parametrize("code", sorted(raised_codes() - ONLY_AT_THE_COMMAND_LINE | {"unknown_department"}))
def test_each_refusal_has_a_sentence_of_its_own(code):
    said = words.refusal(RuleBroken(code, **DETAILS))
    assert said != words.refusal(RuleBroken("no such code"))
    # Names of settings are written as they stand in the file.
    assert not re.search(r"[{}_]", said.replace("WHATSAPP_BUSINESS_ID", ""))
    assert not ENGLISH.search(said)
    assert said[0].isupper()
    assert said.endswith(".")


def test_other_refusals_have_a_sentence_too():
    conflict = words.refusal(Conflict("WA-2026-00001", "Rina", "forward", NOW))
    assert "Rina" in conflict
    assert "WA-2026-00001" in conflict
    assert "diteruskan ke opd" in conflict
    assert "14.32" in conflict
    for error in (NotFound("x"), RegisterBusy("x"), RuleBroken("x")):
        assert not ENGLISH.search(words.refusal(error))
    assert "x" not in words.refusal(NotFound("x"))


def events_written() -> set[str]:
    return {move.name for move in workflow.MOVES} | {"received"}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("STATES", {state.value for state in workflow.State}),
        ("EVENTS", events_written()),
        ("CHANNELS", set(workflow.CHANNELS)),
        ("KINDS", set(workflow.KINDS)),
        ("ROLES", {role.value for role in workflow.Role}),
        ("REASONS", set(workflow.RETURN_REASONS)),
        ("ELEMENTS", set(ELEMENTS)),
        ("TOLD_HOW", set(TOLD_HOW)),
        ("ESCALATIONS", set(workflow.ESCALATIONS)),
        ("CLOSINGS", set(workflow.CLOSINGS)),
        ("MESSAGE_STATES", set("queued sending unknown accepted sent delivered read failed".split())),  # noqa: SIM905
        ("MESSAGE_SIGNS", set("queued sending unknown accepted sent delivered read failed".split())),  # noqa: SIM905
    ],
)
def test_each_stored_word_has_words_and_there_are_no_others(table, values):
    shown = getattr(words, table)
    assert set(shown) == values
    assert all(shown.values())
    # "Situs web" and "Twitter/X" are Indonesian enough; nothing may stand as it is stored.
    assert all(text != stored for stored, text in shown.items())
    assert not [text for text in shown.values() if ENGLISH.search(text)]


def test_each_kind_of_file_problem_has_words():
    found = {"file_empty", "file_too_large", "file_type", "file_broken", "waiting", "missing", "refused"}
    assert found <= set(words.MEDIA_PROBLEMS)


@pytest.mark.parametrize(
    ("changes", "sign", "said"),
    [
        ({"ended_at": NOW}, "✓", "sudah berakhir"),
        ({"ended_at": NOW, "due_at": NOW - timedelta(days=9)}, "✓", "sudah berakhir"),
        ({"stopped_at": NOW, "due_at": None}, "‖", "tenggat berhenti"),
        ({"paused_at": NOW, "due_at": None}, "‖", "jam berhenti: menunggu pelapor"),
        ({}, "‖", "tanpa tenggat"),
        ({"due_at": NOW - timedelta(seconds=1)}, "!", "lewat 0 menit · tenggat Sen 23 Nov 14.31"),
        ({"due_at": NOW - timedelta(hours=5)}, "!", "lewat 5 jam · tenggat Sen 23 Nov 09.32"),
        ({"due_at": NOW - timedelta(days=3)}, "!", "lewat 3 hari · tenggat Jum 20 Nov 14.32"),
        ({"due_at": NOW}, "◔", "hari ini 14.32"),
        ({"due_at": datetime(2026, 11, 23, 16, 59)}, "◔", "hari ini 23.59"),
        ({"due_at": datetime(2026, 11, 23, 17, 0)}, "–", "tenggat Sel 24 Nov 00.00"),
        ({"state": "scheduled", **both(NOW + timedelta(days=14))}, "–", "dijanjikan Sen 7 Des"),
        ({"state": "scheduled", **both(NOW)}, "◔", "dijanjikan hari ini 14.32"),
        ({"state": "scheduled", **both(NOW - timedelta(days=3))}, "!", "lewat 3 hari · dijanjikan Jum 20 Nov"),
        # A department's own part is scheduled while another's runs on, and the other way round.
        (
            {"part_state": "scheduled", "due_at": NOW, "promised_at": NOW + timedelta(days=14)},
            "–",
            "dijanjikan Sen 7 Des",
        ),
        ({"part_state": "in_progress", "due_at": NOW, "promised_at": NOW + timedelta(days=14)}, "◔", "hari ini 14.32"),
    ],
)
def test_how_a_case_stands_to_its_promise(changes, sign, said, monkeypatch):
    monkeypatch.setattr(indonesian, "_today", lambda: date(2026, 11, 23))
    row = dict.fromkeys(("ended_at", "stopped_at", "paused_at", "due_at", "promised_at")) | {"state": "received"}
    row |= changes
    assert words.due(row, NOW) == (sign, said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 11, 23, 7, 32), "Sen 23 Nov 14.32"),
        (datetime(2026, 12, 31, 16, 59), "Kam 31 Des 23.59"),
        (datetime(2026, 12, 31, 17, 0), "Jum 1 Jan 2027 00.00"),
        (datetime(2025, 5, 1, 0, 0), "Kam 1 Mei 2025 07.00"),
        (datetime(2026, 8, 16, 17, 5), "Sen 17 Agu 00.05"),
        (None, "–"),
    ],
)
def test_a_moment_is_jakartas_with_the_year_only_when_it_is_another(value, said):
    assert words.moment(value, date(2026, 11, 23)) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (0, 0, "0"), (999, 0, "999"), (1000, 0, "1.000"), (1234567, 0, "1.234.567"), (12.5, 1, "12,5"),
        (1234.56, 2, "1.234,56"), (-1234.5, 1, "-1.234,5"), (None, 0, "–"), (float("nan"), 1, "–"),
    ],
)  # fmt: skip
def test_numbers_have_indonesian_signs(value, decimals, said):
    assert words.number(value, decimals) == said


@pytest.mark.parametrize(("value", "said"), [(0.7, "70 %"), (0, "0 %"), (1, "100 %"), (None, "–"), (float("nan"), "–")])
def test_shares(value, said):
    assert words.percent(value) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=59), "0 menit"), (timedelta(minutes=59), "59 menit"), (timedelta(hours=1), "1 jam"),
        (timedelta(hours=47, minutes=59), "47 jam"), (timedelta(hours=48), "2 hari"), (timedelta(days=-1), "0 menit"),
    ],
)  # fmt: skip
def test_spans(span, said):
    assert words.span(span) == said


def test_text_of_people_is_text():
    assert words.safe("<b>\"x\" & 'y'</b>") == "&lt;b&gt;&quot;x&quot; &amp; &#x27;y&#x27;&lt;/b&gt;"
    assert (words.safe(None), words.safe(0)) == ("", "0")
