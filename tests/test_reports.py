"""Reports: counted as the dashboards count, frozen, counted again from the events, and read again as PDF and XLSX."""

import asyncio
import io
import json
import re
from datetime import date, datetime, timedelta

import httpx
import openpyxl
import pypdf
import pytest
from starlette.applications import Starlette

from ingest import clocks
from pages import downloads
from pages.parts import house
from store import commands, figures, ledger, reports
from store.clock import today
from store.reports import book, contents, keeping, paper
from store.rules.deadline import from_jakarta
from store.rules.errors import NotFound, RuleBroken
from store.rules.workflow import SYSTEM

from .cases import (
    approved,
    ask,
    confirm,
    forwarded,
    in_progress,
    new_desk,
    press,
    reopen,
    take_in,
    who,
)
from .test_pages import page

LAST = reports.finished_periods("monthly", today(), 1)[0]
EARLY = from_jakarta(datetime(LAST.first.year, LAST.first.month, 10, 9, 0))
SECRETS = ("Siti Aminah", "6285600000001", "Jl. Melati", "Sampah menumpuk")


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path / "data") as desk:
        house.open_house(house.House(desk, None))
        yield desk
        house.open_house(None)


@pytest.fixture
def cases(desk):
    """Some of last month, in several departments and states, and one of today."""
    return {
        "done": confirm(
            desk, approved(desk, take_in(desk, "Sampah menumpuk", now=EARLY), "DLH", address="Jl. Melati 5")
        ),
        "waits": take_in(desk, "Lampu mati", now=EARLY),
        "double": take_in(desk, "Lampu mati juga", now=EARLY),
        "works": in_progress(desk, take_in(desk, "Jalan rusak", now=EARLY), "DPUPR"),
        "today": take_in(desk, "Hari ini"),
    }


def made(desk, username: str = "kota", period=LAST) -> reports.Report:
    actor = who(desk, username)
    return reports.report(desk, actor, reports.draft(desk, actor, period))


def issued(desk, period=LAST) -> reports.Report:
    draft = made(desk, period=period)
    reports.issue(desk, who(desk, "kota"), draft.id, draft.version)
    return reports.report(desk, who(desk, "pimpinan"), draft.id)


def test_a_report_counts_what_the_dashboards_count(desk, cases):
    report = made(desk)
    scope = figures.Scope(SYSTEM, LAST.first, LAST.last)
    assert report.figures["now"] == figures.period(desk, scope, report.as_of)
    assert report.figures["present"] == figures.present(desk, scope, report.as_of)
    assert report.figures["now"]["received"] == 4
    for part in ("departments", "categories", "kelurahan", "channels", "course"):
        groups = report.figures[part]
        groups = groups if part == "course" else groups.values()
        assert sum(group["received"] for group in groups) == 4, part
    assert report.figures["departments"]["DLH"]["received"] == 1
    assert [row["received"] for row in report.figures["course"] if row["step"] == f"{LAST.first:%Y-%m}-10"] == [4]
    assert len(report.figures["course"]) == LAST.last.day


def test_an_issued_report_is_made_again_to_the_byte_after_corrections(desk, cases):
    report = issued(desk)
    assert reports.same_as_then(desk, report)
    assert reports.differences(report.figures, reports.count_today(desk, report)) == []

    reopen(desk, cases["done"])
    commands.classify(desk, press(desk, cases["waits"], "kota"), category="street_light")
    waits = commands.case_of(desk, cases["waits"].number, who(desk, "kota"))
    commands.merge(desk, press(desk, cases["double"], "kota"), parent=waits.number)
    forwarded(desk, commands.case_of(desk, waits.number, who(desk, "kota")), "DISHUB")
    take_in(desk, "Terlambat dicatat", now=EARLY)
    with desk.register.atomic() as cursor:
        cursor.execute("insert into holiday values (?, 'Baru', 'joint', 'staff')", [LAST.first.replace(day=11)])
        cursor.execute("update category set name = 'Nama baru'")
    desk.forget_calendar()

    kept = reports.report(desk, who(desk, "pimpinan"), report.id)
    assert kept == report
    assert paper.paper(kept) == paper.paper(report)
    assert reports.same_as_then(desk, report)
    found = {
        (d.part, d.code, d.figure): (d.then, d.now)
        for d in reports.differences(report.figures, reports.count_today(desk, report))
    }
    assert found["now", "", "received"] == (4, 5)
    assert found["now", "", "ever_reopened"] == (0, 1)
    assert found["categories", "street_light", "received"] == (None, 1)
    assert found["departments", "DISHUB", "received"] == (None, 1)


