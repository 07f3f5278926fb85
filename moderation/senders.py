"""What is known of a comment's sender: earlier verdicts, and who else sent today. Marked, never exempted."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from comments.models import Comment, CommentContact, SenderBlock, Status
from moderation.models import CitedGuideline, Decision

GOOD_AFTER = 5  # approved comments, and none rejected or removed


@dataclass(frozen=True)
class History:
    """What moderators may know of one sender. Counts are of other comments than the one asked about."""

    approved: int = 0
    rejected: int = 0
    by_guideline: dict[str, int] = field(default_factory=dict)
    same_network_today: int = 0
    same_cookie_today: int = 0
    block: SenderBlock | None = None

    @property
    def is_known_good(self) -> bool:
        return self.approved >= GOOD_AFTER and not self.rejected

    @property
    def is_new(self) -> bool:
        return not self.approved and not self.rejected


def history(comment: Comment) -> History:
    """What is known of who sent ``comment``, in six queries at most."""
    contact = CommentContact.objects.filter(comment=comment).first()
    if contact is None:
        return History()
    same_cookie = _others(comment, sender_hash=contact.sender_hash)
    verdicts = _count_by_status(same_cookie)
    today = timezone.now() - datetime.timedelta(days=1)
    return History(
        approved=verdicts.get(Status.APPROVED, 0),
        rejected=verdicts.get(Status.REJECTED, 0) + verdicts.get(Status.REMOVED, 0),
        by_guideline=_guidelines(same_cookie),
        same_network_today=_others(comment, network_hash=contact.network_hash).filter(submitted_at__gt=today).count(),
        same_cookie_today=same_cookie.filter(submitted_at__gt=today).count(),
        block=SenderBlock.objects.in_force(timezone.now()).against(contact.sender_hash).first(),
    )


def known_good(comments: Sequence[Comment]) -> set[int]:
    """The primary keys of those of ``comments`` whose senders are known good ones, in two queries."""
    hashes = dict(
        CommentContact.objects.filter(comment__in=comments)
        .exclude(sender_hash="")
        .values_list("comment_id", "sender_hash")
    )
    counted = (
        Comment.objects.filter(contact__sender_hash__in=set(hashes.values()))
        .values_list("contact__sender_hash", "status")
        .annotate(count=Count("pk"))
        .order_by()
    )
    approved = {each: count for each, status, count in counted if status == Status.APPROVED and count >= GOOD_AFTER}
    bad = {each for each, status, _count in counted if status in (Status.REJECTED, Status.REMOVED)}
    return {pk for pk, each in hashes.items() if each in approved and each not in bad}


def _others(comment: Comment, **known: str):
    """Other comments whose contact has the same hash; none when there is no hash."""
    if not all(known.values()):
        return Comment.objects.none()
    matching = {f"contact__{name}": value for name, value in known.items()}
    return Comment.objects.filter(**matching).exclude(pk=comment.pk)


def _count_by_status(comments) -> dict[str, int]:
    return dict(comments.values_list("status").annotate(count=Count("pk")).order_by())


def _guidelines(comments) -> dict[str, int]:
    """How often each guideline was cited in verdicts that stand."""
    standing = comments.filter(status__in=(Status.REJECTED, Status.REMOVED))
    cited = CitedGuideline.objects.filter(decision__in=Decision.objects.filter(comment__in=standing))
    return dict(cited.values_list("guideline__code").annotate(count=Count("pk")).order_by("guideline__code"))
