"""How a file becomes a photo of the library and how its renditions are made. The only writer of both.

``take_in`` refuses or keeps what somebody sent and makes the one size that a page needs at once. ``make_renditions``,
called by the command of that name, makes the others, one size at a time; it may be killed at any moment and run again.
"""

import hashlib
from collections.abc import Iterator
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from articles import pictures
from articles.models import Photo, Rendition
from articles.models.photo import rendition_file
from articles.pagekeys import keys_showing
from articles.pictures import Picture, Refused
from newsroom import pages

WIDTHS = (320, 640, 960, 1440, 1920)  # pixels, for the story page
CARD_WIDTHS = (320, 640, 960)  # pixels, for lists: three by two
AT_ONCE = 960

__all__ = ["Originals", "Refused", "due", "make_rendition", "make_renditions", "set_focal_point", "take_in"]


class Originals(FileSystemStorage):
    """Where originals lie: no base address, so nobody can link to one by mistake, and readable by the owner only."""

    def __init__(self) -> None:
        super().__init__(
            location=settings.NEWSROOM_ORIGINALS_ROOT, file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def url(self, name):
        raise ValueError("Originals are private.")


def take_in(upload: UploadedFile, *, by) -> tuple[Photo, bool]:
    """Keep ``upload`` as a photo sent by ``by``, its words taken from its metadata; whether it is new.

    The same file again is the photo that is there already. Raises Refused, and then nothing is kept.
    """
    if upload.size > pictures.MAX_BYTES:
        pictures.refuse_size()
    content = upload.read()
    sha256 = hashlib.sha256(content).hexdigest()
    known = Photo.objects.filter(sha256=sha256).first()
    if known:
        return known, False
    picture = pictures.opened(content)
    original = f"{sha256[:2]}/{sha256}.{pictures.SUFFIXES[picture.format]}"
    _keep(storages["originals"], original, content)
    try:
        with transaction.atomic():
            photo = _create(picture, sha256, original, upload.name or "", by)
    except IntegrityError:  # somebody sent the same file at the same moment
        return Photo.objects.get(sha256=sha256), False
    at_once = max(
        (row for row in due(photo).filter(shape=Rendition.Shape.WHOLE, format="jpg", width__lte=AT_ONCE)),
        key=lambda row: row.width,
    )
    make_rendition(at_once, picture)
    return photo, True


def _create(picture: Picture, sha256: str, original: str, file_name: str, by) -> Photo:
    words = picture.words
    photo = Photo.objects.create(
        sha256=sha256,
        original=original,
        file_name=PurePath(file_name).name[:150],
        format=picture.format,
        width=picture.width,
        height=picture.height,
        source_caption=words.caption,
        source_alt=words.alt,
        credit=words.credit,
        copyright=words.copyright,
        uploaded_by=by,
    )
    Rendition.objects.bulk_create(_wanted(photo))
    return photo


def _wanted(photo: Photo) -> Iterator[Rendition]:
    """Every size of ``photo`` that readers may get. None is larger than the original."""
    for format in Rendition.Format:
        for width in _fitting(WIDTHS, photo.width):
            height = max(1, round(photo.height * width / photo.width))
            yield Rendition(photo=photo, shape="whole", format=format, width=width, height=height)
        for width in _fitting(CARD_WIDTHS, min(photo.width, photo.height * 3 // 2)):
            height = max(1, round(width * 2 / 3))
            yield Rendition(photo=photo, shape="card", format=format, width=width, height=height)


def _fitting(widths: tuple[int, ...], available: int) -> list[int]:
    """Those of ``widths`` that ``available`` pixels allow; a picture between two of them also in its own width."""
    own = [max(1, available)] if available < widths[-1] else []
    return sorted({width for width in widths if width <= available} | set(own))


def set_focal_point(photo: Photo, x: float, y: float) -> None:
    """Keep the point (0–1 from left and top) in sight: every crop is due again, and the old ones serve until then."""
    with transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(focal_x=x, focal_y=y)
        photo.renditions.filter(shape=Rendition.Shape.CARD).update(is_due=True)
    photo.focal_x, photo.focal_y = x, y


def due(photo: Photo | None = None):
    """The renditions to be made, those of the newest photo first."""
    waiting = Rendition.objects.filter(is_due=True).select_related("photo").order_by("-photo", "-width", "format")
    return waiting.filter(photo=photo) if photo else waiting


def make_renditions(photo: Photo | None = None) -> Iterator[Rendition]:
    """Make what is due (of ``photo``, or all), yielding each as it is done. A photo is decoded once for its sizes.

    Nothing is lost by stopping between two, and two runs at once only do the same work twice. Raises Refused or
    OSError when an original cannot be read any more.
    """
    picture, decoded = None, None
    for rendition in due(photo):
        if decoded != rendition.photo_id:
            with storages["originals"].open(rendition.photo.original) as file:
                picture, decoded = pictures.opened(file.read()), rendition.photo_id
        yield make_rendition(rendition, picture)


def make_rendition(rendition: Rendition, picture: Picture) -> Rendition:
    """Make one size from the decoded ``picture`` and let pages list it."""
    photo = rendition.photo
    rendition.name = _name_of_twin(rendition) or _store(rendition, picture)
    # Where the focal point has moved meanwhile, it stays due.
    unmoved = Photo.objects.filter(pk=photo.pk, focal_x=photo.focal_x, focal_y=photo.focal_y)
    rendition.byte_count = default_storage.size(rendition.file_name)
    made = {"name": rendition.name, "byte_count": rendition.byte_count, "is_due": False}
    Rendition.objects.filter(pk=rendition.pk, photo__in=unmoved).update(**made)
    if not due(photo).exists():
        pages.changed(*keys_showing(photo))
    return rendition


def _name_of_twin(rendition: Rendition) -> str:
    """The file of the other shape where both are the same: a crop of three by two from a photo of three by two."""
    same = {"format": rendition.format, "width": rendition.width, "height": rendition.height, "is_due": False}
    names = rendition.photo.renditions.filter(**same).exclude(pk=rendition.pk).values_list("name", flat=True)
    return names.first() or ""


def _store(rendition: Rendition, picture: Picture) -> str:
    """Encode one size and keep its file; its name."""
    photo = rendition.photo
    content = pictures.encoded(
        picture.image,
        size=(rendition.width, rendition.height),
        focal_point=(photo.focal_x, photo.focal_y),
        format=rendition.format,
    )
    name = hashlib.sha256(content).hexdigest()[:32]
    _keep(default_storage, rendition_file(name, rendition.format), content)
    return name


def _keep(storage, name: str, content: bytes) -> None:
    """Store ``content`` under ``name``, which says what is in it: if it is there, it is the same."""
    if not storage.exists(name):
        storage.save(name, ContentFile(content))