def test_an_event_that_was_changed_afterwards_is_noticed(desk, cases):
    report = issued(desk)
    add = commands.classify(desk, press(desk, cases["waits"], "kota"), category="road")
    assert reports.same_as_then(desk, report)
    with desk.register.atomic() as cursor:
        cursor.execute(
            "update event set happened_at = ? where complaint_id = ? and kind = 'received'",
            [EARLY - timedelta(days=40), add.id],
        )
    assert not reports.same_as_then(desk, report)


def test_a_draft_can_be_counted_anew_and_an_issued_one_never_changes(desk, cases):
    kota, report = who(desk, "kota"), made(desk)
    take_in(desk, "Terlambat dicatat", now=EARLY)
    reports.count_again(desk, kota, report.id, report.version)
    again = reports.report(desk, kota, report.id)
    assert (report.figures["now"]["received"], again.figures["now"]["received"]) == (4, 5)
    assert again.words == report.words
    reports.issue(desk, kota, again.id, again.version)
    fixed = reports.report(desk, kota, again.id)
    for step in (
        lambda: reports.count_again(desk, kota, fixed.id, fixed.version),
        lambda: reports.change_words(desk, kota, fixed.id, fixed.version, "lain"),
        lambda: reports.discard(desk, kota, fixed.id, fixed.version),
        lambda: reports.issue(desk, kota, fixed.id, fixed.version),
    ):
        with pytest.raises(RuleBroken) as broken:
            step()
        assert broken.value.code == "report_issued"
    assert reports.report(desk, kota, again.id) == fixed
    kind, subject, data = ask(desk, "select kind, subject, data from audit order by id desc limit 1")[0]
    assert (kind, subject) == ("report_issued", f"monthly-{LAST.first.isoformat()}-1")
    assert re.fullmatch("[0-9a-f]{64}", json.loads(data)["sha256"])
    # A correction is another edition beside it.
    second = made(desk)
    assert (second.edition, second.id != fixed.id) == (2, True)


def test_words_survive_and_nobody_writes_over_anothers(desk, cases):
    kota, report = who(desk, "kota"), made(desk)
    reports.change_words(desk, kota, report.id, report.version, "  Tulisan kota  ")
    assert made(desk).words == "Tulisan kota"
    with pytest.raises(RuleBroken) as broken:
        reports.change_words(desk, who(desk, "pejabat"), report.id, report.version, "Tulisan pejabat")
    assert broken.value.code == "report_changed"
    fresh = reports.report(desk, kota, report.id)
    with pytest.raises(RuleBroken) as broken:
        reports.change_words(desk, kota, report.id, fresh.version, "x" * (keeping.WORDS_LIMIT + 1))
    assert broken.value.code == "text_too_long"
    reports.change_words(desk, kota, report.id, fresh.version, " ")
    with pytest.raises(RuleBroken) as broken:
        reports.issue(desk, kota, report.id, fresh.version + 1)
    assert broken.value.code == "report_wordless"
    reports.discard(desk, kota, report.id, fresh.version + 1)
    assert reports.listed(desk, kota) == []


