from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.house import Section


class SectionLimit(models.Model):
    """That somebody works in one section. Without any such row they work in all; ``articles.access`` reads them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="section_limits")
    section = models.ForeignKey(Section, models.PROTECT, related_name="limits")

    class Meta:
        verbose_name = _("section of a journalist")
        verbose_name_plural = _("sections of journalists")
        constraints = [models.UniqueConstraint(fields=["user", "section"], name="limited_once_per_section")]

    def __str__(self) -> str:
        return f"{self.user}: {self.section}"
