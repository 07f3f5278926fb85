"""What the pages' templates need beyond Django's own: menu, language switcher, bylines, datelines and house dates."""

import datetime
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy

from articles import bodies, related
from articles import structured_data as data
from articles.datelines import opens_with
from articles.models import Article, AuthorName, Byline, SectionName
from newsroom import languages, pages
from newsroom.addresses import reverse_in

register = template.Library()

# The opening tag of a body's first paragraph, after photos. Attribute values are quoted, as clean_html() writes them.
_FIRST_PARAGRAPH = re.compile(
    r"""\s*(?:<figure\b.*?</figure>\s*)*<p(?:\s+[a-z]+=(?:"[^"]*"|'[^']*'))*\s*>""", re.DOTALL
)

# What must not stand in a script element as itself, by its number in JSON.
_NUMBERED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

# What each kind of credit says before its names; {names} is a list of links.
_CREDITS = {
    Byline.Role.REPORTER: gettext_lazy("By {names}"),
    Byline.Role.PHOTOGRAPHER: gettext_lazy("Photographs by {names}"),
    Byline.Role.TRANSLATOR: gettext_lazy("Translated by {names}"),
    Byline.Role.EDITOR: gettext_lazy("Edited by {names}"),
}
# The cities of the house zones our catalogues have words for.
_ZONE_CITIES = (gettext_lazy("Baghdad"), gettext_lazy("Istanbul"), gettext_lazy("London"))


@register.inclusion_tag("articles/_sections.html", takes_context=True)
def section_menu(context) -> dict[str, object]:
    """The active sections that have a name in the current language, in the menu's order. One query, or a fact."""
    language = get_language()
    path = context["request"].path if "request" in context else ""
    return {"sections": pages.fact(("menu", language), lambda: _menu(language), "house"), "path": path}


def _menu(language: str) -> list[SectionName]:
    named = SectionName.objects.filter(language=language, section__is_active=True)
    return list(named.order_by("section__position", "section_id"))


@register.inclusion_tag("articles/_languages.html")
def language_switcher(editions: Iterable[Article] = ()) -> dict[str, object]:
    """A link to every language edition: to the same story where ``editions`` holds it, else to the front page."""
    of_story = {edition.language: edition.get_absolute_url() for edition in editions}
    links = [
        (language, of_story.get(language.code) or reverse_in(language.code, "articles:front"))
        for language in languages.LANGUAGES
    ]
    return {"links": links, "current": get_language()}


@register.inclusion_tag("articles/_byline.html")
def byline(article: Article) -> dict[str, object]:
    """Who made ``article``, one credit for each kind of work. No query on ``with_everything_shown()``."""
    by_role: dict[str, list[SafeString]] = {}
    for line in article.bylines.all():
        name = line.author.name_in(article.language)
        if name is not None:
            by_role.setdefault(line.role, []).append(_linked(name, article.language))
    credits = [format_html(str(_CREDITS[role]), names=_joined(names)) for role, names in by_role.items()]
    return {"credits": credits, "note": article.byline_note}


def _linked(name: AuthorName, language: str) -> SafeString:
    """An author's name, isolated from the direction around it.

    Only a name in the story's own language is a link: an author's page in another language may list nothing.
    """
    if name.language != language:
        return format_html('<bdi lang="{}">{}</bdi>', html_lang(name.language), name.name)
    return format_html('<a rel="author" href="{}"><bdi>{}</bdi></a>', name.get_absolute_url(), name.name)


def _joined(names: list[SafeString]) -> SafeString:
    """ "A", "A and B", or "A, B and C", by the language's own comma and conjunction."""
    if len(names) == 1:
        return names[0]
    first = format_html_join(f"{comma()} ", "{}", ((name,) for name in names[:-1]))
    return format_html(gettext("{first} and {last}"), first=first, last=names[-1])


@register.simple_tag
def story_body(article: Article, dateline: str = "") -> SafeString:
    """The body of ``article`` as readers get it, ``dateline`` first. No query for a body without photos and links."""
    return with_dateline(bodies.shown(article), dateline)


@register.filter
def with_dateline(body: str, dateline: str) -> SafeString:
    """A story's ``body`` with its ``dateline`` at the head of the first paragraph.

    A body that opens with anything but a paragraph gets the dateline as a paragraph of its own; one that was typed
    with this very dateline gets no second one.

    This is the one place outside ``newsroom.html`` that declares HTML safe, and it may: ``Article.body`` is what
    ``clean_html()`` returned and nobody has touched since, the dateline is escaped here, and it goes in between two
    tags, never inside one. Never hand this filter anything but a stored body,
    or what ``bodies.shown`` made of one.
    """
    if not dateline or opens_with(body, dateline):
        return SafeString(body)
    opening = format_html('<span class="dateline">{}</span>', dateline)
    paragraph = _FIRST_PARAGRAPH.match(body)
    if paragraph is None:
        return SafeString(f"<p>{opening}</p>\n{body}")
    return SafeString(body[: paragraph.end()] + opening + body[paragraph.end() :])


