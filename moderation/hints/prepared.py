"""Hints written down for waiting comments, so that the queue can be filtered by an index. A cache, nothing more."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from comments.models import Comment
from moderation.hint_models import CommentHints
from moderation.hints import codes, hints_for_all
from moderation.hints.surroundings import lists_version

BATCH = 200


def prepare(*, most: int = 10_000) -> Iterator[int]:
    """Prepare up to ``most`` waiting comments that have no hints or old ones, oldest first; yields each batch's size.

    Rows of comments that no longer wait are dropped first.
    """
    CommentHints.objects.exclude(comment__in=Comment.objects.pending()).delete()
    version = lists_version()
    outdated = Q(prepared_hints__isnull=True) | Q(prepared_hints__lists_version__lt=version)
    for _start in range(0, most, BATCH):
        batch = list(Comment.objects.pending().filter(outdated).select_related("article").oldest_first()[:BATCH])
        if not batch:
            return
        _write(batch, version)
        yield len(batch)


def _write(batch: list[Comment], version: int) -> None:
    found = hints_for_all(batch)
    now = timezone.now()
    rows = [
        CommentHints(
            comment=comment,
            codes=codes(found[comment.pk]),
            is_hinted=bool(found[comment.pk]),
            submitted_at=comment.submitted_at,
            checked_at=now,
            lists_version=version,
        )
        for comment in batch
    ]
    with transaction.atomic():
        CommentHints.objects.filter(comment__in=batch).delete()
        CommentHints.objects.bulk_create(rows)
