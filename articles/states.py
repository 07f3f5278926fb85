"""Where a story stands, as journalists say it: what the list filters by, and what the start page counts.

A state is more than the status of the row: a published story may be scheduled, and a live one may have a newer version
that waits.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import Article, ArticleQuerySet, Revision, Status


@dataclass(frozen=True)
class State:
    """One choice of the filter: its parameter, its name and which stories it leaves."""

    code: str
    label: str | Promise
    condition: Callable[[], Q]

    def of(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles.filter(self.condition())


def _is(status: Status) -> Callable[[], Q]:
    return lambda: Q(status=status)


def _scheduled() -> Q:
    return Q(status=Status.PUBLISHED, first_published_at__gt=timezone.now())


def _live() -> Q:
    return Q(status=Status.PUBLISHED, first_published_at__lte=timezone.now())


def _waiting() -> QuerySet[Revision]:
    """The newest versions of live and scheduled stories, where they wait for release."""
    newer = Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    waiting = Revision.objects.filter(state__in=Revision.BEHIND, article__status=Status.PUBLISHED)
    return waiting.exclude(Exists(newer)).order_by()


def _changed_behind() -> Q:
    # By their numbers alone: a status beside them would lead SQLite through every published story.
    return Q(pk__in=_waiting().values("article"))


def _to_review() -> Q:
    submitted = Article.objects.filter(status=Status.SUBMITTED).order_by()
    return Q(pk__in=submitted.values("pk").union(_waiting().values("article")))


STATES: dict[str, State] = {
    state.code: state
    for state in (
        State("draft", _("draft"), _is(Status.DRAFT)),
        State("returned", _("returned"), _is(Status.RETURNED)),
        State("review", _("awaiting review"), _to_review),
        State("submitted", _("submitted"), _is(Status.SUBMITTED)),
        State("changed", _("new version waits"), _changed_behind),
        State("approved", _("approved"), _is(Status.APPROVED)),
        State("scheduled", _("scheduled"), _scheduled),
        State("live", _("live"), _live),
        State("withdrawn", _("withdrawn"), _is(Status.WITHDRAWN)),
        State("spiked", _("spiked"), _is(Status.SPIKED)),
    )
}


def state_of(article: Article) -> str | Promise:
    """What ``article`` is, in one word: its status, or for a published one whether its time has come."""
    if article.status != Status.PUBLISHED:
        return article.get_status_display()
    return STATES["live"].label if article.is_public() else STATES["scheduled"].label
