import datetime

import pytest
from django.utils import timezone

from comments.models import Comment
from comments.models.comment import Cause
from moderation import decisions, ledger
from moderation.decisions import AlreadyDecided, NotAModerator, UndoRefused, decide, decide_many, undo
from moderation.models import Decision, Verdict
from tests.factories import make_comment, make_decided


@pytest.fixture
def comment(story):
    return make_comment(story)


def test_an_undone_approval_waits_again_and_is_on_record(comment, moderator):
    approved = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    undone = undo(approved, moderator=moderator)
    comment.refresh_from_db()
    assert (comment.status, comment.version) == ("pending", 2)
    assert (undone.verdict, undone.sequence, undone.comment_version) == ("undone", 2, 2)
    assert undone.previous_hash == approved.hash
    assert not Comment.objects.public().exists()
    assert ledger.first_break() is None


def test_what_was_undone_can_be_decided_again_at_its_new_version(comment, moderator):
    undo(decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0), moderator=moderator)
    with pytest.raises(AlreadyDecided):
        decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=2)
    assert list(Comment.objects.public()) == [comment]
    assert ledger.first_break() is None


def test_the_undone_approval_does_not_carry_another_one(comment, moderator):
    """The guard on approvals asks for a decision of the same move: the old one is of an older version."""
    from django.db import IntegrityError, transaction

    undo(decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0), moderator=moderator)
    with pytest.raises(IntegrityError), transaction.atomic():
        comment.move_to("approved", cause=Cause.DECISION, seen_version=2)


def test_undo_is_refused_when_too_late(comment, moderator, monkeypatch):
    approved = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    later = timezone.now() + datetime.timedelta(seconds=10.1)
    monkeypatch.setattr(decisions.timezone, "now", lambda: later)
    with pytest.raises(UndoRefused):
        undo(approved, moderator=moderator)
    assert (Decision.objects.count(), Comment.objects.public().count()) == (1, 1)


def test_undo_is_for_the_one_who_decided(comment, moderator, moderator2, superuser):
    approved = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    with pytest.raises(UndoRefused):
        undo(approved, moderator=moderator2)
    with pytest.raises(NotAModerator):
        undo(approved, moderator=superuser)
    assert Decision.objects.count() == 1


def test_undo_is_refused_when_something_happened_since(comment, story, moderator):
    approved = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    removed = decide(comment, Verdict.REMOVED, moderator=moderator, seen_version=1, guidelines=["abuse"])
    with pytest.raises(UndoRefused):
        undo(approved, moderator=moderator)  # not the newest
    with pytest.raises(UndoRefused):
        undo(removed, moderator=moderator)  # a removal is not undone but decided anew
    withdrawn = make_decided(story, "approved", by=moderator)
    withdrawn.move_to("withdrawn", cause=Cause.AUTHOR, seen_version=1)
    with pytest.raises(UndoRefused):
        undo(withdrawn.decisions.get(), moderator=moderator)
    assert list(Decision.objects.filter(verdict="undone")) == []


def test_undo_happens_once(comment, moderator):
    approved = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    undone = undo(approved, moderator=moderator)
    for again in (approved, undone):
        with pytest.raises(UndoRefused):
            undo(again, moderator=moderator)
    decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=2)
    with pytest.raises(UndoRefused):
        undo(approved, moderator=moderator)
    assert list(Comment.objects.public()) == [comment]


def test_many_are_decided_alike_and_conflicts_are_told_one_by_one(story, moderator, moderator2):
    comments = [make_comment(story, f"Remark {number}") for number in range(5)]
    for taken in comments[1:3]:
        decide(taken, Verdict.APPROVED, moderator=moderator2, seen_version=0)
    made, late = decide_many(
        [(comment, 0) for comment in comments],
        Verdict.REJECTED,
        moderator=moderator,
        guidelines=["promotion", "abuse"],
        note="No shops here.",
    )
    assert [decision.comment for decision in made] == [comments[0], comments[3], comments[4]]
    assert [(faster.comment, faster.decision.moderator) for faster in late] == [
        (comment, moderator2) for comment in comments[1:3]
    ]
    assert Decision.objects.count() == 5
    assert {decision.note.text for decision in made} == {"No shops here."}
    assert Comment.objects.public().count() == 2
    assert ledger.first_break() is None


def test_many_without_a_guideline_are_not_decided_at_all(story, moderator):
    comments = [make_comment(story, f"Remark {number}") for number in range(3)]
    with pytest.raises(decisions.GuidelineRequired):
        decide_many([(comment, 0) for comment in comments], Verdict.REJECTED, moderator=moderator)
    assert Decision.objects.count() == 0
