"""Readers' reports on the desk: what waits, one comment with all that was said against it, and the two answers."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comments import policy
from comments.models import Comment, Guideline
from moderation import answers, reports
from moderation.access import moderator_required
from moderation.decisions import AlreadyDecided, DecisionRefused, PassageRefused
from moderation.forms import DecisionForm
from newsroom.roles import Role

SHOWN = 50  # comments on a list


class KeepForm(forms.Form):
    """Why the comment stays, and the newest report the moderator had before them."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, for everybody who reported it"),
        required=False,  # the verb says what is missing
        max_length=reports.MAX_REASON,
    )
    upto = forms.IntegerField(min_value=1, max_value=2**63 - 1)


@moderator_required
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Reported comments, the weightiest first."""
    return _list(request, reports.reported(), is_notices=False)


@moderator_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Comments noticed as illegal, the oldest notice first."""
    return _list(request, reports.noticed(), is_notices=True)


def _list(request: HttpRequest, waiting, *, is_notices: bool) -> HttpResponse:
    found = list(waiting.with_story().defer("article__body")[: SHOWN + 1])
    shown = {
        "waiting": found[:SHOWN],
        "more": len(found) > SHOWN,
        "is_notices": is_notices,
        "notices": reports.open_notices(),
    }
    return render(request, "moderation/reports.html", shown)


@moderator_required
@require_safe
def one_reported(request: HttpRequest, pk: int) -> HttpResponse:
    """The comment ``pk`` with its reports, and the forms to keep or remove it. Open for any public comment."""
    return _page(request, _comment_or_404(pk))


@moderator_required
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer that the comment stays."""
    comment = _comment_or_404(pk)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _page(request, comment, keep_form=form, status=400)
    try:
        made = reports.keep(comment, by=request.user, **form.cleaned_data)
    except reports.AlreadyAnswered as late:
        messages.warning(request, late)
        return redirect("moderation:desk-report", pk)
    except reports.LeadRequired as refused:
        form.add_error(None, str(refused))
        return _page(request, comment, keep_form=form, status=403)
    except DecisionRefused as refused:
        form.add_error("reason", str(refused))
        return _page(request, comment, keep_form=form, status=400)
    messages.success(request, _("The comment stays. Readers answered: %(count)s.") % {"count": len(made)})
    return redirect(_next_list(was_notice=any(answer.report.is_notice for answer in made)))


@moderator_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the comment down; everybody who reported it is answered with that."""
    comment = _comment_or_404(pk)
    was_notice = reports.noticed().filter(pk=pk).exists()
    form = DecisionForm(None, request.POST)
    if not form.is_valid():
        return _page(request, comment, remove_form=form, status=400)
    chosen = form.cleaned_data
    told = {"note": chosen["note"], "passage": chosen.get("passage"), "seen_edition": chosen["edition"]}
    try:
        decision = reports.remove(
            comment, by=request.user, seen_version=chosen["seen_version"], guidelines=chosen["guidelines"], **told
        )
    except AlreadyDecided as late:
        messages.warning(request, late)
        return redirect("moderation:desk-report", pk)
    except DecisionRefused as refused:
        form.add_error(None if isinstance(refused, PassageRefused) else "guidelines", str(refused))
        return _page(request, comment, remove_form=form, status=400)
    told = _("The comment was removed. Readers answered: %(count)s.")
    messages.success(request, told % {"count": decision.report_answers.count()})
    return redirect(_next_list(was_notice=was_notice))


def _next_list(*, was_notice: bool) -> str:
    """Back where one came from: notices come first."""
    return "moderation:desk-notices" if was_notice else "moderation:desk-reports"


def _comment_or_404(pk: int) -> Comment:
    there = Comment.objects.with_story().defer("article__body")
    return get_object_or_404(there.filter(decisions__isnull=False).distinct(), pk=pk)


def _page(request: HttpRequest, comment: Comment, *, keep_form=None, remove_form=None, status: int = 200):
    waiting = list(_with_words(answers.open_reports(comment)))
    has_notice = any(report.is_notice for report in waiting)
    in_force = policy.in_force(get_language())
    grounds = [*in_force.grounds, *([in_force.reserved] if request.user.is_(Role.MODERATION_LEAD) else [])]
    shown = {
        "comment": comment,
        "waiting": waiting,
        "has_notice": has_notice,
        "may_keep": request.user.is_(Role.MODERATION_LEAD) or not has_notice,
        "newest": max((report.pk for report in waiting), default=0),
        "answered": _with_words(comment.reports.filter(answer__isnull=False)).select_related("answer__by"),
        "history": comment.decisions.select_related("moderator", "note").prefetch_related("citations__guideline"),
        "grounds": [pair for pair in grounds if pair],
        "policy": in_force,
        "picked": (remove_form and remove_form["guidelines"].value()) or [],
        "keep_form": keep_form,
        "reason": keep_form["reason"].value() if keep_form else "" if has_notice else _usual_reason(comment),
        "remove_form": remove_form,
        "unlawful": Guideline.UNLAWFUL,
    }
    return render(request, "moderation/reported.html", shown, status=status)


def _with_words(reports_):
    return reports_.select_related("guideline", "contact").prefetch_related("guideline__wordings")


def _usual_reason(comment: Comment) -> str:
    """A start for the answer to reports, in the language of the story's readers."""
    with override(comment.article.language):
        return _("We read the comment again. It breaks none of our guidelines as they are worded now.")
