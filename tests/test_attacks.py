"""Direct SQL against what nobody may change: promise 2, and that the test itself can fail."""

import pytest
from django.db import DatabaseError, connection, transaction

from comments.models import Comment, Erasure, GuidelineEdition
from moderation.decisions import decide
from moderation.models import Decision
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
    "UPDATE articles_statuschange SET by_id = {other_person}",
    "DELETE FROM articles_statuschange",
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
    ],
    "postgresql": [
        "TRUNCATE comments_comment CASCADE",
        "TRUNCATE moderation_decision CASCADE",
        "TRUNCATE comments_erasure",
        "TRUNCATE comments_guidelinewording",
        "TRUNCATE articles_statuschange",
    ],
}


@pytest.fixture
def scene(story, editor, moderator, moderator2):
    """One of everything that is frozen; the erased comment keeps its row."""
    pending, unread = make_comment(story, "Not read yet."), make_comment(story, "Not read either.")
    approved = make_decided(story, "approved", by=moderator, body="Fine as it is.")
    make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer, please.")
    erased = make_decided(story, "approved", by=moderator, body="Forget me.")
    Erasure.objects.create(comment=erased, cause=Erasure.Cause.REQUEST)
    return {
        "pending": pending.pk,
        "unread": unread.pk,
        "approved": approved.pk,
        "erased": erased.pk,
        "decision": approved.decisions.get().pk,
        "draft_edition": GuidelineEdition.objects.create(number=2).pk,
        "other_story": story.pk + 1,
        "other_person": moderator2.pk,
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
    "articles_statuschange",
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
