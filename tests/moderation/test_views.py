"""The desk, where moderators decide, and the receipt, where a comment's author sees what was decided."""

import re

import pytest
from django.contrib.messages import get_messages

from articles import publishing
from comments import receipts
from comments.models import Comment, Erasure, GuidelineWording
from comments.models.comment import Cause
from moderation import desk as views
from moderation.decisions import decide
from moderation.models import Decision
from newsroom.languages import LANGUAGES
from tests.factories import make_comment, make_decided, make_section, make_story

DESK = "/desk/"


def card(comment: Comment) -> str:
    return f"/desk/comments/{comment.pk}/"


def decision(comment: Comment, *guidelines: str, note: str = "", seen: int | None = None, **more) -> dict:
    """What the decision form of ``comment`` posts."""
    seen = comment.version if seen is None else seen
    return {"seen_version": seen, "guidelines": guidelines, "note": note, **more}


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def receipt_of(comment: Comment, language: str = "en") -> str:
    return f"/{language}/receipts/{receipts.token_of(comment.nonce)}/"


def remarks(page: str) -> list[int]:
    unmarked = re.sub("</?mark[^>]*>", "", page)  # where a hint points at them
    return [int(number) for number in re.findall(r"as-written[^>]*>Remark (\d+)<", unmarked)]


# The queue ------------------------------------------------------------------------------------------------------------
def test_the_queue_shows_what_waits_oldest_first_with_story_name_and_text(as_, moderator, story):
    comments = [make_comment(story, f"Remark {number}", name=f"Reader <{number}>") for number in range(3)]
    make_decided(story, "approved", by=moderator, body="Remark 90")
    make_decided(story, "rejected", by=moderator, body="Remark 91", guidelines=["abuse"])
    page = as_(moderator).get(DESK).text
    assert remarks(page) == [0, 1, 2]
    assert page.count("The river rises") >= 3
    assert "Reader &lt;0&gt;" in page and "Reader <0>" not in page
    assert [card(comment) + "approve/" in page for comment in comments] == [True, True, True]
    assert "3 waiting" in page


def test_an_empty_queue_says_so(as_, moderator, db):
    response = as_(moderator).get(DESK)
    assert response.status_code == 200
    assert "Nothing is waiting." in response.text


def test_the_text_is_shown_to_the_letter_and_escaped(as_, moderator, story):
    body = "<script>alert(1)</script>\n<b>bold</b> https://example.org & \u202e"
    comment = make_comment(story, body)
    for address in (DESK, card(comment)):
        page = re.sub("</?mark[^>]*>", "", as_(moderator).get(address).text)  # a hint marks the link
        assert (
            ">&lt;script&gt;alert(1)&lt;/script&gt;\n&lt;b&gt;bold&lt;/b&gt; https://example.org &amp; \u202e</div>"
            in page
        )


def test_a_reply_shows_what_it_answers(as_, moderator, story):
    first = make_decided(story, "approved", by=moderator, body="First remark", name="Zana")
    make_comment(story, "An answer", parent=first)
    page = as_(moderator).get(DESK).text
    assert page.index("First remark") < page.index("An answer")
    assert "Zana" in page


def test_the_queue_comes_in_pages_by_key_each_comment_once(as_, moderator, story, settings):
    settings.NEWSROOM_DESK_CARDS = 2
    for number in range(5):
        make_comment(story, f"Remark {number}")
    browser, pages, address = as_(moderator), [], DESK
    while address:
        page = browser.get(address).text
        pages.append(remarks(page))
        newer = re.search(r'class="to-next"[^>]* href="(\?after=[^"]+)"', page)
        address = newer and DESK + newer[1]
    assert pages == [[0, 1], [2, 3], [4]]


