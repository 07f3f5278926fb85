"""What journalists fill in: the story itself, its bylines, and the small forms of the workflow's steps."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from taggit.forms import TagField

from articles import bodies, revisions
from articles.editor import StoryEditor
from articles.models import Article, Photo
from articles.tag_names import TagNames
from articles.tags import join_tags, split_tags
from newsroom import languages
from newsroom.html import MAX_LENGTH, HtmlTooLong

# The fields that a revision keeps under the form's own name.
PLAIN_CONTENT = ("headline", "standfirst", "slug", "byline_note", "body", "lead_alt", "lead_caption")
ACCEPT = "image/jpeg,image/png,image/webp,image/avif"


@dataclass(frozen=True)
class TakenIn:
    """What became of a file sent with a form, before the form is read: a photo, a refusal, or nothing was sent.

    The photo is kept even if the form is refused for something else: it need not be sent again.
    """

    photo: Photo | None = None
    refusal: str = ""


class TagNamesField(TagField):
    """Tags compared by name: a revision keeps names, and django-taggit's own field expects rows."""

    def has_changed(self, initial, data: str | None) -> bool:
        before = initial if isinstance(initial, str) else join_tags(initial or ())
        return not self.disabled and split_tags(before) != split_tags(data or "")


class ForgivingAutocomplete(AutocompleteSelect):
    """Shows a refused form again whatever was sent for the choice; Django's own fails on what is no number."""

    def optgroups(self, name, value, attr=None):
        numbers = [key for key in map(str, value) if key.isascii() and key.isdigit() and len(key) <= 18]
        return super().optgroups(name, numbers or [""], attr)


