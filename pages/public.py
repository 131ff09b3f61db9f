"""What anybody may read without signing in: the service standard."""

from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from store import standard

from .parts.words import safe

PATH = "/standar"
_PAGE = Template((Path(__file__).parent / "parts" / "standard.html").read_text(encoding="utf-8"))
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def standard_html(config: dict) -> str:
    """The standard's sections as HTML, from the desk's configuration."""
    parts = []
    for heading, lines in standard.sections(config):
        tag = "ol" if heading == "Langkah pelayanan" else "ul"
        items = "".join(f"<li>{safe(line)}</li>" for line in lines)
        parts.append(f"<h2>{safe(heading)}</h2><{tag}>{items}</{tag}>")
    heading, lines = standard.privacy(config)
    if lines:
        parts.append(f"<h2 id='{standard.PRIVACY}'>{safe(heading)}</h2>")
        parts += [f"<p>{safe(line)}</p>" for line in lines]
    return "".join(parts)


def routes(house) -> list[Route]:
    """`/standar`, without a session."""

    async def show(request: Request) -> Response:
        config = house().desk.config
        service = config["service"]
        page = _PAGE.substitute(
            service=safe(service["name"]), city=safe(service["city"]), sections=standard_html(config)
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "max-age=300"})

    return [Route(PATH, show)]