def test_who_may_read_and_who_may_write(desk, cases):
    draft = made(desk)
    for username in ("pimpinan", "admin", "opd.dlh", "tim.dlh"):
        actor = who(desk, username)
        for step in (
            lambda actor=actor: reports.draft(desk, actor, LAST),
            lambda actor=actor: reports.change_words(desk, actor, draft.id, draft.version, "x"),
            lambda actor=actor: reports.count_again(desk, actor, draft.id, draft.version),
            lambda actor=actor: reports.issue(desk, actor, draft.id, draft.version),
            lambda actor=actor: reports.discard(desk, actor, draft.id, draft.version),
        ):
            with pytest.raises(RuleBroken, match="not_allowed"):
                step()
    with pytest.raises(NotFound):
        reports.report(desk, who(desk, "pimpinan"), draft.id)
    assert reports.listed(desk, who(desk, "pimpinan")) == []
    for username in ("admin", "opd.dlh"):
        with pytest.raises(RuleBroken):
            reports.report(desk, who(desk, username), draft.id)
        with pytest.raises(RuleBroken):
            reports.listed(desk, who(desk, username))
    reports.issue(desk, who(desk, "pejabat"), draft.id, draft.version)
    assert [row["id"] for row in reports.listed(desk, who(desk, "pimpinan"))] == [draft.id]
    assert reports.report(desk, who(desk, "pimpinan"), draft.id).issuer == "Hendra Kusuma"


def test_a_period_that_runs_has_no_report(desk, cases):
    for period in (
        contents.Period("monthly", today().replace(day=1)),
        contents.Period("yearly", today().replace(month=1, day=1)),
        contents.Period("weekly", LAST.first),
    ):
        with pytest.raises(RuleBroken, match="period_runs"):
            reports.draft(desk, who(desk, "kota"), period)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 8, 1, 10, 0), 0),  # a Saturday
        (datetime(2026, 8, 3, 7, 29), 0),  # Monday, a minute before the office opens
        (datetime(2026, 8, 3, 7, 30), 1),
        (datetime(2026, 8, 20, 23, 0), 1),  # the app was away on the first working day
        (datetime(2026, 9, 2, 9, 0), 0),  # nothing was received in August
        (datetime(2027, 1, 4, 9, 0), 1),  # the year, for December brought nothing
    ],
)
def test_the_clock_makes_drafts_from_the_first_working_day_on(desk, now, expected):
    take_in(desk, "Juli", now=datetime(2026, 7, 10, 3, 0))
    moment = from_jakarta(now)
    assert reports.make_due(desk, moment) == expected
    assert reports.make_due(desk, moment + timedelta(seconds=1)) == 0
    assert len(reports.listed(desk, who(desk, "kota"))) == expected


def test_after_a_restart_the_clock_makes_no_second_draft(tmp_path):
    moment = from_jakarta(datetime(2026, 8, 3, 8, 0))
    with new_desk(tmp_path / "data") as desk:
        take_in(desk, "Juli", now=datetime(2026, 7, 10, 3, 0))
        assert reports.make_due(desk, moment) == 1
    with new_desk(tmp_path / "data") as desk:
        assert reports.make_due(desk, moment + timedelta(days=1)) == 0
        (row,) = reports.listed(desk, who(desk, "kota"))
        assert (row["first"], row["state"]) == (date(2026, 7, 1), "draft")
        found = reports.report(desk, who(desk, "kota"), row["id"])
        reports.issue(desk, who(desk, "kota"), found.id, found.version)
        assert reports.make_due(desk, moment + timedelta(days=1)) == 0


def test_a_draft_that_was_thrown_away_does_not_come_back_by_itself(desk):
    moment = from_jakarta(datetime(2026, 8, 3, 8, 0))
    take_in(desk, "Juli", now=datetime(2026, 7, 10, 3, 0))
    assert reports.make_due(desk, moment) == 1
    (row,) = reports.listed(desk, who(desk, "kota"))
    reports.discard(desk, who(desk, "kota"), row["id"], 1)
    assert reports.make_due(desk, moment + timedelta(seconds=30)) == 0
    assert reports.listed(desk, who(desk, "kota")) == []
    assert ask(desk, "select actor, subject from audit where kind = 'report_discarded'") == [
        ("kota", "monthly-2026-07-01")
    ]
    # By a press it can still be made.
    made = reports.draft(desk, who(desk, "kota"), contents.Period("monthly", date(2026, 7, 1)), moment)
    assert reports.report(desk, who(desk, "kota"), made).edition == 1


