"""The comment form: turns a post into clean values and helpful messages, and decides nothing."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments import reporting, stamps, text
from comments.models import Comment, Guideline
from comments.policy import Policy


class ExactText(forms.Field):
    """Text kept exactly as typed: Django's own CharField trims and normalises."""

    def __init__(self, *, check, **kwargs):
        self.check = check
        super().__init__(**kwargs)

    def to_python(self, value: str | None) -> str:
        return text.unix_lines(value or "")

    def validate(self, value: str) -> None:
        self.check(value)


class LeftEmpty(forms.CharField):
    """A field people do not see and programs fill in. Whoever did fill it in is told, and loses nothing."""

    def validate(self, value: str) -> None:
        if value:
            raise ValidationError(_("The field that must stay empty was filled in. Please empty it and send again."))


class CommentForm(forms.Form):
    """Name and comment, both required, an optional e-mail address, and what comes with the form itself.

    The stamp says for which story and when the form was made; ``parent`` is the number of the comment replied to.
    """

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
    email = forms.EmailField(
        label=_("Your e-mail address (optional)"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    homepage = LeftEmpty(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    parent = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, article: Article, data=None, *, parent: Comment | None = None):
        """``data`` is the posted form, or None for an empty one; ``parent`` the comment replied to.

        The stamp shown is always a fresh one.
        """
        super().__init__(data, prefix=None, auto_id="comment-%s")
        self.parent_comment = parent
        counting = {"data-limit": text.MAX_BODY, "data-count": _("{count} of {limit} characters")}
        self.fields["comment"].widget.attrs.update(counting)
        self.fields["email"].help_text = _(
            "Only to tell you what was decided about this comment. Never shown; deleted after at most %(days)s days."
        ) % {"days": settings.NEWSROOM_CONTACT_DAYS}
        self.helper = FormHelper()
        self.helper.form_action = reverse("comments:post", args=[article.pk])
        self.helper.attrs = {"novalidate": ""} if data is not None else {}
        self.helper.form_class = "comment-form"
        self.helper.disable_csrf = True  # the page is the same for every reader; the origin and the stamp are checked
        self.helper.layout = self._layout(article)

    def _layout(self, article: Article) -> Layout:
        hidden = [("stamp", stamps.stamp(article.pk))]
        if self.parent_comment:
            hidden.append(("parent", self.parent_comment.pk))
        return Layout(
            Field("name"),
            Field("comment"),
            Field("email"),
            Field("homepage", wrapper_class="homepage-trap"),
            *(HTML(format_html('<input type="hidden" name="{}" value="{}">', *pair)) for pair in hidden),
            Submit("send", _("Send comment"), css_class="button"),
        )

    def refuse(self, field: str | None, message: str) -> None:
        """Say ``message`` beside ``field`` (None: above the form)."""
        self.add_error(field, ValidationError(message))


class ReportForm(forms.Form):
    """Why a comment should be looked at again: one of the guidelines or the law, and an explanation."""

    ground = forms.ChoiceField(label=_("Which guideline does it break?"), widget=forms.RadioSelect)
    explanation = ExactText(
        label=_("Explanation"),
        required=False,
        check=lambda value: None,  # depends on the ground: see clean()
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("At most 2,000 characters. Required for illegal content: say what is illegal and why."),
    )
    homepage = LeftEmpty(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, comment: Comment, in_force: Policy, data=None):
        """``in_force`` is the policy in the page's language; ``data`` the posted form, or None for an empty one."""
        super().__init__(data, prefix=None, auto_id="report-%s")
        grounds = [(guideline.code, wording.title) for guideline, wording in in_force.grounds]
        self.fields["ground"].choices = [*grounds, (Guideline.UNLAWFUL, _("Illegal content"))]
        stamp = stamps.stamp(comment.article_id)
        self.helper = FormHelper()
        self.helper.form_action = reverse("comments:report", args=[comment.article_id, comment.pk])
        self.helper.attrs = {"novalidate": ""} if data is not None else {}
        self.helper.form_class = "comment-form"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Field("ground"),
            Field("explanation"),
            Field("homepage", wrapper_class="homepage-trap"),
            HTML(format_html('<input type="hidden" name="stamp" value="{}">', stamp)),
            Submit("send", _("Send report"), css_class="button"),
        )

    def clean(self) -> dict:
        cleaned = super().clean()
        try:
            reporting.check_explanation(cleaned.get("ground", ""), cleaned.get("explanation", ""))
        except ValidationError as invalid:
            self.add_error("explanation", invalid)
        return cleaned

    def refuse(self, field: str | None, message: str) -> None:
        """Say ``message`` beside ``field`` (None: above the form)."""
        self.add_error(field, ValidationError(message))
