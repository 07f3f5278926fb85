"""What editors and reporters fill in for sections and authors."""

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.tags import tag_slug


class NameForm(forms.ModelForm):
    """A name in one language. Its address is made from it unless one is given; a name there is already is refused."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Left empty, it is made from the name.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = tag_slug(cleaned["name"])
            there = self._meta.model.objects.filter(language=cleaned.get("language"), slug=cleaned["slug"])
            if there.exclude(pk=self.instance.pk).exists():
                self.add_error("name", _("There is one of that name. Choose it, or give this one a slug of its own."))
        return cleaned
