from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from articles.tags import tag_slug
from newsroom import languages
from newsroom.addresses import reverse_in
from newsroom.folding import fold


class TagManager(models.Manager):
    def named(self, names: list[str], *, language: str) -> list["Tag"]:
        """The tags of ``language`` called ``names``, each once and in that order, made where missing.

        "Şırnak", "ŞIRNAK" and "şırnak" are one tag, spelled as first typed: tags match by their fold. What a tag was
        once called, or what was merged into it, finds it too. The rows stay locked until the transaction ends, so that
        none is merged away before its story is tagged.
        """
        by_key = {fold(name) or name: name for name in reversed(names)}
        with transaction.atomic():
            locked = self.select_for_update(no_key=True).order_by("pk")
            wanted = {tag.key: tag for tag in locked.filter(language=language, key__in=by_key)}
            former = FormerTag.objects.filter(language=language, key__in=by_key.keys() - wanted.keys())
            now_called = dict(former.order_by("pk").values_list("key", "tag_id"))
            by_pk = {tag.pk: tag for tag in locked.filter(pk__in=now_called.values())} if now_called else {}
            wanted |= {key: by_pk[pk] for key, pk in now_called.items() if pk in by_pk}
            for key, name in by_key.items():
                if key not in wanted:
                    wanted[key], _created = self.get_or_create(
                        language=language, key=key, defaults={"name": name, "slug": self.free_slug(language, name)}
                    )
        return list(dict.fromkeys(wanted[key] for key in (fold(name) or name for name in names)))

    def free_slug(self, language: str, name: str, *, besides: "Tag | None" = None) -> str:
        """A slug for ``name`` that no other tag of ``language`` has or once had. ``besides``: the tag itself."""
        wished = tag_slug(name)
        pk = besides.pk if besides else None
        taken = set(
            self.filter(language=language, slug__startswith=wished).exclude(pk=pk).values_list("slug", flat=True)
        )
        former = FormerTag.objects.filter(language=language, slug__startswith=wished).exclude(tag=pk)
        taken |= set(former.values_list("slug", flat=True))
        numbered = (f"{wished}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (wished, *numbered) if slug not in taken)


class Tag(TagBase):
    """A subject in one language. One row per language and folded name; several words are one tag."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, allow_unicode=True)
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    key = models.CharField(max_length=300, editable=False)
    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translation of"),
        help_text=_("The same subject in another language: translations of stories take it over from there."),
    )

    objects = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="tag_key_unique_per_language"),
            models.UniqueConstraint(fields=["language", "slug"], name="tag_slug_unique_per_language"),
            models.UniqueConstraint(fields=["translation_of", "language"], name="tag_one_translation_per_language"),
        ]

    def save(self, *args, **kwargs) -> None:
        self.key = fold(self.name) or self.name
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "articles:tag", self.slug)


class FormerTag(models.Model):
    """What a tag was once called, or a tag that was merged into it: its old address leads on, its old name finds it.

    ``reindexed_to`` is the number of the last story whose words the search has taken up since, None when all are done.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="former")
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=300)
    slug = models.SlugField(max_length=100, allow_unicode=True)
    reindexed_to = models.BigIntegerField(null=True, default=0)

    class Meta:
        verbose_name = _("former tag")
        verbose_name_plural = _("former tags")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="former_tag_slug_unique")]
        indexes = [
            models.Index(fields=["language", "key"], name="former_tag_key"),
            models.Index(fields=["id"], condition=models.Q(reindexed_to__isnull=False), name="former_tag_to_reindex"),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.tag}"


class TaggedArticle(ItemBase):
    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="tagged_articles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="article_tagged_once")]
