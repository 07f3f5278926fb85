"""Blocking a sender for a time, and lifting it: leads only, always with a reason the reader is told. No shadow bans."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import Comment, CommentContact, SenderBlock
from comments.models.block import block_hash
from newsroom.roles import Role

LONGEST = 365  # days


class BlockRefused(Exception):
    """Why a block was not written or lifted, in words for the lead."""


def block(comment: Comment, *, by, days: int, reason: str) -> SenderBlock:
    """Let the browser that sent ``comment`` send none for ``days`` (1 to 365), for ``reason`` (told to the reader).

    Raises BlockRefused when ``by`` is no lead, the reason is empty or too long, or nothing is known of the sender.
    """
    _check_lead(by)
    reason = reason.strip()
    if not reason or len(reason) > 300:
        raise BlockRefused(_("Give a reason of at most 300 characters: the reader is told."))
    if not 1 <= days <= LONGEST:
        raise BlockRefused(_("A block lasts from 1 to 365 days."))
    known = CommentContact.objects.filter(comment=comment).exclude(sender_hash="").first()
    if known is None:
        raise BlockRefused(_("Nothing is known any more of who sent this comment."))
    now = timezone.now()
    until = now + datetime.timedelta(days=days)
    return SenderBlock.objects.create(
        hash=block_hash(known.sender_hash), reason=reason, by=by, created_at=now, expires_at=until
    )


def lift(blocked: SenderBlock, *, by) -> None:
    """End a block before its time. Raises BlockRefused when ``by`` is no lead or the block is over."""
    _check_lead(by)
    now = timezone.now()
    ended = SenderBlock.objects.in_force(now).filter(pk=blocked.pk).update(lifted_at=now, lifted_by=by, hash="")
    if not ended:
        raise BlockRefused(_("This block is over already."))
    blocked.refresh_from_db()


def forget() -> int:
    """Empty the hashes of blocks that are over; returns how many. For the nightly purge."""
    return SenderBlock.objects.over(timezone.now()).exclude(hash="").update(hash="")


def _check_lead(person) -> None:
    if not person.is_(Role.MODERATION_LEAD):
        raise BlockRefused(_("Only moderation leads block senders."))
