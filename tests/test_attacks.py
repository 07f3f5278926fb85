"""Direct SQL against what nobody may change: promise 2, and that the test itself can fail."""

import pytest
from django.db import DatabaseError, connection, transaction

from articles import publishing
from comments.models import Comment, Erasure, Guideline, GuidelineEdition, Report
from moderation import appeals, reports
from moderation.decisions import decide
from moderation.models import Checkpoint, Decision, SecondLook, SecondOpinion
from tests.factories import make_comment, make_decided
from tests.unfrozen import drop_triggers

COMMENT = "comments_comment"
EVERYWHERE = [
    "UPDATE comments_comment SET body = 'edited' WHERE id = {pending}",
    "UPDATE comments_comment SET body = body || '!' WHERE id = {approved}",
    "UPDATE comments_comment SET display_name = 'Somebody' WHERE id = {approved}",
    "UPDATE comments_comment SET body = '' WHERE id = {approved}",
    "UPDATE comments_comment SET body = '', display_name = '' WHERE id = {approved}",
    "UPDATE comments_comment SET submitted_at = '2001-01-01 00:00:00+00:00' WHERE id = {approved}",
    "UPDATE comments_comment SET article_id = {other_story} WHERE id = {approved}",
    "UPDATE comments_comment SET parent_id = {pending} WHERE id = {approved}",
    "UPDATE comments_comment SET nonce = 'n' WHERE id = {approved}",
    "UPDATE comments_comment SET id = 987654 WHERE id = {unread}",
    "UPDATE comments_comment SET body = 'edited', status = 'approved', version = version + 1 WHERE id = {pending}",
    "UPDATE comments_comment SET status = 'approved' WHERE id = {pending}",
    "UPDATE comments_comment SET status = 'approved', version = version + 1 WHERE id = {pending}",
    "UPDATE comments_comment SET version = version + 1 WHERE id = {pending}",
    "DELETE FROM comments_comment WHERE id = {unread}",
    "INSERT INTO comments_comment (id, body) VALUES ({pending}, 'x') ON CONFLICT (id) DO UPDATE SET body = 'edited'",
    "UPDATE moderation_decision SET verdict = 'rejected' WHERE id = {decision}",
    "UPDATE moderation_decision SET moderator_id = {other_person} WHERE id = {decision}",
    "UPDATE moderation_decision SET decided_at = '2001-01-01 00:00:00+00:00' WHERE id = {decision}",
    "UPDATE moderation_decision SET text_commitment = 'x', hash = 'y' WHERE id = {decision}",
    "DELETE FROM moderation_citedguideline",
    "DELETE FROM moderation_decision WHERE id = {decision}",
    "UPDATE moderation_citedguideline SET guideline_id = guideline_id + 1",
    "UPDATE moderation_decisionnote SET text = 'Kinder words'",
    "UPDATE comments_guidelinewording SET text = 'Anything goes'",
    "DELETE FROM comments_guidelinewording WHERE guideline_id IS NULL",
    "UPDATE comments_guideline SET code = 'kindness' WHERE code = 'abuse'",
    "UPDATE comments_guidelineedition SET published_at = NULL",
    "INSERT INTO comments_guideline (edition_id, code, position) SELECT id, 'rude', 9 FROM comments_guidelineedition",
    "INSERT INTO comments_guidelinewording (edition_id, guideline_id, language, title, text)"
    " SELECT {draft_edition}, id, 'fr', '', 'Tout va' FROM comments_guideline WHERE code = 'abuse'",
    "UPDATE comments_erasure SET cause = 'author'",
    "DELETE FROM comments_erasure",
    "UPDATE moderation_appeal SET text = 'Kinder words'",
    "UPDATE moderation_appeal SET text = ''",
    "DELETE FROM moderation_appeal",
    "UPDATE moderation_appealoutcome SET outcome = 'overturned'",
    "UPDATE moderation_appealoutcome SET by_id = {other_person}",
    "DELETE FROM moderation_appealoutcome",
    "INSERT INTO moderation_appealoutcome (appeal_id, outcome, by_id, note, decided_at)"
    " SELECT id, 'upheld', {first_decider}, '', appealed_at FROM moderation_appeal WHERE id = {open_appeal}",
    "UPDATE moderation_reportanswer SET answer = 'kept', decision_id = NULL",
    "DELETE FROM moderation_reportanswer",
    "UPDATE comments_report SET good_faith = TRUE",
    "UPDATE articles_statuschange SET by_id = {other_person}",
    "DELETE FROM articles_statuschange",
    "UPDATE moderation_checkpoint SET last_hash = 'x'",
    "UPDATE moderation_checkpoint SET decisions = decisions - 1",
    "DELETE FROM moderation_checkpoint",
    "UPDATE moderation_secondlook SET drawn_at = '2001-01-01 00:00:00+00:00'",
    "DELETE FROM moderation_secondlook",
    "UPDATE moderation_secondopinion SET opinion = 'reject'",
    "UPDATE moderation_secondopinion SET moderator_id = {other_person}",
    "DELETE FROM moderation_secondopinion",
    # Whoever decided the comment has no second opinion on it.
    "INSERT INTO moderation_secondopinion (look_id, moderator_id, opinion, guidelines, given_at)"
    " VALUES ({unseen}, {decider}, 'approve', '', '2026-01-01 00:00:00+00:00')",
    "UPDATE articles_correction SET text = 'Nothing was wrong.'",
    "UPDATE articles_correction SET kind = 'update', place = 'bottom'",
    "UPDATE articles_correction SET at = '2001-01-01 00:00:00+00:00'",
    "UPDATE articles_correction SET article_id = {other_story}",
    "DELETE FROM articles_correction",
]
TAKE_PLACE = "SELECT {columns} FROM comments_comment WHERE id = {{unread}}"
COLUMNS = "article_id, display_name, body, language, submitted_at, nonce, receipt_hash, status, version"
VALUES = "article_id, display_name, 'edited', language, submitted_at, nonce, receipt_hash, 'pending', 0"
BY_DATABASE = {
    "sqlite": [
        f"REPLACE INTO comments_comment (id, {COLUMNS}) {TAKE_PLACE.format(columns='id, ' + VALUES)}",
        f"INSERT OR REPLACE INTO comments_comment ({COLUMNS}) {TAKE_PLACE.format(columns=VALUES)}",
        "UPDATE OR REPLACE comments_comment SET id = {unread} WHERE id = {pending}",
        "UPDATE OR REPLACE comments_comment SET nonce = (SELECT nonce FROM comments_comment WHERE id = {unread})"
        " WHERE id = {pending}",
        "UPDATE comments_comment SET rowid = 987654 WHERE id = {unread}",
        "REPLACE INTO articles_correction (id, article_id, kind, place, text, at, by_id)"
        " SELECT id, article_id, kind, place, 'Nothing was wrong.', at, by_id FROM articles_correction",
    ],
    "postgresql": [
        "TRUNCATE comments_comment CASCADE",
        "TRUNCATE moderation_decision CASCADE",
        "TRUNCATE comments_erasure",
        "TRUNCATE comments_guidelinewording",
        "TRUNCATE articles_statuschange",
        "TRUNCATE articles_correction",
    ],
}


