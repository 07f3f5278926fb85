"""Corrections: how one is filed, where readers meet it, and that it disappears with its story."""

import datetime
import re
import xml.etree.ElementTree as ET

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from articles import publishing, revisions
from articles.models import Correction, StatusChange
from articles.models.correction import USUAL_PLACE
from comments import receipts
from comments.models import Comment
from newsroom import pages
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
PAGE, FEED = "/en/corrections/", "/en/corrections/feed.rss"
KINDS = list(Correction.Kind)


def correct(story, editor, line="It was Tuesday, not Monday.", **more):
    publishing.correct(story, line=line, by=editor, **more)
    return story.corrections.last()


# Filing one -----------------------------------------------------------------------------------------------------------
def test_a_correction_is_kept_with_who_when_and_where(story, editor):
    at = timezone.now() + HOUR
    step = publishing.correct(
        story, line="  It was Tuesday.\n", kind="clarification", by=editor, note="See mail", at=at
    )
    kept = Correction.objects.values("article", "kind", "place", "text", "at", "by").get()
    assert kept == {
        "article": story.pk,
        "kind": "clarification",
        "place": "bottom",
        "text": "It was Tuesday.",
        "at": at,
        "by": editor.pk,
    }
    assert (step.verb, step.from_status, step.to_status, step.note) == ("correct", "published", "published", "See mail")
    assert (story.updated_at, story.status) == (at, "published")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_usual_place_and_may_have_the_other(kind, story, editor):
    assert correct(story, editor, kind=kind).place == USUAL_PLACE[kind]
    for place in Correction.Place:
        assert correct(story, editor, kind=kind, place=place).place == place


@pytest.mark.parametrize("line", ["", "   ", "\n\t"])
def test_a_correction_without_words_is_refused(line, story, editor):
    with pytest.raises(publishing.WrongStep):
        publishing.correct(story, line=line, by=editor)
    assert (Correction.objects.count(), story.status_changes.filter(verb="correct").count()) == (0, 0)


def test_an_unknown_kind_or_place_writes_nothing(story, editor):
    before = StatusChange.objects.count()
    for wrong in ({"kind": "gossip"}, {"place": "margin"}):
        with pytest.raises(ValueError):
            publishing.correct(story, line="It was Tuesday.", by=editor, **wrong)
    story.refresh_from_db()
    assert (Correction.objects.count(), StatusChange.objects.count(), story.updated_at) == (0, before, None)


def test_only_a_story_that_readers_have_is_corrected(editor):
    draft = factories.make_draft(by=editor)
    waiting = factories.make_draft(by=editor, slug="later")
    publishing.schedule(waiting, by=editor, publish_at=timezone.now() + HOUR)
    gone = factories.make_story(by=editor, slug="gone")
    publishing.withdraw(gone, by=editor, reason="It was wrong.")
    for article in (draft, waiting, gone):
        with pytest.raises(publishing.WrongStep):
            publishing.correct(article, line="It was Tuesday.", by=editor)
    assert not Correction.objects.exists()


def test_only_editors_correct(story, reporter, moderator, lead, admin_person, stranger):
    for person in (reporter, moderator, lead, admin_person, stranger):
        with pytest.raises(publishing.NotPermitted):
            publishing.correct(story, line="It was Tuesday.", by=person)
    assert not Correction.objects.exists()


def test_a_reporter_does_not_correct_an_own_story_either(reporter, editor):
    own = factories.make_draft(by=reporter)
    publishing.publish(own, by=editor)
    with pytest.raises(publishing.NotPermitted):
        publishing.correct(own, line="It was Tuesday.", by=reporter)


