from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment
from comments.models.guideline import Guideline
from newsroom import frozen


@frozen.table(
    may_empty=("explanation",),
    may_empty_when="EXISTS (SELECT 1 FROM comments_erasure e WHERE e.comment_id = {row}.comment_id)",
)
class Report(models.Model):
    """That a reader thinks a public comment breaks a guideline, or the law. It orders the desk and decides nothing.

    ``guideline`` is the ground as worded in the edition in force then; the reserved ``unlawful`` needs an explanation.
    Frozen; only the explanation may be emptied, once the comment itself is erased. ``created_at`` is UTC.
    """

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="reports", verbose_name=_("comment"))
    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="+", verbose_name=_("guideline"))
    explanation = models.TextField(_("explanation"), max_length=2_000, blank=True)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    nonce = models.CharField(max_length=64, unique=True)
    receipt_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.guideline} on {self.comment_id}"


class ReportContact(models.Model):
    """Personal data of whoever sent a report, apart from it and with an end. The same hashes as CommentContact's."""

    report = models.OneToOneField(Report, models.PROTECT, primary_key=True, related_name="contact")
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