def test_a_page_by_key_skips_nothing_when_the_page_before_was_decided(as_, moderator, story, settings):
    settings.NEWSROOM_DESK_CARDS = 2
    comments = [make_comment(story, f"Remark {number}") for number in range(4)]
    browser = as_(moderator)
    newer = re.search(r'href="(\?after=[^"]+)"', browser.get(DESK).text)[1]
    for comment in comments[:2]:
        browser.post(card(comment) + "approve/", decision(comment))
    assert remarks(browser.get(DESK + newer).text) == [2, 3]


@pytest.mark.parametrize("key", ["x", "1", "1-x", "-1", "\x00", "9" * 18 + "-1"])
def test_a_bad_page_key_is_a_404(key, as_, moderator):
    assert as_(moderator).get(DESK, {"after": key}).status_code == 404


def test_the_queue_costs_the_same_queries_with_one_comment_and_with_forty(
    as_, moderator, editor, settings, django_assert_num_queries
):
    settings.NEWSROOM_DESK_CARDS = 40
    browser = as_(moderator)
    for count in (1, 39):
        for number in range(count):
            section = make_section(f"Section {count} {number}", f"s{count}-{number}")
            story = make_story(by=editor, slug=f"s{count}-{number}", section_id=section.pk)
            first = make_decided(story, "approved", by=moderator)
            make_comment(story, f"Remark {count * 100 + number}", parent=first)
        browser.get(DESK)  # the term lists are read once a process
        with django_assert_num_queries(QUEUE_QUERIES):
            page = browser.get(DESK).text
    assert len(remarks(page)) == 40


QUEUE_QUERIES = 25


def test_a_long_queue_is_counted_to_1000(story):
    for number in range(3):
        make_comment(story, f"Remark {number}")
    assert views.count_to_1000(Comment.objects.pending()) == "3"

    class Many:
        """That many rows, of which a slice was asked for."""

        def __init__(self, rows: int):
            self.rows = rows

        def __getitem__(self, asked: slice):
            return Many(min(self.rows, asked.stop))

        def order_by(self):
            return self

        def count(self) -> int:
            return self.rows

    assert views.count_to_1000(Many(1000)) == "1,000"
    assert views.count_to_1000(Many(5000)) == "1,000+"


# Deciding -------------------------------------------------------------------------------------------------------------
def test_an_approval_makes_the_comment_public_and_leads_back_to_the_desk(as_, reader, moderator, story):
    comment = make_comment(story, "Remark 1")
    response = as_(moderator).post(card(comment) + "approve/", decision(comment, note="Thank you."))
    assert (response.status_code, response["Location"]) == (302, DESK)
    assert told(response) == ["Decided: approved."]
    made = Decision.objects.get()
    assert (made.comment, made.verdict, made.moderator, made.note.text) == (
        comment,
        "approved",
        moderator,
        "Thank you.",
    )
    assert "Remark 1" in reader.get(story.get_absolute_url()).text


def test_a_rejection_cites_its_guidelines_and_stays_hidden(as_, reader, moderator, story):
    comment = make_comment(story, "Remark 1")
    posted = decision(comment, "abuse", "threats", note="Calmer, please.")
    response = as_(moderator).post(card(comment) + "reject/", posted)
    assert (response.status_code, response["Location"], told(response)) == (302, DESK, ["Decided: rejected."])
    made = Decision.objects.get()
    assert [citation.guideline.code for citation in made.citations.all()] == ["threats", "abuse"]
    assert "Remark 1" not in reader.get(story.get_absolute_url()).text


@pytest.mark.parametrize(
    "posted",
    [
        {"guidelines": []},
        {"guidelines": ["nonsense"]},
        {"guidelines": ["abuse", "nonsense"]},
        {"guidelines": ["unlawful"]},
        {"guidelines": ["abuse"], "seen_version": ""},
        {"guidelines": ["abuse"], "seen_version": "x"},
        {"guidelines": ["\x00"]},
    ],
)
def test_a_rejection_that_cites_nothing_right_is_a_400_with_the_note_kept(posted, as_, moderator, story):
    comment = make_comment(story)
    response = as_(moderator).post(card(comment) + "reject/", decision(comment, note="Kept <words>") | posted)
    assert response.status_code == 400
    assert "Kept &lt;words&gt;" in response.text
    assert 'role="alert"' in response.text
    comment.refresh_from_db()
    assert (comment.status, Decision.objects.count()) == ("pending", 0)


