"""What a form or a card of contacts says of people reaches nobody who may not know who reported."""

import itertools
import json

import pytest

from store import commands, queries
from store.check import differences
from store.queries import Filters
from store.rules.case import Case
from store.rules.workflow import SYSTEM

from .cases import _as_reporter, arrived, forwarded, new_desk, press, take_in, who

NAME, STREET = "Zulaikha Binti", "Gang Seruni 9"
_count = itertools.count(1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("forms")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


def new(desk) -> tuple[Case, str]:
    phone = f"62859{next(_count):07d}"
    return take_in(desk, "Ada keributan", phone=phone, name="Profil"), phone


def filled_in(desk, case: Case, phone: str, **answers) -> Case:
    raw = {"interactive": {"nfm_reply": {"response_json": json.dumps(answers)}}}
    form = arrived(None, phone=phone, name="Profil", kind="form", raw=raw)

    def take(book, contact_id, case):
        asked = case.state == "awaiting_reporter"
        case = book.join(form, contact_id, case)
        return book.goes_on(case, form) if asked else case

    return _as_reporter(desk, case, form, take)


def secret(desk) -> Case:
    case, phone = new(desk)
    case = filled_in(desk, case, phone, nama=NAME, alamat=STREET, kronologi="Ribut tiap malam")
    return forwarded(desk, commands.classify(desk, press(desk, case, "kota"), confidential=True), "DLH")


@pytest.mark.parametrize("text", ["zulaikha", "Seruni"])
def test_no_search_for_a_name_in_a_form_finds_a_confidential_case(desk, text):
    case = secret(desk)
    for username in ("kota", "pejabat", "pimpinan", "opd.dlh"):
        found, _ = queries.search(desk.register, who(desk, username), Filters(text=text))
        assert case.number not in {row["number"] for row in found}
    found, _ = queries.search(desk.register, who(desk, "opd.dlh"), Filters(text="tiap malam"))
    assert case.number in {row["number"] for row in found}
    known, phone = new(desk)
    known = filled_in(desk, known, phone, nama=NAME, alamat=STREET, kronologi="Ribut tiap malam")
    found, _ = queries.search(desk.register, who(desk, "kota"), Filters(text=text))
    assert known.number in {row["number"] for row in found}


def test_a_list_of_cases_names_nobody_out_of_a_form(desk):
    hidden = secret(desk)
    case, phone = new(desk)
    case = filled_in(desk, case, phone, nama=NAME, alamat=STREET, kronologi="Ribut tiap malam")
    for in_full in (False, True):
        rows = queries.export(desk.register, SYSTEM, Filters(), in_full=in_full).set_index("number")["full_text"]
        for number, named in ((hidden.number, False), (case.number, in_full)):
            assert "Ribut tiap malam" in rows[number]
            assert [text in rows[number] for text in (NAME, STREET)] == [named, named]


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_form_about_an_official_takes_the_case_from_the_departments(desk, is_asked):
    """Also where one of two gave its part back, so that the case is in triage and the other still has it."""
    case, phone = new(desk)
    if not is_asked:
        case = commands.forward(desk, press(desk, case, "kota"), department="DLH", others=["DISHUB"], note="n")
        by = press(desk, case, "opd.dlh")
        case = commands.return_to_city(desk, by, reason="incomplete", note="Kurang")
    else:
        case = commands.ask(desk, press(desk, case, "kota"), missing=["what"])
    case = filled_in(desk, case, phone, kategori="official", kronologi="Petugas minta uang")
    assert (case.kind, case.confidential, case.departments) == ("official", True, "")
    found, _ = queries.search(desk.register, who(desk, "opd.dishub"), Filters())
    assert case.number not in {row["number"] for row in found}


def test_a_card_that_completes_a_confidential_case_is_read_by_nobody_else(desk):
    case, phone = new(desk)
    case = commands.classify(desk, press(desk, case, "kota"), confidential=True)
    case = commands.ask(desk, press(desk, case, "kota"), missing=["identity"])
    card = arrived(f"{NAME}: 0812", phone=phone, name="Profil", kind="contacts")
    case = _as_reporter(desk, case, card, lambda book, c, case: book.goes_on(book.join(card, c, case), card))
    assert case.state == "received"
    assert NAME not in repr(queries.case_view(desk.register, who(desk, "pimpinan"), case.number))
