"""The desk's second looks: judging without knowing, and for leads how far people agree."""

import datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.paging import BadKey, page_by_key
from comments import policy
from moderation import agreement, second_looks
from moderation.access import moderator_required
from moderation.forms import GuidelineCodes
from moderation.models import SecondLook, SecondOpinion
from moderation.second_look_models import Opinion
from newsroom.roles import Role

LOOK_BACK = datetime.timedelta(days=365)


class OpinionForm(forms.Form):
    """What the moderator would have decided. Whether the guidelines fit, ``second_looks.give()`` says."""

    opinion = forms.TypedChoiceField(choices=Opinion.choices, coerce=Opinion)
    guidelines = GuidelineCodes(required=False)


@moderator_required
@require_safe
def second_look(request: HttpRequest) -> HttpResponse:
    """A decided comment this moderator had no part in, as if nothing had been decided; or that none is waiting."""
    return _show(request, second_looks.next_for(request.user))


@moderator_required
@require_POST
def give_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what the moderator would have decided, and go on to the next."""
    look = get_object_or_404(SecondLook.objects.select_related("decision__edition"), pk=pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _again(request, look, _("Choose whether you would approve or reject."))
    opinion, codes = form.cleaned_data["opinion"], form.cleaned_data["guidelines"]
    try:
        second_looks.give(look, opinion, moderator=request.user, guidelines=codes)
    except second_looks.OpinionRefused as refused:
        return _again(request, look, str(refused))
    messages.success(request, _("Thank you. Your opinion is kept; the comment stays as it is."))
    return redirect("moderation:desk-second-look")


@moderator_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """For leads: how far first and second judged alike in the last year, and where they did not."""
    if not request.user.is_(Role.MODERATION_LEAD):
        raise PermissionDenied
    given = SecondOpinion.objects.filter(given_at__gte=timezone.now() - LOOK_BACK)
    try:
        found = page_by_key(
            agreement.calibration(given),
            ("given_at", "pk"),
            after=request.GET.get("after"),
            size=settings.NEWSROOM_PAGE_SIZE,
            newest_first=True,
        )
    except BadKey as error:
        raise Http404 from error
    shown = {
        "agreements": agreement.agreements(given),
        "titles": _titles(),
        "opinions": [opinion for opinion in found.items if agreement.disagrees(opinion)],
        "next_key": found.next_key,
    }
    return render(request, "moderation/agreement.html", shown)


def _again(request: HttpRequest, look: SecondLook, problem: str) -> HttpResponse:
    """The same comment with what was ticked, if it is still this moderator's to judge; else the next one."""
    theirs = SecondLook.objects.open_to(request.user).filter(pk=look.pk).exists()
    if not theirs:
        messages.warning(request, problem)
        return redirect("moderation:desk-second-look")
    return _show(request, second_looks.shown(look.pk), problem=problem, status=400)


def _show(request: HttpRequest, look: SecondLook | None, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page says nothing of the decision: not the verdict, not who, not the hints, not even the comment's state."""
    shown = {"look": look, "problem": problem, "picked": request.POST.getlist("guidelines")}
    if look:
        shown |= {"comment": look.decision.comment, "policy": policy.policy(look.decision.edition, get_language())}
    return render(request, "moderation/second_look.html", shown, status=status)


def _titles() -> dict[str, str]:
    now = policy.in_force(get_language())
    worded = [*now.grounds, *([now.reserved] if now.reserved else [])]
    return {guideline.code: wording.title for guideline, wording in worded if wording}
