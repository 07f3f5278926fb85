"""The field tags are typed into."""

from django import forms
from django.urls import reverse_lazy
from taggit.forms import TagWidget


class TagNames(TagWidget):
    """A text field for tags that suggests names while one types; without its script it is a plain field."""

    @property
    def media(self) -> forms.Media:
        script = forms.Script("articles/tags.js", type="module")
        return forms.Media(css={"all": ["newsroom/back-office.css"]}, js=[script])

    def get_context(self, name, value, attrs):
        address = reverse_lazy("admin:articles_tag_suggest")
        return super().get_context(name, value, {"data-tag-names": address, "dir": "auto", **(attrs or {})})
