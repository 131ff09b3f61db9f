"""Files: fetched by id through pywa from the simulator, checked, kept by hash; and what goes wrong on the way."""

import base64
import hashlib
import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from PIL import Image

from ingest import media, whatsapp
from ingest.simulator.testing import Receiver, Simulator, until
from store import evidence
from store.clock import now
from store.rules.errors import RuleBroken

from .cases import new_desk
from .conftest import body, message
from .postbox import Mailbox, ask, change, empty, one

MAX = 20_000


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "orange")
    image.save(out, kind, **({"save_all": True, "append_images": [image]} if kind == "MPO" else {}))
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return out.getvalue()


def named(value: bytes | str) -> str:
    """How a parameter is called in a test's name: contents are too long for that."""
    return value if isinstance(value, str) else f"{value[:5]!r}"


VOICE = b"OggS" + bytes(60)
WEBM = b"\x1aE\xdf\xa3" + bytes(60)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "mime", "kept"),
    [
        (picture(), "image/png", "image/png"),
        (picture("JPEG"), "image/jpeg", "image/jpeg"),
        (picture("JPEG"), "IMAGE/JPEG; charset=binary", "image/jpeg"),
        (picture("MPO"), "image/jpeg", "image/jpeg"),
        (picture("WEBP"), "image/webp", "image/webp"),
        (VOICE, "audio/ogg; codecs=opus", "audio/ogg"),
        (WEBM, "audio/webm;codecs=opus", "audio/webm"),
        (WEBM, "audio/ogg; codecs=opus", "audio/ogg"),
        (b"%PDF-1.7 ...", "application/pdf", "application/pdf"),
        (zipped(), DOCX, DOCX),
        (b"\0\0\0\x18ftypmp42" + bytes(20), "video/mp4", "video/mp4"),
        ("Lampu mati – sejak Senin".encode(), "text/plain", "text/plain"),
    ],
    ids=named,
)
def test_what_citizens_send_is_kept_by_its_hash_for_its_owner_only(tmp_path, content, mime, kept):
    file = evidence.keep(tmp_path, content, mime, MAX, "nama.x")
    path = evidence.path_of(tmp_path, file.sha256)
    assert path.read_bytes() == content
    assert (file.sha256, file.mime, file.size) == (hashlib.sha256(content).hexdigest(), kept, len(content))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert evidence.keep(tmp_path, content, mime, MAX).sha256 == file.sha256
    assert [p.name for p in path.parent.iterdir()] == [file.sha256]


