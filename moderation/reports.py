"""Readers' reports and notices of illegal content on public comments: what waits, and the two answers to it."""

import datetime
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, CommentQuerySet, Guideline, Report
from moderation import answers
from moderation.decisions import DecisionRefused, NotAModerator, decide
from moderation.models import Answer, Decision, ReportAnswer, Verdict
from newsroom.roles import MODERATORS, Role

MAX_REASON = 1_000


class AlreadyAnswered(DecisionRefused):
    """Nothing of what this moderator saw still waits: somebody was faster, or the comment is gone."""

    def __init__(self, answer: ReportAnswer | None):
        self.answer = answer
        super().__init__(_who_answered(answer))


class ReasonRequired(DecisionRefused):
    """Whoever reported is told why the comment stays."""


class LeadRequired(DecisionRefused):
    """That a comment noticed as illegal stays is a lead's answer."""


def reported() -> CommentQuerySet:
    """Public comments with open reports on guidelines, the weightiest first.

    ``weight`` is how many different browsers reported it; ``reports`` counts them all, ``newest_report`` is the id that
    an answer reaches up to. A reporter whose contact is forgotten adds no weight.
    """
    waiting = Q(reports__answer__isnull=True) & ~Q(reports__guideline__code=Guideline.UNLAWFUL)
    return _with_counts(waiting).order_by("-weight", "first_reported_at", "pk")


def noticed() -> CommentQuerySet:
    """Public comments with open notices of illegal content, the oldest notice first."""
    waiting = Q(reports__answer__isnull=True, reports__guideline__code=Guideline.UNLAWFUL)
    return _with_counts(waiting).order_by("first_reported_at", "pk")


def _with_counts(waiting: Q) -> CommentQuerySet:
    counted = Comment.objects.public().annotate(
        open_reports=Count("reports", filter=waiting),
        weight=Count("reports__contact__sender_hash", filter=waiting, distinct=True),
        first_reported_at=Min("reports__created_at", filter=waiting),
        newest_report=Max("reports__pk", filter=waiting),
    )
    return counted.filter(open_reports__gt=0)


def open_notices() -> int:
    """How many notices of illegal content wait. One query."""
    unanswered = Report.objects.notices().filter(answer__isnull=True)
    return unanswered.filter(Exists(Comment.objects.public().filter(pk=OuterRef("comment")))).count()


def keep(comment: Comment, *, by, upto: int, reason: str) -> Sequence[ReportAnswer]:
    """Answer the open reports of ``comment`` up to the id ``upto`` (the newest this moderator saw): it stays.

    ``reason`` is told to everybody who sent one of them. Raises a DecisionRefused; of moderators who race one answers
    and the others get AlreadyAnswered.
    """
    _check_moderator(by)
    if not reason.strip():
        raise ReasonRequired(_("Please say why the comment stays: whoever reported it is told."))
    if len(reason.strip()) > MAX_REASON:
        raise DecisionRefused(_("The reason is too long: at most 1,000 characters."))
    try:
        with transaction.atomic():
            Comment.objects.select_for_update().get(pk=comment.pk)
            waiting = list(answers.open_reports(comment, upto=upto).select_related("guideline", "comment__article"))
            if not waiting:
                raise _already_answered(comment)
            if any(report.is_notice for report in waiting) and not by.is_(Role.MODERATION_LEAD):
                raise LeadRequired(_("Only a moderation lead answers that a comment noticed as illegal stays."))
            return answers.answer_kept(waiting, by=by, reason=reason.strip(), answered_at=timezone.now())
    except IntegrityError as error:
        raise _already_answered(comment) from error


def remove(comment: Comment, *, by, seen_version: int, guidelines: Sequence[str], **told) -> Decision:
    """Take ``comment`` down under ``guidelines``; ``decide()`` answers everybody who reported it.

    ``told`` goes to ``decide()``: ``note``, ``passage``, ``hints_shown``. Raises a DecisionRefused.
    """
    return decide(comment, Verdict.REMOVED, moderator=by, seen_version=seen_version, guidelines=guidelines, **told)


def counted_in(month: datetime.date) -> Mapping[str, int]:
    """Of the UTC month that begins on ``month``: notices of illegal content ``received`` in it, and how many of those
    were ``acted_on`` by a removal and ``dismissed`` because the comment stays, whenever that was."""
    begins = datetime.datetime(month.year, month.month, 1, tzinfo=datetime.UTC)
    ends = (begins + datetime.timedelta(days=32)).replace(day=1)
    received = Report.objects.notices().filter(created_at__gte=begins, created_at__lt=ends)
    return {
        "received": received.count(),
        "acted_on": received.filter(answer__answer=Answer.REMOVED).count(),
        "dismissed": received.filter(answer__answer=Answer.KEPT).count(),
    }


def _check_moderator(person) -> None:
    if not person.is_(*MODERATORS):
        raise NotAModerator(_("Only moderators answer reports."))


def _already_answered(comment: Comment) -> AlreadyAnswered:
    answered = ReportAnswer.objects.filter(report__comment=comment).select_related("by")
    return AlreadyAnswered(answered.order_by("-answered_at", "-pk").first())


def _who_answered(answer: ReportAnswer | None) -> str:
    if answer is None or answer.by is None:
        return _("Nothing waits here any more.")
    at = timezone.localtime(answer.answered_at)
    return _("%(person)s was faster: %(answer)s at %(time)s.") % {
        "person": answer.by,
        "answer": answer.get_answer_display(),
        "time": at.strftime("%H:%M:%S"),
    }
