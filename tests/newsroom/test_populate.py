import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article
from comments.models import Comment
from moderation import ledger
from moderation.models import Decision
from newsroom import frozen, indexes
from newsroom.demo import populate
from newsroom.models import User
from tests.factories import make_decided, make_story

pytestmark = pytest.mark.django_db


def test_populate_adds_what_was_asked_and_the_chain_is_whole(monkeypatch, capsys):
    monkeypatch.setattr(populate, "BATCH", 8)
    call_command("populate", articles=10, comments=24, pending=5)

    assert Article.objects.public().count() == 10
    statuses = list(Comment.objects.order_by("pk").values_list("status", flat=True))
    assert [statuses.count(status) for status in ("approved", "rejected", "pending")] == [21, 3, 5]
    assert Decision.objects.count() == 24
    assert ledger.first_break() is None
    assert frozen.missing(connection) == set()
    assert "24 of 24 decided comments" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_texts_and_another_seed_others():
    texts = []
    for seed in (1, 1, 2):
        before = set(Article.objects.values_list("pk", flat=True))
        call_command("populate", articles=3, seed=seed, verbosity=0)
        texts.append(list(Article.objects.exclude(pk__in=before).order_by("pk").values_list("headline", flat=True)))
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_populate_refuses_a_newsroom_with_real_stories_unless_told(story):
    with pytest.raises(CommandError, match="--into-existing"):
        call_command("populate", articles=1)
    assert Article.objects.count() == 1
    call_command("populate", articles=1, into_existing=True)
    assert Article.objects.count() == 2


def test_comments_without_any_public_story_are_refused():
    with pytest.raises(CommandError, match="--articles"):
        call_command("populate", pending=1)


@pytest.mark.only_on("sqlite")
def test_a_loading_without_indexes_puts_them_back_even_when_it_is_broken_off(monkeypatch):
    call_command("populate", articles=3)
    during = []

    def breaks_off(self, count):
        during.extend(index.name for _model, index in indexes.missing(*populate.INDEXED_LATER))
        yield 1
        raise KeyboardInterrupt

    monkeypatch.setattr(populate.Populator, "pending", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        call_command("populate", pending=2)
    assert "comment_queue" in during
    assert indexes.missing(*apps.get_models()) == []


def test_a_newsroom_that_has_more_keeps_its_indexes(monkeypatch):
    call_command("populate", articles=3, comments=8)
    dropped = []
    monkeypatch.setattr(indexes, "drop", lambda *of: dropped.append(of))
    call_command("populate", comments=8)
    assert (dropped, Comment.objects.count()) == ([], 16)


def test_lost_indexes_come_back_without_any_rows(story):
    indexes.drop(Comment)
    assert len(indexes.missing(Comment)) == len(Comment._meta.indexes)
    call_command("populate")
    assert (indexes.missing(Comment), Article.objects.count()) == ([], 1)
    assert not User.objects.filter(username__startswith="synthetic").exists()


def test_populate_may_be_run_again_with_the_same_seed():
    for _ in range(2):
        call_command("populate", articles=2, comments=8, pending=2, into_existing=True)
    assert Comment.objects.count() == 20
    assert ledger.first_break() is None


def test_what_is_written_after_populate_is_numbered_after_it(story, moderator):
    call_command("populate", articles=3, comments=8, into_existing=True)
    newest = [model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in (Article, Comment, Decision)]
    comment = make_decided(make_story(by=story.created_by, headline="After"), "approved", by=moderator)
    assert comment.article_id > newest[0]
    assert comment.pk > newest[1]
    assert comment.decisions.get().pk > newest[2]
    assert ledger.first_break() is None
