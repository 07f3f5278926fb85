"""The words a photo brings with it: caption, alternative text, credit and copyright from XMP, IPTC and EXIF.

Field names after the IPTC Photo Metadata Standard 2021.1. Where several say something, XMP goes before IPTC, and IPTC
before EXIF.
"""

import struct
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from PIL import Image, IptcImagePlugin

MAX_XMP = 512 * 1024  # bytes
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# For each of our fields: where it may stand in XMP, in IPTC-IIM (record, dataset) and in EXIF, the best place first.
PLACES = {
    "caption": ([DC + "description"], [(2, 120)], [0x010E]),
    "alt": ([IPTC_CORE + "AltTextAccessibility"], [], []),
    "credit": ([PHOTOSHOP + "Credit", DC + "creator"], [(2, 110), (2, 80)], [0x013B]),
    "copyright": ([DC + "rights"], [(2, 116)], [0x8298]),
}
LONGEST = {"caption": 2000, "alt": 1000, "credit": 200, "copyright": 300}
# Metadata that cannot be read is no reason to refuse a photo.
UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, struct.error)


@dataclass(frozen=True)
class Words:
    """What a photo says of itself; "" where it says nothing."""

    caption: str = ""
    alt: str = ""
    credit: str = ""
    copyright: str = ""


def read(image: Image.Image) -> Words:
    """The words in ``image``, opened but not necessarily decoded. Never raises on broken metadata."""
    xmp, iptc, exif = _xmp(image), _iptc(image), _exif(image)
    found = {}
    for field, (in_xmp, in_iptc, in_exif) in PLACES.items():
        texts = [*map(xmp.get, in_xmp), *map(iptc.get, in_iptc), *map(exif.get, in_exif)]
        found[field] = next((text for text in texts if text), "")[: LONGEST[field]]
    return Words(**found)


def _xmp(image: Image.Image) -> dict[str, str]:
    """The simple and alternative-language properties of the XMP packet by their qualified name."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    try:
        text = packet if isinstance(packet, str) else packet.decode("utf-8")
        text = text.strip("\x00 \r\n\t\ufeff")
        # No document type: entities could grow without end, and XMP has none.
        if not text or len(text) > MAX_XMP or "<!DOCTYPE" in text or "<!ENTITY" in text:
            return {}
        root = ET.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except (*UNREADABLE, ET.ParseError):
        return {}
    found: dict[str, str] = {}
    for description in root.iter(RDF + "Description"):
        for name, value in description.attrib.items():
            found.setdefault(name, _tidy(value))
        for element in description:
            found.setdefault(element.tag, _tidy(_chosen(element)))
    return found


def _chosen(element: ET.Element) -> str:
    """The text of a property: its ``x-default`` alternative, else the first, joined where it is a list of names."""
    items = element.findall(f"{RDF}Alt/{RDF}li")
    if items:
        by_default = [item for item in items if item.get(LANG) == "x-default" and item.text]
        return (by_default or items)[0].text or ""
    names = [item.text or "" for kind in ("Seq", "Bag") for item in element.findall(f"{RDF}{kind}/{RDF}li")]
    return ", ".join(filter(None, names)) if names else element.text or ""


def _iptc(image: Image.Image) -> dict[tuple[int, int], str]:
    try:
        fields = IptcImagePlugin.getiptcinfo(image) or {}
        return {key: _decoded(value[0] if isinstance(value, list) else value) for key, value in fields.items()}
    except UNREADABLE:
        return {}


def _exif(image: Image.Image) -> dict[int, str]:
    try:
        exif = image.getexif()
        values = {tag: exif.get(tag) for tag in (0x010E, 0x013B, 0x8298)}
        # Pillow reads EXIF's text as Latin-1, while cameras and programs have long written UTF-8.
        texts = {tag: value.encode("latin-1") if isinstance(value, str) else value for tag, value in values.items()}
        return {tag: _decoded(text) for tag, text in texts.items() if isinstance(text, bytes)}
    except UNREADABLE:
        return {}


def _decoded(value: bytes) -> str:
    """``value`` as UTF-8, which almost every program writes, else as Windows' Latin."""
    try:
        return _tidy(value.decode("utf-8"))
    except UnicodeDecodeError:
        return _tidy(value.decode("cp1252", "replace"))


def _tidy(text: str) -> str:
    """``text`` without controls (a line break stays) and without space around it."""
    kept = (char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char in "\n\t" or ord(char) >= 32)
    return "".join(char for char in kept if not 0x7F <= ord(char) <= 0x9F).strip()
