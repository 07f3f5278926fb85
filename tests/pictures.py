"""Pictures for tests, good and bad, made on the spot."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(size=(1200, 800), format: str = "JPEG", colour="teal", mode: str = "RGB", **options) -> bytes:
    """A still picture of one colour with a bright left half, as a file's bytes."""
    image = Image.new("RGB", size, colour)
    image.paste("white", (0, 0, size[0] // 2, size[1]))
    return saved(image.convert(mode), format, **options)


def saved(image: Image.Image, format: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **({"speed": 10} if format == "AVIF" else {}), **options)
    return file.getvalue()


def upload(content: bytes | None = None, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def exif(**tags) -> Image.Exif:
    made = Image.Exif()
    for name, value in tags.items():
        made[ExifTags.Base[name]] = value
    return made


def with_iptc(content: bytes, records: dict[int, bytes]) -> bytes:
    """The JPEG ``content`` with IPTC records of the application record, UTF-8: 120 caption, 80 maker, 110 credit."""
    block = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for number, words in records.items():
        block += b"\x1c\x02" + bytes([number]) + len(words).to_bytes(2, "big") + words
    resource = b"8BIM\x04\x04\x00\x00" + len(block).to_bytes(4, "big") + block + b"\0" * (len(block) % 2)
    segment = b"Photoshop 3.0\x00" + resource
    return content[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + content[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_chunk(kind: bytes, content: bytes) -> bytes:
    """A good PNG with one more chunk after its header."""
    png = picture(format="PNG")
    return png[:33] + chunk(kind, content) + png[33:]


def moving(format: str) -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def jpeg_that_claims(width: int, height: int) -> bytes:
    content = bytearray(picture())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def with_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    content = picture((2000, 2000), progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * count + content[-2:]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def attacks() -> dict[str, bytes]:
    """Files that must be refused, by what they are."""
    jpeg, png, zeros = picture(), picture(format="PNG"), zlib.compress(b"\0" * 90_000_000)
    cut = {
        f"cut {name}": content[: len(content) * 6 // 10]
        for name, content in {
            "JPEG": jpeg,
            "PNG": png,
            "WebP": picture(format="WEBP"),
            "AVIF": picture(format="AVIF"),
        }.items()
    }
    return {
        **cut,
        "JPEG without its last byte": jpeg[:-1],
        "PNG without its last byte": png[:-1],
        "PNG of 900 megapixels": png_that_claims(30_000, 30_000),
        "PNG of 50 megapixels": png_that_claims(7_070, 7_070),
        "JPEG of 4 gigapixels": jpeg_that_claims(65_500, 65_500),
        "JPEG of 51 megapixels": jpeg_that_claims(8_500, 6_001),
        "JPEG of 300 scans": with_scans(300),
        "colour profile that unpacks to 90 MB": with_chunk(b"iCCP", b"x\0\0" + zeros),
        "comment that unpacks to 90 MB": with_chunk(b"zTXt", b"Comment\0\0" + zeros),
        "XMP that unpacks to 90 MB": with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros),
        "sliver": picture((4000, 10)),
        "moving PNG": moving("PNG"),
        "moving WebP": moving("WEBP"),
        "moving AVIF": moving("AVIF"),
        "GIF": moving("GIF"),
        "BMP": picture(format="BMP"),
        "TIFF": picture(format="TIFF"),
        "SVG": SVG,
        "SVG with an XML head": b"<?xml version='1.0'?>" + SVG,
        "text": b"hello",
        "nothing": b"",
        "JPEG and page": jpeg + b"<HTML><script>alert(1)</script>",
        "JPEG with script in its comment": jpeg[:2] + b"\xff\xfe\x00\x1b<script>alert(1)</script>" + jpeg[2:],
        "JPEG and archive": jpeg + zipped(),
        "JPEG and PDF": jpeg[:2] + b"\xff\xfe\x00\x18%PDF-1.4 obj stream   \n" + jpeg[2:],
        "PNG and PHP": png + b"<?php system($_GET[0]);",
        "PNG and SVG": with_chunk(b"tEXt", b"Comment\0" + SVG),
    }


# What a public file must not hold: containers of metadata, and what cameras and programs write into them.
TRACES = (
    b"Exif", b"exif", b"ICC_PROFILE", b"iCCP", b"prof", b"Photoshop", b"8BIM", b"ns.adobe.com", b"xpacket", b"rdf:",
    b"xmp", b"XMP", b"IPTC", b"iptc", b"GPS", b"NIKON", b"Nikon", b"COOLPIX", b"CREATOR", b"\xff\xfe", b"\xff\xe1",
    b"\xff\xe2", b"\xff\xed", b"ref2021",
)  # fmt: skip


def traces(content: bytes, format: str) -> list[bytes]:
    """Which of ``TRACES`` stand in a file. The two-byte markers mean something in a JPEG's head only."""
    head = content[: content.index(b"\xff\xda")] if format == "jpg" else b""
    return [mark for mark in TRACES if mark in (head if len(mark) == 2 else content)]
