"""What a story's page says to machines: true, visible, and not to be broken out of."""

import datetime
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from articles import publishing, revisions
from articles.models import Article, Author, AuthorName
from tests import factories

pytestmark = pytest.mark.django_db


class Head(HTMLParser):
    """The scripts, links, meta tags and times of a page, as a browser's parser finds them."""

    def __init__(self, page: str):
        super().__init__()
        self.scripts, self.links, self.metas, self.times, self._in_script = [], [], [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "script":
            self._in_script = [attributes, ""]
            self.scripts.append(self._in_script)
        if tag in ("link", "meta"):
            (self.links if tag == "link" else self.metas).append(attributes)
        if tag == "time":
            self.times.append(attributes["datetime"])

    def handle_data(self, text):
        if self._in_script:
            self._in_script[1] += text

    def handle_endtag(self, tag):
        if tag == "script":
            self._in_script = None

    @property
    def graph(self) -> list[dict]:
        [block] = [text for attributes, text in self.scripts if attributes.get("type") == "application/ld+json"]
        return json.loads(block)["@graph"]

    def meta(self, name: str) -> list[str]:
        return [meta["content"] for meta in self.metas if name in (meta.get("property"), meta.get("name"))]


def head(client, article) -> Head:
    return Head(client.get(article.get_absolute_url()).text)


def test_a_story_is_described_as_it_is_shown(reader, editor):
    agency = Author.objects.create(kind=Author.Kind.ORGANISATION)
    AuthorName.objects.create(author=agency, language="en", name="Tigris Agency", slug="tigris-agency")
    foreign = Author.objects.create()
    AuthorName.objects.create(author=foreign, language="tr", name="Işıl", slug="işıl")
    article = factories.make_story(
        by=editor,
        place_id=factories.make_place().pk,
        bylines=[{"author": author.pk, "role": "reporter"} for author in (factories.make_author(), agency, foreign)],
    )
    page = head(reader, article)
    url = f"http://testserver/en/stories/{article.pk}/the-river-rises/"
    news, crumbs = page.graph
    assert news == {
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": "The river rises",
        "description": "Two villages moved uphill.",
        "inLanguage": "en",
        "datePublished": page.times[0],
        "dateModified": page.times[0],
        "author": [
            {"@type": "Person", "name": "Dana Reporter", "url": "http://testserver/en/authors/dana-reporter/"},
            {"@type": "Organization", "name": "Tigris Agency", "url": "http://testserver/en/authors/tigris-agency/"},
            {"@type": "Person", "name": "Işıl"},
        ],
        "articleSection": "Middle East",
        "keywords": ["Syrian army", "rivers"],
        "dateline": "ERBIL, Kurdistan Region",
        "locationCreated": {"@type": "Place", "name": "Erbil, Kurdistan Region"},
        "isAccessibleForFree": True,
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": "The Maidan",
            "url": "http://testserver/en/",
            "actionableFeedbackPolicy": "http://testserver/en/guidelines/",
            "correctionsPolicy": "http://testserver/en/corrections/",
        },
    }
    assert [(step["position"], step["item"]) for step in crumbs["itemListElement"]] == [
        (1, "http://testserver/en/"),
        (2, "http://testserver/en/sections/middle-east/"),
        (3, url),
    ]


def test_the_change_readers_see_is_the_change_machines_see(reader, editor):
    hour = timezone.now() - datetime.timedelta(hours=1)
    article = factories.make_story(by=editor, at=hour)
    for substantive, place in ((False, 0), (True, 1)):
        revision = revisions.record(article, factories.content(), by=editor)
        publishing.release(article, revision, by=editor, substantive=substantive, line="The bridge holds.")
        page = head(reader, article)
        assert page.graph[0]["datePublished"] == page.times[0]
        assert page.graph[0]["dateModified"] == page.times[place]
    assert page.times[0] != page.times[1]
    assert page.graph[0]["dateModified"].endswith("+03:00")


@pytest.mark.parametrize(
    "hostile",
    [
        "</script><script>alert(1)",
        "<!--<script>",
        "]]>&lt;/script&gt;\u2028\u2029",
        '" onload="alert(1)\\"',
    ],
)
def test_no_headline_breaks_out(reader, story, hostile):
    Article.objects.filter(pk=story.pk).update(headline=hostile, standfirst=hostile)
    response = reader.get(story.get_absolute_url())
    page = Head(response.text)
    assert page.graph[0]["headline"] == hostile
    assert page.meta("og:title") == page.meta("twitter:title") == [hostile]
    assert [attributes.get("src", "") != "" for attributes, _text in page.scripts] == [True, False, True]
    block = re.search(r'ld\+json">(.*?)</script>', response.text, re.DOTALL)[1]
    assert not set("<>&\u2028\u2029") & set(block)


