"""The desk costs the same however many comments wait: counted in SQLite's own steps, which no busy machine changes."""

import io

import pytest
from django.core.management import call_command
from django.db import connection

from comments.models import Comment
from moderation import clusters, desk
from moderation.hints import surroundings
from newsroom.demo.populate import Populator
from tests.steps import Steps, least

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
FEW, MANY = 400, 3_200
SCRIPT = {"headers": {"accept": "application/json"}}


class Queue:
    """A queue that is filled up to a length."""

    def __init__(self) -> None:
        self.populator, self.waiting = Populator(seed=1), 0
        for _batch in self.populator.articles(20):
            pass

    def grow_to(self, length: int) -> None:
        for _batch in self.populator.pending(length - self.waiting):
            pass
        self.waiting = length
        call_command("prepare_hints", most=length, verbosity=0, stdout=io.StringIO())


ADDRESSES = (
    "/desk/",
    "/desk/?language=en",
    "/desk/?hinted=no",
    "/desk/?sender=known",
    "/desk/?sender=new",
    "/desk/?order=mixed",
    "/desk/?reported=yes",
)


def test_pages_and_the_next_card_take_as_many_steps_with_eight_times_as_many_waiting(as_, moderator, monkeypatch):
    # What grows with the queue until it stops, at 1,000, 100 and 500 comments, stops at once here.
    monkeypatch.setattr(desk, "count_to_1000", lambda _rows: "")
    monkeypatch.setattr(clusters, "LOOKED_AT", 3)
    monkeypatch.setattr(surroundings, "LOOK_AT", 20)
    browser, queue, steps = as_(moderator), Queue(), Steps()
    taken = []
    for length in (FEW, MANY):
        queue.grow_to(length)
        found = {address: least(steps, browser.get, address) for address in ADDRESSES}
        found["next"] = least(steps, browser.post, "/desk/next/", **SCRIPT)
        taken.append(found)
    few, many = taken
    assert all(few.values())
    grown = {name: round(many[name] / few[name], 2) for name in few if many[name] > 1.3 * few[name]}
    assert grown == {}


def test_a_query_that_walks_what_waits_is_noticed():
    queue, steps = Queue(), Steps()

    def walk() -> None:
        assert Comment.objects.pending().filter(body__contains="nowhere to be found").count() == 0

    queue.grow_to(FEW)
    few = steps.of(walk)
    queue.grow_to(MANY)
    assert steps.of(walk) > 5 * few


def test_a_cluster_is_counted_from_its_newest_comments():
    queue = Queue()
    queue.grow_to(FEW)
    sql = clusters._COUNTS.format(limit=clusters.LOOKED_AT, comments="1, 2, 3")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, ["pending", "pending"])
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert plan.count("SEARCH c USING INTEGER PRIMARY KEY") == 2
    assert "comment_queue" not in plan
