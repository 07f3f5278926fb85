"""RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 of an edition, a section or a tag: the newest stories in full.

A story's id in a feed is a ``tag:`` URI (RFC 4151) of its number, so neither a new slug nor https changes it.
"""

import datetime
import hashlib
import json
import logging
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed
from django.utils.formats import date_format
from django.utils.html import escape, linebreaks
from django.utils.http import http_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import bodies, tagging
from articles.full_text import full_text
from articles.models import Article, Correction, Rendition, SectionName, Status, Tag
from articles.pagekeys import front_key, next_by_clock, section_key, tag_key
from newsroom import languages
from newsroom.addresses import reverse_in
from newsroom.pages import depends_on
from newsroom.xml_text import legal_in_xml

logger = logging.getLogger(__name__)
NEWEST = 20
# The year from which the house numbers its stories; part of every id, so it never changes (RFC 4151, section 2.1).
ID_YEAR = 2026
LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
LOOKED_AT = 100  # of the stories changed last, to find one that is public


class StoryRss(Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self):
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", legal_in_xml(author["name"]))
        handler.addQuickElement("content:encoded", item["full_text"])

    def latest_post_date(self):
        return super().latest_post_date() if self.items else LONG_AGO


class StoryAtom(Atom1Feed):
    content_type = "application/atom+xml; charset=utf-8"

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", legal_in_xml(author["name"]))
            if author["url"]:
                handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        handler.addQuickElement("content", item["full_text"], {"type": "html"})

    def latest_post_date(self):
        return super().latest_post_date() if self.items else LONG_AGO


@dataclass
class Channel:
    """What one feed carries: a whole edition, or its stories of a section or a tag."""

    request: HttpRequest
    title: str
    home: str
    subject: SectionName | Tag | None = None

    @cached_property
    def stories(self) -> list[Article]:
        stories = Article.objects.public().in_language(get_language()).with_everything_shown()
        if isinstance(self.subject, SectionName):
            stories = stories.filter(section=self.subject.section_id)
        if isinstance(self.subject, Tag):
            stories = stories.filter(tagged__tag=self.subject)
        return bodies.fetch(list(stories.prefetch_related("corrections").newest_first()[:NEWEST]))

    @cached_property
    def language(self) -> languages.Language:
        return languages.language(get_language())

    @property
    def page_key(self) -> str:
        """What expires the stored feed: the same that expires the page it is the feed of."""
        if isinstance(self.subject, SectionName):
            return section_key(self.subject.section_id, self.subject.language)
        return tag_key(self.subject.pk) if isinstance(self.subject, Tag) else front_key(get_language())

    @property
    def description(self) -> str:
        return _("News from %(house)s.") % {"house": settings.NEWSROOM_NAME}

    def absolute(self, path: str) -> str:
        return self.request.build_absolute_uri(path)

    def id_of(self, article: Article) -> str:
        return id_in_feeds(self.request, f"stories/{article.pk}")

    def authors_of(self, article: Article) -> list[dict[str, str]]:
        """Each author once, in the byline's order, with the address of their page where this edition has one."""
        found = {}
        for line in article.bylines.all():
            name = line.author.name_in(article.language)
            if name is not None:
                has_page = name.language == article.language
                url = self.absolute(name.get_absolute_url()) if has_page else ""
                found.setdefault(line.author_id, {"name": name.name, "url": url})
        return list(found.values()) or [{"name": settings.NEWSROOM_NAME, "url": ""}]

    def text_of(self, article: Article) -> str:
        """The whole story, and under it what was corrected, as safe HTML."""
        text = full_text(article, self.absolute(article.get_absolute_url()))
        return text + "".join(map(_correction_as_html, article.corrections.all()))

    def image_of(self, article: Article) -> Rendition | None:
        return article.lead_photo and article.lead_photo.shared()


def id_in_feeds(request: HttpRequest, what: str) -> str:
    """The permanent id of ``what`` ("stories/12")."""
    host = urlsplit(request.build_absolute_uri("/")).hostname
    return f"tag:{host},{ID_YEAR}:{what}"


def changed_at(article: Article) -> datetime.datetime:
    """When readers' copy last changed; a story that waited for its time changed when the time came."""
    times = (article.first_published_at, article.publish_at, article.embargo_until, article.modified_at)
    return max(filter(None, times))


def _correction_as_html(correction: Correction) -> str:
    date = date_format(timezone.localtime(correction.at), pgettext("date format", "j F Y"))
    return (
        f"<p><strong>{escape(correction.get_kind_display())}</strong>, {date}:</p>{linebreaks(escape(correction.text))}"
    )


def length_of(image: Rendition) -> int | None:
    """The bytes of ``image``, or None where its file is gone: then it is not offered."""
    try:
        return image.length()
    except OSError:
        logger.exception("the file of rendition %s cannot be read", image.pk)
        return None


