"""Confidential cases: nobody sees who reported without asking why; then one person does, for a quarter of an hour."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette

from pages import files
from store import commands, evidence, queries
from store.access import REVEALED, may_see_identity
from store.check import differences
from store.clock import now as clock_now
from store.queries import HIDDEN, Filters
from store.rules.errors import NotFound, RuleBroken
from store.rules.workflow import SYSTEM

from .cases import add_message, ask, forwarded, messages, new_desk, press, read_case, take_in, who
from .test_media import picture

NAME, PHONE, CARD = "Zulaikha", "6289912345678", "Kartu: Bu Mariyem 0857-1111-2222"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("reveal")) as desk:
        yield desk
        assert list(differences(desk.register)) == []


@pytest.fixture
def case(desk):
    """A confidential complaint with DLH; a card that names people came with it."""
    case = take_in(desk, "Pungutan di pasar", name=NAME, phone=PHONE)
    case = add_message(desk, case, CARD, kind="contacts", phone=PHONE, name=NAME)
    case = commands.classify(desk, press(desk, case, "kota"), confidential=True)
    return forwarded(desk, case, "DLH")


def view(desk, case, person: str):
    return queries.case_view(desk.register, who(desk, person), case.number)


def sees(desk, case, person: str) -> bool:
    shown = view(desk, case, person)
    known = (shown.reporter, shown.phone) == (NAME, PHONE)
    assert known or (shown.reporter, shown.phone) == (HIDDEN, None)
    assert shown.revealed == known == (CARD in repr(shown.conversation))
    return known


@pytest.mark.parametrize("person", ["kota", "pejabat"])
def test_who_asks_with_a_reason_sees_and_nobody_else(desk, case, person):
    others = {"kota", "kota2", "pejabat", "pimpinan", "opd.dlh", "tim.dlh"} - {person}
    assert not sees(desk, case, person)
    after = commands.reveal(desk, press(desk, case, person), note="Menelepon untuk bukti")
    assert sees(desk, case, person)
    assert [other for other in sorted(others) if sees(desk, case, other)] == []
    event = ask(desk, "select kind, actor, data from event where complaint_id = ? order by id desc limit 1", case.id)
    assert event == [("reveal", person, '{"note": "Menelepon untuk bukti"}')]
    # It makes nobody's half-made decision stale, and nothing goes out.
    assert after.version == case.version
    assert "reveal" not in [purpose for purpose, _ in messages(desk, case)]


def test_it_is_over_after_a_quarter_of_an_hour_and_may_be_asked_again(desk, case):
    assert timedelta(minutes=15) == REVEALED
    asked = clock_now() - timedelta(minutes=14, seconds=30)
    commands.reveal(desk, press(desk, case, "kota"), note="Menelepon", now=asked)
    assert sees(desk, case, "kota")
    with desk.register.atomic() as cursor:
        cursor.execute("update event set happened_at = happened_at - interval 31 second where kind = 'reveal'")
    assert not sees(desk, case, "kota")
    commands.reveal(desk, press(desk, case, "kota"), note="Menelepon lagi")
    assert sees(desk, case, "kota")
    assert ask(desk, "select count(*) from event where complaint_id = ? and kind = 'reveal'", case.id) == [(2,)]


def test_a_reveal_of_one_case_shows_no_other(desk, case):
    other = take_in(desk, "Pungutan lain", name=NAME, phone=PHONE)
    other = commands.classify(desk, press(desk, other, "kota"), confidential=True)
    commands.reveal(desk, press(desk, case, "kota"), note="Menelepon")
    assert sees(desk, case, "kota")
    assert view(desk, other, "kota").reporter == HIDDEN


@pytest.mark.parametrize("note", ["", "  \n"])
def test_without_a_reason_nothing_is_shown(desk, case, note):
    with pytest.raises(RuleBroken, match="missing_note"):
        commands.reveal(desk, press(desk, case, "kota"), note=note)
    assert not sees(desk, case, "kota")


@pytest.mark.parametrize(
    ("person", "code"), [("opd.dlh", "not_allowed"), ("tim.dlh", "not_allowed"), ("pimpinan", "not_allowed")]
)
def test_departments_and_leaders_cannot_ask(desk, case, person, code):
    with pytest.raises(RuleBroken, match=code):
        commands.reveal(desk, press(desk, case, person), note="Ingin tahu")
    assert not sees(desk, case, person)


@pytest.mark.parametrize("person", ["admin", "opd.dishub", "opd.inspektorat"])
def test_for_others_there_is_no_such_case(desk, case, person):
    with pytest.raises(NotFound):
        commands.reveal(desk, press(desk, case, person), note="Ingin tahu")


def test_what_is_not_confidential_has_nothing_to_reveal(desk):
    open_case = take_in(desk, name=NAME, phone=PHONE)
    with pytest.raises(RuleBroken, match="not_confidential"):
        commands.reveal(desk, press(desk, open_case, "kota"), note="Menelepon")
    assert view(desk, open_case, "kota").reporter == NAME


def test_what_becomes_confidential_is_hidden_at_once_and_what_stops_being_so_is_shown(desk):
    case = forwarded(desk, take_in(desk, name=NAME, phone=PHONE), "DLH")
    assert view(desk, case, "opd.dlh").reporter == NAME
    case = commands.classify(desk, press(desk, case, "kota"), confidential=True)
    assert {view(desk, case, person).reporter for person in ("kota", "opd.dlh", "pimpinan")} == {HIDDEN}
    case = commands.classify(desk, press(desk, case, "kota"), confidential=False)
    assert {view(desk, case, person).reporter for person in ("kota", "opd.dlh")} == {NAME}


def test_lists_searches_and_exports_show_no_reporter_even_after_a_reveal(desk, case):
    commands.reveal(desk, press(desk, case, "kota"), note="Menelepon")
    kota = who(desk, "kota")
    rows = queries.search(desk.register, kota, Filters(text=case.number))[0]
    assert [row["reporter"] for row in rows] == [""]
    export = queries.export(desk.register, kota, Filters(text=case.number)).to_dict("records")
    assert [(row["reporter_name"], row["reporter_contact"]) for row in export] == [("", "")]
    assert CARD not in repr(export)
    assert "Pungutan di pasar" in export[0]["full_text"]
    for text in (NAME, PHONE, PHONE[-7:], "Mariyem"):
        found = queries.search(desk.register, kota, Filters(text=text))[0]
        assert case.number not in {row["number"] for row in found}


def test_how_long_it_is_shown_goes_by_the_clock():
    class Sight:
        confidential = True
        active = ()

    now = clock_now()
    for ago, shown in ((0, True), (899, True), (900, False), (10_000, False)):
        assert may_see_identity(SYSTEM, Sight, now - timedelta(seconds=ago), now) is shown
    assert may_see_identity(SYSTEM, Sight, None, now) is False


# Complaints about officials


OFFICIAL = pytest.mark.parametrize("facts", [{"kind": "official"}, {"category": "official"}])


@OFFICIAL
def test_a_complaint_about_an_official_leaves_the_reported_department_at_once(desk, facts):
    case = forwarded(desk, take_in(desk, "Petugas TPS minta uang", media_id="9"), "DLH", others=["DISHUB"])
    with desk.register.atomic() as cursor:
        cursor.execute("update media set state = 'stored', mime = 'image/jpeg', sha256 = 'ab'")
    ((photo,),) = ask(desk, "select id from media where complaint_id = ?", case.id)
    for command in (commands.accept, commands.start):
        case = command(desk, press(desk, case, "opd.dlh"), now=clock_now())
    stale = press(desk, case, "tim.dlh")
    case = commands.classify(desk, press(desk, case, "kota"), **facts)
    assert (case.confidential, case.kind, case.departments, case.assignments) == (True, "official", "", ())
    assert case.state == "returned"
    for person in ("opd.dlh", "tim.dlh", "opd.dishub"):
        viewer = who(desk, person)
        states = ("forwarded", "accepted", "in_progress", "returned", "in_review")
        lists = [
            *queries.for_department(desk.register, viewer, states),
            *queries.search(desk.register, viewer, Filters())[0],
            *queries.search(desk.register, viewer, Filters(text=case.number))[0],
            *queries.export(desk.register, viewer, Filters()).to_dict("records"),
        ]
        assert case.number not in {row["number"] for row in lists}
        for ask_for in (
            lambda viewer=viewer: queries.case_view(desk.register, viewer, case.number),
            lambda viewer=viewer: queries.file_for(desk.register, viewer, photo),
            lambda viewer=viewer: commands.case_of(desk, case.number, viewer),
        ):
            with pytest.raises(NotFound):
                ask_for()
    with pytest.raises(NotFound):
        commands.work(desk, stale, note="Terlambat")


def test_a_file_of_a_confidential_case_is_on_record_and_not_kept_for_the_next_in_the_same_browser(desk):
    """Its address alone shows it, without the page that notes who looks."""
    case = commands.classify(desk, press(desk, take_in(desk, "Pungli", media_id="31"), "kota"), confidential=True)
    file = evidence.keep(desk.settings.media, picture("JPEG"), "image/jpeg", 10**7)
    with desk.register.atomic() as cursor:
        query = "update media set state = 'stored', mime = ?, sha256 = ? where complaint_id = ? returning id"
        ((photo,),) = cursor.execute(query, [file.mime, file.sha256, case.id]).fetchall()
    served = Starlette(routes=files.routes(lambda: SimpleNamespace(desk=desk)))

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://desk.test") as client:
            return await client.get(f"/berkas/{photo}", headers={"x-wadul-user": "kota2"})

    looked = "select kind, subject from audit where actor = 'kota2'"
    for _ in range(2):
        answer = asyncio.run(asked())
        assert (answer.status_code, answer.headers["vary"]) == (200, "Cookie")
        assert ask(desk, looked) == [("confidential_viewed", case.number)]


def test_it_goes_to_the_inspectorate_and_nowhere_else(desk):
    case = commands.classify(desk, press(desk, take_in(desk), "kota"), kind="official")
    for department, others in (("DLH", []), ("INSPEKTORAT", ["DLH"]), ("DLH", ["INSPEKTORAT"])):
        with pytest.raises(RuleBroken, match="only_inspectorate"):
            forwarded(desk, case, department, others=others)
    case = forwarded(desk, case, "INSPEKTORAT")
    assert view(desk, case, "opd.inspektorat").reporter == HIDDEN
    case = commands.accept(desk, press(desk, case, "opd.inspektorat"))
    with pytest.raises(RuleBroken, match="only_inspectorate"):
        forwarded(desk, take_in(desk), "DLH", kind="official")


def test_the_inspectorate_keeps_what_it_has_when_the_others_lose_theirs(desk):
    case = forwarded(desk, take_in(desk), "DLH", others=["INSPEKTORAT"])
    case = commands.accept(desk, press(desk, case, "opd.inspektorat"))
    case = commands.classify(desk, press(desk, case, "kota"), kind="official")
    assert (case.state, case.department, case.departments) == ("accepted", "INSPEKTORAT", "|INSPEKTORAT|")


def test_it_is_taken_away_too_when_it_is_learnt_while_the_reporter_is_asked(desk):
    case = forwarded(desk, take_in(desk), "DLH", others=["DISHUB"])
    case = commands.return_to_city(desk, press(desk, case, "opd.dishub"), reason="incomplete", note="Di mana?")
    case = commands.ask(desk, press(desk, case, "kota"), missing=["who"])
    case = commands.supply(desk, press(desk, case, "kota"), note="Petugasnya sendiri", kind="official")
    assert (case.departments, case.assignments, case.confidential) == ("", (), True)
    assert case.number not in {r["number"] for r in queries.search(desk.register, who(desk, "opd.dlh"), Filters())[0]}


@OFFICIAL
def test_it_cannot_be_made_open(desk, facts):
    case = commands.classify(desk, press(desk, take_in(desk), "kota"), **facts)
    with pytest.raises(RuleBroken, match="nothing_changed"):
        commands.classify(desk, press(desk, case, "kota"), confidential=False)
    case = commands.classify(desk, press(desk, case, "kota"), confidential=False, address="Jl. Veteran")
    assert read_case(desk, case.id).confidential


def test_as_long_as_the_category_says_so_it_is_about_an_official(desk):
    case = commands.classify(desk, press(desk, take_in(desk), "kota"), category="official")
    with pytest.raises(RuleBroken, match="nothing_changed"):
        commands.classify(desk, press(desk, case, "kota"), kind="complaint")
    case = commands.classify(desk, press(desk, case, "kota"), kind="complaint", category="waste")
    assert (case.kind, case.category, case.confidential) == ("complaint", "waste", True)
