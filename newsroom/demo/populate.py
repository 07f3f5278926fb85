"""Synthetic stories and comments by the million: the one named exception to the only ways in.

Rows are written in bulk, but they are the rows the verbs would have written: comments are born pending, decisions form
one valid chain, and only then do the comments move, so that every trigger agrees and ``doctor`` is green afterwards.
"""

import datetime
import hashlib
import random
import secrets
from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles import search
from articles.models import (
    Article,
    Author,
    AuthorName,
    Byline,
    Section,
    SectionName,
    Status,
    StatusChange,
    Tag,
    TaggedArticle,
)
from comments import fingerprints, receipts
from comments.models import Comment, CommentContact, CommentFingerprint, CommentKey, GuidelineEdition
from comments.models import Status as CommentStatus
from moderation import ledger
from moderation.models import CitedGuideline, Decision, Verdict
from newsroom.demo.bulk import first_free, insert, lock_tables, numbers_go_on
from newsroom.keys import commitment
from newsroom.models import User
from newsroom.roles import Role

BATCH = 5_000  # rows that are put together at once
# Written row by row, their indexes take half of the time.
INDEXED_LATER = (Comment, CommentContact, CommentFingerprint)
COMMIT = 25_000  # comments of one transaction: keys that look random touch much of their indexes in each
TAGS = 40
PARAGRAPHS = 2_000  # from which texts are put together
WORDS = (
    "river bridge market school council harvest engineer price water evening village road winter museum train garden "
    "library festival border rain kitchen teacher election budget hospital mountain football radio letter window"
).split()


class Row(NamedTuple):
    """A comment to be written; the columns of its own table first."""

    pk: int
    article_id: int
    display_name: str
    body: str
    language: str
    submitted_at: datetime.datetime
    nonce: str
    key: str


class DecisionRow(NamedTuple):
    """A decision to be written; what is not named is empty."""

    id: int
    comment_id: int
    sequence: int
    comment_version: int
    verdict: str
    edition_id: int
    moderator_id: int
    moderator_salt: str
    decided_at: datetime.datetime
    text_commitment: str
    previous_hash: str
    hash: str


