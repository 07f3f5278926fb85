"""Writing in a real browser when things go wrong: a crash, a lost connection, a colleague, a session that ends."""

import pytest
from django.contrib.sessions.models import Session

from articles import revisions
from articles.models import Article, Draft
from newsroom.roles import Role
from tests import factories
from tests.browser.test_journey import PASSWORD, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/articles/article/add/"


@pytest.fixture
def people(transactional_db):
    for username, role in (("dana", Role.REPORTER), ("aram", Role.EDITOR)):
        user = factories.make_user(username, role)
        user.set_password(PASSWORD)
        user.save()
    return {user.username: user for user in Article._meta.get_field("created_by").related_model.objects.all()}


@pytest.fixture
def story(people):
    body = "".join(f"<p>Paragraph {number} of the story.</p>" for number in (1, 2, 3))
    return factories.make_draft(by=people["dana"], headline="The river rises", body=body)


def form_of(story) -> str:
    return f"/admin/articles/article/{story.pk}/change/"


def opened(open_page, username: str, address: str, **options):
    """The form at ``address`` in a browser of ``username``, with what its console complained of."""
    page = open_page(**options)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    sign_in(page, username, "/admin/")
    page.goto(address)
    return page


def status(page):
    return page.locator("[data-status]")


def headline(page):
    return page.locator("input[name=headline]")


def type_into(page, field: str, text: str) -> None:
    box = page.locator(f"[name={field}]")
    box.focus()
    box.fill(text)


def write_html(page, html: str, *, javascript: bool) -> None:
    """Put ``html`` in place of the story's text: in the editor's view of the markup, or the bare textarea."""
    if javascript:
        page.locator('.story-editor-bar [data-tool="source"]').click()
    page.locator("textarea[name=body]").fill(html)


