"""Synthetic stories and comments by the million: the one named exception to the only ways in.

Rows are written in bulk, but they are the rows the verbs would have written: comments are born pending, decisions form
one valid chain, and only then do the comments move, so that every trigger agrees and ``doctor`` is green afterwards.
"""

import datetime
import random
import secrets
from collections.abc import Iterator

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
from newsroom.keys import commitment
from newsroom.models import User
from newsroom.roles import Role

BATCH = 2_000
TAGS = 40
WORDS = (
    "river bridge market school council harvest engineer price water evening village road winter museum train garden "
    "library festival border rain kitchen teacher election budget hospital mountain football radio letter window"
).split()


class Populator:
    """Adds synthetic rows. The same ``seed`` (an integer) gives the same texts; ids and times follow the database."""

    def __init__(self, *, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = timezone.now()
        self.edition = GuidelineEdition.objects.in_force()
        self.guidelines = list(self.edition.guidelines.filter(position__gt=0))
        self.journalist = self._user("synthetic-editor", Role.EDITOR)
        self.moderator = self._user("synthetic-moderator", Role.MODERATOR)

    def articles(self, count: int) -> Iterator[int]:
        """Add ``count`` public stories in English, yielding how many each transaction brought."""
        house = self._house()
        for size in _batches(count):
            with transaction.atomic():
                self._stories(size, *house)
            yield size

    def decided(self, count: int) -> Iterator[int]:
        """Add ``count`` decided comments: seven approved, then one rejected."""
        yield from self._comments(count, self._decide)

    def pending(self, count: int) -> Iterator[int]:
        """Add ``count`` comments that wait."""
        yield from self._comments(count, lambda comments, keys: None)

    def _stories(self, size: int, section: Section, author: Author, tags: list[Tag]) -> None:
        stories = Article.objects.bulk_create(self._story(section) for _ in range(size))
        Byline.objects.bulk_create(Byline(article=story, author=author, role="reporter") for story in stories)
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=story, tag=tag) for story in stories for tag in self.random.sample(tags, 3)
        )
        StatusChange.objects.bulk_create(
            StatusChange(
                article=story,
                verb="publish",
                from_status=Status.DRAFT,
                to_status=Status.PUBLISHED,
                at=story.publish_at,
                by=self.journalist,
            )
            for story in stories
        )
        search.index_many(Article.objects.filter(pk__in=[story.pk for story in stories]).prefetch_related("tags"))

    def _story(self, section: Section) -> Article:
        at = self.now - datetime.timedelta(minutes=self.random.randrange(1, 5 * 365 * 24 * 60))
        headline = self._sentence(7)
        return Article(
            language="en",
            section=section,
            headline=headline,
            standfirst=self._sentence(18),
            slug=headline.lower().replace(" ", "-").rstrip("."),
            body="\n".join(f"<p>{self._sentence(60)}</p>" for _ in range(6)),
            status=Status.PUBLISHED,
            publish_at=at,
            first_published_at=at,
            created_by=self.journalist,
        )

    def _comments(self, count: int, then) -> Iterator[int]:
        on = list(Article.objects.public().order_by("-first_published_at").values_list("pk", "language")[:5_000])
        for size in _batches(count):
            with transaction.atomic():
                comments = Comment.objects.bulk_create(self._comment(*self.random.choice(on)) for _ in range(size))
                keys = CommentKey.objects.bulk_create(
                    CommentKey(comment=comment, key=secrets.token_hex(32)) for comment in comments
                )
                CommentContact.objects.bulk_create(self._contact(comment) for comment in comments)
                CommentFingerprint.objects.bulk_create(fingerprints.fingerprint(comment) for comment in comments)
                then(comments, keys)
            yield size

    def _comment(self, article_id: int, language: str) -> Comment:
        nonce = secrets.token_hex(32)
        return Comment(
            article_id=article_id,
            display_name=self.random.choice(WORDS).title(),
            body=self._sentence(50),
            language=language,
            submitted_at=self.now - datetime.timedelta(seconds=self.random.randrange(1, 30 * 86_400)),
            nonce=nonce,
            receipt_hash=receipts.token_hash(receipts.token_of(nonce)),
        )

    def _contact(self, comment: Comment) -> CommentContact:
        network, cookie = secrets.token_hex(32), secrets.token_hex(32)
        return CommentContact(
            comment=comment,
            network_hash=network,
            sender_hash=cookie,
            received_at=comment.submitted_at,
            expires_at=self.now,
        )

    def _decide(self, comments: list[Comment], keys: list[CommentKey]) -> None:
        """One decision each behind the newest of the chain, and then the move it allows."""
        ledger.lock_chain()
        cited, decisions, previous = [], [], ledger.newest_hash()
        for number, (comment, key) in enumerate(zip(comments, keys, strict=True)):
            grounds = [self.random.choice(self.guidelines)] if number % 8 == 7 else []
            decision = self._decision(comment, key, grounds, previous)
            previous = decision.hash
            decisions.append(decision)
            cited += [CitedGuideline(decision=decision, guideline=ground) for ground in grounds]
        Decision.objects.bulk_create(decisions)
        CitedGuideline.objects.bulk_create(cited)
        for verdict, status in ((Verdict.APPROVED, CommentStatus.APPROVED), (Verdict.REJECTED, CommentStatus.REJECTED)):
            moved = Comment.objects.filter(
                pk__gte=comments[0].pk, pk__lte=comments[-1].pk, decisions__verdict=verdict, version=0
            )
            Comment.objects.filter(pk__in=moved.values("pk")).update(
                status=status, version=F("version") + 1, moved_at=self.now
            )

    def _decision(self, comment: Comment, key: CommentKey, grounds: list, previous: str) -> Decision:
        decision = Decision(
            comment=comment,
            sequence=1,
            comment_version=1,
            verdict=Verdict.REJECTED if grounds else Verdict.APPROVED,
            edition=self.edition,
            moderator=self.moderator,
            moderator_salt=secrets.token_hex(16),
            decided_at=self.now,
            text_commitment=commitment(bytes.fromhex(key.key), comment.body),
            previous_hash=previous,
        )
        decision.hash = ledger.hash_of(decision, [ground.code for ground in grounds])
        return decision

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


def _batches(count: int) -> Iterator[int]:
    """``count`` cut into sizes of at most ``BATCH``."""
    while count > 0:
        yield min(BATCH, count)
        count -= BATCH
