"""What the desk remembers besides decisions: who is reading what just now, and each moderator's saved filters."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments.models import Comment


class Lease(models.Model):
    """That ``moderator`` is reading ``comment`` until ``expires_at`` (UTC). It keeps nobody from deciding.

    A comment they skipped is ``set_aside``: until then "next" gives it to nobody.
    Written by ``moderation.leases`` only.
    """

    comment = models.OneToOneField(Comment, models.CASCADE, primary_key=True, related_name="lease")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="leases")
    expires_at = models.DateTimeField(db_index=True)
    set_aside = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.moderator}"


class SavedFilter(models.Model):
    """One moderator's own name for a filter of the queue. ``query`` is what stands in the address, cleaned."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="filter_named_once_per_person")]

    def __str__(self) -> str:
        return self.name
