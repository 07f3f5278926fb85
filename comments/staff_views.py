"""Replying as the newsroom: staff read readers' public comments in the back office and answer them there.

Public pages are the same for everybody, so the way to it is not on them. A reply goes through ``post_comment`` like any
comment and waits until a moderator, never its author, approved it.
"""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.paging import BadKey, page_by_key
from comments import posting, receipts, refusals, stamps, wire
from comments.forms import StaffReplyForm
from comments.models import Comment
from comments.senders import staff_sender

PER_PAGE = 30
may_answer = permission_required("comments.answer_comment", raise_exception=True)


@require_safe
@may_answer
def to_answer(request: HttpRequest) -> HttpResponse:
    """Readers' public comments, the newest first, of every story or of ``?story=``; by key, ``?after=``."""
    article = _story_asked_for(request)
    shown = Comment.objects.public().filter(article__in=Article.objects.public()).select_related("article")
    try:
        page = page_by_key(
            shown.on(article) if article else shown,
            ("submitted_at", "pk"),
            after=request.GET.get("after"),
            size=PER_PAGE,
            newest_first=True,
        )
    except BadKey as error:
        raise Http404 from error
    context = {"comments": page.items, "next_key": page.next_key, "article": article}
    return _page(request, "admin/comments/comment/to_answer.html", _("Readers' comments"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_answer
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to reply to the public comment ``pk`` as the newsroom. What is refused comes back, text and all."""
    parent = Comment.objects.public().select_related("article__section").filter(pk=pk).first()
    if parent is None or not parent.article.is_public():
        raise Http404
    if request.method != "POST":
        return _form_page(request, parent, StaffReplyForm(parent, request.user))
    if not wire.is_form(request):
        return _form_page(request, parent, StaffReplyForm(parent, request.user, {}), status=415)
    form = StaffReplyForm(parent, request.user, wire.posted_form(request))
    if not wire.is_utf8(request):
        form.add_error("comment", _("Some characters did not arrive intact. Please check your text and send it again."))
    if form.is_valid() and _send(request, parent, form):
        messages.success(request, _("Your reply waits for a moderator. Somebody other than you decides about it."))
        return redirect("admin:comments_answer", parent.pk)
    return _form_page(request, parent, form, status=400)


def _send(request: HttpRequest, parent: Comment, form: StaffReplyForm) -> bool:
    """Whether the reply was taken; if not, the form says why."""
    try:
        posting.post_comment(
            parent.article,
            name=form.cleaned_data["name"],
            body=form.cleaned_data["comment"],
            stamp=form.cleaned_data["stamp"],
            sender=staff_sender(request.user),
            parent=parent,
            staff=request.user,
        )
    except (refusals.CommentRefused, stamps.StampExpired, stamps.StampForged) as refusal:
        form.add_error(None, _why(refusal))
        return False
    return True


def _why(refusal: Exception) -> str:
    if isinstance(refusal, refusals.AlreadyPosted):
        return _("You have sent this text already: see below what became of it.")
    if isinstance(refusal, refusals.CommentsClosed | refusals.TooMany):
        return str(refusal)
    if isinstance(refusal, stamps.StampExpired | stamps.StampForged):
        return _("This page had been open for too long. Your text is still here: send it again.")
    return _("The comment or its story is no longer public. Your text is still here, to copy and keep.")


def _story_asked_for(request: HttpRequest) -> Article | None:
    number = request.GET.get("story", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise Http404
    article = Article.objects.public().filter(pk=number).first()
    if article is None:
        raise Http404
    return article


def _form_page(request: HttpRequest, parent: Comment, form: StaffReplyForm, *, status: int = 200) -> HttpResponse:
    mine = Comment.objects.filter(parent=parent, staff=request.user).order_by("-pk")[:PER_PAGE]
    context = {
        "comment": parent,
        "form": form,
        "mine": [(reply, reverse("receipt", args=[receipts.token_of(reply.nonce)])) for reply in mine],
    }
    return _page(request, "admin/comments/comment/answer.html", _("Reply as the newsroom"), context, status=status)


def _page(request: HttpRequest, template: str, title: str, context: dict, *, status: int = 200) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context}, status=status)
