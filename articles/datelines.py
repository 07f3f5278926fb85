"""The dateline a story opens with: "ERBIL, Kurdistan Region – "."""

from django.conf import settings

from articles.models import Place
from newsroom import languages


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