def test_a_report_that_cannot_be_counted_keeps_nothing_else_from_its_turn(desk, monkeypatch):
    done = []
    monkeypatch.setattr(clocks.reports, "make_due", lambda desk: 1 // 0)
    monkeypatch.setattr(clocks, "_erase", done.append)
    with pytest.raises(ZeroDivisionError):
        clocks.once(desk)
    assert done == [desk]


def test_the_clocks_look_after_reports(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(clocks.reports, "make_due", lambda desk: (asked.append(desk), stop.set()))
    stop = clocks.threading.Event()
    clocks.run(desk, stop)
    assert asked == [desk]


def text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def cells_of(content: bytes) -> dict[str, list[tuple]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(content))}


def test_the_pdf_says_what_the_report_says(desk, cases):
    report = made(desk)
    found = text_of(paper.paper(report))
    assert "KONSEP" in found
    report = issued(desk)
    content = paper.paper(report)
    found = text_of(content)
    assert "Laporan Bulanan Pengaduan Masyarakat" in found
    assert "KONSEP" not in found
    assert re.search(r"Diterima\s+4\s", found)
    assert "Dinas Lingkungan Hidup" in found
    assert "Halaman 1 dari" in found
    assert "Diterbitkan" in found
    assert "Rina Wulandari" in found
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pages} == {(595, 842)}
    assert content == paper.paper(report)


def test_the_xlsx_has_typed_tables_with_filters(desk, cases):
    report = issued(desk)
    content = book.book(report)
    sheets = openpyxl.load_workbook(io.BytesIO(content))
    expected = ["Ringkasan", "Perjalanan", "OPD", "Kategori", "Kelurahan", "Saluran", "Cara menghitung"]
    assert sheets.sheetnames == expected
    assert all(sheet.tables for sheet in sheets)
    cells = cells_of(content)
    summary = {row[0]: row for row in cells["Ringkasan"]}
    assert summary["Diterima"][2] == 4
    share = report.figures["now"]["within_promise"]
    assert summary["Selesai dalam janji"][2] == (pytest.approx(share) if share is not None else None)
    heading, *rows = cells["OPD"]
    assert {row[0]: row[heading.index("Diterima")] for row in rows}["Dinas Lingkungan Hidup"] == 1
    assert sum(row[1] for row in cells["Perjalanan"][1:]) == 4
    assert content == book.book(report)


def test_no_person_is_in_a_report(desk, cases):
    report = issued(desk)
    kept = json.dumps([report.figures, report.basis], ensure_ascii=False)
    shown = text_of(paper.paper(report)) + str(cells_of(book.book(report))) + kept
    assert [secret for secret in SECRETS if secret in shown] == []
    assert cases["done"].number not in shown


def test_words_and_names_are_text_and_nothing_else(desk, cases):
    markup = "<b>tebal</b> & <a href='x'>tautan</a> <img src='/etc/passwd'/> <para> =1+1 ♥ 漢\n\nbaris\nbaru"
    with desk.register.atomic() as cursor:
        cursor.execute("update category set name = '=HYPERLINK(\"http://evil.example\")' where code = 'road'")
        cursor.execute("update department set name = '<img src=\"/etc/passwd\"/> & Co' where code = 'DLH'")
    commands.classify(desk, press(desk, cases["waits"], "kota"), category="road")
    report = made(desk)
    reports.change_words(desk, who(desk, "kota"), report.id, report.version, markup)
    report = made(desk)
    found = text_of(paper.paper(report))
    assert "<b>tebal</b> & <a href='x'>tautan</a>" in found
    assert '<img src="/etc/passwd"/> & Co' in " ".join(found.split())
    sheet = openpyxl.load_workbook(io.BytesIO(book.book(report)))["Kategori"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}


