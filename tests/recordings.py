"""Files as telephones make them: a voice message that a browser can play, a photo with what its camera noted."""

import io
import struct

from PIL import Image

# Where the photo says that it was taken, and how far its notes can be from that.
PLACE = (-6.8886, 109.6753)
UPPER, LOWER = (250, 210, 40), (60, 90, 150)


def voice(seconds: int) -> bytes:
    """Silence as Ogg Opus, which is what WhatsApp records."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"test" + struct.pack("<I", 0)
    content = _page(2, 0, 0, [head]) + _page(0, 0, 1, [tags])
    frames, done = seconds * 50, 0
    for sequence in range(2, frames):
        count = min(50, frames - done)
        done += count
        content += _page(4 if done == frames else 0, done * 960, sequence, [b"\xf8\xff\xfe"] * count)
        if done == frames:
            break
    return content


def photo(turned: bool = True, place: tuple[float, float] | None = PLACE) -> bytes:
    """A photo 300 wide and 400 high, yellow above and blue below; stored lying on its side when `turned`."""
    upright = Image.new("RGB", (300, 400), LOWER)
    upright.paste(UPPER, (0, 0, 300, 200))
    notes = Image.Exif()
    if turned:
        notes[0x0112] = 6
    notes[0x010F] = "Kamera Siti"
    if place:
        notes[0x8825] = {1: "S", 2: _degrees(place[0]), 3: "E", 4: _degrees(place[1])}
    content = io.BytesIO()
    stored = upright.transpose(Image.Transpose.ROTATE_90) if turned else upright
    stored.save(content, "JPEG", exif=notes, quality=95)
    return content.getvalue()


def says_nothing(content: bytes) -> bool:
    """Whether a photo holds the picture and none of its camera's notes."""
    with Image.open(io.BytesIO(content)) as image:
        return not dict(image.getexif()) and b"Kamera" not in content and b"Exif" not in content


def is_upright(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as image:
        upper, lower = (image.convert("RGB").getpixel((image.width // 2, image.height * n // 4)) for n in (1, 3))
    return image.height > image.width and _near(upper, UPPER) and _near(lower, LOWER)


def _near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(one, other, strict=True))


def _degrees(value: float) -> tuple[int, int, float]:
    value = abs(value)
    return int(value), int(value * 60 % 60), round(value * 3600 % 60, 3)


def _page(kind: int, position: int, sequence: int, packets: list[bytes]) -> bytes:
    sizes = b"".join(bytes([255] * (len(p) // 255) + [len(p) % 255]) for p in packets)
    head = b"OggS" + bytes([0, kind]) + struct.pack("<qIII", position, 1, sequence, 0) + bytes([len(sizes)]) + sizes
    content = b"".join(packets)
    return head[:22] + struct.pack("<I", _sum(head + content)) + head[26:] + content


def _sum(content: bytes) -> int:
    found = 0
    for byte in content:
        found ^= byte << 24
        for _ in range(8):
            found = ((found << 1) ^ 0x04C11DB7) & 0xFFFFFFFF if found & 0x80000000 else (found << 1) & 0xFFFFFFFF
    return found