@register.simple_tag(takes_context=True)
def structured_data(context, article: Article) -> SafeString:
    """The JSON-LD block of ``article``, or nothing where the page is not the public story's own.

    JSON knows no HTML, so every character that could end the script element or open a comment in it is written as its
    number, as in ``django.utils.html.json_script``; U+2028 and U+2029 end lines in older readers of JavaScript.
    """
    if not context.get("is_the_story"):
        return SafeString("")
    absolute_uri = context["request"].build_absolute_uri
    graph = data.graph(article, context["editions"], absolute_uri, context.get("corrections", ()))
    written = json.dumps(graph, ensure_ascii=False).translate(_NUMBERED)
    return SafeString(f'<script type="application/ld+json">{written}</script>')


@register.simple_tag(takes_context=True)
def absolute(context, path: str) -> str:
    """``path`` with this site's scheme and host."""
    return context["request"].build_absolute_uri(path)


@register.simple_tag(takes_context=True)
def share_links(context, article: Article) -> list[tuple[str, str]]:
    """Where ``article`` can be passed on: pairs of a name and an address that holds its headline and its own."""
    address = context["request"].build_absolute_uri(article.get_absolute_url())
    both = f"{article.headline} {address}"
    return [
        (gettext("E-mail"), f"mailto:?{_query(subject=article.headline, body=address)}"),
        ("WhatsApp", f"https://wa.me/?{_query(text=both)}"),
        ("Telegram", f"https://t.me/share/url?{_query(url=address, text=article.headline)}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{_query(u=address)}"),
        ("X", f"https://x.com/intent/post?{_query(text=article.headline, url=address)}"),
    ]


def _query(**parameters: str) -> str:
    return urlencode({name: text.encode("utf-8", "replace") for name, text in parameters.items()}, quote_via=quote)


@register.simple_tag
def reading_minutes(article: Article) -> int:
    """Whole minutes that ``article`` takes to read."""
    return related.reading_minutes(article)


@register.filter(expects_localtime=True)
def house_date(moment: datetime.datetime) -> str:
    """The date of ``moment`` in the house's own figures (``NEWSROOM_DATE_FORMAT``), in the house's time zone."""
    return date_filter(moment, settings.NEWSROOM_DATE_FORMAT)


@register.filter(expects_localtime=True)
def machine_time(moment: datetime.datetime) -> str:
    """``moment`` for a ``datetime`` attribute: to the second and with its offset. HTML takes no microseconds."""
    return moment.isoformat(timespec="seconds")


@register.simple_tag
def archive_address(day: datetime.date | datetime.datetime) -> str:
    """The archive page of ``day``; of a moment, that of its day in the house's time zone."""
    if isinstance(day, datetime.datetime):
        day = timezone.localtime(day, timezone.get_default_timezone())
    return reverse_in(get_language(), "articles:archive", f"{day:%Y}", f"{day:%m}", f"{day:%d}")


@register.simple_tag
def house_clock() -> str:
    """Whose time the page's hours are: "Baghdad time" for Asia/Baghdad."""
    area, _slash, city = timezone.get_default_timezone_name().rpartition("/")
    if not area:
        return city
    return gettext("%(city)s time") % {"city": gettext(city.replace("_", " "))}


@register.simple_tag
def comma() -> str:
    """The comma of the page's language: "," or, in Arabic letters, "،"."""
    return languages.comma_of(get_language())


@register.filter
def html_lang(code: str) -> str:
    """The ``lang`` attribute of text in the house's language ``code``; "" (unknown, as HTML says it) for any other."""
    return languages.BY_CODE[code].html_lang if code in languages.BY_CODE else ""


@register.filter
def hreflang(code: str) -> str:
    """The ``hreflang`` by which search engines know the edition ``code``."""
    return languages.language(code).hreflang


@register.filter
def direction(code: str) -> str:
    """The ``dir`` attribute of text in the house's language ``code``; "auto" for any other."""
    return languages.BY_CODE[code].direction if code in languages.BY_CODE else "auto"


@register.filter
def own_name(code: str) -> str:
    """What the language ``code`` calls itself."""
    return languages.language(code).own_name
