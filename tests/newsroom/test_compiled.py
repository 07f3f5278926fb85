"""Compiled queries: the same answers as the querysets they are made from, in the same number of queries."""

import datetime

import pytest
from django.db.models import Q

from articles.models import Article
from comments.models import Arrival, CommentFingerprint
from newsroom.compiled import Compiled, Insertion, first_of_each
from tests.factories import make_comment, make_story


def public(*, story: int, now: datetime.datetime):
    return (
        Article.objects.public(now)
        .filter(pk=story)
        .values_list("pk", "headline", "first_published_at", "comments_open")
    )


@pytest.mark.parametrize("ago", [-60, 60])
def test_it_answers_what_the_queryset_answers(editor, ago, django_assert_num_queries):
    made = Compiled(public)
    stories = [make_story(by=editor, slug=f"story-{number}") for number in range(3)]
    now = stories[0].first_published_at + datetime.timedelta(seconds=ago)
    made.rows(story=stories[2].pk, now=now)
    for story in stories:
        expected = list(public(story=story.pk, now=now))
        assert (len(expected) == 1) is (ago > 0)
        with django_assert_num_queries(1):
            assert made.rows(story=story.pk, now=now) == expected
        assert bool(made.rows(story=story.pk, now=now)) is bool(expected)


def test_its_sql_is_made_once_for_each_shape_and_length(editor):
    calls = []

    def some(at_most: int, *, slugs: list[str]):
        calls.append(at_most)
        return Article.objects.filter(slug__in=slugs).order_by("slug").values_list("slug")[:at_most]

    for number in range(4):
        make_story(by=editor, slug=f"story-{number}")
    made = Compiled(some)
    assert made.rows(2, slugs=["story-3", "story-1", "story-2"]) == [("story-1",), ("story-2",)]
    assert made.rows(2, slugs=["story-0", "story-0", "story-3"]) == [("story-0",), ("story-3",)]
    assert calls == [2]
    assert made.rows(1, slugs=["story-3", "story-1", "story-2"]) == [("story-1",)]
    assert made.rows(2, slugs=["story-3"]) == [("story-3",)]
    assert calls == [2, 1, 2]


def test_a_value_may_stand_in_several_places_and_constants_stay(editor):
    story = make_story(by=editor, slug="the-river", headline="the-river")
    make_story(by=editor, slug="another")
    made = Compiled(lambda *, word: Article.objects.filter(Q(slug=word) & Q(headline=word)).values_list("pk"))
    assert made.rows(word="the-river") == [(story.pk,)]
    assert made.rows(word="another") == []


def test_hostile_values_are_bound_and_never_sql(editor):
    make_story(by=editor)
    made = Compiled(lambda *, word: Article.objects.filter(slug=word).values_list("pk"))
    assert made.rows(word="' OR 1=1 --") == []
    assert made.rows(word="%s") == []


def test_a_query_that_loses_or_changes_a_value_is_refused(db):
    loses = Compiled(lambda *, word: Article.objects.values_list("pk"))
    changes = Compiled(lambda *, word: Article.objects.filter(slug=word.upper()).values_list("pk"))
    for made in (loses, changes):
        with pytest.raises(AssertionError, match="word"):
            made.rows(word="a")


def test_several_questions_are_answered_in_one_statement_and_in_their_order(editor, django_assert_num_queries):
    """Each answer as the queryset would give it: a number, a text, an aware time, and None where there is no row."""
    story = make_story(by=editor, slug="the-river")
    by_slug = {
        column: Compiled(lambda *, slug, column=column: Article.objects.filter(slug=slug).values_list(column))
        for column in ("pk", "headline", "first_published_at")
    }
    questions = [made.asked(slug=slug) for slug in ("the-river", "nowhere") for made in by_slug.values()]
    with django_assert_num_queries(1):
        found = first_of_each(questions)
    assert found == [story.pk, story.headline, story.first_published_at, None, None, None]
    assert found[2].utcoffset() is not None


def test_a_row_is_written_as_save_would_in_one_query_and_again_after_a_rollback(db, django_assert_num_queries):
    moment = datetime.datetime(2026, 3, 28, 23, 30, tzinfo=datetime.UTC)
    saved = Arrival.objects.create(network_hash="n", sender_hash="'s", received_at=moment)
    ready = Insertion(Arrival(network_hash="n", sender_hash="'s", received_at=moment))
    with django_assert_num_queries(1):
        ready.write()
    ready.write()
    rows = list(Arrival.objects.order_by("pk").values_list("network_hash", "sender_hash", "received_at"))
    assert rows == [("n", "'s", moment)] * 3
    assert ready.row.pk == Arrival.objects.latest("pk").pk > saved.pk


def test_what_was_not_known_before_is_written_with_the_row(editor):
    comment = make_comment(make_story(by=editor))
    CommentFingerprint.objects.all().delete()
    ready = Insertion(CommentFingerprint(key="known"))
    ready.write(comment_id=comment.pk, key="late")
    assert ready.row == CommentFingerprint.objects.get()
    assert (ready.row.key, CommentFingerprint.objects.get().key) == ("late", "late")
