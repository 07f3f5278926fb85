"""Threads over HTTP: pages, order, permalinks, replies without JavaScript, tombstones."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import threads
from comments.models import Comment
from moderation.decisions import decide
from tests.comments.test_views import post
from tests.factories import make_comment, make_decided


@pytest.fixture
def approved(story, moderator):
    def make(body="Well reported.", **words) -> Comment:
        return make_decided(story, "approved", by=moderator, body=body, **words)

    return make


def remarks(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"<p>Remark (\d+)</p>", page)]


def permalink(comment: Comment) -> str:
    return f"/en/stories/{comment.article_id}/comments/{comment.pk}/"


def stamped(form_page: str) -> str:
    return form_page.split('name="stamp" value="')[1].split('"')[0]


def walk(reader, address: str) -> list[list[int]]:
    seen = []
    while address:
        page = reader.get(address).text
        seen.append(remarks(page))
        more = page.split('class="to-next" href="')[1:]
        address = more and more[0].split("#")[0].replace("&amp;", "&")
    return seen


def test_threads_come_oldest_or_newest_first_in_pages(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "THREADS_PER_PAGE", 2)
    for number in range(5):
        approved(f"Remark {number}")
    assert walk(reader, story.get_absolute_url()) == [[0, 1], [2, 3], [4]]
    assert walk(reader, story.get_absolute_url() + "?sort=newest") == [[4, 3], [2, 1], [0]]


def test_tombstones_keep_their_place_between_pages(reader, story, approved, lead, monkeypatch):
    monkeypatch.setattr(threads, "THREADS_PER_PAGE", 2)
    first = [approved(f"Remark {number}") for number in range(6)]
    for number in (1, 2, 4):
        approved(f"Remark 10{number}", parent=first[number])
        first[number].refresh_from_db()
        decide(first[number], "removed", moderator=lead, seen_version=1, guidelines=["abuse"])
    assert walk(reader, story.get_absolute_url()) == [[0, 101], [102, 3], [104, 5]]
    assert walk(reader, story.get_absolute_url() + "?sort=newest") == [[5, 104], [3, 102], [101, 0]]


@pytest.mark.parametrize("query", ["sort=best", "after=zzz", "sort=newest&after=-1", "after=99999999999999999-1x"])
def test_a_parameter_no_link_of_ours_holds_is_a_404(reader, story, query):
    assert reader.get(f"{story.get_absolute_url()}?{query}").status_code == 404


def test_a_removed_parent_leaves_a_tombstone_with_the_reason(reader, story, approved, moderator):
    parent = approved("canary-of-the-parent", name="Canary Name")
    approved("An answer", parent=parent)
    decide(parent, "removed", moderator=moderator, seen_version=1, guidelines=["promotion", "abuse"])
    page = reader.get(story.get_absolute_url()).text
    assert "canary-of-the-parent" not in page
    assert "Canary Name" not in page
    assert "An answer" in page
    tombstone = page.split("comment-tombstone")[1].split("</article>")[0]
    wordings = [g.wording_in("en").title for g in parent.decisions.first().guidelines.order_by("position")]
    assert [title for title in wordings if title in tombstone] == wordings
    assert len(wordings) == 2


def test_removals_cost_the_same_queries_for_one_and_for_many(reader, story, approved, moderator):
    def remove_one():
        parent = approved()
        approved("An answer", parent=parent)
        decide(parent, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"])

    counts = []
    for more in (1, 19):
        for _number in range(more):
            remove_one()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reader.get(story.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_withdrawn_parent_says_so_without_a_reason(reader, story, approved):
    from comments.models.comment import Cause, Status

    parent = approved()
    approved("An answer", parent=parent)
    parent.move_to(Status.WITHDRAWN, cause=Cause.AUTHOR, seen_version=1)
    page = reader.get(story.get_absolute_url()).text
    assert "This comment was withdrawn by its author." in page
    assert "removal-reason" not in page


def test_every_permalink_leads_to_a_page_that_shows_its_comment(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "THREADS_PER_PAGE", 2)
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    monkeypatch.setattr(threads, "REPLIES_PER_PAGE", 2)
    first = [approved(f"Remark {number}") for number in range(5)]
    replies = [approved(f"Remark {10 + number}", parent=first[3]) for number in range(6)]
    for comment in first + replies:
        response = reader.get(permalink(comment))
        assert response.status_code == 302
        address, _hash, place = response["Location"].partition("#")
        assert place == f"comment-{comment.pk}"
        page = reader.get(address)
        assert page.status_code == 200
        assert f'id="{place}"' in page.text
    assert reader.get(permalink(first[1]))["Location"] == f"{story.get_absolute_url()}#comment-{first[1].pk}"


def test_what_is_not_public_has_no_permalink_and_no_reply_form(reader, story, approved, moderator):
    waiting = make_comment(story, "canary")
    rejected = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="canary")
    for comment in (waiting, rejected):
        for address in ("", "reply/", "report/", "?after=1-1"):
            assert reader.get(permalink(comment) + address).status_code == 404


def test_addresses_of_another_language_or_story_are_404(reader, story, approved, editor):
    comment = approved()
    for address in (
        permalink(comment).replace("/en/", "/ckb/"),
        f"/en/stories/{story.pk + 1}/comments/{comment.pk}/",
        f"/en/stories/{story.pk}/comments/{10**30}/",
        f"/en/stories/{10**30}/comments/{comment.pk}/reply/",
    ):
        assert reader.get(address).status_code == 404


def test_more_replies_than_shown_are_on_the_thread_s_own_pages(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    monkeypatch.setattr(threads, "REPLIES_PER_PAGE", 2)
    first, quiet = approved("Remark 0"), approved("Remark 9")
    for number in range(1, 6):
        approved(f"Remark {number}", parent=first)
    approved("Remark 10", parent=quiet)
    page = reader.get(story.get_absolute_url()).text
    assert remarks(page) == [0, 1, 2, 9, 10]
    seen = []
    while "more-replies" in page:
        page = reader.get(page.split('more-replies"><a class="more" href="')[1].split('"')[0]).text
        seen.append(remarks(page))
    assert seen == [[0, 3, 4], [0, 5]]


def test_exactly_as_many_replies_as_shown_need_no_more(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    first = approved()
    approved("Remark 1", parent=first)
    approved("Remark 2", parent=first)
    page = reader.get(story.get_absolute_url()).text
    assert remarks(page) == [1, 2]
    assert "more-replies" not in page


def test_replies_of_one_instant_are_all_reachable(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    first = approved()
    at = timezone.now()
    with monkeypatch.context() as stopped:
        stopped.setattr(timezone, "now", lambda: at)
        for number in range(5):
            approved(f"Remark {number}", parent=first)
    page = reader.get(story.get_absolute_url()).text
    seen = remarks(page)
    page = reader.get(page.split('more-replies"><a class="more" href="')[1].split('"')[0]).text
    assert seen + remarks(page) == [0, 1, 2, 3, 4]


def test_a_reply_is_sent_from_a_page_of_its_own_without_a_script(reader, story, approved, moderator):
    parent = approved("A remark", name="Baran")
    story_page = reader.get(story.get_absolute_url()).text
    assert f'href="{permalink(parent)}reply/"' in story_page
    form = reader.get(permalink(parent) + "reply/")
    assert form.status_code == 200
    assert "A remark" in form.text
    assert f'name="parent" value="{parent.pk}"' in form.text
    answer = post(reader, story, comment="My answer", stamp=stamped(form.text), extra={"parent": str(parent.pk)})
    assert answer.status_code == 303
    reply = Comment.objects.get(body="My answer")
    assert (reply.parent, reply.thread) == (parent, parent)


def test_a_refused_reply_comes_back_on_its_own_page_with_the_text(reader, story, approved):
    parent = approved("A remark")
    response = post(reader, story, name="", comment="My answer", extra={"parent": str(parent.pk)})
    assert response.status_code == 400
    assert "My answer</textarea>" in response.text
    assert f'name="parent" value="{parent.pk}"' in response.text


@pytest.mark.parametrize("parent", ["{waiting}", "999999", "-1", "abc", "1" * 30, "１", "1.5", "\x00"])
def test_a_reply_to_what_nobody_sees_keeps_the_text_and_offers_a_comment_of_its_own(reader, story, parent):
    waiting = make_comment(story)
    response = post(reader, story, comment="My answer", extra={"parent": parent.format(waiting=waiting.pk)})
    assert response.status_code == 409
    assert "My answer</textarea>" in response.text
    assert 'name="parent"' not in response.text
    assert Comment.objects.count() == 1
    assert post(reader, story, comment="My answer", stamp=stamped(response.text)).status_code == 303


def test_a_parent_removed_while_the_answer_is_written_is_a_409(reader, story, approved, moderator):
    parent = approved()
    form = reader.get(permalink(parent) + "reply/").text
    decide(parent, "removed", moderator=moderator, seen_version=1, guidelines=["abuse"])
    response = post(reader, story, comment="My answer", stamp=stamped(form), extra={"parent": str(parent.pk)})
    assert (response.status_code, "My answer</textarea>" in response.text) == (409, True)


def test_a_closed_story_offers_no_reply(reader, story, approved):
    parent = approved()
    type(story).objects.update(comments_open=False)
    assert f"{permalink(parent)}reply/" not in reader.get(story.get_absolute_url()).text
    page = reader.get(permalink(parent) + "reply/").text
    assert "Comments on this story are closed." in page
    assert 'name="comment"' not in page


def test_a_comment_says_its_language_and_direction(reader, story, approved):
    approved("پردەکە تا نیوەڕۆ کراوە بوو.")
    approved("Pira li ser çem heta nîvro vekirî bû.")
    page = reader.get(story.get_absolute_url()).text
    assert '<div class="comment-text" lang="ckb" dir="rtl"><p>پردەکە' in page
    assert '<div class="comment-text" lang="kmr" dir="ltr"><p>Pira' in page


def test_the_count_is_exact_to_a_thousand(reader, story, approved, monkeypatch):
    monkeypatch.setattr(threads, "COUNTED", 3)
    for number in range(3):
        approved(f"Remark {number}")
    assert '<span class="comments-count">3</span>' in reader.get(story.get_absolute_url()).text
    approved("Remark 4")
    assert '<span class="comments-count">3+</span>' in reader.get(story.get_absolute_url()).text
