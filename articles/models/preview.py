import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class PreviewLink(models.Model):
    """An address at which somebody without an account reads one story's newest version. See ``articles.previews``.

    The address itself is not stored: it is made from ``nonce`` with a key of the house.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="preview_links")
    nonce = models.CharField(max_length=32)
    purpose = models.CharField(_("for whom"), max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    last_opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")

    def is_open(self, now: datetime.datetime | None = None) -> bool:
        """Whether the link may still be used at ``now``, whatever the story's status."""
        return self.revoked_at is None and (now or timezone.now()) < self.expires_at

    def __str__(self) -> str:
        return f"{self.article_id}: {self.created_at:%Y-%m-%d %H:%M}"
