"""A page that is drawn anew: what it costs, and that what a process remembers for it is never old."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing
from articles.front import announce
from articles.models import BreakingBanner, SectionName
from comments import threads
from comments.models import Comment, CommentPolicy
from newsroom import pages
from tests.factories import make_decided, make_draft, make_story
from tests.newsroom.test_pages import Site, body

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)
now = timezone.now


@pytest.fixture
def site(settings, tmp_path):
    settings.NEWSROOM_PAGES_DIR = tmp_path / "pages"
    return Site(pages.configured_store())


def test_a_page_drawn_anew_costs_few_queries_with_one_comment_and_with_many(
    site, story, moderator, django_assert_num_queries
):
    body(site, story.get_absolute_url())  # a process asks once for what every page shows
    for count in (1, 60):
        for number in range(count):
            make_decided(story, "approved", by=moderator, body=f"Remark {count}-{number}")
        with django_assert_num_queries(COLD_QUERIES + (count > 1)):  # more than a page are counted
            page = body(site, story.get_absolute_url())
    assert page.count('<article class="comment"') == 50


COLD_QUERIES = 11  # of which three are the page cache's own


HOUSE = {
    "menu": lambda person: SectionName.objects.filter(language="en").update(name="Canary"),
    "pause": lambda person: CommentPolicy(is_paused=True, reason="Canary").save(),
    "banner": lambda person: announce(
        BreakingBanner(language="en", text="Canary", begins_at=now(), ends_at=now() + HOUR, created_by=person)
    ),
}


@pytest.mark.parametrize("change", HOUSE.values(), ids=HOUSE)
def test_what_every_page_shows_is_new_on_every_page_at_once(change, site, story, editor):
    other = make_story(by=editor, slug="other", headline="Another")
    pages_of_both = [each.get_absolute_url() for each in (story, other)]
    assert ["Canary" in body(site, path) for path in pages_of_both] == [False, False]
    with transaction.atomic():
        change(editor)
        pages.changed("house")
    assert ["Canary" in body(site, path) for path in pages_of_both] == [True, True]


def test_a_scheduled_story_ends_pages_that_are_drawn_after_it_was_scheduled(site, story, editor):
    body(site, "/en/")
    waiting = make_draft(by=editor, slug="waiting", headline="Waiting")
    at = now() + HOUR / 2
    publishing.schedule(waiting, by=editor, publish_at=at)
    body(site, "/en/")
    (stored,) = [site.cache.store.get(name) for name in names_of(site) if site.cache.store.get(name)]
    assert stored.until == at.timestamp()


def names_of(site) -> list[str]:
    return [path.name for path in (site.cache.store.folder / "pages").iterdir()]


def plans_of(queries) -> str:
    """How the database says it would answer ``queries``."""
    with connection.cursor() as cursor:
        found = []
        for query in queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            found += [row[3] for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.only_on("sqlite")
def test_no_query_of_a_story_walks_all_stories_or_comments_even_without_figures(story, moderator, reader):
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")
        assert cursor.fetchone() == (0,)
    make_decided(story, "approved", by=moderator, parent=make_decided(story, "approved", by=moderator))
    many = [threads.Thread(Comment(pk=pk)) for pk in range(1, threads.THREADS_PER_PAGE + 1)]
    for thread in many:
        thread.comment.one_more = False
    with CaptureQueriesContext(connection) as asked:
        reader.get(story.get_absolute_url())
        threads._add_replies(many)  # for a whole page of them plans differ
    plans = plans_of(query for query in asked.captured_queries if query["sql"].startswith("SELECT"))
    for index in ("article_next_by_clock", "article_next_embargo", "comment_first_level", "comment_in_thread"):
        assert index in plans
    for walk in (
        "article_state (",
        "article_desk (",
        "comment_queue (",
        "SCAN articles_article",
        "SCAN comments_comment",
    ):
        assert walk not in plans
