"""What the queue is filtered and searched by, written down for waiting comments. A cache, nothing more."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from comments.models import Comment, CommentContact
from moderation import search, senders
from moderation.hint_models import CommentHints
from moderation.hints import codes, hints_for_all
from moderation.hints.surroundings import hints_version
from moderation.models import Decision

BATCH = 200
OVERLAP = datetime.timedelta(minutes=1)  # a decision may be committed later than the time it bears


def prepare(*, most: int = 10_000) -> Iterator[int]:
    """Prepare up to ``most`` waiting comments that have no hints or old ones, oldest first; yields each batch's size.

    Rows of comments that no longer wait are dropped first, and senders decided since the last time become known.
    """
    _drop_decided()
    _know_senders()
    version = hints_version()
    outdated = Comment.objects.pending().filter(
        Q(prepared_hints__isnull=True) | ~Q(prepared_hints__lists_version=version)
    )
    rows = outdated.select_related("article").defer("article__body").oldest_first()
    after = Q()
    for _start in range(0, most, BATCH):
        batch = list(rows.filter(after)[:BATCH])
        if not batch:
            return
        _write(batch, version)
        yield len(batch)
        last = batch[-1]  # the next batch begins there: the walk is one, however many batches it has
        after = Q(submitted_at__gte=last.submitted_at) & ~Q(submitted_at=last.submitted_at, pk__lte=last.pk)


def tidy() -> None:
    """Have comments whose story moved to another section prepared anew, and let go of words nobody needs."""
    moved = CommentHints.objects.exclude(section=F("comment__article__section"))
    moved = moved.filter(Q(section__isnull=False) | Q(comment__article__section__isnull=False))
    CommentHints.objects.filter(pk__in=list(moved.values_list("pk", flat=True))).update(lists_version=0)
    search.tidy()


def _drop_decided() -> None:
    gone = CommentHints.objects.exclude(comment__in=Comment.objects.pending())
    while batch := list(gone.values_list("pk", flat=True)[:1_000]):
        with transaction.atomic():
            search.forget(batch)
            CommentHints.objects.filter(pk__in=batch).delete()


def _know_senders() -> None:
    """Mark the other waiting comments of everybody who was decided since rows were last written."""
    newest = CommentHints.objects.order_by("-checked_at").values_list("checked_at", flat=True).first()
    if newest is None:
        return
    decided = Decision.objects.filter(decided_at__gte=newest - OVERLAP).values("comment")
    hashes = CommentContact.objects.filter(comment__in=decided).exclude(sender_hash="").values("sender_hash")
    theirs = CommentContact.objects.filter(sender_hash__in=hashes, comment__prepared_hints__sender_is_known=False)
    known = senders.known(Comment.objects.pending().filter(pk__in=theirs.values("comment")))
    CommentHints.objects.filter(pk__in=known).update(sender_is_known=True)


def _write(batch: list[Comment], version: int) -> None:
    found, known, now = hints_for_all(batch), senders.known(batch), timezone.now()
    rows = [
        CommentHints(
            comment=comment,
            codes=codes(found[comment.pk]),
            is_hinted=bool(found[comment.pk]),
            sender_is_known=comment.pk in known,
            is_resubmission=comment.resubmission_of_id is not None,
            language=comment.language,
            section_id=comment.article.section_id,
            submitted_at=comment.submitted_at,
            checked_at=now,
            lists_version=version,
        )
        for comment in batch
    ]
    with transaction.atomic():
        CommentHints.objects.filter(comment__in=batch).delete()
        CommentHints.objects.bulk_create(rows)
        search.index(batch)
