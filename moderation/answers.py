"""Answering readers' reports and notices: what a moderator decided, told to everybody who reported the comment."""

import datetime
from collections.abc import Iterable

from comments import report_letters, retention
from comments.models import Comment, Report, ReportQuerySet
from moderation.models import Answer, Decision, ReportAnswer


def open_reports(comment: Comment, *, upto: int | None = None) -> ReportQuerySet:
    """The reports of ``comment`` nobody has answered, oldest first; only those up to the id ``upto`` if given."""
    waiting = Report.objects.filter(comment=comment, answer__isnull=True).order_by("pk")
    return waiting if upto is None else waiting.filter(pk__lte=upto)


def answer_removed(decision: Decision) -> list[ReportAnswer]:
    """Tell all who reported it that the comment is shown no more. Call it in the transaction of ``decision``."""
    return _answer(
        open_reports(decision.comment).select_related("comment__article"),
        answer=Answer.REMOVED,
        decision=decision,
        by=decision.moderator,
        answered_at=decision.decided_at,
    )


def answer_kept(reports: Iterable[Report], *, by, reason: str, answered_at: datetime.datetime) -> list[ReportAnswer]:
    """Tell who sent ``reports`` that the comment stays, and why."""
    return _answer(reports, answer=Answer.KEPT, by=by, reason=reason, answered_at=answered_at)


def _answer(reports: Iterable[Report], **told) -> list[ReportAnswer]:
    answers = []
    for report in reports:
        answers.append(ReportAnswer.objects.create(report=report, **told))
        retention.start_countdown_of_report(report, answered_at=told["answered_at"])
        report_letters.tell_reporter(report)
    return answers
