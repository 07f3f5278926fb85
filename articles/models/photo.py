"""Photos and the sizes made of them. ``articles.photos`` writes both."""

import datetime
from typing import Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article

# So many days before its rights expire, a photo is marked.
RIGHTS_WARNING_DAYS = 30
# Pixels: search engines ask for 1,200 at least.
SHARED_WIDTH = 1_440


class PhotoQuerySet(models.QuerySet):
    def public(self, now: datetime.datetime | None = None) -> Self:
        """Photos that a public story shows at ``now`` (aware; default the present): only their files are served."""
        stories = Article.objects.public(now)
        leading = Exists(stories.filter(lead_photo=OuterRef("pk")))
        return self.filter(leading | Exists(stories.filter(body_photos=OuterRef("pk"))))

    def rights_expiring(self, today: datetime.date | None = None) -> Self:
        """Photos whose rights have expired at ``today`` (house date) or will within the warning time."""
        today = today or timezone.localdate()
        return self.filter(rights_expire_on__lte=today + datetime.timedelta(days=RIGHTS_WARNING_DAYS))


class Photo(models.Model):
    """One photo of the library. The original is private and named by its SHA-256; readers get ``renditions``.

    What is true of the photo everywhere (credit, copyright, rights) stands here, with the words it arrived with.
    Caption and alternative text are the story's, in the story's language: ``Article.lead_caption``, ``lead_alt``.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    original = models.CharField(max_length=100, editable=False, help_text=_("Name in the private storage."))
    file_name = models.CharField(_("file name"), max_length=150, editable=False)
    format = models.CharField(_("format"), max_length=5, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    source_caption = models.TextField(
        _("caption as it came"), max_length=2000, blank=True, help_text=_("Offered to a story that has none.")
    )
    source_alt = models.TextField(
        _("alternative text as it came"),
        max_length=1000,
        blank=True,
        help_text=_("What the photo shows, for those who do not see it. Offered to a story that has none."),
    )
    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who is named beside the photo. Needed to publish it.")
    )
    copyright = models.CharField(_("copyright"), max_length=300, blank=True)
    rights_expire_on = models.DateField(
        _("rights expire on"), null=True, blank=True, help_text=_("The last day on which the house may show it.")
    )
    focal_x = models.FloatField(
        _("focal point, from the left"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("0 is the left edge, 1 the right. Crops keep this point in sight."),
    )
    focal_y = models.FloatField(
        _("focal point, from the top"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("0 is the top, 1 the bottom."),
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="photos", editable=False, verbose_name=_("uploaded by")
    )

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-pk"]
        permissions = [("change_own_photo", "Can change own photos")]
        indexes = [models.Index(fields=["rights_expire_on"], name="photo_rights")]
        constraints = [
            models.CheckConstraint(
                name="photo_focal_point_inside",
                condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
            ),
        ]

    def made(self, shape: str, format: str) -> list["Rendition"]:
        """The renditions readers can have now, narrowest first. No query on prefetched ``renditions``."""
        wanted = (row for row in self.renditions.all() if row.name and (row.shape, row.format) == (shape, format))
        return sorted(wanted, key=lambda row: row.width)

    def shared(self) -> "Rendition | None":
        """The JPEG that feeds and other sites are given: the widest up to ``SHARED_WIDTH``; None if none is made."""
        narrowest_first = self.made(Rendition.Shape.WHOLE, Rendition.Format.JPEG)
        fitting = [rendition for rendition in narrowest_first if rendition.width <= SHARED_WIDTH]
        return (fitting or narrowest_first[:1] or [None])[-1]

    def has_expired(self, today: datetime.date | None = None) -> bool:
        """Whether the house's rights have ended at ``today`` (house date)."""
        return self.rights_expire_on is not None and self.rights_expire_on < (today or timezone.localdate())

    def rights_problem(self, today: datetime.date | None = None) -> str:
        """A sentence when the rights have expired at ``today`` (house date) or soon will, else ""."""
        today = today or timezone.localdate()
        if self.rights_expire_on is None or self.rights_expire_on > today + datetime.timedelta(RIGHTS_WARNING_DAYS):
            return ""
        if self.rights_expire_on < today:
            return _("The rights to this photo expired on %(date)s.") % {"date": self.rights_expire_on.isoformat()}
        return _("The rights to this photo expire on %(date)s.") % {"date": self.rights_expire_on.isoformat()}

    def __str__(self) -> str:
        return self.source_caption[:80] or self.file_name or f"#{self.pk}"


class Rendition(models.Model):
    """One size of a photo: wanted from the upload on, made when its turn comes, and made anew when it is due again.

    ``name`` is the SHA-256 of the file's bytes, first 32 hexadecimal digits: a file at an address never changes. It
    stays while a newer one is due, so that pages always list files that exist.
    """

    class Shape(models.TextChoices):
        WHOLE = "whole", _("whole")
        CARD = "card", _("three by two, around the focal point")

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        JPEG = "jpg", "JPEG"

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")
    shape = models.CharField(max_length=5, choices=Shape.choices)
    format = models.CharField(max_length=4, choices=Format.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(max_length=32, blank=True, db_index=True)
    byte_count = models.PositiveIntegerField(null=True)  # unknown in those made before it was kept
    is_due = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["photo", "shape", "format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "shape", "format", "width"], name="rendition_once_per_size"),
        ]
        indexes = [
            models.Index(fields=["photo"], condition=models.Q(is_due=True), name="rendition_due"),
        ]

    @property
    def file_name(self) -> str:
        """The name in the public storage."""
        return rendition_file(self.name, self.format)

    @property
    def media_type(self) -> str:
        return {"avif": "image/avif", "jpg": "image/jpeg"}[self.format]

    def length(self) -> int:
        """The bytes of its file; asks the storage where they were not kept. Raises OSError when the file is gone."""
        return self.byte_count or default_storage.size(self.file_name)

    def get_absolute_url(self) -> str:
        return reverse("media", args=[self.name, self.format])

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.shape} {self.width} {self.format}"


def rendition_file(name: str, format: str) -> str:
    """Where the rendition ``name`` (32 hexadecimal digits) in ``format`` lies in the public storage."""
    return f"{name[:2]}/{name}.{format}"
