import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from comments.models import Comment
from moderation import leases
from moderation.decisions import decide
from moderation.models import Lease, Verdict
from newsroom.roles import Role
from tests.factories import make_comment, make_user

COMMENTS, THREADS = 500, 8


@pytest.fixture
def comments(story):
    return [make_comment(story, f"Remark {number}") for number in range(3)]


def expire(*comments) -> None:
    Lease.objects.filter(comment__in=comments).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))


def test_next_gives_the_oldest_that_nobody_holds(comments, moderator, moderator2):
    waiting = Comment.objects.pending().oldest_first()
    assert leases.next_for(moderator, waiting) == comments[0]
    assert leases.next_for(moderator2, waiting) == comments[1]
    assert leases.next_for(moderator, waiting) == comments[2]
    assert leases.next_for(moderator, waiting) is None
    assert list(leases.held_by(moderator)) == [comments[0], comments[2]]
    assert {pk: lease.moderator for pk, lease in leases.holders(comments).items()} == {
        comments[0].pk: moderator,
        comments[1].pk: moderator2,
        comments[2].pk: moderator,
    }


def test_next_keeps_to_what_was_asked_for(comments, moderator):
    assert leases.next_for(moderator, Comment.objects.pending().filter(body="Remark 1")) == comments[1]


def test_an_expired_lease_is_nobodys_and_is_taken_again(comments, moderator, moderator2):
    leases.next_for(moderator, Comment.objects.pending().oldest_first())
    expire(comments[0])
    assert leases.holders(comments) == {}
    assert list(leases.held_by(moderator)) == []
    assert leases.next_for(moderator2, Comment.objects.pending().oldest_first()) == comments[0]
    assert leases.holders(comments)[comments[0].pk].moderator == moderator2


def test_a_lease_keeps_nobody_from_deciding(comments, moderator, moderator2):
    held = leases.next_for(moderator, Comment.objects.pending().oldest_first())
    decide(held, Verdict.APPROVED, moderator=moderator2, seen_version=0)
    assert list(leases.held_by(moderator)) == []
    assert leases.next_for(moderator, Comment.objects.pending().oldest_first()) == comments[1]


@pytest.mark.django_db(transaction=True)
def test_eight_moderators_are_never_given_the_same_comment(story):
    for number in range(COMMENTS):
        make_comment(story, f"Remark {number}")
    people = [make_user(f"m{number}", Role.MODERATOR) for number in range(THREADS)]

    def take_all(person):
        taken = []
        try:
            while comment := leases.next_for(person, Comment.objects.pending().oldest_first()):
                taken.append((comment.pk, person.pk))
        finally:
            connections.close_all()
        return taken

    def everybody_takes():
        with ThreadPoolExecutor(THREADS) as pool:
            return [given for taken in pool.map(take_all, people) for given in taken]

    given = everybody_takes()
    assert len(given) == len({pk for pk, _person in given}) == COMMENTS
    assert dict(given) == dict(Lease.objects.values_list("comment", "moderator"))

    half = sorted(pk for pk, _person in given)[: COMMENTS // 2]
    expire(*half)
    assert sorted(pk for pk, _person in everybody_takes()) == half
