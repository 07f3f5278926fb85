"""What every template may show: the house's name and the table of languages."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from newsroom import languages


def house(request: HttpRequest) -> dict[str, object]:
    code = get_language()
    return {
        "house_name": settings.NEWSROOM_NAME,
        "house_time_zone": settings.TIME_ZONE,
        "page_language": languages.BY_CODE.get(code, languages.BY_CODE["en"]),
        "all_languages": languages.LANGUAGES,
    }
