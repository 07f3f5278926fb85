"""The two addresses that mails lead to: agreeing to get mail, and ending it. Neither has a language of its own."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import letters, report_letters, wire
from comments.models import Comment
from comments.receipt_views import kept_private


@csrf_exempt  # the token in the address is the secret; there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since mail programs open links by themselves; POST confirms."""
    of_comment = letters.contact_to_confirm(token)
    contact = of_comment or report_letters.contact_to_confirm(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        if wire.is_foreign(request):
            return HttpResponse(status=403)
        (letters if of_comment else report_letters).confirm(contact)
        return HttpResponseRedirect(request.path, status=303)
    comment = of_comment.comment if of_comment else contact.report.comment
    shown = {"is_confirmed": bool(contact.email_confirmed_at), "is_report": not of_comment}
    return _page(request, comment, "comments/mail_confirm.html", **shown)


@csrf_exempt  # RFC 8058: the mail program posts, from nowhere in particular
@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One POST, with or without a body, ends all mail to the address; nothing else is asked."""
    comment = letters.comment_to_unsubscribe(token)
    report = None if comment else report_letters.report_to_unsubscribe(token)
    if comment is None and report is None:
        raise Http404
    if request.method == "POST":
        letters.unsubscribe(comment or report)
    comment = comment or report.comment
    return _page(request, comment, "comments/mail_unsubscribe.html", is_done=request.method == "POST")


def _page(request: HttpRequest, comment: Comment, template: str, **shown) -> HttpResponse:
    with override(comment.article.language):
        return render(request, template, shown)
