"""The receipt, where a comment's author sees what was decided. The moderators' pages are in ``moderation.desk``."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from comments import receipts
from moderation.access import moderator_required

__all__ = ["moderator_required", "receipt"]


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What the author of a comment, who alone has ``token``, sees: their text, its state and later the reason."""
    comment = receipts.comment_of(token)
    if comment is None:
        raise Http404
    decision = comment.decisions.prefetch_related("citations__guideline__wordings").select_related("note").first()
    reasons = [c.guideline.wording_in(get_language()) for c in decision.citations.all()] if decision else []
    shown = {"comment": comment, "decision": decision, "reasons": reasons, "note": getattr(decision, "note", None)}
    response = render(request, "moderation/receipt.html", shown)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
