"""Under which keys the pages that show a story are stored, and until when a page may live."""

import datetime

from django.db.models import Q, Subquery
from django.utils import timezone

from articles.models import Article, MostRead, Photo, Status
from newsroom import languages
from newsroom.pages import fact


def story_keys(article: Article) -> set[str]:
    """The keys of the story's own page: the story, and the translations it leads to."""
    return {f"story:{article.pk}", f"editions:{article.translation_of_id or article.pk}"}


def all_keys(article: Article) -> set[str]:
    """The keys of every page that shows or names ``article`` as its row, tags and bylines are now."""
    return list_keys(article) | _named_elsewhere(article)


def list_keys(article: Article) -> set[str]:
    """The keys of the story's own page and of the lists that show it."""
    language = article.language
    authors = article.bylines.values_list("author_id", flat=True)
    tags = article.tagged.values_list("tag_id", flat=True)
    return {
        *story_keys(article),
        front_key(language),
        *([section_key(article.section_id, language)] if article.section_id else []),
        *(author_key(author, language) for author in authors),
        *(tag_key(tag) for tag in tags),
    }


def _named_elsewhere(article: Article) -> set[str]:
    """The keys of pages that name the story without being about it: corrections, a banner, what is read most."""
    language, keys = article.language, set()
    if article.corrections.exists():
        keys.add(corrections_key(language))
    keys.update(banner_key(of) for of in article.banners.values_list("language", flat=True))
    most_read = MostRead.objects.filter(language=language).first()
    if most_read and article.pk in most_read.story_ids:
        keys.add(most_read_key(language))
    return keys


def keys_showing(photo: Photo) -> set[str]:
    """The keys of every page that shows ``photo``: those of the public stories it leads or illustrates."""
    showing = Article.objects.public().filter(Q(lead_photo=photo) | Q(body_photos=photo)).distinct()
    return set().union(*(list_keys(article) for article in showing.prefetch_related("bylines", "tagged")))


def front_key(language: str) -> str:
    return f"front:{language}"


def corrections_key(language: str) -> str:
    return f"corrections:{language}"


def banner_key(language: str) -> str:
    """The key of every page of an edition that would show its breaking banner."""
    return f"banner:{language}"


def most_read_key(language: str) -> str:
    return f"most-read:{language}"


def section_key(section_id: int, language: str) -> str:
    return f"section:{section_id}:{language}"


def author_key(author_id: int, language: str) -> str:
    return f"author:{author_id}:{language}"


def tag_key(tag_id: int) -> str:
    return f"tag:{tag_id}"


def next_by_clock(now: datetime.datetime | None = None) -> datetime.datetime | None:
    """When the clock alone will next change a public page: the next scheduled story's or embargo's time (UTC), or None.

    One query, or a fact. Banners and slots have times of their own: see ``articles.front``.
    """
    now = now or timezone.now()
    every_front = (front_key(language) for language in languages.BY_CODE)  # which every step of a story tells
    known = fact("next by clock", lambda: _next_by_clock(now), *every_front)
    return known if known is None or known > now else _next_by_clock(now)


def _next_by_clock(now: datetime.datetime) -> datetime.datetime | None:
    waiting = Article.objects.filter(status=Status.PUBLISHED)
    fields = ("publish_at", "embargo_until")
    next_of_each = {
        f"next_{field}": Subquery(waiting.filter(**{f"{field}__gt": now}).order_by(field).values(field)[:1])
        for field in fields
    }
    # What waits is published too: with no such story at all nothing waits.
    times = waiting.order_by().values_list(*next_of_each.values())[:1]
    return min((time for row in times for time in row if time), default=None)
