"""A story's whole life in the back office, in real browsers: written, returned, published, corrected, withdrawn,
restored, and saved by two people at once."""

import pytest

from articles.models import Article, Photo
from newsroom.roles import Role
from tests import factories
from tests.browser.test_journey import PASSWORD, choose, sign_in
from tests.browser.test_saving import headline, save
from tests.pictures import picture, with_iptc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST_TEXT = "<p>Water reached the <strong>bridge</strong> at noon.</p>\n<p>Nobody was hurt.</p>"
TEXT = ".story-editor-text"
FIRST, SECOND = "The river rises", "River rises in three villages"


@pytest.fixture
def people(transactional_db):
    """A reporter and two editors who sign in by password, and what they choose from."""
    for username, role in (("dana", Role.REPORTER), ("aram", Role.EDITOR), ("lana", Role.EDITOR)):
        user = factories.make_user(username, role)
        user.set_password(PASSWORD)
        user.save()
    factories.make_section("Middle East", "middle-east")
    factories.make_place("Erbil", "Kurdistan Region")
    factories.make_author("Dana Reporter", "dana-reporter")


@pytest.fixture
def photo_file(tmp_path):
    """A photo that brings a caption and a credit in its IPTC data, and no alternative text."""
    file = tmp_path / "river.jpg"
    records = {120: "The bridge of Zê at noon".encode(), 110: b"Shilan Ali / Maidan"}
    file.write_bytes(with_iptc(picture(), records))
    return file


def at_work(open_page, username: str):
    """A browser of ``username`` in the back office; what its console complains of is in ``page.complaints``."""
    page = open_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if is_trouble(said) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    sign_in(page, username, "/admin/")
    return page


def is_trouble(said) -> bool:
    """Whether a line of the console is a complaint; what the server refused on purpose is seen on the page."""
    return said.type == "error" and "the server responded with a status of" not in said.text


def written(page) -> str:
    return page.locator("textarea[name=body]").input_value()


def go_to(page, key: str) -> None:
    """Put the caret where ``key`` leads, a moment after the editor has the focus as with a person's hands."""
    page.locator(TEXT).focus()
    page.wait_for_timeout(150)
    page.keyboard.press(key)
    page.wait_for_timeout(150)


def write_at_the_end(page, words: str) -> None:
    go_to(page, "Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(words)


def take(page, step: str, **typed: str) -> None:
    """Take a step of the workflow: its button, its page with the fields ``typed`` filled in, and the yes."""
    page.get_by_role("link", name=step, exact=True).click()
    for name, words in typed.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_role("button", name=step, exact=True).click()
    page.get_by_text(f"{step}: done.").wait_for()


def missing(page) -> list[str]:
    return page.locator("#still-missing + ul li").all_inner_texts()


def write_the_story(page, photo_file) -> str:
    """The reporter writes it with the editor, sends the photo with it, and hands it in; the form's address."""
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Language:", exact=True).select_option("en")
    page.get_by_label("Section:", exact=True).select_option(label="Middle East")
    headline(page).fill(FIRST)
    choose(page, "place", "Erbil")
    page.locator(TEXT).click()
    page.keyboard.type("Water reached the ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bridge")
    page.keyboard.press("Control+b")
    page.keyboard.type(" at noon.")
    page.keyboard.press("Enter")
    page.keyboard.type("Nobody was hurt.")
    page.get_by_label("Tags:", exact=True).fill("floods, Great Zab")
    choose(page, "author", "Dana Reporter")
    page.locator("[name=lead_upload]").set_input_files(photo_file)
    save(page)
    page.get_by_text("was added successfully").wait_for()
    assert written(page) == FIRST_TEXT
    assert page.locator("[name=lead_caption]").input_value() == "The bridge of Zê at noon"
    assert "Shilan Ali / Maidan" in page.locator(".field-lead_photo_shown").inner_text()
    address = page.url
    take(page, "Submit")
    return address


def return_it(page, address: str) -> None:
    """The editor sees the checklist, may not publish past it, and gives the story back with a note."""
    page.goto(address)
    assert missing(page) == ["The lead photo has no alternative text."]
    page.get_by_role("link", name="Publish", exact=True).click()
    assert missing(page) == ["The lead photo has no alternative text."]
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".errorlist.nonfield").wait_for()
    assert not Article.objects.public().exists()
    page.goto(address)
    take(page, "Return", note="Say which villages, and describe the photo.")


