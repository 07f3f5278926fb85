"""The only way a comment comes in: ``post_comment()``."""

import datetime
import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article
from comments import fingerprints, letters, limits, opening, receipts, retention, scripts, stamps, text
from comments.models import Comment, CommentContact, CommentKey, SenderBlock, Status
from comments.refusals import (
    AlreadyPosted,
    CommentRefused,
    CommentsClosed,
    ParentNotPublic,
    StoryNotPublic,
    TooMany,
)
from comments.senders import Sender, cookie_hash, new_cookie
from newsroom.keys import keyed_hash

__all__ = [
    "AlreadyPosted",
    "CommentRefused",
    "CommentsClosed",
    "ParentNotPublic",
    "Posted",
    "StoryNotPublic",
    "TooMany",
    "post_comment",
]


class NotRejected(CommentRefused):
    """Only a rejected comment is sent again, and on its own story."""


class SenderBlocked(CommentRefused):
    """This browser may not comment for a time. ``block`` says until when and why, and the reader is told both."""

    def __init__(self, block: SenderBlock):
        self.block = block
        super().__init__(block.reason)


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
    resubmission_of: Comment | None = None,
    email: str = "",
    at: datetime.datetime | None = None,
) -> Posted:
    """Take one comment on ``article``; when this returns it is on disk and waits for a moderator.

    ``stamp`` is the form's; ``email``, where the reader gave one, is kept apart with an end; ``resubmission_of`` is the
    author's own rejected comment that this one follows; ``at`` (aware) is when it was sent, the present unless a demo
    says otherwise. Raises ValidationError (text), StampForged, StampExpired or a CommentRefused; nothing is stored
    then. Posting the same form twice gives the first comment again.
    """
    body = _checked(name, body, email)
    stamps.check_stamp(stamp, article.pk)
    form = (stamp, str(article.pk), str(parent.pk if parent else ""), name, body)
    earlier = _same_click(form, sender)
    if earlier is not None:
        return earlier
    nonce = _nonce(form, sender)
    try:
        comment = _store(
            article,
            name=name,
            body=body,
            parent=parent,
            resubmission_of=resubmission_of,
            email=email,
            nonce=nonce,
            sender=sender,
            at=at,
        )
    except IntegrityError:
        comment = Comment.objects.filter(nonce=nonce).first()
        if comment is None:
            raise
        return _posted(comment, sender, created=False)
    return _posted(comment, sender, created=True)


def _checked(name: str, body: str, email: str) -> str:
    """The body as it is kept. Raises ValidationError for what cannot be kept to the letter."""
    body = text.unix_lines(body)
    text.check_name(name)
    text.check_body(body)
    text.check_email(email)
    return body


def _store(
    article: Article,
    *,
    name: str,
    body: str,
    parent: Comment | None,
    resubmission_of: Comment | None,
    email: str,
    nonce: str,
    sender: Sender,
    at: datetime.datetime | None,
) -> Comment:
    """Check what may have changed since the page was read, and write the comment, in one transaction."""
    with transaction.atomic():
        limits.one_at_a_time(sender)
        if Comment.objects.filter(nonce=nonce).exists():
            raise IntegrityError("posted before")
        _check_open(article, parent, at)
        _check_not_blocked(sender)
        _check_rejected(article, resubmission_of)
        _check_new(article, body, sender)
        limits.check_comment(article, sender)
        comment = Comment.objects.create(
            article=article,
            parent=parent,
            thread_id=parent and (parent.thread_id or parent.pk),
            resubmission_of=resubmission_of,
            display_name=name,
            body=body,
            language=scripts.guess_language(body, article.language),
            submitted_at=at or timezone.now(),
            nonce=nonce,
            receipt_hash=receipts.token_hash(receipts.token_of(nonce)),
        )
        CommentKey.objects.create(comment=comment, key=secrets.token_hex(32))
        fingerprints.fingerprint(comment).save(force_insert=True)
        CommentContact.objects.create(
            comment=comment,
            email=email,
            network_hash=sender.network_hash(),
            sender_hash=cookie_hash(sender.cookie or new_cookie(nonce)),
            expires_at=retention.while_waiting(timezone.now()),
        )
        letters.ask_to_confirm(comment)
        return comment


def _check_open(article: Article, parent: Comment | None, at: datetime.datetime | None) -> None:
    """Ask the database, not the object the page was made from: the story may be withdrawn by now."""
    fresh = Article.objects.public().select_related("section").filter(pk=article.pk).first()
    if fresh is None:
        raise StoryNotPublic
    closed = opening.why_closed(fresh, at)
    if closed:
        raise CommentsClosed(closed)
    if parent and not Comment.objects.public().on(fresh).filter(pk=parent.pk).exists():
        raise ParentNotPublic


def _check_rejected(article: Article, earlier: Comment | None) -> None:
    if earlier and not Comment.objects.on(article).filter(pk=earlier.pk, status=Status.REJECTED).exists():
        raise NotRejected


def _check_new(article: Article, body: str, sender: Sender) -> None:
    """The same text again, from the browser that sent it and knows its cookie: its receipt says what became of it."""
    if not sender.cookie:
        return
    mine = Comment.objects.on(article).filter(contact__sender_hash=cookie_hash(sender.cookie), body=body)
    earlier = mine.exclude(status=Status.WITHDRAWN).order_by("-pk").first()
    if earlier is not None:
        raise AlreadyPosted(receipts.token_of(earlier.nonce))


def _check_not_blocked(sender: Sender) -> None:
    """A browser without a cookie has sent nothing before, so nothing of it can be blocked."""
    if not sender.cookie:
        return
    blocks = SenderBlock.objects.in_force(timezone.now()).against(cookie_hash(sender.cookie))
    longest = blocks.order_by("-expires_at").first()
    if longest is not None:
        raise SenderBlocked(longest)


def _nonce(form: tuple[str, ...], sender: Sender, *, cookie: str | None = None) -> str:
    cookie = sender.cookie if cookie is None else cookie
    return keyed_hash("nonce", *form, sender.network, cookie, sender.user_agent).hex()


def _same_click(form: tuple[str, ...], sender: Sender) -> Posted | None:
    """The comment of a first click whose answer gave this browser its cookie before the second click was sent."""
    nonce = _nonce(form, sender, cookie="")
    if not sender.cookie or sender.cookie != new_cookie(nonce):
        return None
    comment = Comment.objects.filter(nonce=nonce).first()
    return comment and _posted(comment, sender, created=False)


def _posted(comment: Comment, sender: Sender, *, created: bool) -> Posted:
    cookie = sender.cookie or new_cookie(comment.nonce)
    return Posted(comment, receipts.token_of(comment.nonce), cookie, created)
