"""Limits hold in the database; every number is set here, whatever an installation chose."""

import contextlib
import datetime
import threading

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from comments import limits, posting, retention, stamps
from comments.erasure import erase
from comments.models import Arrival, Comment, CommentContact, Erasure, ReportContact
from comments.senders import Sender
from comments.withdrawal import withdraw
from moderation.decisions import decide
from tests.comments.test_reporting import report
from tests.comments.test_views import post
from tests.factories import make_comment, make_decided, make_story
from tests.moderation.test_races import race

SHILAN = Sender("192.0.2.0/24", "cookie-of-shilan", "x")
OTHERS = [Sender(f"198.51.{number}.0/24", f"cookie-{number}", "x") for number in range(2)]


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.NEWSROOM_LIMIT_MINUTES = 10
    settings.NEWSROOM_SENDER_COMMENTS = 3
    settings.NEWSROOM_NETWORK_COMMENTS = 5
    settings.NEWSROOM_STORY_COMMENTS = 8
    settings.NEWSROOM_SENDER_PENDING = settings.NEWSROOM_NETWORK_PENDING = 1000


def received(minutes: float, *comments: Comment) -> None:
    """Let ``comments`` have arrived ``minutes`` ago. An arrival names no comment: they are in one order."""
    at = timezone.now() - datetime.timedelta(minutes=minutes)
    of_each = dict(zip(Comment.objects.order_by("pk"), Arrival.objects.order_by("pk"), strict=True))
    Arrival.objects.filter(pk__in=[of_each[comment].pk for comment in comments]).update(received_at=at)


def test_a_sender_may_send_so_many_in_the_window_and_then_waits_for_the_oldest_to_leave_it(story):
    oldest = make_comment(story, "One", sender=SHILAN)
    make_comment(story, "Two", sender=SHILAN)
    make_comment(story, "Three", sender=SHILAN)
    received(8, oldest)
    with pytest.raises(posting.TooMany) as limit:
        make_comment(story, "Four", sender=SHILAN)
    assert 115 <= limit.value.seconds <= 120
    received(10.1, oldest)
    assert make_comment(story, "Four", sender=SHILAN).pk
    assert Comment.objects.count() == 4


def test_a_cookie_is_known_in_every_network(story):
    for number in range(3):
        make_comment(story, f"Remark {number}", sender=Sender(f"198.51.{number}.0/24", "cookie-of-shilan", "x"))
    with pytest.raises(posting.TooMany):
        make_comment(story, "Four", sender=Sender("203.0.113.0/24", "cookie-of-shilan", "x"))


def test_throwing_the_cookie_away_leaves_the_network_s_limit(story):
    for number in range(5):
        make_comment(story, f"Remark {number}", sender=Sender("192.0.2.0/24", "", "x"))
    with pytest.raises(posting.TooMany):
        make_comment(story, "Six", sender=Sender("192.0.2.0/24", "a fresh one", "x"))
    assert make_comment(story, "Six", sender=Sender("198.51.100.0/24", "", "x")).pk


def test_midnight_does_not_open_the_window(story, monkeypatch):
    before = datetime.datetime(2026, 3, 1, 23, 59, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: before)
    story = make_story(by=story.created_by, at=before - datetime.timedelta(days=1))
    for number in range(5):
        make_comment(story, f"Remark {number}", sender=Sender("192.0.2.0/24", "", "x"))
    monkeypatch.setattr(timezone, "now", lambda: before + datetime.timedelta(minutes=2))
    with pytest.raises(posting.TooMany):
        make_comment(story, "Six", sender=Sender("192.0.2.0/24", "", "x"))
    monkeypatch.setattr(timezone, "now", lambda: before + datetime.timedelta(minutes=11))
    assert make_comment(story, "Six", sender=Sender("192.0.2.0/24", "", "x")).pk


def test_a_story_takes_so_many_from_everybody_together(story):
    for number in range(8):
        make_comment(story, f"Remark {number}", sender=Sender(f"198.51.{number}.0/24", "", "x"))
    with pytest.raises(posting.TooMany):
        make_comment(story, "Nine", sender=Sender("203.0.113.0/24", "", "x"))
    other = make_story(by=story.created_by, slug="another")
    assert make_comment(other, "Nine", sender=Sender("203.0.113.0/24", "", "x")).pk


