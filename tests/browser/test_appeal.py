"""The whole way of a rejected comment: reason read, appealed, first moderator refused, overturned by another, shown.

The reader's browser runs no JavaScript.
"""

import pytest

from comments.models import Comment
from newsroom.roles import Role
from tests import factories
from tests.browser.test_receipt import shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password for this test only"


@pytest.fixture
def people(transactional_db):
    for username, role in (("first", Role.MODERATION_LEAD), ("other", Role.MODERATION_LEAD)):
        user = factories.make_user(username, role)
        user.set_password(PASSWORD)
        user.save()


def signed_in(open_page, username: str):
    page = open_page()
    page.goto("/desk/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_a_rejected_comment_is_appealed_and_shown_after_all(people, story, open_page, width, tmp_path):
    reader = open_page(javascript=False, width=width)
    reader.goto(story.get_absolute_url())
    address = reader.url
    reader.get_by_label("Your name").fill("Kamal")
    reader.get_by_label("Your comment").fill("You can do better than that.")
    reader.get_by_role("button", name="Send comment").click()
    receipt = reader.url.partition("#")[0]  # with its place in the page, going there again would load nothing

    first = signed_in(open_page, "first")
    card = first.locator(".desk-card")
    card.get_by_label("abuse", exact=False).check()
    card.get_by_label("Note to the author").fill("Please be polite.")
    card.get_by_role("button", name="Reject").click()
    first.get_by_text("Decided: rejected.").wait_for()

    reader.goto(receipt)
    words = reader.locator("main").inner_text()
    assert "No abuse" in words
    assert "edition 1" in words
    assert "Please be polite." in words
    assert "A person read the comment and decided." in words
    shoot(reader, tmp_path, f"statement-{width}")
    reader.get_by_role("link", name="Appeal this decision").click()
    shoot(reader, tmp_path, f"appeal-{width}")
    reader.get_by_label("Why do you think the decision is wrong?").fill("It is criticism.\nYou welcome that.")
    reader.get_by_role("button", name="Send the appeal").click()
    assert reader.get_by_text("Your appeal has arrived.").is_visible()
    assert reader.get_by_role("link", name="Appeal this decision").count() == 0

    first.goto("/desk/appeals/")
    assert first.get_by_text("No appeal waits for you.").is_visible()
    first.goto(f"/desk/appeals/{Comment.objects.get().decisions.get().appeal.pk}/")
    assert first.get_by_text("You rejected or removed this comment").is_visible()
    assert first.get_by_role("button", name="Overturn").count() == 0

    other = signed_in(open_page, "other")
    other.goto("/desk/appeals/")
    other.get_by_role("link", name="Read and decide").click()
    assert "It is criticism." in other.locator("main").inner_text()
    other.get_by_label("Note to the author").fill("It is indeed.")
    other.get_by_role("button", name="Overturn: approve the comment").click()
    other.get_by_text("Answered: overturned").wait_for()

    reader.goto(address)
    assert reader.locator("#comments .comment-text").all_inner_texts() == ["You can do better than that."]
    reader.goto(receipt)
    assert reader.get_by_text("Your appeal was successful").is_visible()
    assert reader.get_by_text("It is indeed.").is_visible()
    shoot(reader, tmp_path, f"overturned-{width}")
    assert [decision.verdict for decision in Comment.objects.get().decisions.all()] == ["approved", "rejected"]


def test_a_notice_of_illegal_content_shows_its_own_part_of_the_form_without_script(people, story, open_page, tmp_path):
    other = factories.make_user("other", Role.MODERATION_LEAD)
    shown = factories.make_decided(story, "approved", by=other, body="Ring them at 0000 000.")
    page = open_page(javascript=False, width=360)
    page.goto(f"/en/stories/{story.pk}/comments/{shown.pk}/report/")
    assert not page.get_by_label("Your name").is_visible()
    page.get_by_label("Illegal content", exact=True).check()
    page.get_by_label("Explanation").fill("It is a private number.")
    page.get_by_role("button", name="Send report").click()
    assert page.get_by_text("Please say who you are").is_visible()
    page.get_by_label("Your name").fill("Avin")
    page.get_by_label("Your e-mail address").fill("avin@example.org")
    page.get_by_label("I believe in good faith").check()
    shoot(page, tmp_path, "notice-360")
    page.get_by_role("button", name="Send report").click()
    assert page.get_by_text("This is a notice of illegal content.").is_visible()

    lead = signed_in(open_page, "first")
    lead.get_by_role("link", name="1 notice of illegal content").click()
    lead.get_by_role("link", name="Read and decide").click()
    lead.get_by_label("Unlawful content").check()
    lead.get_by_role("button", name="Remove the comment").click()
    lead.get_by_text("The comment was removed. Readers answered: 1.").wait_for()
    page.reload()
    assert page.get_by_role("heading", name="The comment was removed").is_visible()
