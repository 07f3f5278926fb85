from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment
from comments.models.guideline import Guideline
from newsroom import frozen


class ReportQuerySet(models.QuerySet):
    def notices(self) -> Self:
        """Notices of illegal content (article 16 of the EU's Digital Services Act)."""
        return self.filter(guideline__code=Guideline.UNLAWFUL)

    def of_guidelines(self) -> Self:
        """Reports that name one of the house's own guidelines."""
        return self.exclude(guideline__code=Guideline.UNLAWFUL)


@frozen.table(
    may_empty=("explanation",),
    may_empty_when="EXISTS (SELECT 1 FROM comments_erasure e WHERE e.comment_id = {row}.comment_id)",
)
class Report(models.Model):
    """That a reader thinks a public comment breaks a guideline, or the law. It orders the desk and decides nothing.

    ``guideline`` is the ground as worded in the edition in force then; the reserved ``unlawful`` makes it a notice of
    illegal content, which needs an explanation and that its sender declares to believe it (``good_faith``).
    Frozen; only the explanation may be emptied, once the comment itself is erased. ``created_at`` is UTC.
    """

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="reports", verbose_name=_("comment"))
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="+", verbose_name=_("guideline"))
    explanation = models.TextField(_("explanation"), max_length=2_000, blank=True)
    good_faith = models.BooleanField(_("declared to be true in good faith"), default=False)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    nonce = models.CharField(max_length=64, unique=True)
    receipt_hash = models.CharField(max_length=64, unique=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-pk"]

    @property
    def is_notice(self) -> bool:
        return self.guideline.code == Guideline.UNLAWFUL

    def __str__(self) -> str:
        return f"{self.guideline} on {self.comment_id}"


class ReportContact(models.Model):
    """Personal data of whoever sent a report, apart from it and with an end. The same hashes as CommentContact's.

    ``name`` and ``email`` are asked of who sends a notice of illegal content. ``email`` gets one mail and no other
    before ``email_confirmed_at``.
    """

    report = models.OneToOneField(Report, models.PROTECT, primary_key=True, related_name="contact")
    name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    network_hash = models.CharField(max_length=64, blank=True)
    sender_hash = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["network_hash", "received_at"], name="reporter_by_network"),
            models.Index(fields=["sender_hash", "received_at"], name="reporter_by_sender"),
        ]

    def __str__(self) -> str:
        return f"contact of report {self.report_id}"
