"""The receipt of a reader's report: what was reported, and whether the comment is still shown."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from comments import receipts
from comments.models import GuidelineWording
from moderation.models import ReportAnswer


def report_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What whoever holds ``token`` of a report sees. Nothing of the comment but whether it stands. Raises Http404."""
    report = receipts.report_of(token)
    if report is None:
        raise Http404
    language = get_language()
    answer = ReportAnswer.objects.select_related("decision").filter(report=report).first()
    shown = {
        "report": report,
        "comment": report.comment,
        "ground": report.guideline.wording_in(language),
        "answer": answer,
        "removed_for": _removed_for(answer, language),
    }
    return render(request, "moderation/report_receipt.html", shown)


def _removed_for(answer: ReportAnswer | None, language: str) -> list[GuidelineWording]:
    """The guidelines a reported comment was removed for: what the tombstone on the page says too."""
    if answer is None or answer.decision is None:
        return []
    cited = answer.decision.citations.prefetch_related("guideline__wordings").select_related("guideline")
    return [citation.guideline.wording_in(language) for citation in cited]
