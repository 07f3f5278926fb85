"""Under which keys the pages that show a story are stored, and until when a page may live."""

import datetime

from django.utils import timezone

from articles.models import Article, Photo, Status


def story_keys(article: Article) -> set[str]:
    """The keys of the story's own page: the story, and the translations it leads to."""
    return {f"story:{article.pk}", f"editions:{article.translation_of_id or article.pk}"}


def all_keys(article: Article) -> set[str]:
    """The keys of every page that shows ``article`` as its row, tags and bylines are now."""
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


def keys_showing(photo: Photo) -> set[str]:
    """The keys of every page that shows ``photo``: those of the public stories it leads."""
    led = Article.objects.public().filter(lead_photo=photo).prefetch_related("bylines", "tagged")
    return set().union(*(all_keys(article) for article in led))


def front_key(language: str) -> str:
    return f"front:{language}"


def section_key(section_id: int, language: str) -> str:
    return f"section:{section_id}:{language}"


def author_key(author_id: int, language: str) -> str:
    return f"author:{author_id}:{language}"


def tag_key(tag_id: int) -> str:
    return f"tag:{tag_id}"


def next_by_clock(now: datetime.datetime | None = None) -> datetime.datetime | None:
    """When the clock alone will next change a public page: the next scheduled story's or embargo's time (UTC), or None.

    Two queries on partial indexes.
    """
    now = now or timezone.now()
    waiting = Article.objects.filter(status=Status.PUBLISHED)
    times = [
        waiting.filter(**{f"{field}__gt": now}).order_by(field).values_list(field, flat=True).first()
        for field in ("publish_at", "embargo_until")
    ]
    return min(filter(None, times), default=None)
