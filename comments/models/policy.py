from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from newsroom import pages


class CommentPolicy(models.Model):
    """The house's one switch for all comments, a single row. What is not there yet has its defaults."""

    ONLY = 1

    is_paused = models.BooleanField(
        _("comments are paused"), default=False, help_text=_("On every story, until this is taken back.")
    )
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Readers see it on every story, as written here.")
    )

    class Meta:
        verbose_name = _("pause of all comments")
        verbose_name_plural = _("pause of all comments")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="comment_policy_is_one_row")]

    @classmethod
    def current(cls) -> Self:
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)

    def save(self, *args, **kwargs) -> None:
        self.pk = self.ONLY
        with transaction.atomic():
            super().save(*args, **kwargs)
            pages.changed("house")  # every stored story page shows the form, or why there is none

    def __str__(self) -> str:
        return str(_("paused") if self.is_paused else _("open"))
