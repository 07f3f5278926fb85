"""The receipt over HTTP: what an author sees of a comment's way, and what they may do there."""

import datetime
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from comments import receipts, stamps
from comments.models import Comment, CommentKey, Erasure, Guideline, GuidelineEdition, GuidelineWording, Status
from moderation import waits
from moderation.decisions import AlreadyDecided, decide
from tests.factories import make_comment, make_decided

FORM = "application/x-www-form-urlencoded"


def address(comment, verb=""):
    return f"/en/receipts/{receipts.token_of(comment.nonce)}/{verb}"


def post(client, path, fields=None, **headers):
    return client.post(path, urlencode(fields or {"withdraw": "yes"}), content_type=FORM, **headers)


def again(story, name="Shilan", comment="Calmer now."):
    return {"name": name, "comment": comment, "stamp": stamps.stamp(story.pk)}


def test_a_waiting_comments_receipt_says_its_place_and_that_nobody_can_say_how_long(reader, story):
    make_comment(story, "First in line.")
    second = make_comment(story, "Second in line.")
    page = reader.get(address(second)).text
    assert "<dd>2</dd>" in page
    assert "We cannot say yet" in page
    assert "Second in line." in page
    assert "First in line." not in page


def test_the_place_is_exact_to_a_thousand(story, monkeypatch):
    comment = make_comment(story, "Mine.")
    make_comment(story, "Later.")
    assert receipts.place_in_queue(comment) == "1"
    Comment.objects.bulk_create(
        Comment(
            article=story,
            display_name="x",
            body="x",
            nonce=str(n),
            receipt_hash=str(n),
            submitted_at=comment.submitted_at - datetime.timedelta(seconds=1),
        )
        for n in range(999)
    )
    assert receipts.place_in_queue(comment) == "1,000"
    before_all = comment.submitted_at - datetime.timedelta(minutes=1)
    Comment.objects.create(
        article=story, display_name="x", body="x", nonce="n", receipt_hash="n", submitted_at=before_all
    )
    assert receipts.place_in_queue(comment) == "1,000+"


@pytest.mark.parametrize("waiting", [1, 40])
def test_a_receipt_takes_the_same_queries_however_long_the_queue(reader, story, waiting, django_assert_max_num_queries):
    for n in range(waiting):
        make_comment(story, f"Number {n}.")
    last = make_comment(story, "Last in line.")
    with django_assert_max_num_queries(5):
        assert reader.get(address(last)).status_code == 200


