"""Small drawn pictures that stand in for photos: a few dozen, shared by many complaints through their hash."""

import io
import math
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from .. import evidence

SIZE = (480, 360)
BEFORE, AFTER = 3, 2
_ROAD, _GRASS, _WALL = (96, 96, 98), (96, 128, 72), (196, 178, 150)


def draw_all(folder: Path, seed: int, max_bytes: int) -> dict[tuple[str, bool], list[evidence.File]]:
    """Draw and keep every picture; by scene and whether it shows the place after the work."""
    kept: dict[tuple[str, bool], list[evidence.File]] = {}
    for scene in (*_DRAWN, "paper"):
        for after in (False, True):
            for nth in range(AFTER if after else BEFORE):
                content = _draw(scene, after, random.Random(f"{seed}/{scene}/{after}/{nth}"))  # noqa: S311
                kept.setdefault((scene, after), []).append(evidence.keep(folder, content, "image/jpeg", max_bytes))
    return kept


def _draw(scene: str, after: bool, rng: random.Random) -> bytes:
    night = scene == "lamp"
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    if scene == "paper":
        _paper(draw, rng)
    else:
        horizon = rng.randrange(120, 170)
        _backdrop(draw, rng, horizon, night)
        _DRAWN[scene](draw, rng, horizon, after)
    image = image.filter(ImageFilter.BoxBlur(1))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=78)
    return out.getvalue()


