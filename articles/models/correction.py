"""What readers are told of a change to a story they had. ``articles.publishing`` writes it; nobody changes it."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models.article import Article
from newsroom import frozen
from newsroom.addresses import reverse_in


class CorrectionQuerySet(models.QuerySet):
    def public(self, language: str, now: datetime.datetime | None = None) -> Self:
        """Those of stories in ``language`` that the public may see at ``now`` (aware; default the present)."""
        shown = Article.objects.public(now).in_language(language)
        return self.filter(Exists(shown.filter(pk=OuterRef("article"))))

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


@frozen.table(probe_values={"kind": "update", "place": "bottom"})
class Correction(models.Model):
    """One line for readers about a change, in the story's language. Written once, never changed.

    One that is itself wrong is followed by another. ``at`` (UTC) is also the story's ``updated_at`` from then on.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", pgettext_lazy("kind of correction", "Correction")
        CLARIFICATION = "clarification", pgettext_lazy("kind of correction", "Clarification")
        UPDATE = "update", pgettext_lazy("kind of correction", "Update")
        EDITORS_NOTE = "editors-note", pgettext_lazy("kind of correction", "Editor's note")

    class Place(models.TextChoices):
        TOP = "top", _("above the text")
        BOTTOM = "bottom", _("below the text")

    article = models.ForeignKey(Article, models.PROTECT, related_name="corrections", verbose_name=_("story"))
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices)
    place = models.CharField(_("place"), max_length=6, choices=Place.choices)
    text = models.TextField(_("line for readers"), max_length=2000)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [models.Index(fields=["-at", "-id"], name="correction_newest")]
        constraints = [
            models.CheckConstraint(name="correction_says_something", condition=~models.Q(text="")),
        ]

    def get_absolute_url(self) -> str:
        """Its place in the list of corrections of its story's edition."""
        return f"{reverse_in(self.article.language, 'articles:corrections')}#correction-{self.pk}"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:80]}"


# Where each kind stands on the story unless somebody says otherwise: what alters how it is read comes first.
USUAL_PLACE: dict[str, Correction.Place] = {
    Correction.Kind.CORRECTION: Correction.Place.TOP,
    Correction.Kind.CLARIFICATION: Correction.Place.BOTTOM,
    Correction.Kind.UPDATE: Correction.Place.BOTTOM,
    Correction.Kind.EDITORS_NOTE: Correction.Place.TOP,
}
