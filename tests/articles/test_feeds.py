"""Feeds: complete, permanent, well formed whatever a headline holds, and never a story too many."""

import datetime
import json
import re
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone, translation

from articles import feeds, publishing, revisions
from articles.models import Article, Tag
from newsroom.xml_text import legal_in_xml
from tests import factories

pytestmark = pytest.mark.django_db
SYNTAXES = ["rss", "atom", "json"]
ATOM = "{http://www.w3.org/2005/Atom}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def titles(response) -> list[str]:
    """The headlines in a feed of any syntax."""
    if response["Content-Type"].startswith(TYPES["json"]):
        return [item["title"] for item in json.loads(response.content)["items"]]
    root = ElementTree.fromstring(response.content)
    return [
        element.text for element in [*root.iterfind("channel/item/title"), *root.iterfind(f"{ATOM}entry/{ATOM}title")]
    ]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("where", ["", "sections/middle-east/", "tags/syrian-army/"])
def test_every_feed_is_served_under_its_media_type_with_the_story(reader, story, syntax, where):
    response = reader.get(f"/en/{where}feed.{syntax}")
    assert (response.status_code, response["Content-Type"]) == (200, f"{TYPES[syntax]}; charset=utf-8")
    assert titles(response) == ["The river rises"]
    assert not response.cookies


def test_rss_carries_text_authors_tags_and_a_permanent_id(reader, editor):
    authors = [factories.make_author(), factories.make_author("Ali & Co", "ali")]
    article = factories.make_story(
        by=editor,
        place_id=factories.make_place().pk,
        body='<p>Read <a href="/en/">this</a>.</p>',
        bylines=[{"author": author.pk, "role": "reporter"} for author in authors],
    )
    item = ElementTree.fromstring(reader.get("/en/feed.rss").content).find("channel/item")
    assert item.findtext("link") == f"http://testserver/en/stories/{article.pk}/the-river-rises/"
    assert item.findtext("description") == "Two villages moved uphill."
    assert [creator.text for creator in item.iterfind(CREATOR)] == ["Dana Reporter", "Ali & Co"]
    assert [category.text for category in item.iterfind("category")] == ["Syrian army", "rivers"]
    assert item.findtext(ENCODED) == (
        '<p><span class="dateline">ERBIL, Kurdistan Region – </span>Read <a href="http://testserver/en/">this</a>.</p>'
    )
    guid = item.find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (f"tag:testserver,2026:stories/{article.pk}", "false")


