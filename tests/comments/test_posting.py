import datetime

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from articles import publishing
from articles.models import Article
from comments import posting, receipts, stamps
from comments.models import Comment, CommentContact, CommentKey
from comments.refusals import CommentRefused
from comments.senders import Sender
from tests.factories import SENDER, make_comment, make_decided, make_story


def send(story, body="Well reported.", *, name="Shilan", stamp=None, sender=SENDER, **circumstances):
    stamp = stamp or stamps.stamp(story.pk)
    return posting.post_comment(story, name=name, body=body, stamp=stamp, sender=sender, **circumstances)


def test_a_comment_is_pending_and_kept_to_the_letter(story):
    body = "  First line\r\n\n\tsecond <b>&amp;</b> \u200f هەولێر e\u0301  \n"
    posted = send(story, body, name="  Şîlan 🌍 ")
    kept = Comment.objects.get()
    assert (kept.status, kept.version, kept.display_name) == ("pending", 0, "  Şîlan 🌍 ")
    assert kept.body == body.replace("\r\n", "\n")
    assert posted.created
    assert receipts.comment_of(posted.token) == kept


def test_a_double_click_stores_one_comment_and_gives_one_receipt(story):
    stamp = stamps.stamp(story.pk)
    first, second = send(story, stamp=stamp), send(story, stamp=stamp)
    assert (first.created, second.created) == (True, False)
    assert (first.token, first.sender_cookie) == (second.token, second.sender_cookie)
    assert (Comment.objects.count(), CommentKey.objects.count(), CommentContact.objects.count()) == (1, 1, 1)


def test_a_slow_double_click_that_already_carries_the_new_cookie_stores_one_comment(story):
    stamp = stamps.stamp(story.pk)
    first = send(story, stamp=stamp)
    with_cookie = Sender(SENDER.network, first.sender_cookie, SENDER.user_agent)
    second = send(story, stamp=stamp, sender=with_cookie)
    assert (second.created, second.token) == (False, first.token)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("meanwhile", ["withdrawn", "closed", "at the limit"])
def test_a_second_click_gives_the_first_comment_whatever_changed_between(story, editor, settings, meanwhile):
    stamp = stamps.stamp(story.pk)
    first = send(story, stamp=stamp)
    if meanwhile == "withdrawn":
        publishing.withdraw(story, by=editor, reason="It was wrong.")
    elif meanwhile == "closed":
        Article.objects.filter(pk=story.pk).update(comments_open=False)
    else:
        settings.NEWSROOM_NETWORK_COMMENTS = 1
    second = send(story, stamp=stamp)
    assert (second.created, second.token, Comment.objects.count()) == (False, first.token, 1)
    with pytest.raises(CommentRefused):
        send(story, "Another text.", stamp=stamp)


def test_a_post_asks_as_little_however_much_there_is(story, django_assert_num_queries):
    """A savepoint's two ends, whether comments are open, everything that could refuse it, and five rows.

    PostgreSQL is asked besides to let the posts of one sender follow each other.
    """
    cost = 2 + 1 + 1 + 5 + (connection.vendor == "postgresql")
    send(story, "One.")
    with django_assert_num_queries(cost):
        send(story, "Two.")
    for number in range(15):
        make_comment(story, f"Remark {number}")
    with django_assert_num_queries(cost):
        send(story, "Many.")


def test_two_readers_of_one_cached_page_with_the_same_text_are_two_comments(story):
    stamp = stamps.stamp(story.pk)
    senders = [Sender("192.0.2.0/24", "a", "x"), Sender("192.0.2.0/24", "b", "x"), Sender("198.51.100.0/24", "", "x")]
    tokens = {send(story, stamp=stamp, sender=sender).token for sender in senders}
    assert (Comment.objects.count(), len(tokens)) == (3, 3)


