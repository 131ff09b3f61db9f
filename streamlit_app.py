"""The launcher: one process that owns the register, serves the pages, drains the inbox, sends and watches the clocks.

`streamlit run streamlit_app.py` starts it. The script with the pages' navigation is `pages/frame.py`; it must not stand
beside `pages/`, because Streamlit would then serve a page without the script's checks until somebody has signed in.
"""

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
from pathlib import Path

import altair  # noqa: F401 – imported here, in the main thread, before the first page needs them
import pandas  # noqa: F401
import pyarrow  # noqa: F401
import streamlit as st
from starlette.middleware import Middleware

from ingest import clocks, drain, media, outbox, templates, whatsapp
from ingest.inbox import InboxReader
from pages import door, downloads, files, oidc, open_data, public
from pages import sign_in as sign_in_pages
from pages.parts import house, live, suggestions, warm
from store import one_time, suggest, users
from store import settings as store_settings
from store.__main__ import BUSY, wrong_register
from store.desk import open_desk
from store.rules.errors import RegisterBusy, WrongRegister

ROOT = Path(__file__).resolve().parent
log = logging.getLogger("wadul")


def _own_address() -> None:
    """Start again with the address from WADUL_HOST and WADUL_APP_PORT, where Streamlit was told another or none.

    Streamlit reads its port before it reads this file, so the file cannot set it; its own flags stay the stronger.
    """
    if os.environ.get("WADUL_RESTARTED") or "run" not in sys.orig_argv:
        return
    chosen, given = store_settings.load(), " ".join(sys.orig_argv)
    wanted = []
    for option, flag, value in (("server.port", "port", chosen.app_port), ("server.address", "address", chosen.host)):
        named = f"--{option}" in given or os.environ.get(f"STREAMLIT_SERVER_{flag.upper()}")
        if not named and str(st.get_option(option)) != str(value):
            wanted += [f"--{option}", str(value)]
    if wanted:
        os.environ["WADUL_RESTARTED"] = "1"
        # The port that Streamlit has already bound would stay bound.
        os.closerange(3, 65536)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], *wanted])  # noqa: S606


@contextlib.asynccontextmanager
async def _lifespan(app):
    settings = store_settings.load()
    if settings.token and not settings.phone_id:
        _give_up("WHATSAPP_PHONE_ID must be set beside WHATSAPP_TOKEN: without it nothing can be sent.")
    try:
        desk = open_desk(settings)
    except RegisterBusy:
        _give_up(BUSY)
    except WrongRegister as wrong:
        _give_up(wrong_register(str(wrong)))
    except store_settings.SettingsError as error:
        _give_up(str(error))
    if settings.demo:
        users.make_demo_accounts(desk.register)
    else:
        _offer_first(desk)
    house.open_house(house.House(desk, door.Sessions(desk)))
    suggestions.open_suggestions(suggest.Suggestions(desk.register))
    stop = threading.Event()
    workers = _start_workers(desk, stop)
    warm.warm(desk)
    # Streamlit collects all garbage after every run of a page; what is here to stay need not be looked at again.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            await asyncio.to_thread(worker.join, 10)
        suggestions.open_suggestions(None)
        house.house().exports.close()
        house.open_house(None)
        desk.register.close()


def _start_workers(desk, stop: threading.Event) -> list[threading.Thread]:
    settings = desk.settings
    jobs = {
        "drain": (drain.run, desk, InboxReader(settings.inbox), stop),
        "send": (outbox.Sender(desk, whatsapp.client(settings)).run, stop),
        "media": (media.run, desk, whatsapp.client(settings), stop),
        "clocks": (clocks.run, desk, stop),
        "templates": (templates.run, desk, whatsapp.client(settings), stop),
        "suggest": (suggest.run, suggestions.suggestions(), stop),
        "live": (live.run, desk.register, stop),
    }
    workers = [threading.Thread(target=job[0], args=job[1:], name=name) for name, job in jobs.items()]
    for worker in workers:
        worker.daemon = True
        worker.start()
    return workers


def _offer_first(desk) -> None:
    """Where nobody can administer yet: a code with which the first administrator is made, on the console only."""
    code = one_time.offer_first(desk.register)
    if code:
        print(
            f"\n  No administrator yet. Make the first at /masuk/pertama with this one-time code: {code}\n", flush=True
        )


def _give_up(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
    os._exit(2)


# A thread that counts or learns without a pause gives Python's lock away after this rather than after 5 ms; a look at a
# page takes the lock many times (bench/README.md, viewers).
sys.setswitchinterval(0.0005)
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
_own_address()
sign_in = sign_in_pages.SignIn(house.house)
app = st.App(
    ROOT / "pages" / "frame.py",
    lifespan=_lifespan,
    middleware=[Middleware(door.Door, sessions=lambda: house.house().door)],
    routes=[
        *sign_in_pages.routes(sign_in),
        *oidc.routes(house.house, sign_in),
        *files.routes(house.house),
        *downloads.routes(house.house),
        *public.routes(house.house),
        *open_data.routes(house.house),
    ],
)
