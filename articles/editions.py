"""The editions of one story in several languages, and which of them hold an older version of their original."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models import Article, ArticleQuerySet, Revision

# What a translator translates. A change of anything else leaves translations as good as they were.
TRANSLATED = ("headline", "standfirst", "body", "byline_note", "lead_alt", "lead_caption")
# A story that was not translated in so many days will not be.
NEW_FOR = datetime.timedelta(days=30)


def revision_of_row(article: Article) -> int:
    """The number of the revision the row of ``article`` holds, 0 before the first. One query."""
    applied = article.revisions.exclude(state__in=(*Revision.BEHIND, Revision.State.DROPPED))
    return applied.aggregate(Max("number"))["number__max"] or 0


def note_change(original: Article, content: Mapping[str, Any]) -> None:
    """Tell the translations of ``original`` that its row is about to become ``content``, if they should know.

    Call it before the row is written, in the same transaction.
    """
    if original.translation_of_id or all(getattr(original, field) == content[field] for field in TRANSLATED):
        return
    held = revision_of_row(original)
    original.translations.update(
        original_changed_at=Coalesce("original_changed_at", Value(timezone.now())),
        translated_revision=Coalesce("translated_revision", Value(held)),
    )


def linked_to(article: Article, original: Article | None) -> dict[str, Any]:
    """The fields that make ``article`` an edition of ``original`` (None: of nothing) as it stands now; what was noted
    of the two before stays when they are the same two."""
    before = Article.objects.filter(pk=article.pk).values_list("translation_of", flat=True).first()
    if original is not None and before == original.pk:
        return {"translation_of": original}
    held = revision_of_row(original) if original else None
    return {"translation_of": original, "translated_revision": held, "original_changed_at": None}


def editions_of_all(articles: Iterable[Article]) -> dict[int, list[Article]]:
    """The editions of each of ``articles`` by their original's id, as rows without text. One query."""
    originals = {article.translation_of_id or article.pk for article in articles}
    few = Article.objects.only("language", "translation_of_id", "original_changed_at")
    found = [*few.filter(pk__in=originals), *few.filter(translation_of__in=originals)] if originals else []
    grouped: dict[int, list[Article]] = {original: [] for original in originals}
    for edition in found:
        grouped[edition.translation_of_id or edition.pk].append(edition)
    return grouped


def stale(articles: ArticleQuerySet) -> ArticleQuerySet:
    """The translations among ``articles`` whose original says something else by now."""
    return articles.filter(original_changed_at__isnull=False)


def missing_in(language: str, articles: ArticleQuerySet) -> ArticleQuerySet:
    """The public originals among ``articles``, of the last ``NEW_FOR``, without an edition in ``language``."""
    editions = Article.objects.filter(translation_of=OuterRef("pk"), language=language)
    new = articles.public().filter(translation_of__isnull=True, first_published_at__gte=timezone.now() - NEW_FOR)
    return new.exclude(language=language).exclude(Exists(editions))
