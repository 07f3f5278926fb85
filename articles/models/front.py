"""What editors put on the front page for a time, and what readers read most. ``articles.front`` reads the first two."""

import datetime
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from newsroom import frozen, languages

# Places at the head of the front page: 1 leads, 2 to 4 stand below it, 5 to 7 below those.
POSITIONS = 7


class DatedQuerySet(models.QuerySet):
    def not_over(self, language: str, now: datetime.datetime) -> Self:
        """Those of ``language`` that are live at ``now`` (aware) or will be: a handful at any time."""
        return self.filter(language=language, is_off=False, ends_at__gt=now)


class Dated(models.Model):
    """Something an edition shows from one moment to another. Times are UTC."""

    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    is_off = models.BooleanField(
        _("taken off"), default=False, help_text=_("Shows nothing and keeps no place; its times stay on record.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("created by")
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_live(self, now: datetime.datetime) -> bool:
        """Whether its time is ``now`` (aware): from its first moment on, at its last not any more."""
        return not self.is_off and self.begins_at <= now < self.ends_at


def next_change(dated: Iterable[Dated], now: datetime.datetime) -> datetime.datetime | None:
    """When the next of ``dated`` begins or ends after ``now``; None when none does."""
    return min((at for row in dated for at in (row.begins_at, row.ends_at) if at > now), default=None)


class FrontSlot(Dated):
    """A story's place on the front page for a time. A story that is not public leaves its place to the newest."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="front_slots", verbose_name=_("story"))
    position = models.PositiveSmallIntegerField(
        _("position"),
        validators=[MinValueValidator(1), MaxValueValidator(POSITIONS)],
        help_text=_("1 leads the page, 2 to 4 stand below it, 5 to 7 below those."),
    )
    headline = models.CharField(
        _("headline on the front page"),
        max_length=250,
        blank=True,
        help_text=_("Only here, instead of the story's own. Left empty, the story's own is shown."),
    )

    class Meta:
        verbose_name = _("front page slot")
        verbose_name_plural = _("front page slots")
        ordering = ["-begins_at", "position", "-pk"]
        indexes = [models.Index(fields=["language", "ends_at"], condition=Q(is_off=False), name="front_slot_not_over")]
        constraints = [
            models.CheckConstraint(name="front_slot_ends_after_it_begins", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="front_slot_position", condition=Q(position__range=(1, POSITIONS))),
        ]

    def overlapping(self) -> models.QuerySet["FrontSlot"]:
        """The other slots that hold this one's position at some moment of its time."""
        same = FrontSlot.objects.filter(language=self.language, position=self.position, is_off=False)
        return same.filter(begins_at__lt=self.ends_at, ends_at__gt=self.begins_at).exclude(pk=self.pk)

    def __str__(self) -> str:
        return f"{self.language} {self.position}: {self.headline or self.article}"


# The database's own word on overlaps, behind ``overlapping()``: times are half open, so one may begin where one ends.
_FREE = (
    "{{row}}.is_off OR NOT EXISTS (SELECT 1 FROM articles_frontslot AS other WHERE NOT other.is_off{besides}"
    " AND other.language = {{row}}.language AND other.position = {{row}}.position"
    " AND other.begins_at < {{row}}.ends_at AND other.ends_at > {{row}}.begins_at)"
)
frozen.guard("articles_frontslot", "free_insert", on="INSERT", requires=_FREE.format(besides=""))
frozen.guard(
    "articles_frontslot", "free_update", on="UPDATE", requires=_FREE.format(besides=" AND other.id <> {row}.id")
)


class BreakingBanner(Dated):
    """A line across an edition's pages, always with an end. Where several are live, the last to begin is shown."""

    text = models.CharField(_("text"), max_length=200)
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="banners",
        verbose_name=_("story"),
        help_text=_("Where the line leads. With a story, the line shows only while the story is public."),
    )

    class Meta:
        verbose_name = _("breaking banner")
        verbose_name_plural = _("breaking banners")
        ordering = ["-begins_at", "-pk"]
        indexes = [models.Index(fields=["language", "ends_at"], condition=Q(is_off=False), name="banner_not_over")]
        constraints = [
            models.CheckConstraint(name="banner_ends_after_it_begins", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="banner_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text


class DailyReads(models.Model):
    """How often a story's page was asked for on one day of the house's time zone. Nothing is known of who asked."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="daily_reads")
    day = models.DateField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="reads_once_a_day")]

    def __str__(self) -> str:
        return f"{self.article_id}, {self.day}: {self.count}"


class MostRead(models.Model):
    """The stories of one edition that were read most at ``taken_at`` (UTC), by id, most first. Taken hourly."""

    language = models.CharField(max_length=8, choices=languages.CHOICES, unique=True)
    taken_at = models.DateTimeField()
    story_ids = models.JSONField()

    def __str__(self) -> str:
        return f"{self.language}, {self.taken_at}"