def test_nobody_changes_or_deletes_one_afterwards(story, editor):
    correction = correct(story, editor)
    correction.text = "Nothing was wrong."
    for attack in (
        correction.save,
        correction.delete,
        lambda: Correction.objects.update(place="bottom"),
        lambda: Correction.objects.bulk_update([correction], ["text"]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    assert Correction.objects.get().text == "It was Tuesday, not Monday."


# With a release -------------------------------------------------------------------------------------------------------
def test_a_substantive_release_tells_readers_and_needs_a_line(editor):
    story = factories.make_story(by=editor, at=timezone.now() - HOUR)
    news = revisions.record(story, factories.content(headline="The river falls"), by=editor)
    with pytest.raises(publishing.WrongStep):
        publishing.release(story, news, by=editor, substantive=True, line=" ")
    story.refresh_from_db()
    assert (story.headline, story.updated_at, revisions.waiting(story)) == ("The river rises", None, news)

    publishing.release(story, news, by=editor, substantive=True, line="The river has fallen.")
    told = story.corrections.get()
    assert (told.kind, told.text, told.at) == ("update", "The river has fallen.", story.updated_at)


def test_a_slip_mended_tells_nobody(story, editor):
    slip = revisions.record(story, factories.content(headline="The river rises."), by=editor)
    publishing.release(story, slip, by=editor, line="Words nobody asked for.")
    assert (story.updated_at, story.corrections.count()) == (None, 0)


def test_before_readers_have_a_story_there_is_nothing_to_tell(editor):
    waiting = factories.make_draft(by=editor)
    publishing.schedule(waiting, by=editor, publish_at=timezone.now() + HOUR)
    news = revisions.record(waiting, factories.content(headline="The river falls"), by=editor)
    publishing.release(waiting, news, by=editor, substantive=True)
    assert (waiting.headline, waiting.updated_at, waiting.corrections.count()) == ("The river falls", None, 0)


# In the back office ---------------------------------------------------------------------------------------------------
def step(story, verb: str) -> str:
    return f"/admin/articles/article/{story.pk}/step/{verb}/"


def test_the_release_asks_whether_it_is_a_slip_or_substantive(as_, editor, story):
    revisions.record(story, factories.content(headline="The river falls"), by=editor)
    asked = as_(editor).get(step(story, "release")).text
    for words in ("A slip mended", "Substantive", 'name="line"', 'lang="en"', "Editor&#x27;s note"):
        assert words in asked


def test_a_release_before_publication_does_not_ask(as_, editor):
    waiting = factories.make_draft(by=editor)
    publishing.schedule(waiting, by=editor, publish_at=timezone.now() + HOUR)
    revisions.record(waiting, factories.content(headline="The river falls"), by=editor)
    browser = as_(editor)
    assert 'name="substantive"' not in browser.get(step(waiting, "release")).text
    assert browser.post(step(waiting, "release"), {"note": ""}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.headline == "The river falls"


def test_a_refused_release_keeps_what_was_typed(as_, editor, story):
    revisions.record(story, factories.content(headline="The river falls"), by=editor)
    posted = {"note": "Kept note", "substantive": "substantive", "kind": "clarification", "place": "top", "line": " "}
    response = as_(editor).post(step(story, "release"), posted)
    assert response.status_code == 400
    assert "needs a line that tells readers" in response.text
    assert "Kept note" in response.text
    assert re.search(r'value="substantive"[^>]* checked', response.text)
    assert '<option value="clarification" selected>' in response.text


def test_corrections_are_looked_at_in_the_back_office_and_not_changed(as_, editor, story):
    correction = correct(story, editor, line="<b>Tuesday</b>")
    browser, base = as_(editor), "/admin/articles/correction/"
    assert "&lt;b&gt;Tuesday&lt;/b&gt;" in browser.get(base).text
    page = f"{base}{correction.pk}/change/"
    assert "&lt;b&gt;Tuesday&lt;/b&gt;" in browser.get(page).text
    assert browser.post(page, {"text": "Nothing was wrong."}).status_code == 403


# What readers see -----------------------------------------------------------------------------------------------------
def test_a_story_shows_its_corrections_above_or_below_its_text(reader, story, editor):
    correct(story, editor, line="Top line")
    correct(story, editor, line="Bottom line", kind="clarification")
    text = reader.get(story.get_absolute_url()).text
    order = [text.index(words) for words in ("<p>Top line</p>", 'class="story-body"', "<p>Bottom line</p>")]
    assert order == sorted(order)
    assert [text.count(words) for words in ("Top line</p>", "Bottom line</p>")] == [1, 1]
    assert "<bdi>Correction</bdi>" in text and "<bdi>Clarification</bdi>" in text
    assert ">Updated" in text or "Updated " in text


def test_the_list_of_corrections_has_those_of_the_edition_newest_first_by_key(reader, editor, settings):
    settings.NEWSROOM_PAGE_SIZE = 3
    story = factories.make_story(by=editor, at=timezone.now() - 10 * HOUR)
    turkish = factories.make_story(by=editor, language="tr", slug="tr", at=timezone.now() - 10 * HOUR)
    correct(turkish, editor, line="Line 9")
    for number in range(7):
        correct(story, editor, line=f"Line {number}", at=timezone.now() - (9 - number // 2) * HOUR)
    found, address = [], PAGE
    while address:
        text = reader.get(address).text
        found.append(re.findall(r"Line (\d)", text))
        older = re.search(r'class="to-next"[^>]* href="(\?after=[^"]+)"', text)
        address = older and PAGE + older[1]
    assert found == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert re.findall(r"Line (\d)", reader.get("/tr/corrections/").text) == ["9"]


@pytest.mark.parametrize("key", ["x", "1", "1-", "-1", "9" * 30 + "-1"])
def test_a_bad_key_is_a_404(key, reader, db):
    assert reader.get(PAGE, {"after": key}).status_code == 404


def test_the_feed_has_the_same_with_permanent_ids(reader, story, editor):
    correction = correct(story, editor, line="Tuesday <i>& Monday</i>\nSecond line")
    response = reader.get(FEED)
    item = ET.fromstring(response.content).find("channel/item")
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert item.findtext("title") == "Correction: The river rises"
    assert item.findtext("link") == f"http://testserver{story.get_absolute_url()}"
    assert item.findtext("guid") == f"tag:testserver,2026:corrections/{correction.pk}"
    assert item.findtext("description") == "<p>Tuesday &lt;i&gt;&amp; Monday&lt;/i&gt;<br>Second line</p>"
    again = reader.get(FEED, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_empty_list_and_feed_are_answers_too(reader, db):
    assert "No correction here yet." in reader.get(PAGE).text
    assert reader.get(FEED).content == reader.get(FEED).content
    assert ET.fromstring(reader.get(FEED).content).find("channel/item") is None


def test_feeds_carry_the_corrections_below_the_text(reader, story, editor):
    correct(story, editor, line="Tuesday <script>")
    for syntax in ("rss", "atom", "json"):
        text = reader.get(f"/en/feed.{syntax}").text
        assert "Tuesday" in text and "Tuesday <script>" not in text
    body = reader.get("/en/feed.json").json()["items"][0]["content_html"]
    assert body.startswith("<p>Water reached") and body.endswith("<p>Tuesday &lt;script&gt;</p>")


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "</script><!--", "]]>", '" onmouseover="x', "{{ 7|add:1 }}"]
)
def test_hostile_words_are_inert_everywhere(hostile, reader, as_, story, editor):
    correct(story, editor, line=hostile)
    escaped = hostile.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    for address in (story.get_absolute_url(), PAGE):
        text = reader.get(address).text
        assert escaped in text
        outside = re.sub(r'(?s)<script type="application/ld\+json">.*?</script>', "", text)
        assert outside.count("<script") == text.count("<script") - 1 or address == PAGE
        assert "<script>alert" not in text
    assert ET.fromstring(reader.get(FEED).content).find("channel/item") is not None
    assert "<script>alert" not in as_(editor).get("/admin/articles/correction/").text


# With its story it goes -----------------------------------------------------------------------------------------------
def everywhere(reader, story) -> dict[str, str]:
    addresses = [PAGE, FEED, "/en/", "/en/feed.json", "/en/feed.rss", "/en/search/?q=river", "/sitemap.xml"]
    addresses += ["/en/sitemap-1.xml", "/news-sitemap.xml", "/en/sections/middle-east/", story.get_absolute_url()]
    return {address: reader.get(address).text for address in addresses}


@pytest.mark.usefixtures("one_range_of_ids")
def test_a_withdrawn_story_takes_its_corrections_with_it(reader, story, editor):
    correct(story, editor, line="canary line")
    before = everywhere(reader, story)
    assert {PAGE, FEED, story.get_absolute_url()} <= {address for address, text in before.items() if "canary" in text}
    publishing.withdraw(story, by=editor, reason="It was all wrong.")
    after = everywhere(reader, story)
    assert [address for address, text in after.items() if "canary" in text or "The river rises" in text] == []
    answer = reader.get(story.get_absolute_url())
    assert (answer.status_code, "It was all wrong." in answer.text) == (410, True)

    publishing.publish(story, by=editor)
    assert "canary" in reader.get(PAGE).text


def test_a_withdrawn_storys_comments_are_closed(reader, story, editor):
    page = reader.get(story.get_absolute_url()).text
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    publishing.withdraw(story, by=editor, reason="It was all wrong.")
    posted = {"display_name": "Shilan", "name": "Shilan", "body": "Too late?", "stamp": stamp}
    response = reader.post(f"/en/stories/{story.pk}/comments/", posted)
    assert 400 <= response.status_code < 500
    assert (Comment.objects.count(), "The river rises" in response.text) == (0, False)


def test_the_receipt_of_a_comment_names_no_story_that_was_withdrawn(reader, story, editor):
    receipt = f"/en/receipts/{receipts.token_of(factories.make_comment(story).nonce)}/"
    assert "The river rises" in reader.get(receipt).text
    publishing.withdraw(story, by=editor, reason="It was all wrong.")
    text = reader.get(receipt).text
    assert ("The river rises" in text, story.slug in text, "no longer public" in text) == (False, False, True)


def test_a_step_renews_the_stored_pages_that_name_the_story(story, editor, django_capture_on_commit_callbacks):
    correct(story, editor)
    before = pages.newest_change()
    publishing.withdraw(story, by=editor, reason="It was all wrong.")
    changed = {key for _number, key, _adds in pages.changed_since(before)}
    assert {"corrections:en", "front:en", f"story:{story.pk}"} <= changed


# What it costs --------------------------------------------------------------------------------------------------------
def test_list_and_feed_cost_the_same_with_one_and_with_forty(reader, editor, settings, django_assert_num_queries):
    settings.NEWSROOM_PAGE_SIZE = 40
    for count in (1, 39):
        for number in range(count):
            correct(factories.make_story(by=editor, slug=f"s{count}-{number}"), editor)
        with django_assert_num_queries(4):
            page = reader.get(PAGE).text
        with django_assert_num_queries(2):
            reader.get(FEED)
    assert page.count('class="correction-entry"') == 40


@pytest.mark.only_on("sqlite")
def test_the_list_walks_the_index_of_times(story, editor):
    correct(story, editor)
    plan = Correction.objects.public("en").newest_first()[:20].explain()
    assert "USING INDEX correction_newest" in plan
    assert "TEMP B-TREE" not in plan
    assert connection.vendor == "sqlite"
