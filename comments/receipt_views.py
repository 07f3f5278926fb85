"""What an author may do at their receipt: take the comment back, or send a rejected one again."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from comments import receipts, views, wire
from comments.forms import CommentForm
from comments.models import Comment
from comments.withdrawal import withdraw as take_back


def kept_private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The answer is its reader's alone: stored nowhere, in no search engine, its address told to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def comment_or_404(token: str) -> Comment:
    """The comment whose receipt ``token`` opens. A wrong token answers like any address that does not exist."""
    comment = receipts.comment_of(token)
    if comment is None:
        raise Http404
    return comment


@csrf_exempt  # readers have no session: the token in the address is the secret, and the origin is checked
@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then withdraw: text and name are gone for good."""
    comment = comment_or_404(token)
    receipt = reverse("receipt", args=[token])
    if comment.is_erased:
        return HttpResponseRedirect(receipt, status=303)
    if request.method != "POST":
        return _ask_to_withdraw(request, comment, receipt)
    if not wire.is_form(request):
        return _ask_to_withdraw(request, comment, receipt, _("This address takes its own form only."), status=415)
    if wire.is_foreign(request):
        foreign = _("This form was sent from another website. Please use ours.")
        return _ask_to_withdraw(request, comment, receipt, foreign, status=403)
    take_back(comment)
    return HttpResponseRedirect(receipt, status=303)


def _ask_to_withdraw(request: HttpRequest, comment: Comment, receipt: str, message: str = "", *, status: int = 200):
    shown = {"comment": comment, "receipt": receipt, "message": message}
    return render(request, "comments/withdraw.html", shown, status=status)


@csrf_exempt  # as for every comment: origin and stamp are checked instead
@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def resubmit(request: HttpRequest, token: str) -> HttpResponse:
    """A rejected text back in the form; what is sent is a new comment that follows the old one."""
    earlier = comment_or_404(token)
    receipt = reverse("receipt", args=[token])
    if not receipts.may_resubmit(earlier):
        return HttpResponseRedirect(receipt, status=303)
    article = Article.objects.public().filter(pk=earlier.article_id).first()

    def with_form(request: HttpRequest, article: Article, form: CommentForm, *, status: int) -> HttpResponse:
        form.post_to(request.path)
        shown = {"article": article, "comment_form": form, "receipt": receipt}
        return render(request, "comments/resubmit.html", shown, status=status)

    if request.method == "POST":
        parent = Comment.objects.public().filter(pk=earlier.parent_id).first()
        return views.take(
            request, earlier.article_id, article, with_form=with_form, resubmission_of=earlier, parent=parent
        )
    if article is None or not article.comments_open:
        return HttpResponseRedirect(receipt, status=303)
    form = CommentForm(article)
    form.initial |= {"name": earlier.display_name, "comment": earlier.body}
    return with_form(request, article, form, status=200)
