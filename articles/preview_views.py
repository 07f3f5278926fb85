"""`/preview/<token>/`: one story for somebody with a link and no account. Nothing of it is stored anywhere."""

import base64
import hmac
import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from articles import previews
from articles.datelines import dateline
from articles.media import rendition_response
from articles.models import PreviewLink
from newsroom import languages
from newsroom.keys import keyed_hash

_MEDIA = re.compile(r"/media/([0-9a-f]{32})\.(avif|jpg)")


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The newest version of the link's story under a banner; 410 once the link has ended, 404 for no link of ours."""
    link = previews.of_token(token)
    if link is None:
        raise Http404
    if request.method == "GET" and previews.is_open(link):
        previews.note_opened(link)
    with translation.override(link.article.language):
        response = _story(request, link) if previews.is_open(link) else _ended(request)
    response.headers["Content-Language"] = languages.language(link.article.language).html_lang
    return private(response)


def _story(request: HttpRequest, link: PreviewLink) -> HttpResponse:
    article = previews.newest_of(link.article)
    article.first_published_at = article.first_published_at or timezone.now()  # for the page's date, never saved
    shown = {"article": article, "dateline": dateline(article.place, article.language), "link": link}
    response = render(request, "articles/preview.html", shown)
    response.content = _MEDIA.sub(lambda found: photo_address(link, *found.groups()), response.content.decode())
    return response


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/preview_ended.html", status=410)


@require_safe
def preview_photo(request: HttpRequest, token: str, signature: str, name: str, format: str) -> HttpResponse:
    """A photo of a previewed story, which no public story may show yet: the page signed its address."""
    link = previews.of_token(token)
    if link is None or not previews.is_open(link):
        raise Http404
    if not hmac.compare_digest(_signature(link, name, format).encode(), signature.encode()):
        raise Http404
    return private(rendition_response(name, format))


def photo_address(link: PreviewLink, name: str, format: str) -> str:
    """Where whoever has ``link`` finds the rendition ``name``."""
    return reverse("preview_photo", args=[previews.token(link), _signature(link, name, format), name, format])


def _signature(link: PreviewLink, name: str, format: str) -> str:
    digest = keyed_hash("preview-photo", previews.token(link), name, format)[:15]
    return base64.urlsafe_b64encode(digest).decode()


def private(response: HttpResponse) -> HttpResponse:
    """``response`` with what keeps it out of caches and search engines, and its address out of other sites' logs."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
