"""The author's appeal, from the receipt: a form and its answer. Without JavaScript, account or cookie."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import text, wire
from comments.forms import ExactText
from comments.models import Comment
from comments.receipt_views import comment_or_404, kept_private
from moderation import appeals
from moderation.reasons import statement_of


class AppealForm(forms.Form):
    text = ExactText(
        label=gettext_lazy("Why do you think the decision is wrong?"),
        check=lambda written: text.check_text(written, limit=appeals.MAX_TEXT),
        help_text=gettext_lazy("At most 2,000 characters. Only our moderators read it."),
    )


@csrf_exempt  # readers have no session: the token in the address is the secret, and the origin is checked
@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the author's words, then take the appeal. Where there is nothing to appeal, the receipt says so."""
    comment = comment_or_404(token)
    receipt = HttpResponseRedirect(reverse("receipt", args=[token]) + "#appeal", status=303)
    decision = comment.decisions.select_related("comment").first()
    if not appeals.may_appeal(decision):
        return receipt
    if request.method != "POST":
        return _page(request, comment, AppealForm())
    if not wire.is_form(request):
        return _page(request, comment, AppealForm(), _("This address takes its own form only."), status=415)
    form = AppealForm(wire.posted_form(request))
    if wire.is_foreign(request):
        foreign = _("This form was sent from another website. Please use ours.")
        return _page(request, comment, form, foreign, status=403)
    if not wire.is_utf8(request):
        broken = _("Some characters did not arrive intact. Please check your text and send it again.")
        form.add_error("text", ValidationError(broken))
    if not form.is_valid():
        return _page(request, comment, form, status=400)
    try:
        appeals.appeal(comment, written=form.cleaned_data["text"])
    except appeals.AppealRefused:
        return receipt  # it says what became of the comment meanwhile
    return receipt


def _page(request: HttpRequest, comment: Comment, form: AppealForm, message: str = "", *, status: int = 200):
    shown = {
        "comment": comment,
        "statement": statement_of(comment.decisions.first(), get_language()),
        "form": form,
        "receipt": request.path.removesuffix("appeal/"),
        "message": message,
    }
    return render(request, "moderation/receipt_appeal.html", shown, status=status)
