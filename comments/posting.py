"""The only way a comment comes in: ``post_comment()``."""

import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Article
from comments import fingerprints, letters, limits, opening, proofs, receipts, retention, scripts, stamps, text
from comments.checks import Check, refusals, refuse
from comments.models import Comment, CommentContact, CommentKey, SenderBlock, Status
from comments.models.block import block_hash
from comments.refusals import (
    AlreadyPosted,
    CommentRefused,
    CommentsClosed,
    ParentNotPublic,
    StoryNotPublic,
    TooMany,
)
from comments.senders import Sender, cookie_hash, new_cookie
from newsroom.compiled import Compiled, Insertion
from newsroom.keys import keyed_hash
from newsroom.models import User
from newsroom.no_index import NoIndex
from newsroom.sqlite.together import written_together

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


class NotOfTheNewsroom(CommentRefused):
    """This person may not reply for the newsroom."""


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
    staff: User | None = None,
    proof: str = "",
    at: datetime.datetime | None = None,
) -> Posted:
    """Take one comment on ``article``; when this returns it is on disk and waits for a moderator.

    ``stamp`` is the form's; ``email``, where the reader gave one, is kept apart with an end; ``resubmission_of`` is the
    author's own rejected comment that this one follows; ``staff`` is the signed-in person who replies for the newsroom,
    and waits for a moderator like everybody; ``proof`` is of work, where the house asks for one; ``at`` (aware) is when
    it was sent, the present unless a demo says otherwise. Raises ValidationError (text), StampForged, StampExpired or a
    CommentRefused; nothing is stored
    then. Posting the same form twice gives the first comment again.
    """
    if staff and not staff.has_perm("comments.answer_comment"):
        raise NotOfTheNewsroom
    body = _checked(name, body, email)
    stamps.check_stamp(stamp, article.pk)
    form = (stamp, str(article.pk), str(parent.pk if parent else ""), name, body)
    earlier = _same_click(form, sender)
    if earlier is not None:
        return earlier
    nonce = _nonce(form, sender)
    written = Comment(
        article=article,
        parent=parent,
        resubmission_of=resubmission_of,
        display_name=name,
        body=body,
        nonce=nonce,
        receipt_hash=receipts.token_hash(receipts.token_of(nonce)),
        staff=staff,
    )
    return _stored_once(_submission(written, email=email, sender=sender, proof=proof, at=at))


def _checked(name: str, body: str, email: str) -> str:
    """The body as it is kept. Raises ValidationError for what cannot be kept to the letter."""
    body = text.unix_lines(body)
    text.check_name(name)
    text.check_body(body)
    text.check_email(email)
    return body


@dataclass(frozen=True)
class _Submission:
    """A comment and what is stored with it, worked out before its transaction: others wait while that is open."""

    comment: Comment
    sender: Sender
    at: datetime.datetime | None
    asks_for_proof: bool
    proof: str | None  # the nonce of a good one
    comment_row: Insertion
    key_row: Insertion
    fingerprint_row: Insertion
    contact_row: Insertion
    arrival_row: Insertion


def _submission(
    comment: Comment, *, email: str, sender: Sender, proof: str, at: datetime.datetime | None
) -> _Submission:
    """``comment`` with all that need not be asked of the database at the last moment."""
    article, parent = comment.article, comment.parent
    comment.thread_id = parent and (parent.thread_id or parent.pk)
    comment.language = scripts.guess_language(comment.body, article.language)
    comment.submitted_at = at or timezone.now()
    contact = CommentContact(
        comment=comment,
        email=email,
        network_hash=sender.network_hash(),
        sender_hash=cookie_hash(sender.cookie or new_cookie(comment.nonce)),
        expires_at=retention.while_waiting(timezone.now()),
    )
    asks_for_proof = settings.NEWSROOM_PROOF_OF_WORK and not comment.is_of_staff
    return _Submission(
        comment=comment,
        sender=sender,
        at=at,
        asks_for_proof=asks_for_proof,
        proof=proofs.solved(proof, article) if asks_for_proof else None,
        comment_row=Insertion(comment),
        key_row=Insertion(CommentKey(comment=comment, key=secrets.token_hex(32))),
        fingerprint_row=Insertion(fingerprints.fingerprint(comment)),
        contact_row=Insertion(contact),
        arrival_row=Insertion(limits.arrival(contact)),
    )


