"""Second looks: who is drawn, that the second is blind and somebody else, and that nothing follows by itself."""

import datetime
import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from comments.erasure import erase
from comments.models import Erasure
from moderation import ledger, second_looks
from moderation.decisions import decide, undo
from moderation.models import Decision, SecondLook, SecondOpinion
from moderation.second_looks import OpinionRefused, draw, give, is_drawn, next_for
from newsroom.roles import Role
from tests.factories import make_comment, make_decided, make_user

PAGE = "moderation:desk-second-look"


@pytest.fixture(autouse=True)
def _all_are_drawn(settings, monkeypatch):
    settings.NEWSROOM_SECOND_LOOK_PERCENT = 100
    monkeypatch.setattr(second_looks, "UNDO_WITHIN", datetime.timedelta(0))


@pytest.fixture
def look(story, moderator):
    make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Secret note.", body="Judge me.")
    draw()
    return SecondLook.objects.get()


# Drawing --------------------------------------------------------------------------------------------------------------


def test_the_share_is_drawn_by_a_hash_nobody_can_guess(settings):
    hashes = [f"{number:064x}" for number in range(4_000)]
    drawn = {each for each in hashes if is_drawn(each, 5)}
    assert 150 < len(drawn) < 250  # 200 expected, 14 is the standard deviation
    assert drawn < {each for each in hashes if is_drawn(each, 10)}
    assert [each for each in hashes if is_drawn(each, 0)] == []
    assert all(is_drawn(each, 100) for each in hashes)
    settings.NEWSROOM_HASH_KEY = "another key"
    assert drawn != {each for each in hashes if is_drawn(each, 5)}


def test_drawing_again_draws_nothing_new(story, moderator):
    for number in range(3):
        make_decided(story, "approved", by=moderator, body=f"Comment {number}")
    assert (draw(), draw(), SecondLook.objects.count()) == (3, 0, 3)


def test_what_can_be_undone_was_undone_or_is_old_is_not_drawn(story, moderator, monkeypatch):
    undone = make_decided(story, "approved", by=moderator, body="Undone.")
    undo(undone.decisions.get(), moderator=moderator)
    assert draw() == 0
    make_decided(story, "approved", by=moderator, body="Just now.")
    monkeypatch.setattr(second_looks, "UNDO_WITHIN", datetime.timedelta(seconds=10))
    assert draw() == 0
    week = datetime.timedelta(days=8)
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + week)
    assert draw() == 0


def test_nothing_is_drawn_where_the_share_is_nought(story, moderator, settings):
    settings.NEWSROOM_SECOND_LOOK_PERCENT = 0
    make_decided(story, "approved", by=moderator)
    assert draw() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_draw_at_once_each_look_is_written_once(story, moderator):
    for number in range(5):
        make_decided(story, "approved", by=moderator, body=f"Comment {number}")
    failed = []

    def run():
        try:
            draw()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, SecondLook.objects.count()) == ([], 5)


# Who looks ------------------------------------------------------------------------------------------------------------


def test_never_who_decided(look, moderator, moderator2):
    assert next_for(moderator) is None
    assert next_for(moderator2) == look
    with pytest.raises(OpinionRefused, match="not yours"):
        give(look, "approve", moderator=moderator)
    assert SecondOpinion.objects.count() == 0


def test_the_database_itself_refuses_the_first_decider(look, moderator, moderator2):
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        SecondOpinion.objects.create(look=look, moderator=moderator, opinion="approve")
    SecondOpinion.objects.create(look=look, moderator=moderator2, opinion="approve")


def test_who_decided_an_earlier_step_is_refused_too(story, moderator, moderator2, lead):
    comment = make_decided(story, "approved", by=moderator, body="Twice decided.")
    decide(comment, "removed", moderator=moderator2, seen_version=1, guidelines=["abuse"])
    draw()
    assert (next_for(moderator), next_for(moderator2)) == (None, None)
    assert next_for(lead).decision.verdict == "removed"


def test_only_moderators_have_an_opinion(look, editor, superuser):
    for person in (editor, superuser):
        with pytest.raises(OpinionRefused, match="Only moderators"):
            give(look, "approve", moderator=person)


def test_a_look_is_over_when_the_decision_no_longer_stands_or_the_text_is_gone(
    look, moderator2, lead, story, moderator
):
    erase(look.decision.comment, cause=Erasure.Cause.REQUEST, by=lead)
    assert next_for(moderator2) is None
    with pytest.raises(OpinionRefused, match="is over"):
        give(look, "approve", moderator=moderator2)
    approved = make_decided(story, "approved", by=moderator, body="Removed soon.")
    draw()
    decide(approved, "removed", moderator=lead, seen_version=1, guidelines=["abuse"])
    assert next_for(moderator2) is None


@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_race_one_opinion_is_kept(look):
    people = [make_user(f"racer-{number}", Role.MODERATOR) for number in range(6)]
    kept, refused, barrier = [], [], threading.Barrier(6)

    def run(person):
        barrier.wait()
        try:
            kept.append(give(SecondLook.objects.select_related("decision__edition").get(), "approve", moderator=person))
        except OpinionRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(kept), len(refused), SecondOpinion.objects.count()) == (1, 5, 1)


def test_two_at_work_are_given_different_looks(story, moderator):
    for number in range(20):
        make_decided(story, "approved", by=moderator, body=f"Comment {number}")
    draw()
    people = [make_user(f"colleague-{number}", Role.MODERATOR) for number in range(6)]
    assert len({next_for(person).pk for person in people}) >= 4


