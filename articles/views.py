"""The public pages. Every list and every story asks ``Article.objects.public()``."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.datelines import dateline
from articles.models import Article, ArticleQuerySet, AuthorName, SectionName, Tag
from articles.paging import BadKey, Page, page_by_key


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page of the active language's edition: the newest story leads."""
    page = _page_of(request, _edition())
    is_first = "after" not in request.GET
    lead, rest = (page.items[0], page.items[1:]) if is_first and page.items else (None, page.items)
    shown = {"lead": lead, "stories": rest, "next_key": page.next_key}
    return render(request, "articles/front.html", shown)


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(SectionName, slug)
    return _list(request, "articles/section.html", name, _edition().filter(section=name.section_id))


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """A tag's stories. One that no public story carries answers like one that does not exist."""
    found = _named(Tag, slug)
    return _list(request, "articles/tag.html", found, _edition().filter(tagged__tag=found), hide_when_empty=True)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(AuthorName, slug)
    stories = _edition().filter(bylines__author=name.author_id).distinct()
    return _list(request, "articles/author.html", name, stories, hide_when_empty=True)


@require_safe
def story(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One story. Its id is its identity: any other slug or language leads to its own address.

    A withdrawn story answers 410; one that is not public yet answers exactly like one that never was.
    """
    article = Article.objects.public().with_everything_shown().filter(pk=pk).first()
    if article is None:
        return _not_public(request, pk)
    if article.language != get_language() or slug != (article.slug or "story"):
        return redirect(article, permanent=True)
    return render_story(request, article)


def render_story(
    request: HttpRequest, article: Article, context: dict | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of ``article``, with what another app adds to its ``context`` (a comment form that came back)."""
    shown = {
        "article": article,
        "dateline": dateline(article.place, article.language),
        "editions": Article.objects.public().editions_of(article).exclude(pk=article.pk),
        **(context or {}),
    }
    try:
        return render(request, "articles/story.html", shown, status=status)
    except BadKey as error:
        raise Http404 from error


def _not_public(request: HttpRequest, pk: int) -> HttpResponse:
    """404, or for a withdrawn story 410 with the reason and the date, never headline or slug."""
    withdrawn = Article.objects.withdrawn().filter(pk=pk).first()
    if withdrawn is None:
        raise Http404
    shown = {"reason": withdrawn.withdrawal_reason, "withdrawn_at": withdrawn.withdrawn_at}
    return render(request, "articles/withdrawn.html", shown, status=410)


def _named(model: type[SectionName | Tag | AuthorName], slug: str):
    """What is called ``slug`` in the active language, or 404. PostgreSQL takes no NUL, so nothing is called one."""
    if "\x00" in slug:
        raise Http404
    return get_object_or_404(model, language=get_language(), slug=slug)


def _edition() -> ArticleQuerySet:
    """The public stories of the active language, with what a list shows of them."""
    return Article.objects.public().in_language(get_language()).with_everything_shown()


def _page_of(request: HttpRequest, stories: ArticleQuerySet) -> Page[Article]:
    try:
        return page_by_key(
            stories,
            ("first_published_at", "pk"),
            after=request.GET.get("after"),
            size=settings.NEWSROOM_PAGE_SIZE,
            newest_first=True,
        )
    except BadKey as error:
        raise Http404 from error


def _list(
    request: HttpRequest, template: str, subject, stories: ArticleQuerySet, *, hide_when_empty: bool = False
) -> HttpResponse:
    page = _page_of(request, stories)
    if hide_when_empty and not page.items and "after" not in request.GET:
        raise Http404
    return render(request, template, {"subject": subject, "stories": page.items, "next_key": page.next_key})
