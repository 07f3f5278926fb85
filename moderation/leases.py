"""A lease, not a lock: "next" gives a comment to one moderator for a few minutes, so that nobody reads it twice.

It expires by itself, and deciding needs none: only the version seen counts. Times are UTC.
"""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from comments.models import Comment, CommentQuerySet
from moderation.models import Lease


def next_for(moderator, waiting: CommentQuerySet) -> Comment | None:
    """The first comment of ``waiting`` (pending ones, in order) that nobody holds, held by ``moderator`` from now on.

    None when there is none. What several moderators are given at the same moment differs.
    """
    while True:
        with transaction.atomic():
            comment = _first_free(waiting)
            if comment is None or _take(comment, moderator):
                return comment


def held_by(moderator) -> CommentQuerySet:
    """The comments ``moderator`` holds and nobody has decided, the oldest first."""
    held = Lease.objects.filter(moderator=moderator, set_aside=False, expires_at__gt=timezone.now())
    return Comment.objects.pending().filter(pk__in=held.values("comment")).oldest_first()


def holders(comments: Iterable[Comment]) -> dict[int, Lease]:
    """Who holds which of ``comments`` now, by the comment's id. One query."""
    live = Lease.objects.filter(comment__in=[comment.pk for comment in comments], expires_at__gt=timezone.now())
    return {lease.comment_id: lease for lease in live.select_related("moderator")}


def set_aside(comment: Comment, *, moderator) -> None:
    """Skip ``comment``: until the lease of ``moderator`` expires, "next" gives it to nobody."""
    Lease.objects.filter(comment=comment, moderator=moderator).update(set_aside=True)


def release(comment: Comment) -> None:
    """Forget whoever held ``comment``: it was decided."""
    Lease.objects.filter(comment=comment).delete()


def _first_free(waiting: CommentQuerySet) -> Comment | None:
    held = Lease.objects.filter(comment=OuterRef("pk"), expires_at__gt=timezone.now())
    free = waiting.filter(~Exists(held))
    if connection.features.has_select_for_update_skip_locked:
        # Whoever takes one just now holds its row; on SQLite the transaction, begun IMMEDIATE, is alone anyway.
        free = free.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return free.first()


def _take(comment: Comment, moderator) -> bool:
    """Write the lease unless a live one is there: the comment's own row may have been free a moment too early."""
    now = timezone.now()
    until = now + datetime.timedelta(minutes=settings.NEWSROOM_LEASE_MINUTES)
    expired = Lease.objects.filter(comment=comment, expires_at__lte=now)
    if expired.update(moderator=moderator, expires_at=until, set_aside=False):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(comment=comment, moderator=moderator, expires_at=until)
    except IntegrityError:
        return False
    return True
