"""What a moderator sends from the desk or the admin: decisions, and names for filters."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from comments.policy import Policy
from comments.text import MAX_BODY
from moderation.decisions import MAX_NOTE
from moderation.filters import QueueFilter
from moderation.models import Verdict

MAX_BULK = 200


class GuidelineCodes(forms.MultipleChoiceField):
    """Codes of guidelines. Whether the edition in force has them, ``decide()`` says, in the same transaction."""

    def valid_value(self, value: str) -> bool:
        return "\x00" not in value  # PostgreSQL takes no NUL, so no guideline is called so


class DecisionForm(forms.Form):
    """A verdict's guidelines and note, and the version of the comment the moderator had before them."""

    guidelines = GuidelineCodes(label=_("Guidelines"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label=_("Note to the author"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Optional. The author reads it on the receipt."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    hints_shown = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    passage_start = forms.IntegerField(required=False, min_value=0, max_value=MAX_BODY, widget=forms.HiddenInput)
    passage_end = forms.IntegerField(required=False, min_value=1, max_value=MAX_BODY, widget=forms.HiddenInput)
    edition = forms.IntegerField(required=False, min_value=1, max_value=32_767, widget=forms.HiddenInput)

    def __init__(self, policy: Policy | None, *args, **kwargs):
        """``policy`` is the edition in force, worded in the moderator's language; None for a form nobody looks at."""
        super().__init__(*args, **kwargs)
        grounds = policy.grounds if policy else []
        self.fields["guidelines"].choices = [(guideline.code, wording.title) for guideline, wording in grounds]

    def clean(self) -> dict:
        """With ``passage``: the marked passage as two offsets in code points, or None."""
        start, end = self.cleaned_data.get("passage_start"), self.cleaned_data.get("passage_end")
        if (start is None) != (end is None) or (start is not None and start >= end):
            raise ValidationError(_("The marked passage is not one of this text."))
        return {**self.cleaned_data, "passage": None if start is None else (start, end)}


class ChosenComments(forms.MultipleChoiceField):
    """Comments as ``id:version:hints``: the version seen and the signed hints shown, which may be missing.

    Cleaned to ``{id: (version, hints)}``.
    """

    default_error_messages = {
        "required": _("Select at least one comment."),
        "too_many": _("Select at most 200 comments at once."),
        "invalid": _("That is not a selection of comments."),
    }

    def valid_value(self, value: str) -> bool:
        return "\x00" not in value  # PostgreSQL takes no NUL, so no guideline is called so

    def clean(self, value) -> dict[int, tuple[int, str]]:
        parts = [(*text.split(":", 2), "")[:3] for text in super().clean(value)]
        if not all(len(part) == 3 and _is_number(part[0]) and _is_number(part[1]) for part in parts):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if len(parts) > MAX_BULK:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        return {int(pk): (int(version), hints) for pk, version, hints in parts}


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


class BulkForm(DecisionForm):
    """One verdict for several comments."""

    chosen = ChosenComments()
    verdict = forms.TypedChoiceField(
        choices=[(verdict.value, verdict.label) for verdict in (Verdict.APPROVED, Verdict.REJECTED)], coerce=Verdict
    )
    seen_version = hints_shown = passage_start = passage_end = None


class FilterNameForm(forms.Form):
    """A name for the filter that is in the address. ``query`` is cleaned to what the filter itself understands."""

    name = forms.CharField(label=_("Save this filter as"), max_length=40)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="saved-%s", **kwargs)

    def clean_query(self) -> str:
        chosen = QueueFilter(QueryDict(self.cleaned_data["query"]))
        if not chosen.is_valid() or len(chosen.query) > 500:
            raise ValidationError(_("This filter cannot be saved."))
        return chosen.query
