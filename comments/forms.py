"""The comment form: turns a post into clean values and helpful messages, and decides nothing."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments import stamps, text


class ExactText(forms.Field):
    """Text kept exactly as typed: Django's own CharField trims and normalises."""

    def __init__(self, *, check, **kwargs):
        self.check = check
        super().__init__(**kwargs)

    def to_python(self, value: str | None) -> str:
        return text.unix_lines(value or "")

    def validate(self, value: str) -> None:
        self.check(value)


class CommentForm(forms.Form):
    """Name and comment, both required; the stamp says for which story and when the form was made."""

    name = ExactText(
        label=_("Your name"),
        check=text.check_name,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
    )
    comment = ExactText(
        label=_("Your comment"),
        check=text.check_body,
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        help_text=_("At most 10,000 characters. Shown exactly as you write it, or not at all."),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, article: Article, data=None):
        """``data`` is the posted form, or None for an empty one. The stamp shown is always a fresh one."""
        super().__init__(data, initial={"stamp": stamps.stamp(article.pk)}, prefix=None, auto_id="comment-%s")
        self.helper = FormHelper()
        self.helper.form_action = reverse("comments:post", args=[article.pk])
        self.helper.attrs = {"novalidate": ""} if data is not None else {}
        self.helper.form_class = "comment-form"
        self.helper.disable_csrf = True  # the page is the same for every reader; the origin and the stamp are checked
        self.helper.layout = Layout(
            Field("name"),
            Field("comment"),
            HTML(f'<input type="hidden" name="stamp" value="{stamps.stamp(article.pk)}">'),
            Submit("send", _("Send comment"), css_class="button"),
        )

    def refuse(self, field: str | None, message: str) -> None:
        """Say ``message`` beside ``field`` (None: above the form)."""
        self.add_error(field, ValidationError(message))
