"""An editor curates in a real browser: a correction that a reader sees, the front page at six, a withdrawal."""

import datetime

import pytest
from django.utils import timezone

from articles import publishing
from newsroom.roles import Role
from tests import factories
from tests.browser.test_journey import PASSWORD, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(transactional_db):
    user = factories.make_user("editor", Role.EDITOR)
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_correction_a_front_page_at_six_and_a_withdrawal(editor, open_page):
    story = factories.make_story(by=editor, headline="The bridge opens on Monday", slug="bridge")
    tomorrow = timezone.localtime() + datetime.timedelta(days=1)
    at_six = tomorrow.replace(hour=18, minute=0, second=0, microsecond=0)
    scheduled = factories.make_draft(by=editor, headline="Evening paper", slug="evening")
    publishing.schedule(scheduled, by=editor, publish_at=at_six - datetime.timedelta(hours=1))
    desk, reader = open_page(), open_page(javascript=False, width=360)
    change = f"/admin/articles/article/{story.pk}/change/"

    # A correction is filed from the change form; without words it comes back with what was chosen.
    sign_in(desk, "editor", change)
    desk.get_by_role("link", name="File a correction").click()
    desk.get_by_label("Kind:").select_option("clarification")
    desk.get_by_label("Line for readers:").fill("   ")
    desk.get_by_role("button", name="File a correction").click()
    assert desk.get_by_label("Kind:").input_value() == "clarification"
    desk.get_by_label("Kind:").select_option("correction")
    desk.get_by_label("Line for readers:").fill("The bridge opens on Tuesday, not on Monday.")
    desk.get_by_role("button", name="File a correction").click()
    desk.get_by_text("File a correction: done.").wait_for()

    # A reader sees it on the story and in the list of corrections.
    reader.goto(story.get_absolute_url())
    assert "The bridge opens on Tuesday, not on Monday." in reader.locator(".correction").inner_text()
    assert "Updated" in reader.locator(".story-meta").inner_text()
    reader.get_by_role("link", name="Corrections").click()
    assert "not on Monday." in reader.locator(".correction-entry").inner_text()

    # A slot for tomorrow at six, looked at today; readers see nothing of it.
    desk.goto("/admin/articles/frontslot/add/")
    desk.locator(".field-article .select2-selection").first.click()
    desk.locator(".select2-search__field").fill("Evening")
    desk.locator(".select2-results__option--highlighted", has_text="Evening paper").click()
    desk.get_by_label("Position:").fill("1")
    desk.get_by_label("From:").fill(f"{at_six:%Y-%m-%dT%H:%M}")
    desk.get_by_label("Until:").fill(f"{at_six + datetime.timedelta(hours=4):%Y-%m-%dT%H:%M}")
    desk.get_by_label("Headline on the front page:").fill("Good evening: the paper of six")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was added successfully").wait_for()
    desk.get_by_label("Time:").fill(f"{at_six:%Y-%m-%dT%H:%M}")
    desk.get_by_role("button", name="Preview the front page").click()
    assert desk.locator(".card-lead .card-headline").inner_text() == "Good evening: the paper of six"
    assert f"{at_six:%Y-%m-%d %H:%M}" in desk.locator(".preview-bar").inner_text()
    reader.goto("/en/")
    assert reader.locator(".card-headline").all_inner_texts() == ["The bridge opens on Monday"]

    # Withdrawn: 410 with the reason, and gone from front page and corrections.
    desk.goto(change)
    desk.get_by_role("link", name="Withdraw", exact=True).click()
    desk.get_by_label("Note:").fill("There is no bridge.")
    desk.get_by_role("button", name="Withdraw").click()
    desk.get_by_text("Withdraw: done.").wait_for()
    answer = reader.goto(story.get_absolute_url())
    assert (answer.status, "There is no bridge." in reader.content()) == (410, True)
    assert "opens on Monday" not in reader.content()
    for address in ("/en/", "/en/corrections/"):
        reader.goto(address)
        assert "bridge" not in reader.locator("main").inner_text()


def test_the_front_page_is_in_its_frame_at_every_width(editor, open_page):
    """No page is wider than its window, light or dark, in either direction."""
    for language in ("en", "ckb"):
        section = factories.make_section("Section", f"section-{language}", language)
        for number in range(12):
            headline = f"Story {number} with a headline of a few more words"
            factories.make_story(
                by=editor, language=language, headline=headline, slug=f"s{number}", section_id=section.pk
            )
    for width in (320, 360, 768, 1280, 1600):
        page = open_page(width=width)
        for language in ("en", "ckb"):
            page.goto(f"/{language}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, language)
