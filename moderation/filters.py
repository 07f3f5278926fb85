"""What a moderator asks the queue for: an address's parameters as a filter of the comments that wait."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Concat
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from comments.models import Comment, CommentQuerySet, Status
from moderation import search
from newsroom import languages

MAX_STORIES = 50
NAMES = ("q", "language", "section", "story", "hinted", "sender", "sent", "order")
MIXED = "mixed"
# What is asked of the prepared rows: by field and answer, their column and its value.
PREPARED = {
    ("hinted", "yes"): {"is_hinted": True},
    ("hinted", "no"): {"is_hinted": False},
    ("sender", "new"): {"sender_is_known": False},
    ("sender", "known"): {"sender_is_known": True},
    ("sent", "again"): {"is_resubmission": True},
    ("sent", "first"): {"is_resubmission": False},
}
# What the queue is ordered by, always the time of sending and the number: as the comments' index has them, as the
# prepared rows' indexes do, or in a form that no index has, for the few that were found otherwise and are sorted then.
BY_TIME = ("submitted_at", "pk")
BY_PREPARED_TIME = ("prepared_time", "prepared_number")
BY_SORTING = ("sorted_time", "sorted_number")


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
    hinted = forms.ChoiceField(
        label=_("Hints"),
        required=False,
        choices=[("", _("all")), ("yes", _("with hints")), ("no", _("without hints"))],
    )
    sender = forms.ChoiceField(
        label=_("Sender"),
        required=False,
        choices=[("", _("all")), ("new", _("new")), ("known", _("decided before"))],
    )
    sent = forms.ChoiceField(
        label=_("Sent"),
        required=False,
        choices=[("", _("all")), ("again", _("again, after a rejection")), ("first", _("for the first time"))],
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("oldest first")), (MIXED, _("easy and hard in turn"))],
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
        """The comments that wait and fit, oldest first; none when the filter makes no sense."""
        return self._waiting({})

    def easy_and_hard(self) -> tuple[CommentQuerySet, CommentQuerySet]:
        """Those of ``waiting()`` without hints and those with, each oldest first."""
        return self._waiting({"hinted": "no"}), self._waiting({"hinted": "yes"})

    @property
    def is_mixed(self) -> bool:
        """Whether easy and hard comments are to take turns; with only one kind asked for there are no turns."""
        return self.is_valid() and self.cleaned_data["order"] == MIXED and not self.cleaned_data["hinted"]

    @property
    def asks_prepared(self) -> bool:
        """Whether comments that just came in, and are not prepared, cannot be found yet."""
        return self.is_valid() and (self.is_mixed or bool(self._prepared({})))

    @property
    def ordered_by(self) -> tuple[str, str]:
        """The fields ``waiting()`` is ordered by."""
        if self.is_valid() and (self.cleaned_data["story"] or self.cleaned_data["q"]):
            return BY_SORTING
        return BY_PREPARED_TIME if self.asks_prepared else BY_TIME

    @property
    def found_too_many(self) -> bool:
        """Whether only the oldest of those with the words are looked at."""
        return self.is_valid() and bool(self.cleaned_data["q"]) and self._found.is_cut

    @cached_property
    def _found(self) -> search.Found:
        return search.find(self.cleaned_data["q"], language=self.cleaned_data["language"])

    def _prepared(self, more: dict[str, str]) -> dict[str, object]:
        """What is asked of the prepared rows, by column."""
        asked = {**self.cleaned_data, **more}
        answers = (PREPARED.get((name, asked[name]), {}) for name in ("hinted", "sender", "sent"))
        columns = {column: value for answer in answers for column, value in answer.items()}
        return columns | ({"section": asked["section"]} if asked["section"] else {})

    def _waiting(self, more: dict[str, str]) -> CommentQuerySet:
        if not self.is_valid():
            return Comment.objects.none()
        prepared = self._prepared(more)
        if self.ordered_by == BY_SORTING:
            few = self._few().filter(**{f"prepared_hints__{name}": value for name, value in prepared.items()})
            return few.order_by(*BY_SORTING)
        language = {"language": self.cleaned_data["language"]} if self.cleaned_data["language"] else {}
        if prepared:
            return _prepared_rows(**prepared, **language).order_by(*BY_PREPARED_TIME)
        return Comment.objects.pending().filter(**language).order_by(*BY_TIME)

    def _few(self) -> CommentQuerySet:
        """Waiting comments of the stories and with the words asked for, to be found by those and sorted then."""
        asked = self.cleaned_data
        named = {"sorted_time": Coalesce("submitted_at", "submitted_at"), "sorted_number": Coalesce("pk", "pk")}
        few = Comment.objects.pending().annotate(**named, known_language=Concat("language", Value("")))
        if asked["language"]:
            few = few.filter(known_language=asked["language"])
        if asked["story"]:
            few = few.filter(article__in=asked["story"])
        if asked["q"]:
            few = few.filter(pk__in=self._found.ids)
        return few


def _prepared_rows(**columns: object) -> CommentQuerySet:
    """Waiting comments whose prepared rows hold ``columns``, found by those and in their order.

    The status is asked in a form that no index of the comments answers: SQLite would rather walk all that wait, however
    few of them fit, and sort them. The columns are asked as lists of one: for a bare condition ("WHERE is_hinted") it
    takes no index.
    """
    named = {"prepared_time": F("prepared_hints__submitted_at"), "prepared_number": F("prepared_hints__comment_id")}
    waiting = Comment.objects.annotate(**named, known_status=Concat("status", Value("")))
    asked = {f"prepared_hints__{column}__in": [value] for column, value in columns.items()}
    return waiting.filter(known_status=Status.PENDING, **asked)
