"""Small makers of what tests need, through the real verbs wherever there is one."""

import itertools

from django.contrib.auth.models import Group

from articles import photos, publishing, revisions
from articles.models import Article, Author, AuthorName, Photo, Place, PlaceName, Section, SectionName
from comments import posting, stamps
from comments.senders import Sender
from moderation.decisions import decide
from newsroom.models import User
from newsroom.roles import Role
from tests import pictures

_numbers = itertools.count(1)
SENDER = Sender(network="192.0.2.0/24", cookie="", user_agent="test")


def make_user(username: str, *roles: Role, is_staff: bool = True, is_superuser: bool = False) -> User:
    user, _created = User.objects.get_or_create(
        username=username, defaults={"is_staff": is_staff, "is_superuser": is_superuser}
    )
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user


def make_section(name: str = "Middle East", slug: str = "middle-east", language: str = "en") -> Section:
    existing = SectionName.objects.filter(language=language, slug=slug).first()
    if existing:
        return existing.section
    section = Section.objects.create()
    SectionName.objects.create(section=section, language=language, name=name, slug=slug)
    return section


def make_author(name: str = "Dana Reporter", slug: str = "dana-reporter", language: str = "en") -> Author:
    existing = AuthorName.objects.filter(language=language, slug=slug).first()
    if existing:
        return existing.author
    author = Author.objects.create()
    AuthorName.objects.create(author=author, language=language, name=name, slug=slug)
    return author


def make_place(city: str = "Erbil", region: str = "Kurdistan Region", language: str = "en", **fields) -> Place:
    place = Place.objects.create(**fields)
    PlaceName.objects.create(place=place, language=language, city=city, region=region)
    return place


def content(**changes) -> dict:
    """A whole story's content as a revision keeps it, with ``changes``."""
    return {
        "headline": "The river rises",
        "standfirst": "Two villages moved uphill.",
        "slug": "the-river-rises",
        "section_id": make_section().pk,
        "place_id": None,
        "byline_note": "",
        "body": "<p>Water reached the bridge at noon.</p>",
        "tags": ["Syrian army", "rivers"],
        "bylines": [{"author": make_author().pk, "role": "reporter"}],
        "lead_photo_id": None,
        "lead_alt": "",
        "lead_caption": "",
        **changes,
    }


def make_draft(*, by: User, language: str = "en", translation_of: Article | None = None, **changes) -> Article:
    article = Article.objects.create(language=language, created_by=by, translation_of=translation_of)
    revisions.record(article, content(**changes), by=by)
    article.refresh_from_db()
    return article


def make_story(*, by: User, at=None, **changes) -> Article:
    """A public story; ``by`` must be allowed to publish."""
    article = make_draft(by=by, **changes)
    publishing.publish(article, by=by, at=at)
    return article


def make_comment(article: Article, body: str = "Well reported.", *, name: str = "Shilan", parent=None, sender=None):
    """A pending comment, each from a form of its own."""
    sender = sender or Sender(network="192.0.2.0/24", cookie=f"cookie-{next(_numbers)}", user_agent="test")
    posted = posting.post_comment(
        article, name=name, body=body, stamp=stamps.stamp(article.pk), sender=sender, parent=parent
    )
    return posted.comment


def make_decided(article: Article, verdict: str, *, by: User, guidelines=(), note: str = "", **words):
    comment = make_comment(article, **words)
    decide(comment, verdict, moderator=by, seen_version=0, guidelines=guidelines, note=note)
    comment.refresh_from_db()
    return comment


def make_photo(*, by: User, credit: str = "Shilan Ali", content: bytes | None = None, name: str = "photo.jpg", **words):
    """A photo of the library, with the one size that is made at once."""
    photo, _is_new = photos.take_in(pictures.upload(content, name), by=by)
    Photo.objects.filter(pk=photo.pk).update(credit=credit, **words)
    photo.refresh_from_db()
    return photo


def leading_with(photo: Photo, **words) -> dict:
    """The part of a story's content that makes ``photo`` its lead."""
    return {"lead_photo_id": photo.pk, "lead_alt": "A bridge", "lead_caption": "The bridge at noon.", **words}
