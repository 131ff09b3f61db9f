"""Finished exports, each served to the person who asked for it, and reports for those who may read them."""

from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from store import reports, users
from store.reports import book, paper, words
from store.rules.errors import NotFound, RuleBroken
from store.rules.workflow import Actor

from .door import USER_HEADER

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
}
_GONE = "Berkas ini sudah dihapus. Siapkan lagi di halaman Unduh data."
_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
_HIGHEST_ID = 2**63 - 1


def routes(house) -> list[Route]:
    """`/ekspor-berkas/<id>`, read from disk piece by piece, and `/laporan-berkas/<id>.pdf` and `.xlsx`."""

    def actor_of(request: Request) -> Actor:
        username = unquote(request.headers.get(USER_HEADER.decode("ascii"), ""))
        actor = users.actor(house().desk.register, username)
        if actor is None:
            raise NotFound(username)
        return actor

    async def export(request: Request) -> Response:
        try:
            actor = await run_in_threadpool(actor_of, request)
            found = await run_in_threadpool(house().exports.file, actor, request.path_params["export_id"])
        except NotFound:
            return Response(_GONE, 404, media_type="text/plain")
        return FileResponse(found.path, media_type=_TYPES[found.kind], filename=found.name, headers=_HEADERS)

    async def report(request: Request) -> Response:
        kind = request.path_params["kind"]
        try:
            if kind not in ("pdf", "xlsx") or request.path_params["report_id"] > _HIGHEST_ID:
                raise NotFound(kind)
            actor = await run_in_threadpool(actor_of, request)
            found = await run_in_threadpool(reports.report, house().desk, actor, request.path_params["report_id"])
        except (NotFound, RuleBroken):
            return Response("Laporan tidak ditemukan.", 404, media_type="text/plain")
        content = await run_in_threadpool(paper.paper if kind == "pdf" else book.book, found)
        state = f"edisi-{found.edition}" if found.issued else "konsep"
        name = f"{words.title(found.period)} {state}.{kind}".replace(" ", "-").lower()
        # A browser shows a PDF in place; with a sandbox its viewer would not start.
        shown = {"Content-Security-Policy": "default-src 'none'"} if kind == "pdf" else {}
        how = "inline" if kind == "pdf" else "attachment"
        headers = _HEADERS | shown | {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}"}
        return Response(content, media_type=_TYPES[kind], headers=headers)

    return [
        Route("/ekspor-berkas/{export_id:str}", export),
        Route("/laporan-berkas/{report_id:int}.{kind:str}", report),
    ]
