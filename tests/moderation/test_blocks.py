import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from comments import posting, stamps
from comments.models import Comment, CommentContact, SenderBlock
from comments.models.block import block_hash
from comments.senders import Sender, cookie_hash
from moderation import blocks
from tests.comments.test_posting import send
from tests.factories import make_comment

SENDER = Sender("192.0.2.0/24", "kept-cookie", "test")
OTHER = Sender("192.0.2.0/24", "other-cookie", "test")


def test_a_blocked_browser_cannot_post_and_its_neighbour_can(story, lead):
    comment = make_comment(story, sender=SENDER)
    block = blocks.block(comment, by=lead, days=7, reason="Three threats in a day.")
    with pytest.raises(posting.SenderBlocked) as refused:
        send(story, "Again", sender=SENDER)
    assert refused.value.block == block
    assert send(story, "Hello", sender=OTHER).created
    assert Comment.objects.count() == 2


def test_the_reader_is_told_until_when_and_why_and_keeps_the_text(reader, story, lead):
    comment = make_comment(story, sender=SENDER)
    block = blocks.block(comment, by=lead, days=7, reason="Three <threats> in a day.")
    reader.cookies["sender"] = "kept-cookie"
    form = urlencode({"name": "Shilan", "comment": "My long text", "stamp": stamps.stamp(story.pk)})
    kind = "application/x-www-form-urlencoded"
    response = reader.post(reverse("comments:post", args=[story.pk]), form, content_type=kind)
    assert response.status_code == 403
    until = timezone.localtime(block.expires_at).strftime("%Y-%m-%d %H:%M")
    assert f"You cannot comment here until {until}." in response.text
    assert "Three &lt;threats&gt; in a day." in response.text
    assert "My long text" in response.text
    assert Comment.objects.count() == 1


def test_a_block_ends_by_itself_and_by_lifting(story, lead):
    comment = make_comment(story, sender=SENDER)
    past = timezone.now() - datetime.timedelta(days=2)
    SenderBlock.objects.create(
        hash=block_hash(cookie_hash("kept-cookie")),
        reason="x",
        by=lead,
        created_at=past,
        expires_at=past + datetime.timedelta(days=1),
    )
    assert send(story, "After it ended", sender=SENDER).created
    block = blocks.block(comment, by=lead, days=7, reason="x")
    with pytest.raises(posting.SenderBlocked):
        send(story, "While it holds", sender=SENDER)
    blocks.lift(block, by=lead)
    assert (block.lifted_by, block.hash) == (lead, "")
    assert send(story, "After lifting", sender=SENDER).created
    with pytest.raises(blocks.BlockRefused):
        blocks.lift(block, by=lead)


def test_a_block_keeps_a_hash_of_its_own_for_as_long_as_it_holds(story, lead):
    comment = make_comment(story, sender=SENDER)
    block = blocks.block(comment, by=lead, days=1, reason="x")
    assert not CommentContact.objects.filter(sender_hash=block.hash).exists()
    assert blocks.forget() == 0
    SenderBlock.objects.update(
        created_at=timezone.now() - datetime.timedelta(days=2), expires_at=timezone.now() - datetime.timedelta(days=1)
    )
    assert blocks.forget() == 1
    assert SenderBlock.objects.get().hash == ""


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (366, "x"), (7, " "), (7, "x" * 301)])
def test_a_block_needs_a_length_and_a_reason(story, lead, days, reason):
    with pytest.raises(blocks.BlockRefused):
        blocks.block(make_comment(story), by=lead, days=days, reason=reason)
    assert not SenderBlock.objects.exists()


def test_only_a_lead_blocks_and_lifts(story, lead, moderator, superuser):
    comment = make_comment(story)
    for person in (moderator, superuser):
        with pytest.raises(blocks.BlockRefused):
            blocks.block(comment, by=person, days=7, reason="x")
    block = blocks.block(comment, by=lead, days=7, reason="x")
    with pytest.raises(blocks.BlockRefused):
        blocks.lift(block, by=moderator)


def test_a_sender_of_whom_nothing_is_known_cannot_be_blocked(story, lead):
    comment = make_comment(story)
    CommentContact.objects.all().delete()
    with pytest.raises(blocks.BlockRefused):
        blocks.block(comment, by=lead, days=7, reason="x")


def test_a_lead_blocks_and_lifts_on_the_desk(as_, story, lead):
    comment = make_comment(story, sender=SENDER)
    browser = as_(lead)
    page = browser.get(reverse("moderation:block_sender", args=[comment.pk]))
    assert (page.status_code, "New sender" in page.text) == (200, True)
    empty = browser.post(reverse("moderation:block_sender", args=[comment.pk]), {"days": "7", "reason": ""})
    assert empty.status_code == 400
    done = browser.post(
        reverse("moderation:block_sender", args=[comment.pk]), {"days": "7", "reason": "Threats"}, follow=True
    )
    assert "Threats" in done.text
    block = SenderBlock.objects.get()
    lifted = browser.post(reverse("moderation:lift_block", args=[block.pk]), follow=True)
    assert "The block is lifted." in lifted.text
    again = browser.post(reverse("moderation:lift_block", args=[block.pk]), follow=True)
    assert "over already" in again.text


@pytest.mark.parametrize("who", ["moderator", "editor", "admin_person", "superuser"])
def test_others_find_no_blocks(request, as_, story, who):
    comment = make_comment(story)
    browser = as_(request.getfixturevalue(who))
    assert browser.get(reverse("moderation:blocks")).status_code == 403
    address = reverse("moderation:block_sender", args=[comment.pk])
    assert browser.get(address).status_code == 403
    assert browser.post(address, {"days": "7", "reason": "x"}).status_code == 403
    assert not SenderBlock.objects.exists()
