"""Pillow at work on files from outside: which are refused, and how pixels become files for readers. No database.

A file is judged by its bytes, never by its name. What comes out of ``opened`` is a bare RGB image in sRGB, rebuilt from
pixels and turned upright: no EXIF, XMP, IPTC, ICC profile, comment or thumbnail can be left in what is made of it.
"""

import io
import re
import struct
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from articles import photo_words
from articles.photo_words import Words

MAX_BYTES = 30 * 1024 * 1024
# Pixels, so that decoding stays under 256 MB of memory (docs/photos.md has the figures). A JPEG is decoded at a
# fraction of its size; the others need 4 to 17 bytes for every pixel.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 10_000_000, "AVIF": 12_000_000}
MAX_PROGRESSIVE_PIXELS = 24_000_000  # libjpeg keeps all coefficients of a progressive one
MAX_DEEP_PIXELS = 16_000_000  # with transparency or 16 bits a copy is needed
MAX_SCANS = 40  # cameras and editors write about ten
MAX_RATIO = 20  # of the longer side to the shorter
WIDEST, TALLEST_CARD = 1920, 640  # pixels: nothing larger is made for readers
FORMATS = tuple(MAX_PIXELS)
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}

# EXIF's orientation (tag 0x0112), and what brings the picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ON_ITS_SIDE = {TURNS[number] for number in (5, 6, 7, 8)}

# What Pillow raises on broken files: it has no one exception for them (measured over its own test images).
BROKEN = (
    OSError, ValueError, SyntaxError, NotImplementedError, EOFError, TypeError, KeyError, IndexError, AttributeError,
    OverflowError, ZeroDivisionError, struct.error, MemoryError, RuntimeError,
)  # fmt: skip
# Text that makes a browser or a server see something else in a file than a picture.
FOREIGN_TEXT = re.compile(rb"<(?:script|html|!doctype\s+html|iframe|body|svg)[\s>/]|<\?php|%PDF-1", re.IGNORECASE)
_one_at_a_time = threading.Lock()


class Refused(Exception):
    """Why a file does not become a photo; its text is for the person who sent it."""


@dataclass
class Picture:
    """A photo taken in: ``image`` bare and at most as large as readers need, ``width`` × ``height`` of the original."""

    image: Image.Image
    format: str
    width: int
    height: int
    words: Words


def opened(content: bytes) -> Picture:
    """The picture in ``content``, the whole bytes of a file. Raises Refused. One at a time in a process."""
    if len(content) > MAX_BYTES:
        refuse_size()
    if not content:
        raise Refused(_("The file is empty."))
    with _one_at_a_time, _as_refusal():
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        format = "JPEG" if image.format == "MPO" else image.format  # MPO: a JPEG with more pictures behind it
        _check(image, format, content)
        words = photo_words.read(image)
        turn = TURNS.get(image.getexif().get(0x0112))
        width, height = reversed(image.size) if turn in ON_ITS_SIDE else image.size
        return Picture(_bare(image, turn), format, width, height, words)


def refuse_size() -> NoReturn:
    """Raise Refused for a file of too many bytes."""
    raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})