@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize("note", ["n" * 1001, "Kept\x00words"])
def test_a_note_that_cannot_be_stored_is_a_400_with_the_note_kept(verb, note, as_, moderator, story):
    comment = make_comment(story)
    guidelines = ["abuse"] if verb == "reject" else []
    response = as_(moderator).post(card(comment) + f"{verb}/", decision(comment, *guidelines, note=note))
    assert response.status_code == 400
    assert note in response.text
    assert Decision.objects.count() == 0


def test_a_refused_form_keeps_the_boxes_that_were_ticked(as_, moderator, story):
    comment = make_comment(story)
    response = as_(moderator).post(card(comment) + "reject/", decision(comment, "abuse", note="n" * 1001))
    assert re.search(r'value="abuse"[^>]* checked', response.text)


@pytest.mark.parametrize("seen", [99, -1, 2**31 - 1, 2**63, 10**30])
def test_a_version_nobody_saw_decides_nothing(seen, as_, moderator, story):
    comment = make_comment(story)
    response = as_(moderator).post(card(comment) + "approve/", decision(comment, seen=seen))
    assert response.status_code in (302, 400)
    comment.refresh_from_db()
    assert (comment.status, Decision.objects.count()) == ("pending", 0)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_the_loser_of_a_race_is_led_back_and_told_who_decided_what(verb, as_, moderator, moderator2, story):
    comment = make_comment(story)
    decide(comment, "approved", moderator=moderator, seen_version=0)
    posted = decision(comment, *(["abuse"] if verb == "reject" else []), seen=0, note="Mine")
    response = as_(moderator2).post(card(comment) + f"{verb}/", posted)
    assert (response.status_code, response["Location"]) == (302, DESK)
    [message] = told(response)
    assert re.fullmatch(r"moderator was faster: approved at \d\d:\d\d:\d\d\.", message)
    assert (
        "moderator was faster: approved" in as_(moderator2).post(card(comment) + f"{verb}/", posted, follow=True).text
    )
    assert [d.moderator for d in Decision.objects.all()] == [moderator]


def test_a_comment_its_author_withdrew_is_decided_by_nobody(as_, moderator, story):
    comment = make_comment(story)
    comment.move_to("withdrawn", cause=Cause.AUTHOR, seen_version=0)
    response = as_(moderator).post(card(comment) + "approve/", decision(comment, seen=0))
    assert told(response) == ["This comment is withdrawn by its author."]
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_get_decides_nothing(verb, as_, moderator, story):
    comment = make_comment(story)
    for method in ("get", "head", "put", "delete", "patch"):
        assert getattr(as_(moderator), method)(card(comment) + f"{verb}/").status_code == 405
    comment.refresh_from_db()
    assert comment.status == "pending"


def test_a_decision_from_another_site_is_refused(as_, moderator, story):
    """The desk's forms carry a token; a browser that is made to post without one gets 403."""
    comment = make_comment(story)
    browser = as_(moderator)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(card(comment) + "approve/", decision(comment)).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(DESK).text)[1]
    posted = decision(comment) | {"csrfmiddlewaretoken": token}
    assert browser.post(card(comment) + "approve/", posted).status_code == 302


@pytest.mark.parametrize(
    ("wished", "leads_to"),
    [
        ("/admin/comments/comment/1/change/", "/admin/comments/comment/1/change/"),
        ("https://evil.example/", DESK),
        ("//evil.example/", DESK),
        ("/\\evil.example", DESK),
        ("javascript:alert(1)", DESK),
        ("", DESK),
    ],
)
def test_a_decision_leads_back_within_the_house_only(wished, leads_to, as_, moderator, story):
    comment = make_comment(story)
    response = as_(moderator).post(card(comment) + "approve/", decision(comment, next=wished))
    assert (response.status_code, response["Location"]) == (302, leads_to)


