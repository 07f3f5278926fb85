"""What the queue can be asked for: by hints, senders, resubmissions, words and in turns; all of it by an index."""

import re

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Article
from comments.erasure import erase
from comments.models import Comment, Erasure
from comments.senders import Sender
from moderation import prepared, search
from moderation.decisions import decide, undo
from moderation.filters import QueueFilter
from moderation.models import CommentHints, SavedFilter
from tests.factories import make_comment, make_decided, make_section, make_story
from tests.moderation.hints.conftest import first_lists  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
MINE = Sender("192.0.2.0/24", "mine", "test")


@pytest.fixture
def shown(as_, moderator):
    """``shown("hinted=yes")``: the ids of the cards on the first page."""
    client = as_(moderator)

    def get(query: str = "", address: str = "/desk/") -> list[int]:
        response = client.get(f"{address}?{query}")
        assert response.status_code == 200, response.text
        get.html = response.text
        return [int(pk) for pk in re.findall(r'<article class="desk-card"[^>]* data-comment="(\d+)"', response.text)]

    get.client = client
    return get


@pytest.fixture
def waiting(story, moderator):
    """Hinted and plain, new and known, first and again."""
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="One", sender=MINE)
    found = {
        "hinted": make_comment(story, "Well, damn it."),
        "plain": make_comment(story, "Well reported."),
        "known": make_comment(story, "Me once more.", sender=MINE),
    }
    fields = {"article": story, "display_name": "Shilan", "body": "Now calmer.", "language": "en"}
    found["again"] = Comment.objects.create(**fields, nonce="n" * 64, receipt_hash="r" * 64, resubmission_of=rejected)
    call_command("prepare_hints")
    return {name: comment.pk for name, comment in found.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hinted=yes", ["hinted"]),
        ("hinted=no", ["plain", "known", "again"]),
        ("sender=known", ["known"]),
        ("sender=new", ["hinted", "plain", "again"]),
        ("sent=again", ["again"]),
        ("sent=first", ["hinted", "plain", "known"]),
        ("hinted=no&sender=new&sent=first", ["plain"]),
        ("hinted=yes&sender=known", []),
        ("hinted=yes&language=en&q=damn", ["hinted"]),
        ("hinted=yes&language=ar", []),
        ("sender=known&q=mor", ["known"]),
    ],
)
def test_the_queue_is_filtered_by_what_was_prepared(shown, waiting, query, expected):
    assert shown(query) == [waiting[name] for name in expected]
    assert "not sorted by hints" not in shown.html


def test_a_comment_that_just_came_in_is_said_not_to_be_sorted_yet(shown, waiting, story):
    make_comment(story, "Just now, damn it.")
    assert shown("hinted=yes") == [waiting["hinted"]]
    assert "not sorted by hints and senders yet" in shown.html
    call_command("prepare_hints")
    assert len(shown("hinted=yes")) == 2


def test_a_sender_is_known_from_the_first_decision_on(shown, story, moderator):
    first, second = (make_comment(story, text, sender=MINE) for text in ("one", "two"))
    call_command("prepare_hints")
    assert shown("sender=known") == []
    decide(first, "approved", moderator=moderator, seen_version=0)
    call_command("prepare_hints")
    assert shown("sender=known") == [second.pk]


def test_what_was_decided_leaves_the_filters_at_once_and_comes_back_when_undone(shown, waiting, moderator):
    comment = Comment.objects.get(pk=waiting["hinted"])
    decision = decide(comment, "approved", moderator=moderator, seen_version=0)
    assert shown("hinted=yes") == []
    undo(decision, moderator=moderator)
    assert shown("hinted=yes") == [comment.pk]


def test_a_filter_with_all_of_it_is_saved(shown, waiting):
    query = "q=damn&language=en&hinted=yes&sender=new&sent=first&order=mixed"
    shown.client.post("/desk/filters/", {"name": "Hard ones", "query": query})
    assert SavedFilter.objects.get().query == query
    assert shown(SavedFilter.objects.get().query) == [waiting["hinted"]]


