"""Files of a case, served to those who may see the case; of photos only copies, without what the camera noted."""

from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from store import audit, evidence, pictures, queries, users
from store.rules.errors import NotFound

from .door import USER_HEADER

_HIGHEST_ID = 2**63 - 1
# These cannot run anything in a browser, so they may be shown in place; everything else is a download.
_SHOWN = ("image/jpeg", "image/png", "image/webp", "audio/", "video/")


def routes(house) -> list[Route]:
    """`/berkas/<id>`: one kept file; `?ukuran=kecil` a small copy of a photo."""

    async def file(request: Request) -> Response:
        desk = house().desk
        username = unquote(request.headers.get(USER_HEADER.decode("ascii"), ""))
        actor = await run_in_threadpool(users.actor, desk.register, username)
        try:
            if actor is None or request.path_params["media_id"] > _HIGHEST_ID:
                raise NotFound(username)
            found = await run_in_threadpool(queries.file_for, desk.register, actor, request.path_params["media_id"])
        except NotFound:
            return Response("Berkas tidak ditemukan.", 404, media_type="text/plain")
        path = evidence.path_of(desk.settings.media, found["sha256"])
        if not path.is_file():
            return Response("Berkas tidak ditemukan.", 404, media_type="text/plain")
        if found["confidential"]:
            await run_in_threadpool(audit.once_a_day, desk.register, username, "confidential_viewed", found["number"])
        name = f"{found['number']}-{found['id']}{evidence.TYPES.get(found['mime'], '.bin')}"
        shown = found["mime"].startswith(_SHOWN)
        headers = {
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
            # Whoever signs in next in the same browser asks anew.
            "Vary": "Cookie",
        }
        if not found["mime"].startswith("image/"):
            return FileResponse(path, media_type=found["mime"], headers=headers)
        small = request.query_params.get("ukuran") == "kecil"
        try:
            content, mime = await run_in_threadpool(pictures.copy_of, path, found["mime"], small)
        except pictures.NoPicture:
            return Response("Foto ini tidak dapat ditampilkan.", 415, media_type="text/plain")
        return Response(content, media_type=mime, headers=headers)

    return [Route("/berkas/{media_id:int}", file)]
