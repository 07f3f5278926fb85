"""The desk by keys alone, in a real browser. NEWSROOM_TEST_KEYS=200 makes the session longer."""

import os
import statistics
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command

from comments.models import Comment
from comments.senders import Sender
from moderation import decisions, ledger
from moderation.models import Decision, Verdict
from newsroom.roles import Role
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SESSION = int(os.environ.get("NEWSROOM_TEST_KEYS", "20"))
CODES = ["profanity", "threats", "personal-attacks", "vulgarity", "abuse", "promotion"]


@pytest.fixture
def moderator(transactional_db):
    return factories.make_user("moderator", Role.MODERATOR)


@pytest.fixture
def story(transactional_db):
    return factories.make_story(by=factories.make_user("editor", Role.EDITOR))


@pytest.fixture
def desk(open_page, live_server, as_, moderator):
    """``desk(address)``: a page signed in as the moderator."""

    def opened(address="/desk/", *, language="en", **options):
        page = open_page(**options)
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        session = as_(moderator).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(address)
        return page

    return opened


def comments_on(story, count):
    return [factories.make_comment(story, f"Remark number {number} on the river.") for number in range(count)]


def current(page) -> int | None:
    card = page.locator(".desk-card[aria-current]")
    return int(card.get_attribute("data-comment")) if card.count() else None


def settle(page, decided: int) -> None:
    """Wait until the server has ``decided`` decisions: they are sent behind the moderator's back."""
    until = time.monotonic() + 20
    while Decision.objects.count() < decided and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert Decision.objects.count() == decided


