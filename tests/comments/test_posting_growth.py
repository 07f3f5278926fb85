"""A post costs the database the same however many comments wait or are on its story: counted in SQLite's own steps."""

import itertools

import pytest

from articles.models import Article
from comments.models import CommentContact, Status
from comments.senders import Sender
from newsroom import statistics_of_tables
from newsroom.demo.populate import Populator
from tests import factories
from tests.steps import Steps, least

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
FEW, MANY = 400, 3_200
_numbers = itertools.count()


def post(story: Article) -> None:
    """A comment from a browser that sent none before; its network sent as many as that of any other."""
    number = next(_numbers)
    sender = Sender(network=f"10.0.{number}.0/24", cookie=f"{number:032x}", user_agent="")
    factories.make_comment(story, f"The bridge, part {number}", sender=sender)


def steps_of_a_post(*, waiting: list[int], refreshed: bool) -> list[int]:
    """With so many waiting on two stories, once SQLite has looked at its tables (``refreshed``) or before it did."""
    populator, steps, taken = Populator(seed=1), Steps(), []
    list(populator.articles(2))
    story = Article.objects.public().order_by("pk").first()
    for length, before in zip(waiting, [0, *waiting], strict=False):
        list(populator.pending(length - before))
        if refreshed:
            statistics_of_tables.refresh()
        taken.append(least(steps, post, story))
    return taken


@pytest.mark.parametrize("refreshed", [False, True])
def test_a_post_takes_as_many_steps_with_eight_times_as_many_waiting(refreshed, settings):
    settings.NEWSROOM_STORY_COMMENTS = 50  # what is counted on the story ends at it
    few, many = steps_of_a_post(waiting=[FEW, MANY], refreshed=refreshed)
    assert few
    assert many <= 1.3 * few, (few, many)


def test_the_limits_question_walks_what_waits_without_its_hint():
    populator, steps = Populator(seed=1), Steps()

    def ask() -> None:
        mine = CommentContact.objects.filter(sender_hash__in=["nobody"], comment__status=Status.PENDING)
        assert not mine.order_by().values_list("pk")[19:20]

    list(populator.articles(2))
    list(populator.pending(FEW))
    few = steps.of(ask)
    list(populator.pending(MANY - FEW))
    assert steps.of(ask) > 3 * few
