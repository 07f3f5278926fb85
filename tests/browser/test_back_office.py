"""Journalists in a real browser: the start page, tags suggested while typing, and a list that goes on by keys alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse

from articles import publishing
from articles.models import Article
from newsroom.roles import Role
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD = "/admin/articles/article/add/"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def editor(transactional_db):
    return factories.make_user("editor", Role.EDITOR, Role.MODERATOR)


@pytest.fixture
def office(open_page, live_server, as_, editor):
    """``office(address)``: a page signed in as the editor; what the page's policy refused is in ``page.refused``."""

    def opened(address: str, *, language: str = "en", **options):
        page = open_page(**options)
        session = as_(editor).cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
        page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page.refused = []
        page.on("console", lambda message: page.refused.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    return opened


def names_in(page) -> list[str]:
    page.locator('[role="listbox"]:not([hidden]) [role="option"]').first.wait_for()
    return page.locator('[role="option"]').all_inner_texts()


def test_tags_are_suggested_taken_by_keys_and_saved(office, editor):
    factories.make_draft(by=editor, tags=["Syrian army", "Army chief", "war"])
    page = office(ADD)
    page.locator("#id_language").select_option("en")
    field = page.get_by_label("Tags", exact=False).first
    field.press_sequentially("arm")
    assert names_in(page) == ["Army chief", "Syrian army"]
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.locator('[role="option"][aria-selected="true"]')
    assert chosen.inner_text() == "Syrian army"
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    field.press("Enter")
    assert field.input_value() == "Syrian army, "
    field.press_sequentially("wa")
    assert names_in(page) == ["war"]
    field.press("Escape")
    assert page.locator('[role="option"]').count() == 0
    field.press_sequentially("ter")
    assert field.input_value() == "Syrian army, water"
    field.fill("Syrian army, arm")
    field.press("End")
    field.press_sequentially("y")
    assert names_in(page) == ["Army chief"]  # what is typed already is not suggested again
    page.locator('[role="option"]').first.click()
    assert field.input_value() == "Syrian army, Army chief, "
    page.get_by_label("Headline", exact=False).first.fill("Tagged")
    page.locator('input[name="_save"]').click()
    assert [tag.name for tag in Article.objects.get(headline="Tagged").tags.all()] == ["Syrian army", "Army chief"]


def test_a_suggestion_replaces_the_name_at_the_caret_in_arabic_script(office, editor):
    draft = factories.make_draft(by=editor, language="ckb", tags=["کوردستان", "هەولێر"])
    page = office(f"/admin/articles/article/{draft.pk}/change/")
    field = page.locator("#id_tags")
    field.fill("كورد، نەوت")
    field.evaluate("field => field.setSelectionRange(4, 4)")
    field.dispatch_event("input")
    assert names_in(page) == ["کوردستان"]
    field.press("ArrowUp")
    field.press("Enter")
    assert field.input_value() == "کوردستان، نەوت"


def test_enter_without_a_choice_sends_the_form_and_a_lost_network_leaves_a_plain_field(office, editor):
    factories.make_draft(by=editor, tags=["war"])
    page = office(ADD)
    page.route("**/suggest/**", lambda route: route.abort())
    page.locator("#id_language").select_option("en")
    page.locator("#id_headline").fill("Offline")
    page.locator("#id_tags").press_sequentially("war, peace")
    page.wait_for_timeout(400)
    assert page.locator('[role="option"]').count() == 0
    page.locator("#id_tags").press("Enter")
    page.wait_for_url("**/admin/articles/article/**")
    assert [tag.name for tag in Article.objects.get(headline="Offline").tags.all()] == ["war", "peace"]


def test_tags_without_a_script_are_a_plain_field(office):
    page = office(ADD, javascript=False)
    page.locator("#id_language").select_option("en")
    page.locator("#id_headline").fill("Plain")
    page.locator("#id_tags").fill("ISIS, Syrian army")
    page.locator('input[name="_save"]').click()
    assert [tag.name for tag in Article.objects.get(headline="Plain").tags.all()] == ["ISIS", "Syrian army"]


def things_to_do(editor) -> Article:
    factories.make_draft(by=editor, headline="A draft of mine", slug="draft")
    sent = factories.make_draft(by=editor, headline="Sent in", slug="sent")
    publishing.submit(sent, by=editor)
    story = factories.make_story(by=editor)
    factories.make_comment(story)
    return story


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("en", 360), ("ar", 1280), ("ckb", 360)])
def test_start_page_list_and_desk_of_translations_are_accessible_and_fit(language, width, office, editor):
    story = things_to_do(editor)
    tag = story.tags.first()
    for address in (
        "/admin/",
        "/admin/articles/article/",
        reverse("admin:articles_article_translations", args=[story.pk]),
        f"/admin/articles/tag/{tag.pk}/merge/",
        f"/admin/articles/tag/{tag.pk}/merge/?into=rivers",
    ):
        page = office(address, language=language, width=width)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, address
        page.context.close()


def test_the_start_page_leads_to_what_waits_by_keys_alone(office, editor):
    things_to_do(editor)
    page = office("/admin/")
    review = page.locator(".start-review")
    assert review.locator(".count").inner_text().endswith("1")
    assert page.locator(".start-comments .count").inner_text().endswith("1")
    review.get_by_role("link", name="Sent in").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    assert page.locator(".workflow strong").inner_text() == "submitted"
    page.goto("/admin/")
    page.get_by_role("link", name="All: Awaiting review").click()
    page.locator(".story-rows tbody tr").first.wait_for()
    assert page.locator(".story-rows tbody tr").count() == 1