def save(page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()


def test_text_survives_a_browser_that_is_killed(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    type_into(page, "headline", "Written just before the crash")
    status(page).get_by_text("Unsaved text kept at").wait_for()
    page.context.close()  # no leaving, no saving

    page = opened(open_page, "dana", form_of(story))
    assert headline(page).input_value() == "The river rises"
    page.get_by_text("You have unsaved text of").wait_for()
    page.get_by_role("link", name="Restore").click()
    assert headline(page).input_value() == "Written just before the crash"
    save(page)
    page.get_by_text("was changed successfully").wait_for()
    story.refresh_from_db()
    assert (story.headline, story.revisions.count()) == ("Written just before the crash", 2)
    assert page.get_by_text("You have unsaved text of").count() == 0
    assert page.complaints == []


def test_a_new_story_survives_it_too(people, open_page):
    page = opened(open_page, "dana", ADD)
    page.get_by_label("Language:", exact=True).select_option("ckb")
    type_into(page, "headline", "Never saved")
    page.locator(".story-editor-text").click()
    page.keyboard.type("A first paragraph.")
    status(page).get_by_text("Unsaved text kept at").wait_for()
    page.context.close()
    assert Article.objects.count() == 0

    page = opened(open_page, "dana", ADD)
    page.get_by_text("“Never saved”").wait_for()
    page.get_by_role("link", name="Restore").click()
    assert headline(page).input_value() == "Never saved"
    assert page.locator("[name=language]").input_value() == "ckb"
    save(page)
    page.get_by_text("was added successfully").wait_for()
    assert Article.objects.get().headline == "Never saved"
    assert Article.objects.get().body == "<p>A first paragraph.</p>"


def test_a_lost_connection_is_shown_and_nothing_is_lost(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    type_into(page, "headline", "Before")
    status(page).get_by_text("Unsaved text kept at").wait_for()
    page.context.set_offline(True)
    type_into(page, "headline", "Written without a connection")
    status(page).get_by_text("Not kept since").wait_for()
    assert "Your text is in this browser" in status(page).inner_text()
    assert page.get_by_role("button", name="Try again now").is_visible()
    assert Draft.objects.get().fields["headline"] == "Before"
    page.context.set_offline(False)
    status(page).get_by_text("The connection is back").wait_for()
    assert Draft.objects.get().fields["headline"] == "Written without a connection"
    assert page.get_by_role("button", name="Try again now").is_hidden()


def test_what_never_arrived_is_found_in_this_browser(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    page.context.set_offline(True)
    type_into(page, "headline", "Only in this browser")
    status(page).get_by_text("Not kept since").wait_for()
    other = page.context.new_page()
    page.close()  # the window is gone; the browser is not
    assert Draft.objects.count() == 0
    other.context.set_offline(False)
    other.goto(form_of(story))
    other.get_by_text("that never arrived").wait_for()
    other.locator("[data-found-box] a").click()
    assert headline(other).input_value() == "Only in this browser"


def test_leaving_is_asked_about_only_while_something_is_unsaved(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(form_of(story))
    assert asked == []
    type_into(page, "headline", "Unsaved")
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    page.goto(form_of(story))
    type_into(page, "headline", "Saved")
    save(page)
    page.get_by_text("was changed successfully").wait_for()
    assert asked == ["beforeunload"]


def test_a_session_that_ends_while_writing_is_told_and_nothing_is_lost(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    Session.objects.all().delete()
    type_into(page, "headline", "Written after the session ended")
    status(page).get_by_text("You were signed out").wait_for()
    with page.context.expect_page() as new_window:
        page.get_by_role("link", name="Sign in in a new window").click()
    sign_in(new_window.value, "dana", "/admin/")
    page.bring_to_front()
    page.get_by_role("button", name="Try again now").click()
    status(page).get_by_text("The connection is back").wait_for()
    save(page)  # with the token of the new session
    page.get_by_text("was changed successfully").wait_for()
    story.refresh_from_db()
    assert story.headline == "Written after the session ended"


def test_each_sees_that_the_other_is_there(story, open_page):
    first = opened(open_page, "dana", form_of(story))
    type_into(first, "headline", "Dana writes")
    status(first).get_by_text("Unsaved text kept at").wait_for()
    second = opened(open_page, "aram", form_of(story))
    assert second.locator(".presence").inner_text() == "dana is editing now."
    type_into(first, "headline", "Dana writes on")
    first.locator(".presence", has_text="aram has had this story open").wait_for()
    second.goto("/admin/")
    type_into(first, "headline", "Dana writes on and on")
    first.locator(".presence:empty").wait_for(state="attached")


@pytest.mark.parametrize("javascript", [True, False])
def test_two_browsers_collide_and_both_texts_survive(javascript, story, open_page):
    dana = opened(open_page, "dana", form_of(story), javascript=javascript)
    aram = opened(open_page, "aram", form_of(story), javascript=javascript)
    headline(aram).fill("Aram's headline")
    write_html(aram, story.body.replace("Paragraph 3", "Aram's third"), javascript=javascript)
    save(aram)
    headline(dana).fill("Dana's headline")
    write_html(dana, story.body.replace("Paragraph 1", "Dana's first"), javascript=javascript)
    save(dana)

    dana.get_by_role("heading", name="Two versions of this story").wait_for()
    page = dana.locator("main, #content").first.inner_text()
    assert "Dana's headline" in page and "Aram's headline" in page
    merged = dana.locator("[name=merged-body]").input_value()
    assert "Dana's first" in merged and "Aram's third" in merged
    dana.locator("#mine-headline").check()
    dana.get_by_role("button", name="Save", exact=True).click()
    dana.get_by_text("was changed successfully").wait_for()
    story.refresh_from_db()
    assert story.headline == "Dana's headline"
    assert "Dana's first of the story" in story.body and "Aram's third of the story" in story.body
    kept = [revision.content["headline"] for revision in story.revisions.order_by("number")]
    assert kept == ["The river rises", "Aram's headline", "Dana's headline"]


def test_the_first_revision_is_restored(story, people, open_page):
    revisions.record(story, factories.content(headline="Worse"), by=people["aram"])
    page = opened(open_page, "dana", form_of(story))
    page.get_by_role("link", name="Revisions").click()
    page.get_by_role("button", name="Compare the two").click()
    page.locator("del", has_text="The river rises").wait_for()
    page.get_by_role("link", name="Restore revision 1").click()
    page.get_by_role("button", name="Restore").click()
    page.get_by_text("Revision 1 restored as revision 3").wait_for()
    story.refresh_from_db()
    assert (story.headline, story.revisions.count()) == ("The river rises", 3)


def test_somebody_without_an_account_reads_a_preview_until_it_is_revoked(story, open_page):
    page = opened(open_page, "dana", form_of(story))
    page.get_by_role("link", name="Preview links").click()
    page.get_by_label("For whom").fill("The lawyer")
    page.get_by_role("button", name="Make a preview link").click()
    address = page.get_by_role("textbox", name="Link").input_value()
    guest = open_page(javascript=False, width=360)
    guest.goto(address)
    assert "Paragraph 1 of the story." in guest.locator(".story-body").inner_text()
    assert guest.locator(".preview-banner").is_visible()
    assert guest.locator("form textarea").count() == 0
    page.reload()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("The preview link is revoked").wait_for()
    assert guest.goto(address).status == 410
