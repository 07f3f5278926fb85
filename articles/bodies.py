"""A story's body between its writer and its readers: stories and photos are stored by number and shown as they are now.

Stored: ``<a href="/en/stories/12/">`` and ``<figure data-photo="7" data-alt="…"><figcaption>…</figcaption></figure>``.
Shown: the address that story has now, or only the words while the public may not see it; and the photo in its sizes,
or nothing once the library does not know it or its rights have ended.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from articles.models import Article, Photo, Rendition
from articles.templatetags.photo_tags import sources
from newsroom import languages
from newsroom.html import html_from_editor

# clean_html() writes attribute values in double quotes; a quoted value may hold ">".
_ATTRIBUTES = r"""((?:[^>"']|"[^"]*"|'[^']*')*)"""
_LINK = re.compile(rf"<a\b{_ATTRIBUTES}>(.*?)</a>", re.DOTALL)
_FIGURE = re.compile(rf"<figure\b{_ATTRIBUTES}>(.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(rf"<figcaption\b{_ATTRIBUTES}>(.*?)</figcaption>", re.DOTALL)
_HREF = re.compile(r'(\shref=)"([^"]*)"')
_LANGUAGES = "|".join(languages.BY_CODE)
_STORED_STORY = re.compile(rf"/(?:{_LANGUAGES})/stories/([0-9]{{1,18}})/(#[^\"\s]*)?")
_STORY_PATH = re.compile(rf"/({_LANGUAGES})/stories/0*([1-9][0-9]{{0,17}})(?:/[^/?#]*)?/?")
_ADMIN_PATH = re.compile(r"/admin/articles/article/0*([1-9][0-9]{0,17})(?:/.*)?")


@dataclass(frozen=True)
class Figure:
    """A photo in a body: its number, its alternative text, and its caption as stored HTML."""

    photo: int
    alt: str
    caption: str


@dataclass
class References:
    """The photos and the public stories that some bodies name, by number."""

    photos: dict[int, Photo] = field(default_factory=dict)
    stories: dict[int, Article] = field(default_factory=dict)


# Written --------------------------------------------------------------------------------------------------------------
def from_editor(text: str) -> str:
    """What a person typed or pasted as a body to keep: safe HTML with links to stories by number.

    Raises newsroom.html.HtmlTooLong.
    """
    return _LINK.sub(lambda link: link[0].replace(link[1], _by_number(link[1]), 1), html_from_editor(text))


def _by_number(attributes: str) -> str:
    return _HREF.sub(lambda href: f'{href[1]}"{_stored_address(href[2])}"', attributes)


def _stored_address(written: str) -> str:
    """The address of one of our stories by number, whatever its slug; any other address as ``written``."""
    parts = urlsplit(unescape(written))
    if parts.scheme not in ("", "http", "https") or (parts.netloc and parts.hostname not in _our_hosts()):
        return written
    fragment = f"#{parts.fragment}" if re.fullmatch(r"[\w.-]+", parts.fragment) else ""
    if found := _STORY_PATH.fullmatch(parts.path):
        return f"/{found[1]}/stories/{found[2]}/{fragment}"
    if found := _ADMIN_PATH.fullmatch(parts.path):
        return f"/{languages.LANGUAGES[0].code}/stories/{found[1]}/"
    return written


def story_number(written: str) -> int | None:
    """The number of the story that ``written`` (an address of ours in any form, or the number itself) names."""
    if written.isascii() and written.isdigit() and len(written) <= 18:
        return int(written)
    try:
        named = _STORED_STORY.fullmatch(_stored_address(written))
    except ValueError:  # brackets that urllib takes for an address of version 6
        return None
    return int(named[1]) if named else None


def _our_hosts() -> set[str | None]:
    return {urlsplit(settings.NEWSROOM_ADDRESS).hostname, *settings.ALLOWED_HOSTS}


# Asked ----------------------------------------------------------------------------------------------------------------
def figures(body: str) -> list[Figure]:
    """The photos in a stored ``body``, in order."""
    return [figure for found in _FIGURE.finditer(body) if (figure := _figure(found))]


def linked_stories(body: str) -> dict[int, str]:
    """The numbers of the stories that a stored ``body`` links to, each with the words of its first link."""
    found: dict[int, str] = {}
    for link in _LINK.finditer(body):
        if story := _story_of(link[1]):
            found.setdefault(int(story[1]), unescape(re.sub(r"<[^>]*>", "", link[2])))
    return found


def photos_known(body: str) -> list[Photo]:
    """The photos of the library that a stored ``body`` shows."""
    wanted = {figure.photo for figure in figures(body)}
    return list(Photo.objects.filter(pk__in=wanted)) if wanted else []


def keys(*stored: str) -> set[str]:
    """Under which keys a page that shows these bodies is stored besides its own: those of the stories linked to."""
    return {f"story:{pk}" for body in stored for pk in linked_stories(body)}


def _figure(found: re.Match) -> Figure | None:
    number = _value(found[1], "data-photo")
    if not number.isdecimal():
        return None
    caption = _CAPTION.search(found[2])
    return Figure(int(number), unescape(_value(found[1], "data-alt")).strip(), caption[2] if caption else "")


def _story_of(attributes: str) -> re.Match | None:
    return _STORED_STORY.fullmatch(unescape(_value(attributes, "href")))


def _value(attributes: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', attributes)
    return found[1] if found else ""


# Shown ----------------------------------------------------------------------------------------------------------------
def fetch(articles: list[Article]) -> list[Article]:
    """``articles``, with what their bodies refer to fetched at once: at most three queries for all of them."""
    found = _references(article.body for article in articles)
    for article in articles:
        article.references = found
    return articles


def shown(article: Article, *, in_sizes: bool = True) -> str:
    """The body of ``article`` as safe HTML for readers. ``in_sizes``: photos with all their sizes, else with one.

    No query for a body without photos and links to stories, nor after ``fetch``.
    """
    body = article.body
    found = getattr(article, "references", None) or _references([body])
    body = _FIGURE.sub(lambda figure: _shown_figure(figure, found, in_sizes), body)
    return _LINK.sub(lambda link: _shown_link(link, found), body)


def _references(stored: Iterable[str]) -> References:
    photos, stories = set(), set()
    for body in stored:
        photos |= {figure.photo for figure in figures(body)}
        stories |= set(linked_stories(body))
    return References(
        {photo.pk: photo for photo in _photos(photos) if not photo.has_expired()},
        {story.pk: story for story in _stories(stories)},
    )


def _photos(wanted: set[int]) -> Iterable[Photo]:
    return Photo.objects.filter(pk__in=wanted).prefetch_related("renditions") if wanted else ()


def _stories(wanted: set[int]) -> Iterator[Article] | tuple:
    return Article.objects.public().filter(pk__in=wanted).only("language", "slug") if wanted else ()


def _shown_link(link: re.Match, found: References) -> str:
    named = _story_of(link[1])
    if named is None:
        return link[0]
    story = found.stories.get(int(named[1]))
    if story is None:
        return link[2]
    attributes = _HREF.sub(lambda href: f'{href[1]}"{story.get_absolute_url()}{named[2] or ""}"', link[1])
    return f"<a{attributes}>{link[2]}</a>"


def _shown_figure(figure: re.Match, found: References, in_sizes: bool) -> str:
    named = _figure(figure)
    if named is None:
        return figure[0]
    photo = found.photos.get(named.photo)
    picture = _picture(photo, named.alt, in_sizes) if photo else ""
    if not picture:
        return ""
    credit = render_to_string("articles/_photo_credit.html", {"photo": photo}).strip()
    caption = f'<span class="photo-caption">{named.caption}</span> ' if named.caption else ""
    return f'<figure class="body-photo">{picture}<figcaption>{caption}{credit}</figcaption></figure>'


def _picture(photo: Photo, alt: str, in_sizes: bool) -> str:
    """The photo as HTML; "" while no size of it is made."""
    context = {**sources(photo, Rendition.Shape.WHOLE), "alt": alt, "in_sizes": in_sizes}
    return render_to_string("articles/_body_picture.html", context).strip() if context["file"] else ""
