"""The public pages. Every list and every story asks ``Article.objects.public()``."""

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles import extracts
from articles import search as searching
from articles.datelines import dateline
from articles.models import Article, ArticleQuerySet, AuthorName, SectionName, Tag
from articles.pagekeys import author_key, front_key, next_by_clock, section_key, story_keys, tag_key
from articles.paging import BadKey, Page, page_by_key
from articles.related import related
from articles.search_form import SearchForm
from newsroom.house_days import day_bounds
from newsroom.pages import depends_on


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page of the active language's edition: the newest story leads."""
    page = _page_of(request, _edition())
    is_first = "after" not in request.GET
    lead, rest = (page.items[0], page.items[1:]) if is_first and page.items else (None, page.items)
    shown = {"lead": lead, "stories": rest, "next_key": page.next_key}
    response = render(request, "articles/front.html", shown)
    return depends_on(response, front_key(get_language()), until=next_by_clock())


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(SectionName, slug)
    stories = _edition().filter(section=name.section_id)
    return _list(request, "articles/section.html", name, stories, key=section_key(name.section_id, name.language))


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """A tag's stories. One that no public story carries answers like one that does not exist."""
    found = _named(Tag, slug)
    stories = _edition().filter(tagged__tag=found)
    return _list(request, "articles/tag.html", found, stories, key=tag_key(found.pk), hide_when_empty=True)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(AuthorName, slug)
    stories = _edition().filter(bylines__author=name.author_id).distinct()
    key = author_key(name.author_id, name.language)
    return _list(request, "articles/author.html", name, stories, key=key, hide_when_empty=True)


@require_safe
def archive(request: HttpRequest, year: str, month: str, day: str) -> HttpResponse:
    """The stories first published on one day of the house's time zone, newest first; 404 for a day without any."""
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise Http404 from error
    begin, end = day_bounds(date)
    stories = _edition().filter(first_published_at__gte=begin, first_published_at__lt=end)
    return _list(request, "articles/archive.html", date, stories, key=front_key(get_language()), hide_when_empty=True)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Public stories with the words asked for, best first: at most ``searching.MOST``, a page at a time.

    ``after`` is how many results came before. Whatever ``q`` holds, the answer is a result or says what to change.
    """
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "articles/search.html", {"form": form}, status=400)
    question = searching.Question.read(form.cleaned_data["q"])
    found = searching.find(question, language=get_language(), among=form.narrowed())
    begin = _position(request.GET.get("after", "0"))
    shown = found[begin : begin + settings.NEWSROOM_PAGE_SIZE]
    end = begin + len(shown)
    by_id = Article.objects.public().with_everything_shown().in_bulk(shown)
    results = [
        (by_id[pk], extracts.marked(by_id[pk].headline, question), extracts.extract(by_id[pk], question))
        for pk in shown
        if pk in by_id
    ]
    context = {"form": form, "question": question, "results": results, "count": len(found), "most": searching.MOST}
    return render(request, "articles/search.html", {**context, "next": end if end < len(found) else None})


def _position(text: str) -> int:
    """Where a page of results begins. Raises Http404 for what no link of ours says."""
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Http404
    return int(text)


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
        "editions": list(Article.objects.public().editions_of(article).exclude(pk=article.pk).order_by("language")),
        "related": related(article),
        "is_the_story": status == 200 and article.is_public(),
        **(context or {}),
    }
    try:
        response = render(request, "articles/story.html", shown, status=status)
    except BadKey as error:
        raise Http404 from error
    subjects = (tag_key(tag.pk) for tag in article.tags.all())  # by which related stories are found
    return depends_on(response, *story_keys(article), *subjects, until=next_by_clock())


def _not_public(request: HttpRequest, pk: int) -> HttpResponse:
    """404, or for a withdrawn story 410 with the reason and the date, never headline or slug."""
    withdrawn = Article.objects.withdrawn().filter(pk=pk).first()
    if withdrawn is None:
        raise Http404
    shown = {"reason": withdrawn.withdrawal_reason, "withdrawn_at": withdrawn.withdrawn_at}
    return depends_on(render(request, "articles/withdrawn.html", shown, status=410), *story_keys(withdrawn))


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
    request: HttpRequest, template: str, subject, stories: ArticleQuerySet, *, key: str, hide_when_empty: bool = False
) -> HttpResponse:
    page = _page_of(request, stories)
    if hide_when_empty and not page.items and "after" not in request.GET:
        raise Http404
    response = render(request, template, {"subject": subject, "stories": page.items, "next_key": page.next_key})
    return depends_on(response, key, until=next_by_clock())
