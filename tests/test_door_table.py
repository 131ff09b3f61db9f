"""Who gets what: one table of everything the app serves, walked against the running app by everybody there is.

Each route is asked for by each kind of visitor: nobody, somebody whose session has ended, and each role, with two
departments, so that one's files are asked for by the other's people. Every page is opened over a real websocket.
"""

import ast
import contextlib
from pathlib import Path

import httpx
import pytest
import streamlit
from websockets.exceptions import InvalidStatus

from .stack import ROOT
from .test_app import App, data, open_page

__all__ = ["data"]
pytestmark = pytest.mark.slow
NOBODY, ENDED = "nobody", "ended"
DESK, DLH, OTHERS = {"kota", "pejabat"}, {"opd.dlh", "tim.dlh"}, {"opd.dishub", "tim.dishub"}
STAFF = DESK | DLH | OTHERS | {"pimpinan", "admin"}
EVERYBODY = STAFF | {NOBODY, ENDED}
SEES_CASES = STAFF - {"admin"}

# (method, path) → who gets an answer; for all others it is sign-in, 401 or 404, with nothing in it.
ROUTES = {
    ("GET", "/masuk"): EVERYBODY,
    ("GET", "/masuk/atur-ulang"): EVERYBODY,
    ("GET", "/standar"): EVERYBODY,
    # Open data, which are not published here: not there for anybody.
    ("GET", "/data-terbuka"): set(),
    ("GET", "/data-terbuka.csv"): set(),
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/_stcore/health"): EVERYBODY,
    ("GET", "/favicon.png"): EVERYBODY,
    ("GET", "/static/js/{script}"): EVERYBODY,
    # The steps of sign-in without what leads to them; somebody signed in may change what is their own.
    ("GET", "/masuk/kode"): set(),
    ("GET", "/masuk/sandi"): STAFF,
    ("GET", "/masuk/kunci"): STAFF,
    ("GET", "/masuk/pertama"): set(),
    ("GET", "/masuk/oidc"): set(),
    ("GET", "/masuk/oidc/kembali"): set(),
    # The shell of every page is the same for all who are signed in; what is in it comes over the websocket.
    ("GET", "/"): STAFF,
    ("GET", "/pengguna"): STAFF,
    ("GET", "/_stcore/host-config"): STAFF,
    # A photo of a case of DLH.
    ("GET", "/berkas/1"): DESK | DLH | {"pimpinan"},
    ("GET", "/berkas/1?ukuran=kecil"): DESK | DLH | {"pimpinan"},
    ("HEAD", "/berkas/1"): DESK | DLH | {"pimpinan"},
    ("GET", "/berkas/999"): set(),
    ("GET", "/ekspor-berkas/0123456789abcdef"): set(),
    ("GET", "/laporan-berkas/1.pdf"): set(),
    # Files of Streamlit's that no page of theirs was told of, and its ways in that are not used here.
    ("GET", "/media/0123456789abcdef0123456789abcdef.csv"): set(),
    ("GET", "/_stcore/metrics"): set(),
    ("GET", "/_stcore/agent/openapi.json"): set(),
    ("POST", "/_stcore/agent/interact"): set(),
    ("POST", "/_stcore/agent/mcp"): set(),
    ("GET", "/auth/login"): set(),
    ("GET", "/auth/logout"): set(),
    ("GET", "/oauth2callback"): set(),
    ("PUT", "/_stcore/upload_file/somebody/0"): set(),
    ("DELETE", "/_stcore/upload_file/somebody/0"): set(),
}
# Page → who finds something there; everybody else who is signed in reads that it is not for them.
PAGES = {
    "perlu_tindakan": SEES_CASES,
    "triase": DESK,
    "eskalasi": {"pejabat"},
    "pesan": DESK,
    "opd": {"opd.dlh", "opd.dishub"},
    "tindak_lanjut": DLH | OTHERS,
    "verifikasi": DESK,
    "telepon": DESK,
    "catat": DESK,
    "daftar": SEES_CASES,
    "ekspor": SEES_CASES,
    "aduan": SEES_CASES,
    "pengirim": DESK,
    "dasbor": SEES_CASES,
    "analitik": SEES_CASES,
    "laporan": DESK | {"pimpinan"},
    "data_pribadi": {"admin", "pejabat"},
    "audit": {"admin"},
    "standar_pelayanan": STAFF,
    "akun": STAFF,
    "kesehatan": {"admin", "pejabat"},
    "pengguna": {"admin"}, "daftar_opd": {"admin"}, "kategori": {"admin"}, "wilayah": {"admin"},
    "hari_libur": {"admin"}, "teks": {"admin"}, "pesan_otomatis": {"admin"}, "templat": {"admin"},
    "layanan": {"admin"},
}  # fmt: skip
NOT_THEIRS = "Halaman ini bukan untuk peran Anda"


