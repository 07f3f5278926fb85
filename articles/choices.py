"""What the story form lets a person choose: no choice names a story they may not see."""

from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.db.models import Q

from articles import access
from articles.models import Article


class StoryNumber(ForeignKeyRawIdWidget):
    """A story by its number, with its headline beside it for those who may see it."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def label_and_url_for_value(self, value) -> tuple[str, str]:
        try:
            seen = access.visible_to(self.user).filter(pk=value).exists()
        except (ValueError, TypeError, OverflowError):
            return "", ""
        return super().label_and_url_for_value(value) if seen else ("", "")


def keep_to_what_they_see(form, user) -> None:
    """Offer ``user`` their sections and the stories they may see, and what the story of ``form`` has already."""
    if "section" in form.fields:
        now_in = form.initial.get("section") if form.instance.pk else None
        form.fields["section"].queryset = access.choosable_sections(user, besides=now_in)
    if "translation_of" in form.fields:
        seen = access.rule(user) | Q(pk=form.instance.translation_of_id) if access.is_limited(user) else Q()
        form.fields["translation_of"].queryset = Article.objects.filter(seen)
