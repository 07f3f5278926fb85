"""The appeals on the desk: what waits for this person, one appeal with all there is to read, and its answer."""

import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moderation import appeals
from moderation.access import moderator_required
from moderation.decisions import MAX_NOTE, DecisionRefused, OwnReply
from moderation.models import Appeal, Outcome
from moderation.reasons import statement_of
from newsroom.roles import Role

SHOWN = 50  # of the open ones, the oldest; of the decided ones, the newest
COUNTED = datetime.timedelta(days=365)


class OutcomeForm(forms.Form):
    """Uphold or overturn, with a word to the author."""

    outcome = forms.TypedChoiceField(
        choices=[(outcome.value, outcome.label) for outcome in (Outcome.UPHELD, Outcome.OVERTURNED)], coerce=Outcome
    )
    note = forms.CharField(label=gettext_lazy("Note to the author"), required=False, max_length=MAX_NOTE)


@moderator_required
@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    """The open appeals this person may decide about, the oldest first, and those decided lately."""
    mine = appeals.open_to(request.user)
    overturned, decided = appeals.overturned_share(timezone.now() - COUNTED)
    shown = {
        "open": mine.with_all_shown().order_by("appealed_at", "pk")[:SHOWN],
        "waiting": mine.count(),
        "waiting_for_others": Appeal.objects.open().count() - mine.count(),
        "decided": Appeal.objects.decided().with_all_shown().order_by("-outcome__decided_at", "-pk")[:SHOWN],
        "overturned": overturned,
        "counted": decided,
    }
    return render(request, "moderation/appeals.html", shown)


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def one_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The appeal, the comment, the decision and its reasons; and, for who may decide, the answer's form."""
    appeal = get_object_or_404(Appeal.objects.with_all_shown(), pk=pk)
    if request.method != "POST":
        return _page(request, appeal, OutcomeForm())
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, appeal, form, status=400)
    try:
        settled = appeals.settle(appeal, form.cleaned_data["outcome"], by=request.user, note=form.cleaned_data["note"])
    except appeals.AlreadySettled as late:
        messages.warning(request, late)
        return redirect("moderation:desk-appeal", pk)
    except (appeals.OwnRefusal, appeals.LeadsOnly, OwnReply) as refused:
        form.add_error(None, str(refused))
        return _page(request, appeal, form, status=403)
    except DecisionRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, appeal, form, status=409)
    messages.success(request, _("Answered: %(outcome)s.") % {"outcome": settled.get_outcome_display()})
    return redirect("moderation:desk-appeals")


def _page(request: HttpRequest, appeal: Appeal, form: OutcomeForm, *, status: int = 200) -> HttpResponse:
    comment = appeal.decision.comment
    history = comment.decisions.select_related("moderator", "note").prefetch_related("citations__guideline")
    shown = {
        "appeal": appeal,
        "comment": comment,
        "statement": statement_of(appeal.decision, get_language()),
        "history": history,
        "form": form,
        "why_not": _why_not(appeal, request.user),
        "is_lead": request.user.is_(Role.MODERATION_LEAD),
    }
    return render(request, "moderation/appeal.html", shown, status=status)


def _why_not(appeal: Appeal, person) -> str:
    """Why this person does not decide about the appeal; "" if they may."""
    try:
        appeals.check_may_settle(appeal, person)
    except DecisionRefused as refused:
        return str(refused)
    return ""
