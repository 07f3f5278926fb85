import datetime

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Article, AuthorName, Byline, SectionName, Tag, TaggedArticle
from newsroom.folding import fold
from newsroom.house_days import day_bounds

LONGEST = 200  # characters


class DayInput(forms.DateInput):
    """The browser's box for a day. What is no day comes back in a box for text: HTML lets a day's box hold no other."""

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["type"] = "date" if _is_day(context["widget"]["value"] or "") else "text"
        return context


def _is_day(text: str) -> bool:
    try:
        return not text or datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class SearchForm(forms.Form):
    """A reader's question. Tag and author are typed by name, as folded as the words: no list betrays who waits."""

    q = forms.CharField(label=_("Search for"), max_length=LONGEST, required=False)
    section = forms.ModelChoiceField(
        SectionName.objects.none(),
        label=_("Section"),
        required=False,
        to_field_name="slug",
        empty_label=_("All sections"),
    )
    tag = forms.CharField(label=_("Tag"), max_length=100, required=False)
    author = forms.CharField(label=_("Author"), max_length=120, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # "from" is no name a class body can hold; both dates are days of the house's time zone.
        day = DayInput(format="%Y-%m-%d")
        self.fields["from"] = forms.DateField(label=_("From"), required=False, widget=day, input_formats=["%Y-%m-%d"])
        self.fields["to"] = forms.DateField(label=_("To"), required=False, widget=day, input_formats=["%Y-%m-%d"])
        self.fields["q"].widget.input_type = "search"
        self.fields["section"].queryset = SectionName.objects.filter(
            language=get_language(), section__is_active=True
        ).order_by("section__position", "section_id")

    def narrowed(self) -> QuerySet[Article] | None:
        """The stories that the filters leave, or None where none is set. ``articles.search`` asks which are public.

        Tags and authors are asked for apart, which costs half of a join.
        """
        chosen = self.cleaned_data
        stories = Article.objects.in_language(get_language())
        if chosen["section"]:
            stories = stories.filter(section=chosen["section"].section_id)
        if chosen["tag"]:
            tagged = TaggedArticle.objects.filter(tag__in=self._tags())
            stories = stories.filter(pk__in=tagged.values("content_object"))
        if chosen["author"]:
            bylines = Byline.objects.filter(author__in=self._authors())
            stories = stories.filter(pk__in=bylines.values("article"))
        if chosen["from"]:
            stories = stories.filter(first_published_at__gte=day_bounds(chosen["from"])[0])
        if chosen["to"]:
            stories = stories.filter(first_published_at__lt=day_bounds(chosen["to"])[1])
        return stories if any(chosen[name] for name in self.fields if name != "q") else None

    def _tags(self) -> QuerySet[Tag]:
        return Tag.objects.filter(language=get_language(), key=fold(self.cleaned_data["tag"]))

    def _authors(self) -> list[int]:
        names = AuthorName.objects.filter(language=get_language()).values_list("author_id", "name")
        wanted = fold(self.cleaned_data["author"])
        return [author_id for author_id, name in names if fold(name) == wanted]
