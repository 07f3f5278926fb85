import pytest
from django.db import IntegrityError, connection, transaction

from comments.models import Comment
from comments.models.comment import Cause
from moderation import ledger
from moderation.decisions import AlreadyDecided, DecisionRefused, GuidelineRequired, NotAModerator, decide
from moderation.models import Decision, DecisionNote, Verdict
from moderation.verify_ledger import Break
from newsroom.keys import commitment
from tests.factories import make_comment, make_decided


@pytest.fixture
def comment(story):
    return make_comment(story)


def test_an_approval_makes_a_comment_public_and_is_recorded_whole(comment, moderator):
    decision = decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    assert list(Comment.objects.public()) == [comment]
    assert (decision.sequence, decision.verdict, decision.moderator, decision.edition.number) == (
        1,
        "approved",
        moderator,
        1,
    )
    assert decision.text_commitment == commitment(bytes.fromhex(comment.key.key), comment.body)
    assert decision.previous_hash == ledger.GENESIS
    assert ledger.first_break() is None


def test_a_rejection_cites_guidelines_and_keeps_the_note(comment, moderator):
    decide(
        comment,
        Verdict.REJECTED,
        moderator=moderator,
        seen_version=0,
        guidelines=["abuse", "threats"],
        note=" Calmer. ",
    )
    decision = Decision.objects.get()
    assert [citation.guideline.code for citation in decision.citations.all()] == ["threats", "abuse"]
    assert decision.note.text == "Calmer."
    assert not Comment.objects.public().exists()


@pytest.mark.parametrize(
    ("verdict", "guidelines"),
    [
        (Verdict.REJECTED, []),
        (Verdict.REJECTED, ["nonsense"]),
        (Verdict.REJECTED, ["abuse", "nonsense"]),
        (Verdict.REJECTED, ["unlawful"]),
        (Verdict.APPROVED, ["abuse"]),
    ],
)
def test_a_verdict_without_the_right_guidelines_is_refused(comment, moderator, verdict, guidelines):
    with pytest.raises(GuidelineRequired):
        decide(comment, verdict, moderator=moderator, seen_version=0, guidelines=guidelines)
    comment.refresh_from_db()
    assert (comment.status, comment.version, Decision.objects.count()) == ("pending", 0, 0)


def test_a_lead_may_cite_unlawful_content(comment, lead):
    decide(comment, Verdict.REJECTED, moderator=lead, seen_version=0, guidelines=["unlawful"])
    comment.refresh_from_db()
    assert comment.status == "rejected"


def test_only_moderators_decide_superusers_not_excepted(comment, reporter, editor, admin_person, superuser, stranger):
    for person in (reporter, editor, admin_person, superuser, stranger):
        with pytest.raises(NotAModerator):
            decide(comment, Verdict.APPROVED, moderator=person, seen_version=0)
    assert Decision.objects.count() == 0


def test_the_second_moderator_is_told_who_decided_what(comment, moderator, moderator2):
    decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    with pytest.raises(AlreadyDecided) as late:
        decide(comment, Verdict.REJECTED, moderator=moderator2, seen_version=0, guidelines=["abuse"])
    assert late.value.decision.moderator == moderator
    assert "moderator was faster: approved" in str(late.value)
    assert Decision.objects.count() == 1


def test_a_withdrawn_comment_is_not_decided(comment, moderator):
    comment.move_to("withdrawn", cause=Cause.AUTHOR, seen_version=0)
    with pytest.raises(AlreadyDecided) as late:
        decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0)
    assert late.value.decision is None


def test_a_rejected_comment_is_not_approved_by_a_plain_decision(story, moderator):
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"])
    with pytest.raises(DecisionRefused):
        decide(rejected, Verdict.APPROVED, moderator=moderator, seen_version=1)


def test_an_approved_comment_can_be_removed_with_a_reason(story, moderator):
    approved = make_decided(story, "approved", by=moderator)
    decide(approved, Verdict.REMOVED, moderator=moderator, seen_version=1, guidelines=["promotion"])
    assert not Comment.objects.public().exists()
    assert [decision.sequence for decision in approved.decisions.order_by("pk")] == [1, 2]
    assert ledger.first_break() is None


def test_a_note_that_is_too_long_is_refused(comment, moderator):
    with pytest.raises(DecisionRefused):
        decide(comment, Verdict.APPROVED, moderator=moderator, seen_version=0, note="x" * 1001)
    assert (Decision.objects.count(), DecisionNote.objects.count()) == (0, 0)


def test_the_database_refuses_an_approval_without_a_decision(comment):
    with pytest.raises(IntegrityError), transaction.atomic():
        comment.move_to("approved", cause=Cause.DECISION, seen_version=0)
    assert not Comment.objects.public().exists()


def test_the_database_refuses_a_comment_born_approved(story):
    born = {
        field.name: getattr(make_comment(story), field.name) for field in Comment._meta.fields if field.name != "id"
    }
    born |= {"status": "approved", "nonce": "n" * 64, "receipt_hash": "r" * 64}
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(**born)


def test_the_chain_tells_where_a_row_was_altered(story, moderator):
    decided = [make_decided(story, "approved", by=moderator) for _ in range(3)]
    second = decided[1].decisions.get()
    from tests.unfrozen import unfrozen

    with unfrozen(connection):
        Decision.objects.filter(pk=second.pk).update(verdict="rejected")
    assert ledger.first_break() == Break("altered", 2, f"number {second.pk}")
