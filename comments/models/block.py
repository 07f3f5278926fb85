import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.keys import keyed_hash


class SenderBlockQuerySet(models.QuerySet):
    def in_force(self, now: datetime.datetime) -> Self:
        return self.filter(lifted_at=None, expires_at__gt=now)

    def over(self, now: datetime.datetime) -> Self:
        return self.exclude(lifted_at=None, expires_at__gt=now)


class SenderBlock(models.Model):
    """One browser may not comment until ``expires_at`` (UTC). The reader is told so, and why, when posting.

    ``hash`` is the block's own: derived from the sender's, kept as long as the block and then emptied. ``reason`` is
    shown to the reader. ``moderation.blocks`` is the only writer.
    """

    hash = models.CharField(max_length=64, blank=True, db_index=True)
    reason = models.CharField(_("reason, shown to the reader"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("blocked"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )

    objects = SenderBlockQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("blocked sender")
        verbose_name_plural = _("blocked senders")
        constraints = [
            models.CheckConstraint(name="block_ends_later", condition=Q(expires_at__gt=F("created_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.expires_at:%Y-%m-%d})"


def block_hash(sender_hash: str) -> str:
    """What a block keeps of a sender: 64 hexadecimal digits that no contact row holds."""
    return keyed_hash("sender-block", sender_hash).hex()
