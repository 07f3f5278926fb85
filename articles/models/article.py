import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles.models.house import Author, Place, Section
from articles.models.tag import TaggedArticle
from articles.tags import ArticleTags
from newsroom import languages, no_index  # noqa: F401  (teaches times a comparison that no index answers)
from newsroom.addresses import reverse_in


class Status(models.TextChoices):
    """Where a story stands. Only ``articles.publishing`` writes it. A scheduled story is published, with a later
    time."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SPIKED = "spiked", _("spiked")


class ArticleQuerySet(models.QuerySet):
    def public(self, now: datetime.datetime | None = None) -> Self:
        """Stories the public may see at ``now`` (aware; default the present): every public surface asks here.

        Its twin in Python is ``Article.is_public``.
        """
        now = now or timezone.now()
        no_embargo = Q(embargo_until__isnull=True) | Q(embargo_until__lte=now)
        its_time_has_come = Q(first_published_at__no_index__lte=now, publish_at__no_index__lte=now)
        return self.filter(no_embargo, its_time_has_come, status=Status.PUBLISHED)

    def withdrawn(self) -> Self:
        """Stories that were public and are not any more: their address answers 410."""
        return self.filter(status=Status.WITHDRAWN)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def editions_of(self, article: "Article") -> Self:
        """``article`` and its translations, from whichever of them it is asked."""
        original = article.translation_of_id or article.pk
        return self.filter(Q(pk=original) | Q(translation_of=original))

    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")

    def with_everything_shown(self) -> Self:
        """With what a story's page or card shows, in a fixed number of queries."""
        return self.select_related("section", "place", "lead_photo").prefetch_related(
            "section__names",
            "place__names",
            models.Prefetch("bylines", Byline.objects.select_related("author")),
            "bylines__author__names",
            "tags",
            "lead_photo__renditions",
        )

    def written_by(self, user) -> Self:
        return self.filter(created_by=user)


