"""What the start page tells journalists: their drafts, what waits for review, today's schedule, what went stale."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlencode

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import access, editions
from articles.models import Article, ArticleQuerySet, Photo
from articles.states import STATES, state_of
from newsroom import start_page
from newsroom.house_days import day_bounds
from newsroom.start_page import MOST_ROWS, Box, Row


@start_page.boxes
def boxes(request: HttpRequest) -> Iterator[Box]:
    """The boxes of whoever may see stories, narrowed to the stories they may see."""
    user = request.user
    if user.has_perm("articles.view_article"):
        seen = access.visible_to(user)
        yield from _own(seen, user)
        if user.has_perm("articles.publish_article"):
            yield _to_review(seen)
        yield _scheduled_today(seen)
        yield _stale(seen)
    if user.has_perm("articles.change_photo"):
        yield _rights_ending()
    if user.has_perm("articles.view_article"):
        yield _lately(user)


def _own(seen: ArticleQuerySet, user) -> Iterator[Box]:
    mine = seen.written_by(user)
    returned = STATES["returned"].of(mine).order_by("-modified_at")
    yield _box("returned", _("Returned to me"), returned, _changed, state="returned", mine="yes")
    drafts = STATES["draft"].of(mine).order_by("-modified_at")
    yield _box("drafts", _("My drafts"), drafts, _changed, state="draft", mine="yes")


def _to_review(seen: ArticleQuerySet) -> Box:
    waiting = STATES["review"].of(seen).order_by("modified_at")
    return _box("review", _("Awaiting review"), waiting, _whose, state="review")


def _scheduled_today(seen: ArticleQuerySet) -> Box:
    today = timezone.localdate()
    _begin, end = day_bounds(today)
    scheduled = STATES["scheduled"].of(seen).filter(first_published_at__lt=end).order_by("first_published_at")
    day = {f"first_published_at__{part}": getattr(today, part) for part in ("year", "month", "day")}
    return _box("scheduled", _("Scheduled today"), scheduled, _appears, state="scheduled", **day)


def _stale(seen: ArticleQuerySet) -> Box:
    changed = editions.stale(seen).order_by("-original_changed_at")
    return _box("stale", _("Translations whose original changed"), changed, _stale_since, translation="stale")


def _box(code: str, title: str, stories: ArticleQuerySet, words: Callable[[Article], str], **filters) -> Box:
    shown = stories.select_related("created_by").defer("body")[:MOST_ROWS]
    link = f"{reverse('admin:articles_article_changelist')}?{urlencode(filters)}"
    return Box(code, title, _rows(shown, words), counted=stories, link=link, empty=_("None."))


def _rows(stories: Iterable[Article], words: Callable[[Article], str]) -> list[Row]:
    return [
        Row(str(story), reverse("admin:articles_article_change", args=[story.pk]), story.language, words(story))
        for story in stories
    ]


def _changed(story: Article) -> str:
    return _("%(language)s, changed %(time)s") % {
        "language": story.get_language_display(),
        "time": _moment(story.modified_at),
    }


def _whose(story: Article) -> str:
    return _("%(state)s, by %(who)s, %(time)s") % {
        "state": _("new version") if story.is_live else state_of(story),
        "who": story.created_by,
        "time": _moment(story.modified_at),
    }


def _appears(story: Article) -> str:
    return _moment(story.first_published_at)


def _stale_since(story: Article) -> str:
    return _("%(language)s, since %(time)s") % {
        "language": story.get_language_display(),
        "time": _moment(story.original_changed_at),
    }


def _moment(time) -> str:
    """The time on the house's clock, kept left to right in every language; the page names the zone."""
    return f"\u2066{timezone.localtime(time):%Y-%m-%d %H:%M}\u2069"


def _rights_ending() -> Box:
    photos = Photo.objects.rights_expiring().public().order_by("rights_expire_on")
    rows = [
        Row(
            str(photo),
            reverse("admin:articles_photo_change", args=[photo.pk]),
            words=photo.rights_expire_on.isoformat(),
        )
        for photo in photos[:MOST_ROWS]
    ]
    link = f"{reverse('admin:articles_photo_changelist')}?rights=ending"
    return Box("rights", _("Photos whose rights end"), rows, counted=photos, link=link, empty=_("None."))


def _lately(user) -> Box:
    """The stories the person worked on last, as they are called now: a story out of sight has left the list too."""
    entries = LogEntry.objects.filter(user=user, content_type=ContentType.objects.get_for_model(Article))
    numbers = dict.fromkeys(entries.order_by("-pk").values_list("object_id", flat=True)[:40])
    found = access.visible_to(user).defer("body").in_bulk([int(number) for number in numbers])
    shown = [found[int(number)] for number in numbers if int(number) in found][:MOST_ROWS]
    return Box("lately", _("Lately by me"), _rows(shown, _changed), empty=_("None."))
