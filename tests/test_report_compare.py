# ruff: noqa: F811 – the fixtures are those of the reports
"""What is different today in an issued report: all of it is counted, and all of it is in the file."""

import csv
import io

from pages.parts import report_compare
from store import commands, figures, reports
from store.clock import now as clock_now

from .cases import press
from .test_pages import page
from .test_reports import cases, desk, issued  # noqa: F401


def test_all_differences_are_counted_and_in_the_file_however_many_there_are(desk, cases, monkeypatch):
    report = issued(desk)
    for name in ("waits", "double", "works"):
        commands.classify(desk, press(desk, cases[name], "kota"), category="street_light")
    changed = reports.differences(report.figures, reports.count_today(desk, report))
    assert len(changed) > 3
    monkeypatch.setattr(report_compare, "MOST", 3)
    at = page("laporan", "pimpinan")
    next(button for button in at.button if button.label == "Hitung ulang dan bandingkan").click().run()
    assert [e.message for e in at.exception] == []
    html = " ".join(element.proto.body for element in at.main if element.type == "html")
    assert f"<b>{len(changed)}</b> angka berbeda" in html
    assert "Ditampilkan 3 yang pertama; semuanya ada di berkas CSV" in html
    (button,) = at.get("download_button")
    assert button.proto.label == f"Semua perbedaan, CSV ({len(changed)})"
    content = report_compare.as_csv(report, changed, clock_now()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["angka"] for row in rows] == [figures.FIGURES[each.figure].name for each in changed]
    told, now = [name for name in rows[0] if name.startswith(("laporan (", "sekarang ("))]
    assert [(row[told], row[now]) for row in rows if row["satuan"] == "aduan"] == [
        ("" if each.then is None else str(each.then), "" if each.now is None else str(each.now))
        for each in changed
        if figures.FIGURES[each.figure].unit == "aduan"
    ]


def test_a_name_in_the_file_of_differences_runs_nothing(desk, cases):
    report = issued(desk)
    found = reports.Difference("categories", "=1+1", "received", 1, None)
    assert b'"\'=1+1"' in report_compare.as_csv(report, [found], clock_now())
