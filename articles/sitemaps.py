"""Sitemaps (sitemaps.org 0.9): an index, one page per edition and range of story ids, and Google's news sitemap.

A page covers a fixed range of ids, so the last costs what the first costs. Editions of one story name each other as
``hreflang`` alternates, only while both are public. Stories have no ``x-default``: none of their addresses is for a
reader of no particular language. Front pages have one, ``/``, which leads each reader to an edition.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO

from django.conf import settings
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from articles.models import Article, SectionName
from articles.pagekeys import front_key, next_by_clock
from newsroom import languages
from newsroom.addresses import reverse_in
from newsroom.pages import depends_on
from newsroom.xml_text import legal_in_xml

# Story ids a page covers: few enough to be drawn in a blink, many enough that the index stays short.
IDS_PER_PAGE = 1_000
# Google News: stories of the last two days, at most 1,000.
NEWS_AGE = datetime.timedelta(days=2)
NEWS_LIMIT = 1_000
NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
    "xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9",
}
# A page changes when its story was published and whenever its row was written since.
_CHANGED = Greatest("first_published_at", "modified_at")


class SitemapXml:
    """A sitemap being written; ``root`` is ``urlset`` or ``sitemapindex``."""

    def __init__(self, request: HttpRequest, root: str) -> None:
        self.request, self.root, self.out = request, root, BytesIO()
        self.base = request.build_absolute_uri("/").rstrip("/")
        self.xml = SimplerXMLGenerator(self.out, "utf-8", short_empty_elements=True)
        self.xml.startDocument()
        self.xml.startElement(root, {"xmlns": NAMESPACES["xmlns"]} if root == "sitemapindex" else NAMESPACES)

    def entry(
        self,
        path: str,
        changed_at: datetime.datetime | None = None,
        alternates: Iterable[tuple[str, str]] = (),
        news: Article | None = None,
    ) -> None:
        """One address. ``alternates`` are pairs of hreflang and path."""
        name = "sitemap" if self.root == "sitemapindex" else "url"
        self.xml.startElement(name, {})
        self.xml.addQuickElement("loc", self.base + path)
        if changed_at is not None:
            self.xml.addQuickElement("lastmod", _w3c(changed_at))
        for hreflang, other in alternates:
            link = {"rel": "alternate", "hreflang": hreflang, "href": self.base + other}
            self.xml.addQuickElement("xhtml:link", "", link)
        if news is not None:
            self._news(news)
        self.xml.endElement(name)

    def _news(self, article: Article) -> None:
        self.xml.startElement("news:news", {})
        self.xml.startElement("news:publication", {})
        self.xml.addQuickElement("news:name", legal_in_xml(settings.NEWSROOM_NAME))
        self.xml.addQuickElement("news:language", languages.language(article.language).news_code)
        self.xml.endElement("news:publication")
        self.xml.addQuickElement("news:publication_date", _w3c(article.first_published_at))
        self.xml.addQuickElement("news:title", legal_in_xml(article.headline))
        self.xml.endElement("news:news")

    def response(self) -> HttpResponse:
        self.xml.endElement(self.root)
        self.xml.endDocument()
        response = HttpResponse(self.out.getvalue(), content_type="application/xml; charset=utf-8")
        return depends_on(response, *map(front_key, languages.BY_CODE), until=next_by_clock())


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every page there is of every edition, with the newest change in it. One query over the public stories."""
    written = SitemapXml(request, "sitemapindex")
    ranges = (
        Article.objects.public()
        .annotate(number=(F("pk") - 1) / IDS_PER_PAGE + 1)
        .values("language", "number")
        .annotate(changed_at=Max(_CHANGED))
        .order_by("language", "number")
    )
    for language in languages.LANGUAGES:
        written.entry(reverse_in(language.code, "articles:sitemap_pages"))
    for page in ranges:
        path = reverse_in(page["language"], "articles:sitemap_stories", page["number"])
        written.entry(path, page["changed_at"])
    return written.response()


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """The active edition's front page, list of corrections and sections."""
    written = SitemapXml(request, "urlset")
    fronts = [(language.hreflang, reverse_in(language.code, "articles:front")) for language in languages.LANGUAGES]
    fronts.append(("x-default", reverse("home")))
    written.entry(reverse_in(get_language(), "articles:front"), alternates=fronts)
    names = SectionName.objects.filter(section__is_active=True).order_by("section__position", "section_id")
    editions = defaultdict(list)
    for name in names:
        editions[name.section_id].append(name)
    for same in editions.values():
        here = next((name for name in same if name.language == get_language()), None)
        if here is not None:
            written.entry(here.get_absolute_url(), alternates=_alternates(same))
    return written.response()