@pytest.fixture
def scene(story, editor, moderator, moderator2, lead):
    """One of everything that is frozen; the erased comment keeps its row."""
    publishing.correct(story, line="It was Tuesday, not Monday.", by=editor)
    pending, unread = make_comment(story, "Not read yet."), make_comment(story, "Not read either.")
    approved = make_decided(story, "approved", by=moderator, body="Fine as it is.")
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer, please.")
    appeals.settle(appeals.appeal(rejected, written="Why?"), "upheld", by=lead)
    appealed = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Also rude.")
    reported = make_decided(story, "approved", by=moderator, body="Buy my watches.")
    Report.objects.create(
        comment=reported, guideline=Guideline.objects.get(code="promotion"), nonce="n", receipt_hash="n"
    )
    reports.remove(reported, by=moderator, seen_version=1, guidelines=["promotion"])
    erased = make_decided(story, "approved", by=moderator, body="Forget me.")
    Erasure.objects.create(comment=erased, cause=Erasure.Cause.REQUEST)
    Checkpoint.objects.create(decisions=3, last_hash="0" * 64)
    looked = SecondLook.objects.create(decision=approved.decisions.get())
    SecondOpinion.objects.create(look=looked, moderator=lead, opinion="approve")
    unseen = SecondLook.objects.create(decision=erased.decisions.get())
    return {
        "pending": pending.pk,
        "unread": unread.pk,
        "approved": approved.pk,
        "erased": erased.pk,
        "decision": approved.decisions.get().pk,
        "decider": moderator.pk,
        "unseen": unseen.pk,
        "draft_edition": GuidelineEdition.objects.create(number=2).pk,
        "other_story": story.pk + 1,
        "other_person": moderator2.pk,
        "first_decider": moderator.pk,
        "open_appeal": appeals.appeal(appealed, written="Why?").pk,
    }