class ArticleForm(forms.ModelForm):
    """The story as its writer goes on with it: the newest revision, which may wait behind the live row."""

    revision_note = forms.CharField(
        label=_("Note on this version"), max_length=300, required=False, help_text=_("For colleagues: what changed.")
    )
    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lead_upload = forms.FileField(
        label=_("or send a new photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-drop": ""}),
        help_text=_("JPEG, PNG, WebP or AVIF, at most 30 MB. It goes into the photo library."),
    )

    class Meta:
        model = Article
        fields = (
            "language",
            "translation_of",
            "section",
            "headline",
            "standfirst",
            "slug",
            "place",
            "byline_note",
            "body",
            "lead_photo",
            "lead_alt",
            "lead_caption",
            "tags",
            "comments_open",
        )
        field_classes = {"tags": TagNamesField}
        widgets = {
            "tags": TagNames,
            "headline": forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"}),
            "standfirst": forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "vLargeTextField"}),
            "lead_alt": forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "vLargeTextField"}),
            "lead_caption": forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "vLargeTextField"}),
            "body": StoryEditor(attrs={"rows": 28, "dir": "auto", "class": "vLargeTextField story-body"}),
        }
        help_texts = {
            "slug": _("The readable end of the address. Left empty, it is made from the headline."),
            "body": _(
                "Without the editor a blank line starts a new paragraph, and HTML is welcome; what is not allowed is "
                "taken out."
            ),
            "tags": _("Separate tags with commas; a tag may have several words: ISIS, war, Syrian army."),
            "lead_photo": _("The photo's number in the library; the magnifying glass opens the library."),
            "lead_alt": _(
                "What the photo shows, in the story's language, for those who do not see it. Needed to publish. Left "
                "empty with a photo just chosen, it is filled from the photo."
            ),
            "lead_caption": _("In the story's language. Left empty with a photo just chosen, it is filled likewise."),
            "place": _("The dateline is made from it; do not type one into the text."),
        }

    def __init__(self, *args, user=None, upload: "TakenIn | None" = None, **kwargs):
        """``user`` is the person saving. ``upload``: see ``TakenIn``."""
        self.user = user
        self.upload = upload or TakenIn()
        instance = kwargs.get("instance")
        if instance is not None and instance.pk:
            kwargs["initial"] = {**_initial(instance), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if self.upload.photo is not None:
            self._set("lead_photo", self.upload.photo.pk)
        if "body" in self.fields:
            self.fields["body"].widget.user = user
        if "tags" in self.fields:
            self.fields["tags"].widget.attrs.update({"class": "vLargeTextField", "dir": "auto"})
            if instance is not None and instance.pk:
                self.fields["tags"].widget.attrs["data-language"] = instance.language
        if instance is not None and instance.pk:
            language = languages.language(instance.language)
            for name in ("headline", "standfirst", "body", "lead_alt", "lead_caption"):
                if name in self.fields:
                    self.fields[name].widget.attrs.update({"dir": language.direction, "lang": language.html_lang})

    def clean_body(self) -> str:
        try:
            return bodies.from_editor(self.cleaned_data["body"])
        except HtmlTooLong as error:
            raise ValidationError(
                _("The text is too long: at most %(limit)s characters of HTML."), params={"limit": f"{MAX_LENGTH:,}"}
            ) from error

    def clean_tags(self) -> list[str]:
        names = self.cleaned_data["tags"]
        too_long = [name for name in names if len(name) > 100]
        if too_long:
            raise ValidationError(_("This tag is longer than 100 characters: %(tag)s"), params={"tag": too_long[0]})
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._take_words_of_new_photo(cleaned)
        if self.upload.refusal:
            self.add_error("lead_upload", self.upload.refusal)
        self._check_translation(cleaned)
        return cleaned

    def _take_words_of_new_photo(self, cleaned: dict[str, Any]) -> None:
        """A photo just chosen brings its own words where the writer has none yet."""
        photo = cleaned.get("lead_photo")
        if photo is None or photo.pk == self.initial.get("lead_photo"):
            return
        for name, words in (("lead_alt", photo.source_alt), ("lead_caption", photo.source_caption)):
            if not cleaned.get(name):
                cleaned[name] = words
                self._set(name, words)

    def _set(self, name: str, value: Any) -> None:
        """Have the form show ``value`` when it comes back."""
        self.data = self.data.copy()
        self.data[self.add_prefix(name)] = value

    def _check_translation(self, cleaned: dict[str, Any]) -> None:
        original = cleaned.get("translation_of")
        if original is None:
            return
        cleaned["translation_of"] = original = original.original
        language = cleaned.get("language") or self.instance.language
        if original.language == language:
            self.add_error("translation_of", _("The original is in this language already."))
        if self.instance.pk and self.instance.translations.exists():
            self.add_error("translation_of", _("This story has translations of its own, so it is an original."))


def _initial(article: Article) -> dict[str, Any]:
    """The form's starting values: the newest content, under the form's own names."""
    content = revisions.current_content(article)
    renamed = {
        "section": content["section_id"],
        "place": content["place_id"],
        "lead_photo": content["lead_photo_id"],
        "tags": ", ".join(content["tags"]),
    }
    plain = {name: content[name] for name in PLAIN_CONTENT}
    latest = revisions.newest(article)
    return {**plain, **renamed, "seen_revision": latest.number if latest else 0}


class BylineForm(forms.ModelForm):
    """One line of the bylines. Never compared with the rows in the database, which a save replaces as a whole."""

    position = forms.IntegerField(
        label=_("order"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput(attrs={"min": 0, "max": 999}),
    )

    def has_changed(self) -> bool:
        return bool(self["author"].data)

    def validate_unique(self) -> None:
        """The formset compares the lines with each other."""

    def validate_constraints(self) -> None:
        """See ``validate_unique``."""


class BylineFormSet(BaseInlineFormSet):
    """The bylines as the newest revision holds them: ``initial`` lines, none of them tied to a row."""

    def content(self) -> list[dict[str, Any]]:
        """The lines as a revision keeps them, by their number; those without one stay last, as they stand."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("author")]
        numbered = sorted(filled, key=lambda line: (line.get("position") is None, line.get("position") or 0))
        return [{"author": line["author"].pk, "role": line["role"]} for line in numbered if not line.get("DELETE")]