def hand_in_again(page, address: str) -> None:
    page.goto(address)
    assert "Say which villages" in page.locator(".workflow p.warning").inner_text()
    headline(page).fill(SECOND)
    write_at_the_end(page, "Three villages moved uphill.")
    page.locator("[name=lead_alt]").fill("A bridge with water up to its railing")
    page.locator("[name=revision_note]").fill("Villages added")
    save(page)
    page.get_by_text("was changed successfully").wait_for()
    assert missing(page) == []
    take(page, "Submit")


def publish_and_correct(page, address: str, reader) -> str:
    """The editor publishes the second version and files a correction; the story's public address."""
    page.goto(address)
    take(page, "Publish")
    page.locator("a.viewsitelink").click()
    public = page.url
    assert reader.goto(public).status == 200
    assert reader.get_by_role("heading", level=1).inner_text() == SECOND
    assert reader.locator(".story-body p").all_inner_texts() == [
        "ERBIL, Kurdistan Region – Water reached the bridge at noon.",
        "Nobody was hurt.",
        "Three villages moved uphill.",
    ]
    lead = reader.locator("figure", has_text="The bridge of Zê at noon").first
    assert lead.locator("img").get_attribute("alt") == "A bridge with water up to its railing"
    assert "Shilan Ali / Maidan" in lead.inner_text()
    page.goto(address)
    take(page, "File a correction", line="The bridge is in Gwer, not in Erbil.")
    reader.goto(public)
    assert "The bridge is in Gwer, not in Erbil." in reader.locator("main").inner_text()
    reader.goto("/en/corrections/")
    assert "The bridge is in Gwer, not in Erbil." in reader.locator("main").inner_text()
    return public


def withdraw_it(page, address: str, public: str, reader) -> None:
    page.goto(address)
    take(page, "Withdraw", note="The villages were named by mistake.")
    assert reader.goto(public).status == 410
    gone = reader.locator("main").inner_text()
    assert "The villages were named by mistake." in gone and SECOND not in gone
    assert reader.locator("main time").first.get_attribute("datetime")
    reader.goto("/en/")
    assert SECOND not in reader.content()


def restore_the_first(page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Revisions").click()
    page.locator('a[href$="/restore/1/"]').click()
    page.get_by_role("button", name="Restore").click()
    page.get_by_text("Revision 1 restored as revision 3").wait_for()
    page.goto(address)
    assert headline(page).input_value() == FIRST
    assert written(page) == FIRST_TEXT


def collide(first, second, address: str) -> None:
    """Both go on from the same version; whoever saves last is asked, merges in the editor, and both texts are there."""
    first.goto(address)
    second.goto(address)
    write_at_the_end(second, "The editor's own sentence.")
    save(second)
    second.get_by_text("was changed successfully").wait_for()
    go_to(first, "Control+Home")
    first.keyboard.type("Slowly, ")
    save(first)
    first.get_by_role("heading", name="Two versions of this story").wait_for()
    first.locator("#mine-body").check()
    merged = first.locator(".question .story-editor-text")
    assert [line.strip() for line in merged.locator("p").all_inner_texts()] == [
        "Slowly, Water reached the bridge at noon.",
        "Nobody was hurt.",
        "The editor's own sentence.",
    ]
    go_to(first, "Control+End")
    first.keyboard.type(" Agreed.")
    assert first.locator("#merge-body").is_checked()  # who writes in it means it
    first.get_by_role("button", name="Save", exact=True).click()
    first.get_by_text("was changed successfully").wait_for()


def test_a_story_is_written_returned_published_corrected_withdrawn_restored_and_merged(people, photo_file, open_page):
    dana, aram = at_work(open_page, "dana"), at_work(open_page, "aram")
    reader = open_page(javascript=False, width=360)
    address = write_the_story(dana, photo_file)
    assert Photo.objects.get().credit == "Shilan Ali / Maidan"
    return_it(aram, address)
    hand_in_again(dana, address)
    public = publish_and_correct(aram, address, reader)
    withdraw_it(aram, address, public, reader)
    restore_the_first(aram, address)
    collide(aram, at_work(open_page, "lana"), address)

    story = Article.objects.get()
    assert story.revisions.count() == 5
    agreed = "\n<p>The editor's own sentence. Agreed.</p>"
    assert story.body == FIRST_TEXT.replace("<p>Water", "<p>Slowly, Water") + agreed
    kept = [revision.content["body"] for revision in story.revisions.order_by("number")]
    assert "Three villages moved uphill." in kept[1] and kept[2] == kept[0]
    assert dana.complaints + aram.complaints == []
