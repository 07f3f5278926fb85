from urllib.parse import urlencode

import pytest
from django.utils.html import escape

from articles import publishing
from comments import stamps
from comments.models import Comment
from tests.comments.test_threads import talk
from tests.factories import make_comment, make_decided, make_draft

FORM = "application/x-www-form-urlencoded"


def post(client, story, *, stamp=None, name="Shilan", comment="Well reported.", extra=None, **headers):
    """``extra`` are further fields of the form."""
    fields = {"name": name, "comment": comment, "stamp": stamps.stamp(story.pk) if stamp is None else stamp}
    fields |= extra or {}
    return client.post(
        f"/en/stories/{story.pk}/comments/", urlencode(fields, errors="surrogatepass"), content_type=FORM, **headers
    )


def test_a_posted_comment_leads_to_its_receipt_and_sets_the_only_cookie(reader, story):
    response = post(reader, story)
    assert response.status_code == 303
    assert response["Location"].startswith("/en/receipts/")
    assert response["Cache-Control"] == "private, no-store"
    assert set(response.cookies) == {"sender"}
    assert response.cookies["sender"]["httponly"]

    receipt = reader.get(response["Location"])
    assert receipt.status_code == 200
    assert "Well reported." in receipt.text
    assert (receipt["Cache-Control"], receipt["X-Robots-Tag"]) == ("private, no-store", "noindex")


def test_a_double_click_gives_the_same_receipt(reader, story):
    stamp = stamps.stamp(story.pk)
    first = post(reader, story, stamp=stamp)
    second = post(reader, story, stamp=stamp)  # the browser has its cookie by now
    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("", "A long thought"),
        ("Shilan", ""),
        ("Shilan", "x" * 10_001),
        ("Shilan", "nul\x00"),
        ("Shilan", "escape\x1b"),
        ("Shi\nlan", "A long thought"),
    ],
)
def test_refused_text_comes_back_with_a_message_beside_its_field(reader, story, name, comment):
    response = post(reader, story, name=name, comment=comment)
    assert response.status_code == 400
    assert Comment.objects.count() == 0
    assert "is-invalid" in response.text
    assert escape(comment) in response.text
    assert escape(name) in response.text


def test_bytes_that_are_not_utf8_are_refused_and_come_back(reader, story):
    body = f"name=Shilan&stamp={stamps.stamp(story.pk)}&comment=caf%E9+good".encode()
    response = reader.post(f"/en/stories/{story.pk}/comments/", body, content_type=FORM)
    assert response.status_code == 400
    assert "caf\N{REPLACEMENT CHARACTER} good" in response.text
    assert Comment.objects.count() == 0


def test_a_lone_surrogate_is_refused(reader, story):
    assert post(reader, story, comment="half \ud800 pair").status_code == 400
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("stamp", ["", "forged", "1:aaaaaa:bbbbbb"])
def test_a_missing_or_forged_stamp_brings_the_form_back_with_the_text_and_a_good_stamp(reader, story, stamp):
    response = post(reader, story, stamp=stamp, comment="A long thought")
    assert response.status_code == 400
    assert "A long thought" in response.text
    fresh = response.text.split('name="stamp" value="')[1].split('"')[0]
    assert post(reader, story, stamp=fresh).status_code == 303


def test_an_expired_stamp_brings_the_form_back_with_the_text(reader, story, monkeypatch):
    def expired(*_):
        raise stamps.StampExpired

    monkeypatch.setattr(stamps, "check_stamp", expired)
    response = post(reader, story, comment="A long thought")
    assert response.status_code == 200
    assert "A long thought" in response.text
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"HTTP_ORIGIN": "http://testserver"}, 303),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, 303),
        ({"HTTP_ORIGIN": "https://evil.example"}, 403),
        ({"HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, 403),
    ],
)
def test_a_form_from_a_foreign_page_is_refused(reader, story, headers, status):
    response = post(reader, story, comment="A long thought", **headers)
    assert response.status_code == status
    assert Comment.objects.count() == (1 if status == 303 else 0)
    assert status == 303 or "A long thought" in response.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", f"{FORM}; charset=latin-1"])
def test_another_content_type_is_refused(reader, story, content_type):
    response = reader.post(f"/en/stories/{story.pk}/comments/", b"name=a", content_type=content_type)
    assert response.status_code == 415


def test_a_withdrawn_story_answers_410_and_gives_the_text_back(reader, story, editor):
    publishing.withdraw(story, by=editor, reason="A doubt.")
    response = post(reader, story, comment="A long thought")
    assert response.status_code == 410
    assert "A long thought" in response.text
    assert story.headline not in response.text
    assert Comment.objects.count() == 0


