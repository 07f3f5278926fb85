"""What a reader may do with comments: send one, and read the guidelines."""

import datetime
import math
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.views import render_story
from comments import policy, posting, proofs, stamps, threads, wire
from comments.forms import CommentForm
from comments.models import GuidelineEdition, SenderBlock
from comments.senders import sender_of, set_cookie
from newsroom.compiled import Compiled
from newsroom.pages import depends_on


@csrf_exempt  # the form is on a page every reader shares, so it holds no token: origin and stamp are checked instead
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment on the story ``pk``. Whatever is refused comes back to its writer, text and all."""
    article = _public_story(pk)
    if request.method != "POST":
        return redirect(article) if article else render(request, "404.html", status=404)
    return take(request, pk, article)


def _public_story(pk: int) -> Article | None:
    """The story with what a post needs of it; the rest is fetched should its page be drawn again."""
    found = _stories.rows(pk=pk, language=get_language(), now=timezone.now())
    return Article.from_db(DEFAULT_DB_ALIAS, _OF_A_STORY, found[0]) if found else None


_OF_A_STORY = (
    "id",
    "language",
    "section_id",
    "slug",
    "first_published_at",
)  # in the order of the model, as from_db takes them


@Compiled
def _stories(*, pk: int, language: str, now: datetime.datetime) -> QuerySet:
    return Article.objects.public(now).in_language(language).filter(pk=pk).order_by().values_list(*_OF_A_STORY)


def take(
    request: HttpRequest, pk: int, article: Article | None, *, with_form: Callable | None = None, **circumstances
) -> HttpResponse:
    """Take the posted comment form for the story ``pk``, None as ``article`` when it is not public.

    ``with_form(request, article, form, status=…)`` shows a form that comes back, by default on the story's page;
    ``circumstances`` go to ``post_comment`` (``parent``, ``resubmission_of``).
    """
    if not wire.is_form(request):
        return _refused(request, QueryDict(), _("This address takes the comment form and nothing else."), status=415)
    fields = wire.posted_form(request)
    if article is None:
        return _story_gone(request, pk, fields)
    if wire.is_foreign(request):
        return _refused(request, fields, _("This form was sent from another website. Please use ours."), status=403)
    return _post(request, article, fields, with_form or _with_form, circumstances)


def _post(
    request: HttpRequest, article: Article, fields: QueryDict, with_form: Callable, circumstances: dict
) -> HttpResponse:
    parent = threads.parent_named(article, fields.get("parent", ""))
    if parent is None and fields.get("parent"):
        return _parent_gone(request, article, fields)
    form = CommentForm(article, fields, parent=parent)
    if not wire.is_utf8(request):
        form.refuse("comment", _("Some characters did not arrive intact. Please check your text and send it again."))
    if not form.is_valid():
        return with_form(request, article, form, status=400)
    try:
        posted = posting.post_comment(
            article,
            name=form.cleaned_data["name"],
            body=form.cleaned_data["comment"],
            stamp=form.cleaned_data["stamp"],
            sender=sender_of(request),
            email=form.cleaned_data["email"],
            proof=form.cleaned_data["proof"],
            **({"parent": parent} | circumstances),
        )
    except stamps.StampExpired:
        form.refuse(None, _("This page had been open for more than a week. Your text is still here: send it again."))
        return with_form(request, article, form, status=200)
    except stamps.StampForged:
        form.refuse(None, _("We could not recognise this form. Your text is still here: please send it again."))
        return with_form(request, article, form, status=400)
    except posting.NotRejected:
        return _refused(request, fields, _("What this answers has changed meanwhile."), status=409)
    except posting.CommentsClosed as closed:
        return _refused(request, fields, str(closed), status=403)
    except posting.StoryNotPublic:
        return _story_gone(request, article.pk, fields)
    except posting.ParentNotPublic:
        return _parent_gone(request, article, fields)
    except posting.TooMany as limit:
        return _too_many(request, article, form, limit, with_form)
    except posting.AlreadyPosted as earlier:
        return _already_posted(request, fields, earlier)
    except posting.SenderBlocked as blocked:
        return _refused(request, fields, _until_when_and_why(blocked.block), status=403)
    return _receipt(request, posted)


def _receipt(request: HttpRequest, posted: posting.Posted) -> HttpResponse:
    # A place of its own: without one the browser keeps the form's (WHATWG Fetch, 4.4, location URL).
    response = HttpResponseRedirect(reverse("receipt", args=[posted.token]) + "#main", status=303)
    set_cookie(response, posted.sender_cookie, secure=request.is_secure())
    response["Cache-Control"] = "private, no-store"
    return response


def _with_form(request: HttpRequest, article: Article, form: CommentForm, *, status: int) -> HttpResponse:
    """The page the form was on, a reply's or the story's, with what was written in it."""
    if form.parent_comment:
        shown = {"article": article, "parent": form.parent_comment, "form": form}
        response = render(request, "comments/reply.html", shown, status=status)
    else:
        response = render_story(request, article, {"comment_form": form}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _parent_gone(request: HttpRequest, article: Article, fields: QueryDict) -> HttpResponse:
    """The comment replied to is not public (any more): the text comes back in a form of its own."""
    alone = fields.copy()
    alone.pop("parent", None)
    form = CommentForm(article, alone)
    form.refuse(None, _("The comment you reply to is not shown. You can still send your text as a comment of its own."))
    return _with_form(request, article, form, status=409)


def _too_many(
    request: HttpRequest, article: Article, form: CommentForm, limit: posting.TooMany, with_form: Callable
) -> HttpResponse:
    """429 with the text in the form and how long to wait, for the reader in minutes (RFC 6585, section 4)."""
    minutes = math.ceil(limit.seconds / 60)
    again = ngettext(
        "Your text is still here: please send it again in a minute.",
        "Your text is still here: please send it again in %(minutes)s minutes.",
        minutes,
    )
    form.refuse(None, f"{limit} {again % {'minutes': minutes}}")
    response = with_form(request, article, form, status=429)
    response["Retry-After"] = str(limit.seconds)
    return response


def _already_posted(request: HttpRequest, fields: QueryDict, earlier: posting.AlreadyPosted) -> HttpResponse:
    message = _("You have already sent this text on this story. Its receipt says what became of it.")
    return _refused(request, fields, message, status=409, receipt_token=earlier.token)


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


def _refused(
    request: HttpRequest, fields: QueryDict, message: str, *, status: int, receipt_token: str = ""
) -> HttpResponse:
    """Say why nothing was stored and give the text back to keep; ``receipt_token`` leads to an earlier receipt."""
    shown = {
        "message": message,
        "name": fields.get("name", ""),
        "comment": fields.get("comment", ""),
        "receipt_token": receipt_token,
    }
    response = render(request, "comments/refused.html", shown, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """A puzzle for the form of the story ``pk``, one for each who asks. 404 where the house asks for no proof."""
    article = Article.objects.public().in_language(get_language()).filter(pk=pk).first()
    if article is None or not settings.NEWSROOM_PROOF_OF_WORK:
        raise Http404
    response = JsonResponse(proofs.challenge(article))
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def guidelines(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The edition in force, or the published edition ``number``."""
    published = GuidelineEdition.objects.published()
    edition = published.in_force() if number is None else get_object_or_404(published, number=number)
    shown = {
        "policy": policy.policy(edition, get_language()),
        "in_force": published.in_force(),
        "editions": published.order_by("-number"),
    }
    return depends_on(render(request, "comments/guidelines.html", shown), "guidelines")
