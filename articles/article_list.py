"""The list of stories in the back office: filters with counts, dates, search, and pages by key.

It costs the same whatever the newsroom holds: no query counts or sorts a whole table, and nothing asks which dates have
stories. ``docs/decisions/0019-the-list-of-stories.md`` says what was given up for it.
"""

import calendar
import datetime
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from articles import access, editions, search
from articles.models import Article, ArticleQuerySet, AuthorName, Byline, Revision
from articles.paging import BadKey, key_of, page_by_key
from articles.states import STATES, state_of
from newsroom import counting, languages

LANGUAGE_CODES = tuple(languages.BY_CODE)


class Choice(admin.SimpleListFilter):
    """A filter that answers a value nobody offered by saying so."""

    def value(self) -> str | None:
        value = super().value()
        if value is not None and value not in {str(lookup) for lookup, _title in self.lookup_choices}:
            raise IncorrectLookupParameters(value)
        return value


class StateFilter(Choice):
    """Where the story stands, each with its count."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(state.code, state.label) for state in STATES.values()]

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        return STATES[self.value()].of(queryset) if self.value() else queryset

    def choices(self, changelist):
        counts = changelist.state_counts or [None] * len(STATES)
        for choice, count in zip(super().choices(changelist), [None, *counts], strict=True):
            named = choice["display"] if count is None else f"{choice['display']} ({counting.in_words(count)})"
            yield choice | {"display": named}


class SectionFilter(Choice):
    """The sections the person works in, with their names fetched at once."""

    title = _("section")
    parameter_name = "section"

    def lookups(self, request, model_admin):
        return [(section.pk, str(section)) for section in access.choosable_sections(request.user)]

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        return queryset.filter(section=self.value()) if self.value() else queryset


class LanguageFilter(Choice):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return languages.CHOICES

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        return queryset.in_language(self.value()) if self.value() else queryset


class MineFilter(Choice):
    title = _("whose")
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("yes", _("mine"))]

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        return queryset.written_by(request.user) if self.value() else queryset


class TranslationFilter(Choice):
    """Translations whose original changed since, and new originals without an edition in a language."""

    title = _("translations")
    parameter_name = "translation"

    def lookups(self, request, model_admin):
        missing = [
            (f"missing-{code}", _("missing in %(language)s") % {"language": languages.language(code).name})
            for code in LANGUAGE_CODES
        ]
        return [("stale", _("original changed")), *missing]

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        if not self.value():
            return queryset
        if self.value() == "stale":
            return editions.stale(queryset)
        return editions.missing_in(self.value().removeprefix("missing-"), queryset)


class AuthorFilter(Choice):
    """Shown once somebody followed an author's name; a newsroom has too many authors to list them all."""

    title = _("author")
    parameter_name = "author"

    def lookups(self, request, model_admin):
        asked = request.GET.get(self.parameter_name, "")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            return []
        names = AuthorName.objects.filter(author=asked).order_by("pk").values_list("name", flat=True)[:1]
        return [(asked, name) for name in names]

    def has_output(self) -> bool:
        return self.value() is not None

    def queryset(self, request, queryset: ArticleQuerySet) -> ArticleQuerySet:
        chosen = self.value()
        if not chosen:
            return queryset
        lines = Byline.objects.filter(author=chosen)
        # Of few stories the index of bylines is asked first; of very many, the order of the list finds some at once.
        if counting.counts([lines])[0] <= counting.MOST:
            return queryset.filter(pk__in=lines.values("article"))
        return queryset.filter(Exists(lines.filter(article=OuterRef("pk"))))


@dataclass
class Row:
    """What the list says of one story beside the story itself."""

    article: Article
    state: str
    live_address: str
    version_waits: bool
    editions: int
    of_editions: int
    is_stale: bool

    @property
    def authors(self) -> list:
        """The authors of the byline, each once, in order."""
        return list({line.author_id: line.author for line in self.article.bylines.all()}.values())


@dataclass
class DateLink:
    """One step of the dates above the list: a year, a month or a day, or the way back."""

    title: str
    link: str
    is_chosen: bool = False