class StoryFeed(Feed):
    """A channel through Django's syndication framework; the syntax is ``feed_type``'s."""

    def __init__(self, feed_type):
        self.feed_type = feed_type
        self.subtitle = self.description

    def get_object(self, request, channel):
        self.language = channel.language.html_lang
        return channel

    def title(self, channel):
        return legal_in_xml(channel.title)

    def link(self, channel):
        return channel.home

    def description(self, channel):
        return legal_in_xml(channel.description)

    def feed_url(self, channel):
        return channel.request.path

    def items(self, channel):
        self.channel = channel
        return channel.stories

    def item_title(self, article):
        return legal_in_xml(article.headline)

    def item_description(self, article):
        """HTML, by both syntaxes' rules, and so escaped once more than a title."""
        return escape(legal_in_xml(article.standfirst or article.headline))

    def item_link(self, article):
        return article.get_absolute_url()

    def item_guid(self, article):
        return self.channel.id_of(article)

    item_guid_is_permalink = False

    def item_pubdate(self, article):
        return article.first_published_at

    def item_updateddate(self, article):
        return article.updated_at or article.first_published_at

    def item_enclosures(self, article):
        image = self.channel.image_of(article)
        length = image and length_of(image)
        if not length:
            return []
        return [Enclosure(self.channel.absolute(image.get_absolute_url()), str(length), image.media_type)]

    def item_categories(self, article):
        return [legal_in_xml(tag.name) for tag in article.tags.all()]

    def item_extra_kwargs(self, article):
        channel = self.channel
        return {"authors": channel.authors_of(article), "full_text": legal_in_xml(channel.text_of(article))}


def json_feed(channel: Channel) -> dict:
    """``channel`` as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.absolute(channel.home),
        "feed_url": channel.absolute(channel.request.path),
        "description": channel.description,
        "language": channel.language.html_lang,
        "items": [_json_item(channel, article) for article in channel.stories],
    }


def _json_item(channel: Channel, article: Article) -> dict:
    item = {
        "id": channel.id_of(article),
        "url": channel.absolute(article.get_absolute_url()),
        "title": article.headline,
        "content_html": channel.text_of(article),
        "summary": article.standfirst,
        "date_published": article.first_published_at.isoformat(),
        "date_modified": (article.updated_at or article.first_published_at).isoformat(),
        "authors": [{key: value for key, value in author.items() if value} for author in channel.authors_of(article)],
        "tags": [tag.name for tag in article.tags.all()],
        "language": channel.language.html_lang,
        **_json_image(channel, article),
    }
    return {key: value for key, value in item.items() if value not in ("", [])}


def _json_image(channel: Channel, article: Article) -> dict:
    image = channel.image_of(article)
    length = image and length_of(image)
    if not length:
        return {}
    url = channel.absolute(image.get_absolute_url())
    return {"image": url, "attachments": [{"url": url, "mime_type": image.media_type, "size_in_bytes": length}]}


@require_safe
def feed(request: HttpRequest, syntax: str, kind: str = "", slug: str = "") -> HttpResponse:
    """The active edition's feed, or its section's or tag's, as ``rss``, ``atom`` or ``json``; 304 when unchanged.

    What has no page of its own (a tag that no public story carries) has no feed.
    """
    channel = _channel(request, kind, slug)
    if isinstance(channel.subject, Tag) and not channel.stories:
        raise Http404
    if isinstance(channel.subject, Tag) and channel.subject.slug != slug:
        return tagging.lead_on(reverse_in(get_language(), f"articles:tag_{syntax}", channel.subject.slug))
    response = answered(request, _written(channel, syntax), last_modified=_last_change(channel))
    linked = bodies.keys(*(article.body for article in channel.stories))
    return depends_on(response, channel.page_key, *linked, until=next_by_clock())


def answered(request: HttpRequest, response: HttpResponse, *, last_modified: datetime.datetime | None) -> HttpResponse:
    """``response`` with its ETag and the time it last changed, or 304 for who has it."""
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    seconds = last_modified and int(last_modified.timestamp())
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    else:
        del response["Last-Modified"]
    return get_conditional_response(request, response["ETag"], seconds, response)


def _channel(request: HttpRequest, kind: str, slug: str) -> Channel:
    language, house = get_language(), settings.NEWSROOM_NAME
    if not kind:
        return Channel(request, house, reverse_in(language, "articles:front"))
    if kind == "tag":
        subject = tagging.tag_at(language, slug)
    else:
        subject = SectionName.objects.filter(language=language, slug=slug).first() if "\x00" not in slug else None
    if subject is None:
        raise Http404
    return Channel(request, f"{subject.name} – {house}", subject.get_absolute_url(), subject)


def _written(channel: Channel, syntax: str) -> HttpResponse:
    if syntax == "json":
        text = json.dumps(json_feed(channel), ensure_ascii=False)
        return HttpResponse(text.encode("utf-8", "replace"), content_type="application/feed+json; charset=utf-8")
    feed_type = {"rss": StoryRss, "atom": StoryAtom}[syntax]
    return StoryFeed(feed_type)(channel.request, channel)


def _last_change(channel: Channel) -> datetime.datetime:
    """When the feed may last have changed, never too early: a story withdrawn anywhere moves it too.

    From the stories still shown alone it would go back when one is withdrawn, and a reader who asks with
    If-Modified-Since would keep that story for good.
    """
    withdrawn = Article.objects.withdrawn().order_by("-modified_at").values_list("modified_at", flat=True)[:1]
    # First the newest of all published ones, which an index gives: nearly always one of them is public already.
    newest = Article.objects.filter(status=Status.PUBLISHED).order_by("-modified_at").values("pk")[:LOOKED_AT]
    public = Article.objects.public().order_by("-modified_at").values_list("modified_at", flat=True)
    live = public.filter(pk__in=newest)[:1] or public[:1]
    return max([LONG_AGO, *withdrawn, *live, *map(changed_at, channel.stories)])
