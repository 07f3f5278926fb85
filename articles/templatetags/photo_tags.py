"""Photos on pages: only sizes that are made are listed, so a page never links to a file that is not there."""

from django import template

from articles.models import Article, Photo, Rendition

register = template.Library()
WHOLE, CARD = Rendition.Shape.WHOLE, Rendition.Shape.CARD
FALLBACK_WIDTH = 960  # pixels, for browsers without srcset


@register.filter
def fallback(photo: Photo) -> Rendition | None:
    """The JPEG that every browser can show: the widest up to 960 pixels, else the narrowest; None if none is made."""
    return _nearest(photo.made(WHOLE, "jpg"))


@register.filter
def thumbnail(photo: Photo) -> Rendition | None:
    """A small picture for the back office: the smallest crop, else the whole photo."""
    return next(iter(photo.made(CARD, "jpg")), None) or fallback(photo)


@register.inclusion_tag("articles/_lead_photo.html")
def lead_photo(article: Article) -> dict[str, object]:
    """The lead photo of a story's page with caption and credit; nothing without one. No query when prefetched."""
    return {"article": article, **sources(article.lead_photo, WHOLE)}


@register.inclusion_tag("articles/_card_photo.html")
def card_photo(article: Article, kind: str) -> dict[str, object]:
    """The photo of a story in a list, cropped around its focal point. ``kind`` is the card's."""
    photo = article.lead_photo
    shape = CARD if photo and photo.made(CARD, "jpg") else WHOLE
    return {"article": article, "kind": kind, **sources(photo, shape)}


def sources(photo: Photo | None, shape: str) -> dict[str, object]:
    """What a page needs to show ``photo`` in its sizes; ``file`` is None where there is nothing to show."""
    if photo is None:
        return {"file": None}
    return {
        "photo": photo,
        "avif": srcset(photo.made(shape, "avif")),
        "jpeg": srcset(photo.made(shape, "jpg")),
        "file": _nearest(photo.made(shape, "jpg")),
    }


def srcset(renditions: list[Rendition]) -> str:
    """``renditions`` as the value of a ``srcset`` attribute."""
    return ", ".join(f"{rendition.get_absolute_url()} {rendition.width}w" for rendition in renditions)


def _nearest(narrowest_first: list[Rendition]) -> Rendition | None:
    fitting = [rendition for rendition in narrowest_first if rendition.width <= FALLBACK_WIDTH]
    return (fitting or narrowest_first[:1] or [None])[-1]
