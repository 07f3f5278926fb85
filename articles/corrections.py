"""The page of corrections of an edition and its feed: those of public stories, newest first."""

import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import escape, linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.feeds import NEWEST, StoryRss, answered, id_in_feeds
from articles.models import Correction, CorrectionQuerySet
from articles.page_rendering import rendered
from articles.pagekeys import corrections_key, next_by_clock
from articles.paging import BadKey, page_by_key
from newsroom import languages
from newsroom.addresses import reverse_in
from newsroom.pages import depends_on
from newsroom.xml_text import legal_in_xml


def _shown(now: datetime.datetime | None = None) -> CorrectionQuerySet:
    """The corrections readers of the active language may see at ``now``, with the stories they are about."""
    return Correction.objects.public(get_language(), now).select_related("article")


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What was corrected, clarified, updated and explained, newest first, a page at a time by key."""
    now = timezone.now()
    try:
        page = page_by_key(
            _shown(now),
            ("at", "pk"),
            after=request.GET.get("after"),
            size=settings.NEWSROOM_PAGE_SIZE,
            newest_first=True,
        )
    except BadKey as error:
        raise Http404 from error
    shown = {"corrections": page.items, "next_key": page.next_key}
    return rendered(request, "articles/corrections.html", shown, corrections_key(get_language()), now=now)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest corrections as RSS 2.0; 304 when unchanged.

    A correction never changes, but one disappears with its story, so there is no Last-Modified that could be asked by.
    """
    response = answered(request, CorrectionFeed()(request), last_modified=None)
    return depends_on(response, corrections_key(get_language()), until=next_by_clock())


class CorrectionRss(StoryRss):
    """RSS whose items are whole in their description."""


class CorrectionFeed(Feed):
    feed_type = CorrectionRss
    item_guid_is_permalink = False

    def get_object(self, request):
        self.request = request
        self.language = languages.language(get_language()).html_lang
        return request

    def title(self, _request):
        return legal_in_xml(f"{_('Corrections')} – {settings.NEWSROOM_NAME}")

    def link(self, _request):
        return reverse_in(get_language(), "articles:corrections")

    def description(self, _request):
        return legal_in_xml(_("What %(house)s got wrong and put right.") % {"house": settings.NEWSROOM_NAME})

    def feed_url(self, request):
        return request.path

    def items(self, _request):
        return list(_shown().newest_first()[:NEWEST])

    def item_title(self, correction):
        return legal_in_xml(f"{correction.get_kind_display()}: {correction.article.headline}")

    def item_description(self, correction):
        return legal_in_xml(linebreaks(escape(correction.text)))

    def item_link(self, correction):
        return correction.article.get_absolute_url()

    def item_guid(self, correction):
        return id_in_feeds(self.request, f"corrections/{correction.pk}")

    def item_pubdate(self, correction):
        return correction.at

    def item_extra_kwargs(self, correction):
        return {"authors": [{"name": settings.NEWSROOM_NAME}], "full_text": self.item_description(correction)}