def test_a_draft_answers_like_a_story_that_never_was(reader, reporter):
    draft = make_draft(by=reporter)
    there = post(reader, draft, stamp="x", comment="A long thought")
    draft.pk += 1000
    nowhere = post(reader, draft, stamp="x", comment="A long thought")
    assert there.status_code == nowhere.status_code == 404
    assert "A long thought" in there.text
    assert there.text == nowhere.text


def test_closed_comments_answer_403_and_give_the_text_back(reader, story):
    type(story).objects.update(comments_open=False)
    response = post(reader, story, comment="A long thought")
    assert response.status_code == 403
    assert "A long thought" in response.text
    assert "<form" not in reader.get(story.get_absolute_url()).text.split('id="comments"')[1]


def test_the_page_shows_approved_comments_and_no_other(reader, story, moderator):
    make_decided(story, "approved", by=moderator, body="canary-approved")
    make_decided(story, "rejected", by=moderator, body="canary-rejected", guidelines=["promotion"])
    make_comment(story, "canary-pending")
    page = reader.get(story.get_absolute_url()).text
    assert "canary-approved" in page
    assert "canary-rejected" not in page
    assert "canary-pending" not in page


def test_a_comment_is_shown_as_typed_with_everything_escaped(reader, story, moderator):
    body = 'Line one\nline two <script>alert(1)</script> & "quotes" https://example.com'
    make_decided(story, "approved", by=moderator, body=body, name="<b>Bold</b>")
    page = reader.get(story.get_absolute_url()).text
    assert "<p>" + escape(body).replace("\n", "<br>") + "</p>" in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert 'href="https://example.com' not in page


def test_the_form_holds_no_secret_and_the_page_sets_no_cookie(reader, story):
    response = reader.get(story.get_absolute_url())
    assert "csrfmiddlewaretoken" not in response.text
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_a_get_of_the_posting_address_leads_to_the_story(reader, story):
    response = reader.get(f"/en/stories/{story.pk}/comments/")
    assert (response.status_code, response["Location"]) == (302, story.get_absolute_url())


def test_a_refused_form_comes_back_where_the_reader_was_and_names_what_to_change(reader, story):
    page = reader.get(story.get_absolute_url()).text
    action = f'action="/en/stories/{story.pk}/comments/#post-a-comment"'
    assert action in page
    assert 'class="notice notice-bad problems"' not in page
    refused = post(reader, story, name="", comment="My text.").text
    assert action in refused
    form = refused.partition('id="post-a-comment"')[2]
    assert 'role="alert" tabindex="-1"' in form
    assert '<a href="#comment-name">Your name</a>: Please write something here' in form
    assert 'aria-invalid="true"' in form


def test_the_receipt_s_address_does_not_keep_the_form_s_place(reader, story):
    assert post(reader, story)["Location"].partition("#")[2] == "main"


@pytest.mark.parametrize(("first_level", "replies_each"), [(1, 0), (50, 3)])
def test_a_story_page_costs_the_same_queries_with_one_comment_and_with_two_hundred(
    reader, story, first_level, replies_each, django_assert_num_queries
):
    talk(story, first_level=first_level, replies_each=replies_each)
    reader.get(story.get_absolute_url())  # a process reads the guidelines' words once
    with django_assert_num_queries(STORY_QUERIES):
        page = reader.get(story.get_absolute_url()).text
    total = first_level * (1 + replies_each)
    assert page.count('<article class="comment"') == total
    assert f'<span class="comments-count">{total}</span>' in page


STORY_QUERIES = 15


def test_threads_come_in_pages_by_key(reader, story, moderator, monkeypatch):
    monkeypatch.setattr("comments.threads.THREADS_PER_PAGE", 2)
    for number in range(5):
        make_decided(story, "approved", by=moderator, body=f"Remark {number}")
    seen, address = [], story.get_absolute_url()
    while address:
        page = reader.get(address).text
        seen.append([number for number in range(5) if f"Remark {number}" in page])
        more = page.split('class="to-next" href="')[1:]
        address = more and more[0].split("#")[0]
    assert seen == [[0, 1], [2, 3], [4]]


def test_a_bad_page_key_is_a_404(reader, story):
    assert reader.get(story.get_absolute_url() + "?after=zzz").status_code == 404


def test_guidelines_are_shown_with_an_anchor_each(reader, db):
    page = reader.get("/en/guidelines/").text
    codes = ["profanity", "threats", "personal-attacks", "vulgarity", "abuse", "promotion"]
    assert [code for code in codes if f'id="{code}"' in page] == codes
    assert reader.get("/en/guidelines/1/").status_code == 200
    assert reader.get("/en/guidelines/2/").status_code == 404
