"""The front page of an edition: what stands on it at a given moment, and the verbs that put it there.

Everything is looked up for one moment, ``now``: nothing has to run for a slot or a banner to begin or to end, and the
page of six o'clock can be looked at at noon.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from articles.models import Article, BreakingBanner, FrontSlot, SectionName
from articles.models.front import POSITIONS, next_change
from articles.pagekeys import banner_key, front_key
from articles.paging import page_by_key
from newsroom import pages

# Stories of each section that are shown below the newest.
OF_SECTION = 4
_ADVISORY_LOCK = 4_801_733_291_600_423_772  # an arbitrary number that only front pages use


class Taken(Exception):
    """Another slot holds the position at some moment of the time asked for; ``by`` is the first of them."""

    def __init__(self, by: FrontSlot):
        super().__init__(f"taken by slot {by.pk}")
        self.by = by


@dataclass
class FrontPage:
    """One page of an edition's front. ``top`` is empty on the pages that follow the first."""

    top: list[Article] = field(default_factory=list)
    latest: list[Article] = field(default_factory=list)
    sections: list[tuple[SectionName, list[Article]]] = field(default_factory=list)
    next_key: str | None = None
    changes_at: datetime.datetime | None = None  # when a slot next begins or ends

    @property
    def lead(self) -> Article | None:
        return self.top[0] if self.top else None

    @property
    def seconds(self) -> list[Article]:
        return self.top[1:4]

    @property
    def thirds(self) -> list[Article]:
        return self.top[4:]


def compose(language: str, now: datetime.datetime | None = None, *, after: str | None = None) -> FrontPage:
    """The front page of ``language`` at ``now`` (aware; default the present), or what follows the key ``after``.

    A position with a live slot whose story is public has that story; every other has the newest that is not on the
    page yet. A fixed number of queries. Raises paging.BadKey.
    """
    now = now or timezone.now()
    public = Article.objects.public(now).in_language(language)
    planned = [] if after else list(FrontSlot.objects.not_over(language, now).order_by("position", "pk"))
    slots = [slot for slot in planned if slot.is_live(now)]
    pinned = list(public.filter(pk__in=[slot.article_id for slot in slots]).values_list("pk", flat=True))
    newest = page_by_key(
        public.exclude(pk__in=pinned).only("pk", "first_published_at"),
        ("first_published_at", "pk"),
        after=after,
        size=max(1, settings.NEWSROOM_PAGE_SIZE - len(pinned)),
        newest_first=True,
    )
    ids = [article.pk for article in newest.items]
    of_sections = {} if after else _of_sections(language, public, [*pinned, *ids])
    wanted = {*pinned, *ids, *(pk for stories in of_sections.values() for pk in stories)}
    articles = public.with_everything_shown().in_bulk(wanted)
    latest = [articles[pk] for pk in ids if pk in articles]
    if after:
        return FrontPage(latest=latest, next_key=newest.next_key)
    top = _top(slots, articles, latest)
    return FrontPage(
        top=top,
        latest=[article for article in latest if article not in top],
        sections=[(name, [articles[pk] for pk in stories if pk in articles]) for name, stories in of_sections.items()],
        next_key=newest.next_key,
        changes_at=next_change(planned, now),
    )


def _top(slots: list[FrontSlot], articles: dict[int, Article], newest: list[Article]) -> list[Article]:
    """The stories at the head of the page in order: pinned where there is a slot, else the newest.

    A story in two slots keeps the higher place.
    """
    pinned = {}
    for slot in slots:
        if slot.article_id in articles and slot.article_id not in [other.article_id for other in pinned.values()]:
            pinned[slot.position] = slot
    free, top = iter(newest), []
    for position in range(1, POSITIONS + 1):
        slot = pinned.get(position)
        article = articles[slot.article_id] if slot else next(free, None)
        if slot:
            article.front_headline = slot.headline
        if article:
            top.append(article)
    return top


def _of_sections(language: str, public: QuerySet[Article], shown: list[int]) -> dict[SectionName, list[int]]:
    """The ids of each active section's newest stories that are not ``shown``; sections without any are left out.

    One query: a subquery for each place, which walks the index of the section.
    """
    rest = public.filter(section=OuterRef("section")).exclude(pk__in=shown).newest_first().values("pk")
    places = {f"story_{number}": Subquery(rest[number : number + 1]) for number in range(OF_SECTION)}
    names = SectionName.objects.filter(language=language, section__is_active=True).annotate(**places)
    found = {
        name: [pk for pk in (getattr(name, place) for place in places) if pk]
        for name in names.order_by("section__position", "section_id")
    }
    return {name: stories for name, stories in found.items() if stories}


def banners(language: str, now: datetime.datetime) -> list[BreakingBanner]:
    """The banners of ``language`` that are live at ``now`` or will be, with their stories. One query."""
    return list(BreakingBanner.objects.not_over(language, now).select_related("article").order_by("-begins_at", "-pk"))


def live_banner(rows: Iterable[BreakingBanner], now: datetime.datetime) -> BreakingBanner | None:
    """The line to show at ``now``: of those that are live, the last to begin whose story is public."""
    shown = (row for row in rows if row.is_live(now) and (row.article is None or row.article.is_public(now)))
    return next(shown, None)


# The verbs ------------------------------------------------------------------------------------------------------------
def put_in_slot(slot: FrontSlot) -> FrontSlot:
    """Keep ``slot``, new or changed, under its story's language. Raises Taken: of two who race, one gets the place."""
    with transaction.atomic():
        before = FrontSlot.objects.filter(pk=slot.pk).values_list("language", flat=True).first()
        slot.language = slot.article.language
        refuse_taken(slot)
        slot.save()
        pages.changed(front_key(slot.language), *([front_key(before)] if before else []))
    return slot


def refuse_taken(slot: FrontSlot) -> None:
    """Raise Taken if another slot holds the position. Within the caller's transaction nobody else takes it after."""
    _one_at_a_time()
    other = slot.overlapping().select_related("article").order_by("begins_at").first()
    if other is not None and not slot.is_off:
        raise Taken(other)


def announce(line: BreakingBanner) -> BreakingBanner:
    """Keep the banner ``line``, new or changed."""
    with transaction.atomic():
        before = BreakingBanner.objects.filter(pk=line.pk).values_list("language", flat=True).first()
        line.save()
        pages.changed(*(banner_key(language) for language in {line.language, before or line.language}))
    return line


def _one_at_a_time() -> None:
    """Let nobody else put anything in a slot until this transaction ends. On SQLite the transaction itself does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
