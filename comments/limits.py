"""How much one sender, and all senders together on one story, may send.

Counted in the database, so a lost cache lifts nothing, and apart from what is forgotten, so an erasure lifts nothing.

A sender is known by two keyed hashes (``comments.senders``): of the browser's cookie, which an honest reader keeps, and
of the network, which may be a whole neighbourhood behind one address. The network's limits are therefore the wide ones.
"""

import datetime
import math
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from comments.checks import Check
from comments.models import Arrival, Comment, CommentContact, ReportContact, Status
from comments.refusals import TooMany
from comments.senders import Sender, cookie_hash
from newsroom.compiled import Compiled
from newsroom.keys import keyed_hash

WAIT_FOR_DECISIONS = 3600  # seconds; nobody knows when a moderator will have read a sender's waiting comments


def of_comments(article: Article, sender: Sender, *, without_proof: bool = False) -> Iterator[Check]:
    """Whether one more comment by ``sender`` on ``article`` would pass a limit: the refusals are TooMany.

    ``without_proof``: the house asks for a proof of work and got none; fewer of those wait at a time.

    Ask inside the transaction that stores the comment, after ``one_at_a_time``. Raises TooMany where a limit is 0.
    """
    start, often = window_start(), gettext_lazy("You have sent many comments in a short time.")
    for column, hashes, at_most, waiting_at_most in _senders(sender):
        yield _in_window(_arrivals, start, often, column, at_most=at_most, known_by=hashes)
        if without_proof:
            waiting_at_most = min(waiting_at_most, settings.NEWSROOM_UNPROVEN_PENDING)
        if not waiting_at_most:
            raise _too_many_waiting()
        yield Check(_waiting.asked(column, waiting_at_most, without_proof, known_by=hashes), _too_many_waiting)
    message = gettext_lazy("Very many comments on this story are arriving just now.")
    yield _in_window(_on_story, start, message, at_most=settings.NEWSROOM_STORY_COMMENTS, story=article.pk)


def _too_many_waiting(_pk: int | None = None) -> TooMany:
    message = _("Many comments of yours are still waiting to be read. Please wait until they are decided.")
    return TooMany(message, seconds=WAIT_FOR_DECISIONS)


@Compiled
def _arrivals(column: str, at_most: int, *, known_by: list[str], since: datetime.datetime) -> QuerySet:
    """Of those that came after ``since``, the ``at_most``-th newest."""
    found = Arrival.objects.filter(**{f"{column}__in": known_by}, received_at__gt=since)
    return _nth(found, "received_at", at_most)


@Compiled
def _on_story(at_most: int, *, story: int, since: datetime.datetime) -> QuerySet:
    return _nth(Comment.objects.on(story).filter(submitted_at__gt=since), "submitted_at", at_most)


@Compiled
def _waiting(column: str, at_most: int, without_proof: bool, *, known_by: list[str]) -> QuerySet:
    """The ``at_most``-th of the comments that wait, if so many do."""
    # Of the sender's comments those that wait, never of all that wait the sender's.
    found = CommentContact.objects.filter(**{f"{column}__in": known_by}, comment__status__no_index=Status.PENDING)
    found = found.filter(without_proof=True) if without_proof else found
    return found.order_by().values_list("pk")[at_most - 1 : at_most]


@Compiled
def _reports(column: str, at_most: int, *, known_by: list[str], since: datetime.datetime) -> QuerySet:
    found = ReportContact.objects.filter(**{f"{column}__in": known_by}, received_at__gt=since)
    return _nth(found, "received_at", at_most)


def of_reports(sender: Sender) -> Iterator[Check]:
    """Whether one more report by ``sender`` would pass a limit. Ask as for ``of_comments``."""
    start, message = window_start(), gettext_lazy("You have sent many reports in a short time.")
    if sender.cookie:
        at_most, known_by = settings.NEWSROOM_SENDER_REPORTS, [cookie_hash(sender.cookie)]
        yield _in_window(_reports, start, message, "sender_hash", at_most=at_most, known_by=known_by)
    at_most, known_by = settings.NEWSROOM_NETWORK_REPORTS, sender.network_hashes(since=start)
    yield _in_window(_reports, start, message, "network_hash", at_most=at_most, known_by=known_by)


def arrival(contact: CommentContact) -> Arrival:
    """What counts the comment of ``contact``, to be stored with both."""
    return Arrival(network_hash=contact.network_hash, sender_hash=contact.sender_hash)


def forget_arrivals() -> int:
    """Delete the arrivals that no window reaches any more; how many."""
    return Arrival.objects.filter(received_at__lte=window_start()).delete()[0]


def one_at_a_time(sender: Sender) -> None:
    """Let the posts of one sender follow each other until the transaction ends, so that each sees those before it.

    On SQLite every writing transaction already waits its turn (BEGIN IMMEDIATE).
    """
    if connection.vendor != "postgresql":
        return
    known_by = [sender.network_hash(), *([cookie_hash(sender.cookie)] if sender.cookie else [])]
    keys = sorted(int.from_bytes(keyed_hash("sender-lock", known)[:8], "big", signed=True) for known in known_by)
    with connection.cursor() as cursor:
        for key in keys:  # in one order everywhere: two senders never wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def window_start() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=settings.NEWSROOM_LIMIT_MINUTES)


def _senders(sender: Sender) -> Iterator[tuple[str, list[str], int, int]]:
    """What ``sender`` is known by: the column and its hashes, the limit in the window and the cap of waiting ones."""
    if sender.cookie:
        by_cookie = [cookie_hash(sender.cookie)]
        yield "sender_hash", by_cookie, settings.NEWSROOM_SENDER_COMMENTS, settings.NEWSROOM_SENDER_PENDING
    by_network = sender.network_hashes(since=window_start())
    yield "network_hash", by_network, settings.NEWSROOM_NETWORK_COMMENTS, settings.NEWSROOM_NETWORK_PENDING


def _nth(rows: QuerySet, moment: str, at_most: int) -> QuerySet:
    """When the ``at_most``-th newest of ``rows`` came, if there are so many."""
    return rows.order_by(f"-{moment}").values_list(moment)[at_most - 1 : at_most]


def _in_window(counted: Compiled, start: datetime.datetime, message: str, *shape, at_most: int, **known_by) -> Check:
    """Refuses when ``at_most`` rows lie in the window; it opens again when the oldest of them leaves it."""
    if at_most == 0:
        raise TooMany(str(message), seconds=settings.NEWSROOM_LIMIT_MINUTES * 60)

    def too_many(oldest: datetime.datetime) -> TooMany:
        return TooMany(str(message), seconds=max(1, math.ceil((oldest - start).total_seconds())))

    return Check(counted.asked(*shape, at_most, since=start, **known_by), too_many)
