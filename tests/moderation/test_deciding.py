"""The verbs over HTTP, for a form and for the desk's script."""

import datetime
import re

import pytest
from django.utils import timezone

from comments.models import Comment
from moderation import decisions
from moderation.decisions import decide
from moderation.models import Decision, Lease, Verdict
from tests.factories import make_comment

SCRIPT = {"headers": {"accept": "application/json"}}


@pytest.fixture
def client(as_, moderator):
    return as_(moderator)


@pytest.fixture
def comment(story):
    return make_comment(story)


def test_the_script_is_told_of_the_decision(client, comment):
    response = client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0}, **SCRIPT)
    decision = Decision.objects.get()
    assert (response.status_code, response.json()) == (
        200,
        {"decision": decision.pk, "comment": comment.pk, "message": "Decided: approved.", "pause": ""},
    )
    assert "Decided: " not in client.get("/desk/").text  # no message is left over for a page


def test_the_loser_is_told_who_what_and_when(client, comment, moderator2):
    decide(comment, Verdict.REJECTED, moderator=moderator2, seen_version=0, guidelines=["abuse"])
    decision = Decision.objects.get()
    response = client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0}, **SCRIPT)
    told = response.json()
    assert response.status_code == 409
    assert "moderator2 was faster: rejected" in told.pop("message")
    assert told == {
        "status": "rejected",
        "who": "moderator2",
        "what": "rejected",
        "when": decision.decided_at.isoformat(),
    }
    page = client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0}, follow=True)
    assert "moderator2 was faster: rejected" in page.text
    assert Decision.objects.count() == 1


def test_a_rejection_without_ground_comes_back_with_what_was_typed(client, comment):
    posted = {"seen_version": 0, "note": "Please be <calm>."}
    response = client.post(f"/desk/comments/{comment.pk}/reject/", posted, **SCRIPT)
    assert (response.status_code, "at least one" in response.json()["message"]) == (400, True)
    page = client.post(f"/desk/comments/{comment.pk}/reject/", posted)
    assert page.status_code == 400
    assert "Please be &lt;calm&gt;." in page.text
    assert Decision.objects.count() == 0


def test_deciding_lets_go_of_the_lease(client, comment):
    client.post("/desk/next/")
    client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0})
    assert not Lease.objects.exists()


def test_undo_is_offered_for_ten_seconds_and_brings_the_comment_back(client, comment, monkeypatch):
    client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0})
    decision = Decision.objects.get()
    address = f"/desk/decisions/{decision.pk}/undo/"
    assert f'action="{address}"' in client.get("/desk/").text
    page = client.post(address, {"next": "/desk/?language=en"}, follow=True)
    assert page.redirect_chain == [("/desk/?language=en", 302)]
    assert f'data-comment="{comment.pk}" data-version="2"' in page.text
    assert "desk-undo" not in page.text
    again = client.post(address, **SCRIPT)
    assert (again.status_code, "newest" in again.json()["message"]) == (409, True)


def test_undo_tells_the_script_the_version_to_decide_at(client, comment):
    decided = client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0}, **SCRIPT).json()
    undone = client.post(f"/desk/decisions/{decided['decision']}/undo/", **SCRIPT)
    assert undone.json() == {"comment": comment.pk, "version": 2}
    again = client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 2}, **SCRIPT)
    assert again.status_code == 200


def test_undo_is_neither_offered_nor_taken_later(client, comment, monkeypatch):
    client.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0})
    later = timezone.now() + datetime.timedelta(seconds=11)
    monkeypatch.setattr(decisions.timezone, "now", lambda: later)
    assert "desk-undo" not in client.get("/desk/").text
    assert client.post(f"/desk/decisions/{Decision.objects.get().pk}/undo/", **SCRIPT).status_code == 409
    assert Comment.objects.public().count() == 1


def test_the_selected_are_decided_together_and_conflicts_named(client, story, moderator2):
    comments = [make_comment(story, f"Buy watch {number}") for number in range(4)]
    decide(comments[1], Verdict.APPROVED, moderator=moderator2, seen_version=0)
    chosen = [f"{comment.pk}:0" for comment in comments]
    page = client.post(
        "/desk/decide/", {"chosen": chosen, "verdict": "rejected", "guidelines": ["promotion"]}, follow=True
    )
    assert "3 comments decided: rejected." in page.text
    assert re.search(rf"Comment {comments[1].pk}: moderator2 was faster: approved at", page.text)
    assert Decision.objects.filter(verdict="rejected").count() == 3
    assert list(Comment.objects.public()) == [comments[1]]


def test_the_selected_are_not_approved_while_a_guideline_is_ticked(client, story):
    comments = [make_comment(story, f"Remark {number}") for number in range(3)]
    chosen = [f"{comment.pk}:0" for comment in comments[:2]]
    slip = client.post("/desk/decide/", {"chosen": chosen, "verdict": "approved", "guidelines": ["abuse"]}, follow=True)
    assert "An approval cites no guideline." in slip.text
    assert list(Comment.objects.public()) == []
    client.post("/desk/decide/", {"chosen": chosen, "verdict": "approved"})
    assert list(Comment.objects.public().order_by("pk")) == comments[:2]


@pytest.mark.parametrize(
    "posted",
    [
        {"verdict": "rejected", "guidelines": ["abuse"]},
        {"chosen": ["1"], "verdict": "approved"},
        {"chosen": ["1:x"], "verdict": "approved"},
        {"chosen": ["9" * 30 + ":0"], "verdict": "approved"},
        {"chosen": [f"{n}:0" for n in range(201)], "verdict": "approved"},
        {"chosen": ["OURS"], "verdict": "removed"},
        {"chosen": ["OURS"], "verdict": "rejected"},
        {"chosen": ["OURS"], "verdict": "rejected", "guidelines": ["nonsense"]},
    ],
)
def test_a_selection_that_makes_no_sense_decides_nothing(client, comment, posted):
    posted = posted | {"chosen": [one.replace("OURS", f"{comment.pk}:0") for one in posted.get("chosen", [])]}
    page = client.post("/desk/decide/", posted, follow=True)
    assert page.status_code == 200
    assert "notice-error" in page.text
    assert Decision.objects.count() == 0
