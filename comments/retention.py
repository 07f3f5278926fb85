"""How long what is personal is kept, and its end: the settings' periods as dates, and the nightly purge.

``docs/personal-data.md`` is the same in prose.
"""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from comments.erasure import ErasureRefused, erase
from comments.models import Comment, CommentContact, Erasure, ReportContact

BATCH = 500


def while_waiting(submitted_at: datetime.datetime) -> datetime.datetime:
    """When the contact of a comment nobody ever decides is deleted."""
    return submitted_at + datetime.timedelta(days=settings.NEWSROOM_CONTACT_WAITING_DAYS)


def start_countdown(comment: Comment, *, decided_at: datetime.datetime) -> None:
    """Count the contact's days from this decision; a further decision starts again. Call it in the decision's
    transaction."""
    ends_at = decided_at + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
    CommentContact.objects.filter(comment=comment).update(expires_at=ends_at)


def purge(now: datetime.datetime | None = None, *, told: Callable[[str, int], None] = lambda _what, _count: None):
    """Delete every contact that is due and erase every refused text that is; returns both counts.

    ``told(what, count)`` hears of each finished batch. May be stopped and run again at any time.
    """
    now = now or timezone.now()
    return _purge_contacts(now, told), _purge_refused_text(now, told)


def _purge_contacts(now: datetime.datetime, told: Callable[[str, int], None]) -> int:
    gone = 0
    due = CommentContact.objects.filter(expires_at__lte=now).values_list("pk", flat=True)
    while batch := list(due[:BATCH]):
        # Asked again: a decision may have given one of them a later end meanwhile.
        gone += CommentContact.objects.filter(pk__in=batch, expires_at__lte=now).delete()[0]
        told("contacts", gone)
    gone += ReportContact.objects.filter(expires_at__lte=now).delete()[0]
    return gone


def _purge_refused_text(now: datetime.datetime, told: Callable[[str, int], None]) -> int:
    kept_for = datetime.timedelta(days=settings.NEWSROOM_APPEAL_DAYS + settings.NEWSROOM_REJECTED_DAYS)
    gone, last = 0, 0
    while batch := list(Comment.objects.refused_before(now - kept_for).filter(pk__gt=last).order_by("pk")[:BATCH]):
        for comment in batch:
            gone += _erase_if_still_refused(comment)
        last = batch[-1].pk
        told("refused texts", gone)
    return gone


def _erase_if_still_refused(comment: Comment) -> int:
    try:
        erase(comment, cause=Erasure.Cause.RETENTION)
    except ErasureRefused:  # an appeal brought it back between the look and the lock
        return 0
    return 1
