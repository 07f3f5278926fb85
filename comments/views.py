"""What a reader may do with comments: send one, and read the guidelines."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.views import render_story
from comments import policy, posting, stamps, wire
from comments.forms import CommentForm
from comments.models import GuidelineEdition, SenderBlock
from comments.senders import sender_of, set_cookie


@csrf_exempt  # the form is on a page every reader shares, so it holds no token: origin and stamp are checked instead
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment on the story ``pk``. Whatever is refused comes back to its writer, text and all."""
    article = Article.objects.public().in_language(get_language()).filter(pk=pk).first()
    if request.method != "POST":
        return redirect(article) if article else render(request, "404.html", status=404)
    if not wire.is_form(request):
        return _refused(request, QueryDict(), _("This address takes the comment form and nothing else."), status=415)
    fields = wire.posted_form(request)
    if article is None:
        return _story_gone(request, pk, fields)
    if wire.is_foreign(request):
        return _refused(request, fields, _("This form was sent from another website. Please use ours."), status=403)
    return _post(request, article, fields)


def _post(request: HttpRequest, article: Article, fields: QueryDict) -> HttpResponse:
    form = CommentForm(article, fields)
    if not wire.is_utf8(request):
        form.refuse("comment", _("Some characters did not arrive intact. Please check your text and send it again."))
    if not form.is_valid():
        return _with_form(request, article, form, status=400)
    try:
        posted = posting.post_comment(
            article,
            name=form.cleaned_data["name"],
            body=form.cleaned_data["comment"],
            stamp=form.cleaned_data["stamp"],
            sender=sender_of(request),
        )
    except stamps.StampExpired:
        form.refuse(None, _("This page had been open for more than a week. Your text is still here: send it again."))
        return _with_form(request, article, form, status=200)
    except stamps.StampForged:
        form.refuse(None, _("We could not recognise this form. Your text is still here: please send it again."))
        return _with_form(request, article, form, status=400)
    except posting.CommentsClosed:
        return _refused(request, fields, _("Comments on this story are closed."), status=403)
    except posting.StoryNotPublic:
        return _story_gone(request, article.pk, fields)
    except posting.SenderBlocked as blocked:
        return _refused(request, fields, _until_when_and_why(blocked.block), status=403)
    return _receipt(request, posted)


def _receipt(request: HttpRequest, posted: posting.Posted) -> HttpResponse:
    response = HttpResponseRedirect(reverse("receipt", args=[posted.token]), status=303)
    set_cookie(response, posted.sender_cookie, secure=request.is_secure())
    response["Cache-Control"] = "private, no-store"
    return response


def _with_form(request: HttpRequest, article: Article, form: CommentForm, *, status: int) -> HttpResponse:
    response = render_story(request, article, {"comment_form": form}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _until_when_and_why(block: SenderBlock) -> str:
    return _("You cannot comment here until %(until)s. Our moderators' reason: %(reason)s") % {
        "until": date_format(timezone.localtime(block.expires_at), "Y-m-d H:i"),
        "reason": block.reason,
    }


def _story_gone(request: HttpRequest, pk: int, fields: QueryDict) -> HttpResponse:
    """The same answer for a story that never was and one that is not public yet; a withdrawn one says so."""
    withdrawn = Article.objects.withdrawn().in_language(get_language()).filter(pk=pk).exists()
    message = _("This story was withdrawn.") if withdrawn else _("There is no such story.")
    return _refused(request, fields, message, status=410 if withdrawn else 404)


def _refused(request: HttpRequest, fields: QueryDict, message: str, *, status: int) -> HttpResponse:
    """Say why nothing was stored and give the text back to keep."""
    shown = {"message": message, "name": fields.get("name", ""), "comment": fields.get("comment", "")}
    response = render(request, "comments/refused.html", shown, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def guidelines(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The edition in force, or the published edition ``number``."""
    published = GuidelineEdition.objects.published()
    edition = published.in_force() if number is None else get_object_or_404(published, number=number)
    shown = {"policy": policy.policy(edition, get_language()), "in_force": published.in_force()}
    return render(request, "comments/guidelines.html", shown)
