"""The transparency page and the second look as people get them: narrow, dark, from the right, by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from moderation import checkpoints, public_numbers, second_looks
from moderation.models import Decision, SecondLook, SecondOpinion
from tests.factories import make_decided

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def numbers(story, moderator, settings, tmp_path):
    settings.NEWSROOM_CHECKPOINT_DIR = tmp_path
    for number in range(24):
        make_decided(story, "approved", by=moderator, body=f"Fine {number}")
    for number in range(7):
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"No {number}")
    checkpoints.take()
    public_numbers.take_snapshot()


def mistakes(page) -> list[str]:
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["wider than the window"] if wide else [])]


@pytest.mark.parametrize("language", ["en", "ckb"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_numbers_are_for_everybody(open_page, numbers, language, width, scheme):
    page = open_page(javascript=True, width=width, color_scheme=scheme)
    page.goto(f"/{language}/transparency/")
    assert mistakes(page) == []
    assert page.locator("svg.drawing").count() == 2
    assert page.locator("table").first.locator("tbody td").all_inner_texts()[:4] == ["30", "30", "25", "5"]


def test_an_outsider_finds_the_way_to_the_ledger(open_page, numbers):
    page = open_page(javascript=False)
    page.goto("/en/")
    page.get_by_role("link", name="Moderation in numbers").click()
    page.get_by_role("link", name="All checkpoints").click()
    newest = Decision.objects.order_by("-pk").first().hash
    assert re.search(rf"newsroom-checkpoint-1 31 {newest} ", page.content())


def test_a_moderator_takes_a_second_look_by_keyboard(open_page, live_server, numbers, moderator2, client):
    SecondLook.objects.create(decision=Decision.objects.filter(verdict="rejected").last())
    client.force_login(moderator2)
    page = open_page(javascript=False, width=360)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto("/desk/second-look/")
    assert page.get_by_text("No 0").is_visible()
    page.get_by_label("No abuse").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # on a ticked guideline it rejects and never approves
    page.get_by_text("Your opinion is kept").wait_for()
    opinion = SecondOpinion.objects.get()
    assert (opinion.opinion, opinion.codes) == ("reject", ["abuse"])
    assert second_looks.next_for(moderator2) is None
