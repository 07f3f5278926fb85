"""Whether a story takes comments now, and if not, why not: in words for the reader.

One place decides, and everybody asks it: the page that shows or hides the form, and ``post_comment``.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article
from comments.models import CommentPolicy
from newsroom import pages
from newsroom.compiled import Compiled

Hours = tuple[datetime.time, datetime.time]


@dataclass(frozen=True)
class Switches:
    """What people have switched: comments on the story, on its section's stories, and the house's pause with reason.

    And what the clock goes by: when the story first appeared.
    """

    story: bool
    section: bool
    is_paused: bool
    reason: str
    published_at: datetime.datetime | None


def why_closed(article: Article, now: datetime.datetime | None = None, switches: Switches | None = None) -> str | None:
    """None when ``article`` takes comments at ``now`` (aware; default the present), else the reason.

    ``switches`` are those ``switches_now`` found. Without them the object's own count; it needs its section then
    (select it) and one query, or a fact, for the house's policy.
    """
    now = now or timezone.now()
    switches = switches or _switches_of(article)
    if not switches.story:
        return _("Comments on this story are closed.")
    if not switches.section:
        return _("Stories of this section take no comments.")
    if switches.is_paused:
        return switches.reason or _("Comments are paused on the whole site for now.")
    ended = _closes_at(switches.published_at)
    if ended and now >= ended:
        days = settings.NEWSROOM_COMMENT_DAYS
        return ngettext(
            "Comments are closed %(days)s day after a story appears.",
            "Comments are closed %(days)s days after a story appears.",
            days,
        ) % {"days": days}
    if settings.NEWSROOM_CLOSE_OUTSIDE_HOURS and not is_read_now(article.language, now):
        return _("Comments are taken %(hours)s.") % {"hours": hours_in_words(article.language)}
    return None


def _switches_of(article: Article) -> Switches:
    paused = pages.fact("pause of comments", CommentPolicy.current, "house")
    section = article.section is None or article.section.comments_open
    return Switches(article.comments_open, section, paused.is_paused, paused.reason, article.first_published_at)


def switches_now(article: Article) -> Switches | None:
    """The switches as the database has them at this moment; None when ``article`` is not public. One query."""
    found = _switches.rows(story=article.pk, now=timezone.now())
    if not found:
        return None
    story, section, is_paused, reason, published_at = found[0]
    return Switches(story, section is not False, bool(is_paused), reason or "", published_at)


@Compiled
def _switches(*, story: int, now: datetime.datetime) -> QuerySet:
    house = CommentPolicy.objects.filter(pk=CommentPolicy.ONLY)
    pause = Subquery(house.values("is_paused")), Subquery(house.values("reason"))
    there = Article.objects.public(now).filter(pk=story).order_by()
    return there.values_list("comments_open", "section__comments_open", *pause, "first_published_at")


def closes_at(article: Article) -> datetime.datetime | None:
    """When comments on ``article`` end by its age; None when they do not."""
    return _closes_at(article.first_published_at)


def _closes_at(published_at: datetime.datetime | None) -> datetime.datetime | None:
    days = settings.NEWSROOM_COMMENT_DAYS
    return published_at + datetime.timedelta(days=days) if days and published_at else None


def waiting_note(language: str, now: datetime.datetime | None = None) -> str | None:
    """What a writer should know of the wait: the hours in which comments in ``language`` are read, if there are any."""
    if reading_hours(language) is None:
        return None
    hours = hours_in_words(language)
    if is_read_now(language, now or timezone.now()):
        return _("Comments are read %(hours)s.") % {"hours": hours}
    opens = reading_hours(language)[0].strftime("%H:%M")
    return _("Comments are read %(hours)s. Yours will be stored now and read from %(opens)s.") % {
        "hours": hours,
        "opens": opens,
    }


def reading_hours(language: str) -> Hours | None:
    """When moderators read comments in ``language``, on the house's clock; None: at any hour."""
    written = settings.NEWSROOM_READING_HOURS.get(language)
    return written and tuple(datetime.time.fromisoformat(hour) for hour in written.split("-"))


def is_read_now(language: str, now: datetime.datetime) -> bool:
    hours = reading_hours(language)
    if hours is None:
        return True
    opens, closes = hours
    at = now.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    return opens <= at < closes if opens < closes else at >= opens or at < closes  # 20:00-02:00 runs past midnight


def hours_in_words(language: str) -> str:
    """ "07:00–23:00, Baghdad time" """
    opens, closes = reading_hours(language)
    city = settings.NEWSROOM_TIME_ZONE_CITY or settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
    return _("%(opens)s–%(closes)s, %(city)s time") % {
        "opens": opens.strftime("%H:%M"),
        "closes": closes.strftime("%H:%M"),
        "city": _(city),
    }


def next_change(article: Article, now: datetime.datetime | None = None) -> datetime.datetime | None:
    """The next moment at which the clock alone changes what a page says about commenting: a stored page ends there."""
    now = now or timezone.now()
    moments = [moment for moment in [closes_at(article)] if moment and moment > now]
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    for hour in reading_hours(article.language) or ():
        for day in (today, today + datetime.timedelta(days=1)):
            moment = datetime.datetime.combine(day, hour, tzinfo=zone)
            moments += [moment] if moment > now else []
    return min(moments, default=None)
