"""Forgetting a comment: ``erase()`` empties its text and name, and everything else that tells of them.

What other apps keep about a comment is emptied in the same transaction by what they registered with ``also``, since
comments may not import them.
"""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comments.models import Comment, CommentContact, CommentFingerprint, CommentKey, Erasure, Report, Status
from comments.models.comment import Cause
from newsroom import mail

_also: list[Callable[[Comment], None]] = []
_holds: list[Callable[[datetime.datetime], QuerySet]] = []


class ErasureRefused(Exception):
    """A retention period ends only what nobody waits for and nobody sees."""


def also(forget: Callable[[Comment], None]) -> Callable[[Comment], None]:
    """Have ``forget(comment)`` called within every erasure's transaction; what it raises undoes the erasure."""
    _also.append(forget)
    return forget


def hold(held: Callable[[datetime.datetime], QuerySet]) -> Callable[[datetime.datetime], QuerySet]:
    """Have no retention period end the comments whose ids ``held(now)`` selects, in one column."""
    _holds.append(held)
    return held


def not_held(rows: QuerySet, now: datetime.datetime, *, comment: str = "pk") -> QuerySet:
    """``rows`` without those whose ``comment`` (a field's name) somebody else still needs at ``now`` (aware)."""
    for held in _holds:
        rows = rows.exclude(**{f"{comment}__in": held(now)})
    return rows


def erase(comment: Comment, *, cause: Erasure.Cause, by=None, at: datetime.datetime | None = None) -> Erasure:
    """Empty text and name of ``comment`` for good; a comment that waits or is public is withdrawn with it.

    ``by`` is the person of the newsroom who did it, if any; ``at`` (aware) when, the present unless a list of
    erasures is replayed. Writes the Erasure, deletes the comment's key and contact, its mail that waits, and what
    ``also`` knows, in one transaction. Erasing twice gives the first Erasure again. Raises ErasureRefused when
    ``cause`` is the retention period, the comment waits, is public or held (``hold``), and this is no replay.
    """
    with transaction.atomic():
        fresh = Comment.objects.select_for_update().get(pk=comment.pk)
        earlier = Erasure.objects.filter(comment=fresh).first()
        if earlier is not None:
            return earlier
        is_due = at is not None or cause != Erasure.Cause.RETENTION
        _check_not_held(fresh, is_due=is_due)
        _leave_the_page(fresh, is_due=is_due)
        erasure = Erasure.objects.create(comment=fresh, cause=cause, by=by, erased_at=at or timezone.now())
        Comment.objects.filter(pk=fresh.pk).update(display_name="", body="")
        CommentKey.objects.filter(comment=fresh).delete()
        CommentContact.objects.filter(comment=fresh).delete()
        CommentFingerprint.objects.filter(comment=fresh).delete()
        Report.objects.filter(comment=fresh).update(explanation="")  # it may quote what it is about
        mail.forget(about=f"comment:{fresh.pk}")
        for forget in _also:
            forget(fresh)
    comment.refresh_from_db(fields=["display_name", "body", "status", "version", "moved_at"])
    return erasure


def _check_not_held(comment: Comment, *, is_due: bool) -> None:
    """Asked with the comment's row locked: an appeal may have come since somebody looked."""
    if not is_due and not not_held(Comment.objects.filter(pk=comment.pk), timezone.now()).exists():
        raise ErasureRefused(f"comment {comment.pk} is held")


def _leave_the_page(comment: Comment, *, is_due: bool) -> None:
    """In a restored backup, a comment whose retention ended later may wait or be public again: it goes then too."""
    if comment.status not in (Status.PENDING, Status.APPROVED):
        return
    if not is_due:
        raise ErasureRefused(f"comment {comment.pk} is {comment.status}")
    comment.move_to(Status.WITHDRAWN, cause=Cause.AUTHOR, seen_version=comment.version)
