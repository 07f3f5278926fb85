"""Replies of the newsroom: signed in, read by another moderator, and known by a badge no name can make."""

import pytest
from django.core import signing
from django.test import Client

from comments import posting, receipts, stamps
from comments.models import Comment
from comments.senders import staff_sender
from moderation import appeals
from moderation.decisions import OwnReply, decide, decide_many
from newsroom.roles import Role
from tests.comments.test_views import post
from tests.factories import SENDER, make_comment, make_decided, make_story, make_user

BADGE = '<span class="staff-badge">Newsroom</span>'


@pytest.fixture
def approved(story, moderator):
    return make_decided(story, "approved", by=moderator, body="When will the bridge open?")


@pytest.fixture
def dana(db):
    person = make_user("dana", Role.REPORTER)
    person.first_name, person.last_name = "Dana", "Reporter"
    person.save()
    return person


def address(comment: Comment) -> str:
    return f"/admin/comments/comment/{comment.pk}/answer/"


def send(client, comment: Comment, text="On Monday, the city says.", name="Dana Reporter", **changes):
    fields = {"name": name, "comment": text, "stamp": stamps.stamp(comment.article_id), **changes}
    body = "&".join(f"{key}={value}" for key, value in fields.items() if value is not None)
    return client.post(address(comment), body, content_type="application/x-www-form-urlencoded")


def test_a_reply_of_the_newsroom_waits_and_is_shown_with_its_badge_once_approved(
    as_, dana, reader, story, approved, moderator
):
    browser = as_(dana)
    page = browser.get(address(approved)).text
    assert "When will the bridge open?" in page
    response = send(browser, approved)
    assert (response.status_code, response["Location"]) == (302, address(approved))

    reply = Comment.objects.get(staff=dana)
    assert (reply.parent, reply.thread, reply.display_name, reply.status) == (
        approved,
        approved,
        "Dana Reporter",
        "pending",
    )
    assert "On Monday" not in reader.get(story.get_absolute_url()).text
    page = browser.get(address(approved)).text
    assert "Your reply waits for a moderator." in page
    assert receipts.token_of(reply.nonce) in page

    decide(reply, "approved", moderator=moderator, seen_version=0)
    shown = reader.get(story.get_absolute_url()).text
    assert f"<bdi>Dana Reporter</bdi></h3> {BADGE}" in shown
    assert shown.count(BADGE) == 1
    assert 'class="comment comment-of-staff"' in shown


def test_the_name_is_chosen_and_never_typed(as_, dana, approved, settings):
    browser = as_(dana)
    assert send(browser, approved, name="Somebody Else").status_code == 400
    assert Comment.objects.filter(staff=dana).count() == 0
    send(browser, approved, name=settings.NEWSROOM_NAME)
    assert Comment.objects.get(staff=dana).display_name == settings.NEWSROOM_NAME


@pytest.mark.parametrize(
    "name",
    [
        "Dana Reporter",
        "Dana Reporter Newsroom",
        '</bdi></h3> <span class="staff-badge">Newsroom</span>',
        "Dana Reporter ✓",
        "Dana\u202e Newsroom",
        "🅝🅔🅦🅢🅡🅞🅞🅜 Dana",
    ],
)
def test_no_name_and_no_field_of_a_reader_makes_a_badge(reader, story, moderator, dana, name):
    post(reader, story, name=name, extra={"staff": str(dana.pk), "is_of_staff": "1", "staff_id": str(dana.pk)})
    comment = Comment.objects.get()
    assert comment.staff is None
    decide(comment, "approved", moderator=moderator, seen_version=0)
    page = reader.get(story.get_absolute_url()).text
    assert "staff-badge" not in page.replace("&quot;staff-badge&quot;", "")
    assert "comment-of-staff" not in page


def test_nobody_decides_about_their_own_reply(story, approved, moderator, moderator2):
    posted = posting.post_comment(
        story,
        name="The Maidan",
        body="On Monday.",
        stamp=stamps.stamp(story.pk),
        sender=staff_sender(moderator),
        parent=approved,
        staff=moderator,
    )
    own, other = posted.comment, make_comment(story)
    for verdict, guidelines in (("approved", []), ("rejected", ["abuse"])):
        with pytest.raises(OwnReply, match=f"You wrote comment {own.pk}"):
            decide(own, verdict, moderator=moderator, seen_version=0, guidelines=guidelines)
    with pytest.raises(OwnReply):
        decide_many([(other, 0), (own, 0)], "approved", moderator=moderator)
    assert list(Comment.objects.pending().order_by("pk")) == [own, other]
    decide(own, "approved", moderator=moderator2, seen_version=0)


