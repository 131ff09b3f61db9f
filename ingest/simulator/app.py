"""The simulator as one ASGI application."""

import asyncio
import contextlib
import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from store.settings import Settings

from . import page, phones, templates
from .control import Control
from .graph import Graph
from .inbound import Inbound
from .ladder import Ladder
from .state import State
from .webhooks import Deliverer


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def bind_host(settings: Settings) -> str:
    """Where the simulator listens: never anywhere but on this machine, whatever the other processes do."""
    return settings.host if is_loopback(settings.host) else "127.0.0.1"


def create_app(settings: Settings, webhook_url: str | None = None) -> Starlette:
    """The application, its state in `settings.data`.

    :param webhook_url: where webhooks go; the listener's by default
    """
    webhook_url = webhook_url or f"http://127.0.0.1:{settings.listener_port}/whatsapp"
    host = bind_host(settings)
    base_url = f"http://{f'[{host}]' if ':' in host else host}:{settings.simulator_port}"
    state = State(settings.data)
    phones.seed(state)
    templates.seed(state)
    graph = Graph(state, settings, base_url)
    control = Control(state, settings, Inbound(state, settings, base_url), webhook_url)

    @contextlib.asynccontextmanager
    async def lifespan(app):
        running = [
            asyncio.create_task(Deliverer(state, webhook_url, settings.app_secret).run()),
            asyncio.create_task(Ladder(state, settings).run()),
            asyncio.create_task(templates.Reviewer(state).run()),
        ]
        for task in running:
            task.add_done_callback(_say_when_broken)
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        state.close()

    app = Starlette(routes=[*page.routes(), *control.routes(), *graph.routes()], lifespan=lifespan)
    app.add_middleware(_OwnPagesOnly)
    return app


def _say_when_broken(task: asyncio.Task) -> None:
    if not task.cancelled() and task.exception():
        logging.getLogger(__name__).critical("The simulator has stopped delivering.", exc_info=task.exception())


class _OwnPagesOnly:
    """Keeps other web pages in the same browser from using the page and the control API."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith("/api/")):
            request = Request(scope)
            origin = request.headers.get("origin")
            hosts = [request.url.hostname or ""] + ([urlsplit(origin).hostname or ""] if origin else [])
            if not all(is_loopback(host) for host in hosts):
                await PlainTextResponse("Forbidden", 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)
