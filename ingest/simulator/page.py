"""The phone page: files of our own beside this module, nothing from elsewhere."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
FILES = {
    "/": ("phone.html", "text/html"),
    "/phone.css": ("phone.css", "text/css"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/panel.js": ("panel.js", "text/javascript"),
    "/bubble.js": ("bubble.js", "text/javascript"),
    "/tools.js": ("tools.js", "text/javascript"),
    "/util.js": ("util.js", "text/javascript"),
}
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
}


async def _file(request: Request) -> Response:
    name, media_type = FILES[request.url.path]
    return FileResponse(FOLDER / name, media_type=media_type, headers=HEADERS)


def routes() -> list[Route]:
    return [Route(path, _file) for path in FILES]
