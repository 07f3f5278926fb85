"""The desk's verbs over HTTP: approve, reject, undo, and several at once. A form gets a redirect, the script JSON."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from comments.models import Comment
from moderation import decisions, leases, pauses, shown
from moderation.access import moderator_required
from moderation.desk import comment_or_404, show_card, take_one, wants_json
from moderation.filters import QueueFilter
from moderation.forms import BulkForm, DecisionForm
from moderation.models import Decision, Verdict


@moderator_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Verdict.APPROVED)


@moderator_required
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, Verdict.REJECTED)


@moderator_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the moderator's own decision ``pk`` back."""
    decision = get_object_or_404(Decision.objects.select_related("comment"), pk=pk)
    try:
        undone = decisions.undo(decision, moderator=request.user)
    except decisions.UndoRefused as refused:
        if wants_json(request):
            return JsonResponse({"message": str(refused)}, status=409)
        messages.warning(request, refused)
    else:
        if wants_json(request):
            return JsonResponse({"comment": undone.comment_id, "version": undone.comment_version})
        messages.success(request, _("Undone: the comment is waiting again."))
    return redirect(_way_back(request))


@moderator_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Decide all the chosen comments alike; whoever was faster with one of them is named."""
    form = BulkForm(None, request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(errors))
        return redirect(_way_back(request))
    chosen = form.cleaned_data
    comments = Comment.objects.select_related("article").defer("article__body").in_bulk(chosen["chosen"])
    seen = [(comments[pk], version) for pk, (version, _hints) in chosen["chosen"].items() if pk in comments]
    tokens = {pk: hints for pk, (_version, hints) in chosen["chosen"].items()}
    try:
        made, late = decisions.decide_many(
            seen,
            chosen["verdict"],
            moderator=request.user,
            guidelines=chosen["guidelines"],
            note=chosen["note"],
            hints_shown=shown.codes_shown(tokens, comments.values()),
            seen_edition=chosen["edition"],
        )
    except decisions.DecisionRefused as refused:
        messages.error(request, refused)
        if chosen["note"]:
            messages.info(request, _("Your note, not sent: %(note)s") % {"note": chosen["note"]})
    else:
        _tell(request, chosen["verdict"], made, late)
    return redirect(_way_back(request))


@moderator_required
@require_POST
def rest(request: HttpRequest) -> HttpResponse:
    """Put the reminder of a pause away."""
    pauses.put_away(request)
    return JsonResponse({}) if wants_json(request) else redirect(_way_back(request))


def _tell(request: HttpRequest, verdict: Verdict, made: list, late: list) -> None:
    words = ngettext("%(count)s comment decided: %(verdict)s.", "%(count)s comments decided: %(verdict)s.", len(made))
    messages.success(request, words % {"count": len(made), "verdict": verdict.label})
    for faster in late:
        number = faster.comment.pk
        messages.warning(request, _("Comment %(number)s: %(reason)s") % {"number": number, "reason": faster})


def _decide(request: HttpRequest, pk: int, verdict: Verdict) -> HttpResponse:
    comment = get_object_or_404(Comment, pk=pk)
    form = DecisionForm(None, request.POST)
    if not form.is_valid():
        return _refused(request, pk, form)
    chosen = form.cleaned_data
    hints_shown = shown.codes_shown({pk: chosen["hints_shown"]}, [comment])[pk]
    try:
        with transaction.atomic():
            decision = decisions.decide(
                comment,
                verdict,
                moderator=request.user,
                seen_version=chosen["seen_version"],
                # An approval with any ticked is refused: a slip, and whose is not ours to guess.
                guidelines=chosen["guidelines"],
                note=chosen["note"],
                passage=chosen["passage"],
                hints_shown=hints_shown,
                seen_edition=chosen["edition"],
            )
            leases.release(comment)
    except decisions.AlreadyDecided as late:
        return _conflict(request, late)
    except decisions.DecisionRefused as refused:
        form.add_error(None if isinstance(refused, decisions.PassageRefused) else "guidelines", str(refused))
        return _refused(request, pk, form)
    return _decided(request, decision)


def _decided(request: HttpRequest, decision: Decision) -> HttpResponse:
    words = _("Decided: %(verdict)s.") % {"verdict": decision.get_verdict_display()}
    if wants_json(request):
        answer = {"decision": decision.pk, "comment": decision.comment_id, "message": words}
        return JsonResponse(answer | {"pause": pauses.due(request)})
    messages.success(request, words)
    return _go_on(request)


def _conflict(request: HttpRequest, late: decisions.AlreadyDecided) -> HttpResponse:
    """Who was faster, with what and when."""
    if not wants_json(request):
        messages.warning(request, late)
        return _go_on(request)
    winner = late.decision
    told = {"message": str(late), "status": late.comment.status, "who": None, "what": None, "when": None}
    if winner:
        told |= {"who": str(winner.moderator), "what": winner.verdict, "when": winner.decided_at.isoformat()}
    return JsonResponse(told, status=409)


def _refused(request: HttpRequest, pk: int, form: DecisionForm) -> HttpResponse:
    if not wants_json(request):
        return show_card(request, comment_or_404(pk), form, status=400)
    reasons = [reason for errors in form.errors.values() for reason in errors]
    return JsonResponse({"message": " ".join(reasons)}, status=400)


def _go_on(request: HttpRequest) -> HttpResponse:
    """Back to the form's page; who works one by one is given the next comment there."""
    back = _way_back(request)
    if request.POST.get("then") == "next":
        take_one(request.user, QueueFilter(QueryDict(urlsplit(back).query)))
    return redirect(back)


def _way_back(request: HttpRequest) -> str:
    """Where the form was: the desk, or the page of the admin that named itself in ``next``."""
    wished = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wished, {request.get_host()}, require_https=request.is_secure())
    return wished if safe else "moderation:queue"