def test_atom_has_one_author_element_for_each_author(reader, editor):
    factories.make_story(
        by=editor,
        bylines=[
            {"author": factories.make_author().pk, "role": "reporter"},
            {"author": factories.make_author().pk, "role": "photographer"},
            {"author": factories.make_author("Ali", "ali").pk, "role": "reporter"},
        ],
    )
    root = ElementTree.fromstring(reader.get("/en/feed.atom").content)
    entry = root.find(f"{ATOM}entry")
    names = [author.findtext(f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")]
    assert names == ["Dana Reporter", "Ali"]
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "http://testserver/en/feed.atom"
    assert entry.find(f"{ATOM}content").get("type") == "html"


def test_json_feed_item_is_whole(reader, story):
    feed = reader.get("/en/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    published = story.first_published_at.isoformat()
    assert feed["items"] == [
        {
            "id": f"tag:testserver,2026:stories/{story.pk}",
            "url": f"http://testserver/en/stories/{story.pk}/the-river-rises/",
            "title": "The river rises",
            "content_html": "<p>Water reached the bridge at noon.</p>",
            "summary": "Two villages moved uphill.",
            "date_published": published,
            "date_modified": published,
            "authors": [{"name": "Dana Reporter", "url": "http://testserver/en/authors/dana-reporter/"}],
            "tags": ["Syrian army", "rivers"],
            "language": "en",
        }
    ]


@pytest.mark.parametrize(("language", "code"), [("ckb", "ckb"), ("ar", "ar"), ("tr", "tr")])
def test_feeds_name_their_language_as_html_does(reader, editor, language, code):
    factories.make_story(by=editor, language=language, tags=[])
    rss = ElementTree.fromstring(reader.get(f"/{language}/feed.rss").content)
    assert rss.findtext("channel/language") == code
    assert reader.get(f"/{language}/feed.json").json()["language"] == code
    assert titles(reader.get("/en/feed.rss")) == []


def test_kurmanji_is_kmr_in_a_feed(rf):
    with translation.override("ku"):
        assert feeds.Channel(rf.get("/ku/feed.rss"), "", "").language.html_lang == "kmr"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_id_survives_a_new_slug(reader, story, editor, syntax):
    before = reader.get(f"/en/feed.{syntax}").text
    revision = revisions.record(story, factories.content(slug="another"), by=editor)
    publishing.release(story, revision, by=editor)
    after = reader.get(f"/en/feed.{syntax}").text
    permanent = f"tag:testserver,2026:stories/{story.pk}"
    assert permanent in before and permanent in after
    assert "another" in after and "another" not in before


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_unchanged_feed_is_304_and_a_changed_one_200(reader, story, editor, syntax):
    first = reader.get(f"/en/feed.{syntax}")
    assert reader.get(f"/en/feed.{syntax}", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert reader.get(f"/en/feed.{syntax}", HTTP_IF_MODIFIED_SINCE=first["Last-Modified"]).status_code == 304
    factories.make_story(by=editor, headline="Another")
    assert reader.get(f"/en/feed.{syntax}", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_a_withdrawal_reaches_those_who_ask_by_date_alone(reader, editor):
    hour = timezone.now() - datetime.timedelta(hours=1)
    older, newer = (factories.make_story(by=editor, at=hour, headline=headline) for headline in ("Older", "Newer"))
    Article.objects.update(modified_at=hour)
    seen = reader.get("/en/feed.rss")
    publishing.withdraw(newer, by=editor, reason="It was wrong.")
    again = reader.get("/en/feed.rss", HTTP_IF_MODIFIED_SINCE=seen["Last-Modified"])
    assert (again.status_code, titles(again)) == (200, ["Older"])


def test_the_date_of_a_feed_tells_nothing_of_stories_that_wait(reader, editor, monkeypatch):
    """Not even when all that were changed last wait for their time: then every public one is asked."""
    monkeypatch.setattr(feeds, "LOOKED_AT", 1)
    story = factories.make_story(by=editor, tags=["river"])
    Article.objects.update(modified_at=story.modified_at - datetime.timedelta(hours=1))
    seen = reader.get("/tr/feed.rss")["Last-Modified"]
    waiting = factories.make_draft(by=editor)
    publishing.schedule(waiting, by=editor, publish_at=timezone.now() + datetime.timedelta(hours=1))
    assert Article.objects.order_by("-modified_at").first() == waiting
    assert reader.get("/tr/feed.rss")["Last-Modified"] == seen


def test_an_empty_edition_has_a_feed_that_stays_the_same(reader):
    first = reader.get("/tr/feed.atom")
    assert first.status_code == 200
    assert reader.get("/tr/feed.atom", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_feed_of_what_readers_do_not_know_is_404(reader, editor, syntax):
    factories.make_draft(by=editor, tags=["secret"])
    assert Tag.objects.get().slug == "secret"
    for where in ("tags/secret", "tags/absent", "sections/absent"):
        assert reader.get(f"/en/{where}/feed.{syntax}").status_code == 404


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_only_public_stories_the_twenty_newest(reader, editor, syntax):
    factories.make_draft(by=editor, headline="Draft")
    later = timezone.now() + datetime.timedelta(hours=1)
    publishing.schedule(factories.make_draft(by=editor, headline="Scheduled"), by=editor, publish_at=later)
    hour = timezone.now() - datetime.timedelta(hours=1)
    for number in range(22):
        factories.make_story(by=editor, headline=f"Number {number}", at=hour + datetime.timedelta(minutes=number))
    expected = [f"Number {number}" for number in range(21, 1, -1)]
    assert titles(reader.get(f"/en/feed.{syntax}")) == expected


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_feed_costs_the_same_with_one_story_and_with_twenty(
    reader, editor, syntax, django_assert_max_num_queries, django_assert_num_queries
):
    factories.make_story(by=editor, place_id=factories.make_place().pk)
    with django_assert_max_num_queries(12) as one:
        reader.get(f"/en/feed.{syntax}")
    for number in range(19):
        factories.make_story(by=editor, headline=f"Number {number}", place_id=factories.make_place(f"P{number}").pk)
    with django_assert_num_queries(len(one)):
        reader.get(f"/en/feed.{syntax}")


def test_hostile_headlines_come_back_as_written_in_well_formed_feeds(reader, story, material):
    strings = [text for text in json.loads((material / "hostile/blns.json").read_text()) if text.strip()]
    for start in range(0, len(strings), 8):
        hostile = "|".join(strings[start : start + 8]).replace("\0", "") + "\x0b\x1f\ufffe"
        headline = hostile[-250:]
        Article.objects.filter(pk=story.pk).update(headline=headline, standfirst=hostile)
        for syntax in ("rss", "atom"):
            [title] = titles(reader.get(f"/en/feed.{syntax}"))
            # XML turns CR into LF on reading (XML 1.0, 2.11).
            assert title == legal_in_xml(headline).replace("\r\n", "\n").replace("\r", "\n")
        assert titles(reader.get("/en/feed.json")) == [headline]


def test_a_link_that_holds_a_bracket_and_one_relative_to_the_story(reader, editor):
    body = '<p><a href="?q=%3E&amp;b=1" title="a>b">x</a> and href="/as-text"</p>'
    article = factories.make_story(by=editor, body=body)
    [item] = reader.get("/en/feed.json").json()["items"]
    assert f'href="http://testserver/en/stories/{article.pk}/the-river-rises/?q=%3E&amp;b=1"' in item["content_html"]
    assert 'href="/as-text"' in item["content_html"]


@pytest.mark.parametrize("text", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry_goes(text):
    assert legal_in_xml(f"a{text}b\t\n\U0001f600") == "ab\t\n\U0001f600"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_lead_photo_is_enclosed_with_its_true_length(reader, editor, syntax):
    photo = factories.make_photo(by=editor)
    factories.make_story(by=editor, **factories.leading_with(photo))
    address = photo.shared().get_absolute_url()
    served = reader.get(address)
    length = len(b"".join(served.streaming_content) if served.streaming else served.content)
    response = reader.get(f"/en/feed.{syntax}")
    if syntax == "json":
        item = response.json()["items"][0]
        attached = item["attachments"][0]
        found = attached["url"], attached["size_in_bytes"], attached["mime_type"]
        assert item["image"] == attached["url"]
    else:
        pattern = rf'<(?:enclosure|link)[^>]*{address}"[^>]*>'
        element = re.search(pattern, response.text)[0]
        found = (
            re.search(r'(?:url|href)="([^"]+)"', element)[1],
            int(re.search(r'length="(\d+)"', element)[1]),
            re.search(r'type="([^"]+)"', element)[1],
        )
    assert found == (f"http://testserver{address}", length, "image/jpeg")


def test_a_photo_whose_file_is_gone_is_not_enclosed(reader, editor):
    photo = factories.make_photo(by=editor)
    factories.make_story(by=editor, **factories.leading_with(photo))
    photo.renditions.update(byte_count=None)
    assert "attachments" in reader.get("/en/feed.json").json()["items"][0]
    default_storage.delete(photo.shared().file_name)
    assert "attachments" not in reader.get("/en/feed.json").json()["items"][0]