def test_only_so_many_of_a_sender_wait_at_a_time_and_a_decision_makes_room(story, moderator, settings):
    settings.NEWSROOM_SENDER_PENDING = 2
    first = make_comment(story, "One", sender=SHILAN)
    make_comment(story, "Two", sender=SHILAN)
    with pytest.raises(posting.TooMany) as limit:
        make_comment(story, "Three", sender=SHILAN)
    assert limit.value.seconds == 3600
    decide(first, "approved", moderator=moderator, seen_version=0)
    assert make_comment(story, "Three", sender=SHILAN).pk


def test_only_so_many_of_a_network_wait_at_a_time(story, settings):
    settings.NEWSROOM_NETWORK_PENDING = 2
    make_comment(story, "One")
    make_comment(story, "Two")
    with pytest.raises(posting.TooMany):
        make_comment(story, "Three")


def test_a_double_click_at_the_limit_still_leads_to_its_receipt(reader, story, settings):
    settings.NEWSROOM_SENDER_COMMENTS = 1
    stamp = stamps.stamp(story.pk)
    first, second = post(reader, story, stamp=stamp), post(reader, story, stamp=stamp)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]


def test_the_reader_gets_429_the_seconds_to_wait_and_the_text_back_in_the_form(reader, story):
    for number in range(3):
        assert post(reader, story, comment=f"Remark {number}").status_code == 303
    response = post(reader, story, comment="A <long> thought")
    assert response.status_code == 429
    assert 590 <= int(response["Retry-After"]) <= 600
    assert response["Cache-Control"] == "private, no-store"
    assert "A &lt;long&gt; thought</textarea>" in response.text
    assert "in 10 minutes" in response.text
    assert Comment.objects.count() == 3


def test_limits_hold_when_the_cache_is_down(reader, story, settings, monkeypatch):
    def down(*_args, **_options):
        raise ConnectionError("the cache is down")

    for verb in ("get", "set", "add", "incr", "get_many", "set_many", "delete"):
        monkeypatch.setattr(type(caches["default"]), verb, down)
    answers = [post(reader, story, comment=f"Remark {number}").status_code for number in range(5)]
    assert answers == [303, 303, 303, 429, 429]


def test_the_same_text_again_leads_its_own_author_to_the_receipt(reader, story):
    first = post(reader, story, comment="The very same")
    again = post(reader, story, comment="The very same", name="Another name", stamp=later_stamp(story))
    assert again.status_code == 409
    assert first["Location"].removesuffix("#main") in again.text
    assert again["Cache-Control"] == "private, no-store"
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("cookie", ["", "another reader's own"])
def test_the_same_text_of_somebody_else_leads_nowhere(reader, story, cookie):
    first = post(reader, story, comment="The very same")
    somebody = Client(HTTP_USER_AGENT="other")
    if cookie:
        somebody.cookies["sender"] = cookie
    other = post(somebody, story, comment="The very same")
    assert (other.status_code, Comment.objects.count()) == (303, 2)
    assert other["Location"] != first["Location"]


def test_a_decided_text_leads_to_its_receipt_too(reader, story, moderator):
    first = post(reader, story, comment="Buy now")
    decide(Comment.objects.get(), "rejected", moderator=moderator, seen_version=0, guidelines=["promotion"])
    again = post(reader, story, comment="Buy now", stamp=later_stamp(story))
    assert (again.status_code, first["Location"].removesuffix("#main") in again.text) == (409, True)


def later_stamp(story) -> str:
    """The stamp of a page made in another second than now."""
    from unittest import mock

    from django.core import signing

    at = signing.time.time() + 5
    with mock.patch.object(signing.time, "time", lambda: at):
        return stamps.stamp(story.pk)


