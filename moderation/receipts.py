"""The receipt, where a comment's author, without an account, sees what became of it and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from comments import receipts
from comments.models import Comment, Status
from comments.receipt_views import kept_private
from moderation import appeals, waits
from moderation.models import AppealOutcome, Decision, Outcome
from moderation.reasons import statement_of
from moderation.report_receipts import report_receipt


@require_safe
@kept_private
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What the author of a comment, who alone has ``token``, sees: their text, its state and later the reason.

    A reader's report has such a page too.
    """
    comment = receipts.comment_of(token)
    if comment is None:
        return report_receipt(request, token)
    shown = {
        "comment": comment,
        "token": token,
        "may_resubmit": receipts.may_resubmit(comment),
        **(_wait(comment) if comment.status == Status.PENDING else _decided(comment)),
    }
    return render(request, "moderation/receipt.html", shown)


def _wait(comment: Comment) -> dict:
    usual = waits.usual_wait()
    has_waited = timezone.now() - comment.submitted_at
    return {
        "place": receipts.place_in_queue(comment),
        "usual_wait": usual,
        "takes_longer": usual is not None and has_waited > usual.at_most,
    }


def _decided(comment: Comment) -> dict:
    """The newest decision; of a refusal the statement of reasons, of an approval the appeal that led to it, if any."""
    decision: Decision | None = comment.decisions.select_related("comment").first()
    if decision is None:
        return {}
    overturned = AppealOutcome.objects.filter(
        outcome=Outcome.OVERTURNED,
        appeal__decision__comment=comment,
        appeal__decision__comment_version=decision.comment_version - 1,
    )
    return {
        "decision": decision,
        "statement": statement_of(decision, get_language()),
        "may_appeal": appeals.may_appeal(decision),
        "overturned": overturned.first(),
    }
