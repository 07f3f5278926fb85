"""What a story's page says to machines: schema.org's NewsArticle and BreadcrumbList, as plain values for JSON-LD.

Everything here is also visible on the page. Source of what is asked: schema.org and Google's Article documentation.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch
from django.utils import timezone

from articles.datelines import dateline
from articles.models import Article, Author, Correction
from newsroom import languages
from newsroom.addresses import reverse_in

# The newsroom's policies and the page of each. One whose page this house does not have is left out.
_POLICIES = {
    "actionableFeedbackPolicy": "comments:guidelines",
    "correctionsPolicy": "articles:corrections",
}
_KINDS = {Author.Kind.PERSON: "Person", Author.Kind.ORGANISATION: "Organization"}

Absolute = Callable[[str], str]


def graph(
    article: Article, editions: Iterable[Article], absolute: Absolute, corrections: Iterable[Correction] = ()
) -> dict[str, Any]:
    """The JSON-LD of a public ``article``; ``editions`` are its other public ones.

    ``absolute`` makes an absolute URL of a path. No query on ``with_everything_shown()``.
    """
    return {
        "@context": "https://schema.org",
        "@graph": [news_article(article, editions, absolute, corrections), breadcrumbs(article, absolute)],
    }


def news_article(
    article: Article, editions: Iterable[Article], absolute: Absolute, corrections: Iterable[Correction] = ()
) -> dict[str, Any]:
    url = absolute(article.get_absolute_url())
    section = article.section_name()
    described = {
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": article.headline,
        "description": article.standfirst,
        "inLanguage": languages.language(article.language).html_lang,
        "datePublished": visible_time(article.first_published_at),
        "dateModified": visible_time(article.updated_at if article.was_updated else article.first_published_at),
        "author": _authors(article, absolute),
        "image": _images(article, absolute),
        "correction": [_correction(correction) for correction in corrections],
        "articleSection": section.name if section else "",
        "keywords": [tag.name for tag in article.tags.all()],
        "dateline": dateline(article.place, article.language).removesuffix(settings.NEWSROOM_DATELINE_SEPARATOR),
        "locationCreated": _location(article),
        "isAccessibleForFree": True,
        "publisher": publisher(article.language, absolute),
        **_translations(article, editions, absolute),
    }
    return {key: value for key, value in described.items() if value not in ("", [], None)}


def breadcrumbs(article: Article, absolute: Absolute) -> dict[str, Any]:
    """Front page, section, story."""
    steps = [(settings.NEWSROOM_NAME, reverse_in(article.language, "articles:front"))]
    section = article.section_name()
    if section:
        steps.append((section.name, section.get_absolute_url()))
    steps.append((article.headline, article.get_absolute_url()))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(steps, 1)
        ],
    }


def publisher(language: str, absolute: Absolute) -> dict[str, Any]:
    """The house, with the addresses of its policies in ``language``."""
    policies = {key: _page(language, name) for key, name in _POLICIES.items()}
    return {
        "@type": "NewsMediaOrganization",
        "name": settings.NEWSROOM_NAME,
        "url": absolute(reverse_in(language, "articles:front")),
        **{key: absolute(path) for key, path in policies.items() if path},
    }


def visible_time(moment: datetime.datetime) -> str:
    """``moment`` with the offset of the house's time zone, exactly as the page's ``<time datetime>`` has it."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _authors(article: Article, absolute: Absolute) -> list[dict[str, str]]:
    """Everybody in the byline once, in its order; the house itself where it names nobody."""
    found = {}
    for line in article.bylines.all():
        name = line.author.name_in(article.language)
        if name is not None and line.author_id not in found:
            described = {"@type": _KINDS[line.author.kind], "name": name.name}
            if name.language == article.language:
                described["url"] = absolute(name.get_absolute_url())
            found[line.author_id] = described
    house = {"@type": "NewsMediaOrganization", "name": settings.NEWSROOM_NAME, "url": absolute("/")}
    return list(found.values()) or [house]


def _images(article: Article, absolute: Absolute) -> list[dict[str, Any]]:
    """The lead photo, with its words and credit as the page has them."""
    photo = article.lead_photo
    shared = photo and photo.shared()
    if not shared:
        return []
    described = {
        "@type": "ImageObject",
        "url": absolute(shared.get_absolute_url()),
        "width": _pixels(shared.width),
        "height": _pixels(shared.height),
        "caption": article.lead_caption,
        "creditText": photo.credit,
        "copyrightNotice": photo.copyright,
    }
    return [{key: value for key, value in described.items() if value != ""}]


def _pixels(number: int) -> dict[str, Any]:
    """A length as schema.org has it; E37 is the pixel (UN/CEFACT Recommendation 20)."""
    return {"@type": "QuantitativeValue", "value": number, "unitCode": "E37"}


def _correction(correction: Correction) -> dict[str, str]:
    return {
        "@type": "CorrectionComment",
        "text": correction.text,
        "datePublished": visible_time(correction.at),
    }


def _location(article: Article) -> dict[str, str] | None:
    name = article.place and article.place.name_in(article.language)
    return {"@type": "Place", "name": str(name)} if name else None


def _translations(article: Article, editions: Iterable[Article], absolute: Absolute) -> dict[str, Any]:
    """The public original of a translation, or the public translations of an original."""
    original_id = article.translation_of_id
    if original_id:
        original = next((edition for edition in editions if edition.pk == original_id), None)
        return {"translationOfWork": _edition(original, absolute)} if original else {}
    return {"workTranslation": [_edition(edition, absolute) for edition in editions]}


def _edition(article: Article, absolute: Absolute) -> dict[str, str]:
    url = absolute(article.get_absolute_url())
    language = languages.language(article.language).html_lang
    return {"@type": "NewsArticle", "@id": url, "url": url, "headline": article.headline, "inLanguage": language}


def _page(language: str, name: str) -> str | None:
    try:
        return reverse_in(language, name)
    except NoReverseMatch:
        return None
