"""What a moderator answers to a reader's report or notice. Written by ``moderation.answers`` only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import erasure
from comments.models import Comment, Report
from moderation.models import Decision
from newsroom import frozen


class Answer(models.TextChoices):
    KEPT = "kept", _("the comment stays")
    REMOVED = "removed", _("the comment was removed")
    GONE = "gone", _("the comment was withdrawn")


@frozen.table(
    may_empty=("reason",),
    may_empty_when=(
        "EXISTS (SELECT 1 FROM comments_erasure e JOIN comments_report r ON r.comment_id = e.comment_id "
        "WHERE r.id = {row}.report_id)"
    ),
    probe_values={"answer": "gone"},
)
class ReportAnswer(models.Model):
    """The one answer to a report: who gave it, and why, in words for the reader who reported.

    ``decision`` is the removal, where the comment was removed. Nobody answers that a comment was withdrawn: that is
    noted by itself. ``answered_at`` is UTC.
    """

    report = models.OneToOneField(Report, models.PROTECT, primary_key=True, related_name="answer")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    reason = models.TextField(_("reason, for the reader who reported"), max_length=1_000, blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="report_answers")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        verbose_name = _("answer to a report")
        verbose_name_plural = _("answers to reports")
        constraints = [
            models.CheckConstraint(
                name="report_is_answered_by_somebody",
                condition=Q(answer=Answer.KEPT, by__isnull=False, decision__isnull=True)
                | Q(answer=Answer.REMOVED, by__isnull=False, decision__isnull=False)
                | Q(answer=Answer.GONE, by__isnull=True, decision__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["answered_at"], name="report_answer_by_time")]

    @property
    def is_kept(self) -> bool:
        return self.answer == Answer.KEPT

    @property
    def is_removed(self) -> bool:
        return self.answer == Answer.REMOVED

    def __str__(self) -> str:
        return f"{self.report_id}: {self.answer}"


@erasure.also
def close_reports(comment: Comment) -> None:
    """Nothing is left to be judged, and a reason may quote what it is about."""
    for report in Report.objects.filter(comment=comment, answer__isnull=True):
        ReportAnswer.objects.create(report=report, answer=Answer.GONE)
    ReportAnswer.objects.filter(report__comment=comment).update(reason="")