@pytest.mark.parametrize("pk", ["987654", str(2**63 - 1), str(10**30)])
def test_a_comment_that_is_not_there_is_a_404(pk, as_, moderator):
    browser = as_(moderator)
    for address in (f"/desk/comments/{pk}/", f"/desk/comments/{pk}/approve/", f"/desk/comments/{pk}/reject/"):
        method = browser.get if address.endswith(f"{pk}/") else browser.post
        assert method(address).status_code == 404


def test_a_card_shows_what_was_decided_by_whom_and_why(as_, moderator, lead, story):
    comment = make_decided(story, "approved", by=moderator)
    decide(comment, "removed", moderator=lead, seen_version=1, guidelines=["promotion"], note="An <advert>.")
    page = as_(moderator).get(card(comment)).text
    history = page.split('class="history"')[1]
    assert history.index("removed") < history.index("approved")
    assert all(word in history for word in ("lead", "moderator", "promotion", "An &lt;advert&gt;."))
    assert "approve/" not in page  # nothing is left to decide


def test_a_card_that_shows_an_erased_comment_says_so(as_, moderator, story):
    comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Canary")
    Erasure.objects.create(comment=comment, cause=Erasure.Cause.REQUEST)
    Comment.objects.filter(pk=comment.pk).update(body="", display_name="")
    page = as_(moderator).get(card(comment)).text
    assert "The text was erased." in page and "Canary" not in page


def test_every_page_of_the_desk_is_private(as_, moderator, story):
    comment = make_comment(story)
    browser = as_(moderator)
    answers = [
        browser.get(DESK),
        browser.get(card(comment)),
        browser.post(card(comment) + "reject/", decision(comment)),
        browser.post(card(comment) + "approve/", decision(comment)),
    ]
    assert [answer["Cache-Control"] for answer in answers] == ["private, no-store"] * 4
    assert [answer.status_code for answer in answers] == [200, 200, 400, 302]
    assert {answer["Referrer-Policy"] for answer in answers} == {"same-origin"}
    assert all("default-src 'none'" in answer["Content-Security-Policy"] for answer in answers)


# The receipt ----------------------------------------------------------------------------------------------------------
def test_a_receipt_shows_that_the_comment_waits(reader, story):
    page = reader.get(receipt_of(make_comment(story, "Remark <1>"))).text
    assert "It is stored, and not public yet." in page
    assert "Remark &lt;1&gt;" in page
    assert story.get_absolute_url() in page


def test_a_receipt_shows_an_approval_and_the_way_to_the_comment(reader, moderator, story):
    comment = make_decided(story, "approved", by=moderator)
    page = reader.get(receipt_of(comment)).text
    assert "Your comment is published" in page
    assert f"{story.get_absolute_url()}#comment-{comment.pk}" in page
    assert "moderator</bdi>" not in page  # who decided is not the reader's business


def test_a_receipt_shows_why_with_the_guidelines_words_and_the_note(reader, moderator, story):
    comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse", "threats"], note="Calmer,\n<please>.")
    page = reader.get(receipt_of(comment)).text
    assert "Your comment was not published" in page
    wordings = GuidelineWording.objects.filter(language="en", guideline__code__in=["abuse", "threats"])
    assert wordings.count() == 2
    for wording in wordings:
        assert f"<strong>{wording.title}</strong>" in page
    assert "Calmer,<br>&lt;please&gt;." in page
    assert "/en/guidelines/1/" in page
    others = GuidelineWording.objects.filter(language="en", guideline__code="promotion").get()
    assert f"<strong>{others.title}</strong>" not in page


