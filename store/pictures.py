"""Photos: where they say they were taken, and copies of them that say nothing but the picture.

The file as it was received is evidence and stays as it is; only copies leave, turned the right way up and without what
a camera writes beside the picture (place, time, device).
"""

import io
import threading
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageOps

from .rules.point import Point

# Longer sides are made smaller: a screen shows no more, and the largest photo must not fill the memory.
LARGE, SMALL = 4096, 520
# Meta takes photos of JPEG and PNG up to 5 MiB.
SENT_BYTES = 5 * 1024 * 1024
_QUALITY = 88
_GPS = 0x8825
# Two photos at once, however many a page shows.
_turns = threading.BoundedSemaphore(2)


class NoPicture(Exception):
    """The content cannot be read as a photo."""


def taken_at(content: bytes) -> Point | None:
    """Where the photo says that it was taken; None where it says nothing, or nothing that can be."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            gps = image.getexif().get_ifd(_GPS)
            latitude = _degrees(gps[2], gps[1], "NS")
            longitude = _degrees(gps[4], gps[3], "EW")
    except Exception:
        # Whatever somebody's file holds: it must not stop the file from being kept.
        return None
    # Cameras that do not know write zeros.
    sensible = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0)
    return Point(round(latitude, 6), round(longitude, 6)) if sensible else None


def _degrees(parts: tuple, side: str | bytes, sides: str) -> float:
    side = (side.decode("ascii") if isinstance(side, bytes) else side).strip("\0 ").upper()
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if side not in tuple(sides):
        raise ValueError(side)
    return value if side == sides[0] else -value


def copy_of(path: Path, mime: str, small: bool = False) -> tuple[bytes, str]:
    """The photo without what its camera wrote beside it, and the type that it has now.

    :param small: for a list; else as large as a screen shows
    :raises NoPicture: it cannot be read
    """
    return _small(path, mime) if small else _copied(path, mime, LARGE)


@lru_cache(maxsize=256)
def _small(path: Path, mime: str) -> tuple[bytes, str]:
    return _copied(path, mime, SMALL)


def to_send(path: Path, mime: str) -> tuple[bytes, str]:
    """The copy that may go out by WhatsApp: JPEG or PNG, small enough for Meta.

    :raises NoPicture: it cannot be read, or cannot be made small enough
    """
    for longest in (LARGE, 2560, 1600):
        content, now_mime = _copied(path, "image/jpeg" if mime == "image/webp" else mime, longest)
        if len(content) <= SENT_BYTES:
            return content, now_mime
    content, now_mime = _copied(path, "image/jpeg", 1600)
    if len(content) > SENT_BYTES:
        raise NoPicture(path.name)
    return content, now_mime


def _copied(path: Path, mime: str, longest: int) -> tuple[bytes, str]:
    content = path.read_bytes()
    try:
        with _turns, Image.open(io.BytesIO(content)) as image:
            # Of a JPEG only as much is unpacked as is needed.
            image.draft("RGB", (longest, longest))
            return _written(image, mime, longest), mime
    except Exception as error:
        # Half a photo is shown as half a photo.
        if mime == "image/jpeg" and content.startswith(b"\xff\xd8"):
            return without_notes(content), mime
        raise NoPicture(path.name) from error


def _written(image: Image.Image, mime: str, longest: int) -> bytes:
    profile = image.info.get("icc_profile")
    if "transparency" in image.info or image.mode in ("P", "PA", "LA"):
        image = image.convert("RGBA")
    image = ImageOps.exif_transpose(image)
    image.thumbnail((longest, longest))
    if mime == "image/jpeg" and image.mode not in ("RGB", "L"):
        image = _on_white(image) if image.mode == "RGBA" else image.convert("RGB")
    elif image.mode not in ("RGB", "L", "RGBA"):
        image = image.convert("RGB")
    # Comments and the like would be written along.
    image.info = {}
    kind = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}[mime]
    out = io.BytesIO()
    more = {} if kind == "PNG" else {"quality": _QUALITY}
    image.save(out, kind, **more, **({"icc_profile": profile} if profile else {}))
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def without_notes(content: bytes) -> bytes:
    """A JPEG without its notes (EXIF, XMP, comments), its picture untouched; for those that cannot be unpacked."""
    kept, position = bytearray(content[:2]), 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xDA:
            # Behind the end a second picture may stand, with notes of its own.
            end = content.find(b"\xff\xd9", position)
            return bytes(kept + content[position : end + 2 if end > 0 else None])
        end = position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if _is_needed(marker, content[position + 4 : position + 15]):
            kept += content[position:end]
        position = end
    return bytes(kept)


def _is_needed(marker: int, start: bytes) -> bool:
    """Whether a reader of a JPEG needs this part: no notes but JFIF, the colours' profile and their transform."""
    if marker == 0xE2:
        return start.startswith(b"ICC_PROFILE")
    return marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE)
