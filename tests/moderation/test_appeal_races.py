"""Races about appeals and reports, in real threads: one appeal, one outcome, one answer."""

import pytest

from comments import reporting, stamps
from comments.models import Comment, Status
from comments.senders import Sender
from comments.withdrawal import withdraw
from moderation import appeals, ledger, reports
from moderation.decisions import AlreadyDecided, UndoRefused, undo
from moderation.models import Appeal, AppealOutcome, Decision, Outcome, ReportAnswer
from newsroom.roles import Role
from tests.factories import make_decided, make_user
from tests.moderation.test_races import race, real_database

pytestmark = pytest.mark.django_db(transaction=True)
RACED = 50
RUNNERS = 4
__all__ = ["real_database"]


def rejected(story, moderator, count: int = RACED) -> list[Comment]:
    words = {"guidelines": ["abuse"], "by": moderator}
    return [make_decided(story, "rejected", body=f"Number {number}.", **words) for number in range(count)]


def test_a_double_click_is_one_appeal(real_database, story, moderator):
    comments = rejected(story, moderator)

    def worker(job, _number):
        try:
            appeals.appeal(comments[job], written="Please look again.")
        except appeals.AlreadyAppealed:
            return "late"
        return "appealed"

    outcomes = race(worker, RACED, RUNNERS)
    assert (outcomes.count("appealed"), outcomes.count("late")) == (RACED, RACED * (RUNNERS - 1))
    assert Appeal.objects.count() == RACED


def test_racing_leads_give_one_outcome_an_appeal(real_database, story, moderator):
    taken = [appeals.appeal(comment, written="Why?") for comment in rejected(story, moderator)]
    leads = [make_user(f"lead{number}", Role.MODERATION_LEAD) for number in range(RUNNERS)]

    def worker(job, number):
        outcome = (Outcome.UPHELD, Outcome.OVERTURNED)[number % 2]
        try:
            appeals.settle(taken[job], outcome, by=leads[number])
        except appeals.AlreadySettled:
            return "late"
        return outcome

    outcomes = race(worker, RACED, RUNNERS)
    overturned = outcomes.count(Outcome.OVERTURNED)
    assert outcomes.count("late") == RACED * (RUNNERS - 1)
    assert AppealOutcome.objects.count() == RACED
    assert Comment.objects.public().count() == overturned
    assert Decision.objects.filter(verdict="approved").count() == overturned
    assert ledger.first_break() is None


def test_an_appeal_and_an_undo_do_not_both_happen(real_database, story, moderator):
    comments = rejected(story, moderator)
    decided = [comment.decisions.get() for comment in comments]

    def worker(job, number):
        try:
            if number:
                undo(decided[job], moderator=moderator)
            else:
                appeals.appeal(comments[job], written="Why?")
        except (UndoRefused, appeals.NothingToAppeal):
            return "late"
        return "undone" if number else "appealed"

    outcomes = race(worker, RACED, 2)
    assert outcomes.count("late") == RACED
    assert Comment.objects.filter(status=Status.PENDING).count() == outcomes.count("undone")
    assert Appeal.objects.filter(decision__comment__status=Status.PENDING).count() == 0


def test_an_author_who_withdraws_while_a_lead_decides_is_always_obeyed(real_database, story, moderator, lead):
    comments = rejected(story, moderator)
    taken = [appeals.appeal(comment, written="Why?") for comment in comments]

    def worker(job, number):
        if number == 0:
            withdraw(comments[job])
            return "withdrawn"
        try:
            appeals.settle(taken[job], Outcome.OVERTURNED, by=lead, note="A word.")
        except (appeals.AlreadySettled, AlreadyDecided):
            return "late"
        return "overturned"

    outcomes = race(worker, RACED, 2)
    assert outcomes.count("withdrawn") == RACED
    assert Comment.objects.exclude(body="").count() == Comment.objects.public().count() == 0
    assert AppealOutcome.objects.count() == RACED
    assert AppealOutcome.objects.filter(outcome=Outcome.OVERTURNED).count() == outcomes.count("overturned")
    assert AppealOutcome.objects.exclude(note="").count() == 0
    assert ledger.first_break() is None


def test_two_moderators_on_one_report_give_one_answer(real_database, story, moderator, moderator2):
    comments = [make_decided(story, "approved", by=moderator, body=f"Number {n}.") for n in range(RACED)]
    sent = []
    for number, comment in enumerate(comments):
        sender = Sender(network="192.0.2.0/24", cookie=f"r{number}", user_agent="test")
        stamp = stamps.stamp(story.pk)
        taken = reporting.report_comment(comment, ground="promotion", explanation="", stamp=stamp, sender=sender)
        sent.append(taken.report)
    people = [moderator, moderator2, moderator, moderator2]

    def worker(job, number):
        try:
            if number % 2:
                reports.keep(comments[job], by=people[number], upto=sent[job].pk, reason="It may stay.")
            else:
                reports.remove(comments[job], by=people[number], seen_version=1, guidelines=["promotion"])
        except (reports.AlreadyAnswered, AlreadyDecided):
            return "late"
        return "kept" if number % 2 else "removed"

    outcomes = race(worker, RACED, RUNNERS)
    assert ReportAnswer.objects.count() == RACED
    assert outcomes.count("removed") == Comment.objects.filter(status=Status.REMOVED).count() == RACED
    # Whoever was told that a comment stays was told so before another moderator removed it.
    assert outcomes.count("kept") == ReportAnswer.objects.filter(answer="kept").count()
