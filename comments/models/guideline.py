from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom import frozen, languages

_EDITION_IS_PUBLISHED = (
    "EXISTS (SELECT 1 FROM comments_guidelineedition e WHERE e.id = {row}.edition_id AND e.published_at IS NOT NULL)"
)


class GuidelineEditionQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False, published_at__lte=timezone.now())

    def in_force(self) -> "GuidelineEdition":
        """The edition comments are decided by now. Raises DoesNotExist when none was ever published."""
        return self.published().order_by("number").reverse()[:1].get()


@frozen.table(
    frozen_when="{row}.published_at IS NOT NULL",
    probe_values={"published_at": "2000-01-01 00:00:00+00:00", "number": 32_000},
)
class GuidelineEdition(models.Model):
    """One numbered wording of the community guidelines, in every language. Frozen once published.

    A draft has no ``published_at``; ``moderation.editions`` writes and publishes it. Edition 1 was published by nobody.
    """

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = GuidelineEditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("guideline edition")
        verbose_name_plural = _("guideline editions")

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def __str__(self) -> str:
        return str(_("Edition %(number)s") % {"number": self.number})


@frozen.table(frozen_when=_EDITION_IS_PUBLISHED, guard_insert=True)
class Guideline(models.Model):
    """One ground a comment may be rejected on. The code stays the same through all editions.

    ``position`` is its place in the list and its key on the desk; 0 is the reserved ground ``unlawful``, which only
    leads cite.
    """

    UNLAWFUL = "unlawful"

    edition = models.ForeignKey(GuidelineEdition, models.PROTECT, related_name="guidelines")
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), validators=[MaxValueValidator(9)])

    class Meta:
        ordering = ["edition", "position"]
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="guideline_code_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "position"], name="guideline_position_once_per_edition"),
            models.CheckConstraint(condition=models.Q(position__lte=9), name="guideline_at_most_nine"),
        ]

    def wording_in(self, language: str) -> "GuidelineWording | None":
        """The wording in ``language``, else in English, else in any. Reads ``wordings.all()``: prefetch it."""
        by_language = {wording.language: wording for wording in self.wordings.all()}
        return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()), None)

    def __str__(self) -> str:
        return self.code


_OF_ITS_OWN_EDITION = (
    "{row}.guideline_id IS NULL OR EXISTS (SELECT 1 FROM comments_guideline g "
    "WHERE g.id = {row}.guideline_id AND g.edition_id = {row}.edition_id)"
)


@frozen.table(
    frozen_when=_EDITION_IS_PUBLISHED,
    guard_insert=True,
    insert_requires=_OF_ITS_OWN_EDITION,
    update_requires=_OF_ITS_OWN_EDITION,
)
class GuidelineWording(models.Model):
    """The words of an edition in one language: a guideline's, or with no guideline the introduction's."""

    edition = models.ForeignKey(GuidelineEdition, models.PROTECT, related_name="wordings")
    guideline = models.ForeignKey(Guideline, models.PROTECT, null=True, blank=True, related_name="wordings")
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "guideline", "language"],
                name="wording_once_per_language",
            ),
            models.UniqueConstraint(
                fields=["edition", "language"],
                condition=models.Q(guideline__isnull=True),
                name="introduction_once_per_language",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]
