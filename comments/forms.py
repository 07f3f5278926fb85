"""The comment form: turns a post into clean values and helpful messages, and decides nothing."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments import reporting, retention, stamps, text
from comments.models import Comment, Guideline
from comments.policy import Policy
from newsroom.models import User

ANCHOR = "post-a-comment"  # the id of the box the comment form stands in

# A notice names the exact place of what it is about: ours is known, so nobody has to copy an address.
_LOCATION = _("Your notice is about exactly the comment above, number %(number)s. You need not copy its address.")


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
    proof = forms.CharField(widget=forms.HiddenInput, required=False)
    parent = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, article: Article, data=None, *, parent: Comment | None = None):
        """``data`` is the posted form, or None for an empty one; ``parent`` the comment replied to.

        The stamp shown is always a fresh one.
        """
        super().__init__(data, prefix=None, auto_id="comment-%s")
        self.parent_comment = parent
        self.fresh_stamp = stamps.stamp(article.pk)
        counting = {"data-limit": text.MAX_BODY, "data-count": _("{count} of {limit} characters")}
        self.fields["comment"].widget.attrs.update(counting)
        self.fields["email"].help_text = _(
            "Only to tell you what was decided about this comment. Never shown; deleted after at most %(days)s days."
        ) % {"days": retention.longest()}
        self._article = article
        self.post_to(reverse("comments:post", args=[article.pk]))

    @cached_property
    def helper(self) -> FormHelper:
        """How the form is drawn: asked for by its template only, since most posts are taken and not drawn again."""
        helper = FormHelper()
        helper.form_action = self._action
        helper.attrs = {"novalidate": ""} if self.is_bound else {}
        helper.form_class = "comment-form"
        helper.disable_csrf = True  # the page is the same for every reader; the origin and the stamp are checked
        helper.layout = self._layout(self._article)
        return helper

    def _layout(self, article: Article) -> Layout:
        hidden = [("stamp", self.fresh_stamp)]
        if self.parent_comment:
            hidden.append(("parent", self.parent_comment.pk))
        return Layout(
            Field("name"),
            Field("comment"),
            Field("email"),
            Field("homepage", wrapper_class="homepage-trap"),
            *(HTML(format_html('<input type="hidden" name="{}" value="{}">', *pair)) for pair in hidden),
            *([HTML(self._proof(article))] if settings.NEWSROOM_PROOF_OF_WORK else []),
            Submit("send", _("Send comment"), css_class="button"),
        )

    def _proof(self, article: Article) -> str:
        """The field that our script fills in while the reader writes; empty without it."""
        return format_html(
            '<input type="hidden" name="proof" data-proof="{}" data-worker="{}">'
            '<script type="module" src="{}"></script>',
            reverse("comments:proof", args=[article.pk]),
            static("newsroom/altcha/pbkdf2.js"),
            static("newsroom/proof.js"),
        )

    def post_to(self, path: str) -> None:
        """Send the form to ``path``. Where it comes back, the browser goes to it and not to the head of the page."""
        self._action = f"{path}#{ANCHOR}"

    def refuse(self, field: str | None, message: str) -> None:
        """Say ``message`` beside ``field`` (None: above the form)."""
        self.add_error(field, ValidationError(message))


class StaffReplyForm(forms.Form):
    """A reply for the newsroom: under the person's own name or the house's, never under one that is typed."""

    name = forms.ChoiceField(label=_("Signed as"), widget=forms.RadioSelect)
    comment = ExactText(
        label=_("Your reply"),
        check=text.check_body,
        widget=forms.Textarea(attrs={"rows": 7, "cols": 80, "dir": "auto"}),
        help_text=_("At most 10,000 characters. Shown with a badge, exactly as you write it, or not at all."),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, parent: Comment, person: User, data=None):
        """``data`` is the posted form, or None for an empty one. The stamp shown is always a fresh one."""
        super().__init__(data, prefix=None)
        names = dict.fromkeys(filter(None, (person.get_full_name()[: text.MAX_NAME], settings.NEWSROOM_NAME)))
        self.fields["name"].choices = [(name, name) for name in names]
        self.fields["name"].initial = next(iter(names))
        self.fresh_stamp = stamps.stamp(parent.article_id)


class ReportForm(forms.Form):
    """Why a comment should be looked at again: one of the guidelines or the law, and an explanation.

    What a notice of illegal content needs besides (article 16 of the EU's Digital Services Act) stands in a part of its
    own, which ``reporting.check_notice`` asks for on that ground only.
    """

    ground = forms.ChoiceField(label=_("Which guideline does it break?"), widget=forms.RadioSelect)
    explanation = ExactText(
        label=_("Explanation"),
        required=False,
        check=lambda value: None,  # depends on the ground: see clean()
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("At most 2,000 characters. Required for illegal content: say what is illegal and why."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    name = ExactText(
        label=_("Your name"),
        required=False,
        check=lambda value: None,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    protects_children = forms.BooleanField(
        label=_("It shows or prepares the sexual abuse of children: I may report it without name and address"),
        required=False,
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I report here is accurate and complete"),
        required=False,
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
        self.fields["email"].help_text = _(
            "Optional, but asked of a notice of illegal content. Only to answer you; never shown, and deleted "
            "%(days)s days after the answer."
        ) % {"days": settings.NEWSROOM_CONTACT_DAYS}
        self.helper = FormHelper()
        self.helper.form_action = reverse("comments:report", args=[comment.article_id, comment.pk])
        self.helper.attrs = {"novalidate": ""} if data is not None else {}
        self.helper.form_class = "comment-form report-form"
        self.helper.disable_csrf = True
        self.helper.layout = self._layout(comment)

    def _layout(self, comment: Comment) -> Layout:
        stamp = stamps.stamp(comment.article_id)
        return Layout(
            Field("ground"),
            Field("explanation"),
            Field("email"),
            Fieldset(
                _("Only for illegal content"),
                HTML(format_html('<p class="form-hint">{}</p>', _LOCATION % {"number": comment.pk})),
                Field("name"),
                Field("protects_children"),
                Field("good_faith"),
                css_class="report-notice",
            ),
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
        try:
            reporting.check_notice(cleaned.get("ground", ""), **self.notice)
        except ValidationError as invalid:
            for field, errors in invalid.error_dict.items():
                if field not in self.errors:
                    self.add_error(field, errors)
        return cleaned

    @property
    def notice(self) -> dict:
        """What a notice of illegal content needs besides ground and explanation."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned.get("name", ""),
            "email": cleaned.get("email", ""),
            "good_faith": cleaned.get("good_faith", False),
            "protects_children": cleaned.get("protects_children", False),
        }

    def refuse(self, field: str | None, message: str) -> None:
        """Say ``message`` beside ``field`` (None: above the form)."""
        self.add_error(field, ValidationError(message))
