from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from articles.tags import tag_slug
from newsroom import languages
from newsroom.addresses import reverse_in
from newsroom.folding import fold


class TagManager(models.Manager):
    def named(self, names: list[str], *, language: str) -> list["Tag"]:
        """The tags of ``language`` called ``names``, in that order, made where missing.

        "Şırnak", "ŞIRNAK" and "şırnak" are one tag, spelled as first typed: tags match by their fold.
        """
        by_key = {fold(name) or name: name for name in reversed(names)}
        wanted = {tag.key: tag for tag in self.filter(language=language, key__in=by_key)}
        for key, name in by_key.items():
            if key not in wanted:
                wanted[key], _created = self.get_or_create(
                    language=language, key=key, defaults={"name": name, "slug": self._free_slug(language, name)}
                )
        return [wanted[key] for key in dict.fromkeys(fold(name) or name for name in names)]

    def _free_slug(self, language: str, name: str) -> str:
        wished = tag_slug(name)
        taken = set(self.filter(language=language, slug__startswith=wished).values_list("slug", flat=True))
        numbered = (f"{wished}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (wished, *numbered) if slug not in taken)


class Tag(TagBase):
    """A subject in one language. One row per language and folded name; several words are one tag."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, allow_unicode=True)
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    key = models.CharField(max_length=300, editable=False)

    objects = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="tag_key_unique_per_language"),
            models.UniqueConstraint(fields=["language", "slug"], name="tag_slug_unique_per_language"),
        ]

    def save(self, *args, **kwargs) -> None:
        self.key = fold(self.name) or self.name
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "articles:tag", self.slug)


class TaggedArticle(ItemBase):
    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="tagged_articles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="article_tagged_once")]
