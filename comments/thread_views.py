"""One comment's own addresses: its permalink, the rest of its thread, and the form to reply to it."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.models import Article
from articles.paging import BadKey
from comments import opening, threads
from comments.forms import CommentForm
from comments.models import Comment


@require_safe
def comment(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """The permalink: leads to the page that shows the comment. With ``after``, the rest of the thread it begins."""
    article = public_story(pk)
    if "after" in request.GET:
        return _thread(request, article, comment_pk)
    found = threads.shown_comment(article, comment_pk)
    if found is None:
        raise Http404
    return redirect(address_of(found))


@require_safe
def reply(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """The form to reply to a public comment, on a page of its own; it posts to the story's usual address."""
    article = public_story(pk)
    parent = threads.shown_comment(article, comment_pk)
    if parent is None:
        raise Http404
    closed = opening.why_closed(article)
    form = None if closed else CommentForm(article, parent=parent)
    return render(
        request, "comments/reply.html", {"article": article, "parent": parent, "form": form, "closed": closed}
    )


def address_of(shown: Comment) -> str:
    """Where readers see the public comment ``shown``: a page of the story, or of its thread, at its place."""
    story, place = shown.article.get_absolute_url(), f"#comment-{shown.pk}"
    if shown.thread_id:
        after = threads.reply_key_of(shown)
        if after:
            thread = reverse("comments:comment", args=[shown.article_id, shown.thread_id])
            return f"{thread}?{urlencode({'after': after})}{place}"
    after = threads.page_key_of(shown.thread or shown)
    return f"{story}?{urlencode({'after': after})}{place}" if after else story + place


def public_story(pk: int) -> Article:
    """The public story ``pk`` of the active language. Raises Http404 when there is none."""
    article = Article.objects.public().in_language(get_language()).select_related("section").filter(pk=pk).first()
    if article is None:
        raise Http404
    return article


def _thread(request: HttpRequest, article: Article, pk: int) -> HttpResponse:
    try:
        thread = threads.thread_of(article, pk, request.GET["after"])
    except BadKey as error:
        raise Http404 from error
    if thread is None:
        raise Http404
    shown = {
        "article": article,
        "thread": thread,
        "threads": [thread],
        "may_reply": opening.why_closed(article) is None,
    }
    return render(request, "comments/thread.html", shown)
