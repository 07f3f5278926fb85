"""Reporting a public comment: a form on a page of its own, and its answer."""

import math

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import policy, reporting, stamps, threads, wire
from comments.forms import ReportForm
from comments.models import Comment
from comments.refusals import TooMany
from comments.senders import sender_of, set_cookie
from comments.thread_views import public_story


@csrf_exempt  # the form is on a page every reader shares, so it holds no token: origin and stamp are checked instead
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """Report the public comment ``comment_pk``. Whatever is refused comes back to its writer, text and all."""
    reported = threads.shown_comment(public_story(pk), comment_pk)
    if reported is None:
        raise Http404
    in_force = policy.in_force(get_language())
    if request.method != "POST":
        return _page(request, reported, ReportForm(reported, in_force))
    if not wire.is_form(request):
        form = ReportForm(reported, in_force, {})
        return _refused(request, reported, form, _("This address takes the form and nothing else."), status=415)
    form = ReportForm(reported, in_force, wire.posted_form(request))
    if wire.is_foreign(request):
        message = _("This form was sent from another website. Please use ours.")
        return _refused(request, reported, form, message, status=403)
    if not wire.is_utf8(request):
        form.refuse(
            "explanation", _("Some characters did not arrive intact. Please check your text and send it again.")
        )
    if not form.is_valid():
        return _page(request, reported, form, status=400)
    return _report(request, reported, form)


def _report(request: HttpRequest, reported: Comment, form: ReportForm) -> HttpResponse:
    try:
        taken = reporting.report_comment(
            reported,
            ground=form.cleaned_data["ground"],
            explanation=form.cleaned_data["explanation"],
            stamp=form.cleaned_data["stamp"],
            sender=sender_of(request),
            **form.notice,
        )
    except stamps.StampExpired:
        message = _("This page had been open for more than a week. Your text is still here: send it again.")
        return _refused(request, reported, form, message, status=200)
    except stamps.StampForged:
        message = _("We could not recognise this form. Your text is still here: please send it again.")
        return _refused(request, reported, form, message, status=400)
    except ValidationError as invalid:
        return _refused(request, reported, form, " ".join(invalid.messages), status=400)
    except reporting.CommentNotShown as gone:
        raise Http404 from gone
    except TooMany as limit:
        wait = _("Please send it again in %(minutes)s minutes.") % {"minutes": math.ceil(limit.seconds / 60)}
        response = _refused(request, reported, form, f"{limit} {wait}", status=429)
        response["Retry-After"] = str(limit.seconds)
        return response
    response = HttpResponseRedirect(reverse("receipt", args=[taken.token]), status=303)
    set_cookie(response, taken.sender_cookie, secure=request.is_secure())
    response["Cache-Control"] = "private, no-store"
    return response


def _refused(request: HttpRequest, reported: Comment, form: ReportForm, message: str, *, status: int) -> HttpResponse:
    form.refuse(None, message)
    return _page(request, reported, form, status=status)


def _page(request: HttpRequest, reported: Comment, form: ReportForm, *, status: int = 200) -> HttpResponse:
    response = render(request, "comments/report.html", {"comment": reported, "form": form}, status=status)
    if request.method == "POST":
        response["Cache-Control"] = "private, no-store"
    return response
