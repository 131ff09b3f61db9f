"""Exports: the files opened again as people open them, whose rows and identities are in them, and the work itself."""

import asyncio
import csv
import io
import json
import stat
import threading
import time
from datetime import timedelta

import httpx
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from starlette.applications import Starlette

from pages import downloads
from pages.parts import house
from pages.parts.export_words import HEADINGS, VALUES
from pages.parts.tables import plain_csv
from store import export
from store.clock import now as clock_now
from store.export import files, jobs, question
from store.queries import Filters
from store.rules.errors import NotFound, RuleBroken
from store.rules.workflow import SYSTEM, Actor

from .cases import approved, ask, confirm, forwarded, new_desk, take_in, who
from .test_pages import page

REASON = "verifikasi lapangan"
FORMULAS = (
    "=1+1", "+62811", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://evil.example")',
)  # fmt: skip
ODD = (
    "<r><t>x</t></r>",
    "a\x01b\x0bc",
    "_x0041_",
    'kutip " dan ; dan ,',
    "satu\r\ndua\rtiga",
    "&amp; <b>",
    "  tepi  ",
    "😀" * 40,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with new_desk(tmp_path_factory.mktemp("export")) as desk:
        house.open_house(house.House(desk, None))
        yield desk
        house.house().exports.close()
        house.open_house(None)


@pytest.fixture(scope="module")
def cases(desk):
    old = clock_now() - timedelta(days=3)
    return {
        "done": confirm(desk, approved(desk, take_in(desk, "Sampah", now=old), "DLH", address="Jl. Melati 5")),
        "dlh": forwarded(desk, take_in(desk, "Sampah lagi"), "DLH"),
        "triage": take_in(desk, "Lampu mati"),
        "secret": forwarded(
            desk, take_in(desk, "Pak Kades minta uang", name="Zulaikha", phone="62899"), "INSPEKTORAT", kind="official"
        ),
    }


@pytest.fixture
def exports(desk):
    found = export.Exports(desk)
    yield found
    found.close()


def finished(exports: export.Exports, actor: Actor, filters: Filters, kind: str, personal=False) -> export.Export:
    made = exports.start(actor, filters, kind, HEADINGS, VALUES, personal, REASON)
    end = time.monotonic() + 60
    while made.busy and time.monotonic() < end:
        time.sleep(0.01)
    assert made.state == jobs.READY, made.state
    return made


def rows_of(made: export.Export) -> list[dict]:
    """The rows of an export as a reader of such files gives them."""
    if made.kind == "csv":
        content = made.path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if made.kind == "parquet":
        return pd.read_parquet(made.path).to_dict("records")
    (heading, *found) = openpyxl.load_workbook(made.path).active.iter_rows(values_only=True)
    return [dict(zip(heading, values, strict=True)) for values in found]


@pytest.mark.parametrize("kind", export.FORMATS)
def test_each_file_holds_the_cases_in_peoples_words(desk, cases, exports, kind):
    made = finished(exports, who(desk, "kota"), Filters(), kind)
    found = {row["nomor"]: row for row in rows_of(made)}
    assert set(found) == {case.number for case in cases.values()}
    assert made.done == made.total == len(cases)
    row = found[cases["done"].number]
    assert (row["status"], row["saluran"], row["rahasia"]) == ("Selesai", "WhatsApp", "tidak")
    assert row["cara berakhir"] == "dikonfirmasi pelapor"
    assert found[cases["secret"].number]["rahasia"] == "ya"


def test_times_are_jakartas_and_typed_where_the_file_has_types(desk, cases, exports):
    case = cases["done"]
    local = case.received_at + timedelta(hours=7)
    got = {
        kind: {row["nomor"]: row for row in rows_of(finished(exports, SYSTEM, Filters(), kind))}
        for kind in export.FORMATS
    }
    assert got["csv"][case.number]["diterima (WIB)"] == f"{local:%Y-%m-%d %H:%M}"
    assert abs(got["xlsx"][case.number]["diterima (WIB)"] - local) < timedelta(seconds=1)
    stored = got["parquet"][case.number]["diterima (WIB)"]
    assert str(stored.tz) == "Asia/Jakarta"
    assert stored.tz_convert("UTC").tz_localize(None).to_pydatetime() == case.received_at
    assert got["csv"][cases["triage"].number]["berakhir (WIB)"] == ""
    assert got["xlsx"][cases["triage"].number]["berakhir (WIB)"] is None
    assert got["xlsx"][case.number]["jumlah pesan"] == 1


@pytest.fixture(scope="module")
def odd(desk, cases):
    """Cases of one department whose texts try to be more than text."""
    for text in (*FORMULAS, *ODD):
        forwarded(desk, take_in(desk, text, name=text), "DISHUB", address=text)
    return Filters(departments=("DISHUB",))


def test_a_csv_runs_nothing_in_a_spreadsheet(desk, odd, exports):
    found = rows_of(finished(exports, SYSTEM, odd, "csv", personal=True))
    texts = [value for row in found for value in row.values()]
    assert [text for text in texts if text[:1] in tuple("=+-@\t\r\n＝＋－＠")] == []
    for text in FORMULAS:
        assert files.harmless(text) in texts
    for text in ODD:
        assert text in {row["teks lengkap"] for row in found}


WITHIN = ("a;=1+1;", "a; -1;", 'a;"=1&"";', "a\n=1+1\n", "a\r\n+1\n", "a;＝1;", ";;@SUM(A1);")


@pytest.mark.parametrize("text", [*FORMULAS, *WITHIN])
def test_a_csv_that_is_opened_with_semicolons_runs_nothing_either(text):
    """As Excel opens it where lists are written with semicolons: the commas and most quotes are text then."""
    made = io.BytesIO()
    writer = files.FORMATS["csv"](made, None, 1)
    writer.write(pa.table({"nomor": ["WA-2026-00001"], "teks": [text]}))
    writer.close()
    for content in (made.getvalue(), plain_csv(pd.DataFrame([{"nomor": "1", "teks": text}]))):
        opened = io.StringIO(content.decode("utf-8-sig"), newline="")
        cells = [cell for row in csv.reader(opened, delimiter=";") for cell in row]
        assert [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")] == []


def test_a_list_and_a_negative_number_stay_what_they_are():
    assert [files.harmless(value) for value in ("a; b", "a\nb", "3-4", -5, None)] == ["a; b", "a\nb", "3-4", -5, None]


def test_an_xlsx_holds_texts_and_no_formula(desk, odd, exports):
    made = finished(exports, SYSTEM, odd, "xlsx", personal=True)
    sheet = openpyxl.load_workbook(made.path).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    texts = {cell.value: cell for cell in cells if cell.data_type == "s"}
    for text in ("=1+1", "+62811", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil.example")', "＝1+1"):
        assert texts[text].quotePrefix
    assert {"<r><t>x</t></r>", "abc", "satu\ndua\ntiga", "&amp; <b>", "  tepi  "} <= set(texts)
    assert "_x005F_x0041_" in texts or "_x0041_" in texts
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_a_very_long_text_fits_a_cell(desk, cases, exports):
    case = forwarded(desk, take_in(desk, "panjang 😀" * 5_000), "DINKES")
    (row,) = rows_of(finished(exports, SYSTEM, Filters(text=case.number), "xlsx", personal=True))
    assert row["teks lengkap"].endswith("… (dipotong)")
    assert len(row["teks lengkap"].encode("utf-16-le")) < 2 * 32_767


IDENTITIES = ("Siti Aminah", "6285600000001", "Zulaikha", "62899", "Jl. Melati", "minta uang", "Sampah")


@pytest.mark.parametrize("kind", export.FORMATS)
@pytest.mark.parametrize("username", ["kota", "pejabat", "pimpinan", "opd.dlh", "tim.dlh", "opd.inspektorat"])
def test_nobody_is_in_an_export_that_was_not_asked_for_people(desk, cases, exports, kind, username):
    rows = rows_of(finished(exports, who(desk, username), Filters(), kind))
    assert rows
    shown = json.dumps(rows, default=str, ensure_ascii=False).replace("Sampah & kebersihan", "")
    assert [word for word in IDENTITIES if word in shown] == []


def test_rows_are_those_that_a_person_may_see(desk, cases, exports):
    def numbers(username: str) -> set[str]:
        return {row["nomor"] for row in rows_of(finished(exports, who(desk, username), Filters(), "csv"))}

    assert numbers("opd.inspektorat") == {cases["secret"].number}
    assert cases["dlh"].number in numbers("tim.dlh")
    assert not {cases["triage"].number, cases["secret"].number} & numbers("tim.dlh")
    assert {case.number for case in cases.values()} <= numbers("pimpinan")


def test_with_a_reason_people_are_in_it_but_never_those_of_a_confidential_case(desk, cases, exports):
    for username in ("kota", "opd.dlh"):
        rows = {row["nomor"]: row for row in rows_of(finished(exports, who(desk, username), Filters(), "csv", True))}
        row = rows[cases["dlh"].number]
        assert (row["nama pelapor"], row["kontak pelapor"]) == ("Siti Aminah", "6285600000001")
        assert row["teks lengkap"] == "Sampah lagi"
    secret = {row["nomor"]: row for row in rows_of(finished(exports, who(desk, "kota"), Filters(), "csv", True))}
    row = secret[cases["secret"].number]
    assert {row[HEADINGS[name]] for name in question.PERSONAL} == {""}


def test_a_person_whose_data_are_limited_is_in_no_export(desk, cases, exports):
    case = take_in(desk, "Batasi saya", name="Wiryo", phone="62877123")
    with desk.register.atomic() as cursor:
        cursor.execute("update contact set limited_at = ? where id = ?", [clock_now(), case.contact_id])
    (row,) = rows_of(finished(exports, who(desk, "kota"), Filters(text=case.number), "csv", True))
    assert {row[HEADINGS[name]] for name in question.PERSONAL} == {""}


def test_people_need_the_right_and_a_reason(desk, cases, exports):
    def refused(username: str, **more) -> str:
        with pytest.raises(RuleBroken) as broken:
            exports.start(who(desk, username), Filters(), "csv", HEADINGS, VALUES, **more)
        return broken.value.code

    before = ask(desk, "select count(*) from audit")
    assert refused("pimpinan", personal=True, reason=REASON) == "export_identities"
    assert refused("kota", personal=True, reason="  kurang  ") == "export_reason"
    assert refused("kota", personal=True, reason="x" * 400) == "export_reason"
    assert refused("admin") == "not_allowed"
    assert ask(desk, "select count(*) from audit") == before


def test_every_export_is_on_record_without_what_was_searched_for(desk, cases, exports):
    finished(exports, who(desk, "kota"), Filters(text="Siti", channels=("WA",)), "csv", personal=True)
    actor, kind, subject, data = ask(desk, "select actor, kind, subject, data from audit order by id desc limit 1")[0]
    assert (actor, kind) == ("kota", "exported")
    assert subject.startswith("aduan-")
    found = json.loads(data)
    assert found["reason"] == REASON
    assert found["identities"] is True
    assert found["filters"] == {"text": True, "channels": ["WA"]}
    assert found["rows"] >= 3
    assert "Siti" not in data


def test_files_are_their_owners_only_and_go_away(desk, cases, exports, monkeypatch):
    kota, made = who(desk, "kota"), finished(exports, who(desk, "kota"), Filters(), "csv")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in list(made.path.parents)[:2]} == {0o700}
    assert exports.file(kota, made.id) is made
    for other, export_id in ((who(desk, "kota2"), made.id), (who(desk, "kota"), "x"), (who(desk, "pejabat"), made.id)):
        with pytest.raises(NotFound):
            exports.file(other, export_id)
    # Whose rights have changed meanwhile gets it no more.
    with pytest.raises(NotFound):
        exports.file(Actor("kota", "K", frozenset()), made.id)
    with monkeypatch.context() as later:
        later.setattr(jobs, "clock_now", lambda: clock_now() + jobs.KEPT + timedelta(seconds=1))
        with pytest.raises(NotFound):
            exports.file(kota, made.id)
    again = finished(exports, kota, Filters(), "csv")
    assert not made.path.exists()
    exports.discard(kota)
    assert not again.path.parent.exists()
    with pytest.raises(NotFound):
        exports.file(kota, again.id)


def test_a_restart_removes_what_was_left(desk, cases, exports):
    made = finished(exports, who(desk, "kota"), Filters(), "parquet")
    export.Exports(desk)
    assert not made.path.exists()


def test_an_export_can_be_stopped_on_its_way(desk, cases, exports, monkeypatch):
    reached, go_on = threading.Event(), threading.Event()

    def slowly(batch, headings, words):
        reached.set()
        assert go_on.wait(30)
        return files.in_words(batch, headings, words)

    monkeypatch.setattr(question, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "in_words", slowly)
    kota = who(desk, "kota")
    made = exports.start(kota, Filters(), "csv", HEADINGS, VALUES)
    assert reached.wait(30)
    assert made.state == jobs.RUNNING
    exports.discard(kota)
    go_on.set()
    end = time.monotonic() + 30
    while made.busy and time.monotonic() < end:
        time.sleep(0.01)
    assert made.state == jobs.STOPPED
    assert not made.path.parent.exists()


def test_what_fails_says_so_and_leaves_no_half_file(desk, cases, exports, monkeypatch, caplog):
    def broken(batch, headings, words):
        raise OSError("No space left on device")

    monkeypatch.setattr(jobs, "in_words", broken)
    made = exports.start(who(desk, "kota"), Filters(), "csv", HEADINGS, VALUES)
    end = time.monotonic() + 30
    while made.busy and time.monotonic() < end:
        time.sleep(0.01)
    assert made.state == jobs.FAILED
    assert not made.path.exists()
    assert "OSError" in caplog.text


def test_more_rows_than_a_sheet_holds_are_refused(desk, cases, exports, monkeypatch):
    monkeypatch.setattr(files, "XLSX_ROWS", 2)
    made = exports.start(who(desk, "kota"), Filters(), "xlsx", HEADINGS, VALUES)
    end = time.monotonic() + 30
    while made.busy and time.monotonic() < end:
        time.sleep(0.01)
    assert made.state == jobs.TOO_LONG


def test_many_rows_come_in_several_pieces(desk, cases, exports, odd, monkeypatch):
    monkeypatch.setattr(question, "ROWS_AT_ONCE", 2)
    for kind in export.FORMATS:
        made = finished(exports, SYSTEM, Filters(), kind)
        numbers = [row["nomor"] for row in rows_of(made)]
        assert len(numbers) == len(set(numbers)) == made.total > 10


def served(desk, username: str | None, export_id: str) -> httpx.Response:
    async def asked():
        transport = httpx.ASGITransport(Starlette(routes=downloads.routes(house.house)))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            headers = {"x-wadul-user": username} if username else {}
            return await client.get(f"/ekspor-berkas/{export_id}", headers=headers)

    return asyncio.run(asked())


def test_the_route_serves_the_owner_and_nobody_else(desk, cases):
    made = finished(house.house().exports, who(desk, "kota"), Filters(), "csv")
    answer = served(desk, "kota", made.id)
    assert answer.status_code == 200
    assert answer.content == made.path.read_bytes()
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    for username in ("kota2", "pejabat", "admin", "nobody", None):
        assert served(desk, username, made.id).status_code == 404
    assert served(desk, "kota", "x").status_code == 404


def test_the_page_goes_from_the_count_to_the_file(desk, cases, odd):
    house.house().exports.discard(who(desk, "kota"))
    at = page("ekspor", "kota", opd="DISHUB")
    assert at.button[1].label == f"Siapkan berkas ({len(FORMULAS) + len(ODD)} aduan)"
    at.button[1].click().run()
    end = time.monotonic() + 30
    while (made := house.house().exports.of(who(desk, "kota"))).busy and time.monotonic() < end:
        time.sleep(0.01)
    at.run()
    assert "tanpa data pribadi" in at.success[0].value
    assert made.total == len(FORMULAS) + len(ODD)
    at = page("ekspor", "kota", opd="DISHUB")
    at.checkbox[0].check().run()
    at.button[-1].click().run()
    assert "alasan" in at.error[0].value.lower()


def test_the_page_of_nothing_says_so_and_a_leader_is_offered_no_identities(desk, cases):
    at = page("ekspor", "pimpinan", cari="tidak ada yang begini")
    assert "Tidak ada aduan yang cocok" in at.info[0].value
    at = page("ekspor", "pimpinan")
    assert not at.checkbox
