"""The proof of work in a real browser, under the house's content security policy, and without JavaScript."""

import pytest

from comments.models import CommentContact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_browser_proves_its_work_while_its_reader_writes(open_page, story, settings, javascript):
    settings.NEWSROOM_PROOF_OF_WORK = True
    page = open_page(javascript=javascript)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(story.get_absolute_url())
    page.get_by_label("Your name").fill("Shilan")
    if javascript:
        page.wait_for_selector("input[name=proof][value]", state="attached", timeout=60_000)
    page.get_by_label("Your comment").fill("Well reported.")
    page.get_by_role("button", name="Send comment").click()
    page.get_by_role("heading", name="Your comment has arrived").wait_for()
    assert "#post-a-comment" not in page.url
    assert CommentContact.objects.get().without_proof is not javascript
    assert complaints == []
