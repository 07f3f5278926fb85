"""The demo's pictures, drawn here: flat landscapes and charts that nobody could take for photographs. All ours."""

import io
import math
import random
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageDraw

SIZE = WIDTH, HEIGHT = 1440, 960  # pixels

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw


def upload(name: str) -> SimpleUploadedFile:
    """The picture ``name`` (a key of ``PICTURES``) as if somebody had sent it: a JPEG, the same bytes every time."""
    image = PICTURES[name]()
    file = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Artist], exif[ExifTags.Base.Copyright] = "The Maidan (drawing)", "The Maidan, CC0"
    image.save(file, "JPEG", quality=88, exif=exif)
    return SimpleUploadedFile(f"{name}.jpg", file.getvalue(), "image/jpeg")


def hills(sky: tuple[Colour, Colour], ridges: list[Colour], seed: int) -> Image.Image:
    """Ridge behind ridge under an evening sky."""
    image = _gradient(*sky)
    draw, dice = ImageDraw.Draw(image), random.Random(seed)
    sun = dice.randint(300, WIDTH - 300), 300 + dice.randint(0, 120)
    _disc(draw, sun, 85, (255, 240, 205))
    for number, colour in enumerate(ridges):
        base, phase = 430 + number * 520 // len(ridges), dice.uniform(0, 9)
        waves = [(dice.uniform(20, 70), dice.uniform(0.002, 0.009)) for _ in range(3)]
        heights = [
            (x, base + sum(high * math.sin(x * often + phase * high) for high, often in waves))
            for x in range(0, WIDTH + 12, 12)
        ]
        draw.polygon([*heights, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)
    return image


def bus() -> Image.Image:
    """A bus full of books in front of hills."""
    image = hills(((246, 214, 160), (252, 238, 214)), [(196, 168, 128), (174, 140, 98), (146, 112, 76)], 3)
    draw, dice = ImageDraw.Draw(image), random.Random(5)
    draw.rectangle((0, 800, WIDTH, HEIGHT), fill=(92, 84, 76))
    draw.rounded_rectangle((300, 420, 1160, 780), 46, fill=(52, 122, 84))
    draw.rectangle((300, 690, 1160, 716), fill=(60, 52, 44))
    for left in range(350, 1010, 165):
        draw.rounded_rectangle((left, 470, left + 140, 650), 12, fill=(70, 60, 54))
        at = left + 8
        while at < left + 122:
            wide, high = dice.randint(9, 20), dice.randint(90, 150)
            draw.rectangle((at, 642 - high, at + wide, 642), fill=dice.choice(SPINES))
            at += wide + 2
    draw.rounded_rectangle((1020, 470, 1130, 650), 12, fill=(206, 226, 232))
    for x in (470, 980):
        _disc(draw, (x, 785), 74, (38, 34, 32))
        _disc(draw, (x, 785), 30, (190, 184, 174))
    return image


def market() -> Image.Image:
    """Awnings over crates in the evening."""
    image = _gradient((44, 40, 74), (196, 112, 92))
    draw, dice = ImageDraw.Draw(image), random.Random(11)
    for number in range(4):
        left, colour = 40 + number * 350, SPINES[number]
        for stripe in range(8):
            fill = colour if stripe % 2 else (246, 238, 222)
            x = left + stripe * 40
            draw.polygon([(x + 14, 350), (x + 54, 350), (x + 40, 480), (x, 480)], fill=fill)
        draw.rectangle((left + 6, 480, left + 16, 860), fill=(70, 54, 44))
        draw.rectangle((left + 304, 480, left + 314, 860), fill=(70, 54, 44))
        draw.rectangle((left, 700, left + 320, 860), fill=(122, 86, 56))
        for _fruit in range(90):
            at = left + dice.randint(14, 306), 700 - dice.randint(-4, 46)
            _disc(draw, at, dice.randint(13, 19), dice.choice([(206, 54, 42), (226, 96, 48), (128, 152, 62)]))
        _disc(draw, (left + 160, 545), 16, (255, 232, 160))
    draw.rectangle((0, 860, WIDTH, HEIGHT), fill=(48, 42, 44))
    return image


def roofs() -> Image.Image:
    """Flat roofs with panels at noon."""
    image = _gradient((116, 178, 214), (232, 238, 232))
    draw, dice = ImageDraw.Draw(image), random.Random(7)
    _disc(draw, (1180, 190), 78, (255, 244, 190))
    for row in range(4):
        for x in range(-60, WIDTH, 300):
            left, top = x + row * 70 % 300 + dice.randint(-20, 20), 380 + row * 140 + dice.randint(-16, 16)
            shade = 226 - row * 16 - dice.randint(0, 12)
            draw.rectangle((left, top, left + 270, HEIGHT), fill=(shade, shade - 18, shade - 44))
            draw.rectangle((left, top, left + 270, top + 14), fill=(shade - 40, shade - 56, shade - 76))
            for panel in range(3):
                at = left + 26 + panel * 76
                draw.polygon([(at, top), (at + 60, top), (at + 74, top - 56), (at + 14, top - 56)], fill=(34, 62, 116))
                draw.line([(at + 30, top), (at + 44, top - 56)], fill=(120, 150, 196), width=3)
    return image


def river_chart() -> Image.Image:
    """A river's level through a year, as bars with a line."""
    image = Image.new("RGB", SIZE, (247, 243, 234))
    draw = ImageDraw.Draw(image)
    for y in range(160, 860, 140):
        draw.line([(110, y), (1350, y)], fill=(214, 206, 192), width=3)
    levels = [0.36, 0.44, 0.62, 0.86, 0.95, 0.74, 0.5, 0.34, 0.26, 0.22, 0.25, 0.31]
    points = []
    for month, level in enumerate(levels):
        left, top = 130 + month * 101, 860 - level * 640
        draw.rectangle((left, top, left + 72, 860), fill=(66, 122, 150) if level < 0.8 else (24, 72, 104))
        points.append((left + 36, top - 46 + 30 * math.sin(month)))
    draw.line(points, fill=(168, 44, 48), width=9, joint="curve")
    for point in points:
        _disc(draw, point, 13, (168, 44, 48))
    draw.line([(110, 862), (1350, 862)], fill=(60, 54, 48), width=6)
    return image


def walls() -> Image.Image:
    """A city wall of dark stones with a gate."""
    image = _gradient((238, 186, 138), (250, 232, 206))
    draw, dice = ImageDraw.Draw(image), random.Random(21)
    for row in range(11):
        for column in range(-1, 17):
            left, top, grey = column * 90 + row % 2 * 45, 350 + row * 56, dice.randint(52, 82)
            draw.rectangle((left, top, left + 86, top + 52), fill=(grey, grey - 4, grey - 6))
    for column in range(0, 15, 2):
        draw.rectangle((column * 100, 270, column * 100 + 96, 350), fill=(62, 58, 56))
    draw.pieslice((560, 480, 880, 800), 180, 360, fill=(250, 226, 186))
    draw.rectangle((560, 640, 880, HEIGHT), fill=(250, 226, 186))
    draw.polygon([(560, HEIGHT), (880, HEIGHT), (770, 720), (670, 720)], fill=(206, 168, 120))
    return image


def chess() -> Image.Image:
    """A chessboard from above, and two glasses of tea."""
    image = Image.new("RGB", SIZE, (112, 70, 46))
    draw, dice = ImageDraw.Draw(image), random.Random(2)
    for row in range(8):
        for column in range(8):
            left, top = 320 + column * 100, 80 + row * 100
            light = (row + column) % 2 == 0
            draw.rectangle((left, top, left + 99, top + 99), fill=(236, 212, 170) if light else (146, 94, 58))
            if dice.random() < 0.3:
                _disc(draw, (left + 50, top + 50), 32, (250, 246, 236) if row > 3 else (34, 28, 26))
                _disc(draw, (left + 50, top + 50), 15, (220, 210, 190) if row > 3 else (80, 68, 62))
    for at in ((160, 700), (1280, 240)):
        _disc(draw, at, 104, (238, 232, 222))
        _disc(draw, at, 66, (250, 248, 244))
        _disc(draw, at, 58, (176, 66, 24))
    return image


def mountains() -> Image.Image:
    return hills(((58, 86, 128), (226, 178, 150)), [(120, 126, 150), (92, 98, 122), (66, 72, 92), (42, 46, 60)], 17)


def river() -> Image.Image:
    """A river through a plain."""
    image = hills(((188, 210, 220), (244, 234, 214)), [(176, 166, 132), (150, 148, 104)], 29)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 690, WIDTH, HEIGHT), fill=(142, 140, 92))
    course = [(700 + 190 * math.sin(y / 92) * (y - 640) / 320, y) for y in range(690, HEIGHT + 8, 8)]
    for (x, y), (x2, y2) in zip(course, course[1:], strict=False):
        wide, wide2 = (y - 660) * 0.9, (y2 - 660) * 0.9
        draw.polygon([(x - wide, y), (x + wide, y), (x2 + wide2, y2), (x2 - wide2, y2)], fill=(92, 138, 158))
    return image


SPINES: list[Colour] = [(162, 44, 52), (38, 92, 112), (94, 116, 60), (196, 128, 44), (98, 66, 112)]
PICTURES: dict[str, Callable[[], Image.Image]] = {
    "library-bus": bus,
    "evening-market": market,
    "rooftop-solar": roofs,
    "river-chart": river_chart,
    "city-walls": walls,
    "chess": chess,
    "mountains": mountains,
    "river": river,
}


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize(SIZE)
    return Image.composite(Image.new("RGB", SIZE, bottom), Image.new("RGB", SIZE, top), mask)


def _disc(draw: Draw, at: tuple[float, float], radius: float, fill: Colour) -> None:
    x, y = at
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
