"""Files kept with a case: checked, stored once by content hash, described by a row in `media`."""

import contextlib
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from . import pictures
from .book import Book
from .db import insert
from .rules.case import Case
from .rules.errors import RuleBroken
from .rules.point import Point
from .rules.workflow import Actor

# What is kept, with the name's ending it is served under; everything else is refused, never guessed.
TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/wav": ".wav",
    "audio/webm": ".weba",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "text/plain": ".txt",
}
_MAX_PIXELS = 60_000_000
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
)
# Recorders of browsers and phones give these two each other's name.
_RECORDINGS = {"audio/webm", "audio/ogg"}
# Phones write two pictures into one JPEG; every reader shows the first.
_SAME = {"image/mpo": "image/jpeg"}


@dataclass(frozen=True)
class File:
    """A file that is kept: its hash names it in the media folder. Size in bytes; `place` is where a photo was taken."""

    sha256: str
    mime: str
    size: int
    filename: str | None = None
    place: Point | None = None


def keep(folder: Path, content: bytes, mime: str, max_bytes: int, filename: str | None = None) -> File:
    """Check a file and keep it by its hash.

    :param mime: what the sender says it is; the content must agree
    :raises RuleBroken: `file_empty`, `file_too_large`, `file_type` or `file_broken`
    """
    mime = mime.split(";")[0].strip().lower()
    if not content:
        raise RuleBroken("file_empty")
    if len(content) > max_bytes:
        raise RuleBroken("file_too_large", size=len(content), limit=max_bytes)
    if mime not in TYPES:
        raise RuleBroken("file_type", mime=mime)
    _check_content(content, mime)
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(folder, digest)
    if path.exists():
        # Fresh again: what is erased elsewhere at this moment must not take it away before it is noted here.
        path.touch()
    else:
        _write(path, content)
    place = pictures.taken_at(content) if mime.startswith("image/") else None
    return File(digest, mime, len(content), filename, place)


def _write(path: Path, content: bytes) -> None:
    """All of the file, durable, or nothing; two that keep the same file at once do not meet."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Made by mkstemp: readable by its owner only, and by a name nobody else has.
    handle, draft = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def path_of(folder: Path, sha256: str) -> Path:
    """Where a file of this hash lies."""
    return folder / sha256[:2] / sha256


def copy_to_send(folder: Path, file: File) -> tuple[bytes, str]:
    """What of a file may go out, and its type: of photos a copy that says nothing but the picture.

    :raises NoPicture: it is a photo that cannot be read
    :raises OSError: it is not there
    """
    path = path_of(folder, file.sha256)
    return pictures.to_send(path, file.mime) if file.mime.startswith("image/") else (path.read_bytes(), file.mime)


def attach(
    book: Book, case: Case, files: list[File] | tuple, actor: Actor, stage: str | None = None, source: str = "staff"
) -> list[int]:
    """Note files of staff with a case; their ids come back.

    :param stage: `before` or `after` the work, or nothing
    :param source: `sent` for what goes to the reporter, which is no evidence of the work
    """
    ids = [book.new_id("media_id") for _ in files]
    insert(
        book.cursor,
        "media",
        [
            {
                "id": media_id,
                "complaint_id": case.id,
                "contact_id": None,
                "source": source,
                "mime": file.mime,
                "filename": file.filename,
                "sha256": file.sha256,
                "size": file.size,
                "state": "stored",
                "created_at": book.now,
                "created_by": actor.username,
                "stage": stage,
                **_place(file),
            }
            for media_id, file in zip(ids, files, strict=True)
        ],
    )
    return ids


def _place(file: File) -> dict[str, float | None]:
    place = file.place
    return {"latitude": place.latitude if place else None, "longitude": place.longitude if place else None}


def of_staff(cursor, complaint_id: int, since: datetime) -> bool:
    """Whether staff have added a picture to this case since then; one from before the work shows no result."""
    found = cursor.execute(
        """
        select 1 from media
        where complaint_id = ? and source = 'staff' and starts_with(mime, 'image/') and stage is distinct from 'before'
            and created_at >= ?
        limit 1
        """,
        [complaint_id, since],
    ).fetchone()
    return found is not None


@dataclass(frozen=True)
class Waiting:
    """A file still to be fetched; `attempts` so far, `mime` as the message named it."""

    id: int
    whatsapp_id: str
    mime: str | None
    filename: str | None
    attempts: int
    created_at: datetime


def waiting_media(cursor, now: datetime, limit: int) -> list[Waiting]:
    """What is to be fetched now, the longest due first."""
    found = cursor.execute(
        """
        select id, whatsapp_id, mime, filename, attempts, created_at from media
        where state = 'waiting' and next_at <= ? order by next_at, id limit ?
        """,
        [now, limit],
    )
    return [Waiting(*row) for row in found.fetchall()]


def media_stored(cursor, media_id: int, file: File) -> None:
    cursor.execute(
        """
        update media set state = 'stored', mime = ?, sha256 = ?, size = ?, latitude = ?, longitude = ?, problem = null,
            attempts = attempts + 1
        where id = ?
        """,
        [file.mime, file.sha256, file.size, *_place(file).values(), media_id],
    )


def media_failed(cursor, media_id: int, problem: str, next_at: datetime | None) -> None:
    """Note a failed fetch; with no further time it is shown as missing (or refused, where the file itself is bad)."""
    state = "waiting" if next_at else ("refused" if problem.startswith("file_") else "missing")
    cursor.execute(
        "update media set state = ?, problem = ?, next_at = ?, attempts = attempts + 1 where id = ?",
        [state, problem, next_at, media_id],
    )


def _check_content(content: bytes, mime: str) -> None:
    if mime.startswith("image/"):
        _check_image(content, mime)
        return
    for start, known in _SIGNATURES:
        if content.startswith(start) and known != mime and not {known, mime} <= _RECORDINGS:
            raise RuleBroken("file_type", mime=known)
    # Anything else under this name may run script in the program that opens it.
    if mime == "application/pdf" and b"%PDF-" not in content[:1024]:
        raise RuleBroken("file_type", mime="?")
    zipped = content.startswith(b"PK")
    if zipped != ("openxmlformats" in mime) or content.startswith((b"MZ", b"\x7fELF", b"#!/")):
        raise RuleBroken("file_type", mime=mime)


def _check_image(content: bytes, mime: str) -> None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            found = Image.MIME.get(image.format or "")
            found = _SAME.get(found, found)
            if image.width * image.height > _MAX_PIXELS:
                raise RuleBroken("file_broken")
            image.verify()
    except RuleBroken:
        raise
    except Exception as error:
        raise RuleBroken("file_broken") from error
    if found != mime:
        raise RuleBroken("file_type", mime=found or "?")