def test_a_hand_picked_group_of_stories_is_one_filter(shown, waiting, editor, story):
    other, third = make_story(by=editor, headline="Other"), make_story(by=editor, headline="Third")
    mine, _elsewhere = make_comment(other, "Here"), make_comment(third, "There")
    assert shown(f"story={story.pk},{other.pk}")[-1] == mine.pk
    assert len(shown(f"story={story.pk}+{other.pk}")) == 5
    assert shown(f"story={other.pk}&hinted=yes") == []


def test_reports_and_appeals_are_said_to_be_elsewhere(shown):
    shown()
    assert "Reports and appeals are about comments that were decided" in shown.html


# Search ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("prepared", [True, False])
def test_search_finds_words_of_text_and_name_whatever_the_spelling(shown, story, prepared):
    arabic = make_comment(story, "كتب عن المدينة", name="أحمد")
    english = make_comment(story, "The Bridge is OLD.", name="Dana")
    if prepared:
        call_command("prepare_hints")
    assert shown("q=bridge+old") == shown("q=BRI") == shown("q=dana") == [english.pk]
    assert shown("q=احمد") == shown("q=المدینه") == [arabic.pk]
    assert shown("q=bridge+dana+new") == shown("q=%25%25") == shown("q=ridge") == []


@pytest.mark.parametrize(
    "text", ['"', "'", "a* OR b", "NEAR(x y)", "words : x", "'; DROP TABLE moderation_search; --", "\\"]
)
def test_search_takes_any_text_for_words(shown, waiting, text):
    assert shown.client.get("/desk/", {"q": text}).status_code == 200


def test_a_search_that_finds_too_many_looks_at_the_oldest_and_says_so(shown, waiting, monkeypatch, story):
    monkeypatch.setattr(search, "MOST", 2)
    for number in range(3):
        make_comment(story, f"The river, {number}")
    call_command("prepare_hints")
    assert len(shown("q=river")) == 2
    assert "the oldest of them are looked at" in shown.html
    assert shown("q=river+2") and "the oldest of them" not in shown.html