def bomb() -> bytes:
    """A small file that unpacks to a picture of 100 million pixels."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "mime", "code"),
    [
        (b"", "image/png", "file_empty"),
        (bytes(MAX + 1), "text/plain", "file_too_large"),
        (picture("PNG"), "image/jpeg", "file_type"),
        (picture("GIF"), "image/png", "file_type"),
        (zipped(), "image/jpeg", "file_broken"),
        (picture()[:40], "image/png", "file_broken"),
        (bomb(), "image/png", "file_broken"),
        (b"<svg/>", "image/svg+xml", "file_type"),
        (b"<script>", "text/html", "file_type"),
        (b"<script>alert(1)</script>", "application/pdf", "file_type"),
        (b"MZ" + bytes(60), "application/pdf", "file_type"),
        (b"\x7fELF" + bytes(60), "audio/mpeg", "file_type"),
        (b"#!/bin/sh\n", "text/plain", "file_type"),
        (b"%PDF-1.4", "audio/ogg", "file_type"),
        (VOICE, "audio/mpeg", "file_type"),
        (zipped(), "application/pdf", "file_type"),
        (b"no archive", DOCX, "file_type"),
        (b"x", "", "file_type"),
    ],
    ids=named,
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_not_what_it_says_is_refused(tmp_path, content, mime, code):
    with pytest.raises(RuleBroken) as refused:
        evidence.keep(tmp_path, content, mime, 10**6 if code != "file_too_large" else MAX)
    assert refused.value.code == code
    assert not list(tmp_path.rglob("*"))


def test_the_same_file_kept_by_many_at_once_is_whole(tmp_path):
    content = bytes(200_000)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: evidence.keep(tmp_path, content, "text/plain", 10**6), range(40)))
    path = evidence.path_of(tmp_path, kept[0].sha256)
    assert path.read_bytes() == content
    assert len(list(path.parent.iterdir())) == 1


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        evidence.keep(tmp_path, b"isi", "text/plain", MAX)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


class Camera:
    """A desk, the simulator's phone, and the way between them."""

    def __init__(self, desk, simulator, receiver, mail):
        self.desk, self.simulator, self.receiver, self.mail = desk, simulator, receiver, mail
        self.wa = whatsapp.client(desk.settings, timeout=1)
        self.key = simulator.post("phones", name="Siti")["key"]

    def send(self, content: bytes, mime: str, kind: str = "image", **more) -> None:
        """The phone sends a file, and the drain takes it in."""
        data = base64.b64encode(content).decode()
        wamid = self.simulator.say(self.key, kind=kind, data=data, mime=mime, **more)
        raw = until(lambda: next((r for r in self.receiver.raw if wamid.encode() in r.replace(b"\\/", b"/")), None))
        self.mail.take(raw)

    def fetch(self) -> int:
        change(self.desk, "update media set next_at = created_at where state = 'waiting'")
        return media.fetch_waiting(self.desk, self.wa)

    def row(self) -> dict:
        return one(self.desk, "select * from media")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("camera")
    receiver = Receiver()
    simulator = Simulator(folder / "meta", receiver.url).start()
    with new_desk(folder / "data", WADUL_SIMULATOR_PORT=str(simulator.port)) as desk:
        desk.settings.config["media"]["max_bytes"] = MAX
        mail = Mailbox(desk)
        yield desk, simulator, receiver, mail
        mail.close()
    simulator.stop()
    receiver.close()


@pytest.fixture
def camera(parts):
    desk, simulator, _, _ = parts
    httpx.delete(f"{simulator.url}/api/faults").raise_for_status()
    empty(desk)
    return Camera(*parts)


@pytest.mark.parametrize(
    ("content", "mime", "kind"),
    [
        (picture(), "image/png", "image"),
        (VOICE, "audio/ogg; codecs=opus", "audio"),
        (WEBM, "audio/webm;codecs=opus", "audio"),
        (b"%PDF-1.4", "application/pdf", "document"),
    ],
    ids=named,
)
def test_a_file_is_fetched_by_its_id_and_belongs_to_the_case(camera, content, mime, kind):
    camera.send(content, mime, kind)
    assert camera.row()["state"] == "waiting"
    assert camera.fetch() == 1
    found = camera.row()
    assert (found["state"], found["mime"], found["size"]) == ("stored", mime.split(";")[0], len(content))
    assert evidence.path_of(camera.desk.settings.media, found["sha256"]).read_bytes() == content
    case = one(camera.desk, "select id, media_count from complaint")
    assert (found["complaint_id"], case["media_count"]) == (case["id"], 1)
    assert camera.fetch() == 0


@pytest.mark.parametrize(
    ("content", "mime", "problem"),
    [
        (picture("JPEG"), "image/png", "file_type"),
        (zipped(), "image/jpeg", "file_broken"),
        (bytes(MAX + 1), "image/png", "file_too_large"),
        (b"<svg/>", "image/svg+xml", "file_type"),
    ],
    ids=named,
)
def test_a_bad_file_is_refused_with_its_reason_and_not_fetched_again(camera, content, mime, problem):
    camera.send(content, mime)
    camera.fetch()
    assert (camera.row()["state"], camera.row()["problem"]) == ("refused", problem)
    assert camera.fetch() == 0


def test_no_more_of_a_file_is_read_than_is_kept():
    class Endless:
        def stream_media(self, url):
            while True:
                yield bytes(1000)

    with pytest.raises(RuleBroken, match="file_too_large"):
        media._bytes(Endless(), "", MAX)