FROZEN_TABLES = [
    "comments_comment",
    "comments_erasure",
    "comments_guideline",
    "comments_guidelineedition",
    "comments_guidelinewording",
    "moderation_decision",
    "moderation_citedguideline",
    "moderation_decisionnote",
    "moderation_appeal",
    "moderation_appealoutcome",
    "moderation_reportanswer",
    "comments_report",
    "articles_statuschange",
    "moderation_checkpoint",
    "moderation_secondlook",
    "moderation_secondopinion",
    "articles_correction",
]


def everything() -> dict[str, list]:
    with connection.cursor() as cursor:
        rows = {}
        for table in FROZEN_TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            rows[table] = cursor.fetchall()
        return rows


def altered_by(statement: str, scene: dict) -> bool:
    """Whether ``statement`` changed any frozen row, before everything is put back."""
    before = everything()
    point = transaction.savepoint()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(**scene))
        return everything() != before
    except DatabaseError:
        return False
    finally:
        transaction.savepoint_rollback(point)


def test_no_direct_sql_alters_a_frozen_row(scene):
    attacks = EVERYWHERE + BY_DATABASE[connection.vendor]
    through = [attack for attack in attacks if altered_by(attack, scene)]
    print(f"\n{connection.vendor}: {len(attacks)} statements, {len(through)} altered a row")
    assert through == []


def test_without_the_triggers_the_same_statements_do_alter_rows(scene):
    drop_triggers(connection)
    attacks = EVERYWHERE + BY_DATABASE[connection.vendor]
    through = [attack for attack in attacks if altered_by(attack, scene)]
    print(f"\n{connection.vendor}: without triggers {len(through)} of {len(attacks)} altered a row")
    # The rest fail for reasons of their own: foreign keys, NOT NULL and CHECK.
    assert len(through) >= 20


def test_the_orm_cannot_do_it_either(scene):
    approved = Comment.objects.get(pk=scene["approved"])
    approved.body = "edited"
    for attack in (
        approved.save,
        approved.delete,
        lambda: Comment.objects.filter(pk=approved.pk).update(body="edited"),
        lambda: Comment.objects.bulk_update([approved], ["body"]),
        lambda: Comment.objects.filter(pk=approved.pk)._raw_delete(using="default"),
        lambda: Decision.objects.update(verdict="rejected"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    approved.refresh_from_db()
    assert approved.body == "Fine as it is."


def test_an_erased_comment_is_emptied_text_and_name_together(scene):
    erased = Comment.objects.filter(pk=scene["erased"])
    for half in ({"body": ""}, {"display_name": ""}, {"body": "", "display_name": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            erased.update(**half)
    erased.update(body="", display_name="")
    assert (erased.get().body, erased.get().display_name) == ("", "")


def test_what_a_moderator_does_still_works(scene, moderator):
    pending = Comment.objects.get(pk=scene["pending"])
    decide(pending, "approved", moderator=moderator, seen_version=0)
    pending.refresh_from_db()
    assert pending.status == "approved"
