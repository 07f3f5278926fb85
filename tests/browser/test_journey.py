"""The whole path of the product in a real browser: publish, read, comment, decide, read again.

The story is the model story page where the material is at hand, and one of our own beside it.
"""

import re
from dataclasses import dataclass

import pytest

from articles.models import Article
from newsroom.roles import Role
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password for this test only"


@dataclass
class Story:
    headline: str
    city: str
    region: str
    byline: str
    tags: list[str]
    paragraphs: list[str]

    @property
    def dateline(self) -> str:
        return f"{self.city.upper()}, {self.region} – "


def our_own_story(_request) -> Story:
    return Story(
        headline="Bakers of the old quarter agree on one price for bread",
        city="Sulaimani",
        region="Kurdistan Region",
        byline="The Maidan desk",
        tags=["bread", "old quarter", "prices"],
        paragraphs=["Eleven bakers met on Sunday & agreed.", "“It ends a quarrel,” one said. It began <in May>."],
    )


def the_model_story(request) -> Story:
    """The headline, dateline, byline, tags and whole body of the model page, as an editor would read them off it."""
    lines = (request.getfixturevalue("material") / "story-maskaneh.txt").read_text().splitlines()
    text = lines[lines.index("A+ A-") + 1 : lines.index("Comments")]
    paragraphs = [line for line in text if line.strip()]
    city, region, first = re.match(r"([A-Z]+), (.+?) – (.*)", paragraphs[0]).groups()
    names = next(line for line in lines if line.startswith("Tags:"))
    tags = ["ISIS", "war", "Aleppo", "Syrian army"]
    assert names == "Tags: " + " ".join(tags)
    return Story(lines[0], city.capitalize(), region, lines[3], tags, [first, *paragraphs[1:]])


@pytest.fixture(params=[our_own_story, the_model_story], ids=["our own story", "the model story"])
def told(request) -> Story:
    return request.param(request)


@pytest.fixture
def people(transactional_db):
    """The editor and the moderator, who sign in by password as people do."""
    for username, role in (("editor", Role.EDITOR), ("moderator", Role.MODERATOR)):
        user = factories.make_user(username, role)
        user.set_password(PASSWORD)
        user.save()


def sign_in(page, username: str, address: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def choose(page, field: str, words: str) -> None:
    """Pick from one of the admin's search boxes, by typing."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).click()


def publish_in_the_admin(page, told: Story) -> None:
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Language:", exact=True).select_option("en")
    page.get_by_label("Section:", exact=True).select_option(label="Middle East")
    page.get_by_label("Headline:", exact=True).fill(told.headline)
    choose(page, "place", told.city)
    page.get_by_label("Body:", exact=True).fill("\n\n".join(told.paragraphs))
    page.get_by_label("Tags:", exact=True).fill(", ".join(told.tags))
    choose(page, "author", told.byline)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Publish: done.").wait_for()


def comment(page, *, name: str, text: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send comment").click()


def shown_comments(page) -> list[str]:
    return page.locator("#comments .comment-text").all_inner_texts()


def test_a_story_goes_from_the_admin_to_its_readers_and_back(told, people, open_page):
    factories.make_section("Middle East", "middle-east")
    factories.make_place(told.city, told.region)
    factories.make_author(told.byline, "the-byline")

    desk = open_page()
    sign_in(desk, "editor", "/admin/")
    publish_in_the_admin(desk, told)

    reader = open_page(javascript=False, width=360)
    reader.goto("/en/")
    reader.get_by_role("link", name=told.headline).first.click()
    address = reader.url
    body = reader.locator(".story-body p").all_inner_texts()
    assert reader.get_by_role("heading", level=1).inner_text() == told.headline
    assert body == [told.dateline + told.paragraphs[0].strip(), *(text.strip() for text in told.paragraphs[1:])]
    assert reader.locator(".tags a").all_inner_texts() == told.tags
    assert told.byline in reader.locator(".byline").inner_text()
    assert reader.locator(".story-meta time").first.get_attribute("datetime")
    assert "Comments are not edited" in reader.content() or "never edit" in reader.content()
    assert shown_comments(reader) == []

    good, bad = "Thank you.\nWhat about the water?", "Buy cheap <b>watches</b> at my shop!"
    comment(reader, name="Shilan", text=good)
    first_receipt = reader.url
    assert "/receipts/" in first_receipt
    assert "moderator" in reader.locator("main").inner_text().lower()
    reader.goto(address)
    assert shown_comments(reader) == []
    comment(reader, name="Spammer", text=bad)
    second_receipt = reader.url

    moderator = open_page()
    sign_in(moderator, "moderator", "/desk/")
    oldest = moderator.locator(".desk-card").first
    assert "What about the water?" in oldest.inner_text()
    oldest.get_by_role("button", name="Approve").click()
    left = moderator.locator(".desk-card:visible")  # the script sends behind the moderator's back
    assert left.count() == 1
    left.get_by_label("promotion", exact=False).check()
    left.get_by_role("button", name="Reject").click()
    moderator.get_by_text("Decided: rejected.").wait_for()
    assert left.count() == 0

    reader.goto(address)
    assert shown_comments(reader) == [good]
    assert bad not in reader.content()
    reader.goto(second_receipt)
    assert "promotion" in reader.locator("main").inner_text().lower()
    reader.goto(first_receipt)
    assert good.splitlines()[0] in reader.locator("main").inner_text()
    assert Article.objects.public().get().headline == told.headline
    print(f"\njourney: {told.headline!r}: {len(body)} paragraphs, {len(told.tags)} tags, 1 approved, 1 rejected")


def test_a_reader_loads_nothing_from_elsewhere_and_breaks_no_policy(story_for_reading, open_page):
    page = open_page()
    foreign, complaints = [], []
    page.on("request", lambda request: foreign.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(story_for_reading.get_absolute_url())
    home = "/".join(page.url.split("/")[:3])
    assert [url for url in foreign if not url.startswith(home)] == []
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert page.context.cookies() == []


def test_the_text_grows_without_script(story_for_reading, open_page):
    page = open_page(javascript=False)
    page.goto(story_for_reading.get_absolute_url())
    size = "parseFloat(getComputedStyle(document.querySelector('.story-body p')).fontSize)"
    sizes = []
    for label in page.locator(".text-size label").all():
        label.click()
        sizes.append(page.evaluate(size))
    assert sizes == sorted(set(sizes))
    assert len(sizes) >= 3


@pytest.fixture
def story_for_reading(transactional_db):
    editor = factories.make_user("editor", Role.EDITOR)
    return factories.make_story(by=editor, place_id=factories.make_place().pk)
