"""How long what is personal is kept, and its end: the settings' periods as dates, and the nightly purge.

``docs/personal-data.md`` is the same in prose.
"""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from comments import limits, proofs
from comments.erasure import ErasureRefused, erase, not_held
from comments.models import Comment, CommentContact, Erasure, Report, ReportContact, Status

BATCH = 500


def while_waiting(submitted_at: datetime.datetime) -> datetime.datetime:
    """When the contact of a comment nobody ever decides is deleted."""
    return submitted_at + datetime.timedelta(days=settings.NEWSROOM_CONTACT_WAITING_DAYS)


def longest_after_decision() -> int:
    """For how many days after the decision an address may be kept, at most."""
    return max(settings.NEWSROOM_CONTACT_DAYS, settings.NEWSROOM_APPEAL_DAYS)


def longest() -> int:
    """For how many days an address left with a comment is kept at most, however late somebody decides."""
    return settings.NEWSROOM_CONTACT_WAITING_DAYS + longest_after_decision()


def appeal_until(decided_at: datetime.datetime) -> datetime.datetime:
    """Until when the rejection or removal of ``decided_at`` (UTC) may be appealed."""
    return decided_at + datetime.timedelta(days=settings.NEWSROOM_APPEAL_DAYS)


def start_countdown(comment: Comment, *, decided_at: datetime.datetime) -> None:
    """Count the contact's days from this decision; a further decision starts again. Call it in the decision's
    transaction, after the move.

    An address left with a refused comment lives until the appeal period ends, since an appeal's outcome is mailed; what
    else is known of the sender goes after the usual days (``purge``).
    """
    ends_at = decided_at + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
    contacts = CommentContact.objects.filter(comment=comment)
    contacts.update(expires_at=ends_at)
    if comment.status in (Status.REJECTED, Status.REMOVED):
        contacts.exclude(email="").update(expires_at=max(ends_at, appeal_until(decided_at)))


def start_countdown_of_report(report: Report, *, answered_at: datetime.datetime) -> None:
    """Count the days of a reporter's contact from the answer. Call it in the answer's transaction."""
    ends_at = answered_at + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
    ReportContact.objects.filter(report=report).update(expires_at=ends_at)


def purge(now: datetime.datetime | None = None, *, told: Callable[[str, int], None] = lambda _what, _count: None):
    """Delete every contact that is due and erase every refused text that is; returns both counts.

    ``told(what, count)`` hears of each finished batch. May be stopped and run again at any time.
    """
    now = now or timezone.now()
    return _purge_contacts(now, told), _purge_refused_text(now, told)


def _purge_contacts(now: datetime.datetime, told: Callable[[str, int], None]) -> int:
    gone = 0
    due = not_held(CommentContact.objects.filter(expires_at__lte=now), now).values_list("pk", flat=True)
    while batch := list(due[:BATCH]):
        # Asked again: a decision or an appeal may have given one of them a later end meanwhile.
        still_due = not_held(CommentContact.objects.filter(pk__in=batch, expires_at__lte=now), now)
        gone += still_due.delete()[0]
        told("contacts", gone)
    _forget_senders(now)
    # The window of the limits looks at these, so they stay as long as it does.
    gone += ReportContact.objects.filter(expires_at__lte=now, received_at__lte=limits.window_start()).delete()[0]
    limits.forget_arrivals()
    proofs.forget_spent()
    return gone


def _forget_senders(now: datetime.datetime) -> None:
    """Of contacts that outlive the usual days for their address's sake, keep the address alone."""
    usual_end = now - datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
    refused = CommentContact.objects.filter(comment__status__in=[Status.REJECTED, Status.REMOVED])
    known = refused.filter(comment__moved_at__lte=usual_end).exclude(network_hash="", sender_hash="")
    known.update(network_hash="", sender_hash="")


def _purge_refused_text(now: datetime.datetime, told: Callable[[str, int], None]) -> int:
    kept_for = datetime.timedelta(days=settings.NEWSROOM_APPEAL_DAYS + settings.NEWSROOM_REJECTED_DAYS)
    gone, last = 0, 0
    due = not_held(Comment.objects.refused_before(now - kept_for), now).order_by("pk")
    while batch := list(due.filter(pk__gt=last)[:BATCH]):
        for comment in batch:
            gone += _erase_if_still_refused(comment)
        last = batch[-1].pk
        told("refused texts", gone)
    return gone


def _erase_if_still_refused(comment: Comment) -> int:
    try:
        erase(comment, cause=Erasure.Cause.RETENTION)
    except ErasureRefused:  # an appeal came, or brought it back, between the look and the lock
        return 0
    return 1