class Populator:
    """Adds synthetic rows. The same ``seed`` (an integer) gives the same texts; ids and times follow the database."""

    def __init__(self, *, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = timezone.now()
        self.edition = GuidelineEdition.objects.in_force()
        self.guidelines = list(self.edition.guidelines.filter(position__gt=0))
        self.journalist = self._user("synthetic-editor", Role.EDITOR)
        self.moderator = self._user("synthetic-moderator", Role.MODERATOR)
        self.paragraphs = [self._sentence(45) for _ in range(PARAGRAPHS)]

    def articles(self, count: int) -> Iterator[int]:
        """Add ``count`` public stories in English, yielding how many each transaction brought."""
        house = self._house()
        for size in _batches(count, BATCH):
            with transaction.atomic():
                self._stories(size, *house)
            yield size

    def decided(self, count: int) -> Iterator[int]:
        """Add ``count`` decided comments: seven approved, then one rejected."""
        yield from self._comments(count, self._decide)

    def pending(self, count: int) -> Iterator[int]:
        """Add ``count`` comments that wait."""
        yield from self._comments(count, lambda comments: None)

    def _stories(self, size: int, section: Section, author: Author, tags: list[Tag]) -> None:
        lock_tables(Article)
        first = first_free(Article)
        stories = [self._story(number, section) for number in range(first, first + size)]
        columns = [field.attname for field in Article._meta.concrete_fields]
        insert(Article, columns, ([getattr(story, column) for column in columns] for story in stories))
        insert(Byline, ("article_id", "author_id", "role"), ((story.pk, author.pk, "reporter") for story in stories))
        tagged = [(story, self.random.sample(tags, 3)) for story in stories]
        insert(TaggedArticle, ("content_object_id", "tag_id"), ((s.pk, tag.pk) for s, some in tagged for tag in some))
        insert(
            StatusChange,
            ("article_id", "verb", "from_status", "to_status", "at", "by_id"),
            (
                (story.pk, "publish", Status.DRAFT, Status.PUBLISHED, story.publish_at, self.journalist.pk)
                for story in stories
            ),
        )
        numbers_go_on(Article)
        for story, some in tagged:
            story._prefetched_objects_cache = {"tags": some}
        search.index_many(stories)

    def _story(self, number: int, section: Section) -> Article:
        at = self.now - datetime.timedelta(minutes=self.random.randrange(1, 5 * 365 * 24 * 60))
        headline = self._sentence(7)
        return Article(
            pk=number,
            language="en",
            section=section,
            headline=headline,
            standfirst=self._sentence(18),
            slug=headline.lower().replace(" ", "-").rstrip("."),
            body="\n".join(f"<p>{paragraph}</p>" for paragraph in self.random.sample(self.paragraphs, 6)),
            status=Status.PUBLISHED,
            publish_at=at,
            first_published_at=at,
            created_at=at,
            modified_at=at,
            created_by=self.journalist,
        )

    def _comments(self, count: int, then) -> Iterator[int]:
        on = list(Article.objects.public().order_by("-first_published_at").values_list("pk", "language")[:5_000])
        for together in _batches(count, COMMIT):
            with transaction.atomic():
                lock_tables(Comment)
                for size in _batches(together, BATCH):
                    first = first_free(Comment)
                    comments = [self._comment(number, *self.random.choice(on)) for number in range(first, first + size)]
                    self._write(comments)
                    then(comments)
                    yield size

    def _comment(self, number: int, article_id: int, language: str) -> "Row":
        return Row(
            pk=number,
            article_id=article_id,
            display_name=self.random.choice(WORDS).title(),
            body=f"{self.random.choice(self.paragraphs)} {self._sentence(8)}",
            language=language,
            submitted_at=self.now - datetime.timedelta(seconds=self.random.randrange(1, 30 * 86_400)),
            nonce=secrets.token_hex(32),
            key=secrets.token_hex(32),
        )

    def _write(self, comments: list["Row"]) -> None:
        insert(
            Comment,
            ("id", "article_id", "display_name", "body", "language", "submitted_at", "nonce", "receipt_hash"),
            ((*comment[:7], receipts.token_hash(receipts.token_of(comment.nonce))) for comment in comments),
        )
        numbers_go_on(Comment)
        insert(CommentKey, ("comment_id", "key"), ((comment.pk, comment.key) for comment in comments))
        insert(
            CommentContact,
            ("comment_id", "network_hash", "sender_hash", "received_at", "expires_at"),
            ((c.pk, secrets.token_hex(32), secrets.token_hex(32), c.submitted_at, self.now) for c in comments),
        )
        insert(CommentFingerprint, ("comment_id", "key"), ((c.pk, fingerprints.key_of(c.body)) for c in comments))

    def _decide(self, comments: list["Row"]) -> None:
        """One decision each behind the newest of the chain, and then the move it allows."""
        ledger.lock_chain()
        first, previous = first_free(Decision), ledger.newest_hash()
        decisions, cited = [], []
        for number, comment in enumerate(comments):
            grounds = [self.random.choice(self.guidelines)] if number % 8 == 7 else []
            decision = self._decision(first + number, comment, grounds, previous)
            previous = decision.hash
            decisions.append(decision)
            cited += [(decision.id, ground.pk) for ground in grounds]
        insert(Decision, DecisionRow._fields, decisions)
        numbers_go_on(Decision)
        insert(CitedGuideline, ("decision_id", "guideline_id"), cited)
        for verdict, status in ((Verdict.APPROVED, CommentStatus.APPROVED), (Verdict.REJECTED, CommentStatus.REJECTED)):
            moved = Comment.objects.filter(
                pk__gte=comments[0].pk, pk__lte=comments[-1].pk, decisions__verdict=verdict, version=0
            )
            Comment.objects.filter(pk__in=moved.values("pk")).update(
                status=status, version=F("version") + 1, moved_at=self.now
            )

    def _decision(self, number: int, comment: "Row", grounds: list, previous: str) -> DecisionRow:
        verdict = str(Verdict.REJECTED if grounds else Verdict.APPROVED)
        salt, text = secrets.token_hex(16), commitment(bytes.fromhex(comment.key), comment.body)
        encoded = ledger.encoded(
            previous,
            comment.pk,
            sequence=1,
            comment_version=1,
            verdict=verdict,
            edition=self.edition.number,
            guideline_codes=[ground.code for ground in grounds],
            moderator=ledger.moderator_digest(self.moderator.pk, salt),
            decided_at=ledger.moment(self.now),
            passage_start=None,
            passage_end=None,
            hints_shown="",
            text_commitment=text,
            note_commitment="",
        )
        return DecisionRow(
            id=number,
            comment_id=comment.pk,
            sequence=1,
            comment_version=1,
            verdict=verdict,
            edition_id=self.edition.pk,
            moderator_id=self.moderator.pk,
            moderator_salt=salt,
            decided_at=self.now,
            text_commitment=text,
            previous_hash=previous,
            hash=hashlib.sha256(encoded).hexdigest(),
        )

    def _sentence(self, length: int) -> str:
        return " ".join(self.random.choices(WORDS, k=length)).capitalize() + "."

    def _house(self) -> tuple[Section, Author, list[Tag]]:
        section = Section.objects.filter(names__language="en").first() or self._named(Section, SectionName, "section")
        author = Author.objects.filter(names__language="en").first() or self._named(Author, AuthorName, "author")
        tags = Tag.objects.named([f"synthetic {number}" for number in range(TAGS)], language="en")
        return section, author, tags

    @staticmethod
    def _named(model, name_model, link: str):
        thing = model.objects.create()
        name_model.objects.create(**{link: thing}, language="en", name="Synthetic", slug="synthetic")
        return thing

    @staticmethod
    def _user(username: str, role: Role) -> User:
        """Somebody to have done it all; without a password, so nobody signs in as them."""
        user, created = User.objects.get_or_create(username=username, defaults={"is_active": False})
        if created:
            user.set_unusable_password()
            user.save()
            user.groups.add(Group.objects.get(name=role.value))
        return user


def _batches(count: int, most: int) -> Iterator[int]:
    """``count`` cut into sizes of at most ``most``."""
    while count > 0:
        yield min(most, count)
        count -= most