# The page -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_text_and_nothing_of_the_decision(as_, look, moderator2, moderator, lead):
    page = as_(moderator2).get(reverse(PAGE))
    assert page.status_code == 200
    assert "Judge me." in page.text and "Shilan" in page.text
    told = page.text.replace("or reject it, because of", "")
    for secret in ("rejected", "Secret note", look.decision.hash, "checked", str(look.decision.decided_at.year)):
        assert secret not in told.split("<main")[1].split("</main")[0], secret
    assert f">{moderator}<" not in page.text and "desk-hint" not in page.text


def test_an_opinion_is_kept_and_changes_nothing(as_, look, moderator2, reader, story):
    comment, chain = look.decision.comment, list(Decision.objects.values_list("hash", flat=True))
    before = (comment.status, comment.version, comment.moved_at)
    answer = as_(moderator2).post(reverse("moderation:give-opinion", args=[look.pk]), {"opinion": "approve"})
    assert answer["Location"] == reverse(PAGE)
    opinion = SecondOpinion.objects.get()
    assert (opinion.moderator, opinion.opinion, opinion.codes) == (moderator2, "approve", [])
    comment.refresh_from_db()
    assert (comment.status, comment.version, comment.moved_at) == before
    assert list(Decision.objects.values_list("hash", flat=True)) == chain and ledger.first_break() is None
    assert "Judge me." not in reader.get(story.get_absolute_url()).text
    assert "nothing for you to look at again" in as_(moderator2).get(reverse(PAGE)).text


@pytest.mark.parametrize(
    ("posted", "problem"),
    [
        ({}, "Choose whether you would approve or reject."),
        ({"opinion": "maybe"}, "Choose whether you would approve or reject."),
        ({"opinion": "reject"}, "Choose at least one guideline"),
        ({"opinion": "reject", "guidelines": ["kindness"]}, "Choose at least one guideline"),
        ({"opinion": "approve", "guidelines": ["threats"]}, "Approving names no guideline"),
        ({"opinion": "reject", "guidelines": ["a\x00b"]}, "Choose whether"),
    ],
)
def test_what_does_not_fit_comes_back_with_what_was_ticked(as_, look, moderator2, posted, problem):
    answer = as_(moderator2).post(reverse("moderation:give-opinion", args=[look.pk]), posted)
    assert (answer.status_code, problem in answer.text, "Judge me." in answer.text) == (400, True, True)
    assert ('value="threats" checked' in answer.text) is (posted.get("guidelines") == ["threats"])
    assert SecondOpinion.objects.count() == 0


def test_the_slower_one_is_told(as_, look, moderator2, lead):
    address = reverse("moderation:give-opinion", args=[look.pk])
    as_(lead).post(address, {"opinion": "reject", "guidelines": ["threats", "abuse"]})
    answer = as_(moderator2).post(address, {"opinion": "approve"}, follow=True)
    assert "This second look is over" in answer.text
    assert SecondOpinion.objects.get().codes == ["abuse", "threats"]


def test_the_text_is_shown_as_written_and_inert(as_, story, moderator, moderator2):
    make_decided(story, "approved", by=moderator, body="<script>alert(1)</script> & more")
    draw()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in as_(moderator2).get(reverse(PAGE)).text


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_a_fixed_number_of_queries(as_, story, moderator, moderator2, count, django_assert_num_queries):
    for number in range(count):
        make_decided(story, "approved", by=moderator, body=f"Comment {number}")
    draw()
    browser = as_(moderator2)
    with django_assert_num_queries(QUERIES):
        assert browser.get(reverse(PAGE)).status_code == 200


QUERIES = 11


# Where people differ --------------------------------------------------------------------------------------------------


def test_leads_see_where_people_differ_and_nobody_else(as_, story, moderator, moderator2, lead):
    same = make_decided(story, "approved", by=moderator, body="Both fine.")
    verdict = make_decided(story, "approved", by=moderator, body="Not so fine.")
    ground = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Which ground?")
    draw()
    for comment, opinion, codes in (
        (same, "approve", []),
        (verdict, "reject", ["threats"]),
        (ground, "reject", ["promotion"]),
    ):
        give(comment.decisions.get().second_look, opinion, moderator=moderator2, guidelines=codes)
    page = as_(lead).get(reverse("moderation:agreement"))
    assert "Not so fine." in page.text and "Which ground?" in page.text and "Both fine." not in page.text
    assert "0.67 (0.21 … 0.94)" in page.text  # two of three on whether it may stand
    assert as_(moderator2).get(reverse("moderation:agreement")).status_code == 403
    assert as_(lead).get(reverse("moderation:agreement"), {"after": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 25])
def test_the_leads_list_costs_a_fixed_number_of_queries(
    as_, story, moderator, moderator2, lead, count, settings, django_assert_num_queries
):
    settings.NEWSROOM_PAGE_SIZE = 50
    for number in range(count):
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Comment {number}")
    draw()
    for look in SecondLook.objects.all():
        give(look, "approve", moderator=moderator2)
    browser = as_(lead)
    with django_assert_num_queries(LIST_QUERIES):
        assert browser.get(reverse("moderation:agreement")).text.count('class="desk-card"') == count


LIST_QUERIES = 10


def test_a_pending_comment_is_no_second_look(story, moderator2):
    make_comment(story, "Waiting.")
    assert (draw(), next_for(moderator2)) == (0, None)