def test_hostile_headlines_survive(reader, story, material):
    strings = [text for text in json.loads((material / "hostile/blns.json").read_text()) if text.strip()]
    for start in range(0, len(strings), 8):
        hostile = "|".join(strings[start : start + 8]).replace("\0", "")[-250:]
        Article.objects.filter(pk=story.pk).update(headline=hostile)
        assert head(reader, story).graph[0]["headline"] == hostile


def test_live_editions_are_linked_mutually_and_others_not(reader, editor):
    original = factories.make_story(by=editor)
    sorani = factories.make_story(by=editor, language="ckb", translation_of=original, tags=[], headline="ئاو")
    turkish = factories.make_story(by=editor, language="tr", translation_of=original, tags=[], headline="Su")
    factories.make_draft(by=editor, language="ar", translation_of=original, tags=[])
    pages = {article: head(reader, article) for article in (original, sorani, turkish)}
    for article, page in pages.items():
        alternates = {link["hreflang"]: link["href"] for link in page.links if "hreflang" in link}
        assert alternates == {
            code: f"http://testserver{edition.get_absolute_url()}"
            for code, edition in (("en", original), ("ku-Arab", sorani), ("tr", turkish))
        }
        [canonical] = [link["href"] for link in page.links if link["rel"] == "canonical"]
        assert canonical == page.graph[0]["url"] == f"http://testserver{article.get_absolute_url()}"
    assert pages[original].graph[0]["workTranslation"] == [
        {
            "@type": "NewsArticle",
            "@id": f"http://testserver{edition.get_absolute_url()}",
            "url": f"http://testserver{edition.get_absolute_url()}",
            "headline": edition.headline,
            "inLanguage": code,
        }
        for code, edition in (("ckb", sorani), ("tr", turkish))
    ]
    assert pages[turkish].graph[0]["translationOfWork"]["headline"] == "The river rises"
    publishing.withdraw(original, by=editor, reason="It was wrong.")
    assert "translationOfWork" not in head(reader, turkish).graph[0]


def test_pages_that_are_not_the_story_describe_none(reader, story, editor):
    refused = reader.post(f"/en/stories/{story.pk}/comments/", {"name": "", "body": ""}).text
    draft = factories.make_draft(by=editor)
    absent = reader.get(f"/en/stories/{draft.pk}/").text
    publishing.withdraw(story, by=editor, reason="It was wrong.")
    gone = reader.get(story.get_absolute_url()).text
    for page in (refused, absent, gone):
        assert "ld+json" not in page and "og:title" not in page


@pytest.mark.parametrize("where", ["", "sections/middle-east/", "tags/rivers/"])
def test_lists_name_their_feeds(reader, story, where):
    page = Head(reader.get(f"/en/{where}").text)
    feeds = [unescape(link["href"]) for link in page.links if "feed" in link.get("href", "")]
    assert feeds == [f"/en/{where}feed.{syntax}" for syntax in ("rss", "atom", "json")]
    assert all(reader.get(feed).status_code == 200 for feed in feeds)


def test_photo_and_corrections_are_described_as_they_are_shown(reader, editor):
    photo = factories.make_photo(by=editor, copyright="The Maidan")
    article = factories.make_story(by=editor, **factories.leading_with(photo))
    publishing.correct(article, line="It was <Tuesday>.", by=editor)
    page = head(reader, article)
    shared = photo.shared()
    address = f"http://testserver{shared.get_absolute_url()}"
    assert page.graph[0]["image"] == [
        {
            "@type": "ImageObject",
            "url": address,
            "width": {"@type": "QuantitativeValue", "value": shared.width, "unitCode": "E37"},
            "height": {"@type": "QuantitativeValue", "value": shared.height, "unitCode": "E37"},
            "caption": "The bridge at noon.",
            "creditText": "Shilan Ali",
            "copyrightNotice": "The Maidan",
        }
    ]
    when = timezone.localtime(article.corrections.get().at).isoformat(timespec="seconds")
    described = {"@type": "CorrectionComment", "text": "It was <Tuesday>.", "datePublished": when}
    assert page.graph[0]["correction"] == [described]
    text = reader.get(article.get_absolute_url()).text
    for name, value in (("image", address), ("image:width", shared.width), ("image:alt", "A bridge")):
        assert f'<meta property="og:{name}" content="{value}">' in text
    assert '<meta name="twitter:card" content="summary_large_image">' in text


def test_a_story_is_shared_by_links_that_load_nothing(reader, editor):
    article = factories.make_story(by=editor, headline='Bread & "salt" 100%', slug="bread")
    text = reader.get(article.get_absolute_url()).text
    links = re.findall(r'<a href="([^"]+)" rel="nofollow noopener">([^<]+)</a>', text)
    assert [name for _address, name in links] == ["E-mail", "WhatsApp", "Telegram", "Facebook", "X"]
    written = "Bread%20%26%20%22salt%22%20100%25"
    assert all(written in address for address, name in links if name != "Facebook")
    assert all(f"stories%2F{article.pk}%2Fbread%2F" in address for address, _name in links)
    assert not re.search(r'(?:src|action)="https?://(?!testserver)', text)
