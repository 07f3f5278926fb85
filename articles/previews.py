"""Preview links: one story's newest version for somebody without an account, until a date, until revoked.

The address is ``/preview/<number>-<signature>/``. The signature is made from the link's own random nonce with a key of
the house, so neither guessing nor reading the database opens one.
"""

import base64
import datetime
import hmac
import secrets

from django.urls import reverse
from django.utils import timezone

from articles import revisions
from articles.models import Article, Author, Byline, PreviewLink, Status, Tag
from articles.tags import tag_slug
from newsroom.folding import fold
from newsroom.keys import keyed_hash

DAYS = (1, 3, 7, 30)
# While a story stands here, nothing opens its links.
OFF = (Status.WITHDRAWN, Status.SPIKED)
_OPENED_EVERY = datetime.timedelta(minutes=1)


def make(article: Article, *, by, days: int, purpose: str = "", now: datetime.datetime | None = None) -> PreviewLink:
    """A new link to ``article`` that works for ``days`` (one of ``DAYS``)."""
    if days not in DAYS:
        raise ValueError(days)
    now = now or timezone.now()
    return PreviewLink.objects.create(
        article=article,
        nonce=secrets.token_hex(16),
        purpose=purpose,
        created_at=now,
        created_by=by,
        expires_at=now + datetime.timedelta(days=days),
    )


def revoke(link: PreviewLink, *, by, now: datetime.datetime | None = None) -> None:
    """End ``link`` now; doing it again changes nothing."""
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now or timezone.now(), revoked_by=by)


def token(link: PreviewLink) -> str:
    """What the address of ``link`` ends in."""
    signature = keyed_hash("preview", str(link.pk), link.nonce)[:16]
    return f"{link.pk}-{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def address(link: PreviewLink) -> str:
    """The path of ``link``."""
    return reverse("preview", args=[token(link)])


def of_token(text: str) -> PreviewLink | None:
    """The link whose token is ``text``, open or not; None for one that never was."""
    number, _, _signature = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    link = PreviewLink.objects.select_related("article").filter(pk=int(number)).first()
    return link if link and hmac.compare_digest(token(link).encode(), text.encode()) else None


def is_open(link: PreviewLink, now: datetime.datetime | None = None) -> bool:
    """Whether ``link`` shows its story at ``now``: not revoked, not expired, and the story not given up."""
    return link.is_open(now) and link.article.status not in OFF


def note_opened(link: PreviewLink, now: datetime.datetime | None = None) -> None:
    """Remember that ``link`` was opened, to the minute."""
    now = now or timezone.now()
    if link.last_opened_at is None or now - link.last_opened_at >= _OPENED_EVERY:
        PreviewLink.objects.filter(pk=link.pk).update(last_opened_at=now)


def newest_of(article: Article) -> Article:
    """``article`` as its newest version would look: never saved, with tags and bylines that are not rows either."""
    content = revisions.current_content(article)
    shown = Article.objects.with_everything_shown().get(pk=article.pk)
    if content == revisions.snapshot(shown):
        return shown
    for field in revisions.FIELDS:
        setattr(shown, field, content[field])
    shown._prefetched_objects_cache.update(tags=_tags(shown, content["tags"]), bylines=_bylines(shown, content))
    return shown


def _tags(article: Article, names: list[str]) -> list[Tag]:
    """The tags called ``names``; one that no story has yet exists in this list only. One query."""
    keys = {name: fold(name) or name for name in names}
    known = {tag.key: tag for tag in Tag.objects.filter(language=article.language, key__in=keys.values())}
    made = ((name, key, known.get(key)) for name, key in keys.items())
    return [tag or Tag(name=name, key=key, slug=tag_slug(name), language=article.language) for name, key, tag in made]


def _bylines(article: Article, content: dict) -> list[Byline]:
    keys = [line["author"] for line in content["bylines"]]
    authors = Author.objects.prefetch_related("names").in_bulk(keys)
    return [
        Byline(article=article, author=authors[line["author"]], role=line["role"])
        for line in content["bylines"]
        if line["author"] in authors
    ]
