"""`/data-terbuka` and `/data-terbuka.csv`: counts for everybody, while an administrator has them switched on."""

import csv
import io
import threading
import time
from pathlib import Path
from string import Template

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from store import figures, open_quarters, opendata
from store.desk import Desk
from store.export.files import harmless
from store.opendata import Quarter
from store.rules.deadline import to_jakarta

from .parts import words
from .parts.open_data_words import LISTS, difference_name, name_of, names_of, place_of, quarter_said, value_said
from .parts.words import safe

PATH, FILE = "/data-terbuka", "/data-terbuka.csv"
# Whoever asks, however often: the figures are counted once in so many seconds.
KEPT_SECONDS = 600
_PAGE = Template((Path(__file__).parent / "parts" / "open_data.html").read_text(encoding="utf-8"))
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": f"max-age={KEPT_SECONDS}",
}


class _Kept:
    """The last answer of each desk, until it is old."""

    def __init__(self):
        self._lock = threading.Lock()
        self._desk, self._until, self._found = None, 0.0, ([], {})

    def ask(self, desk: Desk) -> tuple[list[Quarter], dict]:
        """The quarters, and what their codes are called."""
        with self._lock:
            if self._desk is not desk or time.monotonic() > self._until:
                self._found = open_quarters.published(desk), names_of(desk)
                self._desk, self._until = desk, time.monotonic() + KEPT_SECONDS
            return self._found


def routes(house) -> list[Route]:
    """Both answer "not found" while the data are not published."""
    kept = _Kept()

    async def answer(request: Request) -> Response:
        desk = house().desk
        if not opendata.is_published(desk):
            return Response("Tidak ditemukan.", 404, media_type="text/plain")
        found, names = await run_in_threadpool(kept.ask, desk)
        if request.url.path == FILE:
            headers = _HEADERS | {"Content-Disposition": "attachment; filename=data-terbuka.csv"}
            return Response(table(found, names), media_type="text/csv; charset=utf-8", headers=headers)
        return HTMLResponse(await run_in_threadpool(page, desk, found, names), headers=_HEADERS)

    return [Route(PATH, answer), Route(FILE, answer)]


def table(found: list[Quarter], names: dict) -> bytes:
    """The file: one row a count; a count that is not told is an empty cell."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, quoting=csv.QUOTE_ALL)
    rows.writerow(["triwulan", "edisi", "dihitung (WIB)", "rincian", "nama", "nilai", "satuan"])
    for quarter in found:
        about = [quarter.name, str(quarter.edition), f"{to_jakarta(quarter.as_of):%Y-%m-%d %H:%M}"]
        rows.writerow([*about, "Jumlah", "Diterima", _plain(quarter.received), "aduan"])
        for code, share in quarter.shares.items():
            name = figures.FIGURES[code].name
            rows.writerow([*about, "Pelayanan", name, "" if share is None else f"{share:.4f}", "bagian"])
        for part, heading in LISTS.items():
            for code, count in sorted(quarter.lists[part], key=lambda pair: place_of(names, part, pair[0])):
                rows.writerow([*about, heading, harmless(name_of(names, part, code)), _plain(count), "aduan"])
    return out.getvalue().encode("utf-8-sig")


def page(desk: Desk, found: list[Quarter], names: dict) -> str:
    """The page: the newest quarter open, the others to be opened."""
    service = desk.config["service"]
    parts = []
    for place, quarter in enumerate(found):
        body = _about(desk, quarter, names) + _quarter(quarter, names)
        told = quarter_said(quarter)
        parts.append(f"<h2>{told}</h2>{body}" if place == 0 else f"<details><summary>{told}</summary>{body}</details>")
    return _PAGE.substitute(
        service=safe(service["name"]),
        city=safe(service["city"]),
        least=opendata.LEAST,
        quarters="".join(parts) or "<p>Belum ada triwulan yang selesai.</p>",
    )


def _about(desk: Desk, quarter: Quarter, names: dict) -> str:
    """When it was counted; of a correction also what is different."""
    said = f"<p>Dihitung {words.moment(quarter.as_of)} WIB dan sejak itu tetap.</p>"
    if quarter.edition == 1:
        return said
    changed = open_quarters.between(open_quarters.before(desk, quarter), quarter)
    lines = "".join(
        f"<tr><td>{safe(difference_name(names, each))}</td><td class='n'>{value_said(each, each.then)} → "
        f"{value_said(each, each.now)}</td></tr>"
        for each in changed
    )
    count = words.number(len(changed))
    return (
        f"<p><b>Koreksi ke-{quarter.edition - 1}</b>, {words.moment(quarter.as_of)} WIB: {count} angka berbeda dari "
        f"terbitan sebelumnya dan sejak itu tetap.</p><details><summary>Angka yang dikoreksi</summary>"
        f"<table>{lines}</table></details>"
    )


def _quarter(quarter: Quarter, names: dict) -> str:
    shares = "".join(
        f"<tr><td title='{safe(figures.FIGURES[code].definition)}'>{safe(figures.FIGURES[code].name)}</td>"
        f"<td class='n'>{words.percent(share)}</td></tr>"
        for code, share in quarter.shares.items()
    )
    first = f"<tr><td>Diterima</td><td class='n'>{words.number(quarter.received)}</td></tr>{shares}"
    lists = "".join(
        f"<div><h3>{heading}</h3><table>"
        + "".join(
            f"<tr><td>{safe(name_of(names, part, code))}</td><td class='n'>{words.number(count)}</td></tr>"
            for code, count in sorted(quarter.lists[part], key=lambda pair: place_of(names, part, pair[0]))
        )
        + "</table></div>"
        for part, heading in LISTS.items()
    )
    return f"<table>{first}</table><div class='lists'>{lists}</div>"


def _plain(count: int | None) -> str:
    return "" if count is None else str(count)