def test_a_file_that_is_not_there_is_tried_again_and_then_missing(camera):
    camera.send(picture(), "image/png")
    camera.simulator.post("faults", kind="media_404", phone=camera.key)
    gaps = []
    while camera.row()["state"] == "waiting":
        before = now()
        assert camera.fetch() == 1
        gaps.append(camera.row()["next_at"] and (camera.row()["next_at"] - before).total_seconds())
    assert camera.row()["state"] == "missing"
    assert gaps[-1] is None
    assert gaps[:-1] == sorted(gaps[:-1])
    assert len(gaps) == 6


def test_an_id_that_meta_does_not_know_ends_as_missing(camera):
    camera.mail.take(body(message(type="image", image={"id": "4711", "mime_type": "image/png"})))
    for _ in range(6):
        camera.fetch()
    assert camera.row()["state"] == "missing"


def test_a_file_that_comes_after_all_is_kept(camera):
    camera.send(picture(), "image/png")
    camera.simulator.post("faults", kind="media_404", phone=camera.key, times=2)
    for _ in range(3):
        camera.fetch()
    assert (camera.row()["state"], camera.row()["problem"], camera.row()["attempts"]) == ("stored", None, 3)


def test_as_long_as_meta_keeps_it_a_lost_connection_makes_no_file_missing(camera):
    camera.send(picture(), "image/png")
    good, camera.wa = camera.wa, whatsapp.client(camera.desk.settings, timeout=0.05)
    camera.simulator.post("faults", kind="media_slow", phone=camera.key, seconds=0.3)
    for _ in range(8):
        camera.fetch()
    assert (camera.row()["state"], camera.row()["attempts"]) == ("waiting", 8)
    httpx.delete(f"{camera.simulator.url}/api/faults")
    camera.wa = good
    camera.fetch()
    assert camera.row()["state"] == "stored"
    change(camera.desk, "update media set state = 'waiting', created_at = created_at - interval 7 day")
    camera.simulator.post("faults", kind="media_slow", phone=camera.key, seconds=3, times=1)
    camera.fetch()
    assert camera.row()["state"] == "missing"


def test_one_file_that_breaks_the_program_holds_up_no_other(camera, monkeypatch):
    camera.send(picture(), "image/png")
    camera.send(picture("JPEG"), "image/jpeg")
    keep = evidence.keep

    def broken(folder, content, mime, *rest):
        if mime == "image/png":
            raise AttributeError("a slip")
        return keep(folder, content, mime, *rest)

    monkeypatch.setattr(evidence, "keep", broken)
    camera.fetch()
    states = {row["mime"]: row["state"] for row in ask(camera.desk, "select mime, state from media")}
    assert states == {"image/png": "waiting", "image/jpeg": "stored"}


def test_killed_between_file_and_row_it_is_fetched_again(camera, monkeypatch):
    camera.send(picture(), "image/png")
    with monkeypatch.context() as patch:
        patch.setattr(evidence, "media_stored", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            camera.fetch()
    assert camera.row()["state"] == "waiting"
    camera.fetch()
    assert camera.row()["state"] == "stored"


@pytest.fixture
def stranger():
    """Somebody else's server, which notes who comes."""
    visits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.headers.get("Authorization"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", visits
    server.shutdown()
    server.server_close()


def test_an_address_in_a_webhook_is_never_visited(camera, stranger):
    """The token would go along."""
    url, visits = stranger
    parts = {"mime_type": "image/png", "url": url, "link": url}
    camera.mail.take(
        body(message(type="image", image=parts | {"id": "4711"}), message(type="image", image=parts)),
        body(message(type="document", document=parts | {"id": url})),
    )
    for _ in range(7):
        camera.fetch()
    assert visits == []
    assert {row["state"] for row in ask(camera.desk, "select state from media")} == {"missing"}


def test_a_file_waits_for_its_next_try(camera):
    camera.send(picture(), "image/png")
    camera.simulator.post("faults", kind="media_404", phone=camera.key, times=1)
    camera.fetch()
    assert media.fetch_waiting(camera.desk, camera.wa) == 0
    assert camera.row()["next_at"] > now() + timedelta(seconds=2)
