import datetime
import time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments import opening, posting
from comments.models import Comment, CommentPolicy
from newsroom import pages
from newsroom.settings import hours
from tests.comments.test_views import post
from tests.factories import make_comment
from tests.newsroom.test_pages import Site


def baghdad(hour: int, minute: int = 0, day: int = 2) -> datetime.datetime:
    """A time on the house's clock, three hours before UTC."""
    return datetime.datetime(2026, 3, day, hour, minute, tzinfo=datetime.timezone(datetime.timedelta(hours=3)))


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.TIME_ZONE = "Asia/Baghdad"
    settings.NEWSROOM_TIME_ZONE_CITY = "Erbil"


def close_story(story, settings):
    type(story).objects.update(comments_open=False)


def close_section(story, settings):
    type(story.section).objects.update(comments_open=False)


def pause(story, settings):
    CommentPolicy(is_paused=True, reason="Back on Sunday.").save()


def grow_old(story, settings):
    settings.NEWSROOM_COMMENT_DAYS = 3
    at = story.first_published_at - datetime.timedelta(days=3)
    type(story).objects.update(first_published_at=at)


def end_the_day(story, settings):
    now = opening.timezone.localtime(None, ZoneInfo("Asia/Baghdad"))
    opens, closes = (f"{(now.hour + hours_on) % 24:02}:00" for hours_on in (2, 3))
    settings.NEWSROOM_READING_HOURS = {"en": f"{opens}-{closes}"}
    settings.NEWSROOM_CLOSE_OUTSIDE_HOURS = True


@pytest.mark.parametrize(
    ("close", "reason"),
    [
        (close_story, "Comments on this story are closed."),
        (close_section, "Stories of this section take no comments."),
        (pause, "Back on Sunday."),
        (grow_old, "Comments are closed 3 days after a story appears."),
        (end_the_day, "Erbil time."),
    ],
)
def test_a_closed_story_says_why_and_takes_nothing(reader, story, settings, close, reason):
    close(story, settings)
    page = reader.get(story.get_absolute_url()).text
    assert reason in page
    assert "<form" not in page.split('id="comments"')[1]
    with pytest.raises(posting.CommentsClosed, match=reason):
        make_comment(story)
    refused = post(reader, story, comment="A long thought")
    assert refused.status_code == 403
    assert reason in refused.text
    assert "A long thought" in refused.text
    assert Comment.objects.count() == 0


def test_an_open_story_has_no_reason(story):
    assert opening.why_closed(story) is None
    assert opening.closes_at(story) is None
    assert opening.next_change(story) is None


def test_a_story_closes_to_the_second(story, settings):
    settings.NEWSROOM_COMMENT_DAYS = 3
    ends = story.first_published_at + datetime.timedelta(days=3)
    assert opening.why_closed(story, ends - datetime.timedelta(seconds=1)) is None
    assert opening.why_closed(story, ends) is not None
    assert opening.next_change(story) == ends


@pytest.mark.parametrize(
    ("span", "at", "is_read"),
    [
        ("07:00-23:00", baghdad(6, 59), False),
        ("07:00-23:00", baghdad(7), True),
        ("07:00-23:00", baghdad(22, 59), True),
        ("07:00-23:00", baghdad(23), False),
        ("20:00-02:00", baghdad(1, 59), True),
        ("20:00-02:00", baghdad(2), False),
        ("20:00-02:00", baghdad(21), True),
    ],
)
def test_reading_hours_are_on_the_house_s_clock(settings, span, at, is_read):
    settings.NEWSROOM_READING_HOURS = {"ckb": span}
    assert opening.is_read_now("ckb", at) is is_read
    assert opening.is_read_now("en", at) is True


def test_outside_the_hours_a_comment_is_taken_and_the_wait_is_said(reader, story, settings):
    settings.NEWSROOM_READING_HOURS = {"en": "07:00-23:00"}
    assert opening.waiting_note("en", baghdad(12)) == "Comments are read 07:00–23:00, Erbil time."
    assert opening.waiting_note("en", baghdad(3)) == (
        "Comments are read 07:00–23:00, Erbil time. Yours will be stored now and read from 07:00."
    )
    assert opening.waiting_note("ar", baghdad(3)) is None
    assert "Comments are read 07:00–23:00, Erbil time." in reader.get(story.get_absolute_url()).text
    assert post(reader, story).status_code == 303


