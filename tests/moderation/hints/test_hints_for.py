import pytest
from django.core.management import call_command
from django.utils import timezone

from comments.models import Comment
from moderation.decisions import decide
from moderation.hints import hints_for, hints_for_all
from moderation.models import CommentHints, TermList
from moderation.prepared import prepare
from moderation.term_lists import note
from tests.factories import make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]


def kinds(comment) -> list[tuple[str, str]]:
    return [(hint.code, hint.guideline) for hint in hints_for(comment)]


def test_a_term_of_an_active_list_is_a_hint_that_names_the_word(story):
    comment = make_comment(story, "Well, d@mn it.")
    [hint] = hints_for(comment)
    assert (hint.code, hint.guideline, hint.why) == ("term", "profanity", "On a list: “damn”.")
    assert comment.body[hint.start : hint.end] == "d@mn"


def test_a_list_out_of_use_gives_none(story, lead):
    comment = make_comment(story, "Well, damn it.")
    assert kinds(comment) == [("term", "profanity")]
    TermList.objects.filter(guideline="profanity").update(is_active=False)
    note(TermList.objects.first(), "off", by=lead)
    assert kinds(comment) == []


def test_a_list_of_another_language_gives_none(story):
    assert kinds(make_comment(story, "Kahrolasi roads everywhere")) == []


def test_repeated_text_and_repeated_links_are_seen(story):
    first = make_comment(story, "Come and see our wonderful new shop at https://shop.example/?utm=1 today!")
    make_comment(story, "COME and see our wonderful new shop at http://shop.example/ today!")
    assert ("repeated-link", "promotion") in kinds(first)
    same = make_comment(story, "Come and see our wonderful new shop at https://shop.example/?utm=1 today!", name="Ali")
    assert ("repetition", "promotion") in kinds(same)
    assert "1 other comment has the same text." in [hint.why for hint in hints_for(first)]


def test_short_thanks_are_no_repetition(story):
    first = make_comment(story, "Thank you!")
    make_comment(story, "Thank you!")
    assert kinds(first) == []


def test_a_name_of_the_staff_is_seen(story, editor):
    editor.first_name, editor.last_name = "Nergiz", "Editor"
    editor.save()
    assert kinds(make_comment(story, name="NERGIZ  Edıtor")) == [("staff-name", "")]


def test_hints_change_nothing(story):
    comment = make_comment(story, "You are an idiot, damn it.")
    before = Comment.objects.values().get()
    assert hints_for(comment)
    assert Comment.objects.values().get() == before
    assert not comment.decisions.exists()


@pytest.mark.parametrize("count", [1, 40])
def test_a_page_of_hints_costs_a_fixed_number_of_queries(story, django_assert_num_queries, count):
    for number in range(count):
        make_comment(story, f"Comment number {number} about the bridge, damn it")
    comments = list(Comment.objects.select_related("article"))
    from moderation.hints.surroundings import _terms

    _terms.cache_clear()
    with django_assert_num_queries(5):
        assert len(hints_for_all(comments)) == count


def test_prepared_hints_follow_the_queue_and_the_lists(story, moderator, lead):
    hinted, plain = make_comment(story, "Well, damn it."), make_comment(story, "Well reported.")
    assert sum(prepare()) == 2
    assert dict(CommentHints.objects.values_list("comment", "codes")) == {hinted.pk: "term:profanity", plain.pk: ""}
    waiting = Comment.objects.pending()
    assert list(waiting.filter(prepared_hints__is_hinted=True)) == [hinted]
    assert sum(prepare()) == 0

    note(TermList.objects.first(), "changed", by=lead)
    assert sum(prepare()) == 2
    decide(hinted, "approved", moderator=moderator, seen_version=0)
    call_command("prepare_hints")
    assert list(CommentHints.objects.values_list("comment", "is_hinted")) == [(plain.pk, False)]
    assert CommentHints.objects.get().checked_at <= timezone.now()
