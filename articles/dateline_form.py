"""The question whether a dateline that somebody typed becomes the story's place."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles.datelines import Typed
from articles.models import Place, PlaceName
from articles.plain_text import plain_text
from newsroom import languages, pages

SHOWN = 160  # characters of the text's beginning


class DatelineForm(forms.Form):
    """Which place it is: the one the house knows, or a new one for those who may add places."""

    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    stands_alone = forms.BooleanField(
        label=_("stands alone"), required=False, help_text=_("The dateline names the city without its region.")
    )

    def __init__(self, *args, typed: Typed, language: str, may_add: bool, **kwargs):
        self.typed, self.language, self.may_add = typed, language, may_add
        initial = {"city": typed.city, "region": typed.region, "stands_alone": not typed.region}
        super().__init__(*args, **{**kwargs, "initial": initial | (kwargs.get("initial") or {})})
        if typed.place or not may_add:
            for name in ("city", "region", "stands_alone"):
                del self.fields[name]
        row = languages.language(language)
        for name in self.fields.keys() & {"city", "region"}:
            self.fields[name].widget.attrs.update({"dir": row.direction, "lang": row.html_lang})

    @property
    def is_possible(self) -> bool:
        """Whether this person can say yes: the place is known, or they may add it."""
        return self.typed.place is not None or self.may_add

    def clean(self):
        cleaned = super().clean()
        if not self.is_possible:
            raise ValidationError(_("This place is not known yet: ask an editor to add it."))
        if "city" in self.fields and not cleaned.get("city", "").strip():
            self.add_error("city", _("Name the city."))
        return cleaned

    def chosen_place(self) -> Place:
        """The place, made if it is new."""
        if self.typed.place:
            return self.typed.place
        words = self.cleaned_data
        place = Place.objects.create(stands_alone=words["stands_alone"])
        PlaceName.objects.create(place=place, language=self.language, city=words["city"], region=words["region"])
        pages.changed("house")
        return place


def opening_words(body: str) -> str:
    """The first words of a stored ``body``."""
    return Truncator(plain_text(body)).chars(SHOWN)
