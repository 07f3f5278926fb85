import pytest

from comments.models import Comment, CommentContact
from comments.senders import Sender
from moderation import blocks, senders
from tests.factories import make_comment, make_decided

MINE = Sender("192.0.2.0/24", "mine", "test")
NEIGHBOUR = Sender("192.0.2.0/24", "neighbours", "test")
FAR = Sender("198.51.100.0/24", "far", "test")


def test_a_first_comment_has_no_history(story):
    assert senders.history(make_comment(story, sender=MINE)) == senders.History()
    assert senders.history(make_comment(story, sender=FAR)).is_new


def test_history_counts_other_comments_of_the_same_browser(story, moderator, lead):
    comment = make_comment(story, sender=MINE)
    make_decided(story, "approved", by=moderator, sender=MINE, body="one")
    make_decided(story, "rejected", by=moderator, sender=MINE, body="two", guidelines=["abuse", "threats"])
    make_comment(story, "three", sender=NEIGHBOUR)
    make_comment(story, "four", sender=FAR)
    block = blocks.block(comment, by=lead, days=2, reason="x")
    assert senders.history(comment) == senders.History(
        approved=1,
        rejected=1,
        by_guideline={"abuse": 1, "threats": 1},
        same_network_today=3,
        same_cookie_today=2,
        block=block,
    )


def test_a_good_sender_is_known_after_five_approvals_and_not_exempted(story, moderator):
    for number in range(5):
        make_decided(story, "approved", by=moderator, sender=MINE, body=f"number {number}")
    mine, other = make_comment(story, "six", sender=MINE), make_comment(story, "seven", sender=FAR)
    assert senders.history(mine).is_known_good
    found = senders.histories([mine, other])
    assert [found[each.pk].is_known_good for each in (mine, other)] == [True, False]
    assert mine.status == "pending"
    make_decided(story, "rejected", by=moderator, sender=MINE, body="eight", guidelines=["abuse"])
    assert not senders.history(mine).is_known_good


@pytest.mark.parametrize("count", [1, 40])
def test_histories_cost_a_fixed_number_of_queries(story, moderator, django_assert_num_queries, settings, count):
    settings.NEWSROOM_SENDER_COMMENTS = settings.NEWSROOM_SENDER_PENDING = 100
    for number in range(count):
        make_comment(story, f"number {number}", sender=MINE)
    comments = list(Comment.objects.all())
    with django_assert_num_queries(5):  # two more where somebody was refused before
        found = senders.histories(comments)
    assert {each.same_cookie_today for each in found.values()} == {count - 1}
    with django_assert_num_queries(2):
        assert senders.known(comments) == set()


def test_a_sender_is_known_once_another_comment_was_decided(story, moderator):
    mine, far = make_comment(story, "one", sender=MINE), make_comment(story, "two", sender=FAR)
    without = make_comment(story, "three", sender=Sender("192.0.2.0/24", "", "test"))
    CommentContact.objects.filter(comment=without).update(sender_hash="")
    assert senders.known([mine, far, without]) == set()
    decided = make_decided(story, "rejected", by=moderator, sender=MINE, body="four", guidelines=["abuse"])
    assert senders.known([mine, far, without, decided]) == {mine.pk}


def test_a_comments_own_verdict_is_no_history_of_its_sender(story, moderator):
    first = make_decided(story, "rejected", by=moderator, sender=MINE, body="one", guidelines=["abuse"])
    second = make_comment(story, "two", sender=MINE)
    found = senders.histories([first, second])
    assert (found[first.pk].rejected, found[first.pk].by_guideline) == (0, {})
    assert (found[second.pk].rejected, found[second.pk].by_guideline) == (1, {"abuse": 1})