def test_words_leave_the_index_with_the_decision_and_with_erasure(story, moderator):
    decided, erased, left = (make_comment(story, f"river {word}") for word in ("one", "two", "three"))
    call_command("prepare_hints")
    assert set(search.find("river").ids) == {decided.pk, erased.pk, left.pk}
    erase(erased, cause=Erasure.Cause.AUTHOR)
    assert set(search.find("river").ids) == {decided.pk, left.pk}
    decide(decided, "approved", moderator=moderator, seen_version=0)
    call_command("prepare_hints")
    search.tidy()
    assert search.find("river").ids == [left.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM moderation_search")
        assert cursor.fetchone() == (1,)


# Easy and hard in turn ------------------------------------------------------------------------------------------------
@pytest.fixture
def easy_and_hard(story):
    """Three hard ones, then five easy ones."""
    hard = [make_comment(story, f"Damn number {number}").pk for number in range(3)]
    easy = [make_comment(story, f"Number {number}").pk for number in range(5)]
    call_command("prepare_hints")
    return easy, hard


def test_easy_and_hard_come_in_turn_and_the_rest_after_them(shown, easy_and_hard):
    easy, hard = easy_and_hard
    turns = [easy[0], hard[0], easy[1], hard[1], easy[2], hard[2], easy[3], easy[4]]
    assert shown("order=mixed") == turns
    assert shown("order=mixed&hinted=yes") == hard


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_turns_go_on_over_the_pages_and_nothing_is_missed(shown, easy_and_hard, settings, size):
    settings.NEWSROOM_DESK_CARDS = size
    seen, query = [], "order=mixed"
    while query:
        seen += shown(query)
        following = re.search(r'rel="next" href="\?([^"]+)"', shown.html)
        query = following and following.group(1).replace("&amp;", "&")
    assert sorted(seen) == sorted([*easy_and_hard[0], *easy_and_hard[1]])
    assert shown.client.get("/desk/?order=mixed&after=1-1").status_code == 404


def test_a_decision_keeps_the_place_in_turns(shown, easy_and_hard, settings):
    settings.NEWSROOM_DESK_CARDS = 2
    shown("order=mixed")
    after = re.search(r'rel="next" href="\?([^"]+)"', shown.html).group(1).replace("&amp;", "&")
    page = shown(after)
    back = re.search(r'name="next" value="([^"]+#[^"]+)"', shown.html).group(1).replace("&amp;", "&")
    assert back == f"/desk/?{after}#comment-{page[1]}"
    shown.client.post(f"/desk/comments/{page[0]}/approve/", {"seen_version": 0, "next": back})
    assert shown(after)[0] == page[1] or page[1] in shown(after)


def test_one_by_one_gives_easy_and_hard_in_turn(shown, easy_and_hard):
    easy, hard = easy_and_hard
    given = []
    for _turn in range(6):
        answer = shown.client.post("/desk/next/?order=mixed", headers={"accept": "application/json"}).json()
        given += [int(pk) for pk in re.findall(r'data-comment="(\d+)"', answer["html"])]
    assert given == [easy[0], hard[0], easy[1], hard[1], easy[2], hard[2]]


# What it costs --------------------------------------------------------------------------------------------------------
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "comment_queue"),
        ("language=en", "comment_queue_by_language"),
        ("hinted=yes", "hinted_in_order"),
        ("sender=known", "sender_in_order"),
        ("sent=again", "resubmission_in_order"),
        ("hinted=yes&language=en", "hinted_by_language"),
        ("sender=new&language=en", "sender_by_language"),
        ("sent=again&language=en", "resub_by_language"),
        ("section={section}", "section_in_order"),
    ],
)
def test_every_filter_walks_an_index_in_the_queues_order(rf, query, index, story):
    query = query.format(section=story.section_id)
    chosen = QueueFilter(rf.get(f"/desk/?{query}").GET)
    plan = chosen.waiting()[:21].explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan, plan
    assert "TEMP B-TREE" not in chosen.waiting().reverse()[:1].explain()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("story=1,2,3", "comment_on_story (article_id=? AND status=?)"),
        ("story=1,2,3&language=en", "comment_on_story (article_id=? AND status=?)"),
        ("story=1,2,3&hinted=yes", "comment_on_story (article_id=? AND status=?)"),
        ("q=damn", "INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_stories_and_words_are_found_first_and_sorted_then(rf, query, index, waiting):
    plan = QueueFilter(rf.get(f"/desk/?{query}").GET).waiting()[:21].explain()
    assert f"SEARCH comments_comment USING {index}" in plan.replace("USING INDEX", "USING"), plan


def test_a_story_that_moves_to_another_section_takes_its_comments_along(shown, story):
    old, new = story.section_id, make_section("Water", "water").pk
    comment = make_comment(story)
    call_command("prepare_hints")
    assert shown(f"section={old}") == [comment.pk]
    Article.objects.filter(pk=story.pk).update(section=new)
    prepared.tidy()
    call_command("prepare_hints")
    assert (shown(f"section={old}"), shown(f"section={new}")) == ([], [comment.pk])
    assert list(prepared.prepare()) == []


def test_preparing_goes_oldest_first_and_each_comment_once(story, monkeypatch):
    monkeypatch.setattr(prepared, "BATCH", 2)
    comments = [make_comment(story, f"Number {number}").pk for number in range(5)]
    assert list(prepared.prepare(most=4)) == [2, 2]
    assert sorted(CommentHints.objects.values_list("pk", flat=True)) == comments[:4]
    assert list(prepared.prepare()) == [1]
    assert list(prepared.prepare()) == []
