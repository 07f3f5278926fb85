"""Every save of a story keeps a revision; while the story is live, a save waits behind it until it is released."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from articles.models import Article, Byline, Revision
from newsroom.html import html_from_editor

# Pieces of content that came after the first revisions were kept, and what those revisions are taken to say.
ADDED_LATER: dict[str, Any] = {"lead_photo_id": None, "lead_alt": "", "lead_caption": ""}
FIELDS = ("headline", "standfirst", "slug", "section_id", "place_id", "byline_note", "body", *ADDED_LATER)


class Stale(Exception):
    """Somebody else saved the story since this person opened it."""

    def __init__(self, newest: Revision):
        super().__init__(f"revision {newest.number} came first")
        self.newest = newest


def snapshot(article: Article) -> dict[str, Any]:
    """The content readers get now, in the form a revision keeps."""
    return {
        **{field: getattr(article, field) for field in FIELDS},
        "tags": [tag.name for tag in article.tags.all()],
        "bylines": [{"author": byline.author_id, "role": byline.role} for byline in article.bylines.all()],
    }


def newest(article: Article) -> Revision | None:
    return article.revisions.select_related("created_by").first()


def waiting(article: Article) -> Revision | None:
    """The newest revision behind the live story, or None when the row already holds the newest."""
    latest = newest(article)
    return latest if latest and latest.state == Revision.State.WAITING else None


def current_content(article: Article) -> dict[str, Any]:
    """What an editor should go on writing: the waiting revision if there is one, else the row."""
    latest = waiting(article)
    return complete(latest.content) if latest else snapshot(article)


def complete(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with what revisions did not hold yet when it was kept."""
    return {**ADDED_LATER, **content}


def record(
    article: Article, content: Mapping[str, Any], *, by, note: str = "", seen_revision: int | None = None
) -> Revision:
    """Keep ``content`` as the next revision of ``article`` and, unless the story is live, write it into the row.

    ``seen_revision`` is the number of the revision the writer had before them (0 for none); None skips the check.
    Raises Stale when there is a newer one by somebody else: nothing is written and the caller still has the text.
    """
    with transaction.atomic():
        locked = Article.objects.select_for_update().get(pk=article.pk)
        latest = newest(locked)
        if seen_revision is not None and latest and latest.number != seen_revision and latest.created_by != by:
            raise Stale(latest)
        content = {**complete(content), "body": html_from_editor(content["body"])}
        state = Revision.State.WAITING if locked.is_live else Revision.State.SAVED
        if not locked.is_live:
            apply(locked, content)
        highest = locked.revisions.aggregate(Max("number"))["number__max"] or 0
        return Revision.objects.create(
            article=locked, number=highest + 1, state=state, content=content, note=note, created_by=by
        )


def apply(article: Article, content: Mapping[str, Any]) -> None:
    """Write ``content`` into the story's row, tags and bylines. Only ``record`` and ``publishing.release`` call it."""
    content = complete(content)
    for field in FIELDS:
        setattr(article, field, content[field])
    article.save(update_fields=[*FIELDS, "modified_at"])
    article.tags.set(content["tags"])
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author_id=line["author"], role=line["role"], position=position)
        for position, line in enumerate(content["bylines"])
    )