def test_the_next_change_is_the_next_hour_that_opens_or_closes(story, settings):
    settings.NEWSROOM_READING_HOURS = {"en": "07:00-23:00"}
    assert opening.next_change(story, baghdad(6)) == baghdad(7)
    assert opening.next_change(story, baghdad(12)) == baghdad(23)
    assert opening.next_change(story, baghdad(23)) == baghdad(7, day=3)


def test_the_policy_is_one_row_that_leads_change(story, as_, lead, moderator):
    address = "/admin/comments/commentpolicy/"
    assert as_(moderator).get(address).status_code == 403
    browser = as_(lead)
    assert browser.post(f"{address}add/", {"is_paused": "on", "reason": ""}).status_code == 302
    assert opening.why_closed(story) == "Comments are paused on the whole site for now."
    assert browser.get(f"{address}add/").status_code == 403
    assert browser.post(f"{address}1/change/", {"reason": ""}).status_code == 302
    assert opening.why_closed(story) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        CommentPolicy.objects.bulk_create([CommentPolicy(pk=2)])


@pytest.mark.parametrize("written", [{"en": "7-23"}, {"xx": "07:00-23:00"}, {"en": "07:00-07:00"}, {"en": "07:00"}])
def test_hours_that_are_none_stop_the_start(written):
    with pytest.raises(ImproperlyConfigured):
        hours(written)


@pytest.fixture
def site(settings, tmp_path, transactional_db):
    settings.NEWSROOM_PAGES_DIR = tmp_path / "pages"
    return Site(pages.configured_store())


def test_a_stored_page_ends_when_the_clock_closes_its_comments(site, story, settings, monkeypatch):
    settings.NEWSROOM_COMMENT_DAYS = 3
    closes = timezone.now() + datetime.timedelta(minutes=10)
    type(story).objects.update(first_published_at=closes - datetime.timedelta(days=3))
    story.refresh_from_db()
    address, form = story.get_absolute_url(), b'name="comment"'
    assert form in site.get(address)["body"]

    before, after = (closes + datetime.timedelta(seconds=seconds) for seconds in (-1, 1))
    monkeypatch.setattr(time, "time", before.timestamp)
    assert form in site.get(address)["body"]
    assert site.rendered == 1
    monkeypatch.setattr(time, "time", after.timestamp)
    monkeypatch.setattr(opening, "timezone", SimpleNamespace(now=lambda: after))
    page = site.get(address)["body"]
    assert site.rendered == 2
    assert form not in page
    assert b"Comments are closed 3 days after a story appears." in page


def test_a_stored_page_ends_when_the_moderators_hours_begin(site, story, settings, monkeypatch):
    now = timezone.localtime(None, ZoneInfo("Asia/Baghdad"))
    opens = (now + datetime.timedelta(minutes=2)).replace(second=0, microsecond=0)
    closes = opens + datetime.timedelta(hours=2)
    settings.NEWSROOM_READING_HOURS = {"en": f"{opens:%H:%M}-{closes:%H:%M}"}
    address, not_yet = story.get_absolute_url(), b"Yours will be stored now and read from"
    assert not_yet in site.get(address)["body"]
    after = opens + datetime.timedelta(seconds=1)
    monkeypatch.setattr(time, "time", after.timestamp)
    monkeypatch.setattr(opening, "timezone", SimpleNamespace(now=lambda: after))
    assert not_yet not in site.get(address)["body"]


def test_a_pause_and_its_end_are_seen_on_stored_pages_at_once(site, story):
    address = story.get_absolute_url()
    assert b'name="comment"' in site.get(address)["body"]
    CommentPolicy(is_paused=True, reason="Back on Sunday.").save()
    assert b"Back on Sunday." in site.get(address)["body"]
    CommentPolicy(is_paused=False).save()
    assert b'name="comment"' in site.get(address)["body"]


def test_a_page_holds_until_the_first_of_what_it_was_told(rf):
    request, first, later = rf.get("/"), baghdad(7), baghdad(23)
    assert pages.earliest(request, None) is None
    for moment in (later, None, first):
        pages.holds_until(request, moment)
    assert pages.earliest(request, later) == first
    assert pages.earliest(request, baghdad(6)) == baghdad(6)
