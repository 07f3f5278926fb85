"""Tags as people type them: "ISIS, war, Syrian army" is three tags. django-taggit's settings point here."""

import hashlib
import re
from collections.abc import Iterable

from django.utils.text import slugify
from taggit.managers import _TaggableManager

# The Latin, Arabic and full-width commas, both semicolons, and line ends. A space never separates.
_SEPARATORS = re.compile(r"[,،，;؛\n\r]+")


def split_tags(text: str) -> list[str]:
    """The tag names in ``text``, in the order typed, spaces tidied, each once."""
    names = (" ".join(name.split()) for name in _SEPARATORS.split(text or ""))
    return list(dict.fromkeys(name for name in names if name))


def join_tags(tags) -> str:
    """The names of ``tags`` as an editor would type them."""
    return join_names(tag.name for tag in tags)


def join_names(names: Iterable[str]) -> str:
    """Tag ``names`` as an editor would type them."""
    return ", ".join(names)


def tag_slug(name: str) -> str:
    """A slug for ``name`` in its own script, never empty: one with no letters at all gets a short hash."""
    return slugify(name, allow_unicode=True)[:90] or hashlib.sha256(name.encode()).hexdigest()[:12]


class ArticleTags(_TaggableManager):
    """``article.tags``: names typed for a story become tags of the story's own language, matched by their fold."""

    def set(self, tags, **kwargs) -> None:
        """Give the story exactly ``tags``, in that order; nothing is written when it has them so."""
        wanted = self._to_tag_model_instances(tags, {})
        now = self.through.objects.filter(content_object=self.instance).order_by("pk")
        if list(now.values_list("tag_id", flat=True)) != [tag.pk for tag in wanted]:
            super().set(wanted, clear=True, **kwargs)

    def _to_tag_model_instances(self, tags, tag_kwargs):
        names = [tag for tag in tags if isinstance(tag, str)]
        found = self.through.tag_model().objects.named(names, language=self.instance.language)
        instances = [tag for tag in tags if not isinstance(tag, str)] + found
        return list(dict.fromkeys(instances))
