import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from newsroom import frozen, languages, pages


class Status(models.TextChoices):
    PENDING = "pending", _("waiting")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    REMOVED = "removed", _("removed")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")


class Cause(models.TextChoices):
    """Why a comment may go from one status to another."""

    DECISION = "decision"
    APPEAL = "appeal"
    UNDO = "undo"
    AUTHOR = "author"


# Every step a comment can take, and what may cause it. Nothing else moves a comment.
TRANSITIONS: dict[tuple[Status, Status], Cause] = {
    (Status.PENDING, Status.APPROVED): Cause.DECISION,
    (Status.PENDING, Status.REJECTED): Cause.DECISION,
    (Status.APPROVED, Status.REMOVED): Cause.DECISION,
    (Status.REJECTED, Status.APPROVED): Cause.APPEAL,
    (Status.REMOVED, Status.APPROVED): Cause.APPEAL,
    (Status.APPROVED, Status.PENDING): Cause.UNDO,
    (Status.REJECTED, Status.PENDING): Cause.UNDO,
    (Status.PENDING, Status.WITHDRAWN): Cause.AUTHOR,
    (Status.APPROVED, Status.WITHDRAWN): Cause.AUTHOR,
}


class TransitionRefused(Exception):
    """The comment is not, or no longer, where this step starts."""


class CommentQuerySet(models.QuerySet):
    def public(self) -> Self:
        """Comments readers may see: every public surface asks here."""
        return self.filter(status=Status.APPROVED)

    def pending(self) -> Self:
        return self.filter(status=Status.PENDING)

    def refused_before(self, moment: datetime.datetime) -> Self:
        """Comments rejected or removed before ``moment`` whose text is still there."""
        refused = self.filter(status__in=[Status.REJECTED, Status.REMOVED], submitted_at__lt=moment)
        return refused.filter(moved_at__lt=moment, erasure__isnull=True)

    def on(self, article: Article) -> Self:
        return self.filter(article=article)

    def with_story(self) -> Self:
        """With what a moderator reads around a comment, in a fixed number of queries."""
        return self.select_related("article__section", "parent", "resubmission_of").prefetch_related(
            "article__section__names"
        )

    def with_report_counts(self) -> Self:
        """With ``report_count``: how many readers' reports each comment has. They order the desk and decide nothing."""
        per_comment = self.model.reports.rel.related_model.objects.filter(comment=OuterRef("pk")).order_by()
        counted = per_comment.values("comment").annotate(count=Count("pk")).values("count")
        return self.annotate(report_count=Coalesce(Subquery(counted), 0))

    def oldest_first(self) -> Self:
        return self.order_by("submitted_at", "pk")


