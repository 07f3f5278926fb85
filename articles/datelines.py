"""The dateline a story opens with: "ERBIL, Kurdistan Region – "."""

import re
from dataclasses import dataclass

from django.conf import settings

from articles.models import Place, PlaceName
from newsroom import languages
from newsroom.folding import fold
from newsroom.tree import Element, cut_text, parse, written


def dateline(place: Place | None, language: str) -> str:
    """The dateline of ``place`` in ``language`` with its separator, or "" without a place.

    Only the city is in capitals, by the language's own rules; a place that stands alone goes without its region.
    Source: the AP and Reuters stylebooks' dateline rules; the separator is ``NEWSROOM_DATELINE_SEPARATOR``.
    """
    name = place and place.name_in(language)
    if name is None:
        return ""
    city = languages.capitals(name.city, name.language)
    parts = [city] if place.stands_alone or not name.region else [city, name.region]
    comma = f"{languages.language(name.language).comma} "
    return comma.join(parts) + settings.NEWSROOM_DATELINE_SEPARATOR


# A dateline that somebody typed ---------------------------------------------------------------------------------------
_PARAGRAPH = re.compile(r"\s*(?:<figure\b.*?</figure>\s*)*(<p\b[^>]*>(.*?)</p>)", re.DOTALL)
_DASH = r"(?:\s*(?:–|—|―|--)\s*|\s+[-ـ]\s+)"
_TYPED = re.compile(
    r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
    r"(?P<city>[^,،()–—―:.!?؟]{2,60}?)"
    r"(?:[,،]\s*(?P<region>[^,،()–—―:.!?؟]{2,60}?))?"
    r"(?:\s*\((?P<agency>[^()]{2,40})\))?" + _DASH
)
# Words in capitals that newsrooms put before a dash, and that are no city.
_NO_CITY = frozenset("BREAKING UPDATE EXCLUSIVE CORRECTION OPINION ANALYSIS WATCH LIVE".split())
_MOST_WORDS, _MOST_WORDS_WITHOUT_CAPITALS = 5, 3


@dataclass(frozen=True)
class Typed:
    """A dateline in the text itself: as it stands there, and what it says, the city in mixed case."""

    written: str
    city: str
    region: str = ""
    agency: str = ""
    place: Place | None = None


def typed_dateline(body: str, language: str) -> Typed | None:
    """The dateline with which a stored ``body`` in ``language`` begins, with the place the house knows for it, or None.

    In capitals it is one by its look. Without capitals (Arabic script) it is one with a region or an agency, or if the
    house knows the city. One query, none for a text that does not begin like one.
    """
    found = _TYPED.match(_first_paragraph(body).text)
    if found is None or not _looks_right(found):
        return None
    city, region = found["city"].strip(), (found["region"] or "").strip()
    place = _known_place(city, region, language)
    if not _is_in_capitals(city) and (_has_case(city) or not (place or region or found["agency"])):
        return None
    mixed = languages.mixed_case(city, language) if _is_in_capitals(city) else city
    return Typed(found[0].strip(), mixed, region, (found["agency"] or "").strip(), place)


def without_typed(body: str) -> str:
    """``body`` without the dateline that ``typed_dateline`` found in it; the rest is untouched."""
    paragraph = _PARAGRAPH.match(body)
    inner = _first_paragraph(body)
    found = _TYPED.match(inner.text)
    if paragraph is None or found is None:
        return body
    cut_text(inner, found.end())
    while inner.children and isinstance(inner.children[0], Element) and inner.children[0].tag == "br":
        del inner.children[0]
    rest, before, after = written(inner).lstrip(), body[: paragraph.start(1)], body[paragraph.end(1) :]
    if not rest:
        return before + after.lstrip()
    return (
        before
        + body[paragraph.start(1) : paragraph.start(2)]
        + rest
        + body[paragraph.end(2) : paragraph.end(1)]
        + after
    )


def opens_with(body: str, shown: str) -> bool:
    """Whether ``body`` itself begins with the dateline ``shown``, so that it need not stand there twice."""
    found = _TYPED.match(_first_paragraph(body).text)
    return found is not None and _letters(found[0]) == _letters(shown)


def _first_paragraph(body: str) -> Element:
    paragraph = _PARAGRAPH.match(body)
    return parse(paragraph[2] if paragraph else "")


def _looks_right(found: re.Match) -> bool:
    city, region = found["city"].strip(), (found["region"] or "").strip()
    most = _MOST_WORDS if _is_in_capitals(city) else _MOST_WORDS_WITHOUT_CAPITALS
    if max(len(city.split()), len(region.split())) > most or city in _NO_CITY or any(map(str.isdigit, city)):
        return False
    return not region or not region[0].islower()


def _is_in_capitals(city: str) -> bool:
    return city == city.upper() and city != city.lower()


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()


def _known_place(city: str, region: str, language: str) -> Place | None:
    """The place called so: in ``language`` before any other, with the region that was typed before any other."""
    wanted, region = fold(city), fold(region)
    names = [name for name in PlaceName.objects.select_related("place") if fold(name.city) == wanted]
    fitting = [name for name in names if not region or not name.region or fold(name.region) == region]
    best = min(fitting, key=lambda name: (name.language != language, fold(name.region) != region), default=None)
    return best.place if best else None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))