class Article(models.Model):
    """One language edition of a story. The row is what readers get.

    Its id is its identity and the slug is decoration. All times are stored in UTC: ``first_published_at`` is the
    later of publish time and embargo and never moves once past; ``updated_at`` moves with a substantive change only;
    ``modified_at`` is technical.
    """

    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    # Of a translation: the number of the original's revision it holds, and since when the original says something else.
    translated_revision = models.PositiveIntegerField(null=True, editable=False)
    original_changed_at = models.DateTimeField(_("original changed"), null=True, editable=False)
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("section")
    )
    headline = models.CharField(_("headline"), max_length=250, blank=True)
    standfirst = models.TextField(
        _("standfirst"), max_length=1000, blank=True, help_text=_("One or two sentences under the headline.")
    )
    slug = models.SlugField(_("slug"), max_length=200, allow_unicode=True, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("place")
    )
    byline_note = models.CharField(_("byline note"), max_length=200, blank=True)
    body = models.TextField(_("body"), blank=True)
    tags = TaggableManager(
        _("tags"), through=TaggedArticle, manager=ArticleTags, ordering=["tagged_articles__pk"], blank=True
    )
    lead_photo = models.ForeignKey(
        "articles.Photo",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_stories",
        verbose_name=_("lead photo"),
    )
    lead_alt = models.TextField(
        _("alternative text"),
        max_length=1000,
        blank=True,
        help_text=_("What the photo shows, in the story's language, for those who do not see it."),
    )
    lead_caption = models.TextField(_("caption"), max_length=2000, blank=True)
    # The photos named in the body: written with it, so that their files are served while the story is public.
    body_photos = models.ManyToManyField(
        "articles.Photo", related_name="illustrated_stories", editable=False, verbose_name=_("photos in the text")
    )
    comments_open = models.BooleanField(_("comments open"), default=True)

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("publish at"), null=True, editable=False)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, editable=False)
    first_published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.TextField(_("reason for withdrawal"), max_length=1000, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="articles", editable=False, verbose_name=_("created by")
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-modified_at"]
        permissions = [
            ("change_own_article", "Can change own stories"),
            ("submit_article", "Can submit a story"),
            ("publish_article", "Can publish, return and withdraw stories"),
            ("embargo_article", "Can set an embargo"),
        ]
        indexes = [
            models.Index(fields=["language", "status", "-first_published_at", "-id"], name="article_newest"),
            models.Index(
                fields=["section", "language", "status", "-first_published_at", "-id"], name="article_section"
            ),
            models.Index(fields=["status", "-modified_at"], name="article_desk"),
            models.Index(
                fields=["translation_of"], name="article_translations", condition=Q(translation_of__isnull=False)
            ),
            models.Index(fields=["-modified_at"], name="article_modified"),
            models.Index(fields=["created_by", "-modified_at"], name="article_mine"),
            models.Index(fields=["section", "-modified_at", "-id"], name="article_in_section"),
            models.Index(fields=["language", "-modified_at", "-id"], name="article_in_language"),
            models.Index(fields=["section", "language", "-modified_at", "-id"], name="article_in_both"),
            models.Index(fields=["-first_published_at", "-id"], name="article_by_date"),
            models.Index(fields=["status", "-first_published_at", "-id"], name="article_state"),
            models.Index(fields=["section", "status", "-first_published_at", "-id"], name="article_state_in_section"),
            models.Index(fields=["created_by", "status", "-first_published_at", "-id"], name="article_state_mine"),
            models.Index(fields=["section", "status", "-modified_at", "-id"], name="article_desk_in_section"),
            models.Index(fields=["language", "status", "-modified_at", "-id"], name="article_desk_in_language"),
            models.Index(fields=["created_by", "status", "-modified_at", "-id"], name="article_desk_mine"),
            models.Index(fields=["lead_photo", "status", "first_published_at"], name="article_led"),
            models.Index(
                fields=["-original_changed_at"],
                name="article_stale",
                condition=Q(original_changed_at__isnull=False),
            ),
            # The status leads, though it is always the same: else SQLite prefers other indexes that begin with it.
            models.Index(
                fields=["status", "publish_at"], name="article_next_by_clock", condition=Q(status=Status.PUBLISHED)
            ),
            models.Index(
                fields=["status", "embargo_until"],
                name="article_next_embargo",
                condition=Q(status=Status.PUBLISHED, embargo_until__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["translation_of", "language"], name="article_one_edition_per_language"),
            models.CheckConstraint(
                name="article_published_has_its_times",
                condition=~Q(status__in=[Status.PUBLISHED, Status.WITHDRAWN])
                | Q(publish_at__isnull=False, first_published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="article_withdrawn_has_reason_and_time",
                condition=~Q(status=Status.WITHDRAWN) | (Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")),
            ),
            models.CheckConstraint(
                name="article_not_its_own_translation",
                condition=Q(translation_of__isnull=True) | ~Q(translation_of=F("id")),
            ),
        ]

    def save(self, *args, **kwargs) -> None:
        if not self.slug:
            self.slug = slugify(self.headline, allow_unicode=True)[:200].strip("-_")
        super().save(*args, **kwargs)

    def is_public(self, now: datetime.datetime | None = None) -> bool:
        """Whether the public may see this story at ``now``; the twin of ``ArticleQuerySet.public``."""
        now = now or timezone.now()
        no_embargo = self.embargo_until is None or self.embargo_until <= now
        return self.is_live and self.first_published_at <= now and self.publish_at <= now and no_embargo

    @property
    def is_live(self) -> bool:
        """Whether the row is what readers get, now or when its time comes: edits then wait behind it."""
        return self.status == Status.PUBLISHED

    @property
    def original(self) -> "Article":
        """The story this one was translated from, or itself."""
        return self.translation_of or self

    @property
    def was_updated(self) -> bool:
        return self.updated_at is not None and self.updated_at > self.first_published_at

    def section_name(self):
        return self.section and self.section.name_in(self.language)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "articles:story", self.pk, self.slug or "story")

    def __str__(self) -> str:
        return self.headline or str(_("(no headline)"))


class Byline(models.Model):
    """One name above a story and what they did for it, in order."""

    class Role(models.TextChoices):
        REPORTER = "reporter", _("reporter")
        PHOTOGRAPHER = "photographer", _("photographer")
        TRANSLATOR = "translator", _("translator")
        EDITOR = "editor", _("editor")

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines", verbose_name=_("author"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.REPORTER)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [
            models.UniqueConstraint(fields=["article", "author", "role"], name="byline_once_per_role"),
        ]

    @property
    def name(self):
        """The author's name in the story's language, with its address."""
        return self.author.name_in(self.article.language)

    def __str__(self) -> str:
        return f"{self.author} ({self.get_role_display()})"
