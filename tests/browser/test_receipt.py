"""A reader's way without JavaScript: post, receipt, rejected with the reason, send again, approved, reply, withdraw."""

import pytest

from comments.models import Comment
from moderation.decisions import decide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def overflows(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_reader_follows_a_comment_to_its_end(open_page, story, moderator, width, tmp_path):
    page = open_page(javascript=False, width=width)
    page.goto(story.get_absolute_url())
    page.get_by_label("Your name").fill("Şîlan")
    page.get_by_label("Your comment").fill("You are all fools.")
    page.get_by_role("button", name="Send comment").click()
    receipt = page.url
    assert page.get_by_text("We cannot say yet").is_visible()
    shoot(page, tmp_path, f"waiting-{width}")

    first = Comment.objects.get()
    decide(first, "rejected", moderator=moderator, seen_version=0, guidelines=["personal-attacks"], note="Be kind.")
    page.reload()
    assert page.get_by_text("Be kind.").is_visible()
    shoot(page, tmp_path, f"rejected-{width}")
    page.get_by_role("link", name="Change it and send it again").click()
    assert page.get_by_label("Your comment").input_value() == "You are all fools."
    shoot(page, tmp_path, f"resubmit-{width}")
    page.get_by_label("Your comment").fill("I see it otherwise.")
    page.get_by_role("button", name="Send comment").click()
    assert page.url != receipt
    second = Comment.objects.get(resubmission_of=first)
    assert second.body == "I see it otherwise."

    decide(second, "approved", moderator=moderator, seen_version=0)
    own_receipt = page.url
    page.goto(story.get_absolute_url())
    page.get_by_role("link", name="Reply to Şîlan").click()
    page.get_by_label("Your name").fill("  ")
    page.get_by_label("Your comment").fill("So do I.")
    page.get_by_role("button", name="Send comment").click()
    assert page.url.endswith("#post-a-comment")
    assert page.get_by_label("Your comment").input_value() == "So do I."
    page.locator(".problems").get_by_role("link", name="Your name").click()
    assert page.evaluate("document.activeElement.id") == "comment-name"
    shoot(page, tmp_path, f"refused-reply-{width}")
    page.get_by_label("Your name").fill("Azad")
    page.get_by_role("button", name="Send comment").click()
    page.get_by_role("heading", name="Your comment has arrived").wait_for()
    reply = Comment.objects.get(parent=second)
    decide(reply, "approved", moderator=moderator, seen_version=0)
    page.goto(story.get_absolute_url())
    assert page.locator(".replies .comment-text").all_inner_texts() == ["So do I."]

    page.goto(own_receipt)
    page.get_by_role("link", name="Withdraw it").click()
    assert page.get_by_text("I see it otherwise.").is_visible()
    shoot(page, tmp_path, f"withdraw-{width}")
    page.get_by_role("button", name="Yes, withdraw it").click()
    assert page.get_by_role("heading", name="This comment was withdrawn").is_visible()
    shoot(page, tmp_path, f"withdrawn-{width}")
    page.goto(story.get_absolute_url())
    assert "I see it otherwise." not in page.content()
    assert page.locator(".comment-tombstone").inner_text() == "This comment was withdrawn by its author."
    assert page.locator(".replies .comment-text").all_inner_texts() == ["So do I."]


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_a_receipt_reads_from_the_right(open_page, story, moderator, language, tmp_path):
    page = open_page(javascript=False, width=360)
    page.goto(story.get_absolute_url())
    page.get_by_label("Your name").fill("شيلان")
    page.get_by_label("Your comment").fill("تقرير جيد.")
    page.get_by_role("button", name="Send comment").click()
    page.goto(page.url.replace("/en/", f"/{language}/"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    shoot(page, tmp_path, f"waiting-{language}")


def shoot(page, folder, name: str) -> None:
    """A picture to look at, and that nothing sticks out of the page."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert not overflows(page), name