@frozen.table(
    may_change=("status", "version", "moved_at"),
    may_empty=("display_name", "body"),
    may_empty_when="EXISTS (SELECT 1 FROM comments_erasure e WHERE e.comment_id = {row}.id)",
    insert_requires="{row}.status = 'pending' AND {row}.version = 0",
    update_requires="{row}.version = {old}.version + CASE WHEN {row}.status = {old}.status THEN 0 ELSE 1 END",
    probe_values={"status": "pending", "version": 0},
)
class Comment(models.Model):
    """What a reader wrote about a story, exactly as written. Frozen from birth.

    ``comments.posting.post_comment`` is the only way one comes in and ``move_to`` the only way its status changes.
    ``staff`` is the signed-in person who replied for the newsroom, None for every reader: the badge beside the name
    comes from here and from nothing a reader can type. A reply knows its ``parent`` and, since threads are shown two
    levels deep, the ``thread`` it belongs to: the comment
    of the first level above it. ``submitted_at`` is UTC. ``version`` counts the moves; whoever decides says which
    version they had seen.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="comments", verbose_name=_("story"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("reply to")
    )
    thread = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("first comment of the thread")
    )
    resubmission_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="resubmissions", verbose_name=_("resubmission of")
    )
    display_name = models.CharField(_("name"), max_length=80)
    body = models.TextField(_("comment"), max_length=10_000)
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    nonce = models.CharField(max_length=64, unique=True)
    receipt_hash = models.CharField(max_length=64, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    version = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(_("moved"), null=True, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written for the newsroom by"),
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        permissions = [
            ("erase_comment", "Can erase a comment's text and name on request"),
            ("answer_comment", "Can reply to a comment as the newsroom"),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at", "id"], name="comment_queue"),
            models.Index(fields=["language", "status", "submitted_at", "id"], name="comment_queue_by_language"),
            models.Index(fields=["article", "status", "submitted_at", "id"], name="comment_on_story"),
            models.Index(fields=["article", "submitted_at"], name="comment_arrivals"),
            models.Index(
                fields=["article", "status", "submitted_at", "id"],
                condition=models.Q(parent__isnull=True),
                name="comment_first_level",
            ),
            models.Index(fields=["thread", "status", "submitted_at", "id"], name="comment_in_thread"),
        ]

    def move_to(self, status: Status, *, cause: Cause, seen_version: int) -> None:
        """Take one step of ``TRANSITIONS``, if the comment still is as the caller saw it at ``seen_version``.

        One conditional UPDATE decides every race. Raises TransitionRefused when the comment moved meanwhile or the
        step does not exist for ``cause``; nothing is written then.
        """
        sources = [came_from for (came_from, to), why in TRANSITIONS.items() if to == status and why == cause]
        after = {"status": Status(status), "version": seen_version + 1, "moved_at": timezone.now()}
        with transaction.atomic():
            moved = Comment.objects.filter(pk=self.pk, status__in=sources, version=seen_version).update(**after)
            if not moved:
                raise TransitionRefused(f"comment {self.pk} is not at version {seen_version} of {sources}")
            if Status.APPROVED in (status, *sources):  # a rejection changes no page: nobody saw the comment
                pages.changed(f"story:{self.article_id}", only_adds=status == Status.APPROVED)
        for name, value in after.items():
            setattr(self, name, value)

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_approved(self) -> bool:
        return self.status == Status.APPROVED

    @property
    def is_rejected(self) -> bool:
        return self.status == Status.REJECTED

    @property
    def is_removed(self) -> bool:
        return self.status == Status.REMOVED

    @property
    def is_withdrawn(self) -> bool:
        return self.status == Status.WITHDRAWN

    @property
    def is_erased(self) -> bool:
        return self.body == ""

    @property
    def is_of_staff(self) -> bool:
        return self.staff_id is not None

    def __str__(self) -> str:
        return f"{self.display_name}: {self.body[:60]}"


class CommentKey(models.Model):
    """The random key under which decisions commit to a comment's text. Erasing the comment deletes it.

    32 bytes as 64 hexadecimal digits.
    """

    comment = models.OneToOneField(Comment, models.PROTECT, primary_key=True, related_name="key")
    key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"key of {self.comment_id}"


class CommentContact(models.Model):
    """Personal data of a comment's writer, apart from the comment and with an end. Never an address of a network.

    ``network_hash`` is a keyed hash of the network prefix under a key of the UTC day; ``sender_hash`` one of the
    browser's cookie. 64 hexadecimal digits each, or empty. ``received_at`` is when the post arrived (UTC). ``email``
    gets one mail and no other before ``email_confirmed_at``. ``without_proof``: the house asked for a proof of work and
    got none (``comments.proofs``).
    """

    comment = models.OneToOneField(Comment, models.PROTECT, primary_key=True, related_name="contact")
    email = models.EmailField(blank=True, db_index=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    network_hash = models.CharField(max_length=64, blank=True)
    sender_hash = models.CharField(max_length=64, blank=True)
    without_proof = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["network_hash", "received_at"], name="contact_by_network"),
            models.Index(fields=["sender_hash", "received_at"], name="contact_by_sender"),
        ]

    def __str__(self) -> str:
        return f"contact of {self.comment_id}"


class CommentFingerprint(models.Model):
    """What finds the same text again: ``comments.fingerprints`` makes the key. Apart, since comments are frozen."""

    comment = models.OneToOneField(Comment, models.PROTECT, primary_key=True, related_name="fingerprint")
    key = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["key", "comment"], name="fingerprint_by_key")]

    def __str__(self) -> str:
        return self.key


@frozen.table()
class Erasure(models.Model):
    """That a comment's text and name were emptied, when, and at whose request."""

    class Cause(models.TextChoices):
        AUTHOR = "author", _("its author")
        REQUEST = "request", _("a request to the newsroom")
        RETENTION = "retention", _("the retention period")

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="erasure")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    erased_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"erasure of {self.comment_id}"
