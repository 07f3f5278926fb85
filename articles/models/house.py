"""What a newsroom sets up once: its sections, places and authors, one row each, with names per language."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from newsroom import languages
from newsroom.addresses import reverse_in


class Named(models.Model):
    """A thing with one row of names per language, under ``names``."""

    class Meta:
        abstract = True

    def name_in(self, language: str):
        """The names in ``language`` (a code), else in the house's first language that has one, else None.

        Reads ``names.all()``, so a prefetched queryset costs nothing.
        """
        by_language = {row.language: row for row in self.names.all()}
        order = [language, *languages.BY_CODE]
        return next((by_language[code] for code in order if code in by_language), None)

    def __str__(self) -> str:
        """The name in the language of whoever reads the page."""
        row = self.name_in(get_language() or "en")
        return str(row) if row else f"#{self.pk}"


class Addressed(models.Model):
    """A name with an address of its own in one language."""

    view_name = ""

    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, allow_unicode=True)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, self.view_name, self.slug)

    def __str__(self) -> str:
        return self.name


class Section(Named):
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Order in the menu."))
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("An inactive section leaves the menu; its stories stay.")
    )
    comments_open = models.BooleanField(
        _("comments open"), default=True, help_text=_("Closed here, no story of this section takes comments.")
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")


class SectionName(Addressed):
    view_name = "articles:section"

    section = models.ForeignKey(Section, models.PROTECT, related_name="names")

    class Meta:
        verbose_name = _("name of a section")
        verbose_name_plural = _("names of the section")
        constraints = [
            models.UniqueConstraint(fields=["section", "language"], name="section_named_once_per_language"),
            models.UniqueConstraint(fields=["language", "slug"], name="section_slug_unique_per_language"),
        ]


class Author(Named):
    """Somebody whose name stands in a byline: a person or an organisation, with or without an account."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PERSON)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="author",
        verbose_name=_("account"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")


class AuthorName(Addressed):
    view_name = "articles:author"

    author = models.ForeignKey(Author, models.PROTECT, related_name="names")

    class Meta:
        verbose_name = _("name of an author")
        verbose_name_plural = _("names of the author")
        constraints = [
            models.UniqueConstraint(fields=["author", "language"], name="author_named_once_per_language"),
            models.UniqueConstraint(fields=["language", "slug"], name="author_slug_unique_per_language"),
        ]


class Place(Named):
    """Where a story was reported from. A city known on its own ("BRUSSELS – ") needs no region in a dateline."""

    stands_alone = models.BooleanField(
        _("stands alone"), default=False, help_text=_("The dateline names the city without its region.")
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("place")
        verbose_name_plural = _("places")


class PlaceName(models.Model):
    """A place in one language, in ordinary mixed case: capitals are the dateline's business."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="names")
    language = models.CharField(_("language"), max_length=8, choices=languages.CHOICES)
    city = models.CharField(_("city"), max_length=120)
    region = models.CharField(_("region"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("name of a place")
        verbose_name_plural = _("names of the place")
        constraints = [models.UniqueConstraint(fields=["place", "language"], name="place_named_once_per_language")]

    def __str__(self) -> str:
        return f"{self.city}, {self.region}" if self.region else self.city
