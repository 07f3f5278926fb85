"""Comments, guidelines and decisions in the admin: to be read, with the desk's two verbs for those who decide."""

import re

import pytest

from comments.models import Comment, GuidelineEdition
from moderation.decisions import decide
from moderation.models import Decision
from tests.factories import make_comment, make_decided, make_story

LIST = "/admin/comments/comment/"


def page_of(comment: Comment) -> str:
    return f"{LIST}{comment.pk}/change/"


def fields_in(page: str) -> set[str]:
    """The names of what the page's own form could send."""
    form = page.split('id="comment_form"')[1].split("</form>")[0]
    return set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', form))


def test_a_comment_is_read_only_for_everybody(as_, moderator, lead, superuser, story):
    comment = make_comment(story, "As <written>.", name="Shilan & co")
    for person in (moderator, lead, superuser):
        page = as_(person).get(page_of(comment)).text
        assert "As &lt;written&gt;." in page and "Shilan &amp; co" in page
        assert not fields_in(page) & {"body", "display_name", "status", "article", "submitted_at", "_save"}
        assert "deletelink" not in page


def test_moderators_are_shown_both_verbs_and_nobody_else_is(as_, moderator, lead, superuser, story):
    comment = make_comment(story)
    for person in (moderator, lead):
        page = as_(person).get(page_of(comment)).text
        assert f'formaction="/desk/comments/{comment.pk}/approve/"' in page
        assert f'formaction="/desk/comments/{comment.pk}/reject/"' in page
        assert {"seen_version", "next", "guidelines", "note", "csrfmiddlewaretoken"} <= fields_in(page)
    page = as_(superuser).get(page_of(comment)).text
    assert "/desk/comments/" not in page
    assert not fields_in(page) & {"seen_version", "guidelines", "note"}


def test_a_decided_comment_offers_no_verb_and_shows_who_decided_what(as_, moderator, story):
    comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer, <please>.")
    page = as_(moderator).get(page_of(comment)).text
    assert "/desk/comments/" not in page
    decided = page.split("<h2>Decisions</h2>")[1]
    assert all(word in decided for word in ("rejected", "moderator", "abuse", "Calmer, &lt;please&gt;."))


@pytest.mark.parametrize(
    ("verb", "guidelines", "after"), [("approve", [], "approved"), ("reject", ["abuse", "profanity"], "rejected")]
)
def test_the_form_of_the_admin_decides_and_goes_back_to_its_page(verb, guidelines, after, as_, moderator, story):
    comment = make_comment(story)
    browser = as_(moderator)
    browser.handler.enforce_csrf_checks = True
    page = browser.get(page_of(comment)).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    posted = hidden | {"guidelines": guidelines, "note": "From the admin."}
    response = browser.post(re.search(rf'formaction="([^"]+/{verb}/)"', page)[1], posted)
    assert (response.status_code, response["Location"]) == (302, page_of(comment))
    comment.refresh_from_db()
    decision = Decision.objects.get()
    assert (comment.status, decision.moderator, decision.note.text) == (after, moderator, "From the admin.")
    assert f"Decided: {after}." in browser.get(page_of(comment)).text


def test_the_loser_of_a_race_is_told_on_the_page_of_the_admin(as_, moderator, moderator2, story):
    comment = make_comment(story)
    decide(comment, "approved", moderator=moderator, seen_version=0)
    posted = {"seen_version": 0, "guidelines": ["abuse"], "next": page_of(comment)}
    page = as_(moderator2).post(f"/desk/comments/{comment.pk}/reject/", posted, follow=True)
    assert page.redirect_chain == [(page_of(comment), 302)]
    assert "Moderator was faster: approved" in page.text  # the admin begins messages with a capital


def test_what_is_posted_to_the_admins_own_page_changes_nothing(as_, moderator, superuser, story):
    comment = make_comment(story, "As written.")
    for person in (moderator, superuser):
        assert as_(person).post(page_of(comment), {"body": "Edited", "_save": "Save"}).status_code == 403
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("As written.", "pending")


def test_the_admin_says_nothing_of_network_contact_or_keys(as_, superuser, story):
    comment = make_comment(story)
    page = as_(superuser).get(page_of(comment)).text
    secrets = (comment.nonce, comment.receipt_hash, comment.key.key, comment.contact.network_hash)
    assert [secret for secret in secrets if secret in page] == []


def test_the_list_finds_comments_by_their_words(as_, moderator, story):
    make_comment(story, "About the river")
    make_comment(story, "About the bridge")
    page = as_(moderator).get(f"{LIST}?q=bridge").text
    assert "About the bridge" in page and "About the river" not in page


@pytest.mark.parametrize("address", [LIST, f"{LIST}?status__exact=approved", f"{LIST}?q=remark"])
def test_the_list_of_comments_costs_the_same_queries_with_one_and_with_forty(
    address, as_, moderator, editor, django_assert_num_queries
):
    browser = as_(moderator)
    browser.get(address)
    for count in (1, 39):
        for number in range(count):
            story = make_story(by=editor, slug=f"s{count}-{number}")
            make_decided(story, "approved", by=moderator, body=f"Remark {number}")
        with django_assert_num_queries(LIST_QUERIES):
            page = browser.get(address).text
    assert page.count("/change/") >= 40


LIST_QUERIES = 7


def test_the_list_of_decisions_costs_the_same_queries_with_one_and_with_forty(
    as_, moderator, lead, story, django_assert_num_queries
):
    browser = as_(lead)
    browser.get("/admin/moderation/decision/")
    for count in (1, 39):
        for number in range(count):
            make_decided(story, "rejected", by=(moderator, lead)[number % 2], guidelines=["abuse", "threats"])
        with django_assert_num_queries(DECISION_QUERIES):
            page = browser.get("/admin/moderation/decision/").text
    assert page.count("threats, abuse") == 40


DECISION_QUERIES = 10


def test_a_decision_is_read_only(as_, lead, superuser, moderator, story):
    decision = make_decided(story, "approved", by=moderator).decisions.get()
    address = f"/admin/moderation/decision/{decision.pk}/change/"
    for person in (lead, superuser):
        page = as_(person).get(address)
        assert page.status_code == 200
        assert decision.hash in page.text
        assert 'name="_save"' not in page.text
        assert as_(person).post(address, {"verdict": "rejected"}).status_code == 403


def test_a_guideline_edition_is_read_only_with_its_wordings(as_, lead, superuser):
    edition = GuidelineEdition.objects.get()
    address = f"/admin/comments/guidelineedition/{edition.pk}/change/"
    for person in (lead, superuser):
        page = as_(person).get(address)
        assert page.status_code == 200
        assert "personal-attacks" in page.text
        assert edition.wordings.get(language="ckb", guideline__code="abuse").title in page.text
        assert 'name="_save"' not in page.text
        assert as_(person).post(address, {"number": 2}).status_code == 403
