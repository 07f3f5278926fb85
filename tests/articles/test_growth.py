"""What readers' pages cost the database with eight times as many stories, counted in SQLite's own steps."""

import pytest
from django.db import connection

from articles import sitemaps
from articles.models import Article
from articles.paging import key_of
from newsroom import statistics_of_tables
from newsroom.demo.populate import Populator
from tests import factories
from tests.steps import Steps, least

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
FEW, MANY = 400, 3_200
ADDRESSES = (
    "/en/",
    "/en/sections/synthetic/",
    "/en/tags/synthetic-1/",
    "/en/feed.rss",
    "/en/sections/synthetic/feed.rss",
    "/en/sitemap-1.xml",
    "/news-sitemap.xml",
    "{story}",
    "/en/?after={last}",
    "/en/sections/synthetic/?after={last}",
    "/en/tags/synthetic-1/?after={last}",
)


def costs(reader, story) -> dict[str, int]:
    """The worker looks at the tables once an hour; here it just did."""
    steps, named = Steps(), {"story": story.get_absolute_url(), "last": near_the_end()}
    statistics_of_tables.refresh()
    return {address: least(steps, reader.get, address.format(**named)) for address in ADDRESSES}


def near_the_end() -> str:
    """The key of a page that nearly all stories lie before, and no more follow than are looked through for it."""
    return key_of(Article.objects.public().order_by("first_published_at", "pk")[300], ("first_published_at", "pk"))


def test_readers_pages_take_as_many_steps_with_eight_times_as_many_stories(reader, editor, monkeypatch):
    monkeypatch.setattr(sitemaps, "IDS_PER_PAGE", 100)  # full in both
    monkeypatch.setattr(sitemaps, "NEWS_LIMIT", 0)  # as many as there are of two days, else
    populator = Populator(seed=1)
    list(populator.articles(FEW))
    story = factories.make_story(by=editor)
    few = costs(reader, story)
    list(populator.articles(MANY - FEW))
    many = costs(reader, story)
    assert all(few.values())
    grown = {name: round(many[name] / few[name], 2) for name in few if many[name] > 1.3 * few[name]}
    assert grown == {}


def test_a_page_of_a_sitemap_walks_no_edition_where_figures_are_large(reader, monkeypatch):
    """SQLite weighs its ways by its figures, and took another one for the ids in a range where there are 100,000."""
    monkeypatch.setattr(sitemaps, "IDS_PER_PAGE", 100)
    populator, steps, taken = Populator(seed=1), Steps(), []
    for more in (FEW, MANY - FEW):
        list(populator.articles(more))
        statistics_of_tables.refresh()
        pretend_there_are_100_000()
        taken.append(least(steps, reader.get, "/en/sitemap-1.xml"))
    few, many = taken
    assert few
    assert many <= 1.3 * few, (few, many)


def pretend_there_are_100_000() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sqlite_stat1 SET stat = '100000' || substr(stat, instr(stat, ' ')) WHERE tbl = 'articles_article'"
        )
        cursor.execute("ANALYZE sqlite_schema")


def test_a_page_that_walks_all_stories_is_noticed(editor):
    populator, steps = Populator(seed=1), Steps()

    def walk() -> None:
        assert not Article.objects.public().filter(standfirst="nowhere").exists()

    list(populator.articles(FEW))
    few = steps.of(walk)
    list(populator.articles(MANY - FEW))
    assert steps.of(walk) > 4 * few
