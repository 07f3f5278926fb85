from importlib import import_module

import pytest
from django.apps import apps

from comments import fingerprints
from comments.models import Comment, CommentFingerprint
from tests.factories import make_comment


@pytest.mark.parametrize(
    "other", ["buy  cheap WATCHES", "Buy\ncheap watches", "Buy\u200b cheap watches", "Büy cheap watches"]
)
def test_texts_that_differ_in_form_alone_share_a_key(other):
    assert fingerprints.key_of(other) == fingerprints.key_of("Buy cheap watches")


def test_other_words_have_another_key_and_a_stranger_cannot_make_it(settings):
    key = fingerprints.key_of("Buy cheap watches")
    assert fingerprints.key_of("Buy cheap clocks") != key
    settings.NEWSROOM_HASH_KEY = "another house"
    assert fingerprints.key_of("Buy cheap watches") != key


def test_every_posted_comment_has_one(story):
    comment = make_comment(story, "Thank you")
    assert comment.fingerprint.key == fingerprints.key_of("Thank you")


def test_the_migration_gives_old_comments_the_same_keys(story):
    for number in range(3):
        make_comment(story, f"Remark {number}")
    expected = dict(CommentFingerprint.objects.values_list("comment", "key"))
    CommentFingerprint.objects.all().delete()
    migration = import_module("comments.migrations.0007_fingerprint_what_is_there")
    migration.fingerprint_what_is_there(apps, None)
    assert dict(CommentFingerprint.objects.values_list("comment", "key")) == expected
    assert len(expected) == Comment.objects.count() == 3
