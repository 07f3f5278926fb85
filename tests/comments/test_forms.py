import re

import pytest
from crispy_forms.utils import render_crispy_form
from django.utils.translation import override

from articles.models import Article
from comments import retention
from comments.empty_form import empty_form
from comments.forms import CommentForm
from comments.models import Comment, CommentContact
from comments.stamps import check_stamp
from tests.comments.test_views import post


def field(page: str, name: str) -> str:
    """The tag of the field ``name``."""
    return next(tag for tag in page.split("<") if f'name="{name}"' in tag)


def test_every_field_has_a_label_and_the_honeypot_says_to_leave_it(reader, story):
    page = reader.get(story.get_absolute_url()).text
    for name in ("name", "comment", "email", "homepage"):
        assert f'for="comment-{name}"' in page
    trap = page.split("homepage-trap")[1].split("</div>")[0]
    assert "Leave this empty" in trap
    assert 'autocomplete="off"' in field(page, "homepage")
    assert 'tabindex="-1"' in field(page, "homepage")
    assert "style=" not in trap


def test_the_form_says_its_limits_and_what_an_address_is_for(reader, story, settings):
    settings.NEWSROOM_CONTACT_DAYS, settings.NEWSROOM_CONTACT_WAITING_DAYS = 12, 5
    settings.NEWSROOM_APPEAL_DAYS = 8
    page = reader.get(story.get_absolute_url()).text
    assert "At most 10,000 characters." in page
    assert "deleted after at most 17 days" in page
    assert 'data-limit="10000"' in field(page, "comment")
    assert 'maxlength="' not in field(page, "comment")  # a browser would cut a pasted text in silence
    assert "newsroom/comments.js" in page
    assert "/en/guidelines/" in page.split('id="comments"')[1]


def test_a_filled_honeypot_is_refused_in_words_with_the_text_kept(reader, story):
    response = post(reader, story, comment="A long thought", extra={"homepage": "https://spam.example"})
    assert response.status_code == 400
    assert "must stay empty" in response.text
    assert "A long thought</textarea>" in response.text
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("email", ["", "reader@example.org"])
def test_an_address_is_optional_and_kept_apart_from_the_comment(reader, story, email):
    assert post(reader, story, extra={"email": email}).status_code == 303
    comment = Comment.objects.get()
    assert CommentContact.objects.get(comment=comment).email == email
    assert not email or email not in " ".join(str(value) for value in vars(comment).values())


@pytest.mark.parametrize(
    "email", ["reader", "a@b", "a@example.org\r\nBcc: b@example.org", "x" * 250 + "@example.org", "a@é\x00"]
)
def test_an_address_that_is_none_comes_back_with_the_text(reader, story, email):
    response = post(reader, story, comment="A long thought", extra={"email": email})
    assert response.status_code == 400
    assert "A long thought</textarea>" in response.text
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("asks_for_proof", [False, True])
def test_the_form_that_is_drawn_once_is_the_form_of_each_story(story, settings, language, asks_for_proof):
    settings.NEWSROOM_PROOF_OF_WORK = asks_for_proof
    stamped = re.compile(r"\d+:[\w-]+:[\w-]+")
    with override(language):
        for pk in (story.pk, 2**62):
            article = Article(pk=pk)
            drawn, form = empty_form(article), render_crispy_form(CommentForm(article))
            assert stamped.sub("a stamp", drawn) == stamped.sub("a stamp", form)
            check_stamp(stamped.search(drawn)[0], pk)


def test_the_form_that_is_drawn_once_follows_the_settings(story, settings):
    assert "data-proof" not in empty_form(story)
    settings.NEWSROOM_PROOF_OF_WORK = True
    assert "data-proof" in empty_form(story)
    settings.NEWSROOM_CONTACT_WAITING_DAYS = 777
    assert f"{retention.longest()} days" in empty_form(story)
