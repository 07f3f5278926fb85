"""The public pages. Every list and every story asks ``Article.objects.public()``."""

import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles import bodies, extracts, most_read, tagging
from articles import front as front_page
from articles import search as searching
from articles.datelines import dateline
from articles.models import Article, ArticleQuerySet, AuthorName, Correction, SectionName, Tag
from articles.page_rendering import rendered
from articles.pagekeys import author_key, front_key, most_read_key, section_key, story_keys, tag_key
from articles.paging import BadKey, Page, page_by_key
from articles.related import related
from articles.search_form import SearchForm
from newsroom.house_days import day_bounds
from newsroom.pages import depends_on


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The front page of the active language's edition: what editors put there, and the newest stories."""
    language, now = get_language(), timezone.now()
    try:
        page = front_page.compose(language, now, after=request.GET.get("after"))
    except BadKey as error:
        raise Http404 from error
    shown = {"page": page, **_most_read(language, now)}
    keys = (front_key(language), most_read_key(language))
    return rendered(request, "articles/front.html", shown, *keys, now=now, until=page.changes_at)


def _most_read(language: str, now: datetime.datetime, *, besides: Article | None = None) -> dict[str, object]:
    """What the list of the most read stories needs."""
    stories, taken_at = most_read.shown(language, besides=besides, now=now)
    return {"most_read": stories, "most_read_at": taken_at}


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(SectionName, slug)
    key = section_key(name.section_id, name.language)
    now = timezone.now()
    return _list(request, "articles/section.html", name, _edition(now).filter(section=name.section_id), key, now=now)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """A tag's stories. One that no public story carries answers like one that does not exist; a former address leads
    on."""
    found = tagging.tag_at(get_language(), slug)
    if found is None:
        raise Http404
    now = timezone.now()
    stories = _edition(now).filter(tagged__tag=found)
    if found.slug != slug and stories.exists():
        return tagging.lead_on(found.get_absolute_url())
    return _list(request, "articles/tag.html", found, stories, tag_key(found.pk), now=now, hide_when_empty=True)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    name = _named(AuthorName, slug)
    key = author_key(name.author_id, name.language)
    now = timezone.now()
    stories = _edition(now).filter(bylines__author=name.author_id).distinct()
    return _list(request, "articles/author.html", name, stories, key, now=now, hide_when_empty=True)


@require_safe
def archive(request: HttpRequest, year: str, month: str, day: str) -> HttpResponse:
    """The stories first published on one day of the house's time zone, newest first; 404 for a day without any.

    Two links lead to the nearest days before and after it that have some.
    """
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise Http404 from error
    begin, end = day_bounds(date)
    now, key = timezone.now(), front_key(get_language())
    stories = _edition(now).filter(first_published_at__gte=begin, first_published_at__lt=end)
    days = {
        "day_before": _day_of_first(now, "-first_published_at", first_published_at__lt=begin),
        "day_after": _day_of_first(now, "first_published_at", first_published_at__gte=end),
    }
    return _list(request, "articles/archive.html", date, stories, key, now=now, hide_when_empty=True, more=days)


def _day_of_first(now: datetime.datetime, order: str, **among) -> datetime.date | None:
    """The house's day of the first story ``among`` those of the active language that are public at ``now``."""
    stories = Article.objects.public(now).in_language(get_language()).filter(**among).order_by(order)
    moment = stories.values_list("first_published_at", flat=True).first()
    return moment and timezone.localtime(moment, timezone.get_default_timezone()).date()


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
    now = timezone.now()
    article = _asking_ahead(Article.objects.public(now).with_everything_shown()).filter(pk=pk).first()
    if article is None:
        return _not_public(request, pk)
    if article.language != get_language() or slug != (article.slug or "story"):
        return redirect(article, permanent=True)
    return render_story(request, article, now=now)


def render_story(
    request: HttpRequest,
    article: Article,
    context: dict | None = None,
    *,
    status: int = 200,
    now: datetime.datetime | None = None,
) -> HttpResponse:
    """The page of ``article``, with what another app adds to its ``context`` (a comment form that came back).

    ``now`` is the moment at which it was found public.
    """
    now = now or timezone.now()
    shown = {
        "article": article,
        "dateline": dateline(article.place, article.language),
        "editions": _other_editions(article, now),
        "related": related(article),
        "corrections": list(article.corrections.all()) if getattr(article, "has_corrections", True) else [],
        **_most_read(article.language, now, besides=article),
        "is_the_story": status == 200 and article.is_public(now),
        **(context or {}),
    }
    subjects = (tag_key(tag.pk) for tag in article.tags.all())  # by which related stories are found
    keys = (*story_keys(article), *bodies.keys(article.body), *subjects, most_read_key(article.language))
    try:
        return rendered(request, "articles/story.html", shown, *keys, now=now, status=status)
    except BadKey as error:
        raise Http404 from error


def _asking_ahead(articles: ArticleQuerySet) -> ArticleQuerySet:
    """``articles``, each saying whether it has what few stories have, so that nobody asks for that in vain."""
    has_corrections = Exists(Correction.objects.filter(article=OuterRef("pk")))
    has_translations = Exists(Article.objects.filter(translation_of=OuterRef("pk")))
    return articles.annotate(has_corrections=has_corrections, has_translations=has_translations)


def _other_editions(article: Article, now: datetime.datetime) -> list[Article]:
    """The other editions of ``article`` that are public at ``now``, by language.

    A handful of rows, found by number and sorted out here: asked together with what is public, a database may walk
    all public stories instead.
    """
    if not article.translation_of_id and not getattr(article, "has_translations", True):
        return []
    editions = Article.objects.editions_of(article).defer("body").order_by("language")
    return [edition for edition in editions if edition.pk != article.pk and edition.is_public(now)]


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


def _edition(now: datetime.datetime) -> ArticleQuerySet:
    """The stories of the active language that are public at ``now``, with what a list shows of them."""
    return Article.objects.public(now).in_language(get_language()).with_everything_shown()


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
    request: HttpRequest,
    template: str,
    subject,
    stories: ArticleQuerySet,
    key: str,
    *,
    now: datetime.datetime,
    hide_when_empty: bool = False,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    """A page of ``stories``, those public at ``now``, and what ``more`` its template needs."""
    page = _page_of(request, stories)
    if hide_when_empty and not page.items and "after" not in request.GET:
        raise Http404
    shown = {"subject": subject, "stories": page.items, "next_key": page.next_key, **(more or {})}
    return rendered(request, template, shown, key, now=now)