@pytest.fixture(scope="module")
def app(data):
    app = App(data)
    yield app
    app.stop()


@pytest.fixture(scope="module")
def visitors(app) -> dict[str, dict[str, str]]:
    """What each visitor's browser sends along."""
    found = {name: app.cookie(name) for name in STAFF}
    found[ENDED] = app.cookie("kota")
    app.client.get("/keluar", headers=found[ENDED])
    return found | {NOBODY: {}}


@pytest.fixture(scope="module")
def sockets(app, visitors):
    """One open websocket for each person, on which page after page is asked for."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(app.socket(visitors[name])) for name in STAFF}


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_route_answers_those_in_the_table_and_nobody_else(app, visitors, route):
    method, path = route
    script = next((Path(streamlit.__file__).parent / "static" / "static" / "js").glob("index.*.js")).name
    for visitor, headers in visitors.items():
        app.client.cookies.clear()
        answer = app.client.request(method, path.format(script=script), headers=headers | {"x-wadul-user": "kota"})
        assert (answer.status_code == 200) == (visitor in ROUTES[route]), (visitor, answer.status_code)
        if visitor not in ROUTES[route]:
            refused_well(answer, visitor, path)


def refused_well(answer: httpx.Response, visitor: str, path: str) -> None:
    """Outside: to sign-in. Inside: not there, or not possible; never a word more."""
    if visitor in (NOBODY, ENDED) and not path.startswith(("/masuk/", "/data-terbuka")):
        assert answer.status_code in (303, 401)
    else:
        assert answer.status_code in (303, 400, 403, 404)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/masuk")
    assert len(answer.content) < 200


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_itself_to_those_in_the_table_and_to_nobody_else(sockets, page):
    for visitor in sorted(STAFF):
        shown = open_page(sockets[visitor], page)
        assert (NOT_THEIRS not in shown) == (visitor in PAGES[page]), visitor
        assert "exception {" not in shown, visitor


@pytest.mark.parametrize("visitor", [NOBODY, ENDED])
def test_without_a_session_no_websocket_is_opened(app, visitors, visitor):
    with pytest.raises(InvalidStatus) as caught, app.socket(visitors[visitor] | {"x-wadul-user": "kota"}):
        pass
    assert caught.value.response.status_code == 403


def test_every_page_stands_in_the_table():
    """A page is what asks for a role; whoever adds one says here who may see it."""
    pages = {file.stem for file in (ROOT / "pages").glob("*.py") if _asks_for_a_role(file)}
    assert pages == set(PAGES)


def _asks_for_a_role(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Name) and called.id == "require_role" for called in calls)


def test_every_page_of_the_navigation_asks_for_a_role():
    tree = ast.parse((ROOT / "pages" / "frame.py").read_text(encoding="utf-8"))
    (listed,) = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "PAGES"
    ]  # fmt: skip
    assert {entry.elts[1].value.removesuffix(".py") for entry in listed.elts} == set(PAGES)