def test_nobody_decides_an_appeal_about_their_own_reply(as_, story, approved, moderator, lead):
    lead2 = make_user("lead2", Role.MODERATION_LEAD)
    posted = posting.post_comment(
        story,
        name="The Maidan",
        body="On Monday.",
        stamp=stamps.stamp(story.pk),
        sender=staff_sender(lead),
        parent=approved,
        staff=lead,
    )
    decide(posted.comment, "rejected", moderator=moderator, seen_version=0, guidelines=["abuse"])
    appeal = appeals.appeal(Comment.objects.get(pk=posted.comment.pk), written="It is on Monday.")
    assert [appeal in appeals.open_to(person) for person in (lead, lead2)] == [False, True]
    with pytest.raises(OwnReply):
        appeals.settle(appeal, "overturned", by=lead)
    answer = as_(lead).post(f"/desk/appeals/{appeal.pk}/", {"outcome": "overturned"})
    assert answer.status_code == 403
    assert "You wrote comment" in answer.text
    appeals.settle(appeal, "overturned", by=lead2)
    assert Comment.objects.get(pk=posted.comment.pk).status == "approved"


def test_who_may_not_reply_for_the_newsroom_cannot_by_the_verb_either(story, approved, admin_person, stranger):
    for person in (admin_person, stranger):
        with pytest.raises(posting.NotOfTheNewsroom):
            posting.post_comment(
                story,
                name="The Maidan",
                body="On Monday.",
                stamp=stamps.stamp(story.pk),
                sender=SENDER,
                parent=approved,
                staff=person,
            )


def test_what_is_not_public_cannot_be_answered(as_, dana, story, moderator):
    browser = as_(dana)
    waiting = make_comment(story)
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Other")
    for comment in (waiting, rejected):
        assert browser.get(address(comment)).status_code == 404
        assert send(browser, comment).status_code == 404


def test_a_refused_reply_comes_back_with_its_text_and_a_reason(as_, dana, story, approved):
    browser = as_(dana)
    assert "Please write something here" in send(browser, approved, text="").text
    assert send(browser, approved, text="x" * 10_001).status_code == 400
    type(story).objects.filter(pk=story.pk).update(comments_open=False)
    closed = send(browser, approved, text="My long thought")
    assert closed.status_code == 400
    assert "Comments on this story are closed." in closed.text
    assert "My long thought" in closed.text
    forged = send(browser, approved, text="My long thought", stamp="forged")
    assert (forged.status_code, "My long thought" in forged.text) == (400, True)
    assert browser.post(address(approved), b"{}", content_type="application/json").status_code == 415
    broken = browser.post(address(approved), b"comment=%ff", content_type="application/x-www-form-urlencoded")
    assert (broken.status_code, "did not arrive intact" in broken.text) == (400, True)
    assert Comment.objects.filter(staff=dana).count() == 0


def test_the_same_reply_twice_is_one(as_, dana, approved, monkeypatch):
    browser, stamp, now = as_(dana), stamps.stamp(approved.article_id), signing.time.time()
    assert [send(browser, approved, stamp=stamp).status_code for _click in range(2)] == [302, 302]
    monkeypatch.setattr(signing.time, "time", lambda: now + 5)
    again = send(browser, approved)  # the same words from a fresh form
    assert (again.status_code, "You have sent this text already" in again.text) == (400, True)
    assert Comment.objects.filter(staff=dana).count() == 1


def test_the_form_asks_for_djangos_token(dana, approved):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dana)
    assert send(strict, approved).status_code == 403


def test_journalists_find_readers_comments_of_a_story_and_of_all(as_, editor, dana, story, moderator):
    other = make_story(by=editor, slug="other", headline="Another")
    here = make_decided(story, "approved", by=moderator, body="Here & now")
    make_decided(other, "approved", by=moderator, body="Elsewhere")
    make_comment(story, "Still waiting")
    browser = as_(dana)
    everything = browser.get("/admin/comments/comment/to-answer/").text
    assert [text in everything for text in ("Here &amp; now", "Elsewhere", "Still waiting")] == [True, True, False]
    one = browser.get(f"/admin/comments/comment/to-answer/?story={story.pk}").text
    assert [text in one for text in ("Here &amp; now", "Elsewhere", address(here))] == [True, False, True]
    assert [
        browser.get(f"/admin/comments/comment/to-answer/?{query}").status_code
        for query in ("story=x", "story=999", "after=zzz", "story=%00")
    ] == [404, 404, 404, 404]
    assert f"to-answer/?story={story.pk}" in as_(editor).get(f"/admin/articles/article/{story.pk}/change/").text


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_to_answer_costs_the_same_queries_with_many(
    as_, dana, story, moderator, count, django_assert_num_queries
):
    for number in range(count):
        make_decided(story, "approved", by=moderator, body=f"Remark {number}")
    browser = as_(dana)
    with django_assert_num_queries(6):
        assert browser.get("/admin/comments/comment/to-answer/").status_code == 200
