import datetime

import pytest
from django.utils import timezone

from moderation import pauses
from moderation.pauses import Stretch, stretch_of
from tests.factories import make_comment, make_decided

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


def decisions(*seconds: int, hints: str = "") -> list:
    """Decisions so many seconds before now, newest first."""
    return [(NOW - datetime.timedelta(seconds=ago), hints) for ago in seconds]


def test_a_stretch_ends_where_nothing_was_decided_for_five_minutes():
    assert stretch_of([], now=NOW) == Stretch()
    assert stretch_of(decisions(10, 20, 30), now=NOW).decisions == 3
    assert stretch_of(decisions(10, 20, 321), now=NOW).decisions == 2
    assert stretch_of(decisions(301), now=NOW) == Stretch()


def test_only_the_time_of_hard_ones_counts_as_hard():
    mixed = [(NOW - datetime.timedelta(seconds=ago), hints) for ago, hints in [(0, "term:abuse"), (60, ""), (100, "x")]]
    assert stretch_of(mixed, now=NOW) == Stretch(3, datetime.timedelta(seconds=60))


@pytest.fixture
def desk(as_, moderator, story, settings):
    settings.NEWSROOM_PAUSE_DECISIONS = 2
    client = as_(moderator)
    make_comment(story, "Left to read")
    return client


def test_a_pause_is_proposed_after_many_decisions_and_put_away(desk, story, moderator):
    make_decided(story, "approved", by=moderator, body="one")
    assert "without a pause" not in desk.get("/desk/").text
    make_decided(story, "approved", by=moderator, body="two")
    assert "You have decided 2 comments without a pause" in desk.get("/desk/").text
    assert "You have decided 2 comments without a pause" in desk.get("/desk/working/").text
    response = desk.post("/desk/pause/", {"next": "/desk/?language=en"})
    assert response["Location"] == "/desk/?language=en"
    assert "without a pause" not in desk.get("/desk/").text
    for word in ("three", "four"):
        make_decided(story, "approved", by=moderator, body=word)
    assert "You have decided 2 comments without a pause" in desk.get("/desk/").text


def test_a_decision_is_answered_with_the_reminder(desk, story, settings):
    """The page may hold all its cards already, so that no other answer comes."""
    said = []
    for text in ("one", "two"):
        comment = make_comment(story, text)
        address = f"/desk/comments/{comment.pk}/approve/"
        answer = desk.post(address, {"seen_version": 0}, headers={"accept": "application/json"}).json()
        said.append(answer["pause"])
    assert said[0] == ""
    assert said[1].startswith("You have decided 2 comments without a pause")


def test_nobody_elses_decisions_count(desk, story, moderator2):
    for word in ("one", "two", "three"):
        make_decided(story, "approved", by=moderator2, body=word)
    assert "without a pause" not in desk.get("/desk/").text


def test_hard_reading_counts_by_minutes_and_zero_switches_reminders_off(desk, settings, monkeypatch, moderator, rf):
    settings.NEWSROOM_PAUSE_HARD_MINUTES = 3
    monkeypatch.setattr(pauses, "stretch_of", lambda rows, now: Stretch(1, datetime.timedelta(minutes=4)))
    assert "hard comments for 4 minutes" in desk.get("/desk/").text
    settings.NEWSROOM_PAUSE_HARD_MINUTES = 5
    assert "hard comments" not in desk.get("/desk/").text
    settings.NEWSROOM_PAUSE_HARD_MINUTES = settings.NEWSROOM_PAUSE_DECISIONS = 0
    monkeypatch.setattr(pauses, "stretch_of", lambda rows, now: Stretch(999, datetime.timedelta(minutes=999)))
    assert "pause helps" not in desk.get("/desk/").text
    assert timezone.now()


def test_a_script_puts_it_away_without_a_page(desk):
    assert desk.post("/desk/pause/", headers={"accept": "application/json"}).json() == {}
    assert desk.get("/desk/pause/").status_code == 405
