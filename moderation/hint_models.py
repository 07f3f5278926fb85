"""Term lists with their history, and hints prepared for the queue."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from comments.models import Comment
from newsroom import frozen, languages

GROUNDS = [
    ("profanity", _("profanity")),
    ("threats", _("threats")),
    ("personal-attacks", _("personal attacks")),
    ("vulgarity", _("vulgarity")),
    ("abuse", _("abuse")),
    ("promotion", _("promotion")),
]


class TermList(models.Model):
    """Words of one language that may touch one guideline. ``language`` "" means every language.

    A list gives hints only while it is active; leads try it before they switch it on.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES, blank=True)
    guideline = models.CharField(_("guideline"), max_length=40, choices=GROUNDS)
    is_active = models.BooleanField(_("gives hints"), default=False)
    source = models.CharField(_("where it comes from, and its licence"), max_length=200, blank=True)

    class Meta:
        ordering = ["language", "guideline", "name"]
        verbose_name = _("term list")
        verbose_name_plural = _("term lists")

    def __str__(self) -> str:
        return self.name


class TermQuerySet(models.QuerySet):
    def in_use(self) -> Self:
        """Terms that give hints now."""
        return self.filter(is_active=True, list__is_active=True)


class Term(models.Model):
    """One word or phrase of a list; a star at its end matches any ending. Compared folded: one spelling is enough."""

    list = models.ForeignKey(TermList, models.PROTECT, related_name="terms", verbose_name=_("list"))
    text = models.CharField(_("word or phrase"), max_length=80, help_text=_("A star at the end matches any ending."))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["text"]
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [models.UniqueConstraint(fields=["list", "text"], name="term_once_in_list")]

    def __str__(self) -> str:
        return self.text


@frozen.table()
class TermChange(models.Model):
    """Who changed what in a list, and when; never edited. ``by`` is None for what the house shipped."""

    list = models.ForeignKey(TermList, models.PROTECT, related_name="changes", verbose_name=_("list"))
    what = models.CharField(_("what"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return self.what


class CommentHints(models.Model):
    """What the queue asks of one waiting comment, written down so that an index can answer. Disposable.

    ``moderation.prepared`` is the only writer. ``codes`` as ``hints.codes`` writes them; ``lists_version`` tells
    whether the lists moved since. ``sender_is_known``: another comment of this browser was decided before.
    ``language``, ``section`` and ``submitted_at`` repeat the comment's and its story's, for the indexes in the
    queue's order.
    """

    comment = models.OneToOneField(Comment, models.PROTECT, primary_key=True, related_name="prepared_hints")
    codes = models.CharField(max_length=300, blank=True)
    is_hinted = models.BooleanField()
    sender_is_known = models.BooleanField(default=False)
    is_resubmission = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)
    section = models.ForeignKey(Section, models.SET_NULL, null=True, db_index=False, related_name="+")
    submitted_at = models.DateTimeField()
    checked_at = models.DateTimeField(db_index=True)
    lists_version = models.PositiveBigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["is_hinted", "submitted_at", "comment"], name="hinted_in_order"),
            models.Index(fields=["sender_is_known", "submitted_at", "comment"], name="sender_in_order"),
            models.Index(fields=["is_resubmission", "submitted_at", "comment"], name="resubmission_in_order"),
            models.Index(fields=["section", "submitted_at", "comment"], name="section_in_order"),
            models.Index(fields=["language", "is_hinted", "submitted_at", "comment"], name="hinted_by_language"),
            models.Index(fields=["language", "sender_is_known", "submitted_at", "comment"], name="sender_by_language"),
            models.Index(fields=["language", "is_resubmission", "submitted_at", "comment"], name="resub_by_language"),
        ]

    def __str__(self) -> str:
        return f"hints of {self.comment_id}: {self.codes}"
