import pytest

from articles import pictures
from articles.photo_words import Words
from tests.pictures import exif, picture, with_iptc

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" photoshop:Credit="{credit}">
<dc:description><rdf:Alt><rdf:li xml:lang="en">Other</rdf:li><rdf:li xml:lang="x-default">{caption}</rdf:li></rdf:Alt>
</dc:description><dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>
<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">{alt}</rdf:li></rdf:Alt>
</Iptc4xmpCore:AltTextAccessibility></rdf:Description></rdf:RDF></x:xmpmeta>"""


def words_of(content: bytes) -> Words:
    return pictures.opened(content).words


def with_xmp(**texts) -> bytes:
    return XMP.format(**{"credit": "", "caption": "", "alt": "", **texts}).encode()


def test_the_reference_photo_fills_every_field(material):
    assert words_of((material / "photos" / "iptc-reference-2021.jpg").read_bytes()) == Words(
        caption="The description aka caption (ref2021.1)",
        alt="This is the Alt Text description to support accessibility in 2021.1",
        credit="Credit Line (ref2021.1)",
        copyright="Copyright (Notice) 2021.1 IPTC - www.iptc.org  (ref2021.1)",
    )


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF"])
def test_kurdish_words_come_through_xmp(format):
    content = picture(format=format, xmp=with_xmp(caption="ڕووباری زێ‌ی بچووک", alt="پردێک", credit="شێرکۆ Çîya"))
    assert words_of(content) == Words(caption="ڕووباری زێ‌ی بچووک", alt="پردێک", credit="شێرکۆ Çîya")


def test_kurdish_words_come_through_exif():
    tags = exif(ImageDescription="Çemê Zê".encode(), Artist="شێرکۆ".encode(), Copyright="2026 Maidan")
    assert words_of(picture(exif=tags)) == Words(caption="Çemê Zê", credit="شێرکۆ", copyright="2026 Maidan")


def test_kurdish_words_come_through_iptc():
    content = with_iptc(picture(), {120: "گوندێک".encode(), 80: "Çêya".encode()})
    assert words_of(content) == Words(caption="گوندێک", credit="Çêya")


def test_the_makers_name_does_where_no_credit_is_given():
    assert words_of(picture(xmp=with_xmp())).credit == "A, B"


@pytest.mark.parametrize(
    "packet",
    [
        b"<not xml",
        b"\xff\xfe\x00",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
def test_broken_metadata_is_no_reason_to_refuse(packet):
    assert words_of(picture(xmp=packet)) == Words()


def test_controls_and_excess_are_cut():
    long = words_of(picture(xmp=with_xmp(caption="x" * 3000, credit="A B\x85 C")))
    assert (len(long.caption), long.credit) == (2000, "A B C")
