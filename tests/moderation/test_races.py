"""Races in real threads on a real database file: one decision at a time, one comment a click."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from comments import posting, stamps
from comments.models import Comment, Erasure, Status
from comments.withdrawal import withdraw
from moderation import ledger
from moderation.decisions import AlreadyDecided, decide
from moderation.models import Decision, DecisionNote, Verdict
from tests.factories import SENDER, make_comment

pytestmark = pytest.mark.django_db(transaction=True)
RACED = 1000
MODERATORS = 4


@pytest.fixture
def real_database(request):
    """Threads need a database that several connections share: SQLite's tests otherwise run in memory."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.fail("the test database must be a file: see DATABASES['default']['TEST'] in the settings of the tests")


def race(worker, jobs: int, runners: int) -> list:
    """Run ``worker(job)`` for every job in ``runners`` threads that start each job together."""
    start = threading.Barrier(runners)

    def runner(number):
        try:
            results = []
            for job in range(jobs):
                start.wait()
                results.append(worker(job, number))
            return results
        finally:
            connections.close_all()

    with ThreadPoolExecutor(runners) as pool:
        return [result for results in pool.map(runner, range(runners)) for result in results]


def test_racing_moderators_make_one_decision_a_comment(real_database, story, moderator, moderator2, lead):
    comments = [make_comment(story, f"Remark {number}") for number in range(RACED)]
    people = [moderator, moderator2, lead, moderator]

    def worker(job, number):
        verdict = (Verdict.APPROVED, Verdict.REJECTED)[number % 2]
        try:
            decide(
                comments[job],
                verdict,
                moderator=people[number],
                seen_version=0,
                guidelines=["abuse"] if verdict == Verdict.REJECTED else (),
            )
        except AlreadyDecided as late:
            return "late" if late.decision else "nobody"
        return "decided"

    outcomes = race(worker, RACED, MODERATORS)
    print(f"\n{connection.vendor}: {RACED} raced comments, {outcomes.count('decided')} decisions")
    assert (outcomes.count("decided"), outcomes.count("late")) == (RACED, RACED * (MODERATORS - 1))
    assert Decision.objects.count() == RACED
    assert Comment.objects.pending().count() == 0
    assert ledger.first_break() is None


def test_a_double_click_in_two_threads_stores_one_comment(real_database, story):
    stamp = stamps.stamp(story.pk)

    def worker(job, _number):
        return posting.post_comment(story, name="Shilan", body=f"Remark {job}", stamp=stamp, sender=SENDER).created

    created = race(worker, 100, 4)
    assert (created.count(True), Comment.objects.count()) == (100, 100)


def test_an_author_who_withdraws_while_a_moderator_decides_is_always_obeyed(real_database, story, moderator):
    raced = 200
    comments = [make_comment(story, f"Remark {number}") for number in range(raced)]

    def worker(job, number):
        if number == 0:
            withdraw(comments[job])
            return "withdrawn"
        try:
            decide(comments[job], Verdict.APPROVED, moderator=moderator, seen_version=0, note="A private word.")
        except AlreadyDecided:
            return "late"
        return "decided"

    outcomes = race(worker, raced, 2)
    print(f"\n{connection.vendor}: {raced} withdrawn, {outcomes.count('decided')} of them decided just before")
    assert outcomes.count("withdrawn") == raced
    assert set(Comment.objects.values_list("status", "display_name", "body")) == {(Status.WITHDRAWN, "", "")}
    assert Erasure.objects.count() == raced
    assert DecisionNote.objects.exclude(text="").count() == 0
    assert Decision.objects.count() == outcomes.count("decided")
    assert ledger.first_break() is None
