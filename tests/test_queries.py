"""Lists and searches: each filter by itself and together, odd characters, pages, days; and what one case shows."""

import random
from datetime import date, datetime, timedelta

import pytest

from store import commands, queries
from store.book import case_row
from store.clock import now as clock_now
from store.db import insert, rows
from store.queries import PAGE, Filters
from store.rules.deadline import to_jakarta
from store.rules.errors import NotFound
from store.rules.workflow import SYSTEM

from .cases import (
    PHOTO,
    add_message,
    ask,
    by_system,
    forwarded,
    in_progress,
    in_review,
    new_desk,
    press,
    read_case,
    take_in,
    who,
    without_whatsapp,
)

TEXTS = ("100% rusak", "100 persen", "a_b", "axb", "back\\slash", "O'Brien", 'kata "kutip"', "🙏 tolong", "JALAN jalan")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("queries")) as desk:
        for text in TEXTS:
            take_in(desk, text)
        yield desk


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A desk with 3 pages and a bit of random cases, 40 of them received at the very same moment."""
    dice = random.Random(7)
    now = clock_now()
    with new_desk(tmp_path_factory.mktemp("many")) as desk:
        case = case_row(without_whatsapp(desk))
        kelurahan = [code for (code,) in ask(desk, "select code from kelurahan")]
        new = []
        for number in range(2, 3 * PAGE + 8):
            received = now - timedelta(days=dice.randrange(30)) if number > 42 else now - timedelta(days=3)
            ended = dice.choice((None, None, now))
            stopped, due = ended or dice.choice((None, received)), now + timedelta(days=dice.choice((-2, 2)))
            holders = dice.choice((("DLH",), ("DISHUB",), ("DLH", "DISHUB"), ("KEC-UTARA", "DLH")))
            changes = {
                "id": number, "number": f"WA-2026-{number:05d}", "received_at": received, "ended_at": ended,
                "channel": dice.choice(("WA", "LOK", "TLP")), "state": "closed" if ended else "forwarded",
                "department": holders[0], "departments": f"|{'|'.join(holders)}|",
                "category": dice.choice(("waste", "road")), "kelurahan": dice.choice(kelurahan),
                "promise_due_at": due, "due_at": None if stopped else due, "stopped_at": stopped,
                "call_reporter": dice.random() < 0.2,
            }  # fmt: skip
            new.append(case | changes)
        with desk.register.atomic() as cursor:
            insert(cursor, "complaint", new)
        yield desk


def search(desk, **filters) -> list[str]:
    found, total = queries.search(desk.register, SYSTEM, Filters(**filters))
    assert total == len(found) == len(queries.export(desk.register, SYSTEM, Filters(**filters)))
    return sorted(row["summary"] for row in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100%", ["100% rusak"]),
        ("%", ["100% rusak"]),
        ("_", ["a_b"]),
        ("a_b", ["a_b"]),
        ("\\", ["back\\slash"]),
        ("k\\s", ["back\\slash"]),
        ("o'brien", ["O'Brien"]),
        ('"kutip"', ['kata "kutip"']),
        ("🙏", ["🙏 tolong"]),
        ("jalan JALAN", ["JALAN jalan"]),
        ("'; drop table complaint; --", []),
        ("tidak ada", []),
        ("  100%  ", ["100% rusak"]),
    ],
)
def test_a_search_takes_every_character_as_itself(desk, text, expected):
    assert search(desk, text=text) == expected


def test_a_search_for_nothing_is_no_search(desk):
    assert search(desk, text=" \t") == search(desk)


def test_a_search_finds_the_number_a_later_message_and_the_address(desk):
    case = take_in(desk, "Selokan mampet")
    add_message(desk, case, "Depan warung Bu Tini")
    commands.classify(desk, press(desk, case, "kota"), address="Gang Kenari 7")
    for text in (case.number, case.number.lower(), "warung bu tini", "kenari 7"):
        assert search(desk, text=text) == ["Selokan mampet"]


ONE_BY_ONE = (
    {"states": ("closed",)},
    {"states": ("closed", "forwarded")},
    {"departments": ("DLH",)},
    {"categories": ("waste",)},
    {"channels": ("LOK", "TLP")},
    {"kecamatan": "Pekalongan Utara"},
    {"kecamatan": "Tidak Ada"},
    {"only": "open"},
    {"only": "overdue"},
    {"only": "call_reporter"},
    {"departments": ("DLH", "KEC-UTARA"), "categories": ("road",), "only": "overdue", "channels": ("WA", "LOK")},
    {"departments": ("UTARA",)},
    {"states": ("closed",), "only": "call_reporter"},
    {"states": ("closed",), "only": "open"},
    {"text": "loket", "departments": ("DISHUB",)},
)


@pytest.mark.parametrize("filters", ONE_BY_ONE, ids=lambda f: "+".join(f))
def test_each_filter_narrows_to_what_it_says(many, filters):
    now = clock_now()
    with many.register.cursor() as cursor:
        raw = rows(
            cursor.execute("select c.*, k.kecamatan from complaint c left join kelurahan k on k.code = c.kelurahan")
        )
    one_of = {"states": "state", "categories": "category", "channels": "channel"}
    expected = {
        row["number"]
        for row in raw
        if all(row[column] in filters[name] for name, column in one_of.items() if name in filters)
        and ("kecamatan" not in filters or row["kecamatan"] == filters["kecamatan"])
        and ("departments" not in filters or set(filters["departments"]) & set(row["departments"].split("|")))
        # A reporter is still to be called after the end, of what was referred for instance.
        and (filters.get("only") in (None, "call_reporter") or row["ended_at"] is None)
        and (filters.get("only") != "overdue" or (row["stopped_at"] is None and row["promise_due_at"] < now))
        and (filters.get("only") != "call_reporter" or row["call_reporter"])
    }
    assert set(queries.export(many.register, SYSTEM, Filters(**filters))["number"]) == expected
    assert queries.search(many.register, SYSTEM, Filters(**filters))[1] == len(expected)
    nothing = ({"kecamatan": "Tidak Ada"}, {"states": ("closed",), "only": "open"}, {"departments": ("UTARA",)})
    assert bool(expected) == (filters not in nothing)


def test_a_kelurahan_is_narrower_than_its_kecamatan(many):
    (code, kecamatan), *_ = ask(many, "select code, kecamatan from kelurahan order by code")
    both = queries.export(many.register, SYSTEM, Filters(kelurahan=(code,), kecamatan=kecamatan))
    assert 0 < len(both) < len(queries.export(many.register, SYSTEM, Filters(kecamatan=kecamatan)))


@pytest.mark.parametrize("filters", [{}, {"departments": ("DLH",)}, {"only": "open"}], ids=str)
def test_the_pages_cover_each_case_once_the_newest_first(many, filters):
    filters = Filters(**filters)
    found, page = [], 1
    while True:
        cases, total = queries.search(many.register, SYSTEM, filters, page)
        assert len(cases) == min(PAGE, total - len(found))
        found += cases
        if len(found) == total:
            break
        page += 1
    assert page > 1
    numbers = [row["number"] for row in found]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) == set(queries.export(many.register, SYSTEM, filters)["number"])
    received = [row["received_at"] for row in found]
    assert received == sorted(received, reverse=True)


@pytest.mark.parametrize("page", [-1, 0, 1, 99])
def test_a_page_that_does_not_exist_is_empty_or_the_first(many, page):
    found, total = queries.search(many.register, SYSTEM, Filters(), page)
    assert (len(found), total) == (0 if page == 99 else PAGE, 3 * PAGE + 7)


@pytest.mark.parametrize(
    ("received", "day"),
    [
        (datetime(2024, 3, 9, 16, 59, 59, 999999), date(2024, 3, 9)),
        (datetime(2024, 3, 9, 17, 0, 0), date(2024, 3, 10)),
        (datetime(2023, 12, 31, 17, 0, 0), date(2024, 1, 1)),
    ],
)
def test_days_are_jakartas_and_both_included(desk, received, day):
    text = f"diterima {received}"
    take_in(desk, text, now=received)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert search(desk, since=day, until=day, text=text) == [text]
    assert search(desk, since=before, until=day, text=text) == search(desk, since=day, text=text) == [text]
    assert search(desk, until=before, text=text) == search(desk, since=after, text=text) == []


def test_what_waits_is_sorted_by_its_promise_and_leaves_when_it_is_decided(settings):
    with new_desk(settings.data) as desk:
        now = clock_now()
        late = take_in(desk, "lama", now=now - timedelta(days=9))
        new = take_in(desk, "baru", now=now)
        old = take_in(desk, "tua", now=now - timedelta(days=30))
        waiting = queries.waiting_for_triage(desk.register, SYSTEM)
        assert [row["number"] for row in waiting] == [old.number, late.number, new.number]
        assert len(queries.waiting_for_triage(desk.register, SYSTEM, limit=2)) == 2
        forwarded(desk, late, others=["DLH"])
        failed = by_system(desk, in_review(desk, new), "delivery_failed")
        assert [row["number"] for row in queries.waiting_for_triage(desk.register, SYSTEM)] == [old.number]
        assert [row["number"] for row in queries.in_state(desk.register, SYSTEM, "in_review")] == [new.number]
        assert [row["number"] for row in queries.to_call(desk.register, SYSTEM)] == [failed.number]
        counted = queries.counts(desk.register, SYSTEM)
        assert counted == {"received": 1, "forwarded": 1, "in_review": 1, "call_reporter": 1, "triage": 1}
        own = queries.counts(desk.register, who(desk, "opd.dishub"))
        assert own == {"own_forwarded": 1, "own_in_review": 1, "forwarded": 1, "in_review": 1} | {
            "call_reporter": 1, "triage": 0,
        }  # fmt: skip


def test_a_departments_list_goes_by_its_own_part(settings):
    with new_desk(settings.data) as desk:
        now = clock_now()
        shared = forwarded(desk, take_in(desk, "dua OPD", now=now - timedelta(days=3)), "DLH", others=["DISHUB"])
        shared = commands.accept(desk, press(desk, shared, "opd.dlh"))
        shared = commands.start(desk, press(desk, shared, "opd.dlh"), handler="tim.dlh")
        alone = in_progress(desk, take_in(desk, "satu OPD"), "DLH")
        day = to_jakarta(now).date() + timedelta(days=40)
        alone = commands.schedule(desk, press(desk, alone, "tim.dlh"), promised_on=day, note="Menunggu alat")

        def listed(username: str, *states: str) -> list[tuple]:
            found = queries.for_department(desk.register, who(desk, username), states)
            return [(row["number"], row["part_department"], row["part_state"], row["handler"]) for row in found]

        assert listed("opd.dlh", "forwarded", "accepted") == []
        # The oldest promise first; what is promised for a later day comes after it.
        assert listed("tim.dlh", "in_progress", "scheduled") == [
            (shared.number, "DLH", "in_progress", "tim.dlh"), (alone.number, "DLH", "scheduled", None),
        ]  # fmt: skip
        assert listed("opd.dishub", "forwarded", "in_progress") == [(shared.number, "DISHUB", "forwarded", None)]
        assert listed("kota", "forwarded", "in_progress", "scheduled") == []
        by = press(desk, read_case(desk, shared.id), "opd.dishub")
        commands.return_to_city(desk, by, reason="not_ours", note="Bukan kami")
        assert listed("opd.dishub", "forwarded", "returned") == []
        assert listed("tim.dlh", "in_progress") == [(shared.number, "DLH", "in_progress", "tim.dlh")]


def test_each_department_reads_its_own_promised_day(settings):
    with new_desk(settings.data) as desk:
        case = forwarded(desk, take_in(desk), "DLH", others=["DISHUB"])
        for code, days in (("dlh", 20), ("dishub", 60)):
            case = commands.accept(desk, press(desk, case, f"opd.{code}"))
            case = commands.start(desk, press(desk, case, f"opd.{code}"))
            day = to_jakarta(clock_now()).date() + timedelta(days=days)
            case = commands.schedule(desk, press(desk, case, f"tim.{code}"), promised_on=day, note="Menunggu alat")
        promised = {part.department: part.promised_at for part in case.assignments}
        for code in ("dlh", "dishub"):
            (row,) = queries.for_department(desk.register, who(desk, f"tim.{code}"), ("scheduled",))
            assert row["promised_at"] == promised[code.upper()]
        # The whole is done when all are: the later day; once that part has its result, the other's.
        assert case.due_at == case.promised_at == promised["DISHUB"] > promised["DLH"]
        case = commands.submit_result(desk, press(desk, case, "tim.dishub"), text="Beres", files=[PHOTO])
        assert (case.state, case.due_at) == ("scheduled", promised["DLH"])


def test_what_belongs_to_the_official_waits_there_and_nowhere_else(settings):
    with new_desk(settings.data) as desk:
        case, other = take_in(desk, "sulit"), take_in(desk, "mudah")
        commands.escalate(desk, press(desk, case, "kota"), note="Mohon arahan")
        kota, pejabat = who(desk, "kota"), who(desk, "pejabat")
        for viewer in (kota, pejabat):
            assert [row["number"] for row in queries.waiting_for_triage(desk.register, viewer)] == [other.number]
            assert [row["number"] for row in queries.in_state(desk.register, viewer, "received")] == [other.number]
            assert queries.counts(desk.register, viewer) == {"received": 1, "triage": 1, "official": 1}
        assert [row["number"] for row in queries.with_official(desk.register, pejabat)] == [case.number]
        for username in ("kota", "pimpinan", "admin", "opd.dlh"):
            assert queries.with_official(desk.register, who(desk, username)) == []


def test_a_case_shows_its_conversation_timeline_and_files_in_their_order(desk):
    case = take_in(desk, "Lampu mati", media_id="9", latitude=-6.88, longitude=109.67)
    case = forwarded(desk, case, category="street_light", kelurahan="33.75.01.1002")
    case = add_message(desk, case, "Masih mati")
    commands.note(desk, press(desk, case, "kota"), text="sudah dicek", files=[PHOTO])
    view = queries.case_view(desk.register, SYSTEM, case.number)
    assert [(m["direction"], m["text"] or "") for m in view.conversation][::2] == [
        ("in", "Lampu mati"),
        ("in", "Masih mati"),
    ]
    assert [m["direction"] for m in view.conversation] == ["in", "out", "in"]
    assert [row["kind"] for row in view.timeline] == ["received", "message", "forward", "message", "note"]
    assert view.timeline[2]["actor"] == "Rina Wulandari"
    assert [(file["source"], file["state"]) for file in view.media] == [("reporter", "waiting"), ("staff", "stored")]
    assert (view.category, view.kelurahan, view.kecamatan) == (
        "Penerangan jalan umum (PJU)", "Medono", "Pekalongan Barat"
    )  # fmt: skip
    assert (view.department, view.case.latitude) == ("Dinas Perhubungan", -6.88)


def test_a_case_that_does_not_exist(desk):
    with pytest.raises(NotFound):
        queries.case_view(desk.register, SYSTEM, "WA-2026-99999")


def test_an_export_has_the_text_of_all_messages_once_and_of_no_reaction(desk):
    case = take_in(desk, "Satu")
    add_message(desk, case, "Dua")
    add_message(desk, case, "👍", kind="reaction")
    found = queries.export(desk.register, SYSTEM, Filters(text=case.number)).to_dict("records")
    assert [row["full_text"] for row in found] == ["Satu\nDua"]


def test_the_tables_to_choose_from_are_whole_and_in_the_order_people_read_them(desk):
    found = queries.reference(desk.register)
    assert {name: len(rows) for name, rows in found.items()} == {"departments": 29, "categories": 20, "kelurahan": 27}
    names = [row["name"] for row in found["departments"].values()]
    assert names == sorted(names)
    assert next(iter(found["categories"])) == "road"
    with desk.register.atomic() as cursor:
        cursor.execute("update category set active = false where code = 'road'")
    assert "road" not in queries.reference(desk.register)["categories"]