@pytest.mark.parametrize("row", [row for row in LANGUAGES if row.code != "en"], ids=lambda row: row.code)
def test_a_receipt_gives_the_reason_in_the_pages_language(row, reader, moderator, story):
    comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"])
    wording = GuidelineWording.objects.get(language=row.code, guideline__code="abuse")
    page = reader.get(receipt_of(comment, row.code)).text
    link = f'<a href="/{row.code}/guidelines/1/#abuse"><strong>{wording.title}</strong></a>'
    assert f'<li lang="{row.html_lang}" dir="{row.direction}">{link}' in page


def test_a_receipt_of_a_removed_comment_shows_the_newest_reason(reader, moderator, story):
    comment = make_decided(story, "approved", by=moderator)
    decide(comment, "removed", moderator=moderator, seen_version=1, guidelines=["promotion"], note="An advert.")
    page = reader.get(receipt_of(comment)).text
    assert "Your comment was removed" in page
    assert "An advert." in page


def test_a_receipt_names_no_story_that_is_not_public_any_more(reader, editor, story):
    comment = make_comment(story)
    publishing.withdraw(story, by=editor, reason="A doubt.")
    page = reader.get(receipt_of(comment)).text
    assert "The story is no longer public." in page
    assert "The river rises" not in page and "the-river-rises" not in page
    assert "Well reported." in page


def test_a_receipt_of_an_erased_comment_shows_no_text(reader, moderator, story):
    comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body="Canary", name="Canary name")
    Erasure.objects.create(comment=comment, cause=Erasure.Cause.AUTHOR)
    Comment.objects.filter(pk=comment.pk).update(body="", display_name="")
    page = reader.get(receipt_of(comment)).text
    assert "The text was erased." in page and "Canary" not in page


@pytest.mark.parametrize("token", ["0" * 32, "x", "%00", "%ff", "a" * 2000, "é"])
def test_a_wrong_token_is_a_404(token, reader, story):
    make_comment(story)
    response = reader.get(f"/en/receipts/{token}/")
    assert response.status_code == 404
    assert "Well reported." not in response.text


def test_neither_id_nonce_nor_hash_opens_a_receipt(reader, story):
    comment = make_comment(story)
    token = receipts.token_of(comment.nonce)
    for wrong in (comment.pk, comment.nonce, comment.receipt_hash, token[:-1], token.upper() + "0", token + "0"):
        assert reader.get(f"/en/receipts/{wrong}/").status_code == 404
    assert reader.get(f"/en/receipts/{token}/").status_code == 200


def test_a_receipt_is_stored_listed_and_told_nowhere(reader, story):
    response = reader.get(receipt_of(make_comment(story)))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_a_receipt_is_only_read(reader, story):
    address = receipt_of(make_comment(story))
    assert [reader.post(address).status_code, reader.delete(address).status_code] == [405, 405]


def test_an_approval_with_a_ticked_guideline_is_refused_as_a_slip(as_, moderator, story):
    comment = make_comment(story)
    posted = {"seen_version": 0, "guidelines": ["abuse"], "note": "Calmer, please."}
    response = as_(moderator).post(f"/desk/comments/{comment.pk}/approve/", posted)
    assert response.status_code == 400
    assert "Calmer, please." in response.text
    comment.refresh_from_db()
    assert (comment.status, comment.decisions.count()) == ("pending", 0)


def test_enter_presses_reject_and_never_approve(as_, moderator, lead, story):
    comment = make_comment(story)
    for page in (DESK, card(comment), f"/admin/comments/comment/{comment.pk}/change/"):
        forms = re.findall(r"<form.*?</form>", as_(moderator).get(page).text, re.DOTALL)
        deciding = next(form for form in forms if f"/comments/{comment.pk}/approve/" in form)
        first = re.search(r'<(?:button|input)[^>]*type="submit"[^>]*>', deciding)[0]
        assert "approve" not in first
        assert "disabled" not in first