@contextmanager
def _as_refusal() -> Iterator[None]:
    """Turn what Pillow raises into Refused, and its warning about size into an error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_too_many_pixels(max(MAX_PIXELS.values()))) from error
    except UnidentifiedImageError as error:
        raise Refused(_("This is no JPEG, PNG, WebP or AVIF picture, whatever its name, or it is broken.")) from error
    except BROKEN as error:
        raise Refused(_("The picture is broken or incomplete. Save it again in a photo program.")) from error


def _check(image: Image.Image, format: str, content: bytes) -> None:
    """Refuse before a single pixel is decoded: the header says the size."""
    limit = _limit(image, format)
    width, height = image.size
    if width * height > limit:
        raise Refused(_too_many_pixels(limit))
    if max(width, height) > MAX_RATIO * min(width, height):
        raise Refused(_("The picture is too narrow to be a photo."))
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Refused(_("The picture moves. Only still pictures are taken."))
    if format == "JPEG" and content.count(b"\xff\xda") > MAX_SCANS:
        raise Refused(_("The picture is made of too many layers. Save it again in a photo program."))
    if not _is_complete(format, content):
        raise Refused(_("The picture is broken or incomplete. Save it again in a photo program."))
    if FOREIGN_TEXT.search(content) or zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused(
            _("The file is a picture and something else at once (a page, a program or an archive). "
              "Save it again in a photo program.")
        )  # fmt: skip


def _limit(image: Image.Image, format: str) -> int:
    """How many pixels ``image`` may have."""
    if format == "JPEG" and image.info.get("progressive"):
        return MAX_PROGRESSIVE_PIXELS
    if format == "PNG" and image.mode not in ("L", "P", "RGB", "1"):
        return MAX_DEEP_PIXELS
    return MAX_PIXELS[format]


def _too_many_pixels(limit: int) -> str:
    return _("The picture has more than %(limit)s million pixels. Make it smaller first.") % {
        "limit": limit // 1_000_000
    }


def _is_complete(format: str, content: bytes) -> bool:
    """Whether the file holds its format's own end. Pillow forgives some that do not."""
    if format == "JPEG":
        return b"\xff\xd9" in content[content.rfind(b"\xff\xda") :]
    if format == "PNG":
        return b"IEND\xaeB`\x82" in content
    if format == "WEBP":
        return int.from_bytes(content[4:8], "little") + 8 <= len(content)
    return True  # the AVIF decoder reads every box


def _bare(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """``image`` decoded no larger than needed, upright, in sRGB, on white, rebuilt from its pixels."""
    size, profile = _needed(image.size, turn), image.info.get("icc_profile")
    image.draft(None, size)  # a JPEG is decoded at 1/2, 1/4 or 1/8 where that is enough; for others nothing happens
    image.load()
    image = _in_eight_bits(image)
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(image, profile)
    image = image if turn is None else image.transpose(turn)
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return bare


def _needed(size: tuple[int, int], turn: Image.Transpose | None) -> tuple[int, int]:
    """``size`` brought down until it is just large enough for every rendition, once turned."""
    width, height = reversed(size) if turn in ON_ITS_SIDE else size
    scale = min(1.0, max(WIDEST / width, TALLEST_CARD / height))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """``image`` as L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """``image`` as RGB or RGBA in sRGB. A profile that does not fit its picture is passed over, as browsers do."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    if profile:
        colours = image.convert("RGB") if alpha else image
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            if alpha:
                converted.putalpha(alpha)
            return converted
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def encoded(image: Image.Image, *, size: tuple[int, int], focal_point: tuple[float, float], format: str) -> bytes:
    """A file of ``image`` (from ``opened``) at ``size`` in pixels; ``format`` is ``jpg`` or ``avif``.

    Where the proportions differ, the crop keeps ``focal_point`` (0–1 from left and top) as near its middle as it can.
    """
    fitted = ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=_centering(image.size, size, focal_point))
    file = io.BytesIO()
    if format == "avif":
        fitted.save(file, "AVIF", quality=58, speed=9)
    else:
        fitted.save(file, "JPEG", quality=80, optimize=True, progressive=True)
    return file.getvalue()


def _centering(whole: tuple[int, int], part: tuple[int, int], point: tuple[float, float]) -> tuple[float, float]:
    """What ``ImageOps.fit`` wants (how much of the cut goes to left and top) for ``point`` in the crop's middle."""
    scale = min(whole[0] / part[0], whole[1] / part[1])
    shares = []
    for side, wanted, at in zip(whole, part, point, strict=True):
        spare = side - wanted * scale
        begin = at * side - wanted * scale / 2
        shares.append(min(1.0, max(0.0, begin / spare)) if spare >= 1 else 0.5)
    return shares[0], shares[1]
