"""What a decision keeps of the moment it was taken: the hints the moderator was shown, and the passage they marked."""

import re

import pytest
from django.test import Client

from comments.erasure import erase
from comments.models import Erasure
from moderation import shown
from moderation.hints import codes, hints_for
from moderation.models import Decision, TermList
from moderation.term_lists import note
from tests.factories import make_comment
from tests.moderation.hints.conftest import first_lists  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]


@pytest.fixture
def desk(as_, moderator) -> Client:
    return as_(moderator)


def hidden(html: str, name: str = "hints_shown") -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def test_a_decision_keeps_the_codes_of_the_hints_that_were_shown(desk, story):
    comment = make_comment(story, "Well, damn it.")
    sent = {"seen_version": 0, "hints_shown": hidden(desk.get("/desk/").text)}
    desk.post(f"/desk/comments/{comment.pk}/approve/", sent)
    assert Decision.objects.get().hints_shown == "term:profanity"


def test_hints_switched_off_after_the_page_was_drawn_were_shown_all_the_same(desk, story, lead):
    comment = make_comment(story, "Well, damn it.")
    token = hidden(desk.get(f"/desk/comments/{comment.pk}/").text)
    TermList.objects.update(is_active=False)
    note(TermList.objects.first(), "off", by=lead)
    assert codes(hints_for(comment)) == ""
    desk.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0, "hints_shown": token})
    assert Decision.objects.get().hints_shown == "term:profanity"


@pytest.mark.parametrize("forged", ["", "shouting", "shouting:abc", ":", "x" * 500])
def test_a_form_cannot_say_what_was_shown(desk, story, forged):
    comment = make_comment(story, "Well, damn it.")
    desk.post(f"/desk/comments/{comment.pk}/approve/", {"seen_version": 0, "hints_shown": forged})
    assert Decision.objects.get().hints_shown == "term:profanity"


def test_another_comments_hints_were_not_shown_with_this_one(story):
    hinted, plain = make_comment(story, "Well, damn it."), make_comment(story, "Well reported.")
    borrowed = shown.token(plain, [])
    assert shown.codes_shown({hinted.pk: borrowed, plain.pk: borrowed}, [hinted, plain]) == {
        hinted.pk: "term:profanity",
        plain.pk: "",
    }


def test_decisions_taken_together_keep_what_each_was_shown_with(desk, story):
    hinted, plain = make_comment(story, "Well, damn it."), make_comment(story, "Well reported.")
    chosen = re.findall(r'name="chosen" value="([^"]+)"', desk.get("/desk/").text)
    desk.post("/desk/decide/", {"verdict": "approved", "chosen": [*chosen[:1], f"{plain.pk}:0"]})
    found = dict(Decision.objects.values_list("comment", "hints_shown"))
    assert found == {hinted.pk: "term:profanity", plain.pk: ""}


def test_a_cluster_is_shown_with_its_hints_and_keeps_them(desk, story):
    same = [make_comment(story, "Well, damn it all, my friends.") for _number in range(3)]
    html = desk.get(f"/desk/comments/{same[0].pk}/alike/").text
    assert '<mark class="hinted"' in html
    chosen = re.findall(r'name="chosen" value="([^"]+)"', html)
    desk.post("/desk/decide/", {"verdict": "rejected", "guidelines": "profanity", "chosen": chosen})
    kept = set(Decision.objects.values_list("hints_shown", flat=True))
    assert Decision.objects.count() == 3 and kept == {codes(hints_for(same[0]))}
    assert "term:profanity" in kept.pop()


# A marked passage -----------------------------------------------------------------------------------------------------
def reject(desk, comment, **fields):
    sent = {"seen_version": 0, "guidelines": "abuse", **fields}
    return desk.post(f"/desk/comments/{comment.pk}/reject/", sent)


def test_a_marked_passage_is_kept_in_code_points_and_shown_in_the_history(desk, story):
    comment = make_comment(story, "👍🏽 دەی you <fool> 😀")
    start = comment.body.index("<fool>")
    reject(desk, comment, passage_start=start, passage_end=start + 6)
    decision = Decision.objects.get()
    assert comment.body[decision.passage_start : decision.passage_end] == "<fool>"
    assert '<q class="passage" dir="auto">&lt;fool&gt;</q>' in desk.get(f"/desk/comments/{comment.pk}/").text
    erase(comment, cause=Erasure.Cause.AUTHOR)
    assert 'class="passage"' not in desk.get(f"/desk/comments/{comment.pk}/").text


@pytest.mark.parametrize(
    ("start", "end"), [(0, 99), (5, 5), (6, 5), ("", 5), (5, ""), (-1, 5), ("x", 5), (0, 10_001), (99, 100)]
)
def test_a_passage_outside_the_text_is_refused_with_what_was_typed(desk, story, start, end):
    comment = make_comment(story, "Ten letters")
    response = reject(desk, comment, passage_start=start, passage_end=end, note="Kept & safe")
    assert response.status_code == 400
    assert "Kept &amp; safe" in response.text
    assert 'role="alert"' in response.text
    assert not Decision.objects.exists()


def test_a_decision_without_a_passage_marks_nothing(desk, story):
    comment = make_comment(story)
    reject(desk, comment, passage_start="", passage_end="")
    assert Decision.objects.values_list("passage_start", "passage_end").get() == (None, None)
