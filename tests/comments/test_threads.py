"""A story with ten thousand comments serves its first page like one with ten: same queries, no row too many."""

import datetime
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import threads
from comments.models import Comment
from tests.factories import make_story
from tests.unfrozen import unfrozen


def fill(story, *, first_level: int, replies: int) -> None:
    """``first_level`` approved comments on ``story``, as many rejected ones, and ``replies`` to the first."""
    start = timezone.now()

    def comment(kind: str, number: int, **fields) -> Comment:
        name = f"{story.pk}-{kind}-{number}"
        at = start + datetime.timedelta(seconds=number)
        return Comment(
            article=story,
            display_name="S",
            body=name,
            language="en",
            submitted_at=at,
            nonce=name,
            receipt_hash=name,
            **fields,
        )

    Comment.objects.bulk_create([comment("approved", n) for n in range(first_level)], batch_size=500)
    Comment.objects.bulk_create([comment("rejected", n) for n in range(first_level)], batch_size=500)
    first = Comment.objects.get(nonce=f"{story.pk}-approved-0")
    answers = [comment("reply", n, parent=first, thread=first) for n in range(replies)]
    Comment.objects.bulk_create(answers, batch_size=500)
    with unfrozen(connection):
        on_story = Comment.objects.on(story)
        on_story.filter(body__contains="rejected").update(status="rejected", version=1)
        on_story.exclude(body__contains="rejected").update(status="approved", version=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def talk(story, *, first_level: int, replies_each: int) -> None:
    """``first_level`` approved comments on ``story`` with ``replies_each`` approved replies to each."""
    fill(story, first_level=first_level, replies=0)
    firsts = Comment.objects.public().on(story)
    numbered = [(first, number) for first in firsts for number in range(replies_each)]
    Comment.objects.bulk_create(
        Comment(
            article=story,
            parent=first,
            thread=first,
            display_name="R",
            body=f"Answer {number} to {first.pk}",
            language="en",
            nonce=f"{first.pk}-{number}",
            receipt_hash=f"{first.pk}-{number}",
        )
        for first, number in numbered
    )
    with unfrozen(connection):
        Comment.objects.pending().on(story).update(status="approved", version=1)


def serve(reader, address: str) -> tuple[int, float]:
    """How many queries ``address`` takes, and the best time of five in seconds."""
    times = []
    for _attempt in range(5):
        began = time.perf_counter()
        assert reader.get(address).status_code == 200
        times.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as queries:
        reader.get(address)
    return len(queries), min(times)


def test_a_story_with_ten_thousand_comments_serves_like_one_with_a_page_of_them(reader, story, editor):
    busy = make_story(by=editor, slug="busy")
    fill(story, first_level=threads.THREADS_PER_PAGE + 1, replies=threads.REPLIES_SHOWN + 1)
    fill(busy, first_level=5_000, replies=5_000)
    for query in ("", "?sort=newest"):
        few, few_seconds = serve(reader, story.get_absolute_url() + query)
        many, many_seconds = serve(reader, busy.get_absolute_url() + query)
        ratio = many_seconds / few_seconds
        figures = f"{few_seconds * 1e3:.1f} ms, {many_seconds * 1e3:.1f} ms: {ratio:.2f}"
        print(f"\n{connection.vendor} {query or 'oldest'}: {figures}")
        assert few == many
        assert ratio < 3, "measured 0.6 to 1.2; the rest is the noise of a busy machine"


def test_the_first_page_walks_an_index_and_sorts_nothing(story):
    fill(story, first_level=500, replies=500)
    with CaptureQueriesContext(connection) as queries:
        threads.threads_page(story, None)
    plans = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query["sql"])
            plans.append(" ".join(str(row) for row in cursor.fetchall()))
    assert "comment_first_level" in plans[0]
    assert not any("SCAN comments_comment" in plan or "Seq Scan on comments_comment" in plan for plan in plans), plans
    if connection.vendor == "sqlite":
        assert "TEMP B-TREE" not in plans[0]