class StoryChangeList(ChangeList):
    """Pages by key in the one order that suits what is listed.

    ``queryset`` holds what the person may see, as everywhere. For the page and the counts the same is asked in
    ``access.branches``, each of which an index answers in order: first the numbers, then the rows of one page.
    """

    def __init__(self, request: HttpRequest, *args, **kwargs):
        request.GET = request.GET.copy()
        self.after = (request.GET.pop("after", None) or [None])[-1]
        super().__init__(request, *args, **kwargs)

    def get_queryset(self, request, exclude_parameters=None):
        self.root_queryset = Article.objects.order_by()
        everybodys = super().get_queryset(request, exclude_parameters)
        self.listed = access.branches(request.user, everybodys)
        self.counted = access.halves(request.user, everybodys)
        self.state_counts = self._count_states(request)
        return access.visible_to(request.user, everybodys)

    def get_filters(self, request):
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as error:  # a year without a next one
            raise IncorrectLookupParameters(error) from error

    def _count_states(self, request) -> list[int] | None:
        """How many stories each state has in the section and language chosen, of mine or all; None beside a filter
        that is not an index's."""
        counted = Article.objects.order_by()
        for spec in self.filter_specs:
            if spec.value() and isinstance(spec, (AuthorFilter, TranslationFilter)):
                return None
            if not isinstance(spec, StateFilter):
                counted = spec.queryset(request, counted)
        pieces = access.halves(request.user, counted)
        numbers = counting.counts([state.of(piece) for state in STATES.values() for piece in pieces])
        return [sum(numbers[n : n + len(pieces)]) for n in range(0, len(numbers), len(pieces))]

    def get_ordering(self, request, queryset) -> list[str]:
        field, newest_first = self.order
        return [f"-{field}", "-pk"] if newest_first else [field, "pk"]

    @cached_property
    def order(self) -> tuple[str, bool]:
        """The time the list is ordered by, and whether the newest comes first: what waits longest is read first."""
        state, translation = self.params.get("state"), self.params.get("translation")
        if translation:
            return ("original_changed_at" if translation == "stale" else "first_published_at"), True
        if state in ("review", "submitted"):
            return "modified_at", False
        if state == "scheduled":
            return "first_published_at", False
        is_dated = state == "live" or f"{self.date_hierarchy}__year" in self.params
        return ("first_published_at" if is_dated else "modified_at"), True

    def get_results(self, request) -> None:
        numbers = self._numbers()
        shown = numbers[: self.list_per_page]
        by_pk = self._with_all_shown().in_bulk([pk for _time, pk in shown])
        self.result_list = [by_pk[pk] for _time, pk in shown if pk in by_pk]
        self.result_count = sum(counting.counts(self.counted))
        self.count_in_words = counting.in_words(self.result_count)
        self.next_page = self.first_page = ""
        if len(numbers) > len(shown) and self.result_list:
            self.next_page = self.get_query_string({"after": key_of(self.result_list[-1], (self.order[0], "pk"))})
        if self.after:
            self.first_page = self.get_query_string()
        self.full_result_count = self.result_count
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = self.multi_page = False
        self.paginator = Paginator(self.result_list, self.list_per_page)

    def _numbers(self) -> list[tuple[datetime.datetime, int]]:
        """Time and number of the page's stories in order, and of one more if there is a next page."""
        field, newest_first = self.order
        found = []
        for piece in self.listed:
            try:
                page = page_by_key(
                    piece.only(field),
                    (field, "pk"),
                    after=self.after,
                    size=self.list_per_page + 1,
                    newest_first=newest_first,
                )
            except BadKey as error:
                raise IncorrectLookupParameters(error) from error
            found += [(getattr(article, field), article.pk) for article in page.items]
        return sorted(found, reverse=newest_first)[: self.list_per_page + 1]

    @staticmethod
    def _with_all_shown() -> ArticleQuerySet:
        named = Article.objects.select_related("section", "created_by").defer("body", "standfirst")
        return named.prefetch_related("section__names", "bylines__author__names")

    # What is shown ---------------------------------------------------------------------------------------------------
    @cached_property
    def rows(self) -> list[Row]:
        """The page's stories with their editions and waiting versions: two queries for all of them."""
        shown = self.result_list
        together = editions.editions_of_all(shown)
        waits = Revision.objects.filter(article__in=shown, state__in=Revision.BEHIND)
        waiting = set(waits.values_list("article_id", flat=True))
        return [self._row(article, together[article.translation_of_id or article.pk], waiting) for article in shown]

    @staticmethod
    def _row(article: Article, together: list[Article], waiting: set[int]) -> Row:
        mine = [article] if article.translation_of_id else together
        return Row(
            article=article,
            state=str(state_of(article)),
            live_address=article.get_absolute_url() if article.is_public() else "",
            version_waits=article.is_live and article.pk in waiting,
            editions=len(together),
            of_editions=len(LANGUAGE_CODES),
            is_stale=any(edition.original_changed_at for edition in mine),
        )

    def dates(self) -> list[list[DateLink]]:
        """The way to a year, a month and a day of first publication, one list for each level; one query."""
        year, month, day = (self._date_part(part) for part in ("year", "month", "day"))
        back = [DateLink(str(_("All dates")), self._dated())] if year else []
        if not year:
            return [[DateLink(str(number), self._dated(year=number)) for number in self._years()]]
        back.append(DateLink(str(year), self._dated(year=year), is_chosen=not month))
        if not month:
            return [back, [DateLink(str(name), self._dated(year=year, month=n)) for n, name in MONTHS.items()]]
        back.append(DateLink(str(MONTHS[month]), self._dated(year=year, month=month), is_chosen=not day))
        days = range(1, calendar.monthrange(year, month)[1] + 1)
        in_month = [DateLink(str(n), self._dated(year=year, month=month, day=n), is_chosen=n == day) for n in days]
        return [back, in_month]

    def _date_part(self, part: str) -> int:
        """The year, month or day asked for, 0 for none. ``get_filters`` has refused what is no date."""
        return int(self.params.get(f"{self.date_hierarchy}__{part}") or 0)

    def _dated(self, **parts: int) -> str:
        named = {f"{self.date_hierarchy}__{part}": number for part, number in parts.items()}
        return self.get_query_string(named, remove=[self.date_hierarchy])

    def _years(self) -> range:
        """From this year (or that of the last story scheduled) back to the oldest story's."""
        times = Article.objects.filter(first_published_at__isnull=False).values_list(self.date_hierarchy, flat=True)
        oldest = times.order_by("first_published_at").first()
        newest = times.order_by("-first_published_at").first()
        this_year = timezone.localdate().year
        known = [timezone.localtime(time).year for time in (oldest, newest) if time and time.year < datetime.MAXYEAR]
        return range(max([this_year, *known]), min([this_year, *known]) - 1, -1)

    @property
    def ordered_by(self) -> str:
        """The order in words, for the line below the list."""
        words = {
            ("first_published_at", False): _("the next to appear first"),
            ("first_published_at", True): _("the last published first"),
            ("modified_at", False): _("what waits longest first"),
            ("original_changed_at", True): _("the last change first"),
            ("modified_at", True): _("the last changed first"),
        }
        return str(words[self.order])


