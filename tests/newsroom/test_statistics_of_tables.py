import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import search
from articles.models import Article
from newsroom import statistics_of_tables
from newsroom.demo.populate import Populator

pytestmark = pytest.mark.django_db


@pytest.mark.only_on("sqlite")
def test_with_figures_a_story_is_found_by_its_number_and_not_among_all_that_are_published():
    list(Populator(seed=1).articles(300))

    def plan() -> str:
        sql, parameters = Article.objects.public().filter(pk__in=[1, 2, 3]).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            return " ".join(str(row[3]) for row in cursor.fetchall())

    assert "INTEGER PRIMARY KEY" not in plan()
    statistics_of_tables.refresh()
    assert "INTEGER PRIMARY KEY" in plan()
    statistics_of_tables.refresh()


@pytest.mark.only_on("sqlite")
def test_with_figures_a_filtered_search_still_asks_the_words_once():
    """Driven by the filter, FTS5 is asked anew for each of its stories: minutes with a thousand of them."""
    list(Populator(seed=1).articles(300))
    statistics_of_tables.refresh()
    few = Article.objects.filter(section__lt=1_000, status="draft")
    question = search.Question.read("river")
    with CaptureQueriesContext(connection) as asked:
        search.find(question, language="en", among=few)
        search.matching(question, few)
    statements = [query["sql"] for query in asked if "MATCH" in query["sql"]]
    assert len(statements) == 3  # the readers' question, and that of the back office to each of its two indexes
    # A plus takes the column out of the planner's reach; with 100,000 stories it chose the other way round.
    assert [sql.count("+rowid IN") + sql.count("= +articles_desk_search.rowid") for sql in statements] == [1, 1, 1]
    assert not [sql for sql in statements if " rowid IN" in sql]


@pytest.mark.only_on("postgresql")
def test_postgresql_keeps_its_own():
    statistics_of_tables.refresh()