def test_a_rejections_receipt_shows_the_guideline_as_worded_when_it_was_decided(reader, story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer, please.", body="Rude.")
    worded_then = GuidelineWording.objects.get(guideline__code="abuse", language="en")
    edition = GuidelineEdition.objects.create(number=2)
    abuse = Guideline.objects.create(edition=edition, code="abuse", position=1)
    GuidelineWording.objects.create(edition=edition, guideline=abuse, language="en", title="New", text="New words.")
    edition.published_at = timezone.now()
    edition.save()

    page = reader.get(address(rejected)).text
    assert worded_then.title in page
    assert "New words." not in page
    assert "Calmer, please." in page
    assert "/en/guidelines/1/" in page
    assert "/resubmit/" in page


@pytest.mark.parametrize("verb", ["", "withdraw/", "resubmit/"])
def test_every_page_of_a_receipt_is_private(reader, story, moderator, verb):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"])
    response = reader.get(address(rejected, verb))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in response.text
    outgoing = [part.split('"')[0] for part in response.text.split('href="')[1:]]
    assert [href for href in outgoing if href.startswith(("http:", "https:", "//"))] == []
    assert not response.cookies


@pytest.mark.parametrize("verb", ["", "withdraw/", "resubmit/"])
@pytest.mark.parametrize("token", ["0" * 32, "x", "0" * 4000, "%00", "ü"])
def test_a_wrong_token_is_404_for_every_method(reader, story, verb, token):
    make_comment(story)
    path = f"/en/receipts/{token}/{verb}"
    assert reader.get(path).status_code == 404
    if verb:
        assert post(reader, path).status_code == 404


def test_asking_to_withdraw_changes_nothing(reader, story):
    comment = make_comment(story, "Take me back.")
    response = reader.get(address(comment, "withdraw/"))
    assert "Take me back." in response.text
    comment.refresh_from_db()
    assert (comment.status, comment.body) == (Status.PENDING, "Take me back.")


@pytest.mark.parametrize("verdict", [None, "approved"])
def test_withdrawing_takes_a_comment_off_the_page_and_erases_it(reader, story, moderator, verdict):
    comment = (
        make_decided(story, verdict, by=moderator, body="Take me back.")
        if verdict
        else make_comment(story, "Take me back.")
    )
    response = post(reader, address(comment, "withdraw/"))
    assert (response.status_code, response["Location"]) == (303, address(comment))
    comment.refresh_from_db()
    assert (comment.status, comment.body, comment.display_name) == (Status.WITHDRAWN, "", "")
    assert comment.erasure.cause == Erasure.Cause.AUTHOR
    receipt = reader.get(address(comment)).text
    assert "This comment was withdrawn" in receipt
    assert "Take me back." not in receipt + reader.get(story.get_absolute_url()).text
    assert post(reader, address(comment, "withdraw/")).status_code == 303
    assert Erasure.objects.count() == 1


def test_a_rejected_comment_keeps_its_decision_and_loses_its_text(reader, story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Not so.", body="Rude.")
    assert post(reader, address(rejected, "withdraw/")).status_code == 303
    page = reader.get(address(rejected)).text
    assert "Your comment was not published" in page
    assert "Rude." not in page
    assert "Not so." not in page
    assert "/resubmit/" not in page


def test_a_moderator_who_was_later_than_the_withdrawal_is_told(reader, story, moderator):
    comment = make_comment(story)
    post(reader, address(comment, "withdraw/"))
    with pytest.raises(AlreadyDecided, match="withdrawn by its author"):
        decide(comment, "approved", moderator=moderator, seen_version=0)


def test_an_erased_comment_cannot_be_decided_any_more(reader, story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"])
    post(reader, address(rejected, "withdraw/"))
    with pytest.raises(AlreadyDecided):
        decide(rejected, "approved", moderator=moderator, seen_version=rejected.version)
    assert rejected.decisions.count() == 1


@pytest.mark.parametrize("verb", ["withdraw/", "resubmit/"])
@pytest.mark.parametrize(
    "headers", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}]
)
def test_a_post_from_a_foreign_page_is_refused(reader, story, moderator, verb, headers):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Still here.")
    assert post(reader, address(rejected, verb), again(story), **headers).status_code == 403
    assert [comment.body for comment in Comment.objects.all()] == ["Still here."]


@pytest.mark.parametrize("verb", ["withdraw/", "resubmit/"])
def test_another_content_type_is_refused(reader, story, moderator, verb):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Still here.")
    assert reader.post(address(rejected, verb), b"{}", content_type="application/json").status_code == 415
    assert [comment.body for comment in Comment.objects.all()] == ["Still here."]


def test_a_rejected_text_comes_back_in_the_form_and_is_sent_again_as_a_new_comment(reader, story, moderator):
    rejected = make_decided(
        story, "rejected", by=moderator, guidelines=["abuse"], body="Rude & <b>loud</b>.", name="Şîlan"
    )
    page = reader.get(address(rejected, "resubmit/")).text
    assert "Rude &amp; &lt;b&gt;loud&lt;/b&gt;." in page
    assert 'value="Şîlan"' in page
    assert f'action="{address(rejected, "resubmit/")}#post-a-comment"' in page

    response = post(reader, address(rejected, "resubmit/"), again(story))
    assert response.status_code == 303
    follower = Comment.objects.get(resubmission_of=rejected)
    assert (follower.body, follower.status) == ("Calmer now.", Status.PENDING)
    assert response["Location"] == address(follower) + "#main"
    rejected.refresh_from_db()
    assert (rejected.body, rejected.status) == ("Rude & <b>loud</b>.", Status.REJECTED)


def test_a_resubmission_that_is_refused_comes_back_to_the_same_form(reader, story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"])
    response = post(reader, address(rejected, "resubmit/"), again(story, name="", comment="Long thought"))
    assert response.status_code == 400
    assert "Long thought" in response.text
    assert f'action="{address(rejected, "resubmit/")}#post-a-comment"' in response.text
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("verdict", [None, "approved"])
def test_only_a_rejected_comment_is_sent_again(reader, story, moderator, verdict):
    comment = make_decided(story, verdict, by=moderator) if verdict else make_comment(story)
    assert reader.get(address(comment, "resubmit/")).status_code == 303
    assert post(reader, address(comment, "resubmit/"), again(story)).status_code == 303
    assert Comment.objects.count() == 1


def make_waits(story, moderator, *hours):
    for wait in hours:
        comment = make_comment(story, f"Waited {wait} hours.")
        with_past = Comment.objects.create(
            article=story,
            display_name="x",
            body="x",
            nonce=f"w{comment.pk}",
            receipt_hash=f"w{comment.pk}",
            submitted_at=timezone.now() - datetime.timedelta(hours=wait),
        )
        CommentKey.objects.create(comment=with_past, key="00" * 32)
        decide(with_past, "approved", moderator=moderator, seen_version=0)


def test_the_usual_wait_is_what_nine_in_ten_waited(story, moderator):
    make_waits(story, moderator, *[0.2] * 18, 1.5)
    assert waits.usual_wait() is None  # 19 are too few
    make_waits(story, moderator, 30)
    assert str(waits.usual_wait()) == "usually within 2 hours"
    assert waits.usual_wait(timezone.now() + datetime.timedelta(days=8)) is None


def test_a_comment_that_waited_longer_than_usual_is_told_so(reader, story, moderator):
    make_waits(story, moderator, *[0.2] * 20)
    assert "usually within 1 hour<" in reader.get(address(make_comment(story))).text
    late = Comment.objects.create(
        article=story,
        display_name="x",
        body="x",
        nonce="late",
        receipt_hash=receipts.token_hash(receipts.token_of("late")),
        submitted_at=timezone.now() - datetime.timedelta(hours=3),
    )
    assert "Longer than usual" in reader.get(address(late)).text