def test_no_address_is_stored(story):
    posted = send(story, sender=Sender("192.0.2.0/24", "the-cookie", "x"))
    contact = posted.comment.contact
    stored = " ".join(str(value) for row in (contact, posted.comment) for value in vars(row).values())
    assert "192.0.2" not in stored
    assert "the-cookie" not in stored
    assert len(contact.network_hash) == len(contact.sender_hash) == 64


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("", "text", "required"),
        (" \t", "text", "required"),
        ("\u3164", "text", "required"),
        ("Shilan", "", "required"),
        ("Shilan", " \n\u200b\u2060 ", "required"),
        ("Shilan", "x" * 10_001, "too_long"),
        ("x" * 81, "text", "too_long"),
        ("Shilan", "a\x00b", "control_character"),
        ("Shilan", "a\x1bb", "control_character"),
        ("Shilan", "a\x85b", "control_character"),
        ("Shilan", "a\rb", "control_character"),
        ("Shilan", "a\ud800b", "control_character"),
        ("Shi\nlan", "text", "control_character"),
        ("Shi\tlan", "text", "control_character"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_and_nothing_is_stored(story, name, body, code):
    with pytest.raises(ValidationError) as refused:
        send(story, body, name=name)
    assert refused.value.code == code
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("body", ["x" * 10_000, "\r\n" * 4_999 + "ab", "🌍" * 10_000, "tab\there\nline"])
def test_text_at_the_limit_is_kept_whole(story, body):
    assert send(story, body).comment.body == body.replace("\r\n", "\n")


def test_a_story_that_is_not_public_takes_no_comment(story, editor):
    publishing.withdraw(story, by=editor, reason="A doubt.")
    with pytest.raises(posting.StoryNotPublic):
        send(story)
    assert Comment.objects.count() == 0


def test_a_story_whose_comments_are_closed_takes_none(story):
    type(story).objects.update(comments_open=False)
    with pytest.raises(posting.CommentsClosed):
        send(story)
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("forged", ["", "1", "1:abc:def", "garbage"])
def test_a_forged_stamp_is_refused(story, forged):
    with pytest.raises(stamps.StampForged):
        stamps.check_stamp(forged, story.pk)


def test_a_stamp_of_another_story_is_refused(story):
    with pytest.raises(stamps.StampForged):
        send(story, stamp=stamps.stamp(story.pk + 1))
    assert Comment.objects.count() == 0


def test_a_stamp_is_good_for_seven_days(story, monkeypatch):
    stamp = stamps.stamp(story.pk)
    sent_at = signing.time.time()
    day = datetime.timedelta(days=1).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: sent_at + 7 * day - 5)
    stamps.check_stamp(stamp, story.pk)
    monkeypatch.setattr(signing.time, "time", lambda: sent_at + 7 * day + 5)
    with pytest.raises(stamps.StampExpired):
        stamps.check_stamp(stamp, story.pk)


def test_only_a_public_comment_of_the_same_story_can_be_replied_to(story, moderator):
    waiting = make_comment(story)
    with pytest.raises(posting.ParentNotPublic):
        send(story, parent=waiting)
    shown = make_decided(story, "approved", by=moderator)
    reply = send(story, parent=shown).comment
    assert (reply.parent, reply.thread) == (shown, shown)


def test_a_reply_to_a_reply_belongs_to_the_same_thread(story, moderator):
    first = make_decided(story, "approved", by=moderator)
    second = make_decided(story, "approved", by=moderator, parent=first)
    third = send(story, "And more.", parent=second).comment
    assert (third.parent, third.thread) == (second, first)


def test_a_contact_has_an_end(story, settings):
    settings.NEWSROOM_CONTACT_WAITING_DAYS = 3
    expires_at = send(story).comment.contact.expires_at
    assert datetime.timedelta(days=2) < expires_at - timezone.now() <= datetime.timedelta(days=3)


@pytest.mark.parametrize("fate", ["pending", "approved", "rejected on another story"])
def test_only_a_rejected_comment_of_the_same_story_is_sent_again(story, editor, moderator, fate):
    if fate == "pending":
        earlier = make_comment(story)
    elif fate == "approved":
        earlier = make_decided(story, "approved", by=moderator)
    else:
        earlier = make_decided(make_story(by=editor), "rejected", by=moderator, guidelines=["abuse"])
    with pytest.raises(posting.NotRejected):
        send(story, resubmission_of=earlier)
    assert Comment.objects.count() == 1
