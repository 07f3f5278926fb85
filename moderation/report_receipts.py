"""The receipt of a reader's report: what was reported, and whether the comment is still shown."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from comments import receipts


def report_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What whoever holds ``token`` of a report sees. Nothing of the comment but whether it stands. Raises Http404."""
    report = receipts.report_of(token)
    if report is None:
        raise Http404
    shown = {"report": report, "comment": report.comment, "ground": report.guideline.wording_in(get_language())}
    return render(request, "moderation/report_receipt.html", shown)