def _backdrop(draw, rng, horizon, night) -> None:
    sky = (18, 20, 38) if night else rng.choice(((168, 196, 222), (186, 190, 196), (150, 178, 205)))
    for y in range(horizon):
        shade = y / horizon * (18 if night else 40)
        draw.line((0, y, 480, y), tuple(int(c + shade) for c in sky))
    dim = 0.3 if night else 1
    draw.rectangle((0, horizon, 480, 360), tuple(int(c * dim) for c in _GRASS))
    x = -20
    while x < 480:
        width, height = rng.randrange(60, 120), rng.randrange(40, 90)
        wall = tuple(int((c + rng.randrange(-25, 25)) * dim) for c in _WALL)
        draw.rectangle((x, horizon - height, x + width, horizon + 6), wall)
        roof = tuple(int(c * dim) for c in (150, 78, 52))
        top = horizon - height
        draw.polygon(((x - 8, top), (x + width + 8, top), (x + width // 2, top - 28)), roof)
        for window in range(x + 12, x + width - 16, 30):
            draw.rectangle((window, horizon - height + 16, window + 14, horizon - height + 34), (60, 66, 74))
        x += width + rng.randrange(4, 24)
    colour = tuple(int(c * dim) for c in _ROAD)
    draw.polygon(((200, horizon), (290, horizon), (470, 360), (20, 360)), colour)


def _blob(draw, rng, x, y, rx, ry, fill) -> None:
    points = []
    for nth in range(14):
        corner = nth / 14 * math.tau
        reach = rng.uniform(0.75, 1.1)
        points.append((x + rx * reach * math.cos(corner), y + ry * reach * math.sin(corner)))
    draw.polygon(points, fill)


def _road(draw, rng, horizon, after) -> None:
    for _ in range(rng.randrange(2, 5)):
        x, y = rng.randrange(150, 330), rng.randrange(horizon + 50, 330)
        size = (y - horizon) / 5
        if after:
            draw.rectangle((x - size * 1.5, y - size / 2, x + size * 1.5, y + size / 2), (52, 52, 54))
        else:
            _blob(draw, rng, x, y, size * 1.8, size * 0.7, (62, 52, 42))
            _blob(draw, rng, x, y, size * 1.2, size * 0.4, (110, 100, 84))


def _drain(draw, rng, horizon, after) -> None:
    water = (86, 110, 118) if after else (44, 42, 34)
    draw.polygon(((300, horizon), (330, horizon), (480, 330), (380, 360)), (150, 148, 142))
    draw.polygon(((308, horizon), (324, horizon), (460, 340), (398, 360)), water)
    for _ in range(0 if after else 26):
        x, y = rng.randrange(330, 440), rng.randrange(horizon + 60, 350)
        draw.rectangle(
            (x, y, x + rng.randrange(4, 14), y + rng.randrange(3, 9)),
            rng.choice(((220, 220, 215), (190, 60, 50), (60, 120, 70), (230, 190, 60))),
        )


def _flood(draw, rng, horizon, after) -> None:
    level = 320 if after else horizon + rng.randrange(8, 40)
    for y in range(level, 360):
        draw.line((0, y, 480, y), (118 + y % 7, 108 + y % 5, 84))
    for _ in range(40):
        x, y = rng.randrange(0, 470), rng.randrange(level, 358)
        draw.line((x, y, x + rng.randrange(10, 40), y), (170, 164, 146))


def _lamp(draw, rng, horizon, after) -> None:
    for x, top in ((120, 30), (350, 60)):
        draw.line((x, top, x, horizon + 120), (70, 70, 74), 6)
        draw.line((x, top, x + 40, top - 6), (70, 70, 74), 5)
        if after:
            for radius in range(60, 6, -6):
                glow = 40 + (60 - radius) * 3
                draw.ellipse(
                    (x + 38 - radius, top - radius, x + 38 + radius, top + radius),
                    (min(255, glow + 60), min(255, glow + 40), glow // 2),
                )
        else:
            draw.ellipse((x + 28, top - 10, x + 50, top + 4), (40, 40, 44))


def _trash(draw, rng, horizon, after) -> None:
    draw.rectangle((290, horizon + 20, 430, horizon + 90), (54, 110, 74))
    for _ in range(6 if after else 240):
        x = int(rng.gauss(310, 70))
        y = int(horizon + 110 + abs(rng.gauss(0, 34)))
        colour = rng.choice(
            ((235, 235, 230), (30, 30, 34), (200, 60, 60), (60, 90, 180), (220, 190, 70), (120, 90, 60))
        )
        _blob(draw, rng, x, y, rng.randrange(4, 16), rng.randrange(3, 11), colour)


def _tree(draw, rng, horizon, after) -> None:
    lean = 10 if after else rng.randrange(70, 150)
    draw.polygon(((90, 320), (120, 320), (116 + lean, 90), (100 + lean, 90)), (92, 66, 44))
    crown = 26 if after else 70
    for _ in range(18 if after else 46):
        x, y = rng.gauss(108 + lean, crown), rng.gauss(80, crown * 0.5)
        _blob(draw, rng, x, y, 26, 20, (rng.randrange(40, 80), rng.randrange(95, 140), 50))


def _river(draw, rng, horizon, after) -> None:
    colour = (104, 116, 92) if after else rng.choice(((126, 34, 40), (62, 38, 84), (28, 30, 34), (30, 84, 66)))
    draw.polygon(((180, horizon), (300, horizon), (480, 340), (480, 360), (0, 360), (0, 330)), colour)
    for _ in range(50):
        x, y = rng.randrange(10, 460), rng.randrange(horizon + 70, 356)
        draw.line((x, y, x + rng.randrange(8, 34), y), tuple(min(255, c + 26) for c in colour), 2)


def _smoke(draw, rng, horizon, after) -> None:
    draw.rectangle((330, 30, 356, horizon + 10), (140, 110, 100))
    for nth in range(6 if after else 34):
        shade = 190 if after else rng.randrange(40, 90)
        _blob(draw, rng, 342 - nth * 8, 34 - nth % 5 * 6, 14 + nth, 10 + nth // 2, (shade, shade, shade))


def _traffic(draw, rng, horizon, after) -> None:
    for _ in range(3 if after else 11):
        y = rng.randrange(horizon + 20, 320)
        size, x = (y - horizon) / 3 + 12, rng.randrange(60, 400)
        colour = rng.choice(((200, 40, 40), (230, 230, 230), (30, 30, 36), (60, 90, 150), (210, 180, 60)))
        draw.rounded_rectangle((x, y - size * 0.6, x + size * 1.7, y), 6, colour)
        draw.rectangle((x + size * 0.3, y - size * 0.95, x + size * 1.3, y - size * 0.55), colour)
        for wheel in (0.35, 1.3):
            draw.ellipse((x + size * wheel - 6, y - 6, x + size * wheel + 6, y + 6), (20, 20, 22))


def _market(draw, rng, horizon, after) -> None:
    for nth in range(3 if after else 6):
        x, y = 10 + nth * (150 if after else 76), horizon + rng.randrange(20, 60)
        colour = rng.choice(((200, 60, 50), (50, 100, 170), (230, 180, 60), (70, 140, 90)))
        draw.polygon(((x, y), (x + 74, y), (x + 84, y + 26), (x - 10, y + 26)), colour)
        draw.rectangle((x, y + 60, x + 74, y + 96), (150, 120, 90))
        for _ in range(14):
            _blob(
                draw,
                rng,
                x + rng.randrange(6, 68),
                y + 58,
                6,
                5,
                rng.choice(((210, 70, 50), (90, 150, 60), (230, 190, 80))),
            )


def _water(draw, rng, horizon, after) -> None:
    draw.rectangle((0, 0, 480, 360), (206, 212, 214))
    for x in range(0, 480, 60):
        draw.line((x, 0, x, 360), (186, 192, 196), 2)
        draw.line((0, x, 480, x), (186, 192, 196), 2)
    draw.rectangle((190, 40, 220, 120), (150, 152, 156))
    draw.rectangle((190, 100, 290, 124), (150, 152, 156))
    colour = (176, 208, 224) if after else rng.choice(((158, 124, 66), (120, 96, 60), (206, 212, 214)))
    draw.rectangle((268, 124, 284, 250), colour)
    draw.ellipse((170, 230, 380, 350), (70, 110, 170))
    draw.ellipse((182, 240, 368, 300), colour)


def _house(draw, rng, horizon, after) -> None:
    tilt = 0 if after else rng.randrange(18, 46)
    draw.polygon(
        ((120, 320), (380, 320), (380 - tilt, 150), (120 - tilt // 2, 160)),
        (176, 150, 116) if after else (132, 106, 80),
    )
    draw.polygon(
        ((96, 168), (404 - tilt, 150 + tilt), (250 - tilt, 70 + tilt)), (160, 82, 56) if after else (104, 74, 60)
    )
    draw.rectangle((220, 230, 270, 320), (70, 50, 40))
    for _ in range(0 if after else 9):
        x, y = rng.randrange(130, 350), rng.randrange(170, 300)
        draw.line((x, y, x + rng.randrange(-14, 14), y + rng.randrange(12, 34)), (50, 40, 34), 3)


def _paper(draw, rng) -> None:
    draw.rectangle((0, 0, 480, 360), (120, 92, 70))
    draw.polygon(((90, 20), (400, 30), (392, 350), (84, 344)), (240, 238, 230))
    draw.rectangle((110, 40, 380, 54), (90, 92, 100))
    for y in range(76, 320, 15):
        draw.line((112, y, 112 + rng.randrange(120, 258), y + 1), (150, 150, 154), 4)
    draw.ellipse((290, 262, 350, 322), outline=(90, 70, 170), width=4)


_DRAWN = {
    "road": _road,
    "drain": _drain,
    "flood": _flood,
    "lamp": _lamp,
    "trash": _trash,
    "tree": _tree,
    "river": _river,
    "smoke": _smoke,
    "traffic": _traffic,
    "market": _market,
    "water": _water,
    "house": _house,
}
