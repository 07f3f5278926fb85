"""The decision form: what a moderator sends from the desk or the admin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from comments.policy import Policy
from moderation.decisions import MAX_NOTE


class DecisionForm(forms.Form):
    """A verdict's guidelines and note, and the version of the comment the moderator had before them."""

    guidelines = forms.MultipleChoiceField(label=_("Guidelines"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label=_("Note to the author"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Optional. The author reads it on the receipt."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, policy: Policy, *args, **kwargs):
        """``policy`` is the edition in force, worded in the moderator's language."""
        super().__init__(*args, **kwargs)
        self.fields["guidelines"].choices = [(guideline.code, wording.title) for guideline, wording in policy.grounds]
