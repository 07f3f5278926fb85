"""The desk, where moderators decide, and the receipt, where a comment's author sees what was decided."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.paging import BadKey, page_by_key
from comments import policy, receipts
from comments.models import Comment
from comments.policy import Policy
from moderation import decisions
from moderation.forms import DecisionForm
from moderation.models import Verdict
from moderation.report_receipts import report_receipt
from newsroom.roles import MODERATORS


def moderator_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for people who hold a moderating role, superusers not excepted; others get 403, strangers the log-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_(*MODERATORS):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return login_required(guarded)


@moderator_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The comments that wait, oldest first."""
    waiting = Comment.objects.pending()
    try:
        page = page_by_key(
            waiting.with_story(),
            ("submitted_at", "pk"),
            after=request.GET.get("after"),
            size=settings.NEWSROOM_PAGE_SIZE,
        )
    except BadKey as error:
        raise Http404 from error
    in_force = policy.in_force(get_language())
    cards = [(comment, _form(in_force, comment)) for comment in page.items]
    shown = {"cards": cards, "next_key": page.next_key, "waiting": _count_to_1000(waiting), "policy": in_force}
    return render(request, "moderation/queue.html", shown)


@moderator_required
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One comment with its story and what was decided about it so far."""
    return _card(request, _comment(pk))


@moderator_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Verdict.APPROVED)


@moderator_required
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Verdict.REJECTED)


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What the author of a comment, who alone has ``token``, sees; a reader's report has such a page too."""
    comment = receipts.comment_of(token)
    response = report_receipt(request, token) if comment is None else _comment_receipt(request, comment)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _comment_receipt(request: HttpRequest, comment: Comment) -> HttpResponse:
    """The author's text, its state and later the reason."""
    decision = comment.decisions.prefetch_related("citations__guideline__wordings").select_related("note").first()
    reasons = [c.guideline.wording_in(get_language()) for c in decision.citations.all()] if decision else []
    shown = {"comment": comment, "decision": decision, "reasons": reasons, "note": getattr(decision, "note", None)}
    return render(request, "moderation/receipt.html", shown)


def _decide(request: HttpRequest, pk: int, verdict: Verdict) -> HttpResponse:
    comment = _comment(pk)
    in_force = policy.in_force(get_language())
    form = _form(in_force, comment, request.POST)
    if not form.is_valid():
        return _card(request, comment, form, status=400)
    chosen = form.cleaned_data
    try:
        decisions.decide(
            comment,
            verdict,
            moderator=request.user,
            seen_version=chosen["seen_version"],
            guidelines=chosen["guidelines"] if verdict == Verdict.REJECTED else (),
            note=chosen["note"],
        )
    except decisions.AlreadyDecided as late:
        messages.warning(request, late)
    except decisions.DecisionRefused as refused:
        form.add_error("guidelines", str(refused))
        return _card(request, comment, form, status=400)
    else:
        messages.success(request, _("Decided: %(verdict)s.") % {"verdict": verdict.label})
    return redirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """Where the form was: the desk, or the page of the admin that named itself in ``next``."""
    wished = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wished, {request.get_host()}, require_https=request.is_secure())
    return wished if safe else "moderation:queue"


def _comment(pk: int) -> Comment:
    return get_object_or_404(Comment.objects.with_story(), pk=pk)


def _form(in_force: Policy, comment: Comment, data=None) -> DecisionForm:
    return DecisionForm(
        in_force, data, initial={"seen_version": comment.version}, prefix=None, auto_id=f"c{comment.pk}-%s"
    )


def _card(request: HttpRequest, comment: Comment, form: DecisionForm | None = None, *, status: int = 200):
    in_force = policy.in_force(get_language())
    history = comment.decisions.select_related("moderator", "note").prefetch_related("citations__guideline")
    shown = {"comment": comment, "form": form or _form(in_force, comment), "history": history, "policy": in_force}
    return render(request, "moderation/card.html", shown, status=status)


def _count_to_1000(waiting) -> str:
    """The exact number up to 1,000, "1,000+" above: a list must not count a whole table."""
    count = waiting[:1001].count()
    return f"{count:,}" if count <= 1000 else "1,000+"
