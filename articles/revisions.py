"""Every save of a story keeps a revision; while the story is live, a save waits behind it until it is released."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from articles import bodies, editions, search
from articles.models import Article, Byline, Revision

# Pieces of content that came after the first revisions were kept, and what those revisions are taken to say.
ADDED_LATER: dict[str, Any] = {"lead_photo_id": None, "lead_alt": "", "lead_caption": ""}
FIELDS = ("headline", "standfirst", "slug", "section_id", "place_id", "byline_note", "body", *ADDED_LATER)

# What a new story says before anybody wrote in it.
EMPTY: dict[str, Any] = {
    **{field: None if field.endswith("_id") else "" for field in FIELDS},
    "tags": [],
    "bylines": [],
}


class Stale(Exception):
    """The story was saved since this person opened it: by somebody else, or by themselves in another window."""

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
    return latest if latest and latest.is_behind else None


def live(article: Article) -> Revision | None:
    """The revision the row holds: what readers have of a live story."""
    held = (Revision.State.SAVED, Revision.State.RELEASED)
    return article.revisions.filter(state__in=held).select_related("created_by").first()


def current_content(article: Article) -> dict[str, Any]:
    """What an editor should go on writing: the waiting revision if there is one, else the row."""
    latest = waiting(article)
    return complete(latest.content) if latest else snapshot(article)


def complete(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with what revisions did not hold yet when it was kept."""
    return {**ADDED_LATER, **content}


def record(
    article: Article,
    content: Mapping[str, Any],
    *,
    by,
    note: str = "",
    seen_revision: int | None = None,
    restored_from: int | None = None,
) -> Revision:
    """Keep ``content`` as the next revision of ``article`` and, unless the story is live, write it into the row.

    ``seen_revision`` is the number of the revision the writer had before them (0 for none); None skips the check.
    Raises Stale when there is a newer one that says something else: nothing is written and the caller still has the
    text. A newer one that says the same is this save, sent twice, and is returned.
    """
    with transaction.atomic():
        locked = Article.objects.select_for_update().get(pk=article.pk)
        latest = newest(locked)
        content = {**complete(content), "body": bodies.from_editor(content["body"])}
        if seen_revision is not None and latest and latest.number != seen_revision:
            if complete(latest.content) == content:
                return latest
            raise Stale(latest)
        if not locked.is_live:
            apply(locked, content)
        kept = Revision.objects.create(
            article=locked,
            number=(latest.number if latest else 0) + 1,
            state=_state_of_next(latest, by) if locked.is_live else Revision.State.SAVED,
            content=content,
            note=note,
            restored_from=restored_from,
            created_by=by,
        )
        search.index(locked)
        return kept


def _state_of_next(latest: Revision | None, by) -> str:
    """Where a version behind a live story stands when ``by`` goes on from ``latest``.

    An approval holds for the very text that was approved. What was submitted stays with the editors if an editor
    writes on, and goes back to its writer if anybody else does; what was returned stays returned until submitted.
    """
    state = Revision.State
    if latest is None or latest.state not in (state.SUBMITTED, state.APPROVED, state.RETURNED):
        return state.WAITING
    if latest.state == state.RETURNED:
        return state.RETURNED
    return state.SUBMITTED if by.has_perm("articles.publish_article") else state.WAITING


def restore(article: Article, revision: Revision, *, by, seen_revision: int | None = None) -> Revision:
    """Keep what ``revision`` held as a new revision of ``article``; the history stays as it was."""
    if revision.article_id != article.pk:
        raise ValueError("a revision of another story")
    note = gettext("Restored from revision %(number)s.") % {"number": revision.number}
    return record(
        article,
        complete(revision.content),
        by=by,
        note=note,
        seen_revision=seen_revision,
        restored_from=revision.number,
    )


def settle(article: Article) -> None:
    """Write the version that waits into the row of a story that has just ceased to be live."""
    latest = waiting(article)
    if latest is None:
        return
    apply(article, latest.content)
    article.revisions.filter(state__in=Revision.BEHIND).update(state=Revision.State.SAVED)


def apply(article: Article, content: Mapping[str, Any]) -> None:
    """Write ``content`` into the story's row, tags and bylines. Only ``record`` and ``publishing.release`` call it."""
    content = complete(content)
    editions.note_change(article, content)
    for field in FIELDS:
        setattr(article, field, content[field])
    article.save(update_fields=[*FIELDS, "modified_at"])
    article.tags.set(content["tags"])  # in this order, whatever the row had
    article.body_photos.set(bodies.photos_known(content["body"]))
    article.bylines.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author_id=line["author"], role=line["role"], position=position)
        for position, line in enumerate(content["bylines"])
    )
