"""The desk over HTTP, without script: the queue, its filters, the card, clusters, and the place kept."""

import datetime
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment, CommentContact
from moderation import desk, leases
from moderation.decisions import decide
from moderation.models import Lease, SavedFilter, Verdict
from tests.factories import SENDER, make_comment, make_decided, make_section, make_story


@pytest.fixture
def page(as_, moderator):
    client = as_(moderator)

    def get(address="/desk/", status=200):
        response = client.get(address)
        assert response.status_code == status
        return response.text

    get.client = client
    return get


def shown(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article class="desk-card"[^>]* data-comment="(\d+)"', html)]


def test_the_queue_is_for_moderators(as_, reader, reporter, editor, admin_person, superuser, stranger, lead, story):
    comment = make_comment(story, "Secret until read")
    addresses = ["", "cards/", f"arrivals/?since={comment.pk}", "working/", f"comments/{comment.pk}/alike/"]
    for address in addresses:
        assert reader.get(f"/desk/{address}").status_code == 302
        assert as_(lead).get(f"/desk/{address}").status_code == 200
        for person in (reporter, editor, admin_person, superuser, stranger):
            assert as_(person).get(f"/desk/{address}").status_code == 403
    posts = ["next/", "decide/", "filters/", f"comments/{comment.pk}/skip/", f"comments/{comment.pk}/approve/"]
    for address in posts:
        assert as_(superuser).post(f"/desk/{address}").status_code == 403
        assert as_(lead).get(f"/desk/{address}").status_code == 405
    assert (Lease.objects.count(), Comment.objects.pending().count()) == (0, 1)


def test_the_queue_shows_the_oldest_first_and_how_long_it_waits(page, story):
    comments = [make_comment(story, f"Remark {number}") for number in range(3)]
    html = page()
    assert shown(html) == [comment.pk for comment in comments]
    assert "3 waiting" in html
    assert "the oldest for 0" in html


def test_the_queue_is_filtered_by_language_section_and_story(page, editor, story):
    sorani = make_story(by=editor, language="ckb", headline="ئاو", section_id=make_section("Water", "water").pk)
    other = make_story(by=editor, headline="Another")
    first, second, third = make_comment(story), make_comment(sorani, "سوپاس"), make_comment(other, "Indeed.")
    call_command("prepare_hints")
    assert shown(page("/desk/?language=ckb")) == [second.pk]
    assert shown(page(f"/desk/?section={sorani.section_id}")) == [second.pk]
    assert shown(page(f"/desk/?story={story.pk}")) == [first.pk]
    assert shown(page(f"/desk/?story={story.pk},{other.pk}")) == [first.pk, third.pk]
    assert shown(page(f"/desk/?story={story.pk}&language=ckb")) == []


def test_the_queue_is_searched_in_text_and_names(page, story):
    by_text, by_name = make_comment(story, "The bridge is old."), make_comment(story, "Yes.", name="Bridget")
    make_comment(story, "No.")
    assert shown(page("/desk/?q=bridge")) == [by_text.pk, by_name.pk]
    assert shown(page("/desk/?q=100%25")) == []


@pytest.mark.parametrize(
    "asked",
    [
        "language=xx",
        "section=abc",
        "section=9999",
        "story=1;2",
        "story=" + "1," * 60,
        "q=" + "x" * 101,
        "hinted=maybe",
        "sender=x",
        "sent=0",
        "order=best",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_with_what_was_asked(page, story, asked):
    make_comment(story)
    html = page(f"/desk/?{asked}", status=400)
    assert shown(html) == []
    assert "invalid-feedback" in html


def test_a_key_that_is_none_is_not_found(page, story):
    page("/desk/?after=nonsense", status=404)
    page("/desk/arrivals/?since=x", status=404)


def test_a_filter_is_saved_under_a_name_and_forgotten(page, as_, moderator2, story):
    client = page.client
    client.post("/desk/filters/", {"name": "Sorani", "query": "language=ckb&after=1-1&evil=1"})
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Sorani", "language=ckb")
    assert 'href="?language=ckb"' in page()
    assert "Sorani</bdi>" not in as_(moderator2).get("/desk/").text
    client.post("/desk/filters/", {"name": "Sorani", "query": "language=ar"})
    assert SavedFilter.objects.get().query == "language=ar"
    assert as_(moderator2).post(f"/desk/filters/{saved.pk}/forget/").status_code == 404
    assert client.post(f"/desk/filters/{saved.pk}/forget/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_decision_leads_back_to_the_same_place(page, story, settings):
    settings.NEWSROOM_DESK_CARDS = 2
    comments = [make_comment(story, f"Remark {number}") for number in range(5)]
    key = re.search(r'rel="next" href="\?language=en&amp;after=([\d-]+)"', page("/desk/?language=en")).group(1)
    address = f"/desk/?language=en&after={key}"
    html = page(address)
    assert shown(html) == [comments[2].pk, comments[3].pk]
    back = re.search(r'name="next" value="([^"]+#[^"]+)"', html).group(1).replace("&amp;", "&")
    assert back == f"{address}#comment-{comments[3].pk}"
    response = page.client.post(f"/desk/comments/{comments[2].pk}/approve/", {"seen_version": 0, "next": back})
    assert response["Location"] == back
    assert shown(page(address)) == [comments[3].pk, comments[4].pk]


def test_new_arrivals_are_counted_and_do_not_shift_the_list(page, story):
    comments = [make_comment(story, f"Remark {number}") for number in range(2)]
    since = comments[-1].pk
    told = page.client.get(f"/desk/arrivals/?since={since}").json()
    assert told == {"count": 0, "words": ""}
    make_comment(story, "New")
    make_comment(story, "Newer")
    assert page.client.get(f"/desk/arrivals/?since={since}").json() == {
        "count": 2,
        "words": "2 new comments have come in.",
    }
    assert page.client.get(f"/desk/arrivals/?since={since}&language=ckb").json()["count"] == 0
    assert shown(page())[:2] == [comment.pk for comment in comments]


def test_taking_the_next_one_leads_from_one_to_the_next(page, as_, moderator, moderator2, story):
    comments = [make_comment(story, f"Remark {number}") for number in range(3)]
    assert page.client.post("/desk/next/?language=en")["Location"] == "/desk/working/?language=en"
    html = page("/desk/working/?language=en")
    assert shown(html) == [comments[0].pk]
    assert "moderator is reading this until" in as_(moderator2).get("/desk/").text
    assert "Yours until" in page()
    done = {"seen_version": 0, "then": "next", "next": "/desk/working/?language=en"}
    page.client.post(f"/desk/comments/{comments[0].pk}/approve/", done)
    assert shown(page("/desk/working/")) == [comments[1].pk]
    page.client.post(f"/desk/comments/{comments[1].pk}/skip/")
    assert shown(page("/desk/working/")) == [comments[2].pk]
    assert leases.next_for(moderator2, Comment.objects.pending().oldest_first()) is None


def test_the_card_shows_everything_as_written(page, story, moderator):
    parent = make_decided(story, "approved", by=moderator, body="Is the bridge open?")
    comment = make_comment(story, "No  it <b>is</b> not.", name="<i>Dana</i>", parent=parent)
    html = page()
    for words in (
        "Is the bridge open?",
        "No  it &lt;b&gt;is&lt;/b&gt; not.",
        "&lt;i&gt;Dana&lt;/i&gt;",
        story.standfirst,
    ):
        assert words in html
    assert story.get_absolute_url() in html
    assert shown(html) == [comment.pk]


def test_a_resubmission_is_shown_with_what_changed(page, story, moderator):
    before = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="You <are> fools here.")
    fields = {"article": story, "display_name": "Shilan", "body": "You <are> wrong here.", "language": "en"}
    Comment.objects.create(**fields, nonce="n" * 64, receipt_hash="r" * 64, resubmission_of=before)
    html = page()
    assert "You &lt;are&gt; <del>fools</del><ins>wrong</ins> here." in html


def test_the_same_text_stands_as_one_card_with_its_senders(page, story):
    sender = SENDER.__class__(network="192.0.2.0/24", cookie="one browser", user_agent="test")
    same = [make_comment(story, text) for text in ("Buy watches", "buy  WATCHES", "Buy watches")]
    same.append(make_comment(story, "Buy watches!".rstrip("!") + " ", sender=sender))
    same.append(make_comment(story, "BUY watches", sender=sender))
    other = make_comment(story, "Thank you")
    html = page()
    assert shown(html) == [same[0].pk, other.pk]
    assert "5 × the same text, from 4 senders" in html
    alike = page(f"/desk/comments/{same[0].pk}/alike/")
    assert re.findall(r'value="(\d+):0:[^"]*" form="bulk" checked', alike) == [str(comment.pk) for comment in same]
    assert "from 4 senders" in alike


def test_a_cluster_counts_those_that_wait(page, story, moderator):
    make_decided(story, "rejected", by=moderator, guidelines=["promotion"], body="Buy watches")
    make_comment(story, "Buy watches")
    assert "the same text" not in page()


def test_the_number_of_queries_does_not_grow_with_the_queue(page, story, settings):
    settings.NEWSROOM_DESK_CARDS = 200
    counts = []
    for waiting in (0, 1, 40, 200):
        while Comment.objects.count() < waiting:
            make_comment(story, f"Remark {Comment.objects.count()}")
        page()  # what a process keeps, such as lists of terms, is read by its first page that needs it
        with CaptureQueriesContext(connection) as queries:
            assert len(shown(page())) == waiting
        counts.append(len(queries))
    assert counts[1] == counts[2] == counts[3], counts
    assert counts[0] <= counts[1] <= 26, counts
    print(f"\nqueries at 0, 1, 40, 200 waiting: {counts}")


def test_a_count_is_exact_to_a_thousand(monkeypatch):
    assert [desk._to_1000(count) for count in (0, 999, 1000, 1001)] == ["0", "999", "1,000", "1,000+"]


def test_an_expired_contact_leaves_the_card_whole(page, story):
    for text in ("Buy watches", "Buy watches"):
        make_comment(story, text)
    CommentContact.objects.all().delete()
    assert "2 × the same text, from 0 senders" in page()
    assert page(f"/desk/comments/{Comment.objects.last().pk}/alike/")


def test_a_decided_comment_keeps_its_page(page, story, moderator2):
    comment = make_comment(story)
    decide(comment, Verdict.REJECTED, moderator=moderator2, seen_version=0, guidelines=["abuse"], note="Calmer.")
    html = page(f"/desk/comments/{comment.pk}/")
    assert "moderator2" in html
    assert "Calmer." in html
    assert datetime.timedelta(0) < timezone.now() - comment.submitted_at