def test_a_year_and_an_empty_month_have_reports_too(desk):
    take_in(desk, "Tahun lalu", now=from_jakarta(datetime(today().year - 1, 5, 10, 9, 0)))
    year = reports.finished_periods("yearly", today(), 1)[0]
    report = issued(desk, year)
    assert [row["received"] for row in report.figures["course"]] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert "Laporan Tahunan" in text_of(paper.paper(report))
    assert len(cells_of(book.book(report))["Perjalanan"]) == 13
    assert reports.same_as_then(desk, report)
    empty = contents.Period("monthly", date(today().year - 2, 2, 1))
    report = issued(desk, empty)
    assert report.figures["now"]["received"] == 0
    assert "tidak ada aduan" in report.words
    assert "Tidak ada aduan dalam masa ini" in text_of(paper.paper(report))
    assert book.book(report)


def served(username: str | None, path: str) -> httpx.Response:
    async def asked():
        transport = httpx.ASGITransport(Starlette(routes=downloads.routes(house.house)))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.get(path, headers={"x-wadul-user": username} if username else {})

    return asyncio.run(asked())


def test_the_files_are_served_to_readers_only(desk, cases):
    draft = made(desk)
    path = f"/laporan-berkas/{draft.id}"
    assert served("kota", f"{path}.pdf").content.startswith(b"%PDF")
    for username in ("pimpinan", "admin", "opd.dlh", "nobody", None):
        assert served(username, f"{path}.pdf").status_code == 404
    reports.issue(desk, who(desk, "kota"), draft.id, draft.version)
    answer = served("pimpinan", f"{path}.xlsx")
    assert answer.content.startswith(b"PK")
    assert "edisi-1.xlsx" in answer.headers["content-disposition"]
    for username in ("admin", "opd.dlh", None):
        assert served(username, f"{path}.xlsx").status_code == 404
    for odd in (f"{path}.exe", "/laporan-berkas/99.pdf", f"/laporan-berkas/{2**70}.pdf"):
        assert served("kota", odd).status_code == 404


def test_the_page_from_the_first_press_to_the_comparison(desk, cases):
    at = page("laporan", "kota")
    assert "Belum ada laporan" in at.info[0].value
    next(button for button in at.button if button.label == "Buat konsep").click().run()
    assert [e.message for e in at.exception] == []
    at.text_area[0].set_value("Kata pengantar baru").run()
    (row,) = reports.listed(desk, who(desk, "kota"))
    report = reports.report(desk, who(desk, "kota"), row["id"])
    assert report.words == "Kata pengantar baru"
    assert "Belum ada laporan yang diterbitkan" in page("laporan", "pimpinan").info[0].value
    reports.issue(desk, who(desk, "kota"), report.id, report.version)
    at = page("laporan", "pimpinan")
    assert not at.text_area
    next(button for button in at.button if button.label == "Hitung ulang dan bandingkan").click().run()
    assert "sama persis" in at.success[0].value


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update report set words = words || ' lain'", "it is not what was issued"),
        ("update report set figures = replace(figures, '4', '5')", "it is not what was issued"),
        ("update report set first = first - interval 1 year", "it was removed"),
        ("update report set state = 'draft'", "it was removed"),
        ("delete from report", "it was removed"),
    ],
)
def test_an_issued_report_that_sql_has_changed_is_named(desk, cases, change, reason):
    draft = made(desk)
    reports.issue(desk, who(desk, "kota"), draft.id, draft.version)
    assert list(ledger.misfits(desk.register)) == []
    with desk.register.atomic() as cursor:
        cursor.execute(change)
    (found,) = ledger.misfits(desk.register)
    assert (found.chain, found.reason) == ("report", reason)
