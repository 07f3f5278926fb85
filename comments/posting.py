"""The only way a comment comes in: ``post_comment()``."""

import datetime
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article
from comments import receipts, stamps, text
from comments.models import Comment, CommentContact, CommentKey
from comments.senders import Sender, cookie_hash
from newsroom.keys import keyed_hash


class CommentRefused(Exception):
    """Why a comment was not taken; nothing is stored."""


class StoryNotPublic(CommentRefused):
    """There is no such story for the public, or not any more."""


class CommentsClosed(CommentRefused):
    """The story takes no comments."""


class ParentNotPublic(CommentRefused):
    """The comment replied to is not on this story's page."""


@dataclass(frozen=True)
class Posted:
    """A comment that is on disk. ``created`` is False for the second click on the same form.

    ``token`` opens the receipt; ``sender_cookie`` is what the browser should keep.
    """

    comment: Comment
    token: str
    sender_cookie: str
    created: bool


def post_comment(
    article: Article,
    *,
    name: str,
    body: str,
    stamp: str,
    sender: Sender,
    parent: Comment | None = None,
    at: datetime.datetime | None = None,
) -> Posted:
    """Take one comment on ``article``; when this returns it is on disk and waits for a moderator.

    ``stamp`` is the form's; ``at`` (aware) is when it was sent, the present unless a demo says otherwise. Raises
    ValidationError (text), StampForged, StampExpired or a CommentRefused; nothing is stored then. Posting
    the same form twice gives the first comment again.
    """
    body = text.unix_lines(body)
    text.check_name(name)
    text.check_body(body)
    stamps.check_stamp(stamp, article.pk)
    form = (stamp, str(article.pk), str(parent.pk if parent else ""), name, body)
    earlier = _same_click(form, sender)
    if earlier is not None:
        return earlier
    nonce = _nonce(form, sender)
    try:
        comment = _store(article, name=name, body=body, parent=parent, nonce=nonce, sender=sender, at=at)
    except IntegrityError:
        comment = Comment.objects.filter(nonce=nonce).first()
        if comment is None:
            raise
        return _posted(comment, sender, created=False)
    return _posted(comment, sender, created=True)


def _store(
    article: Article,
    *,
    name: str,
    body: str,
    parent: Comment | None,
    nonce: str,
    sender: Sender,
    at: datetime.datetime | None,
) -> Comment:
    """Check what may have changed since the page was read, and write the comment, in one transaction."""
    with transaction.atomic():
        if Comment.objects.filter(nonce=nonce).exists():
            raise IntegrityError("posted before")
        _check_open(article, parent)
        comment = Comment.objects.create(
            article=article,
            parent=parent,
            thread_id=parent and (parent.thread_id or parent.pk),
            display_name=name,
            body=body,
            language=article.language,
            submitted_at=at or timezone.now(),
            nonce=nonce,
            receipt_hash=receipts.token_hash(receipts.token_of(nonce)),
        )
        CommentKey.objects.create(comment=comment, key=secrets.token_hex(32))
        keep_until = timezone.now() + datetime.timedelta(days=settings.NEWSROOM_CONTACT_DAYS)
        CommentContact.objects.create(
            comment=comment,
            network_hash=sender.network_hash(),
            sender_hash=cookie_hash(sender.cookie or _cookie_for(nonce)),
            expires_at=keep_until,
        )
        return comment


def _check_open(article: Article, parent: Comment | None) -> None:
    """Ask the database, not the object the page was made from: the story may be withdrawn by now."""
    fresh = Article.objects.public().filter(pk=article.pk).first()
    if fresh is None:
        raise StoryNotPublic
    if not fresh.comments_open:
        raise CommentsClosed
    if parent and not Comment.objects.public().on(fresh).filter(pk=parent.pk).exists():
        raise ParentNotPublic


def _nonce(form: tuple[str, ...], sender: Sender, *, cookie: str | None = None) -> str:
    cookie = sender.cookie if cookie is None else cookie
    return keyed_hash("nonce", *form, sender.network, cookie, sender.user_agent).hex()


def _same_click(form: tuple[str, ...], sender: Sender) -> Posted | None:
    """The comment of a first click whose answer gave this browser its cookie before the second click was sent."""
    nonce = _nonce(form, sender, cookie="")
    if not sender.cookie or sender.cookie != _cookie_for(nonce):
        return None
    comment = Comment.objects.filter(nonce=nonce).first()
    return comment and _posted(comment, sender, created=False)


def _cookie_for(nonce: str) -> str:
    """The cookie a browser without one gets for its first comment: random to everybody else, and ours to recognise."""
    return keyed_hash("new-sender-cookie", nonce)[:16].hex()


def _posted(comment: Comment, sender: Sender, *, created: bool) -> Posted:
    cookie = sender.cookie or _cookie_for(comment.nonce)
    return Posted(comment, receipts.token_of(comment.nonce), cookie, created)