@pytest.mark.django_db(transaction=True)
def test_racing_posts_of_one_sender_never_pass_the_limit(story, settings):
    settings.NEWSROOM_NETWORK_COMMENTS = settings.NEWSROOM_STORY_COMMENTS = 20
    stamp = stamps.stamp(story.pk)

    def worker(job, number):
        sender = Sender("192.0.2.0/24", "", f"browser {number}")
        try:
            posting.post_comment(story, name="S", body=f"{job} {number}", stamp=stamp, sender=sender)
        except posting.TooMany:
            return "refused"
        return "taken"

    outcomes = race(worker, 15, 4)
    print(f"\n{connection.vendor}: 60 raced posts, {outcomes.count('taken')} taken at a limit of 20")
    assert (outcomes.count("taken"), Comment.objects.count()) == (20, 20)


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "taken"), [(True, 1), (False, 4)])
def test_without_the_lock_racing_posts_would_pass_the_limit(story, settings, monkeypatch, is_locked, taken):
    """Four posts of one network at a limit of one, each kept waiting between counting and storing."""
    settings.NEWSROOM_NETWORK_COMMENTS = 1
    together, count = threading.Barrier(4), posting.refusals

    def counted_together(checks):
        found = count(checks)
        with contextlib.suppress(threading.BrokenBarrierError):  # whoever holds the lock waits here alone
            together.wait(timeout=1)
        return found

    monkeypatch.setattr(posting, "refusals", counted_together)
    if not is_locked:
        monkeypatch.setattr(limits, "one_at_a_time", lambda _sender: None)
    stamp = stamps.stamp(story.pk)

    def worker(_job, number):
        sender = Sender("192.0.2.0/24", "", f"browser {number}")
        try:
            posting.post_comment(story, name="S", body=f"Remark {number}", stamp=stamp, sender=sender)
        except posting.TooMany:
            return "refused"
        return "taken"

    assert race(worker, 1, 4).count("taken") == taken


def fill_the_window(story) -> list[Comment]:
    return [make_comment(story, f"Remark {number}", sender=SHILAN) for number in range(3)]


def take_all_back(comments):
    for comment in comments:
        withdraw(comment)


def erase_all(comments):
    for comment in comments:
        erase(comment, cause=Erasure.Cause.REQUEST)


def purge_all(_comments):
    CommentContact.objects.update(expires_at=timezone.now())
    retention.purge()
    assert CommentContact.objects.count() == 0


@pytest.mark.parametrize("forget", [take_all_back, erase_all, purge_all])
def test_forgetting_frees_no_limit_and_blocks_nobody_else(story, forget):
    forget(fill_the_window(story))
    with pytest.raises(posting.TooMany):
        make_comment(story, "Four", sender=SHILAN)
    assert make_comment(story, "Mine", sender=Sender("203.0.113.0/24", "cookie-of-azad", "x")).pk


def test_an_arrival_names_no_comment_and_goes_with_its_window(story):
    fill_the_window(story)
    assert {field.name for field in Arrival._meta.fields} == {"id", "network_hash", "sender_hash", "received_at"}
    retention.purge()
    assert Arrival.objects.count() == 3
    Arrival.objects.update(received_at=timezone.now() - datetime.timedelta(minutes=11))
    retention.purge()
    assert Arrival.objects.count() == 0


def test_a_purge_frees_no_limit_of_reports(reader, story, moderator, settings):
    settings.NEWSROOM_SENDER_REPORTS, settings.NEWSROOM_CONTACT_DAYS = 1, 0
    shown = [make_decided(story, "approved", by=moderator, body=f"Remark {n}", sender=OTHERS[n]) for n in range(2)]
    assert report(reader, shown[0]).status_code == 303
    retention.purge()
    assert report(reader, shown[1]).status_code == 429
    ReportContact.objects.update(received_at=timezone.now() - datetime.timedelta(minutes=11))
    retention.purge()
    assert ReportContact.objects.count() == 0


def test_the_window_is_read_from_an_index(story):
    contacts = Arrival.objects.filter(sender_hash="x", received_at__gt=timezone.now()).order_by("-received_at")
    arrivals = Comment.objects.on(story).filter(submitted_at__gt=timezone.now()).order_by("-submitted_at")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "arrival_by_sender" in contacts.values("received_at")[9:10].explain()
    assert "comment_arrivals" in arrivals.values("submitted_at")[9:10].explain()