def test_a_session_by_keys_alone(desk, story):
    comments = comments_on(story, SESSION)
    page = desk()
    page.locator(".desk-card[aria-current]").wait_for()
    strokes, waits, expected = 0, [], {}
    for number, comment in enumerate(comments):
        assert current(page) == comment.pk
        keys = ["a"] if number % 4 else [str(number // 4 % 6 + 1)]
        expected[comment.pk] = [] if number % 4 else [CODES[number // 4 % 6]]
        start = time.perf_counter()
        for key in keys:
            page.keyboard.press(key)
        if number + 1 < SESSION:  # a page still to come from the server counts as waiting too
            page.locator(f"#comment-{comments[number + 1].pk}[aria-current]").wait_for()
        waits.append(time.perf_counter() - start)
        strokes += len(keys)
    settle(page, SESSION)
    found = {d.comment_id: [c.guideline.code for c in d.citations.all()] for d in Decision.objects.all()}
    assert found == expected
    assert (Comment.objects.pending().count(), ledger.first_break()) == (0, None)
    waits.sort()
    print(
        f"\n{SESSION} comments decided by keys: {strokes / SESSION:.2f} keystrokes each; key to next card "
        f"{statistics.median(waits):.3f} s median, {waits[int(len(waits) * 0.95)]:.3f} s p95"
    )


def test_several_guidelines_a_note_skip_and_undo(desk, story):
    comments = comments_on(story, 4)
    page = desk()
    page.keyboard.press("s")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("Shift+Digit5")
    page.keyboard.press("n")
    page.keyboard.type("a1 is typed, not decided")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    settle(page, 1)
    decision = Decision.objects.get()
    assert decision.comment == comments[1]
    assert [c.guideline.code for c in decision.citations.all()] == ["profanity", "abuse"]
    assert decision.note.text == "a1 is typed, not decided"
    page.keyboard.press("u")
    page.get_by_text("Undone: the comment is waiting again.").wait_for()
    assert current(page) == comments[1].pk
    settle(page, 2)
    page.keyboard.press("a")
    settle(page, 3)
    assert list(Comment.objects.public()) == [comments[1]]
    page.keyboard.press("r")
    page.keyboard.press("6")
    settle(page, 4)
    assert Decision.objects.first().citations.get().guideline.code == "promotion"


def test_keys_do_nothing_with_modifiers_while_typing_or_switched_off(desk, story):
    comments_on(story, 2)
    page = desk()
    for keys in ("Control+a", "Alt+a", "Meta+1", "Control+Digit1"):
        page.keyboard.press(keys)
    page.keyboard.press("/")
    page.keyboard.type("a1r2")
    assert page.locator("#desk-filter [name=q]").input_value() == "a1r2"
    page.locator(".desk-card").first.focus()
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.get_by_role("button", name="Save").click()
    page.reload()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert Decision.objects.count() == 0
    assert page.locator(".desk-card:visible").count() == 2


def test_keys_can_be_given_other_names_and_are_kept(desk, story):
    comments_on(story, 2)
    page = desk()
    page.keyboard.press("?")
    page.get_by_label("Approve", exact=True).last.fill("y")
    page.get_by_label("Previous comment").fill("y")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Every action needs a key of its own.").wait_for()
    page.get_by_label("Previous comment").fill("k")
    page.get_by_role("button", name="Save").click()
    page.reload()
    page.keyboard.press("a")
    page.keyboard.press("y")
    settle(page, 1)
    assert Comment.objects.public().count() == 1


def test_a_failed_send_comes_back_with_nothing_lost(desk, story):
    comments = comments_on(story, 3)
    page = desk()
    page.route("**/reject/", lambda route: route.abort())
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("n")
    page.keyboard.type("Calmer, please.")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.locator("#desk-alerts [role=alert]").wait_for()
    card = page.locator(f"#comment-{comments[0].pk}")
    assert card.is_visible()
    assert card.locator("textarea").input_value() == "Calmer, please."
    assert card.locator(":checked[name=guidelines]").count() == 2
    assert current(page) == comments[1].pk  # nothing changes under the moderator's hand
    assert Decision.objects.count() == 0
    page.unroute("**/reject/")
    page.keyboard.press("k")
    page.keyboard.press("r")
    settle(page, 1)
    assert Decision.objects.get().note.text == "Calmer, please."


def test_the_loser_is_told_and_goes_on_with_one_key(desk, story):
    comments = comments_on(story, 3)
    page = desk()
    other = factories.make_user("moderator2", Role.MODERATOR)
    decisions.decide(comments[0], Verdict.APPROVED, moderator=other, seen_version=0)
    page.keyboard.press("6")
    alert = page.locator("#desk-alerts [role=alert]")
    alert.wait_for()
    assert "moderator2 was faster: approved at" in alert.inner_text()
    page.keyboard.press("Enter")
    assert alert.count() == 0
    assert current(page) == comments[1].pk
    page.keyboard.press("a")
    settle(page, 2)


def test_one_by_one_takes_what_nobody_else_reads(desk, story, settings):
    settings.NEWSROOM_DESK_CARDS = 2
    comments = comments_on(story, 6)
    page = desk("/desk/working/")
    page.locator(".desk-card[aria-current]").wait_for()
    for comment in comments:
        page.locator(f"#comment-{comment.pk}[aria-current]").wait_for()
        page.keyboard.press("a")
    settle(page, 6)


def test_the_queue_goes_on_past_its_first_page(desk, story, settings):
    settings.NEWSROOM_DESK_CARDS = 3
    comments = comments_on(story, 10)
    page = desk()
    for comment in comments:
        page.locator(f"#comment-{comment.pk}[aria-current]").wait_for()
        page.keyboard.press("a")
    settle(page, 10)


def test_one_thumb_decides_at_360_pixels(desk, story):
    comments = comments_on(story, 2)
    page = desk(width=360, has_touch=True)
    button = page.locator(f"#comment-{comments[0].pk} .button-approve")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    settle(page, 1)
    card = page.locator(f"#comment-{comments[1].pk}")
    card.get_by_label("profanity", exact=False).first.tap()
    card.locator(".button-reject").tap()
    settle(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_script_the_same_forms_decide(desk, story):
    comments_on(story, 3)
    page = desk(javascript=False)
    page.locator(".desk-card .button-approve").first.click()
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".desk-card").count() == 3
    page.get_by_role("button", name="Take the next one").click()
    page.locator(".desk-card .button-approve").first.click()
    assert page.url.split("#")[0].endswith("/desk/working/")
    assert page.locator(".desk-card").count() == 1
    assert [d.verdict for d in Decision.objects.order_by("pk")] == ["approved", "undone", "approved"]


@pytest.fixture
def busy(story):
    """A queue with all a card may show: a reply, hints, a cluster, a resubmission, a known sender."""
    moderator = factories.make_user("m2", Role.MODERATOR)
    sender = Sender("192.0.2.0/24", "mine", "test")
    parent = factories.make_decided(story, "approved", by=moderator, body="Is it open?", sender=sender)
    factories.make_decided(story, "rejected", by=moderator, body="You fool", sender=sender, guidelines=["abuse"])
    found = [factories.make_comment(story, "No, it is not. You idiot!!!!!", parent=parent, sender=sender)]
    found += [factories.make_comment(story, "Buy cheap watches at https://shop.example/") for _number in range(3)]
    return found


ADDRESSES = ("/desk/?hinted=", "/desk/comments/{cluster}/alike/", "/desk/comments/{first}/", "/desk/working/")
LEADS = ("/desk/statistics/", "/desk/blocks/", "/desk/comments/{first}/block/")


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_has_no_axe_violations(desk, busy, moderator, width, scheme, language, settings, tmp_path):
    settings.NEWSROOM_PAUSE_DECISIONS = 1
    moderator.groups.add(Group.objects.get(name=Role.MODERATION_LEAD))
    factories.make_decided(busy[0].article, "approved", by=moderator, body="Fine")
    page = desk(width=width, color_scheme=scheme, language=language)
    assert page.locator("html").get_attribute("dir") == ("ltr" if language == "en" else "rtl")
    for number, address in enumerate(ADDRESSES + LEADS):
        page.goto(address.format(first=busy[0].pk, cluster=busy[1].pk))
        without_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.screenshot(path=tmp_path / f"{number}-{language}-{width}-{scheme}.png", full_page=True)
    page.goto("/desk/")
    page.keyboard.press("?")
    without_violations(page)


def without_violations(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def select_words(page, start: str, length: int) -> None:
    """Select in the first card's text, as a mouse would."""
    page.evaluate(
        """([start, length]) => {
          const text = document.querySelector(".desk-card .as-written");
          const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(start);
            if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + length);
          }
        }""",
        [start, length],
    )


def test_a_passage_is_marked_by_key_and_by_button_and_kept_with_the_decision(desk, story):
    comment = factories.make_comment(story, "😀 دەی, a cheap trick\nfrom you all.")
    page = desk()
    page.locator(".desk-card[aria-current]").wait_for()
    page.keyboard.press("m")
    page.get_by_text("Select a passage of the comment's text first.").wait_for()
    select_words(page, "cheap", 5)
    page.get_by_role("button", name="Mark the selected passage").click()
    assert page.locator(".desk-passage q").inner_text() == "cheap"
    page.get_by_role("button", name="Remove the mark").click()
    assert page.locator(".desk-passage").is_hidden()
    select_words(page, "دەی, a cheap", 12)
    page.keyboard.press("m")
    page.keyboard.press("5")
    settle(page, 1)
    decision = Decision.objects.get()
    assert comment.body[decision.passage_start : decision.passage_end] == "دەی, a cheap"
    page.goto(f"/desk/comments/{comment.pk}/")
    assert page.locator("q.passage").inner_text() == "دەی, a cheap"


def test_a_passage_is_marked_on_the_page_of_a_reported_comment(desk, story, moderator):
    comment = factories.make_decided(story, "approved", by=moderator, body="😀 a cheap trick")
    page = desk(f"/desk/reports/{comment.pk}/")
    select_words(page, "cheap", 5)
    page.get_by_role("button", name="Mark the selected passage").click()
    assert page.locator(".desk-passage q").inner_text() == "cheap"
    page.locator("[name=guidelines][value=promotion]").check()
    page.get_by_role("button", name="Remove the comment").click()
    settle(page, 2)
    removal = Decision.objects.latest("pk")
    assert comment.body[removal.passage_start : removal.passage_end] == "cheap"


def test_a_reminder_of_a_pause_moves_nothing_and_is_put_away(desk, story, moderator, settings):
    settings.NEWSROOM_PAUSE_DECISIONS = 3
    settings.NEWSROOM_DESK_CARDS = 5
    comments = comments_on(story, 14)
    page = desk()
    for comment in comments[:5]:
        page.locator(f"#comment-{comment.pk}[aria-current]").wait_for()
        page.keyboard.press("a")
    reminder = page.locator("#desk-pause")
    reminder.wait_for()
    assert current(page) == comments[5].pk
    assert page.evaluate("document.activeElement.id") == f"comment-{comments[5].pk}"
    reminder.get_by_role("button").click()
    assert reminder.is_hidden()
    assert current(page) == comments[5].pk
    page.reload()
    assert page.locator("#desk-pause").is_hidden()


def test_what_is_blurred_is_shown_by_key_by_focus_and_by_pointing(desk, story, settings):
    settings.NEWSROOM_BLUR_HINTS = True
    factories.make_comment(story, "You idiot, you.")
    page = desk()
    mark = page.locator("mark.hinted").first
    mark.wait_for()
    blur = "getComputedStyle(document.querySelector('mark.hinted')).filter"
    assert "blur" in page.evaluate(blur)
    page.keyboard.press("b")
    assert page.evaluate(blur) == "none"
    page.keyboard.press("b")
    assert "blur" in page.evaluate(blur)
    mark.focus()
    assert page.evaluate(blur) == "none"
    page.keyboard.press("a")
    settle(page, 1)


def test_easy_and_hard_in_turn_keep_the_place(desk, story, settings):
    settings.NEWSROOM_DESK_CARDS = 4
    hard = [factories.make_comment(story, f"Damn you, idiot {number}").pk for number in range(4)]
    easy = [factories.make_comment(story, f"The river, number {number}").pk for number in range(6)]
    call_command("prepare_hints")
    turns = [pk for pair in zip(easy, hard, strict=False) for pk in pair] + easy[4:]
    page = desk("/desk/?order=mixed")
    for pk in turns:
        page.locator(f"#comment-{pk}[aria-current]").wait_for()
        page.keyboard.press("a")
    settle(page, 10)
