from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class Draft(models.Model):
    """What somebody typed into one opened form and has not saved. ``articles.drafts`` writes it, over and over.

    ``key`` names the opened form, so two windows never write over each other; ``article`` is None for a new story.
    ``typed`` is what the form would post, percent-encoded. Once the form was saved or the draft discarded,
    ``closed_at`` is set and ``typed`` emptied: a late autosave must not bring it back.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="drafts")
    key = models.CharField(max_length=40)
    typed = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once_per_form")]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved_at")]

    @property
    def fields(self) -> QueryDict:
        """What was typed, as a form posts it."""
        return QueryDict(self.typed, encoding="utf-8")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.article_id or 'new'} {self.key}"


class Presence(models.Model):
    """That somebody has a story's form open. It expires by itself: see ``articles.presence``."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)
    here_at = models.DateTimeField()

    class Meta:
        ordering = ["opened_at"]
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="presence_once_per_person")]
        indexes = [models.Index(fields=["here_at"], name="presence_here_at")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.article_id}"