@require_safe
def stories(request: HttpRequest, number: int) -> HttpResponse:
    """The active edition's public stories of one range of ids; 404 where there is none."""
    # A range no database has is refused before one is asked: its numbers have bounds.
    if not 1 <= number <= 2**63 // IDS_PER_PAGE:
        raise Http404
    in_range = Q(pk__gt=(number - 1) * IDS_PER_PAGE, pk__lte=number * IDS_PER_PAGE)
    articles = list(_addressed().filter(in_range, language=get_language()).order_by("pk"))
    if not articles:
        raise Http404
    editions = _editions(articles, in_range)
    written = SitemapXml(request, "urlset")
    for article in articles:
        written.entry(article.get_absolute_url(), article.changed_at, _alternates(editions[article.root]))
    return written.response()


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The stories first published in the last two days, newest first, in every language.

    When there are none it names the front pages, as plain addresses: the schema forbids an empty ``urlset``.
    """
    now = timezone.now()
    recent = list(_addressed(now).filter(first_published_at__gt=now - NEWS_AGE).newest_first()[:NEWS_LIMIT])
    written = SitemapXml(request, "urlset")
    for article in recent:
        written.entry(article.get_absolute_url(), article.changed_at, news=article)
    if not recent:
        for language in languages.LANGUAGES:
            written.entry(reverse_in(language.code, "articles:front"))
    return written.response()


def _addressed(now: datetime.datetime | None = None):
    """Public stories with what an address needs, their newest change and the id of the original."""
    wanted = ("pk", "slug", "language", "headline", "translation_of", "first_published_at")
    return (
        Article.objects.public(now).annotate(changed_at=_CHANGED, root=Coalesce("translation_of", "pk")).only(*wanted)
    )


def _editions(articles: list[Article], in_range: Q) -> dict[int, list[Article]]:
    """The public editions of each of ``articles``, by the id of the original. Two queries, whatever their number.

    They go by all ids ``in_range``: asked for those of ``articles``, SQLite would walk every story there is.
    """
    there = Article.objects.filter(in_range).order_by()
    originals = there.values("translation_of")
    roots = there.annotate(of=Coalesce("translation_of", "pk")).values("of")
    found = {article.pk: article for article in articles}
    found |= {article.pk: article for article in _addressed().filter(pk__in=originals)}
    found |= {article.pk: article for article in _addressed().filter(translation_of__in=roots)}
    editions = defaultdict(list)
    for article in found.values():
        editions[article.root].append(article)
    return editions


def _alternates(editions: list) -> list[tuple[str, str]]:
    """Pairs of hreflang and path, in the house's order of languages; none when there is nothing to choose from."""
    if len(editions) < 2:
        return []
    order = list(languages.BY_CODE)
    ordered = sorted(editions, key=lambda edition: order.index(edition.language))
    return [(languages.language(edition.language).hreflang, edition.get_absolute_url()) for edition in ordered]


def _w3c(moment: datetime.datetime) -> str:
    """``moment`` as W3C Datetime with its offset, in the house's time zone."""
    return timezone.localtime(moment).isoformat(timespec="seconds")
