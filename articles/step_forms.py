"""The small forms of the workflow's steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.house_times import HouseTimeField
from articles.models import Article, Correction
from newsroom import languages


class StepForm(forms.Form):
    """What a step of the workflow asks for besides a yes. ``article`` is the story it is about."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args, article: Article, **kwargs):
        super().__init__(*args, **kwargs)
        self.article = article


class ReasonForm(StepForm):
    """A step whose words somebody will read: required."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True


class TimeForm(StepForm):
    """A step with a time, typed and shown in the house's zone."""

    time = HouseTimeField(label=_("Time"))


class OptionalTimeForm(TimeForm):
    """A time that may be taken away."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time"].required = False


class LineForm(StepForm):
    """What readers are told of a change: which kind, in which words, and where it stands."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Correction.Kind.choices)
    line = forms.CharField(
        label=_("Line for readers"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("In the story's language. Say what was wrong and what is right. It can never be changed."),
    )
    place = forms.ChoiceField(
        label=_("Where on the story"),
        required=False,
        choices=[("", _("as usual for its kind")), *Correction.Place.choices],
    )
    field_order = ("kind", "line", "place", "note")

    def __init__(self, *args, article: Article, **kwargs):
        super().__init__(*args, article=article, **kwargs)
        language = languages.language(article.language)
        self.fields["line"].widget.attrs.update({"lang": language.html_lang, "dir": language.direction})
        self.fields["note"].help_text = _("For colleagues only.")


class CorrectionForm(LineForm):
    """A line for readers by itself."""


class ReleaseForm(LineForm):
    """Whether readers are told that the story changed, and in which words."""

    substantive = forms.TypedChoiceField(
        label=_("What kind of change is it?"),
        coerce=lambda value: value == "substantive",
        choices=[
            ("typo", _("A slip mended: the story says the same")),
            ("substantive", _("Substantive: readers are shown when it was updated, and the line below")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("substantive", *LineForm.field_order)

    def __init__(self, *args, article: Article, **kwargs):
        super().__init__(*args, article=article, **kwargs)
        self.fields["kind"].initial = Correction.Kind.UPDATE
        for name in ("kind", "line"):
            self.fields[name].required = False
        if not article.is_public():  # there is nothing to tell anybody yet
            for name in ("substantive", "kind", "line", "place"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("substantive") and not cleaned.get("line") and "line" not in self.errors:
            self.add_error("line", _("A substantive change needs a line that tells readers what changed."))
        return cleaned


FORM_OF_STEP: dict[str, type[StepForm]] = {
    "return": ReasonForm,
    "return_version": ReasonForm,
    "withdraw": ReasonForm,
    "schedule": TimeForm,
    "set_embargo": OptionalTimeForm,
    "release": ReleaseForm,
    "correct": CorrectionForm,
}


def step_form(verb: str) -> type[StepForm]:
    """The form of the workflow's step ``verb``."""
    return FORM_OF_STEP.get(verb, StepForm)
