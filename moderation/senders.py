"""What is known of a comment's sender: earlier verdicts, and who else sent today. Marked, never exempted."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from comments.models import Comment, CommentContact, SenderBlock, Status
from comments.models.block import block_hash
from moderation.models import CitedGuideline

REFUSED = (Status.REJECTED, Status.REMOVED)
LOOK_AT = 500  # refused comments of the senders of one page
DECIDED = (Status.APPROVED, Status.REJECTED, Status.REMOVED)
GOOD_AFTER = 5  # approved comments, and none rejected or removed


@dataclass(frozen=True)
class History:
    """What moderators may know of one sender. Counts are of other comments than the one asked about."""

    approved: int = 0
    rejected: int = 0
    by_guideline: dict[str, int] = field(default_factory=dict)
    same_network_today: int = 0
    same_cookie_today: int = 0
    block: SenderBlock | None = None

    @property
    def is_known_good(self) -> bool:
        return self.approved >= GOOD_AFTER and not self.rejected

    @property
    def is_new(self) -> bool:
        return not self.approved and not self.rejected


def history(comment: Comment) -> History:
    """What is known of who sent ``comment``."""
    return histories([comment])[comment.pk]


def histories(comments: Sequence[Comment]) -> dict[int, History]:
    """What is known of who sent each of ``comments``, by the comment's id, in seven queries at most."""
    contacts = {contact.pk: contact for contact in CommentContact.objects.filter(comment__in=comments)}
    browsers = {contact.sender_hash for contact in contacts.values()} - {""}
    networks = {contact.network_hash for contact in contacts.values()} - {""}
    verdicts = _verdicts(browsers)
    refused = {browser for browser, counted in verdicts.items() if any(counted[status] for status in REFUSED)}
    seen = _Seen(
        verdicts=verdicts,
        guidelines=_guidelines(refused),
        cookies_today=_today("sender_hash", browsers),
        networks_today=_today("network_hash", networks),
        blocks=_blocks(browsers),
    )
    return {comment.pk: _history(comment, contacts.get(comment.pk), seen) for comment in comments}


def known(comments: Iterable[Comment]) -> set[int]:
    """The primary keys of those of ``comments`` whose browser has another comment that was decided. Two queries."""
    rows = CommentContact.objects.filter(comment__in=comments).exclude(sender_hash="")
    hashes = dict(rows.values_list("comment_id", "sender_hash"))
    decided = CommentContact.objects.filter(sender_hash__in=set(hashes.values()), comment__status__in=DECIDED)
    others = defaultdict(set)
    for sender_hash, pk in decided.values_list("sender_hash", "comment_id"):
        others[sender_hash].add(pk)
    return {pk for pk, sender_hash in hashes.items() if others[sender_hash] - {pk}}


@dataclass(frozen=True)
class _Seen:
    """What was found of all the senders of a page, by their hashes."""

    verdicts: dict[str, Counter]
    guidelines: dict[str, list[tuple[int, str]]]
    cookies_today: dict[str, int]
    networks_today: dict[str, int]
    blocks: dict[str, SenderBlock]


def _history(comment: Comment, contact: CommentContact | None, seen: _Seen) -> History:
    """The part of ``seen`` about one comment's sender, without the comment itself."""
    if contact is None:
        return History()
    browser, network = contact.sender_hash, contact.network_hash
    verdicts = seen.verdicts.get(browser, Counter()) - Counter([comment.status])
    cited = Counter(code for pk, code in seen.guidelines.get(browser, ()) if pk != comment.pk)
    is_of_today = contact.received_at > _yesterday()
    return History(
        approved=verdicts[Status.APPROVED],
        rejected=verdicts[Status.REJECTED] + verdicts[Status.REMOVED],
        by_guideline=dict(sorted(cited.items())),
        same_network_today=max(0, seen.networks_today.get(network, 0) - is_of_today),
        same_cookie_today=max(0, seen.cookies_today.get(browser, 0) - is_of_today),
        block=seen.blocks.get(block_hash(browser)) if browser else None,
    )


def _yesterday() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=1)


def _verdicts(browsers: set[str]) -> dict[str, Counter]:
    """How many comments of each browser stand where."""
    if not browsers:
        return {}
    rows = Comment.objects.filter(contact__sender_hash__in=browsers).order_by()
    counted: defaultdict[str, Counter] = defaultdict(Counter)
    for browser, status, count in rows.values_list("contact__sender_hash", "status").annotate(count=Count("pk")):
        counted[browser][status] = count
    return counted


def _guidelines(browsers: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Which comments of each browser were refused, and stay so, by which guidelines."""
    if not browsers:
        return {}
    refused = CommentContact.objects.filter(sender_hash__in=browsers, comment__status__in=REFUSED).order_by()
    whose = dict(refused.values_list("comment_id", "sender_hash")[:LOOK_AT])
    # By their ids: asked in one query, a database may read every citation there is first.
    cited = CitedGuideline.objects.filter(decision__comment__in=list(whose)).order_by()
    found: defaultdict[str, list] = defaultdict(list)
    for pk, code in cited.values_list("decision__comment_id", "guideline__code").distinct():
        found[whose[pk]].append((pk, code))
    return found


def _today(column: str, hashes: set[str]) -> dict[str, int]:
    """How many comments came in the last day with each hash."""
    if not hashes:
        return {}
    rows = CommentContact.objects.filter(**{f"{column}__in": hashes}, received_at__gt=_yesterday()).order_by()
    return dict(rows.values_list(column).annotate(count=Count("pk")))


def _blocks(browsers: set[str]) -> dict[str, SenderBlock]:
    if not browsers:
        return {}
    hashes = [block_hash(browser) for browser in browsers]
    return {block.hash: block for block in SenderBlock.objects.in_force(timezone.now()).filter(hash__in=hashes)}