class ArticleList:
    """What ``ArticleAdmin`` is as a list."""

    change_list_template = "admin/articles/article/change_list.html"
    list_display = ("__str__",)
    list_filter = (StateFilter, MineFilter, SectionFilter, LanguageFilter, TranslationFilter, AuthorFilter)
    sortable_by = ()
    show_facets = ShowFacets.NEVER
    search_fields = ("headline",)  # the index answers; see get_search_results
    search_help_text = _("Words of headline, standfirst, tags or text, of drafts and waiting versions too")
    date_hierarchy = "first_published_at"

    def get_queryset(self, request):
        """What the person may see: the change form, the history, popups and every page about one story ask here."""
        return access.visible_to(request.user, super().get_queryset(request))

    def get_changelist(self, request, **kwargs):
        return StoryChangeList

    def changelist_view(self, request, extra_context=None):
        zone = {"zone": timezone.get_current_timezone_name()}
        return super().changelist_view(request, {**zone, **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term: str):
        """Stories with every word of ``search_term``, whatever the spelling; none when it holds no word."""
        if not search_term.strip():
            return queryset, False
        question = search.Question.read(search_term)
        among = queryset if queryset.query.where or access.is_limited(request.user) else None
        if among is not None:
            among = access.visible_to(request.user, among)
        return queryset.filter(pk__in=search.matching(question, among)) if question.words else queryset.none(), False
