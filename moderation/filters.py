"""What a moderator asks the queue for: an address's parameters as a filter of the comments that wait."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from comments.models import Comment, CommentQuerySet
from newsroom import languages

MAX_STORIES = 50
NAMES = ("language", "section", "story", "q")


class QueueFilter(forms.Form):
    """Every field is optional; what is left empty filters nothing."""

    q = forms.CharField(
        label=_("Words in text or name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    section = forms.TypedChoiceField(label=_("Section"), required=False, coerce=int, empty_value=None)
    story = forms.CharField(
        label=_("Stories, by number"),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "12, 34"}),
    )

    def __init__(self, asked: QueryDict):
        """``asked`` is what stands in the address."""
        super().__init__({name: asked[name] for name in NAMES if name in asked}, auto_id="filter-%s")
        anything = [("", _("all"))]
        sections = Section.objects.prefetch_related("names")
        self.fields["language"].choices = anything + [(one.code, one.own_name) for one in languages.LANGUAGES]
        self.fields["section"].choices = anything + [(one.pk, one.name_in(get_language())) for one in sections]

    def clean_story(self) -> list[int]:
        """The stories' numbers, given with commas (the Arabic one too) or spaces."""
        words = self.cleaned_data["story"].replace(",", " ").replace("،", " ").split()
        if len(words) > MAX_STORIES or not all(word.isdecimal() and len(word) < 18 for word in words):
            raise ValidationError(_("Give the stories' numbers, at most 50, with commas between them."))
        return [int(word) for word in words]

    @property
    def query(self) -> str:
        """The filter as the part of an address after the question mark; "" when nothing is filtered."""
        return urlencode({name: value for name, value in self.data.items() if value})

    def waiting(self) -> CommentQuerySet:
        """The comments that wait and fit; none when the filter makes no sense."""
        waiting = Comment.objects.pending()
        if not self.is_valid():
            return waiting.none()
        asked = self.cleaned_data
        if asked["language"]:
            waiting = waiting.filter(language=asked["language"])
        if asked["section"]:
            waiting = waiting.filter(article__section=asked["section"])
        if asked["story"]:
            waiting = waiting.filter(article__in=asked["story"])
        if asked["q"]:
            waiting = waiting.filter(Q(body__icontains=asked["q"]) | Q(display_name__icontains=asked["q"]))
        return waiting
