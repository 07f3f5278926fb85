"""How much one sender, and all senders together on one story, may send.

Counted in the database, so a lost cache lifts nothing.

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

from articles.models import Article
from comments.models import Comment, CommentContact, ReportContact, Status
from comments.refusals import TooMany
from comments.senders import Sender, cookie_hash
from newsroom.keys import keyed_hash

WAIT_FOR_DECISIONS = 3600  # seconds; nobody knows when a moderator will have read a sender's waiting comments


def check_comment(article: Article, sender: Sender) -> None:
    """Raise TooMany when one more comment by ``sender`` on ``article`` would pass a limit.

    Call it inside the transaction that stores the comment, after ``one_at_a_time``.
    """
    for contacts, at_most, waiting_at_most in _senders(sender):
        _check_window(contacts, "received_at", at_most, _("You have sent many comments in a short time."))
        waiting = contacts.filter(comment__status=Status.PENDING)
        if waiting[:waiting_at_most].count() >= waiting_at_most:
            raise TooMany(
                _("Many comments of yours are still waiting to be read. Please wait until they are decided."),
                seconds=WAIT_FOR_DECISIONS,
            )
    on_story = Comment.objects.on(article)
    message = _("Very many comments on this story are arriving just now.")
    _check_window(on_story, "submitted_at", settings.NEWSROOM_STORY_COMMENTS, message)


def check_report(sender: Sender) -> None:
    """Raise TooMany when one more report by ``sender`` would pass a limit. Call it like ``check_comment``."""
    message = _("You have sent many reports in a short time.")
    reporters = ReportContact.objects.all()
    if sender.cookie:
        by_cookie = reporters.filter(sender_hash=cookie_hash(sender.cookie))
        _check_window(by_cookie, "received_at", settings.NEWSROOM_SENDER_REPORTS, message)
    by_network = reporters.filter(network_hash__in=sender.network_hashes(since=window_start()))
    _check_window(by_network, "received_at", settings.NEWSROOM_NETWORK_REPORTS, message)


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


def _senders(sender: Sender) -> Iterator[tuple[QuerySet, int, int]]:
    """What is known of ``sender``: their rows, the limit in the window and the cap of waiting comments."""
    contacts = CommentContact.objects.all()
    if sender.cookie:
        by_cookie = contacts.filter(sender_hash=cookie_hash(sender.cookie))
        yield by_cookie, settings.NEWSROOM_SENDER_COMMENTS, settings.NEWSROOM_SENDER_PENDING
    by_network = contacts.filter(network_hash__in=sender.network_hashes(since=window_start()))
    yield by_network, settings.NEWSROOM_NETWORK_COMMENTS, settings.NEWSROOM_NETWORK_PENDING


def _check_window(rows: QuerySet, moment: str, at_most: int, message: str) -> None:
    """Raise TooMany when ``at_most`` of ``rows`` lie in the window; it opens again when the oldest leaves it."""
    start = window_start()
    latest = rows.filter(**{f"{moment}__gt": start}).order_by(f"-{moment}").values_list(moment, flat=True)
    if at_most == 0:
        raise TooMany(message, seconds=settings.NEWSROOM_LIMIT_MINUTES * 60)
    deciding = latest[at_most - 1 : at_most]
    for oldest in deciding:
        raise TooMany(message, seconds=max(1, math.ceil((oldest - start).total_seconds())))
