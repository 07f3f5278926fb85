"""The form below a card: drawn once and filled in, it is the form that would be drawn for each comment."""

import re

import pytest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.translation import override

from articles.models import Section, SectionName
from moderation.decide_form import decide_form
from moderation.desk import Card
from tests.factories import make_comment

BOXES = format_html('<input name="guidelines" value="{}"> {}', "abuse", "{not a place} mark-of-nothing")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+')
HOSTILE = '"><script>{pk}{}</script>&'


def drawn_and_filled(comment, *, language: str, then: str, alone: bool, after: str = "/desk/", shown: str = "codes:x"):
    """The form as the template draws it for ``comment``, and as it is filled in; without their tokens."""
    request = RequestFactory().get("/desk/")
    card = Card(comment, None, BOXES, [], shown, None, None, None, [], after)
    with override(language):
        drawn = render_to_string(
            "moderation/_decide.html",
            {"comment": comment, "card": card, "after": after, "then": then, "alone": alone},
            request,
        )
        filled = decide_form(request, comment, boxes=BOXES, shown=shown, after=after, then=then, alone=alone)
    assert get_token(request)
    return tuple(TOKEN.sub(r"\1token", html) for html in (drawn, filled))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("then", ["", "next"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_filled_form_is_the_form_that_would_be_drawn(story, language, then, alone):
    for comment in (make_comment(story), make_comment(story)):
        drawn, filled = drawn_and_filled(comment, language=language, then=then, alone=alone)
        assert drawn == filled
        assert f"/desk/comments/{comment.pk}/approve/" in filled


def test_what_is_filled_in_is_escaped_and_fills_nothing_in_itself(story):
    hostile = {"after": HOSTILE, "shown": HOSTILE}
    drawn, filled = drawn_and_filled(make_comment(story), language="en", then="", alone=False, **hostile)
    assert drawn == filled
    assert "<script>" not in filled


def test_the_token_is_that_of_the_request(as_, moderator, story):
    make_comment(story)
    client = as_(moderator)
    client.handler.enforce_csrf_checks = True
    page = client.get("/desk/").text
    form = page.split('class="decide"')[1].split("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    address = re.search(r'formaction="([^"]+)"', form)[1]
    assert client.post(address, {**fields, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert client.post(address, fields).status_code == 302
    assert story.comments.get().is_approved


def test_the_filter_names_a_new_section_at_once_and_in_each_language(as_, moderator):
    client = as_(moderator)
    assert "Canary" not in client.get("/desk/").text
    section = Section.objects.create()
    SectionName.objects.create(section=section, language="en", name="Canary", slug="canary")
    assert "Canary" in client.get("/desk/").text
    SectionName.objects.create(section=section, language="tr", name="Kanarya", slug="kanarya")
    SectionName.objects.filter(language="en").update(name="Canary bird")
    assert "Canary bird" in client.get("/desk/").text
    page = client.get("/desk/", headers={"accept-language": "tr"}).text
    assert ("Kanarya" in page, "Canary" in page) == (True, False)
    assert "selected>Canary" in client.get(f"/desk/?section={section.pk}").text
    assert "selected>Canary" not in client.get("/desk/").text