def _stored_once(new: _Submission) -> Posted:
    """Store ``new``, or give the comment that the first click on the same form stored, whatever is refused now."""
    try:
        stored = written_together(lambda: _store(new))
        return _posted(stored, new.sender, created=True)
    except (IntegrityError, CommentRefused):
        comment = Comment.objects.filter(nonce=new.comment.nonce).first()
        if comment is None:
            raise
        return _posted(comment, new.sender, created=False)


def _store(new: _Submission) -> Comment:
    """Check what may have changed since the page was read, and write the comment. Call it in a transaction."""
    comment, sender = new.comment, new.sender
    limits.one_at_a_time(sender)
    without_proof = new.asks_for_proof and not (new.proof and proofs.spend(new.proof))
    _check_open(comment.article, comment.parent, new.at)
    _check_rejected(comment.article, comment.resubmission_of)
    checks = [
        *_not_blocked(sender),
        *_new(comment.article, comment.body, sender),
        *limits.of_comments(comment.article, sender, without_proof=without_proof),
    ]
    refuse(refusals(checks))
    new.comment_row.write()
    new.key_row.write(comment_id=comment.pk)
    new.fingerprint_row.write(comment_id=comment.pk)
    new.contact_row.write(comment_id=comment.pk, without_proof=without_proof)
    new.arrival_row.write()
    letters.ask_to_confirm(comment)
    return comment


def _check_open(article: Article, parent: Comment | None, at: datetime.datetime | None) -> None:
    """Ask the database, not the object the page was made from: the story may be withdrawn by now."""
    switches = opening.switches_now(article)
    if switches is None:
        raise StoryNotPublic
    closed = opening.why_closed(article, at, switches)
    if closed:
        raise CommentsClosed(closed)
    if parent and not Comment.objects.public().on(article).filter(pk=parent.pk).exists():
        raise ParentNotPublic


def _check_rejected(article: Article, earlier: Comment | None) -> None:
    if earlier and not Comment.objects.on(article).filter(pk=earlier.pk, status=Status.REJECTED).exists():
        raise NotRejected


def _not_blocked(sender: Sender) -> Iterator[Check]:
    """A browser without a cookie has sent nothing before, so nothing of it can be blocked."""
    if sender.cookie:
        question = _longest_block.asked(known_by=block_hash(cookie_hash(sender.cookie)), now=timezone.now())
        yield Check(question, lambda pk: SenderBlocked(SenderBlock.objects.get(pk=pk)))


def _new(article: Article, body: str, sender: Sender) -> Iterator[Check]:
    """The same text again, from the browser that sent it and knows its cookie: its receipt says what became of it."""
    if sender.cookie:
        question = _same_text.asked(story=article.pk, sender=cookie_hash(sender.cookie), body=body)
        yield Check(question, lambda nonce: AlreadyPosted(receipts.token_of(nonce)))


@Compiled
def _same_text(*, story: int, sender: str, body: str) -> QuerySet:
    """The nonce of the newest comment of ``sender`` (a cookie's hash) with this text on the story, if any."""
    mine = Comment.objects.alias(of_story=NoIndex("article_id"))  # few are the sender's, many may be the story's
    mine = mine.filter(of_story=story, contact__sender_hash=sender, body=body)
    return mine.exclude(status=Status.WITHDRAWN).order_by("-pk").values_list("nonce")[:1]


@Compiled
def _longest_block(*, known_by: str, now: datetime.datetime) -> QuerySet:
    return SenderBlock.objects.in_force(now).filter(hash=known_by).order_by("-expires_at").values_list("pk")[:1]


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
